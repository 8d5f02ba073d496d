"""What the window and the rest of the program can do for each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

PickKind = Literal["open", "folder"]
CloseAction = Literal["quit", "stay", "when_done"]


class Shell(Protocol):
    """The window, seen from the server; every method may be called from any thread.

    `pick` and `save` return once the user has answered. The others return at once.
    """

    def pick(self, kind: PickKind) -> Path | None:
        """Let the user pick a file or folder; None when the dialog was left."""
        ...

    def save(self, name: str, kinds: Sequence[str]) -> Path | None:
        """Let the user name a file to be written; None when the dialog was left."""
        ...

    def close(self, action: CloseAction) -> None:
        """Do what the user answered to the question whether to close."""
        ...

    def activate(self, paths: Sequence[str] = ()) -> None:
        """Come to the front; `paths` are opened too."""
        ...

    def ready(self) -> None:
        """The page has painted."""
        ...

    def open_external(self, target: str) -> None:
        """Show a folder or an address with the programs of the desktop."""
        ...


class Desk(Protocol):
    """The work, seen from the window; none of it may take longer than a moment."""

    def jobs_running(self) -> int:
        """Jobs that wait or run."""
        ...

    def ask_close(self) -> None:
        """Let the page ask the user what is to become of the jobs."""
        ...

    def on_idle(self, callback: Callable[[], None]) -> None:
        """Call back once no job waits or runs."""
        ...

    def open_file(self, path: Path) -> None:
        """Import a file that was handed over from outside."""
        ...
