"""The filter of a list of runs: `ann_sharpe > 1 and max_dd > -0.2 and expr has "lag"`.

    filter    = condition ("and" condition)*
    condition = number-name ("<" | "<=" | ">" | ">=" | "=" | "!=") number
              | "created_at" ("<" | "<=" | ">" | ">=" | "=" | "!=") day or time
              | text-name ("has" | "=" | "!=") text

A day is YYYY-MM-DD and means all of it in UTC; a time is ISO-8601. A text stands in double or
single quotes, in which a backslash takes the next character as it is; one word needs no quotes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from engine.errors import FilterError, nearest
from engine.stats.performance import Metrics

FLAGS = ("tradable", "ruined")
"""Numbers that are 1 or 0."""

DEFLATED = "deflated_sharpe"
NUMBERS = (*Metrics.__struct_fields__, "complexity_score", DEFLATED, *FLAGS)
TIME = "created_at"
TEXTS = ("dataset", "expr")
NAMES = (*NUMBERS, TIME, *TEXTS)
MAX_LENGTH = 1000
MAX_CONDITIONS = 20

_COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
_OF_TEXTS = ("has", "=", "!=")
_DAY_MS = 86_400_000
_TOKEN = re.compile(
    r"""
      (?P<time>\d{4}-\d\d?-\d\d?(?:[T ]\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<word>[^\W\d]\w*)
    | (?P<operator><=|>=|!=|[<>=])
    | (?P<wrong>\S)
    """,
    re.VERBOSE | re.DOTALL,
)


class Range(NamedTuple):
    """A number compared with everything between two others, mostly one and the same."""

    name: str
    operator: str
    low: float
    high: float


class Words(NamedTuple):
    """A text that is, is not or contains another, which it does whatever the case."""

    name: str
    operator: str
    text: str


Condition = Range | Words


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions of a filter, all of which are to hold; FilterError where it is wrong.

    A blank filter has none. A missing value fits no condition.
    """
    if len(text) > MAX_LENGTH:
        _refuse(f"The filter is longer than {MAX_LENGTH:,} characters.", MAX_LENGTH, len(text))
    tokens = [
        _Token(str(match.lastgroup), match[0], *match.span()) for match in _TOKEN.finditer(text)
    ]
    if not tokens:
        return ()
    end = len(text)
    found: list[Condition] = []
    for place in range(0, MAX_CONDITIONS * 4, 4):
        found.append(_condition(tokens[place : place + 3], end))
        if place + 3 >= len(tokens):
            return tuple(found)
        _joined(tokens[place + 3])
    message = f"The filter has more than {MAX_CONDITIONS} conditions."
    raise FilterError(message, tokens[MAX_CONDITIONS * 4 - 1].start, end)


def _condition(tokens: Sequence[_Token], end: int) -> Condition:
    """A name, an operator and a value."""
    missing = _Token("end", "", end, end)
    name, operator, value = (*tokens, missing, missing, missing)[:3]
    if name.text not in NAMES or name.kind != "word":
        _refuse_name(name)
    allowed = _OF_TEXTS if name.text in TEXTS else _COMPARISONS
    sign = operator.text.lower()
    if sign not in allowed or operator.kind not in {"operator", "word"}:
        _refuse(
            f"After {name.text} comes one of {' '.join(allowed)}, not {_said(operator)}.",
            operator.start, operator.end, () if operator.kind == "end" else allowed,
        )  # fmt: skip
    if name.text in TEXTS:
        return Words(name.text, sign, _words(name, value))
    low, high = _day(value) if name.text == TIME else _number(name, value)
    return Range(name.text, sign, low, high)


def _joined(token: _Token) -> None:
    if token.text.lower() == "and":
        return
    if token.text == "%":
        _refuse("A filter takes fractions: write 0.2 for 20%.", token.start, token.end)
    if token.text.lower() == "or":
        _refuse(
            "All conditions of a filter hold: they are joined with and, there is no or.",
            token.start, token.end, ("and",),
        )  # fmt: skip
    _refuse(
        f"The next condition begins with and, not with {_said(token)}.",
        token.start, token.end, ("and",),
    )  # fmt: skip


def _number(name: _Token, value: _Token) -> tuple[float, float]:
    if value.kind != "number":
        _refuse(
            f"{name.text} is compared with a number, not with {_said(value)}.",
            value.start, value.end,
        )  # fmt: skip
    number = float(value.text)
    if number in {float("inf"), float("-inf")}:
        _refuse(f"The number {value.text[:40]} is too large.", value.start, value.end)
    return number, number


def _day(value: _Token) -> tuple[float, float]:
    """The first and the last millisecond of a day, or those of one moment."""
    text = _unquoted(value) if value.kind == "quoted" else value.text
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        _refuse(
            f"{TIME} is compared with a day such as 2026-01-31, not with {_said(value)}.",
            value.start, value.end,
        )  # fmt: skip
    utc = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    first = float(round(utc.timestamp() * 1000))
    return first, first + (_DAY_MS - 1 if len(text.strip()) <= len("2026-01-31") else 0)


def _words(name: _Token, value: _Token) -> str:
    if value.kind not in {"quoted", "word"}:
        _refuse(
            f'{name.text} is compared with a text in quotes, as in {name.text} = "abc", not with'
            f" {_said(value)}.",
            value.start, value.end,
        )  # fmt: skip
    return _unquoted(value) if value.kind == "quoted" else value.text


def _unquoted(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)


def _refuse_name(token: _Token) -> NoReturn:
    if token.kind == "end":
        _refuse("A condition is missing at the end of the filter.", token.start, token.end)
    if token.kind != "word":
        _refuse(
            f"A condition begins with a name such as ann_sharpe, not with {_said(token)}.",
            token.start, token.end,
        )  # fmt: skip
    near = nearest(token.text, NAMES)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(NAMES)}."
    _refuse(f"Runs have no {token.text[:40]!r} to filter by. {hint}", token.start, token.end, near)


def _said(token: _Token) -> str:
    """A token as a message names it."""
    if token.kind == "end":
        return "the end of the filter"
    if token.text in {'"', "'"}:
        return "a text whose quotes are not closed"
    return token.text[:40] if token.kind == "quoted" else repr(token.text[:40])


def _refuse(message: str, start: int, end: int, suggestions: Sequence[str] = ()) -> NoReturn:
    raise FilterError(message, start, end, suggestions)
