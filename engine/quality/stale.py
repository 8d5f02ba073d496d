"""Checks of prices that stand still."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.panel import Array
from engine.quality.days import frozen
from engine.quality.found import Found, check, day, in_cells, in_symbols, several
from engine.quality.view import Mask, Places, View, runs

LEAST_RUN = 5  # unchanged closes in a row, after the first of them
CHANCE = 0.01  # expected number of runs this long in the life of a symbol, were days independent
STILL_PRICES = 20


@check(
    "stale",
    title="Prices that stand still",
    severity="warning",
    unit="cells",
    rule=f"at least {LEAST_RUN} unchanged prices in a row, and more for symbols that often do not"
    f" move: a run that chance gives less than {CHANCE} times in a life",
)
def stale(view: View) -> Iterator[Found]:
    """Prices carried forward, or a symbol that nobody traded."""
    rows, places, lengths = stale_runs(view)
    moving = ~never_moving(view)[places]
    rows, places, lengths = rows[moving], places[moving], lengths[moving]
    total = int(lengths.sum())
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'run', 'runs')} of unchanged prices, {total:,} in all, longer than"
        " chance explains. The price was probably carried forward while nothing was traded: such"
        " days look calm, and the move comes late.",
        lambda i: _described(view, int(rows[i]), int(places[i]), int(lengths[i])),
        worst=lengths,
        count=total,
        column=view.panel.price,
        columns=(view.panel.price, view.column_name("volume"))
        if view.column("volume") is not None
        else (view.panel.price,),
        around=2,
    )


def stale_runs(view: View) -> tuple[Places, Places, Places]:
    """First unchanged row, symbol and length of each run that is too long for chance.

    Dates on which the whole market stands still neither count nor end a run.
    """
    still = frozen(view)
    columns, starts, ends = runs(view.same | (still[:, None] & view.known))
    frozen_before = np.concatenate(([0], np.cumsum(still)))
    lengths = (ends - starts) - (frozen_before[ends] - frozen_before[starts])
    long = lengths >= LEAST_RUN
    columns, starts, lengths = columns[long], starts[long], lengths[long]
    enough = lengths >= _least(view, columns, lengths)[columns]
    return starts[enough], columns[enough], lengths[enough]


def _least(view: View, columns: Places, lengths: Places) -> Array:
    """Run length of each symbol that chance gives less than `CHANCE` times.

    A day is unchanged with the share p of the days outside of long runs; n days in a row begin
    about T p^n times in T days.
    """
    size = len(view.symbols)
    in_runs = np.bincount(columns, weights=lengths, minlength=size)
    days = np.maximum(view.known.sum(axis=0) - in_runs, 1)
    unchanged = np.maximum(view.same[~frozen(view)].sum(axis=0) - in_runs, 0)
    p = np.clip((unchanged + 1) / (days + 2), 1e-6, 0.99)
    least: Array = np.ceil(np.log(CHANCE / days) / np.log(p))
    return least


def _described(view: View, row: int, place: int, length: int) -> str:
    begin = max(row - 1, 0)
    end = min(row + length, len(view.dates)) - 1
    text = f"{length} days at {view.price[row, place]:g} since {day(view, begin)}"
    volume = view.column("volume")
    if volume is None:
        return text
    traded = int((volume[row : end + 1, place] > 0).sum())
    return text + (f", traded on {traded} of them" if traded else ", without any trade")


def never_moving(view: View) -> Mask:
    """Symbols with many prices that are all the same."""
    low, high = np.fmin.reduce(view.price, axis=0), np.fmax.reduce(view.price, axis=0)
    still: Mask = (view.known.sum(axis=0) >= STILL_PRICES) & (low == high)
    return still


@check(
    "never_moves",
    title="Symbols that never move",
    severity="warning",
    unit="symbols",
    rule=f"at least {STILL_PRICES} prices, all the same",
)
def never_moves(view: View) -> Iterator[Found]:
    """A symbol with one price for all of its life."""
    still = np.flatnonzero(never_moving(view))
    first = view.price[np.minimum(view.first, len(view.dates) - 1), np.arange(len(view.symbols))]
    yield from in_symbols(
        view,
        still,
        f"{several(len(still), 'symbol has', 'symbols have')} one price on all dates: not a market"
        " price. Leave it out, or choose another price column.",
        lambda i: f"always {first[still[i]]:g}",
        column=view.panel.price,
    )
