"""The columns of files of one schema, made into those of their area's contract."""

from __future__ import annotations

import re

import msgspec
import polars as pl

from engine.curated.contract import Column, Contract, Kind
from engine.importing.columns import MAX_NAME
from engine.importing.keys import fold
from engine.importing.model import Refused
from engine.importing.table import PATTERN, is_pattern

FILE, ENTITY, DATE, RELEASE, START, UNTIL = (
    "#file", "#entity", "#date", "#release", "#start", "#until",
)  # fmt: skip
"""Our own columns; a name that begins like them is refused in files."""

_OURS = {"entity": ENTITY, "date": DATE, "release": RELEASE, "start": START, "until": UNTIL}
_BAD_NAME = re.compile(r'["\\#\x00-\x1f\x7f]')
_TEXT = (pl.String, pl.Categorical, pl.Enum)
_PANDAS = "__index_level_"
_WANTED: dict[Kind, str] = {
    "entity": "text",
    "text": "text",
    "number": "numbers",
    "date": "dates; write them as 2019-07-31",
    "release": "dates; write them as 2019-07-31",
}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How the columns of a schema are read; `problem` says why its files cannot be used.

    numbers, texts: the values it gives. dates: those of our own columns it fills. refused: columns
    left out, with the reason.
    """

    columns: tuple[tuple[str, str, Kind], ...] = ()  # name in the file, our name, kind
    numbers: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    problem: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Our names of what it reads."""
        return frozenset(ours for _, ours, _ in self.columns)


def plan_for(area: Contract, schema: pl.Schema, *, named: bool) -> Plan:
    """How to read files of a schema; `named` when their folder says what the rows are about."""
    known = _known(area, schema)
    taken = {source: column for column, source in known}
    others, refused = _others(area, schema, taken)
    if "value" in {column.name for column in area.columns}:
        others, refused = _one_value(area, known, others, refused)
    columns = [(source, _OURS.get(c.name, c.name), c.kind) for c, source in known]
    columns += [(source, ours, "number") for source, ours in others]
    problem = (
        _missing(area, {c.name for c, _ in known} | ({"entity"} if named else set()), schema)
        or _mistyped(schema, columns)
        or _valueless(area, columns, schema)
    )
    return Plan(
        columns=tuple(columns),
        numbers=tuple(ours for _, ours, kind in columns if kind == "number"),
        refused=tuple(refused),
        problem=problem,
    )


def _known(area: Contract, schema: pl.Schema) -> list[tuple[Column, str]]:
    """Each column of the contract with the column of the file, that of its first spelling."""
    found = []
    for column in area.columns:
        names = [name for name in schema if fold(name) in column.spellings]
        if names:
            found.append((column, min(names, key=lambda n: column.spellings.index(fold(n)))))
    return found


def _others(
    area: Contract, schema: pl.Schema, taken: dict[str, Column]
) -> tuple[list[tuple[str, str]], list[Refused]]:
    others, refused = [], []
    for name, kind in schema.items():
        if name in taken:
            continue
        reason = _unusable(area, name, kind)
        if reason is None:
            others.append((name, name))
        else:
            refused.append(Refused(f"{area.name}: {name}", reason))
    return others, refused


def _unusable(area: Contract, name: str, kind: pl.DataType) -> str | None:
    reasons = {
        "it is the row number pandas left in the file": name.startswith(_PANDAS),
        "its name has a quote, a backslash, # or a control character": _BAD_NAME.search(name),
        PATTERN: is_pattern(name),
        "its name is *, which stands for all columns; rename it in the file": name == "*",
        f"its name is longer than {MAX_NAME} characters": len(name) > MAX_NAME,
        "another column means the same": area.column_of(name) is not None,
        f"it is no column of {area.name}": not area.others,
        f"it holds {kind}, not numbers": not _is_number(kind),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _one_value(
    area: Contract,
    known: list[tuple[Column, str]],
    others: list[tuple[str, str]],
    refused: list[Refused],
) -> tuple[list[tuple[str, str]], list[Refused]]:
    """Where one value is expected, the only other column of numbers is it."""
    if any(column.name == "value" for column, _ in known):
        reason = "the value of the series is another column"
        more = [Refused(f"{area.name}: {source}", reason) for source, _ in others]
        return [], [*refused, *more]
    if len(others) == 1:
        return [(others[0][0], "value")], refused
    return others, refused


def _missing(area: Contract, found: set[str], schema: pl.Schema) -> str | None:
    for group in area.needs:
        if not found & set(group):
            wanted = " or ".join(repr(name) for name in _spelt(area, group))
            listed = ", ".join(list(schema)[:8])
            return f"it has no column {wanted}; it has {listed}"
    return None


def _spelt(area: Contract, group: tuple[str, ...]) -> list[str]:
    return [c.spellings[0] for c in area.columns if c.name in group]


def _mistyped(schema: pl.Schema, columns: list[tuple[str, str, Kind]]) -> str | None:
    for source, _, kind in columns:
        found = schema[source]
        if not _fits(found, kind):
            return f"its column {source!r} holds {found}, not {_WANTED[kind]}"
    return None


def _fits(found: pl.DataType, kind: Kind) -> bool:
    if found == pl.Null:
        return kind in {"number", "text", "date", "release"}
    text = isinstance(found, _TEXT)
    if kind == "number":
        return _is_number(found)
    if kind == "entity":
        return text or found.is_integer()
    return text if kind == "text" else text or found == pl.Date or isinstance(found, pl.Datetime)


def _is_number(kind: pl.DataType) -> bool:
    return kind.is_numeric() or kind in {pl.Boolean, pl.Null}


def _valueless(
    area: Contract, columns: list[tuple[str, str, Kind]], schema: pl.Schema
) -> str | None:
    values = [ours for _, ours, kind in columns if kind == "number"]
    if area.others and not values:
        return f"it has no column of numbers; it has {', '.join(list(schema)[:8])}"
    if area.name == "fx_rates" and values != ["value"]:
        return f"it has several columns of numbers ({', '.join(values[:5])}); name one of them rate"
    return None
