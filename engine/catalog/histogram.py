"""Histograms with edges that can be read aloud."""

from __future__ import annotations

import math
import sys

import numpy as np

from engine.catalog.model import ValueHistogram
from engine.panel import Array

BINS = 40
FEW = 20
"""So many different values, or fewer, have a bin each."""

_LARGEST = sys.float_info.max
_SMALLEST = 1e-300  # steps below it cannot be written as digits and an exponent
_ROUND = (10, 20, 25, 50, 100)


def histogram(ordered: Array, distinct: int, low: float, high: float) -> ValueHistogram:
    """Counts of sorted values (at least one) in about 40 bins over `low`..`high`.

    The edges are round numbers and may lie a little outside. Where `low` is `high` all values are
    covered, and where they are few each has a bin around it. A bin holds its lower edge, the last
    one both.
    """
    if distinct <= FEW:
        return _counted(ordered, _edges_around(_different(ordered)))
    if low == high:
        low, high = float(ordered[0]), float(ordered[-1])
    return _counted(ordered, round_edges(low, high))


def round_edges(low: float, high: float) -> Array:
    """Rising round numbers about a fortieth of low..high apart that cover it; low < high."""
    closest = math.ulp(max(abs(low), abs(high)))
    digits, exponent = _step(max(high / BINS - low / BINS, closest, _SMALLEST))
    step = float(f"{digits}e{exponent}")
    first, last = math.floor(low / step) - 1, math.ceil(high / step) + 1
    numbers = {_decimal(place * digits, exponent) for place in range(first, last + 1)}
    # Far from zero neighbouring edges can be one number; whatever happens low..high is covered.
    inner = sorted(edge for edge in numbers if low < edge < high)
    start = max((edge for edge in numbers if edge <= low), default=low)
    end = min((edge for edge in numbers if edge >= high), default=high)
    return np.array([start, *inner, end])


def _step(wanted: float) -> tuple[int, int]:
    """The round number nearest to `wanted` by its logarithm: (digits, exponent of ten)."""
    exponent = math.floor(math.log10(wanted))
    share = math.log10(wanted) - exponent
    digits = min(_ROUND, key=lambda each: abs(math.log10(each / 10) - share))
    return digits, exponent - 1


def _decimal(digits: int, exponent: int) -> float:
    """The float nearest to digits x 10^exponent: 3 x 10^-1 is 0.3, as it is written."""
    return min(max(float(f"{digits}e{exponent}"), -_LARGEST), _LARGEST)


def _different(ordered: Array) -> Array:
    kept = np.ones(len(ordered), dtype=bool)
    kept[1:] = ordered[1:] != ordered[:-1]
    return ordered[kept]


def _edges_around(values: Array) -> Array:
    """Edges half way between the values, and as far outside the first and the last."""
    middles = values[:-1] / 2 + values[1:] / 2
    # Of two neighbouring floats the middle is one of them; the upper one begins its own bin.
    middles = np.where(middles > values[:-1], middles, values[1:])
    alone = max(0.5, abs(float(values[0])) / 2**40)
    first = middles[0] - values[0] if len(middles) else alone
    last = values[-1] - middles[-1] if len(middles) else alone
    with np.errstate(over="ignore"):
        start, end = values[0] - first, max(values[-1] + last, np.nextafter(values[-1], np.inf))
    edges: Array = np.clip([start, *middles, end], -_LARGEST, _LARGEST)
    return edges


def _counted(ordered: Array, edges: Array) -> ValueHistogram:
    places = np.searchsorted(ordered, edges, side="left")
    places[-1] = np.searchsorted(ordered, edges[-1], side="right")
    return ValueHistogram(
        edges=tuple(edges.tolist()),
        counts=tuple(np.diff(places).tolist()),
        below=int(places[0]),
        above=len(ordered) - int(places[-1]),
    )
