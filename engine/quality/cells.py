"""Checks of single columns: missing cells, constants, impossible numbers, marks for missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from engine.panel import Array
from engine.quality.found import Found, check, in_cells, several
from engine.quality.model import RowFilter, Severity
from engine.quality.view import Mask, View, cells_where

SPARSE = 0.5  # a column missing on more rows than this is sparse by nature
MANY_MISSING = 0.05  # share of rows from which a market column is incomplete, not faulty
HUGE = 1e15  # beyond it a number no longer has cents; no price or volume comes near
CONSTANT_ROWS = 20
MARKS = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 9999.0, 99999.0, 999999.0)
MARKED = 3  # a value that occurs so often at the very end of a column
APART = 4.0  # times the spread of the other values between them and the mark


@check(
    "missing_cell",
    title="Missing cells",
    severity="info",
    unit="cells",
    rule="a row without a value in a column that the symbol has before and after, or in market data"
    f" with a price: that is a warning up to {MANY_MISSING:.0%} of the rows; columns missing on"
    f" more than {SPARSE:.0%} of the rows are left out",
)
def missing_cells(view: View) -> Iterator[Found]:
    """Rows that are there but for some columns; columns missing together are one finding."""
    total = max(int(view.rows.sum()), 1)
    together: dict[tuple[bool, bytes], tuple[list[str], Mask]] = {}
    for name in view.panel.features:
        holes = view.rows & view.missing[name]
        if name == view.panel.price or not holes.any():
            continue
        market = view.is_market(name)
        inside = holes & (view.known if market else _life(~view.missing[name]))
        if 0 < inside.sum() <= SPARSE * total:
            key = market, hashlib.sha256(inside.data).digest()
            together.setdefault(key, ([], inside))[0].append(name)
    for (market, _), (names, inside) in together.items():
        faulty = market and inside.sum() <= MANY_MISSING * total
        yield from _missing(view, names, inside, "warning" if faulty else None)


def _missing(
    view: View, names: list[str], inside: Mask, severity: Severity | None
) -> Iterator[Found]:
    cells = cells_where(inside)
    dates = len(np.unique(cells[0]))
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    yield from in_cells(
        view,
        cells,
        f"{listed} {'is' if len(names) == 1 else 'are'} missing on"
        f" {several(len(cells[0]), 'row', 'rows')} that have other values, on"
        f" {several(dates, 'date', 'dates')}. Formulas have no value there, and windows none while"
        " they reach over the hole.",
        lambda _: "empty",
        column=names[0] if len(names) == 1 else None,
        columns=(*names, view.panel.price),
        severity=severity,
    )


@check(
    "price_starts_later",
    title="Rows without a price at either end",
    severity="info",
    unit="cells",
    rule="rows of a symbol before its first or after its last price",
)
def rows_without_price(view: View) -> Iterator[Found]:
    """Rows that no backtest can use, such as those before an exchange rate is known."""
    outside = view.rows & ~view.alive & (view.last >= 0)
    cells = cells_where(outside)
    yield from in_cells(
        view,
        cells,
        f"{several(len(cells[0]), 'row lies', 'rows lie')} before the first or after the last"
        f" {view.panel.price} of the symbol and cannot be traded.",
        lambda _: f"{view.panel.price} is empty",
        column=view.panel.price,
    )


def _life(present: Mask) -> Mask:
    """True from the first to the last value of each symbol."""
    some = present.any(axis=0)
    first = np.where(some, present.argmax(axis=0), len(present))
    last = np.where(some, len(present) - 1 - present[::-1].argmax(axis=0), -1)
    rows = np.arange(len(present))[:, None]
    return (rows >= first) & (rows <= last)


@check(
    "constant_column",
    title="Constant columns",
    severity="info",
    unit="cells",
    rule=f"one value in at least {CONSTANT_ROWS} cells",
)
def constant_columns(view: View) -> Iterator[Found]:
    """A column that cannot tell anything apart."""
    for name in view.panel.features:
        low, high = extremes(view, name)
        count = int(view.missing[name].size - view.missing[name].sum())
        if count >= CONSTANT_ROWS and low == high:
            yield Found(
                count=count,
                symbols=int((~view.missing[name]).any(axis=0).sum()),
                message=f"{name} is {low:g} in every cell and orders nothing; a search leaves it"
                " out.",
                column=name,
                rows=RowFilter(columns=(name,)),
            )


@check(
    "huge_value",
    title="Impossibly large numbers",
    severity="error",
    unit="cells",
    rule=f"a size of {HUGE:g} or more",
)
def huge_values(view: View) -> Iterator[Found]:
    """Overflows, and infinities written as large numbers."""
    for name in view.panel.features:
        low, high = extremes(view, name)
        if max(-low, high) < HUGE:
            continue
        values = view.panel.feature(name)
        cells = cells_where(np.abs(values) >= HUGE)
        large = values[cells]
        yield from in_cells(
            view,
            cells,
            f"{name} has {several(len(large), 'value', 'values')} that no market knows: an overflow"
            " or a mark for missing. Make them empty.",
            lambda i, large=large: f"{large[i]:.3g}",  # type: ignore[misc]
            worst=np.abs(large),
            column=name,
            columns=(name,),
        )


@check(
    "placeholder",
    title="Numbers that stand for missing",
    severity="warning",
    unit="cells",
    rule=f"-999, 9999 and the like, at least {MARKED} times as the smallest or largest value of a"
    f" column and more than {APART:g} times the range of the other values away",
)
def placeholders(view: View) -> Iterator[Found]:
    """Missing values that would be computed with."""
    for name in view.panel.features:
        for mark in {*extremes(view, name)} & {*MARKS}:
            yield from _marked(view, name, mark)


def _marked(view: View, name: str, mark: float) -> Iterator[Found]:
    values = view.panel.feature(name)
    cells = cells_where(values == mark)
    others = values[~view.missing[name] & (values != mark)]
    if len(cells[0]) < MARKED or not len(others) or not _apart(others, mark):
        return
    yield from in_cells(
        view,
        cells,
        f"{name} is {mark:g} on {several(len(cells[0]), 'row', 'rows')}, far from every other"
        " value: probably a mark for missing. Make these cells empty.",
        lambda _: f"{name} {mark:g}",
        column=name,
        columns=(name,),
    )


def _apart(others: Array, mark: float) -> bool:
    low, high = float(others.min()), float(others.max())
    return min(abs(mark - low), abs(mark - high)) > APART * (high - low)


def extremes(view: View, name: str) -> tuple[float, float]:
    """Smallest and largest value of a feature; NaN where it has none."""
    return view.once("extremes", _extremes)[name]


def _extremes(view: View) -> dict[str, tuple[float, float]]:
    features = {name: view.panel.feature(name) for name in view.panel.features}
    return {
        name: (float(np.fmin.reduce(each, axis=None)), float(np.fmax.reduce(each, axis=None)))
        for name, each in features.items()
    }
