"""How far saved results can be trusted: what the engine process does about such questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import numpy as np

from app.messages.research import (
    Counted,
    EffectiveTask,
    ExplainTask,
    Explanation,
    FactorTask,
    Finding,
    Held,
    HoldingsTask,
    Judged,
    Measured,
    NettedTask,
    OneBook,
    PboTask,
    Repeated,
    RepeatTask,
    Research,
    RobustTask,
    RunTask,
    Stressed,
    Together,
    TogetherTask,
    Validated,
    ValidationTask,
)
from app.messages.view import View
from engine import kernels
from engine.book import backtest_signal
from engine.dsl.parse import Names, reread
from engine.dsl.tree import Node
from engine.evaluate.run import Cancel, evaluate
from engine.panel import Array, Panel
from engine.research.blend import netted
from engine.research.explain import explain, holdings
from engine.research.robustness import robustness
from engine.stats.clusters import effective_trials
from engine.stats.exposure import exposures
from engine.stats.factor import Factor, factor
from engine.stats.pbo import pbo
from engine.stats.portfolio import portfolio
from engine.stats.validation import Validation, validate
from engine.strategy import ENGINE_VERSION, assess

Open = Callable[[View], Panel]


def answer(order: Research, panel_of: Open, cancel: Cancel) -> Finding:
    """What comes of the question; EngineError."""
    match order:
        case EffectiveTask(table=table, trials=trials):
            return Counted(effective_trials(table.returns, trials))
        case PboTask(table=table):
            return Judged(pbo(table.returns, periods=order.periods, seed=order.seed))
        case ValidationTask():
            return Validated(_validated(order))
        case TogetherTask(table=table, weights=weights):
            found = portfolio(table.dates, table.returns, weights, periods=order.periods)
            return Together(found)
        case NettedTask(view=view):
            panel = panel_of(view)
            nodes = [_node(panel, expr) for expr in order.exprs]
            return OneBook(netted(panel, nodes, order.params, order.weights, cancel))
        case _:
            panel = panel_of(order.view)
            return _of_run(order, panel, _node(panel, order.expr), cancel)


def _of_run(order: RunTask, panel: Panel, node: Node, cancel: Cancel) -> Finding:
    match order:
        case FactorTask():
            return _measured(order, panel, node, cancel)
        case RobustTask(params=params):
            return Stressed(*robustness(panel, node, params, cancel))
        case ExplainTask(params=params, date=date):
            return Explanation(explain(panel, node, params, date))
        case HoldingsTask(params=params, points=points):
            return Held(holdings(panel, node, params, points))
        case RepeatTask(params=params):
            again = assess(panel, node, evaluate(panel, node, cancel), params)
            return Repeated(again, ENGINE_VERSION, kernels.BACKEND)
        case _:
            raise AssertionError(order)


def _node(panel: Panel, expr: str) -> Node:
    return reread(expr, Names.of(panel))


def _validated(order: ValidationTask) -> Validation:
    table = order.table
    return validate(
        table.dates, table.returns, order.method, order.folds,
        purge=order.purge, embargo=order.embargo, periods=order.periods,
    )  # fmt: skip


def _measured(order: FactorTask, panel: Panel, node: Node, cancel: Cancel) -> Measured:
    signal = evaluate(panel, node, cancel)
    params = order.params
    found = factor(signal, panel, order.horizons, lag=params.execution_lag, category=order.category)
    backtest = backtest_signal(panel, signal, params, itemise=False)
    first = backtest.first_trade or 0
    daily = backtest.daily
    explained = exposures(
        panel, daily.dates[first:], daily.net[first:], periods=panel.periods_per_year
    )
    rows = np.unique(np.linspace(0, len(panel.dates) - 1, order.points).round().astype(np.int64))
    horizon = found.horizons[0]
    quantiles = np.array(horizon.quantiles.daily, dtype=np.float64).T
    return Measured(
        factor=_brief(found),
        exposures=explained,
        dates=tuple(_days(panel, rows)),
        cumulative_ic=_summed(horizon.rank_ic.daily, rows),
        cumulative_spread=_summed(horizon.quantiles.spread_daily, rows),
        cumulative_quantiles=tuple(_summed(bucket, rows) for bucket in quantiles),
    )


def _days(panel: Panel, rows: np.ndarray) -> list[dt.date]:
    days: list[dt.date] = panel.dates[rows].astype("datetime64[D]").tolist()
    return days


def _summed(daily: list[float | None] | Array, rows: np.ndarray) -> tuple[float, ...]:
    """Running sums at `rows`; what is missing adds nothing."""
    values = np.array(daily, dtype=np.float64)
    return tuple(np.nancumsum(values)[rows].tolist())


def _brief(found: Factor) -> Factor:
    """Without the daily series."""
    return msgspec.structs.replace(
        found,
        rank_autocorrelation_daily=[],
        horizons=[
            msgspec.structs.replace(
                each,
                ic=msgspec.structs.replace(each.ic, daily=[]),
                rank_ic=msgspec.structs.replace(each.rank_ic, daily=[]),
                quantiles=msgspec.structs.replace(each.quantiles, daily=[], spread_daily=[]),
            )
            for each in found.horizons
        ],
    )
