"""The equal-weight benchmark against a loop over names, and against the account itself."""

from __future__ import annotations

import datetime as dt
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, backtest_weights, equal_weight
from engine.errors import ParamError
from engine.panel import Panel
from tests.panels import random_panel


def by_hand(prices, member=None) -> Panel:
    features = {"close": np.array(prices, dtype=float)}
    if member is not None:
        features["universe"] = np.array(member, dtype=float)
    dates = np.datetime64("2024-01-01") + np.arange(len(prices))
    return Panel.from_arrays("tiny", dates, [f"S{i}" for i in range(len(prices[0]))], features)


def slow_equal_weight(panel, first, last):
    """Per date the mean over the names that could be held since the date before."""
    prices, returns, member = panel.prices(), panel.returns(), panel.universe()
    net = [0.0]
    for t in range(first + 1, last + 1):
        earned = [
            0.0 if math.isnan(returns[t, i]) else returns[t, i]
            for i in range(len(panel.symbols))
            if not math.isnan(prices[t - 1, i]) and (member is None or member[t - 1, i])
        ]
        net.append(sum(earned) / len(earned) if earned else 0.0)
    return net


def test_three_names_by_hand():
    nan = math.nan
    panel = by_hand([[1, 10, nan], [2, 10, 5], [nan, 15, 6], [8, 15, 3]])
    dates, net = equal_weight(panel)
    assert dates.tolist() == panel.dates.tolist()
    # the first name loses its price on the third date: it earns 0 then, and is out on the fourth
    assert net.tolist() == pytest.approx([0, (1 + 0) / 2, (0 + 0.5 + 0.2) / 3, (0 - 0.5) / 2])


def test_the_universe_of_the_date_before_decides():
    panel = by_hand([[1, 1], [2, 3], [4, 3]], [[1, 0], [0, 1], [1, 0]])
    assert equal_weight(panel)[1].tolist() == [0.0, 1.0, 0.0]


def test_a_date_after_an_empty_universe_earns_nothing():
    panel = by_hand([[1, 1], [2, 3], [4, 3]], [[0, 0], [1, 1], [1, 1]])
    assert equal_weight(panel)[1].tolist() == [0.0, 0.0, 0.5]


def test_the_first_date_of_the_span_earns_nothing():
    panel = random_panel(dates=30, symbols=6)
    start, end = dt.date(2020, 1, 11), dt.date(2020, 1, 20)
    dates, net = equal_weight(panel, start, end)
    assert (dates[0].item(), dates[-1].item(), len(net)) == (start, end, 10)
    assert net.tolist() == [0.0, *equal_weight(panel)[1][11:20].tolist()]


def test_a_span_without_dates_is_refused():
    with pytest.raises(ParamError, match="No date lies in the run"):
        equal_weight(random_panel(dates=5, symbols=2), start=dt.date(2030, 1, 1))


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 9), st.booleans())
def test_it_is_the_mean_of_the_names_and_the_account_of_equal_weights(seed, dates, names, member):
    panel = random_panel(dates=dates, symbols=names, seed=seed, universe=member, holes=0.2)
    first, last = sorted(np.random.default_rng(seed).integers(dates, size=2).tolist())
    span = {"start": panel.dates[first].item(), "end": panel.dates[last].item()}
    _, net = equal_weight(panel, **span)
    assert net.tolist() == pytest.approx(slow_equal_weight(panel, first, last), abs=1e-14)
    held = panel.prices() > 0
    if member:
        held &= panel.universe()
    weights = held / np.maximum(held.sum(axis=1, keepdims=True), 1)
    params = BookParams(cost_bps=0.0, max_stale=0, **span)
    account = backtest_weights(panel, weights, np.ones(dates, bool), params)
    np.testing.assert_allclose(net, account.daily.net, rtol=0, atol=1e-12)


@given(st.integers(0, 1000), st.integers(2, 40))
def test_later_dates_change_nothing(seed, dates):
    panel = random_panel(dates=dates, symbols=5, seed=seed, universe=True)
    cut = equal_weight(panel.head(dates - 1))[1]
    assert cut.tolist() == equal_weight(panel)[1][:-1].tolist()


def test_500_names_over_ten_years_take_20_milliseconds():
    rng = np.random.default_rng(0)
    prices = np.exp(np.cumsum(rng.normal(0, 0.02, (2500, 500)), axis=0))
    dates = np.datetime64("2014-01-01") + np.arange(2500)
    panel = Panel.from_arrays("wide", dates, [f"S{i:03d}" for i in range(500)], {"close": prices})
    panel.returns()
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        equal_weight(panel)
        best = min(best, time.perf_counter() - start)
    assert best < 0.02
