"""Daily series made ready to be looked at: falls, months, thinned curves, histograms.

Returns are fractions, one per date; one that is missing counts as 0. W(t) = prod(1 + r) up to t is
the value of 1.
"""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import ParamError
from engine.stats.performance import FLAT, Array

Days = npt.NDArray[np.datetime64]
Rows = npt.NDArray[np.int64]

MIN_POINTS = 4
MAX_BINS = 1000
_LARGEST = 1e300
_ROOT_2 = math.sqrt(2)


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """counts[i] values v lie in edges[i] <= v < edges[i + 1], in the last bin also v = its end.

    edges: one more than counts; both empty when there are no values. median: None without values.
    """

    edges: list[float]
    counts: list[int]
    median: float | None = None


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """Compound return of the dates of one calendar month (1..12)."""

    year: int
    month: int
    value: float


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """Compound return of the dates of one calendar year; that of the benchmark if there is one."""

    year: int
    value: float
    benchmark: float | None = None


class Drawdown(msgspec.Struct, frozen=True, kw_only=True):
    """A fall below the highest value so far.

    start: the last date at the high (the first date when it falls from the starting value).
    trough: the date of the lowest value. end: the first date back at the high, None while it is
    not. depth: value at the trough over the high, minus 1. days: calendar days from start to end,
    or to the last date.
    """

    start: dt.date
    trough: dt.date
    end: dt.date | None
    depth: float
    days: int


