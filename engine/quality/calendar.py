"""The rhythm of a data set, found out from its dates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.panel import Days
from engine.quality.model import Calendar

USUAL_WEEKDAY = 0.3  # of the dates of the commonest weekday; exceptional sessions are far below
STEPS = {"weeks": (5, 9), "months": (26, 35)}  # days from date to date
MOSTLY = 0.8  # share of steps that fit
LEAST_BREAK = {"business days": 7, "every day": 1, "weeks": 14, "months": 62, "irregular": 31}
BREAK = 1.5  # times the longest break of an ordinary year


def calendar_of(dates: Days) -> Calendar:
    """Frequency, usual weekdays, usual days without a date, and the longest usual break."""
    weekdays = weekday(dates)
    steps = np.diff(dates).astype(np.int64)
    usual = _usual_weekdays(weekdays)
    frequency = _frequency(steps, usual)
    return Calendar(
        frequency=frequency,
        weekdays=usual,
        dates=len(dates),
        holidays=_holidays(dates, weekdays, usual) if frequency in DAILY else 0,
        longest_break=_longest_break(dates, steps, frequency),
    )


DAILY = ("business days", "every day")
WEEK = 7


def weekday(dates: Days) -> npt.NDArray[np.int64]:
    """Day of the week of each date, Monday is 0."""
    # 1970-01-01, day 0, was a Thursday.
    days: npt.NDArray[np.int64] = (dates.astype("datetime64[D]").view(np.int64) + 3) % WEEK
    return days


def _usual_weekdays(weekdays: npt.NDArray[np.int64]) -> tuple[int, ...]:
    counts = np.bincount(weekdays, minlength=WEEK)
    return tuple(np.flatnonzero(counts >= USUAL_WEEKDAY * counts.max()).tolist())


def _frequency(steps: npt.NDArray[np.int64], usual: tuple[int, ...]) -> str:
    if not len(steps):
        return "irregular"
    for name, (low, high) in STEPS.items():
        if ((steps >= low) & (steps <= high)).mean() >= MOSTLY:
            return name
    if np.median(steps) > 1:
        return "irregular"
    return "every day" if len(usual) == WEEK else "business days"


def _holidays(dates: Days, weekdays: npt.NDArray[np.int64], usual: tuple[int, ...]) -> int:
    """Usual days without a date, in the years that have at least half of them."""
    mask = [day in usual for day in range(WEEK)]
    years, present = np.unique(
        dates[np.isin(weekdays, usual)].astype("datetime64[Y]"), return_counts=True
    )
    begins = np.maximum(years.astype("datetime64[D]"), dates[0])
    ends = np.minimum((years + 1).astype("datetime64[D]"), dates[-1] + 1)
    expected = np.busday_count(begins, ends, weekmask=mask)
    daily = 2 * present >= expected
    return int((expected - present)[daily].sum())


def _longest_break(dates: Days, steps: npt.NDArray[np.int64], frequency: str) -> int:
    """Days from date to date that an ordinary year has: half of the years have one this long."""
    least = LEAST_BREAK[frequency]
    if not len(steps):
        return least
    years = dates[1:].astype("datetime64[Y]").astype(np.int64)
    _, starts = np.unique(years, return_index=True)
    return max(least, int(BREAK * np.median(np.maximum.reduceat(steps, starts))))
