"""The reading of names: columns, named steps, categories and symbols."""

from __future__ import annotations

from collections.abc import Callable

from engine.dsl.ops import ALIASES, OPS, Op, Param
from engine.dsl.parse.dialect import Dialect
from engine.dsl.parse.reading import Finding, Part
from engine.dsl.parse.standard import Absent, Words
from engine.dsl.parse.tokens import Cursor, Token
from engine.dsl.tree import WORDS, Category, Feature, Names, Node, Text, quoted
from engine.errors import ExprError, UnknownName, short, shown

A_VALUE = "a number, a column or an operator"


class NameReader(Cursor):
    """Names of a text and what they stand for; `read` gives the tree of what a dialect writes."""

    def __init__(
        self,
        text: str,
        names: Names,
        dialect: Dialect,
        read: Callable[[str], Node],
        *,
        typed: bool = True,
    ) -> None:
        super().__init__(text, typed=typed, dots=dialect.folds)
        self._names = names
        self._dialect = dialect
        self._read = read
        self._steps: dict[str, Node] = {}
        self._notes: dict[str, Finding] = {}

    def _note(self, message: str | None, start: int, end: int) -> None:
        """Remember what is to be said; once is enough."""
        if message is not None:
            self._notes.setdefault(message, Finding(message, start, end))

    def _name(self) -> Part:
        token = self._token
        name = token.text
        if name in WORDS:
            self._unexpected(A_VALUE)
        self._at += 1
        if name in self._steps:
            return Part(self._steps[name], token.start, token.end)
        words = self._said(token, lambda: self._dialect.columns.column(name, self._names))
        if words is not None:
            return Part(self._translated(words.text, token), token.start, token.end)
        if name in self._names.features:
            return Part(Feature(name), token.start, token.end)
        raise self._no_column(token, name)

    def _feat(self) -> Part:
        start = self._token.start
        self._at += 2
        name, at = self._string("a column name between quotation marks")
        self._expect(")")
        if name in self._names.features:
            return Part(Feature(name), start, self._end)
        if name in self._names.categories:
            raise _is_category(name, at)
        raise UnknownName("column", name, self._names.features, at.start, at.end)

    def _no_column(self, token: Token, name: str) -> ExprError:
        """Why a name is no number."""
        if name in self._names.categories or self._dialect.columns.is_group(name):
            return _is_category(name, token)
        op = self._dialect.operator(name)
        if op is not None:
            message = f"{shown(name)} is an operator: write {op.usage}."
            return ExprError(message, token.start, token.end)
        if name in self._names.symbols:
            message = f"{shown(name)} is a symbol: write symbol_is({quoted(short(name))})."
            return ExprError(message, token.start, token.end)
        known = {*self._steps, *self._names.features}
        return UnknownName("column", name, known, token.start, token.end)

    def _no_operator(self, token: Token) -> ExprError:
        """Why a name before a parenthesis is no operator."""
        if token.text in self._steps or token.text in self._names.features:
            message = f"{shown(token.text)} is a column: only operators have arguments."
            return ExprError(message, token.start, token.end)
        return UnknownName("operator", token.text, {*OPS, *ALIASES}, token.start, token.end)

    def _category(self, op: Op, param: Param) -> Part:
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
        words = self._said(token, lambda: self._dialect.columns.category(name, self._names))
        name = name if words is None else words.text
        if name in self._names.categories:
            return Part(Category(name), token.start, token.end)
        if name in self._names.features or name in self._steps:
            message = f"{shown(name)} holds numbers: {param.name} of {op.name} must be a category."
            raise ExprError(message, token.start, token.end, sorted(self._names.categories)[:3])
        raise UnknownName("category", name, self._names.categories, token.start, token.end)

    def _symbol(self) -> Part:
        name, token = self._string("a symbol between quotation marks")
        if name not in self._names.symbols:
            raise UnknownName("symbol", name, self._names.symbols, token.start, token.end)
        return Part(Text(name), token.start, token.end)

    # What a dialect says

    def _said(self, token: Token, ask: Callable[[], Words | None]) -> Words | None:
        """The answer of the dialect about a name, with the note that goes with it."""
        try:
            words = ask()
        except Absent as error:
            raise ExprError(str(error), token.start, token.end) from error
        if words is not None:
            self._note(words.note, token.start, token.end)
        return words

    def _translated(self, text: str, token: Token) -> Node:
        """The tree of a text that the dialect has written; its errors are about the name."""
        try:
            return self._read(text)
        except ExprError as error:
            message = f"{shown(token.text)} cannot be read: {error.message}"
            raise ExprError(message, token.start, token.end) from error


def _is_category(name: str, at: Token) -> ExprError:
    message = f"{shown(name)} is a category: only the group operators can read it."
    return ExprError(message, at.start, at.end)
