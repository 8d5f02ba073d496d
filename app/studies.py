"""How far a saved run can be trusted: what the engine and the ledger say of it."""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np

from app.lab import Lab
from app.lockbox import lockbox_of
from app.messages.research import (
    Counted,
    EffectiveTask,
    ExplainTask,
    Explanation,
    FactorTask,
    Held,
    HoldingsTask,
    Judged,
    Measured,
    PboTask,
    Repeated,
    RepeatTask,
    RobustTask,
    Stressed,
    Validated,
    ValidationTask,
)
from app.reader import Reader
from app.report.model import profiles_of
from app.results import Found, daily_of, deflated_of
from app.schemas.research import (
    DayPosition,
    DayPositions,
    Differing,
    FactorSheet,
    MadeBy,
    Overfitting,
    Profiles,
    Similar,
    SimilarPage,
    Stress,
    Verified,
)
from app.tables import table_of
from engine.research.explain import Explained, Holdings
from engine.research.robustness import Robustness
from engine.stats.bootstrap import seed_of, sharpe_interval
from engine.stats.clusters import EffectiveTrials
from engine.stats.overfit import zero_skill_best
from engine.stats.pbo import Pbo
from engine.stats.validation import OUT_OF_SAMPLE, Method, Validation, halves
from engine.store import DatasetRow, Run
from engine.strategy import Outcome

ROBUSTNESS = "robustness"
MOST_SERIES = 5000
"""Series that are clustered; what is beyond counts one by one."""


def overfitting(lab: Reader, it: Found) -> Overfitting:
    """How much of the Sharpe ratio of a run is luck."""
    daily, periods = daily_of(lab, it.run), lab.periods_of(it.run.spec.fingerprint)
    net = daily.traded
    effective = effective_of(lab, it.run.spec.fingerprint)
    job = lab.store.job_of_run(it.run.run_id)
    n = len(net)
    return Overfitting(
        expr_hash=it.expr_hash,
        run_id=it.run.run_id,
        deflated=deflated_of(lab, it.run),
        deflated_effective=deflated_of(lab, it.run, round(effective.effective)),
        effective=effective,
        zero_skill_best=zero_skill_best(effective.trials, n, periods),
        interval=sharpe_interval(net, seed_of(it.run.run_id), periods=periods),
        halves=halves(daily.dates[daily.first or 0 :], net, _share(lab, job), periods=periods),
        job_id=job,
        pbo=None if job is None else pbo_of(lab, job, periods),
        lockbox=lockbox_of(lab, _row(lab, it.run), it.expr_hash),
    )


def _row(lab: Reader, run: Run) -> DatasetRow:
    return lab.workspace.version(run.spec.fingerprint, run.dataset)


def _share(lab: Reader, job: str | None) -> float:
    """The share of the dates that the search which found a run did not look at."""
    config = {} if job is None else lab.store.job(job).params.get("config", {})
    return float(config.get("out_of_sample", OUT_OF_SAMPLE))


def effective_of(lab: Reader, fingerprint: str) -> EffectiveTrials:
    """The effective number of the trials on a content."""
    trials = lab.store.trials_count(fingerprint)
    runs = lab.store.measured(fingerprint, MOST_SERIES)

    def count() -> EffectiveTrials:
        table = table_of(lab.store, runs, "<f4")
        return lab.engine.ask(EffectiveTask(table=table, trials=trials), Counted).effective

    return lab.remembered(("effective", fingerprint, trials, len(runs)), count)


def pbo_of(lab: Reader, job_id: str, periods: float) -> Pbo | None:
    """PBO of the candidates of a job; None for fewer than two."""
    runs = tuple(each.run_id for each in lab.store.candidates(job_id, MOST_SERIES))
    if len(runs) < 2:
        return None

    def judge() -> Pbo:
        table = table_of(lab.store, runs)
        task = PboTask(table=table, periods=periods, seed=seed_of(job_id))
        return lab.engine.ask(task, Judged).pbo

    return lab.remembered(("pbo", job_id, len(runs)), judge)


def validation(lab: Reader, it: Found, method: Method, folds: int, embargo: int) -> Validation:
    """A run in folds."""
    lag = it.run.spec.params.execution_lag
    task = ValidationTask(
        table=table_of(lab.store, [it.run.run_id]), method=method, folds=folds,
        purge=max(1, lag), embargo=embargo, periods=lab.periods_of(it.run.spec.fingerprint),
    )  # fmt: skip
    return lab.engine.ask(task, Validated).validation


def factor_sheet(
    lab: Reader, it: Found, horizons: tuple[int, ...], category: str | None, points: int
) -> FactorSheet:
    """The signal of a run as a predictor."""
    task = FactorTask(
        view=lab.view_of(it.run.spec), expr=it.expr, params=it.run.spec.params, horizons=horizons,
        category=category, points=points,
    )  # fmt: skip
    key = ("factor", it.run.run_id, horizons, category, points)
    made = lab.remembered(key, lambda: lab.engine.ask(task, Measured))
    return FactorSheet(
        expr_hash=it.expr_hash,
        run_id=it.run.run_id,
        **{name: getattr(made, name) for name in Measured.__struct_fields__},
    )


