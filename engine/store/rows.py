"""What the store hands out: immutable rows."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.book import BookParams
from engine.dsl.complexity import Complexity
from engine.importing import ImportReport
from engine.lookahead import Certificate
from engine.stats.performance import Metrics
from engine.strategy import RunSpec

Status = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
Source = Literal["train", "backtest", "api", "eval", "factor", "robustness", "lockbox"]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of long work; `processed` counts its rows in the trial ledger.

    `progress` is `processed / total`, 0 while the total is unknown. `params` holds what JSON can
    hold. Times are ISO-8601 UTC.
    """

    job_id: str = ""
    type: str
    status: Status = "queued"
    progress: float = 0.0
    processed: int = 0
    total: int | None = None
    created_at: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    message: str | None = None
    latest_sharpe: float | None = None
    dataset: str | None = None
    workers: int = 1
    params: dict[str, Any] = {}
    boot_id: str | None = None
    attempt: int = 1
    last_event_ts: str | None = None


class JobPage(msgspec.Struct, frozen=True):
    """Some of `total` jobs; `next` is the offset of the rest, None at the end."""

    items: tuple[Job, ...]
    total: int
    next: int | None


class Event(msgspec.Struct, frozen=True):
    """One event of a job; `seq` counts from 1 without holes, `json` is an object."""

    job_id: str
    seq: int
    type: str
    json: bytes
    timestamp: str


class StrategySummary(msgspec.Struct, frozen=True, kw_only=True):
    """One saved run of an expression, as a table shows it.

    deflated_sharpe: probability that the true Sharpe ratio is above the best that luck attains in
    all trials on the same data (DSR); it falls with every further trial.
    """

    expr_hash: str
    expr: str
    metrics: Metrics
    complexity_score: float
    created_at: str
    run_id: str
    dataset: str
    tradable: bool
    ruined: bool
    params: BookParams
    deflated_sharpe: float | None = None


class StrategyPage(msgspec.Struct, frozen=True):
    """Some of `total` summaries; `next` is the offset of the rest, None at the end."""

    items: tuple[StrategySummary, ...]
    total: int
    next: int | None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One saved run of a strategy: what was run and what it came to."""

    run_id: str
    dataset: str
    spec: RunSpec
    metrics: Metrics
    tradable: bool
    ruined: bool
    created_at: str


class StrategyDetail(msgspec.Struct, frozen=True, kw_only=True):
    """An expression, all its saved runs, the newest first, and what was noted about it."""

    expr_hash: str
    expr: str
    complexity: Complexity
    complexity_score: float
    created_at: str
    runs: tuple[Run, ...]
    tags: tuple[str, ...] = ()
    note: str = ""
    lookahead: Certificate | None = None


class DatasetRow(msgspec.Struct, frozen=True, kw_only=True):
    """An imported data set; `lockbox` is its rule ("20%", "none" or a date).

    `source_key` stands for the bytes of the imported file and the options it was read with.
    `version` counts the different contents that were imported under the name.
    """

    name: str
    version: int = 1
    fingerprint: str
    folder: str
    source: str
    source_key: str
    lockbox: str
    imported_at: str
    dates: int
    symbols: int
    first_date: str
    last_date: str
    report_json: str = "{}"

    @property
    def report(self) -> ImportReport:
        """What was found in the file."""
        return msgspec.json.decode(self.report_json, type=ImportReport)


class LedgerRow(msgspec.Struct, frozen=True):
    """All trials on one content of a data set.

    distinct: different expressions; failed: refused ones. best: highest annual Sharpe ratio.
    """

    dataset: str
    fingerprint: str
    trials: int
    distinct: int
    failed: int
    best: float | None
    first_at: str
    last_at: str
    by_source: dict[str, int]


class Trial(msgspec.Struct, frozen=True):
    """One row of the ledger; `expr` is None for a signal or weights from a file."""

    id: int
    expr_hash: str
    expr: str | None
    run_id: str | None
    dataset: str
    fingerprint: str
    job_id: str | None
    source: str
    error: str | None
    sharpe: float | None
    created_at: str


class TrialPage(msgspec.Struct, frozen=True):
    """Some of `total` trials; `next` is the offset of the rest, None at the end."""

    items: tuple[Trial, ...]
    total: int
    next: int | None


class Kept(msgspec.Struct, frozen=True):
    """A candidate that a job has committed; no metrics and no series where it was refused."""

    expr_hash: str
    error: str | None
    metrics: Metrics | None
    daily: bytes | None
