"""The queue of training jobs, and the thread that runs them one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app import jobs, log
from app.events import StatusEvent, kept
from app.hub import Hub
from app.schemas import TrainRequest
from engine.errors import CancelledError, EngineError
from engine.store import Job
from engine.store.clock import now
from engine.workspace import Workspace

MAX_QUEUED = 20
_GOING = ("queued", "running")
_JOIN_S = 2.0


class QueueFullError(EngineError):
    """Too many jobs wait already."""

    code = "queue_full"


class ConflictError(EngineError):
    """The job is not in a state in which that can be done."""

    code = "conflict"


class Runner:
    """Runs jobs of one workspace; every method may be called from any thread."""

    def __init__(self, workspace: Workspace, hub: Hub) -> None:
        self._workspace = workspace
        self._hub = hub
        self._lock = threading.Condition()
        self._queue: list[str] = []
        self._current: tuple[str, jobs.Stop] | None = None
        self._closing = False
        self._idle: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)

    def start(self) -> None:
        """Take jobs from now on."""
        self._thread.start()

    def close(self) -> None:
        """End the running job as interrupted, and wait for that a moment."""
        with self._lock:
            self._closing = True
            if self._current is not None:
                self._current[1].interrupt()
            self._lock.notify_all()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def submit(self, request: TrainRequest, key: str | None = None) -> Job:
        """A job for the request, waiting or running already; QueueFullError, EngineError."""
        with self._lock:
            known = None if key is None else self._workspace.store.job_of_key(key)
            if known is not None:
                return known
            job = jobs.start_train(self._workspace, request, key, self._check_space)
            return self._enqueue(job)

    def resume(self, job_id: str) -> Job:
        """Go on with a job that was not finished; ConflictError when there is nothing to do."""
        with self._lock:
            job = self._workspace.store.job(job_id)
            if job.status in {*_GOING, "done"}:
                raise ConflictError(
                    f"The job {job_id} is {job.status}; there is nothing to resume."
                )
            self._check_space()
            return self._enqueue(job)

    def cancel(self, job_id: str) -> Job:
        """End a job; ConflictError when it has ended by itself."""
        with self._lock:
            job = self._workspace.store.job(job_id)
            stop = self._stop_of(job_id)
            if stop is not None and job.status in _GOING:  # its process may outlive it
                stop.set()
            elif job_id in self._queue:
                self._queue.remove(job_id)
                return self._mark(job_id, "cancelled", finished_at=now(), message="Cancelled")
            else:
                raise ConflictError(f"The job {job_id} is {job.status}; there is nothing to stop.")
        return self._workspace.store.job(job_id)

    def is_going(self, job_id: str) -> bool:
        """Whether the job waits or runs."""
        with self._lock:
            return self._stop_of(job_id) is not None or job_id in self._queue

    @property
    def running(self) -> int:
        """Jobs that wait or run."""
        with self._lock:
            return len(self._queue) + (self._current is not None)

    def on_idle(self, callback: Callable[[], None]) -> None:
        """Call back once, as soon as no job waits or runs."""
        with self._lock:
            if self._queue or self._current is not None:
                self._idle.append(callback)
                return
        callback()

    def _stop_of(self, job_id: str) -> jobs.Stop | None:
        """The switch of the job if it is the one at hand."""
        at_hand = self._current
        return at_hand[1] if at_hand is not None and at_hand[0] == job_id else None

    def _check_space(self) -> None:
        if len(self._queue) >= MAX_QUEUED:
            raise QueueFullError(
                f"There are {len(self._queue)} jobs in the queue. Wait until one is done, or cancel"
                " one."
            )

    def _enqueue(self, job: Job) -> Job:
        running = self._stop_of(job.job_id) is not None and job.status in _GOING
        if running or job.job_id in self._queue:
            return job
        if job.status != "queued":
            job = self._mark(job.job_id, "queued", finished_at=None, message="Waiting")
        self._queue.append(job.job_id)
        self._lock.notify_all()
        self._hub.touch(job.job_id)
        return job

    def _mark(self, job_id: str, status: str, **fields: str | None) -> Job:
        """Change the status of a job that nobody runs, and tell of it."""
        store = self._workspace.store
        job = store.update_job(job_id, status=status, boot_id=self._workspace.boot_id, **fields)
        event = StatusEvent(job_id=job_id, timestamp=now(), status=status)
        store.append_events(job_id, [kept(event)])
        self._hub.touch(job_id)
        return job

    def _serve(self) -> None:
        while (taken := self._next()) is not None:
            self._run(*taken)

    def _next(self) -> tuple[str, jobs.Stop] | None:
        with self._lock:
            while not self._closing and not self._queue:
                self._lock.wait()
            if self._closing:
                return None
            self._current = (self._queue.pop(0), jobs.Stop())
            return self._current

    def _run(self, job_id: str, stop: jobs.Stop) -> None:
        workers = self._workspace.store.job(job_id).workers
        log.info("job_start", job_id=job_id, type="train")
        try:
            done = jobs.run(self._workspace, job_id, self._hub.publish, stop=stop, workers=workers)
            log.info("job_end", job_id=job_id, status=done.status, processed=done.processed)
        except CancelledError:
            log.info("job_end", job_id=job_id, status=stop.status)
        except EngineError as error:
            log.warning("job_end", job_id=job_id, status="failed", reason=error.message)
            self._fail(job_id, error.message)
        except BaseException as error:  # noqa: BLE001  # the thread must live for the next job
            log.crash(error)
            self._fail(job_id, "Something nobody foresaw went wrong; the log has the details.")
        self._hub.forget(job_id)  # before it counts as ended: who comes now reads the store
        with self._lock:
            self._current = None
            callbacks, self._idle = ([], self._idle) if self._queue else (self._idle, [])
        self._hub.touch(job_id)
        for callback in callbacks:
            callback()

    def _fail(self, job_id: str, message: str) -> None:
        """Mark the job failed, unless it has told so itself."""
        try:
            if self._workspace.store.job(job_id).status in _GOING:
                self._mark(job_id, "failed", finished_at=now(), message=message)
        except EngineError as error:
            log.crash(error)
