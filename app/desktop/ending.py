"""The end of the process: asked for by a signal, orderly, and in time."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

from app import log

LIMIT_S = 3.0
"""So long an orderly end may take."""

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_CUT_SHORT = 1


def leave(code: int) -> None:
    """End this process at once, without what Python would do in the end.

    With native libraries and their threads about, the interpreter does not survive its own end.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)


class Deadline:
    """Ends the process when its orderly end takes too long; what is committed stays committed."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._timer = threading.Timer(limit_s, self._strike)
        self._timer.daemon = True
        self._lock = threading.Lock()

    def start(self) -> None:
        """The end has begun; may be told more than once."""
        with self._lock:
            if self._timer.ident is None:
                self._timer.start()

    def cancel(self) -> None:
        """The end was reached, or the process goes on after all."""
        self._timer.cancel()

    def _strike(self) -> None:
        log.warning("deadline", reason="the end took too long")
        leave(_CUT_SHORT)


class Signals:
    """While it is entered, `ask` is called when the user or the system wants the process to end.

    A second signal ends it at once: whoever sends it does not want to wait.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None:
                continue
            self._before[number] = signal.getsignal(number)
            # what runs under nohup is not to end with its terminal
            if not (name == "SIGHUP" and self._before[number] == signal.SIG_IGN):
                signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def again(self) -> None:
        """Take Ctrl-C back from a library that has helped itself to it; on the main thread."""
        signal.signal(signal.SIGINT, self._heard)

    def _heard(self, number: int, _: FrameType | None) -> None:
        if self._asked:
            leave(128 + number)
        self._asked = True
        self._ask()
