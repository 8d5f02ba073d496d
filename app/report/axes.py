"""Scales of a chart: where a value lies on the paper, and which values are written beside it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.report.words import number, percent
from engine.stats.performance import Array
from engine.stats.series import Days


class Frame(NamedTuple):
    """The drawing area in units of the picture."""

    width: int
    height: int
    left: int = 56
    right: int = 20
    top: int = 12
    bottom: int = 26

    @property
    def inner_right(self) -> int:
        """The right edge of the area."""
        return self.width - self.right

    @property
    def inner_bottom(self) -> int:
        """The lower edge of the area."""
        return self.height - self.bottom


class Scale(NamedTuple):
    """A linear or logarithmic scale from values to positions; `ticks` are values on it."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, values: Array) -> Array:
        """Positions of values, those beyond an end on that end; NaN stays NaN."""
        inside = np.clip(values, self.low, self.high)
        low, high = self._ends()
        raw = np.log(inside) if self.log else inside
        place: Array = self.start + (raw - low) / (high - low) * (self.end - self.start)
        return place

    def one(self, value: float) -> float:
        """Position of one value."""
        return float(self.at(np.array([value]))[0])

    def _ends(self) -> tuple[float, float]:
        return (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)


def vertical(values: Array, frame: Frame, *, log: bool = False, zero: bool = False) -> Scale:
    """A scale for values, upwards; `zero` makes it contain 0.

    Logarithmic only where every value is above 0.
    """
    known = values[np.isfinite(values) & (np.abs(values) < 1e300)]
    if zero or not len(known):
        known = np.append(known, 0.0)
    low, high = float(known.min()), float(known.max())
    log = log and low > 0
    low, high = _padded(low, high, log=log)
    ticks = _log_ticks(low, high) if log else nice_ticks(low, high)
    return Scale(low, high, frame.inner_bottom, frame.top, ticks, log)


def _padded(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """A little room at both ends, and some where there is none; ends at 0 stay there."""
    if log:
        room = max((high / low) ** 0.03, 1.0001)
        return low / room, high * room
    room = (high - low) * 0.04 or max(abs(high), 1.0) * 0.5
    return (low if low == 0 else low - room), (high if high == 0 < -low else high + room)


def nice_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """About `count` round values from low to high: steps of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if (high - low) / (s * power) <= count + 1)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(k * step for k in range(first, last + 1))


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    """1, 2 and 5 times powers of ten; round values where the range is small."""
    if high / low < 4:
        return tuple(tick for tick in nice_ticks(low, high) if tick > 0)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    digits = (1, 2, 5) if len(powers) < 5 else (1,)
    every = [digit * 10.0**power for power in powers for digit in digits]
    thin = max(1, math.ceil(len(every) / 10)) if digits == (1,) else 1
    return tuple(tick for tick in every[::thin] if low <= tick <= high)


def tick_words(ticks: Sequence[float], *, share: bool) -> list[str]:
    """The ticks with as few digits as tell them apart, all with the same number of them."""
    unit = 100.0 if share else 1.0
    digits = next(
        (d for d in range(6) if all(abs(t * unit - round(t * unit, d)) < 10.0**-7 for t in ticks)),
        6,
    )
    return [percent(tick, digits) if share else number(tick, digits) for tick in ticks]


def horizontal(dates: Days, frame: Frame) -> Scale:
    """A scale of calendar days since 1970, with ticks at years, quarters or months."""
    days = dates.astype("datetime64[D]").astype(np.int64)
    low, high = float(days[0]), float(max(days[-1], days[0] + 1))
    return Scale(low, high, frame.left, frame.inner_right, _calendar(low, high))


def _calendar(low: float, high: float) -> tuple[float, ...]:
    """First days of at most ten periods of equal length: months, or whole years."""
    months = (high - low) / 30.44
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200) if months / s <= 10)
    first = np.datetime64(int(low), "D").astype("datetime64[M]").astype(np.int64)
    starts = np.arange(first - first % step, first + months + 2, step).astype("datetime64[M]")
    days = starts.astype("datetime64[D]").astype(np.int64)
    return tuple(float(day) for day in days if low <= day <= high)


def day_label(day: float, span: float) -> str:
    """2021, or 2021-07 where the ticks are closer than years."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
    return str(date.year) if span > 3650 or date.month == 1 else f"{date:%Y-%m}"
