"""Operators over time: sums and averages, weighted or not, and the middle of the window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over, placed
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Build,
    Condition,
    Flag,
    Fraction,
    Series,
    Window,
    eg,
    forever,
    op,
    short,
    window,
)

TIME = Axis.TIME
Factor = Annotated[float, Meta(ge=0.01, le=1, description="weight per day", examples=[0.8, 0.9])]


@op(
    TIME,
    eg("ts_sum(x, 2)", [None, 3, 6], x=[1, 2, 4]),
    eg("ts_sum(x, 3)", [None, None, 5, None], x=[1, None, 4, None]),
    spec=over(math.fsum),
    aliases=("sum",),
    lookback=window,
    cost=2,
)
def ts_sum(x: Series, d: Window) -> Array:
    """Sum of the present values of the last d days; not scaled up for missing ones."""
    return k.sum_(x, d, k.min_count(d, 1))


@op(
    TIME,
    eg("ts_mean(x, 2)", [None, 1.5, 3], x=[1, 2, 4]),
    spec=over(m.mean),
    aliases=("ma", "sma", "mean"),
    lookback=window,
    weight=3,
    cost=2,
    signal=0.4,
    keeps=True,
)
def ts_mean(x: Series, d: Window) -> Array:
    """Mean of the last d days, today included."""
    return k.mean(x, d, k.min_count(d, 1))


@short(
    TIME,
    eg("ts_av_diff(x, 2)", [None, 0.5, 1], x=[1, 2, 4]),
    spec=m.against(m.mean, lambda x, mean: x - mean),
    lookback=window,
    cost=3,
)
def ts_av_diff(call: Build, x: Series, d: Window) -> Any:
    """Distance of today's value from the d-day mean: x - ts_mean(x, d)."""
    return call.sub(x, call.ts_mean(x, d))


def _sum_if(xs: Sequence[Maybe], conditions: Sequence[Maybe], days: int) -> Maybe:
    chosen = [None if c is None else x if c else 0 for x, c in zip(xs, conditions, strict=True)]
    result: Maybe = over(math.fsum)(chosen, days)
    return result


@short(
    TIME,
    eg("ts_sum_if(x, y > 0, 2)", [None, 2, 2], x=[1, 2, 4], y=[0, 1, -1]),
    spec=_sum_if,
    lookback=window,
    nonlinear=True,
    cost=3.5,
)
def ts_sum_if(call: Build, x: Series, cond: Condition, d: Window) -> Any:
    """Sum of the values of the last d days on which the condition was true (not 0)."""
    return call.ts_sum(call.if_else(cond, x, 0.0), d)


@op(
    TIME,
    eg("ts_median(x, 3)", [None, None, 2], x=[1, 9, 2]),
    spec=over(lambda xs: m.quantile(xs, 0.5)),
    lookback=window,
    weight=0.7,
    cost=3,
    nonlinear=True,
)
def ts_median(x: Series, d: Window) -> Array:
    """Middle value of the last d days; the mean of the two middle ones of an even number."""
    return k.quantile(x, d, k.min_count(d, 1), 0.5)


@op(
    TIME,
    eg("ts_quantile(x, 3, 0.25)", [None, None, 1.5], x=[1, 9, 2]),
    spec=over(m.quantile),
    lookback=window,
    weight=0.5,
    cost=3,
    nonlinear=True,
)
def ts_quantile(x: Series, d: Window, q: Fraction) -> Array:
    """The q-quantile of the last d days, linear between neighbouring values."""
    return k.quantile(x, d, k.min_count(d, 1), q)


@op(
    TIME,
    eg("ts_product(x, 2)", [None, 2, 8], x=[1, 2, 4]),
    spec=over(math.prod),
    aliases=("product",),
    lookback=window,
    weight=0.3,
    cost=2,
    nonlinear=True,
)
def ts_product(x: Series, d: Window) -> Array:
    """Product of the present values of the last d days."""
    return k.product(x, d, k.min_count(d, 1))


def _linear(pairs: Sequence[tuple[int, float]], days: int) -> float:
    total = math.fsum((days - ago) * x for ago, x in pairs)
    return total / sum(days - ago for ago, _ in pairs)


def _decay_linear(xs: Sequence[Maybe], days: int) -> Maybe:
    result: Maybe = placed(lambda pairs: _linear(pairs, days))(xs, days)
    return result


def _sparse(call: Build, x: Any, d: int, *, dense: Flag = 1) -> Any:  # noqa: ARG001 - it is 0
    return call.ts_decay_linear(call.fill(x, 0.0), d)


@op(
    TIME,
    eg("ts_decay_linear(x, 3)", [None, None, 6.5], x=[1, 4, 10]),
    eg("ts_decay_linear(x, 5)", [None, None, None, None, 13.2], x=[6, 5, 4, 5, 30]),
    eg("ts_decay_linear(x, 3, dense=0)", [None, None, 31 / 6], x=[1, None, 10]),
    spec=_decay_linear,
    aliases=("decay_linear",),
    expand=_sparse,
    lookback=window,
    signal=0.5,
    weight=2,
    cost=2,
    keeps=True,
)
def ts_decay_linear(x: Series, d: Window) -> Array:
    """Mean of the last d days with weights d (today), d - 1, ..., 1 over the present values.

    With dense=0 a missing one counts as 0.
    """
    return k.decay_linear(x, d, k.min_count(d, 1))


def _exponential(pairs: Sequence[tuple[int, float]], f: float) -> float:
    return math.fsum(f**ago * x for ago, x in pairs) / math.fsum(f**ago for ago, _ in pairs)


@op(
    TIME,
    eg("ts_decay_exp(x, 2, 0.5)", [None, 3, 6], x=[1, 4, 7]),
    spec=placed(_exponential),
    aliases=("decay_exp", "ts_decay_exp_window"),
    keywords={"factor": "f"},
    lookback=window,
    weight=0.7,
    cost=2,
)
def ts_decay_exp(x: Series, d: Window, f: Factor) -> Array:
    """Mean of the last d days with weights 1 (today), f, f^2, ... over the present values."""
    return k.decay_exp(x, d, k.min_count(d, 1), f)


@op(
    TIME,
    eg("ts_ema(x, 3)", [1, 2, None, 3], x=[1, 3, None, 4]),
    spec=lambda xs, span: m.smoothed(xs, 2 / (span + 1)),
    aliases=("ema",),
    lookback=forever,
    weight=1.5,
    cost=2,
    signal=0.3,
    keeps=True,
    missing="Missing where today is; a missing day leaves the average as it was.",
)
def ts_ema(x: Series, span: Window) -> Array:
    """Exponential average with alpha = 2 / (span + 1), from the first value on.

    y = alpha x + (1 - alpha) y of the day before. A missing day gives missing and leaves the state
    unchanged. Depends on all history.
    """
    return k.ema(x, 2.0 / (span + 1.0))
