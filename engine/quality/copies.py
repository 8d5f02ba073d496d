"""Checks for rows that are there twice: dropped at import, or under another date."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.panel import Array
from engine.quality.found import Found, check, day, in_cells, several
from engine.quality.moves import shown
from engine.quality.prices import close_of
from engine.quality.view import Places, View, cells_where

FARTHEST = 10  # dates between a row and its copy
VOLUME = 0.02  # by which the volumes may differ: a later delivery corrects them a little
AT_ONCE = 3


@check(
    "duplicate",
    title="Rows dropped as duplicates",
    severity="warning",
    unit="rows",
    rule="several rows of one date and symbol in the file",
)
def duplicates(view: View) -> Iterator[Found]:
    """Rows that were there more than once."""
    if view.duplicates:
        yield Found(
            count=view.duplicates,
            message=f"{several(view.duplicates, 'row', 'rows')} of the file had a date and symbol"
            " that was there already and were dropped at the import. Exports that were put"
            " together twice look so; make sure that the row that was kept is the right one.",
        )


@check(
    "copied_row",
    title="Rows copied from another date",
    severity="warning",
    unit="cells",
    rule=f"open, high, low and close equal those of the symbol up to {FARTHEST} dates before, and"
    f" the volume but for {VOLUME:.0%}; not on days with a single price",
)
def copied_rows(view: View) -> Iterator[Found]:
    """Days whose prices are those of another day, which may even lie in the future."""
    rows, places, since = _copies(view)
    dates, counts = np.unique(rows, return_counts=True)
    many = len(rows) > 0 and counts.max() >= AT_ONCE
    busiest = f", {counts.max()} of them on {day(view, dates[counts.argmax()])}" if many else ""
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'row repeats', 'rows repeat')} all prices and the volume of an"
        f" earlier date{busiest}. One of each pair is wrong: the later was filled with what was"
        " known, or the earlier with what only became known later, and then prices know the"
        " future. Get these dates again.",
        lambda i: f"as on {day(view, rows[i] - since[i])}",
        worst=since,
        columns=shown(view),
        around=1,
    )


def _copies(view: View) -> tuple[Places, Places, Places]:
    """Row and symbol of each copy, and how many dates before the other one is."""
    columns = [view.column("open"), view.column("high"), view.column("low"), close_of(view)]
    volume = view.column("volume")
    none = np.zeros(0, dtype=np.int64)
    if volume is None or any(column is None for column in columns):
        return none, none, none
    prices = [column for column in columns if column is not None]
    found = [_equal(prices, volume, since) for since in range(1, FARTHEST + 1)]
    rows, places = (np.concatenate([each[axis] for each in found]) for axis in (0, 1))
    since = np.repeat(np.arange(1, FARTHEST + 1), [len(each[0]) for each in found])
    _, first = np.unique(rows * len(view.symbols) + places, return_index=True)
    return rows[first], places[first], since[first]


def _equal(
    prices: list[Array], volume: Array, since: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cells whose prices and volume are those of `since` dates before."""
    close = prices[-1]
    rows, places = cells_where(close[since:] == close[:-since])
    rows += since
    same = np.ones(len(rows), dtype=bool)
    for values in prices:
        same &= values[rows, places] == values[rows - since, places]
    now, then = volume[rows, places], volume[rows - since, places]
    same &= (np.abs(now - then) <= VOLUME * now) & (now > 0)
    same &= prices[1][rows, places] > prices[2][rows, places]
    return rows[same], places[same]
