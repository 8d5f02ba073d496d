"""Compiled kernels across symbols; meanings are those of `twin_cross`."""

from __future__ import annotations

import numpy as np

from engine.kernels import twin_cross
from engine.kernels.calls import address, alike, loaded, ready
from engine.kernels.pool import Array, empty
from engine.kernels.twin_cross import Codes

LIB = loaded()

MOST_SYMBOLS = 8192  # an index of 13 bits

_UNIT, _PERCENT, _QUANTILE, _BUCKET, _TOP, _BOTTOM = range(6)
_DEMEAN, _ZSCORE, _MEAN, _STD, _COUNT, _SCALE, _WINSORIZE, _TOTAL = range(8)
_SUM, _LOWEST, _HIGHEST, _MEDIAN, _MEMBERS = range(5)


def _rank(kind: int, x: Array, parameter: float) -> Array:
    x = ready(x)
    out = empty(x.shape)
    LIB.kv_rank(kind, address(x), address(out), x.shape[1], len(x), parameter)
    return out


def _cross(kind: int, x: Array, parameter: float = 0.0) -> Array:
    x = ready(x)
    out = empty(x.shape)
    LIB.kv_cross(kind, address(x), address(out), x.shape[1], len(x), parameter)
    return out


def _wide(x: Array) -> bool:
    return int(x.shape[1]) > MOST_SYMBOLS


def cs_rank(x: Array, percent: bool) -> Array:  # noqa: FBT001 - positional in a formula
    """Average rank r of n: (r - 1) / (n - 1), 0.5 for a single value; r / n when `percent`."""
    if _wide(x):
        return twin_cross.cs_rank(x, percent)
    return _rank(_PERCENT if percent else _UNIT, x, 0.0)


def cs_zscore(x: Array) -> Array:
    """(x - mean) / std with divisor n; missing on dates without variance."""
    return _cross(_ZSCORE, x)


def cs_demean(x: Array) -> Array:
    """Distance of x from the mean of its date."""
    return _cross(_DEMEAN, x)


def cs_scale(x: Array, a: float) -> Array:
    """Scaled to a: a x / sum|x| of the date."""
    return _cross(_SCALE, x, a)


def cs_winsorize(x: Array, kk: float) -> Array:
    """Values held within the mean +- kk standard deviations (divisor n) of their date."""
    return _cross(_WINSORIZE, x, kk)


def cs_quantile(x: Array) -> Array:
    """Standard normal quantile of 1/n + r (1 - 2/n), r the unit rank; 0 for a single value."""
    return twin_cross.cs_quantile(x) if _wide(x) else _rank(_QUANTILE, x, 0.0)


def cs_bucket(x: Array, n: int) -> Array:
    """Bucket 0..n-1 of the unit rank: floor(r n), at most n - 1."""
    return twin_cross.cs_bucket(x, n) if _wide(x) else _rank(_BUCKET, x, n)


def cs_neutralize(y: Array, x: Array) -> Array:
    """Residual of y on x with intercept, per date; missing on dates where x does not vary."""
    y, x = ready(y), ready(x)
    alike(y, x)
    out = empty(x.shape)
    LIB.kv_cross_neutralize(address(y), address(x), address(out), x.shape[1], len(x))
    return out


def cs_top(x: Array, kk: int) -> Array:
    """1 for the kk largest of the date (average rank from the top within kk), else 0."""
    return twin_cross.cs_top(x, kk) if _wide(x) else _rank(_TOP, x, kk)


def cs_bottom(x: Array, kk: int) -> Array:
    """1 for the kk smallest of the date (average rank within kk), else 0."""
    return twin_cross.cs_bottom(x, kk) if _wide(x) else _rank(_BOTTOM, x, kk)


def cs_mean(x: Array) -> Array:
    """Mean of the date, in every present cell."""
    return _cross(_MEAN, x)


def cs_std(x: Array) -> Array:
    """Standard deviation of the date (divisor n), in every present cell."""
    return _cross(_STD, x)


def cs_count(x: Array) -> Array:
    """Number of present values of the date, in every present cell."""
    return _cross(_COUNT, x)


def _order(kind: int, x: Array, codes: Codes | None = None) -> Array:
    groups = 1
    if codes is not None:
        x, codes, groups = _coded(x, codes)
    x = ready(x)
    out, labels = empty(x.shape), None if codes is None else address(codes)
    LIB.kv_order(kind, address(x), labels, address(out), x.shape[1], len(x), groups)
    return out


def normal_score(x: Array) -> Array:
    """Standard normal quantile of 0.5 + x; missing unless |x| < 0.5."""
    x = ready(x)
    out = empty(x.shape)
    LIB.kv_normal_score(address(x), address(out), out.size)
    return out


def cs_sum(x: Array) -> Array:
    """Sum of the date, in every present cell."""
    return _cross(_TOTAL, x)


def cs_min(x: Array) -> Array:
    """Smallest value of the date, in every present cell."""
    return _order(_LOWEST, x)


def cs_max(x: Array) -> Array:
    """Largest value of the date, in every present cell."""
    return _order(_HIGHEST, x)


def cs_median(x: Array) -> Array:
    """Median of the date, in every present cell."""
    return _order(_MEDIAN, x)


def _coded(x: Array, codes: Codes) -> tuple[Array, Codes, int]:
    x, codes = ready(x), np.ascontiguousarray(codes, np.int32)
    alike(x, codes)
    return x, codes, int(codes.max(initial=-1)) + 1


def _group(kind: int, x: Array, codes: Codes) -> Array:
    x, codes, groups = _coded(x, codes)
    out = empty(x.shape)
    LIB.kv_group(kind, address(x), address(codes), address(out), x.shape[1], len(x), groups)
    return out


def g_mean(x: Array, codes: Codes) -> Array:
    """Mean of the group on the date, in every present cell of the group."""
    return _group(_MEAN, x, codes)


def g_std(x: Array, codes: Codes) -> Array:
    """Standard deviation of the group on the date (divisor n), in its present cells."""
    return _group(_STD, x, codes)


def g_rank(x: Array, codes: Codes) -> Array:
    """Unit rank within the group; 0.5 for a group of one."""
    if _wide(x):
        return twin_cross.g_rank(x, codes)
    x, codes, groups = _coded(x, codes)
    out = empty(x.shape)
    LIB.kv_group_rank(address(x), address(codes), address(out), x.shape[1], len(x), groups)
    return out


def g_zscore(x: Array, codes: Codes) -> Array:
    """Standard score within the group; missing where the group does not vary."""
    return _group(_ZSCORE, x, codes)


def g_demean(x: Array, codes: Codes) -> Array:
    """Distance of x from the mean of its group."""
    return _group(_DEMEAN, x, codes)


def g_scale(x: Array, codes: Codes) -> Array:
    """Scaled to 1: x / sum|x| of its group."""
    return _group(_SCALE, x, codes)


def g_sum(x: Array, codes: Codes) -> Array:
    """Sum of the group on the date, in its present cells."""
    return _order(_SUM, x, codes)


def g_min(x: Array, codes: Codes) -> Array:
    """Smallest value of the group on the date, in its present cells."""
    return _order(_LOWEST, x, codes)


def g_max(x: Array, codes: Codes) -> Array:
    """Largest value of the group on the date, in its present cells."""
    return _order(_HIGHEST, x, codes)


def g_median(x: Array, codes: Codes) -> Array:
    """Median of the group on the date, in its present cells."""
    return _order(_MEDIAN, x, codes)


def g_count(x: Array, codes: Codes) -> Array:
    """Number of present values of the group on the date, in its present cells."""
    return _order(_MEMBERS, x, codes)
