"""What an import would do, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from engine.errors import DataError, ParamError, QuestionError
from engine.importing.dates import looks_like_dates
from engine.importing.derive import derivable_columns
from engine.importing.found import Found
from engine.importing.keys import Key, find_key
from engine.importing.model import (
    ColumnPreview,
    Derived,
    ImportOptions,
    ImportReport,
    Preview,
    Question,
    Role,
)
from engine.importing.numbers import is_number_like
from engine.importing.progress import Tell, silent
from engine.importing.reading import likely_price, read_found
from engine.importing.table import Table, texts_of
from engine.panel.roles import COST_COLUMNS, UNIVERSE_COLUMNS

EXAMPLES, SAMPLE, MAX_EXAMPLE = 5, 20, 200
Kind = Literal["number", "text", "date", "truth", "nested", "empty"]


def preview_file(
    path: str | Path, options: ImportOptions | None = None, tell: Tell = silent
) -> Preview:
    """Everything `read_file` does, and what came of it: a report, a question or a problem.

    DataError when not even a table can be read.
    """
    found = Found(options or ImportOptions(), tell)
    question, problem, report = None, None, None
    try:
        report = read_found(path, found).report
    except QuestionError as error:
        question = Question(
            option=error.option, message=error.message, choices=error.choices, column=error.column
        )
    except (DataError, ParamError) as error:
        if found.table is None:
            raise
        problem = error.message
    return Preview(
        file=Path(path).name,
        format=found.format,
        bytes=found.bytes,
        details=_details(found),
        layout=found.layout,
        rows=report.rows if report else _rows(found),
        columns=_columns(found, report),
        sample=_sample(found.table),
        sheets=found.sheets,
        derivable=_derivable(report, found.options),
        question=question,
        problem=problem,
        report=report,
        options=found.options,
    )


def _details(found: Found) -> tuple[str, ...]:
    marks = {",": "The decimal mark is a comma.", ".": "The decimal mark is a point."}
    orders = {"dmy": "Dates are written day first.", "mdy": "Dates are written month first."}
    read = found.read
    said = [marks[read.decimal]] if read and read.decimal else []
    if read and found.options.date_order:
        said.append(orders[found.options.date_order])
    return (*found.details, *said)


def _rows(found: Found) -> int:
    return 0 if found.table is None else len(found.table.frame)


def _derivable(report: ImportReport | None, options: ImportOptions) -> tuple[Derived, ...]:
    if report is None:
        return ()
    own = [name for name in report.features if name not in report.derived]
    currency = options.rename.get(options.currency or "", options.currency)
    price = report.price if report.price in own else likely_price(own, None)
    return derivable_columns(own, report.categories, price=price, currency=currency)


def _sample(table: Table | None) -> tuple[tuple[str | None, ...], ...]:
    if table is None:
        return ()
    frame, nested = table.frame.head(SAMPLE), len(_nested(table))
    columns = [_texts(cells) for cells in frame]
    return tuple((*row, *[None] * nested) for row in zip(*columns, strict=True))


def _texts(cells: pl.Series) -> list[str | None]:
    return [None if text is None else text[:MAX_EXAMPLE] for text in texts_of(cells)]


def _nested(table: Table) -> list[str]:
    return [name for name, _ in table.refused if name not in table.frame.columns]


def _columns(found: Found, report: ImportReport | None) -> tuple[ColumnPreview, ...]:
    table = found.table
    if table is None:
        return ()
    reasons = _reasons(found, table)
    roles = _roles(found, table, report)
    found.likely = found.keys or _likely_keys(table, found)
    flat = [_column(cells, roles, reasons, found) for cells in table.frame]
    nested = [
        ColumnPreview(name=name, becomes=name, role="refused", kind="nested", reason=reasons[name])
        for name in _nested(table)
    ]
    return (*flat, *nested)


def _reasons(found: Found, table: Table) -> dict[str, str]:
    """Why columns are refused or ignored, as far as it is known."""
    keys = found.keys or ()
    read = found.read.refused if found.read else ()
    reasons = {name: reason for name, reason in table.refused if name not in keys}
    reasons |= dict.fromkeys(found.options.ignore, "ignored by setting")
    return reasons | {each.column: each.reason for each in read}


def _roles(found: Found, table: Table, report: ImportReport | None) -> dict[str, Role]:
    """The roles by the names in the data set; what has none is a feature or a category."""
    roles: dict[str, Role] = {name: name for name in COST_COLUMNS}  # type: ignore[misc]
    roles |= dict.fromkeys(found.read.categories if found.read else (), "category")
    numbers = [] if report else _numbers(found, table)
    price = report.price if report else _likely_price(found, numbers)
    universe = report.universe if report else _likely_universe(found, numbers)
    return roles | {name: "universe" for name in [universe] if name} | _price_role(price)


def _price_role(price: str | None) -> dict[str, Role]:
    return {price: "price"} if price else {}


def _likely_keys(table: Table, found: Found) -> tuple[str | None, str | None]:
    """The date and symbol columns as far as the names, and for dates the cells, tell."""
    keys: list[str | None] = []
    known: tuple[Key, ...] = ("date", "symbol")
    for key in known:
        try:
            keys.append(find_key(table, key, found.options))
        except DataError:
            keys.append(None)
    dates = (cells.name for cells in table.frame if looks_like_dates(cells))
    return keys[0] or next(dates, None), keys[1]


def _numbers(found: Found, table: Table) -> list[str]:
    if found.read:
        return sorted(found.read.features)
    names = [cells.name for cells in table.frame if _kind(cells, found) in {"number", "truth"}]
    keys = found.keys or ()
    return [found.options.rename.get(name, name) for name in names if name not in keys]


def _likely_price(found: Found, numbers: list[str]) -> str | None:
    try:
        return likely_price(numbers, found.options.price)
    except DataError:
        return None


def _likely_universe(found: Found, numbers: list[str]) -> str | None:
    names = (found.options.universe, *UNIVERSE_COLUMNS)
    return next((name for name in names if name in numbers), None)


def _column(
    cells: pl.Series, roles: dict[str, Role], reasons: dict[str, str], found: Found
) -> ColumnPreview:
    name = cells.name
    becomes = found.options.rename.get(name, name)
    role = _role(cells, becomes, roles, reasons, found)
    reason = reasons.get(name) if role in {"ignore", "refused"} else None
    return ColumnPreview(
        name=name,
        becomes=role if role in {"date", "symbol"} else becomes,
        role=role,
        kind=_kind(cells, found),
        examples=tuple(_texts(cells.head(EXAMPLES))),
        missing=_missing(cells, becomes, found),
        reason=reason,
    )


def _role(
    cells: pl.Series,
    becomes: str,
    roles: dict[str, Role],
    reasons: dict[str, str],
    found: Found,
) -> Role:
    name = cells.name
    date, symbol = found.likely
    if name in found.options.ignore:
        return "ignore"
    if name == date:
        return "date"
    if name == symbol and found.layout == "long":
        return "symbol"
    if name in reasons:
        return "refused"
    if found.layout == "wide":
        return "feature"
    listed = name in found.options.categories or becomes in found.options.categories
    other: Role = "category" if listed or _kind(cells, found) == "text" else "feature"
    return roles.get(becomes, other)


def _kind(cells: pl.Series, found: Found) -> Kind:
    read, dtype = found.read, cells.dtype
    name = found.options.rename.get(cells.name, cells.name)
    dated = bool(found.keys and cells.name == found.keys[0]) or dtype.is_temporal()
    features: Iterable[str] = read.features if read else ()
    kinds: dict[Kind, bool] = {
        "empty": cells.null_count() == len(cells),
        "truth": dtype == pl.Boolean or bool(read and name in read.truths),
        "date": dated,
        "number": dtype.is_numeric() or name in features,
    }
    known = next((kind for kind, applies in kinds.items() if applies), None)
    return known or _kind_of_texts(cells.head(200), guess=read is None)


def _kind_of_texts(cells: pl.Series, *, guess: bool) -> Kind:
    if looks_like_dates(cells):
        return "date"
    return "number" if guess and cells.dtype == pl.String and is_number_like(cells) else "text"


def _missing(cells: pl.Series, becomes: str, found: Found) -> int:
    read = found.read
    if read is None or found.layout == "wide" or becomes not in (read.features | read.categories):
        return cells.null_count()
    values = read.features.get(becomes, read.categories.get(becomes))
    return 0 if values is None else values.null_count()
