"""The one tree that stands for all spellings of an expression.

`build` makes a call from canonical arguments; the generator makes every call with it, and so does
the parser, by way of `written`. What it does never changes a value by a bit, on any panel:

    constants folded           2 * 3 is 6; a constant without a value, such as log(-1), is 0 / 0,
                               and so is what it makes missing
    arguments ordered          of operators that allow it; columns, then calls, then numbers
    nested min, max, and, or   made one call
    min(x, x), x and 1         x (of a condition); what changes nothing is left out
    b > a, not a >= b          written a < b where that is the order of the arguments
    --x, x - 0, x * 1, x / 1   x
    x + -2, x - -2, x + -y     x - 2, x + 2, x - y
    -1 * x, -x * y, -(x * 2)   -x, -(x * y), x * -2
    x / 2, 1 / x               x * 0.5, inverse(x)
    abs(-x), abs(b - a)        abs(x), abs(a - b)
    abs(abs(x)) and the like   abs(x); also sign, floor, round, clip within clip, not not
    min(max(x, 0), 1)          clip(x, 0, 1)
    lag(lag(x, a), b)          lag(x, a + b)
    x - lag(x, d)              ts_delta(x, d)
    lag(x, 0)                  x, and so is ts_backfill(x, 1)
    if_else(1, a, b)           a
    if_else(not c, a, b)       if_else(c, b, a)
    fill(2, v), fill(x, 0 / 0) 2, x
    ts_av_diff(x, d)           x - ts_mean(x, d), and whatever else is nothing but other operators

The rules for single operators are in `rules`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from functools import cmp_to_key, reduce
from itertools import chain
from typing import Any

from engine.dsl.ops import OPS, Axis, Op
from engine.dsl.rules import RULES, Args
from engine.dsl.tree import Call, Node, Num, expr_hash, order, to_text

__all__ = ["MISSING", "build", "canonical", "expr_hash", "to_text", "written"]

MISSING = Call("div", (Num(0.0), Num(0.0)))
"""The constant that is missing everywhere."""

_PLACE = cmp_to_key(order)


def canonical(node: Node) -> Node:
    """The canonical tree of `node`."""
    if isinstance(node, Num):
        return Num(node.value or 0.0)  # -0.0 is 0.0
    if not isinstance(node, Call):
        return node
    return build(node.op, [canonical(arg) for arg in node.args])


def build(op: Op, args: Sequence[Node]) -> Node:
    """The canonical tree of `op` applied to `args`: canonical trees, one for each parameter."""
    if op.expand and not op.options:
        node: Node | None = op.expand(_NODES, *_values(op, args))
        if node is not None:
            return node
    arguments = _arranged(op, args)
    if op.axis is Axis.ROW and (constant := _folded(op, arguments)) is not None:
        return constant
    rule = RULES.get(op.name)
    if rule and (simpler := rule(_NODES, arguments)) is not None:
        return simpler
    if op.variadic:
        return Call(op.name, arguments)
    first, *rest = arguments
    if rest and (op.commutative or op.mirror) and order(first, rest[0]) > 0:
        return Call(op.mirror or op.name, (rest[0], first, *rest[1:]))
    return Call(op.name, arguments)


def written(op: Op, args: Sequence[Node], options: Sequence[Node] = ()) -> Node:
    """The canonical tree of a call as it may be written, with the values of its options."""
    if op.neutral is not None:
        if options and options[0] != Num(0.0):
            args = [build(OPS["fill"], (arg, Num(op.neutral))) for arg in args]
        return reduce(lambda left, right: build(op, (left, right)), args)
    given = {
        option.name: value.value if isinstance(value, Num) else value
        for option, value in zip(op.options, options, strict=False)
    }
    if all(given[option.name] == option.default for option in op.options if option.name in given):
        return build(op, args)
    assert op.expand
    node: Node = op.expand(_NODES, *_values(op, args), **given)
    return node


def _values(op: Op, args: Sequence[Node]) -> Iterator[Any]:
    """The arguments as an expression of operators takes them: literals are plain numbers."""
    for place, arg in enumerate(args):
        kind = op.param(place).kind
        if isinstance(arg, Num) and kind in {"int", "number"}:
            yield int(arg.value) if kind == "int" else arg.value
        else:
            yield arg


class _Nodes:
    """A `Build` of trees: `f.sub(x, y)` is the canonical tree of the call."""

    missing: Node = MISSING

    def __getattr__(self, name: str) -> Callable[..., Node]:
        return self[name.rstrip("_")]

    def __getitem__(self, name: str) -> Callable[..., Node]:
        op = OPS[name]

        def call(*args: Node | float) -> Node:
            left = [param.default or 0.0 for param in op.params[len(args) :]]
            nodes = [Num(float(v)) if isinstance(v, int | float) else v for v in (*args, *left)]
            params = (op.param(place) for place in range(len(nodes)))
            series = (n for n, p in zip(nodes, params, strict=True) if p.kind == "series")
            return MISSING if op.axis is not Axis.ROW and MISSING in series else build(op, nodes)

        return call


_NODES = _Nodes()


def _arranged(op: Op, args: Sequence[Node]) -> Args:
    """The arguments, those of which any number may be given in order."""
    if op.variadic:
        return _flattened(op, args)
    first = len(op.params) - 1
    return (*args[:first], *sorted(args[first:], key=_PLACE)) if op.repeats else tuple(args)


def _flattened(op: Op, args: Sequence[Node]) -> Args:
    """The arguments of nested calls of a variadic operator in order, its numbers made one."""
    nested = [a.args if isinstance(a, Call) and a.name == op.name else (a,) for a in args]
    nested.sort(key=len)  # the longest is in order already, which makes a chain quick to read
    *few, most = ([part for part in parts if not isinstance(part, Num)] for parts in nested)
    for part in chain(*few):
        insort(most, part, key=_PLACE)
    numbers = [part.value for part in chain(*nested) if isinstance(part, Num)]
    if len(numbers) > 1 and most:
        numbers = [float(op.spec(*numbers))]
    return (*dict.fromkeys(most), *map(Num, numbers))


def _folded(op: Op, args: Args) -> Node | None:
    """The constant the call is, if it is one."""
    known = [arg.value if isinstance(arg, Num) else None for arg in args]
    if all(isinstance(arg, Num) or arg == MISSING for arg in args):
        return _constant(op.spec(*known))
    return MISSING if MISSING in args and op.name not in _TOLERANT else None


def _constant(value: float | None) -> Node:
    return MISSING if value is None else Num(float(value) or 0.0)


_TOLERANT = frozenset({"if_else", "fill", "is_missing"})
