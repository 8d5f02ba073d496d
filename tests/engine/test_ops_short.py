"""Operators that stand for others, options of calls, and the words and names of others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from engine.dsl.canonical import canonical
from engine.dsl.complexity import complexity
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, lookback, to_text, walk
from engine.errors import ExprError
from engine.evaluate.run import evaluate
from tests import array_eval
from tests.engine.dsl_panels import NAMES, arrays, call, panel, seeds, trees, variants
from tests.engine.test_dsl_spellings import bits
from tests.panels import random_panel

SHORT = [op for op in OPS.values() if op.short]
EXPANDED = [op for op in OPS.values() if op.expand and not op.options]
RETTYPES = OPS["ts_regression"].params[-1].doc
COLUMNS = Names(frozenset({"x", "y", "true"}), frozenset({"g"}))


@pytest.mark.parametrize("op", EXPANDED, ids=lambda op: op.name)
@settings(max_examples=8)
@given(seed=seeds)
def test_what_an_operator_stands_for_has_its_bits(op, seed):
    given_arrays = arrays(*panel(seed))
    for node in variants(op):
        whole = array_eval.evaluate(node, **given_arrays)
        parts = array_eval.evaluate(canonical(node), **given_arrays)
        assert (bits(whole) == bits(parts)).all(), (to_text(node), to_text(canonical(node)))


@pytest.mark.parametrize("op", SHORT, ids=lambda op: op.name)
def test_a_short_operator_is_written_out(op):
    node = canonical(call(op))
    names = {part.name for part in walk(node) if isinstance(part, Call)}
    assert not any(OPS[name].short for name in names)
    assert parse(to_text(node), NAMES) == node
    assert parse(to_text(call(op)), NAMES) == node
    if names:
        assert complexity(node).op_cost == op.cost
    own = op.lookback(*call(op).literals)
    assert lookback(node) == own


def test_a_short_operator_is_never_drawn():
    assert all(op.weight == op.signal == 0 for op in SHORT)


@given(node=trees)
def test_no_tree_has_a_short_operator(node):
    assert not any(isinstance(part, Call) and part.op.short for part in walk(node))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("add(x, y, filter=1)", "fill(x, 0) + fill(y, 0)"),
        ("add(x, y, filter=0)", "x + y"),
        ("add(x, filter=1, y=y)", "fill(x, 0) + fill(y, 0)"),
        ("add(x, y, 1, 2)", "((x + y) + 1) + 2"),
        ("subtract(x, y, 1)", "x - y - 1"),
        ("multiply(x, y, x, filter=true)", "(fill(x, 1) * fill(y, 1)) * fill(x, 1)"),
        ("add(1, 2, filter=1)", "3"),
        ("add(1 / 0, 2, filter=1)", "2"),
        ("ts_rank(x, 5, constant=0.5)", "ts_rank(x, 5) + 0.5"),
        ("ts_rank(x, 5, 1, 0.5)", "ts_rank(x, 5, percent=1) + 0.5"),
        ("ts_rank(x, 5, constant=0)", "ts_rank(x, 5)"),
        ("ts_scale(x, 5, constant=-1)", "ts_scale(x, 5) - 1"),
        ("ts_decay_linear(x, 5, dense=1)", "ts_decay_linear(x, 5)"),
        ("ts_decay_linear(x, 5, dense=0)", "ts_decay_linear(fill(x, 0), 5)"),
        ("ts_backfill(x, 5, k=2)", "ts_kth(x, 5, 2)"),
        ("ts_kth(x, 5, 1)", "ts_backfill(x, 5)"),
        ("ts_return(x, 5, mode=1)", "ts_return(x, 5)"),
        ("ts_return(x, 5, mode=2)", "ts_delta(x, 5) / ((x + lag(x, 5)) * 0.5)"),
        ("cs_rank(x, rate=0)", "cs_rank(x)"),
        ("cs_rank(x, 1, 0)", "cs_rank(x, percent=1)"),
        ("cs_scale(x, longscale=2)", "cs_scale_legs(cs_scale(x), 2)"),
        ("cs_scale(x, 3, 2, 1)", "cs_scale_legs(cs_scale(x, 3), 2, 1)"),
        ("cs_quantile(x, sigma=2)", "cs_quantile(x) * 2"),
        ("group_mean(x, g, weight=1)", "group_mean(x, g)"),
        ("group_mean(x, g, weight=0 / 0)", "0 / 0"),
        (
            "group_mean(x, g, weight=y)",
            "group_mean(x * y, g) / group_mean(y + x * 0, g)",
        ),
        ("ts_regression(x, y, 9, lag=0, rettype=0)", "ts_resid(x, y, 9)"),
        ("ts_regression(x, y, 9, 0, 2)", "ts_beta(x, y, 9)"),
        ("ts_regression(x, y, 9, 3, 6)", "ts_regression_r2(x, lag(y, 3), 9)"),
        ("ts_regression(x, y, 9, 3, 1)", "ts_regression(x, lag(y, 3), 9, rettype=1)"),
        ("buckets(x, 3, 1, 2)", "buckets(x, 1, 2, 3)"),
        ("bucket_range(x, 1, 0, 0.5)", "buckets(x, 0)"),
        ("bucket_range(x, 0, 1, 0.3)", "buckets(x, 0, 0.3, 0.6, 0.9, 1)"),
        # words for numbers, names of others
        ("cs_rank(x, percent=yes)", "cs_rank(x, 1)"),
        ("cs_rank(x, percent=False)", "cs_rank(x, 0)"),
        ("quantile(x, driver=gaussian)", "cs_quantile(x)"),
        ("quantile(x, 'uniform', 2)", "cs_quantile(x, driver=1, sigma=2)"),
        ("ts_std(x, 5, ddof=population)", "ts_std(x, 5, 0)"),
        ("ts_regression(x, y, 9, rettype=slope)", "ts_beta(x, y, 9)"),
        ("yes = 0; cs_rank(x, percent=yes)", "cs_rank(x, percent=0)"),
        ("winsorize(x, std=3)", "cs_winsorize(x, 3)"),
        ("hump(x, hump=0.02)", "hump(x, 0.02)"),
        ("scale(x, scale=2)", "cs_scale(x, 2)"),
        ("truncate(x, maxPercent=0.1)", "cs_truncate(x, 0.1)"),
        ("ts_backfill(x, lookback=9)", "ts_backfill(x, 9)"),
        ("clamp(x, lower=-2, upper=2)", "clip(x, -2, 2)"),
        ("group_rank(x, group=g)", "group_rank(x, g)"),
        ("normalize(x, useStd=true)", "cs_normalize(x, 1)"),
        ("ts_decay_exp_window(x, 5, factor=0.5)", "ts_decay_exp(x, 5, 0.5)"),
    ],
)
def test_a_call_means_these_operators(written, meant):
    names = Names(frozenset({"x", "y"}), frozenset({"g"}))
    assert to_text(parse(written, names)) == to_text(parse(meant, names))


def test_a_column_goes_before_a_word():
    with pytest.raises(ExprError, match="percent of cs_rank must be a whole number from 0 to 1"):
        parse("cs_rank(x, percent=true)", COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("add(x)", "add needs y: write add(x, y, ..., filter=0)."),
        ("add(x, y, filter=2)", "filter of add must be a whole number from 0 to 1."),
        ("add(x, y, filtre=1)", "add has no argument 'filtre': write add(x, y, ..., filter=0)."),
        ("add(x, y, filter=1, filter=0)", "filter of add is given twice."),
        (
            "ts_mean(x=x, 5)",
            "Expected name = value after an argument with a name in ts_mean(x, d), found '5'.",
        ),
        ("x + y, filter=1", "Expected an operator or the end, found ','."),
        (
            "ts_rank(x, 5, 0, 1, 2)",
            "This is one argument too many: write ts_rank(x, d, percent=0, constant=0).",
        ),
        ("ts_rank(x, 5, constant=y)", "constant of ts_rank must be a number."),
        ("cs_quantile(x, driver=cauchy)", "There is no column 'cauchy'."),
        (
            "ts_arg_max(x, 5, oldest=true + 0)",
            "Expected ',' or ')' in ts_arg_max(x, d, oldest=0), found '+'.",
        ),
        (
            "cs_quantile(x, driver='cauchy')",
            "driver of cs_quantile must be a whole number from 0 to 1 (0 = gaussian, 1 = uniform).",
        ),
        ("buckets(x)", "buckets needs edge: write buckets(x, edge, ...)."),
        ("buckets(x, 1, y)", "edge of buckets must be a number."),
        (
            "ts_regression(x, y, 9, rettype=10)",
            f"rettype of ts_regression must be a whole number from 0 to 9 ({RETTYPES}).",
        ),
        ("ts_kth(x, 9, 0)", "k of ts_kth must be a whole number from 1 to 100 (1 = latest)."),
        ("ts_step(1)", "x of ts_step must contain a column, not only numbers."),
        (
            "bucket_range(x, 0, 1e9, 1e-9)",
            "The expression has more than 256 columns, numbers and operators.",
        ),
    ],
)
def test_a_wrong_call_is_refused(text, message):
    with pytest.raises(ExprError) as caught:
        parse(text, Names(frozenset({"x", "y"}), frozenset({"g"})))
    assert caught.value.message == message


def test_options_are_shown_and_have_defaults():
    assert OPS["cs_scale"].usage == "cs_scale(x, a=1, longscale=0, shortscale=0)"
    assert OPS["sub"].usage == "sub(x, y, ..., filter=0)"
    for op in OPS.values():
        assert all(option.default is not None for option in op.options)
        assert all(
            option.accepts(option.default) for option in op.options if option.low is not None
        )
        assert op.keywords.keys().isdisjoint(op.places)
        assert set(op.keywords.values()) <= op.places.keys()


@pytest.mark.parametrize("days", [1, 5])
def test_what_fills_holes_fills_none_outside_the_universe(days):
    data = random_panel(dates=30, symbols=12, universe=True)
    names = Names(frozenset({"close"}), frozenset({"sector"}))
    filled = evaluate(data, parse(f"group_backfill(close, sector, {days})", names))
    member, close = data.universe(), data.feature("close")
    assert np.isnan(filled[~member]).all()
    assert (np.isnan(close) & ~np.isnan(filled)).any()
    known = member & ~np.isnan(close) & (data.codes("sector") >= 0)
    assert (filled[known] == close[known]).all()
