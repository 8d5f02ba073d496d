"""Checks of whole dates: weekends, long breaks, thin and frozen dates, unlikely ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from engine.quality.calendar import calendar_of, weekday
from engine.quality.found import Found, check, day, in_cells, in_dates, several
from engine.quality.view import View

THIN = 0.5  # share of living symbols without a price
THIN_REGULAR = 0.02  # share of all dates from which thin dates are a second calendar, no accident
THIN_LIVING = 4
FROZEN = 0.9  # share of prices that are exactly those of the date before
FROZEN_SYMBOLS = 8  # so that not even rounded prices stand still together by chance
HOLIDAYS = 25.0  # usual days without any row in a year; the busiest calendars have about 20
LIKELY = (dt.date(1900, 1, 2), dt.date(2100, 1, 1))  # Excel's day 0 and 1 are before
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@check(
    "weekend",
    title="Rows on unusual days of the week",
    severity="warning",
    unit="cells",
    rule="a date on a weekday that has less than 30 % of the dates of the commonest one, in data"
    " of business days; monthly series are left out",
)
def weekends(view: View) -> Iterator[Found]:
    """Rows on a day on which this market is usually closed."""
    calendar = calendar_of(view.dates)
    if calendar.frequency != "business days":
        return
    odd = np.flatnonzero(~np.isin(weekday(view.dates), calendar.weekdays))
    rows, places = np.nonzero(view.known[odd] & ~view.slow)
    rows = odd[rows]
    yield from in_cells(
        view,
        (rows, places),
        f"{several(len(rows), 'price', 'prices')} on {several(len(np.unique(rows)), 'day', 'days')}"
        " of the week that this data usually does not have. An extra session is possible; more"
        " often the date is that of another time zone, or shifted.",
        lambda i: NAMES[weekday(view.dates[rows[i] : rows[i] + 1])[0]],
    )


@check(
    "long_break",
    title="Long breaks",
    severity="warning",
    unit="dates",
    rule="more days from one date to the next than 1.5 times the longest break of an ordinary"
    " year, and than 7 days in data of business days",
)
def long_breaks(view: View) -> Iterator[Found]:
    """Periods that are missing for every symbol."""
    steps = np.diff(view.dates).astype(np.int64)
    calendar = calendar_of(view.dates)
    rows = np.flatnonzero(steps > calendar.longest_break) + 1
    yield from in_dates(
        view,
        rows,
        f"{several(len(rows), 'break', 'breaks')} of more than {calendar.longest_break} days,"
        " without a row of any symbol: a file may be missing. Returns across a break cover all of"
        " it.",
        lambda i: f"{steps[rows[i] - 1]:,} days after {day(view, rows[i] - 1)}",
        worst=steps[rows - 1],
    )


@check(
    "missing_days",
    title="Many usual days without any row",
    severity="warning",
    unit="dates",
    rule=f"more than {HOLIDAYS:.0f} usual days a year without a row of any symbol",
)
def missing_days(view: View) -> Iterator[Found]:
    """More holidays than any market has."""
    calendar = calendar_of(view.dates)
    years = int((view.dates[-1] - view.dates[0]).astype(np.int64)) / 365.25
    if years >= 1 and calendar.holidays > HOLIDAYS * years:
        yield Found(
            count=calendar.holidays,
            message=f"{calendar.holidays:,} usual days have no row of any symbol,"
            f" {calendar.holidays / years:.0f} a year: more than markets have holidays."
            " Dates are probably missing from the file.",
        )


@check(
    "thin_date",
    title="Dates with few symbols",
    severity="warning",
    unit="dates",
    rule=f"fewer than {1 - THIN:.0%} of at least {THIN_LIVING} living symbols have a price; only a"
    f" note when that is so on more than {THIN_REGULAR:.0%} of the dates",
)
def thin_dates(view: View) -> Iterator[Found]:
    """Dates on which most of the market is missing."""
    living, absent = view.living, view.absent
    rows = np.flatnonzero((living >= THIN_LIVING) & (absent > THIN * living))
    regular = len(rows) > THIN_REGULAR * len(view.dates)
    advice = (
        "It happens so often that the data seems to have several calendars: on such a date ranks"
        " and averages are those of a few symbols."
        if regular
        else "The file is probably incomplete there; ranks and averages of such a date are those of"
        " a few symbols. Get the date again or remove it."
    )
    yield from in_dates(
        view,
        rows,
        f"On {several(len(rows), 'date', 'dates')} most symbols have no price. {advice}",
        lambda i: f"{living[rows[i]] - absent[rows[i]]} of {living[rows[i]]} symbols",
        worst=absent[rows] / np.maximum(living[rows], 1),
        severity="info" if regular else None,
    )


@check(
    "frozen_date",
    title="Dates that repeat the date before",
    severity="warning",
    unit="dates",
    rule=f"at least {FROZEN:.0%} of at least {FROZEN_SYMBOLS} prices are exactly those of the date"
    " before",
)
def frozen_dates(view: View) -> Iterator[Found]:
    """Holidays that were filled with the last price."""
    same, comparable = frozen_counts(view)
    rows = np.flatnonzero(frozen(view))
    yield from in_dates(
        view,
        rows,
        f"On {several(len(rows), 'date', 'dates')} nearly every price is that of the date before:"
        " holidays that were filled up. They make the data look calmer than it is and lengthen"
        " every window; remove them.",
        lambda i: f"{same[rows[i]]} of {comparable[rows[i]]} prices unchanged",
        worst=same[rows] / np.maximum(comparable[rows], 1),
    )


def frozen_counts(view: View) -> tuple[np.ndarray, np.ndarray]:
    """How many prices are those of the date before, and how many can be compared [dates]."""
    both = np.zeros(len(view.dates), dtype=np.int64)
    both[1:] = (view.known[1:] & view.known[:-1]).sum(axis=1)
    return view.same.sum(axis=1), both


def frozen(view: View) -> np.ndarray:
    """True on dates that repeat the one before."""
    same, comparable = frozen_counts(view)
    return (comparable >= FROZEN_SYMBOLS) & (same >= FROZEN * comparable)


@check(
    "unlikely_date",
    title="Unlikely dates",
    severity="error",
    unit="dates",
    rule=f"before {LIKELY[0]} or after {LIKELY[1]}",
)
def unlikely_dates(view: View) -> Iterator[Found]:
    """Dates that come from a wrong format, such as a day number of a spreadsheet."""
    low, high = (np.datetime64(date) for date in LIKELY)
    rows = np.flatnonzero((view.dates < low) | (view.dates > high))
    yield from in_dates(
        view,
        rows,
        f"{several(len(rows), 'date is', 'dates are')} hardly true: the date column was probably"
        " read in the wrong form. Import again and say how its dates are written.",
        lambda i: f"{day(view, rows[i])}",
    )


@check(
    "future_date",
    title="Dates in the future",
    severity="error",
    unit="dates",
    rule="later than tomorrow",
)
def future_dates(view: View) -> Iterator[Found]:
    """Prices that nobody can know yet."""
    tomorrow = np.datetime64(dt.datetime.now(tz=dt.UTC).date()) + 1
    rows = np.flatnonzero((view.dates > tomorrow) & (view.dates <= np.datetime64(LIKELY[1])))
    yield from in_dates(
        view,
        rows,
        f"{several(len(rows), 'date lies', 'dates lie')} in the future. Day and month may be"
        " exchanged, or the file holds forecasts or generated prices.",
        lambda i: f"{(view.dates[rows[i]] - tomorrow + 1).astype(int):,} days from today",
        worst=rows,
    )
