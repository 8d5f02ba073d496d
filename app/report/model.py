"""What a tear sheet is made of: a run with its daily series, and whatever else is known of it."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from engine.research.explain import Holdings
from engine.research.robustness import Robustness
from engine.sheet import Sheet, sheet
from engine.stats.bootstrap import Interval
from engine.stats.clusters import EffectiveTrials
from engine.stats.conventions import CHOICES, Profile, profile
from engine.stats.exposure import Exposures
from engine.stats.factor import Factor
from engine.stats.overfit import Deflated
from engine.stats.pbo import Pbo
from engine.stats.performance import PERIODS_PER_YEAR, Array
from engine.stats.series import Days
from engine.stats.validation import Halves, Validation
from engine.store import Run, StrategyDetail


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A run, its derived series and the optional parts; a part that is None is left out, and said.

    daily: as from `unpack_daily`. first: row of the first trade, None if there is none. benchmark:
    daily returns of the same dates. deflated_effective: against the effective number of trials.
    zero_skill_best: the best annual Sharpe ratio expected of as many trials without skill.
    validation: walk-forward or purged folds of the search that found it. lockbox: what is to be
    said of the locked dates, empty for nothing; openings: how often somebody looked.
    why: by the name of a field, why that part is not there, a sentence instead of the usual one.
    """

    detail: StrategyDetail
    run: Run
    daily: pl.DataFrame
    sheet: Sheet
    profiles: tuple[Profile, ...]
    first: int | None = 0
    periods: float = PERIODS_PER_YEAR
    benchmark: Array | None = None
    holdings: Holdings | None = None
    factor: Factor | None = None
    exposures: Exposures | None = None
    robustness: Robustness | None = None
    deflated: Deflated | None = None
    deflated_effective: Deflated | None = None
    effective: EffectiveTrials | None = None
    zero_skill_best: float | None = None
    interval: Interval | None = None
    pbo: Pbo | None = None
    halves: Halves | None = None
    validation: Validation | None = None
    lockbox: str = ""
    openings: int | None = None
    why: dict[str, str] = {}

    @property
    def dates(self) -> Days:
        """All dates of the run."""
        return self.daily["date"].to_numpy()

    def column(self, name: str) -> Array:
        """A daily series: gross, cost, borrow, net or turnover."""
        return self.daily[name].to_numpy()


def report_of(
    detail: StrategyDetail,
    run: Run,
    daily: pl.DataFrame,
    *,
    periods: float = PERIODS_PER_YEAR,
    benchmark: Array | None = None,
    benchmark_name: str | None = None,
) -> Report:
    """The report of a saved run; `msgspec.structs.replace` adds further parts.

    The metrics of trading are those saved with the run: its daily series do not hold exposures.
    """
    traded = np.flatnonzero(daily["turnover"].to_numpy())
    first = int(traded[0]) if len(traded) else None
    net = daily["net"].to_numpy()
    return Report(
        detail=detail,
        run=run,
        daily=daily,
        sheet=sheet(daily["date"].to_numpy(), net, benchmark, benchmark_name, first=first),
        profiles=profiles_of(run, net[len(net) if first is None else first :], periods),
        first=first,
        periods=periods,
        benchmark=benchmark,
    )


def profiles_of(run: Run, net: Array, periods: float) -> tuple[Profile, ...]:
    """All conventions of daily net returns; what trading adds is taken from the saved metrics."""
    found = [profile(net, choice, periods=periods) for choice in CHOICES]
    return tuple(_with_saved(each, run) for each in found)


def _with_saved(found: Profile, run: Run) -> Profile:
    """The profile with figures that have no value, but a saved metric that is the same."""
    figures = tuple(
        msgspec.structs.replace(each, value=_saved(found, run, each.metric))
        if each.value is None and each.metric
        else each
        for each in found.figures
    )
    return msgspec.structs.replace(found, figures=figures)


def _saved(found: Profile, run: Run, metric: str) -> float | None:
    value: float | None = getattr(run.metrics, metric)
    if found.convention == "default":
        return value
    if found.convention != "brain" or value is None:
        return None
    return {"turnover": value, "fitness": value, "margin": 1e4 * value}.get(metric)
