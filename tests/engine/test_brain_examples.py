"""The worked examples of WorldQuant BRAIN's operator pages: its numbers, or why ours differ.

A row is a text in our grammar, the data of the page and what comes out. Where BRAIN prints what
contradicts its own words or another of its pages, or follows a convention that is not ours,
`printed` is what it prints and `why` says so; the value is then ours.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from engine.dsl.ops import ALIASES, OPS
from engine.dsl.parse import Names, parse
from tests import array_eval, oracle
from tests.array_eval import to_array, to_lists

N = None


class Days(NamedTuple):
    """One symbol: values with today's first, as BRAIN lists them, and what today's result is."""

    text: str
    given: dict[str, list]
    value: float | None
    printed: float | None = None
    why: str = ""


class Dates(NamedTuple):
    """One symbol: values with the oldest first, and all results."""

    text: str
    given: dict[str, list]
    value: list[float | None]
    printed: list[float | None] | None = None
    why: str = ""


class Symbols(NamedTuple):
    """One date: values of the symbols, and all results."""

    text: str
    given: dict[str, list]
    value: list[float | None]
    printed: list[float | None] | None = None
    why: str = ""


SEVEN = [2, 3, 5, 6, 3, 8, 10]
SIX = [6, 2, 8, 5, 9, 4]
FIVE = [100, 0, 50, 60, 25]
SCORES = [1.57, -1.39, 0.09, 0.39, -0.65]
TEN = [3, 2, 6, 5, 8, 9, 1, 4, 8, 0]
HALVES = ["a"] * 5 + ["b"] * 5

EXAMPLES = [
    # arithmetic
    Symbols("add(x, y)", {"x": [1, N, 3], "y": [4, 5, N]}, [5, N, N]),
    Symbols("add(x, y, filter=true)", {"x": [1, N, 3], "y": [4, 5, N]}, [5, 5, 3]),
    Symbols("add(x, 5, filter=true)", {"x": [N]}, [5]),
    Symbols("multiply(2, 3)", {"x": [1]}, [6]),
    Symbols("multiply(2, 3, 4)", {"x": [1]}, [24]),
    Symbols("multiply(5, x, filter=false)", {"x": [N]}, [N]),
    Symbols("multiply(5, x, filter=true)", {"x": [N]}, [5]),
    Symbols("subtract(10, 3)", {"x": [1]}, [7]),
    Symbols("subtract(10, 3, 2)", {"x": [1]}, [5]),
    Symbols("subtract(x, 5, filter=true)", {"x": [N]}, [-5]),
    Symbols("subtract(x, 5, filter=false)", {"x": [N]}, [N]),
    Symbols("abs(x - y)", {"x": [3, 5], "y": [5, 3]}, [2, 2]),
    Symbols("sign(x)", {"x": [2, -3, 5, 6, 3, N, -10]}, [1, -1, 1, 1, 1, N, -1]),
    Symbols("sign(x)", {"x": [5, -3.2, 0, N]}, [1, -1, 0, N]),
    Symbols("log(x)", {"x": [10, 1, 0.5]}, [2.3026, 0, -0.6931]),
    Symbols("sqrt(x)", {"x": [9, 0.25, 0, -4]}, [3, 0.5, 0, N]),
    Symbols("signed_power(x, 0.5)", {"x": [-4, -9]}, [-2, -3]),
    Symbols("signed_power(x, 2)", {"x": [3]}, [9]),
    Symbols("tanh(x)", {"x": [0, 2, -2]}, [0, 0.964, -0.964]),
    Symbols("1 / (1 + power(2.7182, -x))", {"x": [-1, 0, 2]}, [0.2689, 0.5, 0.8808]),
    Symbols("sigmoid(x)", {"x": [-1, 0, 2]}, [0.2689, 0.5, 0.8808]),
    Symbols("if_else(is_nan(rank(x)), 0.5, rank(x))", {"x": [1, N, 2]}, [0, 0.5, 1]),
    # over time
    Days(
        "days_from_last_change(x)", {"x": [2, 2, 2, 7, 5, 16, 1]}, 2, 3,
        "3 is the length of the run; BRAIN's newer page, below, counts days since the change",
    ),
    Dates("days_from_last_change(x)", {"x": [10, 10, 12, 12, 12, 15]}, [0, 1, 0, 1, 2, 0]),
    Days("hump(x, hump=0.75)", {"x": [2, 5]}, 3.5),
    Days(
        "jump_decay(x, 6, sensitivity=0.5, force=0.1)", {"x": [2, 4, 4, 4, 4, 4]}, 3.8,
    ),
    Days(
        "kth_element(x, 6, 2)", {"x": SEVEN}, 3, 5,
        "the page prints the value at index 2; its words, and k=1 as backfill, make 2 the second",
    ),
    Dates("kth_element(to_nan(x), 5, k=1)", {"x": [0.5, N, N, 0.7, 0]}, [0.5, 0.5, 0.5, 0.7, 0.7]),
    Dates("ts_backfill(to_nan(x, value=0), 5)", {"x": [0.5, N, N, 0.7, 0]},
          [0.5, 0.5, 0.5, 0.7, 0.7]),
    Days("ts_arg_max(x, 6)", {"x": SIX}, 4),
    Days("ts_arg_min(x, 6)", {"x": SIX}, 1),
    Days("ts_av_diff(x, 6)", {"x": [6, 2, 8, 5, 9, N]}, 0),
    Days("ts_backfill(x, lookback=3)", {"x": [N, N, 120, N, 100]}, 120),
    Days(
        "ts_backfill(x, 3, k=2)", {"x": [N, N, 120, N, 100]}, N, 100,
        "100 is the value four days ago, which is outside a window of 3 days",
    ),
    Days("ts_backfill(x, 5, k=2)", {"x": [N, N, 120, N, 100]}, 100),
    Days("ts_corr(x, y, 7)", {"x": SEVEN, "y": [100, 190, 150, 180, 210, 220, 240]}, 0.6891),
    Days("ts_count_nans(x, 4)", {"x": [100, N, N, 200]}, 2),
    Days("ts_count_nans(x, 5)", {"x": [100, N, 200, N, 300]}, 2),
    Days("ts_count_nans(x, 10)", {"x": [N, 50, 60, N, N, 80, 90, 100, N, 110]}, 4),
    Days(
        "ts_covariance(y, x, 5)", {"y": [10, 8, 6, 4, 2], "x": [9, 7, 5, 3, 1]}, 10, 8,
        "BRAIN divides by the number of days here; covariance and ts_std of ours by one less",
    ),
    Days("ts_decay_linear(x, 5)", {"x": [30, 5, 4, 5, 6]}, 13.2),
    Days("ts_decay_linear(x, 3)", {"x": [10, 8, 6, 4, 2]}, 8.67),
    Days("ts_decay_linear(x, 5, dense=true)", {"x": [30, N, 4, N, 6]}, 168 / 9),
    Days("ts_decay_linear(x, 5, dense=false)", {"x": [30, N, 4, N, 6]}, 168 / 15),
    Days("ts_delay(x, 6)", {"x": SEVEN}, 10),
    Days(
        "ts_delay(x, 3)", {"x": [107, 105, 101, 102, 100]}, 102, 101,
        "101 is the value two days ago",
    ),
    Days("ts_delta(x, 6)", {"x": SEVEN}, -8),
    Days(
        "ts_delta(x, 3)", {"x": [108, 103, 105, 102, 100]}, 6, 3,
        "3 is the change over two days",
    ),
    Days("ts_mean(x, 5)", {"x": [9, 5, 8, 2, 6]}, 6),
    Days("ts_product(x, 7)", {"x": SEVEN}, 43200),
    Days(
        "ts_product(x, 5)", {"x": [1.03, 1.00, 1.02, 0.99, 1.01]}, 1.0505, 1.0501,
        "the product of the numbers on the page is 1.05049",
    ),
    Days(
        "ts_normal_score(x, 7)", {"x": [8, 10, 4, 6, 5, 3, 2]}, 0.6375, 0.82,
        "ts_quantile of BRAIN prints the normal distribution at the z-score, not the quantile of"
        " the rank that its words describe; ts_quantile of ours is a value of the window",
    ),
    Days("ts_rank(x, 3)", {"x": [100, 0, 200]}, 0.5),
    Days("ts_rank(x, 5)", {"x": [13, 15, 11, 12, 10]}, 0.75),
    Days("ts_rank(x, 5, constant=0.1)", {"x": [13, 15, 11, 12, 10]}, 0.85),
    Days("ts_scale(x, 6, constant=1)", {"x": SIX}, 1.5714),
    Days("ts_scale(x, 6, 1)", {"x": SIX}, 1.5714),
    Days(
        "ts_std_dev(x, 5)", {"x": [0.03, 0.00, -0.01, 0.02, 0.01]}, 0.0158, 0.0141,
        "BRAIN divides by the number of days; we by one less, unless ddof=0",
    ),
    Days("ts_std_dev(x, 5, ddof=0)", {"x": [0.03, 0.00, -0.01, 0.02, 0.01]}, 0.0141),
    Days("ts_zscore(x, 5)", {"x": FIVE}, 1.57),
    Days(
        "ts_zscore(x, 5)", {"x": [15, 13, 11, 12, 10]}, 1.6275, 1.46,
        "this page divides by one less than the number of days, the other one, above, does not",
    ),
    Dates(
        "trade_when(x >= ts_mean(x, 2), y, -1)", {"x": [1, 2, 1, 3], "y": [1, 2, 3, 4]},
        [N, 2, 2, 4],
    ),
    Dates(
        "trade_when(x >= ts_mean(x, 2), y, x > 2)", {"x": [1, 2, 1, 3], "y": [1, 2, 3, 4]},
        [N, 2, 2, N],
    ),
    # across symbols
    Symbols("normalize(x, useStd=false, limit=0.0)", {"x": [3, 5, 6, 2]}, [-1, 1, 2, -2]),
    Symbols("normalize(x, useStd=true, limit=0.0)", {"x": [3, 5, 6, 2]},
            [-0.55, 0.55, 1.10, -1.10]),
    Symbols("normalize(x, useStd=true, limit=1.0)", {"x": [3, 5, 6, 2]}, [-0.55, 0.55, 1, -1]),
    Symbols("normalize(x, useStd=false, limit=1.5)", {"x": [3, 5, 6, 2]}, [-1, 1, 1.5, -1.5]),
    Symbols("quantile(x, driver=gaussian, sigma=1.0)", {"x": [0.2, 0.5, -0.1, 0.8, 0.3]},
            [-0.3853, 0.3853, -0.8416, 0.8416, 0]),
    Symbols('quantile(x, driver="gaussian", sigma=0.5)', {"x": [0.2, 0.5, -0.1, 0.8, 0.3]},
            [-0.1927, 0.1927, -0.4208, 0.4208, 0]),
    Symbols("quantile(x, driver=uniform)", {"x": [0.2, 0.5, -0.1, 0.8, 0.3]},
            [-0.15, 0.15, -0.3, 0.3, 0]),
    Symbols("rank(x)", {"x": [4, 3, 6, 10, 2]}, [0.5, 0.25, 0.75, 1, 0]),
    Symbols("rank(x, rate=0)", {"x": [4, 3, 6, 10, 2]}, [0.5, 0.25, 0.75, 1, 0]),
    Symbols("scale(x)", {"x": [2, -3, 5]}, [0.2, -0.3, 0.5]),
    Symbols("scale(x, scale=4)", {"x": [2, -3, 5]}, [0.8, -1.2, 2.0]),
    Symbols("scale(x, longscale=2, shortscale=3)", {"x": [2, -3, 5]}, [4 / 7, -3, 10 / 7]),
    Symbols("scale_down(x, constant=0)", {"x": [15, 7, 0, 20]}, [0.75, 0.35, 0, 1]),
    Symbols("scale_down(x, constant=1)", {"x": [15, 7, 0, 20]}, [-0.25, -0.65, -1, 0]),
    Symbols("vector_neut(x, y)", {"x": [1, 2, 3], "y": [3, 4, 5]}, [-0.56, -0.08, 0.4]),
    Symbols("vector_neut(x, y) * y", {"x": [1, 2, 3], "y": [3, 4, 5]}, [-1.68, -0.32, 2.0]),
    Symbols("-x - regression_proj(-x, y) - regression_neut(-x, y)",
            {"x": [1, 2, 4], "y": [3, 5, 4]}, [0, 0, 0]),
    Symbols("winsorize(x, std=1)", {"x": [2, 4, 5, 6, 3, 8, 10]}, [2.82, 4, 5, 6, 3, 8, 8.04]),
    Symbols("winsorize(x, std=1)", {"x": [2, 3, 4, 5, 100]}, [2, 3, 4, 5, 61.41]),
    Symbols("zscore(x)", {"x": FIVE}, SCORES),
    # buckets
    Symbols("buckets(x, 2, 5, 6, 7, 10)", {"x": [-1, 3, 6, 8, 12, N]}, [0, 1, 2, 4, 5, N]),
    Symbols("buckets(x, 0.2, 0.5, 0.7)", {"x": [0.1, 0.3, 0.6, 0.8]}, [0, 1, 2, 3]),
    Symbols("bucket_range(x, 0.1, 1, 0.1)", {"x": [0.05, 0.5, 0.9]}, [0, 4, 8]),
    Symbols(
        "bucket_range(x, 0, 1, 0.1)", {"x": [0.05, 0.45, 0.9]}, [1, 5, 9], [0, 4, 8],
        "what lies below the start is in bucket 0, as the page itself says; it then forgets it",
    ),
    # within groups
    Symbols("group_neutralize(x, group=g)", {"x": TEN, "g": HALVES},
            [-1.8, -2.8, 1.2, 0.2, 3.2, 4.6, -3.4, -0.4, 3.6, -4.4]),
    Symbols("group_rank(x, g)", {"x": [100, 0, 50], "g": ["a"] * 3}, [1, 0, 0.5]),
    Symbols("group_rank(x, g)", {"x": [10, 20, 30, 40, 50], "g": ["a"] * 5},
            [0, 0.25, 0.5, 0.75, 1]),
    Symbols("group_zscore(x, g)", {"x": FIVE, "g": ["a"] * 5}, SCORES),
    Symbols("group_zscore(x, g)", {"x": [10, 20, 30], "g": ["a"] * 3}, [-1.22, 0, 1.22]),
    Symbols(
        "group_scale_down(x, g)", {"x": [10, 20, 30, 5, 15, 25], "g": ["a"] * 3 + ["b"] * 3},
        [0, 0.5, 1, 0, 0.5, 1],
    ),
    Symbols(
        "group_scale(x, g)", {"x": [10, 20, 30], "g": ["a"] * 3}, [1 / 6, 1 / 3, 1 / 2],
        [0, 0.5, 1],
        "group_scale of ours is scale within the group; that of BRAIN is group_scale_down",
    ),
    Symbols(
        "group_mean(x, g)", {"x": [10, 15, 20], "g": ["a"] * 3}, [15, 15, 15], [13.85] * 3,
        "BRAIN's words and its formula, in the next row, disagree: there the mean is arithmetic",
    ),
    Symbols("1 / group_mean(1 / x, g, weight=1)", {"x": [10, 15, 20], "g": ["a"] * 3}, [13.85] * 3),
]  # fmt: skip


def values(example, evaluate):
    """What the example gives, as `evaluate` computes it from a parsed text and grids of lists."""
    across = isinstance(example, Symbols)
    order = -1 if isinstance(example, Days) else 1
    grids = {
        name: [list(column)] if across else [[value] for value in column[::order]]
        for name, column in example.given.items()
    }
    groups = {"g": grids.pop("g")} if "g" in grids else {}
    node = parse(example.text, Names(frozenset(grids), frozenset(groups)))
    got = evaluate(node, grids, groups)
    return got[0] if across else got[-1][0] if order < 0 else [row[0] for row in got]


def by_kernels(node, grids, groups):
    codes = {name: to_array([[ord(v) for v in day] for day in grid]).astype("i4") - ord("a")
             for name, grid in groups.items()}  # fmt: skip
    features = {name: to_array(grid) for name, grid in grids.items()}
    return to_lists(array_eval.evaluate(node, features, codes))


WAYS = {"kernels": by_kernels, "meaning": oracle.evaluate}


def agrees(got, want):
    """Whether a value is what the page says, to the digits it has there."""
    if isinstance(want, list):
        return len(got) == len(want) and all(map(agrees, got, want))
    if got is None or want is None:
        return got is want
    digits = len(f"{want:.9f}".rstrip("0").partition(".")[2])
    return abs(got - want) <= (0.6 * 10**-digits if 1 < digits < 9 else 0.006 * bool(digits) + 1e-9)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.text)
def test_an_example_of_the_platform_gives_its_number(example, way):
    assert agrees(values(example, WAYS[way]), example.value)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.why], ids=lambda e: e.text)
def test_where_we_differ_we_really_do(example):
    assert not agrees(values(example, by_kernels), example.printed)


def test_a_group_is_filled_with_its_own_past():
    """[4, 7, 3.56]: mean 3.56, deviation 3.71, nothing beyond four of them."""
    newest_first = [[4, 7, N], [2, N, -4], [5, 2, 2], [5, 9, N]]
    days = newest_first[::-1]
    node = parse("group_backfill(x, g, 4, std=4.0)", Names(frozenset("x"), frozenset("g")))
    groups = {"g": [["a"] * 3] * 4}
    for way in WAYS.values():
        assert way(node, {"x": days}, groups)[-1] == pytest.approx([4, 7, 32 / 9])


BASE = """
abs add divide inverse log max min multiply power reverse sign signed_power sqrt subtract to_nan
and if_else is_nan less less_equal equal greater greater_equal not_equal not or
days_from_last_change hump jump_decay kth_element last_diff_value ts_arg_max ts_arg_min ts_av_diff
ts_backfill ts_corr ts_count_nans ts_covariance ts_decay_linear ts_delay ts_delta ts_max ts_mean
ts_min ts_product ts_rank ts_regression ts_scale ts_skewness ts_std_dev ts_step ts_sum ts_zscore
normalize quantile rank scale scale_down vector_neut vector_proj winsorize zscore truncate one_side
regression_neut regression_proj tail left_tail right_tail sigmoid tanh trade_when bucket
group_backfill group_count group_max group_mean group_median group_min group_neutralize group_rank
group_scale group_std_dev group_sum group_zscore
"""


def test_every_operator_people_know_has_its_name_here():
    """Not here: fields of several values a day (vec_*), computed groups (densify, cartesian)."""
    assert [name for name in BASE.split() if name not in OPS and name not in ALIASES] == []


def test_nothing_is_said_to_differ_without_a_reason():
    for example in EXAMPLES:
        assert bool(example.why) == (example.printed is not None), example.text
    assert sum(not example.why for example in EXAMPLES) > 70
    assert all(math.isfinite(v) for e in EXAMPLES for v in [e.value] if isinstance(v, float))
