"""How metrics are worded on the terminal."""

from __future__ import annotations

from app.cli.screen import number, percent
from app.report.words import LABELS
from engine.stats.performance import Metrics

SHARES = frozenset(
    {
        "total_return",
        "ann_return",
        "ann_vol",
        "max_dd",
        "var_95",
        "cvar_95",
        "hit_rate",
        "best_day",
        "worst_day",
        "turnover",
        "cost_drag",
        "ulcer",
        "gross_exposure",
        "net_exposure",
    }
)
"""Metrics that are shown in percent."""

HEADLINE = (
    "ann_return", "ann_vol", "ann_sharpe", "sortino", "max_dd", "calmar", "hit_rate", "turnover",
    "cost_drag", "break_even_bps", "gross_exposure", "net_exposure", "names", "n",
)  # fmt: skip
"""The metrics a reader asks for first."""


def headline(metrics: Metrics) -> list[tuple[str, str]]:
    """The metrics a reader asks for first."""
    return [(LABELS[name], shown(metrics, name)) for name in HEADLINE]


def shown(metrics: Metrics, name: str) -> str:
    """One metric as a text."""
    value: float | None = getattr(metrics, name)
    if name == "n":
        return number(value, 0)
    return percent(value, 2) if name in SHARES else number(value)
