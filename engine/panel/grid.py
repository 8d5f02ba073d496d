"""Matrices [dates x symbols]: checks, canonical bits, returns, fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import DataError

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Days = npt.NDArray[np.datetime64]
T = TypeVar("T")


def simple_returns(prices: Array) -> Array:
    """Return of each price over the last known price before it [dates x symbols]."""
    known = np.where(prices > 0, prices, np.nan)
    last = known.copy()
    for row in range(1, len(last)):
        np.copyto(last[row], last[row - 1], where=np.isnan(last[row]))
    result = np.where(np.isnan(known), np.nan, 0.0)
    with np.errstate(over="ignore"):
        moves = known[1:] / last[:-1] - 1.0
    first = np.isnan(last[:-1])
    np.copyto(result[1:], np.where(np.isinf(moves), np.nan, moves), where=~first)
    return result


def content_hash(values: npt.NDArray[Any]) -> str:
    """SHA-256 of the bytes of a C-contiguous array, in hex."""
    return hashlib.sha256(values.data).hexdigest()


def fingerprint(
    dates: Days,
    symbols: Sequence[str],
    features: Mapping[str, str],
    categories: Mapping[str, tuple[str, Sequence[str]]],
    *,
    roles: tuple[str, str | None, float],
) -> str:
    """SHA-256 of the content in hex: the order of rows and columns and the file do not matter.

    `features` are the content hashes of the matrices, `categories` those of the codes with their
    levels. `roles` = price column, universe column, periods per year: they change what is earned.
    """
    days = content_hash(np.ascontiguousarray(dates.astype("datetime64[D]").view(np.int64)))
    content = ("kvant panel 1", days, symbols, sorted(features.items()), sorted(categories.items()))
    price, universe, periods = roles
    return hashlib.sha256(
        msgspec.json.encode((*content, price, universe, float(periods)))
    ).hexdigest()


def canonical(matrix: Array) -> Array:
    """`matrix` itself, made read-only, with one NaN for missing and infinite and one zero."""
    matrix[~np.isfinite(matrix)] = np.nan
    matrix += 0.0  # -0.0 becomes 0.0
    return frozen(matrix)


def axis(dates: npt.ArrayLike) -> Days:
    """A read-only copy of `dates` in whole days."""
    days: Days = np.array(dates, dtype="datetime64[D]")
    return frozen(days)


def checked_shape(days: Days, symbols: tuple[str, ...]) -> tuple[int, int]:
    """Dates, symbols; DataError unless both rise strictly."""
    if not len(days) or not symbols:
        raise DataError("A panel needs at least one date and one symbol.")
    if np.isnat(days).any() or not (days[1:] > days[:-1]).all():
        raise DataError("The dates of a panel must be known and rise, each occurring once.")
    if any(a >= b for a, b in pairwise(symbols)):
        raise DataError("The symbols of a panel must be in code point order, each occurring once.")
    return len(days), len(symbols)


def matrix(name: str, values: npt.ArrayLike, shape: tuple[int, int]) -> Array:
    """A canonical copy of a feature; DataError when it does not fit the grid."""
    copy: Array = np.array(values, dtype=np.float64, order="C")
    _check_size(name, copy.shape, shape)
    return canonical(copy)


def code_matrix(name: str, codes: npt.ArrayLike, shape: tuple[int, int], levels: int) -> Codes:
    """A copy of the codes of a category; DataError when one has no level."""
    copy: Codes = np.array(codes, dtype=np.int32, order="C")
    _check_size(name, copy.shape, shape)
    if copy.min() < -1 or copy.max() >= levels:
        raise DataError(f"The category {name!r} has codes outside -1..{levels - 1}.")
    return frozen(copy)


def _check_size(name: str, found: tuple[int, ...], shape: tuple[int, int]) -> None:
    if found != shape:
        raise DataError(f"The column {name!r} has shape {found}; the panel has {shape}.")


def shift(values: npt.NDArray[Any], lag: int, missing: float) -> npt.NDArray[Any]:
    """The values `lag` rows later, the first rows missing."""
    result = np.full_like(values, missing)
    result[lag:] = values[: max(len(values) - lag, 0)]
    return result


def true_where(values: Array) -> npt.NDArray[np.bool_]:
    """True where the value is there and not zero."""
    truth: npt.NDArray[np.bool_] = (values != 0) & ~np.isnan(values)
    return truth


def sum_of_present(columns: Sequence[Array]) -> Array:
    """Sum of the values that are there, missing where none is."""
    total = np.zeros_like(columns[0])
    present = np.zeros(total.shape, dtype=bool)
    for column in columns:
        total += np.nan_to_num(column)
        present |= ~np.isnan(column)
    return np.where(present, total, np.nan)


def frozen(value: T) -> T:
    """`value` itself; an array can no longer be written to."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value
