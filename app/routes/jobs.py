"""Training jobs: started, watched, stopped."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get, post
from litestar.params import FromQuery, HeaderParameter, JSONBody, QueryParameter

from app.events import (
    GapEvent,
    JobEvent,
    LogEvent,
    PhaseEvent,
    ProgressEvent,
    ResultEvent,
    StatusEvent,
    SummaryEvent,
    stored,
)
from app.routes.given import Limit, Offset, Seq, TheLab, Word
from app.schemas import EventPage, LogLine, LogPage, TrainRequest
from engine.store import Job, JobPage, Status

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=200)]
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@post("/api/jobs/train", sync_to_thread=True, operation_id="train")
def train(lab: TheLab, data: JSONBody[TrainRequest], key: Key = None) -> Job:
    """Start a search; the unfinished job when there is one with the very same parameters."""
    return lab.runner.submit(data, key)


@get("/api/jobs", sync_to_thread=True, operation_id="jobs")
def jobs(
    lab: TheLab,
    status: FromQuery[Status | None] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> JobPage:
    """Jobs, the newest first."""
    return lab.store.jobs(status, limit, offset)


@get("/api/jobs/{job_id:str}", sync_to_thread=True, operation_id="job")
def job(lab: TheLab, job_id: Word) -> Job:
    """One job as it stands."""
    return lab.store.job(job_id)


@post("/api/jobs/{job_id:str}/cancel", status_code=200, sync_to_thread=True,
      operation_id="cancel")  # fmt: skip
def cancel(lab: TheLab, job_id: Word) -> Job:
    """Stop a job; what it has done stays."""
    return lab.runner.cancel(job_id)


@post("/api/jobs/{job_id:str}/resume", status_code=200, sync_to_thread=True,
      operation_id="resume")  # fmt: skip
def resume(lab: TheLab, job_id: Word) -> Job:
    """Go on with a job that was not finished."""
    return lab.runner.resume(job_id)


@get("/api/jobs/{job_id:str}/events", sync_to_thread=True, operation_id="events")
def events(lab: TheLab, job_id: Word, after: Seq = 0, limit: Limit = 1000) -> EventPage:
    """What happened to a job after the event numbered `after`."""
    lab.store.job(job_id)
    rows = lab.store.events(job_id, after, limit)
    total = lab.store.last_seq(job_id)
    return EventPage(
        items=tuple(stored(row) for row in rows),
        total=total,
        next=_next(rows[-1].seq if rows else total, total),
    )


@get("/api/jobs/{job_id:str}/log", sync_to_thread=True, operation_id="log")
def log(
    lab: TheLab,
    job_id: Word,
    after: Annotated[int | None, QueryParameter(ge=0, le=2**53)] = None,
    limit: Limit = 200,
    level: FromQuery[Literal["DEBUG", "INFO", "WARNING", "ERROR"]] = "INFO",
) -> LogPage:
    """The log of a job: its last lines, or those after the line numbered `after`."""
    lab.store.job(job_id)
    rows = (
        lab.store.tail(job_id, limit) if after is None else lab.store.events(job_id, after, limit)
    )
    lines = tuple(_line(stored(row)) for row in rows)
    wanted = _LEVELS[_LEVELS.index(level) :]
    total = lab.store.last_seq(job_id)
    return LogPage(
        items=tuple(line for line in lines if line.level in wanted),
        total=total,
        next=_next(rows[-1].seq if rows else total, total),
    )


def _next(last: int, total: int) -> int | None:
    return last if last < total else None


def _line(event: JobEvent) -> LogLine:
    level, name, message = _told(event)
    return LogLine(
        seq=event.seq, ts=event.timestamp, level=level, job_id=event.job_id, event=name,
        message=message,
    )  # fmt: skip


def _told(event: JobEvent) -> tuple[str, str, str]:  # noqa: PLR0911  # one per kind
    """Level, name and text of an event in a log."""
    match event:
        case PhaseEvent(phase=phase, count=count, rejected=rejected):
            dropped = ", ".join(f"{n} {reason}" for reason, n in rejected.items())
            return (
                "INFO",
                "phase",
                f"{phase}: {count}" + (f" (dropped: {dropped})" if dropped else ""),
            )
        case ResultEvent(expr_hash=hash_, expr=expr, error=str(error)):
            return "WARNING", "backtest_failed", f"{hash_[:12]} {expr}: {error}"
        case ResultEvent(expr_hash=hash_, expr=expr, sharpe=sharpe):
            value = "undefined" if sharpe is None else f"{sharpe:.2f}"
            return "INFO", "backtest_result", f"{hash_[:12]} Sharpe {value}  {expr}"
        case ProgressEvent(processed=processed, total=total, rate=rate):
            speed = "" if rate is None else f", {rate:.0f}/s"
            return "INFO", "expr_evaluated", f"{processed} of {total}{speed}"
        case SummaryEvent(count=count, elapsed_s=elapsed):
            return "INFO", "summary", f"{count} candidates in {elapsed:.1f} s"
        case LogEvent(level=level, message=message):
            return level, "log", message
        case StatusEvent(status=status):
            return ("ERROR" if status == "failed" else "INFO"), "job_status", status
        case GapEvent():
            return "WARNING", "gap", "Events are missing here."


ROUTES = [train, jobs, job, cancel, resume, events, log]
