"""Everything the routes work with: the workspace, the engine, the jobs, the window."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from app import log
from app.engine_room import EngineRoom
from app.hub import Hub
from app.imports import Importer
from app.messages import Benchmark, BenchmarkTask, CatalogTask, Columns, View
from app.runner import Runner
from app.shell import Shell
from engine.book import BookParams
from engine.broker import PaperBroker
from engine.catalog import FeatureInfo
from engine.errors import EngineError, NotFoundError
from engine.importing import ImportReport
from engine.panel import domain_of
from engine.store import DatasetRow
from engine.strategy import Outcome, RunSpec, run_spec
from engine.workspace import LOCKBOX, Workspace

T = TypeVar("T")

CLOSE, OPENED = "close", "opened "
"""News for the page besides jobs: the window wants to close, a data set was opened."""

_HANDLES = 64
_REMEMBERED = 32


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
        self._files: OrderedDict[str, Path] = OrderedDict()
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
        self._background.submit(self.store.warm)

    def close(self) -> None:
        """End what runs, as interrupted; may be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._background.shutdown(wait=False, cancel_futures=True)
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
        self._background.submit(self._open, path)

    # what the routes ask

    def keep_handle(self, path: Path) -> str:
        """A name for a file the user has picked: no path ever comes in over HTTP."""
        handle = secrets.token_urlsafe(12)
        self._files[handle] = path
        while len(self._files) > _HANDLES:
            self._files.popitem(last=False)
        return handle

    def file(self, handle: str) -> Path:
        """The file behind a handle; NotFoundError."""
        path = self._files.get(handle)
        if path is None:
            raise NotFoundError("That file was picked too long ago. Pick it again.")
        return path

    def import_file(self, path: Path, name: str | None, lockbox: str = LOCKBOX) -> DatasetRow:
        """Read a file in a process of its own; DataError, ParamError."""
        return self._background.submit(self._import, path, name, lockbox).result()

    def view(
        self, name: str | None, price: str | None = None, lags: dict[str, int] | None = None
    ) -> View:
        """A data set as the engine process is to see it: without its lockbox."""
        row = self.workspace.dataset(name)
        rows, _, _ = self.workspace.open_dates(row)
        folder = str(self.workspace.folder(row))
        return View(folder=folder, name=row.name, rows=rows, price=price, lags=lags or {})

    def view_of(self, spec: RunSpec) -> View:
        """The data set of a saved run, as the run saw it; NotFoundError when it is gone."""
        folder, name, rows = self.workspace.seen_by(spec)
        lags = {domain_of(column): lag for column, lag in spec.lags.items()}
        return View(folder=str(folder), name=name, rows=rows, price=spec.price, lags=lags)

    def price_of(self, name: str) -> str:
        """The column of a data set that earns returns."""
        report = self.workspace.dataset(name).report_json
        return msgspec.json.decode(report, type=ImportReport).price

    def note_failure(self, view: View, params: BookParams, outcome: Outcome) -> None:
        """One row of the trial ledger for an expression that could not be backtested."""
        panel = self.workspace.panel(view.name, domain_lags=view.lags, price=view.price)
        spec = run_spec(panel, params)
        self.store.record(None, view.name, spec, [outcome], source="backtest", keep=False)

    def catalog(self, name: str | None) -> tuple[FeatureInfo, ...]:
        """What is known of every column of a data set."""
        view = self.view(name)
        return self._remembered(
            (view.folder, view.rows), lambda: self.engine.ask(CatalogTask(view=view), Columns).infos
        )

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

    def _import(self, path: Path, name: str | None, lockbox: str) -> DatasetRow:
        with Importer(self.workspace) as importer:
            return importer.import_file(path, name, lockbox)[0]

    def _open(self, path: Path) -> None:
        try:
            with Importer(self.workspace) as importer:
                row = importer.resolve(str(path))
            self.hub.touch(OPENED + row.name)
        except EngineError as error:
            log.warning("open_file", file=path.name, reason=error.message)
        except BaseException as error:  # noqa: BLE001  # told in the log; the page goes on
            log.crash(error)
