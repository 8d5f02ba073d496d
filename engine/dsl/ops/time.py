"""Operators over time, one symbol at a time: today and earlier dates, never a later one.

A window of d days ends today and counts dates of the data set. Its value exists when d dates exist
and at least half of the values, and never fewer than the operator's minimum, are present; missing
ones are skipped. Operators about today's value are missing when that is. Here: looking
back, spread and place within the window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over, placed
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Build,
    Flag,
    Fraction,
    Lag,
    Series,
    Shift,
    Window,
    eg,
    op,
    short,
    steps,
    window,
    yesterday,
)

TIME = Axis.TIME
Factor = Annotated[float, Meta(ge=0.01, le=1, description="weight per day", examples=[0.8, 0.9])]
Ddof = Annotated[int, Meta(ge=0, le=1, description="0 = population, 1 = sample")]
Mode = Annotated[int, Meta(ge=1, le=2, description="1 = earlier, 2 = middle")]
Times = Annotated[float, Meta(description="factor")]


# Looking back


def _ago(function: m.Spec) -> m.Spec:
    """A spec of today's value and that of some days ago."""

    def spec(xs: Sequence[Maybe], days: int) -> Maybe:
        if len(xs) <= days or xs[-1] is None or xs[-1 - days] is None:
            return None
        return m.attempt(function, xs[-1], xs[-1 - days])

    return spec


@op(
    TIME,
    eg("lag(x, 1)", [None, 1, 2], x=[1, 2, 4]),
    spec=lambda xs, d: xs[-1 - d] if len(xs) > d else None,
    aliases=("delay", "ts_delay"),
    lookback=steps,
    weight=2,
    signal=0.2,
    keeps=True,
    missing="Missing where the value of that day is.",
)
def lag(x: Series, d: Lag) -> Array:
    """The value d days ago."""
    return k.lag(x, d)


@op(
    TIME,
    eg("ts_delta(x, 1)", [None, 1, 2], x=[1, 2, 4]),
    spec=_ago(lambda now, then: now - then),
    aliases=("delta",),
    lookback=steps,
    signal=0.3,
    weight=2,
)
def ts_delta(x: Series, d: Lag) -> Array:
    """Change over d days: x - lag(x, d)."""
    return k.delta(x, d)


def _as_moded(call: Build, x: Any, d: int, *, mode: Mode = 1) -> Any:
    middle = call.mul(call.add(x, call.lag(x, d)), 0.5) if mode == 2 else call.lag(x, d)
    return call.div(call.ts_delta(x, d), middle)


@op(
    TIME,
    eg("ts_return(x, 1)", [None, 1, -0.5], x=[1, 2, 1]),
    eg("ts_return(x, 1, mode=2)", [None, 2 / 3, -2 / 3], x=[1, 2, 1]),
    spec=_ago(lambda now, then: now / then - 1),
    aliases=("ret_n", "ts_returns"),
    expand=_as_moded,
    lookback=steps,
    signal=2,
    weight=3,
    nonlinear=True,
)
def ts_return(x: Series, d: Lag) -> Array:
    """Relative change over d days: x / lag(x, d) - 1.

    With mode=2 relative to the mean of the two values.
    """
    return k.ret(x, d)


@short(
    TIME,
    eg("ts_log_return(x, 1)", [None, math.log(2), -math.log(4)], x=[1, 2, 0.5]),
    spec=_ago(lambda now, then: math.log(now) - math.log(then)),
    aliases=("ts_log_diff", "log_diff"),
    lookback=steps,
    nonlinear=True,
    cost=2.5,
)
def ts_log_return(call: Build, x: Series, d: Lag = 1) -> Any:
    """Change of the logarithm over d days: ts_delta(log(x), d)."""
    return call.ts_delta(call.log(x), d)


