"""Trading costs from a file of their own, joined to the rows of a data set."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import polars as pl

from engine.errors import DataError
from engine.importing.columns import sort_columns
from engine.importing.dates import date_column
from engine.importing.keys import find_key, fold, symbol_column
from engine.importing.model import Imported, ImportOptions
from engine.importing.table import Table
from engine.panel.roles import COST_COLUMNS

WHOLE = "cost_bps"
"""The column of a cost file that gives all costs of a trade in one number."""

MAX_BPS = 10_000


class Costs(msgspec.Struct, frozen=True, eq=False):
    """One row per symbol, or per date and symbol (`keys`), with the columns `names`."""

    frame: pl.DataFrame
    keys: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def with_costs(imported: Imported, table: Table, options: ImportOptions) -> Imported:
    """The data with the costs of `table` as columns, missing where the table has none.

    DataError when the data has such columns, when nothing fits, or as `read_costs`.
    """
    file = imported.report.file
    own = [name for name in COST_COLUMNS if name in imported.frame.columns]
    if own:
        raise DataError(
            f"{file} has costs of its own ({', '.join(own)}). Leave them out with --ignore, or"
            f" import it without {table.file}."
        )
    costs = read_costs(table, options)
    joined = imported.frame.join(costs.frame, on=costs.keys, how="left", maintain_order="left")
    features = tuple(sorted((*imported.features, *costs.names)))
    notes = (*costs.notes, *_fit(imported, joined, costs, table.file))
    warnings = (*imported.report.warnings, *notes)
    return msgspec.structs.replace(
        imported,
        frame=joined.select("date", "symbol", *features, *imported.levels),
        features=features,
        report=msgspec.structs.replace(imported.report, features=features, warnings=warnings),
    )


def read_costs(table: Table, options: ImportOptions) -> Costs:
    """The costs of a file, in basis points per unit traded.

    DataError for a file without symbols or costs, for a cost that is missing or outside 0 to
    10,000, and for two costs in one place.
    """
    symbol = find_key(table, "symbol", ImportOptions())
    date = find_key(table, "date", ImportOptions())
    names = _cost_columns(table)
    if symbol is None or not names:
        raise DataError(_needs(table, "symbol" if symbol is None else WHOLE))
    columns = [symbol_column(table, symbol), *_values(table, names, options)]
    notes: tuple[str, ...] = ()
    if date is not None:
        found = date_column(table, date, options.date_order)
        notes = found.notes
        columns.insert(0, found.days)
    keys = ("symbol",) if date is None else ("date", "symbol")
    frame = pl.DataFrame(columns).unique(maintain_order=True)
    _check_unique(table, frame, keys)
    if WHOLE in names:
        notes = (*notes, f"{WHOLE} of {table.file} was read as {COST_COLUMNS[0]}.")
    return Costs(frame, keys, tuple(frame.columns[len(keys) :]), notes)


def _cost_columns(table: Table) -> dict[str, str]:
    """The columns of costs, by what they are."""
    folded = {fold(name): name for name in reversed(table.frame.columns)}
    found = {name: folded[name] for name in (WHOLE, *COST_COLUMNS) if name in folded}
    if WHOLE in found and len(found) > 1:
        parts = ", ".join(name for name in found if name != WHOLE)
        raise DataError(
            f"{table.file} has both {WHOLE} and its parts ({parts}). Keep one or the other."
        )
    return found


def _needs(table: Table, what: str) -> str:
    return (
        f"{table.file} has no column {what!r}; it has {', '.join(table.frame.columns[:8])}. A file"
        f" of costs has symbol, date if they change, and {WHOLE} or {', '.join(COST_COLUMNS)}."
    )


def _values(table: Table, names: dict[str, str], options: ImportOptions) -> list[pl.Series]:
    part = msgspec.structs.replace(table, frame=table.frame.select(names.values()), refused=())
    found = sort_columns(part, (), ImportOptions(decimal=options.decimal))
    for column in names.values():
        reason = next((each.reason for each in found.refused if each.column == column), None)
        if reason is not None or column not in found.features:
            raise DataError(
                f"The column {column!r} of {table.file} cannot be used as a cost:"
                f" {reason or 'it holds text'}."
            )
        wrong = ~found.features[column].is_between(0, MAX_BPS).fill_null(value=False)
        if wrong.any():
            raise DataError(
                f"{wrong.sum()} costs in the column {column!r} of {table.file} are missing or not"
                f" from 0 to {MAX_BPS:,} basis points: {table.examples(column, wrong)}. Correct or"
                " remove those rows."
            )
    return [
        found.features[column].rename(COST_COLUMNS[0] if name == WHOLE else name)
        for name, column in names.items()
    ]


def _check_unique(table: Table, frame: pl.DataFrame, keys: tuple[str, ...]) -> None:
    again = frame.select(keys).is_duplicated()
    if not again.any():
        return
    places = frame.filter(again).select(keys).unique(maintain_order=True).sort(keys)
    names = [" on ".join(map(str, reversed(row))) for row in places.rows()]
    apart = [
        name for name in table.frame.columns
        if fold(name) in {"panel", "dataset", "market", "exchange", "broker", "strategy"}
    ]  # fmt: skip
    hint = f" Its column {apart[0]!r} seems to tell them apart." if apart else ""
    raise DataError(
        f"{table.file} has several costs for {_listed(names)}.{hint} Keep one row per"
        f" {' and '.join(keys)}."
    )


def _fit(imported: Imported, joined: pl.DataFrame, costs: Costs, file: str) -> Iterable[str]:
    """How far the costs and the data speak of the same symbols and dates."""
    known = set(imported.grid.symbols)
    named = set(costs.frame["symbol"].unique())
    if not known & named:
        raise DataError(
            f"None of the symbols of {file} ({_listed(sorted(named))}) is in"
            f" {imported.report.file} ({_listed(sorted(known))}). Write them the same way in both."
        )
    if named - known:
        yield (
            f"{file} has costs of {len(named - known)} symbols that are not in"
            f" {imported.report.file}: {_listed(sorted(named - known))}."
        )
    without = joined.select(pl.all_horizontal(pl.col(costs.names).is_null())).to_series()
    if without.all():
        raise DataError(
            f"{file} has no cost for any date of {imported.report.file}; look at the dates of both."
        )
    if without.any():
        symbols = joined.filter(without)["symbol"].unique().sort().to_list()
        yield (
            f"{without.sum():,} of {len(joined):,} rows have no cost in {file}, of"
            f" {_listed(symbols)}; there the cost of the run applies (--cost-bps)."
        )


def _listed(names: list[str]) -> str:
    rest = len(names) - 5
    return ", ".join(names[:5]) + (f" and {rest} more" if rest > 0 else "")
