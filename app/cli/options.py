"""Options that several commands share, and how their texts become values."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from app import log
from app.cli.screen import Screen
from app.imports import Importer
from engine.book import BookParams
from engine.dsl.parse import DIALECTS, Finding, Names, Reading, read
from engine.errors import ParamError
from engine.importing import ImportOptions
from engine.panel import Panel
from engine.store import DatasetRow
from engine.workspace import Workspace, places
from engine.workspace.naming import is_file_name

S = TypeVar("S", bound=msgspec.Struct)

BOOK_HELP = {
    "cap": "largest weight of a name, above 0 to 1",
    "max_lev": "largest sum of absolute weights",
    "execution_lag": "trade at the close that many dates later, minus one; 0 looks ahead",
    "smooth_ema": "weight of today's book in the smoothed one, above 0 to 1, or none",
    "sizing": "raw: the signal is the weight; gross: scaled to --max-lev",
    "neutralize": "market, a category column, or none",
    "rebalance": "daily, weekly, monthly, or a number of dates",
    "cost_bps": "basis points per unit traded where the data set has no costs",
    "borrow_bps": "basis points a year on short positions",
    "max_stale": "dates without a price after which a position is closed",
    "delisting_return": "return on a position closed for want of a price",
    "start": "first date of the run, YYYY-MM-DD",
    "end": "last date of the run, YYYY-MM-DD",
}
_NONE = ("none", "null", "")


def add_book(parser: argparse.ArgumentParser, kind: type[BookParams] = BookParams) -> None:
    """One option per field of the parameters."""
    group = parser.add_argument_group("how the signal is traded")
    for field in msgspec.structs.fields(kind):
        if field.name in BOOK_HELP:
            default = "" if field.default is None else f" (default {field.default})"
            group.add_argument(
                f"--{field.name.replace('_', '-')}",
                dest=field.name,
                metavar="X",
                help=f"{BOOK_HELP[field.name]}{default}",
            )


def add_dataset(parser: argparse.ArgumentParser, *, lockbox: bool = False) -> None:
    """Options that say which data set, and how it is to be seen."""
    group = parser.add_argument_group("the data set")
    group.add_argument(
        "--dataset", metavar="NAME|FILE", help="a data set, or a file, imported on first use"
    )
    group.add_argument("--price", metavar="COLUMN", help="the column that earns returns")
    group.add_argument(
        "--domain-lag",
        action="append",
        default=[],
        metavar="DOMAIN=DAYS",
        help="columns named DOMAIN_... are known that many dates later (may be repeated)",
    )
    if lockbox:
        group.add_argument(
            "--lockbox",
            choices=("closed", "open"),
            default="closed",
            help="open: include the locked dates; written down and counted",
        )


def add_dialect(parser: argparse.ArgumentParser) -> None:
    """The option that says whose language the expression is in."""
    parser.add_argument(
        "--dialect",
        choices=tuple(DIALECTS),
        help="read EXPR as others write it: "
        + "; ".join(f"{name}: {dialect.about}" for name, dialect in DIALECTS.items()),
    )


def read_expression(args: argparse.Namespace, panel: Panel, screen: Screen) -> Reading:
    """The expression of the command; how its dialect was taken is said on standard error."""
    found = read(args.expr, Names.of(panel), args.dialect)
    for note in found.notes:
        screen.note(note.message)
    return found


def no_dialect(args: argparse.Namespace) -> None:
    """ParamError when there is a dialect and no expression to read in it."""
    if args.dialect is not None and args.expr is None:
        raise ParamError("--dialect says how to read an expression, and there is none.")


def messages(findings: Iterable[Finding]) -> list[str]:
    """The sentences of what was found."""
    return [finding.message for finding in findings]


def given(args: argparse.Namespace, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The values of the options that were used, by field of the structure `kind`."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    fields = {field.name: field.type for field in described.fields}
    texts = {name: getattr(args, name, None) for name in fields}
    return {
        name: value_of(name, text, fields[name])
        for name, text in texts.items()
        if isinstance(text, str)
    }


def checked(kind: type[S], values: dict[str, Any]) -> S:
    """The values as the structure `kind`; ParamError names the one that is out of its range."""
    try:
        return msgspec.convert(values, kind, builtin_types=(dt.date,))
    except msgspec.ValidationError as error:
        reason, _, place = str(error).rpartition(" - at `$.")
        name = place.rstrip("`").removeprefix("params.")
        value = (values | values.get("params", {})).get(name)
        raise ParamError(f"The parameter {name} is {value!r}; {_in_words(reason)}.") from error


def _in_words(reason: str) -> str:
    """What msgspec says of a bound, such as "Expected `int` >= 1", in words."""
    for sign, word in ((">=", "at least"), ("<=", "at most"), (">", "above"), ("<", "below")):
        kind, found, bound = reason.partition(f" {sign} ")
        if found and kind.startswith("Expected"):
            return f"it must be {word} {float(bound):,.15g}"
    return reason.replace("`", "").replace("Expected", "it must be", 1)


def book_params(args: argparse.Namespace) -> BookParams:
    """The parameters of a run; their ranges are the engine's business."""
    return BookParams(**given(args, BookParams))


