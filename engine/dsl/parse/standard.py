"""Standard columns of a dialect: which columns of a data set they are, or what stands for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from engine.dsl.tree import Names, quoted
from engine.errors import shown
from engine.panel.market import STANDARD, columns_for


class Absent(Exception):
    """A name has nothing to stand for; the message says what to do."""


class Words(NamedTuple):
    """A text of our language that a name stands for, and what has to be said about that."""

    text: str
    note: str | None = None


class Derived(NamedTuple):
    """What stands for a column that is absent, and how one says so.

    In both {close} is the column that is a standard one, {d} the number at the end of the name.
    """

    text: str
    told: str


class Columns(Struct, frozen=True, kw_only=True):
    """Names of columns that mean the same in every data set.

    known    standard columns, whatever the data set calls them
    derived  name of a column, with {d} where a number is part of it -> what stands for it
    groups   name of a category in small letters -> standard column
    """

    known: frozenset[str] = frozenset()
    derived: Mapping[str, Derived] = {}
    groups: Mapping[str, str] = {}

    def column(self, name: str, names: Names) -> Words | None:
        """What the name of a column stands for; None where that is for the data set to say."""
        small = name.casefold()
        numbered = re.fullmatch(r"([^\d\W]+)([0-9]+)", small)
        derived = self.derived.get(f"{numbered[1]}{{d}}" if numbered else small)
        if numbered and derived:
            if name in names.features:
                return Words(_feat(name), f"{shown(name)} is the column of that name, as it is.")
            return _filled(name, derived, numbered[2], names)
        if small not in self.known or name in names.features:
            return None
        found = _standard(small, names)
        if found is not None:
            return Words(_feat(found), _told(name, found, names))
        if derived is None:
            raise _nothing(name, small)
        return _filled(name, derived, "", names)

    def missing_but_known(self, names: Names) -> list[str]:
        """What stands for the standard columns that a data set lacks, a sentence each."""
        absent = [name for name in self.derived if name in self.known]
        return [
            words.note
            for name in absent
            if name not in names.features and not columns_for(name, names.features, names.price)
            if (words := self.column(name, names)) and words.note
        ]

    def is_group(self, name: str) -> bool:
        """Whether the name is one of groups, if there are any."""
        return name.casefold() in self.groups

    def category(self, name: str, names: Names) -> Words | None:
        """The category that the name of groups stands for; None if the data set has that name."""
        standard = self.groups.get(name.casefold())
        if standard is None or name in names.categories:
            return None
        found = _only(standard, columns_for(standard, names.categories))
        if found is not None:
            note = None if found == standard else f"{shown(name)} is the category {shown(found)}."
            return Words(found, note)
        if len(names.categories) == 1:
            (only,) = names.categories
            return Words(only, f"{shown(name)} is the category {shown(only)}, the only one.")
        raise _no_group(name, standard, sorted(names.categories))


def listed(names: Iterable[str]) -> str:
    """The names as one writes them in a sentence."""
    *some, last = map(shown, names)
    return f"{', '.join(some)} and {last}" if some else last


def _standard(name: str, names: Names) -> str | None:
    """The column that is a standard one, None if none is."""
    return _only(name, columns_for(name, names.features, names.price))


def _only(name: str, found: Sequence[str]) -> str | None:
    if len(found) > 1:
        raise Absent(
            f"{shown(name)} could be the columns {listed(found)}, which are named equally well."
            f" Write the one you mean: feat({quoted(found[0])})."
        )
    return found[0] if found else None


def _told(name: str, found: str, names: Names) -> str | None:
    if name == found:
        return None
    earns = ", the price that earns returns" if found == names.price else ""
    return f"{shown(name)} is the column {shown(found)}{earns}."


def _filled(name: str, derived: Derived, days: str, names: Names) -> Words:
    """What stands for an absent column, made of the columns of the data set."""
    parts = {
        part: _source(part, names) for part in re.findall(r"{(\w+)}", derived.text) if part != "d"
    }
    text = derived.text.format(d=days, **{part: _feat(found) for part, found in parts.items()})
    return Words(text, f"{shown(name)} is {derived.told.format(d=days, **parts)}.")


def _source(part: str, names: Names) -> str:
    found = _standard(part, names)
    if found is None:
        raise _nothing(part, part)
    return found


def _feat(column: str) -> str:
    return f"feat({quoted(column)})"


def _nothing(name: str, standard: str) -> Absent:
    return Absent(
        f"The data set has no column for {shown(name)}, {STANDARD[standard].meaning}."
        " Rename the one that has it, or import a file with one."
    )


def _no_group(name: str, standard: str, categories: Sequence[str]) -> Absent:
    if categories:
        return Absent(
            f"{shown(name)} stands for the category {shown(standard)}, which is not there. The"
            f" categories are {listed(categories)}: write one of them."
        )
    return Absent(
        f"{shown(name)} stands for the category {shown(standard)}, and the data set has no"
        " category at all. Import a file with one, or name its column with --categories."
    )
