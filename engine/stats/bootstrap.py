"""Stationary block bootstrap: resampled series that keep what neighbouring days have in common.

Blocks begin at random dates, have geometric lengths of mean L and wrap around the end (D. Politis
and J. Romano, The Stationary Bootstrap, 1994).
"""

from __future__ import annotations

import hashlib
import math

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import ParamError
from engine.stats.performance import FLAT, PERIODS_PER_YEAR, Array

DRAWS = 2000
LEVEL = 0.9
FEWEST = 10
"""Fewer returns than this have no interval."""
_CELLS = 1 << 20  # numbers held at a time

Rows = npt.NDArray[np.int64]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Percentile interval of an annual Sharpe ratio; `block` is the mean length in dates.

    share_below_zero: share of the draws with a Sharpe ratio of 0 or less. draws: those that have a
    ratio; one whose returns are all the same has none.
    """

    low: float
    high: float
    median: float
    share_below_zero: float
    level: float
    block: float
    draws: int
    seed: int


def stationary_rows(n: int, block: float, rng: np.random.Generator) -> Rows:
    """The n rows, of 0..n-1, of one resampled series; ParamError for a mean block below a date."""
    return resamples(1, n, block, rng).ravel()


def resamples(count: int, n: int, block: float, rng: np.random.Generator) -> Rows:
    """The rows of several resampled series, [count x n].

    Each row begins a block with probability 1 / block, the first always; any other follows the row
    before it. ParamError for a mean block below one date.
    """
    if not block >= 1:
        raise ParamError(f"The mean block of a bootstrap is {block:g} dates; choose 1 or more.")
    begins = rng.random((count, n)) < 1 / block
    begins[:, :1] = True
    at = np.flatnonzero(begins)
    length = np.diff(at, append=count * n)
    away = rng.integers(max(n, 1), size=len(at)) - at
    rows = np.repeat(away, length) + np.arange(count * n)
    rows %= max(n, 1)
    return rows.reshape(count, n)


def mean_block(n: int) -> float:
    """The mean block for n dates, n^(1/3)."""
    return max(math.pow(n, 1 / 3), 1.0)


def sharpe_interval(
    net: Array, seed: int, *, periods: float = PERIODS_PER_YEAR, draws: int = DRAWS
) -> Interval | None:
    """Interval of the annual Sharpe ratio of daily net returns; None where that is undefined.

    The mean block has n^(1/3) dates. The same seed gives the same interval on every machine. What
    is not finite is left out. Undefined: fewer than `FEWEST` returns, or at most half of the draws
    have a ratio. ParamError for fewer than one draw.
    """
    if draws < 1:
        raise ParamError(f"The number of draws is {draws}; choose 1 or more.")
    r = np.asarray(net, dtype=np.float64).ravel()
    r = r[np.isfinite(r)]
    if len(r) < FEWEST:
        return None
    found = _resampled(r, mean_block(len(r)), draws, np.random.Generator(np.random.PCG64(seed)))
    found = found[np.isfinite(found)] * math.sqrt(periods)
    if 2 * len(found) <= draws:
        return None
    low, median, high = np.quantile(found, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]).tolist()
    return Interval(
        low=low,
        high=high,
        median=median,
        share_below_zero=float((found <= 0).mean()),
        level=LEVEL,
        block=mean_block(len(r)),
        draws=len(found),
        seed=seed,
    )


def seed_of(text: str) -> int:
    """A seed from the identity of a run (any text): 53 bits of its SHA-256.

    As many as every reader of JSON keeps.
    """
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 11


def _resampled(r: Array, block: float, draws: int, rng: np.random.Generator) -> Array:
    """Sharpe ratio per period of each draw, NaN where the returns do not vary."""
    step = max(1, _CELLS // len(r))
    parts = [
        _sharpe_ratios(r[resamples(min(step, draws - done), len(r), block, rng)])
        for done in range(0, draws, step)
    ]
    return np.concatenate(parts)


def _sharpe_ratios(draws: Array) -> Array:
    """Sharpe ratio of each row, mean / sd (n - 1), NaN where it does not vary."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = draws.mean(axis=1)
        draws -= mean[:, None]
        draws *= draws
        sd = np.sqrt(draws.sum(axis=1) / (draws.shape[1] - 1))
        varies = np.isfinite(sd) & (sd >= FLAT * np.maximum(1.0, np.abs(mean)))
    ratio = np.full(len(draws), np.nan)
    ratio[varies] = mean[varies] / sd[varies]
    return ratio
