"""Is it only the market? Regression of daily net returns on the returns of simple factors.

Books of the close of date s earn the returns of date s + 1, without costs:

    market      every name in equal parts, as the equal-weight benchmark
    momentum    long the highest, short the lowest fifth by price(s - 21) / price(s - 252) - 1
    volatility  long the lowest, short the highest fifth by the standard deviation of the 60 daily
                returns up to s, of which 30 must be present

A name counts when it is in the universe and has a price on date s, and for the last two a known
score; the long and the short fifth have equal weights that add up to 1 and -1. A missing return
counts as 0. On a date after one with fewer than ten such names there is no momentum or volatility.
The fifths are those of `engine.stats.quantiles`: from 0.8 on, and below 0.2, of the ranks 0 to 1.

The regression r(t) = a + sum_k b_k f_k(t) + e(t) is ordinary least squares over the dates on which
all factors have a return; a factor that never has one, or always the same, is left out. Standard
errors allow for heteroskedasticity and autocorrelation (W. Newey and K. West, Econometrica 55,
1987), x_t being (1, f_1(t), ...), p of them, w_j = 1 - j / 6 and X the matrix with rows x_t:

    V = n / (n - p) (X'X)^-1 [ sum_t e_t^2 x_t x_t'
        + sum_{j=1..5} w_j sum_t e_t e_{t-j} (x_t x_{t-j}' + x_{t-j} x_t') ] (X'X)^-1
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from engine import kernels as k
from engine.errors import DataError
from engine.panel import Panel
from engine.stats.correlation import MIN_NAMES
from engine.stats.performance import FLAT, PERIODS_PER_YEAR, Array
from engine.stats.series import Days

FACTORS = ("market", "momentum", "volatility")
LAGS = 5
MOMENTUM = (252, 21)
"""Dates back of the first and the last price of the momentum score."""
VOLATILITY = 60

_HIGH, _LOW = 0.8, 0.2
Bools = npt.NDArray[np.bool_]


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """beta on one factor, its t (Newey-West, 5 lags), and the factor's own annual Sharpe ratio."""

    factor: str
    beta: float | None
    t: float | None
    ann_sharpe: float | None
    correlation: float | None


class Exposures(msgspec.Struct, frozen=True, kw_only=True):
    """net = alpha + sum beta x factor + e over n dates.

    alpha a year; residual_sharpe: annual Sharpe ratio of alpha + e.
    """

    n: int
    alpha: float | None
    alpha_t: float | None
    r2: float | None
    residual_sharpe: float | None
    factors: tuple[Exposure, ...]


def exposures(
    panel: Panel, dates: Days, net: Array, *, periods: float = PERIODS_PER_YEAR
) -> Exposures:
    """Regress daily net returns of `dates` (dates of the panel) on the simple factors of `panel`.

    periods: returns per year. Where there are no more dates than coefficients, or the factors
    explain each other, all but n and the single factors' own figures are None. DataError when a
    date is not in the panel or there is not one return for each.
    """
    rows = _rows(panel, dates, net)
    series = {name: values[rows] for name, values in factor_returns(panel).items()}
    used = [name for name in FACTORS if _varies(series[name][~np.isnan(series[name])])]
    table = np.stack([np.asarray(net, dtype=np.float64), *(series[name] for name in used)], axis=1)
    table = table[np.isfinite(table).all(axis=1)]
    y, x = table[:, 0], table[:, 1:]
    fit = _fitted(y, x)
    alpha, alpha_t = (None, None) if fit is None else (fit.coefficients[0], fit.t[0])
    return Exposures(
        n=len(y),
        alpha=None if alpha is None else alpha * periods,
        alpha_t=alpha_t,
        r2=None if fit is None else fit.r2,
        residual_sharpe=None if fit is None else _sharpe(y - x @ fit.betas, periods),
        factors=tuple(_exposure(name, used, y, x, fit, periods) for name in FACTORS),
    )


def factor_returns(panel: Panel) -> dict[str, Array]:
    """The return of each factor on each date of the panel; NaN where it has none.

    The market returns 0 on the first date and after a date without names. A value depends on what
    was known up to its own date only, the books on what was known the date before.
    """
    prices, returns, member = panel.prices(), panel.returns(), panel.universe()
    known = prices > 0 if member is None else (prices > 0) & member
    earned = np.nan_to_num(returns[1:])
    start, end = (k.lag(np.where(prices > 0, prices, np.nan), days) for days in MOMENTUM)
    with np.errstate(over="ignore"):
        momentum = end / start - 1
    volatility = k.std(returns, VOLATILITY, k.min_count(VOLATILITY, 2), 1)
    whole = np.zeros(len(prices))
    whole[1:] = _mean(earned, known[:-1])
    return {
        "market": np.nan_to_num(whole),
        "momentum": _spread(momentum, known, earned),
        "volatility": -_spread(volatility, known, earned),
    }


