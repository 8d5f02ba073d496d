"""Metrics of a series of daily returns, and of the trading behind it.

Every metric is undefined rather than infinite: None on a series that cannot carry it. The formula
of each is in `CONVENTIONS`, in the words shown beside the number.
"""

from __future__ import annotations

import math
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

PERIODS_PER_YEAR = 252.0
FLAT = 1e-12
"""A standard deviation below this (times |mean| when that is above 1) is none."""
_TAIL = 0.05


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """Metrics by name, None where undefined; returns and costs as fractions, not per cent."""

    n: float | None = None
    total_return: float | None = None
    ann_return: float | None = None
    ann_vol: float | None = None
    ann_sharpe: float | None = None
    sortino: float | None = None
    max_dd: float | None = None
    calmar: float | None = None
    var_95: float | None = None
    cvar_95: float | None = None
    skew: float | None = None
    kurtosis: float | None = None
    tail_ratio: float | None = None
    hit_rate: float | None = None
    profit_factor: float | None = None
    omega: float | None = None
    stability: float | None = None
    ulcer: float | None = None
    best_day: float | None = None
    worst_day: float | None = None
    turnover: float | None = None
    holding_period: float | None = None
    cost_drag: float | None = None
    break_even_bps: float | None = None
    gross_exposure: float | None = None
    net_exposure: float | None = None
    names: float | None = None
    fitness: float | None = None
    margin: float | None = None


CONVENTIONS: dict[str, str] = {
    "n": "Number of daily returns r measured, from the first date with a trade.",
    "total_return": "Compound return of the whole series: prod(1 + r) - 1.",
    "ann_return": "Compound return per year: prod(1 + r)^(A/n) - 1, A periods a year.",
    "ann_vol": "Volatility per year: sd(r) sqrt(A), sd with n - 1.",
    "ann_sharpe": "Sharpe ratio per year, risk-free rate 0: mean(r) / sd(r) sqrt(A).",
    "sortino": "Sortino ratio, target 0: mean(r) A / (sqrt(mean(min(r, 0)^2)) sqrt(A)).",
    "max_dd": "Deepest fall below the highest value so far, which starts at 1: min(W / peak - 1).",
    "calmar": "Compound return per year over the size of the deepest fall: ann_return / |max_dd|.",
    "var_95": "Value at risk, historical: the 5th percentile of r, linear between observations.",
    "cvar_95": "Mean of the worst floor((n - 1) 0.05) + 1 daily returns.",
    "skew": "Skewness of r, bias-corrected (G1).",
    "kurtosis": "Excess kurtosis of r, bias-corrected (G2); 0 for a normal distribution.",
    "tail_ratio": "Size of the 95th percentile of r over that of the 5th: |p95 / p5|.",
    "hit_rate": "Days with r > 0 over days with r other than 0.",
    "profit_factor": "Sum of the gains over the size of the sum of the losses.",
    "omega": "Omega ratio at threshold 0: sum max(r, 0) / sum max(-r, 0).",
    "stability": "R squared of a straight line through the cumulative log return.",
    "ulcer": "Ulcer index: root mean square of the daily drawdowns, as a fraction.",
    "best_day": "Largest daily return.",
    "worst_day": "Smallest daily return.",
    "turnover": "Mean daily value traded, buys plus sells, over the value before trading.",
    "holding_period": "Days: 1 / turnover.",
    "cost_drag": "Return per year paid for trading and borrowing: A mean(cost + borrow).",
    "break_even_bps": (
        "Cost per unit traded at which the mean net return is 0, in basis points:"
        " 1e4 mean(gross - borrow) / mean(turnover (1 + gross)); below 0 if it loses for free."
    ),
    "gross_exposure": "Mean of the sum of |positions| over the value they were sized on.",
    "net_exposure": "Mean of the sum of positions over the value they were sized on.",
    "names": "Mean number of symbols held.",
    "fitness": (
        "BRAIN's fitness: ann_sharpe sqrt(|ret| / max(turnover, 0.125)), with ret = 2 A mean(r),"
        " the simple return per year on half the book, the book being the account's value."
    ),
    "margin": "BRAIN's margin, gain per unit traded: ret / (2 A turnover), ret as in fitness.",
}


class Trading(Protocol):
    """Daily series of a run, as in `engine.book.Daily`."""

    @property
    def gross(self) -> Array: ...  # noqa: D102
    @property
    def cost(self) -> Array: ...  # noqa: D102
    @property
    def borrow(self) -> Array: ...  # noqa: D102
    @property
    def turnover(self) -> Array: ...  # noqa: D102
    @property
    def gross_exposure(self) -> Array: ...  # noqa: D102
    @property
    def net_exposure(self) -> Array: ...  # noqa: D102
    @property
    def names(self) -> Array: ...  # noqa: D102


