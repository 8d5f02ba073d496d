"""Random expressions, drawn from the registry the parser reads.

A tree is drawn from the root down. The root is a signal: an operator that centres its input (a
score, a residual, a return), or one that keeps what its arguments are, such as a sum, of signals.
Below a centring operator anything goes. Conditions are drawn from the operators that give true or
false. Columns below one operator are often the same, so that a column meets its own past.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from random import Random

from engine.dsl.canonical import MISSING, build
from engine.dsl.ops import OPS, Axis, Op, Param
from engine.dsl.tree import Call, Category, Feature, Names, Node, Num, depth, to_text, walk
from engine.errors import ParamError

TYPICAL_DAYS = (2, 3, 5, 10, 15, 20, 40, 60, 120, 250)
MAX_CALLS = 40
MAX_TEXT = 2000
"""The parser's limit; with at most MAX_CALLS operators the others hold by themselves."""

_TYPICAL = 0.7
_LEAF = 0.25
_SAME_COLUMN = 0.6
_CONSTANT = 0.1
_CONSTANTS = (0.5, 2.0)
_TRIES = 8


def generate(
    rng: Random,
    names: Names,
    max_depth: int = 4,
    max_days: int = 252,
    weights: Mapping[str, float] | None = None,
) -> Node:
    """One random canonical expression, a function of the state of `rng` and the arguments alone.

    At most `max_depth` operators along any path and no window longer than `max_days`; categories
    appear only if `names` has some. `weights` replace the registry's by operator name.
    """
    return Grammar(names, max_depth=max_depth, max_days=max_days, operators=weights).draw(rng)


