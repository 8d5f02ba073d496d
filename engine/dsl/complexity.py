"""How complicated an expression is: countable parts, and one score that weighs them."""

from __future__ import annotations

import math

from msgspec import Struct

from engine.dsl.ops import Axis
from engine.dsl.tree import Call, Feature, Node, Num, depth, walk


class Complexity(Struct, frozen=True):
    """The parts of the score, and the score.

    nodes            operators, columns and free numbers
    depth            operators on the longest path
    functions        distinct operators
    nonlinear        operators whose result is no linear function of their arguments
    cross_sectional  operators that compare symbols, within groups too
    window_sum       sum of all windows and lags, trading days
    window_max       the longest of them
    constants        free numbers, and options that differ from their default
    branches         conditions that decide between values
    op_cost          sum of the operators' own costs
    score            op_cost + 0.25 nodes + 0.5 depth + 0.25 functions + 0.25 nonlinear
                     + 0.5 cross_sectional + 0.25 log2(1 + window_sum) + 0.5 window_max / 252
                     + 0.5 constants + branches

    `clip(close / lag(close, 1) - 1)` scores about 10; 25 holds most expressions one can still
    explain.
    """

    nodes: int
    depth: int
    functions: int
    nonlinear: int
    cross_sectional: int
    window_sum: int
    window_max: int
    constants: int
    branches: int
    op_cost: float
    score: float


def complexity(node: Node) -> Complexity:
    """The complexity of a canonical tree."""
    calls = [n for n in walk(node) if isinstance(n, Call)]
    free = isinstance(node, Num) + sum(isinstance(n, Num) for call in calls for n in call.series)
    days = _days(calls)
    parts = {
        "nodes": len(calls) + sum(isinstance(n, Feature) for n in walk(node)) + free,
        "depth": depth(node),
        "functions": len({call.name for call in calls}),
        "nonlinear": sum(call.op.nonlinear for call in calls),
        "cross_sectional": sum(call.op.axis in {Axis.CROSS, Axis.GROUP} for call in calls),
        "window_sum": sum(days),
        "window_max": max(days, default=0),
        "constants": free + sum(_options(call) for call in calls),
        "branches": sum(_decides(call) for call in calls),
    }
    cost = float(sum(call.op.cost for call in calls))
    return Complexity(**parts, op_cost=cost, score=_score(parts, cost))


def _decides(call: Call) -> bool:
    """Whether it chooses by a condition; logic only makes conditions."""
    return not call.op.boolean and any(param.condition for param in call.op.params)


def _days(calls: list[Call]) -> list[int]:
    """The lengths of all windows and lags."""
    operands = (operand for call in calls for operand in call.operands)
    return [int(n.value) for param, n in operands if param.days and isinstance(n, Num)]


def _options(call: Call) -> int:
    """Literals that somebody had to choose, other than days."""
    return sum(
        n.value != param.default
        for param, n in call.operands
        if param.kind in {"int", "number"} and not param.days and isinstance(n, Num)
    )


def _score(parts: dict[str, int], cost: float) -> float:
    score = (
        cost
        + 0.25 * parts["nodes"]
        + 0.5 * parts["depth"]
        + 0.25 * parts["functions"]
        + 0.25 * parts["nonlinear"]
        + 0.5 * parts["cross_sectional"]
        + 0.25 * math.log2(1 + parts["window_sum"])
        + 0.5 * parts["window_max"] / 252
        + 0.5 * parts["constants"]
        + parts["branches"]
    )
    return round(score, 6)
