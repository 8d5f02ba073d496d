"""A day taken apart: the parts add up, agree with a clerk's books, and say why."""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, backtest_signal
from engine.dsl.tree import Feature
from engine.panel import Panel
from engine.research.explain import Explained, NameDay, explain
from tests.engine.test_book_twins import nullable, random_panel, random_params, random_signal
from tests.slow_book import (
    Clerk,
    mark,
    slow_books,
    slow_gross,
    slow_raw,
    slow_signal_dates,
    without_mean,
)

NODE = Feature("signal")
NAN = math.nan


def with_signal(panel: Panel, signal: np.ndarray) -> Panel:
    """The panel with `signal` as one more feature."""
    values = np.where(np.isfinite(signal), signal, np.nan)
    return msgspec.structs.replace(
        panel,
        features=(*panel.features, "signal"),
        load=lambda name: values if name == "signal" else panel.load(name),
        cache={},
    )


def random_run(seed: int) -> tuple[Panel, np.ndarray, BookParams]:
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, int(rng.integers(1, 40)), int(rng.integers(1, 14)))
    params, signal = random_params(rng, panel), random_signal(rng, panel.shape)
    signal = np.where(np.isfinite(signal), signal, np.nan)
    lag = int(rng.integers(0, 4))
    return with_signal(panel, signal), signal, msgspec.structs.replace(params, execution_lag=lag)


def small(prices, signal, **features) -> Panel:
    dates = np.datetime64("2024-01-01") + np.arange(len(prices))
    symbols = [chr(ord("A") + i) for i in range(len(prices[0]))]
    columns = {"close": np.array(prices, float), "signal": np.array(signal, float), **features}
    return Panel.from_arrays("small", dates, symbols, columns)


def day(number: int) -> dt.date:
    return dt.date(2024, 1, number)


def close_to(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)


def assert_adds_up(found: Explained, series: dict[str, float], before: float) -> None:
    """The names add up to the day, and the day is the one of the run."""
    for name, value in series.items():
        told = "held" if name == "names" else "equity_after" if name == "equity" else name
        assert getattr(found, told) == value, name
    assert found.equity_before == before
    sums = {
        name: math.fsum(getattr(each, name) for each in found.names)
        for name in ("gross", "cost", "borrow", "net", "after")
    }
    for name in ("gross", "cost", "borrow"):
        assert close_to(sums[name], getattr(found, name)), name
    if found.equity_after or not before:
        assert close_to(sums["net"], found.net)
    else:
        assert sums["net"] <= -1 + 1e-12
    order = [(-abs(each.net), each.symbol) for each in found.names]
    assert order == sorted(order)
    worth = 1 + found.gross
    assert close_to(math.fsum(abs(each.trade) for each in found.names), found.turnover * worth)
    assert close_to(sums["after"], found.net_exposure * worth)


@given(st.integers(0, 2**32 - 1))
def test_the_names_of_every_date_add_up_to_the_run(seed):
    panel, signal, params = random_run(seed)
    daily = backtest_signal(panel, signal, params).daily
    equity = [1.0, *daily.equity.tolist()]
    names = [name for name in daily.__struct_fields__ if name != "dates"]
    for t, date in enumerate(daily.dates.tolist()):
        series = {name: float(getattr(daily, name)[t]) for name in names}
        assert_adds_up(explain(panel, NODE, params, date), series, equity[t])


def slow_days(panel: Panel, signal: np.ndarray, params: BookParams) -> list[dict[str, dict]]:
    """Per date, by column and over E(t-1): before, drifted, after, cost and borrow."""
    days = [date.item() for date in panel.dates]
    run = [t for t, d in enumerate(days) if (params.start or d) <= d <= (params.end or d)]
    selected = slow_signal_dates(params.rebalance, days, run[0])
    books = slow_books(
        nullable(signal), panel.universe().tolist(), panel.codes("sector").tolist(), params
    )
    costs = panel.costs()
    clerk, equity, found = Clerk(), 1.0, []
    for t in run:
        prices, source = nullable(panel.prices())[t], t - params.execution_lag + 1
        before = {i: p.value for i, p in clerk.positions.items()}
        closing = mark(clerk, t, prices, params.max_stale, params.delisting_return)
        drifted = {i: p.value for i, p in clerk.positions.items()}
        worth, paid = clerk.worth(), {}
        if worth <= 0:
            return found

        def order(i, price, wanted, t=t, paid=paid):
            bps = params.cost_bps if costs is None or np.isnan(costs[t, i]) else costs[t, i]
            fees = clerk.fees
            clerk.order(i, price, wanted, bps)
            paid[i] = paid.get(i, 0.0) + clerk.fees - fees

        for i in closing:
            order(i, clerk.positions[i].price, 0.0)
        if 0 <= source < len(days) and selected[source]:
            for i, weight in enumerate(books[source]):
                if prices[i] is not None:
                    order(i, prices[i], weight * worth)
        after = {i: p.value for i, p in clerk.positions.items()}
        rate = params.borrow_bps / 1e4 / 252
        lent = {i: -value * rate for i, value in after.items() if value < 0}
        clerk.cash -= sum(paid.values()) + sum(lent.values())
        if clerk.worth() <= 0:
            return found
        parts = {"before": before, "drifted": drifted, "after": after, "cost": paid, "borrow": lent}
        found.append(
            {name: {i: v / equity for i, v in part.items()} for name, part in parts.items()}
        )
        equity = clerk.worth()
    return found


