"""The parser: tokens to canonical tree, by binding powers."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from engine.dsl.canonical import MISSING, written
from engine.dsl.ops import OPS, Op, Param
from engine.dsl.parse.dialect import OURS, Dialect
from engine.dsl.parse.names import A_VALUE, NameReader
from engine.dsl.parse.reading import Finding, Part, Reading
from engine.dsl.parse.tokens import Token
from engine.dsl.tree import RIGHT_TO_LEFT, WORDS, Call, Names, Node, Num
from engine.dsl.units import MIXING, Unit, unit_of, warning
from engine.errors import ExprError, nearest, shown

MAX_DEPTH = 32
MAX_NODES = 256
MAX_NESTING = 64
"""Open parentheses and pending operators: what the parser's own recursion may need."""

_PREFIX = {op.infix[0]: op for op in OPS.values() if op.infix and len(op.params) == 1}
_INFIX = {op.infix[0]: op for op in OPS.values() if op.infix and len(op.params) > 1}
_TERNARY = 1
_COMPARISON = 5


class Parser(NameReader):
    """One text being read; `read` reads it once."""

    def __init__(
        self, text: str, names: Names, dialect: Dialect = OURS, *, typed: bool = True
    ) -> None:
        super().__init__(
            text, names, dialect, lambda ours: Parser(ours, names).read().node, typed=typed
        )
        self._text = text
        self._sizes: dict[Node, tuple[int, int]] = {}
        self._units: dict[Node, Unit | None] = {}
        self._warnings: list[Finding] = []
        self._nesting = 0

    # Steps

    def read(self) -> Reading:
        """The canonical tree of the whole text, and what there is to say about it."""
        while self._starts("name", "="):
            self._step()
        result = self._expr()
        if self._next(";") and self._tokens[self._at + 1].kind != "end":
            message = "Only the last part may stand without a name: write name = ... before it."
            raise ExprError(message, result.start, result.end)
        self._accept(";")
        if self._token.kind != "end":
            self._unexpected("an operator or the end")
        return Reading(result.node, tuple(self._notes.values()), tuple(self._warnings))

    def _step(self) -> None:
        name = self._token
        if name.text in WORDS or name.text in self._names.features or name.text in self._steps:
            message = f"The name {shown(name.text)} is taken; give this step another."
            raise ExprError(message, name.start, name.end)
        self._at += 2
        node = self._expr().node
        self._expect(";", " and an expression after a named step")
        self._steps[name.text] = node

    # Expressions

    def _expr(self, loosest: int = 0) -> Part:
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

    def _infix(self, left: Part) -> Part:
        op = _INFIX[self._token.text]
        assert op.infix
        symbol, power = op.infix
        self._at += 1
        parts = [left, self._expr(power - 1 if op.name in RIGHT_TO_LEFT else power)]
        while op.variadic and self._accept(symbol):
            parts.append(self._expr(power))
        other = _INFIX.get(self._token.text)
        if power == _COMPARISON and other and other.infix and other.infix[1] == _COMPARISON:
            message = "Comparisons cannot be chained: write a < b and b < c."
            raise ExprError(message, left.start, self._token.end)
        return self._call(op, parts, left.start, parts[-1].end)

    def _ternary(self, condition: Part) -> Part:
        yes = self._expr()
        self._expect(":", " and the value where the condition is false")
        no = self._expr(_TERNARY - 1)
        return self._call(OPS["if_else"], [condition, yes, no], condition.start, no.end)

    def _unary(self, loosest: int) -> Part:
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

    def _atom(self) -> Part:
        token = self._token
        if token.kind == "number":
            self._at += 1
            return Part(_number(token), token.start, token.end)
        if self._accept("("):
            inner = self._expr()
            self._expect(")")
            return Part(inner.node, token.start, self._end)
        if token.kind != "name":
            self._unexpected(A_VALUE)
        if self._starts("name", "("):
            return self._feat() if token.text == "feat" else self._operator()
        return self._name()

    # Calls

    def _operator(self) -> Part:
        token = self._token
        op = self._dialect.operator(token.text)
        if op is None:
            raise self._no_operator(token)
        self._at += 2
        given = self._arguments(op)
        missing = [p.name for i, p in enumerate(op.params) if p.default is None and i not in given]
        if missing:
            message = f"{op.name} needs {', '.join(missing)}: write {op.usage}."
            raise ExprError(message, token.start, self._end)
        count = max(len(op.params), *(place + 1 for place in given), 0)
        arguments = [given.get(i) or _default(op.param(i)) for i in range(count)]
        options = [given.get(-1 - i) or _default(p) for i, p in enumerate(op.options)]
        form = self._dialect.forms.get(op.name)
        meaning = form(arguments) if form else None
        if meaning is None:
            return self._call(op, arguments, token.start, self._end, options)
        self._note(meaning.note, token.start, self._end)
        return self._within_limits(meaning.node, token.start, self._end)

    def _arguments(self, op: Op) -> dict[int, Part]:
        """The arguments up to the closing parenthesis, by their places; see `Op.place`."""
        given: dict[int, Part] = {}
        named = False
        while not self._accept(")"):
            if given:
                self._expect(",", f" or ')' in {op.usage}")
            if self._starts("name", "="):
                index, named = self._keyword(op, given), True
            elif named:
                self._unexpected(f"name = value after an argument with a name in {op.usage}")
            else:
                index = op.place(len(given))
            given[index] = self._value(op, index)
        return given

    def _keyword(self, op: Op, given: dict[int, Part]) -> int:
        """The place of the argument whose name and = come next."""
        name = self._token
        place = op.places.get(op.keywords.get(name.text, name.text))
        if place is None:
            message = f"{op.name} has no argument {shown(name.text)}: write {op.usage}."
            raise ExprError(message, name.start, name.end, nearest(name.text, op.places))
        if place in given:
            raise ExprError(f"{name.text} of {op.name} is given twice.", name.start, name.end)
        self._at += 2
        return place

    def _value(self, op: Op, index: int) -> Part:
        token = self._token
        if index not in op.places.values() and not op.open:
            message = f"This is one argument too many: write {op.usage}."
            raise ExprError(message, token.start, token.end)
        param = op.param(index)
        if param.kind == "category":
            return self._category(op, param)
        if param.kind == "symbol":
            return self._symbol()
        what = f"{param.name} of {op.name}"
        if param.kind == "series":
            part = self._expr()
            if not param.constant and (isinstance(part.node, Num) or part.node == MISSING):
                message = f"{what} must contain a column, not only numbers."
                raise ExprError(message, part.start, part.end)
            return part
        word = self._word(param)
        if word is None and token.kind == "string":
            raise ExprError(f"{what} must be {param.bounds}.", token.start, token.end)
        return word or self._literal(param, what, self._expr())

    def _word(self, param: Param) -> Part | None:
        """The number that the next token stands for by a word, such as true or "gaussian"."""
        token = self._token
        value = param.words.get(token.text.strip("\"'").casefold())
        if value is None or token.text in self._steps or token.text in self._names.features:
            return None
        self._at += 1
        return Part(Num(value), token.start, token.end)

    def _literal(self, param: Param, what: str, part: Part) -> Part:
        """A number that is no expression; the dialect may round it."""
        node, note = self._dialect.literal(param, part.node)
        if not (isinstance(node, Num) and param.accepts(node.value)):
            raise ExprError(f"{what} must be {param.bounds}.", part.start, part.end)
        self._note(note, part.start, part.end)
        return Part(node, part.start, part.end)

    def _call(
        self, op: Op, parts: Sequence[Part], start: int, end: int, options: Sequence[Part] = ()
    ) -> Part:
        self._check_units(op, parts, start, end)
        nodes, values = ([part.node for part in some] for some in (parts, options))
        return self._within_limits(written(op, nodes, values), start, end)

    def _check_units(self, op: Op, parts: Sequence[Part], start: int, end: int) -> None:
        """Warn where the arguments are no things that can be mixed so."""
        if op.name not in MIXING:
            return
        operands = [
            (unit_of(part.node, self._names.price, self._units), self._text[part.start : part.end])
            for part in parts
        ]
        message = warning(op.name, operands)
        if message is not None:
            self._warnings.append(Finding(message, start, end))

    def _within_limits(self, node: Node, start: int, end: int) -> Part:
        nodes, levels = self._size(node)
        if nodes > MAX_NODES:
            message = f"The expression has more than {MAX_NODES} columns, numbers and operators."
            raise ExprError(message, start, end)
        if levels > MAX_DEPTH:
            message = f"Operators are nested more than {MAX_DEPTH} deep."
            raise ExprError(message, start, end)
        return Part(node, start, end)

    def _size(self, node: Node) -> tuple[int, int]:
        """Number of nodes and depth; remembered, because steps repeat whole trees."""
        if not isinstance(node, Call):
            return 1, 0
        if node not in self._sizes:
            below = [self._size(arg) for arg in node.args if isinstance(arg, Call)]
            nodes = 1 + len(node.args) - len(below) + sum(nodes for nodes, _ in below)
            self._sizes[node] = nodes, 1 + max((levels for _, levels in below), default=0)
        return self._sizes[node]


def _number(token: Token) -> Num:
    value = float(token.text)
    if not isfinite(value):
        raise ExprError("This number is too large.", token.start, token.end)
    return Num(value)


def _default(param: Param) -> Part:
    assert param.default is not None
    return Part(Num(param.default), 0, 0)
