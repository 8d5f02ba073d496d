"""The names of the columns of a text file or a sheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing.dateforms import shape_of
from engine.importing.found import Found
from engine.importing.table import NO_NAME, PATTERN, Table, is_pattern

_VALUE = re.compile(r"[+-]?\d+([.,]\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


class Raw(msgspec.Struct, frozen=True, eq=False):
    """Rows whose first may be a header: its cells as texts, and `rows(n)` without the first n.

    `lines` are the numbers of all rows, the first included.
    """

    file: str
    first: tuple[str, ...]
    rows: Callable[[int], pl.DataFrame]
    lines: npt.NDArray[np.intp]
    word: Literal["line", "row"] = "line"


def with_header(raw: Raw, found: Found) -> Table:
    """The rows below named columns; those without a name are refused by their place.

    QuestionError when the first row looks like data; DataError when two columns have one name.
    """
    header = [name.strip("\ufeff \t\u00a0") for name in raw.first]
    if found.options.header is False:
        return _table(raw, [""] * len(header), 0)
    if found.options.header is None:
        _check_header(raw, header, found)
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if twice:
        found.table = _table(raw, [""] * len(header), 0)
        raise DataError(
            f"{raw.file} has more than one column named {twice[0]!r}. Rename or remove all but one."
        )
    found.learn(header=True)
    return _table(raw, header, 1)


def is_data(cells: Sequence[str]) -> bool:
    """Whether most of the cells are dates and numbers, or the first is a date beside a number."""
    values = [cell for cell in cells if _VALUE.fullmatch(cell)]
    dated = bool(cells) and shape_of(cells[0]) in {"year first", "digits only", "year last"}
    return len(values) * 2 > len(cells) or (dated and len(values) > 1)


def _check_header(raw: Raw, header: list[str], found: Found) -> None:
    dates = [name for name in header[1:] if shape_of(name) in {"year first", "year last"}]
    if len(dates) > 1 and len(dates) == len(header) - 1 and not shape_of(header[0]):
        raise DataError(
            f"{raw.file} has one column per date ({', '.join(dates[:3])}, ...). Turn it round, so"
            " that there is one row per date."
        )
    if not is_data(header):
        return
    found.table = _table(raw, [""] * len(header), 0)
    raise QuestionError(
        f"The first {raw.word} of {raw.file} is no header: it starts with {header[0]!r}. Add a"
        f" {raw.word} with the names of the columns, such as date,symbol,close, or say that it is"
        " data with --no-header; with --header it is taken as names all the same.",
        "header",
        ("false", "true"),
    )


def _table(raw: Raw, header: list[str], skip: int) -> Table:
    """The rows but `skip`; empty names are replaced by "column 1", "column 2", ..."""
    names = [name or f"column {place}" for place, name in enumerate(header, 1)]
    unnamed = [name for name, given in zip(names, header, strict=True) if not given]
    frame = raw.rows(skip)
    named = frame.rename(dict(zip(frame.columns, _distinct(names), strict=True)))
    body = pl.DataFrame([cells for cells in named if not is_pattern(cells.name)])
    if not body.width:
        raise DataError(f"{raw.file} has no column with a plain name. Rename its columns.")
    filled = _filled(body)
    refused = tuple((name, NO_NAME) for name in unnamed) if skip else ()
    refused += tuple((name, PATTERN) for name in names if is_pattern(name))
    lines = raw.lines[skip:]
    kept = body if filled.all() else body.filter(filled)
    return Table(raw.file, kept, lines[filled], refused, raw.word)


def _filled(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """The rows that have a value in any column; one column after the other, for there are many."""
    filled = np.zeros(len(frame), dtype=np.bool_)
    for cells in frame:
        if filled.all():
            break
        filled |= cells.is_not_null().to_numpy()
    return filled


def _distinct(names: list[str]) -> list[str]:
    """The names; one that was made up and is taken gets a mark behind it."""
    made: dict[str, None] = {}
    for name in names:
        free = name
        while free in made:
            free += "'"
        made[free] = None
    return list(made)
