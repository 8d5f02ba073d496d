"""Text columns as numbers: spellings of missing, thousands marks, decimal commas."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
import polars as pl

Decimal = Literal[".", ","]

MISSING = frozenset(
    {"", "-", "--", ".", "nan", "na", "n/a", "n.a.", "#n/a", "#na", "null", "none"}
    | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
    | {"1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "1.#ind", "-1.#ind"}
    | {"#value!", "#div/0!", "#ref!", "#num!", "#name?"}
)
_GROUP = " .,'\u00a0\u202f\u2009\u2019"
_BOTH = re.compile(r"[.,]")
_AMBIGUOUS = re.compile(r"^[+-]?\d{1,3},\d{3}$")


class Reading(msgspec.Struct, frozen=True, eq=False):
    """A text column read as numbers; `wrong` marks the cells that are none."""

    values: pl.Series
    wrong: pl.Series


def plain_numbers(text: pl.Series) -> Reading:
    """Numbers with a decimal point and no thousands marks; missing and infinite are null."""
    values = text.cast(pl.Float64, strict=False)
    wrong = values.is_null() & text.is_not_null()
    if wrong.any():
        rest = text.filter(wrong).unique()
        cleaned = rest.str.strip_chars().str.to_lowercase()
        missing = rest.filter(cleaned.is_in(list(MISSING)))
        spaced = rest.filter(cleaned.cast(pl.Float64, strict=False).is_not_null())
        if len(spaced):
            return plain_numbers(text.str.strip_chars())
        wrong &= ~text.is_in(missing.implode())
    return Reading(_finite(values), wrong)


def grouped_numbers(text: pl.Series, decimal: Decimal) -> Reading:
    """Numbers whose decimal mark is `decimal` and whose thousands may be grouped."""
    group = "".join(mark for mark in _GROUP if mark != decimal)
    pattern = rf"^[+-]?(\d+|\d{{1,3}}([{group}]\d{{3}})+)?([{decimal}]\d*)?([eE][+-]?\d+)?$"
    cells = text.str.strip_chars()
    missing = cells.str.to_lowercase().is_in(list(MISSING))
    shaped = cells.str.contains(pattern)
    digits = cells.str.replace_all(f"[{group}]", "").str.replace(decimal, ".", literal=True)
    values = pl.select(pl.when(shaped).then(digits)).to_series().cast(pl.Float64, strict=False)
    wrong = values.is_null() & text.is_not_null() & ~missing
    return Reading(_finite(values).rename(text.name), wrong)


def decimal_mark(cells: pl.Series) -> Decimal | None:
    """The decimal mark that cells which are no plain numbers show; None when they do not tell.

    "1,234" alone tells nothing; "1,5", "1,234,567", "1.234,5" and "1,234.5" do.
    """
    votes: set[Decimal] = set()
    for cell in cells:
        marks = _BOTH.findall(cell)
        if len(set(marks)) == 2:
            votes.add(marks[-1])
        elif len(marks) > 1:
            votes.add("." if marks[0] == "," else ",")
        elif marks == [","] and not _AMBIGUOUS.match(cell.strip()):
            votes.add(",")
    return votes.pop() if len(votes) == 1 else None


def _finite(values: pl.Series) -> pl.Series:
    finite = values.is_finite()
    if finite.all(ignore_nulls=True):
        return values
    return values.to_frame().select(pl.when(pl.first().is_finite()).then(pl.first())).to_series()
