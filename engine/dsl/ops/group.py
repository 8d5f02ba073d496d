"""Operators across the symbols of one date that share a category, within the universe.

A symbol without a category is missing.
"""

from __future__ import annotations

import math

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import within
from engine.dsl.ops.registry import Array, Axis, Category, Series, eg, op

GROUP = Axis.GROUP
TWO = ["a", "a", "b"]


@op(
    GROUP,
    eg("group_mean(x, g)", [2, 2, 7], x=[1, 3, 7], g=TWO),
    spec=within(lambda xs: [m.mean(xs)] * len(xs) if xs else []),
    aliases=("sector_ret",),
    weight=0.7,
    cost=2.5,
)
def group_mean(x: Series, g: Category) -> Array:
    """Mean of the symbols of the group, for each of them that has a value."""
    return k.g_mean(x, g)


@op(
    GROUP,
    eg("group_std(x, g)", [1, 1, 0], x=[1, 3, 7], g=TWO),
    spec=within(lambda xs: [m.std(xs)] * len(xs) if xs else []),
    aliases=("group_std_dev",),
    weight=0.3,
    cost=2.5,
    nonlinear=True,
)
def group_std(x: Series, g: Category) -> Array:
    """Standard deviation (ddof 0) of the symbols of the group, for each that has a value."""
    return k.g_std(x, g)


@op(
    GROUP,
    eg("group_rank(x, g)", [1, 0, 0.5], x=[100, 0, 50], g=["a", "a", "a"]),
    eg("group_rank(x, g)", [0, 1, 0.5], x=[1, 3, 7], g=TWO),
    spec=within(m.unit_ranks),
    weight=1.5,
    cost=3,
    nonlinear=True,
)
def group_rank(x: Series, g: Category) -> Array:
    """Place within the group, from 0 (lowest) to 1; a group of one has 0.5."""
    return k.g_rank(x, g)


@op(
    GROUP,
    eg("group_zscore(x, g)", [-1, 1, None], x=[1, 3, 7], g=TWO),
    spec=within(m.zscores),
    signal=3,
    weight=1,
    cost=3,
    nonlinear=True,
)
def group_zscore(x: Series, g: Category) -> Array:
    """Distance from the group's mean in standard deviations (ddof 0); missing without variance."""
    return k.g_zscore(x, g)


@op(
    GROUP,
    eg("group_neutralize(x, g)", [-1, 1, 0], x=[1, 3, 7], g=TWO),
    spec=within(lambda xs: m.deviations(xs) if xs else []),
    aliases=("indneutralize",),
    signal=4,
    weight=1,
    cost=2.5,
)
def group_neutralize(x: Series, g: Category) -> Array:
    """Distance from the mean of the group: x - group_mean(x, g)."""
    return k.g_demean(x, g)


def _scaled(xs: list[float]) -> list[float | None]:
    total = math.fsum(map(abs, xs))
    return [x / total if total else None for x in xs]


@op(
    GROUP,
    eg("group_scale(x, g)", [0.25, -0.75, 1], x=[1, -3, 7], g=TWO),
    spec=within(_scaled),
    signal=0.3,
    weight=0.5,
    cost=2.5,
    nonlinear=True,
    keeps=True,
)
def group_scale(x: Series, g: Category) -> Array:
    """Scaled within the group: x / sum|x|; missing where all are 0."""
    return k.g_scale(x, g)
