"""Operators that give one number of a date to every symbol of the universe."""

from __future__ import annotations

import math

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import across
from engine.dsl.ops.registry import Array, Axis, Series, eg, op

CROSS = Axis.CROSS


def _whole(statistic: m.Spec) -> m.Spec:
    """A cross spec: one number for every symbol that has a value."""
    return across(lambda xs: [m.attempt(statistic, xs)] * len(xs) if xs else [])


@op(
    CROSS,
    eg("cs_mean(x)", [2, 2, None], x=[1, 3, None]),
    spec=across(lambda xs: [m.mean(xs)] * len(xs) if xs else []),
    weight=0.5,
    cost=1.5,
)
def cs_mean(x: Series) -> Array:
    """The date's mean, for every symbol that has a value."""
    return k.cs_mean(x)


@op(
    CROSS,
    eg("cs_std(x)", [1, 1, None], x=[1, 3, None]),
    spec=across(lambda xs: [m.std(xs)] * len(xs) if xs else []),
    weight=0.3,
    cost=1.5,
    nonlinear=True,
)
def cs_std(x: Series) -> Array:
    """The date's standard deviation (ddof 0), for every symbol that has a value."""
    return k.cs_std(x)


@op(
    CROSS,
    eg("cs_count(x)", [2, 2, None], x=[1, 3, None]),
    spec=across(lambda xs: [len(xs)] * len(xs)),
    weight=0.1,
    cost=1.5,
    nonlinear=True,
)
def cs_count(x: Series) -> Array:
    """How many symbols have a value on the date, for every symbol that has one."""
    return k.cs_count(x)


@op(
    CROSS,
    eg("cs_sum(x)", [4, 4, None], x=[1, 3, None]),
    spec=_whole(math.fsum),
    weight=0,
    cost=1.5,
)
def cs_sum(x: Series) -> Array:
    """The date's sum, for every symbol that has a value."""
    return k.cs_sum(x)


@op(
    CROSS,
    eg("cs_min(x)", [1, 1, None], x=[1, 3, None]),
    spec=_whole(min),
    weight=0.1,
    cost=1.5,
    nonlinear=True,
)
def cs_min(x: Series) -> Array:
    """The smallest of the date, for every symbol that has a value."""
    return k.cs_min(x)


@op(
    CROSS,
    eg("cs_max(x)", [3, 3, None], x=[1, 3, None]),
    spec=_whole(max),
    weight=0.1,
    cost=1.5,
    nonlinear=True,
)
def cs_max(x: Series) -> Array:
    """The largest of the date, for every symbol that has a value."""
    return k.cs_max(x)


@op(
    CROSS,
    eg("cs_median(x)", [2, 2, 2, None], x=[1, 9, 2, None]),
    eg("cs_median(x)", [2, 2], x=[1, 3]),
    spec=_whole(lambda xs: m.quantile(xs, 0.5)),
    weight=0.3,
    cost=2,
    nonlinear=True,
)
def cs_median(x: Series) -> Array:
    """The middle value of the date, for every symbol that has a value.

    The mean of the two middle ones of an even number.
    """
    return k.cs_median(x)
