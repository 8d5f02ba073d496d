"""Everything the routes work with: the workspace, the engine, the jobs, the window."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from app import log
from app.engine_room import EngineRoom
from app.hub import Hub
from app.intake import Intake
from app.messages import (
    BacktestTask,
    Benchmark,
    BenchmarkTask,
    CatalogTask,
    Columns,
    Inspected,
    InspectTask,
    Tested,
    View,
)
from app.runner import Runner
from app.shell import Shell
from engine.book import BookParams
from engine.broker import PaperBroker
from engine.catalog import FeatureInfo
from engine.dsl.tree import Node, to_text
from engine.errors import CancelledError, EngineError, NotFoundError
from engine.panel import domain_of
from engine.quality import Quality
from engine.store import DatasetRow
from engine.strategy import Outcome, RunSpec, refused, run_spec
from engine.workspace import Workspace

T = TypeVar("T")

CLOSE, OPENED, OFFERED = "close", "opened ", "offered "
"""News for the page besides jobs: the window wants to close, a data set was opened, a file was
handed over that needs an answer first."""

NOT_TRIED = {"engine", "busy", CancelledError.code}
"""Ends of an order that say nothing about the expression."""

POINTS = 1000
_REMEMBERED = 32


def lags_of(spec: RunSpec) -> dict[str, int]:
    """The publication lags of a run by domain."""
    return {domain_of(column): lag for column, lag in spec.lags.items()}


class Lab:
    """One workspace at work; a context manager."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self.hub = Hub()
        self.engine = EngineRoom()
        self.runner = Runner(workspace, self.hub)
        self.broker = PaperBroker()
        self.shell: Shell | None = None
        self.started = time.monotonic()
        self.intake = Intake(workspace)
        self._background = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._known: OrderedDict[object, object] = OrderedDict()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Take jobs; have the engine process and the store ready for the first question."""
        self.runner.start()
        self.engine.warm_up()
        self._background.submit(self.intake.clear)
        self._background.submit(self.store.warm)

    def close(self) -> None:
        """End what runs, as interrupted; may be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._background.shutdown(wait=False, cancel_futures=True)
            self.intake.close()
            self.runner.close()
            self.engine.close()

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

    def view(
        self, name: str | None, price: str | None = None, lags: dict[str, int] | None = None
    ) -> View:
        """A data set as the engine process is to see it: without its lockbox."""
        row = self.workspace.dataset(name)
        rows, _, _ = self.workspace.open_dates(row)
        folder = str(self.workspace.folder(row))
        known = self.workspace.lags(row.name, lags)
        return View(folder=folder, name=row.name, rows=rows, price=price, lags=known)

    def whole(self, row: DatasetRow) -> View:
        """A data set with its locked dates, for what judges the data and no strategy."""
        return View(folder=str(self.workspace.folder(row)), name=row.name, rows=row.dates)

    def view_of(self, spec: RunSpec) -> View:
        """The data set of a saved run, as the run saw it; NotFoundError when it is gone."""
        folder, name, rows = self.workspace.seen_by(spec)
        lags = lags_of(spec)
        return View(folder=str(folder), name=name, rows=rows, price=spec.price, lags=lags)

    def price_of(self, name: str) -> str:
        """The column of a data set that earns returns."""
        return self.workspace.dataset(name).report.price

    def backtest(
        self,
        view: View,
        node: Node,
        params: BookParams,
        *,
        keep: bool,
        stop: threading.Event | None = None,
    ) -> Tested:
        """Backtest an expression; it is a row of the trial ledger, and with `keep` a saved run.

        EngineError, CancelledError.
        """
        task = BacktestTask(view=view, expr=to_text(node), params=params, points=POINTS)
        try:
            tested = self.engine.ask(task, Tested, stop)
        except EngineError as error:
            if error.code not in NOT_TRIED:
                self._note_failure(view, params, refused(node, error.message))
            raise
        outcomes = [tested.outcome]
        self.store.record(None, view.name, tested.spec, outcomes, source="backtest", keep=keep)
        return tested

    def _note_failure(self, view: View, params: BookParams, outcome: Outcome) -> None:
        """One row of the trial ledger for an expression that could not be backtested."""
        spec = run_spec(view.panel(verify=False), params)
        self.store.record(None, view.name, spec, [outcome], source="backtest", keep=False)

    def catalog(self, name: str | None) -> tuple[FeatureInfo, ...]:
        """What is known of every column of a data set."""
        view = self.view(name)
        rules = self.workspace.settings_of(view.name).rules
        task = CatalogTask(view=view, rules=rules)
        key = msgspec.json.encode(task)
        return self._remembered(key, lambda: self.engine.ask(task, Columns).infos)

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

    def benchmark(self, spec: RunSpec) -> Benchmark | None:
        """The equal-weight universe over the dates of a run; None when its data set is gone."""
        try:
            view = self.view_of(spec)
        except NotFoundError:
            return None
        start, end = spec.params.start, spec.params.end
        task = BenchmarkTask(view=view, start=start, end=end)
        key = (view.folder, view.rows, view.price, start, end)
        return self._remembered(key, lambda: self.engine.ask(task, Benchmark))

    def _remembered(self, key: object, compute: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = compute()
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]  # type: ignore[return-value]

    def _opened(self, path: Path, row: DatasetRow | EngineError) -> None:
        """A file that was handed over is a data set, or needs an answer of the user first."""
        if isinstance(row, EngineError):
            log.warning("open_file", file=path.name, reason=row.message)
            self.hub.touch(f"{OFFERED}{self.intake.keep_handle(path)} {path.name}")
        else:
            self.hub.touch(OPENED + row.name)
