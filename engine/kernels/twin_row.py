"""NumPy twin of the cell-by-cell kernels.

Operands are Arrays of one shape or plain floats; a missing operand gives a missing result unless a
docstring says otherwise, and whatever is not finite becomes missing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.kernels.pool import Array, empty

Mask = npt.NDArray[np.bool_]

quiet = np.errstate(all="ignore")


def finite(values: Array) -> Array:
    """A pooled copy of `values` with NaN in the place of infinities."""
    out = empty(values.shape)
    np.copyto(out, values)
    out[~np.isfinite(out)] = np.nan
    return out


def _truth(holds: Mask, *operands: Array | float) -> Array:
    known = np.ones(holds.shape, bool)
    for operand in operands:
        known &= ~np.isnan(operand)
    return finite(np.where(known, np.where(holds, 1.0, 0.0), np.nan))


_SIGNED_POWERS: dict[float, Callable[[Array], Array]] = {
    0.5: lambda x: np.copysign(np.sqrt(np.abs(x)), x),
    1.0: lambda x: x,
    2.0: lambda x: x * np.abs(x),
    3.0: lambda x: x * x * x,
}


@quiet
def add(a: Array | float, b: Array | float) -> Array:
    """Sum a + b."""
    return finite(np.add(a, b))


@quiet
def sub(a: Array | float, b: Array | float) -> Array:
    """Difference a - b."""
    return finite(np.subtract(a, b))


@quiet
def mul(a: Array | float, b: Array | float) -> Array:
    """Product a b."""
    return finite(np.multiply(a, b))


@quiet
def div(a: Array | float, b: Array | float) -> Array:
    """Ratio a / b; missing where b is 0."""
    return finite(np.true_divide(a, b))


@quiet
def pow_(a: Array | float, b: Array | float) -> Array:
    """Real power a^b; missing for a < 0 with a fractional b and for 0 to a negative power."""
    raised = np.asarray(np.power(a, b))
    return finite(np.where(np.isnan(a) | np.isnan(b), np.nan, raised))


@quiet
def signed_pow(x: Array | float, a: Array | float) -> Array:
    """Signed power sign(x) |x|^a; 0.5, 1, 2 and 3 by root and products."""
    if isinstance(x, np.ndarray) and not isinstance(a, np.ndarray) and a in _SIGNED_POWERS:
        return finite(_SIGNED_POWERS[a](x))
    raised = np.sign(x) * np.power(np.abs(x), a)
    return finite(np.where(np.isnan(x) | np.isnan(a), np.nan, raised))


@quiet
def neg(x: Array) -> Array:
    """-x."""
    return finite(-x)


@quiet
def abs_(x: Array) -> Array:
    """|x|."""
    return finite(np.abs(x))


@quiet
def sign(x: Array) -> Array:
    """-1, 0 or 1."""
    return finite(np.sign(x))


@quiet
def log(x: Array) -> Array:
    """Natural logarithm; missing where x <= 0."""
    return finite(np.log(x))


@quiet
def exp(x: Array) -> Array:
    """Exponential e^x."""
    return finite(np.exp(x))


@quiet
def sqrt(x: Array) -> Array:
    """Square root; missing where x < 0."""
    return finite(np.sqrt(x))


@quiet
def tanh(x: Array) -> Array:
    """Hyperbolic tangent."""
    return finite(np.tanh(x))


@quiet
def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x)."""
    smaller = np.exp(-np.abs(x))  # of e^x and e^-x, which cannot overflow
    return finite(np.where(x < 0.0, smaller, 1.0) / (1.0 + smaller))


@quiet
def floor(x: Array) -> Array:
    """Largest whole number not above x."""
    return finite(np.floor(x))


@quiet
def round_(x: Array) -> Array:
    """Nearest whole number, halves to the even one."""
    return finite(np.rint(x))


@quiet
def inverse(x: Array) -> Array:
    """1 / x; missing where x is 0."""
    return finite(1.0 / x)


@quiet
def s_log1p(x: Array) -> Array:
    """Signed logarithm sign(x) ln(1 + |x|)."""
    return finite(np.copysign(np.log1p(np.abs(x)), x))


@quiet
def lt(a: Array | float, b: Array | float) -> Array:
    """1 where a < b, else 0."""
    return _truth(np.less(a, b), a, b)


@quiet
def le(a: Array | float, b: Array | float) -> Array:
    """1 where a <= b, else 0."""
    return _truth(np.less_equal(a, b), a, b)


@quiet
def eq(a: Array | float, b: Array | float) -> Array:
    """1 where a = b, else 0."""
    return _truth(np.equal(a, b), a, b)


@quiet
def ne(a: Array | float, b: Array | float) -> Array:
    """1 where a and b differ, else 0."""
    return _truth(np.not_equal(a, b), a, b)


@quiet
def and_(a: Array | float, b: Array | float) -> Array:
    """1 where both are true (not 0), else 0."""
    return _truth(np.logical_and(a, b), a, b)


@quiet
def or_(a: Array | float, b: Array | float) -> Array:
    """1 where at least one is true (not 0), else 0."""
    return _truth(np.logical_or(a, b), a, b)


@quiet
def not_(x: Array) -> Array:
    """1 where x is 0, else 0."""
    return _truth(np.equal(x, 0.0), x)


@quiet
def min2(a: Array | float, b: Array | float) -> Array:
    """The smaller of a and b."""
    return finite(np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(np.less(b, a), b, a)))


@quiet
def max2(a: Array | float, b: Array | float) -> Array:
    """The larger of a and b."""
    return finite(np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(np.greater(b, a), b, a)))


@quiet
def clip(x: Array, lo: float, hi: float) -> Array:
    """The nearest value to x in [lo, hi]; hi where lo > hi."""
    raised = np.where(x < lo, lo, x)
    return finite(np.where(raised > hi, hi, raised))


@quiet
def where(c: Array, a: Array | float, b: Array | float) -> Array:
    """Pick a where c is not 0, else b; missing where c or the picked one is."""
    return finite(np.where(np.isnan(c), np.nan, np.where(c != 0.0, a, b)))


@quiet
def fill(x: Array, v: Array | float) -> Array:
    """The value of x, or v where x is missing."""
    return finite(np.where(np.isnan(x), v, x))


@quiet
def is_missing(x: Array) -> Array:
    """1 where x is missing, else 0."""
    return finite(np.where(np.isnan(x), 1.0, 0.0))


@quiet
def mask(x: Array, m: Mask) -> Array:
    """The value of x where m, else missing."""
    return finite(np.where(m, x, np.nan))
