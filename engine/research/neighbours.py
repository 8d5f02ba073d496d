"""Expressions next to an expression: the same one with other windows.

A window is a number of days that an operator looks back, as the 20 of `ts_mean(x, 20)`; a lag of 0
is none. It becomes the nearest whole number to 0.8 or 1.2 times itself, at least one day away from
where it was, and never less than its operator needs to have a value. A window that cannot change
within these limits is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from engine.dsl.canonical import canonical
from engine.dsl.tree import Call, Node, Num, to_text

MOST = 24
"""Neighbours of one expression: all windows at once, and eleven one at a time."""

Percent = Literal[-20, 20]
_BOTH: tuple[Percent, Percent] = (-20, 20)


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A changed expression, and what was changed in words."""

    label: str
    node: Node


def windows(node: Node) -> int:
    """How many windows the expression has."""
    return sum(1 for _ in _places(node))


def neighbours(node: Node) -> tuple[Neighbour, ...]:
    """At most `MOST` canonical expressions, each once: all windows at once, then one at a time."""
    found: dict[str, Neighbour] = {to_text(canonical(node)): Neighbour(label="", node=node)}
    for made in (*_all_at_once(node), *_one_at_a_time(node)):
        found.setdefault(to_text(made.node), made)
    return tuple(found.values())[1 : MOST + 1]


def scaled(days: int, percent: Percent, low: int, high: int) -> int | None:
    """The window 20 % longer or shorter, None where the limits leave no room."""
    nearest = (days * (100 + percent) + 50) // 100
    other = max(nearest, days + 1) if percent > 0 else min(nearest, days - 1)
    return other if days > 0 and low <= other <= high else None


def _all_at_once(node: Node) -> Iterator[Neighbour]:
    if windows(node) < 2:
        return
    for percent in _BOTH:
        choices = [_other(call, place, percent) for call, place in _places(node)]
        changed = _changed(node, choices)
        yield Neighbour(label=f"all windows {percent:+d} %", node=changed)


def _one_at_a_time(node: Node) -> Iterator[Neighbour]:
    places = list(_places(node))
    names = [f"{call.name}: {_days(call, place)}" for call, place in places]
    for index, (call, place) in enumerate(places):
        alike = names[: index + 1].count(names[index])
        number = f" (no. {alike})" if names.count(names[index]) > 1 else ""
        for percent in _BOTH:
            other = _other(call, place, percent)
            if other is not None:
                changed = _changed(
                    node, [other if i == index else None for i in range(len(places))]
                )
                yield Neighbour(label=f"{names[index]} to {other} days{number}", node=changed)


def _places(node: Node) -> Iterator[tuple[Call, int]]:
    """Calls with the place of a window among their arguments, children first, left to right."""
    if not isinstance(node, Call):
        return
    for child in node.args:
        yield from _places(child)
    for place in _windows_of(node):
        yield node, place


def _windows_of(call: Call) -> list[int]:
    """The places of the windows among the arguments of the call itself."""
    return [
        place
        for place, (param, arg) in enumerate(call.operands)
        if param.days and isinstance(arg, Num) and arg.value > 0
    ]


def _days(call: Call, place: int) -> int:
    window = call.args[place]
    assert isinstance(window, Num)
    return int(window.value)


def _other(call: Call, place: int, percent: Percent) -> int | None:
    param = call.op.param(place)
    low = max(1, int(param.low or 1), call.op.minimum)
    return scaled(_days(call, place), percent, low, int(param.high or 1))


def _changed(node: Node, choices: Sequence[int | None]) -> Node:
    """The canonical tree with these windows, in the order of `_places`; None: as it is."""
    left = iter(choices)

    def rebuilt(part: Node) -> Node:
        if not isinstance(part, Call):
            return part
        args = [rebuilt(child) for child in part.args]
        for place in _windows_of(part):
            days = next(left)
            args[place] = args[place] if days is None else Num(float(days))
        return Call(part.name, tuple(args))

    return canonical(rebuilt(node))
