"""How often the values of a column change."""

from __future__ import annotations

import statistics
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
_LOOK = 16
"""The part of the dates that shows of most columns that they change often enough."""


class Staleness(msgspec.Struct, frozen=True):
    """share: of the present cells with one before them, the share that equals it.

    days: dates from the last change, or the first value, to the last date; the lower median over
    the living symbols with a value. None where there is nothing to count.
    """

    share: float | None
    days: int | None


def staleness(values: npt.NDArray[Any], present: Mask, living: Mask) -> Staleness:
    """How often a column [dates x symbols] changes; `living` are the symbols of the last date."""
    by_symbol = np.ascontiguousarray(present.T)
    cells, counts = values.T[by_symbol], np.count_nonzero(by_symbol, axis=1)
    ends = np.cumsum(counts)
    changed = np.ones(len(cells), dtype=bool)
    changed[1:] = cells[1:] != cells[:-1]
    firsts = (ends - counts)[counts > 0]
    changed[firsts] = True
    followers = len(cells) - len(firsts)
    equal = len(cells) - int(np.count_nonzero(changed))
    ages = _ages(by_symbol, changed, ends[living & (counts > 0)])
    return Staleness(
        share=equal / followers if followers else None,
        days=statistics.median_low(ages) if ages else None,
    )


def _ages(by_symbol: Mask, changed: Mask, ends: npt.NDArray[np.intp]) -> list[int]:
    """Dates since the last change of each symbol whose cells stop before one of `ends`."""
    if not len(ends):
        return []
    dates = by_symbol.shape[1]
    changes = np.flatnonzero(changed)
    last = changes[np.searchsorted(changes, ends) - 1]
    rows = np.flatnonzero(by_symbol)[last] % dates
    ages: list[int] = (dates - 1 - rows).tolist()
    return ages


def changes_often(values: npt.NDArray[np.float64], present: int, most_stale: float) -> bool:
    """Whether the first dates alone show that no more than `most_stale` of the cells are stale.

    `present` is the number of present cells. False means that nothing is known yet.
    """
    first = values[: len(values) // _LOOK + 2]
    known = ~np.isnan(first)
    moves = np.count_nonzero((first[1:] != first[:-1]) & known[1:] & known[:-1])
    return int(moves) > (1 - most_stale) * present
