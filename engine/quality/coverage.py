"""How much of each symbol there is in each month."""

from __future__ import annotations

import numpy as np

from engine.quality.model import Coverage
from engine.quality.view import View

_SIGNS = np.frombuffer(b"0123456789a", dtype=np.uint8)
_OUTSIDE, _NONE = b".-"


def coverage_of(view: View) -> Coverage:
    """Share of dates with a price, by symbol and month, as one text per symbol.

    Only dates within the life of a symbol and on which its market was open count; a month that
    has none of them, such as one of a long hole, counts by the life alone.
    """
    months = view.dates.astype("datetime64[M]")
    names, starts = np.unique(months, return_index=True)
    expected = view.alive & (view.known | ~view.closed[:, None])
    have = _sums(view.known, starts)
    due = np.maximum(_sums(expected, starts), have)
    signs = _SIGNS[10 * have // np.maximum(due, 1)]
    signs[have == 0] = _NONE
    signs[_sums(view.alive, starts) == 0] = _OUTSIDE
    return Coverage(
        months=tuple(map(str, names)),
        symbols=view.symbols,
        cells=tuple(row.tobytes().decode("ascii") for row in signs.T),
    )


def _sums(mask: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.add.reduceat(mask, starts, axis=0, dtype=np.int32)
