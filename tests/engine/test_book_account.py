"""The account: drift, costs, borrowing, missing prices, ruin, and an independent engine."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, StaleEvent, backtest_signal, backtest_weights
from engine.panel import Panel
from tests.engine.test_book import NAN, panel_of, random_panel, random_signal, series


def test_the_account_by_hand():
    """Half in A at 10 bps: buy, drift, rebalance, sell."""
    panel = panel_of([[1.0], [1.2], [0.9], [0.9]])
    weights = np.array([[0.5], [NAN], [0.5], [NAN]])
    trading = np.array([True, False, True, True])
    backtest = backtest_weights(panel, weights, trading, BookParams(cost_bps=10.0))
    first = 1 - 0.0005  # equity after paying 10 bps on the half bought
    second = first + 0.5 * 0.2
    worth = second + 0.6 * (0.9 / 1.2 - 1)
    bought = 0.5 * worth - 0.45
    third = worth - 0.001 * bought
    sold = 0.5 * worth
    fourth = third - 0.001 * sold
    assert series(backtest) == {
        "gross": pytest.approx([0, 0.1 / first, -0.15 / second, 0]),
        "cost": pytest.approx([0.0005, 0, 0.001 * bought / second, 0.001 * sold / third]),
        "borrow": [0.0] * 4,
        "net": pytest.approx(
            [first - 1, second / first - 1, third / second - 1, fourth / third - 1]
        ),
        "turnover": pytest.approx([0.5, 0, bought / worth, sold / third]),
        "gross_exposure": pytest.approx([0.5, 0.6 / second, 0.5, 0]),
        "net_exposure": pytest.approx([0.5, 0.6 / second, 0.5, 0]),
        "names": [1.0, 1.0, 1.0, 0.0],
        "equity": pytest.approx([first, second, third, fourth]),
    }
    assert backtest.first_trade == 0


def test_shorts_pay_for_borrowing_every_date_they_are_held():
    panel = panel_of([[1.0, 1.0]] * 3)
    weights = np.array([[-0.5, 0.5], [NAN, NAN], [0.0, 0.0]])
    params = BookParams(cost_bps=0.0, borrow_bps=252.0)
    backtest = backtest_weights(panel, weights, np.array([True, False, True]), params)
    day = 0.5e-4
    assert backtest.daily.borrow.tolist() == pytest.approx([day, day / (1 - day), 0])
    assert backtest.daily.equity.tolist() == pytest.approx([1 - day, 1 - 2 * day, 1 - 2 * day])


def test_a_whole_number_of_basis_points_costs_as_much():
    panel = random_panel()
    signal = random_signal(panel)
    whole, broken = (backtest_signal(panel, signal, BookParams(cost_bps=bps)) for bps in (10, 10.0))
    assert broken.daily.cost.any()
    assert series(whole) == series(broken)


def test_a_signal_of_zeros_never_trades():
    panel = random_panel()
    backtest = backtest_signal(panel, np.zeros(panel.shape), BookParams())
    assert backtest.first_trade is None
    assert backtest.daily.equity.tolist() == [1.0] * 60
    assert all(not any(values) for name, values in series(backtest).items() if name != "equity")


def test_the_equity_is_one_until_the_first_trade():
    panel, signal = random_panel(), random_signal(random_panel())
    signal[:7] = NAN
    backtest = backtest_signal(panel, signal, BookParams())
    assert backtest.first_trade == 7
    assert backtest.daily.equity[:7].tolist() == [1.0] * 7


@given(low=st.floats(0, 50), more=st.floats(0.1, 50), seed=st.integers(0, 99))
def test_higher_costs_never_leave_more(low, more, seed):
    panel = random_panel(seed)
    signal = random_signal(panel, seed)
    cheap, dear = (
        backtest_signal(panel, signal, BookParams(cost_bps=bps)).daily.equity
        for bps in (low, low + more)
    )
    assert (dear < cheap).all()


def test_costs_come_from_the_argument_then_the_data_then_the_default():
    prices = np.ones((1, 3))
    weights, trading = np.array([[0.2, 0.3, 0.4]]), np.array([True])
    plain = panel_of(prices)
    priced = panel_of(
        prices,
        commission_bps=np.array([[10.0, NAN, NAN]]),
        half_spread_bps=np.array([[5.0, 7.0, NAN]]),
    )
    params = BookParams(cost_bps=100.0)

    def paid(panel, **costs):
        return backtest_weights(panel, weights, trading, params, **costs).daily.cost[0] * 1e4

    assert paid(plain) == pytest.approx(90)
    assert paid(priced) == pytest.approx(0.2 * 15 + 0.3 * 7 + 0.4 * 100)
    assert paid(priced, costs=np.array([1.0, 2.0, NAN])) == pytest.approx(0.2 + 0.6 + 40)
    assert paid(priced, costs=np.array([[1.0, 2.0, 3.0]])) == pytest.approx(0.2 + 0.6 + 1.2)


def test_a_run_of_one_date_trades_and_pays():
    backtest = backtest_signal(panel_of([[2.0]]), np.array([[1.0]]), BookParams(cost_bps=10.0))
    assert series(backtest) == {
        "gross": [0.0],
        "cost": pytest.approx([5e-5]),
        "borrow": [0.0],
        "net": pytest.approx([-5e-5]),
        "turnover": [0.05],
        "gross_exposure": [0.05],
        "net_exposure": [0.05],
        "names": [1.0],
        "equity": pytest.approx([1 - 5e-5]),
    }


def test_ruin_ends_the_run():
    panel = panel_of([[1.0], [3.0], [1.0], [5.0]])
    weights = np.full((4, 1), -1.0)
    backtest = backtest_weights(panel, weights, np.ones(4, dtype=bool), BookParams(cost_bps=0.0))
    assert backtest.ruined
    assert series(backtest) == {
        "gross": [0.0, -2.0, 0.0, 0.0],
        "cost": [0.0] * 4,
        "borrow": [0.0] * 4,
        "net": [0.0, -1.0, 0.0, 0.0],
        "turnover": [1.0, 0.0, 0.0, 0.0],
        "gross_exposure": [1.0, 0.0, 0.0, 0.0],
        "net_exposure": [-1.0, 0.0, 0.0, 0.0],
        "names": [1.0, 0.0, 0.0, 0.0],
        "equity": [1.0, 0.0, 0.0, 0.0],
    }


def test_fees_can_ruin():
    backtest = backtest_weights(
        panel_of([[1.0]] * 2),
        np.array([[1.5], [1.5]]),
        np.array([True, True]),
        BookParams(cost_bps=10_000.0),
    )
    assert backtest.ruined
    assert backtest.daily.net.tolist() == [-1.0, 0.0]
    assert backtest.daily.turnover.tolist() == [1.5, 0.0]


def stale_run(prices, max_stale=2, delisting=-0.5, **params):
    panel = panel_of(prices)
    weights = np.zeros(panel.shape)
    weights[0] = 0.5
    trading = np.zeros(len(prices), dtype=bool)
    trading[0] = True
    return backtest_weights(
        panel,
        weights,
        trading,
        BookParams(max_stale=max_stale, delisting_return=delisting, **params),
    )


def event(index, value, reason):
    return StaleEvent(
        index=index,
        date=dt.date(2024, 1, 1) + dt.timedelta(index),
        symbol="A",
        value=value,
        reason=reason,
    )


def test_a_name_missing_too_long_is_closed_at_its_last_price_and_pays_for_the_sale():
    backtest = stale_run([[1.0], [2.0], [NAN], [NAN], [NAN], [9.0]], cost_bps=0.0)
    assert backtest.events == (event(2, 1.0, "stale"), event(4, 0.5, "closed"))
    assert backtest.daily.equity.tolist() == [1.0, 1.5, 1.5, 1.5, 1.0, 1.0]
    assert backtest.daily.names.tolist() == [1, 1, 1, 1, 0, 0]
    assert backtest.daily.turnover.tolist() == [0.5, 0, 0, 0, 0.5, 0]
    costly = stale_run([[1.0], [1.0], [NAN], [NAN], [NAN]], cost_bps=10.0, delisting=0.0)
    assert costly.daily.cost[4] == pytest.approx(0.0005 / (1 - 0.0005))


def test_a_price_that_comes_back_earns_the_whole_move():
    backtest = stale_run([[1.0], [NAN], [NAN], [3.0]], cost_bps=0.0)
    assert backtest.events == (event(1, 0.5, "stale"), event(3, 1.5, "resumed"))
    assert backtest.daily.equity.tolist() == [1.0, 1.0, 1.0, 2.0]


def test_without_patience_a_name_is_closed_on_its_first_date_without_a_price():
    backtest = stale_run([[1.0], [NAN]], max_stale=0, cost_bps=0.0)
    assert backtest.events == (event(1, 0.5, "stale"), event(1, 0.25, "closed"))


def test_a_name_without_a_price_can_neither_be_bought_nor_sold():
    panel = panel_of([[1.0, NAN], [NAN, 1.0], [1.0, 1.0]])
    weights = np.array([[0.4, 0.4], [0.0, 0.3], [0.0, 0.0]])
    backtest = backtest_weights(panel, weights, np.ones(3, dtype=bool), BookParams(cost_bps=0.0))
    assert backtest.daily.turnover.tolist() == pytest.approx([0.4, 0.3, 0.7])
    assert backtest.daily.gross_exposure.tolist() == pytest.approx([0.4, 0.7, 0.0])
    assert [e.reason for e in backtest.events] == ["stale", "resumed"]


def test_many_events_are_all_itemised():
    prices = np.ones((50, 3))
    prices[1::2] = NAN
    backtest = stale_run(prices, cost_bps=0.0)
    assert len(backtest.events) == 25 * 3 + 24 * 3
    assert [e.index for e in backtest.events] == sorted(e.index for e in backtest.events)


def oracle_runs():
    strategies = {"S1_ew20_monthly": 10.0, "S2_mom20_top5_daily": 5.0, "S3_rev5_ls_daily": 5.0}
    return [(name, lag, bps) for name, bps in strategies.items() for lag in (1, 2)]


@pytest.fixture(scope="module")
def us20(shared_data):
    frame = pl.read_parquet(shared_data / "panels/us20_long.parquet").filter(
        pl.col("date").is_between(dt.date(2010, 1, 4), dt.date(2022, 12, 28))
    )
    symbols = sorted(frame["symbol"].unique())
    wide = frame.pivot(on="symbol", index="date", values="c_usd_adj").sort("date")
    return Panel.from_arrays(
        "us20", wide["date"].to_numpy(), symbols, {"close": wide.select(symbols).to_numpy()}
    )


@pytest.mark.parametrize(("strategy", "lag", "bps"), oracle_runs())
def test_equals_an_independent_share_and_cash_engine(us20, shared_data, strategy, lag, bps):
    folder = shared_data / "oracle"
    runs = json.loads((folder / "oracle_backtest_us20.json").read_text())["runs"]
    assert f"{strategy}|lag={lag}|bps={bps}" in runs
    rows = pl.read_parquet(folder / "oracle_backtest_us20_weights.parquet").filter(
        pl.col("strategy") == strategy
    )
    weights = np.full(us20.shape, NAN)
    t = np.searchsorted(us20.dates, rows["date"].to_numpy().astype("datetime64[D]"))
    weights[t, [us20.symbols.index(symbol) for symbol in rows["symbol"]]] = rows["w"].to_numpy()
    trading = np.zeros(len(us20.dates), dtype=bool)
    trading[t] = True
    expected = pl.read_parquet(folder / "oracle_backtest_us20_equity.parquet").filter(
        pl.col("strategy") == strategy, pl.col("lag") == lag, pl.col("engine") == "loop"
    )
    params = BookParams(execution_lag=lag, cost_bps=bps)
    backtest = backtest_weights(us20, weights, trading, params)
    equity = expected.sort("date")["equity"].to_numpy()
    np.testing.assert_allclose(backtest.daily.equity, equity, rtol=1e-9)
