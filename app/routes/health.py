"""What is running, and everything saved at a glance."""

from __future__ import annotations

import os
import time
from statistics import median, stdev
from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from app.routes.given import Text, TheLab
from app.schemas import Aggregate, Health
from app.version import git_hash, version
from engine import kernels
from engine.errors import NotFoundError
from engine.stats.overfit import expected_max, zero_skill_best
from engine.stats.performance import PERIODS_PER_YEAR
from engine.stats.series import histogram, luck
from engine.strategy import ENGINE_VERSION

MEDIANS = ("ann_sharpe", "max_dd", "ann_return", "ann_vol", "turnover")


@get("/api/health", sync_to_thread=True, operation_id="health")
def health(lab: TheLab) -> Health:
    """What is running, and on what."""
    try:
        dataset = lab.workspace.dataset().name
    except NotFoundError:
        dataset = None
    return Health(
        version=version(),
        core_version=f"{ENGINE_VERSION}",
        git_hash=git_hash(),
        uptime_s=time.monotonic() - lab.started,
        boot_id=lab.workspace.boot_id,
        dataset=dataset,
        jobs_running=lab.jobs_running(),
        kernels=kernels.BACKEND,
        memory_mb=_memory_mb(),
        workspace=str(lab.workspace.root),
        window=lab.shell is not None,
    )


@get("/api/metrics/aggregate", sync_to_thread=True, operation_id="aggregate")
def aggregate(
    lab: TheLab,
    dataset: Text = None,
    bins: Annotated[int, QueryParameter(ge=2, le=200)] = 40,
) -> Aggregate:
    """All saved runs at once, of one data set or of all."""
    row = None if dataset is None else lab.workspace.dataset(dataset)
    columns = lab.store.columns((*MEDIANS, "n"), dataset)
    sharpes = _present(columns["ann_sharpe"])
    pairs = zip(columns["ann_sharpe"], columns["n"], strict=True)
    lengths = [n or 0.0 for value, n in pairs if value is not None]
    sharpe = histogram(sharpes, bins)
    tried = sharpes if row is None else lab.store.trial_sharpes(row.fingerprint)
    best = lab.store.strategies(limit=1, dataset=dataset).items
    fingerprint = None if row is None else row.fingerprint
    backtests, kept = lab.store.backtests(fingerprint)
    periods = PERIODS_PER_YEAR if row is None else lab.periods_of(row.fingerprint)
    trials = lab.store.trials_count(fingerprint)
    return Aggregate(
        count=len(columns["ann_sharpe"]),
        trials=trials,
        backtests=backtests,
        kept=kept,
        sharpe=sharpe,
        drawdown=histogram(_present(columns["max_dd"]), bins),
        luck=tuple(luck(sharpe.edges, lengths, periods)),
        expected_best=expected_max(trials, stdev(tried)) if len(tried) > 1 else None,
        zero_skill_best=zero_skill_best(trials, median(lengths), periods) if lengths else None,
        medians={name: _median(columns[name]) for name in MEDIANS},
        best=best[0] if best else None,
    )


def _present(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _median(values: list[float | None]) -> float | None:
    present = _present(values)
    return median(present) if present else None


def _memory_mb() -> float | None:
    """Memory of this process; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # read often
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError):
        return None


ROUTES = [health, aggregate]
