"""Correlations of two matrices date by date, and what a series of them comes to."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt

from engine import kernels as k

Array = npt.NDArray[np.float64]

MIN_NAMES = 10
FLAT = 1e-12
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


def correlation(x: Array, y: Array) -> Array:
    """Pearson correlation of each row over the names present in both; NaN for fewer than ten."""
    return _by_tiles(_pearson, x, y)


def rank_correlation(x: Array, y: Array) -> Array:
    """Spearman correlation of each row, average ranks for ties, as `correlation` otherwise."""
    return _by_tiles(_spearman, x, y)


def coefficient(daily: Array, days: int) -> Coefficient:
    """The daily correlations with returns over `days` dates, summed up; NaN is left out."""
    x = daily[~np.isnan(daily)]
    sd = float(x.std(ddof=1)) if len(x) > 1 else math.nan
    flat = not sd > FLAT
    return Coefficient(
        mean=mean_of(daily),
        sd=None if len(x) < 2 else sd,
        icir=None if flat else float(x.mean()) / sd,
        t=None if flat else newey_west_t(x, days - 1),
        n=len(x),
        daily=listed(daily),
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


def mean_of(x: Array) -> float | None:
    """Mean of what is not NaN, None when everything is."""
    known = x[~np.isnan(x)]
    return float(known.mean()) if len(known) else None


def listed(x: Array) -> list[float | None]:
    """The values, None for NaN."""
    return [None if math.isnan(v) else v for v in x.tolist()]


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