def value_of(name: str, text: str, kind: inspect.Type) -> Any:
    """The value a text stands for; ParamError when it is of another kind."""
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    wanted = []
    for each in kinds:
        word, value = _reading(text.strip(), each)
        if value is not _UNREADABLE:
            return value
        wanted.append(word)
    raise ParamError(
        f"The option --{name.replace('_', '-')} takes {' or '.join(filter(None, wanted))},"
        f" not {text[:40]!r}."
    )


_UNREADABLE = object()


def _reading(text: str, kind: inspect.Type) -> tuple[str, Any]:
    """What a kind of value is called, and the value if the text can be read as one."""
    match kind:
        case inspect.NoneType():
            return "none", None if text.lower() in _NONE else _UNREADABLE
        case inspect.LiteralType(values=values):
            return ", ".join(map(str, values)), text if text in values else _UNREADABLE
        case inspect.IntType():
            return "a whole number", _tried(int, text)
        case inspect.FloatType():
            return "a number", _tried(float, text)
        case inspect.DateType():
            return "a date (YYYY-MM-DD)", _tried(dt.date.fromisoformat, text)
        case inspect.StrType():
            return "a text", _UNREADABLE if text.lower() in _NONE else text
    raise NotImplementedError(kind)


def _tried(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return _UNREADABLE


def domain_lags(args: argparse.Namespace) -> dict[str, int]:
    """The publication lags of the --domain-lag options."""
    lags = {}
    for text in args.domain_lag:
        domain, mark, days = text.partition("=")
        if not mark or not domain or not days.isdecimal():
            raise ParamError(f"--domain-lag takes DOMAIN=DAYS, such as macro=1, not {text[:40]!r}.")
        if domain in lags:
            raise ParamError(f"--domain-lag names the domain {domain} twice. Keep one of them.")
        lags[domain] = int(days)
    return lags


def words(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in texts separated by commas."""
    return tuple(name for text in texts for part in text.split(",") if (name := part.strip()))


def open_workspace(args: argparse.Namespace, *, write: bool = False) -> Workspace:
    """The workspace of the command, owned when it is to be written to or is not made yet."""
    _, database = places(args.workspace)
    if write or not database.exists():
        space = Workspace(args.workspace, write=True)
    else:
        space = Workspace(args.workspace, write=False)
        file = getattr(args, "dataset", None)
        if (
            file
            and is_file_name(file)
            and space.known_file(Path(file), import_options(args)) is None
        ):
            space.close()
            space = Workspace(args.workspace, write=True)
    log.start(space.logs)
    return space


def import_options(args: argparse.Namespace) -> ImportOptions:
    """How a file given as the data set is read."""
    return ImportOptions(price=getattr(args, "price", None))


def resolved(args: argparse.Namespace, space: Workspace) -> DatasetRow:
    """The data set that --dataset names; a file is imported unless it is known."""
    with Importer(space) as importer:
        return importer.resolve(args.dataset, import_options(args))


def open_panel(args: argparse.Namespace, space: Workspace) -> Panel:
    """The panel that --dataset, --price, --domain-lag and --lockbox ask for."""
    row = resolved(args, space)
    return space.panel(
        row.name,
        lockbox_open=getattr(args, "lockbox", "closed") == "open",
        domain_lags=domain_lags(args),
        price=args.price,
    )
