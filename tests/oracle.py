"""The language in plain Python: every operator's `spec` walked over lists, dates x symbols.

Slow, and independent of the kernels: a missing value is None and there is no array anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.dsl.ops import Axis
from engine.dsl.ops.registry import instant
from engine.dsl.tree import Call, Category, Feature, Node, Num, Text

Grid = list[list[float | None]]


def evaluate(
    node: Node,
    features: Mapping[str, Grid],
    categories: Mapping[str, list[list[str | None]]] | None = None,
    universe: list[list[bool]] | None = None,
    symbols: Sequence[str] = (),
    disturb: Callable[[Call, Grid, list[Grid]], Grid] = lambda _node, grid, _inputs: grid,
) -> Grid:
    """Value of `node` on every date for every symbol.

    Operators across symbols see members of the `universe` only. `disturb` is what happens to the
    value of a call, given the call and the values of its arguments.
    """
    shape = next(iter(features.values()))

    def value(node):
        match node:
            case Num():
                return [[node.value for _ in day] for day in shape]
            case Feature():
                return features[node.name]
            case Category():
                return categories[node.name]
            case Text():
                return [[float(symbol == node.value) for symbol in symbols] for _ in shape]
            case Call():
                inputs = [value(arg) for arg in _inputs(node)]
                return disturb(node, _AXES[node.op.axis](node, inputs, members), inputs)

    def members(grid):
        if universe is None:
            return grid
        return [
            [v if member else None for v, member in zip(day, row, strict=True)]
            for day, row in zip(grid, universe, strict=True)
        ]

    return value(node)


def _inputs(node: Call) -> list[Node]:
    return [arg for param, arg in node.operands if param.kind not in {"int", "number"}]


def _row(node, inputs, _members):
    return [
        [_number(node.op.spec(*values, *node.literals)) for values in zip(*days, strict=True)]
        for days in zip(*inputs, strict=True)
    ]


def _number(value):
    return None if value is None else float(value)


def _time(node, inputs, _members):
    columns = [list(zip(*grid, strict=True)) for grid in inputs]
    out = [
        [
            _number(node.op.spec(*(list(c[: t + 1]) for c in series), *node.literals))
            for t in range(len(inputs[0]))
        ]
        for series in zip(*columns, strict=True)
    ]
    return [list(day) for day in zip(*out, strict=True)]


def _cross(node, inputs, members):
    inputs = [members(grid) for grid in inputs]
    if node.op.lookback is instant:
        return [node.op.spec(*days, *node.literals) for days in zip(*inputs, strict=True)]
    days = range(len(inputs[0]))
    return [node.op.spec(*(grid[: t + 1] for grid in inputs), *node.literals) for t in days]


def _group(node, inputs, members):
    *series, groups = inputs
    return _cross(node, [*series, members(groups)], members)


_AXES = {Axis.ROW: _row, Axis.TIME: _time, Axis.CROSS: _cross, Axis.GROUP: _group}
