"""What is to be known about the quality of a data set."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

VERSION = 2
"""Raised when the checks change, so that kept reports are made anew."""

Severity = Literal["error", "warning", "info"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One place where something was found; `text` says what, such as "-90.0 %, then +905 %"."""

    symbol: str | None = None
    date: dt.date | None = None
    text: str = ""


class RowFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The rows a finding is about: of these symbols (none: all), between these dates."""

    symbols: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    columns: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of problem in one column: how often it occurs, what it means, what to do.

    kind: a stable name such as "gap" or "bad_print". count: cells, dates or symbols, as `unit`
    says. symbols: how many symbols are concerned. The worst examples come first.
    """

    kind: str
    title: str
    severity: Severity
    count: int
    unit: str
    symbols: int = 0
    column: str | None = None
    message: str
    examples: tuple[Case, ...] = ()
    rows: RowFilter = RowFilter()


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The rhythm of a data set, found out from its own dates.

    frequency: "business days" (the usual weekdays), "every day", "weeks", "months" or "irregular".
    weekdays: those on which it usually has dates, Monday is 0. holidays: usual days without any
    row, gaps longer than `longest_break` days are findings.
    """

    frequency: str
    weekdays: tuple[int, ...] = ()
    dates: int = 0
    holidays: int = 0
    longest_break: int = 0


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Share of dates with a price, by symbol and month.

    months: "2019-07", in order. cells: one text per symbol with one character per month: "0" to
    "9" for the tenths begun, "a" for all dates, "." outside the life of the symbol, "-" for none.
    """

    months: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """The quality report of a data set: worst findings first.

    `version` counts changes of the checks. Of locked dates nothing is shown; `locked` counts, by
    kind, what is found beyond the findings once they are judged as well.
    """

    version: int
    rows: int
    dates: int
    symbols: int
    price: str
    calendar: Calendar
    coverage: Coverage
    findings: tuple[Finding, ...]
    leaks_until: dt.date | None = None
    locked: dict[str, int] = {}
    elapsed_s: float = 0.0
