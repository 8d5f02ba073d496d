"""Operators over time, one symbol at a time: today and earlier dates, never a later one.

A window of d days ends today and counts dates of the data set. Its value exists when d dates exist
and at least half of the values, and never fewer than the operator's minimum, are present; missing
ones are skipped. Operators about today's value are missing when that is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over, placed, together
from engine.dsl.ops.registry import (
    MAX_DAYS,
    Array,
    Axis,
    Condition,
    Flag,
    Lag,
    Series,
    Value,
    Window,
    eg,
    forever,
    op,
    steps,
    window,
)

TIME = Axis.TIME
Fraction = Annotated[float, Meta(ge=0, le=1, description="0 to 1", examples=[0.1, 0.25, 0.75, 0.9])]
Factor = Annotated[float, Meta(ge=0.01, le=1, description="weight per day", examples=[0.8, 0.9])]
Ddof = Annotated[int, Meta(ge=0, le=1, description="0 = population, 1 = sample")]
Least = Annotated[int, Meta(ge=2, le=MAX_DAYS, description="least number of days with both")]


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


@op(
    TIME,
    eg("ts_return(x, 1)", [None, 1, -0.5], x=[1, 2, 1]),
    spec=_ago(lambda now, then: now / then - 1),
    aliases=("ret_n", "ts_returns"),
    lookback=steps,
    signal=2,
    weight=3,
    nonlinear=True,
)
def ts_return(x: Series, d: Lag) -> Array:
    """Relative change over d days: x / lag(x, d) - 1."""
    return k.ret(x, d)


# Sums and averages


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


@op(
    TIME,
    eg("ts_decay_linear(x, 3)", [None, None, 6.5], x=[1, 4, 10]),
    eg("ts_decay_linear(x, 5)", [None, None, None, None, 13.2], x=[6, 5, 4, 5, 30]),
    spec=_decay_linear,
    aliases=("decay_linear",),
    lookback=window,
    signal=0.5,
    weight=2,
    cost=2,
    keeps=True,
)
def ts_decay_linear(x: Series, d: Window) -> Array:
    """Mean of the last d days with weights d (today), d - 1, ..., 1 over the present values."""
    return k.decay_linear(x, d, k.min_count(d, 1))


def _exponential(pairs: Sequence[tuple[int, float]], f: float) -> float:
    return math.fsum(f**ago * x for ago, x in pairs) / math.fsum(f**ago for ago, _ in pairs)


@op(
    TIME,
    eg("ts_decay_exp(x, 2, 0.5)", [None, 3, 6], x=[1, 4, 7]),
    spec=placed(_exponential),
    aliases=("decay_exp",),
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
)
def ts_ema(x: Series, span: Window) -> Array:
    """Exponential average with alpha = 2 / (span + 1), from the first value on.

    y = alpha x + (1 - alpha) y of the day before. A missing day gives missing and leaves the state
    unchanged. Depends on all history.
    """
    return k.ema(x, 2.0 / (span + 1.0))


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


@op(
    TIME,
    eg("ts_rank(x, 3)", [None, None, 0.5], x=[0, 200, 100]),
    eg("ts_rank(x, 2, percent=1)", [None, 1, 0.75], x=[1, 3, 3]),
    spec=over(lambda xs, percent: m.unit_ranks(xs, percent)[-1], today=True),
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


@op(
    TIME,
    eg("ts_scale(x, 3)", [None, None, 0.25], x=[1, 5, 2]),
    spec=over(lambda xs: (xs[-1] - min(xs)) / (max(xs) - min(xs)), today=True),
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


# Two series


def _corr(xs: Sequence[Maybe], ys: Sequence[Maybe], days: int, least: int) -> Maybe:
    result: Maybe = together(m.correlation, least)(xs, ys, days)
    return result


@op(
    TIME,
    eg("ts_corr(x, y, 3)", [None, None, 1], x=[1, 2, 3], y=[2, 4, 6]),
    eg("ts_corr(x, y, 3)", [None, None, None], x=[1, 2, 3], y=[5, 5, 5]),
    spec=_corr,
    aliases=("correlation", "corr"),
    lookback=window,
    minimum=3,
    commutative=True,
    signal=1,
    weight=2,
    cost=4,
    nonlinear=True,
)
def ts_corr(x: Series, y: Series, d: Window, least: Least = 3) -> Array:
    """Pearson correlation over the last d days on which both are present.

    Missing where either has no variance.
    """
    return k.corr(x, y, d, k.min_count(d, least))


@op(
    TIME,
    eg("ts_cov(x, y, 3)", [None, None, 2], x=[1, 2, 3], y=[2, 4, 6]),
    spec=together(lambda xs, ys: m.products(xs, ys) / (len(xs) - 1), 2),
    aliases=("covariance", "ts_covariance"),
    lookback=window,
    minimum=2,
    commutative=True,
    signal=0.1,
    weight=0.7,
    cost=4,
    nonlinear=True,
)
def ts_cov(x: Series, y: Series, d: Window) -> Array:
    """Covariance (ddof 1) over the last d days on which both are present."""
    return k.cov(x, y, d, k.min_count(d, 2))


@op(
    TIME,
    eg("ts_beta(y, x, 3)", [None, None, 2], x=[1, 2, 3], y=[2, 4, 6]),
    spec=together(m.slope, 3),
    lookback=window,
    minimum=3,
    weight=0.7,
    cost=4,
    nonlinear=True,
)
def ts_beta(y: Series, x: Series, d: Window) -> Array:
    """Slope of y on x with intercept, over the last d days on which both are present."""
    return k.beta(y, x, d, k.min_count(d, 3))


@op(
    TIME,
    eg("ts_resid(y, x, 3)", [None, None, 0.5], x=[0, 1, 2], y=[0, 0, 3]),
    spec=together(lambda ys, xs: m.residuals(ys, xs)[-1], 3, today=True),
    lookback=window,
    minimum=3,
    signal=1,
    weight=0.7,
    cost=4,
    nonlinear=True,
)
def ts_resid(y: Series, x: Series, d: Window) -> Array:
    """Today's y minus its value on the line fitted to x and y over the last d days."""
    return k.resid(y, x, d, k.min_count(d, 3))


