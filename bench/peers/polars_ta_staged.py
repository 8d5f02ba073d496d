"""Formulas in stages as with plain Polars, but with the functions of polars_ta where it has them.

What its functions mean stays as it is: `cs_rank` counts distinct values, `ts_rank` is a share of
the values in the window, `ts_decay_linear` is missing where one day of the window is.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars_ta import ta, wq

from bench.peers.common import min_count
from bench.peers.polars_staged import PolarsStaged


class PolarsTaStaged(PolarsStaged):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        some = pl.DataFrame({"x": [1.0, 2.0, 3.0]})
        some.select(wq.ts_arg_max(pl.col("x"), 2))  # the only function here that compiles first

    def log(self, x):
        return wq.log(x)

    def abs(self, x):
        return wq.abs_(x)

    def sign(self, x):
        return wq.sign(x)

    def signed_power(self, x, a):
        return wq.signed_power(x, a)

    def lag(self, x, d):
        return self.along(wq.ts_delay(x, int(d)))

    def ts_delta(self, x, d):
        return self.along(wq.ts_delta(x, int(d)))

    def _windowed(self, name, function, *arguments, **options):
        *series, d = arguments
        least = min_count(name, int(d))
        return self.along(function(*series, int(d), min_samples=least, **options))

    def ts_mean(self, x, d):
        return self._windowed("ts_mean", wq.ts_mean, x, d)

    def ts_sum(self, x, d):
        return self._windowed("ts_sum", wq.ts_sum, x, d)

    def ts_min(self, x, d):
        return self._windowed("ts_min", wq.ts_min, x, d)

    def ts_max(self, x, d):
        return self._windowed("ts_max", wq.ts_max, x, d)

    def ts_median(self, x, d):
        return self._windowed("ts_median", wq.ts_median, x, d)

    def ts_skew(self, x, d):
        return self._windowed("ts_skew", wq.ts_skewness, x, d)

    def ts_std(self, x, d):
        return self._windowed("ts_std", wq.ts_std_dev, x, d, ddof=1)

    def ts_arg_max(self, x, d):
        return self._windowed("ts_arg_max", wq.ts_arg_max, x, d).cast(pl.Float64)

    def ts_rank(self, x, d):
        return self._windowed("ts_rank", wq.ts_rank, x, d)

    def ts_decay_linear(self, x, d):
        return self._windowed("ts_decay_linear", wq.ts_decay_linear, x, d)

    def ts_ema(self, x, span):
        return self.along(ta.EMA(x, int(span)))

    def ts_corr(self, x, y, d):
        return self._windowed("ts_corr", wq.ts_corr, x, y, d)

    def ts_cov(self, x, y, d):
        return self._windowed("ts_cov", wq.ts_covariance, x, y, d)

    def cs_rank(self, x):
        return self.across(wq.cs_rank(x))

    def cs_zscore(self, x):
        return self.across(wq.cs_zscore(x))

    def cs_scale(self, x):
        return self.across(wq.cs_scale(x))

    def group_neutralize(self, x, g):
        return self.across(wq.cs_demean(x), g)
