"""A panel with another future, and what changes with it."""

from __future__ import annotations

import zlib
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from engine.kernels.pool import Array
from engine.panel import Panel

How = Literal["truncated", "noise", "magnified", "mirrored", "missing"]
Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]


class Futures:
    """A panel in which chosen cells hold other values.

    noise      what stands elsewhere in the column, a little larger or smaller
    magnified  1000 times the value, and something where nothing was
    mirrored   -1000 times the value, the opposite of yes and no, and something where nothing was
    missing    nothing
    """

    def __init__(self, panel: Panel, seed: int) -> None:
        self._panel = panel
        self._seed = seed
        self._others: dict[tuple[str, How], Values] = {}

    def altered(self, cells: Mask, how: How) -> Panel:
        """The panel with other values in `cells` [dates x symbols, or dates x 1]."""

        def load(name: str) -> Values:
            return np.where(cells, self._other(name, how), self._values(name))

        return msgspec.structs.replace(self._panel, load=load, cache={})

    def after(self, row: int, how: How) -> Panel:
        """The panel with another future from `row` on, or with none."""
        if how == "truncated":
            return self._panel.head(row)
        return self.altered(np.arange(len(self._panel.dates))[:, None] >= row, how)

    def _values(self, name: str) -> Values:
        return self._panel.load(name)[: len(self._panel.dates)]

    def _other(self, name: str, how: How) -> Values:
        key = name, how
        if key not in self._others:
            values = self._values(name)
            rng = np.random.default_rng([self._seed, zlib.crc32(name.encode())])
            self._others[key] = _MAKERS[how](values, rng).astype(values.dtype)
        return self._others[key]


def _noise(values: Values, rng: np.random.Generator) -> Values:
    elsewhere = np.roll(values, int(rng.integers(1, max(2, values.size))))
    if values.dtype != np.float64:
        return elsewhere
    return _finite(elsewhere, 1.0 + 0.5 * rng.normal(size=values.shape[1]))


def _magnified(values: Values, _: np.random.Generator) -> Values:
    if values.dtype != np.float64:
        return np.roll(values, 1, axis=1)
    return np.where(np.isnan(values) | (values == 0.0), 1.0, _finite(values, 1e3))


def _mirrored(values: Values, _: np.random.Generator) -> Values:
    if values.dtype != np.float64:
        codes: Values = values.max(initial=0) - 1 - values
        return codes
    opposite = np.where(values == 1.0, 0.0, _finite(values, -1e3))
    return np.where(np.isnan(values) | (values == 0.0), 1.0, opposite)


def _missing(values: Values, _: np.random.Generator) -> Values:
    return np.full_like(values, np.nan if values.dtype == np.float64 else -1)


def _finite(values: Values, factor: Array | float) -> Values:
    with np.errstate(over="ignore"):
        product = values * factor
    return np.where(np.isinf(product), values, product)


_MAKERS = {
    "noise": _noise,
    "magnified": _magnified,
    "mirrored": _mirrored,
    "missing": _missing,
}


def first_change(before: Array, after: Array, fixed: Mask | None = None) -> int | None:
    """The first row in which two arrays differ in any bit, of the cells that are `fixed`."""
    same = before.view(np.int64) == after.view(np.int64)
    if not same.all():
        same |= np.isnan(before) & np.isnan(after)
    if fixed is not None:
        same |= ~fixed
    rows = np.flatnonzero(~same.all(axis=1))
    return int(rows[0]) if rows.size else None