class _Fit(msgspec.Struct, frozen=True, eq=False):
    """coefficients: the intercept, then the betas; their t."""

    coefficients: list[float]
    t: list[float | None]
    r2: float | None

    @property
    def betas(self) -> Array:
        return np.array(self.coefficients[1:])


def _rows(panel: Panel, dates: Days, net: Array) -> npt.NDArray[np.int64]:
    """The rows of `dates` in the panel."""
    rows: npt.NDArray[np.int64] = np.searchsorted(panel.dates, dates)
    inside = np.isin(dates, panel.dates)
    if not inside.all():
        raise DataError(f"The panel {panel.name!r} has no date {dates[~inside][0]}.")
    if np.shape(net) != rows.shape:
        raise DataError(f"There are {np.size(net)} returns for {len(rows)} dates; give one each.")
    return rows


def _mean(earned: Array, held: Bools) -> Array:
    """Mean of each row over the names held, NaN without any."""
    result = np.full(len(earned), np.nan)
    count = held.sum(axis=1)
    np.divide(np.where(held, earned, 0.0).sum(axis=1), count, out=result, where=count > 0)
    return result


def _spread(score: Array, known: Bools, earned: Array) -> Array:
    """What the fifth with the highest scores of the date before earned more than the lowest."""
    counted = np.where(known & np.isfinite(score), score, np.nan)
    rank = k.cs_rank(counted, False)
    rank[(~np.isnan(counted)).sum(axis=1) < MIN_NAMES] = np.nan
    result = np.full(len(score), np.nan)
    result[1:] = _mean(earned, rank[:-1] >= _HIGH) - _mean(earned, rank[:-1] < _LOW)
    return result


def _varies(x: Array) -> bool:
    return len(x) > 1 and bool(x.std(ddof=1) >= FLAT * max(1.0, abs(float(x.mean()))))


def _sharpe(x: Array, periods: float) -> float | None:
    return float(x.mean() / x.std(ddof=1)) * math.sqrt(periods) if _varies(x) else None


def _fitted(y: Array, x: Array) -> _Fit | None:
    """Least squares of y on a constant and the columns of x; None when they do not decide it."""
    n, p = len(y), x.shape[1] + 1
    if n <= p:
        return None
    design = np.column_stack([np.ones(n), x])
    scale = np.sqrt((design * design).mean(axis=0))
    if not scale.all():
        return None
    solution, _, rank, _ = np.linalg.lstsq(design / scale, y, rcond=1e-10)
    if rank < p:
        return None
    coefficients = solution / scale
    residual = y - design @ coefficients
    away = y - y.mean()
    return _Fit(
        coefficients.tolist(),
        _newey_west(design, residual, coefficients),
        1 - float(residual @ residual) / float(away @ away) if _varies(y) else None,
    )


def _newey_west(design: Array, residual: Array, coefficients: Array) -> list[float | None]:
    """The t of each coefficient; None without a residual."""
    n, p = design.shape
    if not _varies(residual):
        return [None] * p
    moments = design * residual[:, None]
    middle = moments.T @ moments
    for j in range(1, min(LAGS, n - 1) + 1):
        cross = moments[j:].T @ moments[:-j]
        middle += (1 - j / (LAGS + 1)) * (cross + cross.T)
    inverse = np.linalg.inv(design.T @ design)
    variance = np.diag(inverse @ middle @ inverse) * n / (n - p)
    return [
        float(b) / math.sqrt(v) if v > 0 else None
        for b, v in zip(coefficients.tolist(), variance.tolist(), strict=True)
    ]


def _exposure(
    name: str, used: list[str], y: Array, x: Array, fit: _Fit | None, periods: float
) -> Exposure:
    if name not in used:
        return Exposure(factor=name, beta=None, t=None, ann_sharpe=None, correlation=None)
    place = used.index(name)
    own = x[:, place]
    both = _varies(own) and _varies(y)
    return Exposure(
        factor=name,
        beta=None if fit is None else fit.coefficients[place + 1],
        t=None if fit is None else fit.t[place + 1],
        ann_sharpe=_sharpe(own, periods),
        correlation=float(np.corrcoef(own, y)[0, 1]) if both else None,
    )
