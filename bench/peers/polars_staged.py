"""The operators with Polars on one long table, in stages.

A window over dates inside a window over symbols (or the other way round) must not be nested in one
expression: the inner one would be computed within the groups of the outer. So every windowed value
becomes a column of its own before the next window reads it; values of one stage are computed in
one `with_columns`, in parallel. Cell-wise arithmetic stays inside the expression that uses it,
unless more than one does.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

from bench.peers.common import Peer, load, min_count

CELLWISE = frozenset(
    {"add", "sub", "mul", "div", "neg", "abs", "sign", "log", "signed_power", "lt", "gt", "if_else"}
)


class PolarsStaged(Peer):
    """Rows ordered by symbol, then date; all cells of the grid, null = missing."""

    def __init__(self, folder: Path) -> None:
        columns = load(folder)
        dates, symbols = columns["close"].shape
        self._shape = (symbols, dates)
        self._table = pl.DataFrame(
            {
                "symbol": pl.arange(symbols, eager=True, dtype=pl.UInt32)
                .repeat_by(dates)
                .explode(),
                "date": pl.concat([pl.arange(dates, eager=True, dtype=pl.UInt32)] * symbols),
                **{name: values.T.ravel() for name, values in columns.items()},
            }
        ).with_columns(pl.selectors.float().fill_nan(None), pl.col("sector").cast(pl.Int32))

    def matrix(self, value):
        return value.fill_null(float("nan")).to_numpy().reshape(self._shape).T.copy()

    def evaluate(self, root):
        """The formula's column."""
        stages = _Stages(root)
        table = self._table
        for stage in sorted(set(stages.stage.values())):
            group = [node for node, s in stages.stage.items() if s == stage]
            table = table.with_columns(
                self._expression(node, stages).alias(stages.name[node]) for node in group
            )
        return table.select(self._operand(root, stages)).to_series()

    def _expression(self, node, stages):
        name, *arguments = node
        if name == "feature":
            return pl.col(arguments[0])
        return getattr(self, name)(*(self._operand(a, stages) for a in arguments))

    def _operand(self, node, stages):
        if not isinstance(node, tuple):
            return node
        if node in stages.name:
            return pl.col(stages.name[node])
        return self._expression(node, stages)

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
        return x.shift(int(d)).over("symbol")

    def ts_delta(self, x, d):
        return x - x.shift(int(d)).over("symbol")

    def _rolling(self, name, x, d, **options):
        window = {"window_size": int(d), "min_samples": min_count(name, int(d))}
        return getattr(x, name.replace("ts_", "rolling_"))(**window, **options).over("symbol")

    def ts_mean(self, x, d):
        return self._rolling("ts_mean", x, d)

    def ts_sum(self, x, d):
        return self._rolling("ts_sum", x, d)

    def ts_min(self, x, d):
        return self._rolling("ts_min", x, d)

    def ts_max(self, x, d):
        return self._rolling("ts_max", x, d)

    def ts_std(self, x, d):
        return self._rolling("ts_std", x, d, ddof=1)

    def ts_arg_max(self, x, d):
        """Polars has no rolling arg max: the first of d shifts that equals the rolling maximum."""
        largest = x.rolling_max(int(d), min_samples=min_count("ts_arg_max", int(d)))
        since = pl.coalesce(
            pl.when(x.shift(back) == largest).then(float(back)) for back in range(int(d))
        )
        return pl.when(x.is_not_null()).then(since).over("symbol")

    def ts_rank(self, x, d):
        x = self._tied(x)
        rank = self._rolling("ts_rank", x, d, method="average")
        present = x.is_not_null().cast(pl.Float64)
        n = present.rolling_sum(int(d), min_samples=1).over("symbol")
        return _unit(rank, n)

    def ts_decay_linear(self, x, d):
        days = int(d)
        weights = [float(weight) for weight in range(1, days + 1)]
        filled, present = x.fill_null(0.0), x.is_not_null().cast(pl.Float64)
        total = filled.rolling_mean(days, weights=weights).over("symbol")
        weight = present.rolling_mean(days, weights=weights).over("symbol")
        count = present.rolling_sum(days).over("symbol")
        return pl.when(count >= min_count("ts_decay_linear", days)).then(total / weight)

    def ts_ema(self, x, span):
        return x.ewm_mean(span=span, adjust=False, ignore_nulls=True).over("symbol")

    def _pairs(self, x, y):
        both = x.is_not_null() & y.is_not_null()
        return pl.when(both).then(x), pl.when(both).then(y)

    def ts_corr(self, x, y, d):
        days, least = int(d), min_count("ts_corr", int(d))
        pairs = self._pairs(x, y)
        r = pl.rolling_corr(*pairs, window_size=days, min_samples=least).over("symbol")
        return pl.when(r.is_finite()).then(r.clip(-1, 1))

    def ts_cov(self, x, y, d):
        days, least = int(d), min_count("ts_cov", int(d))
        pairs = self._pairs(x, y)
        return pl.rolling_cov(*pairs, window_size=days, min_samples=least).over("symbol")

    # across symbols

    def cs_rank(self, x):
        return _unit(self._tied(x).rank("average").over("date"), x.count().over("date"))

    def _tied(self, x):
        return x.round_sig_figs(12) if self.rounded else x

    def cs_zscore(self, x):
        score = (x - x.mean().over("date")) / x.std(ddof=0).over("date")
        return pl.when(score.is_finite()).then(score)

    def cs_scale(self, x):
        return x / x.abs().sum().over("date")

    def group_neutralize(self, x, g):
        return pl.when(g >= 0).then(x - x.mean().over("date", g))


def _unit(rank, n):
    """Average ranks 1..n as 0..1; a single value is 0.5, a missing one stays missing."""
    return pl.when(n > 1).then((rank - 1) / (n - 1)).otherwise(rank - 0.5)


class _Stages:
    """For each node that becomes a column, its name and the stage in which it is computed."""

    def __init__(self, root) -> None:
        self._uses = Counter(self._count(root, set()))
        self.stage, self.name = {}, {}
        self._levels = {}
        self._level(root)

    def _count(self, node, seen):
        """Every occurrence as an argument of a distinct node."""
        if not isinstance(node, tuple) or node in seen:
            return
        seen.add(node)
        for argument in node[1:]:
            if isinstance(argument, tuple):
                yield argument
                yield from self._count(argument, seen)

    def _level(self, node):
        """The last stage that must be over before an expression may read `node`."""
        if not isinstance(node, tuple) or node[0] == "feature":
            return -1
        if node not in self._levels:
            before = max(map(self._level, node[1:]), default=-1)
            if node[0] not in CELLWISE or self._uses[node] > 1:
                before += 1
                self.stage[node], self.name[node] = before, f"v{len(self.name)}"
            self._levels[node] = before
        return self._levels[node]
