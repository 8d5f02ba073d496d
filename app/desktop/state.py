"""Where the window was, so that it comes back there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from app import log
from app.desktop.private import write_private

FILE = "window.json"
MIN_SIZE = (900, 600)
_LARGEST = 16384
_AT_HAND = (120, 40)  # so much of the window must be on a screen for the mouse to get hold of it
_SETTLE_S = 0.3


class State(msgspec.Struct, frozen=True):
    """Size and place of the window when it is not maximized; no place means the middle."""

    width: int = 1280
    height: int = 820
    x: int | None = None
    y: int | None = None
    maximized: bool = False


class Screen(NamedTuple):
    """The usable part of a screen."""

    x: int
    y: int
    width: int
    height: int


def load(folder: Path) -> State:
    """The state as it was saved; the usual one when nothing sensible was."""
    try:
        state = msgspec.json.decode((folder / FILE).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return State()
    width = min(max(state.width, MIN_SIZE[0]), _LARGEST)
    height = min(max(state.height, MIN_SIZE[1]), _LARGEST)
    return msgspec.structs.replace(state, width=width, height=height)


def save(folder: Path, state: State) -> None:
    """Keep the state; a window that cannot be remembered is no reason to complain."""
    try:
        write_private(folder / FILE, msgspec.json.encode(state))
    except OSError as error:
        log.warning("window_state", reason=str(error))


def fitted(state: State, screens: Sequence[Screen]) -> State:
    """The state on the screens there are now: one may have been unplugged, or be a smaller one."""
    if not screens:
        return msgspec.structs.replace(state, x=None, y=None)
    width = min(state.width, max(screen.width for screen in screens))
    height = min(state.height, max(screen.height for screen in screens))
    x, y = state.x, state.y
    if x is not None and y is not None and not _at_hand(x, y, width, screens):
        x = y = None
    return msgspec.structs.replace(state, width=width, height=height, x=x, y=y)


def _at_hand(x: int, y: int, width: int, screens: Sequence[Screen]) -> bool:
    """Whether the title bar can be seen and grabbed on one of the screens."""
    return any(
        min(x + width, screen.x + screen.width) - max(x, screen.x) >= _AT_HAND[0]
        and screen.y - _AT_HAND[1] // 2 <= y <= screen.y + screen.height - _AT_HAND[1]
        for screen in screens
    )


class Tracker:
    """Keeps the state from what the toolkit tells.

    A toolkit tells of the place and the size of a maximized or minimized window before it tells
    that the window is one. So the last change counts only when nothing of that kind follows it.
    """

    def __init__(self, state: State, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._settled = state
        self._pending, self._since = state, clock()
        self._maximized, self._minimized = state.maximized, False

    def moved(self, x: float, y: float) -> None:
        """The window is at another place."""
        self._change(x=int(x), y=int(y))

    def resized(self, width: float, height: float) -> None:
        """The window has another size."""
        self._change(width=int(width), height=int(height))

    def maximized(self) -> None:
        """The window fills its screen."""
        with self._lock:
            self._forget()
            self._maximized, self._minimized = True, False

    def minimized(self) -> None:
        """The window is out of sight, and will come back as it was."""
        with self._lock:
            self._forget()
            self._minimized = True

    def restored(self) -> None:
        """The window is of its own size again."""
        with self._lock:
            self._maximized = self._minimized = False
            self._pending = self._settled

    def state(self) -> State:
        """The state to be saved."""
        with self._lock:
            place = self._settled if self._maximized or self._minimized else self._pending
            return msgspec.structs.replace(place, maximized=self._maximized)

    def _change(self, **place: int) -> None:
        with self._lock:
            if self._maximized or self._minimized:
                return
            now = self._clock()
            if now - self._since > _SETTLE_S:
                self._settled = self._pending
            self._pending, self._since = msgspec.structs.replace(self._pending, **place), now

    def _forget(self) -> None:
        """Take back what was told just before: it was the size of the screen."""
        if self._clock() - self._since > _SETTLE_S:
            self._settled = self._pending
        self._pending = self._settled
