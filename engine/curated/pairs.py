"""Names of currencies, pairs of them, and price columns that carry one."""

from __future__ import annotations

import re

import msgspec

_PAIR = re.compile(r"([A-Z]{3})([A-Z]{3})")
_BETWEEN = re.compile(r"[\s_/.:-]+|(?:=X$)")
_PRICE = re.compile(r"([ohlc]|vwap)_([a-z]{3})((?:_adj)?)")
_PLAIN = {
    "open": "o_{}", "high": "h_{}", "low": "l_{}", "close": "c_{}", "vwap": "vwap_{}",
    "adj_close": "c_{}_adj", "adjclose": "c_{}_adj",
}  # fmt: skip
MINOR = {"GBX": ("GBP", 100.0), "ZAC": ("ZAR", 100.0), "ILA": ("ILS", 100.0)}
"""Coins that prices are quoted in: the currency, and how many of them make one unit of it."""


class Price(msgspec.Struct, frozen=True):
    """A price column: its name in the base currency, and its own currency if the name says it."""

    becomes: str
    currency: str | None


def pair_of(name: str) -> str | None:
    """USDSEK for USDSEK, usd_sek, USD/SEK, USD-SEK, USD.SEK and USDSEK=X; None for no pair."""
    match = _PAIR.fullmatch(_BETWEEN.sub("", name.strip()).upper())
    return match[0] if match and match[1] != match[2] else None


def price_of(column: str, base: str) -> Price | None:
    """What a price column becomes in the base currency; None when it is no price."""
    match = _PRICE.fullmatch(column.casefold())
    if match:
        return Price(f"{match[1]}_{base.lower()}{match[3]}", match[2].upper())
    plain = _PLAIN.get(column.casefold())
    return Price(plain.format(base.lower()), None) if plain else None


def currency_code(text: str) -> str:
    """A currency as three capitals; GBp, pence, is GBX. Other texts stay as they are."""
    return "GBX" if text.strip() in {"GBp", "GBx"} else text.strip().upper()


def unit_of(currency: str) -> tuple[str, float]:
    """The currency that rates are about, and how many units of `currency` make one of it."""
    return MINOR.get(currency, (currency, 1.0))
