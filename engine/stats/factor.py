"""Does a signal order the returns that follow it? Information coefficients and quantile returns.

The signal of date t is compared with the return from the close at which its book is traded, that of
date t + lag - 1, to the close h dates later; a name counts when it has a signal and a price on both
dates. A date with fewer than ten such names is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from engine import kernels as k
from engine.errors import DataError, ParamError
from engine.panel import Panel

Array = npt.NDArray[np.float64]

MIN_NAMES = 10
BUCKETS = 5
DECAY = 20
FLAT = 1e-12
MAX_HORIZON = 2520
_TILE = 1 << 15  # values


class Coefficient(msgspec.Struct, frozen=True, kw_only=True):
    """A daily correlation over time.

    icir = mean / sd (n - 1), not annualised. t = icir sqrt(n); with horizons that overlap, the
    variance is that of Newey and West with h - 1 lags. daily: one value per date of the panel.
    """

    mean: float | None
    sd: float | None
    icir: float | None
    t: float | None
    n: int
    daily: list[float | None]


class Quantiles(msgspec.Struct, frozen=True, kw_only=True):
    """Forward returns of equally weighted buckets of the signal, lowest first.

    means: of all dates, per bucket. spread: mean of the highest minus the lowest bucket;
    spread_t as in `Coefficient`. monotonicity: rank correlation of bucket and mean.
    daily [dates][buckets] and spread_daily: one entry per date of the panel.
    """

    means: list[float | None]
    spread: float | None
    spread_t: float | None
    monotonicity: float | None
    daily: list[list[float | None]]
    spread_daily: list[float | None]


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """What the signal says about the next `days` dates: Pearson, Spearman, quantiles."""

    days: int
    ic: Coefficient
    rank_ic: Coefficient
    quantiles: Quantiles


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as a predictor.

    decay: mean rank correlation with the returns over 1..20 dates. rank_autocorrelation: mean rank
    correlation of the signal with itself the date before. lag: execution lag of the returns.
    """

    lag: int
    horizons: list[Horizon]
    decay: list[float | None]
    rank_autocorrelation: float | None
    rank_autocorrelation_daily: list[float | None]


def factor(
    signal: Array, panel: Panel, horizons: Sequence[int] = (1, 5, 10), *, lag: int = 1
) -> Factor:
    """Measure `signal` [dates x symbols of the panel] as a predictor over `horizons` (dates).

    ParamError for a horizon outside 1..2520 or a lag outside 0..20, DataError for another shape.
    """
    _check(signal, panel, horizons, lag)
    values = _members(signal, panel)
    prices = np.where(panel.prices() > 0, panel.prices(), np.nan)
    ranked: dict[int, Array] = {}
    measured: dict[int, Horizon] = {}
    for h in sorted({*horizons, *range(1, DECAY + 1)}):
        forward = forward_returns(prices, h, lag)
        ranked[h] = rank_correlation(values, forward)
        if h in horizons:
            measured[h] = _horizon(values, forward, ranked[h], h)
    steady = np.full(len(values), np.nan)
    steady[1:] = rank_correlation(values[1:], values[:-1])
    return Factor(
        lag=lag,
        horizons=[measured[h] for h in horizons],
        decay=[_mean(ranked[h]) for h in range(1, DECAY + 1)],
        rank_autocorrelation=_mean(steady),
        rank_autocorrelation_daily=_listed(steady),
    )


def forward_returns(prices: Array, days: int, lag: int) -> Array:
    """Return from the close of t + lag - 1 to that of `days` later [dates x symbols].

    Missing unless both prices are known.
    """
    dates = len(prices)
    row = np.arange(dates)
    start, end = row + lag - 1, row + lag - 1 + days
    inside = (start >= 0) & (end < dates)
    result = np.full_like(prices, np.nan)
    with np.errstate(over="ignore"):
        result[inside] = prices[end[inside]] / prices[start[inside]] - 1
    result[np.isinf(result)] = np.nan
    return result


def correlation(x: Array, y: Array) -> Array:
    """Pearson correlation of each row over the names present in both; NaN for fewer than ten."""
    return _by_tiles(_pearson, x, y)


def rank_correlation(x: Array, y: Array) -> Array:
    """Spearman correlation of each row, average ranks for ties, as `correlation` otherwise."""
    return _by_tiles(_spearman, x, y)