def performance(
    net: npt.ArrayLike,
    periods: float = PERIODS_PER_YEAR,
    *,
    daily: Trading | None = None,
    first: int | None = 0,
) -> Metrics:
    """Metrics of daily net returns (fractions); what is not finite is absent.

    periods: returns per year. For a backtest, `net` are its returns from the first trade on,
    `daily` its series and `first` the row of that trade; without them the metrics of trading are
    None.
    """
    r = np.asarray(net, dtype=np.float64).ravel()
    r = r[np.isfinite(r)]
    found: dict[str, float] = {"n": float(len(r))}
    if len(r):
        with np.errstate(over="ignore", invalid="ignore"):
            found |= _of_returns(r, periods)
        if daily is not None and first is not None:
            found |= _of_trading(daily, first, periods)
            found |= _of_brain(found, r, periods)
    return Metrics(**{name: value for name, value in found.items() if math.isfinite(value)})


def _ratio(a: float, b: float) -> float:
    """The quotient, NaN when b is 0."""
    return a / b if b else math.nan


def _of_returns(r: Array, periods: float) -> dict[str, float]:
    ordered = np.sort(r)
    found = _growth(r, periods) | _moments(r, periods)
    p5, p95 = _percentile(ordered, _TAIL), _percentile(ordered, 1 - _TAIL)
    gains = float(np.maximum(r, 0).sum())
    losses = -float(np.minimum(r, 0).sum())
    moved = int(np.count_nonzero(r))
    return found | {
        "var_95": p5,
        "cvar_95": float(ordered[: int((len(r) - 1) * _TAIL) + 1].mean()),
        "tail_ratio": abs(_ratio(p95, p5)),
        "hit_rate": _ratio(int(np.count_nonzero(r > 0)), moved),
        "profit_factor": _ratio(gains, losses),
        "omega": _ratio(gains, losses),
        "best_day": float(ordered[-1]),
        "worst_day": float(ordered[0]),
    }


def _percentile(ordered: Array, share: float) -> float:
    """Linear between the order statistics."""
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _growth(r: Array, periods: float) -> dict[str, float]:
    """What compounding makes of the series; the value before it is 1."""
    value = np.cumprod(1 + r)
    fall = value / np.maximum(np.maximum.accumulate(value), 1) - 1
    ulcer = math.sqrt(float((fall * fall).mean()))
    final, deepest = float(value[-1]), float(fall.min())
    annual = _power(final, periods / len(r)) - 1
    return {
        "total_return": final - 1,
        "ann_return": annual,
        "max_dd": deepest,
        "calmar": _ratio(annual, abs(deepest)),
        "ulcer": ulcer,
        "stability": _stability(r),
    }


def _power(base: float, exponent: float) -> float:
    """NaN for a negative base; infinite where it overflows."""
    if base < 0:
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf


def _stability(r: Array) -> float:
    """Squared correlation of the cumulative log return with time."""
    if len(r) < 2 or r.min() <= -1:
        return math.nan
    line = np.cumsum(np.log1p(r))
    time = np.arange(len(r)) - (len(r) - 1) / 2
    line -= line.mean()
    spread = float(line @ line)
    if math.sqrt(spread / len(r)) < FLAT:
        return math.nan
    return float(time @ line) ** 2 / (float(time @ time) * spread)


def _moments(r: Array, periods: float) -> dict[str, float]:
    n, mean = len(r), float(r.mean())
    if n < 2:
        return {}
    away = r - mean
    sd = math.sqrt(float((away * away).sum()) / (n - 1))
    below = np.minimum(r, 0)
    downside = math.sqrt(float(below @ below) / n)
    found = {"sortino": mean * math.sqrt(periods) / downside} if downside > FLAT else {}
    if not math.isfinite(sd) or sd < FLAT * max(1.0, abs(mean)):
        return found | {"ann_vol": 0.0 if math.isfinite(sd) else math.nan}
    found |= {"ann_vol": sd * math.sqrt(periods), "ann_sharpe": mean / sd * math.sqrt(periods)}
    z = away / (sd * math.sqrt((n - 1) / n))
    cube = z * z * z
    if n > 2:
        found["skew"] = float(cube.mean()) * math.sqrt(n * (n - 1)) / (n - 2)
    if n > 3:
        excess = float((cube * z).mean()) - 3
        found["kurtosis"] = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    return found


def _of_trading(daily: Trading, first: int, periods: float) -> dict[str, float]:
    def mean(x: Array) -> float:
        return float(x[first:].mean())

    turnover = mean(daily.turnover)
    earned = mean(daily.gross) - mean(daily.borrow)
    return {
        "turnover": turnover,
        "holding_period": _ratio(1, turnover),
        "cost_drag": (mean(daily.cost) + mean(daily.borrow)) * periods,
        "break_even_bps": 1e4 * _ratio(earned, mean(daily.turnover * (1 + daily.gross))),
        "gross_exposure": mean(daily.gross_exposure),
        "net_exposure": mean(daily.net_exposure),
        "names": mean(daily.names),
    }


def _of_brain(found: dict[str, float], r: Array, periods: float) -> dict[str, float]:
    turnover, sharpe = found["turnover"], found.get("ann_sharpe", math.nan)
    simple = 2 * periods * float(r.mean())
    return {
        "fitness": sharpe * math.sqrt(abs(simple) / max(turnover, 0.125)),
        "margin": _ratio(simple, 2 * periods * turnover),
    }
