"""Checks of the names of symbols: what cannot be seen, and what looks alike."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from engine.quality.found import Found, check, in_symbols, several
from engine.quality.view import View

_HIDDEN = {"Cf", "Cc", "Co", "Cn"}
_SEPARATORS = str.maketrans(dict.fromkeys("-_/ ", "."))
# Capital and small letters of other scripts that print like a Latin one.
_TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιν",  # noqa: RUF001 - the very point
    "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXoiv",
)


def visible(text: str) -> str:
    """The text without invisible characters and outer spaces."""
    return "".join(c for c in text if unicodedata.category(c) not in _HIDDEN).strip()


def look(symbol: str) -> str:
    """What two symbols that look alike have in common: case, width, script, separators."""
    seen = visible(unicodedata.normalize("NFKC", symbol)).translate(_TWINS)
    return " ".join(seen.split()).casefold().translate(_SEPARATORS)


@check(
    "invisible_symbol",
    title="Symbols with invisible characters",
    severity="warning",
    unit="symbols",
    rule="a space at either end, or a character without shape",
)
def invisible(view: View) -> Iterator[Found]:
    """Symbols that nobody can type."""
    hidden = [j for j, symbol in enumerate(view.symbols) if visible(symbol) != symbol]
    yield from in_symbols(
        view,
        np.array(hidden, dtype=np.int64),
        f"{several(len(hidden), 'symbol has', 'symbols have')} outer spaces or characters that"
        " cannot be seen: another file will not match them. Clean the symbol column.",
        lambda i: f"really {view.symbols[hidden[i]]!a}",
    )


@check(
    "foreign_letter",
    title="Symbols with letters of another script",
    severity="warning",
    unit="symbols",
    rule="a Cyrillic or Greek letter that looks Latin, in a symbol with Latin letters",
)
def foreign_letters(view: View) -> Iterator[Found]:
    """A Cyrillic A in AAPL."""
    mixed = [j for j, symbol in enumerate(view.symbols) if _is_mixed(symbol)]
    yield from in_symbols(
        view,
        np.array(mixed, dtype=np.int64),
        f"{several(len(mixed), 'symbol mixes', 'symbols mix')} Latin letters with others that look"
        " the same: typed, they do not match. Clean the symbol column.",
        lambda i: f"really {view.symbols[mixed[i]]!a}",
    )


def _is_mixed(symbol: str) -> bool:
    latin = any(c.isascii() and c.isalpha() for c in symbol)
    return latin and symbol.translate(_TWINS) != symbol


@check(
    "look_alike",
    title="Symbols that look alike",
    severity="warning",
    unit="symbols",
    rule="equal but for case, width, script, invisible characters or the separator",
)
def look_alikes(view: View) -> Iterator[Found]:
    """One share under two names."""
    alike: dict[str, list[int]] = defaultdict(list)
    for j, symbol in enumerate(view.symbols):
        alike[look(symbol)].append(j)
    groups = [places for places in alike.values() if len(places) > 1]
    chosen = [j for places in groups for j in places]
    partners = [[k for k in places if k != j] for places in groups for j in places]
    yield from in_symbols(
        view,
        np.array(chosen, dtype=np.int64),
        f"{several(len(groups), 'group', 'groups')} of symbols look the same, such as"
        f" {' and '.join(ascii(view.symbols[j]) for j in (groups[0] if groups else ()))}. They"
        " are kept apart; if they are one share, its history is torn in two. Rename one of them"
        " in the file.",
        lambda i: "like " + ", ".join(ascii(view.symbols[k]) for k in partners[i][:5]),
    )
