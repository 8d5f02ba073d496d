"""The account of C, NumPy and a clerk with shares and cash, on panels nobody would wish for."""

from __future__ import annotations

import ctypes
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import Backtest, BookParams, backtest_signal, backtest_weights
from engine.kernels import book as kernels
from engine.kernels import native
from engine.panel import Panel
from tests.slow_book import slow_account, slow_books, slow_signal_dates

SERIES = kernels.COLUMNS


def libraries() -> dict[str, ctypes.CDLL]:
    """The compiled kernels that this processor can run, by level."""
    if native.loaded() is None:
        pytest.skip(native.note())
    found = {}
    for level in native.cpu_levels():
        path = native.LIBRARY / native.file_name(level)
        if path.is_file():
            found[level] = kernels.prepared(ctypes.CDLL(str(path)))
    return found or {"generic": native.loaded()}


def random_panel(rng: np.random.Generator, dates: int, names: int) -> Panel:
    """Prices with holes, late starts and delistings, a universe, sectors, sometimes costs."""
    shape = (dates, names)
    price = np.exp(np.cumsum(rng.normal(0, 0.1, shape), axis=0))
    price[rng.random(shape) < 0.15] = np.nan
    for column in np.flatnonzero(rng.random(names) < 0.3):
        price[rng.integers(dates) :, column] = np.nan
    for column in np.flatnonzero(rng.random(names) < 0.2):
        price[: rng.integers(dates), column] = np.nan
    features = {"close": price, "member": (rng.random(shape) < 0.9) * 1.0}
    if rng.random() < 0.5:
        features["commission_bps"] = np.where(
            rng.random(shape) < 0.2, np.nan, rng.uniform(0, 50, shape)
        )
    sectors = rng.integers(-1, 3, shape)
    days = np.datetime64("2019-12-20") + np.sort(rng.choice(3 * dates, dates, replace=False))
    return Panel.from_arrays(
        "random",
        days,
        [f"S{i:03d}" for i in range(names)],
        features,
        {"sector": (sectors, ("a", "b", "c"))},
        universe="member",
    )


def random_params(rng: np.random.Generator, panel: Panel) -> BookParams:
    """Any combination of options."""
    first, last = sorted(rng.integers(len(panel.dates), size=2))

    def pick(*options):
        return options[rng.integers(len(options))]

    return BookParams(
        cap=pick(0.05, 0.3, 1.0),
        max_lev=pick(0.5, 1.0, 3.0),
        execution_lag=pick(0, 1, 2, 5),
        smooth_ema=pick(None, 0.3, 1.0),
        sizing=pick("raw", "gross"),
        neutralize=pick(None, "market", "sector"),
        rebalance=pick("daily", "weekly", "monthly", 1, 3),
        cost_bps=pick(0.0, 12.5),
        borrow_bps=pick(0.0, 800.0),
        max_stale=pick(0, 1, 3),
        delisting_return=pick(0.0, -0.3, -1.0),
        start=pick(None, panel.dates[first].item()),
        end=pick(None, panel.dates[last].item()),
    )


def random_signal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    signal = rng.normal(0, 1, shape) * 10.0 ** rng.uniform(-3, 3)
    signal[rng.random(shape) < 0.1] = np.nan
    signal[rng.random(shape) < 0.05] = 0.0
    signal[rng.random(shape) < 0.02] = np.inf
    return signal


def nullable(matrix: np.ndarray) -> list[list[float | None]]:
    return [[v if np.isfinite(v) else None for v in row] for row in matrix.tolist()]


def slow_run(panel, params, books, selected):
    """What the clerk makes of the books of the selected dates."""
    days = [day.item() for day in panel.dates]
    run = [t for t, day in enumerate(days) if within(day, params)]
    costs = panel.costs()
    costs = np.full(panel.shape, np.nan) if costs is None else costs
    bps = np.where(np.isnan(costs), params.cost_bps, costs)
    orders = {}
    for t, book in enumerate(books):
        close = t + params.execution_lag - 1
        if selected[t] and close in run:
            orders[close - run[0]] = book
    return slow_account(
        nullable(panel.prices()[run]),
        orders,
        bps[run].tolist(),
        borrow_bps=params.borrow_bps,
        max_stale=params.max_stale,
        delisting_return=params.delisting_return,
    )


