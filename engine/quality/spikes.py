"""Checks of open, high and low against the close: prints that never reach it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.panel import Array
from engine.quality.found import Cells, Found, check, in_cells, percent, several
from engine.quality.moves import shown
from engine.quality.prices import close_of
from engine.quality.view import View, cells_where

SPIKE_TIMES = 20.0  # times the usual size of a move: even restless days stay below
SPIKE_MOVE = 0.15
SHARED_BY = 0.01  # share of symbols from which the day itself was wild, as on 2015-08-24
SHARED_LEAST = 3
WILD = 0.7  # a move to half or double, which not even a wild day has


@check(
    "spike",
    title="Spikes in open, high or low",
    severity="warning",
    unit="cells",
    rule=f"high above, low below, or open away from close and the close before, by {SPIKE_TIMES:g}"
    f" usual moves and {SPIKE_MOVE:.0%}; on days on which {SHARED_BY:.0%} of the symbols (and"
    f" {SHARED_LEAST}) do it, by a factor of two",
)
def spikes(view: View) -> Iterator[Found]:
    """Prices of the day that neither close knows."""
    close = close_of(view)
    if close is None:
        return
    least = np.exp(np.maximum(SPIKE_TIMES * view.usual, SPIKE_MOVE))
    upper, lower = _with_before(close, np.fmax), _with_before(close, np.fmin)
    for name in ("open", "high", "low"):
        values = view.column(name)
        if values is None:
            continue
        far = np.zeros(values.shape, dtype=bool)
        if name != "low":
            far |= values > upper * least
        if name != "high":
            far |= (values < lower / least) & (values > 0)
        cells = cells_where(far)
        away = np.log(values[cells] / np.clip(values[cells], lower[cells], upper[cells]))
        yield from _spiked(view, name, away, cells)


def _with_before(close: Array, choose: np.ufunc) -> Array:
    """The larger or smaller of the close of the date and of the date before, above zero."""
    both = np.where(close > 0, close, np.nan)
    both[1:] = choose(both[1:], both[:-1].copy())
    return both


def _spiked(view: View, name: str, away: Array, cells: Cells) -> Iterator[Found]:
    """Those of a wild day only where they are extreme."""
    counts = np.bincount(cells[0], minlength=len(view.dates))[cells[0]]
    wild = counts >= max(SHARED_LEAST, SHARED_BY * len(view.symbols))
    chosen = ~wild | (np.abs(away) >= WILD)
    size, column = away[chosen], view.column_name(name)
    yield from in_cells(
        view,
        (cells[0][chosen], cells[1][chosen]),
        f"{column} is far away from the close of the day and of the day before on"
        f" {several(len(size), 'row', 'rows')}: a bad print, which a strategy that trades at it"
        " would use. Correct it or make it empty.",
        lambda i: f"{column} {percent(size[i])} from the nearer close",
        worst=np.abs(size),
        column=column,
        columns=shown(view),
        around=2,
    )
