"""Requests, job events and the messages between the processes.

Engine types go on the wire as they are; only what is not an engine type is defined here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from engine.importing import ImportOptions
from engine.strategy import Outcome
from engine.train import Phase, Result, Summary, TrainConfig
from engine.workspace import Kept


class TrainRequest(TrainConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training job: what to search, in which data set, on how many threads."""

    dataset: str | None = None
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2

    @property
    def config(self) -> TrainConfig:
        """The part that decides the result."""
        return TrainConfig(**{f: getattr(self, f) for f in TrainConfig.__struct_fields__})


class JobParams(msgspec.Struct, frozen=True, kw_only=True):
    """The identity of a training job as it is stored: equal parameters, equal results."""

    dataset: str
    fingerprint: str
    rows: int
    config: TrainConfig


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Common to everything that is told about a job; `seq` is given by the store."""

    job_id: str
    timestamp: str


class PhaseEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="phase"):
    """A stage began."""

    phase: str
    count: int
    rejected: dict[str, int] = {}


class ResultEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="result"):
    """A candidate was backtested, or refused with `error`, and its outcome is durable."""

    expr_hash: str
    sharpe: float | None
    expr: str
    complexity_score: float
    error: str | None = None


class ProgressEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="progress"):
    """How far the job is; `rate` in candidates per second, times in seconds."""

    step: str
    processed: int
    total: int
    elapsed_s: float
    rate: float | None
    eta_s: float | None
    expr_hash: str | None = None
    sharpe: float | None = None


class SummaryEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="summary"):
    """The job ended; `best` is the hash with the highest Sharpe ratio."""

    elapsed_s: float
    count: int
    best: str | None


class LogEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="log"):
    """Something worth telling happened."""

    level: str
    message: str


class StatusEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="status"):
    """The job is queued, running, done, failed, cancelled or interrupted."""

    status: str


def encoded(event: JobEvent) -> tuple[str, bytes]:
    """The event's type and its JSON, as the store keeps them."""
    return str(event.__struct_config__.tag), msgspec.json.encode(event)


JobEvent = PhaseEvent | ResultEvent | ProgressEvent | SummaryEvent | LogEvent | StatusEvent


class TrainTask(msgspec.Struct, frozen=True, kw_only=True, tag="train"):
    """To the engine process: search the data set in `folder`, seen up to `rows` dates."""

    folder: str
    name: str
    rows: int
    config: TrainConfig
    workers: int
    skip: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None


class ImportTask(msgspec.Struct, frozen=True, kw_only=True, tag="import"):
    """To the engine process: read the file at `path` and keep it in the folder `datasets`."""

    datasets: str
    path: str
    lockbox: str
    options: ImportOptions


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """From the engine process: these candidates are being evaluated.

    Each comes as the outcome to record should the process die on it.
    """

    stubs: tuple[Outcome, ...]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """From the engine process: the task cannot be done, by a kind of EngineError."""

    code: str
    message: str


class Crashed(msgspec.Struct, frozen=True, tag="crashed"):
    """From the engine process: an error nobody foresaw, with its traceback."""

    traceback: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """From the engine process: nothing more will come of this task."""


Order = TrainTask | ImportTask
Report = Begun | Phase | Result | Summary | Kept | Refused | Crashed | Finished
