"""HTML in which no text becomes markup: every string is escaped unless it is Html already."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

_VOID = frozenset({"br", "input", "meta"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
"""Controls, marks that turn the direction of a text, halves of characters."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(value: object) -> Html:
    """A value as harmless text; what has no shape shows as a replacement character."""
    shown = "".join(
        "\ufffd" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c
        for c in str(value)
    )
    return Html(escape(shown))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. Strings are escaped, None is left out, lists and tuples are flattened.

    `class_` and `for_` lose their underscore, `_` in other names is `-`. True is an attribute
    without a value; None and False are none.
    """
    opening = f"<{name}{''.join(_attribute(*each) for each in attributes.items())}>"
    if name in _VOID:
        return Html(opening)
    return Html(f"{opening}{join(children)}</{name}>")


def join(children: Iterable[object]) -> Html:
    """Children one after the other."""
    return Html("".join(_child(each) for each in children))


def _child(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, list | tuple):
        return join(child)
    return text(child)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    plain = name.rstrip("_").replace("_", "-")
    return f" {plain}" if value is True else f' {plain}="{text(value)}"'


def note(*words: object) -> Html:
    """A quiet sentence."""
    return tag("p", *words, class_="note")


def table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    caption: str,
    left: int = 1,
    class_: str | None = None,
) -> Html:
    """A table whose first `left` columns are texts and whose others are numbers.

    A cell may be an Html made by `cell`, every other value becomes one; a heading stands where the
    first of its cells does. An empty head is none. On a narrow screen it scrolls by
    itself, also by key.
    """
    cells = [
        [each if _is_cell(each) else cell(each, number=i >= left) for i, each in enumerate(row)]
        for row in rows
    ]
    right = [_is_number(each) for each in cells[0]] if cells else [i >= left for i in range(99)]
    heads = [
        tag("th", each, scope="col", class_="num" if number else None)
        for each, number in zip(head, right, strict=False)
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", heads)) if heads else None,
            tag("tbody", [tag("tr", row) for row in cells]),
            class_=class_,
        ),
        class_="wide",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def pairs(rows: Iterable[Sequence[object]], *, caption: str) -> Html:
    """Names and their values."""
    return table((), rows, caption=caption, class_="pairs")


def cell(value: object, *, number: bool = True, class_: str = "", title: str | None = None) -> Html:
    """One cell of a table."""
    classes = " ".join(filter(None, ("num" if number else "", class_)))
    return tag("td", value, class_=classes or None, title=title)


def cards(*rows: Sequence[object]) -> Html:
    """Names and values that stand out."""
    each = [tag("li", tag("span", name), tag("strong", value)) for name, value in rows]
    return tag("ul", each, class_="cards")


def _is_cell(value: object) -> bool:
    return isinstance(value, Html) and value.startswith("<td")


def _is_number(each: object) -> bool:
    return isinstance(each, Html) and each.startswith('<td class="num')
