"""The windows of an expression, changed one at a time and all at once."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from engine.dsl.canonical import canonical
from engine.dsl.generate import generate
from engine.dsl.parse import parse
from engine.dsl.tree import Call, Names, Num, expr_hash, to_text, walk
from engine.research.neighbours import MOST, neighbours, scaled, windows

NAMES = Names(features=frozenset({"close", "volume"}), categories=frozenset({"sector"}))


def tree(text):
    return parse(text, NAMES)


def texts(text):
    return {each.label: to_text(each.node) for each in neighbours(tree(text))}


@pytest.mark.parametrize(
    ("days", "percent", "expected"),
    [
        (20, -20, 16),
        (20, 20, 24),
        (252, -20, 202),  # 201.6
        (252, 20, 302),  # 302.4
        (2, -20, 1),  # at least one day away
        (2, 20, 3),
        (1, 20, 2),
        (1, -20, None),  # below the least
        (2200, 20, None),  # above the most
        (0, 20, None),  # a lag of 0 is no window
    ],
)
def test_a_window_a_fifth_shorter_or_longer(days, percent, expected):
    assert scaled(days, percent, 1, 2520) == expected


def test_every_window_is_changed_alone_and_all_together():
    x = 'ts_mean(feat("close"), {}) - ts_std(feat("close"), {}, 1)'
    assert texts("ts_mean(close, 50) - ts_std(close, 10)") == {
        "all windows -20 %": x.format(40, 8),
        "all windows +20 %": x.format(60, 12),
        "ts_mean: 50 to 40 days": x.format(40, 10),
        "ts_mean: 50 to 60 days": x.format(60, 10),
        "ts_std: 10 to 8 days": x.format(50, 8),
        "ts_std: 10 to 12 days": x.format(50, 12),
    }


def test_with_one_window_all_together_is_that_one():
    assert list(texts("ts_mean(close, 5)")) == ["ts_mean: 5 to 4 days", "ts_mean: 5 to 6 days"]


def test_a_window_is_not_shorter_than_its_operator_needs():
    assert list(texts("ts_std(close, 2)")) == ["ts_std: 2 to 3 days"]
    assert list(texts("ts_corr(close, volume, 3)")) == ["ts_corr: 3 to 4 days"]
    assert list(texts("lag(close, 1)")) == ["lag: 1 to 2 days"]


def test_a_window_that_stands_twice_is_two():
    changed = texts("ts_mean(close, 10) / ts_mean(volume, 10)")
    assert list(changed)[2:] == [
        "ts_mean: 10 to 8 days (no. 1)", "ts_mean: 10 to 12 days (no. 1)",
        "ts_mean: 10 to 8 days (no. 2)", "ts_mean: 10 to 12 days (no. 2)",
    ]  # fmt: skip
    last = changed["ts_mean: 10 to 12 days (no. 2)"]
    assert last == 'ts_mean(feat("close"), 10) / ts_mean(feat("volume"), 12)'


def test_other_numbers_are_left_alone():
    assert texts("cs_winsorize(close, 4) + 20 * close") == {}
    assert windows(tree("ts_quantile(close, 20, 0.5) + group_mean(close, sector)")) == 1


def test_there_are_at_most_two_dozen():
    sums = " + ".join(f"ts_mean(close, {d})" for d in range(10, 190, 10))
    found = neighbours(tree(sums))
    assert (windows(tree(sums)), len(found), MOST) == (18, 24, 24)
    assert [each.label for each in found[:4]] == [
        "all windows -20 %", "all windows +20 %", "ts_mean: 10 to 8 days", "ts_mean: 10 to 12 days",
    ]  # fmt: skip


def days_of(node):
    """How often each window stands in the tree."""
    return Counter(
        arg.value
        for call in walk(node)
        if isinstance(call, Call)
        for param, arg in call.operands
        if param.days and isinstance(arg, Num)
    )


def test_neighbours_of_any_expression_are_canonical_each_once_and_one_window_away():
    rng, alone = Random(5), 0
    for _ in range(300):
        node = generate(rng, NAMES)
        found = neighbours(node)
        assert len({expr_hash(node), *(expr_hash(each.node) for each in found)}) == len(found) + 1
        for each in found:
            assert canonical(each.node) == each.node
            if not each.label.startswith("all"):
                before, after = map(float, re.findall(r": (\d+) to (\d+)", each.label)[0])
                assert days_of(node) - days_of(each.node) == Counter([before])
                assert days_of(each.node) - days_of(node) == Counter([after])
                alone += 1
    assert alone > 300
