"""When a book trades: execution lag, calendars, the dates of the run; what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import Backtest, BookParams, backtest_signal, check_params
from engine.errors import DataError, ParamError
from engine.kernels import book as kernels
from engine.panel import Panel
from tests import panels

NAN = np.nan
FREE = {"cost_bps": 0.0, "cap": 1.0}


def panel_of(prices, start="2024-01-01", **columns) -> Panel:
    """Daily prices [dates x symbols] of A, B, C, ..."""
    matrix = np.array(prices, dtype=float)
    days = np.datetime64(start) + np.arange(len(matrix))
    symbols = [chr(65 + i) for i in range(matrix.shape[1])]
    return Panel.from_arrays("small", days, symbols, {"close": matrix, **columns})


def random_panel(seed=0, dates=60, names=8, volatility=0.03) -> Panel:
    rng = np.random.default_rng(seed)
    return panel_of(np.exp(np.cumsum(rng.normal(0, volatility, (dates, names)), axis=0)))


def random_signal(panel, seed=1):
    return np.random.default_rng(seed).normal(0, 1, panel.shape)


def books_of(signal, **params) -> np.ndarray:
    """The target book of every date, smoothing included."""
    signal = np.atleast_2d(np.array(signal, dtype=float))
    params = {"cap": 1.0, "max_lev": 1.0, "alpha": 1.0, **params}
    books = kernels.Books(signal, None, None, kernels.Sizing(**params))
    return np.concatenate([books.buffer[: b - a] for a, b in books.tiles(0, len(signal))])


def series(backtest: Backtest) -> dict[str, list[float]]:
    return {name: getattr(backtest.daily, name).tolist() for name in kernels.COLUMNS}


@pytest.mark.parametrize(
    ("lag", "gross"),
    [(0, [0, 1, 0, 0]), (1, [0, 0, 0.5, 0]), (2, [0, 0, 0, -0.5]), (3, [0, 0, 0, 0])],
)
def test_a_book_earns_from_the_close_at_which_its_lag_trades_it(lag, gross):
    panel = panel_of([[1.0], [2.0], [3.0], [1.5]])
    signal = np.array([[0.0], [1.0], [0.0], [0.0]])
    backtest = backtest_signal(panel, signal, BookParams(execution_lag=lag, **FREE))
    assert backtest.daily.gross.tolist() == gross


def test_lag_zero_earns_the_return_of_its_own_date_and_is_marked_as_not_tradable():
    panel = random_panel()
    tomorrow = np.zeros(panel.shape)
    tomorrow[:] = panel.returns()
    cheat = backtest_signal(panel, tomorrow, BookParams(execution_lag=0, sizing="gross"))
    honest = backtest_signal(panel, tomorrow, BookParams(execution_lag=1, sizing="gross"))
    assert (cheat.tradable, honest.tradable) == (False, True)
    assert (cheat.daily.gross[1:] > 0).all()
    assert not (honest.daily.gross[1:] > 0).all()


@given(lag=st.integers(1, 5), shift=st.integers(0, 5))
def test_lagging_the_signal_is_lagging_the_execution(lag, shift):
    panel = random_panel(dates=30)
    signal = random_signal(panel)
    late = np.full_like(signal, NAN)
    late[shift:] = signal[: len(signal) - shift]
    a = backtest_signal(panel, signal, BookParams(execution_lag=lag + shift))
    b = backtest_signal(panel, late, BookParams(execution_lag=lag))
    assert series(a) == series(b)


@given(cut=st.integers(1, 59), lag=st.integers(1, 3), alpha=st.sampled_from([None, 0.4]))
def test_nothing_sees_the_future(cut, lag, alpha):
    panel, params = random_panel(), BookParams(execution_lag=lag, smooth_ema=alpha)
    signal = random_signal(panel)
    whole = backtest_signal(panel, signal, params)
    part = backtest_signal(panel.head(cut), signal[:cut], params)
    assert series(part) == {name: values[:cut] for name, values in series(whole).items()}


def test_tiles_do_not_show():
    """5,000 symbols make tiles of 32 dates; the same names among fewer make one tile."""
    rng = np.random.default_rng(5)
    narrow = random_panel(5, dates=100, names=8)
    wide = np.full((100, 5000), 1.0)
    wide[:, :8] = narrow.prices()
    signal = random_signal(narrow)
    padded = np.zeros((100, 5000))
    padded[:, :8] = signal
    wide_panel = Panel.from_arrays(
        "wide", narrow.dates, [f"{i:04d}" for i in range(5000)], {"close": wide}
    )
    for lag in (0, 1, 4):
        params = BookParams(
            execution_lag=lag,
            smooth_ema=0.3,
            rebalance=int(rng.integers(1, 4)),
            start=dt.date(2024, 1, 20),
        )
        a = backtest_signal(narrow, signal, params)
        b = backtest_signal(wide_panel, padded, params)
        for name in kernels.COLUMNS:
            np.testing.assert_allclose(
                getattr(a.daily, name), getattr(b.daily, name), rtol=1e-12, atol=1e-15
            )


@pytest.mark.parametrize(
    ("rebalance", "traded"),
    [
        ("daily", range(40)),
        ("weekly", [0, 3, 10, 17, 24, 31, 38]),  # 2024-02-02 is a Friday, Mondays follow
        ("monthly", [0, 28]),
        (15, [0, 15, 30]),
        (1, range(40)),
    ],
)
def test_only_the_books_of_rebalancing_dates_are_traded(rebalance, traded):
    panel = panel_of(random_panel(dates=40).prices(), start="2024-02-02")
    params = BookParams(rebalance=rebalance, cap=1.0)
    backtest = backtest_signal(panel, random_signal(panel), params)
    assert np.flatnonzero(backtest.daily.turnover).tolist() == list(traded)


def test_every_k_dates_counts_from_the_start_of_the_run():
    panel = random_panel(dates=12)
    params = BookParams(rebalance=4, start=panel.dates[3].item(), end=panel.dates[10].item())
    backtest = backtest_signal(panel, random_signal(panel), params)
    assert backtest.daily.dates.tolist() == panel.dates[3:11].tolist()
    assert np.flatnonzero(backtest.daily.turnover).tolist() == [0, 4]


def test_a_book_made_before_the_start_is_traded_when_its_close_is_inside():
    panel = panel_of([[1.0]] * 4)
    signal = np.array([[1.0], [0.0], [0.0], [0.0]])
    params = BookParams(execution_lag=3, start=dt.date(2024, 1, 3), **FREE)
    backtest = backtest_signal(panel, signal, params)
    assert backtest.daily.turnover.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"cap": 2.0}, "The parameter cap is 2.0; it must be a number <= 1.0."),
        ({"cap": NAN}, "The parameter cap is nan; it must be a finite number."),
        ({"max_lev": 0.0}, "The parameter max_lev is 0.0; it must be a number > 0.0."),
        (
            {"execution_lag": -1},
            "The parameter execution_lag is -1; it must be a whole number >= 0.",
        ),
        ({"sizing": "net"}, "The parameter sizing is 'net'; it must be 'raw' or 'gross'."),
        (
            {"rebalance": 0},
            (
                "The parameter rebalance is 0; it must be 'daily', 'weekly', 'monthly' or a whole"
                " number of dates from 1 to 2520."
            ),
        ),
        (
            {"neutralize": "sector"},
            (
                "The parameter neutralize is 'sector', and the data set 'small' has no such"
                " category; choose one of market, or none."
            ),
        ),
        (
            {"start": dt.date(2025, 1, 1)},
            (
                "No date lies in the run from 2025-01-01 to the last; the data set has 2024-01-01"
                " to 2024-01-02."
            ),
        ),
    ],
)
def test_parameters_out_of_range_are_refused(params, message):
    panel = panel_of([[1.0], [1.0]])
    with pytest.raises(ParamError) as refusal:
        check_params(BookParams(**params), panel)
    assert refusal.value.message == message


def test_shapes_and_negative_costs_are_refused():
    panel = panel_of([[1.0, 1.0]])
    with pytest.raises(DataError) as refusal:
        backtest_signal(panel, np.ones((2, 2)), BookParams())
    assert refusal.value.message == (
        "The shape of the signal is (2, 2) and must be (1, 2), as the panel has 1 dates and"
        " 2 symbols."
    )
    with pytest.raises(DataError) as refusal:
        backtest_signal(panel, np.ones((1, 2)), BookParams(), costs=np.array([-1.0, 0.0]))
    assert refusal.value.message == "A cost is -1.0 basis points; a cost must be 0 or more."


def test_a_run_that_itemises_nothing_has_the_same_days():
    rng = np.random.default_rng(4)
    panel, signal = (
        panels.random_panel(dates=150, symbols=19, holes=0.2),
        rng.normal(size=(150, 19)),
    )
    full, bare = (backtest_signal(panel, signal, BookParams(), itemise=i) for i in (True, False))
    assert full.events
    assert not bare.events
    for name in kernels.COLUMNS:
        assert getattr(full.daily, name).tobytes() == getattr(bare.daily, name).tobytes()
