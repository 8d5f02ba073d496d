"""Signatures of the compiled kernels and the checks in front of them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernels import native
from engine.kernels.pool import Array

P, N, D, C = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double, ctypes.c_int
_OVER = [P, P, N, N, N, N]  # x, out, symbols, t0, t1, d
_PAIR = [P, P, P, N, N, N, N, D]  # x, y, out, symbols, t0, t1, d, mp

_KERNELS: dict[str, list[Any]] = {
    "kv_binary": [C, P, D, P, D, P, N],
    "kv_unary": [C, P, P, N],
    "kv_power": [P, D, P, D, P, N],
    "kv_signed_power": [P, D, P, D, P, N],
    "kv_share": [P, P, P, P, N],
    "kv_clip": [P, D, D, P, N],
    "kv_where": [P, P, D, P, D, P, N],
    "kv_fill": [P, P, D, P, N],
    "kv_mask": [P, P, P, N],
    "kv_lag": _OVER,
    "kv_delta": _OVER,
    "kv_ret": _OVER,
    "kv_backfill": _OVER,
    "kv_sum": [*_OVER, D],
    "kv_mean": [*_OVER, D],
    "kv_std": [*_OVER, D, D],
    "kv_zscore": [*_OVER, D],
    "kv_min": [*_OVER, D],
    "kv_max": [*_OVER, D],
    "kv_arg_max": [*_OVER, D, D, C],
    "kv_decay_linear": [*_OVER, D],
    "kv_decay_exp": [*_OVER, D, D],
    "kv_product": [*_OVER, D],
    "kv_ts_rank": [*_OVER, D, C],
    "kv_quantile": [*_OVER, D, D],
    "kv_skew": [*_OVER, D],
    "kv_kurt": [*_OVER, D],
    "kv_cov": _PAIR,
    "kv_corr": _PAIR,
    "kv_r2": _PAIR,
    "kv_beta": _PAIR,
    "kv_resid": _PAIR,
    "kv_ema": [P, P, N, N, N, D, P],
    "kv_hump": [P, P, N, N, N, D, P],
    "kv_days_since_change": [P, P, N, N, N, P, P],
    "kv_trade_when": [P, D, P, D, P, D, P, N, N, N, P],
    "kv_rank_keys": [P, P, N],
    "kv_rank": [C, P, P, N, N, D],
    "kv_group_rank": [P, P, P, N, N, N],
    "kv_cross": [C, P, P, N, N, D],
    "kv_cross_neutralize": [P, P, P, N, N],
    "kv_group": [C, P, P, P, N, N, N],
    "kv_order": [C, P, P, P, N, N, N],
    "kv_normal_score": [P, P, N],
}
_SILENT = {  # these need no memory and cannot fail
    "kv_binary", "kv_unary", "kv_power", "kv_signed_power", "kv_share", "kv_clip", "kv_where",
    "kv_fill", "kv_mask", "kv_rank_keys", "kv_cross", "kv_normal_score",
}  # fmt: skip
_FLOAT64 = np.dtype(np.float64)


def declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """`library` with argument and result types of every kernel; a kernel out of memory raises."""
    for name, arguments in _KERNELS.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = None if name in _SILENT else _status
    return library


def loaded() -> ctypes.CDLL:
    """The library of this process, declared."""
    found = native.loaded()
    if found is None:
        raise ImportError(native.note())
    return declared(found)


def _status(code: int) -> None:
    if code:
        raise MemoryError("A kernel found no memory for its scratch space; free some and retry.")


def address(x: npt.NDArray[Any]) -> int:
    """Address of the first element; the caller keeps `x` alive while C reads it."""
    pointer: int = x.__array_interface__["data"][0]
    return pointer


def ready(x: Array) -> Array:
    """`x` itself when it is contiguous float64, else a copy that is."""
    if x.dtype == _FLOAT64 and x.flags.c_contiguous:
        return x
    return np.ascontiguousarray(x, np.float64)


def alike(*arrays: npt.NDArray[Any]) -> None:
    """Refuse operands of different shapes: C would read beyond the smaller one."""
    first = arrays[0].shape
    for x in arrays:
        if x.shape != first:
            shapes = sorted({x.shape for x in arrays})
            raise ValueError(f"The operands have different shapes: {shapes}.")
