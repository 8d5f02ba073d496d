"""A file as a table, before anything is known about its columns."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError, shown

_INNER = re.compile(r"unwrap|panic|assertion|out-of-spec|::|[{}]")

MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 50_000_000, 10_000, 2_000_000_000


NO_NAME = "it has no name in the header"
PATTERN = "its name begins with ^ and ends with $, as a pattern does; rename it in the file"


def is_pattern(name: str) -> bool:
    """Whether Polars would take the name of a column for a regular expression."""
    return name.startswith("^") and name.endswith("$")


class Table(msgspec.Struct, frozen=True, eq=False):
    """The columns of a file as they stand in it.

    `lines` are the numbers of the rows in a text file or sheet, None where rows are just counted;
    `word` is what they are called. `refused` are columns that cannot be used, with the reason.
    `stacked` are the tables of the files that this one was put together from, one below the other.
    `wide` are the columns that were put below each other to make this table, and `keys` the
    columns of dates and symbols where they are known from how it was made.
    """

    file: str
    frame: pl.DataFrame
    lines: npt.NDArray[np.intp] | None = None
    refused: tuple[tuple[str, str], ...] = ()
    word: Literal["line", "row"] = "line"
    stacked: tuple[Table, ...] = ()
    wide: tuple[str, ...] = ()
    keys: tuple[str, str] | None = None

    def where(self, row: int) -> str:
        """The place of a row, counted from 0, in words."""
        if self.stacked:
            starts = list(accumulate((len(part.frame) for part in self.stacked), initial=0))
            part = bisect(starts, row) - 1
            return f"{self.stacked[part].where(row - starts[part])} of {self.stacked[part].file}"
        if self.wide:
            column, row = divmod(row, len(self.frame) // len(self.wide))
            return f"{self._line(row)}, column {self.wide[column]!r}"
        return self._line(row)

    def _line(self, row: int) -> str:
        return f"row {row + 1}" if self.lines is None else f"{self.word} {self.lines[row]}"

    def examples(self, column: str, wrong: pl.Series) -> str:
        """The first cells where the mask `wrong` is true, with their places."""
        rows = wrong.arg_true().head(3)
        cells = zip(rows, texts_of(self.frame[column].gather(rows)), strict=True)
        return ", ".join(
            f"{'an empty cell' if value is None else shown(value)} in {self.where(row)}"
            for row, value in cells
        )


def texts_of(cells: pl.Series) -> list[str | None]:
    """The cells as Python writes them; as plain numbers where it has no such day or time."""
    try:
        values = cells.to_list()
    except (ValueError, OverflowError, pl.exceptions.PanicException):
        values = cells.to_physical().to_list()
    return [None if value is None else str(value) for value in values]


def check_limits(file: str, rows: int, columns: int, max_bytes: int) -> None:
    """DataError when a table is larger than one that can be held in memory."""
    if columns > MAX_COLUMNS:
        raise DataError(
            f"{file} has {columns:,} columns; at most {MAX_COLUMNS:,} are read. Leave out those"
            " that are not needed."
        )
    if rows > MAX_ROWS or rows * columns > min(max_bytes, MAX_CELLS):
        raise DataError(
            f"{file} holds {rows:,} rows of {columns} columns, more than can be held in"
            " memory. Split it by symbol or date."
        )


@contextmanager
def refusing(file: str) -> Iterator[None]:
    """Turn whatever Polars raises on a bad file into a DataError.

    A panic inside Polars is a BaseException, not an Exception.
    """
    try:
        yield
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        ValueError,
        OverflowError,
        MemoryError,
    ) as error:
        raise DataError(f"{file} cannot be read: {_reason(error)}.") from error


def _reason(error: BaseException) -> str:
    """What Polars says, unless it speaks of its own insides, which differ from time to time."""
    said = str(error).strip().split("\n")[0].rstrip(".")
    inner = isinstance(error, pl.exceptions.PanicException) or _INNER.search(said)
    return "it is damaged" if inner or not said else said[:200]
