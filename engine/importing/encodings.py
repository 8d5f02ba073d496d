"""The bytes of a text file as text: what says its encoding, and what is only likely."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from engine.errors import DataError, QuestionError

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"]
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_CODECS = {"mac-roman": "mac_roman"}


class Decoded(msgspec.Struct, frozen=True):
    """The text in UTF-8 with plain line ends; a `note` when the encoding is only likely."""

    text: bytes
    encoding: Encoding
    note: str | None = None


def decode(data: bytes, file: str, wanted: Encoding | None = None) -> Decoded:
    """The text of a file: UTF-8, UTF-16 with a mark, and else what is wanted, or cp1252.

    QuestionError for UTF-16 without a mark; DataError, with the place, for bytes that do not fit.
    """
    if data.startswith(_UTF_32):
        raise DataError(f"{file} is UTF-32 text, which is not read. Save it as UTF-8.")
    mark, marked = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", None))
    encoding = marked or wanted
    body = data.removeprefix(mark)
    if encoding is None:
        encoding = "utf-8"
        if b"\x00" in body:
            raise _zero_bytes(body, file)
    try:
        text = _recoded(body, encoding)
    except UnicodeDecodeError as error:
        if marked or wanted:
            raise DataError(_misfit(body, file, encoding, error)) from error
        return _likely(body, file)
    return _finished(text, encoding, file)


def _recoded(data: bytes, encoding: Encoding) -> bytes:
    text = data.decode(_CODECS.get(encoding, encoding))
    return data if encoding == "utf-8" else text.encode()


def _finished(text: bytes, encoding: Encoding, file: str, note: str | None = None) -> Decoded:
    if b"\x00" in text:
        raise DataError(_zero_byte(text, file))
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Decoded(text.removeprefix(b"\xef\xbb\xbf"), encoding, note)


def _likely(data: bytes, file: str) -> Decoded:
    try:
        text = _recoded(data, "cp1252")
    except UnicodeDecodeError as error:
        raise QuestionError(
            f"{file} is neither UTF-8 nor cp1252: byte {data[error.start]:#04x} in line"
            f" {_line(data, error.start)}. Save it as UTF-8, or say what it is with --encoding.",
            "encoding",
            ("mac-roman",),
        ) from error
    found = re.search(rb"[\x80-\xff]", data)
    place = found.start() if found else 0
    before, after = data[max(place - 20, 0) : place], data[place : place + 20]
    word = re.split(rb"[\s,;|]", before)[-1] + re.split(rb"[\s,;|]", after)[0]
    example = word.decode("cp1252")
    return _finished(
        text,
        "cp1252",
        file,
        f"{file} is not UTF-8; it was read as cp1252 (Windows, Western European), as in"
        f" {example!r} in line {_line(data, place)}. If that is wrong, say what it is with"
        " --encoding.",
    )


def _zero_bytes(data: bytes, file: str) -> DataError:
    start = data[:2000]
    if not 1 / 3 < start.count(0) / len(start) < 2 / 3:  # of UTF-16 every other byte or so
        return DataError(_zero_byte(data, file))
    likely = "utf-16-be" if start[::2].count(0) > start[1::2].count(0) else "utf-16-le"
    other = "utf-16-le" if likely == "utf-16-be" else "utf-16-be"
    return QuestionError(
        f"{file} looks like UTF-16 without a byte order mark, most likely {likely}. Say which with"
        f" --encoding {likely} or --encoding {other}, or save it as UTF-8.",
        "encoding",
        (likely, other),
    )


def _zero_byte(data: bytes, file: str) -> str:
    line = _line(data, data.index(0))
    return f"{file} has a zero byte in line {line}, so it is not a text file. Export it again."


def _misfit(data: bytes, file: str, encoding: str, error: UnicodeDecodeError) -> str:
    place = min(error.start, len(data) - 1)
    return (
        f"{file} is not {encoding}: byte {data[place]:#04x} in line {_line(data, place)} does not"
        " fit. Say what it is with --encoding, or save it as UTF-8."
    )


def _line(data: bytes, place: int) -> int:
    return data[:place].count(b"\n") + 1
