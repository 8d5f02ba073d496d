"""Strategies traded as one book: what netting their trades saves.

Separate accounts hold the share |weight| of the value each, one of a negative weight holds the
opposite book. The one account holds the sum of weight x target book: what one strategy buys and
another sells on the same date is never traded, and what one holds and another is short of is not
borrowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from engine.book import (
    Backtest,
    BookParams,
    backtest_weights,
    calendar,
    check_params,
    span_of,
    target_books,
)
from engine.dsl.tree import Node
from engine.errors import ParamError
from engine.evaluate.run import Cancel, evaluate, never
from engine.kernels.pool import Array
from engine.panel import Panel
from engine.stats.performance import Metrics, performance
from engine.strategy import traded_returns

SHARED = (
    "execution_lag",
    "rebalance",
    "cost_bps",
    "borrow_bps",
    "max_stale",
    "delisting_return",
    "start",
    "end",
)
"""The parameters that one account can have only once."""


class Netted(msgspec.Struct, frozen=True, kw_only=True):
    """One account holding the weighted sum of the target books, against separate accounts.

    cost_separate, cost_netted: fees and borrowing per year, fractions; turnover likewise mean per
    date; all four from the first date on which any of the accounts trades. metrics and net: of the
    netted account, on the dates of the panel the runs have in common.
    """

    weights: tuple[float, ...]
    cost_separate: float
    cost_netted: float
    turnover_separate: float
    turnover_netted: float
    metrics: Metrics
    net: list[float]


def netted(
    panel: Panel,
    nodes: Sequence[Node],
    params: Sequence[BookParams],
    weights: Sequence[float],
    cancel: Cancel = never,
) -> Netted:
    """Trade sum_k weights[k] x target book k as one book.

    The runs must share execution lag, rebalancing, costs, borrowing, stale rules and dates;
    ParamError names what differs. CancelledError soon after `cancel()` is true.
    """
    _check(panel, nodes, params, weights)
    common = params[0]
    run = span_of(common, panel.dates)
    trading = calendar(common.rebalance, panel.dates, run.start)
    total, apart = np.zeros(panel.shape), np.zeros((2, len(run)))
    for node, own, weight in zip(nodes, params, weights, strict=True):
        book = target_books(panel, evaluate(panel, node, cancel), own)
        total += weight * book
        account = backtest_weights(panel, math.copysign(1.0, weight) * book, trading, common)
        apart += abs(weight) * _paid(account)
    backtest = backtest_weights(panel, total, trading, common)
    return _compared(panel, weights, backtest, apart)


def _compared(panel: Panel, weights: Sequence[float], together: Backtest, apart: Array) -> Netted:
    """The account of the sum beside the separate ones: cost and turnover [2 x dates]."""
    one = _paid(together)
    traded = np.flatnonzero(apart[1] + one[1])
    first, year = int(traded[0]) if len(traded) else 0, panel.periods_per_year
    (cost, turnover), (cost_netted, turnover_netted) = (
        paid[:, first:].mean(axis=1).tolist() for paid in (apart, one)
    )
    return Netted(
        weights=tuple(weights),
        cost_separate=cost * year,
        cost_netted=cost_netted * year,
        turnover_separate=turnover,
        turnover_netted=turnover_netted,
        metrics=performance(
            traded_returns(together), year, daily=together.daily, first=together.first_trade
        ),
        net=together.daily.net.tolist(),
    )


def _paid(backtest: Backtest) -> Array:
    """Fees and borrowing, and the turnover [2 x dates]."""
    daily = backtest.daily
    return np.stack([daily.cost + daily.borrow, daily.turnover])


def _check(
    panel: Panel, nodes: Sequence[Node], params: Sequence[BookParams], weights: Sequence[float]
) -> None:
    if not nodes or not len(nodes) == len(params) == len(weights):
        raise ParamError(
            f"{len(nodes)} strategies, {len(params)} sets of parameters and {len(weights)} weights"
            " were given; give one of each for every strategy, and at least one strategy."
        )
    if not all(map(math.isfinite, weights)):
        raise ParamError("A weight is not a finite number; give one number for each strategy.")
    for each in params:
        check_params(each, panel)
    for name in SHARED:
        values = list(dict.fromkeys(getattr(each, name) for each in params))
        if len(values) > 1:
            raise ParamError(
                f"The strategies differ in {name}: {' and '.join(map(str, values))}. One account"
                " has only one; run them again with the same."
            )
