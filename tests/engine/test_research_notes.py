"""What a day says besides its numbers: missing prices, no trading, ruin, groups, wrong dates."""

from __future__ import annotations

import datetime as dt
import math
import time

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams
from engine.dsl.parse import parse
from engine.dsl.tree import Names
from engine.errors import ParamError
from engine.panel import Panel
from engine.research.explain import Explained, Holdings, explain, holdings
from tests.engine.test_book_twins import random_panel, random_params
from tests.engine.test_research_explain import NAN, NODE, day, small, with_signal


def test_names_without_a_price_are_told_of_day_by_day():
    prices = [[1.0, 1.0], [NAN, 1.0], [NAN, NAN], [2.0, NAN], [2.0, NAN], [2.0, NAN]]
    panel = small(prices, [[0.5, 0.5]] * 6)
    params = BookParams(cap=0.5, max_stale=2, delisting_return=-0.3, cost_bps=0.0)

    def events(number):
        names = explain(panel, NODE, params, day(number)).names
        return {each.symbol: each.event for each in names}

    assert events(1) == {"A": None, "B": None}
    assert events(2) == {"A": "no price for 1 date, kept at the last one", "B": None}
    assert events(4) == {
        "A": "price back after 2 dates",
        "B": "no price for 2 dates, kept at the last one",
    }
    assert events(5)["B"] == "closed after 3 dates without a price, at the last one -30%"
    assert events(6)["B"] == "no price, not opened"
    assert explain(panel, NODE, params, day(5)).notes == (
        "1 position closed for want of a price: B.",
    )
    assert explain(panel, NODE, params, day(3)).notes == (
        "2 positions without a price, kept at the last one: A, B.",
    )
    closed = next(n for n in explain(panel, NODE, params, day(5)).names if n.symbol == "B")
    assert (closed.price, closed.ret, closed.after) == (None, -0.3, 0.0)


@pytest.mark.parametrize(
    ("params", "number", "note"),
    [
        ({"rebalance": "weekly"}, 3, "the book of 2024-01-03 is not traded, {} of each week"),
        ({"rebalance": "monthly"}, 3, "the book of 2024-01-03 is not traded, {} of each month"),
        ({"rebalance": 2}, 2, "the book of 2024-01-02 is not traded, {} of every 2 dates"),
        ({"execution_lag": 3}, 2, "{} before the first of the data set"),
        ({"execution_lag": 0}, 4, "{} after the last of the data set"),
    ],
)
def test_a_date_without_a_book_says_why(params, number, note):
    said = (
        "only that of the first date"
        if "traded" in note
        else "the book traded at its close would be of a date"
    )
    panel = small([[1.0]] * 4, [[0.05]] * 4)
    found = explain(panel, NODE, BookParams(**params), day(number))
    assert found.signal_date is None
    assert found.notes[-1] == f"No trading on this date: {note.format(said)}."


def test_a_look_ahead_is_called_one():
    panel = small([[1.0], [2.0]], [[0.05], [0.05]])
    found = explain(panel, NODE, BookParams(execution_lag=0), day(1))
    assert found.signal_date == day(2)
    (note,) = found.notes
    assert note == (
        "The execution lag is 0: a book is traded at the close before its own date. Nobody could"
        " have done this."
    )


def test_an_empty_book_is_called_one():
    found = explain(small([[1.0]], [[NAN]]), NODE, BookParams(), day(1))
    assert found.notes == ("The book traded at this close is empty: no name has a weight in it.",)
    assert (found.names, found.held, found.net) == ((), 0, 0.0)


def test_a_name_loses_more_than_the_account_has():
    panel = small([[1.0], [3.0], [3.0]], [[-1.0]] * 3)
    params = BookParams(cap=1.0, cost_bps=0.0)
    ruin, later = (explain(panel, NODE, params, day(number)) for number in (2, 3))
    assert (ruin.net, ruin.gross, ruin.equity_after) == (-1.0, -2.0, 0.0)
    assert [(n.net, n.before, n.drifted, n.trade, n.after) for n in ruin.names] == [
        (-2.0, -1.0, -3.0, 0.0, 0.0)
    ]
    assert ruin.notes[-1].startswith("The account was ruined on this date: it lost all it had;")
    assert (later.net, later.equity_before, later.signal_date, later.names) == (0, 0, None, ())
    assert later.notes == ("The account was ruined before this date: nothing is held or traded.",)


def test_the_costs_that_ruin_are_told():
    panel = small([[1.0]], [[1.5]])
    params = BookParams(cap=1.0, max_lev=2.0, cost_bps=10_000.0)
    found = explain(panel, NODE, params, day(1))
    assert (found.net, found.cost, found.turnover) == (-1.0, 1.0, 1.0)
    assert [(n.trade, n.cost, n.after) for n in found.names] == [(1.0, 1.0, 0.0)]


