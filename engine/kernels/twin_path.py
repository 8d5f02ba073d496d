"""NumPy twin of the shifts and of the kernels that carry a state from date to date."""

from __future__ import annotations

import numpy as np

from engine.kernels.pool import Array, empty
from engine.kernels.twin_cross import lane_sum
from engine.kernels.twin_row import finite, quiet


@quiet
def lag(x: Array, d: int) -> Array:
    """Value of x d dates ago; d >= 0."""
    out = empty(x.shape)
    out[:d] = np.nan
    out[d:] = finite(x[: max(len(x) - d, 0)])
    return out


@quiet
def delta(x: Array, d: int) -> Array:
    """Change of x over d dates."""
    return finite(x - lag(x, d))


@quiet
def ret(x: Array, d: int) -> Array:
    """Relative change x / lag(x, d) - 1."""
    return finite(x / lag(x, d) - 1.0)


@quiet
def ema(x: Array, alpha: float) -> Array:
    """Mean y = y' + alpha (x - y'), y' the one before; a missing day keeps y' and is missing.

    With alpha = 1 it is x itself.
    """
    out = empty(x.shape)
    state = np.full(x.shape[1:], np.nan)
    for t, row in enumerate(x):
        fresh = np.isnan(state) | (alpha >= 1)
        moved = np.where(fresh, row, state + alpha * (row - state))
        moved[~np.isfinite(moved)] = np.nan
        out[t] = moved
        state = np.where(np.isnan(row), state, moved)
    return out


@quiet
def backfill(x: Array, d: int) -> Array:
    """The latest present value of the last d dates, today included; needs no full window."""
    out = finite(x)
    for age in range(1, min(d, len(x))):
        gap = np.isnan(out[age:])
        out[age:][gap] = x[:-age][gap]
    return finite(out)


@quiet
def days_since_change(x: Array) -> Array:
    """Dates since the value changed or first appeared, 0 that day; missing days are skipped."""
    out = empty(x.shape)
    last = np.full(x.shape[1:], np.nan)
    since = np.zeros(x.shape[1:])
    for t, row in enumerate(x):
        present = ~np.isnan(row)
        since = np.where(present & (row != last), float(t), since)
        last = np.where(present, row, last)
        out[t] = np.where(present, t - since, np.nan)
    return out


@quiet
def hump(x: Array, h: float) -> Array:
    """Value that follows x only when they differ by more than h sum|x|, and then by that much."""
    out = empty(x.shape)
    state = np.full(x.shape[1:], np.nan)
    limits = h * lane_sum(np.abs(x))
    for t, row in enumerate(x):
        step = row - state
        held = np.where(np.abs(step) <= limits[t], state, state + np.sign(step) * limits[t])
        moved = np.where(np.isnan(state), row, held)
        moved[~np.isfinite(moved)] = np.nan
        out[t] = np.where(np.isnan(row), np.nan, moved)
        state = np.where(np.isnan(row), state, moved)
    return out


@quiet
def trade_when(enter: Array | float, x: Array | float, leave: Array | float) -> Array:
    """The x of the last date with enter > 0, until leave > 0; missing conditions count as no."""
    enters, values, leaves = np.broadcast_arrays(enter, x, leave)
    out = empty(values.shape)
    state = np.full(values.shape[1:], np.nan)
    for t, row in enumerate(values):
        held = np.where(enters[t] > 0.0, row, state)
        state = np.where(leaves[t] > 0.0, np.nan, held)
        out[t] = state
    return finite(out)