@short(
    TIME,
    eg("ts_weighted_delay(x, 0.75)", [None, 1.75, 3.5], x=[1, 2, 4]),
    spec=lambda xs, k: _ago(lambda now, then: k * now + (1 - k) * then)(xs, 1),
    lookback=yesterday,
    cost=4,
)
def ts_weighted_delay(call: Build, x: Series, k: Fraction = 0.5) -> Any:
    """Between today's value and yesterday's: k x + (1 - k) lag(x, 1)."""
    return call.add(call.mul(x, k), call.mul(call.lag(x, 1), 1.0 - k))


# Spread and place within the window


@op(
    TIME,
    eg("ts_std(x, 3)", [None, None, 2], x=[1, 3, 5]),
    eg("ts_std(x, 2, ddof=0)", [None, 1, 1], x=[1, 3, 5]),
    spec=over(m.std, 2),
    aliases=("stddev", "ts_std_dev"),
    lookback=window,
    minimum=2,
    weight=2,
    cost=2,
    nonlinear=True,
)
def ts_std(x: Series, d: Window, ddof: Ddof = 1) -> Array:
    """Standard deviation of the last d days, divisor n - ddof; 0 where all values are equal."""
    return k.std(x, d, k.min_count(d, 2), ddof)


@op(
    TIME,
    eg("ts_zscore(x, 3)", [None, None, math.sqrt(1.5)], x=[1, 3, 5]),
    spec=over(lambda xs: m.zscores(xs)[-1], 2, today=True),
    aliases=("ts_z",),
    lookback=window,
    minimum=2,
    signal=2,
    weight=2,
    cost=3,
    nonlinear=True,
)
def ts_zscore(x: Series, d: Window) -> Array:
    """Today's distance from the d-day mean in standard deviations (ddof 0).

    Missing where the window has no variance.
    """
    return k.zscore(x, d, k.min_count(d, 2))


@short(
    TIME,
    eg("ts_ir(x, 3)", [None, None, 1.5], x=[1, 3, 5]),
    spec=over(lambda xs: m.mean(xs) / m.std(xs, 1), 2),
    lookback=window,
    minimum=2,
    nonlinear=True,
    cost=5,
)
def ts_ir(call: Build, x: Series, d: Window) -> Any:
    """Mean of the last d days in standard deviations: ts_mean(x, d) / ts_std(x, d)."""
    return call.div(call.ts_mean(x, d), call.ts_std(x, d))


@op(
    TIME,
    eg("ts_min(x, 2)", [None, 1, 2], x=[1, 3, 2]),
    spec=over(min),
    lookback=window,
    cost=2,
    nonlinear=True,
)
def ts_min(x: Series, d: Window) -> Array:
    """Smallest of the last d days, today included."""
    return k.min_(x, d, k.min_count(d, 1))


@op(
    TIME,
    eg("ts_max(x, 2)", [None, 3, 3], x=[1, 3, 2]),
    spec=over(max),
    lookback=window,
    cost=2,
    nonlinear=True,
)
def ts_max(x: Series, d: Window) -> Array:
    """Largest of the last d days, today included."""
    return k.max_(x, d, k.min_count(d, 1))


@short(
    TIME,
    eg("ts_range(x, 2)", [None, 2, 1], x=[1, 3, 2]),
    spec=over(lambda xs: max(xs) - min(xs)),
    lookback=window,
    nonlinear=True,
    cost=5,
)
def ts_range(call: Build, x: Series, d: Window) -> Any:
    """Largest less smallest of the last d days."""
    return call.sub(call.ts_max(x, d), call.ts_min(x, d))


@short(
    TIME,
    eg("ts_max_diff(x, 2)", [None, 0, -1], x=[1, 3, 2]),
    spec=m.against(max, lambda x, most: x - most),
    lookback=window,
    nonlinear=True,
    cost=3,
)
def ts_max_diff(call: Build, x: Series, d: Window) -> Any:
    """Distance of today's value from the largest of the last d days."""
    return call.sub(x, call.ts_max(x, d))


@short(
    TIME,
    eg("ts_min_diff(x, 2)", [None, 2, 0], x=[1, 3, 2]),
    spec=m.against(min, lambda x, least: x - least),
    lookback=window,
    nonlinear=True,
    cost=3,
)
def ts_min_diff(call: Build, x: Series, d: Window) -> Any:
    """Distance of today's value from the smallest of the last d days."""
    return call.sub(x, call.ts_min(x, d))


