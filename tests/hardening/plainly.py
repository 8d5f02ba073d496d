"""A slow and plain reading of text files, cell by cell, to hold against that of the import.

It is told how a file was understood: which encoding, separator, header and keys. It leaves a cell
open where several readings are possible.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import math
import re

from engine.importing import Imported, ImportOptions, Preview
from tests.hardening.csvs import dated

_MISSING = {
    "", "-", "--", "\u2013", "\u2014", ".", "nan", "na", "n/a", "n.a.", "#n/a", "#na", "null",
    "none", "inf",
    "+inf", "-inf", "infinity", "+infinity", "-infinity", "#value!", "#div/0!", "#ref!", "#num!",
    "#name?", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "1.#ind", "-1.#ind",
}  # fmt: skip
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SPACE = " \u00a0\u202f\u2009\u2007\u2008\u2002\u2003'\u2019"
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
Key = tuple[dt.date, str]
OPEN = object()
"""A cell whose value the plain reading does not know."""


def plain_text(data: bytes, name: str, options: ImportOptions) -> str:
    """The text of a file with plain line ends."""
    if name.endswith(".gz") or data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    encoding = encoding or (options.encoding or "utf-8").replace("mac-roman", "mac_roman")
    text = data.decode(encoding).removeprefix("\ufeff").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str, separator: str) -> list[list[str]]:
    """The cells of every line that has any."""
    csv.field_size_limit(1 << 30)
    return [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if line]


def number(text: str, mark: str) -> object:
    """The value of a cell when `mark` is the decimal mark: a float, None, or OPEN."""
    cell = text.strip().replace("\u2212", "-").replace("\ufe63", "-").replace("\uff0d", "-")
    if cell.lower() in _MISSING:
        return None
    if cell.lower() in {"true", "false"}:
        return float(cell.lower() == "true")
    if found := re.fullmatch(r"\(\s*(\d[^()]*)\)|(\d[^-]*)-", cell, re.ASCII):
        cell = f"-{(found[1] or found[2]).strip()}"
    cell = re.sub(r"^([+-])\s+(?=\d)", r"\1", cell)
    plain = _ungrouped(cell, mark).replace(mark, ".") if mark == "," else _ungrouped(cell, mark)
    if not _PLAIN.fullmatch(plain):
        return OPEN
    value = float(plain)
    return value if math.isfinite(value) else None


def _ungrouped(cell: str, mark: str) -> str:
    other = "," if mark == "." else "."
    return re.sub(rf"(?<=\d)[{other}{_SPACE}](?=\d\d\d(?!\d))", "", cell)


def difference(data: bytes, preview: Preview, imported: Imported) -> str | None:
    """Where the plain reading has another value than the import; None for nowhere."""
    body = _body(plain_text(data, preview.file, preview.options), preview)
    if body is None:
        return f"there is no line {[each.name for each in preview.columns]!r}"
    names = [each.name for each in preview.columns]
    rows = {}
    for cells in body:
        key = _key(cells, names, imported)
        if key is not None and (key not in rows or preview.options.duplicates == "last"):
            rows[key] = cells
    return _unlike(rows, names, imported)


def _body(text: str, preview: Preview) -> list[list[str]] | None:
    """The lines below the header, which is looked for from line to line."""
    names, separator = [each.name for each in preview.columns], preview.options.separator or ","
    if preview.options.header is False:
        return [cells for cells in _lines(text, separator) if len(cells) == len(names)]
    for _ in range(60):
        table = _lines(text, separator)
        first = [cell.strip("\ufeff \t\u00a0") for cell in table[0]] if table else [""]
        if names in (_named(first), _named([first[0].lstrip("# "), *first[1:]])):
            return [cells for cells in table[1:] if len(cells) == len(names) and any(cells)]
        text = text.partition("\n")[2]
    return None


def _named(header: list[str]) -> list[str]:
    return [name or f"column {place}" for place, name in enumerate(header, 1)]


def _key(cells: list[str], names: list[str], imported: Imported) -> Key | None:
    report = imported.report
    day = dated(cells[names.index(report.date_column)].strip())
    return None if day is None else (day, cells[names.index(report.symbol_column)])


def _unlike(rows: dict[Key, list[str]], names: list[str], imported: Imported) -> str | None:
    frame = imported.frame
    keys = list(zip(frame["date"], frame["symbol"], strict=True))
    known = [place for place, key in enumerate(keys) if key in rows]
    for feature in imported.features:
        if feature not in names:
            continue  # renamed
        values, at = frame[feature].to_list(), names.index(feature)
        cells = [(rows[keys[place]][at], values[place]) for place in known]
        wrong = [[pair for pair in cells if not _same(*pair, mark)] for mark in ".,"]
        if all(wrong):
            least = min(wrong, key=len)[0]
            return f"the column {feature!r} has {least[1]!r} where the file has {least[0]!r}"
    for category in imported.levels:
        values = frame[category].to_list()
        for place in known if category in names else ():
            cell = rows[keys[place]][names.index(category)].strip()
            if values[place] != cell and not (values[place] is None and cell.lower() in _MISSING):
                return (
                    f"the category {category!r} has {values[place]!r} where the file has {cell!r}"
                )
    return None


def _same(cell: str, value: float | None, mark: str) -> bool:
    want = number(cell, mark)
    return want is OPEN or want == value
