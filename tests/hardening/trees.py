"""Trees over every operator and option, also those that the generator of the search never draws."""

from __future__ import annotations

from random import Random

from engine.dsl.canonical import written
from engine.dsl.generate import generate
from engine.dsl.ops import OPS, Axis, Op, Param
from engine.dsl.parse import MAX_NODES
from engine.dsl.tree import Call, Category, Feature, Names, Node, Num, Text, is_constant, size, walk
from tests.hardening.writer import literal

_EVERY = list(OPS.values())
_CONSTANTS = (0.0, 1.0, -1.0, 0.5, 2.0, 0.25, -3.0, 1e9, 1e-9, 100.0)


def tree(seed: int, number: int, names: Names, max_depth: int = 4, max_days: int = 12) -> Node:
    """One tree that reads a column at least: every third as the search would draw it."""
    if number % 3 == 0:
        return generate(Random(f"{seed} {number}"), names, max_depth, max_days)
    for attempt in range(100):
        rng = Random(f"{seed} {number} {attempt}")
        node = _drawn(rng, number, names, max_depth, max_days)
        reads = any(isinstance(part, Feature | Text) for part in walk(node))
        if reads and size(node) <= MAX_NODES and (isinstance(node, Call) or attempt > 20):
            return node
    message = f"No tree {number} of seed {seed} reads a column."
    raise ValueError(message)


def _drawn(rng: Random, number: int, names: Names, max_depth: int, max_days: int) -> Node:
    """Any tree; of every other one the operators stand at the root in turn."""
    if number % 3 == 2:
        return _any(rng, names, max_depth, max_days)
    op = _EVERY[number // 3 % len(_EVERY)]
    return _call(rng, op, names, rng.randint(1, max_depth), max_days)


def _any(rng: Random, names: Names, levels: int, max_days: int) -> Node:
    if levels < 1 or rng.random() < 0.15:
        return Feature(rng.choice(sorted(names.features)))
    return _call(rng, rng.choice(_EVERY), names, levels, max_days)


def _call(rng: Random, op: Op, names: Names, levels: int, max_days: int) -> Node:
    count = len(op.params) + (rng.choice([0, 0, 1, 3]) if op.open else 0)
    options = op.options if rng.random() < 0.3 else ()
    params = [*(op.param(i) for i in range(count)), *options]
    arguments = [_argument(rng, param, names, levels - 1, max_days) for param in params]
    if op.axis is not Axis.ROW and any(
        is_constant(a)
        for a, p in zip(arguments, params, strict=True)
        if p.kind == "series" and not p.constant
    ):
        return Feature(rng.choice(sorted(names.features)))
    return written(op, arguments[:count], arguments[count:])


def _argument(rng: Random, param: Param, names: Names, levels: int, max_days: int) -> Node:
    if param.kind == "category":
        return Category(rng.choice(sorted(names.categories)))
    if param.kind == "symbol":
        return Text(rng.choice(sorted(names.symbols)))
    if param.kind != "series":
        return Num(literal(rng, param, max_days))
    if param.constant and rng.random() < 0.15:
        return Num(rng.choice(_CONSTANTS))
    node = _any(rng, names, levels, max_days)
    if is_constant(node) and not param.constant:
        return Feature(rng.choice(sorted(names.features)))
    return node
