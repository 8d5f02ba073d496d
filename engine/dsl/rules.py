"""Rules of single operators: when a call is the same as a simpler one, bit by bit, on any panel.

A rule gets the canonical arguments of a call that is no constant, and a way to make other calls; it
answers with the simpler tree, or None.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from engine.dsl.ops.registry import MAX_DAYS
from engine.dsl.tree import Call, Node, Num, order

Args = tuple[Node, ...]


class Trees(Protocol):
    """Canonical trees of calls: `call.sub(x, 1.0)`, or `call["sub"](x, 1.0)`."""

    missing: Node

    def __getattr__(self, name: str) -> Callable[..., Node]: ...

    def __getitem__(self, name: str) -> Callable[..., Node]: ...


Rule = Callable[[Trees, Args], Node | None]
ONE, NOUGHT = Num(1.0), Num(0.0)


# What arguments are


def _named(node: Node, *names: str) -> bool:
    return isinstance(node, Call) and node.name in names


def _inner(node: Node, name: str) -> Node | None:
    """The first argument of a call of that name."""
    return node.args[0] if isinstance(node, Call) and node.name == name else None


def _boolean(node: Node) -> bool:
    return isinstance(node, Call) and node.op.boolean


def _opposite(call: Trees, node: Node) -> Node | None:
    """-node where that is simpler than node."""
    if isinstance(node, Num):
        return Num(-node.value) if node.value < 0 else None
    if isinstance(node, Call) and node.name in {"mul", "div"}:
        negative = any(isinstance(arg, Num) and arg.value < 0 for arg in node.args)
        return call.neg(node) if negative else None
    return _inner(node, "neg")


def _lagged(node: Node) -> tuple[Node, float]:
    """What is looked at, and how many days ago."""
    days = 0.0
    while isinstance(node, Call) and node.name == "lag":
        node, more = node.args
        assert isinstance(more, Num)
        days += more.value
    return node, days


# Arithmetic: signs are exact, and so are products with powers of two


def _add(call: Trees, args: Args) -> Node | None:
    x, y = args if order(*args) <= 0 else reversed(args)
    for stays, goes in ((x, y), (y, x)):
        if (opposite := _opposite(call, goes)) is not None:
            return call.sub(stays, opposite)
    return None


def _sub(call: Trees, args: Args) -> Node | None:
    x, y = args
    if y == NOUGHT:
        return x
    if (opposite := _opposite(call, y)) is not None:
        return call.add(x, opposite)
    (now, recent), (then, earlier) = _lagged(x), _lagged(y)
    if now == then and 0 < earlier - recent <= MAX_DAYS:
        return call.ts_delta(x, earlier - recent)
    first = None if isinstance(x, Num) else _opposite(call, x)
    if first is not None and (isinstance(y, Num) or order(first, y) > 0):
        return call.sub(call.neg(y), first)
    return None


def _neg(call: Trees, args: Args) -> Node | None:
    (x,) = args
    if isinstance(x, Call) and x.name in {"mul", "div"}:
        first, second = x.args
        if isinstance(second, Num) and second != NOUGHT:
            return call[x.name](first, -second.value)
        if isinstance(first, Num) and first != NOUGHT:
            return call[x.name](-first.value, second)
    return _inner(x, "neg")


def _mul(call: Trees, args: Args) -> Node | None:
    x, y = sorted(args, key=lambda arg: isinstance(arg, Num))
    if isinstance(y, Num):
        if abs(y.value) == 1:
            return x if y == ONE else call.neg(x)
        inner = _opposite(call, x) if y != NOUGHT else None
        return inner and call.mul(inner, -y.value)
    return _signed(call, "mul", x, y)


def _div(call: Trees, args: Args) -> Node | None:
    x, y = args
    if isinstance(y, Num):
        if abs(y.value) == 1:
            return x if y == ONE else call.neg(x)
        if y != NOUGHT and (inner := _opposite(call, x)) is not None:
            return call.div(inner, -y.value)
        return call.mul(x, 1 / y.value) if _power_of_two(y.value) else None
    if isinstance(x, Num):
        if abs(x.value) == 1:
            return call.inverse(y) if x == ONE else call.neg(call.inverse(y))
        inner = _opposite(call, y) if x != NOUGHT else None
        return inner and call.div(-x.value, inner)
    return _signed(call, "div", x, y)


def _signed(call: Trees, name: str, x: Node, y: Node) -> Node | None:
    """The sign of a product or quotient in front of it."""
    left, right = _opposite(call, x), _opposite(call, y)
    if left is None and right is None:
        return None
    value = call[name](left or x, right or y)
    return value if left and right else call.neg(value)


def _power_of_two(value: float) -> bool:
    fraction, exponent = math.frexp(value)
    return abs(fraction) == 0.5 and abs(exponent) < 1000


def _inverse(call: Trees, args: Args) -> Node | None:
    inner = _opposite(call, args[0])
    return inner and call.neg(call.inverse(inner))


# Functions of one value that have nothing left to do


def _abs(call: Trees, args: Args) -> Node | None:
    (x,) = args
    if _boolean(x) or _named(x, "abs"):
        return x
    if (inner := _opposite(call, x)) is not None:
        return call.abs(inner)
    if isinstance(x, Call) and x.name == "sub" and order(*x.args) > 0:
        return call.abs(call.sub(*reversed(x.args)))
    return None


def _sign(_: Trees, args: Args) -> Node | None:
    return args[0] if _boolean(args[0]) or _named(args[0], "sign") else None


def _whole(_: Trees, args: Args) -> Node | None:
    return args[0] if _boolean(args[0]) or _named(args[0], "floor", "round") else None


def _clip(call: Trees, args: Args) -> Node | None:
    """One limit within the other makes the wider one needless."""
    x, low, high = args
    if not isinstance(x, Call) or x.name != "clip":
        return None
    inner, below, above = x.args
    limits = [arg.value for arg in (low, high, below, above) if isinstance(arg, Num)]
    lo, hi, a, b = limits
    if lo <= a <= b <= hi:
        return x
    return call.clip(inner, lo, hi) if a <= lo <= hi <= b else None


def _limited(outer: str, inner: str) -> Rule:
    """min(max(x, lo), hi) and max(min(x, hi), lo) are clip(x, lo, hi) where lo <= hi."""

    def rule(call: Trees, args: Args) -> Node | None:
        x, *limits = args
        if not limits:
            return x
        (limit, *more) = limits
        if more or not isinstance(limit, Num) or not isinstance(x, Call) or x.name != inner:
            return None
        value, other, *others = x.args
        if others or not isinstance(other, Num):
            return None
        lo, hi = (other, limit) if outer == "min" else (limit, other)
        return call.clip(value, lo, hi) if lo.value <= hi.value else None

    return rule


# Logic


def _not(call: Trees, args: Args) -> Node | None:
    (x,) = args
    if isinstance(x, Call) and x.name in _COMPLEMENTS:
        return call[_COMPLEMENTS[x.name]](*x.args)
    inner = _inner(x, "not")
    return inner if inner is not None and _boolean(inner) else None


_COMPLEMENTS = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def _joined(idle: bool) -> Rule:  # noqa: FBT001 - the constant that changes nothing
    """`and` without what is always true, `or` without what is always false."""

    def rule(call: Trees, args: Args) -> Node | None:
        needed = [arg for arg in args if not isinstance(arg, Num) or bool(arg.value) != idle]
        if len(needed) > 1:
            name = "and" if idle else "or"
            return call[name](*needed) if len(needed) < len(args) else None
        (only,) = needed
        return only if _boolean(only) else call.ne(only, 0.0)

    return rule


def _if_else(call: Trees, args: Args) -> Node | None:
    c, a, b = args
    if c == call.missing:
        return c
    if isinstance(c, Num):
        return a if c.value else b
    if (inner := _inner(c, "not")) is not None:
        return call.if_else(inner, b, a)
    if isinstance(c, Call) and c.name in {"le", "ge", "ne"}:
        return call.if_else(call[_COMPLEMENTS[c.name]](*c.args), b, a)
    if isinstance(c, Call) and c.name == "eq" and c.args[1] == NOUGHT:
        return call.if_else(c.args[0], b, a)
    return None


# Missing values and days


def _fill(call: Trees, args: Args) -> Node | None:
    x, v = args
    if x == call.missing:
        return v
    whole = isinstance(x, Num) or _named(x, "is_missing")
    whole = whole or (isinstance(x, Call) and x.name == "fill" and isinstance(x.args[1], Num))
    return x if whole or v in {call.missing, x} else None


def _lag(_: Trees, args: Args) -> Node | None:
    """One lag; where it would be too long as many of the longest as there have to be."""
    x, days = _lagged(Call("lag", args))
    count, rest = divmod(days, MAX_DAYS)
    for some in [rest] * (rest > 0) + [float(MAX_DAYS)] * int(count):
        x = Call("lag", (x, Num(some)))
    return x


def _backfill(_: Trees, args: Args) -> Node | None:
    return args[0] if args[1] == ONE else None


RULES: dict[str, Rule] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "inverse": _inverse,
    "abs": _abs,
    "sign": _sign,
    "floor": _whole,
    "round": _whole,
    "clip": _clip,
    "min": _limited("min", "max"),
    "max": _limited("max", "min"),
    "not": _not,
    "and": _joined(idle=True),
    "or": _joined(idle=False),
    "if_else": _if_else,
    "fill": _fill,
    "lag": _lag,
    "ts_backfill": _backfill,
}
