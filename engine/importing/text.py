"""CSV and its relatives as a table of text: encoding, separator, quotes, one row per line."""

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
from engine.importing.keys import check_header
from engine.importing.table import Table, refusing

SEPARATORS = ",;\t|"
_NEWLINE, _QUOTE = 10, 34
_CHUNK = 50_000
Places = npt.NDArray[np.intp]


def read_text(data: bytes, file: str) -> Table:
    """All columns as text, empty cells null; DataError when the lines do not form a table."""
    text = decode(data, file)
    separator = detect_separator(text, file)
    if b'"' in text:
        unquoted = _without_quotes(text, ord(separator))
        if unquoted is None:
            return _read_quoted(text, separator, file)
        text = unquoted
    return _read_plain(text, separator, file)


def decode(data: bytes, file: str) -> bytes:
    """The text in UTF-8 with plain line ends; UTF-8, UTF-16 with a mark and cp1252 are known."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _recode(data, "utf-16", file)
    elif b"\x00" in data:
        raise DataError(_zero_bytes(data, file))
    else:
        text = _recode(data.removeprefix(b"\xef\xbb\xbf"), "utf-8", file)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _recode(data: bytes, encoding: str, file: str) -> bytes:
    try:
        decoded = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return _recode(data, "cp1252", file)
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            f"{file} is neither UTF-8 nor {encoding}: byte {data[error.start]:#04x} in line {line}."
            " Save it as UTF-8."
        ) from error
    return data if encoding == "utf-8" else decoded.removeprefix("\ufeff").encode()


def _zero_bytes(data: bytes, file: str) -> str:
    if data[:2000].count(0) * 3 > len(data[:2000]):
        return (
            f"{file} looks like UTF-16 without a byte order mark, which cannot be told apart"
            " safely. Save it as UTF-8."
        )
    line = data[: data.index(0)].count(b"\n") + 1
    return f"{file} has a zero byte in line {line}, so it is not a text file. Export it again."


def detect_separator(text: bytes, file: str) -> str:
    """The mark that divides the header and, best of all, the next lines into as many parts."""
    lines = [line for line in text[:65_536].decode(errors="replace").split("\n") if line][:20]
    if not lines:
        raise DataError(f"{file} has no lines.")
    counts = {mark: lines[0].count(mark) for mark in SEPARATORS if mark in lines[0]}
    if not counts:
        raise DataError(
            f"{file} has one column only; columns must be divided by a comma, a semicolon,"
            " a tab or a bar."
        )
    even = {mark: sum(line.count(mark) == n for line in lines) for mark, n in counts.items()}
    return max(counts, key=lambda mark: (even[mark], counts[mark]))


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


def _read_plain(text: bytes, separator: str, file: str) -> Table:
    array = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(array == _NEWLINE)
    lengths = np.diff(ends, prepend=-1) - 1
    marks = np.searchsorted(np.flatnonzero(array == ord(separator)), ends)
    filled = lengths > 0
    lines = np.flatnonzero(filled) + 1
    _check_widths(lines, (np.diff(marks, prepend=0) + 1)[filled], file)
    body = array if filled.all() else np.delete(array, ends[~filled])
    with refusing(file):
        frame = pl.read_csv(
            io.BytesIO(body.tobytes()),
            separator=separator,
            has_header=False,
            infer_schema=False,
            quote_char=None,
        )
    return _with_header(frame, lines, file)


def _read_quoted(text: bytes, separator: str, file: str) -> Table:
    # Quotes around separators, line ends or quotes: the csv module gets every case right.
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator, strict=True)
    lines: list[int] = []
    widths: list[int] = []
    chunks: list[pl.DataFrame] = []
    try:
        while rows := list(islice(_numbered(reader, lines), _CHUNK)):
            widths += map(len, rows)
            if widths.count(widths[0]) == len(widths):
                chunks.append(_frame(rows))
    except csv.Error as error:
        raise DataError(
            f'{file} has a quote (") in line {lines[-1] + 1 if lines else 1} that is not closed'
            f" where it should be ({error}). Correct that line."
        ) from error
    _check_widths(np.array(lines), np.array(widths), file)
    return _with_header(pl.concat(chunks), np.array(lines), file)


def _numbered(reader: Any, lines: list[int]) -> Iterator[list[str]]:
    for row in reader:
        if row:
            lines.append(reader.line_num)
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


def _with_header(frame: pl.DataFrame, lines: Places, file: str) -> Table:
    header = [(name or "").strip("\ufeff \t\u00a0") for name in frame.row(0)]
    check_header(header, file)
    named = [name for name in header if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise DataError(
            f"{file} has more than one column named {twice[0]!r}. Rename or remove all but one."
        )
    names = [name or f"column {place}" for place, name in enumerate(header, 1)]
    unnamed = [name for name, given in zip(names, header, strict=True) if not given]
    body = frame.slice(1).rename(dict(zip(frame.columns, names, strict=True)))
    filled = body.select(~pl.all_horizontal(pl.all().is_null())).to_series()
    return Table(
        file,
        body.filter(filled).drop(unnamed),
        lines[1:][filled.to_numpy()],
        tuple((name, "it has no name in the header") for name in unnamed),
    )
