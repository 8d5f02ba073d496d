"""A panel as the checks see it: prices, who lives when, which dates the market was open."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from engine import kernels as k
from engine.panel import Array, Days, Panel
from engine.panel.market import columns_for, standard_name

T = TypeVar("T")
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

SLOW = 3.0  # times the usual step of the dates that the prices of a slow series are apart
FEW_CLOSED = 3  # one or two symbols without a price are their own matter, not that of the market
SHARED = 0.2  # share of living symbols without a price that makes a date one of closed markets
LONGEST_HOLE = 5  # a move across more missing dates than this says nothing about a single day


class View(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A panel with what several checks need, each computed once; matrices [dates x symbols].

    open_rows: how many dates may be evaluated. duplicates: rows that the import dropped.
    """

    panel: Panel
    open_rows: int
    duplicates: int = 0
    kept: dict[str, Any] = {}

    def once(self, key: str, compute: Callable[[View], T]) -> T:
        """What `compute` says of this view, computed at the first question."""
        if key not in self.kept:
            self.kept[key] = compute(self)
        result: T = self.kept[key]
        return result

    @property
    def dates(self) -> Days:
        """The dates of the panel."""
        return self.panel.dates

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of the panel."""
        return self.panel.symbols

    @cached_property
    def price(self) -> Array:
        """The price column."""
        return self.panel.prices()

    @cached_property
    def known(self) -> Mask:
        """True where there is a price."""
        return ~np.isnan(self.price)

    @cached_property
    def missing(self) -> dict[str, Mask]:
        """Where each feature is missing."""
        return {name: np.isnan(self.panel.feature(name)) for name in self.panel.features}

    @cached_property
    def rows(self) -> Mask:
        """True where any column has a value."""
        nothing = np.logical_and.reduce(list(self.missing.values()))
        for name in self.panel.categories:
            nothing &= self.panel.codes(name) < 0
        some: Mask = ~nothing
        return some

    @cached_property
    def first(self) -> Places:
        """Row of the first price of each symbol; the number of dates where it has none."""
        return np.where(self.known.any(axis=0), self.known.argmax(axis=0), len(self.dates))

    @cached_property
    def last(self) -> Places:
        """Row of the last price of each symbol, -1 where it has none."""
        back = self.known[::-1].argmax(axis=0)
        return np.where(self.known.any(axis=0), len(self.dates) - 1 - back, -1)

    @cached_property
    def alive(self) -> Mask:
        """True from the first to the last price of each symbol."""
        rows = np.arange(len(self.dates))[:, None]
        alive: Mask = (rows >= self.first) & (rows <= self.last)
        return alive

    @cached_property
    def slow(self) -> Mask:
        """Symbols that have a price less often than the panel has dates, such as monthly series."""
        slow = np.zeros(len(self.symbols), dtype=bool)
        lives, counts = self.last - self.first + 1, self.known.sum(axis=0)
        days = self.dates.astype(np.int64)
        for j in np.flatnonzero((counts > 1) & (2 * counts < lives)):
            slow[j] = np.median(np.diff(days[self.known[:, j]])) >= SLOW * np.median(np.diff(days))
        return slow

    @cached_property
    def living(self) -> Places:
        """How many symbols that are not slow live on each date."""
        living: Places = self._daily(self.alive).sum(axis=1)
        return living

    @cached_property
    def absent(self) -> Places:
        """How many of those have no price."""
        absent: Places = self._daily(self.alive & ~self.known).sum(axis=1)
        return absent

    def _daily(self, mask: Mask) -> Mask:
        """The columns of the symbols that are not slow."""
        return mask[:, ~self.slow] if self.slow.any() else mask

    @cached_property
    def closed(self) -> Mask:
        """Dates on which several symbols together have no price [dates]."""
        closed: Mask = (self.absent >= FEW_CLOSED) & (self.absent >= SHARED * self.living)
        return closed

    @cached_property
    def same(self) -> Mask:
        """True where the price is exactly that of the date before."""
        same = np.zeros(self.price.shape, dtype=bool)
        np.equal(self.price[1:], self.price[:-1], out=same[1:])
        return same

    @cached_property
    def logs(self) -> Array:
        """Logarithm of the prices above zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.price)
        logs[np.isinf(logs)] = np.nan
        return logs

    @cached_property
    def moves(self) -> Array:
        """Logarithmic return over the last price, which may lie a few missing dates back."""
        moves = np.full(self.price.shape, np.nan)
        np.subtract(self.logs[1:], self.logs[:-1], out=moves[1:])
        columns, starts, ends = runs(self.alive & np.isnan(self.logs))
        near = (ends - starts <= LONGEST_HOLE) & (starts > 0) & (ends < len(self.dates))
        columns, starts, ends = columns[near], starts[near], ends[near]
        moves[ends, columns] = self.logs[ends, columns] - self.logs[starts - 1, columns]
        return moves

    @cached_property
    def market(self) -> Array:
        """Median move of all symbols [dates x 1], 0 where there are fewer than five."""
        if len(self.symbols) < FEW_MOVES:
            return np.zeros((len(self.dates), 1))
        few = np.isfinite(self.moves).sum(axis=1) < FEW_MOVES
        middle = row_medians(self.moves)
        return np.where(few | np.isnan(middle), 0.0, middle)[:, None]

    @cached_property
    def own(self) -> Array:
        """Moves less that of the market."""
        return self.moves - self.market

    @cached_property
    def sizes(self) -> Array:
        """Size of each own move."""
        return np.abs(self.own)

    @cached_property
    def usual(self) -> Array:
        """Standard deviation of the own moves of each symbol, from the median size [symbols]."""
        return np.maximum(TO_SIGMA * column_medians(self.sizes), LEAST_SIGMA)

    @cached_property
    def unrest(self) -> Array:
        """How many times the usual size the own moves of each date have, at least 1 [dates]."""
        sizes = row_medians(self.sizes)
        middle = float(np.nanmedian(sizes)) if np.isfinite(sizes).any() else 0.0
        return np.fmax(sizes / middle, 1.0) if middle > 0 else np.ones(len(self.dates))

    def column(self, name: str) -> Array | None:
        """The column that is the standard `name` in the currency of the price; None without."""
        found = _columns_for(name, self.panel.features, self.panel.price)
        return self.panel.feature(found[0]) if found else None

    def column_name(self, name: str) -> str:
        """How that column is called here, the standard name when there is none."""
        return (_columns_for(name, self.panel.features, self.panel.price) or (name,))[0]

    def is_market(self, column: str) -> bool:
        """Whether a column is the price or has the name of market data."""
        return column == self.panel.price or standard_name(column) is not None


