"""Text to tokens, and the reading of them one by one."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from engine.errors import ExprError, short, shown

MAX_CHARACTERS = 2000
MAX_TOKENS = 400

_WORD = r"[^\W\d]\w*"


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"""\s*(?:
            (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
          | (?P<name>{name})
          | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
          | (?P<sign><=|>=|==|!=|&&|\|\||[-+*/^<>=!?:;,()])
        )""",
        re.VERBOSE | re.DOTALL,
    )


_TOKEN, _TOKEN_WITH_DOTS = _pattern(_WORD), _pattern(rf"{_WORD}(?:\.{_WORD})*")
_SYNONYMS = {"&&": "and", "||": "or", "!": "not"}


class Token(NamedTuple):
    """A number, name, string or sign, and where it stands; synonyms have one spelling."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str, *, typed: bool = True, dots: bool = False) -> list[Token]:
    """The tokens of `text`, then an empty one of kind "end"; ExprError where there are none.

    The limits of length are for what people type. With `dots` a name may have some in it, as in
    IndClass.sector.
    """
    pattern = _TOKEN_WITH_DOTS if dots else _TOKEN
    if typed and len(text) > MAX_CHARACTERS:
        message = f"The text has {len(text)} characters; {MAX_CHARACTERS} is the most."
        raise ExprError(message, MAX_CHARACTERS, len(text))
    found: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = pattern.match(text, position)
        if match is None or match.lastgroup is None:
            raise _stranger(text, position + len(text[position:]) - len(text[position:].lstrip()))
        start, position = match.span(match.lastgroup)
        if typed and len(found) == MAX_TOKENS:
            message = f"The expression has more than {MAX_TOKENS} words and signs."
            raise ExprError(message, start, end)
        word = match[match.lastgroup]
        found.append(Token(match.lastgroup, _SYNONYMS.get(word, word), start, position))
    return [*found, Token("end", "", end, end)]


def _stranger(text: str, start: int) -> ExprError:
    if text[start] in "\"'":
        return ExprError("This quotation mark is never closed.", start, len(text))
    return ExprError(f"{text[start]!r} does not belong here.", start, start + 1)


class Cursor:
    """A place among the tokens of a text."""

    def __init__(self, text: str, *, typed: bool = True, dots: bool = False) -> None:
        self._tokens = tokens(text, typed=typed, dots=dots)
        self._at = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    @property
    def _end(self) -> int:
        """Where the last token taken ends."""
        return self._tokens[self._at - 1].end

    def _next(self, text: str) -> bool:
        return self._token.text == text and self._token.kind != "string"

    def _accept(self, text: str) -> bool:
        if not self._next(text):
            return False
        self._at += 1
        return True

    def _expect(self, text: str, where: str = "") -> None:
        if not self._accept(text):
            self._unexpected(f"'{text}'{where}")

    def _unexpected(self, wanted: str) -> NoReturn:
        token = self._token
        found = f"found {shown(token.text)}" if token.kind != "end" else "but the text ends"
        hint = " Equality is written ==." if self._next("=") else ""
        if token.kind == "string":
            hint = f" A column is written feat({short(token.text)})."
        raise ExprError(f"Expected {wanted}, {found}.{hint}", token.start, token.end)

    def _starts(self, kind: str, text: str) -> bool:
        """Whether a token of `kind` and then `text` come next."""
        following = self._tokens[self._at + 1 : self._at + 2]
        return self._token.kind == kind and [t.text for t in following] == [text]

    def _string(self, wanted: str) -> tuple[str, Token]:
        token = self._token
        if token.kind != "string":
            self._unexpected(wanted)
        self._at += 1
        return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), token
