"""Checks of single prices and volumes: sign, order of low and high, what was traded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.panel import Array
from engine.panel.market import columns_for, standard_name
from engine.quality.found import Cells, Found, check, in_cells, several
from engine.quality.view import Mask, View, cells_where

TOLERANCE = 1e-3  # of the price: adjusted and converted prices are rounded
MIXED = 0.05  # share of days outside from which high and low are simply other prices than close


@check(
    "zero_price",
    title="Prices of zero",
    severity="warning",
    unit="cells",
    rule="a price of exactly 0",
)
def zero_prices(view: View) -> Iterator[Found]:
    """Usually a missing price that was written as a number."""
    cells = cells_where(view.price == 0)
    yield from in_cells(
        view,
        cells,
        f"{several(len(cells[0]), 'price is', 'prices are')} zero, which usually stands for a"
        " missing one. They earn no return here; make them empty in the file.",
        lambda _: "price 0",
        column=view.panel.price,
        columns=(view.panel.price,),
        around=2,
    )


@check(
    "negative_price",
    title="Negative prices",
    severity="warning",
    unit="cells",
    rule="a price below 0",
)
def negative_prices(view: View) -> Iterator[Found]:
    """Impossible for shares; futures, spreads and rates do it."""
    cells = cells_where(view.price < 0)
    values = view.price[cells]
    yield from in_cells(
        view,
        cells,
        f"{several(len(values), 'price is', 'prices are')} below zero. No share can be; a future,"
        " a spread or a rate can, but it has no return in percent, so that these dates earn"
        " nothing here.",
        lambda i: f"price {values[i]:g}",
        worst=-values,
        column=view.panel.price,
        columns=(view.panel.price,),
        around=2,
    )


@check(
    "high_below_low",
    title="High below low",
    severity="error",
    unit="cells",
    rule="high < low, whatever the difference",
)
def high_below_low(view: View) -> Iterator[Found]:
    """Wrong in any market."""
    high, low = view.column("high"), view.column("low")
    if high is None or low is None:
        return
    cells = cells_where(high < low)
    yield from in_cells(
        view,
        cells,
        f"The highest price is below the lowest on {several(len(cells[0]), 'row', 'rows')}: one of"
        " both is wrong, or the columns are exchanged.",
        lambda i: f"high {high[cells][i]:g}, low {low[cells][i]:g}",
        worst=_relative(low[cells] - high[cells], high[cells], low[cells]),
        columns=_names(view),
    )


@check(
    "outside_range",
    title="Outside of high and low",
    severity="error",
    unit="cells",
    rule=f"open or close more than {TOLERANCE:.1%} above high or below low; one warning instead"
    f" when that is so on more than {MIXED:.0%} of the rows: prices adjusted in different ways",
)
def outside_range(view: View) -> Iterator[Found]:
    """Open and close are among the prices of the day."""
    high, low = view.column("high"), view.column("low")
    if high is None or low is None:
        return
    for name in ("open", "close"):
        values = close_of(view) if name == "close" else view.column("open")
        if values is None:
            continue
        outside = beyond(values, high, low)
        share = outside.sum() / max((~np.isnan(values)).sum(), 1)
        yield from _outside(view, name, cells_where(outside), mixed=bool(share > MIXED))


def _outside(view: View, name: str, cells: Cells, *, mixed: bool) -> Iterator[Found]:
    values = close_of(view) if name == "close" else view.column(name)
    high, low = view.column("high"), view.column("low")
    if values is None or high is None or low is None:
        return
    v, h, l = values[cells], high[cells], low[cells]  # noqa: E741 - high, low
    reason = (
        "on so many rows that the columns seem to be prices of different kinds, such as one"
        " adjusted for dividends and the other not; do not compare them with each other."
        if mixed
        else "so that one of the three is wrong: a bad print."
    )
    yield from in_cells(
        view,
        cells,
        f"The {name} price is not between low and high on {several(len(v), 'row', 'rows')},"
        f" {reason}",
        lambda i: f"{name} {v[i]:g}, low {l[i]:g}, high {h[i]:g}",
        worst=_relative(np.maximum(v - h, l - v), h, l),
        column=view.column_name(name),
        columns=_names(view),
        severity="warning" if mixed else None,
    )


def _relative(distance: Array, high: Array, low: Array) -> Array:
    """A distance as a share of the larger price, itself where both are 0."""
    size = np.maximum(np.abs(high), np.abs(low))
    return np.divide(distance, size, out=distance.copy(), where=size > 0)


def beyond(values: Array, high: Array, low: Array) -> Mask:
    """True where a price is above the high or below the low of its day, beyond rounding."""
    above: Mask = values > high + TOLERANCE * np.abs(high)
    below: Mask = values < low - TOLERANCE * np.abs(low)
    return (above | below) & (high >= low)


def close_of(view: View) -> Array | None:
    """The close that belongs to high and low: of several the one that lies between them most often.

    The price may be in another currency than they are.
    """
    return view.once("close", _close_of)


def _close_of(view: View) -> Array | None:
    high, low = view.column("high"), view.column("low")
    if high is None or low is None:
        return None
    features = view.panel.features
    names = {view.panel.price, *(name for name in features if standard_name(name) == "close")}
    inside = {
        name: int(((view.panel.feature(name) <= high) & (view.panel.feature(name) >= low)).sum())
        for name in sorted(names)
    }
    best = max(inside, key=lambda name: inside[name])
    return view.panel.feature(best) if inside[best] else None


def _names(view: View) -> tuple[str, ...]:
    found = (columns_for(n, view.panel.features, view.panel.price) for n in _DAY)
    return tuple(dict.fromkeys((*(each[0] for each in found if each), view.panel.price)))


_DAY = ("open", "high", "low", "close", "volume")


@check(
    "zero_volume",
    title="Days without trade",
    severity="info",
    unit="cells",
    rule="a volume of 0 on a row with a price",
)
def zero_volumes(view: View) -> Iterator[Found]:
    """A price at which nobody traded."""
    volume = view.column("volume")
    if volume is None:
        return
    cells = cells_where((volume == 0) & view.known)
    yield from in_cells(
        view,
        cells,
        f"Nothing was traded on {several(len(cells[0]), 'row', 'rows')} with a price: it was"
        " carried over or quoted, and a backtest could not have traded at it.",
        lambda _: "volume 0",
        column=view.column_name("volume"),
        columns=_names(view),
        around=2,
    )


@check(
    "negative_volume",
    title="Negative volumes",
    severity="error",
    unit="cells",
    rule="a volume below 0",
)
def negative_volumes(view: View) -> Iterator[Found]:
    """Impossible; a number that overflowed or stands for missing."""
    volume = view.column("volume")
    if volume is None:
        return
    cells = cells_where(volume < 0)
    values = volume[cells]
    yield from in_cells(
        view,
        cells,
        f"{several(len(values), 'volume is', 'volumes are')} below zero: a number too large for"
        " the program that wrote the file, or a mark for missing. Make them empty.",
        lambda i: f"volume {values[i]:g}",
        worst=-values,
        column=view.column_name("volume"),
        columns=_names(view),
    )
