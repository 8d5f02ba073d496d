"""The rows of one area from all its files, each file used whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec
import numpy as np
import polars as pl

from engine.curated.cells import Masks, contract_masks, convert, entity_of
from engine.curated.contract import Contract
from engine.curated.finding import Found
from engine.curated.merging import conflicts, example, merged
from engine.curated.opening import read_one
from engine.curated.plan import DATE, ENTITY, FILE, RELEASE, START, UNTIL, Plan, plan_for
from engine.errors import DataError
from engine.importing.model import FileNote, Refused

MAX_CELLS = 1_000_000_000  # of an area: 8 GB
_DAYS = (DATE, RELEASE, START, UNTIL)
_NESTED = "it holds lists or structures, not one value in each row"


class Rows(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The rows of an area that passed: `#entity`, `#date`, ... and the values `names`.

    files: what became of each file. undated: how many of the used say no release date. unreleased:
    rows left out since their release is empty. infinite: cells that became missing. dropped: rows
    that repeated others.
    """

    contract: Contract
    frame: pl.DataFrame
    files: tuple[FileNote, ...]
    refused: tuple[Refused, ...] = ()
    undated: int = 0
    unreleased: int = 0
    infinite: int = 0
    dropped: int = 0

    @property
    def names(self) -> list[str]:
        """The values: every column that is not ours."""
        return [name for name in self.frame.columns if not name.startswith("#")]


class _Group(msgspec.Struct, eq=False):
    """Files of one schema: their numbers in the area and their tables."""

    plan: Plan
    named: bool
    files: list[int] = []
    frames: list[pl.DataFrame] = []


