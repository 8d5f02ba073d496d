"""Does a signal order the returns that follow it? Information coefficients and quantile returns.

The signal of date t is compared with the return from the close at which its book is traded, that of
date t + lag - 1, to the close h dates later; a name counts when it has a signal and a price on both
dates. A date with fewer than ten such names is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from engine.errors import DataError, ParamError
from engine.panel import Panel
from engine.stats.breakdown import Breakdown, by_group, by_year
from engine.stats.correlation import (
    FLAT,
    MIN_NAMES,
    Array,
    Coefficient,
    coefficient,
    correlation,
    listed,
    mean_of,
    newey_west_t,
    rank_correlation,
)
from engine.stats.quantiles import BUCKETS, Quantiles, quantiles

__all__ = [
    "BUCKETS",
    "DECAY",
    "FLAT",
    "MAX_HORIZON",
    "MIN_NAMES",
    "Breakdown",
    "Coefficient",
    "Factor",
    "Horizon",
    "Quantiles",
    "correlation",
    "factor",
    "forward_returns",
    "newey_west_t",
    "rank_correlation",
]

DECAY = 20
MAX_HORIZON = 2520


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """What the signal says about the next `days` dates: Pearson, Spearman, quantiles."""

    days: int
    ic: Coefficient
    rank_ic: Coefficient
    quantiles: Quantiles


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as a predictor.

    years, groups: the rank IC of the first horizon by calendar year, and by the groups of
    `category` (ranks within the group).

    decay: mean rank correlation with the returns over 1..20 dates. rank_autocorrelation: mean rank
    correlation of the signal with itself the date before. lag: execution lag of the returns.
    """

    lag: int
    horizons: list[Horizon]
    decay: list[float | None]
    rank_autocorrelation: float | None
    rank_autocorrelation_daily: list[float | None]
    years: tuple[Breakdown, ...] = ()
    category: str | None = None
    groups: tuple[Breakdown, ...] = ()


def factor(
    signal: Array,
    panel: Panel,
    horizons: Sequence[int] = (1, 5, 10),
    *,
    lag: int = 1,
    category: str | None = None,
) -> Factor:
    """Measure `signal` [dates x symbols of the panel] as a predictor over `horizons` (dates).

    category: whose groups are told apart; the first of the panel unless chosen. ParamError for a
    horizon outside 1..2520 or a lag outside 0..20, DataError for another shape or category.
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
    found = Factor(
        lag=lag,
        horizons=[measured[h] for h in horizons],
        decay=[mean_of(ranked[h]) for h in range(1, DECAY + 1)],
        rank_autocorrelation=mean_of(steady),
        rank_autocorrelation_daily=listed(steady),
        category=next(iter(panel.categories), None) if category is None else category,
    )
    if not horizons:
        return found
    days = horizons[0]
    return _divided(found, panel, values, forward_returns(prices, days, lag), ranked[days])


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
        ic=coefficient(correlation(values, forward), days),
        rank_ic=coefficient(ranked, days),
        quantiles=quantiles(values, forward, days),
    )


def _divided(found: Factor, panel: Panel, values: Array, forward: Array, ranked: Array) -> Factor:
    """`found` with the parts of the first horizon, whose returns and coefficients are given."""
    days, category = found.horizons[0].days, found.category
    years = by_year(panel.dates, ranked, values, forward, days)
    if category is None:
        return msgspec.structs.replace(found, years=years)
    codes = panel.codes(category)
    groups = by_group(codes, panel.categories[category], values, forward, days)
    return msgspec.structs.replace(found, years=years, groups=groups)
