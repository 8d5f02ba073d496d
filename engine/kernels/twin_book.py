"""NumPy twins of the kernels in `c/book.c`: the same steps, sums in the same order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.kernels.pool import Array

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

_quiet = np.errstate(over="ignore", invalid="ignore")  # as C computes

LANES = 8
LARGEST = 1.7e308
NEUTRAL_MARKET, NEUTRAL_GROUP = 1, 2
SIZING_GROSS = 1
WORTH, RUINED, PENDING, EVENTS = range(4)
STALE, RESUMED, CLOSED = range(3)


def lane_sum(x: Array) -> float:
    """Sum of a row [n] over eight lanes (lane = index % 8), combined in the kernels' order."""
    padded = np.zeros(-(-len(x) // LANES) * LANES)
    padded[: len(x)] = x
    a = np.zeros(LANES)
    for block in padded.reshape(-1, LANES):
        a += block
    return float(((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])))


@_quiet
def weights(
    signal: Array,
    member: Bools | None,
    codes: Codes | None,
    groups: int,
    neutral: int,
    sizing: int,
    cap: float,
    max_lev: float,
    alpha: float,
    before: Array,
    out: Array,
) -> None:
    """Target books [rows x symbols] into `out`; `before` carries the smoothed book."""
    for t, s in enumerate(signal):
        x = masked(s, None if member is None else member[t])
        x = neutralized(x, None if codes is None else codes[t], groups, neutral)
        x[~(np.abs(x) <= LARGEST)] = 0.0
        x = _size_gross(x, cap, max_lev) if sizing == SIZING_GROSS else _size_raw(x, cap, max_lev)
        if alpha < 1.0:
            x = alpha * x + (1.0 - alpha) * before
            before[:] = x
        out[t] = x


def masked(signal: Array, member: Bools | None) -> Array:
    """A row of the signal, missing outside the universe and where it is not finite."""
    known = np.abs(signal) <= LARGEST
    x: Array = np.where(known if member is None else known & member, signal, np.nan)
    return x


def neutralized(x: Array, codes: Codes | None, groups: int, neutral: int) -> Array:
    """The row less its mean, or less the means of its groups; missing stays missing."""
    if neutral == NEUTRAL_MARKET:
        return _minus_mean(x)
    if neutral == NEUTRAL_GROUP and codes is not None:
        return _minus_group_mean(x, codes, groups)
    return x


def _minus_mean(x: Array) -> Array:
    present = ~np.isnan(x)
    count = present.sum()
    return x - (lane_sum(np.where(present, x, 0.0)) / count if count else 0.0)


def _minus_group_mean(x: Array, codes: Codes, groups: int) -> Array:
    result = np.full_like(x, np.nan)
    used = (codes >= 0) & ~np.isnan(x)
    sums = np.bincount(codes[used], x[used], minlength=groups)
    counts = np.bincount(codes[used], minlength=groups)
    result[used] = x[used] - sums[codes[used]] / counts[codes[used]]
    return result


def _size_raw(x: Array, cap: float, max_lev: float) -> Array:
    w = np.clip(x, -cap, cap)
    gross = lane_sum(np.abs(w))
    return w * (max_lev / gross) if gross > max_lev else w


def _size_gross(x: Array, cap: float, max_lev: float) -> Array:
    largest = np.abs(x).max(initial=0.0)
    if largest == 0.0:
        return np.zeros_like(x)
    scaled = x / largest
    size = np.abs(scaled)
    held = size != 0.0
    factor = _fill_factor(size, float(held.sum()), cap, max_lev)
    filled = np.minimum(np.multiply(factor, size, out=np.zeros_like(x), where=held), cap)
    return np.where(held, np.copysign(filled, scaled), 0.0)


def _fill_factor(size: Array, nonzero: float, cap: float, max_lev: float) -> float:
    if nonzero * cap <= max_lev:
        return float("inf")
    factor, before = max_lev / lane_sum(size), 0.0
    while True:
        over = factor * size >= cap
        full = float(over.sum())
        if full in {before, nonzero}:
            return factor
        factor = max(factor, (max_lev - full * cap) / lane_sum(np.where(over, 0.0, size)))
        before = full


@_quiet
def account(
    book: Array,
    row: Rows,
    returns: Array,
    bps: Array,
    borrow_rate: float,
    max_stale: float,
    delisting: float,
    held: Array,
    missing: Array,
    state: Array,
    events: Array,
    out: Array,
    t0: int,
    t1: int,
) -> int:
    """The account over dates t0..t1-1; the date it stopped before when the events are full.

    Without any room for events none are written.
    """
    for t in range(t0, t1):
        if len(events) and state[EVENTS] + 2 * len(held) > len(events):
            return t
        if state[RUINED]:
            out[:, t] = 0.0
            continue
        w = book[row[t]] if row[t] >= 0 else None
        _, drifted, target, earned = aim(
            t, w, returns[t], max_stale, delisting, held, missing, state, events
        )
        out[:, t] = _settle(held, drifted, target, bps[t % len(bps)], borrow_rate, earned, state)
        if state[RUINED]:
            missing[:] = 0.0
    return t1


@_quiet
def aim(
    t: int,
    w: Array | None,
    r: Array,
    max_stale: float,
    delisting: float,
    held: Array,
    missing: Array,
    state: Array,
    events: Array,
) -> tuple[Array, Array, Array, float]:
    """Date t up to its trades: each name's return, its value before and after, the sum earned.

    `missing`, the count of names in `state` and the events are brought up to date; what is held is
    not. Without room in `events` none are written.
    """
    present = np.abs(r) <= LARGEST
    move = np.where(present, r, 0.0)
    if state[PENDING] or ((held != 0.0) & ~present).any():
        _age(t, present, move, max_stale, delisting, held, missing, state, events)
    earned = lane_sum(held * move)
    drifted = held * (1.0 + move)
    worth = float(state[WORTH]) + earned
    return move, drifted, _wanted(w, present, drifted, worth, missing, max_stale, state), earned


def _age(
    t: int,
    present: Bools,
    move: Array,
    max_stale: float,
    delisting: float,
    held: Array,
    missing: Array,
    state: Array,
    events: Array,
) -> None:
    def note(i: int, value: float, reason: int) -> None:
        if not len(events):
            return
        events[int(state[EVENTS])] = t, i, _or_zero(value), reason
        state[EVENTS] += 1

    missing[held == 0.0] = 0.0
    for i in np.flatnonzero(held != 0.0).tolist():
        if present[i]:
            if missing[i]:
                note(i, held[i] * (1.0 + move[i]), RESUMED)
            missing[i] = 0.0
            continue
        missing[i] += 1.0
        if missing[i] == 1.0:
            note(i, held[i], STALE)
        if missing[i] > max_stale:
            move[i] = delisting
            note(i, held[i] * (1.0 + delisting), CLOSED)
    state[PENDING] = (missing > 0.0).sum()


def _wanted(
    w: Array | None,
    present: Bools,
    drifted: Array,
    worth: float,
    missing: Array,
    max_stale: float,
    state: Array,
) -> Array:
    target = drifted.copy()
    if w is not None:
        wanted = np.where(np.abs(w) <= LARGEST, w, 0.0) * worth
        target = np.where(present, wanted, target)
    closing = missing > max_stale
    target[closing] = 0.0
    missing[closing] = 0.0
    state[PENDING] = (missing > 0.0).sum()
    return target


def _settle(
    held: Array,
    drifted: Array,
    target: Array,
    bps: Array,
    borrow_rate: float,
    earned: float,
    state: Array,
) -> tuple[float, ...]:
    before = float(state[WORTH])
    worth = before + earned
    if not 0.0 < worth <= LARGEST:
        held[:], state[WORTH], state[RUINED], state[PENDING] = 0.0, 0.0, 1.0, 0.0
        return _or_zero(earned / before), 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    trade = np.abs(target - drifted)
    fee = lane_sum(bps * trade) / 1e4
    borrow = lane_sum(np.where(target < 0.0, -target, 0.0)) * borrow_rate
    equity = worth - fee - borrow
    paid = (_or_zero(earned / before), _or_zero(fee / before), _or_zero(borrow / before))
    turnover = _or_zero(lane_sum(trade) / worth)
    if not equity > 0.0:
        held[:], state[WORTH], state[RUINED], state[PENDING] = 0.0, 0.0, 1.0, 0.0
        return *paid, -1.0, turnover, 0.0, 0.0, 0.0, 0.0
    held[:], state[WORTH] = target, equity
    gross, net = _or_zero(lane_sum(np.abs(target)) / worth), _or_zero(lane_sum(target) / worth)
    names = float((target != 0.0).sum())
    return *paid, _or_zero(equity / before - 1.0), turnover, gross, net, names, equity


def _or_zero(x: float) -> float:
    return x if abs(x) <= LARGEST else 0.0
