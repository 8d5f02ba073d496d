"""Checks of single moves: bad prints, splits and spin-offs that are not adjusted, large moves."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from engine.panel import Array
from engine.quality.found import Found, check, day, in_cells, percent, several
from engine.quality.jumps import BACK, BACK_WITHIN, Jumps, jumps
from engine.quality.view import Mask, View

BAD_TIMES = 6.0  # with volume and open as witnesses
BAD_TIMES_ALONE = 8.0  # with nothing but closes
BAD_TIMES_LONGER = 10.0  # out for two or three dates: true shocks do that as well
QUIET = 2.5  # times the usual volume; news that move a price double it at least
OVERNIGHT = 0.3  # share of a move that may happen within the day when both ways were overnight
STAYS = 0.75  # share of a move that is still there later
RATIO = 0.03  # distance of a move from that of a split
RATIOS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100)
SMALL_RATIOS = (1.5, 4 / 3, 2.5)  # moves that news make as well: only with a quiet volume
SPLIT_TIMES = 8.0
SPIN_DROP = (0.10, 0.75)
SPIN_TIMES = 8.0
SPIN_VOLUME = (2.0, 12.0)  # volume up to 2 + 12 times the drop: crashes on news are far beyond
SPIN_INTRADAY = 0.25
LARGE_TIMES, LARGE_MOVE = 10.0, 0.10


class Judged(msgspec.Struct, frozen=True, eq=False):
    """What each large move most likely is; at most one is true [jumps]."""

    bad: Mask
    split: Mask
    spin: Mask
    large: Mask


def judged(view: View) -> Judged:
    """A verdict on each of the large moves."""
    return view.once("judged", _judged)


def _judged(view: View) -> Judged:
    j = jumps(view)
    bad = _bad(j)
    rest = ~bad & ~_ways_back(j, bad)
    split = rest & _split(j)
    spin = rest & ~split & _spin(j)
    large = rest & ~split & ~spin & (j.times >= LARGE_TIMES) & (np.abs(j.move) >= LARGE_MOVE)
    return Judged(bad, split, spin, large)


def _bad(j: Jumps) -> Mask:
    """Out and back, with nothing of what comes with a true move."""
    witnessed = np.isfinite(j.intraday) & np.isfinite(j.volume)
    overnight = np.abs(j.intraday) <= OVERNIGHT * np.abs(j.move)
    quiet = (j.volume <= QUIET) & (overnight | j.misprint)
    least = np.where(witnessed, BAD_TIMES, BAD_TIMES_ALONE)
    least = np.where(j.back > 1, BAD_TIMES_LONGER, least)
    bad: Mask = (j.back > 0) & (j.times >= least) & (~witnessed | quiet)
    return bad


def _ways_back(j: Jumps, bad: Mask) -> Mask:
    """The moves with which bad prints end, or which happen in between."""
    inside = {
        (int(row) + step, int(place))
        for row, place, back in zip(j.rows[bad], j.places[bad], j.back[bad], strict=True)
        for step in range(1, int(back) + 1)
    }
    return np.array([cell in inside for cell in zip(j.rows, j.places, strict=True)], dtype=bool)


def _split(j: Jumps) -> Mask:
    """A move to a round part or multiple that stays."""
    gap = np.where(np.isfinite(j.intraday), j.move - j.intraday, j.move)
    plain = np.minimum(_from_ratio(gap, RATIOS), _from_ratio(j.move, RATIOS)) <= RATIO
    small = (_from_ratio(gap, SMALL_RATIOS) <= RATIO) & (j.volume <= QUIET) & _calm(j)
    split: Mask = (plain | small) & (j.times >= SPLIT_TIMES) & (j.stayed >= STAYS)
    return split


def _from_ratio(move: Array, ratios: tuple[float, ...]) -> Array:
    distance: Array = np.abs(np.abs(move)[:, None] - np.log(ratios)).min(axis=1)
    return distance


def _calm(j: Jumps) -> Mask:
    calm: Mask = np.abs(j.intraday) <= SPIN_INTRADAY * np.abs(j.move)
    return calm


def _spin(j: Jumps) -> Mask:
    """A drop at the open after which trading went on as if nothing had happened."""
    drop = -np.expm1(j.move)
    fits = (drop >= SPIN_DROP[0]) & (drop <= SPIN_DROP[1]) & (j.times >= SPIN_TIMES)
    quiet = j.volume <= SPIN_VOLUME[0] + SPIN_VOLUME[1] * drop
    spin: Mask = fits & quiet & _calm(j) & (j.stayed >= STAYS)
    return spin


@check(
    "bad_print",
    title="Bad prints",
    severity="warning",
    unit="cells",
    rule=f"a move of its own of {BAD_TIMES:g} usual sizes or more ({BAD_TIMES_ALONE:g} where open"
    f" and volume are not known, {BAD_TIMES_LONGER:g} when it lasts longer than one date), of which"
    f" {BACK:.0%} at most is left within {BACK_WITHIN} dates; volume at most {QUIET:g} times the"
    " usual, and the price moved overnight, or the close is not between low and high",
)
def bad_prints(view: View) -> Iterator[Found]:
    """Prices that are out of line for a moment, which no other symbol shares."""
    j, bad = jumps(view), judged(view).bad
    rows, places, move, back = j.rows[bad], j.places[bad], j.move[bad], j.back[bad]
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'price leaves', 'prices leave')} the others and"
        f" {'comes' if len(rows) == 1 else 'come'} back within days, without the volume of a true"
        f" move{_busiest(view, rows)}. A strategy that buys what fell earns money there that"
        " nobody could earn. Correct these rows or make them empty.",
        lambda i: f"{percent(move[i])}, then {percent(_return(view, rows[i], places[i], back[i]))}",
        worst=j.times[bad],
        column=view.panel.price,
        columns=shown(view),
        around=3,
    )


def _return(view: View, row: int, place: int, back: int) -> float:
    return float(np.nansum(view.own[row + 1 : row + int(back) + 1, place]))


def _busiest(view: View, rows: np.ndarray) -> str:
    """Which date has several of them, as a clause."""
    dates, counts = np.unique(rows, return_counts=True)
    if not len(rows) or counts.max() < MANY_AT_ONCE:
        return ""
    return f", {counts.max()} of them on {day(view, dates[counts.argmax()])}"


MANY_AT_ONCE = 3


def shown(view: View) -> tuple[str, ...]:
    """The columns to look at when a move is in doubt."""
    names = [view.column_name(n) for n in ("open", "high", "low", "close", "volume")]
    present = [name for name in names if name in view.panel.features]
    return tuple(dict.fromkeys((view.panel.price, *present)))


@check(
    "split",
    title="Splits that are probably not adjusted",
    severity="warning",
    unit="cells",
    rule=f"a move that stays, of {SPLIT_TIMES:g} usual sizes or more, within {RATIO:.0%} of 1:2,"
    " 1:3, ... 1:100 or the inverse; of 2:3, 3:4 and 2:5 only with open and close together and a"
    " quiet volume",
)
def splits(view: View) -> Iterator[Found]:
    """A price that is a round part of that of the day before."""
    j, split = jumps(view), judged(view).split
    rows, places, move = j.rows[split], j.places[split], j.move[split]
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'price is', 'prices are')} a round part or multiple of the one"
        " before, and stay there: a split, or a dividend in shares, that the earlier prices were"
        " not adjusted for. The return of that day is not true; use adjusted prices.",
        lambda i: f"{percent(move[i])}, about {_ratio(move[i])}",
        worst=np.abs(move),
        column=view.panel.price,
        columns=shown(view),
        around=3,
    )


def _ratio(move: float) -> str:
    ratios = (*RATIOS, *SMALL_RATIOS)
    nearest = ratios[int(np.abs(abs(move) - np.log(ratios)).argmin())]
    known = {1.5: ("2", "3"), 4 / 3: ("3", "4"), 2.5: ("2", "5")}
    low, high = known.get(nearest, ("1", f"{nearest:g}"))
    return f"{low}:{high}" if move < 0 else f"{high}:{low}"


@check(
    "spin_off",
    title="Spin-offs that are probably not adjusted",
    severity="warning",
    unit="cells",
    rule=f"a drop of {SPIN_DROP[0]:.0%} to {SPIN_DROP[1]:.0%} of its own, of {SPIN_TIMES:g} usual"
    f" sizes or more, at the open (at most {SPIN_INTRADAY:.0%} of it within the day), that stays;"
    f" volume at most {SPIN_VOLUME[0]:g} + {SPIN_VOLUME[1]:g} x drop times the usual. Needs open"
    " and volume",
)
def spin_offs(view: View) -> Iterator[Found]:
    """A part of a company, or a large dividend, that went to its owners."""
    j, spin = jumps(view), judged(view).spin
    rows, places, move, volume = j.rows[spin], j.places[spin], j.move[spin], j.volume[spin]
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'price drops', 'prices drop')} at the open and stay there, on a"
        " volume that does not go with such news: probably the day after which a spin-off or a"
        " special dividend belongs to its owners. They lost nothing; the price series did. Use"
        " adjusted prices, or leave the day out.",
        lambda i: f"{percent(move[i])} on {volume[i]:.1f} times the usual volume",
        worst=-move,
        column=view.panel.price,
        columns=shown(view),
        around=3,
    )


@check(
    "large_move",
    title="Large moves",
    severity="info",
    unit="cells",
    rule=f"any other move of its own of {LARGE_TIMES:g} usual sizes and {LARGE_MOVE:.0%} or more",
)
def large_moves(view: View) -> Iterator[Found]:
    """Moves that are probably true, and worth knowing."""
    j, large = jumps(view), judged(view).large
    rows, places, own, times = j.rows[large], j.places[large], j.move[large], j.times[large]
    move = view.moves[rows, places]
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'move is', 'moves are')} far larger than usual for the symbol and"
        " stay, or come with what a true move has. News do that: most of them are real and belong"
        " into a backtest. Look at the largest.",
        lambda i: (
            f"{percent(move[i])}, {percent(own[i])} against the others: {times[i]:.0f} times"
            " the usual"
        ),
        worst=times,
        column=view.panel.price,
        columns=shown(view),
        around=3,
    )
