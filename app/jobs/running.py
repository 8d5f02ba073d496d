"""Training jobs: created, run in an engine process, committed, resumed.

This side owns the store. Results are committed in groups and only then told to anybody; what is
committed is what a resumed job does not do again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app import log
from app.events import PhaseEvent, StatusEvent, SummaryEvent
from app.journal import Journal, Publish
from app.messages import Begun, Crashed, Refused, Report, TrainTask, View
from app.schemas import JobParams, TrainRequest
from app.supervisor import EngineDied, EngineProcess
from engine.book import check_params
from engine.catalog import CatalogRules, DatasetSettings
from engine.errors import CancelledError, DataError, EngineError, NotFoundError, error_of
from engine.panel import Panel, open_panel
from engine.store import DatasetRow, Job, Status
from engine.store.clock import now
from engine.strategy import Outcome, run_spec
from engine.train import Phase, Result, TrainConfig
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


def start_train(
    workspace: Workspace,
    request: TrainRequest,
    key: str | None = None,
    may_create: Callable[[], None] = lambda: None,
) -> Job:
    """A new queued job, or the unfinished one with the same parameters.

    `may_create` raises when there is to be no new one; `key` is what a new one is found by again.
    """
    row = workspace.dataset(request.dataset)
    config = _decided(request.config, workspace.settings_of(row.name))
    panel = workspace.panel(row.name, domain_lags=config.domain_lags, price=config.price)
    check_params(request.params, panel)
    params = JobParams(
        dataset=row.name,
        fingerprint=panel.fingerprint,
        rows=len(panel.dates),
        config=config,
    )
    plain = msgspec.to_builtins(params)
    unfinished = workspace.store.resumable("train", plain)
    if unfinished is not None:
        return unfinished
    may_create()
    return workspace.store.create_job(
        Job(
            type="train",
            total=request.n,
            dataset=row.name,
            workers=request.workers,
            params=plain,
            boot_id=workspace.boot_id,
        ),
        key,
    )


def _decided(config: TrainConfig, settings: DatasetSettings) -> TrainConfig:
    """What is searched: the wishes of the request over what was decided for the data set."""
    rules = settings.rules if config.rules == CatalogRules() else config.rules
    return msgspec.structs.replace(
        config, rules=rules, domain_lags=settings.domain_lags | config.domain_lags
    )


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
        self._phases: set[str] = set()
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
            for suspect in self._everything():
                self._alone(suspect)
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

    def _everything(self) -> list[Outcome]:
        """Evaluate all that is not done; those in flight when a process died are left over."""
        suspects: dict[str, Outcome] = {}
        idle_deaths = 0
        while True:
            known = len(self._journal.done) + len(suspects)
            try:
                self._order(skip=(*self._journal.done, *suspects), workers=self._workers)
            except EngineDied as death:
                suspects |= self._in_flight
                idle = known == len(self._journal.done) + len(suspects)
                idle_deaths = idle_deaths + 1 if idle else 0
                self._died(death, idle_deaths)
            else:
                return list(suspects.values())

    def _alone(self, suspect: Outcome) -> None:
        """Evaluate one candidate with nothing beside it; after two deaths it is the culprit."""
        for _ in range(2):
            try:
                self._order(only=(suspect.expr_hash,), workers=1)
            except EngineDied as death:
                self._journal.log("WARNING", f"{_death(death)} on {suspect.expr}")
            else:
                return
        self._waiting.append(suspect)
        self._commit()

    def _order(
        self, *, workers: int, skip: Sequence[str] = (), only: tuple[str, ...] | None = None
    ) -> None:
        self._in_flight = {}
        folder = self._workspace.folder_of(self._params.fingerprint)
        order = TrainTask(
            view=View(folder=str(folder), name=self._params.dataset, rows=self._params.rows),
            config=self._params.config,
            workers=workers,
            skip=tuple(skip),
            only=only,
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
            case Phase(phase, count, rejected):
                self._begin(phase, count, rejected)
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

    def _begin(self, phase: str, count: int, rejected: dict[str, int]) -> None:
        """Tell of a stage once; the generator may have found fewer candidates than asked for."""
        if phase in self._phases:
            return
        self._phases.add(phase)
        if phase == "generate":
            self._total = count
            self._store.update_job(self._job_id, total=count)
        self._journal.tell(PhaseEvent, phase=phase, count=count, rejected=rejected)

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
