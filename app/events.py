"""What is told about a job, on the wire and in the store."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.store import Event as Row


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Common to everything that is told about a job.

    `seq` counts from 1 without holes; it is 0 until the store has given it.
    """

    seq: int = 0
    job_id: str
    timestamp: str


class PhaseEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="phase"):
    """A stage began; `rejected` counts what was dropped so far, `generation` from 0."""

    phase: str
    count: int
    rejected: dict[str, int] = {}
    generation: int = 0


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


class GapEvent(Event, frozen=True, kw_only=True, tag_field="type", tag="gap"):
    """Events `from_` to `to` will not come: the client knows more than the store."""

    from_: int = msgspec.field(name="from")
    to: int


def kept(event: JobEvent) -> tuple[str, bytes]:
    """The event's type and its JSON, as the store keeps them: it numbers events itself."""
    plain = msgspec.structs.replace(event, seq=0)
    return str(event.__struct_config__.tag), msgspec.json.encode(plain).replace(_UNNUMBERED, b"", 1)


JobEvent = (
    PhaseEvent | ResultEvent | ProgressEvent | SummaryEvent | LogEvent | StatusEvent | GapEvent
)
"""Everything that happens to a job."""

_UNNUMBERED = b'"seq":0,'
_ANY: Any = JobEvent  # a union is no type to mypy


def stored(row: Row) -> JobEvent:
    """The event that a row of the store holds, with its `seq`."""
    told = {"job_id": row.job_id, "timestamp": row.timestamp, **msgspec.json.decode(row.json)}
    event: JobEvent = msgspec.convert({**told, "type": row.type, "seq": row.seq}, _ANY)
    return event
