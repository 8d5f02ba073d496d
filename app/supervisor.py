"""The engine process seen from outside: start it, talk to it, notice that it died.

Not a ProcessPoolExecutor: there one killed worker fails every pending future and breaks the pool, a
running task cannot be cancelled, and the workers outlive a killed parent.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Literal, Self, TypeVar

import msgspec
import psutil

from app import worker
from app.messages import Crashed, Finished, Order, Refused, Report, Step, Stop
from engine.errors import CancelledError, EngineError, error_of

T = TypeVar("T", bound=Report)

SILENCE_LIMIT_S = 300.0
"""A process that reports nothing for this long while it works is killed."""

_TICK_S = 0.5
_QUICK_S = 0.05
_ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_REPORTS: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine process may take before it is killed.

    silence_s: without a report while it works. order_s: for one order. memory: bytes.
    """

    silence_s: float = SILENCE_LIMIT_S
    order_s: float = math.inf
    memory: float = math.inf


class EngineDied(Exception):
    """The engine process ended, or was killed for `limit`, in the middle of an order."""

    def __init__(
        self, exit_code: int | None, limit: Literal["silence", "time", "memory"] | None = None
    ) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        self.limit = limit


class EngineProcess:
    """One engine process; `close` it, or use it as a context manager.

    It dies with the thread that made it (Linux), so that thread must live as long. With
    `background` it leaves the processor to whoever else wants it.
    """

    def __init__(self, *, limits: Limits = Limits(), background: bool = False) -> None:  # noqa: B008  # immutable
        context = multiprocessing.get_context("spawn")
        self._limits = limits
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=worker.main, args=(theirs, background), name="kvant-engine", daemon=True
        )
        with _environment(_ONE_THREAD):
            self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is there to take an order."""
        return self._process.is_alive()

    def reports(self, order: Order) -> Iterator[Report | None]:
        """Send `order` and yield what comes of it; None whenever nothing came for a moment.

        Ends with the order. Raises EngineDied.
        """
        self._send(order)
        silence = total = 0.0
        before = time.monotonic()
        while True:
            report = self._next()
            now = time.monotonic()
            # A sleeping laptop is not a hanging process: one tick counts as one tick.
            passed = min(now - before, _TICK_S)
            before, total = now, total + passed
            silence = silence + passed if report is None else 0.0
            if isinstance(report, Finished):
                return
            self._hold_to_limits(silence, total)
            yield report

    def _hold_to_limits(self, silence: float, total: float) -> None:
        limits = self._limits
        excess: dict[Literal["silence", "time", "memory"], bool] = {
            "silence": silence > limits.silence_s,
            "time": total > limits.order_s,
            "memory": limits.memory < math.inf and self._memory() > limits.memory,
        }
        for limit, exceeded in excess.items():
            if exceeded:
                self.kill()
                raise EngineDied(self._process.exitcode, limit)

    def _memory(self) -> int:
        """Bytes of memory the process holds; 0 when it has gone."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def stop(self) -> None:
        """Let the order at hand end as soon as it can."""
        self._send(Stop())

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """End the process and let go of the pipe."""
        self.kill()
        self._connection.close()

    def _send(self, order: Order) -> None:
        try:
            self._connection.send_bytes(msgspec.msgpack.encode(order))
        except OSError as error:
            self._process.join()
            raise EngineDied(self._process.exitcode) from error

    def _next(self) -> Report | None:
        # memory can be filled fast
        if not wait([self._connection], _TICK_S if self._limits.memory == math.inf else _QUICK_S):
            return None
        try:
            return _REPORTS.decode(self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            self._process.join()
            raise EngineDied(self._process.exitcode) from error


def answer(
    process: EngineProcess,
    order: Order,
    kind: type[T],
    crashed: Callable[[str], EngineError],
    stop: threading.Event | None = None,
    *,
    told: Callable[[Step], None] = lambda _: None,
    patience_s: float = math.inf,
) -> T:
    """The one report of that kind that comes of an order; steps on the way go to `told`.

    Raises the error the process refuses it with, `crashed(traceback)` when it failed on something
    nobody foresaw, EngineDied. The order is told to end once `stop` is set; a process that goes on
    for `patience_s` all the same is killed, and CancelledError raised.
    """
    found: T | EngineError | None = None
    asked_at: float | None = None
    for report in process.reports(order):
        match report:
            case Refused(code, message):
                found = error_of(code, message)
            case Crashed(traceback):
                found = crashed(traceback)
            case Step():
                told(report)
            case _ if isinstance(report, kind):
                found = report
        if stop is None or not stop.is_set():
            continue
        if asked_at is None:
            asked_at = time.monotonic()
            process.stop()
        elif time.monotonic() - asked_at > patience_s:
            process.kill()
            raise CancelledError("It was cancelled.")
    if isinstance(found, EngineError):
        raise found
    assert isinstance(found, kind)
    return found


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
