"""What the market of a data set did: all of its names in equal parts."""

from __future__ import annotations

import datetime as dt

import numpy as np

from engine.book.params import BookParams, span_of
from engine.kernels.pool import Array
from engine.panel import Days, Panel

EQUAL_WEIGHT = "Equal weight of all names, rebalanced daily, without costs"
"""The name of the benchmark, wherever its numbers stand."""

_TILE = 1 << 15  # values


def equal_weight(
    panel: Panel, start: dt.date | None = None, end: dt.date | None = None
) -> tuple[Days, Array]:
    """The dates from start to end, inclusive, and the net return of the benchmark on each.

    The return of t is the mean of r_i(t) over the names that, on the date before, were in the
    universe and had a price: what holding them in equal parts since that close earned. A missing
    r_i(t) counts as 0. It is 0 on the first date, at whose close the first book is bought, and
    after a date without names. It equals `backtest_weights` of such books without any cost and
    with max_stale 0: a name that loses its price leaves at the last one, and is back in the book
    on the date after its price is back. ParamError when no date lies in the span.
    """
    run = span_of(BookParams(start=start, end=end), panel.dates)
    returns, prices, member = panel.returns(), panel.prices(), panel.universe()
    net = np.zeros(len(run))
    height = max(1, _TILE // panel.shape[1])  # few dates at a time: the steps stay in the cache
    for a in range(run.start, run.stop - 1, height):
        b = min(a + height, run.stop - 1)
        held = prices[a:b] > 0
        if member is not None:
            held &= member[a:b]
        earned = returns[a + 1 : b + 1]
        total = np.where(held & ~np.isnan(earned), earned, 0.0).sum(axis=1)
        count = np.maximum(held.sum(axis=1), 1)
        net[a + 1 - run.start : b + 1 - run.start] = total / count
    return panel.dates[run.start : run.stop], net