@pytest.mark.parametrize("seed", range(20))
def test_positions_and_costs_are_those_of_a_clerk(seed):
    panel, signal, params = random_run(seed)
    first = next(d for d in panel.dates.tolist() if params.start is None or d >= params.start)
    start = panel.dates.tolist().index(first)
    for t, slow in enumerate(slow_days(panel, signal, params)):
        found = explain(panel, NODE, params, panel.dates[start + t].item())
        told = {panel.symbols.index(each.symbol): each for each in found.names}
        for name, part in slow.items():
            for i in range(len(panel.symbols)):
                value = getattr(told[i], name) if i in told else 0.0
                assert value == pytest.approx(part.get(i, 0.0), rel=1e-9, abs=1e-11), (name, t, i)


def slow_steps(panel, signal, params, row) -> dict[str, dict[int, float]]:
    """Each step of one unsmoothed book by the words of its definition."""
    member, sector = panel.universe()[row], panel.codes("sector")[row].tolist()
    values = {
        i: v for i, v in enumerate(nullable(signal)[row]) if v is not None and member[i]
    }  # fmt: skip
    neutral = values
    if params.neutralize == "market":
        neutral = without_mean(values, dict.fromkeys(values, 0))
    elif params.neutralize == "sector":
        neutral = without_mean(values, {i: g for i, g in enumerate(sector) if g >= 0})
    if params.sizing == "raw":
        sized = {i: max(-params.cap, min(params.cap, v)) for i, v in neutral.items()}
        return {"signal": values, "neutralized": neutral, "sized": sized,
                "limited": slow_raw(neutral, params)}  # fmt: skip
    total = sum(map(abs, neutral.values()))
    sized = {i: v * params.max_lev / total if total else 0.0 for i, v in neutral.items()}
    return {"signal": values, "neutralized": neutral, "sized": sized,
            "limited": slow_gross(neutral, params)}  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_the_book_after_each_step_is_what_the_step_is_defined_to_make(seed):
    panel, signal, params = random_run(seed + 500)
    books = slow_books(
        nullable(signal), panel.universe().tolist(), panel.codes("sector").tolist(), params
    )
    days = panel.dates.tolist()
    run = [t for t, d in enumerate(days) if (params.start or d) <= d <= (params.end or d)]
    for t in run[:: max(1, len(run) // 5)]:
        found = explain(panel, NODE, params, days[t])
        if found.signal_date is None:
            assert all(each.target is each.signal is None for each in found.names)
            continue
        row = days.index(found.signal_date)
        assert row == t - params.execution_lag + 1
        slow = {**slow_steps(panel, signal, params, row), "target": dict(enumerate(books[row]))}
        for each in found.names:
            i = panel.symbols.index(each.symbol)
            for name, part in slow.items():
                absent = None if name in {"signal", "neutralized"} else 0.0
                expected = part.get(i, absent)
                if expected is not None:
                    expected = pytest.approx(expected, rel=1e-9, abs=1e-9)
                assert getattr(each, name) == expected, name
        assert {each.symbol for each in found.names} >= {panel.symbols[i] for i in slow["signal"]}


def test_a_day_by_hand():
    """A and B bought in halves on the 1st; on the 2nd A gains 20 % and the book turns to B."""
    panel = small([[1.0, 2.0, 1.0], [1.2, 1.0, 1.0]], [[0.5, -0.5, NAN], [0.0, 0.7, NAN]])
    params = BookParams(cap=0.6, cost_bps=10.0, borrow_bps=252.0)
    first = 1 - 0.001 - 0.00005
    worth = first + 0.1 + 0.25
    found = explain(panel, NODE, params, day(2))
    a, b = found.names[1], found.names[0]
    assert [each.symbol for each in found.names] == ["B", "A"]
    assert found.signal_date == day(2)
    assert found.equity_before == pytest.approx(first)
    drifted, target = -0.25 / first, 0.6 * worth / first
    assert b == NameDay(
        symbol="B", signal=0.7, neutralized=0.7, sized=0.6, limited=0.6, target=0.6, price=1.0,
        ret=-0.5, before=pytest.approx(-0.5 / first), drifted=pytest.approx(drifted),
        trade=pytest.approx(target - drifted), after=pytest.approx(target),
        gross=pytest.approx(0.25 / first), cost=pytest.approx(0.001 * (target - drifted)),
        borrow=0.0, net=pytest.approx(0.25 / first - 0.001 * (target - drifted)),
    )  # fmt: skip
    assert (a.sized, a.target, a.after) == (0.0, 0.0, 0.0)
    assert a.trade == pytest.approx(-0.6 / first)
    assert found.notes == ()
