"""A small piece of the panel on which candidates are compared before they are backtested.

Two candidates are equivalent when the target books that the parameters make of them are equal there
to nine digits of the largest weight. Whatever the sizing ignores is thereby ignored: a factor where
it is "gross", a shift where it neutralizes. A candidate that looks further back than half of the
piece, counts more symbols than it has, or whose book never changes on it is compared with none.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.book import BookParams, SignalRows
from engine.book.opening import books_of
from engine.dsl.tree import Call, Node, Num, columns, lookback, walk
from engine.evaluate.run import Cancel, never, run
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools
from engine.panel import Panel

SYMBOLS = 12
DATES = 512
_DIGITS = 9
_SAMPLED_DATES = 256
_AMPLE = 2.0


class Finding(msgspec.Struct, frozen=True):
    """What the piece says of a candidate.

    book: fingerprint of its target books; None = it cannot be compared. sound: it has a signal on
    far more cells than it must, and a book that changes; otherwise the whole panel is asked.
    """

    book: bytes | None = None
    sound: bool = False


class Probe:
    """At most `DATES` last dates of at most `SYMBOLS` symbols, evenly spaced among those alive."""

    def __init__(self, panel: Panel, params: BookParams, min_coverage: float) -> None:
        self._whole = panel
        self._panel = _piece(panel)
        self._params = msgspec.structs.replace(params, smooth_ema=None, start=None, end=None)
        self._ample = min(_AMPLE * min_coverage, (1 + min_coverage) / 2)
        self._coverage: dict[str, float] = {}
        self._cells = _cells(self._panel)

    def findings(
        self, nodes: Sequence[Node], *, workers: int = 1, cancel: Cancel = never
    ) -> list[Finding]:
        """One per node, in order; CancelledError soon after `cancel()` is true."""
        found = [Finding()] * len(nodes)
        back = [lookback(node) or 0 for node in nodes]
        small = [place for place, node in enumerate(nodes) if self._fits(node, back[place])]
        fitting = [nodes[place] for place in small]

        def consume(index: int, signal: SignalRows) -> Finding:
            return self._examined(fitting[index], back[small[index]], signal)

        results = run(self._panel, fitting, consume, workers=workers, cancel=cancel, by_rows=True)
        for index, finding in results:
            found[small[index]] = finding
        return found

    def _fits(self, node: Node, back: int) -> bool:
        dates, symbols = self._panel.shape
        whole = symbols == len(self._whole.symbols)
        short = back <= dates // 2
        return short and (whole or _symbols_counted(node) <= symbols // 2)

    def _examined(self, node: Node, first: int, signal: SignalRows) -> Finding:
        dates = len(self._panel.dates)
        values = signal[0:dates]
        books = books_of(self._panel, values, self._params)
        made = np.concatenate([books.buffer[: b - a].copy() for a, b in books.tiles(0, dates)])
        largest = float(np.abs(made).max())
        if not largest or not (made[first:] != made[first]).any():
            return Finding()
        return Finding(_digest(made, largest), self._covered(node, values, first))

    def _covered(self, node: Node, values: Array, first: int) -> bool:
        cells = self._cells[first:]
        if _share_of(~np.isnan(values[first:]), cells) < self._ample:
            return False
        return all(self._share(name) >= self._ample for name in columns(node))

    def _share(self, name: str) -> float:
        """The share of the universe's cells that have a value of the column; some dates tell."""
        if name not in self._coverage:
            panel = self._whole
            step = max(1, len(panel.dates) // _SAMPLED_DATES)
            if name in panel.categories:
                present = panel.codes(name)[::step] >= 0
            else:
                present = ~np.isnan(panel.feature(name)[::step])
            self._coverage[name] = _share_of(present, _cells(panel, step))
        return self._coverage[name]


def _share_of(present: Bools, cells: Bools) -> float:
    return int(np.count_nonzero(present & cells)) / max(1, int(np.count_nonzero(cells)))


def _symbols_counted(node: Node) -> float:
    """The largest number of symbols that a literal of the expression asks for."""
    calls = (part for part in walk(node) if isinstance(part, Call))
    operands = (operand for call in calls for operand in call.operands)
    asked = [n.value for param, n in operands if param.doc == "symbols" and isinstance(n, Num)]
    return max(asked, default=0.0)


def _piece(panel: Panel) -> Panel:
    """The panel cut to dates and symbols of the probe, lags applied."""
    first = max(0, len(panel.dates) - DATES)
    alive = np.flatnonzero((panel.prices()[first:] > 0).any(axis=0))
    alive = alive if len(alive) else np.arange(len(panel.symbols))
    places = np.linspace(0, len(alive) - 1, min(SYMBOLS, len(alive)))
    chosen = alive[np.rint(places).astype(np.int64)]
    loaded: dict[str, npt.NDArray[Any]] = {}

    def load(name: str) -> npt.NDArray[Any]:
        if name not in loaded:
            loaded[name] = np.ascontiguousarray(_column(panel, name)[first:, chosen])
        return loaded[name]

    return msgspec.structs.replace(
        panel,
        dates=panel.dates[first:],
        symbols=tuple(panel.symbols[place] for place in chosen),
        lags={},
        load=load,
        cache={},
    )


def _column(panel: Panel, name: str) -> npt.NDArray[Any]:
    """Values as an expression sees them, the universe as it is."""
    member = panel.universe()
    if name == panel.universe_column and member is not None:
        return member
    return panel.codes(name) if name in panel.categories else panel.feature(name)


def _cells(panel: Panel, step: int = 1) -> Bools:
    """The cells of the universe, or those with a price where there is none."""
    member = panel.universe()
    return panel.prices()[::step] > 0 if member is None else member[::step]


def _digest(books: Array, largest: float) -> bytes:
    scale = 10.0 ** (_DIGITS - math.ceil(math.log10(largest)))
    whole = np.rint(books * scale).astype(np.int64)
    return hashlib.blake2b(whole.tobytes(), digest_size=16, key=repr(scale).encode()).digest()
