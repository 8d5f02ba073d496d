"""The one tree that stands for all spellings of an expression.

`build` makes a call from canonical arguments; the parser and the generator make every call with it.
What it does never changes a value by a bit, on any panel:

    constants folded           2 * 3 is 6; a constant without a value, such as log(-1), is 0 / 0,
                               and so is what it makes missing
    arguments ordered          of operators that allow it; columns, then calls, then numbers
    nested min, max, and, or   made one call
    b > a                      written a < b where that is the order of the arguments
    x + -2, x - -2, x + -y     x - 2, x + 2, x - y
    --x, lag(x, 0)             x
    lag(lag(x, a), b)          lag(x, a + b)
    if_else(1, a, b)           a
    fill(2, v), fill(x, 0 / 0) 2, x
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key

from engine.dsl.ops import OPS, Axis, Op
from engine.dsl.ops.registry import MAX_DAYS
from engine.dsl.tree import Call, Node, Num, Text, expr_hash, to_text

__all__ = ["MISSING", "build", "canonical", "expr_hash", "to_text"]

MISSING = Call("div", (Num(0.0), Num(0.0)))
"""The constant that is missing everywhere."""

Args = tuple[Node, ...]


def canonical(node: Node) -> Node:
    """The canonical tree of `node`."""
    if isinstance(node, Num):
        return Num(node.value or 0.0)  # -0.0 is 0.0
    if not isinstance(node, Call):
        return node
    return build(node.op, [canonical(arg) for arg in node.args])


def build(op: Op, args: Sequence[Node]) -> Node:
    """The canonical tree of `op` applied to `args`: canonical trees, one for each parameter."""
    arguments = _flattened(op, args) if op.variadic else tuple(args)
    if op.axis is Axis.ROW and (constant := _folded(op, arguments)) is not None:
        return constant
    rule = _RULES.get(op.name)
    if rule and (simpler := rule(arguments)) is not None:
        return simpler
    if op.variadic:
        return Call(op.name, arguments)
    first, *rest = arguments
    if rest and (op.commutative or op.mirror) and _order(first, rest[0]) > 0:
        return Call(op.mirror or op.name, (rest[0], first, *rest[1:]))
    return Call(op.name, arguments)


def _sorted(nodes: list[Node]) -> list[Node]:
    return sorted(nodes, key=cmp_to_key(_order))


def _flattened(op: Op, args: Sequence[Node]) -> Args:
    """The arguments of nested calls of a variadic operator in order, its numbers made one."""
    parts: list[Node] = []
    for arg in args:
        parts += arg.args if isinstance(arg, Call) and arg.name == op.name else [arg]
    numbers = [part.value for part in parts if isinstance(part, Num)]
    others = _sorted([part for part in parts if not isinstance(part, Num)])
    if len(numbers) > 1:
        numbers = [float(op.spec(*numbers))]
    return (*others, *map(Num, numbers))


def _folded(op: Op, args: Args) -> Node | None:
    """The constant the call is, if it is one."""
    known = [arg.value if isinstance(arg, Num) else None for arg in args]
    if all(isinstance(arg, Num) or arg == MISSING for arg in args):
        return _constant(op.spec(*known))
    return MISSING if MISSING in args and op.name not in _TOLERANT else None


def _constant(value: float | None) -> Node:
    return MISSING if value is None else Num(float(value) or 0.0)


_TOLERANT = frozenset({"if_else", "fill", "is_missing"})


def _order(a: Node, b: Node) -> int:
    """Negative where a comes first: columns, then calls, then numbers; then by name and parts."""
    if a is b:
        return 0
    kinds = _KINDS[type(a).__name__], _KINDS[type(b).__name__]
    if kinds[0] != kinds[1]:
        return kinds[0] - kinds[1]
    if isinstance(a, Call) and isinstance(b, Call):
        if a.name != b.name:
            return -1 if a.name < b.name else 1
        parts = (_order(x, y) for x, y in zip(a.args, b.args, strict=False))
        return next((part for part in parts if part), len(a.args) - len(b.args))
    left, right = _label(a), _label(b)
    return (left > right) - (left < right)


def _label(node: Node) -> tuple[float, str]:
    match node:
        case Num():
            return node.value, ""
        case Text():
            return 0.0, node.value
        case _:
            return 0.0, node.name


_KINDS = {"Feature": 0, "Category": 1, "Text": 2, "Call": 3, "Num": 4}


# Rules of single operators, given the arguments of a call that is no constant


def _add(args: Args) -> Node | None:
    x, y = args
    for stays, goes in ((x, y), (y, x)):
        if (opposite := _opposite(goes)) is not None:
            return build(OPS["sub"], (stays, opposite))
    return None


def _sub(args: Args) -> Node | None:
    x, y = args
    opposite = _opposite(y)
    return None if opposite is None else build(OPS["add"], (x, opposite))


def _opposite(node: Node) -> Node | None:
    """-node where that is simpler than node."""
    if isinstance(node, Num):
        return Num(-node.value) if node.value < 0 else None
    return node.args[0] if isinstance(node, Call) and node.name == "neg" else None


def _neg(args: Args) -> Node | None:
    return _opposite(args[0])


def _lag(args: Args) -> Node | None:
    x, days = args
    if days == Num(0.0):
        return x
    if not (isinstance(x, Call) and x.name == "lag"):
        return None
    inner, more = x.args
    assert isinstance(days, Num)
    assert isinstance(more, Num)
    total = days.value + more.value
    return Call("lag", (inner, Num(total))) if total <= MAX_DAYS else None


def _if_else(args: Args) -> Node | None:
    c, a, b = args
    if c == MISSING:
        return MISSING
    if isinstance(c, Num):
        return a if c.value else b
    return None


def _fill(args: Args) -> Node | None:
    x, v = args
    if x == MISSING:
        return v
    return x if isinstance(x, Num) or v == MISSING else None


_RULES: dict[str, Callable[[Args], Node | None]] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "lag": _lag,
    "if_else": _if_else,
    "fill": _fill,
}
