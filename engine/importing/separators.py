"""What divides the columns of a text, and the lines above its header."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from engine.errors import DataError, QuestionError
from engine.importing.header import is_data
from engine.importing.model import ImportOptions

SEPARATORS = ",;\t|"
_SAMPLE, _LINES, _MOST_ABOVE = 65_536, 60, 40
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_BREAK = "\x0b"  # stands for a line end within a cell
_WORDS = {"\t": "a tab", ",": "a comma", ";": "a semicolon", "|": "a bar"}


class Separated(msgspec.Struct, frozen=True):
    """The text from its header on, and how many lines there were above it."""

    text: bytes
    separator: str
    skipped: int
    notes: tuple[str, ...]


def separated(text: bytes, file: str, options: ImportOptions) -> Separated:
    """Find the separator and the header; DataError for a text of one column.

    Lines above the header that start with "#", or are not as wide as the table, are left out, and
    a note says so.
    """
    lines = _sample(text)
    if not any(lines):
        raise DataError(f"{file} has no lines.")
    comments = _comments(lines)
    separator = options.separator or _separator(lines[comments:], file)
    marked = _marked_header(lines, comments, separator)
    above = comments - 1 if marked else _above(lines, comments, separator)
    above += sum(line.count(_BREAK) for line in lines[:above])
    said = text.split(b"\n", above)[:above]
    notes = _note([line.decode().strip() for line in said], file)
    return Separated(_from_line(text, above, marked=marked), separator, above, notes)


def _sample(text: bytes) -> list[str]:
    start = text[:_SAMPLE].decode(errors="replace")
    # A quoted cell may hold separators and line ends; its lines still count.
    plain = _QUOTED.sub(lambda match: f"q{_kept(match[0])}", start)
    lines = plain.split("\n")
    whole = lines[:-1] if len(text) > _SAMPLE and len(lines) > 1 else lines
    return whole[:_LINES]


def _kept(quoted: str) -> str:
    return re.sub(r'[",;\t|]+', " ", quoted).replace("\n", _BREAK)


def _comments(lines: list[str]) -> int:
    """How many lines at the top are comments or empty, when there is a comment among them."""
    count = next((i for i, line in enumerate(lines) if line and line[0] != "#"), len(lines))
    return count if any(lines[:count]) and count < len(lines) else 0


def _marked_header(lines: list[str], comments: int, separator: str) -> bool:
    """Whether the last comment is the header, as some programs write it."""
    if not comments or not lines[comments - 1].startswith("#"):
        return False
    names = [name.strip() for name in lines[comments - 1].lstrip("# ").split(separator)]
    cells = [cell.strip() for cell in lines[comments].split(separator)]
    return len(names) == len(cells) > 1 and is_data(cells) and not is_data(names)


def _separator(lines: list[str], file: str) -> str:
    """The mark that divides most lines into as many parts."""
    filled = [line for line in lines if line.strip()]
    found: dict[str, tuple[int, int]] = {}
    for mark in SEPARATORS:
        counts = Counter(n for line in filled if (n := line.count(mark)))
        if counts:
            number, even = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
            found[mark] = (even, number)
    if not found:
        raise DataError(
            f"{file} has one column only; columns must be divided by a comma, a semicolon,"
            " a tab or a bar."
        )
    best = max(found, key=lambda mark: found[mark])
    _check_one(found, best, filled, file)
    return best


def _check_one(found: dict[str, tuple[int, int]], best: str, lines: list[str], file: str) -> None:
    start = next(i for i, line in enumerate(lines) if line.count(best) == found[best][1])
    table = lines[start:]
    even = [
        mark for mark, (_, number) in found.items()
        if all(line.count(mark) == number for line in table)
    ]  # fmt: skip
    if len(table) > 1 and len(even) > 1:
        marks = " or ".join(_WORDS[mark] for mark in even)
        raise QuestionError(
            f"The columns of {file} can be divided by {marks}: both divide every line into as many"
            " parts. Say which with --separator.",
            "separator",
            even,
        )


def _above(lines: list[str], comments: int, separator: str) -> int:
    """How many lines stand above the table: comments, and lines that are not as wide as it is."""
    widths = Counter(n for line in lines[comments:] if (n := line.count(separator)))
    if not widths:
        return comments
    width = widths.most_common(1)[0][0]
    several = [
        place for place, line in enumerate(lines[: comments + _MOST_ABOVE])
        if place >= comments and (_cells(line, separator) > 1 or width == line.count(separator) < 2)
    ]  # fmt: skip
    first = several[0] if several else comments
    wide = next((place for place in several if lines[place].count(separator) == width), first)
    header = [cell.strip() for cell in lines[wide].split(separator)]
    return first if is_data(header) else wide


def _cells(line: str, separator: str) -> int:
    return sum(bool(cell.strip()) for cell in line.split(separator))


def _note(lines: list[str], file: str) -> tuple[str, ...]:
    filled = [line for line in lines if line.strip(f" {SEPARATORS}")]
    if not filled:
        return ()
    note = (
        f"{len(filled)} lines above the header of {file} are no part of the table and were left"
        f" out, the first of them {filled[0][:60]!r}."
    )
    return (note,)


def _from_line(text: bytes, line: int, *, marked: bool) -> bytes:
    place = 0
    for _ in range(line):
        place = text.index(b"\n", place) + 1
    return text[place:].lstrip(b"# ") if marked else text[place:]
