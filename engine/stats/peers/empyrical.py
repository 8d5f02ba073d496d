"""empyrical-reloaded 0.7.1: its functions at their defaults, risk-free rate 0.

`skew` and `kurtosis` are those of scipy.stats, which it lists among its own (SIMPLE_STAT_FUNCS).
What needs a benchmark is left out. It gives an infinity where a series has no loss, or no spread;
that is no number here.
"""

from __future__ import annotations

import math

import numpy as np

from engine.stats.peers.definition import (
    Definition,
    Library,
    constant,
    deviation,
    falls,
    over,
    power,
)
from engine.stats.performance import Array

_CUTOFF = 0.05
_ROUNDING = 2.0**-52


def _total(r: Array, _periods: float) -> float:
    return float(np.prod(r + 1)) - 1


def _annual_return(r: Array, periods: float) -> float:
    return power(float(np.prod(r + 1)), 1 / (len(r) / periods)) - 1


def _annual_volatility(r: Array, periods: float) -> float:
    return deviation(r) * math.sqrt(periods)


def _sharpe(r: Array, periods: float) -> float:
    if constant(r):
        return math.nan
    return over(float(r.mean()), deviation(r)) * math.sqrt(periods)


def _downside(r: Array, periods: float) -> float:
    below = np.minimum(r, 0)
    return math.sqrt(float((below * below).mean())) * math.sqrt(periods)


def _sortino(r: Array, periods: float) -> float:
    return over(float(r.mean()) * periods, _downside(r, periods)) if len(r) > 1 else math.nan


def _max_drawdown(r: Array, _periods: float) -> float:
    return min(float(falls(r).min()), 0.0)


def _calmar(r: Array, periods: float) -> float:
    return over(_annual_return(r, periods), abs(_max_drawdown(r, periods)))


def _omega(r: Array, _periods: float) -> float:
    return over(float(r[r > 0].sum()), -float(r[r < 0].sum())) if len(r) > 1 else math.nan


def _stability(r: Array, _periods: float) -> float:
    if len(r) < 2 or r.min() <= -1:
        return math.nan
    line = np.cumsum(np.log1p(r))
    time = np.arange(len(r)) - (len(r) - 1) / 2
    line -= line.mean()
    shared = float(time @ line) ** 2
    return min(over(shared, float(time @ time) * float(line @ line)), 1.0)


def _moment(r: Array, order: int) -> float:
    """Raw standardised moment; NaN where the spread is rounding."""
    mean = float(r.mean())
    away = r - mean
    variance = float((away * away).mean())
    if math.sqrt(variance) <= _ROUNDING * abs(mean):
        return math.nan
    return over(float((away**order).mean()), power(variance, order / 2))


def _skew(r: Array, _periods: float) -> float:
    return _moment(r, 3)


def _kurtosis(r: Array, _periods: float) -> float:
    return _moment(r, 4) - 3


def _tail_ratio(r: Array, _periods: float) -> float:
    return over(abs(float(np.percentile(r, 95))), abs(float(np.percentile(r, 5))))


def _var(r: Array, _periods: float) -> float:
    return float(np.percentile(r, 100 * _CUTOFF))


def _cvar(r: Array, _periods: float) -> float:
    return float(np.sort(r)[: int((len(r) - 1) * _CUTOFF) + 1].mean())


# fmt: off
_DEFINITIONS = (
    Definition("cum_returns_final", "total_return", "share", _total,
        "Compound return of the whole series: prod(1 + r) - 1."),
    Definition("annual_return", "ann_return", "share", _annual_return,
        "Compound return per year: prod(1 + r)^(A/n) - 1."),
    Definition("cagr", None, "share", _annual_return,
        "Another name of annual_return."),
    Definition("annual_volatility", "ann_vol", "share", _annual_volatility,
        "Volatility per year: sd(r) sqrt(A), sd with n - 1."),
    Definition("sharpe_ratio", "ann_sharpe", "ratio", _sharpe,
        "mean(r) / sd(r) sqrt(A), sd with n - 1, risk-free rate 0."),
    Definition("sortino_ratio", "sortino", "ratio", _sortino,
        "mean(r) A / downside_risk, required return 0."),
    Definition("downside_risk", None, "share", _downside,
        "sqrt(mean(min(r, 0)^2)) sqrt(A), the mean over all n days."),
    Definition("max_drawdown", "max_dd", "share", _max_drawdown,
        "Deepest fall below the highest value so far, which starts at 1: min(W / peak - 1)."),
    Definition("calmar_ratio", "calmar", "ratio", _calmar,
        "annual_return / |max_drawdown|."),
    Definition("omega_ratio", "omega", "ratio", _omega,
        "Sum of the gains over the size of the sum of the losses, threshold 0, two days or more."),
    Definition("stability_of_timeseries", "stability", "ratio", _stability,
        "R squared of a straight line through the cumulative log return."),
    Definition("skew", "skew", "ratio", _skew,
        "m3 / m2^1.5 of the central moments m, not corrected for bias (scipy.stats.skew).",
        "Not corrected for bias; the default is, which matters for short series."),
    Definition("kurtosis", "kurtosis", "ratio", _kurtosis,
        "m4 / m2^2 - 3 of the central moments m, not corrected for bias (scipy.stats.kurtosis).",
        "Not corrected for bias; the default is, which matters for short series."),
    Definition("tail_ratio", "tail_ratio", "ratio", _tail_ratio,
        "|95th percentile of r| / |5th percentile of r|, linear between observations."),
    Definition("value_at_risk", "var_95", "share", _var,
        "The 5th percentile of r, linear between observations."),
    Definition("conditional_value_at_risk", "cvar_95", "share", _cvar,
        "Mean of the worst floor((n - 1) 0.05) + 1 daily returns."),
)
# fmt: on

LIBRARY = Library(
    "empyrical",
    "empyrical-reloaded 0.7.1, every function at its defaults, annualization = A",
    _DEFINITIONS,
)
