"""Checks of the life of each symbol: holes, late starts, early ends, and who never leaves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.quality.found import Found, check, day, in_cells, in_symbols, several
from engine.quality.model import RowFilter
from engine.quality.view import Places, View, runs

SLOW_GAP = 1.6  # times the usual step of a slow series: one month left out makes it 2
SURVIVORS_SYMBOLS = 10  # fewer were chosen by name
SURVIVORS_DAYS = 730  # within two years it is possible that nobody leaves
SURVIVORS_END = 10  # dates; the last price of somebody who left is further from the end


@check(
    "gap",
    title="Dates missing inside a history",
    severity="warning",
    unit="cells",
    rule="no price on a date between the first and the last of a symbol on which its market was"
    f" open; a series slower than the dates: a step beyond {SLOW_GAP} times its usual one",
)
def gaps(view: View) -> Iterator[Found]:
    """Holes of symbols that trade on every date, then those of slower series."""
    columns, starts, ends = runs(view.alive & ~view.known)
    closed = np.concatenate(([0], np.cumsum(view.closed)))
    missing = (ends - starts) - (closed[ends] - closed[starts])
    chosen = (missing > 0) & ~view.slow[columns]
    holes = [a[chosen] for a in (starts, columns, missing, ends)]
    slow = [_slow_holes(view, int(j)) for j in np.flatnonzero(view.slow)]
    rows, places, counts, after = (
        np.concatenate([hole, *(each[i] for each in slow)]) for i, hole in enumerate(holes)
    )
    total = int(counts.sum())
    days = (view.dates[np.minimum(after, len(view.dates) - 1)] - view.dates[rows - 1]).astype(int)
    worst = view.symbols[places[counts.argmax()]] if total else ""
    yield from in_cells(
        view,
        (rows, places),
        f"{several(total, 'price is', 'prices are')} missing within the history of"
        f" {several(len(np.unique(places)), 'symbol', 'symbols')}, most for {worst}. The return"
        " after a hole covers all of its dates, and windows across it are incomplete. Get the"
        " dates from the source, or make sure that the trade really was suspended.",
        lambda i: (
            f"{several(counts[i], 'price', 'prices')} until {day(view, after[i] - 1)};"
            f" {days[i]:,} days from price to price"
        ),
        worst=days,
        count=total,
        columns=(view.panel.price,),
        around=2,
    )


def _slow_holes(view: View, place: int) -> tuple[Places, Places, Places, Places]:
    """Row after the last price, symbol, prices left out, row of the next price."""
    known = np.flatnonzero(view.known[:, place])
    days = np.diff(view.dates[known]).astype(np.int64)
    usual = float(np.median(days))
    long = np.flatnonzero(days > SLOW_GAP * usual)
    counts = np.rint(days[long] / usual).astype(np.int64) - 1
    return known[long] + 1, np.full(len(long), place), counts, known[long + 1]


@check(
    "late_start",
    title="Symbols that start late",
    severity="info",
    unit="symbols",
    rule="first price after the first date on which the market was open",
)
def late_starts(view: View) -> Iterator[Found]:
    """Symbols that are not there from the beginning."""
    if not view.known.any():
        return
    begin = _first_open(view)
    late = np.flatnonzero((view.first > begin) & (view.last >= 0) & ~view.slow)
    yield from in_symbols(
        view,
        late,
        f"{several(len(late), 'symbol starts', 'symbols start')} after the data set,"
        f" on {day(view, begin)}. That is as it should be for companies that were listed later;"
        " a strategy sees fewer symbols in the early years.",
        lambda i: f"first price on {day(view, view.first[late[i]])}",
        worst=view.first[late],
        on=view.first[late],
    )


@check(
    "early_end",
    title="Symbols that end early",
    severity="info",
    unit="symbols",
    rule="last price before the last date on which the market was open",
)
def early_ends(view: View) -> Iterator[Found]:
    """Symbols that are not there at the end."""
    if not view.known.any():
        return
    end = _last_open(view)
    early = np.flatnonzero((view.last < end) & (view.last >= 0) & ~view.slow)
    yield from in_symbols(
        view,
        early,
        f"{several(len(early), 'symbol ends', 'symbols end')} before the data set, on"
        f" {day(view, end)}: discontinued, delisted, or no longer delivered. Positions are closed"
        " at the last price; add the return of the delisting if the source knows it.",
        lambda i: f"last price on {day(view, view.last[early[i]])}",
        worst=end - view.last[early],
        on=view.last[early],
    )


@check(
    "survivorship",
    title="Nobody ever leaves",
    severity="warning",
    unit="symbols",
    rule=f"at least {SURVIVORS_SYMBOLS} symbols over {SURVIVORS_DAYS} days, and none whose last"
    f" price is more than {SURVIVORS_END} dates before the end",
)
def survivorship(view: View) -> Iterator[Found]:
    """A list of those that exist today tells a story that is too good."""
    count = int((view.last >= 0).sum())
    days = int((view.dates[-1] - view.dates[0]).astype(np.int64))
    stay = (view.last[view.last >= 0] >= _last_open(view) - SURVIVORS_END).all()
    if count >= SURVIVORS_SYMBOLS and days >= SURVIVORS_DAYS and stay:
        yield Found(
            count=count,
            symbols=count,
            message=f"All {count:,} symbols live until the end, over {days / 365.25:.0f} years in"
            " which companies usually disappear. The list was probably made at the end, so that"
            " those that failed are left out and every strategy that buys looks better than it"
            " was. Use a data set with delisted symbols, or the universe as it was on each date.",
            rows=RowFilter(start=day(view, _last_open(view))),
        )


def _first_open(view: View) -> int:
    return max(int((~view.closed).argmax()), int(view.first.min()))


def _last_open(view: View) -> int:
    return min(len(view.dates) - 1 - int((~view.closed)[::-1].argmax()), int(view.last.max()))


@check(
    "no_price",
    title="Symbols without any price",
    severity="warning",
    unit="symbols",
    rule="no price on any date",
)
def without_price(view: View) -> Iterator[Found]:
    """Symbols that can never be held."""
    none = np.flatnonzero(view.last < 0)
    yield from in_symbols(
        view,
        none,
        f"{several(len(none), 'symbol has', 'symbols have')} no price at all and can never be"
        " held. Leave them out, or choose another price column.",
        lambda _: "no price",
        column=view.panel.price,
    )
