"""The operators with NumPy and bottleneck on matrices.

bottleneck is fastest along contiguous memory, so a value keeps both layouts once it has needed
both: [dates x symbols] for work across symbols, [symbols x dates] for work along dates.
"""

from __future__ import annotations

from pathlib import Path

import bottleneck as bn
import numpy as np

from bench.peers.common import Peer, load, min_count

Array = np.ndarray


class Value:
    """A matrix in one or both layouts; row-wise work takes the layout that is there."""

    __slots__ = ("by_date", "by_symbol")

    def __init__(self, by_date: Array | None = None, by_symbol: Array | None = None) -> None:
        self.by_date, self.by_symbol = by_date, by_symbol

    def dates(self) -> Array:
        """Layout [dates x symbols]."""
        if self.by_date is None:
            self.by_date = np.ascontiguousarray(self.by_symbol.T)
        return self.by_date

    def symbols(self) -> Array:
        """Layout [symbols x dates]."""
        if self.by_symbol is None:
            self.by_symbol = np.ascontiguousarray(self.by_date.T)
        return self.by_symbol


def _rowwise(compute, *values: Value | float) -> Value:
    present = [v for v in values if isinstance(v, Value)]
    if all(v.by_symbol is not None for v in present):
        return Value(
            by_symbol=compute(*(v.by_symbol if isinstance(v, Value) else v for v in values))
        )
    return Value(by_date=compute(*(v.dates() if isinstance(v, Value) else v for v in values)))


def _finite(x: Array) -> Array:
    x[~np.isfinite(x)] = np.nan
    return x


def _twelve_digits(x: Array) -> Array:
    scale = 10.0 ** (11 - np.floor(np.log10(np.abs(x))))
    return np.where(x == 0, 0.0, np.round(x * scale) / scale)


def _truth(compute):
    def compared(a, b):
        return np.where(np.isnan(a) | np.isnan(b), np.nan, compute(a, b))

    return compared


