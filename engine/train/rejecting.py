"""Candidates that are dropped before the backtest, and why.

    complexity   the complexity score is above the limit
    duplicate    drawn or bred before
    equivalent   the target books of an earlier candidate on the probe
    missing      a signal on too few of the universe's cells after its lookback (without a
                 universe: of the cells with a price)
    constant     the signal never varies, neither across names nor over time
    no_turnover  the target book, before smoothing, never changes after the first one

The first three were never evaluated. The others were: they have a row in the ledger that says so.
"""

from __future__ import annotations

import msgspec
import numpy as np

from engine.book import SignalRows, span_of
from engine.book.opening import books_of
from engine.dsl.tree import Node, lookback
from engine.kernels.pool import Array
from engine.panel import Panel
from engine.train.config import TrainConfig

_BEFORE = "Rejected before the backtest: "
_FLAT = 1e-12
_TEXTS = {
    "missing": f"{_BEFORE}a signal on ",
    "constant": f"{_BEFORE}the signal is the same for every name on every date.",
    "no_turnover": f"{_BEFORE}the target book is the same on every date.",
}


def reason_of(error: str | None) -> str | None:
    """The reason that an outcome's error text tells of; None for any other error."""
    return next((key for key, text in _TEXTS.items() if (error or "").startswith(text)), None)


def fault(panel: Panel, node: Node, signal: SignalRows, config: TrainConfig) -> str | None:
    """Why the signal [dates x symbols] of `node` is not worth a backtest; None = it is."""
    params = msgspec.structs.replace(config.params, smooth_ema=None)
    run, lag = span_of(params, panel.dates), params.execution_lag
    first, stop = max(0, run.start - lag + 1), min(len(panel.dates), run.stop - lag + 1)
    seen = _Seen(panel, signal, max(first, lookback(node) or 0))
    books = books_of(panel, seen, params)
    same, book = True, None
    for a, b in books.tiles(first, stop):
        made = books.buffer[: b - a]
        if book is None and (traded := made.any(axis=1)).any():
            begin = int(traded.argmax())
            made, book = made[begin:], made[begin].copy()
        same = same and (book is None or _unchanged(made, book))
    if seen.share < config.min_coverage or not seen.present:
        return f"{_TEXTS['missing']}{100 * seen.share:.3g} % of the cells."
    if seen.high - seen.low <= _FLAT * max(abs(seen.high), abs(seen.low)):
        return _TEXTS["constant"]
    return _TEXTS["no_turnover"] if same else None


def _unchanged(books: Array, book: Array) -> bool:
    return bool(np.abs(books - book).max(initial=0.0) <= _FLAT * np.abs(book).max())


class _Seen:
    """A signal that remembers what has been read of it from row `first` on."""

    def __init__(self, panel: Panel, signal: SignalRows, first: int) -> None:
        self.shape = signal.shape
        self._panel, self._signal, self._first = panel, signal, first
        self._cells = 0
        self.present = 0
        self.low, self.high = np.inf, -np.inf

    @property
    def share(self) -> float:
        """The share of the cells that have a signal."""
        return self.present / max(1, self._cells)

    def __getitem__(self, rows: slice) -> Array:
        values = self._signal[rows]
        after = slice(max(rows.start, self._first), rows.stop)
        if after.start < after.stop:
            self._count(values[after.start - rows.start :], after)
        return values

    def _count(self, values: Array, rows: slice) -> None:
        member = self._panel.universe()
        cells = self._panel.prices()[rows] > 0 if member is None else member[rows]
        known = values[cells & ~np.isnan(values)]
        self._cells += int(np.count_nonzero(cells))
        self.present += len(known)
        self.low = float(known.min(initial=self.low))
        self.high = float(known.max(initial=self.high))
