"""Operators over time that count days or remember values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Build,
    Condition,
    Fraction,
    Series,
    Value,
    Window,
    eg,
    forever,
    op,
    short,
    window,
)

TIME = Axis.TIME
Place = Annotated[int, Meta(ge=1, le=100, description="1 = latest", examples=[2, 3])]
Positive = Annotated[float, Meta(ge=0, le=100, description="std")]


@op(
    TIME,
    eg("ts_count(x > 1, 2)", [None, 1, 2], x=[1, 2, 3]),
    spec=over(lambda xs: sum(x != 0 for x in xs)),
    lookback=window,
    weight=0.7,
    cost=2,
    nonlinear=True,
)
def ts_count(cond: Condition, d: Window) -> Array:
    """On how many of the last d days the condition was true (not 0)."""
    return k.sum_(k.ne(cond, 0.0), d, k.min_count(d, 1))


@short(
    TIME,
    eg("ts_count_missing(x, 3)", [None, None, 1, 2], x=[1, None, 3, None]),
    spec=lambda xs, d: xs[-d:].count(None) if len(xs) >= d else None,
    aliases=("ts_count_nans", "ts_count_nulls"),
    lookback=window,
    nonlinear=True,
    cost=3,
)
def ts_count_missing(call: Build, x: Series, d: Window) -> Any:
    """On how many of the last d days the value is missing."""
    return call.ts_sum(call.is_missing(x), d)


@short(
    TIME,
    eg("ts_step(x)", [0, 1, 2], x=[5, None, 5]),
    spec=lambda xs: len(xs) - 1,
    lookback=forever,
    nonlinear=True,
    cost=4,
    missing="Never missing.",
)
def ts_step(call: Build, x: Series) -> Any:
    """Days since the first date of the data set, whatever x is: 0, 1, 2 and so on."""
    return call.ts_days_since_change(call.mul(call.is_missing(x), 0.0))


def _earlier_one(call: Build, x: Any, d: int, *, k: Place = 1) -> Any:
    return call.ts_kth(x, d, k)


@op(
    TIME,
    eg("ts_backfill(x, 2)", [1, 1, None, 3], x=[1, None, None, 3]),
    eg("ts_backfill(x, 4, k=2)", [None, None, None, 1], x=[1, None, None, 3]),
    spec=lambda xs, d: next((x for x in reversed(xs[-d:]) if x is not None), None),
    expand=_earlier_one,
    keywords={"lookback": "d"},
    lookback=window,
    weight=0.2,
    missing="Missing where none of the days has a value; needs no full window.",
)
def ts_backfill(x: Series, d: Window) -> Array:
    """The latest known value of the last d days, today included; needs no full window.

    With k the k-th latest.
    """
    return k.backfill(x, d)


def _days(x: Array) -> Array:
    """Days since the first date, in every cell."""
    return k.days_since_change(k.mul(k.is_missing(x), 0.0))


def _before(x: Array, where: Array, d: int) -> Array:
    """On the days of `where` the latest known x before, no more than d days ago."""
    return k.where(where, k.lag(k.backfill(x, d), 1), math.nan)


def _kth(xs: Sequence[Maybe], d: int, k: int) -> Maybe:
    known = [x for x in reversed(xs[-d:]) if x is not None]
    return known[k - 1] if len(known) >= k else None


def _latest(call: Build, x: Any, d: int, k: int) -> Any:
    return call.ts_backfill(x, d) if k == 1 else None


@op(
    TIME,
    eg("ts_kth(x, 4, 2)", [None, None, 1, 3], x=[1, None, 3, 4]),
    spec=_kth,
    aliases=("kth_element", "kth_valid"),
    expand=_latest,
    lookback=window,
    weight=0.1,
    cost=2,
    missing="Missing where fewer than k of the days have a value; needs no full window.",
)
def ts_kth(x: Series, d: Window, k_: Place) -> Array:
    """The k-th latest known value of the last d days, today included; needs no full window.

    k = 1 is ts_backfill.
    """
    known = k.not_(k.is_missing(x))
    days = _days(x)
    value, day = x, k.where(known, days, math.nan)
    for _ in range(k_ - 1):
        value, day = _before(value, known, d), _before(day, known, d)
    recent = k.lt(k.sub(days, k.backfill(day, d)), float(d))
    return k.where(k.fill(recent, 0.0), k.backfill(value, d), math.nan)


def _last_other(xs: Sequence[Maybe], d: int) -> Maybe:
    others = (x for x in reversed(xs[-d:]) if x is not None and x != xs[-1])
    return None if xs[-1] is None else next(others, None)


@op(
    TIME,
    eg("ts_last_diff(x, 3)", [None, 1, 1, None], x=[1, 2, 2, 2]),
    spec=_last_other,
    aliases=("last_diff_value", "ts_last_diff_value"),
    lookback=window,
    weight=0.1,
    cost=2.5,
    nonlinear=True,
)
def ts_last_diff(x: Series, d: Window) -> Array:
    """The latest value of the last d days that is not today's; needs no full window."""
    days = _days(x)
    changed = k.eq(k.days_since_change(x), 0.0)
    day = _before(k.add(days, k.mul(x, 0.0)), changed, d)
    recent = k.lt(k.sub(days, k.backfill(day, d)), float(d))
    value = k.backfill(_before(x, changed, d), d)
    return k.where(k.add(k.fill(recent, 0.0), k.mul(x, 0.0)), value, math.nan)


