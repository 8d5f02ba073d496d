"""What happens to jobs, handed from the threads that make it happen to the sockets that tell it.

No queue per client: every socket keeps a cursor of its own into one short memory per job, and reads
the store for what is older. A slow client therefore costs nobody anything.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence

import msgspec

from app.events import JobEvent

KEPT = 4096
"""Events of a job that stay in memory."""


class Hub:
    """Events and news; everything may be called from any thread, `wait` from the event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._events: dict[str, deque[tuple[int, bytes]]] = {}
        self._changes: dict[str, int] = {}
        self._count = 0

    def attach(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Wake the sockets of this loop from now on; None when it ends."""
        self._loop = loop

    def publish(self, events: Sequence[JobEvent]) -> None:
        """Events of one job, in order and after their commit."""
        job_id = events[0].job_id
        with self._lock:
            memory = self._events.setdefault(job_id, deque(maxlen=KEPT))
            memory.extend((event.seq, msgspec.json.encode(event)) for event in events)
        self.touch(job_id)

    def touch(self, what: str) -> None:
        """The job (or another thing that sockets tell about) is not what it was."""
        with self._lock:
            self._count += 1
            self._changes[what] = self._count
        loop = self._loop  # once: `attach` may take it away in between
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._wake)
            except RuntimeError:  # the loop has closed in this very moment
                self._loop = None

    def forget(self, job_id: str) -> None:
        """Let the store alone remember a job that has ended."""
        with self._lock:
            self._events.pop(job_id, None)

    def since(self, job_id: str, seq: int, limit: int) -> list[tuple[int, bytes]] | None:
        """At most `limit` events after `seq`; None when the store has to be asked."""
        with self._lock:
            memory = self._events.get(job_id)
            if not memory or memory[0][0] > seq + 1:
                return None
            behind = memory[-1][0] - seq
            if behind <= 0:
                return []
            start = len(memory) - behind
            return [memory[i] for i in range(start, min(start + limit, len(memory)))]

    def changes(self, since: int) -> tuple[int, list[str]]:
        """A mark for the next call, and what changed after the mark `since`."""
        with self._lock:
            return self._count, [what for what, mark in self._changes.items() if mark > since]

    @property
    def news(self) -> asyncio.Event:
        """Set at the next change: take it, look, and only then wait for it."""
        return self._news

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
