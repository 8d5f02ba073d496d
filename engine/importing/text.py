"""CSV and its relatives as cells of text: separator, quotes, one row per line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError
from engine.importing.encodings import decode
from engine.importing.found import Found
from engine.importing.header import Raw, with_header
from engine.importing.separators import separated
from engine.importing.table import Table, check_limits, refusing

_NEWLINE, _QUOTE = 10, 34
_CHUNK = 50_000
Places = npt.NDArray[np.intp]
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENCODINGS = {"utf-8": "UTF-8", "cp1252": "cp1252 (Windows, Western European)"}


def read_text(data: bytes, file: str, found: Found) -> Table:
    """All columns as text, empty cells null; DataError when the lines do not form a table."""
    decoded = decode(data, file, found.options.encoding)
    if decoded.note:
        found.notes.append(decoded.note)
    found.learn(encoding=decoded.encoding)
    name = _ENCODINGS.get(decoded.encoding, decoded.encoding)
    found.details.append(f"The text is {name}.")
    parts = separated(decoded.text, file, found.options)
    found.notes.extend(parts.notes)
    found.learn(separator=parts.separator)
    found.details.append(f"Columns are divided by {_SEPARATORS[parts.separator]}.")
    _check_shape(parts.text, parts.separator, file, found.options.max_bytes)
    frame, lines = _read(parts.text, parts.separator, file, found.options.max_bytes, parts.skipped)
    first = tuple(value or "" for value in frame.row(0))
    return with_header(Raw(file, first, frame.slice, lines), found)


def _check_shape(text: bytes, separator: str, file: str, max_bytes: int) -> None:
    """DataError for far too many lines or columns before they take many times their length."""
    end = text.find(b"\n")
    header = len(text) if end < 0 else end
    quoted = text.find(b'"', 0, header) >= 0
    columns = 1 if quoted else text.count(separator.encode(), 0, header) + 1
    check_limits(file, text.count(b"\n"), 1, max_bytes)
    check_limits(file, 0, columns, max_bytes)


def _read(
    text: bytes, separator: str, file: str, max_bytes: int, skipped: int
) -> tuple[pl.DataFrame, Places]:
    """The cells, and the number of the line of each row."""
    if b'"' in text:
        unquoted = _without_quotes(text, ord(separator))
        if unquoted is None:
            return _read_quoted(text, separator, file, max_bytes, skipped)
        text = unquoted
    return _read_plain(text, separator, file, max_bytes, skipped)


def _without_quotes(text: bytes, separator: int) -> bytes | None:
    """The text with its quotes taken off, when they only stand around plain cells."""
    array = np.frombuffer(text, dtype=np.uint8)
    marks = (array == separator) | (array == _NEWLINE)
    quotes = np.flatnonzero(array == _QUOTE)
    if len(quotes) % 2:
        return None
    padded = np.concatenate(([True], marks, [True]))
    opening, closing = quotes[::2], quotes[1::2]
    before = np.cumsum(marks)
    plain = (
        padded[opening].all()
        and padded[closing + 2].all()
        and (before[opening] == before[closing]).all()
    )
    return array[array != _QUOTE].tobytes() if plain else None


def _read_plain(
    text: bytes, separator: str, file: str, max_bytes: int, skipped: int
) -> tuple[pl.DataFrame, Places]:
    array = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(array == _NEWLINE)
    lengths = np.diff(ends, prepend=-1) - 1
    marks = np.searchsorted(np.flatnonzero(array == ord(separator)), ends)
    filled = lengths > 0
    lines = np.flatnonzero(filled) + 1 + skipped
    widths = (np.diff(marks, prepend=0) + 1)[filled]
    _check_widths(lines, widths, file)
    check_limits(file, len(lines), int(widths[0]), max_bytes)
    body = array if filled.all() else np.delete(array, ends[~filled])
    with refusing(file):
        frame = pl.read_csv(
            io.BytesIO(body.tobytes()),
            separator=separator,
            has_header=False,
            infer_schema=False,
            quote_char=None,
        )
    return frame, lines


def _read_quoted(
    text: bytes, separator: str, file: str, max_bytes: int, skipped: int
) -> tuple[pl.DataFrame, Places]:
    # Quotes around separators, line ends or quotes: the csv module gets every case right.
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator, strict=True)
    lines: list[int] = []
    widths: list[int] = []
    chunks: list[pl.DataFrame] = []
    try:
        while rows := list(islice(_numbered(reader, lines, skipped), _CHUNK)):
            widths += map(len, rows)
            check_limits(file, len(widths), widths[0], max_bytes)
            if widths.count(widths[0]) == len(widths):
                chunks.append(_frame(rows))
    except csv.Error as error:
        raise DataError(
            f'{file} has a quote (") in line {lines[-1] + 1 if lines else skipped + 1} that is not'
            f" closed where it should be ({error}). Correct that line."
        ) from error
    _check_widths(np.array(lines), np.array(widths), file)
    return pl.concat(chunks), np.array(lines)


def _numbered(reader: Any, lines: list[int], skipped: int) -> Iterator[list[str]]:
    for row in reader:
        if row:
            lines.append(reader.line_num + skipped)
            yield row


def _frame(rows: list[list[str]]) -> pl.DataFrame:
    columns = {str(i): cells for i, cells in enumerate(zip(*rows, strict=True))}
    return pl.DataFrame(columns).select(pl.all().replace("", None))


def _check_widths(lines: Places, widths: Places, file: str) -> None:
    wrong = np.flatnonzero(widths != widths[0])
    if len(wrong):
        examples = ", ".join(f"line {lines[i]} has {widths[i]}" for i in wrong[:5])
        raise DataError(
            f"{file} has {widths[0]} columns in its header and another number in"
            f" {len(wrong)} of its lines: {examples}. Correct those lines."
        )
