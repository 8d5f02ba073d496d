"""Files with one column per symbol, turned into one row per date and symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
import numpy as np
import polars as pl

from engine.errors import DataError, ParamError, QuestionError
from engine.importing.dates import looks_like_dates
from engine.importing.found import Found
from engine.importing.keys import ask_for, find_key, fold
from engine.importing.model import ImportOptions
from engine.importing.numbers import MISSING, is_number_like
from engine.importing.table import MAX_ROWS, Table, is_pattern

VALUE = "close"
_PRICES = frozenset(
    {
        "open",
        "high",
        "close",
        "adj_close",
        "adjusted_close",
        "volume",
        "price",
        "last_price",
        "vwap",
    }
)
_IN_CURRENCY = re.compile(r"[ohlc]_[a-z]{3}(_adj)?")
_INDEX = "__index_level_"


def as_long(table: Table, found: Found) -> Table:
    """The table with one row per date and symbol.

    QuestionError when it looks as if it had one column per symbol and nobody said so.
    """
    options = found.options
    if options.layout == "long":
        return table
    if options.layout is None:
        if not _looks_wide(table, options):
            return table
        found.layout = "wide"
        raise _question(table, options)
    found.layout = "wide"
    date = _date_column(table, options)
    found.learn(date=date, value=VALUE)
    found.keys = (date, "symbol")
    return _stacked(table, date, found)


def _looks_wide(table: Table, options: ImportOptions) -> bool:
    if find_key(table, "symbol", options) is not None:
        return False
    others = _others(table, find_key(table, "date", options), options)
    names = [fold(name) for name in others]
    prices = [name for name in names if name in _PRICES or _IN_CURRENCY.fullmatch(name)]
    if len(others) < 2 or len(prices) * 10 > len(others):
        return False
    return all(_is_number(table.frame[name].head(200)) for name in others)


def _others(table: Table, date: str | None, options: ImportOptions) -> list[str]:
    nameless = {name for name, _ in table.refused}
    columns = [name for name in table.frame.columns if name not in {date, *options.ignore}]
    if date is None:
        columns = columns[1:]  # the dates of a wide file stand first, whatever they are called
        nameless -= {table.frame.columns[0]}
    return [name for name in columns if name not in nameless and not name.startswith(_INDEX)]


def _is_number(cells: pl.Series) -> bool:
    if cells.dtype == pl.String:
        return is_number_like(cells)
    return cells.dtype.is_numeric() or cells.dtype == pl.Null


def _question(table: Table, options: ImportOptions) -> QuestionError:
    others = _others(table, find_key(table, "date", options), options)
    return QuestionError(
        f"{table.file} looks wide, with one column per symbol ({_listed(others)}). Say so with"
        " --layout wide (and what its cells are with --value, close unless said), or turn it into"
        " rows of date,symbol,close.",
        "layout",
        ("wide", "long"),
    )


def _date_column(table: Table, options: ImportOptions) -> str:
    date = find_key(table, "date", options)
    first = table.frame.columns[0]
    if date is None and dict(table.refused).get(first) and looks_like_dates(table.frame[first]):
        return first  # the index of a pandas frame has no name
    if date is None:
        raise ask_for(table, "date", options)
    return date


def _stacked(table: Table, date: str, found: Found) -> Table:
    """The columns of the symbols below each other."""
    value = VALUE if found.options.value is None else found.options.value
    if value in {"date", "symbol"} or not value.strip() or is_pattern(value):
        raise ParamError(
            f"The cells of a wide file cannot be called {value!r}; choose another name."
        )
    symbols, refused = _symbols(table, date, found.options)
    names = [found.options.rename.get(symbol, symbol) for symbol in symbols]
    twice = (
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    )
    if twice:
        raise DataError(f"Two columns of {table.file} would be the symbol {min(twice)!r}.")
    _check_size(table, symbols)
    found.notes.append(
        f"{table.file} has one column per symbol: {len(names)} columns, {_listed(names)}, were read"
        f" as the {value!r} of a symbol each."
    )
    frame = table.frame
    cells = pl.concat(_alike([frame[symbol] for symbol in symbols])).rename(value)
    rows = len(frame)
    days = pl.concat([frame[date]] * len(symbols)) if rows else frame[date]
    codes = pl.Series(np.repeat(np.arange(len(names), dtype=np.uint32), rows))
    texts = pl.Series("symbol", names, pl.String).gather(codes)
    return msgspec.structs.replace(
        table,
        frame=pl.DataFrame([days.rename("date"), texts, cells]),
        refused=refused,
        wide=tuple(symbols),
        keys=("date", "symbol"),
    )


def _symbols(
    table: Table, date: str, options: ImportOptions
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The columns that are symbols; the others with the reason why they are not."""
    refused = [(name, reason) for name, reason in table.refused if name != date]
    left_out = {name for name, _ in refused}
    symbols: list[str] = []
    for name in table.frame.columns:
        if name == date or name in left_out:
            continue
        if name in options.ignore:
            refused.append((name, "ignored by setting"))
        elif name.startswith(_INDEX):
            refused.append((name, "it is the row number pandas left in the file"))
        elif _holds_numbers(table.frame[name]):
            symbols.append(name)
        else:
            refused.append((name, "it holds no numbers, so it is no column of a symbol"))
    if not symbols:
        raise DataError(f"{table.file} has no column of numbers that could be a symbol.")
    return symbols, tuple(refused)


def _holds_numbers(cells: pl.Series) -> bool:
    """Whether there is a number in a column, or something written like one."""
    if cells.dtype == pl.String:
        texts = cells.drop_nulls()
        empty = texts.str.strip_chars().str.to_lowercase().is_in(list(MISSING))
        return bool((texts.str.contains("[0-9]") & ~empty).any())
    return cells.dtype.is_numeric() and cells.null_count() < len(cells)


def _alike(columns: list[pl.Series]) -> list[pl.Series]:
    """Columns of one type: texts as soon as one is text, else floats when they differ."""
    kinds = {cells.dtype for cells in columns}
    if len(kinds) == 1:
        return [cells.alias("") for cells in columns]
    kind = pl.String if pl.String in kinds else pl.Float64
    return [cells.cast(kind).alias("") for cells in columns]


def _check_size(table: Table, symbols: list[str]) -> None:
    rows = len(table.frame) * len(symbols)
    if rows > MAX_ROWS:
        raise DataError(
            f"{table.file} has {len(table.frame):,} rows of {len(symbols):,} symbols, more than can"
            " be held in memory. Split it by symbol or date."
        )


def _listed(names: Iterable[str]) -> str:
    some = list(names)
    return ", ".join(some[:3]) + (", ..." if len(some) > 3 else "")
