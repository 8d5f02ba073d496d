"""Recycled buffers.

First touch of fresh memory costs more than most kernels, so panel-sized arrays are taken from and
given back to a pool. Kernels call `empty`; the evaluator wraps each operator in `recycling`, which
returns every buffer the operator took, except its result, as soon as the operator is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Pool:
    """Free float64 buffers by shape; safe to share between threads."""

    def __init__(self) -> None:
        self._free: dict[tuple[int, ...], list[Array]] = {}

    def take(self, shape: tuple[int, ...]) -> Array:
        """A buffer of `shape` with arbitrary content."""
        try:
            return self._free[shape].pop()
        except (KeyError, IndexError):
            return np.empty(shape)

    def give(self, buffer: Array) -> None:
        """Take `buffer` back; the caller keeps no reference."""
        self._free.setdefault(buffer.shape, []).append(buffer)


class _Scope(threading.local):
    pool: Pool | None = None
    taken: list[Array] | None = None


_scope = _Scope()


def empty(shape: tuple[int, ...]) -> Array:
    """An uninitialised float64 array, from the pool of the current scope if there is one."""
    if _scope.pool is None or _scope.taken is None:
        return np.empty(shape)
    buffer = _scope.pool.take(shape)
    _scope.taken.append(buffer)
    return buffer


@contextmanager
def recycling(pool: Pool) -> Iterator[list[Array]]:
    """Record what `empty` hands out in this thread; the caller decides what goes back."""
    before = (_scope.pool, _scope.taken)
    taken: list[Array] = []
    _scope.pool, _scope.taken = pool, taken
    try:
        yield taken
    finally:
        _scope.pool, _scope.taken = before
