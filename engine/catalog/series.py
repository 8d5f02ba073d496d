"""One column of one symbol over time."""

from __future__ import annotations

from datetime import date

import msgspec

from engine.catalog.lookup import Value, column_of, place_of, plain_values
from engine.panel import Panel


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """A value per date of the panel, None where it is missing; of a category the text."""

    column: str
    symbol: str
    dates: tuple[date, ...]
    values: tuple[Value, ...]


def series(panel: Panel, column: str, symbol: str) -> Series:
    """What was known of a symbol on each date: publication lag applied. NotFoundError."""
    name, place = column_of(panel, column), place_of(panel, symbol)
    matrix = panel.codes(name) if name in panel.categories else panel.feature(name)
    return Series(
        column=name,
        symbol=symbol,
        dates=tuple(panel.dates.tolist()),
        values=plain_values(panel, name, matrix[:, place]),
    )
