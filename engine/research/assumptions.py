"""The other assumptions a strategy is tried under, and the runs that try them.

Each run is exact, as any backtest is; only what its group names is changed.

    lag         execution lag + 1, + 2
    costs       the costs of the data set or of the run, and borrowing, times 0, 1, 2 and 3
    neighbours  other windows, see `engine.research.neighbours`
    periods     the dates from the first trade on in three parts of equal length, a run each
    universe    every other symbol in alphabetical order, from the first and from the second; and
                without each of the three largest groups of the first category, by names x dates
    days        the daily returns without the five highest
    names       without the five names that contributed most, the sum of Q(t-1) r(t) / E(t-1)
    delisting   a name held when its price ends returns 0, -30 % or -100 %

Names that are left out leave the universe: they do not count in comparisons across symbols either.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

import msgspec
import numpy as np
import numpy.typing as npt

from engine.book import Backtest, BookParams, backtest_signal, days_of
from engine.dsl.tree import Node, looks_across
from engine.errors import CancelledError, EngineError
from engine.evaluate.run import Cancel, evaluate, run
from engine.kernels.pool import Array
from engine.panel import Panel
from engine.research.neighbours import neighbours
from engine.research.variants import Group, Variant, failed, measured
from engine.stats.performance import Metrics, performance
from engine.strategy import Outcome, assess, traded_returns

COSTS = (0, 1, 2, 3)
DELISTING = (0.0, -0.3, -1.0)
LATER = (1, 2)
PARTS = 3
LARGEST_GROUPS = 3
BEST = 5
"""So many days, and so many names, are left out."""


class Case(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A strategy as it stands: what it is, its signal [dates x symbols], its run, its metrics."""

    panel: Panel
    node: Node
    params: BookParams
    signal: Array
    backtest: Backtest
    metrics: Metrics
    cancel: Cancel


def case(panel: Panel, node: Node, params: BookParams, cancel: Cancel) -> Case:
    """The strategy run as it stands; EngineError when that cannot be done."""
    signal = evaluate(panel, node, cancel)
    backtest = backtest_signal(panel, signal, params)
    return Case(
        panel=panel,
        node=node,
        params=params,
        signal=signal,
        backtest=backtest,
        metrics=metrics_of(panel, backtest),
        cancel=cancel,
    )


def metrics_of(panel: Panel, backtest: Backtest) -> Metrics:
    """The metrics of a run on `panel`."""
    return performance(
        traded_returns(backtest),
        panel.periods_per_year,
        daily=backtest.daily,
        first=backtest.first_trade,
    )


def of_lag(it: Case) -> Iterator[Variant]:
    """Traded one and two dates later."""
    for more in LATER:
        lag = it.params.execution_lag + more
        changed = msgspec.structs.replace(it.params, execution_lag=lag)
        yield _tried(it, "lag", f"lag {lag}", params=changed)


def of_costs(it: Case) -> Iterator[Variant]:
    """Every cost multiplied."""
    given = it.panel.costs()
    table = np.zeros(it.panel.shape[1]) + np.nan if given is None else given
    bps = np.where(np.isnan(table), it.params.cost_bps, table)
    for times in COSTS:
        changed = msgspec.structs.replace(it.params, borrow_bps=it.params.borrow_bps * times)
        yield _tried(it, "costs", f"costs x {times}", params=changed, costs=bps * times)


def of_neighbours(it: Case) -> tuple[tuple[Variant, ...], tuple[Outcome, ...]]:
    """Other windows, and their outcomes."""
    found = neighbours(it.node)
    outcomes = run(
        it.panel,
        [each.node for each in found],
        lambda i, signal: assess(it.panel, found[i].node, signal, it.params),
        cancel=it.cancel,
        by_rows=True,
    )
    came_to = [outcome for _, outcome in sorted(outcomes, key=itemgetter(0))] if found else []
    pairs = zip(found, came_to, strict=True)
    return tuple(_changed(it, each.label, one) for each, one in pairs), tuple(came_to)


def _changed(it: Case, label: str, one: Outcome) -> Variant:
    base = it.metrics.ann_sharpe
    metrics = one.metrics or Metrics()
    return measured("neighbours", label, metrics, base, ruined=one.ruined, expr=one.expr)


