"""Checks and what they find: counts, worst examples, and the rows to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec
import numpy as np
import numpy.typing as npt

from engine.panel import Array
from engine.quality.model import Case, Finding, RowFilter, Severity
from engine.quality.view import Places, View

MOST_EXAMPLES = 20
MOST_SYMBOLS = 50
MOST_FINDINGS = 40  # of one check: more would hide the others
AROUND = 5  # dates shown before and after a place whose neighbours tell the story

Cells = tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found in one column; `severity` when it is not that of the check."""

    count: int
    symbols: int = 0
    message: str
    examples: tuple[Case, ...] = ()
    rows: RowFilter = RowFilter()
    column: str | None = None
    severity: Severity | None = None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check of a data set. rule: when it speaks, with its thresholds."""

    kind: str
    title: str
    severity: Severity
    unit: str
    rule: str
    find: Callable[[View], Iterator[Found]]


CHECKS: list[Check] = []
"""All checks; their order is that of findings of the same severity."""


def check(
    kind: str, *, title: str, severity: Severity, unit: str, rule: str
) -> Callable[[Callable[[View], Iterator[Found]]], Callable[[View], Iterator[Found]]]:
    """Register a function as a check: this is all that a new one needs."""

    def register(find: Callable[[View], Iterator[Found]]) -> Callable[[View], Iterator[Found]]:
        CHECKS.append(
            Check(kind=kind, title=title, severity=severity, unit=unit, rule=rule, find=find)
        )
        return find

    return register


def findings_of(each: Check, view: View) -> Iterator[Finding]:
    """What one check has to say about a panel, of at most `MOST_FINDINGS` columns."""
    found = each.find(view)
    yield from (_finding(each, one) for one in islice(found, MOST_FINDINGS))
    if next(found, None) is not None:
        yield Finding(
            kind=each.kind,
            title=each.title,
            severity="info",
            count=MOST_FINDINGS,
            unit="columns",
            message=f"The same is true of more columns; the first {MOST_FINDINGS} are listed.",
        )


def _finding(each: Check, found: Found) -> Finding:
    return Finding(
        kind=each.kind,
        title=each.title,
        severity=found.severity or each.severity,
        count=found.count,
        unit=each.unit,
        symbols=found.symbols,
        column=found.column,
        message=found.message,
        examples=found.examples,
        rows=found.rows,
    )


def in_cells(
    view: View,
    cells: Cells,
    message: str,
    text: Callable[[int], str],
    *,
    worst: Array | Places | None = None,
    count: int | None = None,
    column: str | None = None,
    columns: Sequence[str] = (),
    around: int = 0,
    severity: Severity | None = None,
) -> Iterator[Found]:
    """One finding about cells, none without any; `text(i)` describes the i-th of them.

    worst: how bad each is. count: how many there are when a cell stands for several.
    columns: what to show with the price, around: with how many dates before and after.
    """
    rows, places = cells
    if not len(rows):
        return
    order = np.argsort(-worst, kind="stable") if worst is not None else np.arange(len(rows))
    yield Found(
        count=len(rows) if count is None else count,
        symbols=len(np.unique(places)),
        message=message,
        examples=tuple(
            Case(symbol=view.symbols[places[i]], date=day(view, rows[i]), text=text(int(i)))
            for i in order[:MOST_EXAMPLES]
        ),
        rows=_rows(view, rows[order], places[order], columns, around),
        column=column,
        severity=severity,
    )


def in_dates(
    view: View,
    rows: npt.NDArray[np.integer],
    message: str,
    text: Callable[[int], str],
    *,
    worst: Array | Places | None = None,
    severity: Severity | None = None,
) -> Iterator[Found]:
    """One finding about whole dates, none without any."""
    if not len(rows):
        return
    order = np.argsort(-worst, kind="stable") if worst is not None else np.arange(len(rows))
    yield Found(
        count=len(rows),
        message=message,
        examples=tuple(
            Case(date=day(view, rows[i]), text=text(int(i))) for i in order[:MOST_EXAMPLES]
        ),
        rows=RowFilter(start=day(view, rows.min()), end=day(view, rows.max())),
        severity=severity,
    )


def in_symbols(
    view: View,
    places: npt.NDArray[np.integer],
    message: str,
    text: Callable[[int], str],
    *,
    worst: Array | Places | None = None,
    on: Places | None = None,
    column: str | None = None,
) -> Iterator[Found]:
    """One finding about whole symbols, none without any; `on` is the row to look at in each."""
    if not len(places):
        return
    order = np.argsort(-worst, kind="stable") if worst is not None else np.arange(len(places))
    names = [view.symbols[places[i]] for i in order]
    yield Found(
        count=len(places),
        symbols=len(places),
        message=message,
        examples=tuple(
            Case(
                symbol=view.symbols[places[i]],
                date=None if on is None else day(view, on[i]),
                text=text(int(i)),
            )
            for i in order[:MOST_EXAMPLES]
        ),
        rows=RowFilter(symbols=tuple(sorted(names[:MOST_SYMBOLS]))),
        column=column,
    )


def day(view: View, row: int | np.integer) -> dt.date:
    """The date of a row of the panel."""
    date: dt.date = view.dates[row].item()
    return date


def several(count: int, one: str, many: str) -> str:
    """A count with its noun: "1 price", "1,204 prices"."""
    return f"{count:,} {one if count == 1 else many}"


def percent(move: float) -> str:
    """A logarithmic move as a change: "+16.3 %"."""
    return f"{100 * np.expm1(move):+.1f} %"


def _rows(
    view: View,
    rows: npt.NDArray[np.integer],
    places: npt.NDArray[np.integer],
    columns: Sequence[str],
    around: int,
) -> RowFilter:
    """The rows of the symbols that are worst, from the first to the last of the cells."""
    _, first = np.unique(places, return_index=True)
    chosen = places[np.sort(first)[:MOST_SYMBOLS]]
    shown = rows[np.isin(places, chosen)]
    last = len(view.dates) - 1
    return RowFilter(
        symbols=tuple(view.symbols[j] for j in np.sort(chosen)),
        start=day(view, max(int(shown.min()) - around, 0)),
        end=day(view, min(int(shown.max()) + around, last)),
        columns=tuple(columns),
    )
