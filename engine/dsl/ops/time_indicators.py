"""Operators over time: the indicators of the charts."""

from __future__ import annotations

from collections.abc import Sequence

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, over
from engine.dsl.ops.registry import Array, Axis, Fraction, Series, Window, eg, forever, op, window

TIME = Axis.TIME


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
    missing="Missing until half of the last d changes are known, and where today's is not.",
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
    missing="Missing until half of the last d ranges are known, and where today's is not.",
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
