"""Names of columns and symbols that somebody asks for, found or refused with the nearest ones."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from engine.errors import NotFoundError, nearest, short, shown
from engine.panel import Array, Panel

Value = float | str | None
"""A cell for the wire: the text of a category; missing is None."""


def column_of(panel: Panel, name: str) -> str:
    """`name` itself; NotFoundError unless it is a feature or a category of the panel."""
    return _known(panel, "column", name, (*panel.features, *panel.categories))


def place_of(panel: Panel, symbol: str) -> int:
    """The column of a symbol in the matrices; NotFoundError."""
    return panel.symbols.index(_known(panel, "symbol", symbol, panel.symbols))


def plain_values(panel: Panel, name: str, cells: npt.NDArray[np.generic]) -> tuple[Value, ...]:
    """Cells of one column, one after the other, as they are shown."""
    if name in panel.categories:
        levels = (*panel.categories[name], None)  # code -1 is the last one
        return tuple(levels[code] for code in cells.tolist())
    return plain_numbers(cells.astype(np.float64))


def plain_numbers(values: Array) -> tuple[float | None, ...]:
    """Numbers with None for what is missing."""
    return tuple(None if value != value else value for value in values.tolist())  # noqa: PLR0124  # NaN


def _known(panel: Panel, kind: str, name: str, known: Collection[str]) -> str:
    if name in known:
        return name
    near = nearest(name, known)
    hint = f" Did you mean {' or '.join(map(short, near))}?" if near else ""
    raise NotFoundError(f"The data set {panel.name!r} has no {kind} {shown(name)}.{hint}")
