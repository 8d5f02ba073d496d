"""What may be said of a text: refused with a sentence and a place, or understood for good."""

from __future__ import annotations

import math
from contextlib import suppress
from time import thread_time_ns

from engine.dsl.canonical import canonical
from engine.dsl.complexity import complexity
from engine.dsl.parse import MAX_DEPTH, MAX_NODES, Finding, Names, Reading, read, reread
from engine.dsl.tree import Node, Num, depth, expr_hash, lookback, size, to_text, walk
from engine.errors import EngineError, ExprError

LONGEST_MESSAGE = 500


def complaint(text: str, names: Names, dialect: str | None = None) -> tuple[str | None, bool]:
    """What is wrong with how `text` is read, None for nothing; and whether it was understood."""
    try:
        reading = read(text, names, dialect)
    except EngineError as error:
        return _refused(text, error), False
    except Exception as error:  # noqa: BLE001  # any other is what is looked for
        return f"{type(error).__name__}: {error}", False
    try:
        return _found(text, reading) or _understood(reading.node, names), True
    except Exception as error:  # noqa: BLE001  # a tree that cannot be used
        return f"understood, but then {type(error).__name__}: {error}", True


def _refused(text: str, error: EngineError) -> str | None:
    if not isinstance(error, ExprError):
        return f"a {type(error).__name__} has no place in the text"
    if not all(map(str, error.suggestions)):
        return "a suggestion is empty"
    return _sentence(text, error)


def _found(text: str, reading: Reading) -> str | None:
    said = (_sentence(text, finding) for finding in (*reading.notes, *reading.warnings))
    return next(filter(None, said), None)


def _sentence(text: str, about: ExprError | Finding) -> str | None:
    """What is wrong with a sentence about a place in the text."""
    message = about.message
    if not message.endswith((".", "?", "!")) or not message[0].isprintable():
        return f"the message is no sentence: {message!r}"
    if len(message) > LONGEST_MESSAGE:
        return f"the message has {len(message)} characters"
    if not 0 <= about.start <= about.end <= len(text):
        return f"the place {about.start}..{about.end} is outside of the text"
    if any("\ud800" <= letter <= "\udfff" for letter in message):
        return f"the message cannot be written down: {message!r}"
    return None


def _understood(node: Node, names: Names) -> str | None:
    if depth(node) > MAX_DEPTH or size(node) > MAX_NODES:
        return f"too large: {size(node)} nodes, {depth(node)} deep"
    if not all(math.isfinite(n.value) for n in walk(node) if isinstance(n, Num)):
        return "a number is not finite"
    text = to_text(node)
    again = reread(text, names)
    if again != node or to_text(again) != text or expr_hash(again) != expr_hash(node):
        return f"{text!r} reads back as {to_text(again)!r}"
    if canonical(node) != node:
        return f"the canonical tree is not canonical: {text!r}"
    back = lookback(node)
    if back is not None and back < 0:
        return f"looks {back} days back"
    return None if math.isfinite(complexity(node).score) else "the complexity is not finite"


def milliseconds(text: str, names: Names, dialect: str | None = None, runs: int = 1) -> float:
    """Time of the processor that reading takes; the least of some runs, for others disturb."""
    return min(_once(text, names, dialect) for _ in range(runs)) / 1e6


def _once(text: str, names: Names, dialect: str | None) -> int:
    start = thread_time_ns()
    with suppress(EngineError):
        read(text, names, dialect)
    return thread_time_ns() - start


def smaller(text: str, names: Names, dialect: str | None = None) -> str:
    """A shorter text with the same kind of complaint, by leaving out pieces."""

    def kind(text: str) -> str:
        return (complaint(text, names, dialect)[0] or "")[:12]

    wanted, piece = kind(text), max(1, len(text) // 2)
    while piece:
        at = 0
        while at < len(text):
            shorter = text[:at] + text[at + piece :]
            if kind(shorter) == wanted:
                text = shorter
            else:
                at += piece
        piece //= 2
    return text
