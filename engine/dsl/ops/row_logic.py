"""Operators on one date and symbol at a time: comparison, logic, choice, missing values."""

from __future__ import annotations

import math
from functools import reduce
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops.meaning import Maybe, Spec, attempt, key, strict
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Bound,
    Build,
    Condition,
    Flag,
    Series,
    Symbol,
    Truth,
    Value,
    eg,
    op,
    short,
)

ROW = Axis.ROW
Step = Annotated[float, Meta(ge=1e-9, le=1e12, description="width of a bucket")]


# Comparison and logic: 1 where true, 0 where false


@op(
    ROW,
    eg("x < y", [1, 0, None], x=[1, 2, 3], y=[2, 2, None]),
    spec=strict(lambda x, y: x < y),
    aliases=("less",),
    infix=("<", 5),
    mirror="gt",
    boolean=True,
    nonlinear=True,
)
def lt(x: Value, y: Value) -> Array:
    """Whether x is less than y."""
    return k.lt(x, y)


@op(
    ROW,
    eg("x <= y", [1, 1], x=[1, 2], y=[2, 2]),
    spec=strict(lambda x, y: x <= y),
    aliases=("less_equal",),
    infix=("<=", 5),
    mirror="ge",
    boolean=True,
    nonlinear=True,
    weight=0.2,
)
def le(x: Value, y: Value) -> Array:
    """Whether x is less than or equal to y."""
    return k.le(x, y)


@op(
    ROW,
    eg("x > 1", [0, 1], x=[1, 2]),
    spec=strict(lambda x, y: x > y),
    aliases=("greater",),
    infix=(">", 5),
    mirror="lt",
    boolean=True,
    nonlinear=True,
)
def gt(x: Value, y: Value) -> Array:
    """Whether x is greater than y."""
    return k.lt(y, x)


@op(
    ROW,
    eg("x >= 1", [0, 1], x=[0, 1]),
    spec=strict(lambda x, y: x >= y),
    aliases=("greater_equal",),
    infix=(">=", 5),
    mirror="le",
    boolean=True,
    nonlinear=True,
    weight=0.2,
)
def ge(x: Value, y: Value) -> Array:
    """Whether x is greater than or equal to y."""
    return k.le(y, x)


@op(
    ROW,
    eg("x == 1", [0, 1], x=[0, 1]),
    spec=strict(lambda x, y: x == y),
    aliases=("equal",),
    infix=("==", 5),
    commutative=True,
    boolean=True,
    nonlinear=True,
    weight=0,
)
def eq(x: Value, y: Value) -> Array:
    """Whether x equals y exactly."""
    return k.eq(x, y)


@op(
    ROW,
    eg("x != 1", [1, 0], x=[0, 1]),
    spec=strict(lambda x, y: x != y),
    aliases=("not_equal",),
    infix=("!=", 5),
    commutative=True,
    boolean=True,
    nonlinear=True,
    weight=0,
)
def ne(x: Value, y: Value) -> Array:
    """Whether x differs from y."""
    return k.ne(x, y)


@op(
    ROW,
    eg("x and y", [1, 0, None], x=[1, 2, 0], y=[3, 0, None]),
    spec=strict(lambda *xs: all(xs)),
    infix=("and", 3),
    variadic=True,
    boolean=True,
    nonlinear=True,
    weight=0.5,
)
def and_(x: Truth, y: Truth, *more: Truth) -> Array:
    """Whether all are true (not 0); missing if any is missing."""
    return reduce(k.and_, more, k.and_(x, y))


@op(
    ROW,
    eg("x or y", [1, 0, None], x=[1, 0, 1], y=[0, 0, None]),
    spec=strict(lambda *xs: any(xs)),
    infix=("or", 2),
    variadic=True,
    boolean=True,
    nonlinear=True,
    weight=0.5,
)
def or_(x: Truth, y: Truth, *more: Truth) -> Array:
    """Whether any is true (not 0); missing if any is missing."""
    return reduce(k.or_, more, k.or_(x, y))


