"""Rows of dates and symbols: sorted, one of each, and not too many."""

from __future__ import annotations

import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing.columns import Columns
from engine.importing.found import Found
from engine.importing.grid import Grid

MAX_CELLS = 100_000_000  # of one matrix: 10,000 dates of 10,000 symbols
MAX_MATRICES = 1 << 35  # bytes of all matrices
_KEYS = ("date", "symbol")


def arranged(columns: Columns, dates: pl.Series, symbols: pl.Series) -> pl.DataFrame:
    """One frame in the order of the file: date, symbol, features, categories, each by name."""
    names = sorted(columns.features) + sorted(columns.categories)
    values = columns.features | columns.categories
    return pl.DataFrame([dates, symbols, *(values[name] for name in names)])


def without_duplicates(frame: pl.DataFrame, file: str, found: Found) -> pl.DataFrame:
    """The rows sorted by symbol and date, without those that say the same twice.

    QuestionError when rows of one date and symbol differ and nobody said which to keep.
    """
    rows = frame.sort("symbol", "date")
    if not _repeated(rows).any():
        return rows
    rows = frame.unique(maintain_order=True).sort("symbol", "date", maintain_order=True)
    again = _repeated(rows)
    if not again.any():
        return rows
    keep = found.options.duplicates
    listed = _examples(rows, again)
    if keep is None:
        raise QuestionError(
            f"{file} has {again.sum()} rows that repeat a date and symbol with other values:"
            f" {listed}. Keep one row per date and symbol, or say which to keep with"
            " --duplicates first or --duplicates last.",
            "duplicates",
            ("first", "last"),
        )
    found.notes.append(
        f"{again.sum()} rows of {file} that repeat a date and symbol with other values were left"
        f" out, the {keep} of each was kept: {listed}."
    )
    return rows.unique(_KEYS, keep=keep, maintain_order=True)


def check_size(file: str, grid: Grid, columns: int) -> None:
    """DataError when the matrices of all columns cannot be held."""
    dates, symbols = grid.shape
    if dates * symbols > MAX_CELLS or dates * symbols * columns * 8 > MAX_MATRICES:
        raise DataError(
            f"{file} has {dates:,} dates, {symbols:,} symbols and {columns} columns, more than can"
            " be held. Split it, or check that date and symbol are the right columns."
        )


def _examples(rows: pl.DataFrame, again: pl.Series) -> str:
    first = rows.filter(again).select(_KEYS).unique(maintain_order=True).head(3).rows()
    return ", ".join(f"{symbol} on {day}" for day, symbol in first)


def _repeated(frame: pl.DataFrame) -> pl.Series:
    same = [pl.col(key) == pl.col(key).shift() for key in _KEYS]
    return frame.select((same[0] & same[1]).fill_null(value=False)).to_series()
