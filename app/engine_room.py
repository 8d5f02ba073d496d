"""The warm engine process that answers whoever waits for a number."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from app import log
from app.messages import Order, Report
from app.supervisor import EngineDied, EngineProcess, Limits, answer
from engine.errors import CancelledError, EngineError

T = TypeVar("T", bound=Report)

SILENCE_LIMIT_S = 60.0
"""An order that takes longer is given up."""

MAX_WAITING = 16
"""Orders that may wait or be carried out at the same time."""


class TooBusyError(EngineError):
    """Too many orders wait already."""

    code = "busy"


class EngineRoom:
    """One engine process and the thread that talks to it; orders are carried out one by one."""

    def __init__(self) -> None:
        # The process dies with the thread that made it, so that one thread does it all.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine-room")
        self._process: EngineProcess | None = None
        self._lock = threading.Lock()
        self._waiting = 0

    def warm_up(self) -> None:
        """Start the process, without waiting for it."""
        self._thread.submit(self._ready)

    def ask(self, order: Order, kind: type[T], stop: threading.Event | None = None) -> T:
        """What comes of `order`. Raises EngineError; CancelledError soon after `stop` is set.

        TooBusyError when too many wait.
        """
        with self._lock:
            if self._waiting >= MAX_WAITING:
                raise TooBusyError(
                    f"{self._waiting} questions wait for the engine already. Try again when one is"
                    " answered."
                )
            self._waiting += 1
        try:
            given = stop or threading.Event()
            waiting: Future[T] = self._thread.submit(self._ask, order, kind, given)
            return waiting.result()
        finally:
            with self._lock:
                self._waiting -= 1

    def close(self) -> None:
        """End the process; orders that wait are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _ready(self) -> EngineProcess:
        if self._process is None or not self._process.alive:
            self._process = EngineProcess(limits=Limits(silence_s=SILENCE_LIMIT_S))
        return self._process

    def _ask(self, order: Order, kind: type[T], stop: threading.Event) -> T:
        if stop.is_set():
            raise CancelledError("Nobody waits for this any more.")
        try:
            return answer(self._ready(), order, kind, partial(_crashed, order), stop)
        except EngineDied as death:
            raise EngineError(
                f"The engine process ended in the middle of it (exit code {death.exit_code})."
                " Perhaps the memory is full: use fewer dates or symbols, or try again."
            ) from death


def _crashed(order: Order, traceback: str) -> EngineError:
    log.warning("engine_crash", order=type(order).__name__, traceback=traceback)
    return EngineError("The engine failed on something nobody foresaw; the log has the details.")
