"""The market data that formulas speak of, under whatever names a data set has them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct


class Standard(Struct, frozen=True):
    """What a standard name stands for, and its other spellings, without case and separators."""

    meaning: str
    spellings: tuple[str, ...]


STANDARD = {
    "open": Standard(
        "the first price of the day", ("o", "openprice", "pxopen", "adjopen", "adjustedopen")
    ),
    "high": Standard(
        "the highest price of the day", ("h", "highprice", "pxhigh", "adjhigh", "adjustedhigh")
    ),
    "low": Standard(
        "the lowest price of the day", ("l", "lowprice", "pxlow", "adjlow", "adjustedlow")
    ),
    "close": Standard(
        "the last price of the day",
        ("c", "closeprice", "pxlast", "last", "price", "adjclose", "adjustedclose"),
    ),
    "volume": Standard(
        "the number of shares traded",
        ("v", "vol", "adjvolume", "adjustedvolume", "sharestraded", "pxvolume"),
    ),
    "vwap": Standard("the average price of the day's trades", ("vw", "vwapprice", "averageprice")),
    "returns": Standard(
        "the return since the day before", ("return", "ret", "rets", "dailyreturn")
    ),
    "cap": Standard(
        "the market value of the company",
        ("marketcap", "mktcap", "mcap", "marketcapitalization", "marketvalue"),
    ),
    "sector": Standard("the sector of the company", ("gicssector", "sectorname")),
}
"""The columns of the papers on formulaic alphas, in the order of a price file."""

_BY_SPELLING = {
    spelling: name
    for name, standard in STANDARD.items()
    for spelling in (name, *standard.spellings)
}
_IN_CURRENCY = re.compile(r"([ohlc])_([a-z]{3}(?:_adj)?)")
_BY_LETTER = {"o": "open", "h": "high", "l": "low", "c": "close"}


def standard_name(column: str) -> str | None:
    """What the column is by its name: case and separators do not count, o_sek is an open price."""
    in_currency = _IN_CURRENCY.fullmatch(column.casefold())
    if in_currency:
        return _BY_LETTER[in_currency[1]]
    return _BY_SPELLING.get(_letters(column))


def columns_for(name: str, columns: Iterable[str], price: str | None = None) -> tuple[str, ...]:
    """The columns that are `name` equally well: none, one, or several.

    The very name comes first, then the name in other letters (Open, OPEN), then another spelling.
    Of several the one in the currency and adjustment of the price counts, and the price itself
    stands for `close` where nothing else is named so.
    """
    known = sorted(columns)
    for fits in (_is_exactly, _is_in_letters, _is_in_meaning):
        found = [column for column in known if fits(name, column)]
        if found:
            return _nearest_to_price(found, price)
    return (price,) if name == "close" and price in known and price else ()


def _is_exactly(name: str, column: str) -> bool:
    return column == name


def _is_in_letters(name: str, column: str) -> bool:
    return _letters(column) == name


def _is_in_meaning(name: str, column: str) -> bool:
    return standard_name(column) == name


def _nearest_to_price(found: list[str], price: str | None) -> tuple[str, ...]:
    if price in found and price:
        return (price,)
    kin = [column for column in found if kind_of(column) == kind_of(price or "")]
    return tuple(kin if len(kin) == 1 else found)


def kind_of(column: str) -> str:
    """Currency and adjustment that a name tells of."""
    in_currency = _IN_CURRENCY.fullmatch(column.casefold())
    if in_currency:
        return in_currency[2]
    return "adj" if _letters(column).startswith("adj") else ""


def _letters(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name.casefold())
