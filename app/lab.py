"""Everything the routes work with: the workspace, the engine, the jobs, the window."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from app import log
from app.engine_room import EngineRoom
from app.hub import Hub
from app.intake import Intake
from app.messages import (
    BacktestTask,
    Inspected,
    InspectTask,
    Tested,
)
from app.messages.view import View
from app.reader import Reader
from app.runner import Runner
from app.shell import Shell
from engine.book import BookParams
from engine.broker import PaperBroker
from engine.dsl.tree import Node, to_text
from engine.errors import CancelledError, EngineError
from engine.quality import Quality
from engine.store import DatasetRow, Source
from engine.strategy import Outcome, refused, run_spec
from engine.workspace import Workspace

CLOSE, OPENED, OFFERED = "close", "opened ", "offered "
"""News for the page besides jobs: the window wants to close, a data set was opened, a file was
handed over that needs an answer first."""

NOT_TRIED = {"engine", "busy", CancelledError.code}
"""Ends of an order that say nothing about the expression."""

POINTS = 1000


class Lab(Reader):
    """One workspace at work; a context manager."""

    def __init__(self, workspace: Workspace) -> None:
        self.room = EngineRoom()
        super().__init__(workspace, self.room)
        self.hub = Hub()
        self.runner = Runner(workspace, self.hub)
        self.broker = PaperBroker()
        self.shell: Shell | None = None
        self.started = time.monotonic()
        self.intake = Intake(workspace)
        self._background = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Take jobs; have the engine process and the store ready for the first question."""
        self.runner.start()
        self.room.warm_up()
        self._background.submit(self.intake.clear)
        self._background.submit(self.store.warm)

    def close(self) -> None:
        """End what runs, as interrupted; may be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._background.shutdown(wait=False, cancel_futures=True)
            self.intake.close()
            self.runner.close()
            self.room.close()

    # what the window asks

    def jobs_running(self) -> int:
        """Jobs that wait or run."""
        return self.runner.running

    def ask_close(self) -> None:
        """Let the page ask the user what is to become of the jobs."""
        self.hub.touch(CLOSE)

    def on_idle(self, callback: Callable[[], None]) -> None:
        """Call back once no job waits or runs."""
        self.runner.on_idle(callback)

    def open_file(self, path: Path) -> None:
        """Import a file that was handed over from outside, and tell the page of it."""
        self.intake.open_file(path, self._opened)

    # what the routes ask

    def backtest(
        self,
        view: View,
        node: Node,
        params: BookParams,
        *,
        keep: bool,
        stop: threading.Event | None = None,
        source: Source = "backtest",
    ) -> Tested:
        """Backtest an expression; it is a row of the trial ledger, and with `keep` a saved run.

        EngineError, CancelledError.
        """
        task = BacktestTask(view=view, expr=to_text(node), params=params, points=POINTS)
        try:
            tested = self.engine.ask(task, Tested, stop)
        except EngineError as error:
            if error.code not in NOT_TRIED:
                self._note_failure(view, params, refused(node, error.message), source)
            raise
        outcomes = [tested.outcome]
        self.store.record(None, view.name, tested.spec, outcomes, source=source, keep=keep)
        return tested

    def _note_failure(
        self, view: View, params: BookParams, outcome: Outcome, source: Source
    ) -> None:
        """One row of the trial ledger for an expression that could not be backtested."""
        spec = run_spec(view.panel(verify=False), params)
        self.store.record(None, view.name, spec, [outcome], source=source, keep=False)

    def quality(self, name: str) -> Quality:
        """The quality report of a data set; made anew when the checks have changed since."""
        row = self.workspace.dataset(name)
        kept = self.store.quality(row)
        if kept is not None:
            return kept
        task = InspectTask(
            view=self.whole(row), open_rows=self.workspace.open_dates(row).rows,
            duplicates_dropped=row.report.duplicates_dropped,
        )  # fmt: skip
        quality = self.engine.ask(task, Inspected).quality
        self.store.save_quality(row, quality)
        return quality

    def findings(self, row: DatasetRow) -> dict[str, int] | None:
        """How many kinds of findings a data set has by severity; None while nobody has looked."""

        def count() -> dict[str, int] | None:
            kept = self.store.quality(row)
            return None if kept is None else Counter(each.severity for each in kept.findings)

        found = self._known.get(("findings", row.fingerprint, row.lockbox)) or count()
        if found is not None:
            self._known["findings", row.fingerprint, row.lockbox] = found
        return found  # type: ignore[return-value]

    def _opened(self, path: Path, row: DatasetRow | EngineError) -> None:
        """A file that was handed over is a data set, or needs an answer of the user first."""
        if isinstance(row, EngineError):
            log.warning("open_file", file=path.name, reason=row.message)
            self.hub.touch(f"{OFFERED}{self.intake.keep_handle(path)} {path.name}")
        else:
            self.hub.touch(OPENED + row.name)
