"""Values of whole expressions: the kernels against the plain-Python meaning."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.dsl.canonical import build, canonical
from engine.dsl.generate import generate
from engine.dsl.ops import OPS
from engine.dsl.parse import parse
from engine.dsl.tree import Call, Feature, Num, lookback, walk
from tests import array_eval, oracle
from tests.array_eval import noise, to_lists
from tests.engine.dsl_panels import (
    DAYS,
    FEATURES,
    NAMES,
    arrays,
    attempt,
    lists,
    panel,
    same,
    seeds,
    tree,
    trees,
)

DISCONTINUOUS = {
    name
    for name, op in OPS.items()
    if op.boolean or name in {"sign", "floor", "round", "if_else", "ts_days_since_change",
                              "ts_arg_max", "ts_arg_min", "hump", "trade_when", "ts_count"}
}  # fmt: skip


def smooth(node):
    """Whether rounding noise in a part cannot become a jump of the whole.

    A jump on an input that is a plain column is exact; on a computed one, noise may decide it.
    """
    calls = [n for n in walk(node) if isinstance(n, Call)]
    return all(not any(isinstance(a, Call) for a in c.series) for c in calls
               if c.name in DISCONTINUOUS)  # fmt: skip


def conditioned(node, given_panel):
    """Whether rounding errors stay rounding errors: noise in every part hardly moves the whole."""
    quiet = to_lists(array_eval.evaluate(node, **arrays(*given_panel)))
    return all(
        same(to_lists(array_eval.evaluate(node, **arrays(*given_panel), disturb=noise(i))), quiet)
        is None
        for i in range(8)
    )


@settings(max_examples=150)
@given(seed=seeds, number=seeds)
def test_compositions_mean_what_their_parts_mean(seed, number):
    given_panel = panel(seed)
    node = tree(number)
    assume(smooth(node))
    assume(conditioned(node, given_panel))
    got = to_lists(array_eval.evaluate(node, **arrays(*given_panel)))
    assert same(got, oracle.evaluate(node, **lists(*given_panel))) is None, node


EXACT = frozenset(
    [
        "add",
        "sub",
        "neg",
        "abs",
        "sign",
        "min",
        "max",
        "clip",
        "lt",
        "le",
        "gt",
        "ge",
        "eq",
        "ne",
        "and",
        "or",
        "not",
        "if_else",
        "fill",
        "is_missing",
        "floor",
        "round",
        "lag",
        "ts_delta",
        "ts_sum",
        "ts_min",
        "ts_max",
        "ts_median",
        "ts_arg_max",
        "ts_arg_min",
        "ts_count",
        "ts_backfill",
        "ts_days_since_change",
        "trade_when",
        "cs_top",
        "cs_bottom",
        "cs_count",
    ]
)
"""Operators that keep multiples of 1/4 exact, so that a jump may rest on a computed value."""

ONLY_EXACT = {name: float(name in EXACT) for name in OPS}


@settings(max_examples=150)
@given(seed=seeds.map(lambda seed: seed - seed % 2), number=seeds)
def test_compositions_of_exact_operators_agree_to_the_bit(seed, number):
    given_panel = panel(seed)
    node = generate(Random(number), NAMES, 4, 4, ONLY_EXACT)
    got = to_lists(array_eval.evaluate(node, **arrays(*given_panel)))
    assert got == oracle.evaluate(node, **lists(*given_panel)), node


@given(seed=seeds, node=trees, cut=st.integers(1, DAYS - 1))
def test_nothing_sees_the_future(seed, node, cut):
    features, groups, universe = panel(seed)
    whole = array_eval.evaluate(node, **arrays(features, groups, universe))
    head = {name: grid[:cut] for name, grid in features.items()}
    early = array_eval.evaluate(node, **arrays(head, groups[:cut], universe[:cut]))
    assert whole[:cut].tobytes() == early.tobytes()


@given(seed=seeds, node=trees, extra=st.integers(0, 2))
def test_lookback_is_enough(seed, node, extra):
    """Dropping the dates before the lookback does not change the last one."""
    back = lookback(node)
    assume(back is not None and back + extra < DAYS and smooth(node))
    features, groups, universe = panel(seed)
    assume(conditioned(node, (features, groups, universe)))
    start = DAYS - 1 - back - extra
    tail = {name: grid[start:] for name, grid in features.items()}
    whole = array_eval.evaluate(node, **arrays(features, groups, universe))
    short = array_eval.evaluate(node, **arrays(tail, groups[start:], universe[start:]))
    assert same(to_lists(short[-1:]), to_lists(whole[-1:])) is None


def raw(node, rng):
    """Another spelling: commuted, with doubled signs, split lags, constants taken apart."""
    if not isinstance(node, Call):
        return node
    args = [raw(arg, rng) for arg in node.args]
    if (node.op.commutative or node.op.variadic) and rng.random() < 0.5:
        args[0], args[1] = args[1], args[0]
    if node.op.mirror and rng.random() < 0.5:
        return Call(node.op.mirror, (args[1], args[0]))
    if node.name == "lag" and node.args[1].value > 1:
        return Call("lag", (Call("lag", (args[0], Num(1.0))), Num(node.args[1].value - 1)))
    respelled = Call(node.name, tuple(args))
    if rng.random() < 0.2:
        return Call("neg", (Call("neg", (respelled,)),))
    return Call("lag", (respelled, Num(0.0))) if rng.random() < 0.1 else respelled


@given(node=trees, rng=st.randoms(use_true_random=False))
def test_another_spelling_is_the_same_expression(node, rng):
    assert canonical(raw(node, rng)) == node


@given(seed=seeds, node=trees, rng=st.randoms(use_true_random=False))
def test_the_canonical_tree_has_the_same_bits(seed, node, rng):
    given_arrays = arrays(*panel(seed))
    spelling = raw(node, rng)
    spelled = array_eval.evaluate(spelling, **given_arrays)
    value = array_eval.evaluate(canonical(spelling), **given_arrays)
    assert np.array_equal(spelled, value, equal_nan=True)


@pytest.mark.parametrize("days", [(1, 2), (3, 1), (2, 5), (0, 4)])
def test_a_lag_of_a_lag_has_the_same_bits(days):
    given_arrays = arrays(*panel(3))
    spelling = Call("lag", (Call("lag", (Feature(FEATURES[0]), Num(days[0]))), Num(days[1])))
    merged = canonical(spelling)
    assert merged == Call("lag", (Feature(FEATURES[0]), Num(float(sum(days)))))
    spelled = array_eval.evaluate(spelling, **given_arrays)
    assert np.array_equal(spelled, array_eval.evaluate(merged, **given_arrays), equal_nan=True)


number = st.integers(2, 9).map(str)
operand = (
    number | number.map("-{}".format) | st.tuples(number, number).map("({0[0]} - {0[1]})".format)
)
flat = st.lists(operand, min_size=3, max_size=6).flatmap(
    lambda operands: st.lists(
        st.sampled_from(["+", "-", "*", "/", "^"]),
        min_size=len(operands) - 1,
        max_size=len(operands) - 1,
    ).map(lambda signs: " ".join(map(" ".join, zip(operands, [*signs, ""], strict=True))).strip())
)


@settings(max_examples=300)
@given(flat)
def test_arithmetic_means_what_python_means(text):
    try:
        meant = python(text)
    except (ZeroDivisionError, OverflowError):
        meant = None
    result = oracle.evaluate(parse(text, NAMES), {"f0": [[0.0]]})[0][0]
    if meant is None or isinstance(meant, complex) or result is None:
        assert result is None or result == 0  # a part had no value
    else:
        assert result == meant


def python(text):
    """What Python makes of the arithmetic, with floats."""
    floats = "".join(f"{c}.0" if c.isdigit() else c for c in text).replace("^", "**")
    return eval(floats, {"__builtins__": {}})  # noqa: S307 - digits and signs of the strategy above


logic = st.recursive(
    st.sampled_from(["f0", "f1", "1", "0"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "<", "==", "+"]), inner).map(" ".join),
        inner.map("not {}".format),
    ),
    max_leaves=5,
)


@settings(max_examples=200)
@given(logic)
def test_logic_binds_as_in_python(text):
    node, error = attempt(text)
    if error:  # what Python reads in a way of its own
        assert error.message.startswith(("Comparisons cannot", "Put 'not'"))
        return
    for f0 in (0.0, 1.0):
        for f1 in (0.0, 2.0):
            got = oracle.evaluate(node, {"f0": [[f0]], "f1": [[f1]]})[0][0]
            meant = eval(text, {"__builtins__": {}}, {"f0": f0, "f1": f1})  # noqa: S307
            assert bool(got) == bool(meant)


def test_a_constant_without_a_value_is_missing_everywhere():
    features = {"f0": np.ones((3, 2)), "f1": np.ones((3, 2))}
    for text in ("1/0", "log(-1) + f0", "f0 > 0 ? 0/0 : 1", "trade_when(f0 > 0, 0/0, -1)"):
        assert np.isnan(array_eval.evaluate(parse(text, NAMES), features)).all(), text
    assert build(OPS["div"], (Num(1.0), Num(0.0))) == parse("0/0", NAMES)
