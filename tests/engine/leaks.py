"""Operators that read later dates, in every way somebody might write one by mistake.

Each takes the place of a sound operator: its own computation, and nothing else about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from engine import kernels as k
from engine.dsl.ops import OPS


class Plant(NamedTuple):
    """A leaking computation, the operator in whose place it comes, and a text that uses it."""

    operator: str
    compute: Callable
    text: str


def later(x, days=1):
    """The values some days ahead, missing at the end."""
    return np.vstack([x[days:], np.full((min(days, len(x)), x.shape[1]), np.nan)])[: len(x)]


def known_later(x, days=1):
    """The values some days ahead, today's where there are none."""
    ahead = later(x, days)
    return np.where(np.isnan(ahead), x, ahead)


def rare(x, every=97, first=41):
    """One date in a hundred."""
    return (np.arange(len(x)) % every == first)[:, None]


def rare_cells(x):
    """One cell in a hundred."""
    cells = np.arange(len(x))[:, None] * 7919 + np.arange(x.shape[1]) * 104_729
    return cells % 10_007 % 101 == 17


def filled_backward(x):
    """The next known value where today's is missing."""
    out = x.copy()
    for row in range(len(x) - 2, -1, -1):
        np.copyto(out[row], out[row + 1], where=np.isnan(out[row]))
    return out


def ranked(x):
    """The place among all values of the symbol, past and future."""
    return np.where(np.isnan(x), np.nan, (x[:, None, :] > x[None, :, :]).sum(1).astype(float))


def falls(x):
    """Whether tomorrow is a crash."""
    return known_later(x) < 0.97 * x


def last_known(x):
    """The last known value of each symbol."""
    return filled_backward(x[::-1])[0]


def by_date(x, codes):
    """Group means with the groups of tomorrow."""
    return k.g_mean(x, np.ascontiguousarray(np.vstack([codes[1:], codes[-1:]])))


SIMPLE: dict[str, Callable] = {
    "tomorrow": later,
    "the middle of a window": lambda x: (x + known_later(x)) / 2,
    "the mean of all dates": lambda x: x - np.nan_to_num(np.nansum(x, 0)) / len(x),
    "the spread of all dates": lambda x: x / (1.0 + np.nansum(x * x, 0)),
    "the rank among all dates": ranked,
    "the largest of all": lambda x: x / (1.0 + np.nanmax(np.abs(x))),
    "filled backward": filled_backward,
    "measured by the last date": lambda x: x / np.nan_to_num(x[-1] + 1.0, nan=1.0),
    "measured by the last known": lambda x: x - last_known(x),
    "how many dates there are": lambda x: x * (1.0 + 1e-12 * len(x)),
    "in the last bit": lambda x: np.where(known_later(x) > x, np.nextafter(x, np.inf), x),
    "in one symbol": lambda x: np.where(np.arange(x.shape[1]) == 3, known_later(x), x),
    "on one date of a hundred": lambda x: np.where(rare(x), known_later(x), x),
    "in one cell of a hundred": lambda x: np.where(rare_cells(x), known_later(x), x),
    "a month ahead, rarely": lambda x: np.where(rare(x), known_later(x, 21), x),
    "before a crash": lambda x: np.where(falls(x), -x, x),
    "in the last bit, rarely": lambda x: np.where(
        rare(x) & (known_later(x) > x), np.nextafter(x, np.inf), x
    ),
    "what is missing tomorrow": lambda x: np.where(
        np.isnan(np.vstack([x[1:], x[-1:]])), np.nan, x
    ),
    "the mean across symbols, rarely": lambda x: np.where(
        rare(x), x - np.nan_to_num(np.nansum(known_later(x), axis=1, keepdims=True)), x
    ),
}  # fmt: skip

PLACES = {
    "abs": (lambda leak: leak, "abs(close)"),
    "ts_mean": (
        lambda leak: lambda x, d: k.mean(leak(x), d, k.min_count(d, 1)),
        "ts_mean(close, 3)",
    ),
    "ts_ema": (lambda leak: lambda x, span: k.ema(leak(x), 2.0 / (span + 1.0)), "ts_ema(close, 5)"),
    "cs_demean": (lambda leak: lambda x: k.cs_demean(leak(x)), "cs_demean(close)"),
    "hump": (lambda leak: lambda x, h: k.hump(leak(x), h), "hump(close, 0.001)"),
}

PLANTS = {
    f"{name}, {operator}": Plant(operator, wrap(leak), text)
    for operator, (wrap, text) in PLACES.items()
    for name, leak in SIMPLE.items()
    if (name, operator) != ("in the last bit, rarely", "hump")  # which loses that bit
} | {
    "the groups of tomorrow": Plant("group_mean", by_date, "group_mean(close, sector)"),
    "inside a rank": Plant("lag", lambda x, _: later(x), "cs_rank(ts_mean(lag(close, 1), 3))"),
    "inside a rank, rarely": Plant(
        "lag",
        lambda x, _: np.where(rare(x), known_later(x), x),
        "cs_rank(ts_mean(lag(close, 1), 3)) - group_neutralize(ts_ema(volume, 5), sector)",
    ),
    "below a state, rarely": Plant(
        "lag",
        lambda x, _: np.where(rare_cells(x), known_later(x), x),
        "trade_when(volume > lag(volume, 1), ts_ema(close, 9), -1)",
    ),
}  # fmt: skip


def plant(monkeypatch, planted):
    """Put the leak in its place until the test ends."""
    op = msgspec.structs.replace(OPS[planted.operator], compute=planted.compute)
    monkeypatch.setitem(OPS, planted.operator, op)
