"""NumPy twin of the kernels across the symbols of a date, all or within a group.

Sums over all symbols run in eight lanes (symbol i in lane i % 8), combined as
((0+4)+(2+6))+((1+5)+(3+7)), sums within a group from symbol to symbol: the orders every build of
the compiled kernels keeps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.kernels.keys import rank_key
from engine.kernels.pool import Array, empty
from engine.kernels.twin_row import finite, quiet

FLAT = 1e-12
LEAST_SQUARE = 1e-280
Codes = npt.NDArray[np.int32]


def lane_sum(x: Array) -> Array:
    """Sum of the present values of each row, in the fixed order; shape [T]."""
    values = np.where(np.isnan(x), 0.0, x)
    lanes = np.zeros((len(x), 8))
    for start in range(0, x.shape[1], 8):
        part = values[:, start : start + 8]
        lanes[:, : part.shape[1]] += part
    pairs: Array = lanes[:, :4] + lanes[:, 4:]
    total: Array = (pairs[:, 0] + pairs[:, 2]) + (pairs[:, 1] + pairs[:, 3])
    return total


def _count(x: Array) -> Array:
    n: Array = (~np.isnan(x)).sum(axis=1, keepdims=True).astype(np.float64)
    return n


def _sum(x: Array) -> Array:
    return lane_sum(x)[:, None]


def _chain(x: Array) -> Array:
    """Sum of the present values of each row, one symbol after the other; shape [T, 1]."""
    total: Array = np.add.accumulate(np.where(np.isnan(x), 0.0, x), axis=1)[:, -1:]
    return total


def _shifted(x: Array) -> tuple[Array, Array]:
    """Distance from the first present value of the row, and it: equal values leave exact zeros."""
    if x.shape[1] == 0:
        return x, np.full((len(x), 1), np.nan)
    first = np.take_along_axis(x, np.argmin(np.isnan(x), axis=1)[:, None], axis=1)
    return x - first, first


def _centred(x: Array) -> tuple[Array, Array, Array]:
    """Deviations from the row mean, their sum of squares and the count."""
    shifted, _ = _shifted(x)
    n = _count(x)
    deviations = shifted - _sum(shifted) / n
    squares = _sum(deviations * deviations)
    return deviations, np.where(squares < LEAST_SQUARE, 0.0, squares), n


def average_rank(x: Array) -> Array:
    """Ranks 1..n of the present values of each row at 12 digits, ties averaged."""
    out = np.full(x.shape, np.nan)
    for t, keys in enumerate(rank_key(x)):
        present = np.flatnonzero(~np.isnan(keys))
        _, place, ties = np.unique(keys[present], return_inverse=True, return_counts=True)
        last = np.cumsum(ties)
        out[t, present] = (last - 0.5 * (ties - 1))[place]
    return out


def _unit(rank: Array, n: Array) -> Array:
    return np.where(n > 1.0, (rank - 1.0) / (n - 1.0), np.where(np.isnan(rank), np.nan, 0.5))


@quiet
def cs_rank(x: Array, percent: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Average rank r of n: (r - 1) / (n - 1), 0.5 for a single value; r / n when `percent`."""
    rank, n = average_rank(x), _count(x)
    return finite(rank / n if percent else _unit(rank, n))


@quiet
def cs_zscore(x: Array) -> Array:
    """(x - mean) / std with divisor n; missing on dates without variance."""
    deviations, squares, n = _centred(x)
    score = deviations / np.sqrt(squares / n)
    return finite(np.where(squares > FLAT * _sum(x * x) + LEAST_SQUARE, score, np.nan))


@quiet
def cs_demean(x: Array) -> Array:
    """Distance of x from the mean of its date."""
    return finite(_centred(x)[0])


@quiet
def cs_scale(x: Array, a: float) -> Array:
    """Scaled to a: a x / sum|x| of the date."""
    return finite(a * x / finite(_sum(np.abs(x))))


@quiet
def cs_winsorize(x: Array, kk: float) -> Array:
    """Values held within the mean +- kk standard deviations (divisor n) of their date."""
    shifted, first = _shifted(x)
    n = _count(x)
    middle = _sum(shifted) / n
    deviations = shifted - middle
    squares = _sum(deviations * deviations)
    reach = kk * np.sqrt(np.where(squares < LEAST_SQUARE, 0.0, squares) / n)
    low, high = first + (middle - reach), first + (middle + reach)
    return finite(np.where(deviations < -reach, low, np.where(deviations > reach, high, x)))


