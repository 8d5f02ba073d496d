"""Operators on one date and symbol at a time: arithmetic, comparison, logic, missing values."""

from __future__ import annotations

import math
from functools import reduce
from typing import Annotated

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops.meaning import attempt, strict
from engine.dsl.ops.registry import Array, Axis, Condition, Series, Symbol, Truth, Value, eg, op

ROW = Axis.ROW
Bound = Annotated[float, Meta(description="limit")]
Exponent = Annotated[Array | float, "series", Meta(examples=[0.5, 2, 3])]
Power = Annotated[float, Meta(ge=0, le=10, description="exponent", examples=[0.5, 2, 3])]


# Arithmetic


@op(
    ROW,
    eg("x + y", [4, None], x=[1, 2], y=[3, None]),
    spec=strict(lambda x, y: x + y),
    infix=("+", 6),
    commutative=True,
    weight=3,
    signal=1,
    keeps=True,
)
def add(x: Value, y: Value) -> Array:
    """Sum."""
    return k.add(x, y)


@op(
    ROW,
    eg("x - 1", [0, 1], x=[1, 2]),
    spec=strict(lambda x, y: x - y),
    aliases=("subtract",),
    infix=("-", 6),
    weight=4,
    signal=1,
    keeps=True,
)
def sub(x: Value, y: Value) -> Array:
    """Difference."""
    return k.sub(x, y)


@op(
    ROW,
    eg("x * 2", [2, 4], x=[1, 2]),
    spec=strict(lambda x, y: x * y),
    aliases=("multiply",),
    infix=("*", 7),
    commutative=True,
    weight=3,
    signal=0.5,
    keeps=True,
)
def mul(x: Value, y: Value) -> Array:
    """Product."""
    return k.mul(x, y)


@op(
    ROW,
    eg("1 / x", [0.5, None], x=[2, 0]),
    spec=strict(lambda x, y: x / y),
    aliases=("divide",),
    infix=("/", 7),
    weight=5,
)
def div(x: Value, y: Value) -> Array:
    """Quotient; missing where the divisor is zero."""
    return k.div(x, y)


@op(
    ROW,
    eg("x ^ 2", [9, 4], x=[-3, 2]),
    eg("x ^ 0.5", [None, 2], x=[-4, 4]),
    spec=strict(lambda x, y: x**y),
    aliases=("pow",),
    infix=("^", 9),
    nonlinear=True,
    weight=0.3,
    cost=1.5,
)
def power(x: Value, y: Exponent) -> Array:
    """The y-th power of x.

    Missing where it is not a real number: a negative base with a fractional exponent, or zero with
    a negative one.
    """
    return k.pow_(x, y)


@op(
    ROW,
    eg("-x", [-1, 2], x=[1, -2]),
    spec=strict(lambda x: -x),
    aliases=("reverse",),
    infix=("-", 8),
    weight=1,
    cost=0.5,
    signal=1,
    keeps=True,
)
def neg(x: Series) -> Array:
    """Sign flipped."""
    return k.neg(x)


@op(
    ROW,
    eg("inverse(x)", [0.5, None], x=[2, 0]),
    spec=strict(lambda x: 1 / x),
    weight=0.3,
    nonlinear=True,
)
def inverse(x: Series) -> Array:
    """1 / x; missing where x is zero."""
    return k.inverse(x)


# Functions of one value


@op(ROW, eg("abs(x)", [3, 2], x=[-3, 2]), spec=strict(abs), nonlinear=True)
def abs_(x: Series) -> Array:
    """Distance from zero."""
    return k.abs_(x)


@op(
    ROW,
    eg("sign(x)", [-1, 0, 1], x=[-3, 0, 2]),
    spec=strict(lambda x: (x > 0) - (x < 0)),
    nonlinear=True,
    signal=0.3,
    keeps=True,
)
def sign(x: Series) -> Array:
    """-1, 0 or 1."""
    return k.sign(x)


@op(
    ROW,
    eg("log(x)", [0, None, None], x=[1, 0, -1]),
    spec=strict(math.log),
    aliases=("ln",),
    nonlinear=True,
    cost=1.5,
)
def log(x: Series) -> Array:
    """Natural logarithm; missing where x is not positive."""
    return k.log(x)


@op(
    ROW,
    eg("exp(x)", [1, None], x=[0, 1000]),
    spec=strict(math.exp),
    nonlinear=True,
    weight=0.2,
    cost=1.5,
)
def exp(x: Series) -> Array:
    """Exponential function; missing where that is too large for a number."""
    return k.exp(x)


@op(
    ROW,
    eg("sqrt(x)", [3, None], x=[9, -1]),
    spec=strict(math.sqrt),
    nonlinear=True,
    weight=0.5,
)
def sqrt(x: Series) -> Array:
    """Square root; missing where x is negative."""
    return k.sqrt(x)


