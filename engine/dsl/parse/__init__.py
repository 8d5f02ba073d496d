"""Text to canonical tree.

    text    = { NAME "=" expr ";" } expr [ ";" ]
    expr    = unary { INFIX expr | "?" expr ":" expr }
    unary   = ( "-" | "not" | "!" ) expr | atom
    atom    = NUMBER | NAME | "feat" "(" STRING ")" | "(" expr ")" | NAME "(" [ args ] ")"
    args    = arg { "," arg }
    arg     = [ NAME "=" ] ( expr | STRING )      a STRING for a category or a symbol only

From loose to tight: ?: (right to left), or ||, and &&, not !, < <= > >= == != (no chains), + -,
* /, unary -, ^ (right to left). Infix operators and their binding powers come from the registry.
A NAME is a column or an earlier step; before "(" it is an operator. Strings stand between " or ',
with a backslash before a quote or backslash inside.

A dialect reads the same grammar with other names and options, and dots in names; see `dialect`.

Nothing is ever handed to Python or SQL. Every error is an ExprError with the span it is about.
"""

from __future__ import annotations

from engine.dsl.parse.dialect import DIALECTS, derivable, dialect_of
from engine.dsl.parse.parser import MAX_DEPTH, MAX_NODES, Parser
from engine.dsl.parse.reading import Finding, Reading
from engine.dsl.parse.tokens import MAX_CHARACTERS, MAX_TOKENS
from engine.dsl.tree import Names, Node

__all__ = [
    "DIALECTS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_TOKENS",
    "Finding",
    "Names",
    "Reading",
    "derivable",
    "parse",
    "read",
    "reread",
]


def parse(text: str, names: Names, dialect: str | None = None) -> Node:
    """The canonical tree of `text`, in which only `names` may be used; ExprError if it is none."""
    return read(text, names, dialect).node


def read(text: str, names: Names, dialect: str | None = None) -> Reading:
    """The tree of `text` with the notes of the dialect and the warnings about units; ExprError."""
    return Parser(text, names, dialect_of(dialect)).read()


def reread(text: str, names: Names) -> Node:
    """The tree of a canonical text, which spells everything out and may be longer than a typed one.

    What limits it is the number of its parts.
    """
    return Parser(text, names, typed=False).read().node
