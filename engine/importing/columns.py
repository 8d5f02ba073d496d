"""Every other column of a file: a feature, a category, or refused with a reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec
import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing.model import ImportOptions, Refused
from engine.importing.numbers import (
    Decimal,
    Reading,
    decimal_mark,
    grouped_numbers,
    plain_numbers,
    shows_point,
    with_plain_signs,
)
from engine.importing.table import PATTERN, Table, is_pattern

MAX_LEVELS, MAX_LEVEL_SHARE = 1000, 0.1
MAX_NAME = 100
_TEXT_MISSING = ("", "nan", "n/a", "#n/a", "null", "none")
_BAD_NAME = re.compile(r'["\\\x00-\x1f\x7f]')
_UNIT = r"([A-Z]{3}|kr|[€$£¥%])"
_WITH_UNIT = rf"^({_UNIT}\s?[+-]?\d[\d\s.,]*|[+-]?\d[\d\s.,]*\s?{_UNIT})$"
_POINTED = r"^\s*[+-]?[0-9]+\.[0-9]+\s*$"
_TEXT = (pl.String, pl.Categorical, pl.Enum)


class Columns(msgspec.Struct, eq=False):
    """The columns sorted by what they can be used for, under their names in the data set.

    `refused` has their names in the file, `truths` are the features that held true and false, and
    `decimal` is the decimal mark, when the texts had to show one.
    """

    features: dict[str, pl.Series]
    categories: dict[str, pl.Series]
    refused: list[Refused]
    notes: list[str]
    truths: set[str]
    decimal: Decimal | None = None


def sort_columns(table: Table, keys: tuple[str, ...], options: ImportOptions) -> Columns:
    """Read all columns but the keys.

    DataError when a listed category is not among them, or a name is given twice; QuestionError
    when commas can be decimal marks or thousands marks.
    """
    names = _names(table, keys, options)
    refused = [Refused(*pair) for pair in table.refused if pair[0] not in keys]
    found = Columns({}, {}, refused, [], set())
    done = {each.column for each in refused}
    texts: dict[str, pl.Series] = {}
    for cells in table.frame:
        if cells.name in done or cells.name in keys:
            continue
        name = names[cells.name]
        if reason := _unusable(cells, name, options):
            found.refused.append(Refused(cells.name, reason))
        elif cells.name in options.categories or name in options.categories:
            _add_category(found, cells, name)
        elif isinstance(cells.dtype, _TEXT):
            texts[name] = cells.cast(pl.String)
        else:
            if cells.dtype == pl.Boolean:
                found.truths.add(name)
            _add_feature(found, cells.cast(pl.Float64), name)
    _read_texts(found, table, texts, options.decimal)
    return found


def _names(table: Table, keys: tuple[str, ...], options: ImportOptions) -> dict[str, str]:
    """What each column is called in the data set."""
    columns = [name for name in table.frame.columns if name not in keys]
    missing = [name for name in options.categories if name not in _both(columns, options)]
    if missing:
        raise DataError(f"{table.file} has no column {missing[0]!r} that could be a category.")
    if not options.rename or table.wide:
        return {name: name for name in columns}
    unknown = [name for name in options.rename if name not in table.frame.columns]
    if unknown:
        raise DataError(f"{table.file} has no column {unknown[0]!r} that could be renamed.")
    names = {name: options.rename.get(name, name) for name in columns}
    kept = [name for name in columns if name not in options.ignore]
    wrong = next((names[name] for name in kept if not names[name].strip()), None)
    if wrong is not None:
        raise DataError(f"A column of {table.file} cannot be called {wrong!r}; give it a name.")
    counts = Counter(names[name] for name in kept)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise DataError(f"Two columns of {table.file} would be called {twice!r}; rename only one.")
    return names


def _both(columns: list[str], options: ImportOptions) -> set[str]:
    return {*columns, *(options.rename.get(name, name) for name in columns)}


def _unusable(cells: pl.Series, name: str, options: ImportOptions) -> str | None:
    kind = cells.dtype
    usable = kind.is_numeric() or kind == pl.Boolean or isinstance(kind, _TEXT)
    reasons = {
        "ignored by setting": cells.name in options.ignore,
        "it is the row number pandas left in the file": cells.name.startswith("__index_level_"),
        f"another column is the {name}; rename it": name in {"date", "symbol"},
        "its name has a quote, a backslash or a control character": _BAD_NAME.search(name),
        "its name is blank": not name.strip(),
        PATTERN: is_pattern(name),
        f"its name is longer than {MAX_NAME} characters": len(name) > MAX_NAME,
        "it has no values": kind == pl.Null,
        f"it holds {kind}, which is neither number nor text": not usable,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _add_feature(found: Columns, values: pl.Series, name: str) -> None:
    finite = values.is_finite()
    infinite = int(values.is_infinite().sum())
    if not finite.any():
        found.refused.append(Refused(values.name, "it has no values"))
        return
    if infinite:
        found.notes.append(f"{infinite} infinite values of {values.name!r} were read as missing.")
    cleaned = pl.select(pl.when(finite).then(values)).to_series()
    found.features[name] = cleaned.rename(name)


def _add_category(found: Columns, cells: pl.Series, name: str) -> None:
    texts = cells.cast(pl.String).str.strip_chars()
    missing = texts.str.to_lowercase().is_in(_TEXT_MISSING)
    kept = pl.select(pl.when(~missing).then(texts)).to_series().rename(name)
    if kept.null_count() == len(kept):
        found.refused.append(Refused(cells.name, "it has no values"))
    else:
        found.categories[name] = kept


def _read_texts(
    found: Columns, table: Table, texts: dict[str, pl.Series], decimal: Decimal | None
) -> None:
    plain = {name: plain_numbers(cells) for name, cells in texts.items()}
    signed = dict(texts)
    for name in [name for name, reading in plain.items() if reading.wrong.any()]:
        signed[name] = with_plain_signs(texts[name])
        if signed[name] is not texts[name]:
            plain[name] = plain_numbers(signed[name])
    doubtful = {
        name: signed[name].filter(reading.wrong).unique()
        for name, reading in plain.items()
        if reading.wrong.any()
    }
    votes = {name: decimal_mark(cells) for name, cells in doubtful.items()}
    mark = decimal or _one_of(votes.values())
    found.decimal = mark
    if mark == "," and decimal is None:
        _check_parts(table, {cells.name for cells in texts.values()})
    for name, cells in signed.items():
        reading: Reading | None = plain[name]
        if plain[name].wrong.any() or (mark == "," and cells.str.contains(".", literal=True).any()):
            own = decimal or votes.get(name) or mark
            reading = _read_marked(cells, plain[name], own)
            if reading is None and any(_shows_point(signed[each], plain[each]) for each in plain):
                found.decimal = "."
                reading = _read_marked(cells, plain[name], ".")
        if reading is None:
            raise _ask_for_mark(table, texts[name])
        _place(found, table, texts[name], name, reading)


def _check_parts(table: Table, columns: set[str]) -> None:
    """QuestionError when commas are the decimal marks of some files and others have only points."""
    for part in table.stacked:
        texts = [cells for cells in part.frame if cells.name in columns]
        cells = [with_plain_signs(each) for each in texts if each.dtype == pl.String]
        doubtful = [each.filter(plain_numbers(each).wrong).unique() for each in cells]
        if any(decimal_mark(each) == "," for each in doubtful):
            continue
        for each in cells:
            pointed = each.str.contains(_POINTED).fill_null(value=False)
            if pointed.any():
                raise QuestionError(
                    f"Other files of {table.file} write numbers with decimal commas, but the column"
                    f" {each.name!r} of {part.file} has points:"
                    f" {part.examples(each.name, pointed)}."
                    ' Say which is the decimal mark with --decimal "," or --decimal ".".',
                    "decimal",
                    (",", "."),
                    each.name,
                )


def _shows_point(cells: pl.Series, plain: Reading) -> bool:
    return not plain.wrong.any() and shows_point(cells)


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
        return min((plain, *readings), key=lambda reading: int(reading.wrong.sum()))
    return good[0] if all(good[0].values.equals(each.values) for each in good) else None


def _ask_for_mark(table: Table, cells: pl.Series) -> QuestionError:
    marked = cells.str.contains(",", literal=True).fill_null(value=False)
    return QuestionError(
        f"The commas in the column {cells.name!r} of {table.file} can be decimal marks or thousands"
        f" marks: {table.examples(cells.name, marked)}. Say which is the decimal mark with"
        ' --decimal "," or --decimal ".".',
        "decimal",
        (",", "."),
        cells.name,
    )


def _place(found: Columns, table: Table, cells: pl.Series, name: str, reading: Reading) -> None:
    if not reading.wrong.any():
        _add_feature(found, reading.values.rename(cells.name), name)
    elif _is_truth(cells):
        found.truths.add(name)
        _add_feature(found, (cells.str.to_lowercase() == "true").cast(pl.Float64), name)
    else:
        _place_text(found, table, cells, name, reading.wrong)


def _is_truth(cells: pl.Series) -> bool:
    return set(cells.drop_nulls().unique().str.to_lowercase()) <= {"true", "false"}


def _place_text(
    found: Columns, table: Table, cells: pl.Series, name: str, wrong: pl.Series
) -> None:
    levels = cells.drop_nulls().n_unique()
    rest = cells.filter(wrong)
    if rest.unique().str.strip_chars().str.contains(_WITH_UNIT).all():
        reason = f"its numbers carry a unit, as in {rest[0]!r}; write plain numbers"
    elif len(rest) * 2 < len(cells) - cells.null_count():
        reason = f"{len(rest)} of its cells are no numbers: {table.examples(cells.name, wrong)}"
    elif levels <= MAX_LEVELS and levels <= MAX_LEVEL_SHARE * len(cells):
        _add_category(found, cells, name)
        return
    else:
        reason = (
            f"it holds text with {levels:,} different values, too many for a category"
            f" ({MAX_LEVEL_SHARE:.0%} of the rows, at most {MAX_LEVELS:,})"
        )
    found.refused.append(Refused(cells.name, reason))
