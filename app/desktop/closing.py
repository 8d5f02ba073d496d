"""Whether the window may close: not over the head of a user whose jobs are running."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app import log
from app.shell import CloseAction, Desk

UNANSWERED_S = 5.0
"""Who closes the window again, so long after an unanswered question, means it."""

_DESK_LIMIT_S = 0.5


class Closing:
    """The question whether to close, which the page puts to the user.

    `quit` is called when the answer is to close. Nothing here may hold up the thread of the window.
    """

    def __init__(
        self, quit_: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.desk: Desk | None = None
        self.page_lives = False
        self._quit = quit_
        self._clock = clock
        self._asked_at: float | None = None
        self._when_done = False

    def allowed(self) -> bool:
        """Whether to close right away; if not, the page has been told to ask."""
        desk = self.desk
        if desk is None or not self.page_lives or self._unanswered() or not _busy(desk):
            return True
        if self._asked_at is None:
            self._asked_at = self._clock()
        threading.Thread(target=desk.ask_close, name="ask-close", daemon=True).start()
        return False

    def answered(self, action: CloseAction) -> None:
        """The user has decided."""
        self._asked_at = None
        self._when_done = action == "when_done"
        if action == "quit":
            self._quit()
        elif self._when_done and self.desk is not None:
            self.desk.on_idle(self._idle)

    def _unanswered(self) -> bool:
        return self._asked_at is not None and self._clock() - self._asked_at > UNANSWERED_S

    def _idle(self) -> None:
        if self._when_done:  # the user may have thought better of it since
            self._quit()


def _busy(desk: Desk) -> bool:
    """Whether jobs run; yes as well when that is not known within a moment."""
    counts: list[int] = []

    def count() -> None:
        try:
            counts.append(desk.jobs_running())
        except Exception as error:  # noqa: BLE001  # an error must not keep the window open
            log.crash(error)
            counts.append(0)

    asking = threading.Thread(target=count, name="jobs-running", daemon=True)
    asking.start()
    asking.join(_DESK_LIMIT_S)
    return counts != [0]
