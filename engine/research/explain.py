"""One day of a run, name by name: why each position is what it is, and what it earned.

The account charges each name its own return, fee and borrowing, so that the names add up to the
day; only on a date of ruin does the account lose less than they do, as it cannot lose more than all
it has.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterator

import msgspec
import numpy as np

from engine.book import BookParams, Day, Steps, day_of, span_of
from engine.book.params import check_params
from engine.dsl.tree import Node
from engine.errors import ParamError
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools
from engine.panel import Panel
from engine.research.holdings import Holding, Holdings, finite, groups_on, holdings

__all__ = ["Explained", "Holding", "Holdings", "NameDay", "explain", "holdings"]

_STEPS = ("signal", "neutralized", "sized", "limited", "target")
_NAMED = 10


class NameDay(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol on one date t; values are fractions of E(t-1) unless said otherwise.

    signal .. target: of the book that is traded at the close of t, each after the step of its name,
    as weights of P(t); None where missing or on a date without trading. signal: the expression
    (missing outside the universe). neutralized, sized (raw: clipped to the cap; gross: scaled),
    limited (within cap and leverage), target (smoothed). price, ret: today's price and r(t).
    before: Q(t-1); drifted: Q(t-1) (1 + r(t)); after: Q(t); trade: after - drifted. gross: Q(t-1)
    r(t). cost, borrow: paid, 0 or more. net = gross - cost - borrow. event: what happened to a
    position without a price. On a date of ruin `after` is 0, and `trade` what was still paid for.
    """

    symbol: str
    group: str | None = None
    signal: float | None = None
    neutralized: float | None = None
    sized: float | None = None
    limited: float | None = None
    target: float | None = None
    price: float | None = None
    ret: float
    before: float
    drifted: float
    trade: float
    after: float
    gross: float
    cost: float
    borrow: float
    net: float
    event: str | None = None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A day whose parts add up: sum of `net` over the names = net, to 1e-12, and so on.

    On a date of ruin their sum is gross - cost - borrow, and net is -1. turnover and the exposures
    are those of `Daily`, over P(t): sum |trade| = turnover (1 + gross).
    signal_date: the date whose book is traded at the close of `date`, None when none is.
    equity_before, equity_after: E(t-1), E(t). names: every symbol held, traded or with a signal,
    largest |net| first.
    """

    date: dt.date
    signal_date: dt.date | None
    equity_before: float
    equity_after: float
    gross: float
    cost: float
    borrow: float
    net: float
    turnover: float
    gross_exposure: float
    net_exposure: float
    held: int
    names: tuple[NameDay, ...]
    notes: tuple[str, ...] = ()


def explain(panel: Panel, node: Node, params: BookParams, date: dt.date) -> Explained:
    """The run of `node` under `params`, seen on `date`.

    ParamError when `date` is no date of the run (the message names the nearest ones).
    """
    check_params(params, panel)
    t = _row_of(panel, params, date)
    day, steps = day_of(panel, evaluate(panel, node), params, t)
    series, row = day.series, span_of(params, panel.dates)[t]
    return Explained(
        date=date,
        signal_date=None if day.source is None else panel.dates[day.source].item(),
        equity_before=day.trades.equity,
        equity_after=series["equity"],
        gross=series["gross"],
        cost=series["cost"],
        borrow=series["borrow"],
        net=series["net"],
        turnover=series["turnover"],
        gross_exposure=series["gross_exposure"],
        net_exposure=series["net_exposure"],
        held=int(series["names"]),
        names=_names(panel, params, day, steps, row),
        notes=tuple(_notes(panel, params, day, steps, row)),
    )


def _row_of(panel: Panel, params: BookParams, date: dt.date) -> int:
    """Row of `date` among the dates of the run."""
    run = span_of(params, panel.dates)
    days = panel.dates[run.start : run.stop].tolist()
    t = bisect.bisect_left(days, date)
    if t < len(days) and days[t] == date:
        return t
    nearest = " and ".join(str(day) for day in days[max(0, t - 1) : t + 1])
    raise ParamError(
        f"{date} is no date of the run, which has {len(days)} dates from {days[0]} to {days[-1]};"
        f" choose one of them, the nearest being {nearest}."
    )


def _names(
    panel: Panel, params: BookParams, day: Day, steps: Steps | None, row: int
) -> tuple[NameDay, ...]:
    """Every name with something to say, largest |net| first, then by symbol."""
    told = _numbers(panel, day, steps, row)
    shown = (day.trades.held != 0.0) | (day.after != 0.0) | (day.trade != 0.0)
    if steps is not None:
        shown |= ~np.isnan(steps.signal) | (steps.target != 0.0)
    columns = np.flatnonzero(shown)
    order = columns[np.lexsort((columns, -np.abs(told["net"][columns])))]
    groups = groups_on(panel, params, row if day.source is None else day.source)
    values = {name: _optional(column[order]) for name, column in told.items()}
    return tuple(
        NameDay(
            symbol=panel.symbols[i],
            group=groups[i],
            event=_event(day, steps, i, params),
            **{name: column[k] for name, column in values.items()},  # type: ignore[arg-type]
        )
        for k, i in enumerate(order.tolist())
    )


@np.errstate(over="ignore", invalid="ignore")
def _numbers(panel: Panel, day: Day, steps: Steps | None, row: int) -> dict[str, Array]:
    """The numbers of `NameDay` by name [symbols], NaN = missing."""
    trades, nothing = day.trades, np.full(panel.shape[1], np.nan)
    book = {name: nothing if steps is None else getattr(steps, name) for name in _STEPS}
    values = {
        "before": trades.held,
        "drifted": trades.drifted,
        "trade": day.trade,
        "after": day.after,
        "gross": day.gross,
        "cost": day.fee,
        "borrow": day.borrow,
        "net": day.net,
    }
    unit = trades.equity or 1.0  # after ruin nothing is left to be a fraction of
    fractions = {name: finite(value / unit) for name, value in values.items()}
    return {**book, "price": panel.prices()[row], "ret": trades.move, **fractions}


def _optional(values: Array) -> list[float | None]:
    return [
        v if known else None for v, known in zip(values.tolist(), np.isfinite(values), strict=True)
    ]


def _event(day: Day, steps: Steps | None, i: int, params: BookParams) -> str | None:
    """What happened to name `i` for want of a price."""
    trades, waited = day.trades, int(day.trades.waited[i])
    dates = f"{waited} date{'s' * (waited != 1)}"
    if not waited:
        wanted = steps is not None and steps.target[i] != 0.0 and not trades.held[i]
        return "no price, not opened" if wanted and not trades.present[i] else None
    if trades.present[i]:
        return f"price back after {dates}"
    if waited > params.max_stale:
        return (
            f"closed after {dates} without a price, at the last one {params.delisting_return:+.0%}"
        )
    return f"no price for {dates}, kept at the last one"


def _notes(
    panel: Panel, params: BookParams, day: Day, steps: Steps | None, row: int
) -> Iterator[str]:
    """What a reader of the day must know, a sentence each."""
    if params.execution_lag == 0:
        yield (
            "The execution lag is 0: a book is traded at the close before its own date. Nobody"
            " could have done this."
        )
    if not day.trades.equity:
        yield "The account was ruined before this date: nothing is held or traded."
        return
    if steps is None:
        yield f"No trading on this date: {_why_no_book(panel, params, row)}."
    elif not steps.target.any():
        yield "The book traded at this close is empty: no name has a weight in it."
    yield from _notes_on_prices(panel, params, day, steps)
    if not day.series["equity"]:
        yield (
            "The account was ruined on this date: it lost all it had; what its names lost and cost"
            " beyond that was not its own."
        )


def _why_no_book(panel: Panel, params: BookParams, row: int) -> str:
    source = row - params.execution_lag + 1
    if source < 0:
        return "the book traded at its close would be of a date before the first of the data set"
    if source >= len(panel.dates):
        return "the book traded at its close would be of a date after the last of the data set"
    every = {"weekly": "of each week", "monthly": "of each month"}
    which = every.get(str(params.rebalance), f"of every {params.rebalance} dates")
    return f"the book of {panel.dates[source]} is not traded, only that of the first date {which}"


def _notes_on_prices(
    panel: Panel, params: BookParams, day: Day, steps: Steps | None
) -> Iterator[str]:
    trades = day.trades
    closed = (trades.waited > params.max_stale) & ~trades.present
    kept = ~trades.present & (trades.held != 0.0) & ~closed
    yield from _about(panel, closed, "closed for want of a price")
    yield from _about(panel, kept, "without a price, kept at the last one")
    if steps is not None:
        unopened = ~trades.present & (trades.held == 0.0) & (steps.target != 0.0)
        yield from _about(panel, unopened, "in the book but without a price, not opened")


def _about(panel: Panel, which: Bools, what: str) -> Iterator[str]:
    symbols = [panel.symbols[i] for i in np.flatnonzero(which)]
    if symbols:
        more = f" and {len(symbols) - _NAMED} more" * (len(symbols) > _NAMED)
        plural = "s" * (len(symbols) != 1)
        yield f"{len(symbols)} position{plural} {what}: {', '.join(symbols[:_NAMED])}{more}."