class Grammar:
    """What expressions are made of: columns, operators, how often each, and the bounds.

    operators: weights in place of the registry's, by name. columns: how often features and
    categories are drawn, 1 where it does not say; 0 leaves out. ParamError when no feature is left.
    """

    def __init__(
        self,
        names: Names,
        *,
        max_depth: int = 4,
        max_days: int = 252,
        operators: Mapping[str, float] | None = None,
        columns: Mapping[str, float] | None = None,
    ) -> None:
        self.max_depth, self.max_days = max_depth, max_days
        self.features = _Pick(names.features, columns or {})
        self.categories = _Pick(names.categories, columns or {})
        if not self.features.names:
            said = "The features' weights leave no" if names.features else "There is no"
            raise ParamError(f"{said} numeric column to build expressions from.")
        replaced = tuple(sorted((operators or {}).items()))
        self.table = _table(max_days, bool(self.categories.names), replaced)

    def draw(self, rng: Random) -> Node:
        """A random signal; ParamError when the operators' weights leave none."""
        for attempt in range(1000):
            node = Draw(rng, self).signal(max(1, self.max_depth - attempt // 10))
            if isinstance(node, Call) and self.bounded(node):
                return node
        raise ParamError("The operators' weights leave no expression to draw; raise some of them.")

    def bounded(self, node: Node) -> bool:
        """Whether the tree keeps to the bounds and has a value everywhere it can have one."""
        if depth(node) > self.max_depth or MISSING in walk(node):
            return False
        return len(to_text(node)) <= MAX_TEXT


class _Pick:
    """Names in order, drawn as often as their weights say."""

    def __init__(self, names: Iterable[str], weights: Mapping[str, float]) -> None:
        self.names = sorted(name for name in names if weights.get(name, 1.0) > 0)
        given = any(name in weights for name in self.names)
        self._weights = [weights.get(name, 1.0) for name in self.names] if given else None

    def draw(self, rng: Random) -> str:
        if self._weights is None:
            return rng.choice(self.names)
        return rng.choices(self.names, self._weights)[0]


class Choice:
    """Operators with their weights, by how many levels they need below the root of a draw."""

    def __init__(self, ops: Sequence[Op], weight: Callable[[Op], float]) -> None:
        self.weights = [(op, weight(op)) for op in ops if weight(op) > 0]
        self._by_depth: list[tuple[list[Op], list[float]]] = []
        for levels in (1, 2):
            some = [op for op, _ in self.weights if _levels(op) <= levels]
            self._by_depth.append((some, [weight(op) for op in some]))

    def draw(self, rng: Random, levels: int) -> Op | None:
        """One that so many levels are enough for; None when there is none."""
        ops, weights = self._by_depth[min(levels, 2) - 1]
        return rng.choices(ops, weights)[0] if ops else None


class Table:
    """What may be drawn where."""

    def __init__(self, ops: Sequence[Op], weights: Mapping[str, float]) -> None:
        def weight(op: Op) -> float:
            return weights.get(op.name, op.weight)

        def signal(op: Op) -> float:
            return weights.get(op.name, op.signal) if op.signal else 0.0

        self.series = Choice([op for op in ops if not op.boolean], weight)
        self.conditions = Choice([op for op in ops if op.boolean], weight)
        self.signals = Choice(ops, signal)
        self.centring = Choice([op for op in ops if not op.keeps], signal)


@lru_cache(maxsize=64)
def _table(max_days: int, grouped: bool, weights: tuple[tuple[str, float], ...]) -> Table:  # noqa: FBT001
    ops = [
        op
        for op in OPS.values()
        if (grouped or op.axis is not Axis.GROUP)
        and (op.minimum <= max_days or not any(param.days for param in op.params))
        and all(param.kind != "symbol" for param in op.params)
    ]
    return Table(ops, dict(weights))


def _levels(op: Op) -> int:
    """Levels a call needs: a condition below it is a call itself."""
    return 2 if any(param.condition for param in op.params) else 1


class Draw:
    """One expression in the making."""

    def __init__(self, rng: Random, grammar: Grammar) -> None:
        self._rng, self._grammar, self._table = rng, grammar, grammar.table
        self._calls = 0
        self._column = grammar.features.draw(rng)

    def signal(self, levels: int) -> Node:
        """Something centred around zero, of one or more levels."""
        choice = self._table.signals if levels > 1 else self._table.centring
        return self._one_of(choice, levels)

    def series(self, levels: int, leaf: float = _LEAF) -> Node:
        """Anything but a condition, of at most so many levels."""
        if levels < 1 or self._calls >= MAX_CALLS or self._rng.random() < leaf:
            return self._feature()
        return self._one_of(self._table.series, levels)

    def condition(self, levels: int) -> Node:
        """Something true or false, of one or more levels."""
        return self._one_of(self._table.conditions, levels)

    def _one_of(self, choice: Choice, levels: int) -> Node:
        """A call of one of the operators whose arguments differ from each other."""
        for _ in range(_TRIES):
            op = choice.draw(self._rng, levels)
            if op is None:
                break
            self._calls += 1
            args = self.arguments(op, levels - 1, signal=choice is not self._table.series)
            inputs = [a for a, p in zip(args, op.params, strict=True) if p.kind == "series"]
            if len(set(inputs)) == len(inputs) and not all(isinstance(a, Num) for a in inputs):
                return build(op, args)
        return self._feature()

    def arguments(self, op: Op, levels: int, *, signal: bool) -> list[Node]:
        """Arguments for a call of `op`; with `signal` such that it is one where `op` allows."""
        return [self._argument(op, i, levels, signal=signal) for i in range(len(op.params))]

    def _argument(self, op: Op, index: int, levels: int, *, signal: bool) -> Node:
        param = op.params[index]
        if param.kind == "category":
            return Category(self._grammar.categories.draw(self._rng))
        if param.kind != "series":
            return Num(self.literal(op, param))
        if param.condition:
            return self.condition(levels)
        return self._input(op, index, levels, signal=signal)

    def _input(self, op: Op, index: int, levels: int, *, signal: bool) -> Node:
        param = op.params[index]
        if param.typical:
            return Num(self._rng.choice(param.typical))
        centred = signal and (op.keeps or op.boolean) and levels > 0
        if op.boolean and op.mirror and centred and index == 1:
            return Num(0.0)
        if param.constant and index > 0 and self._rng.random() < _CONSTANT:
            return Num(self._rng.choice(_CONSTANTS))
        if centred:
            return self.signal(levels)
        return self.series(levels, 0.0 if signal else _LEAF)

    def _feature(self) -> Node:
        if self._rng.random() >= _SAME_COLUMN:
            self._column = self._grammar.features.draw(self._rng)
        return Feature(self._column)

    def literal(self, op: Op, param: Param) -> float:
        """A number of days, or another one that is no expression."""
        if param.days:
            return float(self._days(op, param))
        if param.default is not None and (not param.typical or self._rng.random() < _TYPICAL):
            return param.default
        return self._rng.choice(param.typical or (param.low or 0.0,))

    def _days(self, op: Op, param: Param) -> int:
        """A usual number of days, or a log-uniform one: 5, 20 and 120 are equally interesting."""
        low = max(op.minimum, 1 if param.low == 0 else 2)
        high = max(1, min(int(param.high or 1), self._grammar.max_days))
        low = min(low, high)
        usual = [days for days in TYPICAL_DAYS if low <= days <= high]
        if usual and self._rng.random() < _TYPICAL:
            return self._rng.choice(usual)
        return round(low * math.pow(high / low, self._rng.random()))
