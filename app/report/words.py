"""How numbers and names are written: a true minus, a dash for what is missing."""

from __future__ import annotations

import math

from engine.stats.conventions import Figure

MINUS, DASH = "\u2212", "\u2014"

LABELS = {
    "n": "days measured",
    "total_return": "total return",
    "ann_return": "return per year",
    "ann_vol": "volatility per year",
    "ann_sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "max_dd": "maximum drawdown",
    "calmar": "Calmar ratio",
    "var_95": "value at risk, 95%",
    "cvar_95": "expected shortfall, 95%",
    "skew": "skewness",
    "kurtosis": "excess kurtosis",
    "tail_ratio": "tail ratio",
    "hit_rate": "days up",
    "profit_factor": "profit factor",
    "omega": "omega ratio",
    "stability": "stability",
    "ulcer": "ulcer index",
    "best_day": "best day",
    "worst_day": "worst day",
    "turnover": "turnover per day",
    "holding_period": "holding period, days",
    "cost_drag": "costs per year",
    "break_even_bps": "break-even cost, bps",
    "gross_exposure": "gross exposure",
    "net_exposure": "net exposure",
    "names": "names held",
    "fitness": "fitness",
    "margin": "margin",
}
"""What each metric is called."""

_SIGNED = frozenset(
    {
        "total_return", "ann_return", "ann_sharpe", "sortino", "calmar", "best_day", "worst_day",
        "break_even_bps", "fitness", "margin",
    }
)  # fmt: skip


def number(value: float | None, digits: int = 2) -> str:
    """1234.5 is "1,234.50"; very large and small ones have a power of ten."""
    if value is None or not math.isfinite(value):
        return DASH
    if abs(value) >= 1e9:
        return f"{value:.3e}".replace("-", MINUS)
    return _without_minus_zero(f"{value:,.{digits}f}")


def percent(value: float | None, digits: int = 1) -> str:
    """0.083 is "8.3%"."""
    if value is None or not math.isfinite(value):
        return DASH
    if abs(value) >= 1e7:
        return f"{value:.3e} \u00d7 100%".replace("-", MINUS)
    return _without_minus_zero(f"{value:,.{digits}%}")


def signed(value: float | None, digits: int = 1) -> str:
    """A change in per cent, with a plus on gains."""
    shown = percent(value, digits)
    gained = value is not None and value > 0 and shown != percent(0.0, digits)
    return f"+{shown}" if gained else shown


def whole(value: float | None) -> str:
    """A count."""
    return number(value, 0)


def figure(each: Figure) -> str:
    """The value of a figure in its unit."""
    if each.unit == "share":
        return percent(each.value, 2)
    if each.unit in {"days", "count"}:
        return number(each.value, 0 if each.value is None or each.value == int(each.value) else 1)
    return number(each.value, 1 if each.unit == "bps" else 2)


def label(each: Figure) -> str:
    """What a figure is called: in our words where it is a metric of ours."""
    return LABELS.get(each.metric or "", "") or each.name.replace("_", " ")


def tone(value: float | None, metric: str | None = "ann_return") -> str:
    """The class of a gain or a loss; empty for what is neither."""
    if value is None or value == 0 or metric not in _SIGNED:
        return ""
    return "pos" if value > 0 else "neg"


def _without_minus_zero(shown: str) -> str:
    """Nothing is left of -0.001 at two digits, so it has no sign either."""
    return shown.replace("-", MINUS) if any(c in "123456789" for c in shown) else shown.lstrip("-")
