"""How many of the trials were really different: clusters of like daily returns.

Leader clustering: the trials are taken in their order; one whose correlation with the first of some
cluster is at least `ALIKE` joins it, any other begins a cluster. The number of clusters is that of
trials of which no two are alike and to one of which every other is. It depends on the order, but
not on the cluster that is joined, and needs no table of all pairs.

The correlation has its sign. A strategy and its negative are two trials: one of them is always
lucky, so the better of both is expected at 0.80 standard deviations by chance alone, the better of
two independent ones at 0.56. Counting them as one would flatter.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import ParamError
from engine.stats.performance import FLAT, Array

ALIKE = 0.7
"""Two series with at least this correlation belong together."""
_ROUNDING = 1e-5  # equal series have a correlation of 1 less some rounding
_BLOCK = 256
_Small = npt.NDArray[np.float32]


class EffectiveTrials(msgspec.Struct, frozen=True, kw_only=True):
    """What `trials` rows of the ledger amount to.

    measured: trials whose daily series are there. clusters: groups of these; all series that do not
    vary are one group. effective: clusters, and every trial without a series counted as one of its
    own, as nobody can say. Trials that failed count in neither. mean_correlation: of pairs of
    measured series that vary.
    """

    trials: int
    measured: int
    clusters: int
    effective: float
    alike: float
    mean_correlation: float | None


def effective_trials(returns: Array, trials: int, *, alike: float = ALIKE) -> EffectiveTrials:
    """Count the clusters of daily net `returns` [dates x measured trials], in their order.

    A return that is not finite counts as 0. ParamError when there are more series than trials, or
    `alike` is not above 0 and at most 1.
    """
    measured = returns.shape[1]
    if not 0 < alike <= 1:
        raise ParamError(f"The correlation of like trials is {alike:g}; choose above 0, at most 1.")
    if trials < measured:
        raise ParamError(f"There are {measured} series of {trials} trials; count all trials.")
    z = _standardised(returns)
    pairs = len(z) * (len(z) - 1)
    together = z.sum(axis=0, dtype=np.float64)
    mean_correlation = (float((together * together).sum()) - len(z)) / pairs if pairs else None
    clusters = _leaders(z, alike - _ROUNDING) + (len(z) < measured)
    return EffectiveTrials(
        trials=trials,
        measured=measured,
        clusters=clusters,
        effective=float(clusters + trials - measured),
        alike=alike,
        mean_correlation=mean_correlation,
    )


def _standardised(returns: Array) -> _Small:
    """One row per series that varies, with mean 0 and length 1: products are correlations."""
    dates, measured = returns.shape
    z = np.empty((measured, dates), dtype=np.float32)
    count = 0
    for begin in range(0, measured, _BLOCK):
        x = np.asarray(returns[:, begin : begin + _BLOCK], dtype=np.float64).T.copy()
        x[~np.isfinite(x)] = 0
        mean = x.mean(axis=1, keepdims=True) if dates else np.zeros((len(x), 1))
        x -= mean
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.sqrt((x * x).sum(axis=1))
        floor = FLAT * np.maximum(1.0, np.abs(mean[:, 0])) * np.sqrt(max(dates - 1, 0))
        varies = np.isfinite(length) & (length >= floor) & (length > 0)
        x = x[varies] / length[varies, None]
        z[count : count + len(x)] = x
        count += len(x)
    return z[:count]


def _leaders(z: _Small, alike: float) -> int:
    """The number of leaders, whose rows are moved to the front of z."""
    count = 0
    for begin in range(0, len(z), _BLOCK):
        block = z[begin : begin + _BLOCK].copy()
        if count:
            block = block[(block @ z[:count].T).max(axis=1) < alike]
        like = block @ block.T >= alike
        taken = np.zeros(len(block), dtype=np.bool_)
        for i in range(len(block)):
            if not taken[i]:
                taken |= like[i]
                z[count] = block[i]
                count += 1
    return count