def _since_change(xs: Sequence[Maybe]) -> Maybe:
    if xs[-1] is None:
        return None
    days = 0
    for ago, x in enumerate(reversed(xs)):
        if x is not None:
            if x != xs[-1]:
                break
            days = ago
    return float(days)


@op(
    TIME,
    eg("ts_days_since_change(x)", [0, 1, None, 3, 0], x=[2, 2, None, 2, 5]),
    spec=_since_change,
    aliases=("days_from_last_change",),
    lookback=forever,
    weight=0.2,
    cost=2,
    nonlinear=True,
    missing="Missing where today is; missing days are counted and otherwise skipped.",
)
def ts_days_since_change(x: Series) -> Array:
    """Days since the value last changed, 0 on the day of the change and on the first day.

    Missing days are skipped, but counted. Depends on all history.
    """
    return k.days_since_change(x)


def _softened(xs: Sequence[Maybe], days: int, sensitivity: float, force: float) -> Maybe:
    before = xs[-2] if len(xs) > 1 else None
    spread: Maybe = over(lambda known: m.std(known, 1), 2)(xs, days)
    if xs[-1] is None or before is None or spread is None:
        return None
    jump = xs[-1] - before
    return before + jump * force if abs(jump) > sensitivity * spread else xs[-1]


@short(
    TIME,
    eg("jump_decay(x, 3)", [None, None, 2.8], x=[1, 2, 10]),
    spec=_softened,
    lookback=lambda d, *_: max(d - 1, 1),
    minimum=2,
    nonlinear=True,
    cost=11.5,
)
def jump_decay(
    call: Build, x: Series, d: Window, sensitivity: Positive = 0.5, force: Fraction = 0.1
) -> Any:
    """x, but of a jump only the share `force`.

    A jump is a change since yesterday by more than `sensitivity` times ts_std(x, d).
    """
    jump = call.ts_delta(x, 1)
    large = call.gt(call.abs(jump), call.mul(call.ts_std(x, d), sensitivity))
    return call.if_else(large, call.add(call.lag(x, 1), call.mul(jump, force)), x)


def _holding(enter: Sequence[Maybe], x: Sequence[Maybe], leave: Sequence[Maybe]) -> Maybe:
    for go, value, stop in zip(reversed(enter), reversed(x), reversed(leave), strict=True):
        if stop is not None and stop > 0:
            return None
        if go is not None and go > 0:
            return value
    return None


@op(
    TIME,
    eg("trade_when(y > 0, x, y < 0)", [1, 1, None], x=[1, 2, 3], y=[1, 0, -1]),
    eg("trade_when(y > 0, x, -1)", [1, 1, 3], x=[1, 2, 3], y=[1, 0, 1]),
    spec=_holding,
    lookback=forever,
    signal=0.3,
    weight=0.5,
    cost=3,
    nonlinear=True,
    keeps=True,
    missing="A missing condition is a no; missing before the first entry and after an exit.",
)
def trade_when(enter: Condition, x: Value, exit: Value) -> Array:  # noqa: A002 - its known name
    """The value x of days with enter > 0, held until the next such day.

    Missing from a day with exit > 0 on.
    A missing condition counts as no. Depends on all history. `exit` may be -1: never.
    """
    return k.trade_when(enter, x, exit)
