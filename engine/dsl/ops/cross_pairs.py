"""Operators across the symbols of one date that look at two values of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe
from engine.dsl.ops.registry import Array, Axis, Build, Series, eg, op, short

CROSS = Axis.CROSS


def _neutralized(ys: Sequence[Maybe], xs: Sequence[Maybe]) -> list[Maybe]:
    pairs = [(y, x) for y, x in zip(ys, xs, strict=True) if y is not None and x is not None]
    try:
        rest = iter(m.residuals(*zip(*pairs, strict=True)) if pairs else [])
    except ZeroDivisionError:
        return [None] * len(ys)
    return [None if y is None or x is None else next(rest) for y, x in zip(ys, xs, strict=True)]


@op(
    CROSS,
    eg("cs_neutralize(y, x)", [0.5, -1, 0.5], x=[0, 1, 2], y=[0, 0, 3]),
    spec=_neutralized,
    aliases=("regression_neut",),
    signal=2,
    weight=0.7,
    cost=3,
    nonlinear=True,
)
def cs_neutralize(y: Series, x: Series) -> Array:
    """What a line in x, with intercept, leaves of y on the date.

    Missing where x has no variance.
    """
    return k.cs_neutralize(y, x)


@short(
    CROSS,
    eg("cs_regression_proj(y, x)", [-0.5, 1, 2.5], x=[0, 1, 2], y=[0, 0, 3]),
    spec=lambda ys, xs: [
        None if y is None or rest is None else y - rest
        for y, rest in zip(ys, _neutralized(ys, xs), strict=True)
    ],
    aliases=("regression_proj",),
    nonlinear=True,
    cost=4,
)
def cs_regression_proj(call: Build, y: Series, x: Series) -> Any:
    """The line in x, with intercept, that fits y on the date: y - cs_neutralize(y, x)."""
    return call.sub(y, call.cs_neutralize(y, x))


def _rejected(xs: Sequence[Maybe], ys: Sequence[Maybe]) -> list[Maybe]:
    pairs = [(x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None]
    along = m.attempt(
        lambda: math.fsum(x * y for x, y in pairs) / math.fsum(y * y for _, y in pairs)
    )
    return [
        None if x is None or y is None or along is None else m.finite(x - along * y)
        for x, y in zip(xs, ys, strict=True)
    ]


@op(
    CROSS,
    eg("cs_vector_neut(x, y)", [-0.56, -0.08, 0.4], x=[1, 2, 3], y=[3, 4, 5]),
    spec=_rejected,
    aliases=("vector_neut",),
    signal=0.5,
    weight=0.4,
    cost=3,
    nonlinear=True,
)
def cs_vector_neut(x: Series, y: Series) -> Array:
    """What is left of x without its part along y, without intercept: x - y sum(x y) / sum(y y).

    Missing where y is 0 everywhere.
    """
    xy, yy = k.mul(x, y), k.add(k.mul(y, y), k.mul(x, 0.0))
    return k.sub(x, k.mul(y, k.div(k.cs_sum(xy), k.cs_sum(yy))))


@short(
    CROSS,
    eg("cs_vector_proj(x, y)", [1.56, 2.08, 2.6], x=[1, 2, 3], y=[3, 4, 5]),
    spec=lambda xs, ys: [
        None if x is None or rest is None else x - rest
        for x, rest in zip(xs, _rejected(xs, ys), strict=True)
    ],
    aliases=("vector_proj",),
    nonlinear=True,
    cost=4,
)
def cs_vector_proj(call: Build, x: Series, y: Series) -> Any:
    """The part of x along y: x - cs_vector_neut(x, y)."""
    return call.sub(x, call.cs_vector_neut(x, y))