def within(day: dt.date, params: BookParams) -> bool:
    return (params.start or day) <= day <= (params.end or day)


def assert_agrees(backtest: Backtest, slow) -> None:
    series, events, ruined = slow
    for name in SERIES:
        np.testing.assert_allclose(
            getattr(backtest.daily, name), series[name], rtol=1e-10, atol=1e-12, err_msg=name
        )
    assert [(e.index, backtest.symbols.index(e.symbol), e.reason) for e in backtest.events] == [
        (t, column, reason) for t, column, _, reason in events
    ]
    np.testing.assert_allclose(
        [e.value for e in backtest.events], [value for *_, value, _ in events], rtol=1e-10
    )
    assert backtest.ruined == ruined


@pytest.fixture(params=["c", "numpy"])
def backend(request, monkeypatch):
    if request.param == "c" and native.loaded() is None:
        pytest.skip(native.note())
    library = native.loaded() if request.param == "c" else None
    monkeypatch.setattr(kernels, "_library", library)


SEEDS = range(25)


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_signal_earns_what_a_clerk_with_shares_and_cash_makes_of_it(seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, int(rng.integers(1, 40)), int(rng.integers(1, 14)))
    params, signal = random_params(rng, panel), random_signal(rng, panel.shape)
    books = slow_books(
        nullable(signal), panel.universe().tolist(), panel.codes("sector").tolist(), params
    )
    days = [day.item() for day in panel.dates]
    first = next(t for t, day in enumerate(days) if within(day, params))
    selected = slow_signal_dates(params.rebalance, days, first)
    assert_agrees(backtest_signal(panel, signal, params), slow_run(panel, params, books, selected))


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("seed", SEEDS)
def test_given_weights_are_traded_as_they_are(seed):
    rng = np.random.default_rng(seed + 1000)
    panel = random_panel(rng, int(rng.integers(1, 40)), int(rng.integers(1, 14)))
    params = random_params(rng, panel)
    weights = rng.normal(0, 0.4, panel.shape)
    weights[rng.random(panel.shape) < 0.2] = np.nan
    trading = rng.random(len(panel.dates)) < 0.6
    assert_agrees(
        backtest_weights(panel, weights, trading, params),
        slow_run(panel, params, nullable(weights), trading.tolist()),
    )


def run_bytes(library, panel, signal, params, run=backtest_signal) -> bytes:
    before, kernels._library = kernels._library, library
    try:
        backtest = run(panel, signal, params)
    finally:
        kernels._library = before
    series = [np.asarray(getattr(backtest.daily, name)).tobytes() for name in SERIES]
    return b"".join([*series, backtest.stale.tobytes()])


@given(st.integers(0, 2**32 - 1))
def test_every_instruction_set_and_the_twin_give_the_same_bytes(seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, int(rng.integers(1, 60)), int(rng.integers(1, 40)))
    params, signal = random_params(rng, panel), random_signal(rng, panel.shape)
    runs = {name: run_bytes(lib, panel, signal, params) for name, lib in libraries().items()}
    runs["twin"] = run_bytes(None, panel, signal, params)
    assert len(set(runs.values())) == 1


@given(st.integers(0, 2**32 - 1))
def test_nothing_that_is_not_finite_leaves(seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, int(rng.integers(1, 30)), int(rng.integers(1, 10)))
    wild = rng.choice(
        [0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 1e-300], panel.shape
    )
    params = random_params(rng, panel)
    for run in (backtest_signal, trade_always):
        found = {
            run_bytes(library, panel, wild, params, run) for library in (native.loaded(), None)
        }
        assert len(found) == 1
        assert np.isfinite(np.frombuffer(found.pop())).all()


def trade_always(panel, weights, params):
    return backtest_weights(panel, weights, np.ones(len(panel.dates), dtype=bool), params)
