"""Everything the engine can refuse to do.

EngineError
+ ExprError            the expression text is wrong at text[start:end]
| + UnknownName        it names something that does not exist; carries the nearest names
| + FilterError        the filter of a list is wrong at text[start:end]
+ ParamError           a parameter of a run is out of its range
+ DataError            a file or data set cannot be used
| + QuestionError      a file can be read in several ways; carries the option that decides
+ NotFoundError        no such data set, strategy or job
+ StoreError           the store cannot be read or written
| + WorkspaceBusyError another process owns the workspace
+ CancelledError       the caller asked to stop
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from difflib import get_close_matches


class EngineError(Exception):
    """Base class; `message` is a full sentence fit to show to the user.

    `code` is the stable machine-readable name of the kind of refusal.
    """

    code = "engine"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ExprError(EngineError):
    """The expression is wrong at `text[start:end]` (character offsets)."""

    code = "expression"

    def __init__(self, message: str, start: int, end: int, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.suggestions = tuple(suggestions)


class UnknownName(ExprError):
    """A name that is no operator, feature, category or symbol; says the nearest known ones."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, known: Iterable[str], start: int, end: int) -> None:
        suggestions = nearest(name, known)
        hint = f" Did you mean {' or '.join(map(short, suggestions))}?" if suggestions else ""
        super().__init__(f"There is no {kind} {shown(name)}.{hint}", start, end, suggestions)


class FilterError(ExprError):
    """The filter of a list, no expression, is wrong at `text[start:end]`."""

    code = "filter"


class ParamError(EngineError):
    """A parameter is out of its range; the message names it and the range."""

    code = "parameters"


class DataError(EngineError):
    """A file or data set cannot be used; the message names column, rows and the remedy.

    What the message quotes from a file can be of any length and hold any character, so it is cut in
    its middle, and what cannot be seen is escaped.
    """

    code = "data"

    def __init__(self, message: str) -> None:
        super().__init__(visible(cut(message)))


class QuestionError(DataError):
    """A file can be read in several ways; `option` is the import option that says which.

    `choices` are its possible values, `column` the column of the file it is about.
    """

    code = "question"

    def __init__(
        self, message: str, option: str = "", choices: Iterable[str] = (), column: str | None = None
    ) -> None:
        super().__init__(message)
        self.option = option
        self.choices = tuple(choices)
        self.column = column


class NotFoundError(EngineError):
    """No such data set, strategy or job."""

    code = "not_found"


class StoreError(EngineError):
    """The store cannot be read or written."""

    code = "store"


class WorkspaceBusyError(StoreError):
    """Another process owns the workspace and is the only one that may write."""

    code = "busy"


class CancelledError(EngineError):
    """The caller asked to stop."""

    code = "cancelled"


def shown(text: str) -> str:
    """What somebody typed, between quotation marks and no longer than fits into a message."""
    return repr(short(text))


def short(text: str) -> str:
    """The text, or the beginning of one that nobody would read to its end; always one to write."""
    start = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    return start.encode("utf-8", "backslashreplace").decode()  # halves of pairs are no characters


_SHOWN = 60
_HEAD, _TAIL = 1300, 400


def cut(text: str) -> str:
    """The text without its middle when it is longer than anybody reads; its end says what to do."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} ... {text[-_TAIL:]}"


def visible(text: str) -> str:
    """The text with escapes for line ends, invisible characters and those that turn it round."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """At most three of `known`, the most similar to `name` first, case ignored."""
    by_fold: dict[str, str] = {}
    for candidate in sorted(known):
        by_fold.setdefault(candidate.casefold(), candidate)
    wanted = name.casefold()[:80]
    matches = get_close_matches(wanted, _likely(wanted, list(by_fold)), n=3)
    return [by_fold[match] for match in matches]


_COMPARED = 400


def _likely(wanted: str, words: list[str]) -> list[str]:
    """Of more words than can be compared in no time those that begin or end like the wanted one."""
    if len(words) <= _COMPARED:
        return words
    ends = sorted(word[::-1] for word in words)
    likely = _around(sorted(words), wanted) + [w[::-1] for w in _around(ends, wanted[::-1])]
    return list(dict.fromkeys(likely))


def _around(words: list[str], wanted: str) -> list[str]:
    place = bisect(words, wanted)
    return words[max(0, place - _COMPARED // 4) : place + _COMPARED // 4]


def error_of(code: str, message: str) -> EngineError:
    """The error a message from another process stands for."""
    kinds = {kind.code: kind for kind in _kinds(EngineError) if not issubclass(kind, ExprError)}
    return kinds.get(code, EngineError)(message)


def _kinds(root: type[EngineError]) -> Iterable[type[EngineError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)
