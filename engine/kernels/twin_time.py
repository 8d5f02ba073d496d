"""NumPy twin of the kernels over time, per symbol.

A window of d dates ends today and counts grid dates. Its value exists from row d - 1 on, when at
least `mp` of its values are present; missing ones are skipped. Every function loops over the
offsets of the window or over dates, so row t is a function of rows <= t in a fixed order.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.keys import rank_key
from engine.kernels.pool import Array, empty
from engine.kernels.twin_row import Mask, finite, quiet

FLAT = 1e-12  # sum of squared deviations below this share of the sum of squares: no variance
LEAST_SQUARE = 1e-280  # sums of squares below it are of numbers too small to be squared


def min_count(d: int, m: int) -> int:
    """Present values a window of d dates needs, for an operator that needs at least m."""
    return max(m, (d + 1) // 2)


def _rows(x: Array, d: int) -> list[Array]:
    """The d shifted views of x, oldest first, one row per date that has d dates."""
    rows = max(len(x) - d + 1, 0)
    return [x[j : j + rows] for j in range(d)]


def _place(shape: tuple[int, ...], d: int, exists: Mask, values: Array) -> Array:
    out = empty(shape)
    out[: d - 1] = np.nan
    if len(out) >= d:
        out[d - 1 :] = np.where(exists & np.isfinite(values), values, np.nan)
    return out


def _count(x: Array, d: int) -> Array:
    n = np.zeros(_rows(x, d)[0].shape)
    for row in _rows(x, d):
        n += ~np.isnan(row)
    return n


def _paired(x: Array, y: Array) -> tuple[Array, Array]:
    both = ~np.isnan(x) & ~np.isnan(y)
    return np.where(both, x, np.nan), np.where(both, y, np.nan)


def _oldest(x: Array, d: int) -> Array:
    """The oldest present value of each window: a reference inside the window."""
    first = np.full(_rows(x, d)[0].shape, np.nan)
    for row in _rows(x, d):
        first = np.where(np.isnan(first), row, first)
    return first


def _total(rows: list[Array]) -> Array:
    total = np.zeros(rows[0].shape)
    for row in rows:
        total += np.where(np.isnan(row), 0.0, row)
    return total


def _deviations(x: Array, d: int, n: Array) -> list[Array]:
    """Rows of the window minus its mean; the reference keeps the digits of far-away data."""
    reference = _oldest(x, d)
    shifted = [row - reference for row in _rows(x, d)]
    mean_shift = _total(shifted) / n
    return [row - mean_shift for row in shifted]


def _squares(rows: list[Array]) -> Array:
    return _total([row * row for row in rows])


def _varies(x: Array, d: int, squared_deviations: Array) -> Mask:
    return squared_deviations > FLAT * _squares(_rows(x, d)) + LEAST_SQUARE


def _measurable(power: Array) -> Mask:
    return (power > LEAST_SQUARE) & np.isfinite(power)


@quiet
def sum_(x: Array, d: int, mp: int) -> Array:
    """Sum of the present values."""
    return _place(x.shape, d, _count(x, d) >= mp, _total(_rows(x, d)))


@quiet
def mean(x: Array, d: int, mp: int) -> Array:
    """Mean of the present values."""
    n = _count(x, d)
    return _place(x.shape, d, n >= mp, _total(_rows(x, d)) / n)


@quiet
def std(x: Array, d: int, mp: int, ddof: int) -> Array:
    """Standard deviation, divisor n - ddof; exactly 0 for equal values, missing when n <= ddof."""
    n = _count(x, d)
    squared = _squares(_deviations(x, d, n))
    spread = np.sqrt(np.where(squared < LEAST_SQUARE, 0.0, squared) / (n - ddof))
    return _place(x.shape, d, (n >= mp) & (n > ddof), spread)


@quiet
def zscore(x: Array, d: int, mp: int) -> Array:
    """(x - mean) / std with divisor n; missing where the window does not vary."""
    n = _count(x, d)
    deviations = _deviations(x, d, n)
    squared = _squares(deviations)
    exists = (n >= mp) & _varies(x, d, squared)
    return _place(x.shape, d, exists, deviations[-1] / np.sqrt(squared / n))


@quiet
def min_(x: Array, d: int, mp: int) -> Array:
    """Smallest present value."""
    low = np.full(_rows(x, d)[0].shape, np.nan)
    for row in _rows(x, d):
        low = np.where(np.isnan(low) | (row < low), row, low)  # fmin: the sign of 0 varies
    return _place(x.shape, d, _count(x, d) >= mp, low)


@quiet
def max_(x: Array, d: int, mp: int) -> Array:
    """Largest present value."""
    high = np.full(_rows(x, d)[0].shape, np.nan)
    for row in _rows(x, d):
        high = np.where(np.isnan(high) | (row > high), row, high)
    return _place(x.shape, d, _count(x, d) >= mp, high)


@quiet
def product(x: Array, d: int, mp: int) -> Array:
    """Product of the present values, oldest first."""
    result = np.ones(_rows(x, d)[0].shape)
    for row in _rows(x, d):
        result *= np.where(np.isnan(row), 1.0, row)
    return _place(x.shape, d, _count(x, d) >= mp, result)


@quiet
def arg_max(x: Array, d: int, mp: int, oldest: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Days since the largest value (0 = today); of equal ones the most recent, or the oldest."""
    best = np.full(_rows(x, d)[0].shape, -np.inf)
    age = np.zeros(best.shape)
    for j, row in enumerate(_rows(x, d)):
        better = row > best if oldest else row >= best
        best = np.where(better, row, best)
        age = np.where(better, float(d - 1 - j), age)
    exists = (_count(x, d) >= mp) & ~np.isnan(_rows(x, d)[-1])
    return _place(x.shape, d, exists, age)


