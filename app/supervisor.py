"""The engine process seen from outside: start it, talk to it, notice that it died.

Not a ProcessPoolExecutor: there one killed worker fails every pending future and breaks the pool, a
running task cannot be cancelled, and the workers outlive a killed parent.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Self, TypeVar

import msgspec

from app import worker
from app.messages import Crashed, Finished, Order, Refused, Report, Stop
from engine.errors import EngineError, error_of

T = TypeVar("T", bound=Report)

SILENCE_LIMIT_S = 300.0
"""A process that reports nothing for this long while it works is killed."""

_TICK_S = 0.5
_ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_REPORTS: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


class EngineDied(Exception):
    """The engine process ended, or fell silent and was killed, in the middle of an order."""

    def __init__(self, exit_code: int | None, *, silent: bool = False) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        self.silent = silent


class EngineProcess:
    """One engine process; `close` it, or use it as a context manager.

    It dies with the thread that made it (Linux), so that thread must live as long. With
    `background` it leaves the processor to whoever else wants it.
    """

    def __init__(
        self, *, silence_limit_s: float = SILENCE_LIMIT_S, background: bool = False
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._silence_limit_s = silence_limit_s
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
        silence = 0.0
        before = time.monotonic()
        while True:
            report = self._next()
            now = time.monotonic()
            # A sleeping laptop is not a hanging process: one tick counts as one tick.
            silence = silence + min(now - before, _TICK_S) if report is None else 0.0
            before = now
            if silence > self._silence_limit_s:
                self.kill()
                raise EngineDied(self._process.exitcode, silent=True)
            if isinstance(report, Finished):
                return
            yield report

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
        if not wait([self._connection], _TICK_S):
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
) -> T:
    """The one report of that kind that comes of an order.

    Raises the error the process refuses it with, `crashed(traceback)` when it failed on something
    nobody foresaw, EngineDied. The order is told to end once `stop` is set.
    """
    found: T | EngineError | None = None
    stopping = False
    for report in process.reports(order):
        match report:
            case Refused(code, message):
                found = error_of(code, message)
            case Crashed(traceback):
                found = crashed(traceback)
            case None:
                if stop is not None and stop.is_set() and not stopping:
                    stopping = True
                    process.stop()
            case _ if isinstance(report, kind):
                found = report
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
