"""Operators against their own meaning. They are covered by being registered."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from engine.dsl.ops import ALIASES, OPS, Axis
from engine.dsl.parse import parse
from engine.dsl.tree import Names, lookback
from tests import array_eval, oracle
from tests.array_eval import to_array, to_lists
from tests.engine.dsl_panels import (
    DAYS,
    EVERY,
    EVERY_ID,
    TICKERS,
    arrays,
    lists,
    panel,
    same,
    seeds,
    variants,
)

every_op = pytest.mark.parametrize("op", EVERY, ids=EVERY_ID)
few = settings(max_examples=12)
CUT = 9


@every_op
@few
@given(seed=seeds)
def test_an_operator_does_what_its_spec_says(op, seed):
    given_panel = panel(seed)
    for node in variants(op):
        got = to_lists(array_eval.evaluate(node, **arrays(*given_panel)))
        assert same(got, oracle.evaluate(node, **lists(*given_panel))) is None, node


@every_op
@settings(max_examples=4)
@given(seed=seeds)
def test_an_operator_cannot_see_later_dates(op, seed):
    features, groups, universe = panel(seed)
    head = {name: grid[:CUT] for name, grid in features.items()}
    for node in variants(op):
        whole = array_eval.evaluate(node, **arrays(features, groups, universe))
        cut = array_eval.evaluate(node, **arrays(head, groups[:CUT], universe[:CUT]))
        assert whole[:CUT].tobytes() == cut.tobytes(), node


@every_op
@settings(max_examples=6)
@given(seed=seeds)
def test_an_operator_needs_no_more_than_its_lookback(op, seed):
    features, groups, universe = panel(seed)
    for node in variants(op):
        back = lookback(node)
        if back is None or back >= DAYS:
            continue
        start = DAYS - 1 - back
        tail = {name: grid[start:] for name, grid in features.items()}
        short = arrays(tail, groups[start:], universe[start:])
        whole = array_eval.evaluate(node, **arrays(features, groups, universe))
        last = array_eval.evaluate(node, **short)
        assert same(to_lists(last[-1:]), to_lists(whole[-1:]), 1e-12) is None, node


EXAMPLES = [(op, example) for op in EVERY for example in op.examples]


@pytest.mark.parametrize(("op", "example"), EXAMPLES, ids=[e.text for _, e in EXAMPLES])
def test_an_example_holds(op, example):
    across = op.axis in {Axis.CROSS, Axis.GROUP} or op.name == "symbol_is"
    grids = {
        name: [column] if across else [[value] for value in column]
        for name, column in example.given.items()
    }
    groups = grids.pop("g", None)
    names = Names(frozenset(grids), frozenset({"g"}), frozenset(TICKERS))
    symbols = TICKERS[: len(next(iter(grids.values()))[0])]
    node = parse(example.text, names)
    levels = sorted({g for g in groups[0] if g}) if groups else []
    codes = groups and {"g": np.array([[levels.index(g) for g in groups[0]]], dtype=np.int32)}
    got = array_eval.evaluate(
        node, {name: to_array(grid) for name, grid in grids.items()}, codes, symbols=symbols
    )
    meant = oracle.evaluate(node, grids, groups and {"g": groups}, symbols=symbols)
    want = [example.gives] if across else [[value] for value in example.gives]
    assert same(to_lists(got), want) is None
    assert same(meant, want) is None


@every_op
def test_a_definition_is_complete(op):
    assert op.doc
    assert op.doc.partition("\n")[0].endswith((".", ":"))
    assert op.examples
    assert op.cost > 0
    assert op.weight >= 0
    assert op.params
    assert all(p.accepts(p.default) for p in op.params if p.default is not None)


def test_the_registry_is_one_namespace():
    assert len(OPS) >= 130
    assert not OPS.keys() & ALIASES.keys()
    assert set(ALIASES.values()) <= OPS.keys()
    assert all(name == op.name for name, op in OPS.items())
    assert {op.mirror for op in EVERY if op.mirror} == {"lt", "le", "gt", "ge"}


LISTED = """
add sub mul div power neg abs sign log exp sqrt tanh sigmoid floor round inverse signed_power min
max clip if_else fill is_missing s_log_1p symbol_is lt le gt ge eq ne and or not lag ts_delta
ts_return ts_sum ts_mean ts_std ts_zscore ts_min ts_max ts_median ts_quantile ts_product ts_arg_max
ts_arg_min ts_rank ts_scale ts_decay_linear ts_decay_exp ts_ema ts_corr ts_cov ts_beta ts_resid
ts_regression_r2 ts_skew ts_kurt ts_count ts_backfill ts_days_since_change hump trade_when rsi atr
ts_spread_zscore below_ma cs_rank cs_zscore cs_demean cs_scale cs_winsorize cs_quantile cs_bucket
cs_neutralize cs_top cs_bottom cs_mean cs_std cs_count group_mean group_rank group_zscore
group_neutralize group_scale group_std
ceil fraction tail left_tail right_tail nan_out buckets bucket_range is_known to_nan purify
ts_log_return ts_weighted_delay ts_av_diff ts_sum_if ts_ir ts_range ts_max_diff ts_min_diff
ts_min_max_diff ts_min_max_cps ts_normal_score ts_count_missing ts_step ts_kth ts_last_diff
jump_decay ts_regression ts_vector_proj ts_vector_neut cs_normalize cs_robust_zscore cs_scale_legs
cs_scale_down cs_one_side cs_truncate cs_regression_proj cs_vector_neut cs_vector_proj cs_sum cs_min
cs_max cs_median pasteurize group_sum group_min group_max group_median group_count group_scale_down
group_backfill
"""


def test_the_catalog_is_what_it_was():
    assert sorted(OPS) == sorted(LISTED.split())


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        ("if_else", "ifelse where"),
        ("fill", "nan_to"),
        ("symbol_is", "ticker_mask"),
        ("lag", "delay ts_delay"),
        ("ts_delta", "delta"),
        ("ts_return", "ret_n"),
        ("ts_sum", "sum"),
        ("ts_mean", "ma sma mean"),
        ("ts_std", "stddev ts_std_dev"),
        ("ts_zscore", "ts_z"),
        ("ts_product", "product"),
        ("ts_decay_linear", "decay_linear"),
        ("ts_corr", "correlation corr"),
        ("ts_cov", "covariance"),
        ("ts_spread_zscore", "spread_zscore"),
        ("below_ma", "below_ma_pct"),
        ("cs_rank", "rank"),
        ("cs_zscore", "zscore cs_z"),
        ("cs_scale", "scale"),
        ("cs_winsorize", "winsor winsorize"),
        ("group_mean", "sector_ret"),
        ("group_neutralize", "indneutralize"),
        ("sub", "subtract"),
        ("mul", "multiply"),
        ("div", "divide"),
        ("neg", "reverse"),
        ("lt", "less"),
        ("le", "less_equal"),
        ("gt", "greater"),
        ("ge", "greater_equal"),
        ("eq", "equal"),
        ("ne", "not_equal"),
        ("is_missing", "is_nan"),
        ("is_known", "is_not_nan is_finite"),
        ("clip", "clamp"),
        ("ts_return", "ts_returns"),
        ("ts_log_return", "ts_log_diff log_diff"),
        ("ts_count_missing", "ts_count_nans"),
        ("ts_days_since_change", "days_from_last_change"),
        ("ts_last_diff", "last_diff_value ts_last_diff_value"),
        ("ts_kth", "kth_element kth_valid"),
        ("ts_cov", "ts_covariance"),
        ("ts_skew", "ts_skewness"),
        ("ts_kurt", "ts_kurtosis"),
        ("ts_arg_max", "ts_argmax"),
        ("ts_decay_exp", "ts_decay_exp_window"),
        ("cs_normalize", "normalize"),
        ("cs_quantile", "quantile"),
        ("cs_bucket", "bucket"),
        ("cs_scale_down", "scale_down"),
        ("cs_truncate", "truncate"),
        ("cs_one_side", "one_side"),
        ("cs_robust_zscore", "robust_zscore"),
        ("cs_vector_neut", "vector_neut"),
        ("cs_vector_proj", "vector_proj"),
        ("cs_neutralize", "regression_neut"),
        ("cs_regression_proj", "regression_proj"),
        ("group_std", "group_std_dev"),
        ("group_scale", "group_normalize"),
    ],
)
def test_the_usual_names_are_understood(name, aliases):
    assert {ALIASES[alias] for alias in aliases.split()} == {name}


def test_a_call_is_shown_as_it_is_written():
    assert OPS["clip"].usage == "clip(x, lo=-1, hi=1)"
    assert OPS["min"].usage == "min(x, y, ...)"
    assert OPS["cs_top"].usage == "cs_top(x, k)"


X = frozenset({"x"})


def over_time(text, values):
    column = to_array([[value] for value in values])
    result = array_eval.evaluate(parse(text, Names(X | {"y"})), {"x": column, "y": column})
    return [row[0] for row in to_lists(result)]


def over_symbols(text, values):
    row = to_array([values])
    return to_lists(array_eval.evaluate(parse(text, Names(X)), {"x": row}))[0]


@pytest.mark.parametrize(
    ("text", "values", "today"),
    [
        # Worked examples of the platform the names come from; newest value last here.
        ("ts_arg_max(x, 6)", [4, 9, 5, 8, 2, 6], 4),
        ("ts_arg_min(x, 6)", [4, 9, 5, 8, 2, 6], 1),
        ("ts_rank(x, 3)", [200, 0, 100], 0.5),
        ("x - ts_mean(x, 6)", [None, 9, 5, 8, 2, 6], 0),
        ("ts_zscore(x, 5)", [25, 60, 50, 0, 100], 1.5725),
        ("ts_scale(x, 6) + 1", [4, 9, 5, 8, 2, 6], 1 + 4 / 7),
        ("signed_power(x, 0.5)", [-9], -3),
        ("hump(x, 0.3)", [2, 5], 3.5),
    ],
)
def test_documented_examples_over_time(text, values, today):
    assert over_time(text, values)[-1] == pytest.approx(today, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "values", "date"),
    [
        ("cs_rank(x)", [4, 3, 6, 10, 2], [0.5, 0.25, 0.75, 1, 0]),
        ("cs_zscore(x)", [100, 0, 50, 60, 25], [1.57, -1.39, 0.09, 0.39, -0.65]),
        ("cs_winsorize(x, 1)", [2, 4, 5, 6, 3, 8, 10], [2.82, 4, 5, 6, 3, 8, 8.04]),
        ("cs_demean(x)", [3, 5, 6, 2], [-1, 1, 2, -2]),
    ],
)
def test_documented_examples_across_symbols(text, values, date):
    assert over_symbols(text, values) == pytest.approx(date, abs=0.006)


def test_the_day_of_a_change_is_day_zero():
    assert over_time("ts_days_since_change(x)", [7, 2, 2, None, 2]) == [0, 0, 1, None, 3]


def test_float_noise_breaks_no_tie():
    noisy = [0.1 + 0.2, 0.3, 0.3 * (1 + 1e-15), 1.0]
    assert over_symbols("cs_rank(x)", noisy) == [1 / 3, 1 / 3, 1 / 3, 1.0]
    assert over_time("ts_rank(x, 4)", [*noisy[:3], 0.3])[-1] == 0.5
    assert over_symbols("cs_top(x, 1)", [0.1 + 0.2, 0.3, 0.1, 0.0]) == [0, 0, 0, 0]


def test_a_difference_in_the_twelfth_digit_is_one():
    assert over_symbols("cs_rank(x)", [1.00000000001, 1.0]) == [1.0, 0.0]


def test_a_window_needs_half_of_its_days():
    values = [1.0, None, None, 2.0, None, 3.0, 4.0]
    assert over_time("ts_mean(x, 4)", values) == [None, None, None, 1.5, None, 2.5, 3.0]


@pytest.mark.parametrize("level", [0.1, 1e8, 1e-8, 0.0, 123.456])
def test_no_variance_means_no_score(level):
    still = [level] * 6
    for text in ("ts_zscore(x, 5)", "ts_skew(x, 5)", "ts_kurt(x, 5)", "ts_corr(x, y, 5)",
                 "ts_regression_r2(x, y, 5)", "ts_beta(x, y, 5)", "ts_resid(x, y, 5)"):  # fmt: skip
        assert over_time(text, still) == [None] * 6, text
    assert over_time("ts_std(x, 5)", still)[-1] == 0.0
    assert over_symbols("cs_zscore(x)", still) == [None] * 6


def test_wilder_smoothing_is_an_exponential_mean_with_alpha_one_over_d():
    prices = [10, 11, 10.5, 12, 11, 11.5]
    up, down = 1.0, 0.0
    for before, now in pairwise(prices[1:]):
        up += (max(now - before, 0) - up) / 3
        down += (max(before - now, 0) - down) / 3
    assert over_time("rsi(x, 3)", prices)[-1] == pytest.approx(100 * up / (up + down))


def test_every_result_is_a_number_or_missing():
    wild = to_array([[1e308, -1e308, 0.0, 5e-324], [1e-308, 1e200, -1e200, 700.0]] * 5)
    features = dict.fromkeys(("f0", "f1", "f2"), wild)
    codes = {"g": np.zeros(wild.shape, dtype=np.int32)}
    for op in EVERY:
        for node in variants(op):
            result = array_eval.evaluate(node, features, codes, symbols=TICKERS)
            assert not np.isinf(result).any(), node
            assert result.shape == wild.shape


def test_the_normal_score_is_odd():
    scores = over_symbols("cs_quantile(x)", [3, 1, 2, 5, 4])
    assert sorted(scores) == pytest.approx([-s for s in sorted(scores, reverse=True)])
    assert math.fsum(scores) == pytest.approx(0)


@pytest.mark.parametrize(
    ("text", "values", "want"),
    [
        ("trade_when(x > 0, 1, x < 0)", [1, 0, -1, 2], [1, 1, None, 1]),
        ("trade_when(x > 0, 1, -1)", [0, 3, 0, None], [None, 1, 1, 1]),
        ("x > 1 ? 1 : -1", [1, 2, None], [-1, 1, None]),
        ("2 - x", [1, None], [1, None]),
        ("2 / x", [4, 0], [0.5, None]),
        ("2 ^ x", [3, -1], [8, 0.5]),
        ("max(x, 2, 0)", [1, 3], [2, 3]),
        ("x and 1", [0, 2, None], [0, 1, None]),
        ("fill(x, -1)", [None, 2], [-1, 2]),
    ],
)
def test_a_constant_may_stand_where_values_are_combined(text, values, want):
    assert over_time(text, values) == want


COMMUTATIVE = [op for op in EVERY if op.commutative]


@pytest.mark.parametrize("op", COMMUTATIVE, ids=[op.name for op in COMMUTATIVE])
@pytest.mark.parametrize("days", [4, 21, 60])
def test_exchanging_arguments_changes_no_bit(op, days):
    rng = np.random.default_rng(days)
    x, y = 100 + rng.normal(size=(2, 300, 40)).cumsum(axis=1)
    x[rng.random(x.shape) < 0.1] = y[rng.random(y.shape) < 0.1] = np.nan
    literals = [p.default or days for p in op.params if p.kind == "int"]
    one, other = op.compute(x, y, *literals), op.compute(y, x, *literals)
    np.testing.assert_array_equal(one, other)


NEVER = sorted(op.name for op in EVERY if op.missing == "Never missing.")


@pytest.mark.parametrize("name", NEVER)
def test_what_is_said_to_be_never_missing_never_is(name):
    features, groups, universe = panel(3)
    for node in variants(OPS[name]):
        assert not np.isnan(array_eval.evaluate(node, **arrays(features, groups, universe))).any()
