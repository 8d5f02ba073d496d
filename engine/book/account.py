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
from typing import Literal

import msgspec
import numpy as np

from engine.book.opening import Replay, SignalRows, books_of, opened, shaped, traded
from engine.book.params import BookParams, check_params
from engine.kernels import book as kernels
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools
from engine.panel import Days, Panel

_REASONS: tuple[Literal["stale", "resumed", "closed"], ...] = ("stale", "resumed", "closed")


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
    replay = Replay(panel, signal, params, costs=costs, itemise=itemise)
    for a, b in replay.spans():
        replay.ledger.run(replay.books.buffer, replay.row, a, b)
    return _finished(panel, params, replay.ledger, replay.run)


def target_weights(panel: Panel, signal: Array, params: BookParams) -> Array:
    """The book [symbols] that `signal` asks for on the last date, before it is traded."""
    check_params(params, panel)
    books, last = books_of(panel, signal, params), len(panel.dates) - 1
    base = last if params.smooth_ema is None else 0
    for _ in books.tiles(base, last + 1):
        pass  # a smoothed book is made of all earlier ones
    book: Array = books.buffer[(last - base) % books.height].copy()
    return book


def target_books(panel: Panel, signal: Array, params: BookParams) -> Array:
    """The books [dates x symbols] that `signal` asks for on every date of the panel."""
    check_params(params, panel)
    books, result = books_of(panel, signal, params), np.empty(panel.shape)
    for a, b in books.tiles(0, len(result)):
        result[a:b] = books.buffer[: b - a]
    return result


def backtest_weights(
    panel: Panel, weights: Array, trading: Bools, params: BookParams, *, costs: Array | None = None
) -> Backtest:
    """Trade given books [dates x symbols of the panel] as they are: no cap, limit or smoothing.

    trading [dates]: the dates that have a book; a missing weight on one of them is 0. Of `params`
    the execution lag, costs, borrowing, stale rules and dates apply. Errors: as `backtest_signal`.
    """
    check_params(params, panel)
    books = shaped("weights", weights, panel, panel.shape)
    chosen = shaped("trading dates", trading, panel, panel.dates.shape) != 0
    run, ledger = opened(panel, params, costs)
    ledger.run(books, traded(chosen, run, params), 0, len(run))
    return _finished(panel, params, ledger, run)


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
