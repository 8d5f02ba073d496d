"""The operators as Polars expressions, for any order of the rows."""

from __future__ import annotations

import polars as pl

from bench.peers.common import Peer, min_count


class PolarsOperators(Peer):
    """`along` and `across` say what the rows of a symbol and of a date are."""

    def along(self, x):
        """Within each symbol, in the order of the dates."""
        return x.over("symbol")

    def across(self, x, *keys):
        """Within each date, and within equal `keys`."""
        return x.over("date", *keys)

    # one cell at a time

    def add(self, x, y):
        return x + y

    def sub(self, x, y):
        return x - y

    def mul(self, x, y):
        return x * y

    def div(self, x, y):
        quotient = x / y
        return pl.when(quotient.is_finite()).then(quotient)

    def neg(self, x):
        return -x

    def abs(self, x):
        return x.abs()

    def sign(self, x):
        return x.sign()

    def log(self, x):
        return pl.when(x > 0).then(x.log())

    def signed_power(self, x, a):
        return x.sign() * (x.abs() if a == 1 else x.abs() ** a)

    def lt(self, x, y):
        return y > x if isinstance(y, pl.Expr) else x < y

    def gt(self, x, y):
        return self.lt(y, x)

    def if_else(self, c, x, y):
        return pl.when(c).then(x).when(~c).then(y)

    # along dates

    def lag(self, x, d):
        return self.along(x.shift(int(d)))

    def ts_delta(self, x, d):
        return x - self.along(x.shift(int(d)))

    def _rolling(self, name, x, d, **options):
        window = {"window_size": int(d), "min_samples": min_count(name, int(d))}
        return self.along(getattr(x, name.replace("ts_", "rolling_"))(**window, **options))

    def ts_mean(self, x, d):
        return self._rolling("ts_mean", x, d)

    def ts_sum(self, x, d):
        return self._rolling("ts_sum", x, d)

    def ts_min(self, x, d):
        return self._rolling("ts_min", x, d)

    def ts_max(self, x, d):
        return self._rolling("ts_max", x, d)

    def ts_median(self, x, d):
        return self._rolling("ts_median", x, d)

    def ts_skew(self, x, d):
        skew = self._rolling("ts_skew", x, d, bias=False)
        return pl.when(skew.is_finite()).then(skew)

    def ts_std(self, x, d):
        return self._rolling("ts_std", x, d, ddof=1)

    def ts_arg_max(self, x, d):
        """Polars has no rolling arg max: the first of d shifts that equals the rolling maximum."""
        largest = x.rolling_max(int(d), min_samples=min_count("ts_arg_max", int(d)))
        since = pl.coalesce(
            pl.when(x.shift(back) == largest).then(float(back)) for back in range(int(d))
        )
        return self.along(pl.when(x.is_not_null()).then(since))

    def ts_rank(self, x, d):
        x = self._tied(x)
        rank = self._rolling("ts_rank", x, d, method="average")
        present = x.is_not_null().cast(pl.Float64)
        n = self.along(present.rolling_sum(int(d), min_samples=1))
        return _unit(rank, n)

    def ts_decay_linear(self, x, d):
        days = int(d)
        weights = [float(weight) for weight in range(1, days + 1)]
        filled, present = x.fill_null(0.0), x.is_not_null().cast(pl.Float64)
        total = self.along(filled.rolling_mean(days, weights=weights))
        weight = self.along(present.rolling_mean(days, weights=weights))
        count = self.along(present.rolling_sum(days))
        return pl.when(count >= min_count("ts_decay_linear", days)).then(total / weight)

    def ts_ema(self, x, span):
        return self.along(x.ewm_mean(span=span, adjust=False, ignore_nulls=True))

    def _pairs(self, x, y):
        both = x.is_not_null() & y.is_not_null()
        return pl.when(both).then(x), pl.when(both).then(y)

    def ts_corr(self, x, y, d):
        days, least = int(d), min_count("ts_corr", int(d))
        pairs = self._pairs(x, y)
        r = self.along(pl.rolling_corr(*pairs, window_size=days, min_samples=least))
        return pl.when(r.is_finite()).then(r.clip(-1, 1))

    def ts_cov(self, x, y, d):
        days, least = int(d), min_count("ts_cov", int(d))
        pairs = self._pairs(x, y)
        return self.along(pl.rolling_cov(*pairs, window_size=days, min_samples=least))

    # across symbols

    def cs_rank(self, x):
        return _unit(self.across(self._tied(x).rank("average")), self.across(x.count()))

    def _tied(self, x):
        return x.round_sig_figs(12) if self.rounded else x

    def cs_zscore(self, x):
        score = (x - self.across(x.mean())) / self.across(x.std(ddof=0))
        return pl.when(score.is_finite()).then(score)

    def cs_scale(self, x):
        return x / self.across(x.abs().sum())

    def group_neutralize(self, x, g):
        return pl.when(g >= 0).then(x - self.across(x.mean(), g))


def _unit(rank, n):
    """Average ranks 1..n as 0..1; a single value is 0.5, a missing one stays missing."""
    return pl.when(n > 1).then((rank - 1) / (n - 1)).otherwise(rank - 0.5)