def _by_tiles(rows: Callable[[Array, Array], Array], x: Array, y: Array) -> Array:
    """Call `rows` on few dates at a time: the many steps in between stay in the cache."""
    height = max(1, _TILE // x.shape[1])
    result = np.empty(len(x))
    for t in range(0, len(x), height):
        result[t : t + height] = rows(x[t : t + height], y[t : t + height])
    return result


def _spearman(x: Array, y: Array) -> Array:
    missing = np.isnan(x) | np.isnan(y)
    a, b = (np.where(missing, np.nan, v) for v in (x, y))
    return _pearson(k.cs_rank(a, False), k.cs_rank(b, False))


def _pearson(x: Array, y: Array) -> Array:
    both = ~(np.isnan(x) | np.isnan(y))
    n = both.sum(axis=1)
    enough = n >= MIN_NAMES
    count = np.maximum(n, 1)
    x, y = (np.where(both, v, 0.0) for v in (x, y))
    a, b = (_centred(v, both, count) for v in (x, y))
    var_a, var_b = _dot(a, a), _dot(b, b)
    enough &= (var_a > FLAT * _dot(x, x)) & (var_b > FLAT * _dot(y, y))
    result = np.full(len(x), np.nan)
    np.divide(_dot(a, b), np.sqrt(var_a) * np.sqrt(var_b), out=result, where=enough)
    clipped: Array = np.clip(result, -1, 1)
    return clipped


def _dot(a: Array, b: Array) -> Array:
    sums: Array = np.einsum("ij,ij->i", a, b)
    return sums


def _centred(x: Array, both: npt.NDArray[np.bool_], count: npt.NDArray[np.int64]) -> Array:
    mean = x.sum(axis=1) / count
    return np.where(both, x - mean[:, None], 0.0)


def _check(signal: Array, panel: Panel, horizons: Sequence[int], lag: int) -> None:
    if np.shape(signal) != panel.shape:
        raise DataError(
            f"The signal has shape {np.shape(signal)}; the panel has {panel.shape[0]} dates and"
            f" {panel.shape[1]} symbols."
        )
    for days in horizons:
        if not 1 <= days <= MAX_HORIZON:
            raise ParamError(f"The horizon is {days}; choose 1 to {MAX_HORIZON} dates.")
    if not 0 <= lag <= 20:
        raise ParamError(f"The execution lag is {lag}; choose 0 to 20 dates.")


def _members(signal: Array, panel: Panel) -> Array:
    values = np.where(np.isfinite(signal), signal, np.nan)
    member = panel.universe()
    return values if member is None else np.where(member, values, np.nan)


def _horizon(values: Array, forward: Array, ranked: Array, days: int) -> Horizon:
    return Horizon(
        days=days,
        ic=_coefficient(correlation(values, forward), days),
        rank_ic=_coefficient(ranked, days),
        quantiles=_quantiles(values, forward, days),
    )


def _coefficient(daily: Array, days: int) -> Coefficient:
    x = daily[~np.isnan(daily)]
    sd = float(x.std(ddof=1)) if len(x) > 1 else math.nan
    flat = not sd > FLAT
    return Coefficient(
        mean=_mean(daily),
        sd=None if len(x) < 2 else sd,
        icir=None if flat else float(x.mean()) / sd,
        t=None if flat else newey_west_t(x, days - 1),
        n=len(x),
        daily=_listed(daily),
    )


def newey_west_t(x: Array, lags: int) -> float | None:
    """The t of the mean of x with Bartlett weights 1 - j/(lags + 1); autocovariances over n - 1."""
    n = len(x)
    away = x - x.mean()
    variance = float(away @ away)
    for j in range(1, min(lags, n - 1) + 1):
        variance += 2 * (1 - j / (lags + 1)) * float(away[j:] @ away[:-j])
    if not variance / (n - 1) > FLAT**2:
        return None
    return float(x.mean()) / math.sqrt(variance / (n - 1) / n)


def _quantiles(values: Array, forward: Array, days: int) -> Quantiles:
    missing = np.isnan(values) | np.isnan(forward)
    rank = k.cs_rank(np.ascontiguousarray(np.where(missing, np.nan, values)), False)
    bucket = np.minimum(np.floor(np.where(missing, -1.0, rank) * BUCKETS), BUCKETS - 1)
    bucket[(~missing).sum(axis=1) < MIN_NAMES] = -1.0
    daily = np.stack([_bucket_mean(bucket == b, forward) for b in range(BUCKETS)], axis=1)
    means = [_mean(column) for column in daily.T]
    spread = daily[:, -1] - daily[:, 0]
    known = spread[~np.isnan(spread)]
    return Quantiles(
        means=means,
        spread=_mean(spread),
        spread_t=newey_west_t(known, days - 1) if len(known) > 1 else None,
        monotonicity=_monotonicity(means),
        daily=[_listed(row) for row in daily],
        spread_daily=_listed(spread),
    )


def _bucket_mean(inside: npt.NDArray[np.bool_], forward: Array) -> Array:
    count = inside.sum(axis=1)
    result = np.full(len(forward), np.nan)
    total = np.where(inside, forward, 0.0).sum(axis=1)
    np.divide(total, count, out=result, where=count > 0)
    return result


def _monotonicity(means: list[float | None]) -> float | None:
    known = [m for m in means if m is not None]
    if len(known) < len(means) or len(set(known)) < 2:
        return None
    ranks = [sum(b < a for b in known) + (known.count(a) - 1) / 2 for a in known]
    return float(np.corrcoef(ranks, range(len(known)))[0, 1])


def _mean(x: Array) -> float | None:
    known = x[~np.isnan(x)]
    return float(known.mean()) if len(known) else None


def _listed(x: Array) -> list[float | None]:
    return [None if math.isnan(v) else v for v in x.tolist()]
