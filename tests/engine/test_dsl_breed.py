"""Children of expressions: always what the generator might have drawn."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl import breed
from engine.dsl.breed import crossover, fits, mutation, places, replaced, valid
from engine.dsl.canonical import MISSING
from engine.dsl.generate import MAX_CALLS, Grammar
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, Category, Feature, Num, depth, to_text, walk
from tests.engine.dsl_panels import seeds

NAMES = Names(
    frozenset({"open", "high", "low", "close", "volume"}),
    frozenset({"sector", "country"}),
    frozenset({"AAPL"}),
)
GRAMMAR = Grammar(NAMES)


def tree(text):
    return parse(text, NAMES)


def drawn(count, seed=5, grammar=GRAMMAR):
    rng = Random(seed)
    return [grammar.draw(rng) for _ in range(count)]


def calls(node):
    return [part for part in walk(node) if isinstance(part, Call)]


def check(child, grammar=GRAMMAR):
    """The rules of a child, written down once more."""
    assert parse(to_text(child), NAMES) == child
    assert 1 <= depth(child) <= grammar.max_depth
    assert len(calls(child)) <= MAX_CALLS
    assert MISSING not in walk(child)
    assert centred(child), to_text(child)
    for call in calls(child):
        for param, arg in call.operands:
            if isinstance(arg, Num) and param.kind == "series":
                assert param.constant
            elif isinstance(arg, Num):
                assert param.accepts(arg.value)
            elif param.condition:
                assert OPS[arg.name].boolean


def centred(node):
    """Centred by itself, or made of what is."""
    if not isinstance(node, Call) or node.op.signal == 0:
        return False
    inner = [
        arg
        for param, arg in node.operands
        if param.kind == "series" and not (param.condition or param.typical or isinstance(arg, Num))
    ]
    return not node.op.keeps or (len(inner) > 0 and all(centred(arg) for arg in inner))


@given(seed=seeds, levels=st.integers(1, 6), days=st.integers(2, 300))
def test_children_keep_to_all_rules(seed, levels, days):
    grammar = Grammar(NAMES, max_depth=levels, max_days=days)
    rng = Random(seed)
    parents = [grammar.draw(rng) for _ in range(6)]
    for _ in range(6):
        mother, father = rng.sample(parents, 2)
        for child in (crossover(rng, grammar, mother, father), mutation(rng, grammar, mother)):
            if child is not None:
                check(child, grammar)
                assert child != mother
                parents.append(child)


def test_thousands_of_pairs_have_children():
    rng, parents = Random(2), drawn(1500)
    children = [crossover(rng, GRAMMAR, *rng.sample(parents, 2)) for _ in range(2000)]
    mutants = [mutation(rng, GRAMMAR, rng.choice(parents)) for _ in range(2000)]
    for child in (*children, *mutants):
        if child is not None:
            check(child)
    assert children.count(None) < 40
    assert mutants.count(None) < 10


def test_breeding_goes_on_for_many_generations():
    rng, parents = Random(3), drawn(60)
    for _ in range(30):
        bred = [crossover(rng, GRAMMAR, *rng.sample(parents, 2)) for _ in range(40)]
        bred += [mutation(rng, GRAMMAR, rng.choice(parents)) for _ in range(20)]
        parents = [child for child in bred if child is not None]
    for child in parents:
        check(child)
    assert len(set(parents)) > 30


def test_all_but_a_few_draws_in_a_thousand_are_valid():
    assert sum(not valid(GRAMMAR, node) for node in drawn(4000)) < 12


@given(seed=seeds)
def test_children_are_a_function_of_the_seed(seed):
    def family():
        rng = Random(seed)
        mother, father = GRAMMAR.draw(rng), GRAMMAR.draw(rng)
        return crossover(rng, GRAMMAR, mother, father), mutation(rng, GRAMMAR, father)

    assert family() == family()


def test_a_part_of_the_child_comes_from_each_parent():
    mother = tree("cs_zscore(ts_delta(close, 5))")
    father = tree("cs_demean(group_rank(volume, sector))")
    children = {to_text(crossover(Random(s), GRAMMAR, mother, father)) for s in range(60)}
    assert 'cs_zscore(group_rank(feat("volume"), sector))' in children
    parts = {to_text(part) for part in (*walk(mother), *walk(father))}
    for text in children:
        assert {to_text(p) for p in walk(tree(text)) if not isinstance(p, Call)} <= parts


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (
            "if_else(close > open, cs_zscore(volume), 0.5)",
            ["signal", "condition", "series", "series", "signal", "series", "number"],
        ),
        (
            "cs_zscore(close - ts_delta(open, 5))",
            ["signal", "series", "series", "series", "series", "literal"],
        ),
        ("-group_neutralize(close, sector)", ["signal", "signal", "series", "category"]),
    ],
)
def test_every_part_has_a_role(text, roles):
    assert [place.role for place in places(tree(text))] == roles


def test_a_part_fits_by_its_kind():
    signal, series = tree("cs_zscore(close)"), tree("log(close)")
    condition, column = tree("close > open"), tree("close")
    fitting = {
        role: [node for node in (signal, series, condition, column) if fits(node, role)]
        for role in ("signal", "series", "condition", "category")
    }
    assert fitting == {
        "signal": [signal],
        "series": [signal, series, column],
        "condition": [condition],
        "category": [],
    }


@pytest.mark.parametrize(
    "text",
    [
        "close",
        "log(close)",
        "close > open",
        "cs_zscore(close) + log(open)",
        "ts_corr(close, close, 20)",
        "cs_zscore(cs_zscore(cs_zscore(cs_zscore(cs_zscore(close)))))",
    ],
)
def test_what_the_generator_would_not_draw_is_not_valid(text):
    assert not valid(GRAMMAR, tree(text))


def test_a_part_is_replaced_in_the_canonical_tree():
    root = tree("cs_zscore(open - close)")
    assert replaced(root, (0, 1), tree("-volume")) == tree("cs_zscore(open + volume)")
    assert replaced(root, (), tree("cs_demean(low)")) == tree("cs_demean(low)")


def test_each_change_is_made_sometimes():
    rng, parents = Random(4), drawn(300)
    for change in breed._CHANGES:
        made = Counter(
            child is not None and child != parent and valid(GRAMMAR, child)
            for parent in parents
            for child in [change(rng, GRAMMAR, parent)]
        )
        assert made[True] > 60, change.__name__


def test_days_move_by_steps_and_stay_within_bounds():
    node = tree("cs_zscore(ts_mean(close, 40))")
    grammar = Grammar(NAMES, max_days=100)
    rng = Random(6)
    children = [breed._other_number(rng, grammar, node) for _ in range(400)]
    days = Counter(int(c.args[0].args[1].value) for c in children)
    assert 40 not in days
    assert min(days) >= 13
    assert max(days) == 100
    assert sum(count for value, count in days.items() if value < 40) > 120


def test_columns_and_operators_of_no_weight_are_never_put_in():
    grammar = Grammar(NAMES, operators={"ts_rank": 0.0}, columns={"low": 0.0, "country": 0.0})
    rng, parents = Random(8), drawn(200, grammar=grammar)
    for _ in range(600):
        child = mutation(rng, grammar, rng.choice(parents))
        parts = [] if child is None else list(walk(child))
        assert Feature("low") not in parts
        assert Category("country") not in parts
        assert "ts_rank" not in {part.name for part in parts if isinstance(part, Call)}
