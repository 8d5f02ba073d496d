"""What searches as a whole are worth: the ledger by data set, the candidates of a job."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from app.lockbox import lockbox_of
from app.messages.research import Table, Validated, ValidationTask
from app.reader import Reader
from app.schemas import JobParams
from app.schemas.research import Candidate, JobOverfitting, LedgerEntry, LedgerPage
from app.studies import MOST_SERIES, effective_of, pbo_of
from app.tables import table_of
from engine.errors import EngineError, NotFoundError
from engine.panel import Array
from engine.stats.factor import rank_correlation
from engine.stats.overfit import expected_max, zero_skill_best
from engine.stats.pareto import pareto_front
from engine.stats.validation import Method, Validation, figures
from engine.store import LedgerRow
from engine.store.studies import Candidate as Row

MOST_CANDIDATES = 1000
FOLDS = 5
EMBARGO = 5


def ledger(lab: Reader, dataset: str | None) -> LedgerPage:
    """The ledger by data set and content."""
    items = tuple(_entry(lab, row) for row in lab.store.ledger(dataset))
    return LedgerPage(items=items, total=len(items))


def _entry(lab: Reader, row: LedgerRow) -> LedgerEntry:
    sharpes = lab.store.trial_sharpes(row.fingerprint)
    dispersion = float(np.std(sharpes, ddof=1)) if len(sharpes) > 1 else None
    listed = lab.store.version_of(row.fingerprint, row.dataset)
    current = next((each for each in lab.store.datasets() if each.name == row.dataset), None)
    dates = lab.workspace.open_dates(listed).rows if listed and _there(lab, row) else 0
    periods = lab.periods_of(row.fingerprint)
    return LedgerEntry(
        dataset=row.dataset,
        version=None if listed is None else listed.version,
        fingerprint=row.fingerprint,
        current=current is not None and current.fingerprint == row.fingerprint,
        trials=row.trials,
        distinct=row.distinct,
        failed=row.failed,
        by_source=row.by_source,
        effective=effective_of(lab, row.fingerprint),
        dispersion=dispersion,
        best=row.best,
        expected_best=None if dispersion is None else expected_max(row.trials, dispersion),
        zero_skill_best=zero_skill_best(row.trials, dates, periods),
        first_at=row.first_at,
        last_at=row.last_at,
        lockbox=lockbox_of(lab, listed) if listed and _there(lab, row) else None,
    )


def _there(lab: Reader, row: LedgerRow) -> bool:
    return lab.workspace.folder_of(row.fingerprint).exists()


def overfitting(lab: Reader, job_id: str) -> JobOverfitting:
    """What the candidates of a job come to in and out of sample; NotFoundError."""
    lab.store.job(job_id)
    rows = lab.store.candidates(job_id, MOST_SERIES)
    key = ("job_overfitting", job_id, len(rows))
    return lab.remembered(key, lambda: _overfitting(lab, job_id, rows))


def _overfitting(lab: Reader, job_id: str, rows: Sequence[Row]) -> JobOverfitting:
    params = msgspec.convert(lab.store.job(job_id).params, JobParams)
    periods = lab.periods_of(params.fingerprint)
    table = table_of(lab.store, [row.run_id for row in rows])
    boundary = round(len(table.dates) * (1 - params.config.out_of_sample))
    before, after = _sharpes(table, boundary, periods)
    order = np.argsort(-np.nan_to_num(before, nan=-np.inf), kind="stable")[:MOST_CANDIDATES]
    best = [rows[i] for i in order]
    front = _front(best, before[order])
    trials = lab.store.job(job_id).processed
    sharpes = lab.store.sharpes(job_id)
    return JobOverfitting(
        job_id=job_id,
        measured=len(rows),
        trials=trials,
        expected_best=expected_max(trials, float(np.std(sharpes, ddof=1)))
        if len(sharpes) > 1
        else None,
        zero_skill_best=zero_skill_best(trials, len(table.dates), periods),
        best=max(sharpes, default=None),
        boundary=table.dates[boundary].item() if boundary < len(table.dates) else None,
        rank_correlation=_rank_correlation(before, after),
        candidates=tuple(
            _candidate(row, before[i], after[i], rank)
            for row, i, rank in zip(best, order.tolist(), front, strict=True)
        ),
        pbo=pbo_of(lab, job_id, periods),
        walk_forward=_validated(lab, best, "walk_forward", periods),
        purged=_validated(lab, best, "purged", periods),
    )


def _sharpes(table: Table, boundary: int, periods: float) -> tuple[Array, Array]:
    """Annual Sharpe ratios of every series before the boundary and from it on."""
    returns = table.returns
    halves = (returns[:boundary], returns[boundary:])
    found = (
        [figures(part[:, i], periods).ann_sharpe for i in range(table.width)] for part in halves
    )
    before, after = (np.array([np.nan if x is None else x for x in each]) for each in found)
    return before, after


def _front(rows: Sequence[Row], in_sample: Array) -> list[int]:
    """Pareto ranks by Sharpe ratio in sample, turnover and complexity."""
    if not rows:
        return []
    wanted = np.array(
        [[s, -(row.turnover or 0.0), -row.complexity_score]
         for row, s in zip(rows, np.nan_to_num(in_sample, nan=-1e9), strict=True)]
    )  # fmt: skip
    ranks: list[int] = pareto_front(wanted).tolist()
    return ranks


def _candidate(row: Row, before: float, after: float, front: int) -> Candidate:
    return Candidate(
        expr_hash=row.expr_hash,
        run_id=row.run_id,
        in_sample=None if np.isnan(before) else float(before),
        out_of_sample=None if np.isnan(after) else float(after),
        ann_sharpe=row.ann_sharpe,
        max_dd=row.max_dd,
        turnover=row.turnover,
        complexity_score=row.complexity_score,
        front=front,
    )


def _rank_correlation(before: Array, after: Array) -> float | None:
    both = ~(np.isnan(before) | np.isnan(after))
    ranks = rank_correlation(before[None, both], after[None, both])
    return None if np.isnan(ranks[0]) else float(ranks[0])


def _validated(
    lab: Reader, rows: Sequence[Row], method: Method, periods: float
) -> Validation | None:
    """The choice of the best in folds; None where there are too few dates or candidates."""
    if len(rows) < 2:
        return None
    table = table_of(lab.store, [row.run_id for row in rows])
    task = ValidationTask(
        table=table, method=method, folds=FOLDS, purge=1, embargo=EMBARGO, periods=periods
    )
    try:
        return lab.engine.ask(task, Validated).validation
    except EngineError as error:
        if error.code in {"busy", "engine", NotFoundError.code}:
            raise
        return None
