"""Several strategies together: correlation, marginal value, blends.

All of daily net returns on common dates. A blend holds the strategies at constant weights, sum 1,
rebalanced daily:

equal        1/N each
inverse_vol  proportional to 1 / sd
min_variance weights >= 0 that minimise w'Cw, C shrunk towards a scaled identity (O. Ledoit and
             M. Wolf, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices, 2004)

A series that never varies has no part in the last two, unless none does: then they are equal.

Marginal value of a strategy: the Sharpe ratio of what is left of its returns after least squares,
with intercept, on all the others: y - b'x is earned beside them, not by them. Of others that say
the same thing each takes its share, as b is the shortest of the best.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import DataError, ParamError
from engine.stats.performance import FLAT, PERIODS_PER_YEAR, Array, Metrics, performance
from engine.stats.series import Days

BlendMethod = Literal["equal", "inverse_vol", "min_variance", "given"]
MAX_STRATEGIES = 60
MIN_DATES = 30
_NOTHING_LEFT = 1e-8
"""A residual below this share of the series is rounding: the others explain all of it. So is a
direction of theirs below this share of the largest."""
_SLACK = 1e-10


class Marginal(msgspec.Struct, frozen=True, kw_only=True):
    """What one strategy adds to the others.

    residual_sharpe: annual, of intercept + residual; residual_t: of the intercept. r2: share of its
    variance that the others explain. closest: index of the one it correlates with most, whether
    positively or negatively. Without others the ratio is its own.
    """

    residual_sharpe: float | None
    residual_t: float | None
    r2: float | None
    closest: int | None
    closest_correlation: float | None


class Blend(msgspec.Struct, frozen=True, kw_only=True):
    """Strategies held together at constant `weights`; `shrinkage` of the covariance if used."""

    method: BlendMethod
    weights: tuple[float, ...]
    metrics: Metrics
    net: list[float]
    shrinkage: float | None = None


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """Strategies on their common `dates`; correlation [n x n], None where a series is constant."""

    dates: list[dt.date]
    correlation: list[list[float | None]]
    marginal: tuple[Marginal, ...]
    blends: tuple[Blend, ...]


def portfolio(
    dates: Days,
    returns: Array,
    weights: tuple[float, ...] | None = None,
    *,
    periods: float = PERIODS_PER_YEAR,
) -> Portfolio:
    """Daily net `returns` [dates x strategies] seen together; `weights` add a blend of that kind.

    DataError for fewer than 30 common dates, ParamError for no or too many strategies, or for
    weights that do not add up to something above 0.
    """
    _check(dates, returns, weights)
    correlation = _correlation(returns)
    chosen: list[tuple[BlendMethod, Array, float | None]] = [
        ("equal", np.full(returns.shape[1], 1 / returns.shape[1]), None),
        ("inverse_vol", _inverse_vol(returns), None),
        ("min_variance", *_min_variance(returns)),
    ]
    if weights is not None:
        chosen.append(("given", np.array(weights) / math.fsum(weights), None))
    return Portfolio(
        dates=dates.astype("datetime64[D]").tolist(),
        correlation=[[_known(v) for v in row] for row in correlation.tolist()],
        marginal=_marginals(returns, correlation, periods),
        blends=tuple(_blend(returns, *each, periods) for each in chosen),
    )


def shrunk_covariance(returns: Array) -> tuple[Array, float]:
    """Covariance (divided by n) of returns [dates x series] and how far it was shrunk, from [0, 1].

    (1 - s) S + s m I with m the mean variance, s = b / d: d = |S - mI|^2 is how far the sample is
    from the target and b <= d how far it is from the truth, estimated by the mean over the dates of
    |x x' - S|^2 / n. One series is never shrunk.
    """
    x = np.ascontiguousarray(returns - returns.mean(axis=0))
    n, p = x.shape
    sample = x.T @ x / n
    target = np.eye(p) * (np.trace(sample) / p)
    distance = float(((sample - target) ** 2).sum())
    squared = x * x
    error = float((squared.T @ squared / n - sample * sample).sum()) / n
    share = min(max(error, 0.0), distance) / distance if p > 1 and distance > 0 else 0.0
    return (1 - share) * sample + share * target, share


def least_variance(covariance: Array) -> Array:
    """Weights >= 0, sum 1, that minimise w'Cw for a positive definite C [n x n].

    They are proportional to the u >= 0 that minimises u'Cu / 2 - sum u, found by adding one name
    at a time to those held and dropping what would turn negative (C. Lawson and R. Hanson, Solving
    Least Squares Problems, 1974, chapter 23).
    """
    c = covariance / (np.trace(covariance) / len(covariance))
    u, held = np.zeros(len(c)), np.zeros(len(c), dtype=bool)
    for _ in range(10 * len(c)):
        gain = np.where(held, -np.inf, 1 - c @ u)
        best = int(gain.argmax())
        if gain[best] <= _SLACK:
            break
        held[best] = True
        u = _positive_part(c, u, held)
    weights: Array = u / u.sum()
    return weights


def _positive_part(c: Array, u: Array, held: npt.NDArray[np.bool_]) -> Array:
    """The unlimited minimum over the names held, those dropped that stand in its way."""
    while True:
        best = np.zeros(len(u))
        best[held] = np.linalg.lstsq(c[np.ix_(held, held)], np.ones(held.sum()))[0]
        wrong = held & (best <= 0)
        if not wrong.any():
            return best
        steps = np.full(len(u), np.inf)
        steps[wrong] = u[wrong] / (u[wrong] - best[wrong])
        u = np.maximum(u + steps.min() * (best - u), 0.0)
        held &= steps > steps.min()
        u[~held] = 0.0


def _check(dates: Days, returns: Array, weights: tuple[float, ...] | None) -> None:
    if returns.ndim != 2 or len(returns) != len(dates):
        raise DataError(
            f"The returns have the shape {returns.shape} and must have a row for each of the"
            f" {len(dates)} dates and a column for each strategy."
        )
    count = returns.shape[1]
    if not 1 <= count <= MAX_STRATEGIES:
        raise ParamError(f"{count} strategies were given; choose 1 to {MAX_STRATEGIES}.")
    if len(returns) < MIN_DATES:
        raise DataError(
            f"The strategies have {len(returns)} dates in common; at least {MIN_DATES} are needed."
        )
    if not np.isfinite(returns).all():
        raise DataError("A return is missing; give only dates that all strategies have.")
    if weights is not None:
        _check_weights(weights, count)


def _check_weights(weights: tuple[float, ...], count: int) -> None:
    if len(weights) != count:
        raise ParamError(
            f"{len(weights)} weights were given for {count} strategies; give one each."
        )
    total = math.fsum(weights) if all(map(math.isfinite, weights)) else math.nan
    if not total > 0:
        raise ParamError(f"The weights add up to {total}; they must add up to more than 0.")


def _deviations(returns: Array) -> Array:
    """Standard deviation (n - 1) of each series, 0 where it does not vary."""
    sd = returns.std(axis=0, ddof=1)
    flat = sd < FLAT * np.maximum(1.0, np.abs(returns.mean(axis=0)))
    varying: Array = np.where(flat, 0.0, sd)
    return varying


def _correlation(returns: Array) -> Array:
    """Of all pairs [n x n], NaN where a series does not vary."""
    sd = _deviations(returns)
    z = (returns - returns.mean(axis=0)) / np.where(sd > 0, sd, np.nan)
    result: Array = np.clip(z.T @ z / (len(z) - 1), -1.0, 1.0)
    np.fill_diagonal(result, np.where(sd > 0, 1.0, np.nan))
    return result


def _marginals(returns: Array, correlation: Array, periods: float) -> tuple[Marginal, ...]:
    """What each series adds to all the others.

    All regressions work on the one triangle R of z = QR, z being the scaled deviations.
    """
    sd = _deviations(returns)
    varying = np.flatnonzero(sd > 0)
    scaled = returns[:, varying] / sd[varying]
    means = scaled.mean(axis=0)
    q, r = np.linalg.qr(scaled - means)
    found = {int(k): _regression(q, r, means, place) for place, k in enumerate(varying)}
    return tuple(
        _marginal(found.get(k), correlation[k], k, periods) for k in range(returns.shape[1])
    )


class _Left(msgspec.Struct, frozen=True, eq=False):
    """Y - b'x of a regression y = a + b'x + e, None where nothing is left; its r2 and t of a."""

    returns: Array | None
    r2: float
    t: float | None


def _regression(q: Array, r: Array, means: Array, place: int) -> _Left:
    """Of the series at `place` on the others, all in units of their deviations."""
    n, y = len(q), r[:, place]
    u, size, v = np.linalg.svd(np.delete(r, place, axis=1), full_matrices=False)
    kept = size > _NOTHING_LEFT * size.max(initial=0.0)
    u, size, v = u[:, kept], size[kept], v[kept]
    away = y - u @ (u.T @ y)
    square = float(away @ away)
    if math.sqrt(square / (n - 1)) < _NOTHING_LEFT:
        return _Left(None, 1.0, None)
    lever = v @ np.delete(means, place) / size
    intercept = float(means[place] - lever @ (u.T @ y))
    error = math.sqrt(square / (n - 1 - len(size)) * (1 / n + float(lever @ lever)))
    return _Left(intercept + q @ away, 1 - square / (n - 1), intercept / error)


def _marginal(left: _Left | None, correlation: Array, k: int, periods: float) -> Marginal:
    """Of series `k`, which does not vary if nothing is known of it."""
    near = np.nan_to_num(np.abs(correlation), nan=-1.0)
    near[k] = -1.0
    closest = int(near.argmax()) if near.max() >= 0.0 else None
    kept = None if left is None else left.returns
    return Marginal(
        residual_sharpe=None if kept is None else performance(kept, periods).ann_sharpe,
        residual_t=None if left is None else left.t,
        r2=None if left is None else left.r2,
        closest=closest,
        closest_correlation=None if closest is None else float(correlation[closest]),
    )


def _blend(
    returns: Array, method: BlendMethod, weights: Array, shrinkage: float | None, periods: float
) -> Blend:
    net = (returns * weights).sum(axis=1)
    return Blend(
        method=method,
        weights=tuple(weights.tolist()),
        metrics=performance(net, periods),
        net=net.tolist(),
        shrinkage=shrinkage,
    )


def _inverse_vol(returns: Array) -> Array:
    sd = _deviations(returns)
    if not sd.any():
        return np.full(len(sd), 1 / len(sd))
    inverse = np.divide(sd[sd > 0].min(), sd, out=np.zeros(len(sd)), where=sd > 0)
    weights: Array = inverse / inverse.sum()
    return weights


def _min_variance(returns: Array) -> tuple[Array, float | None]:
    varies = _deviations(returns) > 0
    if not varies.any():
        return np.full(len(varies), 1 / len(varies)), None
    covariance, shrinkage = shrunk_covariance(returns[:, varies])
    weights = np.zeros(len(varies))
    weights[varies] = least_variance(covariance)
    return weights, shrinkage


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
