"""Noise in the last bits of what the plain meaning computes.

Differences of nearly equal numbers lose digits, and what jumps, such as a sign or a rank, makes the
last bit of its argument decide. What noise does to a cell tells how much of its value is worth
anything. There are four kinds, in turn:

    0  every result moves at random, but for those that are whole numbers throughout
    1  every result is rounded a few bits early: what is nearly equal becomes equal, and what is
       left of a difference of such becomes zero
    2  the same with other steps
    3  results, whole numbers and the columns themselves move at random
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from random import Random

from engine.dsl.ops import Axis
from engine.dsl.tree import Call, to_text

Grid = list[list[float | None]]
Disturb = Callable[[Call, Grid, list[Grid]], Grid]

SIZE = 2.0**-50  # four units in the last place
_STEPS = {1: 1.0, 2: 1.37}
_CANCELLED = 32
KINDS = 4


def noise(seed: int, kind: int) -> Disturb:
    """Noise for the results of calls; equal parts of a tree are moved alike."""

    def disturb(node: Call, grid: Grid, inputs: list[Grid]) -> Grid:
        if kind == 0 and all(v is None or v.is_integer() for day in grid for v in day):
            return grid
        rng = Random(f"{seed} {to_text(node)}")
        sizes = _sizes(node, inputs, rounds=kind in _STEPS)
        return [
            [v if v is None else _moved(rng, kind, v, size) for v, size in zip(*rows, strict=True)]
            for rows in zip(grid, sizes, strict=True)
        ]

    return disturb


def shaken(grid: Grid, seed: int) -> Grid:
    """A column but for its last bits."""
    rng = Random(seed)
    return [[v and _moved(rng, 3, v, 0.0) for v in day] for day in grid]


def _moved(rng: Random, kind: int, value: float, size: float) -> float:
    if kind not in _STEPS:
        return value * (1 + SIZE * rng.uniform(-1, 1)) + size * SIZE * rng.uniform(-1, 1)
    step = SIZE * 2.0 ** math.frexp(max(abs(value), size))[1] * _STEPS[kind]
    return round(value / step) * step if step else value


def _sizes(node: Call, inputs: list[Grid], *, rounds: bool) -> Grid:
    """For each cell the largest absolute value whose last bit the result may hang on."""
    largest = [
        [_largest(cells) for cells in zip(*days, strict=True)] for days in zip(*inputs, strict=True)
    ]
    match node.op.axis:
        case Axis.ROW:
            factor = _CANCELLED if rounds and node.name in {"add", "sub"} else 0
            return [[factor * size for size in day] for day in largest]
        case Axis.TIME:
            return _so_far(largest)
        case _:
            return [[max(day)] * len(day) for day in _so_far(largest)]


def _so_far(grid: Grid) -> Grid:
    return list(accumulate(grid, lambda a, b: [*map(max, a, b)]))


def _largest(cells) -> float:
    return max((abs(cell) for cell in cells if isinstance(cell, float)), default=0.0)
