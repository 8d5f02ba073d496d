"""What is told about a job: committed first, published after."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.events import JobEvent, LogEvent, ProgressEvent, ResultEvent, kept
from engine.store import Store
from engine.store.clock import now
from engine.strategy import Outcome, RunSpec

Publish = Callable[[Sequence[JobEvent]], None]


class Journal:
    """The events of one job and the outcomes they report.

    `done` holds the hashes of all outcomes committed so far, also by earlier attempts.
    """

    def __init__(
        self, store: Store, job_id: str, dataset: str, spec: RunSpec, publish: Publish
    ) -> None:
        self._store = store
        self._job_id = job_id
        self._dataset = dataset
        self._spec = spec
        self._publish = publish
        self._start = time.monotonic()
        self._best: tuple[float, str] | None = None
        self.done = set(store.job_hashes(job_id))
        self._earlier = len(self.done)

    @property
    def elapsed_s(self) -> float:
        """Seconds since this attempt began."""
        return time.monotonic() - self._start

    @property
    def best(self) -> str | None:
        """The hash with the highest Sharpe ratio of this attempt."""
        return self._best[1] if self._best else None

    def tell(self, kind: type[JobEvent], **fields: Any) -> None:
        """One event that reports no outcome."""
        event = kind(job_id=self._job_id, timestamp=now(), **fields)
        last = self._store.append_events(self._job_id, [kept(event)])
        self._publish(_numbered([event], last))

    def log(self, level: str, message: str) -> None:
        """A line of the job's log."""
        self.tell(LogEvent, level=level, message=message)

    def commit(self, outcomes: Sequence[Outcome], total: int) -> None:
        """Outcomes, series, ledger and events in one transaction; then publish the events."""
        self.done |= {outcome.expr_hash for outcome in outcomes}
        events: list[JobEvent] = [self._result(outcome) for outcome in outcomes]
        events.append(self._progress(outcomes[-1], total))
        last = self._store.record(
            self._job_id,
            self._dataset,
            self._spec,
            outcomes,
            [kept(event) for event in events],
            source="train",
        )
        for outcome in outcomes:
            self._remember_best(outcome)
        self._publish(_numbered(events, last))

    def _remember_best(self, outcome: Outcome) -> None:
        sharpe = outcome.sharpe
        if sharpe is not None and (self._best is None or sharpe > self._best[0]):
            self._best = (sharpe, outcome.expr_hash)

    def _result(self, outcome: Outcome) -> ResultEvent:
        return ResultEvent(
            job_id=self._job_id,
            timestamp=now(),
            expr_hash=outcome.expr_hash,
            sharpe=outcome.sharpe,
            expr=outcome.expr,
            complexity_score=outcome.complexity.score,
            error=outcome.error,
        )

    def _progress(self, last: Outcome, total: int) -> ProgressEvent:
        elapsed = self.elapsed_s
        rate = (len(self.done) - self._earlier) / elapsed if elapsed > 0 else None
        return ProgressEvent(
            job_id=self._job_id,
            timestamp=now(),
            step="backtest",
            processed=len(self.done),
            total=total,
            elapsed_s=elapsed,
            rate=rate,
            eta_s=(total - len(self.done)) / rate if rate else None,
            expr_hash=last.expr_hash,
            sharpe=last.sharpe,
        )


def _numbered(events: Sequence[JobEvent], last: int) -> list[JobEvent]:
    """The events with the numbers that the store gave them; `last` is that of the last one."""
    first = last - len(events) + 1
    return [msgspec.structs.replace(event, seq=first + i) for i, event in enumerate(events)]
