"""What a run held over all of its dates, and the names that mattered."""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np

from engine.book import BookParams, Day, days_of, span_of
from engine.book.params import check_params
from engine.dsl.tree import Node
from engine.errors import ParamError
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.panel import Codes, Panel
from engine.stats.series import Rows

_MATTERED = 10
_BEYOND_NOISE = 1 + 1e-9
_SERIES = ("gross_exposure", "net_exposure", "names", "turnover", "cost", "borrow")


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A position over the whole run: mean and largest weight, days held, summed contribution.

    Weights are Q(t) / P(t) after trading: the mean is over the days held, the largest is the first
    of largest size. group: the latest known one.
    """

    symbol: str
    group: str | None
    mean_weight: float
    largest_weight: float
    days: int
    contribution: float


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """What was held: series thinned to at most the points asked for, and the names that mattered.

    gross_exposure, net_exposure: fractions of the value; turnover: mean per date since the point
    before; names: number held. cost: fees and borrowing per date, mean since the point before.
    largest_share: weight of the largest name over the gross exposure. best, worst: at most ten
    names by contribution, those above and those below 0; sums of daily Q(t-1) r(t) / E(t-1) less
    costs. names_traded: how many symbols were ever held. coverage: mean share of the universe with
    a signal; without a universe, of the names with a price.
    """

    dates: list[dt.date]
    gross_exposure: list[float]
    net_exposure: list[float]
    names: list[float]
    turnover: list[float]
    cost: list[float]
    largest_share: list[float | None]
    best: tuple[Holding, ...]
    worst: tuple[Holding, ...]
    names_traded: int
    coverage: float | None


def holdings(panel: Panel, node: Node, params: BookParams, points: int = 500) -> Holdings:
    """What the run of `node` under `params` held; ParamError for less than one point."""
    check_params(params, panel)
    if points < 1:
        raise ParamError(f"Holdings at {points} points were asked for; choose 1 or more.")
    run, signal = span_of(params, panel.dates), evaluate(panel, node)
    tally = _Tally(len(run), panel.shape[1])
    for t, day in enumerate(days_of(panel, signal, params)):
        tally.count(t, day)
    kept = _evenly(len(run), points)
    ranked = [i for i in np.argsort(-tally.earned, kind="stable").tolist() if tally.days[i]]
    held = [_holding(panel, params, tally, i) for i in ranked]
    return Holdings(
        dates=panel.dates[run.start : run.stop][kept].tolist(),
        gross_exposure=tally.series["gross_exposure"][kept].tolist(),
        net_exposure=tally.series["net_exposure"][kept].tolist(),
        names=tally.series["names"][kept].tolist(),
        turnover=_means(tally.series["turnover"], kept),
        cost=_means(tally.series["cost"] + tally.series["borrow"], kept),
        largest_share=[None if np.isnan(v) else v for v in tally.largest_share[kept].tolist()],
        best=tuple(each for each in held if each.contribution > 0)[:_MATTERED],
        worst=tuple(each for each in reversed(held) if each.contribution < 0)[:_MATTERED],
        names_traded=len(held),
        coverage=_coverage(panel, signal, run),
    )


class _Tally:
    """Sums over the dates of a run, by name [symbols], and its series [dates]."""

    def __init__(self, dates: int, symbols: int) -> None:
        self.earned, self.weight, self.largest = np.zeros((3, symbols))
        self.days = np.zeros(symbols, dtype=np.int64)
        self.largest_share = np.full(dates, np.nan)
        self.series = {name: np.zeros(dates) for name in _SERIES}

    @np.errstate(over="ignore", invalid="ignore")
    def count(self, t: int, day: Day) -> None:
        """Add date `t`."""
        for name, values in self.series.items():
            values[t] = day.series[name]
        if day.trades.equity:
            self.earned += finite(day.net / day.trades.equity)
        size = np.abs(day.after)
        if not size.any():
            return
        weight = finite(day.after / day.trades.worth)
        self.weight += weight
        self.days += size > 0.0
        larger = np.abs(weight) > np.abs(self.largest) * _BEYOND_NOISE
        self.largest = np.where(larger, weight, self.largest)
        self.largest_share[t] = 1 / (size / size.max()).sum()


def finite(values: Array) -> Array:
    """0 for what is beyond all numbers, as in `Daily`."""
    return np.where(np.isfinite(values), values, 0.0)


def _holding(panel: Panel, params: BookParams, tally: _Tally, i: int) -> Holding:
    return Holding(
        symbol=panel.symbols[i],
        group=_latest_group(panel, params, i),
        mean_weight=float(tally.weight[i] / tally.days[i]),
        largest_weight=float(tally.largest[i]),
        days=int(tally.days[i]),
        contribution=float(tally.earned[i]),
    )


def _evenly(dates: int, points: int) -> Rows:
    """At most `points` rows, evenly spaced, the last date being one of them."""
    rows = np.linspace(dates - 1, 0, min(points, dates)).round().astype(np.int64)
    spaced: Rows = np.unique(rows)
    return spaced


def _means(series: Array, kept: Rows) -> list[float]:
    """Mean of the values after each kept row up to the next, that of the first from the start."""
    starts = np.concatenate(([0], kept[:-1] + 1))
    sums: list[float] = (np.add.reduceat(series, starts) / (kept + 1 - starts)).tolist()
    return sums


def _coverage(panel: Panel, signal: Array, run: range) -> float | None:
    """Mean share of the names that could have a signal that have one, dates without any aside."""
    rows, member = slice(run.start, run.stop), panel.universe()
    possible = np.isfinite(panel.returns()[rows]) if member is None else member[rows]
    counts = possible.sum(axis=1)
    known = (possible & np.isfinite(signal[rows])).sum(axis=1)
    there = counts > 0
    return float((known[there] / counts[there]).mean()) if there.any() else None


def groups_on(panel: Panel, params: BookParams, row: int) -> list[str | None]:
    """The group of every symbol on a date of the panel, None where it is missing or has none."""
    column = _group_column(panel, params)
    if column is None:
        return [None] * panel.shape[1]
    return [_level(panel, column, code) for code in panel.codes(column)[row].tolist()]


def _latest_group(panel: Panel, params: BookParams, i: int) -> str | None:
    column = _group_column(panel, params)
    if column is None:
        return None
    codes: Codes = panel.codes(column)[: span_of(params, panel.dates).stop, i]
    known = np.flatnonzero(codes >= 0)
    return _level(panel, column, int(codes[known[-1]])) if len(known) else None


def _group_column(panel: Panel, params: BookParams) -> str | None:
    """The category that the run neutralizes by, else the first one."""
    if params.neutralize in panel.categories:
        return params.neutralize
    return next(iter(panel.categories), None)


def _level(panel: Panel, column: str, code: int) -> str | None:
    return panel.categories[column][code] if code >= 0 else None