class NumpyBottleneck(Peer):
    def __init__(self, folder: Path) -> None:
        self._columns = {name: Value(by_date=x) for name, x in load(folder).items()}
        np.seterr(all="ignore")

    def feature(self, name):
        return self._columns[name]

    def matrix(self, value):
        return value.dates()

    # one cell at a time

    def add(self, x, y):
        return _rowwise(np.add, x, y)

    def sub(self, x, y):
        return _rowwise(np.subtract, x, y)

    def mul(self, x, y):
        return _rowwise(np.multiply, x, y)

    def div(self, x, y):
        return _rowwise(lambda a, b: _finite(np.divide(a, b)), x, y)

    def neg(self, x):
        return _rowwise(np.negative, x)

    def abs(self, x):
        return _rowwise(np.abs, x)

    def sign(self, x):
        return _rowwise(np.sign, x)

    def log(self, x):
        return _rowwise(lambda a: _finite(np.log(a)), x)

    def signed_power(self, x, a):
        return _rowwise(lambda v: np.sign(v) * np.abs(v) ** a, x)

    def lt(self, x, y):
        return _rowwise(_truth(np.less), x, y)

    def gt(self, x, y):
        return self.lt(y, x)

    def if_else(self, c, x, y):
        def choose(c, a, b):
            return np.where(np.isnan(c), np.nan, np.where(c != 0, a, b))

        return _rowwise(choose, c, x, y)

    # along dates

    def _along(self, x, compute):
        return Value(by_symbol=compute(x.symbols()))

    def _rolling(self, name, function, x, days):
        days, least = int(days), min_count(name, int(days))
        return self._along(x, lambda v: function(v, days, min_count=least, axis=1))

    def lag(self, x, d):
        def shifted(v):
            result = np.full_like(v, np.nan)
            result[:, int(d) :] = v[:, : -int(d)]
            return result

        return self._along(x, shifted)

    def ts_delta(self, x, d):
        return self.sub(x, self.lag(x, d))

    def ts_mean(self, x, d):
        return self._rolling("ts_mean", bn.move_mean, x, d)

    def ts_sum(self, x, d):
        return self._rolling("ts_sum", bn.move_sum, x, d)

    def ts_min(self, x, d):
        return self._rolling("ts_min", bn.move_min, x, d)

    def ts_max(self, x, d):
        return self._rolling("ts_max", bn.move_max, x, d)

    def ts_std(self, x, d):
        days = int(d)
        least = min_count("ts_std", days)
        return self._along(x, lambda v: bn.move_std(v, days, min_count=least, axis=1, ddof=1))

    def ts_median(self, x, d):
        return self._rolling("ts_median", bn.move_median, x, d)

    def ts_skew(self, x, d):
        """bottleneck has no rolling skewness: three means around the mean of each symbol."""
        days, least = int(d), min_count("ts_skew", int(d))

        def skewed(v):
            v = v - bn.nanmean(v, axis=1)[:, None]
            a, b, c = (bn.move_mean(v**k, days, min_count=least, axis=1) for k in (1, 2, 3))
            n = bn.move_sum((~np.isnan(v)).astype(float), days, min_count=1, axis=1)
            spread = np.where(b - a * a < 1e-12 * b, np.nan, b - a * a)
            third = (c - 3 * a * b + 2 * a**3) / spread**1.5
            return third * np.sqrt(n * (n - 1)) / (n - 2)

        return self._along(x, skewed)

    def ts_arg_max(self, x, d):
        found = self._rolling("ts_arg_max", bn.move_argmax, x, d)
        return Value(by_symbol=np.where(np.isnan(x.symbols()), np.nan, found.by_symbol))

    def ts_rank(self, x, d):
        ranked = self._rolling("ts_rank", bn.move_rank, self._tied(x), d)
        ranked.by_symbol[...] = (ranked.by_symbol + 1) / 2
        return ranked

    def ts_decay_linear(self, x, d):
        days = int(d)

        def decayed(v):
            present = ~np.isnan(v)
            filled = np.where(present, v, 0.0)
            total, weights, count = (np.zeros_like(v) for _ in range(3))
            for back in range(days):
                there = slice(0, v.shape[1] - back)
                total[:, back:] += (days - back) * filled[:, there]
                weights[:, back:] += (days - back) * present[:, there]
                count[:, back:] += present[:, there]
            least = min_count("ts_decay_linear", days)
            return np.where(count >= least, total / weights, np.nan)

        return self._along(x, decayed)

    def ts_ema(self, x, span):
        alpha = 2.0 / (span + 1.0)
        values = x.dates()
        result = np.empty_like(values)
        state = np.full(values.shape[1], np.nan)
        for t, today in enumerate(values):
            there = ~np.isnan(today)
            moved = np.where(np.isnan(state), today, alpha * today + (1 - alpha) * state)
            state = np.where(there, moved, state)
            result[t] = np.where(there, moved, np.nan)
        return Value(by_date=result)

    def _moments(self, x, y, days, least):
        """Means of a, b, ab, aa, bb over windows where both are present, and their number."""
        a, b = x.symbols(), y.symbols()
        both = ~(np.isnan(a) | np.isnan(b))
        a = np.where(both, a - bn.nanmean(a, axis=1)[:, None], np.nan)
        b = np.where(both, b - bn.nanmean(b, axis=1)[:, None], np.nan)

        def mean(v):
            return bn.move_mean(v, days, min_count=least, axis=1)

        n = bn.move_sum(both.astype(float), days, min_count=1, axis=1)
        return mean(a), mean(b), mean(a * b), mean(a * a), mean(b * b), n

    def ts_corr(self, x, y, d):
        a, b, ab, aa, bb, _ = self._moments(x, y, int(d), min_count("ts_corr", int(d)))
        va, vb = aa - a * a, bb - b * b
        flat = (va < 1e-12 * aa) | (vb < 1e-12 * bb)
        r = np.clip((ab - a * b) / np.sqrt(va * vb), -1, 1)
        return Value(by_symbol=np.where(flat, np.nan, r))

    def ts_cov(self, x, y, d):
        a, b, ab, _, _, n = self._moments(x, y, int(d), min_count("ts_cov", int(d)))
        return Value(by_symbol=(ab - a * b) * n / (n - 1))

    # across symbols

    def _tied(self, x):
        return _rowwise(_twelve_digits, x) if self.rounded else x

    def cs_rank(self, x):
        values = self._tied(x).dates()
        n = (~np.isnan(values)).sum(1, keepdims=True)
        ranks = (bn.nanrankdata(values, axis=1) - 1) / (n - 1)
        return Value(by_date=np.where((n == 1) & ~np.isnan(values), 0.5, ranks))

    def cs_zscore(self, x):
        values = x.dates()
        centred = values - bn.nanmean(values, axis=1)[:, None]
        return Value(by_date=_finite(centred / bn.nanstd(values, axis=1)[:, None]))

    def cs_scale(self, x):
        values = x.dates()
        return Value(by_date=values / bn.nansum(np.abs(values), axis=1)[:, None])

    def group_neutralize(self, x, g):
        values, codes = x.dates(), g.dates()
        result = np.full_like(values, np.nan)
        for code in range(int(codes.max()) + 1):
            inside = np.where(codes == code, values, np.nan)
            result = np.where(codes == code, values - bn.nanmean(inside, axis=1)[:, None], result)
        return Value(by_date=result)
