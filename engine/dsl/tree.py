"""The expression tree: five immutable nodes, their text, and what can be read off them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from msgspec import Struct

from engine.dsl.ops import OPS, Axis, Op, Param
from engine.panel import Panel


class Num(Struct, frozen=True, cache_hash=True):
    """A finite number."""

    value: float


class Feature(Struct, frozen=True, cache_hash=True):
    """A numeric column of the panel."""

    name: str


class Category(Struct, frozen=True, cache_hash=True):
    """A category column of the panel, such as sector."""

    name: str


class Text(Struct, frozen=True, cache_hash=True):
    """A symbol of the panel."""

    value: str


class Call(Struct, frozen=True, cache_hash=True):
    """An operator applied to all its arguments, in the order of its parameters."""

    name: str
    args: tuple[Node, ...]

    @property
    def op(self) -> Op:
        """The operator's definition."""
        return OPS[self.name]

    @property
    def operands(self) -> Iterator[tuple[Param, Node]]:
        """The arguments with the parameters they are given for."""
        op = self.op
        return ((op.param(i), arg) for i, arg in enumerate(self.args))

    @property
    def series(self) -> tuple[Node, ...]:
        """The arguments that are expressions."""
        return tuple(arg for param, arg in self.operands if param.kind == "series")

    @property
    def literals(self) -> tuple[int | float, ...]:
        """The numbers among the arguments that are no expressions, as the operator takes them."""
        return tuple(
            int(arg.value) if param.kind == "int" else arg.value
            for param, arg in self.operands
            if param.kind in {"int", "number"} and isinstance(arg, Num)
        )


Node = Num | Feature | Category | Text | Call


class Names(Struct, frozen=True):
    """What an expression may name; `price` is the feature that earns returns."""

    features: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    symbols: frozenset[str] = frozenset()
    price: str | None = None

    @classmethod
    def of(cls, panel: Panel) -> Names:
        """Everything that `panel` has."""
        return cls(
            features=frozenset(panel.features),
            categories=frozenset(panel.categories),
            symbols=frozenset(panel.symbols),
            price=panel.price,
        )


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, children first, left to right."""
    if isinstance(node, Call):
        for child in node.args:
            yield from walk(child)
    yield node


def size(node: Node) -> int:
    """Number of nodes."""
    return 1 + sum(map(size, node.args)) if isinstance(node, Call) else 1


def depth(node: Node) -> int:
    """Number of operators on the longest path; 0 for a column or a number."""
    return 1 + max(map(depth, node.args)) if isinstance(node, Call) else 0


def is_constant(node: Node) -> bool:
    """Whether no column and no symbol has a say in the value."""
    return isinstance(node, Num) or (isinstance(node, Call) and all(map(is_constant, node.args)))


def lookback(node: Node) -> int | None:
    """How many earlier dates today's value depends on; None = all of them."""
    if not isinstance(node, Call):
        return 0
    own = node.op.lookback(*node.literals)
    below = [lookback(child) for child in node.args]
    if own is None or None in below:
        return None
    return own + max((days for days in below if days is not None), default=0)


def columns(node: Node) -> list[str]:
    """The feature and category columns it reads, sorted."""
    return sorted({n.name for n in walk(node) if isinstance(n, Feature | Category)})


def looks_across(node: Node) -> bool:
    """Whether other symbols have a say in a symbol's value."""
    calls = (n for n in walk(node) if isinstance(n, Call))
    return any(call.op.axis in {Axis.CROSS, Axis.GROUP} for call in calls)


# The order of arguments that may be exchanged


def order(a: Node, b: Node) -> int:
    """Negative where a comes first: columns, then calls, then numbers; then by name and parts."""
    if a is b:
        return 0
    kinds = _KINDS[type(a).__name__], _KINDS[type(b).__name__]
    if kinds[0] != kinds[1]:
        return kinds[0] - kinds[1]
    if isinstance(a, Call) and isinstance(b, Call):
        if a.name != b.name:
            return -1 if a.name < b.name else 1
        parts = (order(x, y) for x, y in zip(a.args, b.args, strict=False))
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


# Text

ATOM = 10
"""Binding power of what never needs parentheses."""

WORDS = frozenset({"and", "or", "not", "feat"})
"""Names the grammar keeps for itself."""

RIGHT_TO_LEFT = frozenset({"power"})
"""Infix operators of which the last one binds first: a ^ b ^ c is a ^ (b ^ c)."""

_NAME = re.compile(r"[^\W\d]\w*")


def to_text(node: Node) -> str:
    """The canonical text: `parse` turns it back into the same canonical tree.

    Numbers are Python's shortest exact form, parentheses stand only where the grammar needs them,
    every argument of a call is written out.
    """
    return _write(node)[0]


def expr_hash(node: Node) -> str:
    """Identity of the expression: the first 12 hex digits of sha256 of its canonical text."""
    return hashlib.sha256(to_text(node).encode()).hexdigest()[:12]


def number(value: float) -> str:
    """A finite number, exact and as short as can be."""
    return repr(value).removesuffix(".0")


def quoted(text: str) -> str:
    """The text between double quotes, with those inside it escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_name(text: str) -> bool:
    """Whether the text can stand for a column without quotes."""
    return _NAME.fullmatch(text) is not None and text not in WORDS


def _write(node: Node) -> tuple[str, int]:
    """Text and binding power of its outermost operator."""
    match node:
        case Num():
            return number(node.value), ATOM if node.value >= 0 else _power(OPS["neg"])
        case Feature():
            return f"feat({quoted(node.name)})", ATOM
        case Category():
            return node.name if is_name(node.name) else quoted(node.name), ATOM
        case Text():
            return quoted(node.value), ATOM
        case Call():
            return _call(node)


def _power(op: Op) -> int:
    return op.infix[1] if op.infix else ATOM


def _call(node: Call) -> tuple[str, int]:
    op = node.op
    if op.infix is None:
        return f"{op.name}({', '.join(to_text(arg) for arg in node.args)})", ATOM
    symbol, power = op.infix
    if len(op.params) == 1:
        return _prefix(symbol, power, node.args[0]), power
    first, *rest = node.args
    left = _left(first, op, power)
    return f" {symbol} ".join([left, *(_right(arg, op, power) for arg in rest)]), power


def _prefix(symbol: str, power: int, operand: Node) -> str:
    text, inner = _write(operand)
    space = " " * symbol.isalpha()
    return f"{symbol}{space}{text if inner >= power else _wrap(text)}"


def _left(node: Node, op: Op, power: int) -> str:
    text, inner = _write(node)
    loose = op.name in RIGHT_TO_LEFT or op.boolean
    return _wrap(text) if inner < power or (inner == power and loose) else text


def _right(node: Node, op: Op, power: int) -> str:
    text, inner = _write(node)
    # A minus sign may follow any operator: nothing on its left can take it away.
    fits = inner > power or (text.startswith("-") and inner == _power(OPS["neg"]))
    return text if fits or (inner == power and op.name in RIGHT_TO_LEFT) else _wrap(text)


def _wrap(text: str) -> str:
    return f"({text})"
