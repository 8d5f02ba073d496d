"""One Kvant per workspace: its owner says where it listens, a later start asks it to come forward.

Who is the owner is decided by the lock of the workspace, which the system frees however a process
ends. The file only says how to reach it, and counts only while its process holds the lock.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.desktop.private import write_private

FILE = "instance.json"
_ANSWER_LIMIT_S = 10.0  # it may be starting still; its socket takes the request already
_PID_BYTES = 32


class Instance(msgspec.Struct, frozen=True):
    """A running Kvant; `window` says whether it has one."""

    pid: int
    port: int
    token: str
    window: bool = True

    def __repr__(self) -> str:
        return f"Instance(pid={self.pid}, port={self.port}, token=***, window={self.window})"

    @property
    def address(self) -> str:
        """Its page, with the token."""
        return address(self.port, self.token)


def address(port: int, token: str) -> str:
    """The page; the token stands where no server and no log gets to see it."""
    return f"http://127.0.0.1:{port}/#t={token}"


def publish(folder: Path, instance: Instance) -> None:
    """Say where this process can be reached; OSError."""
    write_private(folder / FILE, msgspec.json.encode(instance))


def withdraw(folder: Path) -> None:
    """Say nothing any more, if it was this process that did."""
    found = _read(folder)
    if found is not None and found.pid == os.getpid():
        with contextlib.suppress(OSError):
            (folder / FILE).unlink()


def running(folder: Path, lock: Path) -> Instance | None:
    """The Kvant that holds the `lock` of the workspace in `folder`, if it can be reached."""
    found = _read(folder)
    return found if found is not None and found.pid == _owner(lock) else None


def activate(instance: Instance, paths: Sequence[Path] = ()) -> bool:
    """Have a running Kvant come to the front and open files; whether it did."""
    _let_it_come_forward(instance.pid)
    body = msgspec.json.encode({"paths": [str(path) for path in paths]})
    headers = {"Authorization": f"Bearer {instance.token}", "Content-Type": "application/json"}
    # not urllib: that would ask a proxy of the environment
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=_ANSWER_LIMIT_S)
    try:
        connection.request("POST", "/api/desktop/activate", body, headers)
        return connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _read(folder: Path) -> Instance | None:
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Instance)
    except (OSError, msgspec.MsgspecError):
        return None


def _owner(lock: Path) -> int | None:
    """The process that took the lock last."""
    try:
        with lock.open("rb") as file:
            return int(file.read(_PID_BYTES))
    except (OSError, ValueError):
        return None


def _let_it_come_forward(pid: int) -> None:
    """Windows lets nobody but the program in front put another one there."""
    if sys.platform == "win32":
        ctypes.windll.user32.AllowSetForegroundWindow(pid)
