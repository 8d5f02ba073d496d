"""Columns of dates: days as they are written, never shifted by a time zone."""

from __future__ import annotations

import datetime as dt

import msgspec
import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing.dateforms import YEAR_ONE, Order, day_of, shape_of
from engine.importing.table import Table

_ORDERS: tuple[Order, ...] = ("dmy", "mdy")
_TEXT = (pl.String, pl.Categorical, pl.Enum)
_HINT = "write them as 2019-07-31 or say which column has the dates with --date."


class Days(msgspec.Struct, frozen=True, eq=False):
    """The days of a column, what should be known of them, and the order found in the texts."""

    days: pl.Series
    notes: tuple[str, ...] = ()
    order: Order | None = None


def date_column(table: Table, column: str, order: Order | None) -> Days:
    """The days of a column and what should be known about them.

    DataError when a cell is empty or is no date; QuestionError when day and month cannot be told
    apart.
    """
    cells = table.frame[column]
    found = _read(table, column, cells, order)
    # Polars counts days far beyond the calendar
    wrong = found.days.is_null() | ~found.days.is_between(dt.date.min, dt.date.max)
    if wrong.any():
        raise DataError(
            f"{wrong.sum()} cells of the column {column!r} of {table.file} are no dates:"
            f" {table.examples(column, wrong)}. Correct or remove those rows."
        )
    return msgspec.structs.replace(found, days=found.days.rename("date"))


def looks_like_dates(cells: pl.Series) -> bool:
    """Whether the first cells of a column are written like dates."""
    if isinstance(cells.dtype, (pl.Date, pl.Datetime)):
        return True
    if not (isinstance(cells.dtype, _TEXT) or cells.dtype.is_integer()):
        return False
    texts = cells.head(100).drop_nulls().cast(pl.String)
    shapes = {shape_of(text) for text in texts}
    return bool(shapes) and shapes <= {
        "year first", "digits only", "year last", "short year", "month by name",
        "month by name first",
    }  # fmt: skip


def _read(table: Table, column: str, cells: pl.Series, order: Order | None) -> Days:
    kind = cells.dtype
    if kind == pl.Date:
        return Days(cells)
    if isinstance(kind, pl.Datetime):
        return Days(_days_of(cells, kind))
    if kind.is_integer() or isinstance(kind, _TEXT):
        return _from_text(table, column, cells.cast(pl.String), order)
    if kind.is_numeric() and (whole := _whole(cells)) is not None:
        return _from_text(table, column, whole.cast(pl.String), order)
    raise DataError(
        f"The column {column!r} of {table.file} holds {kind}, not dates;"
        " say which column has the dates with --date."
    )


def _whole(cells: pl.Series) -> pl.Series | None:
    """Numbers such as 20190731.0 without their decimals, None when they have any."""
    numbers = cells.cast(pl.Float64)
    within = (numbers == numbers.round()) & (numbers.abs() < 1e15)
    return numbers.cast(pl.Int64) if within.all() else None


def _days_of(cells: pl.Series, kind: pl.Datetime) -> pl.Series:
    # Midnight names the day in the zone it is midnight in: the column's own, or else UTC.
    local = cells.dt.replace_time_zone(None) if kind.time_zone else cells
    universal = cells.dt.convert_time_zone("UTC") if kind.time_zone else cells
    if not _midnights(local) and _midnights(universal):
        return universal.dt.date()
    return local.dt.date()


def _midnights(cells: pl.Series) -> bool:
    return bool((cells.dt.time() == dt.time()).all())


def _from_text(table: Table, column: str, cells: pl.Series, order: Order | None) -> Days:
    texts = [text for text in cells.unique(maintain_order=True) if text is not None]
    shape = _shape_of(texts, table, column)
    if shape == "year last":
        order = order or _order_of(texts, table, column)
    elif shape in _REFUSED:
        raise DataError(_REFUSED[shape].format(_first(table, column, texts, shape)))
    days = {text: day_of(text, shape, order or "dmy") for text in texts}
    series = cells.replace_strict(days, default=None, return_dtype=pl.Date)
    if shape != "day number":
        return Days(series, order=order if shape == "year last" else None)
    note = (
        f"The dates in {column!r} are day numbers; they were read as Excel writes them, from"
        f" {series.min()!s} to {series.max()!s}."
    )
    return Days(series, (note,))


_REFUSED = {
    "short year": (
        "{} writes years with two digits, which can be of any century. Write them with four, as in"
        " 2019-07-31."
    ),
    "time number": (
        "{} looks like a count of seconds or milliseconds, not a date. Write the days as"
        " 2019-07-31 or say which column has the dates with --date."
    ),
}


def _first(table: Table, column: str, texts: list[str], shape: str) -> str:
    text = next(text for text in texts if shape_of(text) == shape)
    return f"The column {column!r} of {table.file}, as in {_placed(table, column, text)},"


def _placed(table: Table, column: str, text: str) -> str:
    cells = table.frame[column]
    row = (_texts(cells) == text).arg_max() or 0
    return f"{text!r} in {table.where(row)}"


def _texts(cells: pl.Series) -> pl.Series:
    whole = _whole(cells) if cells.dtype.is_float() or cells.dtype.is_decimal() else None
    return (cells if whole is None else whole).cast(pl.String)


def _shape_of(texts: list[str], table: Table, column: str) -> str:
    found: dict[str, str] = {}
    for text in texts:
        shape = shape_of(text)
        if shape:
            found.setdefault(shape, text)
    if "year first" in found and YEAR_ONE.fullmatch(found.get("short year", "").strip()):
        del found["short year"]
    if not found:
        raise DataError(
            f"The column {column!r} of {table.file} holds no dates, for example"
            f" {min(texts, default='an empty cell')!r}; {_HINT}"
        )
    if len(found) > 1:
        examples = ", ".join(_placed(table, column, text) for text in found.values())
        raise DataError(
            f"The column {column!r} of {table.file} writes dates in {len(found)} ways, for example"
            f" {examples}. Write them all as 2019-07-31."
        )
    return next(iter(found))


def _order_of(texts: list[str], table: Table, column: str) -> Order:
    """The order that leaves fewer texts without a day."""
    readings = {
        order: {text: day_of(text, "year last", order) for text in texts} for order in _ORDERS
    }
    bad = {order: sum(day is None for day in days.values()) for order, days in readings.items()}
    dmy, mdy = readings.values()
    only = [
        next((text for text, day in one.items() if day and not other[text]), None)
        for one, other in ((dmy, mdy), (mdy, dmy))
    ]
    if only[0] is not None and only[1] is not None:
        raise DataError(
            f"The column {column!r} of {table.file} writes some dates day first and some month"
            f" first: {_placed(table, column, only[0])}, {_placed(table, column, only[1])}. Write"
            " them all as 2019-07-31."
        )
    if bad["dmy"] == bad["mdy"] and dmy != mdy:
        text = min(text for text, day in dmy.items() if day != mdy[text])
        raise QuestionError(
            f"The dates in the column {column!r} of {table.file} can be read day first or month"
            f" first, for example {_placed(table, column, text)}; say which with --date-order dmy"
            " or --date-order mdy.",
            "date_order",
            _ORDERS,
            column,
        )
    return min(_ORDERS, key=lambda order: bad[order])
