"""Processes that read files and may die of them, as the engine process of the program may."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import msgspec
import psutil

from tests.hardening.files import File, file
from tests.hardening.importing import Judge, Verdict

HANGS_S = 10.0
MEMORY = 3 << 30
LOOKED, KEPT = 3, 15
"""One of so many files is previewed, one of so many written as a data set and inspected."""

_ALONE = {
    "RUST_BACKTRACE": "0",
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A file by its kind, seed and number."""

    kind: str
    seed: int
    number: int


class Reader:
    """One process that judges files; started again whenever it died or hung."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def judge(self, ask: Ask | File) -> Verdict:
        """What came of a file; "died" or "hung" when nothing did."""
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._connection is not None
        try:
            self._connection.send_bytes(msgspec.msgpack.encode((isinstance(ask, File), ask)))
            if not self._answers():
                self.close()
                return Verdict("hung", HANGS_S * 1e3, f"takes more than {HANGS_S:g} s")
            return msgspec.msgpack.decode(self._connection.recv_bytes(), type=Verdict)
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            self.close()
            # below 0 is a signal: Polars ends the process; anything else is a fault of these tests
            wrong = f"ended its process with {code}" if code is None or code >= 0 else None
            return Verdict(f"died ({code})", 0.0, wrong)

    def _answers(self) -> bool:
        """Wait for an answer; others may use the processor too, so that its time is what counts."""
        assert self._connection is not None
        before, start = self._used(), time.monotonic()
        while not self._connection.poll(1):
            if self._used() - before > HANGS_S or time.monotonic() - start > 6 * HANGS_S:
                return False
        return True

    def _used(self) -> float:
        """Seconds of the processor that the process has used."""
        assert self._process is not None
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._folder = tempfile.TemporaryDirectory(prefix="kvant-files-")
        self._process = context.Process(
            target=_serve, args=(theirs, Path(self._folder.name)), daemon=True
        )
        with _environment():
            self._process.start()
        theirs.close()
        if not self._connection.poll(120):
            raise TimeoutError("A process that reads files does not start.")
        self._connection.recv_bytes()


@contextmanager
def _environment() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _ALONE}
    os.environ.update(_ALONE)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(connection: Connection, folder: Path) -> None:
    _quiet()
    judge = Judge(folder)
    connection.send_bytes(b"")
    while True:
        try:
            is_file, given = msgspec.msgpack.decode(connection.recv_bytes())
        except EOFError:
            return
        ask = msgspec.convert(given, File if is_file else Ask)
        made = ask if isinstance(ask, File) else file(ask.kind, ask.seed, ask.number)
        number = 0 if isinstance(ask, File) else ask.number
        verdict = judge.judge(made, look=number % LOOKED == 0, keep=number % KEPT == 0)
        if (held := _memory()) > MEMORY:
            verdict.wrong = verdict.wrong or f"takes {held >> 20:,} MiB of memory"
        connection.send_bytes(msgspec.msgpack.encode(verdict))


def _quiet() -> None:
    """What Polars prints about its panics is of no use here."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)


def _memory() -> int:
    """The most bytes this process has held so far; 0 where nobody counts them."""
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
