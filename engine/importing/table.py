"""A file as a table, before anything is known about its columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError

PARQUET_MAGIC = b"PAR1"


class Table(msgspec.Struct, frozen=True, eq=False):
    """The columns of a file as they stand in it.

    `lines` are the line numbers of the rows in a text file, None in other files.
    `refused` are columns that could not even be read, with the reason.
    """

    file: str
    frame: pl.DataFrame
    lines: npt.NDArray[np.intp] | None = None
    refused: tuple[tuple[str, str], ...] = ()

    def where(self, row: int) -> str:
        """The place of a row, counted from 0, in words."""
        return f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"

    def examples(self, column: str, wrong: pl.Series) -> str:
        """The first cells where the mask `wrong` is true, with their places."""
        cells = zip(wrong.arg_true().head(3), self.frame[column].filter(wrong), strict=False)
        return ", ".join(
            f"{'an empty cell' if value is None else repr(str(value))} in {self.where(row)}"
            for row, value in cells
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
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise DataError(f"{file} cannot be read: {reason}.") from error


def read_parquet(data: bytes, file: str, max_bytes: int) -> Table:
    """The flat columns of a Parquet file; nested ones are refused by name.

    DataError when the file is damaged or would expand beyond eight times `max_bytes`.
    """
    if data[:4] != PARQUET_MAGIC:
        raise DataError(f"{file} is not a Parquet file; export it again or correct its name.")
    with refusing(file):
        schema = pl.read_parquet_schema(io.BytesIO(data))
        rows = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect(engine="in-memory").item()
    if rows * len(schema) > max_bytes:
        raise DataError(
            f"{file} holds {rows:,} rows of {len(schema)} columns, more than can be held in"
            " memory. Split it by symbol or date."
        )
    flat = [name for name, kind in schema.items() if not kind.is_nested()]
    nested = [
        (name, f"it holds a {kind.base_type()} in each row, not one value")
        for name, kind in schema.items()
        if kind.is_nested()
    ]
    with refusing(file):
        frame = pl.read_parquet(io.BytesIO(data), columns=flat)
    return Table(file, frame, refused=tuple(nested))
