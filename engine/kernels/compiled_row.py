"""Compiled cell-by-cell kernels; meanings are those of `twin_row`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from engine.kernels.calls import address, alike, loaded, ready
from engine.kernels.pool import Array, empty
from engine.kernels.twin_row import Mask

LIB = loaded()

_ADD, _SUB, _MUL, _DIV, _LT, _LE, _EQ, _NE, _AND, _OR, _MIN, _MAX = range(12)
_NEG, _ABS, _SIGN, _SQRT, _FLOOR, _ROUND, _INVERSE, _NOT, _IS_MISSING = range(9)
_LOG, _LOG1P, _EXP, _TANH, _SIGMOID = range(9, 14)


def _with_two(kernel: Callable[..., None], a: Array | float, b: Array | float) -> Array:
    """The kernel of two operands, at least one of which is an array."""
    if not isinstance(b, np.ndarray):
        if not isinstance(a, np.ndarray):
            raise TypeError("At least one operand must be an array.")
        a = ready(a)
        out = empty(a.shape)
        kernel(address(a), 0.0, None, b, address(out), out.size)
        return out
    b = ready(b)
    out = empty(b.shape)
    if not isinstance(a, np.ndarray):
        kernel(None, a, address(b), 0.0, address(out), out.size)
        return out
    a = ready(a)
    alike(a, b)
    kernel(address(a), 0.0, address(b), 0.0, address(out), out.size)
    return out


def _binary(op: int, a: Array | float, b: Array | float) -> Array:
    return _with_two(partial(LIB.kv_binary, op), a, b)


def _unary(op: int, x: Array) -> Array:
    x = ready(x)
    out = empty(x.shape)
    LIB.kv_unary(op, address(x), address(out), out.size)
    return out


def _operand(like: Array, v: Array | float) -> tuple[Array | None, int | None, float]:
    """The array to keep alive, its address or None, and the number or 0."""
    if not isinstance(v, np.ndarray):
        return None, None, v
    v = ready(v)
    alike(like, v)
    return v, address(v), 0.0


def add(a: Array | float, b: Array | float) -> Array:
    """Sum a + b."""
    return _binary(_ADD, a, b)


def sub(a: Array | float, b: Array | float) -> Array:
    """Difference a - b."""
    return _binary(_SUB, a, b)


def mul(a: Array | float, b: Array | float) -> Array:
    """Product a b."""
    return _binary(_MUL, a, b)


def div(a: Array | float, b: Array | float) -> Array:
    """Ratio a / b; missing where b is 0."""
    return _binary(_DIV, a, b)


def pow_(a: Array | float, b: Array | float) -> Array:
    """Real power a^b; missing for a < 0 with a fractional b and for 0 to a negative power."""
    return _with_two(LIB.kv_power, a, b)


def signed_pow(x: Array | float, a: Array | float) -> Array:
    """Signed power sign(x) |x|^a."""
    return _with_two(LIB.kv_signed_power, x, a)


def neg(x: Array) -> Array:
    """-x."""
    return _unary(_NEG, x)


def abs_(x: Array) -> Array:
    """|x|."""
    return _unary(_ABS, x)


def sign(x: Array) -> Array:
    """-1, 0 or 1."""
    return _unary(_SIGN, x)


def log(x: Array) -> Array:
    """Natural logarithm; missing where x <= 0."""
    return _unary(_LOG, x)


def exp(x: Array) -> Array:
    """Exponential e^x."""
    return _unary(_EXP, x)


def sqrt(x: Array) -> Array:
    """Square root; missing where x < 0."""
    return _unary(_SQRT, x)


def tanh(x: Array) -> Array:
    """Hyperbolic tangent."""
    return _unary(_TANH, x)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x)."""
    return _unary(_SIGMOID, x)


def floor(x: Array) -> Array:
    """Largest whole number not above x."""
    return _unary(_FLOOR, x)


def round_(x: Array) -> Array:
    """Nearest whole number, halves to the even one."""
    return _unary(_ROUND, x)


def inverse(x: Array) -> Array:
    """1 / x; missing where x is 0."""
    return _unary(_INVERSE, x)


def s_log1p(x: Array) -> Array:
    """Signed logarithm sign(x) ln(1 + |x|)."""
    return _unary(_LOG1P, x)


def lt(a: Array | float, b: Array | float) -> Array:
    """1 where a < b, else 0."""
    return _binary(_LT, a, b)


def le(a: Array | float, b: Array | float) -> Array:
    """1 where a <= b, else 0."""
    return _binary(_LE, a, b)


def eq(a: Array | float, b: Array | float) -> Array:
    """1 where a = b, else 0."""
    return _binary(_EQ, a, b)


def ne(a: Array | float, b: Array | float) -> Array:
    """1 where a and b differ, else 0."""
    return _binary(_NE, a, b)


def and_(a: Array | float, b: Array | float) -> Array:
    """1 where both are true (not 0), else 0."""
    return _binary(_AND, a, b)


def or_(a: Array | float, b: Array | float) -> Array:
    """1 where at least one is true (not 0), else 0."""
    return _binary(_OR, a, b)


def not_(x: Array) -> Array:
    """1 where x is 0, else 0."""
    return _unary(_NOT, x)


def min2(a: Array | float, b: Array | float) -> Array:
    """The smaller of a and b."""
    return _binary(_MIN, a, b)


def max2(a: Array | float, b: Array | float) -> Array:
    """The larger of a and b."""
    return _binary(_MAX, a, b)


def clip(x: Array, lo: float, hi: float) -> Array:
    """The nearest value to x in [lo, hi]; hi where lo > hi."""
    x = ready(x)
    out = empty(x.shape)
    LIB.kv_clip(address(x), lo, hi, address(out), out.size)
    return out


def where(c: Array, a: Array | float, b: Array | float) -> Array:
    """Pick a where c is not 0, else b; missing where c or the picked one is."""
    c = ready(c)
    out = empty(c.shape)
    first, a_address, a_value = _operand(c, a)
    second, b_address, b_value = _operand(c, b)
    LIB.kv_where(address(c), a_address, a_value, b_address, b_value, address(out), out.size)
    del first, second
    return out


def fill(x: Array, v: Array | float) -> Array:
    """The value of x, or v where x is missing."""
    x = ready(x)
    out = empty(x.shape)
    other, v_address, v_value = _operand(x, v)
    LIB.kv_fill(address(x), v_address, v_value, address(out), out.size)
    del other
    return out


def is_missing(x: Array) -> Array:
    """1 where x is missing, else 0."""
    return _unary(_IS_MISSING, x)


def mask(x: Array, m: Mask) -> Array:
    """The value of x where m, else missing."""
    x, m = ready(x), np.ascontiguousarray(m, np.bool_)
    alike(x, m)
    out = empty(x.shape)
    LIB.kv_mask(address(x), address(m), address(out), out.size)
    return out
