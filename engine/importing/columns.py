"""Every other column of a file: a feature, a category, or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
import polars as pl

from engine.errors import DataError
from engine.importing.model import ImportOptions, Refused
from engine.importing.numbers import (
    Decimal,
    Reading,
    decimal_mark,
    grouped_numbers,
    plain_numbers,
)
from engine.importing.table import Table

MAX_LEVELS, MAX_LEVEL_SHARE = 1000, 0.1
MAX_NAME = 100
_TEXT_MISSING = ("", "nan", "n/a", "#n/a", "null", "none")
_BAD_NAME = re.compile(r'["\\\x00-\x1f\x7f]')
_UNIT = r"([A-Z]{3}|kr|[€$£¥%])"
_WITH_UNIT = rf"^({_UNIT}\s?[+-]?\d[\d\s.,]*|[+-]?\d[\d\s.,]*\s?{_UNIT})$"
_TEXT = (pl.String, pl.Categorical, pl.Enum)


class Columns(msgspec.Struct, eq=False):
    """The columns sorted by what they can be used for."""

    features: dict[str, pl.Series]
    categories: dict[str, pl.Series]
    refused: list[Refused]
    notes: list[str]


def sort_columns(table: Table, keys: tuple[str, ...], options: ImportOptions) -> Columns:
    """Read all columns but the keys; DataError when a listed category is not among them."""
    for name in options.categories:
        if name not in table.frame.columns or name in keys:
            raise DataError(f"{table.file} has no column {name!r} that could be a category.")
    found = Columns({}, {}, [Refused(*pair) for pair in table.refused], [])
    texts: dict[str, pl.Series] = {}
    for cells in table.frame.drop(keys):
        reason = _unusable(cells, options)
        if reason:
            found.refused.append(Refused(cells.name, reason))
        elif cells.name in options.categories:
            _add_category(found, cells)
        elif isinstance(cells.dtype, _TEXT):
            texts[cells.name] = cells.cast(pl.String)
        else:
            _add_feature(found, cells.cast(pl.Float64))
    _read_texts(found, table, texts, options.decimal)
    return found


def _unusable(cells: pl.Series, options: ImportOptions) -> str | None:
    name, kind = cells.name, cells.dtype
    usable = kind.is_numeric() or kind == pl.Boolean or isinstance(kind, _TEXT)
    reasons = {
        "ignored by setting": name in options.ignore,
        "it is the row number pandas left in the file": name.startswith("__index_level_"),
        f"another column is the {name}; rename it": name in {"date", "symbol"},
        "its name has a quote, a backslash or a control character": _BAD_NAME.search(name),
        f"its name is longer than {MAX_NAME} characters": len(name) > MAX_NAME,
        "it has no values": kind == pl.Null,
        f"it holds {kind}, which is neither number nor text": not usable,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _add_feature(found: Columns, values: pl.Series) -> None:
    finite = values.is_finite()
    infinite = int(values.is_infinite().sum())
    if not finite.any():
        found.refused.append(Refused(values.name, "it has no values"))
        return
    if infinite:
        found.notes.append(f"{infinite} infinite values of {values.name!r} were read as missing.")
    cleaned = pl.select(pl.when(finite).then(values)).to_series()
    found.features[values.name] = cleaned.rename(values.name)


def _add_category(found: Columns, cells: pl.Series) -> None:
    texts = cells.cast(pl.String).str.strip_chars()
    missing = texts.str.to_lowercase().is_in(_TEXT_MISSING)
    kept = pl.select(pl.when(~missing).then(texts)).to_series().rename(cells.name)
    if kept.null_count() == len(kept):
        found.refused.append(Refused(cells.name, "it has no values"))
    else:
        found.categories[cells.name] = kept


def _read_texts(
    found: Columns, table: Table, texts: dict[str, pl.Series], decimal: Decimal | None
) -> None:
    plain = {name: plain_numbers(cells) for name, cells in texts.items()}
    doubtful = {name: texts[name].filter(r.wrong).unique() for name, r in plain.items()}
    mark = decimal or _one_of(decimal_mark(cells) for cells in doubtful.values())
    for name, cells in texts.items():
        reading: Reading | None = plain[name]
        if plain[name].wrong.any() or (mark == "," and cells.str.contains(".", literal=True).any()):
            reading = _read_marked(cells, plain[name], decimal_mark(doubtful[name]) or mark)
        _place(found, table, cells, reading)


def _one_of(marks: Iterable[Decimal | None]) -> Decimal | None:
    known = {mark for mark in marks if mark}
    return known.pop() if len(known) == 1 else None


def _read_marked(cells: pl.Series, plain: Reading, mark: Decimal | None) -> Reading | None:
    """The cells with thousands marks; None when two readings are possible."""
    if mark is None and not cells.str.contains(r"\d").any():
        return plain
    marks: tuple[Decimal, ...] = (mark,) if mark else (".", ",")
    readings = [grouped_numbers(cells, each) for each in marks]
    good = [reading for reading in readings if not reading.wrong.any()]
    if not good:
        return plain
    return good[0] if all(good[0].values.equals(each.values) for each in good) else None


def _place(found: Columns, table: Table, cells: pl.Series, reading: Reading | None) -> None:
    if reading is None:
        reason = "its commas can be decimal marks or thousands marks; say which with --decimal"
        found.refused.append(Refused(cells.name, reason))
    elif not reading.wrong.any():
        _add_feature(found, reading.values.rename(cells.name))
    elif _is_truth(cells):
        _add_feature(found, (cells.str.to_lowercase() == "true").cast(pl.Float64))
    else:
        _place_text(found, table, cells, reading.wrong)


def _is_truth(cells: pl.Series) -> bool:
    return set(cells.drop_nulls().unique().str.to_lowercase()) <= {"true", "false"}


def _place_text(found: Columns, table: Table, cells: pl.Series, wrong: pl.Series) -> None:
    levels = cells.drop_nulls().n_unique()
    rest = cells.filter(wrong)
    if rest.unique().str.contains(_WITH_UNIT).all():
        reason = f"its numbers carry a unit, as in {rest[0]!r}; write plain numbers"
    elif len(rest) * 2 < len(cells) - cells.null_count():
        reason = f"{len(rest)} of its cells are no numbers: {table.examples(cells.name, wrong)}"
    elif levels <= MAX_LEVELS and levels <= MAX_LEVEL_SHARE * len(cells):
        _add_category(found, cells)
        return
    else:
        reason = (
            f"it holds text with {levels:,} different values, too many for a category"
            f" ({MAX_LEVEL_SHARE:.0%} of the rows, at most {MAX_LEVELS:,})"
        )
    found.refused.append(Refused(cells.name, reason))
