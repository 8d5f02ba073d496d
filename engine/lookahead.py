"""The look-ahead certificate of an expression.

A value at date t may depend on dates up to t only. The proof by trial: cut the panel after random
dates, evaluate what is left, and compare every value before the cut, bit by bit, with the value on
the whole panel; then again with everything after the cut replaced by noise. An operator that reads
ahead changes some bits.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.dsl.tree import Node, expr_hash
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.panel import Panel


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried and the earliest date whose value changed, if any did."""

    expr_hash: str
    passed: bool
    cuts: int
    seed: int
    first_difference: dt.date | None = None
    how: str | None = None


def certificate(panel: Panel, node: Node, *, cuts: int = 20, seed: int = 0) -> Certificate:
    """Try `cuts` random cuts of `panel`, each truncated and with a noisy future."""
    rng = Random(seed)
    whole = evaluate(panel, node)
    rows = len(panel.dates)
    tried = sorted(rng.sample(range(1, rows), min(cuts, rows - 1)))
    for row in tried:
        for how, other in (("truncated", panel.head(row)), ("noise", _noisy(panel, row, seed))):
            changed = _first_change(whole[:row], evaluate(other, node)[:row])
            if changed is not None:
                return Certificate(
                    expr_hash=expr_hash(node), passed=False, cuts=len(tried), seed=seed,
                    first_difference=panel.dates[changed].astype(object), how=how,
                )  # fmt: skip
    return Certificate(expr_hash=expr_hash(node), passed=True, cuts=len(tried), seed=seed)


def _noisy(panel: Panel, row: int, seed: int) -> Panel:
    """The panel with every value from `row` on replaced by noise."""

    def load(name: str) -> npt.NDArray[Any]:
        values = np.array(panel.load(name)[: len(panel.dates)])
        noise = np.random.default_rng(seed).normal(size=values[row:].shape)
        values[row:] = noise if values.dtype == np.float64 else values[row:][::-1]
        return values

    return msgspec.structs.replace(panel, load=load, cache={})


def _first_change(before: Array, after: Array) -> int | None:
    """The first row in which the two differ in any bit."""
    same = before.view(np.int64) == after.view(np.int64)
    same |= np.isnan(before) & np.isnan(after)
    rows = np.flatnonzero(~same.all(axis=1))
    return int(rows[0]) if rows.size else None
