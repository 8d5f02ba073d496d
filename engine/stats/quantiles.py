"""Buckets of a signal, what they earned, and how fast their names change."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from engine import kernels as k
from engine.stats.correlation import MIN_NAMES, Array, listed, mean_of, newey_west_t

Bools = npt.NDArray[np.bool_]

BUCKETS = 5


class Quantiles(msgspec.Struct, frozen=True, kw_only=True):
    """Forward returns of equally weighted buckets of the signal, lowest first.

    means: of all dates, per bucket. spread: mean of the highest minus the lowest bucket;
    spread_t as in `Coefficient`. monotonicity: rank correlation of bucket and mean.
    turnover: mean share of a bucket's names that were not in it the date before, per bucket.
    daily [dates][buckets] and spread_daily: one entry per date of the panel.
    """

    means: list[float | None]
    turnover: list[float | None] = []
    spread: float | None
    spread_t: float | None
    monotonicity: float | None
    daily: list[list[float | None]]
    spread_daily: list[float | None]


def quantiles(values: Array, forward: Array, days: int) -> Quantiles:
    """Buckets of `values`, and what they earned of `forward`, the returns over `days` dates.

    A name counts where it has both [dates x symbols]; a date with fewer than ten has no buckets.
    """
    missing = np.isnan(values) | np.isnan(forward)
    rank = k.cs_rank(np.ascontiguousarray(np.where(missing, np.nan, values)), False)
    bucket = np.minimum(np.floor(np.where(missing, -1.0, rank) * BUCKETS), BUCKETS - 1)
    bucket[(~missing).sum(axis=1) < MIN_NAMES] = -1.0
    inside = [bucket == b for b in range(BUCKETS)]
    daily = np.stack([_mean_return(names, forward) for names in inside], axis=1)
    means = [mean_of(column) for column in daily.T]
    spread = daily[:, -1] - daily[:, 0]
    known = spread[~np.isnan(spread)]
    return Quantiles(
        means=means,
        turnover=[mean_of(_renewed(names)) for names in inside],
        spread=mean_of(spread),
        spread_t=newey_west_t(known, days - 1) if len(known) > 1 else None,
        monotonicity=_monotonicity(means),
        daily=[listed(row) for row in daily],
        spread_daily=listed(spread),
    )


def _mean_return(inside: Bools, forward: Array) -> Array:
    return _ratio(np.where(inside, forward, 0.0).sum(axis=1), inside.sum(axis=1))


def _renewed(inside: Bools) -> Array:
    """Share of names that are new on each date but the first; NaN unless both dates have some."""
    count = inside.sum(axis=1)
    new = (inside[1:] & ~inside[:-1]).sum(axis=1)
    return _ratio(new.astype(np.float64), np.where(count[:-1] > 0, count[1:], 0))


def _ratio(total: Array, count: npt.NDArray[np.int64]) -> Array:
    result = np.full(len(total), np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result


def _monotonicity(means: list[float | None]) -> float | None:
    known = [m for m in means if m is not None]
    if len(known) < len(means) or len(set(known)) < 2:
        return None
    ranks = [sum(b < a for b in known) + (known.count(a) - 1) / 2 for a in known]
    return float(np.corrcoef(ranks, range(len(known)))[0, 1])
