"""How long values depend on where the data start."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.dsl.tree import Node, lookback
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.panel import Panel

CLOSE = 1e-9
"""Relative difference below which two values count as the same."""

_RECENT = 20
_SMALL = 1e-3


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """The values on data without the first `dropped` dates, beside those on all of them.

    difference  largest relative difference on the last 20 dates, 1 where one value is missing
    close       dates from the later start on until all values agree to 1e-9; null = they never do
    exact       dates until they agree in every bit
    """

    dropped: int
    difference: float
    close: int | None
    exact: int | None


def starts(panel: Panel, node: Node, whole: Array) -> tuple[Start, ...]:
    """Later starts compared with the start of the data; none where a window is all that counts.

    The data start one date later, and a tenth, a quarter and half of the dates later.
    """
    dates = len(panel.dates)
    if lookback(node) is not None or dates < 2:
        return ()
    drops = sorted({1, *(max(1, dates // part) for part in (10, 4, 2))})
    return tuple(
        _start(drop, whole[drop:], evaluate(_without(panel, drop), node)) for drop in drops
    )


def warm_up(began: tuple[Start, ...]) -> int | None:
    """The dates after which all starts agree; None without starts, or where one never does."""
    waits = [start.close for start in began if start.close is not None]
    return max(waits) if waits and len(waits) == len(began) else None


def _without(panel: Panel, drop: int) -> Panel:
    """The panel without its first `drop` dates."""

    def load(name: str) -> npt.NDArray[Any]:
        return panel.load(name)[drop : len(panel.dates)]

    return msgspec.structs.replace(panel, dates=panel.dates[drop:], load=load, cache={})


def _start(drop: int, whole: Array, later: Array) -> Start:
    apart = _apart(whole, later)
    recent = min(_RECENT, max(1, len(whole) // 5))
    bits = (whole.view(np.int64) == later.view(np.int64)) | (np.isnan(whole) & np.isnan(later))
    return Start(
        dropped=drop,
        difference=float(apart[-recent:].max()),
        close=_settled(apart <= CLOSE, recent),
        exact=_settled(bits, recent),
    )


def _apart(one: Array, other: Array) -> Array:
    """Differences relative to the values, and to a thousandth of the largest of the date."""
    missing = np.isnan(one), np.isnan(other)
    a, b = np.nan_to_num(one), np.nan_to_num(other)
    size = np.maximum(np.abs(a), np.abs(b))
    scale = size + _SMALL * size.max(axis=1, keepdims=True)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        relative = np.where(a == b, 0.0, np.minimum(np.abs(a - b) / scale, 2.0))
    return np.where(missing[0] == missing[1], relative, 1.0)


def _settled(same: npt.NDArray[np.bool_], recent: int) -> int | None:
    """The date from which on all are the same; None where that is none but the last few."""
    wrong = np.flatnonzero(~same.all(axis=1))
    after = int(wrong[-1]) + 1 if wrong.size else 0
    return after if after <= len(same) - recent else None
