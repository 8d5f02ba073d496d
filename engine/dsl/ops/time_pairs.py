"""Operators over time that look at two series of a symbol."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over, together
from engine.dsl.ops.registry import (
    MAX_DAYS,
    Array,
    Axis,
    Build,
    Lag,
    Series,
    Window,
    eg,
    op,
    short,
    window,
)

TIME = Axis.TIME
Least = Annotated[int, Meta(ge=2, le=MAX_DAYS, description="least number of days with both")]
Rettype = Annotated[
    int,
    Meta(
        ge=0,
        le=9,
        description="0 = residual, 1 = intercept, 2 = slope, 3 = line, 4 = sse, 5 = sst, 6 = r2, "
        "7 = mse, 8 = slope_error, 9 = intercept_error",
    ),
]


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


def _regression(
    ys: Sequence[Maybe], xs: Sequence[Maybe], days: int, lag: int, rettype: int
) -> Maybe:
    earlier = [None] * min(lag, len(xs)) + list(xs[: max(len(xs) - lag, 0)])
    if rettype == 3:
        line: Maybe = (
            None
            if earlier[-1] is None
            else together(partial(_line, x=earlier[-1]), 3)(ys, earlier, days)
        )
        return line
    today = rettype == 0
    result: Maybe = together(_STATISTICS[rettype], 3, today=today)(ys, earlier, days)
    return result


def _line(ys: Sequence[float], xs: Sequence[float], x: float) -> float:
    return m.mean(ys) + m.slope(ys, xs) * (x - m.mean(xs))


def _unexplained(ys: Sequence[float], xs: Sequence[float]) -> float:
    """Sum of the squared residuals; noise below 1e-12 of the total is none."""
    rest, total = m.squares(m.residuals(ys, xs)), m.squares(m.deviations(ys))
    return 0.0 if m.flat(ys) or rest <= m.TINY * total else rest


def _explained_total(ys: Sequence[float], xs: Sequence[float]) -> float:
    return m.squares(m.deviations(ys)) + 0 * m.slope(ys, xs)


def _mean_error(ys: Sequence[float], xs: Sequence[float]) -> float:
    return _unexplained(ys, xs) / (len(ys) - 2)


_STATISTICS: dict[int, m.Spec] = {
    0: lambda ys, xs: m.residuals(ys, xs)[-1],
    1: lambda ys, xs: _line(ys, xs, 0.0),
    2: m.slope,
    4: _unexplained,
    5: _explained_total,
    6: lambda ys, xs: m.correlation(xs, ys) ** 2,
    7: _mean_error,
    8: lambda ys, xs: math.sqrt(_mean_error(ys, xs) / m.squares(m.deviations(xs))),
    9: lambda ys, xs: math.sqrt(
        _mean_error(ys, xs) * (1 / len(xs) + m.mean(xs) ** 2 / m.squares(m.deviations(xs)))
    ),
}


def _simpler(call: Build, y: Any, x: Any, d: int, lag: int, rettype: int) -> Any:
    """The call without a lag, or by the name of the one statistic it asks for."""
    if lag:
        return call.ts_regression(y, call.lag(x, lag), d, 0, rettype)
    named = {0: call.ts_resid, 2: call.ts_beta, 6: call.ts_regression_r2}.get(rettype)
    return named and named(y, x, d)


class _Line:
    """What is left of a regression besides slope and residual, over the last d days with both."""

    def __init__(self, y: Array, x: Array, d: int) -> None:
        both = k.add(k.mul(y, 0.0), k.mul(x, 0.0))
        y, x, mp = k.add(y, both), k.add(x, both), k.min_count(d, 3)
        self.slope = k.beta(y, x, d, mp)
        self.n = k.sum_(k.add(both, 1.0), d, mp)
        self.mean_y, self.mean_x = k.mean(y, d, mp), k.mean(x, d, mp)
        self.xx = k.mul(self.n, k.signed_pow(k.std(x, d, mp, 0), 2.0))
        yy = k.mul(self.n, k.signed_pow(k.std(y, d, mp, 0), 2.0))
        self.total = k.add(yy, k.mul(self.slope, 0.0))
        left = k.sub(1.0, k.fill(k.r2(y, x, d, mp), 1.0))
        self.error = k.mul(self.total, k.mul(left, k.lt(m.TINY, left)))
        self.mean_error = k.div(self.error, k.sub(self.n, 2.0))

    def at(self, x: Array | float) -> Array:
        """The line at x."""
        return k.add(self.mean_y, k.mul(self.slope, k.sub(x, self.mean_x)))

    def error_of_intercept(self) -> Array:
        """Its standard error."""
        spread = k.div(k.mul(self.mean_x, self.mean_x), self.xx)
        return k.sqrt(k.mul(self.mean_error, k.add(k.inverse(self.n), spread)))


_FITS: dict[int, Callable[[_Line, Array], Array]] = {
    1: lambda line, _: line.at(0.0),
    3: lambda line, x: line.at(x),
    4: lambda line, _: line.error,
    5: lambda line, _: line.total,
    7: lambda line, _: line.mean_error,
    8: lambda line, _: k.sqrt(k.div(line.mean_error, line.xx)),
    9: lambda line, _: line.error_of_intercept(),
}


@op(
    TIME,
    eg("ts_regression(y, x, 3, rettype=1)", [None, None, -0.5], x=[0, 1, 2], y=[0, 0, 3]),
    eg("ts_regression(y, x, 3, rettype=2)", [None, None, 1.5], x=[0, 1, 2], y=[0, 0, 3]),
    eg("ts_regression(y, x, 2, lag=1)", [None] * 3, x=[0, 1, 2], y=[0, 0, 3]),
    spec=_regression,
    expand=_simpler,
    lookback=lambda d, lag, _: d - 1 + lag,
    minimum=3,
    weight=0,
    cost=5,
    nonlinear=True,
    missing="Needs a full window of dates, at least half of them with both and never fewer than 3.",
)
def ts_regression(y: Series, x: Series, d: Window, lag: Lag = 0, rettype: Rettype = 0) -> Array:
    """A statistic of the regression of y on x with intercept over the last d days with both.

    By rettype: 0 today's residual (ts_resid), 1 intercept, 2 slope (ts_beta), 3 the line at
    today's x, 4 sum of squared residuals, 5 sum of squared deviations of y, 6 R squared
    (ts_regression_r2), 7 mean squared error, divisor n - 2, 8 standard error of the slope, 9 of
    the intercept. With a lag x is lag(x, lag).
    """
    x, mp = k.lag(x, lag), k.min_count(d, 3)
    known = {0: k.resid, 2: k.beta, 6: k.r2}.get(rettype)
    return known(y, x, d, mp) if known else _FITS[rettype](_Line(y, x, d), x)


def _share(xs: Sequence[float], ys: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, xs, ys)) / m.squares(ys)


def _along(xs: Sequence[Maybe], ys: Sequence[Maybe], days: int) -> Maybe:
    share: Maybe = together(_share, 1)(xs, ys, days)
    return None if share is None or ys[-1] is None else m.finite(share * ys[-1])


@short(
    TIME,
    eg("ts_vector_proj(x, y, 2)", [None, 4.4], x=[1, 5], y=[1, 2]),
    spec=_along,
    lookback=window,
    nonlinear=True,
    cost=10,
)
def ts_vector_proj(call: Build, x: Series, y: Series, d: Window) -> Any:
    """The part of x along y, over the last d days with both: y sum(x y) / sum(y y)."""
    xy, yy = call.mul(x, y), call.add(call.mul(y, y), call.mul(x, 0.0))
    return call.mul(y, call.div(call.ts_sum(xy, d), call.ts_sum(yy, d)))


@short(
    TIME,
    eg("ts_vector_neut(x, y, 2)", [None, 0.6], x=[1, 5], y=[1, 2]),
    spec=together(lambda xs, ys: xs[-1] - ys[-1] * _share(xs, ys), 1, today=True),
    lookback=window,
    nonlinear=True,
    cost=11,
)
def ts_vector_neut(call: Build, x: Series, y: Series, d: Window) -> Any:
    """X less its part along y, ts_vector_proj(x, y, d)."""
    return call.sub(x, call.ts_vector_proj(x, y, d))


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