def compounded(net: Array) -> Array:
    """W per date, every number finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        value: Array = np.nan_to_num(np.cumprod(1 + _filled(net)), nan=0.0)
    return value


def drawdown(equity: Array) -> Array:
    """Fall of each value below the highest so far, which starts at 1: W / peak - 1, from [-1, 0].

    The same rule as `max_dd`.
    """
    if not len(equity):
        return np.empty(0)
    fall: Array = equity / np.maximum(np.maximum.accumulate(equity), 1.0) - 1
    return fall


def rolling_sharpe(net: Array, window: int, periods: float, rows: Rows | None = None) -> Array:
    """Annual Sharpe ratio of the last `window` returns at each date, or at each of `rows`.

    mean / sd (n - 1) sqrt(periods). NaN before `window` returns are there and where they do not
    vary. ParamError for a window below 2.
    """
    mean, sd = _rolling(net, window, rows)
    varies = sd >= FLAT * np.maximum(1.0, np.abs(mean))
    ratio: Array = mean / np.where(varies, sd, np.nan) * math.sqrt(periods)
    return ratio


def rolling_volatility(net: Array, window: int, periods: float, rows: Rows | None = None) -> Array:
    """Annual volatility, sd sqrt(periods): as `rolling_sharpe`, but 0 where nothing varies."""
    mean, sd = _rolling(net, window, rows)
    return np.where(sd < FLAT * np.maximum(1.0, np.abs(mean)), 0.0, sd) * math.sqrt(periods)


def _rolling(net: Array, window: int, rows: Rows | None) -> tuple[Array, Array]:
    """Mean and standard deviation of each window."""
    if window < 2:
        raise ParamError(f"The window of a rolling figure is {window}; choose 2 or more.")
    row = np.arange(len(net)) if rows is None else rows
    mean, sd = np.full(len(row), np.nan), np.full(len(row), np.nan)
    full = np.flatnonzero(row >= window - 1)
    if len(full):
        views = np.lib.stride_tricks.sliding_window_view(_filled(net), window)
        held = views[row[full] - window + 1]  # a copy, so that the sums are the same for any rows
        mean[full] = held.mean(axis=1)
        held -= mean[full, None]
        sd[full] = np.sqrt(np.einsum("ij,ij->i", held, held) / (window - 1))
    return mean, sd


def downsample(equity: Array, points: int) -> Rows:
    """Rows of at most `points` values that keep the look of the curve, in order.

    Largest triangle three buckets (S. Steinarsson, Downsampling Time Series for Visual
    Representation, 2013), on the logarithm where every value is above 0. The first and last row
    and the peak and trough of the worst drawdown are always kept. ParamError below 4 points.
    """
    if points < MIN_POINTS:
        raise ParamError(f"A curve of {points} points was asked for; choose {MIN_POINTS} or more.")
    if len(equity) <= points:
        return np.arange(len(equity))
    values = np.log(equity) if equity.min() > 0 else equity
    trough = int(np.argmin(drawdown(equity)))
    before = equity[: trough + 1]
    peak = trough - int(np.argmax(before[::-1]))  # the last row at the high
    rows: Rows = np.union1d(_triangles(values.tolist(), points - 2), [peak, trough])
    return rows


def _triangles(values: list[float], points: int) -> list[int]:
    """The first and last row, and one of each bucket between them.

    It makes, with the row chosen before and the mean of the next bucket, the largest triangle; the
    first of equals.
    """
    n, buckets = len(values), points - 2
    edges = [1 + i * (n - 2) // max(buckets, 1) for i in range(buckets + 1)]
    edges.append(n)
    chosen = [0]
    for low, high, after in zip(edges, edges[1:], edges[2:], strict=False):
        last = chosen[-1]
        base = values[last]
        width = last - (high + after - 1) / 2
        rise = sum(values[high:after]) / (after - high) - base
        step = last - low
        areas = [
            abs(width * (value - base) - (step - i) * rise)
            for i, value in enumerate(values[low:high])
        ]
        chosen.append(low + areas.index(max(areas)))
    return [*chosen, n - 1]


def histogram(values: npt.ArrayLike, bins: int = 40) -> Histogram:
    """Values in bins of equal width: 1, 2, 2.5 or 5 times a power of ten, 0 being an edge.

    The narrowest such bins of which at most `bins` reach from the lowest value (or 0) to the
    highest (or 0). What is not finite is absent. ParamError unless 2 <= bins <= 1000: values on
    both sides of 0 need two.
    """
    if not 2 <= bins <= MAX_BINS:
        raise ParamError(f"A histogram of {bins} bins was asked for; choose 2 to {MAX_BINS}.")
    known = np.asarray(values, dtype=np.float64).ravel()
    known = known[np.abs(known) < _LARGEST]
    if not len(known):
        return Histogram(edges=[], counts=[])
    edges = _edges(min(float(known.min()), 0.0), max(float(known.max()), 0.0), bins)
    counts, _ = np.histogram(known, edges)
    return Histogram(edges=edges, counts=counts.tolist(), median=float(np.median(known)))


def _edges(low: float, high: float, bins: int) -> list[float]:
    width = high / bins - low / bins
    if width < 1 / _LARGEST:
        return [0.0, 1.0]
    power = math.floor(math.log10(width)) - 1
    while True:
        for digits in (10, 20, 25, 50):  # in units of 10^power; 10 is one of the power above
            first, last = (_nth_edge(bound, digits, power) for bound in (low, high))
            if last - first <= bins:
                return [_edge(k, digits, power) for k in range(first, last + 1)]
        power += 1


def _nth_edge(bound: float, digits: int, power: int) -> int:
    """The number of the first edge at or beyond the bound, counted from 0 away from it."""
    sign = -1 if bound < 0 else 1
    k = math.floor(abs(bound) / _edge(1, digits, power))
    k = max(k - 1, 0)
    while _edge(k, digits, power) < abs(bound):
        k += 1
    return sign * k


def _edge(k: int, digits: int, power: int) -> float:
    """The edge k digits 10^power, rounded once: 0.15, not 0.15000000000000002."""
    return k * digits / 10**-power if power < 0 else float(k * digits * 10**power)


def luck(edges: list[float], observations: npt.ArrayLike, periods: float) -> list[float]:
    """Expected number of annual Sharpe ratios per bin if every true one were 0.

    observations: number of returns n of each run. The estimate of a Sharpe ratio of 0 from n
    returns is normal with mean 0 and standard deviation sqrt(periods / n) (A. Lo, The Statistics
    of Sharpe Ratios, 2002). The counts add up to the number of runs, less what lies beyond the
    edges; a run of fewer than two returns has no ratio.
    """
    n = np.asarray(observations, dtype=np.float64).ravel()
    sizes, runs = np.unique(n[np.isfinite(n) & (n >= 2)], return_counts=True)
    scale = (np.sqrt(sizes / periods) / _ROOT_2).tolist()
    below = np.zeros(len(edges))
    for size, count in zip(scale, runs.tolist(), strict=True):
        below += count / 2 * np.array([math.erf(edge * size) for edge in edges])
    return np.diff(below).tolist()


def monthly(dates: Days, net: Array) -> list[Month]:
    """Compound return of every calendar month that has a date, in order."""
    months, starts = _periods(dates, "datetime64[M]")
    return [
        Month(year=1970 + month // 12, month=month % 12 + 1, value=value)
        for month, value in zip(months, _compound(net, starts), strict=True)
    ]


def yearly(dates: Days, net: Array, benchmark: Array | None = None) -> list[Year]:
    """Compound return of every calendar year that has a date, in order.

    benchmark: daily returns of the same dates.
    """
    years, starts = _periods(dates, "datetime64[Y]")
    market: list[float | None] = [None] * len(years)
    if benchmark is not None:
        market = [*_compound(benchmark, starts)]
    return [
        Year(year=1970 + year, value=value, benchmark=other)
        for year, value, other in zip(years, _compound(net, starts), market, strict=True)
    ]


def drawdowns(dates: Days, equity: Array, count: int = 10) -> list[Drawdown]:
    """The `count` deepest drawdowns of `equity`, deepest first, the earlier of equals first."""
    fall = drawdown(equity)
    turns = np.flatnonzero(np.diff(fall < 0, prepend=False, append=False))
    starts, ends = turns[::2], turns[1::2]  # rows from start to before end are below the high
    if not len(starts):
        return []
    depth = np.minimum.reduceat(fall, starts)
    worst = np.argsort(depth, kind="stable")[:count].tolist()
    return [_episode(dates, fall, int(starts[i]), int(ends[i])) for i in worst]


def _episode(dates: Days, fall: Array, start: int, stop: int) -> Drawdown:
    trough = start + int(np.argmin(fall[start:stop]))
    begin, last = dates[max(start - 1, 0)], dates[min(stop, len(dates) - 1)]
    return Drawdown(
        start=_day(begin),
        trough=_day(dates[trough]),
        end=_day(last) if stop < len(dates) else None,
        depth=float(fall[trough]),
        days=(_day(last) - _day(begin)).days,
    )


def _day(date: np.datetime64) -> dt.date:
    day: dt.date = date.astype("datetime64[D]").item()
    return day


def _periods(dates: Days, unit: str) -> tuple[list[int], Rows]:
    """The number of each period since 1970 and the row of its first date."""
    number = dates.astype(unit).astype(np.int64)
    starts = np.flatnonzero(np.diff(number, prepend=number[:1] - 1))
    return number[starts].tolist(), starts


def _compound(net: Array, starts: Rows) -> list[float]:
    if not len(starts):
        return []
    with np.errstate(over="ignore", invalid="ignore"):
        growth = np.multiply.reduceat(1 + _filled(net), starts)
    found: list[float] = np.nan_to_num(growth - 1, nan=-1.0).tolist()
    return found


def _filled(net: Array) -> Array:
    filled: Array = np.nan_to_num(net, nan=0.0, posinf=0.0, neginf=0.0)
    return filled
