"""How much of a Sharpe ratio is luck: of a short sample, and of having chosen among many.

Sharpe ratios SR are per period, mean / sd (n - 1), unless called annual; skewness g3 and kurtosis
g4 are raw moments of the sample, g4 = 3 for a normal distribution. z is the normal quantile.

    standard error of SR       sqrt((1 - g3 SR + (g4 - 1) / 4 SR^2) / (n - 1))
    probabilistic, PSR(SR0)    Phi((SR - SR0) / standard error)
    expected maximum of N      sd ((1 - g) z(1 - 1/N) + g z(1 - 1/(N e))), g = Euler's constant
    deflated, DSR              PSR(expected maximum of N trials whose Sharpe ratios have that sd)
    minimum track record       1 + (1 - g3 SR + (g4 - 1) / 4 SR^2) (z(p) / (SR - SR0))^2
    zero-skill best of N       expected maximum of N with sd sqrt(A / n), annual: of n returns each,
                               A a year

D. Bailey and M. Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012) and The Deflated Sharpe
Ratio (2014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import msgspec
import numpy as np
import numpy.typing as npt

from engine.stats.performance import FLAT, Array

CONFIDENCE = 0.95
_EULER = 0.5772156649015329
_NORMAL = NormalDist()


class Deflated(msgspec.Struct, frozen=True, kw_only=True):
    """A Sharpe ratio seen in the light of all that was tried; None where it is undefined.

    probability: that the true ratio is above what the best of `trials` attains by luck (DSR).
    expected_best: that ratio, annual. dispersion: standard deviation (n - 1) of the trials' annual
    Sharpe ratios. psr: probability that the true ratio is above 0, trials forgotten.
    min_trl_days: returns needed to say with 95 % confidence that it is above 0.
    """

    probability: float | None
    expected_best: float | None
    trials: int
    dispersion: float | None
    psr: float | None
    min_trl_days: float | None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Moments of n returns: Sharpe ratio per period, raw skewness and kurtosis."""

    sr: float
    n: int
    skew: float
    kurt: float


def sample(net: npt.ArrayLike) -> Sample | None:
    """The moments of daily net returns, what is not finite left out.

    None if they do not vary, or are too large to measure.
    """
    r = np.asarray(net, dtype=np.float64).ravel()
    r = r[np.isfinite(r)]
    if len(r) < 2:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(r.mean())
        away = r - mean
        square = away * away
        variance, cube, fourth = (float(x.mean()) for x in (square, square * away, square * square))
    sd = math.sqrt(variance * len(r) / (len(r) - 1))
    if not math.isfinite(fourth) or sd < FLAT * max(1.0, abs(mean)):
        return None
    return Sample(sr=mean / sd, n=len(r), skew=cube / variance**1.5, kurt=fourth / variance**2)


def psr(sr: float, sr0: float, n: int, skew: float, kurt: float) -> float | None:
    """Probability that the true Sharpe ratio is above sr0, given sr from n returns.

    None for fewer than two returns, or moments that no sample has.
    """
    spread = _spread(sr, skew, kurt)
    if n < 2 or not spread > 0:
        return None
    return _NORMAL.cdf((sr - sr0) * math.sqrt(n - 1) / math.sqrt(spread))


def expected_max(n: int, sd: float) -> float | None:
    """Expected maximum of n normal values with mean 0 and standard deviation sd, in its unit.

    None for fewer than two values.
    """
    if n < 2:
        return None
    z = _NORMAL.inv_cdf
    return sd * ((1 - _EULER) * z(1 - 1 / n) + _EULER * z(1 - 1 / (n * math.e)))


def zero_skill_best(trials: int, observations: float, periods: float) -> float | None:
    """Expected best annual Sharpe ratio of independent trials whose true ratios are all 0.

    Each is estimated from so many returns, so that it scatters by sqrt(periods / observations).
    None for fewer than two trials or returns.
    """
    return expected_max(trials, math.sqrt(periods / observations)) if observations >= 2 else None


def dsr(sr: float, n: int, skew: float, kurt: float, trials: int, sd: float) -> float | None:
    """Probability that the true Sharpe ratio is above the best by luck of so many trials.

    sd: standard deviation of the trials' Sharpe ratios per period. None as in `psr` and
    `expected_max`.
    """
    best = expected_max(trials, sd)
    return None if best is None else psr(sr, best, n, skew, kurt)