_columns_for = lru_cache(256)(columns_for)  # asked again and again, of many columns


FEW_MOVES = 5  # fewer symbols have no meaningful median
TO_SIGMA = 1.4826  # from the median size of normal values to their standard deviation
LEAST_SIGMA = 1e-4  # one basis point: symbols that hardly move would make any move an outlier


def runs(mask: Mask) -> tuple[Places, Places, Places]:
    """Column, first row and row after the last of each run of True down a column."""
    dates, symbols = mask.shape
    padded = np.zeros((symbols, dates + 1), dtype=np.int8)
    padded[:, :-1] = mask.T
    steps = np.diff(padded.reshape(-1), prepend=np.int8(0))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    columns, first = np.divmod(starts, dates + 1)
    return columns, first, ends - columns * (dates + 1)


def cells_where(mask: Mask) -> tuple[Places, Places]:
    """Row and column of each True, by row."""
    rows, columns = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, columns


def row_medians(values: Array) -> Array:
    """Median of the present values of each row."""
    medians = k.cs_median(values)
    places = np.isfinite(medians).argmax(axis=1)
    result: Array = medians[np.arange(len(medians)), places]
    return result


def column_medians(values: Array) -> Array:
    """Median of the present values of each column."""
    ordered = np.sort(values, axis=0)
    count = len(values) - np.isnan(values).sum(axis=0)
    columns = np.arange(values.shape[1])
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    last = len(values) - 1
    middle = (ordered[low, columns] + ordered[np.minimum(high, last), columns]) / 2
    result: Array = np.where(count > 0, middle, np.nan)
    return result
