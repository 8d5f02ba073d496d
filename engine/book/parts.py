"""One date of a run with its parts kept: its book step by step, and what each name earned and paid.

The account is the run's own: what is shown of a date is what the ledger was about to do on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from engine.book.opening import Replay, SignalRows, books_of
from engine.book.params import BookParams
from engine.kernels import book as kernels
from engine.kernels import twin_book
from engine.kernels.pool import Array
from engine.panel import Panel

_quiet = np.errstate(over="ignore", invalid="ignore")  # as the kernels compute


class Steps(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The book of one date [symbols] after each step; NaN = missing.

    signal: the expression, missing outside the universe. neutralized: less its mean, or that of
    its group. sized: clipped to the cap ("raw") or scaled to max_lev ("gross"), a missing name
    being 0. limited: within the cap and max_lev. target: smoothed, as it is traded.
    """

    signal: Array
    neutralized: Array
    sized: Array
    limited: Array
    target: Array


class Day(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Date t of a run, per name [symbols], in units of the equity before the first date.

    source: row in the panel of the book traded at its close, None = no trading. trades: what was
    to be done. trade, fee, borrow: what was traded and paid; nothing when P(t) is not above zero.
    after: Q(t), zero once ruined. series: the row of `Daily`, by name.
    """

    source: int | None
    trades: kernels.Trades
    trade: Array
    fee: Array
    borrow: Array
    after: Array
    series: dict[str, float]

    @property
    def net(self) -> Array:
        """What each name earned less what it cost."""
        net: Array = self.gross - self.fee - self.borrow
        return net

    @property
    def gross(self) -> Array:
        """What each name earned."""
        gross: Array = self.trades.held * self.trades.move
        return gross


def day_of(panel: Panel, signal: Array, params: BookParams, t: int) -> tuple[Day, Steps | None]:
    """Date `t` of the run (0 = its first), and the book traded at its close if there is one.

    signal [dates x symbols of the panel]. Errors: as `backtest_signal`.
    """
    replay = Replay(panel, signal, params)
    for a, b in replay.spans():
        replay.ledger.run(replay.books.buffer, replay.row, a, min(b, t))
        if t < b:
            break
    day = _day(replay, t)
    if day.source is None:
        return day, None
    target = replay.books.buffer[replay.row[t]].copy()
    return day, _steps(panel, signal, params, day.source, target)


def days_of(panel: Panel, signal: Array | SignalRows, params: BookParams) -> Iterator[Day]:
    """Every date of the run. Errors: as `backtest_signal`."""
    replay = Replay(panel, signal, params)
    for a, b in replay.spans():
        for t in range(a, b):
            yield _day(replay, t)


@_quiet
def _day(replay: Replay, t: int) -> Day:
    ledger, book = replay.ledger, replay.books.buffer
    trades = ledger.trades(book, replay.row, t)
    solvent = 0.0 < trades.worth <= twin_book.LARGEST
    asked = trades.target if solvent else trades.drifted
    trade = asked - trades.drifted
    below = np.where(asked < 0.0, -asked, 0.0) * solvent
    ledger.run(book, replay.row, t, t + 1)
    return Day(
        source=int(replay.source[t]) if replay.source[t] >= 0 and trades.equity else None,
        trades=trades,
        trade=trade,
        fee=trades.bps * np.abs(trade) / 1e4,
        borrow=below * ledger.borrow_rate,
        after=ledger.held.copy(),
        series=dict(zip(kernels.COLUMNS, ledger.out[:, t].tolist(), strict=True)),
    )


@_quiet
def _steps(panel: Panel, signal: Array, params: BookParams, row: int, target: Array) -> Steps:
    member = panel.universe()
    masked = twin_book.masked(signal[row], None if member is None else member[row])
    neutralized = _neutralized(panel, params, row, masked)
    plain = books_of(panel, signal, msgspec.structs.replace(params, smooth_ema=None))
    next(plain.tiles(row, row + 1))
    return Steps(
        signal=masked,
        neutralized=neutralized,
        sized=_sized(np.nan_to_num(neutralized, nan=0.0, posinf=0.0, neginf=0.0), params),
        limited=plain.buffer[0].copy(),
        target=target,
    )


def _neutralized(panel: Panel, params: BookParams, row: int, x: Array) -> Array:
    column = params.neutralize
    if column is None or column in kernels.NEUTRAL:
        return twin_book.neutralized(x, None, 0, kernels.NEUTRAL[column])
    groups = len(panel.categories[column])
    return twin_book.neutralized(x, panel.codes(column)[row], groups, kernels.BY_GROUP)


def _sized(x: Array, params: BookParams) -> Array:
    """Before any limit that looks at more than one name."""
    if params.sizing == "raw":
        return np.clip(x, -params.cap, params.cap)
    largest = np.abs(x).max(initial=0.0)
    if largest == 0.0:
        return x
    scaled: Array = x / largest  # so that the sum cannot overflow
    return scaled * (params.max_lev / twin_book.lane_sum(np.abs(scaled)))
