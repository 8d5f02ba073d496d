"""Formulas with Polars on one long table, in stages.

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

from bench.peers.common import load
from bench.peers.polars_operators import PolarsOperators

CELLWISE = frozenset(
    {"add", "sub", "mul", "div", "neg", "abs", "sign", "log", "signed_power", "lt", "gt", "if_else"}
)


class PolarsStaged(PolarsOperators):
    """Rows ordered by symbol, then date; all cells of the grid, null = missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