@op(
    ROW,
    eg("not x", [1, 0, None], x=[0, 2, None]),
    spec=strict(lambda x: not x),
    infix=("not", 4),
    boolean=True,
    nonlinear=True,
    weight=0.2,
)
def not_(x: Condition) -> Array:
    """Whether x is 0."""
    return k.not_(x)


def _chosen(c: float | None, a: float | None, b: float | None) -> float | None:
    if c is None:
        return None
    return a if c else b


@op(
    ROW,
    eg("if_else(x > 0, x, y)", [1, 9, None], x=[1, -1, None], y=[None, 9, 9]),
    eg("x > 0 ? 1 : -1", [1, -1], x=[2, -2]),
    spec=_chosen,
    aliases=("ifelse", "where"),
    nonlinear=True,
    signal=0.5,
    weight=1.5,
    cost=1.5,
    keeps=True,
    missing="Missing where the condition is, or the value it chooses.",
)
def if_else(c: Condition, a: Value, b: Value) -> Array:
    """The value a where c is true (not 0), b where it is false; missing where c is.

    Only the chosen one needs to be there. Also written c ? a : b.
    """
    return k.where(c, a, b)


def _replaced(function: Spec) -> Spec:
    """A row spec: the number to take instead of x, or None; the limits decide which."""

    def spec(x: Maybe, *limits: float) -> Maybe:
        return None if x is None else attempt(function, x, *limits)

    return spec


@short(
    ROW,
    eg("tail(x, lower=-1, upper=1, newval=0)", [-3, 0, 0, 2], x=[-3, -0.5, 0.5, 2]),
    spec=strict(lambda x, lower, upper, newval: newval if lower < x < upper else x),
    nonlinear=True,
    cost=4.5,
)
def tail(
    call: Build, x: Series, lower: Bound = 0.0, upper: Bound = 0.0, newval: Bound = 0.0
) -> Any:
    """X in the tails; newval where it lies between lower and upper."""
    return call.if_else(call.and_(call.gt(x, lower), call.lt(x, upper)), newval, x)


@short(
    ROW,
    eg("left_tail(x, 1)", [-3, 1, None], x=[-3, 1, 2]),
    spec=_replaced(lambda x, maximum: None if x > maximum else x),
    nonlinear=True,
    cost=3.5,
)
def left_tail(call: Build, x: Series, maximum: Bound = 0.0) -> Any:
    """X up to the maximum; missing above."""
    return call.if_else(call.gt(x, maximum), call.missing, x)


@short(
    ROW,
    eg("right_tail(x, 1)", [None, 1, 2], x=[-3, 1, 2]),
    spec=_replaced(lambda x, minimum: None if x < minimum else x),
    nonlinear=True,
    cost=3.5,
)
def right_tail(call: Build, x: Series, minimum: Bound = 0.0) -> Any:
    """X from the minimum on; missing below."""
    return call.if_else(call.lt(x, minimum), call.missing, x)


@short(
    ROW,
    eg("nan_out(x, -1, 1)", [None, 1, None], x=[-3, 1, 2]),
    spec=_replaced(lambda x, lower, upper: None if x < lower or x > upper else x),
    nonlinear=True,
    cost=5.5,
)
def nan_out(call: Build, x: Series, lower: Bound = 0.0, upper: Bound = 0.0) -> Any:
    """X from lower to upper; missing outside."""
    return call.if_else(call.or_(call.lt(x, lower), call.gt(x, upper)), call.missing, x)


@op(
    ROW,
    eg("buckets(x, 2, 5, 6, 7, 10)", [0, 1, 2, 4, 5, None], x=[-1, 3, 6, 8, 12, None]),
    spec=strict(lambda x, *edges: sum(x > edge for edge in edges)),
    repeats=True,
    nonlinear=True,
    weight=0,
    cost=2,
)
def buckets(x: Series, edge: Bound, *more: Bound) -> Array:
    """The number of the bucket: how many of the edges lie below x.

    0 up to the first edge, 1 up to the second, and so on; an edge belongs to the bucket below it.
    """
    return reduce(k.add, [k.lt(limit, x) for limit in (edge, *more)])


