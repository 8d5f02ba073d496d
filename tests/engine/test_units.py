"""Units of expressions: what they are, and what the reader is warned of."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse, read
from engine.dsl.tree import Call, Feature, Num, to_text
from engine.dsl.units import FREE, MIXING, NONE, RULES, describe, unit_of, unit_of_column
from tests import array_eval
from tests.engine.dsl_panels import FEATURES, arrays, call, panel, seeds, tree

NAMES = Names(
    frozenset({"open", "high", "low", "close", "volume", "vwap", "returns", "cap", "x", "c_sek"}),
    frozenset({"sector"}),
    frozenset({"A"}),
    "c_sek",
)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("close", "a price"),
        ("volume", "a number of shares"),
        ("cap", "an amount of money"),
        ("returns", "a pure number"),
        ("close * volume", "an amount of money"),
        ("close * volume / cap", "a pure number"),
        ("close / open", "a pure number"),
        ("cap / close", "a number of shares"),
        ("2 * close + 1", "a price"),
        ("lag(close, 1) - 0.5", "a price"),
        ("ts_std(volume, 5)", "a number of shares"),
        ("ts_corr(close, volume, 5)", "a pure number"),
        ("ts_cov(close, volume, 5)", "an amount of money"),
        ("ts_beta(cap, close, 5)", "a number of shares"),
        ("log(close)", "a pure number"),
        ("sqrt(close * open)", "a price"),
        ("close ^ 2", "a quantity in money^2 shares^-2"),
        ("(close ^ 2) ^ 0.5", "a price"),
        ("returns ^ volume", "a pure number"),
        ("inverse(close / cap)", "a number of shares"),
        ("ts_product(1 + returns, 5)", "a pure number"),
        ("cs_rank(volume)", "a pure number"),
        ("cs_scale(close)", "a pure number"),
        ("close * (volume > 5)", "a price"),
        ("volume > 5 ? close : 1", "a price"),
        ("fill(close, lag(close, 1))", "a price"),
        ("trade_when(volume > 0, close, -1)", "a price"),
        ("group_neutralize(close, sector)", "a price"),
        ("ts_arg_max(close, 5)", "a number of days"),
        ("max(close, open, 3)", "a price"),
        ("atr(high, low, close, 5)", "a price"),
    ],
)
def test_units_follow_from_those_of_the_columns(text, unit):
    found = unit_of(parse(text, NAMES), NAMES.price)
    assert found is not None
    assert describe(found) == unit


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x + close",
        "x * close",
        "close ^ x",
        "ts_product(close, 5)",
        "close > 0 ? x : close",
        "sqrt(x)",
    ],
)
def test_what_is_not_known_stays_unknown(text):
    assert unit_of(parse(text, NAMES), NAMES.price) is None


def test_numbers_fit_everything():
    assert unit_of(Num(3.0)) == FREE
    for text in ("close + 1", "volume > 1000", "min(close, 5)", "fill(volume, 0)", "close / 2 + 1"):
        assert read(text, NAMES).warnings == ()


@pytest.mark.parametrize(
    ("name", "price", "unit"),
    [
        ("adj_close", None, "a price"),
        ("Adj Close", None, "a price"),
        ("o_sek", None, "a price"),
        ("nav", "nav", "a price"),
        ("v", None, "a number of shares"),
        ("MarketCap", None, "an amount of money"),
        ("dollar_volume", None, "an amount of money"),
        ("half_spread_bps", None, "a pure number"),
        ("universe", None, "a pure number"),
    ],
)
def test_a_column_tells_its_unit_by_its_name(name, price, unit):
    assert describe(unit_of_column(name, price)) == unit


@pytest.mark.parametrize("name", ["nav", "usdsek", "turnover", "iv3m", "sector", "eps", "c1"])
def test_most_columns_tell_nothing(name):
    assert unit_of_column(name, "close") is None


BETTER = "rank them or turn them into ratios first."
WARNED = [
    ("close + volume",
     f"This adds a price (close) and a number of shares (volume): {BETTER}", "close + volume"),
    ("cs_rank(open - volume) * 2",
     f"This subtracts a number of shares (volume) from a price (open): {BETTER}", "open - volume"),
    ("1 + min(close, lag(cap, 5))",
     f"This takes the smaller of a price (close) and an amount of money (lag(cap, 5)): {BETTER}",
     "min(close, lag(cap, 5))"),
    ("max(close, open, volume)",
     f"This takes the larger of a price (close) and a number of shares (volume): {BETTER}",
     "max(close, open, volume)"),
    ("(volume >= high) * close",
     f"This compares a number of shares (volume) with a price (high): {BETTER}", "volume >= high"),
    ("returns > 0 ? close : volume",
     f"This chooses between a price (close) and a number of shares (volume): {BETTER}",
     "returns > 0 ? close : volume"),
    ("a = fill(close, returns); a / 2",
     f"This fills the holes of a price (close) with a pure number (returns): {BETTER}",
     "fill(close, returns)"),
    ("((close * 2)) + cs_rank(volume)",
     f"This adds a price (close * 2) and a pure number (cs_rank(volume)): {BETTER}",
     "((close * 2)) + cs_rank(volume)"),
    ("ts_spread_zscore(close, volume, 9)",
     f"This subtracts a number of shares (volume) from a price (close): {BETTER}",
     "ts_spread_zscore(close, volume, 9)"),
    ("atr(high, low, volume, 5)",
     f"This takes the range of a price (high) and a number of shares (volume): {BETTER}",
     "atr(high, low, volume, 5)"),
    ("c_sek ^ 2 < c_sek",
     f"This compares a quantity in money^2 shares^-2 (c_sek ^ 2) with a price (c_sek): {BETTER}",
     "c_sek ^ 2 < c_sek"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "at"), WARNED, ids=[text for text, *_ in WARNED])
def test_what_does_not_fit_is_said_where_it_is(text, message, at):
    reading = read(text, NAMES)
    (found,) = reading.warnings
    assert (found.message, text[found.start : found.end]) == (message, at)
    assert reading.node == parse(text, NAMES)


def test_one_mistake_is_one_warning():
    assert len(read("ts_mean(close + volume, 5) + close + volume", NAMES).warnings) == 1
    assert len(read("a = close + volume; a + a + close", NAMES).warnings) == 1
    assert len(read("(close + volume) / (high - cap)", NAMES).warnings) == 2


def test_a_long_operand_is_shortened():
    (found,) = read(f"volume + ({' + '.join(['close'] * 20)})", NAMES).warnings
    assert "a price (close + close + close + close + close...)" in found.message


def test_days_fit_pure_numbers():
    assert read("ts_arg_max(close, 5) / 5 + cs_rank(volume)", NAMES).warnings == ()
    assert len(read("ts_days_since_change(close) + close", NAMES).warnings) == 1


def test_the_dialect_is_checked_in_the_words_of_the_user():
    names = Names(frozenset({"h_sek", "l_sek", "c_sek", "v"}), price="c_sek")
    text = "rank(adv20 + vwap)"
    (found,) = read(text, names, "alpha101").warnings
    assert text[found.start : found.end] == "adv20 + vwap"
    assert found.message.startswith("This adds a number of shares (adv20) and a price (vwap):")


def respelled(node, leaves):
    """The text of a tree over other columns."""
    text = to_text(node)
    for name, leaf in zip(FEATURES, leaves, strict=True):
        text = text.replace(f'feat("{name}")', leaf)
    return re.sub(r'symbol_is\("[B-D]"\)', 'symbol_is("A")', text.replace(", g)", ", sector)"))


PURE = ["cs_rank(volume)", "ts_zscore(close, 5)", "(close / lag(close, 1))", "returns", "log(cap)",
        "group_zscore(close, sector)", "(close * volume / cap)"]  # fmt: skip
pure = st.lists(st.sampled_from(PURE), min_size=3, max_size=3)


@given(number=seeds, leaves=pure)
def test_nobody_is_warned_of_pure_numbers(number, leaves):
    text = respelled(tree(number, max_depth=3), leaves)
    assert read(text, NAMES).warnings == ()


@given(number=seeds)
def test_nobody_is_warned_of_what_is_not_known(number):
    names = Names(frozenset(FEATURES), frozenset({"g"}), frozenset("ABCD"))
    assert read(to_text(tree(number)), names).warnings == ()


# Functions of a number, and steps of size 1: they are no multiples of their arguments.
BENT = {"log", "exp", "tanh", "sigmoid", "s_log_1p", "floor", "round", "clip", "buckets"}


@pytest.mark.parametrize("name", sorted(RULES.keys() - BENT))
def test_the_unit_of_an_operator_is_what_its_values_scale_with(name):
    """Prices in another currency change what is in money, and nothing else."""
    prices = ("close", "open", "high")
    node = as_prices(call(OPS[name]))
    unit = unit_of(node)
    if unit is None:
        assert name in {"ts_product", "power"}
        return
    for seed in range(20):
        given_arrays = arrays(*panel(seed))
        columns = dict(zip(prices, given_arrays["features"].values(), strict=True))
        few = array_eval.evaluate(node, **given_arrays | {"features": columns})
        dear = {price: 4 * values for price, values in columns.items()}
        many = array_eval.evaluate(node, **given_arrays | {"features": dear})
        assert np.allclose(many, few * 4.0**unit.money, equal_nan=True, rtol=1e-9, atol=1e-12)


def as_prices(node):
    columns = dict(zip(FEATURES, ("close", "open", "high"), strict=True))
    args = (Feature(columns[arg.name]) if isinstance(arg, Feature) else arg for arg in node.args)
    return Call(node.name, tuple(args))


def test_every_operator_has_a_unit_or_never_leads_to_a_warning():
    assert RULES.keys() <= OPS.keys()
    assert OPS.keys() >= MIXING
    for name, op in OPS.items():
        if name not in RULES and not op.short:
            assert unit_of(as_prices(call(op))) == (NONE if op.boolean else None), name
