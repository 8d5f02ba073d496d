"""New expressions made of others: subtree crossover and mutation that keep to the types.

Every place of a tree has a role. The root is a signal, and so are the arguments of an operator that
keeps what its arguments are, as long as it is in such a place itself; a condition is true or false;
other arguments are any series but a condition; the rest are numbers and categories. A part takes
the place of another only where it fits the role, so that a child is what the generator might have
drawn: a signal within the same bounds, made by the same canonical constructor.

    crossover  a part of one parent in place of a part of the other (Koza 1992, Genetic Programming)
    mutation   a new random part; another operator with the same parameters; another number, days by
               a log-uniform step; a part in place of what it is part of; another column; an
               operator on top of a part
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Literal, NamedTuple

from engine.dsl.canonical import build
from engine.dsl.generate import MAX_CALLS, Choice, Draw, Grammar
from engine.dsl.ops import OPS, Op, Param
from engine.dsl.tree import Call, Category, Feature, Node, Num, walk

Role = Literal["signal", "series", "condition", "category", "number", "literal", "symbol"]

_TRIES = 12
_CALL_WEIGHT = 3.0
_LARGEST_STEP = math.log(3)
_FACTORS = (0.5, 2.0)


class Place(NamedTuple):
    """A part of a tree: how to get to it, what it is, and what may stand there."""

    path: tuple[int, ...]
    node: Node
    role: Role
    op: Op | None = None
    param: Param | None = None


def crossover(rng: Random, grammar: Grammar, mother: Node, father: Node) -> Node | None:
    """`mother` with a part of `father` in place of one of hers; None when nothing fits.

    A function of the state of `rng` and the arguments alone; never one of the parents.
    """
    parts = list(places(father))
    for _ in range(_TRIES):
        place = _picked(rng, places(mother), "signal", "series", "condition")
        fitting = [part for part in parts if fits(part.node, place.role)]
        if fitting:
            child = replaced(mother, place.path, _weighted(rng, fitting).node)
            if child not in (mother, father) and valid(grammar, child):
                return child
    return None


def mutation(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    """`parent` with one change; None when none of those tried leaves it valid.

    A function of the state of `rng` and the arguments alone; never the parent.
    """
    for _ in range(_TRIES):
        change = rng.choices(list(_CHANGES), list(_CHANGES.values()))[0]
        child = change(rng, grammar, parent)
        if child is not None and child != parent and valid(grammar, child):
            return child
    return None


def places(root: Node) -> Iterator[Place]:
    """Every part of a signal with its role, the root first."""
    yield from _below((), Place((), root, "signal"))


def is_signal(node: Node) -> bool:
    """Whether the generator might have put it at the root."""
    if not isinstance(node, Call) or not node.op.signal:
        return False
    if not node.op.keeps:
        return True
    kept = [arg for param, arg in node.operands if _passes(param) and not isinstance(arg, Num)]
    return bool(kept) and all(map(is_signal, kept))


def fits(node: Node, role: Role) -> bool:
    """Whether `node` may stand in a place of that role."""
    match role:
        case "signal":
            return is_signal(node)
        case "condition":
            return isinstance(node, Call) and node.op.boolean
        case "series":
            return isinstance(node, Feature) or (isinstance(node, Call) and not node.op.boolean)
        case _:
            return False


def replaced(root: Node, path: Sequence[int], part: Node) -> Node:
    """The canonical tree of `root` with `part` at the end of `path`."""
    if not path:
        return part
    assert isinstance(root, Call)
    first, *rest = path
    args = list(root.args)
    args[first] = replaced(args[first], rest, part)
    return build(root.op, args)


def valid(grammar: Grammar, node: Node) -> bool:
    """Whether the tree is a signal within the bounds, each call of which makes sense."""
    if not is_signal(node) or not grammar.bounded(node):
        return False
    calls = [part for part in walk(node) if isinstance(part, Call)]
    return len(calls) <= MAX_CALLS and all(map(_sensible, calls))


def _sensible(call: Call) -> bool:
    """No number where only a series may be, no argument twice but in a square, no bad literal."""
    series = [arg for param, arg in call.operands if param.kind == "series"]
    if len(set(series)) < len(series) and call.name != "mul":
        return False
    for param, arg in call.operands:
        if param.condition and not isinstance(arg, Num) and not fits(arg, "condition"):
            return False
        if isinstance(arg, Num) and not (
            param.constant if param.kind == "series" else param.accepts(arg.value)
        ):
            return False
    return True


def _below(path: tuple[int, ...], place: Place) -> Iterator[Place]:
    yield place
    if isinstance(place.node, Call):
        for index, (param, arg) in enumerate(place.node.operands):
            role = _role(place, param, arg)
            below = Place((*path, index), arg, role, place.node.op, param)
            yield from _below((*path, index), below)


def _role(above: Place, param: Param, arg: Node) -> Role:
    if param.kind != "series":
        return "literal" if param.kind in {"int", "number"} else _OTHERS[param.kind]
    if isinstance(arg, Num):
        return "number"
    if param.condition:
        return "condition"
    keeps = isinstance(above.node, Call) and above.node.op.keeps
    return "signal" if above.role == "signal" and keeps and _passes(param) else "series"


_OTHERS: dict[str, Role] = {"category": "category", "symbol": "symbol"}


def _passes(param: Param) -> bool:
    """Whether an operator that keeps what its arguments are keeps that of this one."""
    return param.kind == "series" and not param.condition and not param.typical


def _picked(rng: Random, among: Iterator[Place], *roles: Role) -> Place:
    return _weighted(rng, [place for place in among if place.role in roles])


def _weighted(rng: Random, among: Sequence[Place]) -> Place:
    """One of the places; operators more often than columns, of which there are as many."""
    weights = [_CALL_WEIGHT if isinstance(place.node, Call) else 1.0 for place in among]
    return rng.choices(among, weights)[0]


# The changes


def _new_part(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    place = _picked(rng, places(parent), "signal", "series", "condition")
    levels = rng.randint(0, max(0, grammar.max_depth - len(place.path)))
    draw = Draw(rng, grammar)
    if place.role == "series":
        return replaced(parent, place.path, draw.series(levels))
    part = draw.signal if place.role == "signal" else draw.condition
    return replaced(parent, place.path, part(levels)) if levels else None


def _other_operator(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    place = _picked(rng, places(parent), "signal", "series", "condition")
    if not isinstance(place.node, Call) or len(place.node.args) != len(place.node.op.params):
        return None
    now = place.node.op
    choice = _choice(grammar, place.role)
    alike = [pair for pair in choice.weights if _shape(pair[0].name) == _shape(now.name)]
    alike = [pair for pair in alike if pair[0] is not now]
    if not alike:
        return None
    other = rng.choices([op for op, _ in alike], [weight for _, weight in alike])[0]
    args = [
        arg if _accepted(param, arg) else Num(Draw(rng, grammar).literal(other, param))
        for param, arg in zip(other.params, place.node.args, strict=True)
    ]
    return replaced(parent, place.path, build(other, args))


def _accepted(param: Param, arg: Node) -> bool:
    """Whether what was the argument of another operator will do for this one."""
    return not isinstance(arg, Num) or param.kind == "series" or param.accepts(arg.value)


def _other_number(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    among = [place for place in places(parent) if place.role in {"literal", "number"}]
    if not among:
        return None
    place = rng.choice(among)
    assert isinstance(place.node, Num)
    assert place.op
    assert place.param
    value = _stepped(rng, grammar, place.op, place.param, place.node.value)
    return replaced(parent, place.path, Num(value))


def _hoisted(rng: Random, _: Grammar, parent: Node) -> Node | None:
    place = _picked(rng, places(parent), "signal", "series", "condition")
    inner = [part for part in walk(place.node) if part != place.node and fits(part, place.role)]
    return replaced(parent, place.path, rng.choice(inner)) if inner else None


def _other_column(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    among = [p for p in places(parent) if isinstance(p.node, Feature | Category)]
    if not among:
        return None
    place = rng.choice(among)
    if isinstance(place.node, Category):
        return replaced(parent, place.path, Category(grammar.categories.draw(rng)))
    return replaced(parent, place.path, Feature(grammar.features.draw(rng)))


def _on_top(rng: Random, grammar: Grammar, parent: Node) -> Node | None:
    place = _picked(rng, places(parent), "signal", "series")
    op = _choice(grammar, place.role).draw(rng, 1)
    if op is None:
        return None
    args = Draw(rng, grammar).arguments(op, 1, signal=place.role == "signal")
    open_ = [i for i, param in enumerate(op.params) if _passes(param)]
    if not open_:
        return None
    args[rng.choice(open_)] = place.node
    return replaced(parent, place.path, build(op, args))


_CHANGES: dict[Callable[[Random, Grammar, Node], Node | None], float] = {
    _new_part: 2.0,
    _other_operator: 1.5,
    _other_number: 1.5,
    _hoisted: 1.0,
    _other_column: 1.5,
    _on_top: 1.5,
}


def _choice(grammar: Grammar, role: Role) -> Choice:
    table = grammar.table
    by_role = {"signal": table.signals, "condition": table.conditions}
    return by_role.get(role, table.series)


@lru_cache(maxsize=1024)
def _shape(name: str) -> tuple[tuple[str, bool, bool], ...]:
    """What the parameters of an operator are for."""
    return tuple((param.kind, param.condition, param.days) for param in OPS[name].params)


def _stepped(rng: Random, grammar: Grammar, op: Op, param: Param, value: float) -> float:
    """Another number near by: days and free numbers by a factor, the rest by the usual ones."""
    if param.days:
        low, high = max(op.minimum, 1 if param.low == 0 else 2), grammar.max_days
        days = round(value * math.exp(rng.uniform(-_LARGEST_STEP, _LARGEST_STEP)))
        days += (days == value) * rng.choice((-1, 1))
        return float(min(max(days, low), max(low, high, int(value))))
    if param.typical or param.kind == "int":
        return Draw(rng, grammar).literal(op, param)
    return value * rng.choice(_FACTORS) or rng.choice(_FACTORS)