MOST_EDGES = 300
"""More than fit into an expression, which is where an error says so."""


def _edges(start: float, end: float, step: float) -> list[float]:
    """start, start + step, ... up to end, without the noise of adding up."""
    count = min(math.ceil((end - start) / step - 1e-9), MOST_EDGES)
    return [*(key(start + i * step) for i in range(count)), end]


@short(
    ROW,
    eg("bucket_range(x, 0.1, 1, 0.1)", [0, 4, 8], x=[0.05, 0.5, 0.9]),
    spec=strict(lambda x, *ends: sum(x > edge for edge in _edges(*ends))),
    nonlinear=True,
    cost=2,
)
def bucket_range(call: Build, x: Series, start: Bound, end: Bound, step: Step) -> Any:
    """The number of the bucket, of those that are one step wide from start to end.

    0 up to start; an edge belongs to the bucket below it. The same as buckets(x, start,
    start + step, ..., end).
    """
    return call.buckets(x, *_edges(start, end, step))


# Missing values


@op(
    ROW,
    eg("fill(x, 0)", [1, 0], x=[1, None]),
    spec=lambda x, v: v if x is None else x,
    aliases=("nan_to",),
    weight=0.3,
    missing="Missing only where both are.",
)
def fill(x: Series, v: Value) -> Array:
    """x, or v where x is missing."""
    return k.fill(x, v)


@op(
    ROW,
    eg("is_missing(x)", [0, 1], x=[1, None]),
    spec=lambda x: attempt(lambda: x is None),
    aliases=("is_null", "is_nan", "is_not_finite"),
    boolean=True,
    nonlinear=True,
    weight=0,
    missing="Never missing.",
)
def is_missing(x: Series) -> Array:
    """1 where x is missing, 0 where it is there; never missing itself."""
    return k.is_missing(x)


@short(
    ROW,
    eg("is_known(x)", [1, 0], x=[1, None]),
    spec=lambda x: attempt(lambda: x is not None),
    aliases=("is_not_nan", "is_finite"),
    boolean=True,
    nonlinear=True,
    cost=2,
    missing="Never missing.",
)
def is_known(call: Build, x: Series) -> Any:
    """1 where x is there, 0 where it is missing; never missing itself."""
    return call.not_(call.is_missing(x))


@short(
    ROW,
    eg("to_nan(x, 7)", [1, None], x=[1, 7]),
    eg("to_nan(x, 7, reverse=1)", [1, 7], x=[1, None]),
    spec=lambda x, value, reverse: (
        (value if x is None else x) if reverse else None if x == value else x
    ),
    nonlinear=True,
    cost=2.5,
    missing="Missing where x equals the value; in reverse only where both are missing.",
)
def to_nan(call: Build, x: Series, value: Bound = 0.0, reverse: Flag = 0) -> Any:
    """x, but missing where it equals the value; in reverse the value where x is missing."""
    if reverse:
        return call.fill(x, value)
    return call.if_else(call.eq(x, value), call.missing, x)


@short(
    ROW,
    eg("purify(x)", [1, None], x=[1, None]),
    spec=lambda x: x,
    cost=0.1,
)
def purify(call: Build, x: Series) -> Any:  # noqa: ARG001 - x stands for itself
    """X itself: here no value is ever infinite."""
    return x


@op(
    ROW,
    eg('symbol_is("B") + 0 * x', [0, 1, 0], x=[5, 5, 5]),
    spec=lambda here: here,
    aliases=("ticker_mask",),
    boolean=True,
    nonlinear=True,
    weight=0,
    cost=0.5,
    missing="Never missing.",
)
def symbol_is(symbol: Symbol) -> Array:
    """1 for the named symbol, 0 for every other."""
    return symbol
