"""Large moves of single symbols, and what followed each of them."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.panel import Array
from engine.quality.prices import beyond, close_of
from engine.quality.view import TO_SIGMA, Mask, Places, View, cells_where

LEAST_TIMES = 6.0  # times the usual size of a move of this symbol at this time
LEAST_MOVE = 0.04
WINDOW, NEAR = 20, 3  # dates around a move whose sizes are usual, without those next to it
BACK_WITHIN = 3
BACK = 0.25  # share of the move that may be left once it has gone back
STILL_OUT = 0.5  # share of the move that holds until then
TICKS = 5.0  # a move of fewer of the smallest steps of its price is no outlier
ROUNDING = 1e-9  # changes of a price in another currency that does not move
AFTER = 5  # dates whose median says whether the move stayed
VOLUMES = 20  # dates before, whose median volume is usual


class Jumps(msgspec.Struct, frozen=True, eq=False):
    """Moves that are large for their symbol and their time, without that of the market [jumps].

    move: logarithmic, in excess of the market. times: in usual sizes. back: dates until it had
    gone back, 0 when it did not. stayed: median share of the move that was left on the dates after.
    intraday: move from open to close; volume: times the usual; both missing without such columns.
    misprint: the close is not between low and high.
    """

    rows: Places
    places: Places
    move: Array
    times: Array
    back: Places
    stayed: Array
    intraday: Array
    volume: Array
    misprint: Mask


def jumps(view: View) -> Jumps:
    """The large moves of a panel, by date."""
    return view.once("jumps", _jumps)


def _jumps(view: View) -> Jumps:
    least = np.maximum(LEAST_TIMES * view.usual, LEAST_MOVE)
    rows, places = cells_where(view.sizes > least)
    times = view.sizes[rows, places] / _usual_then(view, rows, places)
    large = (times >= LEAST_TIMES) & ~_coarse(view, rows, places)
    rows, places, times = rows[large], places[large], times[large]
    back, stayed = _afterwards(view, rows, places)
    intraday, misprint = _within_day(view, rows, places)
    return Jumps(
        rows=rows,
        places=places,
        move=view.own[rows, places],
        times=times,
        back=back,
        stayed=stayed,
        intraday=intraday,
        volume=_volume(view, rows, places),
        misprint=misprint,
    )


def _usual_then(view: View, rows: Places, places: Places) -> Array:
    """Usual size of a move of the symbol around a date; more when all symbols are restless."""
    steps = np.array([s for s in range(-WINDOW, WINDOW + 1) if abs(s) > NEAR])
    around = _around(view.sizes, rows, places, steps)
    few = np.isfinite(around).sum(axis=1) < WINDOW // 2
    around[few] = 0.0
    local = TO_SIGMA * np.nanmedian(around, axis=1) if len(rows) else np.zeros(0)
    usual: Array = np.maximum(view.usual[places], local) * view.unrest[rows]
    return usual


def _coarse(view: View, rows: Places, places: Places) -> Mask:
    """Moves of a few of the smallest steps that the price makes around that date.

    A rate of 0.0002 and a share at an eighth of its price have no small moves.
    """
    around = np.abs(_around(view.moves, rows, places, np.arange(-WINDOW, WINDOW + 1)))
    around[~(around > ROUNDING)] = np.inf
    coarse: Mask = np.abs(view.moves[rows, places]) < TICKS * around.min(axis=1, initial=np.inf)
    return coarse


def _around(values: Array, rows: Places, places: Places, steps: Places) -> Array:
    """Values some dates from each place [places x steps], missing beyond the ends."""
    wanted = rows[:, None] + steps
    inside = (wanted >= 0) & (wanted < len(values))
    found = values[np.where(inside, wanted, 0), places[:, None]]
    result: Array = np.where(inside, found, np.nan)
    return result


def _afterwards(view: View, rows: Places, places: Places) -> tuple[Places, Array]:
    """Dates until the move had gone back (0: did not), and the median share of it that stayed."""
    after = _around(view.own, rows, places, np.arange(AFTER + 1))
    known = np.isfinite(after)
    left = np.where(known, np.cumsum(np.where(known, after, 0.0), axis=1), np.nan)
    left = left / after[:, :1]
    back = np.zeros(len(rows), dtype=np.int64)
    out = np.ones(len(rows), dtype=bool)
    for step in range(1, BACK_WITHIN + 1):
        gone = out & (np.abs(left[:, step]) <= BACK)
        back[gone] = step
        out &= ~gone & (left[:, step] >= STILL_OUT)
    stayed = np.where(np.isnan(left[:, 1:]), 1.0, left[:, 1:])
    return back, np.median(stayed, axis=1)


def _within_day(view: View, rows: Places, places: Places) -> tuple[Array, Mask]:
    """Move from open to close, and whether the close is no price of its day."""
    missing, none = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=bool)
    opened, close = view.column("open"), close_of(view)
    high, low = view.column("high"), view.column("low")
    if opened is None or close is None or high is None or low is None:
        return missing, none
    a, b, h, l = (x[rows, places] for x in (opened, close, high, low))  # noqa: E741 - high, low
    both = (a > 0) & (b > 0)
    missing[both] = np.log(b[both]) - np.log(a[both])
    return missing, beyond(b, h, l)


def _volume(view: View, rows: Places, places: Places) -> Array:
    """Volume of the date over the median of the dates before."""
    result = np.full(len(rows), np.nan)
    volume = view.column("volume")
    if volume is None or not len(rows):
        return result
    before = _around(volume, rows, places, np.arange(-VOLUMES, 0))
    before[np.isfinite(before).sum(axis=1) < VOLUMES // 2] = 0.0
    usual = np.nanmedian(before, axis=1)
    np.divide(volume[rows, places], usual, out=result, where=usual > 0)
    return result
