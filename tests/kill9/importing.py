"""Imports a file and kills itself, without a word, at the moment of a given number.

Run as `python -m tests.kill9.importing WORKSPACE FILE NAME MOMENT`. A moment is each call that
changes the disk, and each step of the store; without being killed it prints how many there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.store import Store
from engine.workspace import Workspace

_CHANGES = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.truncate"}


class Moments:
    """Counts the moments, and ends the process at the one that was asked for."""

    def __init__(self, root: Path, last: int) -> None:
        self._root, self._last = str(root), last
        self.seen = 0

    def pass_by(self) -> None:
        """One moment more."""
        self.seen += 1
        if self.seen == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What Python says before each of its calls to the system."""
        if event in _CHANGES and str(arguments[0]).startswith(self._root):
            self.pass_by()

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The work with a moment before and one after it."""

        def done(*given: Any, **named: Any) -> Any:
            self.pass_by()
            result = work(*given, **named)
            self.pass_by()
            return result

        return done


def main(root: Path, path: Path, name: str, last: int) -> int:
    """Import `path` as `name`; the number of moments, when nothing came between."""
    moments = Moments(root, last)
    with Workspace(root, write=True) as space:
        os.fsync = moments.around(os.fsync)
        Store.save_dataset = moments.around(Store.save_dataset)  # type: ignore[method-assign]
        Store.save_quality = moments.around(Store.save_quality)  # type: ignore[method-assign]
        sys.addaudithook(moments.hear)
        space.import_file(path, name)
        return moments.seen


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))  # noqa: T201
