"""What a run is made of before its first date: trading dates, books, costs and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeGuard

import numpy as np

from engine.book.params import BookParams, check_params, span_of
from engine.errors import DataError
from engine.kernels import book as kernels
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools, Rows
from engine.panel import Days, Panel


class SignalRows(Protocol):
    """A signal [dates x symbols] of which some dates are made when they are asked for."""

    shape: tuple[int, int]

    def __getitem__(self, rows: slice, /) -> Array:
        """The dates `rows`, C-contiguous."""
        ...


class Replay:
    """The run of a signal, a few dates at a time.

    run: rows of its dates in the panel. source [dates of the run]: row in the panel of the book
    traded at the close of each, -1 = none. row: the same as rows of `books.buffer`, which holds
    what the span in hand needs.
    """

    def __init__(
        self,
        panel: Panel,
        signal: Array | SignalRows,
        params: BookParams,
        *,
        costs: Array | None = None,
        itemise: bool = True,
    ) -> None:
        check_params(params, panel)
        self.run, self.ledger = opened(panel, params, costs, itemise=itemise)
        self.books = books_of(panel, signal, params)
        run, lag = self.run, params.execution_lag
        self.source = traded(calendar(params.rebalance, panel.dates, run.start), run, params)
        # Smoothing remembers all earlier books; without it the first traded is the first needed.
        base = 0 if params.smooth_ema is not None else max(0, run.start - lag + 1)
        self.row = np.where(self.source >= 0, (self.source - base) % self.books.height, -1)
        self._base, self._lag, self._dates = base, lag, len(panel.dates)

    def spans(self) -> Iterator[tuple[int, int]]:
        """Ranges a..b-1 of dates of the run, in order, each with its books in the buffer."""
        run, lag, done = self.run, self._lag, 0
        for _, b in self.books.tiles(self._base, min(self._dates, run.stop - lag + 1)):
            close = max(done, min(len(run), b + lag - 1 - run.start))
            yield done, close
            done = close
        yield done, len(run)


def books_of(panel: Panel, signal: Array | SignalRows, params: BookParams) -> kernels.Books:
    """The target books that `signal` [dates x symbols] makes under `params`; DataError."""
    category = None if params.neutralize in kernels.NEUTRAL else params.neutralize
    rule = kernels.Sizing(
        neutral=kernels.NEUTRAL.get(params.neutralize, kernels.BY_GROUP),
        sizing=kernels.SIZING[params.sizing],
        cap=params.cap,
        max_lev=params.max_lev,
        alpha=1.0 if params.smooth_ema is None else params.smooth_ema,
        groups=0 if category is None else len(panel.categories[category]),
    )
    codes = None if category is None else panel.codes(category)
    rows = shaped("signal", signal, panel, panel.shape) if _is_array(signal) else signal
    return kernels.Books(rows, panel.universe(), codes, rule)


def _is_array(signal: Array | SignalRows) -> TypeGuard[Array]:
    return isinstance(signal, np.ndarray)


def calendar(rebalance: str | int, dates: Days, first: int) -> Bools:
    """The dates whose books are traded; every k dates are counted from row `first`."""
    day = dates.astype("datetime64[D]").view(np.int64)
    chosen: Bools = np.ones(len(day), dtype=np.bool_)
    if isinstance(rebalance, int):
        chosen = (np.arange(len(day)) - first) % rebalance == 0
    elif rebalance == "weekly":
        week = (day + 3) // 7  # day 0 is a Thursday, ISO weeks begin on Monday
        chosen[1:] = week[1:] != week[:-1]
    elif rebalance == "monthly":
        month = dates.astype("datetime64[M]")
        chosen[1:] = month[1:] != month[:-1]
    return chosen


def traded(selected: Bools, run: range, params: BookParams) -> Rows:
    """Per date of the run: the grid row of the book traded at its close, -1 = none."""
    row = np.arange(run.start, run.stop) - params.execution_lag + 1
    known = (row >= 0) & (row < len(selected))
    known[known] = selected[row[known]]
    return np.where(known, row, -1)


def opened(
    panel: Panel, params: BookParams, costs: Array | None, *, itemise: bool = True
) -> tuple[range, kernels.Ledger]:
    """The dates of the run as rows of the panel, and its account before the first."""
    run = span_of(params, panel.dates)
    ledger = kernels.Ledger(
        panel.returns()[run.start : run.stop],
        _costs(panel, params, costs, run),
        borrow_rate=params.borrow_bps / 1e4 / 252,
        max_stale=params.max_stale,
        delisting=params.delisting_return,
        itemise=itemise,
    )
    return run, ledger


def _costs(panel: Panel, params: BookParams, costs: Array | None, run: range) -> Array:
    shape, given = panel.shape, panel.costs() if costs is None else costs
    if given is None:
        return np.full((1, shape[1]), params.cost_bps, dtype=np.float64)
    table = shaped("costs", given, panel, shape, shape[1:])
    table = table[run.start : run.stop] if table.ndim > 1 else table[None]
    bps = np.where(np.isfinite(table), table, params.cost_bps)
    if bps.min() < 0:
        raise DataError(f"A cost is {bps.min()} basis points; a cost must be 0 or more.")
    return bps


def shaped(what: str, values: Array | Bools, panel: Panel, *allowed: tuple[int, ...]) -> Array:
    """`values` as C-contiguous float64; DataError unless they have an allowed shape."""
    if np.shape(values) not in allowed:
        raise DataError(
            f"The shape of the {what} is {np.shape(values)} and must be"
            f" {' or '.join(map(str, allowed))}, as the panel has {panel.shape[0]} dates and"
            f" {panel.shape[1]} symbols."
        )
    return np.ascontiguousarray(values, dtype=np.float64)
