"""The certificate, and the trials of a whole expression."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import msgspec

from engine.dsl.tree import Node, expr_hash
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.lookahead.futures import Futures, How, first_change
from engine.lookahead.steps import leaking_step, steps
from engine.lookahead.warmup import Start, starts, warm_up
from engine.panel import Panel


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried, the earliest date whose value changed, and how long the start of data counts.

    cuts       dates after which the whole expression was given another future
    steps      operators in it that were tried one by one
    how        what was done to the future when a value changed: truncated, or noise in its place
    operator   the operator that reads later dates, if it was found
    warm_up    dates until the values no longer depend, to 1e-9, on where the data start; null where
               they depend on a window only (`starts` is empty then) or for ever
    starts     values compared with those on data that start later
    """

    expr_hash: str
    passed: bool
    cuts: int
    seed: int
    first_difference: dt.date | None = None
    how: str | None = None
    steps: int = 0
    operator: str | None = None
    warm_up: int | None = None
    starts: tuple[Start, ...] = ()


_OTHERS: tuple[How, ...] = ("noise", "mirrored", "magnified")


def certificate(panel: Panel, node: Node, *, cuts: int = 20, seed: int = 0) -> Certificate:
    """Try to make a value of `node` change with what comes after it."""
    whole = evaluate(panel, node)
    rows = cut_rows(len(panel.dates), cuts, seed)
    leak = _leak(panel, node, whole, rows, seed)
    step = leaking_step(panel, node, seed)
    if step is not None:
        leak = leak or (step.row, step.how)
    began = starts(panel, node, whole)
    return Certificate(
        expr_hash=expr_hash(node),
        passed=leak is None,
        cuts=len(rows),
        seed=seed,
        first_difference=panel.dates[leak[0]].item() if leak else None,
        how=_public(leak[1]) if leak else None,
        steps=len(steps(node)),
        operator=step.operator if step else None,
        warm_up=warm_up(began),
        starts=began,
    )


def _public(how: How) -> str:
    """Whatever stands in the place of the future is noise to whoever reads of it."""
    return "truncated" if how == "truncated" else "noise"


def cut_rows(dates: int, cuts: int, seed: int) -> list[int]:
    """The last date, and of the others one at random from each of `cuts` - 1 equal stretches."""
    count = min(cuts, dates - 1)
    if count < 1:
        return []
    rng = Random(seed)
    borders = [1 + i * (dates - 2) // max(1, count - 1) for i in range(count)]
    inner = (rng.randrange(a, b) for a, b in pairwise(borders))
    return [*inner, dates - 1]


def _leak(
    panel: Panel, node: Node, whole: Array, rows: list[int], seed: int
) -> tuple[int, How] | None:
    """The first date whose value changed when the future did, and how that was done."""
    for row, how, other in _trials(panel, rows, seed):
        changed = first_change(whole[:row], evaluate(other, node)[:row])
        if changed is not None:
            return changed, how
    return None


def _trials(panel: Panel, rows: list[int], seed: int) -> Iterator[tuple[int, How, Panel]]:
    """Each cut with the future removed, and with another, in each way in turn."""
    futures = Futures(panel, seed)
    for turn, row in enumerate(rows):
        other = _OTHERS[turn % len(_OTHERS)]
        yield row, "truncated", futures.after(row, "truncated")
        yield row, other, futures.after(row, other)