class _Book(msgspec.Struct, eq=False):
    """What is known of the files while they are read, by their numbers."""

    area: Contract
    found: list[Found]
    reasons: dict[int, str]
    heights: dict[int, int] = {}
    refused: dict[Refused, None] = {}
    unreleased: int = 0

    def refuse(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of files that are still good."""
        return frame.filter(~frame[FILE].is_in(list(self.reasons)))


def read_area(
    area: Contract,
    found: list[Found],
    *,
    max_bytes: int,
    duplicates: Literal["first", "last"] | None,
    tick: Callable[[], None],
) -> Rows:
    """Read all files of an area, check them, and put their rows together.

    `tick` is called before each file. DataError only when there are more rows than can be held.
    """
    book = _Book(area, found, {n: f.reason for n, f in enumerate(found) if f.reason})
    groups = _read(book, max_bytes, tick)
    frame = _together(_converted(book, group) for group in groups)
    frame, infinite = _finite(frame)
    frame, dropped = _unique(book, frame, duplicates)
    silent = {n for group in groups if RELEASE not in group.plan.names for n in group.files}
    return Rows(
        contract=area,
        frame=frame,
        files=tuple(_note(book, number) for number in range(len(found))),
        refused=tuple(book.refused),
        undated=len(silent - set(book.reasons)),
        unreleased=book.unreleased,
        infinite=infinite,
        dropped=dropped,
    )


def _read(book: _Book, max_bytes: int, tick: Callable[[], None]) -> list[_Group]:
    groups: dict[tuple[object, ...], _Group] = {}
    cells = 0
    for number, found in enumerate(book.found):
        if number in book.reasons:
            continue
        tick()
        try:
            frame, nested = read_one(found, book.area, max_bytes)
        except DataError as error:
            book.reasons[number] = error.message
            continue
        cells += frame.height * frame.width
        if cells > MAX_CELLS:
            raise DataError(_too_much(book.area.name))
        book.heights[number] = len(frame)
        book.refused |= {Refused(f"{book.area.name}: {name}", _NESTED): None for name in nested}
        _add(book, groups, number, frame)
    return list(groups.values())


def _too_much(area: str) -> str:
    return (
        f"The files of {area} hold more than {MAX_CELLS:,} cells, more than can be held. Leave out"
        " columns, symbols or early years."
    )


def _add(
    book: _Book, groups: dict[tuple[object, ...], _Group], number: int, frame: pl.DataFrame
) -> None:
    named = book.area.key in book.found[number].keys
    key = (named, *frame.schema.items())
    if key not in groups:
        groups[key] = _Group(plan_for(book.area, frame.schema, named=named), named)
        book.refused |= dict.fromkeys(groups[key].plan.refused)
    group = groups[key]
    if group.plan.problem is not None:
        book.reasons[number] = group.plan.problem
        return
    group.files.append(number)
    group.frames.append(frame)


def _converted(book: _Book, group: _Group) -> pl.DataFrame:
    if not group.files:
        return pl.DataFrame()
    numbers = np.repeat(np.array(group.files), [len(frame) for frame in group.frames])
    raw = pl.concat(group.frames).with_columns(pl.Series(FILE, numbers, dtype=pl.Int64))
    group.frames.clear()
    frame, masks = convert(group.plan, raw)
    named = _said(book, numbers, book.area.key) if group.named else None
    if named is not None and ENTITY not in frame.columns:
        frame = frame.with_columns(named.alias(ENTITY))
    years = _said(book, numbers, "year").cast(pl.Int32)
    _judge(book, frame, masks | contract_masks(book.area, frame, named, years))
    frame = frame.with_columns(entity_of(book.area, frame[ENTITY]).alias(ENTITY))
    return _with_release(book, group.plan, book.refuse(frame))


def _said(book: _Book, numbers: np.ndarray[tuple[int], np.dtype[np.int64]], key: str) -> pl.Series:
    """What the path of each row says, missing where it says nothing."""
    values = pl.Series([each.keys.get(key) for each in book.found], dtype=pl.String)
    return values.gather(numbers)


def _judge(book: _Book, frame: pl.DataFrame, masks: Masks) -> None:
    """Note the files with rows that must not be."""
    for reason, mask in masks.items():
        wrong = mask.fill_null(value=False)
        if not wrong.any():
            continue
        counts = frame.filter(wrong)[FILE].value_counts()
        for number, count in counts.rows():
            book.reasons.setdefault(number, f"{count:,} of its rows {reason}")


def _together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    good = [part for part in parts if len(part)]
    if not good:
        return pl.DataFrame(schema={FILE: pl.Int64, ENTITY: pl.String, DATE: pl.Date})
    together = pl.concat(good, how="diagonal")
    return together if len(good) == 1 else together.sort(FILE, maintain_order=True)


def _finite(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    names = [name for name, kind in frame.schema.items() if kind == pl.Float64]
    columns = pl.col(names)
    infinite = frame.select(columns.is_infinite().sum()).sum_horizontal().sum() if names else 0
    cleaned = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in names]
    return frame.with_columns(cleaned), int(infinite)


def _with_release(book: _Book, plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """Both the period and the release of each row; without a release the period stands for it."""
    if "release" not in book.area.unique:
        return frame
    if RELEASE not in plan.names:
        return frame.with_columns(pl.col(DATE).alias(RELEASE))
    if DATE not in plan.names:
        return frame.with_columns(pl.col(RELEASE).alias(DATE))
    known = frame.filter(pl.col(RELEASE).is_not_null())
    book.unreleased += len(frame) - len(known)
    return known.with_columns(pl.coalesce(DATE, RELEASE).alias(DATE))


def _unique(
    book: _Book, frame: pl.DataFrame, keep: Literal["first", "last"] | None
) -> tuple[pl.DataFrame, int]:
    keys = [f"#{name}" for name in book.area.unique if f"#{name}" in frame.columns]
    if not frame.select(keys).is_duplicated().any():
        return frame, 0
    for apart in ([*keys, FILE], keys) if keep is None else ():
        for (number,), part in conflicts(frame, apart).group_by(FILE, maintain_order=True):
            book.reasons.setdefault(int(str(number)), _differing(part))
        frame = book.refuse(frame)
    return merged(frame, keys, keep)


def _differing(rows: pl.DataFrame) -> str:
    return (
        f"{len(rows):,} of its rows have other values than rows before them, the first"
        f" {example(rows)}; keep one of them, or say whether the first or the last counts"
    )


def _note(book: _Book, number: int) -> FileNote:
    reason = book.reasons.get(number)
    rows = book.heights.get(number, 0)
    return FileNote(file=book.found[number].path, used=reason is None, rows=rows, reason=reason)
