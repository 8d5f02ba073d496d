"""What goes wrong outside of any request: written down, whoever finds out about it."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from pathlib import Path
from typing import TextIO

from app import log

FILE = "crash.log"
MAX_BYTES = 1 << 20
LIBRARIES = ("asyncio", "litestar", "pywebview", "uvicorn", "uvicorn.error", "websockets")


class _Adopted(logging.Handler):
    """Writes what a library complains about into our log."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = {"library": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            fields["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        log.warning("library", **fields)


class CrashLog:
    """From `start` to `stop`: uncaught errors of every thread go to the log, dead ends to a file.

    The file is for what ends the process at once, such as a crash in a native library: where every
    thread was then.
    """

    def __init__(self) -> None:
        self._file: TextIO | None = None
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._adopted: dict[str, tuple[list[logging.Handler], int, bool]] = {}

    def adopt(self) -> None:
        """Have the libraries complain to our log, before they find somebody else to tell."""
        for name in LIBRARIES:
            logger = logging.getLogger(name)
            self._adopted[name] = (logger.handlers, logger.level, logger.propagate)
            logger.handlers = [_Adopted(logging.WARNING)]
            logger.setLevel(logging.WARNING)
            logger.propagate = False

    def start(self, folder: Path) -> None:
        """Keep the file in `folder`; without a file when it cannot be written."""
        try:
            self._file = _opened(folder / FILE)
            faulthandler.enable(self._file, all_threads=True)
        except OSError as error:
            log.warning("crash_log", reason=str(error))
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable

    def stop(self) -> None:
        """Leave everything as it was; may be called twice."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        for name, (handlers, level, propagate) in self._adopted.items():
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.crash(error)
        self._hooks[0](kind, error, trace)  # type: ignore[arg-type]

    def _in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            log.crash(told.exc_value)
        self._hooks[1](told)

    def _unraisable(self, told: sys.UnraisableHookArgs) -> None:
        if told.exc_value is not None:
            log.crash(told.exc_value)
        self._hooks[2](told)


def _opened(path: Path) -> TextIO:
    """The file to append to; what is in a long one makes room."""
    if path.exists() and path.stat().st_size > MAX_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("a", encoding="utf-8")