@op(
    TIME,
    eg("ts_regression_r2(y, x, 3)", [None, None, 0.75], x=[0, 1, 2], y=[0, 0, 3]),
    spec=together(lambda ys, xs: m.correlation(xs, ys) ** 2, 3),
    lookback=window,
    minimum=3,
    weight=0.3,
    cost=4,
    nonlinear=True,
)
def ts_regression_r2(y: Series, x: Series, d: Window) -> Array:
    """Share of the variance of y that a line in x explains over the last d days (R squared)."""
    return k.r2(y, x, d, k.min_count(d, 3))


def _spread_zscore(a: Sequence[Maybe], b: Sequence[Maybe], days: int) -> Maybe:
    spread = [None if x is None or y is None else x - y for x, y in zip(a, b, strict=True)]
    result: Maybe = over(lambda xs: m.zscores(xs)[-1], 2, today=True)(spread, days)
    return result


@op(
    TIME,
    eg("ts_spread_zscore(x, y, 3)", [None, None, math.sqrt(1.5)], x=[2, 4, 6], y=[1, 1, 1]),
    spec=_spread_zscore,
    aliases=("spread_zscore",),
    lookback=window,
    minimum=2,
    signal=1,
    weight=0.7,
    cost=4,
    nonlinear=True,
)
def ts_spread_zscore(a: Series, b: Series, d: Window) -> Array:
    """ts_zscore(a - b, d): how unusual today's difference is.

    For a ratio of prices give logarithms: ts_spread_zscore(log(a), log(b), 20).
    """
    return k.zscore(k.sub(a, b), d, k.min_count(d, 2))


# Counting and remembering


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


@op(
    TIME,
    eg("ts_backfill(x, 2)", [1, 1, None, 3], x=[1, None, None, 3]),
    spec=lambda xs, d: next((x for x in reversed(xs[-d:]) if x is not None), None),
    lookback=window,
    weight=0.2,
)
def ts_backfill(x: Series, d: Window) -> Array:
    """The latest known value of the last d days, today included; needs no full window."""
    return k.backfill(x, d)


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
)
def ts_days_since_change(x: Series) -> Array:
    """Days since the value last changed, 0 on the day of the change and on the first day.

    Missing days are skipped, but counted. Depends on all history.
    """
    return k.days_since_change(x)


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
)
def trade_when(enter: Condition, x: Value, exit: Value) -> Array:  # noqa: A002 - its known name
    """The value x of days with enter > 0, held until the next such day.

    Missing from a day with exit > 0 on.
    A missing condition counts as no. Depends on all history. `exit` may be -1: never.
    """
    return k.trade_when(enter, x, exit)


