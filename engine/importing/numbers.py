"""Text columns as numbers: spellings of missing, thousands marks, decimal commas, minus signs."""

from __future__ import annotations

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
_DIGITS = frozenset("0123456789")
_MARKS: tuple[Decimal, ...] = (".", ",")
_SPACES = " \u00a0\u202f\u2009\u2007\u2008\u2002\u2003"
_GROUP = f"{_SPACES}.,'\u2019"
# A thousand never starts with 0, so "0,125" is a decimal comma.
_AMBIGUOUS = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"
_LIKE_NUMBER = r"^[+-]?[0-9\s.,'\x{2019}]+([eE][+-]?[0-9]+)?$"
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
    first = next(iter(text.drop_nulls().head(1)), "")
    if _DIGITS.isdisjoint(first) and first.strip().lower() not in MISSING:
        return False  # of thousands of columns of names none needs a closer look
    if not plain_numbers(text).wrong.any():
        return True
    cells = with_plain_signs(text)
    return any(not grouped_numbers(cells, mark).wrong.any() for mark in _MARKS)


def decimal_mark(cells: pl.Series) -> Decimal | None:
    """The decimal mark that cells which are no plain numbers show; None when they do not tell.

    "1,234" alone tells nothing; "1,5", "1,234,567", "1.234,5" and "1,234.5" do.
    """
    likely = cells.filter(cells.str.contains(_LIKE_NUMBER).fill_null(value=False))
    commas = likely.str.count_matches(",", literal=True)
    points = likely.str.count_matches(".", literal=True)
    single = (commas == 1) & (points == 0) & ~likely.str.strip_chars().str.contains(_AMBIGUOUS)
    last = likely.filter((commas > 0) & (points > 0)).str.extract(r"([.,])[^.,]*$")
    decimal_comma = single.any() or ((points > 1) & (commas == 0)).any() or (last == ",").any()
    decimal_point = ((commas > 1) & (points == 0)).any() or (last == ".").any()
    if decimal_comma == decimal_point:
        return None
    return "," if decimal_comma else "."


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
