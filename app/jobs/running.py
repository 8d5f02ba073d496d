"""A training job run in an engine process, committed in groups, resumed.

This side owns the store. Results are committed in groups and only then told to anybody; what is
committed is what a resumed job does not do again.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec

from app import log
from app.events import PhaseEvent, StatusEvent, SummaryEvent
from app.journal import Journal, Publish
from app.messages import Begun, Crashed, Refused, Report, TrainTask
from app.messages.view import View
from app.schemas import JobParams
from app.supervisor import EngineDied, EngineProcess
from engine.errors import CancelledError, DataError, EngineError, NotFoundError, error_of
from engine.panel import Panel, open_panel
from engine.store import DatasetRow, Job, Status
from engine.store.clock import now
from engine.strategy import Outcome, run_spec
from engine.train import Past, Phase, Result
from engine.workspace import Workspace

GROUP = 64
GROUP_S = 0.05
_HOPELESS_DEATHS = 3


class Stop(threading.Event):
    """A switch that ends a job; what it then counts as is `status`."""

    status: Status = "cancelled"

    def interrupt(self) -> None:
        """End the job because Kvant itself ends."""
        self.status = "interrupted"
        self.set()


def run(
    workspace: Workspace,
    job_id: str,
    publish: Publish = lambda _: None,
    *,
    stop: Stop | None = None,
    workers: int = 2,
) -> Job:
    """Run the job to its end on `workers` threads of an engine process.

    `publish` gets events after the commit they report. When `stop` is set the job ends as it
    says and CancelledError is raised. Every other end that is no success marks the job
    failed and raises the EngineError; what was committed stays and a new run goes on from there.
    """
    return _Run(workspace, job_id, publish, stop or Stop(), workers).run()


class _Run:
    def __init__(
        self,
        workspace: Workspace,
        job_id: str,
        publish: Publish,
        stop: Stop,
        workers: int,
    ) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._job_id = job_id
        self._stop = stop
        self._workers = workers
        self._params = msgspec.convert(self._store.job(job_id).params, type=JobParams)
        spec = run_spec(_panel(workspace, self._params, job_id), self._params.config.params)
        self._journal = Journal(self._store, job_id, self._params.dataset, spec, publish)
        self._process: EngineProcess | None = None
        self._in_flight: dict[str, Outcome] = {}
        self._waiting: list[Outcome] = []
        self._since = 0.0
        self._phases: set[tuple[str, int]] = set()
        self._total = self._params.config.n

    def run(self) -> Job:
        before = self._store.job(self._job_id)
        self._status(
            "running",
            attempt=before.attempt + (before.started_at is not None),
            started_at=now(),
            finished_at=None,
            message="Running",
            boot_id=self._workspace.boot_id,
            workers=self._workers,
        )
        try:
            self._everything()
        except CancelledError:
            self._end(self._stop.status, "Stopped; what was done is kept, and it can be resumed.")
            raise
        except EngineError as error:
            self._end("failed", error.message)
            raise
        finally:
            self._let_go()
        journal, count = self._journal, len(self._journal.done)
        journal.tell(SummaryEvent, elapsed_s=journal.elapsed_s, count=count, best=journal.best)
        self._end("done", f"{count} candidates")
        return self._store.job(self._job_id)

    def _everything(self) -> None:
        """Evaluate all that is not done; what was in flight when a process died comes alone.

        It comes at once: what a search does next depends on all that went before.
        """
        idle_deaths = 0
        while True:
            known = len(self._journal.done)
            try:
                self._order(known=self._past(), workers=self._workers)
            except EngineDied as death:
                suspects = list(self._in_flight.values())
                idle = known == len(self._journal.done) and not suspects
                idle_deaths = idle_deaths + 1 if idle else 0
                self._died(death, idle_deaths)
                for suspect in suspects:
                    self._alone(suspect)
            else:
                return

    def _past(self) -> tuple[Past, ...]:
        """What is committed; a search that breeds needs to know what it came to."""
        kept = self._store.known(self._job_id)
        if self._params.config.method == "random":
            return tuple(Past(expr_hash=each.expr_hash, error=each.error) for each in kept)
        return tuple(
            Past(expr_hash=each.expr_hash, metrics=each.metrics, daily=each.daily, error=each.error)
            for each in kept
        )

    def _alone(self, suspect: Outcome) -> None:
        """Evaluate one candidate with nothing beside it; after two deaths it is the culprit."""
        for _ in range(2):
            try:
                self._order(only=(suspect.expr,), workers=1)
            except EngineDied as death:
                self._journal.log("WARNING", f"{_death(death)} on {suspect.expr}")
            else:
                return
        self._waiting.append(suspect)
        self._commit()

    def _order(
        self, *, workers: int, known: tuple[Past, ...] = (), only: tuple[str, ...] | None = None
    ) -> None:
        self._in_flight = {}
        folder = self._workspace.folder_of(self._params.fingerprint)
        order = TrainTask(
            view=View(folder=str(folder), name=self._params.dataset, rows=self._params.rows),
            config=self._params.config,
            workers=workers,
            known=known,
            only=only,
            saved=tuple(self._store.dailies(self._params.saved)),
        )
        self._process = self._process or EngineProcess(background=True)
        try:
            for report in self._process.reports(order):
                if self._stop.is_set():
                    raise CancelledError(
                        "The job was cancelled; what was done is kept, and the same command goes"
                        " on."
                    )
                self._take(report)
        except EngineDied:
            self._let_go()
            raise
        finally:
            self._commit()

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def _take(self, report: Report | None) -> None:
        match report:
            case Begun(stubs):
                self._in_flight |= {stub.expr_hash: stub for stub in stubs}
            case Result(outcome):
                self._in_flight.pop(outcome.expr_hash, None)
                self._since = self._since if self._waiting else time.monotonic()
                self._waiting.append(outcome)
            case Phase():
                self._begin(report)
            case Refused(code, message):
                raise error_of(code, message)
            case Crashed(text):
                log.warning("engine_crash", job_id=self._job_id, traceback=text)
                raise EngineError(
                    "The engine failed on something nobody foresaw; the log of the workspace has"
                    f" the details ({self._workspace.logs})."
                )
        if len(self._waiting) >= GROUP or time.monotonic() - self._since > GROUP_S:
            self._commit()

    def _begin(self, phase: Phase) -> None:
        """Tell of a stage once; the generator may have found fewer candidates than asked for."""
        stage = (phase.phase, phase.generation)
        if stage in self._phases:
            return
        self._phases.add(stage)
        drawn = phase.phase == "generate" and self._params.config.method == "random"
        if drawn or phase.phase == "persist":
            self._total = phase.count
            self._store.update_job(self._job_id, total=phase.count)
        self._commit()
        self._journal.tell(
            PhaseEvent, phase=phase.phase, count=phase.count, rejected=phase.rejected,
            generation=phase.generation,
        )  # fmt: skip

    def _commit(self) -> None:
        outcomes, self._waiting = self._waiting, []
        if outcomes:
            self._journal.commit(outcomes, self._total)

    def _died(self, death: EngineDied, idle_deaths: int) -> None:
        self._journal.log("WARNING", f"{_death(death)}; it is started again")
        if idle_deaths >= _HOPELESS_DEATHS:
            raise EngineError(
                f"{_death(death)} {idle_deaths} times before it evaluated anything. "
                "Free some memory or use fewer workers, then run the same command to go on."
            )

    def _status(self, status: str, **fields: Any) -> None:
        self._store.update_job(self._job_id, status=status, **fields)
        self._journal.tell(StatusEvent, status=status)

    def _end(self, status: str, message: str) -> None:
        self._status(status, finished_at=now(), message=message)


def _row(workspace: Workspace, params: JobParams, job_id: str) -> DatasetRow:
    """The version of the data the job was created on; a newer one changes nothing for it."""
    try:
        return workspace.version(params.fingerprint, params.dataset)
    except NotFoundError as error:
        raise DataError(
            f"The data set {params.dataset!r} that {job_id} was started on is not there any more;"
            " import its file again, or start a new job."
        ) from error


def _panel(workspace: Workspace, params: JobParams, job_id: str) -> Panel:
    """The data as the job saw it when it was created."""
    row = _row(workspace, params, job_id)
    panel = open_panel(workspace.folder(row), name=params.dataset).head(params.rows)
    config = params.config
    return panel.with_lags(config.domain_lags).with_price(config.price)


def _death(death: EngineDied) -> str:
    return f"The engine process died (exit code {death.exit_code})"