def min_trl(
    sr: float, sr0: float, skew: float, kurt: float, confidence: float = CONFIDENCE
) -> float | None:
    """Number of returns after which sr is above sr0 with that confidence; None unless sr > sr0."""
    spread = _spread(sr, skew, kurt)
    if not sr > sr0 or not spread > 0:
        return None
    return 1 + spread * (_NORMAL.inv_cdf(confidence) / (sr - sr0)) ** 2


def deflated(net: Array, trial_sharpes: Sequence[float], trials: int, periods: float) -> Deflated:
    """What is left of the Sharpe ratio of daily net returns after `trials` attempts.

    trial_sharpes: annual, of the attempts that have one; at least two. periods: returns per year.
    """
    known = np.asarray(trial_sharpes, dtype=np.float64)
    known = known[np.isfinite(known)]
    dispersion = float(known.std(ddof=1)) if len(known) > 1 else None
    best = None if dispersion is None else expected_max(trials, dispersion)
    found = sample(net)
    if found is None:
        return Deflated(
            probability=None, expected_best=best, trials=trials, dispersion=dispersion,
            psr=None, min_trl_days=None,
        )  # fmt: skip
    sr, n, skew, kurt = found.sr, found.n, found.skew, found.kurt
    daily_best = None if best is None else best / math.sqrt(periods)
    return Deflated(
        probability=None if daily_best is None else psr(sr, daily_best, n, skew, kurt),
        expected_best=best,
        trials=trials,
        dispersion=dispersion,
        psr=psr(sr, 0.0, n, skew, kurt),
        min_trl_days=min_trl(sr, 0.0, skew, kurt),
    )


def raw_moments(
    skew: npt.ArrayLike, kurtosis: npt.ArrayLike, n: npt.ArrayLike
) -> tuple[Array, Array]:
    """Raw g3, g4 of n returns from the bias-corrected skewness and excess kurtosis of `Metrics`.

    Of the same shape; NaN where one is missing, or for fewer than four returns, which have no
    bias-corrected kurtosis.
    """
    g1, g2, size = (np.asarray(x, dtype=np.float64) for x in (skew, kurtosis, n))
    size = np.where(size > 3, size, np.nan)
    g3 = g1 * (size - 2) / np.sqrt(size * (size - 1))
    excess = (g2 * (size - 2) * (size - 3) / (size - 1) - 6) / (size + 1)
    return g3, excess + 3


def deflated_column(
    sharpe: npt.ArrayLike,
    n: npt.ArrayLike,
    skew: npt.ArrayLike,
    kurtosis: npt.ArrayLike,
    trials: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    periods: npt.ArrayLike,
) -> Array:
    """DSR of many runs, as the probability in `deflated`; NaN where it is undefined.

    sharpe, dispersion: annual. n, skew, kurtosis: as in `Metrics`. All of one shape, or single
    numbers that hold for every run.
    """
    columns = (sharpe, n, skew, kurtosis, trials, dispersion, periods)
    sharpes, size, skews, kurts, tried, spread, year = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in columns)
    )
    g3, g4 = raw_moments(skews, kurts, size)
    with np.errstate(all="ignore"):
        sr, best = sharpes / np.sqrt(year), _expected_maxima(tried) * spread / np.sqrt(year)
        variance = 1 - g3 * sr + (g4 - 1) / 4 * sr * sr
        z = (sr - best) * np.sqrt(size - 1) / np.sqrt(np.where(variance > 0, variance, np.nan))
    return _normal_cdf(z)


def _expected_maxima(trials: Array) -> Array:
    """`expected_max` of each number of trials, sd 1."""
    if not trials.size:
        return np.empty(trials.shape)
    counts, which = np.unique(trials, return_inverse=True)
    best = [expected_max(int(k), 1.0) if math.isfinite(k) else None for k in counts]
    return np.array([math.nan if x is None else x for x in best])[which].reshape(trials.shape)


def _normal_cdf(z: Array) -> Array:
    """Phi of each number; a loop in C over the exact function is fast enough for columns."""
    flat = np.ravel(z / -math.sqrt(2)).tolist()
    return np.fromiter(map(math.erfc, flat), dtype=np.float64, count=z.size).reshape(z.shape) / 2


def _spread(sr: float, skew: float, kurt: float) -> float:
    """Variance of the Sharpe ratio times n - 1; 0 or less for moments that no sample has."""
    return 1 - skew * sr + (kurt - 1) / 4 * sr * sr
