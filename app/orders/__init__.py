"""What the engine process does with each kind of order."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from app.messages import (
    Answer,
    BacktestTask,
    Begun,
    Benchmark,
    BenchmarkTask,
    CatalogTask,
    Certified,
    CertifyTask,
    Columns,
    Drawn,
    ImportTask,
    Inspected,
    InspectTask,
    Listed,
    Looked,
    Order,
    PreviewTask,
    Question,
    Report,
    RowsTask,
    SeriesTask,
    Step,
    Stop,
    Target,
    TargetTask,
    Tested,
    TrainTask,
)
from app.messages.view import View
from app.orders import research
from engine.book import EQUAL_WEIGHT, backtest_signal, check_params, equal_weight, target_weights
from engine.catalog import catalog, sample_rows, series
from engine.dsl.parse import Names, reread
from engine.dsl.tree import Node, expr_hash
from engine.errors import CancelledError
from engine.evaluate.run import Cancel, evaluate
from engine.lookahead import certificate
from engine.panel import Array, Panel
from engine.quality import inspect_open
from engine.sheet import currency_of, equity_curve, sheet
from engine.strategy import caveats, describe, refused, run_spec
from engine.train import train
from engine.workspace import Kept, keep_file, preview_source

DIED = "The engine process died twice on this expression; it is left out."
_PANELS = 4
_EVENTS = 200


class Desk:
    """Carries out orders; keeps the panels that were asked for last."""

    def __init__(self, send: Callable[[Report], None], cancel: Cancel) -> None:
        self._send = send
        self._cancel = cancel
        self._panels: OrderedDict[tuple[object, ...], Panel] = OrderedDict()

    def obey(self, order: Order) -> None:
        """Report whatever comes of `order`; raises EngineError."""
        if isinstance(order, TrainTask):
            self._train(order)
        elif not isinstance(order, Stop):
            self._send(self._answer(order))

    def _answer(self, order: Question) -> Answer:  # noqa: PLR0911  # one per kind
        match order:
            case ImportTask() | PreviewTask():
                return self._read(order)
            case InspectTask() | RowsTask() | SeriesTask() | CatalogTask():
                return self._look(order)
            case BacktestTask():
                return self._backtest(order)
            case BenchmarkTask(view=view, start=start, end=end):
                dates, net = equal_weight(self._panel(view), start, end)
                return Benchmark(tuple(dates.tolist()), tuple(net.tolist()))
            case CertifyTask(view=view, expr=expr):
                panel = self._panel(view)
                return Certified(certificate(panel, reread(expr, Names.of(panel))))
            case TargetTask():
                return self._target(order)
        return research.answer(order, self._panel, self._cancel)

    def _read(self, order: ImportTask | PreviewTask) -> Kept | Looked:
        """A file of the user."""
        path = Path(order.path)
        if isinstance(order, PreviewTask):
            return Looked(preview_source(path, order.options, self._tell))
        return keep_file(Path(order.datasets), path, order.lockbox, order.options, self._tell)

    def _look(
        self, order: InspectTask | RowsTask | SeriesTask | CatalogTask
    ) -> Inspected | Listed | Drawn | Columns:
        """The data of a data set."""
        panel = self._panel(order.view)
        match order:
            case CatalogTask(rules=rules):
                return Columns(catalog(panel, rules))
            case SeriesTask(column=column, symbol=symbol):
                return Drawn(series(panel, column, symbol))
            case InspectTask(open_rows=rows, duplicates_dropped=dropped):
                return Inspected(inspect_open(panel, open_rows=rows, duplicates_dropped=dropped))
            case RowsTask():
                return Listed(
                    sample_rows(
                        panel, symbols=order.symbols, start=order.start, end=order.end,
                        columns=order.columns, offset=order.offset, limit=order.limit,
                    )
                )  # fmt: skip

    def _tell(self, stage: str, share: float) -> None:
        """Report how far an import is; CancelledError when nobody wants it any more."""
        if self._cancel():
            raise CancelledError("The import was cancelled; nothing of it was kept.")
        self._send(Step(stage, share))

    def _train(self, task: TrainTask) -> None:
        events = train(
            self._panel(task.view, verify=False),  # whoever starts a job has verified it
            task.config,
            workers=task.workers,
            known=task.known,
            only=task.only,
            library=task.saved,
            begun=self._begun,
        )
        for event in events:
            self._send(event)

    def _begun(self, nodes: Sequence[Node]) -> None:
        self._send(Begun(tuple(refused(node, DIED) for node in nodes)))

    def _backtest(self, task: BacktestTask) -> Tested:
        start = time.perf_counter()
        panel = self._panel(task.view)
        check_params(task.params, panel)
        node = reread(task.expr, Names.of(panel))
        backtest = backtest_signal(panel, evaluate(panel, node, self._cancel), task.params)
        outcome = describe(panel, node, backtest)
        daily = backtest.daily
        benchmark = _benchmark(panel, task.params.start, task.params.end)
        first = backtest.first_trade
        curve = equity_curve(
            expr_hash(node), currency_of(panel.price), daily.dates, daily.net, benchmark,
            panel.periods_per_year, task.points, first=first,
        )  # fmt: skip
        return Tested(
            outcome=outcome,
            spec=run_spec(panel, task.params),
            curve=curve,
            sheet=sheet(daily.dates, daily.net, benchmark, EQUAL_WEIGHT, first=first),
            events=backtest.first_events(_EVENTS),
            caveats=caveats(backtest),
            engine_ms=(time.perf_counter() - start) * 1e3,
        )

    def _target(self, task: TargetTask) -> Target:
        panel = self._panel(task.view)
        weights: dict[str, float] = {}
        if task.expr is not None:
            signal = evaluate(panel, reread(task.expr, Names.of(panel)), self._cancel)
            weights = dict(_present(panel.symbols, target_weights(panel, signal, task.params)))
        return Target(
            as_of=panel.dates[-1].item(),
            prices=dict(_present(panel.symbols, _last_known(panel.prices()))),
            weights=weights,
        )

    def _panel(self, view: View, *, verify: bool = True) -> Panel:
        """The data set as the view has it; what it computes of itself stays with it."""
        key = (view.folder, view.rows, view.price, *sorted(view.lags.items()))
        panel = self._panels.pop(key, None)
        if panel is None:
            panel = view.panel(verify=verify)
        self._panels[key] = panel
        while len(self._panels) > _PANELS:
            self._panels.popitem(last=False)
        return panel


def _benchmark(panel: Panel, start: dt.date | None, end: dt.date | None) -> Array:
    """Daily returns of the equal-weight universe, remembered beside the panel's own."""
    key = f"benchmark {start} {end}"
    if key not in panel.cache:
        panel.cache[key] = equal_weight(panel, start, end)[1]
    found: Array = panel.cache[key]
    return found


def _last_known(prices: Array) -> Array:
    """The last present value of each column, NaN where there is none."""
    present = ~np.isnan(prices)
    last = prices.shape[0] - 1 - present[::-1].argmax(axis=0)
    found: Array = np.where(present.any(axis=0), prices[last, np.arange(prices.shape[1])], np.nan)
    return found


def _present(symbols: Sequence[str], values: Array) -> Iterator[tuple[str, float]]:
    return (
        (symbol, value)
        for symbol, value in zip(symbols, values.tolist(), strict=True)
        if math.isfinite(value) and value
    )
