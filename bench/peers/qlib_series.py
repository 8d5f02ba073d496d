"""qlib's operators on a pandas Series for each symbol, without its data server.

The classes are those of its expression engine, loaded as it loads them, its cache emptied before
each formula; only the leaves come from memory instead of its files. It has no operator across
symbols. Windows there need one value only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from qlib.data import ops
from qlib.data.base import Expression
from qlib.data.cache import H

from bench.peers.common import Peer, load


class Leaf(Expression):
    """A feature that is in memory, by number of the symbol."""

    def __init__(self, name, columns) -> None:
        self._name = name
        self._columns = columns

    def __str__(self) -> str:
        return self._name

    def _load_internal(self, instrument, *_):
        return self._columns[instrument]

    def get_longest_back_rolling(self):
        return 0

    def get_extended_window_size(self):
        return 0, 0


class QlibSeries(Peer):
    def __init__(self, folder: Path) -> None:
        columns = load(folder)
        self._dates, self._symbols = columns["close"].shape
        self._leaves = {
            name: Leaf(f"${name}", [pd.Series(x[:, i]) for i in range(self._symbols)])
            for name, x in columns.items()
        }
        np.seterr(all="ignore")

    def evaluate(self, root):
        """The values of each symbol."""
        H["f"].clear()
        expression = super().evaluate(root)
        last = self._dates - 1
        return [expression.load(i, 0, last, "day") for i in range(self._symbols)]

    def matrix(self, value):
        return np.column_stack([series.to_numpy(float) for series in value])

    def feature(self, name):
        return self._leaves[name]

    # one cell at a time

    def add(self, x, y):
        return ops.Add(x, y)

    def sub(self, x, y):
        return ops.Sub(x, y)

    def mul(self, x, y):
        return ops.Mul(x, y)

    def div(self, x, y):
        return ops.Div(x, y)

    def neg(self, x):
        return ops.Mul(x, -1.0)

    def abs(self, x):
        return ops.Abs(x)

    def sign(self, x):
        return ops.Sign(x)

    def log(self, x):
        return ops.Log(x)

    def lt(self, x, y):
        return ops.Lt(x, y)

    def gt(self, x, y):
        return ops.Gt(x, y)

    def if_else(self, c, x, y):
        return ops.If(c, x, y)

    # along dates

    def lag(self, x, d):
        return ops.Ref(x, int(d))

    def ts_delta(self, x, d):
        return ops.Delta(x, int(d))

    def ts_mean(self, x, d):
        return ops.Mean(x, int(d))

    def ts_sum(self, x, d):
        return ops.Sum(x, int(d))

    def ts_min(self, x, d):
        return ops.Min(x, int(d))

    def ts_max(self, x, d):
        return ops.Max(x, int(d))

    def ts_median(self, x, d):
        return ops.Med(x, int(d))

    def ts_skew(self, x, d):
        return ops.Skew(x, int(d))

    def ts_std(self, x, d):
        return ops.Std(x, int(d))

    def ts_arg_max(self, x, d):
        return ops.IdxMax(x, int(d))

    def ts_rank(self, x, d):
        return ops.Rank(x, int(d))

    def ts_decay_linear(self, x, d):
        return ops.WMA(x, int(d))

    def ts_ema(self, x, span):
        return ops.EMA(x, int(span))

    def ts_corr(self, x, y, d):
        return ops.Corr(x, y, int(d))

    def ts_cov(self, x, y, d):
        return ops.Cov(x, y, int(d))
