"""A workspace that is looked at, and an engine that answers what it takes to compute."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from app.messages import Answer, Benchmark, BenchmarkTask, CatalogTask, Columns, Question, Report
from app.messages.view import View
from app.orders import Desk
from engine.catalog import FeatureInfo
from engine.errors import NotFoundError
from engine.evaluate.run import never
from engine.panel import domain_of
from engine.store import DatasetRow
from engine.strategy import RunSpec
from engine.workspace import Workspace

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

_REMEMBERED = 32


def lags_of(spec: RunSpec) -> dict[str, int]:
    """The publication lags of a run by domain."""
    return {domain_of(column): lag for column, lag in spec.lags.items()}


class Engine(Protocol):
    """Whoever answers questions: the engine process, or this one."""

    def ask(self, order: Question, kind: type[A], stop: threading.Event | None = None) -> A:
        """What comes of `order`; EngineError."""
        ...


class InProcess:
    """Questions answered here and now, for a command that nobody else waits for."""

    def ask(self, order: Question, kind: type[A], stop: threading.Event | None = None) -> A:  # noqa: ARG002  # nobody stops it
        """What comes of `order`; EngineError."""
        sent: list[Report] = []
        Desk(sent.append, never).obey(order)
        (answer,) = (each for each in sent if isinstance(each, kind))
        return answer


class Reader:
    """What is known of a workspace, and what an engine computes of it."""

    def __init__(self, workspace: Workspace, engine: Engine) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self.engine = engine
        self._known: OrderedDict[object, object] = OrderedDict()

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

    def periods_of(self, fingerprint: str) -> float:
        """Returns per year of a content; 252 when it is gone."""
        return self.workspace.periods_of(fingerprint)

    def price_of(self, name: str) -> str:
        """The column of a data set that earns returns."""
        return self.workspace.dataset(name).report.price

    def catalog(self, name: str | None) -> tuple[FeatureInfo, ...]:
        """What is known of every column of a data set."""
        view = self.view(name)
        rules = self.workspace.settings_of(view.name).rules
        task = CatalogTask(view=view, rules=rules)
        key = msgspec.json.encode(task)
        return self.remembered(key, lambda: self.engine.ask(task, Columns).infos)

    def benchmark(self, spec: RunSpec) -> Benchmark | None:
        """The equal-weight universe over the dates of a run; None when its data set is gone."""
        try:
            view = self.view_of(spec)
        except NotFoundError:
            return None
        start, end = spec.params.start, spec.params.end
        task = BenchmarkTask(view=view, start=start, end=end)
        key = (view.folder, view.rows, view.price, start, end)
        return self.remembered(key, lambda: self.engine.ask(task, Benchmark))

    def remembered(self, key: object, compute: Callable[[], T]) -> T:
        """What `compute` comes to; of the last answers each is computed once."""
        if key not in self._known:
            self._known[key] = compute()
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]  # type: ignore[return-value]
