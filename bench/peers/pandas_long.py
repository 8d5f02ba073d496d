"""The operators with pandas on one long table, as group-by of symbols and of dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bench.peers.common import Peer, load, min_count


class PandasLong(Peer):
    """Rows ordered by symbol, then date; all cells of the grid, NaN = missing."""

    def __init__(self, folder: Path) -> None:
        columns = load(folder)
        dates, symbols = columns["close"].shape
        self._shape = (symbols, dates)
        self._symbol = np.repeat(np.arange(symbols), dates)
        self._date = np.tile(np.arange(dates), symbols)
        self._table = pd.DataFrame({n: v.T.ravel() for n, v in columns.items()})
        self._sector = self._table["sector"].to_numpy()

    def feature(self, name):
        return self._table[name]

    def matrix(self, value):
        return np.ascontiguousarray(value.to_numpy(float).reshape(self._shape).T)

    # one cell at a time

    def _masked(self, result, *operands):
        missing = np.zeros(len(result), dtype=bool)
        for x in operands:
            if isinstance(x, pd.Series):
                missing |= x.isna().to_numpy()
        return result.astype(float).mask(missing)

    def add(self, x, y):
        return x + y

    def sub(self, x, y):
        return x - y

    def mul(self, x, y):
        return x * y

    def div(self, x, y):
        return (x / y).replace([np.inf, -np.inf], np.nan)

    def neg(self, x):
        return -x

    def abs(self, x):
        return x.abs()

    def sign(self, x):
        return np.sign(x)

    def log(self, x):
        with np.errstate(all="ignore"):
            return np.log(x).replace([np.inf, -np.inf], np.nan)

    def signed_power(self, x, a):
        return np.sign(x) * x.abs() ** a

    def lt(self, x, y):
        return self._masked(y > x if isinstance(y, pd.Series) else x < y, x, y)

    def gt(self, x, y):
        return self.lt(y, x)

    def if_else(self, c, x, y):
        chosen = np.where(c != 0, x, y)
        return pd.Series(np.where(c.isna(), np.nan, chosen))

    # along dates

    def _by_symbol(self, x):
        return x.groupby(self._symbol, sort=False)

    def _rolling(self, name, x, days):
        return self._by_symbol(x).rolling(int(days), min_periods=min_count(name, int(days)))

    def _plain(self, rolled):
        return pd.Series(rolled.to_numpy())  # groups come in the order of the rows

    def lag(self, x, d):
        return self._by_symbol(x).shift(int(d))

    def ts_delta(self, x, d):
        return x - self.lag(x, d)

    def ts_mean(self, x, d):
        return self._plain(self._rolling("ts_mean", x, d).mean())

    def ts_sum(self, x, d):
        return self._plain(self._rolling("ts_sum", x, d).sum())

    def ts_min(self, x, d):
        return self._plain(self._rolling("ts_min", x, d).min())

    def ts_max(self, x, d):
        return self._plain(self._rolling("ts_max", x, d).max())

    def ts_median(self, x, d):
        return self._plain(self._rolling("ts_median", x, d).median())

    def ts_skew(self, x, d):
        return self._plain(self._rolling("ts_skew", x, d).skew())

    def ts_std(self, x, d):
        return self._plain(self._rolling("ts_std", x, d).std(ddof=1))

    def ts_arg_max(self, x, d):
        """pandas has no rolling arg max; `apply` on raw windows is what one writes."""

        def days_since(window):
            return np.nanargmax(window[::-1])

        found = self._plain(self._rolling("ts_arg_max", x, d).apply(days_since, raw=True))
        return found.mask(x.isna().to_numpy())

    def ts_rank(self, x, d):
        rolled = self._rolling("ts_rank", x, d)
        rank, n = self._plain(rolled.rank()), self._plain(rolled.count())
        return ((rank - 1) / (n - 1)).where((n > 1) | rank.isna(), 0.5)

    def ts_decay_linear(self, x, d):
        days = int(d)
        present = x.notna().astype(float)
        filled = x.fillna(0.0)
        total = weights = count = 0.0
        for back in range(days):
            there = self._by_symbol(present).shift(back).fillna(0.0)
            total = total + (days - back) * self._by_symbol(filled).shift(back).fillna(0.0)
            weights = weights + (days - back) * there
            count = count + there
        return (total / weights).where(count >= min_count("ts_decay_linear", days))

    def ts_ema(self, x, span):
        smooth = self._by_symbol(x).ewm(span=span, adjust=False, ignore_na=True).mean()
        return self._plain(smooth).mask(x.isna().to_numpy())

    def _moments(self, name, x, y, days):
        missing = x.isna() | y.isna()
        x, y = x.mask(missing), y.mask(missing)

        def mean(v):
            return self._plain(self._rolling(name, v, days).mean())

        # around the mean of each symbol: raw moments of prices lose their digits
        x = x - self._by_symbol(x).transform("mean")
        y = y - self._by_symbol(y).transform("mean")
        a, b = mean(x), mean(y)
        return x, y, a, b, mean(x * y) - a * b

    def ts_corr(self, x, y, d):
        x, y, a, b, product = self._moments("ts_corr", x, y, d)
        least = min_count("ts_corr", int(d))
        squares = []
        for v, m in ((x, a), (y, b)):
            raw = self._plain(self._by_symbol(v * v).rolling(int(d), min_periods=least).mean())
            spread = raw - m * m
            squares.append(spread.where(spread >= 1e-12 * raw))
        return (product / np.sqrt(squares[0] * squares[1])).clip(-1, 1)

    def ts_cov(self, x, y, d):
        x, _, _, _, product = self._moments("ts_cov", x, y, d)
        n = self._plain(self._by_symbol(x).rolling(int(d), min_periods=1).count())
        return product * n / (n - 1)

    # across symbols

    def _by_date(self, x):
        return x.groupby(self._date, sort=False)

    def cs_rank(self, x):
        groups = self._by_date(x)
        rank, n = groups.rank(), groups.transform("count")
        return ((rank - 1) / (n - 1)).where((n > 1) | rank.isna(), 0.5)

    def cs_zscore(self, x):
        groups = self._by_date(x)
        spread = groups.transform("std", ddof=0)
        return ((x - groups.transform("mean")) / spread).replace([np.inf, -np.inf], np.nan)

    def cs_scale(self, x):
        return x / self._by_date(x.abs()).transform("sum")

    def group_neutralize(self, x, g):
        means = x.groupby([self._date, self._sector], sort=False).transform("mean")
        return (x - means).where(g >= 0)
