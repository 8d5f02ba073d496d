"""Rows of a data set as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt

from engine.catalog.lookup import Value, column_of, place_of, plain_values
from engine.errors import ParamError
from engine.panel import Panel

Places = npt.NDArray[np.intp]
MAX_ROWS = 10_000


class SampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One date of one symbol; `values` in the order of the sample's columns."""

    date: date
    symbol: str
    values: tuple[Value, ...]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of all that were asked for; `next` is the offset of the first one after them."""

    columns: tuple[str, ...]
    items: tuple[SampleRow, ...]
    total: int
    next: int | None = None


def sample_rows(
    panel: Panel,
    *,
    symbols: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    columns: Sequence[str] = (),
    offset: int = 0,
    limit: int = 100,
) -> Sample:
    """The rows with a value in any column, by symbol and date, cells as stored: no lag.

    No symbols or columns means all of them; `start` and `end` are included. NotFoundError for an
    unknown name, ParamError for an offset below 0 or a limit outside 1..10,000.
    """
    _check_range(offset, limit)
    names = tuple(column_of(panel, name) for name in columns)
    names = names or (*panel.features, *panel.categories)
    places = sorted({place_of(panel, symbol) for symbol in symbols})
    places = places or list(range(len(panel.symbols)))
    days = _days_between(panel, start, end)
    by_symbol = np.ascontiguousarray(_present(panel)[days, places].T)
    cells = np.flatnonzero(by_symbol)
    which, rows = np.divmod(cells[offset : offset + limit], max(by_symbol.shape[1], 1))
    items = _items(panel, names, rows + days.start, np.array(places)[which])
    more = offset + len(items) < len(cells)
    return Sample(
        columns=names,
        items=items,
        total=len(cells),
        next=offset + len(items) if more and items else None,
    )


def _present(panel: Panel) -> npt.NDArray[np.bool_]:
    """True where a row has any value; kept, since whoever looks at a table turns its pages."""
    if "rows" not in panel.cache:
        some = np.zeros(panel.shape, dtype=bool)
        for name in panel.features:
            some |= ~np.isnan(panel.load(name)[: len(some)])
        for name in panel.categories:
            some |= panel.load(name)[: len(some)] >= 0
        panel.cache["rows"] = some
    present: npt.NDArray[np.bool_] = panel.cache["rows"]
    return present


def _days_between(panel: Panel, start: date | None, end: date | None) -> slice:
    first = 0 if start is None else np.searchsorted(panel.dates, np.datetime64(start, "D"))
    last = np.datetime64(end, "D") if end is not None else panel.dates[-1]
    return slice(int(first), int(np.searchsorted(panel.dates, last, side="right")))


def _items(
    panel: Panel, names: Sequence[str], rows: Places, which: Places
) -> tuple[SampleRow, ...]:
    columns = [plain_values(panel, name, panel.load(name)[rows, which]) for name in names]
    keys = zip(panel.dates[rows].tolist(), which.tolist(), strict=True)
    return tuple(
        SampleRow(date=day, symbol=panel.symbols[place], values=values)
        for (day, place), values in zip(keys, zip(*columns, strict=True), strict=True)
    )


def _check_range(offset: int, limit: int) -> None:
    if offset < 0 or not 1 <= limit <= MAX_ROWS:
        raise ParamError(
            f"Rows from {offset} on, {limit} of them, cannot be shown; choose an offset of 0 or"
            f" more and 1 to {MAX_ROWS:,} rows."
        )
