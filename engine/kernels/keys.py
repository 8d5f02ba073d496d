"""Order-preserving keys of float64 values at 12 significant digits.

The key of v is the whole number sign(v) (9e11 (e + 400) + m - 1e11 + 1) where m 10^(e-11) is v
rounded half-even to 12 significant decimal digits, 1e11 <= m < 1e12; the key of 0 is 0. Values
equal at 12 digits have equal keys, the order of keys is the order of rounded values, and
|key| < 2^50, so a key is exact as float64 and leaves 13 bits of an int64 for a symbol index.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.pool import Array

STEP = 9e11
OFFSET = 400


def rank_key(x: Array) -> Array:
    """The keys of `x` as float64; missing stays NaN.

    A vectorised guess decides unless the digits after the twelfth are within 1e-3 of a half;
    those cells, and magnitudes beyond 1e+-200, go through Python's correctly rounded formatting.
    """
    size = np.abs(x)
    regular = (size > 1e-200) & (size < 1e200)
    safe = np.where(regular, size, 1.0)
    exponent = np.floor(np.log10(safe))
    scaled = safe * 10.0 ** (11.0 - exponent)
    doubtful = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-3
    magnitude = STEP * (exponent + OFFSET) + np.rint(scaled) - 1e11 + 1.0
    for cell in np.flatnonzero((doubtful | ~regular) & (size > 0.0)):
        magnitude.flat[cell] = _formatted(float(size.flat[cell]))
    return np.where(np.isnan(x), np.nan, np.where(size == 0.0, 0.0, np.copysign(magnitude, x)))


def _formatted(size: float) -> float:
    digits, exponent = f"{size:.11e}".split("e")
    mantissa = float(digits.replace(".", ""))
    return STEP * (float(exponent) + OFFSET) + mantissa - 1e11 + 1.0
