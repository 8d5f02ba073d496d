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


Derived = Literal["returns", "vwap", "adv20", "c_sek"]
"""Standard columns that can be computed from others and kept as columns of their own."""


class ImportOptions(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Answers to what a file does not say itself; None means find out or refuse.

    Columns are named as in the file; `rename` says what they are called in the data set.
    layout: "wide" for one column per symbol, whose cells are the column `value` (default close).
    header: False when the first line is data; the columns are then "column 1", "column 2", ...
    sheet: of a workbook. duplicates: which of several rows of one date and symbol to keep.
    derive: standard columns to be computed and kept. currency: the category with the currency of
    the prices, for `c_sek`. costs: the path of a file of trading costs by symbol, or by date and
    symbol. base_currency: that of all prices of a curated folder, three letters, SEK unless given.
    """

    date: str | None = None
    symbol: str | None = None
    price: str | None = None
    universe: str | None = None
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rename: dict[str, str] = {}
    layout: Literal["long", "wide"] | None = None
    value: str | None = None
    header: bool | None = None
    sheet: str | None = None
    encoding: Literal["utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"] | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    duplicates: Literal["first", "last"] | None = None
    derive: tuple[Derived, ...] = ()
    currency: str | None = None
    base_currency: str | None = None
    periods_per_year: float = 252
    costs: str | None = None
    max_bytes: int = 2 * GIB


class Refused(msgspec.Struct, frozen=True):
    """A column that cannot be used, and why."""

    column: str
    reason: str


class FileNote(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file of several; `file` is relative to their folder, with "/"."""

    file: str
    used: bool
    rows: int = 0
    reason: str | None = None


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file. `rows` counts distinct (date, symbol) rows.

    warnings: what should be looked at. notes: what the columns can be used for. derived: how each
    computed column was computed, by name. files: what became of each file of a folder.
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
    derived: dict[str, str] = {}
    files: tuple[FileNote, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a file does not say: the field of `ImportOptions` that answers it, and the answers."""

    option: str
    message: str
    choices: tuple[str, ...] = ()
    column: str | None = None


Role = Literal[
    "date", "symbol", "price", "feature", "category", "universe",
    "commission_bps", "half_spread_bps", "impact_bps", "ignore", "refused",
]  # fmt: skip


class ColumnPreview(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a file: `becomes` is its name in the data set, `role` what it is used as.

    examples: its first cells as they stand in the file. reason: why it is refused or ignored.
    """

    name: str
    becomes: str
    role: Role
    kind: Literal["number", "text", "date", "truth", "nested", "empty"]
    examples: tuple[str | None, ...] = ()
    missing: int = 0
    reason: str | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do; nothing was written.

    format: CSV, Parquet, ... details: encoding, separator and the like, as sentences. sample: the
    first rows, cells in the order of `columns`. question: what is to be answered first; problem:
    why there is no import even so; report: what the import would report, when neither is there.
    options: those given, with everything found out filled in. derivable: what `derive` may name.
    """

    file: str
    format: str
    bytes: int
    details: tuple[str, ...] = ()
    layout: Literal["long", "wide"] = "long"
    rows: int = 0
    columns: tuple[ColumnPreview, ...] = ()
    sample: tuple[tuple[str | None, ...], ...] = ()
    sheets: tuple[str, ...] = ()
    derivable: tuple[str, ...] = ()
    question: Question | None = None
    problem: str | None = None
    report: ImportReport | None = None
    options: ImportOptions


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