def _ends(xs: Sequence[float]) -> float:
    return min(xs) + max(xs)


@short(
    TIME,
    eg("ts_min_max_diff(x, 2)", [None, 1, -0.5], x=[1, 3, 2]),
    spec=m.against(_ends, lambda x, ends, f: x - f * ends),
    lookback=window,
    nonlinear=True,
    cost=7,
)
def ts_min_max_diff(call: Build, x: Series, d: Window, f: Times = 0.5) -> Any:
    """Distance of today's value from the middle: x - f (ts_min(x, d) + ts_max(x, d))."""
    return call.sub(x, call.mul(call.add(call.ts_min(x, d), call.ts_max(x, d)), f))


@short(
    TIME,
    eg("ts_min_max_cps(x, 2)", [None, -2, 1], x=[1, 3, 2]),
    spec=m.against(_ends, lambda x, ends, f: ends - f * x),
    lookback=window,
    nonlinear=True,
    cost=7,
)
def ts_min_max_cps(call: Build, x: Series, d: Window, f: Times = 2.0) -> Any:
    """Distance from today's value to the ends of the window: ts_min(x, d) + ts_max(x, d) - f x."""
    return call.sub(call.add(call.ts_min(x, d), call.ts_max(x, d)), call.mul(x, f))


def _extreme(sign: int) -> m.Spec:
    """Days since the largest (sign 1) or smallest (-1); the last date counted decides a tie."""

    def ago(pairs: Sequence[tuple[int, float]], oldest: int = 0) -> int:
        best = max(sign * x for _, x in pairs)
        places = [ago for ago, x in pairs if sign * x == best]
        return places[-1] if oldest else places[0]

    return placed(ago, today=True)


@op(
    TIME,
    eg("ts_arg_max(x, 6)", [None] * 5 + [4], x=[4, 9, 5, 8, 2, 6]),
    eg("ts_arg_max(x, 2)", [None, 0, 0], x=[1, 3, 3]),
    spec=_extreme(1),
    aliases=("ts_argmax",),
    lookback=window,
    cost=2.5,
    nonlinear=True,
)
def ts_arg_max(x: Series, d: Window, oldest: Flag = 0) -> Array:
    """Days since the largest of the last d days, 0 = today.

    Of equal ones the most recent counts, or the oldest.
    """
    return k.arg_max(x, d, k.min_count(d, 1), bool(oldest))


@op(
    TIME,
    eg("ts_arg_min(x, 6)", [None] * 5 + [1], x=[4, 9, 5, 8, 2, 6]),
    eg("ts_arg_min(x, 2, oldest=1)", [None, 0, 1], x=[3, 1, 1]),
    spec=_extreme(-1),
    aliases=("ts_argmin",),
    lookback=window,
    cost=2.5,
    nonlinear=True,
)
def ts_arg_min(x: Series, d: Window, oldest: Flag = 0) -> Array:
    """Days since the smallest of the last d days, 0 = today.

    Of equal ones the most recent counts, or the oldest.
    """
    return k.arg_min(x, d, k.min_count(d, 1), bool(oldest))


def _rank_plus(call: Build, x: Any, d: int, percent: int, *, constant: Shift = 0.0) -> Any:
    return call.add(call.ts_rank(x, d, percent), constant)


@op(
    TIME,
    eg("ts_rank(x, 3)", [None, None, 0.5], x=[0, 200, 100]),
    eg("ts_rank(x, 2, percent=1)", [None, 1, 0.75], x=[1, 3, 3]),
    spec=over(lambda xs, percent: m.unit_ranks(xs, percent)[-1], today=True),
    expand=_rank_plus,
    lookback=window,
    weight=2,
    cost=3,
    nonlinear=True,
)
def ts_rank(x: Series, d: Window, percent: Flag = 0) -> Array:
    """Place of today's value among the last d days, from 0 (lowest) to 1; a single value has 0.5.

    (average rank - 1) / (n - 1), or rank / n with `percent`.
    """
    return k.ts_rank(x, d, k.min_count(d, 1), bool(percent))


