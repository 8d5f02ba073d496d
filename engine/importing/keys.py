"""The two columns every file must have: date and symbol."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import polars as pl

from engine.errors import DataError
from engine.importing.model import ImportOptions
from engine.importing.numbers import plain_numbers
from engine.importing.table import Table

DATE_NAMES = (
    "date", "datum", "day", "dag", "timestamp", "datetime", "time", "trade_date", "tradedate",
    "trading_date", "as_of", "as_of_date",
)  # fmt: skip
SYMBOL_NAMES = (
    "symbol", "ticker", "instrument", "värdepapper", "vardepapper", "sym", "isin", "asset",
    "security", "ric", "permno",
)  # fmt: skip
_PRICES = frozenset({"open", "high", "low", "close", "adj_close", "volume"})
_VALUE = re.compile(r"[+-]?\d+([.,]\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


def find_keys(table: Table, options: ImportOptions) -> tuple[str, str]:
    """The names of the date and the symbol column; DataError says how to name them."""
    date = find_key(table, options.date, DATE_NAMES)
    symbol = find_key(table, options.symbol, SYMBOL_NAMES)
    if date is None or symbol is None:
        raise DataError(_why_not(table, date, symbol))
    if date == symbol:
        raise DataError(f"The column {date!r} of {table.file} cannot be both date and symbol.")
    return date, symbol


def symbol_column(table: Table, column: str) -> pl.Series:
    """The symbols of a column as texts; DataError when it holds none or a cell is empty."""
    cells = table.frame[column]
    if cells.dtype.is_float() or cells.dtype.is_temporal() or cells.dtype == pl.Boolean:
        raise DataError(
            f"The column {column!r} of {table.file} holds {cells.dtype}, not symbols;"
            " say which column has the symbols with --symbol."
        )
    texts = cells.cast(pl.String)
    wrong = texts.is_null() | (texts.str.strip_chars() == "")
    if wrong.any():
        raise DataError(
            f"{wrong.sum()} rows of {table.file} have no symbol in the column {column!r}:"
            f" {table.examples(column, wrong)}. Correct or remove those rows."
        )
    return texts.rename("symbol")


def check_header(names: Sequence[str], file: str) -> None:
    """DataError when most names of the first line are dates and numbers, so it is data."""
    values = [name for name in names if _VALUE.fullmatch(name)]
    if len(values) * 2 > len(names):
        raise DataError(
            f"The first line of {file} is no header: it starts with {names[0]!r}."
            " Add a line with the names of the columns, such as date,symbol,close."
        )


def fold(name: str) -> str:
    """A column name without the differences of case, spaces and dashes."""
    text = unicodedata.normalize("NFC", name).strip("\ufeff \t\u00a0").casefold()
    return re.sub(r"[\s\-]+", "_", text)


def find_key(table: Table, wanted: str | None, usual: tuple[str, ...]) -> str | None:
    """The wanted column, else the first of the usual names; None when there is none of them."""
    columns = table.frame.columns
    if wanted is not None:
        if wanted in columns:
            return wanted
        usual = (fold(wanted),)
    folded = {fold(name): name for name in reversed(columns)}
    found = next((folded[name] for name in usual if name in folded), None)
    if wanted is not None and found is None:
        raise DataError(f"{table.file} has no column {wanted!r}; it has {_listed(columns)}.")
    return found


def _why_not(table: Table, date: str | None, symbol: str | None) -> str:
    columns = table.frame.columns
    if date is not None and symbol is None and _is_wide(table, date):
        return (
            f"{table.file} looks wide, with one column per symbol ({_listed(columns[1:4])});"
            " Kvant reads one row per date and symbol. Turn it into rows of date,symbol,close."
        )
    needs = [name for name, found in (("date", date), ("symbol", symbol)) if found is None]
    hints = " and ".join(f"--{name} COLUMN" for name in needs)
    return (
        f"{table.file} has no column for the {' and the '.join(needs)}; it has"
        f" {_listed(columns)}. Say which it is with {hints}."
    )


def _is_wide(table: Table, date: str) -> bool:
    others = [name for name in table.frame.columns if name != date]
    if len(others) < 2 or _PRICES & {fold(name) for name in others}:
        return False
    return all(_is_number(table.frame[name]) for name in others)


def _is_number(cells: pl.Series) -> bool:
    if cells.dtype == pl.String:
        return not plain_numbers(cells).wrong.any()
    return cells.dtype.is_numeric()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