@quiet
def cs_quantile(x: Array) -> Array:
    """Standard normal quantile of 1/n + r (1 - 2/n), r the unit rank; 0 for a single value."""
    rank, n = average_rank(x), _count(x)
    off_centre = (rank - 0.5 * (n + 1.0)) / (n - 1.0)  # unit rank - 0.5, exactly odd
    score = normal_quantile(off_centre * (1.0 - 2.0 / n))
    return finite(np.where(n > 1.0, score, 0.0 * rank))


@quiet
def cs_bucket(x: Array, n: int) -> Array:
    """Bucket 0..n-1 of the unit rank: floor(r n), at most n - 1."""
    rank, count = average_rank(x), _count(x)
    place = np.where(count > 1.0, (rank - 1.0) * n / (count - 1.0), 0.5 * n + 0.0 * rank)
    return finite(np.minimum(np.floor(place), n - 1.0))


@quiet
def cs_neutralize(y: Array, x: Array) -> Array:
    """Residual of y on x with intercept, per date; missing on dates where x does not vary."""
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    dx, xx, _ = _centred(x)
    dy, _, _ = _centred(y)
    fitted = _sum(dx * dy) / xx * dx
    return finite(np.where(xx > FLAT * _sum(x * x) + LEAST_SQUARE, dy - fitted, np.nan))


@quiet
def cs_top(x: Array, kk: int) -> Array:
    """1 for the kk largest of the date (average rank from the top within kk), else 0."""
    rank = average_rank(x)
    return finite(np.where(np.isnan(rank), np.nan, (_count(x) + 1.0 - rank <= kk) * 1.0))


@quiet
def cs_bottom(x: Array, kk: int) -> Array:
    """1 for the kk smallest of the date (average rank within kk), else 0."""
    rank = average_rank(x)
    return finite(np.where(np.isnan(rank), np.nan, (rank <= kk) * 1.0))


def _spread(x: Array, value: Array) -> Array:
    return finite(np.where(np.isnan(x), np.nan, value))


@quiet
def cs_mean(x: Array) -> Array:
    """Mean of the date, in every present cell."""
    shifted, first = _shifted(x)
    return _spread(x, first + _sum(shifted) / _count(x))


@quiet
def cs_std(x: Array) -> Array:
    """Standard deviation of the date (divisor n), in every present cell."""
    _, squares, n = _centred(x)
    return _spread(x, np.sqrt(squares / n))


@quiet
def cs_count(x: Array) -> Array:
    """Number of present values of the date, in every present cell."""
    return _spread(x, _count(x))


def _unsigned(x: Array) -> Array:
    """The values, with a zero that has no sign: equal values are the same."""
    return x + 0.0


@quiet
def cs_sum(x: Array) -> Array:
    """Sum of the date, in every present cell."""
    return _spread(x, _chain(_unsigned(x)))


@quiet
def cs_min(x: Array) -> Array:
    """Smallest value of the date, in every present cell."""
    return _spread(x, np.fmin.reduce(_unsigned(x), axis=1, keepdims=True, initial=np.inf))


@quiet
def cs_max(x: Array) -> Array:
    """Largest value of the date, in every present cell."""
    return _spread(x, np.fmax.reduce(_unsigned(x), axis=1, keepdims=True, initial=-np.inf))


