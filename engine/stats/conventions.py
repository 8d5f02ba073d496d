"""The same returns in the words of other libraries.

default     engine.stats.performance
quantstats  quantstats 0.0.86, `quantstats.stats`
empyrical   empyrical-reloaded 0.7.1
brain       WorldQuant BRAIN's documented formulas

Returns r are daily net returns, n of them, A periods a year. BRAIN's book is constant and half of
it is taken for the capital invested: gains are added, not compounded, and doubled.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np

from engine.stats.peers import empyrical, quantstats
from engine.stats.peers.definition import Definition, Library, Unit
from engine.stats.performance import (
    CONVENTIONS,
    PERIODS_PER_YEAR,
    Array,
    Metrics,
    Trading,
    performance,
)

Convention = Literal["default", "quantstats", "empyrical", "brain"]
CHOICES: tuple[Convention, ...] = ("default", "quantstats", "empyrical", "brain")

_PEERS: dict[Convention, Library] = {
    "quantstats": quantstats.LIBRARY,
    "empyrical": empyrical.LIBRARY,
}
_SHARES = frozenset(
    {
        "total_return", "ann_return", "ann_vol", "max_dd", "var_95", "cvar_95", "hit_rate", "ulcer",
        "best_day", "worst_day", "turnover", "cost_drag", "gross_exposure", "net_exposure",
        "margin",
    }
)  # fmt: skip
_UNITS: dict[str, Unit] = {
    "n": "count", "names": "count", "holding_period": "days", "break_even_bps": "bps",
}  # fmt: skip


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One metric in one convention: its name there, value, formula, and unit.

    metric: the name in `Metrics` it corresponds to, None when there is none. note: why it differs
    from the default, empty when it does not.
    """

    metric: str | None
    name: str
    value: float | None
    unit: Literal["ratio", "share", "bps", "days", "count"]
    formula: str
    note: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one convention, in its own order."""

    convention: Convention
    title: str
    source: str
    figures: tuple[Figure, ...]


def profile(
    net: Array,
    convention: Convention,
    *,
    periods: float = PERIODS_PER_YEAR,
    daily: Trading | None = None,
    first: int = 0,
) -> Profile:
    """Daily net returns measured in a convention; `daily` and `first` as in `performance`.

    What is not finite is absent. Without `daily` the figures of trading have no value.
    """
    r = np.asarray(net, dtype=np.float64).ravel()
    r = r[np.isfinite(r)]
    if convention in _PEERS:
        return _of_peer(convention, _PEERS[convention], r, periods)
    metrics = performance(r, periods, daily=daily, first=first)
    return _default(metrics) if convention == "default" else _brain(r, metrics, periods)


def unit(metric: str) -> Unit:
    """The unit of a field of `Metrics`."""
    return "share" if metric in _SHARES else _UNITS.get(metric, "ratio")


def _of_peer(convention: Convention, library: Library, r: Array, periods: float) -> Profile:
    with np.errstate(all="ignore"):
        figures = tuple(_measured(each, r, periods) for each in library.definitions)
    return Profile(
        convention=convention, title=library.title, source=library.source, figures=figures
    )


def _measured(each: Definition, r: Array, periods: float) -> Figure:
    value = each.measure(r, periods) if len(r) else math.nan
    return Figure(
        metric=each.metric,
        name=each.name,
        value=value if math.isfinite(value) else None,
        unit=each.unit,
        formula=each.formula,
        note=each.note,
    )


def _default(metrics: Metrics) -> Profile:
    figures = tuple(
        Figure(
            metric=name, name=name, value=getattr(metrics, name), unit=unit(name),
            formula=CONVENTIONS[name],
        )
        for name in Metrics.__struct_fields__
    )  # fmt: skip
    return Profile(
        convention="default",
        title="Default",
        source="this program, as documented beside every metric",
        figures=figures,
    )


def _deepest(r: Array) -> float:
    """Largest fall of the added gains below their highest sum so far, which starts at 0."""
    gain = np.cumsum(r)
    return float((np.maximum(np.maximum.accumulate(gain), 0) - gain).max())


def _brain(r: Array, metrics: Metrics, periods: float) -> Profile:
    with np.errstate(all="ignore"):
        found = {
            "pnl": float(r.sum()) if len(r) else math.nan,
            "returns": 2 * periods * float(r.mean()) if len(r) else math.nan,
            "drawdown": 2 * _deepest(r) if len(r) else math.nan,
            "margin": math.nan if metrics.margin is None else 1e4 * metrics.margin,
        }
    known: dict[str, float | None] = {
        **{name: value if math.isfinite(value) else None for name, value in found.items()},
        "sharpe": metrics.ann_sharpe,
        "turnover": metrics.turnover,
        "fitness": metrics.fitness,
    }
    return Profile(
        convention="brain",
        title="WorldQuant BRAIN",
        source="WorldQuant BRAIN's documented formulas, the book being the account's value",
        figures=tuple(
            Figure(metric=metric, name=name, value=known[name], unit=measured, formula=formula,
                   note=note)
            for name, metric, measured, formula, note in _BRAIN
        ),
    )  # fmt: skip


# fmt: off
_BRAIN: tuple[tuple[str, str, Unit, str, str], ...] = (
    ("pnl", "total_return", "share", "Sum of r: gains on a constant book, over that book.",
     "Adds the gains; the default compounds them."),
    ("sharpe", "ann_sharpe", "ratio", "mean(r) / sd(r) sqrt(A), sd with n - 1; A is 252 there.",
     ""),
    ("turnover", "turnover", "share", "Mean daily value traded, buys plus sells, over the book.",
     ""),
    ("returns", "ann_return", "share", "Gain per year over half the book: 2 A mean(r).",
     "Simple, not compounded, and on half the book, which doubles it."),
    ("drawdown", "max_dd", "share",
     "Largest fall of the sum of r below its highest so far, 0 at the start, over half the book.",
     "A positive share of half the book, from added gains; the default is negative and compounds."),
    ("fitness", "fitness", "ratio", "sharpe sqrt(|returns| / max(turnover, 0.125)).", ""),
    ("margin", "margin", "bps", "Gain per unit traded: 1e4 returns / (2 A turnover).",
     "In basis points; the default is a fraction."),
)
# fmt: on
