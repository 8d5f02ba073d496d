"""What should be known about a file that can be used all the same."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.importing.grid import Grid
from engine.panel import Array, simple_returns
from engine.quality.symbols import look, visible

_LIKELY = (np.datetime64("1900-01-02"), np.datetime64("2100-01-01"))
_LEAP, _FALL = 4.0, -0.8  # a price times five or a fifth of it within one step


def check(grid: Grid, prices: Array, price: str) -> tuple[str, ...]:
    """Warnings about prices, dates, symbols and holes, each a full sentence."""
    return (
        *_check_prices(grid, prices, price),
        *_check_dates(grid),
        *_check_symbols(grid.symbols),
        *_check_holes(grid),
    )


def _check_prices(grid: Grid, prices: Array, price: str) -> Iterator[str]:
    zeros, negative = int((prices == 0).sum()), int((prices < 0).sum())
    if zeros or negative:
        yield (
            f"The price {price!r} is not above zero: {zeros} zero and {negative} negative prices"
            " earn no return."
        )
    moves = simple_returns(prices)
    rows, columns = np.nonzero((moves >= _LEAP) | (moves <= _FALL))
    if len(rows):
        # when and how far is for the quality report to say, which keeps silent of locked dates
        yield (
            f"The price {price!r} has single moves of -80 % or worse, +400 % or better:"
            f" {len(rows)}, the first for {grid.symbols[columns[0]]}; check for splits that are not"
            " adjusted. The quality report shows where."
        )
    still = _never_moving(prices)
    if still.any():
        first = grid.symbols[int(still.argmax())]
        yield f"Symbols whose price {price!r} never moves: {still.sum()}, the first {first}."


def _never_moving(prices: Array) -> npt.NDArray[np.bool_]:
    low, high = np.fmin.reduce(prices, axis=0), np.fmax.reduce(prices, axis=0)
    many = np.isfinite(prices).sum(axis=0) > 1
    still: npt.NDArray[np.bool_] = many & (low == high)
    return still


def _check_dates(grid: Grid) -> Iterator[str]:
    odd = grid.dates[(grid.dates < _LIKELY[0]) | (grid.dates > _LIKELY[1])]
    if len(odd):
        yield f"Dates that are unlikely: {len(odd)}, the first {odd[0]}; check the date column."
    today = np.datetime64(dt.datetime.now(tz=dt.UTC).date())
    later = grid.dates[grid.dates > today + 1]
    if len(later) > len(odd[odd > today]):
        yield f"Dates in the future: {len(later)}, the last {later[-1]}."


def _check_symbols(symbols: Sequence[str]) -> Iterator[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for symbol in symbols:
        alike[look(symbol)].append(symbol)
    for names in alike.values():
        if len(names) > 1:
            listed = " and ".join(map(repr, names))
            yield f"The symbols {listed} look alike; they are kept as {len(names)} symbols."
    hidden = [symbol for symbol in symbols if visible(symbol) != symbol]
    if hidden:
        listed = ", ".join(ascii(symbol) for symbol in hidden[:5])
        yield f"Symbols with invisible characters or outer spaces: {len(hidden)}, as in {listed}."


def _check_holes(grid: Grid) -> Iterator[str]:
    rows, columns = np.divmod(grid.cells, len(grid.symbols))
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    ends = np.append(starts[1:], len(columns)) - 1
    holes = (rows[ends] - rows[starts]) - (ends - starts)
    if holes.any():
        worst = int(holes.argmax())
        yield (
            f"Dates missing inside the history of a symbol: {holes.sum():,} over"
            f" {(holes > 0).sum()} of {len(holes)} symbols, most for {grid.symbols[worst]}"
            f" ({holes[worst]:,})."
        )