def stress(lab: Reader, it: Found) -> Stress:
    """The robustness table that was worked out last."""
    kept = lab.store.study(it.run.run_id, ROBUSTNESS, Robustness)
    table, moment = kept or (None, None)
    return Stress(expr_hash=it.expr_hash, run_id=it.run.run_id, created_at=moment, robustness=table)


def make_stress(lab: Lab, it: Found) -> Stress:
    """Work the robustness table out; the neighbours are trials of the ledger."""
    view, spec = lab.view_of(it.run.spec), it.run.spec
    task = RobustTask(view=view, expr=it.expr, params=spec.params)
    made = lab.engine.ask(task, Stressed)
    tried: tuple[Outcome, ...] = made.tried
    lab.store.record(None, it.run.dataset, spec, tried, source="robustness", keep=False)
    lab.store.save_study(it.run.run_id, ROBUSTNESS, made.robustness)
    return stress(lab, it)


def explained(lab: Reader, it: Found, date: dt.date) -> Explained:
    """One day of a run, name by name."""
    spec = it.run.spec
    task = ExplainTask(view=lab.view_of(spec), expr=it.expr, params=spec.params, date=date)
    return lab.engine.ask(task, Explanation).explained


def positions(lab: Reader, it: Found, date: dt.date) -> DayPositions:
    """What a run held after the close of a date."""
    day = explained(lab, it, date)
    worth = 1 + day.gross
    held_ = [
        DayPosition(symbol=each.symbol, group=each.group, weight=each.after / worth)
        for each in day.names
        if each.after
    ]
    return DayPositions(
        expr_hash=it.expr_hash, run_id=it.run.run_id, date=date,
        gross_exposure=day.gross_exposure, net_exposure=day.net_exposure,
        items=tuple(sorted(held_, key=lambda each: (-abs(each.weight), each.symbol))),
    )  # fmt: skip


def held(lab: Reader, it: Found, points: int) -> Holdings:
    """What a run held."""
    spec = it.run.spec
    task = HoldingsTask(view=lab.view_of(spec), expr=it.expr, params=spec.params, points=points)
    key = ("holdings", it.run.run_id, points)
    return lab.remembered(key, lambda: lab.engine.ask(task, Held).holdings)


def profiles(lab: Reader, it: Found) -> Profiles:
    """A run in the words of each convention."""
    net, periods = daily_of(lab, it.run).traded, lab.periods_of(it.run.spec.fingerprint)
    items = profiles_of(it.run, net, periods)
    return Profiles(expr_hash=it.expr_hash, run_id=it.run.run_id, items=items)


def verified(lab: Reader, it: Found) -> Verified:
    """A run made again and compared, byte for byte."""
    spec = it.run.spec
    saved = lab.store.daily(it.run.run_id)
    task = RepeatTask(view=lab.view_of(spec), expr=it.expr, params=spec.params)
    again = lab.engine.ask(task, Repeated)
    now = msgspec.structs.asdict(again.outcome.metrics) if again.outcome.metrics else {}
    pairs = {name: (value, now.get(name)) for name, value in _metrics(it.run).items()}
    differing = {name: Differing(saved=a, now=b) for name, (a, b) in pairs.items() if a != b}
    same_daily = again.outcome.daily == saved
    return Verified(
        expr_hash=it.expr_hash,
        run_id=it.run.run_id,
        same=same_daily and not differing,
        same_daily=same_daily,
        bytes=len(saved),
        metrics=differing,
        saved_by=MadeBy(engine_version=spec.engine_version, kernels=spec.kernels),
        now=MadeBy(engine_version=again.engine_version, kernels=again.kernels),
    )


def _metrics(run: Run) -> dict[str, float | None]:
    return msgspec.structs.asdict(run.metrics)


def similar(lab: Reader, it: Found, limit: int) -> SimilarPage:
    """The saved runs on the same content whose daily net returns correlate most with a run's."""
    runs = [r for r in lab.store.measured(it.run.spec.fingerprint, MOST_SERIES)
            if r != it.run.run_id]  # fmt: skip
    table = table_of(lab.store, [it.run.run_id, *runs])
    scores = _correlations(table.returns)
    best = np.argsort(-scores, kind="stable")[:limit]
    by_run = {each.run_id: each for each in lab.store.summaries([runs[i] for i in best])}
    items = tuple(
        Similar(strategy=by_run[runs[i]], correlation=float(scores[i]))
        for i in best
        if runs[i] in by_run and np.isfinite(scores[i])
    )
    return SimilarPage(items=items, total=len(items))


def _correlations(returns: np.ndarray) -> np.ndarray:
    """Of the first column with each of the others; -inf where one is constant."""
    away = returns - returns.mean(axis=0)
    norm = np.sqrt((away * away).sum(axis=0))
    scale = norm[0] * norm[1:]
    dots = away[:, 0] @ away[:, 1:]
    return np.where(scale > 0, dots / np.where(scale > 0, scale, 1), -np.inf)
