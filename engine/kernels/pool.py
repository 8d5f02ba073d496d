"""Recycled buffers.

First touch of fresh memory costs more than most kernels do, so panel-sized arrays are leased from a
pool. A lease is an ordinary array; its memory goes back when the last array that looks at it (views
included) is gone. Nobody has to give anything back.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_SMALLEST = 8192  # elements; below this malloc is as good
_Buffer = tuple[Array, int]  # memory and its address
_free: dict[int, list[_Buffer]] = {}


class _Lease:
    """Owner of a leased buffer: NumPy keeps it alive as the base of the array and of its views."""

    __slots__ = ("__array_interface__", "_buffer", "_size")

    def __init__(self, buffer: _Buffer, size: int, shape: tuple[int, ...]) -> None:
        self._buffer = buffer
        self._size = size
        self.__array_interface__ = {
            "shape": shape,
            "typestr": "<f8",
            "data": (buffer[1], False),
            "version": 3,
        }

    def __del__(self) -> None:
        _free.setdefault(self._size, []).append(self._buffer)


def _fresh(size: int) -> _Buffer:
    memory = np.empty(size)
    return memory, memory.ctypes.data


def empty(shape: tuple[int, ...]) -> Array:
    """An uninitialised C-contiguous float64 array of `shape`; safe to call from any thread."""
    size = math.prod(shape)
    if size < _SMALLEST:
        return np.empty(shape)
    try:
        buffer = _free[size].pop()
    except (KeyError, IndexError):
        buffer = _fresh(size)
    return np.asarray(_Lease(buffer, size, shape))
