"""The parser: tokens to canonical tree, by binding powers."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from engine.dsl.canonical import MISSING, build
from engine.dsl.ops import ALIASES, OPS, Op, Param
from engine.dsl.parse.tokens import Cursor, Token
from engine.dsl.tree import (
    RIGHT_TO_LEFT,
    WORDS,
    Call,
    Category,
    Feature,
    Names,
    Node,
    Num,
    Text,
)
from engine.errors import ExprError, UnknownName, nearest

MAX_DEPTH = 32
MAX_NODES = 256
MAX_NESTING = 64
"""Open parentheses and pending operators: what the parser's own recursion may need."""

_PREFIX = {op.infix[0]: op for op in OPS.values() if op.infix and len(op.params) == 1}
_INFIX = {op.infix[0]: op for op in OPS.values() if op.infix and len(op.params) > 1}
_TERNARY = 1
_COMPARISON = 5


class _Part(NamedTuple):
    """A parsed piece and the text it stands for."""

    node: Node
    start: int
    end: int


class Parser(Cursor):
    """One text being read; `parse` reads it once."""

    def __init__(self, text: str, names: Names) -> None:
        super().__init__(text)
        self._names = names
        self._steps: dict[str, Node] = {}
        self._sizes: dict[Node, tuple[int, int]] = {}
        self._nesting = 0

    # Steps

    def parse(self) -> Node:
        """The canonical tree of the whole text."""
        while self._starts("name", "="):
            self._step()
        result = self._expr()
        if self._next(";") and self._tokens[self._at + 1].kind != "end":
            message = "Only the last part may stand without a name: write name = ... before it."
            raise ExprError(message, result.start, result.end)
        self._accept(";")
        if self._token.kind != "end":
            self._unexpected("an operator or the end")
        return result.node

    def _step(self) -> None:
        name = self._token
        if name.text in WORDS or name.text in self._names.features or name.text in self._steps:
            message = f"The name {name.text!r} is taken; give this step another."
            raise ExprError(message, name.start, name.end)
        self._at += 2
        node = self._expr().node
        self._expect(";", " and an expression after a named step")
        self._steps[name.text] = node

    # Expressions

    def _expr(self, loosest: int = 0) -> _Part:
        """The longest expression whose operators bind tighter than `loosest`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            token = self._token
            raise ExprError("The expression is nested too deeply.", token.start, token.end)
        left = self._unary(loosest)
        while self._binds(loosest):
            left = self._ternary(left) if self._accept("?") else self._infix(left)
        self._nesting -= 1
        return left

    def _binds(self, loosest: int) -> bool:
        token = self._token
        if token.kind == "string":
            return False
        if token.text == "?":
            return loosest < _TERNARY
        op = _INFIX.get(token.text)
        return op is not None and op.infix is not None and op.infix[1] > loosest

    def _infix(self, left: _Part) -> _Part:
        op = _INFIX[self._token.text]
        assert op.infix
        power = op.infix[1]
        self._at += 1
        right = self._expr(power - 1 if op.name in RIGHT_TO_LEFT else power)
        other = _INFIX.get(self._token.text)
        if power == _COMPARISON and other and other.infix and other.infix[1] == _COMPARISON:
            message = "Comparisons cannot be chained: write a < b and b < c."
            raise ExprError(message, left.start, self._token.end)
        return self._call(op, [left, right], left.start, right.end)

    def _ternary(self, condition: _Part) -> _Part:
        yes = self._expr()
        self._expect(":", " and the value where the condition is false")
        no = self._expr(_TERNARY - 1)
        return self._call(OPS["if_else"], [condition, yes, no], condition.start, no.end)

    def _unary(self, loosest: int) -> _Part:
        token = self._token
        op = _PREFIX.get(token.text) if token.kind != "string" else None
        if op is None or op.infix is None:
            return self._atom()
        power = op.infix[1]
        if op.name == "not" and power < loosest:
            raise ExprError("Put 'not' and what follows in parentheses.", token.start, token.end)
        self._at += 1
        operand = self._expr(power - 1 if op.name == "not" else power)
        return self._call(op, [operand], token.start, operand.end)

    def _atom(self) -> _Part:
        token = self._token
        if token.kind == "number":
            self._at += 1
            return _Part(_number(token), token.start, token.end)
        if self._accept("("):
            inner = self._expr()
            self._expect(")")
            return _Part(inner.node, token.start, self._end)
        if token.kind != "name":
            self._unexpected("a number, a column or an operator")
        if self._starts("name", "("):
            return self._feat() if token.text == "feat" else self._operator()
        return self._name()

    def _name(self) -> _Part:
        token = self._token
        name = token.text
        if name in WORDS:
            self._unexpected("a number, a column or an operator")
        self._at += 1
        if name in self._steps:
            return _Part(self._steps[name], token.start, token.end)
        if name in self._names.features:
            return _Part(Feature(name), token.start, token.end)
        if name in self._names.categories:
            message = f"{name!r} is a category: only the group operators can read it."
            raise ExprError(message, token.start, token.end)
        if name in OPS or name in ALIASES:
            usage = OPS[ALIASES.get(name, name)].usage
            raise ExprError(f"{name!r} is an operator: write {usage}.", token.start, token.end)
        known = {*self._steps, *self._names.features}
        raise UnknownName("column", name, known, token.start, token.end)

    def _feat(self) -> _Part:
        start = self._token.start
        self._at += 2
        name, at = self._string("a column name between quotation marks")
        self._expect(")")
        if name not in self._names.features:
            raise UnknownName("column", name, self._names.features, at.start, at.end)
        return _Part(Feature(name), start, self._end)

    # Calls

    def _operator(self) -> _Part:
        token = self._token
        op = OPS.get(ALIASES.get(token.text, token.text))
        if op is None:
            raise UnknownName("operator", token.text, {*OPS, *ALIASES}, token.start, token.end)
        self._at += 2
        given = self._arguments(op)
        missing = [p.name for i, p in enumerate(op.params) if p.default is None and i not in given]
        if missing:
            message = f"{op.name} needs {', '.join(missing)}: write {op.usage}."
            raise ExprError(message, token.start, self._end)
        count = max(len(op.params), len(given))
        arguments = [given.get(i) or _default(op.param(i)) for i in range(count)]
        return self._call(op, arguments, token.start, self._end)

    def _arguments(self, op: Op) -> dict[int, _Part]:
        """The arguments up to the closing parenthesis, by their places."""
        given: dict[int, _Part] = {}
        named = False
        while not self._accept(")"):
            if given:
                self._expect(",", f" or ')' in {op.usage}")
            if self._starts("name", "="):
                index, named = self._keyword(op, given), True
            elif named:
                self._unexpected(f"name = value after an argument with a name in {op.usage}")
            else:
                index = len(given)
            given[index] = self._value(op, index)
        return given

    def _keyword(self, op: Op, given: dict[int, _Part]) -> int:
        """The place of the argument whose name and = come next."""
        name = self._token
        places = {param.name: i for i, param in enumerate(op.params)}
        if name.text not in places:
            message = f"{op.name} has no argument {name.text!r}: write {op.usage}."
            raise ExprError(message, name.start, name.end, nearest(name.text, places))
        if places[name.text] in given:
            raise ExprError(f"{name.text} of {op.name} is given twice.", name.start, name.end)
        self._at += 2
        return places[name.text]

    def _value(self, op: Op, index: int) -> _Part:
        token = self._token
        if index >= len(op.params) and not op.variadic:
            message = f"This is one argument too many: write {op.usage}."
            raise ExprError(message, token.start, token.end)
        param = op.param(index)
        if param.kind == "category":
            return self._category(op, param)
        if param.kind == "symbol":
            return self._symbol()
        part = self._expr()
        what = f"{param.name} of {op.name}"
        if param.kind == "series":
            if not param.constant and (isinstance(part.node, Num) or part.node == MISSING):
                message = f"{what} must contain a column, not only numbers."
                raise ExprError(message, part.start, part.end)
        elif not (isinstance(part.node, Num) and param.accepts(part.node.value)):
            raise ExprError(f"{what} must be {param.bounds}.", part.start, part.end)
        return part

    def _category(self, op: Op, param: Param) -> _Part:
        token = self._token
        if token.kind == "string":
            name, token = self._string("a category")
        elif self._starts("name", "(") and token.text == "feat":
            self._at += 2
            name, token = self._string("a category between quotation marks")
            self._expect(")")
        elif token.kind == "name":
            name = token.text
            self._at += 1
        else:
            self._unexpected(f"the category {param.name} of {op.name}")
        if name not in self._names.categories:
            raise UnknownName("category", name, self._names.categories, token.start, token.end)
        return _Part(Category(name), token.start, token.end)

    def _symbol(self) -> _Part:
        name, token = self._string("a symbol between quotation marks")
        if name not in self._names.symbols:
            raise UnknownName("symbol", name, self._names.symbols, token.start, token.end)
        return _Part(Text(name), token.start, token.end)

    def _call(self, op: Op, parts: Iterable[_Part], start: int, end: int) -> _Part:
        node = build(op, [part.node for part in parts])
        nodes, levels = self._size(node)
        if nodes > MAX_NODES:
            message = f"The expression has more than {MAX_NODES} columns, numbers and operators."
            raise ExprError(message, start, end)
        if levels > MAX_DEPTH:
            message = f"Operators are nested more than {MAX_DEPTH} deep."
            raise ExprError(message, start, end)
        return _Part(node, start, end)

    def _size(self, node: Node) -> tuple[int, int]:
        """Number of nodes and depth; remembered, because steps repeat whole trees."""
        if not isinstance(node, Call):
            return 1, 0
        if node not in self._sizes:
            below = [self._size(arg) for arg in node.args]
            nodes = 1 + sum(nodes for nodes, _ in below)
            self._sizes[node] = nodes, 1 + max(levels for _, levels in below)
        return self._sizes[node]


def _number(token: Token) -> Num:
    value = float(token.text)
    if not isfinite(value):
        raise ExprError("This number is too large.", token.start, token.end)
    return Num(value)


def _default(param: Param) -> _Part:
    assert param.default is not None
    return _Part(Num(param.default), 0, 0)
