"""Other ways to write one operator with Polars: the fastest right one is what counts.

The table is laid out before the clock starts, as it would be kept by one who needs that operator
most: rows by symbol with empty rows between the symbols, so that a window meets no other symbol
without `over`; rows by date; a column for each symbol.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from bench.peers.common import Form, Term, min_count
from bench.peers.polars_operators import PolarsOperators
from bench.peers.polars_staged import CELLWISE, PolarsStaged

PAD = 64
"""Empty rows between symbols; no window of a single operator is longer."""

Matrices = dict[str, np.ndarray]


class PolarsForms(PolarsStaged):
    """Formulas in stages; single operators in every form there is for them."""

    def forms(self, root: Term) -> dict[str, Form]:
        assert isinstance(root, tuple)
        if root[0] in CELLWISE:
            return super().forms(root)
        names = [part[1] for part in root[1:] if isinstance(part, tuple)]
        needed = {name: np.load(self.folder / f"{name}.npy") for name in names}
        found = {} if root[0] == "ts_arg_max" else {"over": super().forms(root)["plain"]}
        layouts = {kind.label: kind for kind in LAYOUTS if kind.has(root[0])}
        return found | {label: kind(needed).form(root) for label, kind in layouts.items()}


class Layout(PolarsOperators):
    """A table with the columns an operator needs, and the operator's expressions on it."""

    label = ""

    def __init__(self, columns: Matrices) -> None:
        self.shape = next(iter(columns.values())).shape
        self.columns = columns
        self.table = self.laid_out().with_columns(pl.selectors.float().fill_nan(None))

    @staticmethod
    def has(name: str) -> bool:
        """Whether the layout is of use to the operator."""
        raise NotImplementedError

    def form(self, root: Term) -> Form:
        """The operator on this layout."""
        return Form(lambda: self.table.select(self.expression(root)), self.matrix)

    def expression(self, root):
        return self.evaluate(root).alias("value")

    def feature(self, name):
        return pl.col(name)

    def laid_out(self) -> pl.DataFrame:
        raise NotImplementedError


class Padded(Layout):
    """Rows by symbol; a window that begins in the rows between finds nothing there.

    Nothing for what remembers more than a window: it would go on with the symbol before.
    """

    label = "padded"

    @staticmethod
    def has(name):
        return (name.startswith("ts_") and name != "ts_ema") or name == "lag"

    def along(self, x):
        return x

    def laid_out(self):
        return pl.DataFrame({name: _padded(x).ravel() for name, x in self.columns.items()})

    def matrix(self, value):
        dates, symbols = self.shape
        flat = value.to_series().fill_null(float("nan")).to_numpy()
        return flat.reshape(symbols, dates + PAD)[:, :dates].T.copy()


class Gaps(Padded):
    """Windows by a row number that jumps from symbol to symbol, for an aggregate of any kind."""

    label = "windows"

    @staticmethod
    def has(name):
        return name == "ts_arg_max"

    def laid_out(self):
        rows = super().laid_out()
        return rows.with_columns(k=pl.arange(len(rows), eager=True, dtype=pl.Int64)).filter(
            pl.col("k") % (self.shape[0] + PAD) < self.shape[0]
        )

    def form(self, root):
        _, (_, name), days = root
        x, least = pl.col(name), min_count("ts_arg_max", int(days))
        newest_first = pl.when(x.count() >= least).then(x.reverse().arg_max())

        def work():
            found = self.table.rolling("k", period=f"{int(days)}i").agg(v=newest_first)
            since = pl.when(self.table[name].is_not_null()).then(found["v"].cast(pl.Float64))
            return pl.select(since.alias("value"))

        return Form(work, self.matrix)

    def matrix(self, value):
        flat = value.to_series().fill_null(float("nan")).to_numpy()
        return flat.reshape(self.shape[::-1]).T.copy()


class ByDate(Layout):
    """Rows by date: what is compared lies together."""

    label = "by date"

    @staticmethod
    def has(name):
        return name.startswith(("cs_", "group_"))

    def laid_out(self):
        dates, symbols = self.shape
        date = np.repeat(np.arange(dates, dtype=np.uint32), symbols)
        return pl.DataFrame({"date": date, **{n: x.ravel() for n, x in self.columns.items()}})

    def matrix(self, value):
        flat = value.to_series().fill_null(float("nan")).to_numpy()
        return flat.reshape(self.shape).copy()


class Wide(Layout):
    """A column for each symbol: no groups at all along dates, sums of columns across symbols."""

    label = "wide"

    @staticmethod
    def has(name):
        return name in {"ts_ema", "cs_scale", "group_neutralize"}

    def laid_out(self):
        columns = {
            f"{name}:{i}": x[:, i]
            for name, x in self.columns.items()
            if name != "sector"
            for i in range(self.shape[1])
        }
        return pl.DataFrame(columns)

    def along(self, x):
        return x

    def form(self, root):
        across = {"cs_scale": self._scaled, "group_neutralize": self._neutral}
        return Form(across.get(root[0], lambda: self._each(root)), self.matrix)

    def _each(self, root):
        return self.table.select(self._operators(root))

    def _operators(self, root) -> Iterator[pl.Expr]:
        for i in range(self.shape[1]):
            self.column = i
            yield self.evaluate(root).alias(str(i))

    def feature(self, name):
        return pl.col(f"{name}:{self.column}")

    def _scaled(self):
        total = self.table.select(pl.sum_horizontal(pl.all().abs())).to_series()
        return self.table.select(pl.all() / total)

    def _neutral(self):
        sectors = self.columns["sector"].max(axis=0)
        groups = {}
        for name, sector in zip(self.table.columns, sectors, strict=True):
            groups.setdefault(sector, []).append(name)
        means = self.table.select(
            pl.mean_horizontal(names).alias(str(sector)) for sector, names in groups.items()
        )
        return self.table.select(
            pl.col(name) - means[str(sector)]
            for name, sector in zip(self.table.columns, sectors, strict=True)
        )

    def matrix(self, value):
        return value.fill_null(float("nan")).to_numpy().copy(order="C")


LAYOUTS = (Padded, Gaps, ByDate, Wide)


def _padded(x: np.ndarray) -> np.ndarray:
    """A row for each symbol, with empty cells at its end."""
    dates, symbols = x.shape
    result = np.full((symbols, dates + PAD), np.nan)
    result[:, :dates] = x.T
    return result