# Indicators


def _wilder(xs: Sequence[Maybe], days: int) -> Maybe:
    """Wilder's average once the window rule holds for its input."""
    if over(m.mean)(xs, days) is None:
        return None
    return m.smoothed(xs, 1 / days)


def _averaged(x: Array, d: int) -> Array:
    """Wilder's average: alpha = 1/d, from the first value on, shown once d dates allow a window."""
    seen = k.mul(k.sum_(x, d, k.min_count(d, 1)), 0.0)
    return k.add(k.ema(x, 1.0 / d), seen)


def _rsi(xs: Sequence[Maybe], days: int) -> Maybe:
    moves = m.changes(xs)
    up = _wilder([None if v is None else max(v, 0.0) for v in moves], days)
    down = _wilder([None if v is None else max(-v, 0.0) for v in moves], days)
    if up is None or down is None:
        return None
    return m.attempt(lambda: 100 * up / (up + down))


@op(
    TIME,
    eg("rsi(x, 2)", [None, 100, 50, 75], x=[1, 2, 1, 2]),
    spec=_rsi,
    lookback=forever,
    weight=0.7,
    cost=4,
    nonlinear=True,
)
def rsi(x: Series, d: Window) -> Array:
    """Wilder's relative strength index, 0 to 100: 100 up / (up + down).

    up and down are averages of the rises and falls from one day to the next, with Wilder's
    smoothing: alpha = 1/d, started at the first change (not at a mean of the first d). Shown once
    d dates exist and half of the last d changes are known; missing where nothing has ever moved.
    Depends on all history.
    """
    moves = k.delta(x, 1)
    up = _averaged(k.max2(moves, 0.0), d)
    down = _averaged(k.max2(k.neg(moves), 0.0), d)
    return k.mul(k.div(up, k.add(up, down)), 100.0)


_true_range = m.strict(lambda hi, lo, was: max(hi - lo, abs(hi - was), abs(lo - was)))


def _atr(high: Sequence[Maybe], low: Sequence[Maybe], close: Sequence[Maybe], days: int) -> Maybe:
    before = [None, *close[:-1]]
    days_of = zip(high, low, before, strict=True)
    ranges = [_true_range(*day) for day in days_of]
    return _wilder(ranges, days)


@op(
    TIME,
    eg("atr(x, y, z, 2)", [None, 3, 2.5], x=[5, 7, 8], y=[4, 5, 6], z=[4, 6, 7]),
    spec=_atr,
    lookback=forever,
    weight=0.3,
    cost=4,
    nonlinear=True,
)
def atr(high: Series, low: Series, close: Series, d: Window) -> Array:
    """Wilder's average true range.

    The true range is max(high - low, |high - c|, |low - c|) with c the close of the day before;
    missing where one of the three is, so on the first day. Wilder's smoothing: alpha = 1/d, started
    at the first true range (not at a mean of the first d). Shown once d dates exist and half of the
    last d ranges are known. Depends on all history.
    """
    before = k.lag(close, 1)
    gaps = k.max2(k.abs_(k.sub(high, before)), k.abs_(k.sub(low, before)))
    return _averaged(k.max2(k.sub(high, low), gaps), d)


def _below_ma(xs: Sequence[Maybe], days: int, pct: float) -> Maybe:
    average = over(m.mean)(xs, days)
    if average is None or xs[-1] is None:
        return None
    return float(xs[-1] < average * (1 - pct))


@op(
    TIME,
    eg("below_ma(x, 2, 0.1)", [None, 0, 1], x=[10, 9, 7]),
    spec=_below_ma,
    aliases=("below_ma_pct",),
    lookback=window,
    boolean=True,
    weight=0.5,
    cost=2.5,
    nonlinear=True,
)
def below_ma(x: Series, d: Window, pct: Fraction = 0.0) -> Array:
    """Whether x is more than the fraction pct below its d-day mean: x < (1 - pct) ts_mean(x, d).

    0.05 means 5 %.
    """
    return k.lt(x, k.mul(k.mean(x, d, k.min_count(d, 1)), 1.0 - pct))
