"""quantstats 0.0.86, `quantstats.stats`: its functions at their defaults, risk-free rate 0.

What needs dates (best month, longest drawdown in days) is left out: years are n / A there too. It
takes a series without a loss that holds a return above 100 % for prices; here they
are returns like any others.
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
from engine.stats.peers.quantstats_days import DAYS, cvar, exposure
from engine.stats.performance import PERIODS_PER_YEAR, Array


def _total(r: Array, _periods: float) -> float:
    return float(np.prod(1 + r)) - 1


def _cagr(r: Array, periods: float) -> float:
    return power(_total(r, periods) + 1, periods / len(r)) - 1


def _expected(r: Array, _periods: float) -> float:
    return power(float(np.prod(1 + r)), 1 / len(r)) - 1


def _volatility(r: Array, periods: float) -> float:
    return deviation(r) * math.sqrt(periods)


def _risk_return(r: Array, _periods: float) -> float:
    return math.nan if constant(r) else over(float(r.mean()), deviation(r))


def _sharpe(r: Array, periods: float) -> float:
    return _risk_return(r, periods) * math.sqrt(periods)


def _sortino_daily(r: Array) -> float:
    below = r[r < 0]
    return over(float(r.mean()), math.sqrt(float((below * below).sum()) / len(r)))


def _sortino(r: Array, periods: float) -> float:
    return _sortino_daily(r) * math.sqrt(periods)


def _adjusted_sortino(r: Array, periods: float) -> float:
    return _sortino(r, periods) / math.sqrt(2)


def _penalty(r: Array) -> float:
    """How much autocorrelation of the returns understates their yearly risk, 1 or more."""
    n = len(r)
    if n < 2:
        return 1.0
    with np.errstate(all="ignore"):
        rho = abs(float(np.corrcoef(r[:-1], r[1:])[0, 1])) if n > 2 else math.nan
    if math.isnan(rho):
        return 1.0
    lag = np.arange(1, n)
    return math.sqrt(1 + 2 * float(((n - lag) / n * rho**lag).sum()))


def _smart_sharpe(r: Array, periods: float) -> float:
    return _sharpe(r, periods) / _penalty(r)


def _smart_sortino(r: Array, periods: float) -> float:
    return _sortino(r, periods) / _penalty(r)


def _standard(r: Array) -> Array:
    """Standard scores by the deviation with n; NaN where nothing varies."""
    away = r - r.mean()
    scores: Array = away / (math.nan if constant(r) else math.sqrt(float((away * away).mean())))
    return scores


def _skew(r: Array, _periods: float) -> float:
    n = len(r)
    third = float((_standard(r) ** 3).mean())
    return third * math.sqrt(n * (n - 1)) / (n - 2) if n > 2 else math.nan


def _kurtosis(r: Array, _periods: float) -> float:
    n = len(r)
    excess = float((_standard(r) ** 4).mean()) - 3
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6) if n > 3 else math.nan


def _probability(r: Array, ratio: float) -> float:
    """Phi of a daily ratio over its standard error; exact also far out in the lower tail."""
    skew, kurt = _skew(r, 1), _kurtosis(r, 1) + 3
    spread = 1 - skew * ratio + (kurt - 1) / 4 * ratio * ratio
    if not spread > 0:
        return math.nan
    return math.erfc(-ratio / math.sqrt(spread / (len(r) - 1)) / math.sqrt(2)) / 2


def _psr(r: Array, periods: float) -> float:
    return _probability(r, _risk_return(r, periods))


def _probabilistic_sortino(r: Array, _periods: float) -> float:
    return _probability(r, _sortino_daily(r))


def _max_drawdown(r: Array, _periods: float) -> float:
    return min(float(falls(r).min()), 0.0)


def _calmar(r: Array, periods: float) -> float:
    return over(_cagr(r, periods), abs(_max_drawdown(r, periods)))


def _ulcer(r: Array, _periods: float) -> float:
    fall = falls(r)
    return math.sqrt(over(float((fall * fall).sum()), len(r) - 1))


def _upi(r: Array, periods: float) -> float:
    return over(_total(r, periods), _ulcer(r, periods))


def _serenity(r: Array, periods: float) -> float:
    if constant(r):
        return math.nan
    pitfall = over(-cvar(falls(r), periods), deviation(r))
    return over(float(r.sum()), _ulcer(r, periods) * pitfall)


def _recovery(r: Array, periods: float) -> float:
    return over(abs(float(r.sum())), abs(_max_drawdown(r, periods)))


def _risk_adjusted(r: Array, _periods: float) -> float:
    return over(_cagr(r, PERIODS_PER_YEAR), exposure(r, PERIODS_PER_YEAR))


# fmt: off
_DEFINITIONS = (
    Definition("comp", "total_return", "share", _total,
        "Compound return of the whole series: prod(1 + r) - 1."),
    Definition("cagr", "ann_return", "share", _cagr,
        "Compound return per year: prod(1 + r)^(A/n) - 1; years are n / A, whatever the dates."),
    Definition("expected_return", None, "share", _expected,
        "Geometric mean of a day: prod(1 + r)^(1/n) - 1."),
    Definition("volatility", "ann_vol", "share", _volatility,
        "Volatility per year: sd(r) sqrt(A), sd with n - 1."),
    Definition("sharpe", "ann_sharpe", "ratio", _sharpe,
        "mean(r) / sd(r) sqrt(A), sd with n - 1, risk-free rate 0."),
    Definition("smart_sharpe", None, "ratio", _smart_sharpe,
        "sharpe / sqrt(1 + 2 sum((n - k) / n |rho|^k, k = 1..n-1)), rho of r with r a day before."),
    Definition("probabilistic_sharpe_ratio", None, "share", _psr,
        "Phi(SR / sqrt((1 - g3 SR + (g4 - 1) / 4 SR^2) / (n - 1))), SR = mean(r) / sd(r),"
        " g3 and g4 - 3 bias-corrected."),
    Definition("sortino", "sortino", "ratio", _sortino,
        "mean(r) / sqrt(sum(min(r, 0)^2) / n) sqrt(A)."),
    Definition("smart_sortino", None, "ratio", _smart_sortino,
        "sortino over the same root as in smart_sharpe."),
    Definition("adjusted_sortino", None, "ratio", _adjusted_sortino,
        "sortino / sqrt(2)."),
    Definition("probabilistic_sortino_ratio", None, "share", _probabilistic_sortino,
        "As probabilistic_sharpe_ratio, with sortino / sqrt(A) in place of SR."),
    Definition("risk_return_ratio", None, "ratio", _risk_return,
        "mean(r) / sd(r) of a day, sd with n - 1."),
    Definition("skew", "skew", "ratio", _skew,
        "Skewness of r, bias-corrected (G1)."),
    Definition("kurtosis", "kurtosis", "ratio", _kurtosis,
        "Excess kurtosis of r, bias-corrected (G2); 0 for a normal distribution."),
    Definition("max_drawdown", "max_dd", "share", _max_drawdown,
        "Deepest fall below the highest value so far, which starts at 1: min(W / peak - 1)."),
    Definition("calmar", "calmar", "ratio", _calmar,
        "cagr / |max_drawdown|."),
    Definition("ulcer_index", "ulcer", "share", _ulcer,
        "sqrt(sum(drawdown^2) / (n - 1)) over the daily drawdowns.",
        "Divides by n - 1; the default takes the mean over n days."),
    Definition("ulcer_performance_index", None, "ratio", _upi,
        "comp / ulcer_index, not per year."),
    Definition("serenity_index", None, "ratio", _serenity,
        "sum(r) / (ulcer_index x pitfall), pitfall = "
        " -conditional_value_at_risk(drawdowns) / sd(r)."),
    Definition("recovery_factor", None, "ratio", _recovery,
        "|sum(r)| / |max_drawdown|; the sum is not compounded."),
    Definition("rar", None, "share", _risk_adjusted,
        "cagr / exposure, the cagr with 252 periods a year whatever A is."),
    *DAYS,
)
# fmt: on

LIBRARY = Library(
    "quantstats",
    "quantstats 0.0.86, quantstats.stats, every function at its defaults",
    _DEFINITIONS,
)
