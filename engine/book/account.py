"""From a signal or given weights to daily returns, exact in shares and cash.

Per date t: the signal, missing outside the universe, is neutralized, sized, limited and smoothed to
a target book; the book of date t is traded at the close of date t + execution_lag - 1 and earns
from then on. With lag 0 that is the close before t: a look-ahead, allowed and marked.

The account. E(t) is the equity after the close of date t, E before the first date 1; Q_i(t) the
value held in symbol i after trading, negative when short; r_i(t) the return from the last known
price, 0 on a date without a price.

    worth     P(t) = E(t-1) + sum_i Q_i(t-1) r_i(t)
    holdings  Q_i(t) = w_i P(t) on a trading date, else Q_i(t-1) (1 + r_i(t))
    traded(t) = sum_i |Q_i(t) - Q_i(t-1) (1 + r_i(t))|
    fee(t)    = sum_i c_i(t) |Q_i(t) - Q_i(t-1) (1 + r_i(t))| / 1e4, c in basis points
    borrow(t) = sum_i max(-Q_i(t), 0) borrow_bps / 1e4 / 252
    equity    E(t) = P(t) - fee(t) - borrow(t)

A symbol without a price on a date cannot be traded on it: what is held keeps its value, a new
position is not opened. Held through more than max_stale dates in a row without a price, it is
closed on the next at its last price x (1 + delisting_return): that return is earned, then the value
is sold, at its cost. A price that comes back earlier earns the whole move since the last one.
When P(t) or E(t) is not above zero the run is ruined: net is -1 that day, and the equity, all
holdings and all later numbers are 0.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, Protocol, TypeGuard

import msgspec
import numpy as np

from engine.book.params import BookParams, check_params, span_of
from engine.errors import DataError
from engine.kernels import book as kernels
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools, Rows
from engine.panel import Days, Panel

_REASONS: tuple[Literal["stale", "resumed", "closed"], ...] = ("stale", "resumed", "closed")


class SignalRows(Protocol):
    """A signal [dates x symbols] of which some dates are made when they are asked for."""

    shape: tuple[int, int]

    def __getitem__(self, rows: slice, /) -> Array:
        """The dates `rows`, C-contiguous."""
        ...


class Daily(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Series of a run, one value per date of it; every number finite.

    gross: sum Q(t-1) r(t) / E(t-1). cost, borrow: fee and borrow over E(t-1).
    net: E(t) / E(t-1) - 1. turnover: traded(t) / P(t), buys and sells both counted.
    gross_exposure, net_exposure: sum |Q(t)| / P(t) and sum Q(t) / P(t), after trading and over the
    value that the book was sized on, so that a book traded today shows its own weights.
    names: number of symbols held after trading. equity: E(t).
    """

    dates: Days
    gross: Array
    cost: Array
    borrow: Array
    net: Array
    turnover: Array
    gross_exposure: Array
    net_exposure: Array
    names: Array
    equity: Array


class StaleEvent(msgspec.Struct, frozen=True):
    """A held name without a price: the first such date ("stale"), the price back, or a forced sale.

    index: row of `Daily`. value: what the position was worth on that date, the starting equity
    being 1, after its return and before its trade.
    """

    index: int
    date: dt.date
    symbol: str
    value: float
    reason: Literal["stale", "resumed", "closed"]