def test_the_group_is_the_one_neutralized_by_or_else_the_first_category():
    prices = np.ones((2, 2))
    codes = np.array([[0, 1], [1, -1]])
    panel = Panel.from_arrays(
        "grouped", [day(1), day(2)], ["A", "B"], {"close": prices, "signal": prices},
        {"area": (codes, ("x", "y")), "sector": (np.array([[1, 0], [0, 0]]), ("p", "q"))},
    )  # fmt: skip

    def groups(number, **params):
        names = explain(panel, NODE, BookParams(**params), day(number)).names
        return {each.symbol: each.group for each in names}

    assert groups(1) == groups(1, neutralize="market") == {"A": "x", "B": "y"}
    assert groups(2) == {"A": "y", "B": None}
    assert groups(1, neutralize="sector") == {"A": "q", "B": "p"}
    assert groups(2, execution_lag=2) == {"A": "x", "B": "y"}  # those of the book


def test_equal_contributions_stand_in_the_order_of_the_symbols():
    found = explain(small([[1.0] * 12], [[0.02] * 12]), NODE, BookParams(), day(1))
    assert [each.symbol for each in found.names] == list("ABCDEFGHIJKL")


@pytest.mark.parametrize(
    ("date", "nearest"),
    [
        (dt.date(2023, 1, 1), "the nearest being 2024-01-02"),
        (dt.date(2024, 1, 1), "the nearest being 2024-01-02"),
        (dt.date(2025, 1, 1), "the nearest being 2024-01-03"),
    ],
)
def test_a_date_outside_the_run_is_refused_with_the_nearest(date, nearest):
    panel = small([[1.0]] * 4, [[0.05]] * 4)
    params = BookParams(start=day(2), end=day(3))
    with pytest.raises(ParamError, match=nearest) as caught:
        explain(panel, NODE, params, date)
    assert "2 dates from 2024-01-02 to 2024-01-03" in str(caught.value)


def test_a_weekend_lies_between_two_dates():
    days = np.array(["2024-01-05", "2024-01-08"], dtype="datetime64[D]")
    panel = Panel.from_arrays("gap", days, ["A"], {"close": [[1.0]] * 2, "signal": [[1.0]] * 2})
    with pytest.raises(ParamError, match="the nearest being 2024-01-05 and 2024-01-08"):
        explain(panel, NODE, BookParams(), dt.date(2024, 1, 6))


def test_ten_names_are_named_and_the_rest_counted():
    panel = small([[1.0] * 12, [NAN] * 12], [[0.05] * 12] * 2)
    note = explain(panel, NODE, BookParams(), day(2)).notes[0]
    assert note == (
        "12 positions without a price, kept at the last one: A, B, C, D, E, F, G, H, I, J and 2"
        " more."
    )


@given(st.integers(0, 2**32 - 1))
def test_nothing_that_is_not_finite_is_told(seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, int(rng.integers(1, 12)), int(rng.integers(1, 6)))
    wild = [0.0, -0.0, 1.0, -1.0, NAN, 1e308, -1e308, 5e-324, 1e-300, 1e300]
    signal, prices = rng.choice(wild, panel.shape), np.abs(rng.choice(wild, panel.shape))
    priced = msgspec.structs.replace(
        panel, load=lambda name: prices if name == "close" else panel.load(name)
    )
    wild_panel = with_signal(priced, signal)
    params = random_params(rng, panel)
    found = holdings(wild_panel, NODE, params)
    days = [explain(wild_panel, NODE, params, date) for date in found.dates]
    for each in (found, days):
        # JSON has no NaN: msgspec writes null, which is no float
        text = msgspec.json.encode(each)
        assert msgspec.json.decode(text, type=Holdings if each is found else list[Explained])


def test_a_day_of_a_large_panel_is_explained_at_once():
    rng = np.random.default_rng(1)
    prices = np.exp(np.cumsum(rng.normal(0, 0.02, (2500, 500)), axis=0))
    dates = np.datetime64("2010-01-01") + np.arange(2500)
    panel = Panel.from_arrays("large", dates, [f"S{i:03d}" for i in range(500)], {"close": prices})
    node = parse("cs_rank(-ts_delta(close, 5)) - 0.5", Names(frozenset(panel.features)))
    params = BookParams(sizing="gross", smooth_ema=0.2, cap=0.01)
    began = time.perf_counter()
    found = explain(panel, node, params, panel.dates[-1].item())
    assert time.perf_counter() - began < 2.0  # a tenth of it on an idle machine
    assert len(found.names) == 500
    assert math.isclose(math.fsum(n.net for n in found.names), found.net, abs_tol=1e-12)