@quiet
def cs_median(x: Array) -> Array:
    """Median of the date, in every present cell."""
    ordered = np.sort(_unsigned(x), axis=1)  # missing ones last
    n = np.count_nonzero(~np.isnan(ordered), axis=1, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum(n - 1, 0) // 2, axis=1)
    upper = np.take_along_axis(ordered, np.minimum(n // 2, x.shape[1] - 1), axis=1)
    return _spread(x, lower + 0.5 * (upper - lower))


# Within groups: each group is the panel with everybody else missing.


def _groups(x: Array, codes: Codes) -> list[Array]:
    present = np.unique(codes[~np.isnan(x)])
    return [np.where(codes == code, x, np.nan) for code in present if code >= 0]


def _merge(x: Array, parts: list[Array]) -> Array:
    out = empty(x.shape)
    out[:] = np.nan
    for part in parts:
        np.copyto(out, part, where=~np.isnan(part))
    return finite(out)


def _deviations(part: Array) -> tuple[Array, Array]:
    """Deviations from the mean of the group and the standard deviation (divisor n)."""
    shifted, _ = _shifted(part)
    n = _count(part)
    deviations = shifted - _chain(shifted) / n
    squares = _chain(deviations * deviations)
    return deviations, np.sqrt(np.where(squares < LEAST_SQUARE, 0.0, squares) / n)


@quiet
def g_mean(x: Array, codes: Codes) -> Array:
    """Mean of the group on the date, in every present cell of the group."""
    parts = []
    for part in _groups(x, codes):
        shifted, first = _shifted(part)
        parts.append(_spread(part, first + _chain(shifted) / _count(part)))
    return _merge(x, parts)


@quiet
def g_std(x: Array, codes: Codes) -> Array:
    """Standard deviation of the group on the date (divisor n), in its present cells."""
    return _merge(x, [_spread(part, _deviations(part)[1]) for part in _groups(x, codes)])


@quiet
def g_rank(x: Array, codes: Codes) -> Array:
    """Unit rank within the group; 0.5 for a group of one."""
    return _merge(x, [cs_rank(part, False) for part in _groups(x, codes)])


@quiet
def g_zscore(x: Array, codes: Codes) -> Array:
    """Standard score within the group; missing where the group does not vary."""
    parts = []
    for part in _groups(x, codes):
        deviations, std = _deviations(part)
        squares = _chain(deviations * deviations)
        varies = squares > FLAT * _chain(part * part) + LEAST_SQUARE
        parts.append(np.where(varies, deviations / std, np.nan))
    return _merge(x, parts)


@quiet
def g_demean(x: Array, codes: Codes) -> Array:
    """Distance of x from the mean of its group."""
    return _merge(x, [_deviations(part)[0] for part in _groups(x, codes)])


@quiet
def g_scale(x: Array, codes: Codes) -> Array:
    """Scaled to 1: x / sum|x| of its group."""
    return _merge(x, [part / finite(_chain(np.abs(part))) for part in _groups(x, codes)])


@quiet
def g_sum(x: Array, codes: Codes) -> Array:
    """Sum of the group on the date, in its present cells."""
    return _merge(x, [cs_sum(part) for part in _groups(x, codes)])


@quiet
def g_min(x: Array, codes: Codes) -> Array:
    """Smallest value of the group on the date, in its present cells."""
    return _merge(x, [cs_min(part) for part in _groups(x, codes)])


@quiet
def g_max(x: Array, codes: Codes) -> Array:
    """Largest value of the group on the date, in its present cells."""
    return _merge(x, [cs_max(part) for part in _groups(x, codes)])


@quiet
def g_median(x: Array, codes: Codes) -> Array:
    """Median of the group on the date, in its present cells."""
    return _merge(x, [cs_median(part) for part in _groups(x, codes)])


@quiet
def g_count(x: Array, codes: Codes) -> Array:
    """Number of present values of the group on the date, in its present cells."""
    return _merge(x, [cs_count(part) for part in _groups(x, codes)])


# The standard normal quantile, Wichura's algorithm AS 241 (PPND16): three rational functions of
# degree seven, coefficients of rising powers, numerator then denominator.
CENTRAL = (
    (3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
     45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727),
    (1.0, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077,
     21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561),
)  # fmt: skip
TAIL = (
    (1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
     1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
     7.7454501427834140764e-4),
    (1.0, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
     0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
FAR = (
    (6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
     0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
     2.01033439929228813265e-7),
    (1.0, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
     7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def _ratio(coefficients: tuple[tuple[float, ...], ...], r: Array) -> Array:
    top, bottom = (np.full(r.shape, row[-1]) for row in coefficients)
    for a, b in zip(coefficients[0][-2::-1], coefficients[1][-2::-1], strict=True):
        top, bottom = top * r + a, bottom * r + b
    return np.asarray(top / bottom)


def normal_quantile(off_centre: Array) -> Array:
    """Standard normal quantile of 0.5 + off_centre, |off_centre| < 0.5; exactly odd."""
    q = off_centre
    central = q * _ratio(CENTRAL, 0.180625 - q * q)
    r = np.sqrt(-np.log(0.5 - np.abs(q)))
    tail = np.where(r <= 5.0, _ratio(TAIL, r - 1.6), _ratio(FAR, r - 5.0))
    return np.where(np.abs(q) <= 0.425, central, np.copysign(tail, q))


@quiet
def normal_score(x: Array) -> Array:
    """Standard normal quantile of 0.5 + x; missing unless |x| < 0.5."""
    return finite(np.where(np.abs(x) < 0.5, normal_quantile(x), np.nan))
