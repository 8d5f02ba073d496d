"""Text columns as numbers: spellings of missing, thousands marks, decimal commas, minus signs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
import polars as pl

Decimal = Literal[".", ","]

MISSING = frozenset(
    {
        "",
        "-",
        "--",
        "\u2013",
        "\u2014",
        ".",
        "nan",
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "#na",
        "null",
        "none",
    }
    | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
    | {"1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "1.#ind", "-1.#ind"}
    | {"#value!", "#div/0!", "#ref!", "#num!", "#name?"}
)
_SPACES = " \u00a0\u202f\u2009\u2007\u2008\u2002\u2003"
_GROUP = f"{_SPACES}.,'\u2019"
_BOTH = re.compile(r"[.,]")
# A thousand never starts with 0, so "0,125" is a decimal comma.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_LIKE_NUMBER = re.compile(r"[+-]?[\d\s.,'\u2019]+(?:[eE][+-]?\d+)?")
_MINUS = r"[\u2212\ufe63\uff0d]"
_SIGNED = r"[\u2212\ufe63\uff0d()]|[0-9.,]\s*-$"


class Reading(msgspec.Struct, frozen=True, eq=False):
    """A text column read as numbers; `wrong` marks the cells that are none."""

    values: pl.Series
    wrong: pl.Series


def with_plain_signs(text: pl.Series) -> pl.Series:
    """The texts with "-" before every negative number: "(1)", "1-" and other minus signs."""
    if not text.str.contains(_SIGNED).any():
        return text
    plain = text.str.strip_chars().str.replace_all(_MINUS, "-")
    plain = plain.str.replace(r"^\(\s*([0-9][^()]*?)\s*\)$", "-${1}")
    plain = plain.str.replace(r"^([0-9.,][^-]*?)\s*-$", "-${1}")
    return plain.str.replace(r"^([+-])\s+([0-9])", "${1}${2}")


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
    whole = rf"([0-9]+|[0-9]{{1,3}}([{group}][0-9]{{3}})+)?"
    pattern = rf"^[+-]?{whole}([{decimal}][0-9]*)?([eE][+-]?[0-9]+)?$"
    cells = text.str.strip_chars()
    missing = cells.str.to_lowercase().is_in(list(MISSING))
    shaped = cells.str.contains(pattern)
    digits = cells.str.replace_all(f"[{group}]", "").str.replace(decimal, ".", literal=True)
    values = pl.select(pl.when(shaped).then(digits)).to_series().cast(pl.Float64, strict=False)
    wrong = values.is_null() & text.is_not_null() & ~missing
    return Reading(_finite(values).rename(text.name), wrong)


def is_number_like(text: pl.Series) -> bool:
    """Whether the cells can be read as numbers, whatever the decimal mark."""
    cells = with_plain_signs(text)
    readings = (plain_numbers(cells), grouped_numbers(cells, "."), grouped_numbers(cells, ","))
    return any(not reading.wrong.any() for reading in readings)


def decimal_mark(cells: Iterable[str]) -> Decimal | None:
    """The decimal mark that cells which are no plain numbers show; None when they do not tell.

    "1,234" alone tells nothing; "1,5", "1,234,567", "1.234,5" and "1,234.5" do.
    """
    votes: set[Decimal] = set()
    for cell in filter(_LIKE_NUMBER.fullmatch, cells):
        marks = _BOTH.findall(cell)
        if len(set(marks)) == 2:
            votes.add(marks[-1])
        elif len(marks) > 1:
            votes.add("." if marks[0] == "," else ",")
        elif marks == [","] and not _AMBIGUOUS.fullmatch(cell.strip()):
            votes.add(",")
    return votes.pop() if len(votes) == 1 else None


def shows_point(cells: pl.Series) -> bool:
    """Whether plain numbers have decimals after a point that cannot be thousands."""
    return bool(
        cells.str.contains(r"^\s*[+-]?([0-9]*\.([0-9]{1,2}|[0-9]{4,})|0\.[0-9]+)\s*$").any()
    )


def _finite(values: pl.Series) -> pl.Series:
    finite = values.is_finite()
    if finite.all(ignore_nulls=True):
        return values
    return values.to_frame().select(pl.when(pl.first().is_finite()).then(pl.first())).to_series()
