"""Random expressions."""

from __future__ import annotations

import time
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.canonical import MISSING, expr_hash, to_text
from engine.dsl.complexity import complexity
from engine.dsl.generate import generate
from engine.dsl.ops import OPS, Axis
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, Num, depth, walk
from engine.errors import ParamError
from tests.engine.dsl_panels import seeds

PRICES = frozenset({"open", "high", "low", "close", "volume"})
NAMES = Names(PRICES, frozenset({"sector"}), frozenset({"AAPL"}))


def draws(count, **options):
    rng = Random(7)
    return [generate(rng, NAMES, **options) for _ in range(count)]


def calls(node):
    return [n for n in walk(node) if isinstance(n, Call)]


@given(seed=seeds, levels=st.integers(1, 7), days=st.integers(1, 400))
def test_a_draw_is_valid_and_within_its_bounds(seed, levels, days):
    node = generate(Random(seed), NAMES, levels, days)
    assert parse(to_text(node), NAMES) == node
    assert 1 <= depth(node) <= levels
    for call in calls(node):
        for param, arg in call.operands:
            assert not param.days or arg.value <= max(days, 1) or call.name == "lag"


@given(seed=seeds)
def test_a_seed_is_a_list_of_expressions(seed):
    one, other = Random(seed), Random(seed)
    assert [generate(one, NAMES) for _ in range(5)] == [generate(other, NAMES) for _ in range(5)]


def test_the_order_of_names_does_not_matter():
    one = Names(frozenset(sorted(PRICES)), frozenset({"sector", "country"}))
    other = Names(frozenset(sorted(PRICES, reverse=True)), frozenset({"country", "sector"}))
    for seed in range(50):
        assert generate(Random(seed), one) == generate(Random(seed), other)


def test_the_first_draws_never_change():
    first, second, third = [to_text(node) for node in draws(3, max_depth=3, max_days=60)]
    assert first == (
        'group_neutralize(feat("low") - feat("volume") - ts_return(feat("close"), 5), sector)'
    )
    assert second == (
        'if_else(cs_zscore(feat("high")) < 0, cs_demean(feat("volume") * 0.5),'
        ' cs_zscore(ts_zscore(feat("low"), 5)))'
    )
    assert third == '-ts_mean(cs_demean(feat("high")), 3)'


def test_every_weighted_operator_turns_up():
    seen = Counter(call.name for node in draws(4000, max_depth=5) for call in calls(node))
    wanted = {op.name for op in OPS.values() if op.weight and op.name != "symbol_is"}
    assert wanted - seen.keys() == set()


def test_no_root_is_a_column_or_a_constant():
    assert all(isinstance(node, Call) for node in draws(500))
    roots = {node.name for node in draws(500)}
    assert {name for name in roots if not OPS[name].signal} == set()


def test_groups_appear_only_where_there_are_categories():
    plain = Names(PRICES)
    axes = {c.op.axis for seed in range(300) for c in calls(generate(Random(seed), plain))}
    assert axes == {Axis.ROW, Axis.TIME, Axis.CROSS}


def test_no_argument_is_refused_or_without_a_value():
    for node in draws(2000):
        assert MISSING not in walk(node)
        for call in calls(node):
            for param, arg in call.operands:
                assert param.kind != "series" or param.constant or not isinstance(arg, Num)


def test_few_draws_are_alike():
    hashes = {expr_hash(node) for node in draws(1000)}
    assert len(hashes) > 950


def test_most_draws_can_be_explained():
    scores = sorted(complexity(node).score for node in draws(1000))
    assert 8 < scores[500] < 20
    assert scores[800] < 25


def test_weights_replace_those_of_the_registry():
    only = dict.fromkeys(OPS, 0.0) | {"ts_return": 1.0, "add": 1.0}
    names = {
        c.name for seed in range(100) for c in calls(generate(Random(seed), NAMES, weights=only))
    }
    assert names == {"ts_return", "add"}


@pytest.mark.parametrize(
    ("names", "weights", "message"),
    [
        (Names(), None, "There is no numeric column to build expressions from."),
        (NAMES, dict.fromkeys(OPS, 0.0),
         "The operators' weights leave no expression to draw; raise some of them."),
    ],
)  # fmt: skip
def test_nothing_to_draw_from_is_said(names, weights, message):
    with pytest.raises(ParamError) as caught:
        generate(Random(1), names, weights=weights)
    assert caught.value.message == message


def test_a_single_column_is_enough():
    one = Names(frozenset({"close"}))
    assert all(depth(generate(Random(seed), one)) >= 1 for seed in range(100))


def test_a_thousand_expressions_take_half_a_second():
    def seconds():
        start = time.process_time()
        rng = Random(3)
        for _ in range(1000):
            expr_hash(generate(rng, NAMES))
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.5