@quiet
def arg_min(x: Array, d: int, mp: int, oldest: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Days since the smallest value (0 = today); of equal ones the most recent, or the oldest."""
    return arg_max(-x, d, mp, oldest)


@quiet
def ts_rank(x: Array, d: int, mp: int, percent: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Average rank r of today's value among the n present, compared at 12 significant digits.

    (r - 1) / (n - 1) and 0.5 for a single value, or r / n when `percent`.
    """
    rows = _rows(rank_key(x), d)
    n = _count(x, d)
    below_twice = np.zeros(n.shape)
    for row in rows:
        below_twice += row < rows[-1]
        below_twice += row <= rows[-1]
    rank = 0.5 * (below_twice + 1.0)
    unit = np.where(n > 1.0, (rank - 1.0) / (n - 1.0), 0.5)
    exists = (n >= mp) & ~np.isnan(rows[-1])
    return _place(x.shape, d, exists, rank / n if percent else unit)


@quiet
def scale(x: Array, d: int, mp: int) -> Array:
    """(x - min) / (max - min); missing where the window is flat."""
    low = min_(x, d, mp)
    return finite((x - low) / finite(max_(x, d, mp) - low))


@quiet
def decay_linear(x: Array, d: int, mp: int) -> Array:
    """Mean weighted d (today), d - 1, ..., 1 over the present values."""
    total = np.zeros(_rows(x, d)[0].shape)
    weight = np.zeros(total.shape)
    for j, row in enumerate(_rows(x, d)):
        present = ~np.isnan(row)
        total += np.where(present, (j + 1.0) * row, 0.0)
        weight += np.where(present, j + 1.0, 0.0)
    return _place(x.shape, d, _count(x, d) >= mp, total / weight)


@quiet
def decay_exp(x: Array, d: int, mp: int, f: float) -> Array:
    """Mean weighted f^0 (today), f^1, ..., f^(d-1) over the present values."""
    total = np.zeros(_rows(x, d)[0].shape)
    weight = np.zeros(total.shape)
    for row in _rows(x, d):
        present = ~np.isnan(row)
        total = total * f + np.where(present, row, 0.0)
        weight = weight * f + present
    return _place(x.shape, d, (_count(x, d) >= mp) & (weight > LEAST_SQUARE), total / weight)


@quiet
def quantile(x: Array, d: int, mp: int, q: float) -> Array:
    """The q-quantile of the present values, linear between order statistics; q in [0, 1]."""
    out = empty(x.shape)
    out[: d - 1] = np.nan
    for t in range(d - 1, len(x)):
        ordered = np.sort(x[t - d + 1 : t + 1] + 0.0, axis=0)
        n = np.count_nonzero(~np.isnan(ordered), axis=0)
        place = q * (np.maximum(n, 1) - 1)
        below = np.floor(place).astype(np.intp)
        low = np.take_along_axis(ordered, below[None], axis=0)[0]
        above = np.minimum(below + 1, np.maximum(n, 1) - 1)
        high = np.take_along_axis(ordered, above[None], axis=0)[0]
        out[t] = np.where(n >= mp, low + (place - below) * (high - low), np.nan)
    return finite(out)


def _joint(
    x: Array, y: Array, d: int
) -> tuple[Array, list[Array], list[Array], Array, Array, Array]:
    n = _count(x, d)
    dx, dy = _deviations(x, d, n), _deviations(y, d, n)
    products = _total([u * v for u, v in zip(dx, dy, strict=True)])
    return n, dx, dy, products, _squares(dx), _squares(dy)


@quiet
def corr(x: Array, y: Array, d: int, mp: int) -> Array:
    """Pearson correlation over dates with both, in [-1, 1]; missing where either does not vary."""
    x, y = _paired(x, y)
    n, _, _, xy, xx, yy = _joint(x, y, d)
    exists = (n >= mp) & _varies(x, d, xx) & _varies(y, d, yy)
    return _place(x.shape, d, exists, np.clip(xy / (np.sqrt(xx) * np.sqrt(yy)), -1.0, 1.0))


@quiet
def cov(x: Array, y: Array, d: int, mp: int) -> Array:
    """Covariance over dates with both, divisor n - 1."""
    x, y = _paired(x, y)
    n, _, _, xy, _, _ = _joint(x, y, d)
    return _place(x.shape, d, (n >= mp) & (n > 1.0), xy / (n - 1.0))


@quiet
def beta(y: Array, x: Array, d: int, mp: int) -> Array:
    """Slope of y on x with intercept; missing where x does not vary."""
    x, y = _paired(x, y)
    n, _, _, xy, xx, _ = _joint(x, y, d)
    return _place(x.shape, d, (n >= mp) & _varies(x, d, xx), xy / xx)


@quiet
def resid(y: Array, x: Array, d: int, mp: int) -> Array:
    """Today's y minus its fit on x with intercept; missing where x does not vary."""
    x, y = _paired(x, y)
    n, dx, dy, xy, xx, _ = _joint(x, y, d)
    return _place(x.shape, d, (n >= mp) & _varies(x, d, xx), dy[-1] - xy / xx * dx[-1])


@quiet
def r2(y: Array, x: Array, d: int, mp: int) -> Array:
    """Squared correlation; missing where either does not vary."""
    r = corr(x, y, d, mp)
    return finite(r * r)


@quiet
def skew(x: Array, d: int, mp: int) -> Array:
    """Bias-corrected skewness G1; missing under 3 values or where the window does not vary."""
    n = _count(x, d)
    deviations = _deviations(x, d, n)
    m2 = _squares(deviations)
    m3 = _total([v * v * v for v in deviations])
    power = m2 * np.sqrt(m2)
    g1 = np.sqrt(n) * m3 / power
    exists = (n >= mp) & (n > 2.0) & _varies(x, d, m2) & _measurable(power)
    return _place(x.shape, d, exists, np.sqrt(n * (n - 1.0)) / (n - 2.0) * g1)


@quiet
def kurt(x: Array, d: int, mp: int) -> Array:
    """Bias-corrected excess kurtosis G2; missing under 4 values or where nothing varies."""
    n = _count(x, d)
    deviations = _deviations(x, d, n)
    m2 = _squares(deviations)
    power = m2 * m2
    g2 = n * _total([(v * v) * (v * v) for v in deviations]) / power - 3.0
    corrected = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0)
    exists = (n >= mp) & (n > 3.0) & _varies(x, d, m2) & _measurable(power)
    return _place(x.shape, d, exists, corrected)
