"""Damage to the bytes of a file: anywhere, or where it hurts its format most."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random

MAGIC = (
    b"PAR1", b"ARROW1\0\0", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"\xff\xff\xff\xff", b"FEA1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PARE",
    b"\xff\xfe\0\0", b"BZh9", b"\x28\xb5\x2f\xfd", b"SQLite format 3\0", b"%PDF-1.4", b"",
    b"\0" * 8,
)  # fmt: skip
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
           1 << 31, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)  # fmt: skip
VARINTS = (b"\xff" * 9 + b"\x01", b"\xfe\xff\xff\xff\x0f", b"\x80" * 12, b"\xff\xff\xff\xff\x0f")
Edit = Callable[[Random, bytearray, range], None]


def mangle(rng: Random, data: bytes, places: range | None = None, other: bytes = b"") -> bytes:
    """One to six edits within `places`; `other` is a file to cut pieces from."""
    result = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        inside = places or range(len(result) + 1)
        if other and rng.random() < 0.08:
            _splice(rng, result, other)
        else:
            rng.choices(EDITS, _WEIGHTS)[0](rng, result, inside)
    return bytes(result)


def in_place(rng: Random, data: bytes, places: range) -> bytes:
    """Some bytes exchanged, so that no other byte moves."""
    result = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        result[rng.choice(places)] = rng.choice([rng.randrange(256), 0, 255])
    return bytes(result)


def _flip(rng: Random, data: bytearray, places: range) -> None:
    if data:
        data[rng.choice(places) % len(data)] ^= 1 << rng.randrange(8)


def _exchange(rng: Random, data: bytearray, places: range) -> None:
    if data:
        data[rng.choice(places) % len(data)] = rng.choice([rng.randrange(256), 0, 1, 127, 128, 255])


def _insert(rng: Random, data: bytearray, places: range) -> None:
    at = rng.choice(places)
    data[at:at] = rng.randbytes(rng.choice([1, 2, 8])) if rng.random() < 0.7 else rng.choice(MAGIC)


def _delete(rng: Random, data: bytearray, places: range) -> None:
    at = rng.choice(places)
    del data[at : at + rng.choice([1, 1, 2, 4, 8, 100])]


def _repeat(rng: Random, data: bytearray, places: range) -> None:
    at = rng.choice(places)
    piece = bytes(data[at : at + rng.choice([1, 4, 16, 200])])
    data[at:at] = piece * rng.choice([1, 2, 30])


def _truncate(rng: Random, data: bytearray, places: range) -> None:
    at = rng.choice(places)
    if rng.random() < 0.8:
        del data[at:]
    else:
        del data[:at]


def _huge(rng: Random, data: bytearray, places: range) -> None:
    at, number = rng.choice(places), rng.choice(NUMBERS)
    size = rng.choice([2, 4, 4, 8])
    order: str = rng.choice(["little", "little", "big"])
    data[at : at + size] = (number % (1 << 8 * size)).to_bytes(size, order)  # type: ignore[arg-type]


def _varint(rng: Random, data: bytearray, places: range) -> None:
    at = rng.choice(places)
    data[at : at + rng.choice([0, 1, 2])] = rng.choice(VARINTS)


def _magic(rng: Random, data: bytearray, places: range) -> None:
    magic = rng.choice(MAGIC)
    if rng.random() < 0.5:
        data[: len(magic)] = magic
    elif rng.random() < 0.5:
        data[max(0, len(data) - len(magic)) :] = magic
    else:
        at = rng.choice(places)
        data[at : at + len(magic)] = magic


def _swap(rng: Random, data: bytearray, places: range) -> None:
    one, other, size = rng.choice(places), rng.choice(places), rng.choice([1, 4, 16])
    first, second = bytes(data[one : one + size]), bytes(data[other : other + size])
    data[one : one + size] = second
    data[other : other + size] = first


EDITS: tuple[Edit, ...] = (
    _flip, _exchange, _insert, _delete, _repeat, _truncate, _huge, _varint, _magic, _swap,
)  # fmt: skip
_WEIGHTS = (6, 6, 2, 2, 1, 1, 3, 2, 0.5, 1)


def _splice(rng: Random, data: bytearray, other: bytes) -> None:
    at, start = rng.randint(0, len(data)), rng.randint(0, len(other))
    if rng.random() < 0.5:
        data[at:] = other[start:]
    else:
        size = rng.randint(1, 200)
        data[at : at + size] = other[start : start + size]


# where a format is described


def parquet_footer(data: bytes) -> range:
    """The description of a Parquet file, with its length and the last magic."""
    size = int.from_bytes(data[-8:-4], "little") if len(data) > 12 else 0
    return range(max(0, len(data) - 8 - size), len(data))


def arrow_heads(rng: Random, data: bytes) -> range:
    """The description of one of the messages of an Arrow file, or of its footer."""
    starts = [found.start() for found in re.finditer(rb"\xff\xff\xff\xff[^\xff]", data)]
    starts.append(max(0, len(data) - 300))
    start = rng.choice(starts)
    return range(start, min(len(data), start + rng.choice([8, 40, 300])))


def zip_directory(rng: Random, data: bytes) -> range:
    """The head of a part of an archive, its entry in the directory, or the end of it."""
    starts = [found.start() for found in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", data)]
    start = rng.choice(starts or [0])
    return range(start, min(len(data), start + 46))


# a workbook taken apart

_PARTS = ("sheet", "sheet", "sheet", "sharedStrings", "workbook", "styles", "rels", "Content")
CELLS = (
    '<c r="A1048577"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>',
    '<c r="ZZZ9999999"><v>1</v></c>', '<c r="C2" t="s"><v>99999999</v></c>',
    '<c r="C2" t="s"><v>-1</v></c>', '<c r="B2" t="b"><v>2</v></c>',
    '<c r="C3" t="e"><v>#DIV/0!</v></c>', '<c r="C3"><v>1e999</v></c>', '<c r="C3"><v>nan</v></c>',
    '<c r="A3" s="1"><v>1e308</v></c>', '<c r="A3" s="1"><v>-5</v></c>',
    '<c r="A3" s="1"><v>60.5</v></c>', '<c r="A3" s="1"><v>2958466</v></c>',
    '<c r="C3"><v></v></c>', '<c r=""><v>1</v></c>', "<c/>",
    '<c r="C3" t="inlineStr"><is><t>&#0;</t></is></c>', '<c r="B3" t="str"><v>=1+1</v></c>',
    '<c r="A3" t="d"><v>2020-13-45</v></c>', '<c r="C3"><f>1/0</f><v>7</v></c>',
    '<c r="C3" s="999"><v>1</v></c>',
)  # fmt: skip
TEXTS = (
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>", "&b;", "<",
    "]]>", "<!--", '<row r="4294967295">', '<row r="-1">', '<dimension ref="A1:XFD1048576"/>',
    "</sheetData>", '<mergeCell ref="A1:XFD1048576"/>', "<row>" * 50, '"', "\x00", "\ufffe",
    "&#x110000;", "&amp;", '<dimension ref="B2:A1"/>', "<x>" * 3000,
)  # fmt: skip


def workbook_parts(rng: Random, data: bytes) -> bytes:
    """A workbook with the text of one of its parts changed and put together again."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    word = rng.choice(_PARTS)
    name = rng.choice([name for name in parts if word in name] or list(parts))
    if rng.random() < 0.06:
        del parts[name]
    else:
        parts[name] = _changed_xml(rng, parts[name])
    buffer = io.BytesIO()
    packing = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED])
    with zipfile.ZipFile(buffer, "w", packing) as book:
        for part, content in parts.items():
            book.writestr(zipfile.ZipInfo(part), content, packing)
    return buffer.getvalue()


def _changed_xml(rng: Random, text: bytes) -> bytes:
    marks = [found.start() for found in re.finditer(b'[<>"]', text)] or [0]
    at = rng.choice(marks)
    kind = rng.random()
    if kind < 0.35:
        rows = [found.end() for found in re.finditer(b"<row[^>]*>", text)] or [at]
        at = rng.choice(rows)
        return text[:at] + rng.choice(CELLS).encode() + text[at:]
    if kind < 0.5:
        return text[:at] + rng.choice(TEXTS).encode("utf-8", "replace") + text[at:]
    if kind < 0.75:
        numbers = list(re.finditer(rb"\d+", text))
        found = rng.choice(numbers) if numbers else None
        new = str(rng.choice([*NUMBERS, -1, 2, 7])).encode()
        return text[: found.start()] + new + text[found.end() :] if found else text
    return mangle(rng, text)


def lengths(rng: Random, data: bytes) -> bytes:
    """A Parquet file whose description has another length than it says."""
    size = rng.choice([*NUMBERS, len(data), len(data) - 8, len(data) - 12, 3])
    return data[:-8] + struct.pack("<I", size % (1 << 32)) + data[-4:]
