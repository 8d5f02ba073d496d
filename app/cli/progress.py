"""How far a job is, on standard error."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich import progress as bars

from app.cli.screen import Screen, number
from app.events import JobEvent, LogEvent, PhaseEvent, ProgressEvent, ResultEvent
from engine.store import Job

EVERY_S = 2.0


class Progress:
    """A bar on a terminal, else a plain line every two seconds."""

    def __init__(self, screen: Screen, job: Job) -> None:
        self._screen = screen
        self._best: float | None = None
        self._told = time.monotonic()
        self._bar = _bar(screen) if screen.err.is_terminal else None
        if self._bar is not None:
            self._task = self._bar.add_task(
                "search", total=job.total, completed=job.processed, best="-", rate="-"
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def publish(self, events: Sequence[JobEvent]) -> None:
        """Show what the events tell."""
        for event in events:
            match event:
                case ResultEvent(sharpe=float(sharpe)):
                    self._best = sharpe if self._best is None else max(self._best, sharpe)
                case ProgressEvent():
                    self._advance(event)
                case PhaseEvent(phase="generate"):
                    self._drawn(event)
                case LogEvent(message=message):
                    self._screen.note(message)

    def _advance(self, event: ProgressEvent) -> None:
        rate = number(event.rate, 0)
        if self._bar is not None:
            self._bar.update(
                self._task, completed=event.processed, total=event.total,
                best=number(self._best), rate=rate,
            )  # fmt: skip
        elif time.monotonic() - self._told >= EVERY_S or event.processed == event.total:
            self._told = time.monotonic()
            self._screen.note(
                f"{event.processed:,} of {event.total:,}  {rate}/s  {_left(event.eta_s)} left"
                f"  best Sharpe {number(self._best)}"
            )

    def _drawn(self, event: PhaseEvent) -> None:
        dropped = ", ".join(f"{n:,} {reason}" for reason, n in sorted(event.rejected.items()))
        self._screen.note(
            f"{event.count:,} candidates drawn" + (f" ({dropped})" if dropped else "")
        )


def _bar(screen: Screen) -> bars.Progress:
    return bars.Progress(
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}/s"),
        bars.TimeRemainingColumn(),
        bars.TextColumn("left"),
        bars.TextColumn("best Sharpe {task.fields[best]}"),
        console=screen.err,
        transient=True,
    )


def _left(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.0f} s"
