"""The page about a run: every number, its length, and what it takes to make."""

from __future__ import annotations

import datetime as dt
import math
import time

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError, ParamError
from engine.panel.roles import choose_price
from engine.sheet import ROLLING_WINDOW, EquityCurve, Sheet, currency_of, equity_curve, sheet
from engine.stats.performance import performance
from engine.stats.series import Drawdown, Histogram, Month, Year

RETURNS = st.lists(st.floats(-1, 1) | st.just(math.nan), max_size=300)


def days(count):
    return np.datetime64("2023-12-30") + np.arange(count)


def test_a_curve_by_hand():
    net, market = np.array([0.0, 0.5, -0.5, 0.2]), np.array([0.0, 0.1, 0.0, 0.0])
    assert equity_curve("abc", "SEK", days(4), net, market, 252.0, 10) == EquityCurve(
        expr_hash="abc",
        base_currency="SEK",
        dates=[dt.date(2023, 12, 30) + dt.timedelta(k) for k in range(4)],
        equity=[1.0, 1.5, 0.75, pytest.approx(0.9)],
        drawdown=[0.0, 0.0, -0.5, pytest.approx(-0.4)],
        benchmark=[1.0, 1.1, 1.1, 1.1],
        rolling_sharpe=[None, None, None, None],
    )


def test_a_sheet_by_hand():
    net, market = np.array([0.0, 0.5, -0.5, 0.2]), np.array([0.0, 0.1, 0.0, 0.0])
    expected = Sheet(
        benchmark_name="the market",
        monthly=[
            Month(year=2023, month=12, value=0.5),
            Month(year=2024, month=1, value=pytest.approx(-0.4)),
        ],
        yearly=[
            Year(year=2023, value=0.5, benchmark=pytest.approx(0.1)),
            Year(year=2024, value=pytest.approx(-0.4), benchmark=0.0),
        ],
        drawdowns=[
            Drawdown(
                start=dt.date(2023, 12, 31), trough=dt.date(2024, 1, 1), end=None, depth=-0.5,
                days=2,
            )
        ],
        daily=Histogram(
            edges=[k / 50 for k in range(-25, 26)],
            counts=[1, *[0] * 34, 1, *[0] * 13, 1],
            median=0.2,
        ),
        rolling_window=126,
    )  # fmt: skip
    assert sheet(days(4), net, market, "the market", first=1) == expected
    alone = sheet(days(4), net, None, "the market")
    assert (alone.benchmark_name, alone.yearly[0].benchmark) == (None, None)
    assert (alone.daily.median, sum(alone.daily.counts)) == (0.1, 4)


def test_a_thinned_curve_has_the_values_of_its_dates():
    rng = np.random.default_rng(2)
    net, market = rng.normal(0, 0.02, (2, 2000))
    whole = equity_curve("abc", None, days(2000), net, market, 252.0, 2000)
    thin = equity_curve("abc", None, days(2000), net, market, 252.0, 300)
    assert 290 < len(thin.dates) <= 300
    rows = [whole.dates.index(date) for date in thin.dates]
    for name in ("equity", "drawdown", "benchmark", "rolling_sharpe"):
        assert getattr(thin, name) == [getattr(whole, name)[row] for row in rows], name
    assert min(thin.drawdown) == performance(net).max_dd


def test_the_rolling_sharpe_ratio_starts_with_the_first_trade():
    rng = np.random.default_rng(0)
    net = np.concatenate([np.zeros(40), rng.normal(0.001, 0.01, 200)])
    late = equity_curve("abc", None, days(240), net, None, 252.0, 240, first=40).rolling_sharpe
    full = 40 + ROLLING_WINDOW - 1
    assert [x is None for x in late] == [row < full for row in range(240)]
    assert late[full] == pytest.approx(performance(net[40 : full + 1]).ann_sharpe)
    assert late[-1] == pytest.approx(performance(net[-ROLLING_WINDOW:]).ann_sharpe)


def test_a_run_that_never_trades():
    net = np.zeros(200)
    curve = equity_curve("abc", None, days(200), net, None, 252.0, 200, first=None)
    assert (set(curve.equity), set(curve.rolling_sharpe)) == ({1.0}, {None})
    page = sheet(days(200), net, None, None, first=None)
    assert (page.daily, page.drawdowns) == (Histogram(edges=[], counts=[]), [])


@given(RETURNS, st.integers(4, 40), st.booleans())
def test_everything_is_json_without_a_hole(r, points, market):
    net = np.array(r)
    other = net[::-1] if market else None
    curve = equity_curve("abc", "EUR", days(len(r)), net, other, 252.0, points)
    page = sheet(days(len(r)), net, other, "market")
    for value, kind in ((curve, EquityCurve), (page, Sheet)):
        assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value
    lists = (curve.dates, curve.equity, curve.drawdown, curve.rolling_sharpe)
    assert len({len(values) for values in lists}) == 1
    assert len(curve.dates) <= max(points, 4)


@pytest.mark.parametrize(("dates", "returns", "market"), [(3, 4, None), (4, 4, 3)])
def test_series_of_different_lengths_are_refused(dates, returns, market):
    other = None if market is None else np.zeros(market)
    message = f"There are {dates} dates, {returns} returns and {market or 'no'} returns of the"
    with pytest.raises(DataError, match=message):
        sheet(days(dates), np.zeros(returns), other, None)
    with pytest.raises(DataError, match=message):
        equity_curve("abc", None, days(dates), np.zeros(returns), other, 252.0, 10)


def test_too_few_points_are_refused():
    with pytest.raises(ParamError):
        equity_curve("abc", None, days(9), np.zeros(9), None, 252.0, 3)


@pytest.mark.parametrize(
    ("column", "currency"),
    [
        ("c_sek", "SEK"),
        ("adj_close_USD", "USD"),
        ("close", None),
        ("adj_close", None),
        ("sek", None),
        ("c_abc", None),
        ("c_", None),
    ],
)
def test_the_currency_is_the_end_of_the_price_column(column, currency):
    assert currency_of(column) == currency


def test_the_bundled_data_set_is_in_kronor():
    assert currency_of(choose_price(["c_sek", "close"])) == "SEK"


def test_26_years_take_ten_milliseconds():
    net, market = np.random.default_rng(0).normal(0, 0.01, (2, 6500))
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        equity_curve("abc", "SEK", days(6500), net, market, 252.0, 1000)
        sheet(days(6500), net, market, "market")
        best = min(best, time.perf_counter() - start)
    assert best < 0.01