def of_periods(it: Case) -> Iterator[Variant]:
    """A third of the dates at a time."""
    first = it.backtest.first_trade
    dates = it.backtest.daily.dates[len(it.backtest.daily.dates) if first is None else first :]
    if len(dates) < 2 * PARTS:
        return
    for part in np.array_split(dates, PARTS):
        start, end = part[0].item(), part[-1].item()
        changed = msgspec.structs.replace(it.params, start=start, end=end)
        yield _tried(it, "periods", f"{start} to {end}", params=changed)


def of_universe(it: Case) -> Iterator[Variant]:
    """Half of the names, and all without a large group."""
    count = it.panel.shape[1]
    for first, label in enumerate(("every other name", "the other half of the names")):
        if count >= 4:
            yield _tried(it, "universe", label, members=np.arange(count) % 2 == first)
    for category in list(it.panel.categories)[:1]:
        codes, levels = it.panel.codes(category), it.panel.categories[category]
        member = it.panel.universe()
        known = codes[codes >= 0 if member is None else member & (codes >= 0)]
        sizes = np.bincount(known, minlength=len(levels))
        largest = np.argsort(-sizes, kind="stable")[:LARGEST_GROUPS]
        for code in largest if np.count_nonzero(sizes) > 1 else ():
            if sizes[code]:
                yield _tried(it, "universe", f"without {levels[code]}", members=codes != code)


def of_days(it: Case) -> Iterator[Variant]:
    """Without the best days."""
    net = traded_returns(it.backtest)
    if len(net) <= 2 * BEST:
        return
    left = np.delete(net, np.argsort(-net, kind="stable")[:BEST])
    metrics = performance(left, it.panel.periods_per_year)
    label = f"without the {BEST} best days"
    yield measured("days", label, metrics, it.metrics.ann_sharpe, ruined=it.backtest.ruined)


def of_names(it: Case, best: npt.NDArray[np.int64]) -> Iterator[Variant]:
    """Without the best names, given as columns of the panel."""
    if len(best):
        members = ~np.isin(np.arange(it.panel.shape[1]), best)
        yield _tried(it, "names", f"without the {BEST} best names", members=members)


def contributions(it: Case) -> Array:
    """What each symbol earned, before costs, as a share of the equity of the day before [symbols].

    NaN where it was never held; the others add up to the sum of the gross returns.
    """
    total, held = np.zeros(it.panel.shape[1]), np.zeros(it.panel.shape[1], dtype=bool)
    for day in days_of(it.panel, it.signal, it.params):
        _check(it)
        if day.trades.equity > 0:
            total += day.trades.held * day.trades.move / day.trades.equity
            held |= day.trades.held != 0
    return np.where(held, total, np.nan)


def best_names(it: Case) -> npt.NDArray[np.int64]:
    """Columns of the names that contributed most; none unless others were held as well."""
    total = contributions(it)
    order = np.argsort(-total, kind="stable")  # NaN comes last
    return order[: BEST if np.count_nonzero(~np.isnan(total)) > BEST else 0]


def of_delisting(it: Case) -> Iterator[Variant]:
    """Other returns of names whose price ends."""
    for value in DELISTING:
        changed = msgspec.structs.replace(it.params, delisting_return=value)
        yield _tried(it, "delisting", f"delisting return {100 * value:.0f} %", params=changed)


def _check(it: Case) -> None:
    if it.cancel():
        raise CancelledError("The work was cancelled.")


def _tried(
    it: Case,
    group: Group,
    label: str,
    *,
    params: BookParams | None = None,
    members: npt.NDArray[np.bool_] | None = None,
    costs: Array | None = None,
) -> Variant:
    """The run of the strategy with what is given in place of its own."""
    _check(it)
    try:
        panel = it.panel if members is None else it.panel.among(members)
        again = members is not None and looks_across(it.node)
        signal = evaluate(panel, it.node, it.cancel) if again else it.signal
        chosen = it.params if params is None else params
        backtest = backtest_signal(panel, signal, chosen, costs=costs, itemise=False)
    except CancelledError:
        raise
    except EngineError as error:
        return failed(group, label, error.message)
    metrics = metrics_of(panel, backtest)
    return measured(group, label, metrics, it.metrics.ann_sharpe, ruined=backtest.ruined)