@op(
    ROW,
    eg("tanh(x)", [0, math.tanh(1)], x=[0, 1]),
    spec=strict(math.tanh),
    nonlinear=True,
    cost=1.5,
    signal=0.5,
    keeps=True,
)
def tanh(x: Series) -> Array:
    """Hyperbolic tangent: squeezes into (-1, 1), keeps the sign."""
    return k.tanh(x)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x)


@op(
    ROW,
    eg("sigmoid(x)", [0.5, 1], x=[0, 1000]),
    spec=strict(_sigmoid),
    nonlinear=True,
    weight=0.5,
    cost=1.5,
)
def sigmoid(x: Series) -> Array:
    """1 / (1 + exp(-x)): squeezes into (0, 1)."""
    return k.sigmoid(x)


@op(
    ROW,
    eg("floor(x)", [1, -2], x=[1.7, -1.2]),
    spec=strict(math.floor),
    nonlinear=True,
    weight=0.1,
)
def floor(x: Series) -> Array:
    """The next whole number below or equal."""
    return k.floor(x)


@op(
    ROW,
    eg("round(x)", [2, 2, -1], x=[1.5, 2.5, -1.2]),
    spec=strict(round),
    nonlinear=True,
    weight=0.1,
)
def round_(x: Series) -> Array:
    """The nearest whole number; halves go to the even one."""
    return k.round_(x)


@op(
    ROW,
    eg("signed_power(x, 0.5)", [-3, 2], x=[-9, 4]),
    spec=strict(lambda x, a: math.copysign(abs(x) ** a, x) if x else 0.0),
    nonlinear=True,
    cost=1.5,
    signal=0.3,
    keeps=True,
)
def signed_power(x: Series, a: Power) -> Array:
    """sign(x) |x|^a: a power that keeps the sign; zero stays zero."""
    return k.signed_pow(x, a)


@op(
    ROW,
    eg("s_log_1p(x)", [-math.log(2), 0], x=[-1, 0]),
    spec=strict(lambda x: math.copysign(math.log1p(abs(x)), x)),
    nonlinear=True,
    cost=1.5,
)
def s_log_1p(x: Series) -> Array:
    """sign(x) ln(1 + |x|): a logarithm that keeps the sign."""
    return k.s_log1p(x)


@op(
    ROW,
    eg("clip(x)", [-1, 0.5], x=[-3, 0.5]),
    eg("clip(x, 0, 2)", [0, 2], x=[-3, 7]),
    spec=strict(lambda x, lo, hi: min(max(x, lo), hi)),
    aliases=("clamp",),
    nonlinear=True,
    signal=0.5,
    keeps=True,
)
def clip(x: Series, lo: Bound = -1.0, hi: Bound = 1.0) -> Array:
    """Limited to [lo, hi]."""
    return k.clip(x, lo, hi)


@op(
    ROW,
    eg("min(x, y)", [1, None], x=[1, 2], y=[3, None]),
    eg("min(x, y, 0)", [0], x=[1], y=[3]),
    spec=strict(min),
    variadic=True,
    nonlinear=True,
)
def min_(x: Value, y: Value, *more: Value) -> Array:
    """The smallest of two or more values."""
    return reduce(k.min2, more, k.min2(x, y))


@op(
    ROW,
    eg("max(x, y)", [3, None], x=[1, 2], y=[3, None]),
    spec=strict(max),
    variadic=True,
    nonlinear=True,
)
def max_(x: Value, y: Value, *more: Value) -> Array:
    """The largest of two or more values."""
    return reduce(k.max2, more, k.max2(x, y))


# Comparison and logic: 1 where true, 0 where false


@op(
    ROW,
    eg("x < y", [1, 0, None], x=[1, 2, 3], y=[2, 2, None]),
    spec=strict(lambda x, y: x < y),
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
)
def if_else(c: Condition, a: Value, b: Value) -> Array:
    """The value a where c is true (not 0), b where it is false; missing where c is.

    Only the chosen one needs to be there. Also written c ? a : b.
    """
    return k.where(c, a, b)


# Missing values


@op(
    ROW,
    eg("fill(x, 0)", [1, 0], x=[1, None]),
    spec=lambda x, v: v if x is None else x,
    aliases=("nan_to",),
    weight=0.3,
)
def fill(x: Series, v: Value) -> Array:
    """x, or v where x is missing."""
    return k.fill(x, v)


@op(
    ROW,
    eg("is_missing(x)", [0, 1], x=[1, None]),
    spec=lambda x: attempt(lambda: x is None),
    aliases=("is_null", "is_nan"),
    boolean=True,
    nonlinear=True,
    weight=0,
)
def is_missing(x: Series) -> Array:
    """1 where x is missing, 0 where it is there; never missing itself."""
    return k.is_missing(x)


@op(
    ROW,
    eg('symbol_is("B") + 0 * x', [0, 1, 0], x=[5, 5, 5]),
    spec=lambda here: here,
    aliases=("ticker_mask",),
    boolean=True,
    nonlinear=True,
    weight=0,
    cost=0.5,
)
def symbol_is(symbol: Symbol) -> Array:
    """1 for the named symbol, 0 for every other."""
    return symbol
