"""Probability of backtest overfitting (PBO), by combinatorially symmetric cross-validation.

The first T mod S dates are dropped and the rest cut into S blocks of equal length. Of each of the
C(S, S/2) ways to call half of the blocks in-sample, the strategy n* with the best in-sample Sharpe
ratio is looked at out of sample:

    w = average rank of n* out of sample among N strategies / (N + 1), 1 = worst
    logit = ln(w / (1 - w));  PBO = share of the splits with logit <= 0

A half in which a strategy's returns do not vary has no Sharpe ratio and ranks last.

D. Bailey, J. Borwein, M. Lopez de Prado and Q. Zhu, The Probability of Backtest Overfitting (2015).
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from engine.errors import DataError, ParamError
from engine.stats.bootstrap import mean_block, resamples
from engine.stats.cscv import Winners, halves_of, splits, winners_of
from engine.stats.performance import FLAT, PERIODS_PER_YEAR, Array

BLOCKS = 10
DRAWS = 200
POINTS = 300
SPLITS_OF_A_DRAW = 504
"""A draw of the band looks at no more splits than about this, evenly chosen."""


class Split(msgspec.Struct, frozen=True):
    """The winner of one split: its annual Sharpe ratio in and out of sample."""

    in_sample: float
    out_of_sample: float


class Pbo(msgspec.Struct, frozen=True, kw_only=True):
    """How often the best of the strategies in one half is below the median in the other half.

    low, high: 5th and 95th percentile over `draws` stationary block bootstraps of the dates within
    each block; PBO is a noisy number and is never shown without them. prob_oos_loss: share of the
    splits whose winner has a mean return below 0 out of sample. slope, intercept: least squares of
    the winners' Sharpe ratios (per period) out of sample on in sample. points: the winners of at
    most `POINTS` splits, evenly chosen. splits: those with a winner, so all unless there are
    halves in which no strategy has a Sharpe ratio. slope, intercept, points: winners that have a
    Sharpe ratio out of sample too.
    """

    pbo: float | None
    low: float | None
    high: float | None
    draws: int
    strategies: int
    dates: int
    blocks: int
    splits: int
    logit_mean: float | None
    logit_median: float | None
    prob_oos_loss: float | None
    slope: float | None
    intercept: float | None
    points: tuple[Split, ...]


def pbo(
    returns: Array,
    blocks: int = BLOCKS,
    *,
    periods: float = PERIODS_PER_YEAR,
    draws: int = DRAWS,
    seed: int = 0,
) -> Pbo:
    """PBO of daily net `returns` [dates x strategies], every number finite.

    The draws of the band resample the dates of each block among themselves, for all strategies
    alike: a date drawn twice must not be in sample and out of sample at once. ParamError unless
    `blocks` is even and 4 to 16, DataError for fewer than two strategies or fewer than two dates a
    block.
    """
    used = _used(returns, blocks)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        grouped = used.reshape(blocks, -1, used.shape[1])
        halves = halves_of(grouped.sum(axis=1), (grouped * grouped).sum(axis=1), len(used) // 2)
        winners = winners_of(halves, *splits(blocks))
        band = _band(used, blocks, draws, seed)
    low, high = np.quantile(band, [0.05, 0.95]).tolist() if len(band) else (None, None)
    both = np.isfinite(winners.outside)
    inside, outside = (_sharpe(x[both], len(used) // 2) for x in (winners.inside, winners.outside))
    slope, intercept = _line(inside, outside)
    logits = _logits(winners, used.shape[1])
    return Pbo(
        pbo=_share_below_median(winners, used.shape[1]),
        low=low,
        high=high,
        draws=len(band),
        strategies=used.shape[1],
        dates=len(used),
        blocks=blocks,
        splits=len(winners.lost),
        logit_mean=float(logits.mean()) if len(logits) else None,
        logit_median=float(np.median(logits)) if len(logits) else None,
        prob_oos_loss=float(winners.lost.mean()) if len(logits) else None,
        slope=slope,
        intercept=intercept,
        points=_points(inside, outside, periods),
    )


def _used(returns: Array, blocks: int) -> Array:
    """The dates that fill the blocks; returns that are only rounding are 0."""
    if not (4 <= blocks <= 16 and blocks % 2 == 0):
        raise ParamError(f"The number of blocks is {blocks}; choose an even number from 4 to 16.")
    x = np.asarray(returns, dtype=np.float64)
    dates, strategies = x.shape
    if strategies < 2:
        raise DataError(
            f"The probability of overfitting is about a choice among strategies, and there are"
            f" {strategies}; choose at least two."
        )
    if dates < 2 * blocks:
        raise DataError(
            f"{dates} dates cannot be cut into {blocks} blocks of two or more; choose fewer blocks"
            " or strategies with a longer history in common."
        )
    x = x[dates % blocks :]
    if not np.isfinite(x).all():
        raise DataError(
            "The probability of overfitting needs a return of every strategy on every date; choose"
            " the dates that they have in common."
        )
    return np.where(np.abs(x) < FLAT, 0.0, x)


def _share_below_median(winners: Winners, strategies: int) -> float | None:
    """PBO: logit <= 0 where twice the rank is at most N + 1."""
    below = winners.twice_rank <= strategies + 1
    return float(below.mean()) if len(below) else None


def _logits(winners: Winners, strategies: int) -> Array:
    w = winners.twice_rank / (2 * (strategies + 1))
    logit: Array = np.log(w / (1 - w))
    return logit


def _points(inside: Array, outside: Array, periods: float) -> tuple[Split, ...]:
    most = min(POINTS, len(inside))
    shown = np.arange(most) * len(inside) // max(most, 1)
    root = math.sqrt(periods)
    return tuple(Split(float(inside[i]) * root, float(outside[i]) * root) for i in shown)


def _line(x: Array, y: Array) -> tuple[float | None, float | None]:
    """Slope and intercept of least squares of y on x, None unless x varies."""
    away = x - x.mean() if len(x) else x
    spread = float((away * away).sum())
    if math.sqrt(spread) < FLAT:
        return None, None
    slope = float((away * y).sum()) / spread
    return slope, float(y.mean() - slope * x.mean())


def _sharpe(score: Array, dates: int) -> Array:
    """The Sharpe ratio per period of halves with m |m| / q = score."""
    size = np.abs(score)
    found: Array = np.sign(score) * np.sqrt(size * (dates - 1) / (dates * (dates - size)))
    return found


def _band(used: Array, blocks: int, draws: int, seed: int) -> Array:
    """PBO of each draw that has one, by the running sums of the returns and of their squares."""
    rng = np.random.Generator(np.random.PCG64(seed))
    running = _running(used), _running(used * used)
    looked_at = splits(blocks, SPLITS_OF_A_DRAW)
    found = []
    for _ in range(draws):
        sums, squares = _drawn(running, blocks, rng)
        winners = winners_of(halves_of(sums, squares, len(used) // 2), *looked_at)
        found.append(_share_below_median(winners, used.shape[1]))
    return np.array([share for share in found if share is not None])


def _running(x: Array) -> Array:
    """Row k is the sum of the first k rows."""
    found = np.zeros((len(x) + 1, x.shape[1]))
    np.cumsum(x, axis=0, out=found[1:])
    return found


def _drawn(running: tuple[Array, Array], blocks: int, rng: np.random.Generator) -> list[Array]:
    """Sums over the blocks of one draw, of consecutive dates at a time."""
    dates = len(running[0]) - 1
    size = dates // blocks
    rows = resamples(blocks, size, min(mean_block(dates), size), rng)
    rows += size * np.arange(blocks)[:, None]
    begins = np.ones(rows.shape, dtype=np.bool_)
    begins[:, 1:] = np.diff(rows, axis=1) != 1
    at = np.flatnonzero(begins)
    start = rows.ravel()[at]
    end = start + np.diff(at, append=dates)
    block = np.searchsorted(at, np.arange(0, dates, size))
    return [np.add.reduceat(part[end] - part[start], block, axis=0) for part in running]