class Backtest(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A finished run.

    first_trade: row of the first date with a trade. tradable: False when the run looked ahead.
    stale [k x 4]: `events` in numbers, as index, column of the symbol, value and reason.
    """

    daily: Daily
    symbols: tuple[str, ...]
    stale: Array
    ruined: bool
    tradable: bool
    first_trade: int | None

    @property
    def events(self) -> tuple[StaleEvent, ...]:
        """Held names that lost their price, in order of date, then symbol."""
        return self.first_events(len(self.stale))

    @property
    def closed(self) -> int:
        """How many positions were closed for want of a price."""
        return int(np.count_nonzero(self.stale[:, 3] == _REASONS.index("closed")))

    def first_events(self, count: int) -> tuple[StaleEvent, ...]:
        """The first `count` events."""
        rows = self.stale[:count].tolist()
        return tuple(self._event(int(t), int(i), v, int(r)) for t, i, v, r in rows)

    def _event(self, t: int, i: int, value: float, reason: int) -> StaleEvent:
        return StaleEvent(t, self.daily.dates[t].item(), self.symbols[i], value, _REASONS[reason])


def backtest_signal(
    panel: Panel,
    signal: Array | SignalRows,
    params: BookParams,
    *,
    costs: Array | None = None,
    itemise: bool = True,
) -> Backtest:
    """Trade the books that `signal` [dates x symbols of the panel] makes under `params`.

    costs [symbols] or [dates x symbols]: basis points per unit traded, in place of those of the
    data set; missing = params.cost_bps. Without `itemise` there are no events and a panel with many
    holes takes half the time. Errors: ParamError, DataError for another shape.
    """
    check_params(params, panel)
    run, ledger = _opened(panel, params, costs, itemise=itemise)
    books = _books(panel, signal, params)
    chosen = _traded(_calendar(params.rebalance, panel.dates, run.start), run, params)
    # Smoothing remembers all earlier books; without it the first one traded is the first needed.
    base = 0 if params.smooth_ema is not None else max(0, run.start - params.execution_lag + 1)
    row = np.where(chosen >= 0, (chosen - base) % books.height, -1)
    done = 0
    for _, b in books.tiles(base, min(len(panel.dates), run.stop - params.execution_lag + 1)):
        close = max(done, min(len(run), b + params.execution_lag - 1 - run.start))
        ledger.run(books.buffer, row, done, close)
        done = close
    ledger.run(books.buffer, row, done, len(run))
    return _finished(panel, params, ledger, run)


def target_weights(panel: Panel, signal: Array, params: BookParams) -> Array:
    """The book [symbols] that `signal` asks for on the last date, before it is traded."""
    check_params(params, panel)
    books, last = _books(panel, signal, params), len(panel.dates) - 1
    base = last if params.smooth_ema is None else 0
    for _ in books.tiles(base, last + 1):
        pass  # a smoothed book is made of all earlier ones
    book: Array = books.buffer[(last - base) % books.height].copy()
    return book


def backtest_weights(
    panel: Panel, weights: Array, trading: Bools, params: BookParams, *, costs: Array | None = None
) -> Backtest:
    """Trade given books [dates x symbols of the panel] as they are: no cap, limit or smoothing.

    trading [dates]: the dates that have a book; a missing weight on one of them is 0. Of `params`
    the execution lag, costs, borrowing, stale rules and dates apply. Errors: as `backtest_signal`.
    """
    check_params(params, panel)
    books = _shaped("weights", weights, panel, panel.shape)
    chosen = _shaped("trading dates", trading, panel, panel.dates.shape) != 0
    run, ledger = _opened(panel, params, costs)
    ledger.run(books, _traded(chosen, run, params), 0, len(run))
    return _finished(panel, params, ledger, run)


def _books(panel: Panel, signal: Array | SignalRows, params: BookParams) -> kernels.Books:
    category = None if params.neutralize in kernels.NEUTRAL else params.neutralize
    rule = kernels.Sizing(
        neutral=kernels.NEUTRAL.get(params.neutralize, kernels.BY_GROUP),
        sizing=kernels.SIZING[params.sizing],
        cap=params.cap,
        max_lev=params.max_lev,
        alpha=1.0 if params.smooth_ema is None else params.smooth_ema,
        groups=0 if category is None else len(panel.categories[category]),
    )
    codes = None if category is None else panel.codes(category)
    rows = _shaped("signal", signal, panel, panel.shape) if _is_array(signal) else signal
    return kernels.Books(rows, panel.universe(), codes, rule)


def _is_array(signal: Array | SignalRows) -> TypeGuard[Array]:
    return isinstance(signal, np.ndarray)


def _calendar(rebalance: str | int, dates: Days, first: int) -> Bools:
    day = dates.astype("datetime64[D]").view(np.int64)
    chosen: Bools = np.ones(len(day), dtype=np.bool_)
    if isinstance(rebalance, int):
        chosen = (np.arange(len(day)) - first) % rebalance == 0
    elif rebalance == "weekly":
        week = (day + 3) // 7  # day 0 is a Thursday, ISO weeks begin on Monday
        chosen[1:] = week[1:] != week[:-1]
    elif rebalance == "monthly":
        month = dates.astype("datetime64[M]")
        chosen[1:] = month[1:] != month[:-1]
    return chosen


def _traded(selected: Bools, run: range, params: BookParams) -> Rows:
    """Per date of the run: the grid row of the book traded at its close, -1 = none."""
    row = np.arange(run.start, run.stop) - params.execution_lag + 1
    known = (row >= 0) & (row < len(selected))
    known[known] = selected[row[known]]
    return np.where(known, row, -1)


def _opened(
    panel: Panel, params: BookParams, costs: Array | None, *, itemise: bool = True
) -> tuple[range, kernels.Ledger]:
    run = span_of(params, panel.dates)
    ledger = kernels.Ledger(
        panel.returns()[run.start : run.stop],
        _bps(panel, params, costs, run),
        borrow_rate=params.borrow_bps / 1e4 / 252,
        max_stale=params.max_stale,
        delisting=params.delisting_return,
        itemise=itemise,
    )
    return run, ledger


def _bps(panel: Panel, params: BookParams, costs: Array | None, run: range) -> Array:
    shape, given = panel.shape, panel.costs() if costs is None else costs
    if given is None:
        return np.full((1, shape[1]), params.cost_bps)
    table = _shaped("costs", given, panel, shape, shape[1:])
    table = table[run.start : run.stop] if table.ndim > 1 else table[None]
    bps = np.where(np.isfinite(table), table, params.cost_bps)
    if bps.min() < 0:
        raise DataError(f"A cost is {bps.min()} basis points; a cost must be 0 or more.")
    return bps


def _shaped(what: str, values: Array | Bools, panel: Panel, *allowed: tuple[int, ...]) -> Array:
    if np.shape(values) not in allowed:
        raise DataError(
            f"The shape of the {what} is {np.shape(values)} and must be"
            f" {' or '.join(map(str, allowed))}, as the panel has {panel.shape[0]} dates and"
            f" {panel.shape[1]} symbols."
        )
    return np.ascontiguousarray(values, dtype=np.float64)


def _finished(panel: Panel, params: BookParams, ledger: kernels.Ledger, run: range) -> Backtest:
    series = dict(zip(kernels.COLUMNS, ledger.out, strict=True))
    trades = np.flatnonzero(series["turnover"])
    return Backtest(
        daily=Daily(dates=panel.dates[run.start : run.stop], **series),
        symbols=panel.symbols,
        stale=ledger.events,
        ruined=ledger.ruined,
        tradable=params.execution_lag > 0,
        first_trade=int(trades[0]) if len(trades) else None,
    )
