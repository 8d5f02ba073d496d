"""Rows scattered onto the dense grid of dates and symbols."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.panel import Array, Codes, Days
from engine.panel.grid import canonical


class Grid(msgspec.Struct, frozen=True, eq=False):
    """Dates and symbols of a table, and the flat cell of each of its rows."""

    dates: Days
    symbols: tuple[str, ...]
    cells: npt.NDArray[np.int64]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Grid:
        """The grid of a frame with columns date and symbol that is sorted by symbol."""
        days = frame["date"].to_numpy().astype("datetime64[D]")
        dates, rows = np.unique(days, return_inverse=True)
        runs = frame["symbol"].rle().struct.unnest()
        columns = np.repeat(np.arange(len(runs)), runs["len"].to_numpy())
        return cls(dates, tuple(runs["value"]), rows * len(runs) + columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Dates, symbols."""
        return len(self.dates), len(self.symbols)

    def matrix(self, values: pl.Series) -> Array:
        """A feature [dates x symbols], missing where there is no row."""
        result = np.full(self.shape, np.nan)
        result.reshape(-1)[self.cells] = values.to_numpy()
        return canonical(result)

    def codes(self, texts: pl.Series, levels: tuple[str, ...]) -> Codes:
        """The index of each text in `levels` [dates x symbols], -1 where missing."""
        index = texts.cast(pl.Enum(levels)).to_physical().cast(pl.Int32).fill_null(-1)
        result: Codes = np.full(self.shape, -1, dtype=np.int32)
        result.reshape(-1)[self.cells] = index.to_numpy()
        return result
