"""Compiled kernels over time; meanings are those of `twin_time`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.kernels.calls import address, alike, loaded, ready
from engine.kernels.pool import Array, empty

LIB = loaded()


def _over(kernel: Callable[..., None], x: Array, d: int, *options: float) -> Array:
    x = ready(x)
    out = empty(x.shape)
    dates, symbols = x.shape
    kernel(address(x), address(out), symbols, 0, dates, d, *options)
    return out


def _pair(kernel: Callable[..., None], x: Array, y: Array, d: int, mp: int) -> Array:
    x, y = ready(x), ready(y)
    alike(x, y)
    out = empty(x.shape)
    dates, symbols = x.shape
    kernel(address(x), address(y), address(out), symbols, 0, dates, d, mp)
    return out


def _state(x: Array) -> Array:
    state = empty((x.shape[1],))
    state.fill(np.nan)
    return state


def lag(x: Array, d: int) -> Array:
    """Value of x d dates ago; d >= 0."""
    return _over(LIB.kv_lag, x, d)


def delta(x: Array, d: int) -> Array:
    """Change of x over d dates."""
    return _over(LIB.kv_delta, x, d)


def ret(x: Array, d: int) -> Array:
    """Relative change x / lag(x, d) - 1."""
    return _over(LIB.kv_ret, x, d)


def sum_(x: Array, d: int, mp: int) -> Array:
    """Sum of the present values."""
    return _over(LIB.kv_sum, x, d, mp)


def mean(x: Array, d: int, mp: int) -> Array:
    """Mean of the present values."""
    return _over(LIB.kv_mean, x, d, mp)


def std(x: Array, d: int, mp: int, ddof: int) -> Array:
    """Standard deviation, divisor n - ddof; exactly 0 for equal values, missing when n <= ddof."""
    return _over(LIB.kv_std, x, d, mp, ddof)


def zscore(x: Array, d: int, mp: int) -> Array:
    """(x - mean) / std with divisor n; missing where the window does not vary."""
    return _over(LIB.kv_zscore, x, d, mp)


def min_(x: Array, d: int, mp: int) -> Array:
    """Smallest present value."""
    return _over(LIB.kv_min, x, d, mp)


def max_(x: Array, d: int, mp: int) -> Array:
    """Largest present value."""
    return _over(LIB.kv_max, x, d, mp)


def product(x: Array, d: int, mp: int) -> Array:
    """Product of the present values, oldest first."""
    return _over(LIB.kv_product, x, d, mp)


def arg_max(x: Array, d: int, mp: int, oldest: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Days since the largest value (0 = today); of equal ones the most recent, or the oldest."""
    return _over(LIB.kv_arg_max, x, d, mp, 1.0, oldest)


def arg_min(x: Array, d: int, mp: int, oldest: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Days since the smallest value (0 = today); of equal ones the most recent, or the oldest."""
    return _over(LIB.kv_arg_max, x, d, mp, -1.0, oldest)


def ts_rank(x: Array, d: int, mp: int, percent: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Average rank r of today's value among the n present, compared at 12 significant digits.

    (r - 1) / (n - 1) and 0.5 for a single value, or r / n when `percent`.
    """
    return _over(LIB.kv_ts_rank, x, d, mp, percent)


def scale(x: Array, d: int, mp: int) -> Array:
    """(x - min) / (max - min); missing where the window is flat."""
    x = ready(x)
    low, high, out = min_(x, d, mp), max_(x, d, mp), empty(x.shape)
    LIB.kv_share(address(x), address(low), address(high), address(out), out.size)
    return out


def decay_linear(x: Array, d: int, mp: int) -> Array:
    """Mean weighted d (today), d - 1, ..., 1 over the present values."""
    return _over(LIB.kv_decay_linear, x, d, mp)


def decay_exp(x: Array, d: int, mp: int, f: float) -> Array:
    """Mean weighted f^0 (today), f^1, ..., f^(d-1) over the present values."""
    return _over(LIB.kv_decay_exp, x, d, mp, f)


def ema(x: Array, alpha: float) -> Array:
    """Mean y = y' + alpha (x - y'), y' the one before; a missing day keeps y' and is missing."""
    x = ready(x)
    out, state = empty(x.shape), _state(x)
    LIB.kv_ema(address(x), address(out), x.shape[1], 0, len(x), alpha, address(state))
    return out


def quantile(x: Array, d: int, mp: int, q: float) -> Array:
    """The q-quantile of the present values, linear between order statistics; q in [0, 1]."""
    return _over(LIB.kv_quantile, x, d, mp, q)


def corr(x: Array, y: Array, d: int, mp: int) -> Array:
    """Pearson correlation over dates with both, in [-1, 1]; missing where either does not vary."""
    return _pair(LIB.kv_corr, x, y, d, mp)


def cov(x: Array, y: Array, d: int, mp: int) -> Array:
    """Covariance over dates with both, divisor n - 1."""
    return _pair(LIB.kv_cov, x, y, d, mp)


def beta(y: Array, x: Array, d: int, mp: int) -> Array:
    """Slope of y on x with intercept; missing where x does not vary."""
    return _pair(LIB.kv_beta, x, y, d, mp)


def resid(y: Array, x: Array, d: int, mp: int) -> Array:
    """Today's y minus its fit on x with intercept; missing where x does not vary."""
    return _pair(LIB.kv_resid, x, y, d, mp)


def r2(y: Array, x: Array, d: int, mp: int) -> Array:
    """Squared correlation; missing where either does not vary."""
    return _pair(LIB.kv_r2, x, y, d, mp)


def skew(x: Array, d: int, mp: int) -> Array:
    """Bias-corrected skewness G1; missing under 3 values or where the window does not vary."""
    return _over(LIB.kv_skew, x, d, mp)


def kurt(x: Array, d: int, mp: int) -> Array:
    """Bias-corrected excess kurtosis G2; missing under 4 values or where nothing varies."""
    return _over(LIB.kv_kurt, x, d, mp)


def backfill(x: Array, d: int) -> Array:
    """The latest present value of the last d dates, today included; needs no full window."""
    return _over(LIB.kv_backfill, x, d)


def days_since_change(x: Array) -> Array:
    """Dates since the value changed or first appeared, 0 that day; missing days are skipped."""
    x = ready(x)
    out, last, since = empty(x.shape), _state(x), _state(x)
    LIB.kv_days_since_change(
        address(x), address(out), x.shape[1], 0, len(x), address(last), address(since)
    )
    return out


def hump(x: Array, h: float) -> Array:
    """Value that follows x only when they differ by more than h sum|x|, and then by that much."""
    x = ready(x)
    out, state = empty(x.shape), _state(x)
    LIB.kv_hump(address(x), address(out), x.shape[1], 0, len(x), h, address(state))
    return out


def trade_when(enter: Array | float, x: Array | float, leave: Array | float) -> Array:
    """The x of the last date with enter > 0, until leave > 0; missing conditions count as no."""
    given = [ready(v) if isinstance(v, np.ndarray) else v for v in (enter, x, leave)]
    arrays = [v for v in given if isinstance(v, np.ndarray)]
    alike(*arrays)
    out, state = empty(arrays[0].shape), _state(arrays[0])
    operands = [(address(v), 0.0) if isinstance(v, np.ndarray) else (None, v) for v in given]
    flat = [part for operand in operands for part in operand]
    LIB.kv_trade_when(*flat, address(out), out.shape[1], 0, len(out), address(state))
    return out