def _normal_score(xs: Sequence[float]) -> float:
    """The normal quantile of the rank, moved away from 0 and 1 by 1/n."""
    n = len(xs)
    return NormalDist().inv_cdf(1 / n + m.unit_ranks(xs)[-1] * (1 - 2 / n)) if n > 2 else 0.0


@op(
    TIME,
    eg("ts_normal_score(x, 4)", [None] * 3 + [-NormalDist().inv_cdf(1 / 4)], x=[1, 2, 3, 4]),
    spec=over(_normal_score, today=True),
    lookback=window,
    signal=0.5,
    weight=0.2,
    cost=3.5,
    nonlinear=True,
)
def ts_normal_score(x: Series, d: Window) -> Array:
    """Gaussian score of today's place: the normal quantile of 1/n + r (1 - 2/n), r = ts_rank(x, d).

    n is the number of present values; 0 where it is 1 or 2.
    """
    mp = k.min_count(d, 1)
    rank = k.ts_rank(x, d, mp, False)
    n = k.sum_(k.not_(k.is_missing(x)), d, mp)
    inside = k.max2(k.sub(1.0, k.div(2.0, n)), 0.0)
    return k.normal_score(k.mul(k.sub(rank, 0.5), inside))


def _scale_plus(call: Build, x: Any, d: int, *, constant: Shift = 0.0) -> Any:
    return call.add(call.ts_scale(x, d), constant)


@op(
    TIME,
    eg("ts_scale(x, 3)", [None, None, 0.25], x=[1, 5, 2]),
    eg("ts_scale(x, 3, constant=1)", [None, None, 1.25], x=[1, 5, 2]),
    spec=over(lambda xs: (xs[-1] - min(xs)) / (max(xs) - min(xs)), today=True),
    expand=_scale_plus,
    lookback=window,
    cost=2.5,
    nonlinear=True,
)
def ts_scale(x: Series, d: Window) -> Array:
    """(x - min) / (max - min) of the last d days; missing where they are all equal."""
    return k.scale(x, d, k.min_count(d, 1))


def _skew(xs: Sequence[float]) -> float:
    n, dev = len(xs), m.deviations(xs)
    if m.flat(xs):
        raise ZeroDivisionError
    spread = math.sqrt(m.squares(dev) / n)
    g = math.fsum((x / spread) ** 3 for x in dev) / n
    return math.sqrt(n * (n - 1)) / (n - 2) * g


@op(
    TIME,
    eg("ts_skew(x, 3)", [None, None, math.sqrt(3)], x=[0, 0, 3]),
    spec=over(_skew, 3),
    aliases=("ts_skewness",),
    lookback=window,
    minimum=3,
    signal=0.3,
    weight=0.5,
    cost=3,
    nonlinear=True,
)
def ts_skew(x: Series, d: Window) -> Array:
    """Skewness of the last d days, bias-corrected (G1); missing without variance."""
    return k.skew(x, d, k.min_count(d, 3))


def _kurt(xs: Sequence[float]) -> float:
    n, dev = len(xs), m.deviations(xs)
    if m.flat(xs):
        raise ZeroDivisionError
    g = n * math.fsum(x**4 for x in dev) / m.squares(dev) ** 2 - 3
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g + 6)


@op(
    TIME,
    eg("ts_kurt(x, 4)", [None] * 3 + [4], x=[0, 0, 0, 3]),
    spec=over(_kurt, 4),
    aliases=("ts_kurtosis",),
    lookback=window,
    minimum=4,
    weight=0.3,
    cost=3,
    nonlinear=True,
)
def ts_kurt(x: Series, d: Window) -> Array:
    """Excess kurtosis of the last d days, bias-corrected (G2); missing without variance."""
    return k.kurt(x, d, k.min_count(d, 4))
