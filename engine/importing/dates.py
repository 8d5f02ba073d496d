"""Columns of dates: days as they are written, never shifted by a time zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from engine.errors import DataError
from engine.importing.table import Table

Order = str | None
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
# "1-01-01" is how some programs write the year 1; a year of two digits is not guessed.
_YEAR_FIRST = re.compile(rf"(\d|\d{{3,4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_COMPACT = re.compile(rf"(\d{{4}})(\d\d)(\d\d){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ ,-]+(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_RANGE = range(30_000, 80_000)  # 1982 to 2119; days since 1970 would be below it
_SHAPES = {
    "year first": _YEAR_FIRST,
    "digits only": _COMPACT,
    "year last": _YEAR_LAST,
    "month by name": _NAMED,
    "day number": _SERIAL,
}
Days = dict[str, dt.date | None]
Notes = tuple[str, ...]
NO_NOTES: Notes = ()


def date_column(table: Table, column: str, order: Order) -> tuple[pl.Series, Notes]:
    """The days of a column and what should be known about them.

    DataError when a cell is empty, is no date, or when day and month cannot be told apart.
    """
    cells = table.frame[column]
    kind = cells.dtype
    if kind == pl.Date:
        days, notes = cells, NO_NOTES
    elif isinstance(kind, pl.Datetime):
        days, notes = _days_of(cells, kind), NO_NOTES
    elif kind.is_integer() or isinstance(kind, (pl.String, pl.Categorical, pl.Enum)):
        days, notes = _from_text(table, column, cells.cast(pl.String), order)
    else:
        raise DataError(
            f"The column {column!r} of {table.file} holds {kind}, not dates;"
            " say which column has the dates with --date."
        )
    wrong = days.is_null()
    if wrong.any():
        raise DataError(
            f"{wrong.sum()} cells of the column {column!r} of {table.file} are no dates:"
            f" {table.examples(column, wrong)}. Correct or remove those rows."
        )
    return days.rename("date"), notes


def _days_of(cells: pl.Series, kind: pl.Datetime) -> pl.Series:
    # Midnight names the day in the zone it is midnight in: the column's own, or else UTC.
    local = cells.dt.replace_time_zone(None) if kind.time_zone else cells
    universal = cells.dt.convert_time_zone("UTC") if kind.time_zone else cells
    if not _midnights(local) and _midnights(universal):
        return universal.dt.date()
    return local.dt.date()


def _midnights(cells: pl.Series) -> bool:
    return bool((cells.dt.time() == dt.time()).all())


def _from_text(
    table: Table, column: str, cells: pl.Series, order: Order
) -> tuple[pl.Series, Notes]:
    texts = [text for text in cells.unique(maintain_order=True) if text is not None]
    shape = _shape_of(texts, table, column)
    if shape == "year last":
        days = _year_last(texts, table, column, order)
    else:
        days = {text: _READERS[shape](text.strip()) for text in texts}
    series = cells.replace_strict(days, default=None, return_dtype=pl.Date)
    if shape != "day number":
        return series, NO_NOTES
    note = (
        f"The dates in {column!r} are day numbers; they were read as Excel writes them, from"
        f" {series.min()!s} to {series.max()!s}."
    )
    return series, (note,)


def _shape_of(texts: list[str], table: Table, column: str) -> str:
    found: dict[str, str] = {}
    for text in texts:
        for shape, pattern in _SHAPES.items():
            if pattern.fullmatch(text.strip()):
                found.setdefault(shape, text)
                break
    if not found:
        raise DataError(
            f"The column {column!r} of {table.file} holds no dates, for example"
            f" {min(texts, default='an empty cell')!r}; write them as 2019-07-31 or say which"
            " column has the dates with --date."
        )
    if len(found) > 1:
        cells = table.frame[column].cast(pl.String)
        rows = {text: (cells == text).arg_max() or 0 for text in found.values()}
        examples = ", ".join(f"{text!r} in {table.where(row)}" for text, row in rows.items())
        raise DataError(
            f"The column {column!r} of {table.file} writes dates in {len(found)} ways, for example"
            f" {examples}. Write them all as 2019-07-31."
        )
    return next(iter(found))


def _year_last(texts: Iterable[str], table: Table, column: str, order: Order) -> Days:
    readings = {
        "dmy": {text: _day(text, 3, 2, 1) for text in texts},
        "mdy": {text: _day(text, 3, 1, 2) for text in texts},
    }
    if order:
        return readings[order]
    bad = {name: sum(day is None for day in days.values()) for name, days in readings.items()}
    if bad["dmy"] == bad["mdy"] and readings["dmy"] != readings["mdy"]:
        text = min(text for text, day in readings["dmy"].items() if day != readings["mdy"][text])
        raise DataError(
            f"The dates in the column {column!r} of {table.file} can be read day first or month"
            f" first, for example {text!r}; say which with --date-order dmy or --date-order mdy."
        )
    return readings[min(bad, key=lambda name: bad[name])]


def _day(text: str, year: int, month: int, day: int) -> dt.date | None:
    match = _YEAR_LAST.fullmatch(text.strip())
    if match is None:
        return None
    parts = (match[1], match[3], match[4])
    return _date(parts[year - 1], parts[month - 1], parts[day - 1])


def _date(year: str, month: str | int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year_first(text: str) -> dt.date | None:
    match = _YEAR_FIRST.fullmatch(text)
    return match and _date(match[1], match[3], match[4])


def _compact(text: str) -> dt.date | None:
    match = _COMPACT.fullmatch(text)
    return match and _date(match[1], match[2], match[3])


def _named(text: str) -> dt.date | None:
    match = _NAMED.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    return _date(match[3], _MONTHS.index(match[2].lower()) + 1, match[1])


def _serial(text: str) -> dt.date | None:
    match = _SERIAL.fullmatch(text)
    if match is None or int(match[1]) not in _EXCEL_RANGE:
        return None
    return _EXCEL_EPOCH + dt.timedelta(days=int(match[1]))


_READERS: Mapping[str, Callable[[str], dt.date | None]] = {
    "year first": _year_first,
    "digits only": _compact,
    "month by name": _named,
    "day number": _serial,
}
