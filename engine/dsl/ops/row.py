"""Operators on one date and symbol at a time: arithmetic and functions of one value."""

from __future__ import annotations

import math
from functools import reduce
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops.meaning import strict
from engine.dsl.ops.registry import Array, Axis, Bound, Build, Series, Value, eg, op, short

ROW = Axis.ROW
Exponent = Annotated[Array | float, "series", Meta(examples=[0.5, 2, 3])]
Power = Annotated[float, Meta(ge=0, le=10, description="exponent", examples=[0.5, 2, 3])]


# Arithmetic


@op(
    ROW,
    eg("x + y", [4, None], x=[1, 2], y=[3, None]),
    eg("add(x, y, 10, filter=1)", [14, 12], x=[1, 2], y=[3, None]),
    spec=strict(lambda x, y: x + y),
    infix=("+", 6),
    neutral=0.0,
    commutative=True,
    weight=3,
    signal=1,
    keeps=True,
)
def add(x: Value, y: Value) -> Array:
    """Sum.

    As a function of any number of arguments, with filter=1 missing ones count as 0.
    """
    return k.add(x, y)


@op(
    ROW,
    eg("x - 1", [0, 1], x=[1, 2]),
    eg("subtract(x, y, 10, filter=1)", [-12, -8], x=[1, 2], y=[3, None]),
    spec=strict(lambda x, y: x - y),
    aliases=("subtract",),
    infix=("-", 6),
    neutral=0.0,
    weight=4,
    signal=1,
    keeps=True,
)
def sub(x: Value, y: Value) -> Array:
    """Difference.

    As a function of any number of arguments, from left to right, with filter=1 missing ones count
    as 0.
    """
    return k.sub(x, y)


@op(
    ROW,
    eg("x * 2", [2, 4], x=[1, 2]),
    eg("multiply(x, y, 10, filter=1)", [30, 20], x=[1, 2], y=[3, None]),
    spec=strict(lambda x, y: x * y),
    aliases=("multiply",),
    infix=("*", 7),
    neutral=1.0,
    commutative=True,
    weight=3,
    signal=0.5,
    keeps=True,
)
def mul(x: Value, y: Value) -> Array:
    """Product.

    As a function of any number of arguments, with filter=1 missing ones count as 1.
    """
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


@short(
    ROW,
    eg("ceil(x)", [2, -1, 3], x=[1.2, -1.7, 3]),
    spec=strict(math.ceil),
    aliases=("ceiling",),
    nonlinear=True,
    cost=2,
)
def ceil(call: Build, x: Series) -> Any:
    """The next whole number above or equal: -floor(-x)."""
    return call.neg(call.floor(call.neg(x)))


@short(
    ROW,
    eg("fraction(x)", [0.75, -0.25, 0], x=[1.75, -1.25, 3]),
    spec=strict(lambda x: math.fmod(x, 1)),
    nonlinear=True,
    cost=5,
)
def fraction(call: Build, x: Series) -> Any:
    """What follows the decimal point, with the sign of x."""
    return call.sub(x, call.mul(call.sign(x), call.floor(call.abs(x))))


@op(
    ROW,
    eg("signed_power(x, 0.5)", [-3, 2], x=[-9, 4]),
    spec=strict(lambda x, a: math.copysign(abs(x) ** a, x) if x else 0.0),
    keywords={"y": "a"},
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
    keywords={"lower": "lo", "upper": "hi"},
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
