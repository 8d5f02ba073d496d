"""The two columns every file must have: date and symbol."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing.dates import looks_like_dates
from engine.importing.model import ImportOptions
from engine.importing.numbers import is_number_like
from engine.importing.table import Table

Key = Literal["date", "symbol"]
DATE_NAMES = (
    "date", "datum", "day", "dag", "timestamp", "datetime", "time", "trade_date", "tradedate",
    "trading_date", "as_of", "as_of_date",
)  # fmt: skip
SYMBOL_NAMES = (
    "symbol", "ticker", "instrument", "värdepapper", "vardepapper", "sym", "isin", "asset",
    "security", "ric", "permno",
)  # fmt: skip
_USUAL: dict[Key, tuple[str, ...]] = {"date": DATE_NAMES, "symbol": SYMBOL_NAMES}
_TEXT = (pl.String, pl.Categorical, pl.Enum)


def find_keys(table: Table, options: ImportOptions) -> tuple[str, str]:
    """The names of the date and the symbol column.

    QuestionError when there is none or there are several; DataError for a name that is not there.
    """
    if table.keys is not None:
        return table.keys
    date = find_key(table, "date", options)
    symbol = find_key(table, "symbol", options)
    if date is None:
        raise ask_for(table, "date", options, also=symbol is None)
    if symbol is None:
        raise ask_for(table, "symbol", options)
    if date == symbol:
        raise DataError(f"The column {date!r} of {table.file} cannot be both date and symbol.")
    return date, symbol


def symbol_column(table: Table, column: str) -> pl.Series:
    """The symbols of a column as texts; DataError when it holds none or a cell is empty."""
    cells = table.frame[column]
    usable = isinstance(cells.dtype, _TEXT) or cells.dtype.is_integer()
    if not usable:
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


def fold(name: str) -> str:
    """A column name without the differences of case, spaces and dashes."""
    text = unicodedata.normalize("NFC", name).strip("\ufeff \t\u00a0").casefold()
    return re.sub(r"[\s\-]+", "_", text)


def find_key(table: Table, key: Key, options: ImportOptions) -> str | None:
    """The wanted column, else the one with the first of the usual names; None when there is none.

    QuestionError when several columns have that name but for case and spaces.
    """
    wanted: str | None = getattr(options, key)
    columns = table.frame.columns
    if wanted in columns:
        return wanted
    usual = _USUAL[key] if wanted is None else (fold(wanted),)
    nameless = {name for name, _ in table.refused}
    folded = {each: fold(options.rename.get(each, each)) for each in columns}
    for name in usual:
        found = [each for each in columns if folded[each] == name and each not in nameless]
        if len(found) > 1:
            raise _several(table, key, found)
        if found:
            return found[0]
    if wanted is not None:
        raise DataError(f"{table.file} has no column {wanted!r}; it has {_listed(columns)}.")
    return None


def ask_for(table: Table, key: Key, options: ImportOptions, *, also: bool = False) -> QuestionError:
    """The question which column has the dates, or the symbols; the likely ones come first."""
    columns = table.frame.columns
    if key == "date":
        likely = [name for name in columns if looks_like_dates(table.frame[name])]
    else:
        date = find_key(table, "date", options)
        columns = [name for name in columns if name != date]
        likely = [name for name in columns if _is_text(table.frame[name])]
    hints = "--date COLUMN and --symbol COLUMN" if also else f"--{key} COLUMN"
    rest = "" if key == "date" else _without_symbol(table, columns)
    return QuestionError(
        f"{table.file} has no column for the {'date and the symbol' if also else key}; it has"
        f" {_listed(table.frame.columns)}. Say which it is with {hints}.{rest}",
        key,
        (*likely, *(name for name in columns if name not in likely)),
    )


def _is_text(cells: pl.Series) -> bool:
    if not isinstance(cells.dtype, _TEXT):
        return False
    return not is_number_like(cells.head(200).cast(pl.String))


def _without_symbol(table: Table, columns: list[str]) -> str:
    numeric = [name for name in columns if not _is_text(table.frame[name])]
    wide = ", or with --layout wide that each column is one" if len(numeric) > 1 else ""
    return (
        f" If it is all of one symbol, put it into a folder under the name of that symbol and"
        f" import the folder{wide}."
    )


def _several(table: Table, key: Key, found: list[str]) -> QuestionError:
    return QuestionError(
        f"{table.file} has {len(found)} columns that can be the {key}:"
        f" {', '.join(map(repr, found))}. Say which it is with --{key} COLUMN.",
        key,
        found,
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
