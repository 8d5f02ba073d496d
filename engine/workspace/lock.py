"""The lock that makes one process the owner of a workspace."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.errors import StoreError, WorkspaceBusyError

_PID_BYTES = 32  # the lock itself lies behind them: what is locked cannot be read on Windows


class Lock:
    """The workspace's lock file, held until released or until the process ends, however it ends."""

    def __init__(self, path: Path, root: Path) -> None:
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"The workspace {root} cannot be written to ({error.strerror})."
                " Choose another --workspace."
            ) from error
        if not _take(self._handle):
            owner = os.read(self._handle, _PID_BYTES).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise WorkspaceBusyError(
                f"The workspace {root} is in use by another Kvant (pid {owner or 'unknown'})."
                " Wait until it is done or use another --workspace."
            )
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, f"{os.getpid():<{_PID_BYTES}}".encode())

    def release(self) -> None:
        """Let the next process have the workspace; may be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        os.lseek(handle, _PID_BYTES, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
