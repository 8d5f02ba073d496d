"""Strategies in one account against strategies in accounts of their own."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, backtest_signal, target_books, target_weights
from engine.dsl.parse import parse
from engine.dsl.tree import Feature, Names
from engine.errors import CancelledError, ParamError
from engine.research.blend import Netted, netted
from engine.stats.performance import performance
from engine.strategy import traded_returns
from tests.engine.test_book_twins import nullable, random_params, random_signal, slow_run, within
from tests.engine.test_research_explain import NODE, random_run, small
from tests.slow_book import slow_books, slow_signal_dates

OPPOSITE = parse("-signal", Names(frozenset({"signal"})))
seeds = st.integers(0, 2**32 - 1)


def two_runs(seed):
    """A panel, the signals `signal` and `second` on it, and a run of each that share an account.

    No name is lost whole: whether an account that loses just all it has is ruined is for rounding
    to say.
    """
    panel, first, params = random_run(seed)
    kept = max(params.delisting_return, -0.3)
    params = msgspec.structs.replace(params, delisting_return=kept)
    rng = np.random.default_rng(seed + 1)
    second = random_signal(rng, panel.shape)
    second = np.where(np.isfinite(second), second, np.nan)
    panel = msgspec.structs.replace(
        panel,
        features=(*panel.features, "second"),
        load=lambda name, load=panel.load: second if name == "second" else load(name),
        cache={},
    )
    own = random_params(rng, panel)
    other = msgspec.structs.replace(
        params, cap=own.cap, max_lev=own.max_lev, sizing=own.sizing, neutralize=own.neutralize,
        smooth_ema=own.smooth_ema,
    )  # fmt: skip
    return panel, (first, second), (params, other)


def clerk_of(panel, params, books):
    """Daily series of the books of all dates, kept by the clerk."""
    days = panel.dates.tolist()
    first = next(t for t, day in enumerate(days) if within(day, params))
    selected = slow_signal_dates(params.rebalance, days, first)
    series, _, _ = slow_run(panel, params, books, selected)
    return {name: np.array(values) for name, values in series.items()}


@given(seeds, st.floats(-1, 1), st.floats(0.1, 1))
def test_one_account_and_separate_ones_are_those_of_a_clerk(seed, first, second):
    panel, signals, params = two_runs(seed)
    weights = (first, second)
    books = [
        np.array(
            slow_books(nullable(s), panel.universe().tolist(), panel.codes("sector").tolist(), p)
        )
        for s, p in zip(signals, params, strict=True)
    ]
    total = sum(w * book for w, book in zip(weights, books, strict=True))
    own = [
        clerk_of(panel, params[0], (np.copysign(1, w) * book).tolist())
        for w, book in zip(weights, books, strict=True)
    ]
    one = clerk_of(panel, params[0], total.tolist())
    apart = {
        name: sum(abs(w) * each[name] for w, each in zip(weights, own, strict=True))
        for name in ("cost", "borrow", "turnover")
    }
    moved = np.flatnonzero(apart["turnover"] + one["turnover"])
    start = moved[0] if len(moved) else 0
    found = netted(panel, (NODE, Feature("second")), params, weights)
    assert found.weights == weights
    assert found.net == pytest.approx(one["net"].tolist(), rel=1e-9, abs=1e-11)
    for paid, cost, turnover in (
        (apart, found.cost_separate, found.turnover_separate),
        (one, found.cost_netted, found.turnover_netted),
    ):
        yearly = (paid["cost"] + paid["borrow"])[start:].mean() * 252
        assert cost == pytest.approx(yearly, rel=1e-9, abs=1e-11)
        assert turnover == pytest.approx(paid["turnover"][start:].mean(), rel=1e-9, abs=1e-11)


@given(seeds)
def test_a_strategy_alone_is_its_own_run(seed):
    panel, signal, params = random_run(seed)
    found = netted(panel, (NODE,), (params,), (1.0,))
    backtest = backtest_signal(panel, signal, params)
    metrics = performance(
        traded_returns(backtest), 252, daily=backtest.daily, first=backtest.first_trade
    )
    drag, turnover = metrics.cost_drag or 0.0, metrics.turnover or 0.0
    assert found == Netted(
        weights=(1.0,),
        cost_separate=pytest.approx(drag),
        cost_netted=pytest.approx(drag),
        turnover_separate=pytest.approx(turnover),
        turnover_netted=pytest.approx(turnover),
        metrics=metrics,
        net=backtest.daily.net.tolist(),
    )


@given(seeds)
def test_a_strategy_with_itself_nets_to_the_same_run(seed):
    panel, _, params = random_run(seed)
    alone = netted(panel, (NODE,), (params,), (1.0,))
    twice = netted(panel, (NODE, NODE), (params, params), (0.5, 0.5))
    assert msgspec.structs.replace(twice, weights=(1.0,)) == alone


@given(seeds)
def test_opposite_strategies_trade_nothing(seed):
    panel, _, params = random_run(seed)
    found = netted(panel, (NODE, OPPOSITE), (params, params), (0.5, 0.5))
    assert (found.cost_netted, found.turnover_netted) == (0.0, 0.0)
    assert set(found.net) == {0.0}
    assert found.metrics.ann_sharpe is None
    short = netted(panel, (NODE, NODE), (params, params), (0.5, -0.5))
    assert (short.cost_separate, short.net) == (pytest.approx(found.cost_separate), found.net)


@given(seeds, st.floats(0, 1))
def test_netting_never_asks_for_more_trades(seed, share):
    """Between target books, as between the accounts before prices move."""
    panel, signals, params = two_runs(seed)
    a, b = (
        weight * np.diff(target_books(panel, signal, own), axis=0)
        for weight, signal, own in zip((share, 1 - share), signals, params, strict=True)
    )
    asked = np.abs(a + b).sum(axis=1)
    assert (asked <= np.abs(a).sum(axis=1) + np.abs(b).sum(axis=1) + 1e-12).all()


def test_netting_saves_what_two_strategies_trade_against_each_other():
    """On flat prices: A to B, and B to A, on the second date."""
    panel = small([[1.0, 1.0]] * 2, [[0.5, 0.0], [0.0, 0.5]])
    swapped = parse("0.5 - signal", Names(frozenset({"signal"})))
    params = BookParams(cap=0.5, cost_bps=10.0)
    found = netted(panel, (NODE, swapped), (params, params), (0.5, 0.5))
    after = 1 - 0.0005
    settle = (0.25 - 0.25 * after) * 2 / after  # back to a quarter each of what is left
    assert found.turnover_separate == pytest.approx((0.5 + (0.5 + 0.5 * after) / after) / 2)
    assert found.turnover_netted == pytest.approx((0.5 + settle) / 2)
    assert found.cost_netted == pytest.approx(found.turnover_netted * 0.001 * 252)


@given(seeds)
def test_all_target_books_are_those_of_the_specification(seed):
    panel, signal, params = random_run(seed)
    books = target_books(panel, signal, params)
    slow = slow_books(
        nullable(signal), panel.universe().tolist(), panel.codes("sector").tolist(), params
    )
    np.testing.assert_allclose(books, slow, rtol=1e-9, atol=1e-12)
    assert books[-1].tobytes() == target_weights(panel, signal, params).tobytes()


def test_long_panels_are_sized_tile_by_tile():
    rng = np.random.default_rng(2)
    signal = rng.normal(0, 1, (3000, 3))
    panel = small(np.exp(rng.normal(0, 0.1, (3000, 3))), signal)
    params = BookParams(smooth_ema=0.1, cap=0.5)
    books = target_books(panel, signal, params)
    for rows in (1, 1024, 1025, 2500, 3000):
        last = target_weights(panel.head(rows), signal[:rows], params)
        assert books[rows - 1].tobytes() == last.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"execution_lag": 2},
        {"rebalance": "weekly"},
        {"cost_bps": 1.0},
        {"borrow_bps": 1.0},
        {"max_stale": 1},
        {"delisting_return": -0.5},
        {"start": np.datetime64("2024-01-01").item()},
        {"end": np.datetime64("2024-01-02").item()},
    ],
)
def test_what_one_account_cannot_have_twice_is_named(change):
    panel = small([[1.0]] * 3, [[1.0]] * 3)
    params = (BookParams(), BookParams(cap=0.1, sizing="gross"), BookParams(**change))
    ((name, value),) = change.items()
    with pytest.raises(ParamError) as caught:
        netted(panel, (NODE,) * 3, params, (0.2, 0.3, 0.5))
    usual = getattr(BookParams(), name)
    assert f"differ in {name}: {usual} and {value}. One account" in str(caught.value)


@pytest.mark.parametrize(
    ("count", "weights", "words"),
    [
        (0, (), "0 strategies, 0 sets of parameters and 0 weights"),
        (2, (1.0,), "2 strategies, 2 sets of parameters and 1 weights"),
        (2, (1.0, math.nan), "A weight is not a finite number"),
    ],
)
def test_weights_that_fit_nothing_are_refused(count, weights, words):
    panel = small([[1.0]], [[1.0]])
    with pytest.raises(ParamError, match=words):
        netted(panel, (NODE,) * count, (BookParams(),) * count, weights)


def test_it_can_be_called_off():
    with pytest.raises(CancelledError):
        netted(small([[1.0]], [[1.0]]), (OPPOSITE,), (BookParams(),), (1.0,), lambda: True)
