"""What an import is asked for and what it answers."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Literal

import msgspec
import polars as pl

from engine.importing.grid import Grid
from engine.panel import fingerprint
from engine.panel.grid import content_hash

GIB = 1 << 30


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers to what a file does not say itself; None means find out or refuse.

    costs: the path of a file of trading costs by symbol, or by date and symbol.
    """

    date: str | None = None
    symbol: str | None = None
    price: str | None = None
    universe: str | None = None
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    periods_per_year: float = 252
    costs: str | None = None
    max_bytes: int = 2 * GIB


class Refused(msgspec.Struct, frozen=True):
    """A column that cannot be used, and why."""

    column: str
    reason: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file. `rows` counts distinct (date, symbol) rows.

    warnings: what should be looked at. notes: what the columns can be used for.
    """

    file: str
    rows: int
    symbols: int
    dates: int
    first_date: date
    last_date: date
    duplicates_dropped: int
    date_column: str
    symbol_column: str
    price: str
    universe: str | None
    features: tuple[str, ...]
    categories: tuple[str, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """A checked file: `frame` has date, symbol, features (Float64), categories (String).

    Sorted by symbol and date, names in alphabetical order, missing is null. `levels` gives the
    texts of each category in code point order.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    price: str
    universe: str | None
    periods_per_year: float
    report: ImportReport

    @cached_property
    def grid(self) -> Grid:
        """The dense grid of the rows."""
        return Grid.of(self.frame)

    @cached_property
    def fingerprint(self) -> str:
        """64 hex digits of the content: equal for the same rows, however they were stored."""
        grid = self.grid
        return fingerprint(
            grid.dates,
            grid.symbols,
            {name: content_hash(grid.matrix(self.frame[name])) for name in self.features},
            {
                name: (content_hash(grid.codes(self.frame[name], texts)), texts)
                for name, texts in self.levels.items()
            },
            roles=(self.price, self.universe, self.periods_per_year),
        )


class DatasetInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A data set on disk; `sha256` is that of its table, `bytes` the length of all its files."""

    fingerprint: str
    sha256: str
    rows: int
    dates: int
    symbols: int
    first_date: date
    last_date: date
    features: tuple[str, ...]
    categories: tuple[str, ...]
    price: str
    universe: str | None
    periods_per_year: float
    bytes: int
