"""A figure of another library: what it is called there, and how it is computed.

Every measure takes returns r (fractions, at least one, all finite) and periods A a year. It gives
NaN or an infinity where the library gives one or fails.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from engine.stats.performance import Array

Unit = Literal["ratio", "share", "bps", "days", "count"]
Measure = Callable[[Array, float], float]


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """Fields as in `conventions.Figure`, and what measures it."""

    name: str
    metric: str | None
    unit: Unit
    measure: Measure
    formula: str
    note: str = ""


class Library(msgspec.Struct, frozen=True):
    """All figures of a library, in its own order, and where they come from."""

    title: str
    source: str
    definitions: tuple[Definition, ...]


def over(a: float, b: float) -> float:
    """The quotient, NaN when b is 0."""
    return a / b if b else math.nan


def deviation(r: Array) -> float:
    """Standard deviation with n - 1, NaN below two returns."""
    return float(r.std(ddof=1)) if len(r) > 1 else math.nan


def constant(r: Array) -> bool:
    """Whether all returns are the same number: what is left of their spread is rounding."""
    return bool(r.max() == r.min())


def falls(r: Array) -> Array:
    """Fall of each value below the highest so far, which starts at 1."""
    value = np.cumprod(1 + r)
    fall: Array = value / np.maximum(np.maximum.accumulate(value), 1) - 1
    return fall


def power(base: float, exponent: float) -> float:
    """NaN for a negative base, infinite where it overflows."""
    return float(np.float64(base) ** np.float64(exponent))
