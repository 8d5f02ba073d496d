"""A file of the user as checked rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from engine.dsl.parse import Names, derivable
from engine.errors import DataError, ParamError, QuestionError, cut, visible
from engine.importing.checks import check
from engine.importing.columns import Columns, sort_columns
from engine.importing.costs import with_costs
from engine.importing.dates import date_column
from engine.importing.found import Found
from engine.importing.grid import Grid
from engine.importing.keys import find_keys, symbol_column
from engine.importing.model import Imported, ImportOptions, ImportReport, Refused
from engine.importing.progress import Tell, silent
from engine.importing.rows import arranged, check_size, without_duplicates
from engine.importing.source import read_plain, read_source
from engine.importing.table import Table
from engine.panel import choose_price, choose_universe
from engine.panel.market import columns_for

MAX_PERIODS = 1_000_000
BUNDLED = Path(__file__).parents[1] / "data" / "ecb_fx_sek.parquet"  # see README.md beside it


def read_file(
    path: str | Path, options: ImportOptions | None = None, tell: Tell = silent
) -> Imported:
    """Read and check a file, or all files of a folder, in any of the known formats.

    `tell` may raise CancelledError. QuestionError says what the file leaves open, DataError what
    is wrong, where, and what to do; ParamError refuses an option. To be called in a worker process:
    a Parquet or Arrow file damaged in a rare way makes Polars end the process instead of raising.
    """
    return read_found(path, Found(options or ImportOptions(), tell))


def read_table(path: str | Path, options: ImportOptions) -> Table:
    """The columns of one file as they stand in it; DataError."""
    return read_plain(path, Found(options))


def read_found(path: str | Path, found: Found) -> Imported:
    """As `read_file`; whatever is found out on the way is kept in `found`."""
    options = found.options
    if not 0 < options.periods_per_year <= MAX_PERIODS:
        raise ParamError(
            f"The periods per year are {options.periods_per_year:g}; choose above 0 to"
            f" {MAX_PERIODS:,}, such as 252 for trading days or 12 for months."
        )
    table = read_source(path, found)
    found.tell("Reading the columns", 0.4)
    keys, frame = _rows(table, found)
    assert found.read is not None
    found.tell("Checking the values", 0.6)
    rows = without_duplicates(frame, table.file, found)
    imported = _imported(table, keys, rows, len(frame) - len(rows), found)
    if options.costs is not None:
        found.tell("Reading the costs", 0.65)
        imported = with_costs(imported, _cost_table(options), options)
    return _derived(imported, options)


def _cost_table(options: ImportOptions) -> Table:
    assert options.costs is not None
    return read_table(options.costs, ImportOptions(max_bytes=options.max_bytes))


def _derived(imported: Imported, options: ImportOptions) -> Imported:
    if not options.derive:
        return imported
    from engine.importing.derive import with_derived  # noqa: PLC0415

    return with_derived(imported, options)


def _rows(table: Table, found: Found) -> tuple[tuple[str, str], pl.DataFrame]:
    """The names of date and symbol in the file, and all its rows."""
    keys = find_keys(table, found.options)
    found.keys = found.keys or keys
    if table.frame.is_empty():
        raise DataError(f"{table.file} has a header and no rows; export it again.")
    columns = sort_columns(table, keys, found.options)
    found.read = columns
    dates = date_column(table, keys[0], found.options.date_order)
    columns.notes.extend(dates.notes)
    found.learn(date=found.keys[0], date_order=dates.order, decimal=columns.decimal)
    frame = arranged(columns, dates.days, symbol_column(table, keys[1]))
    if found.layout == "wide":
        frame = frame.filter(~pl.all_horizontal(pl.exclude("date", "symbol").is_null()))
    elif not table.stacked:
        found.learn(symbol=keys[1])
    return found.keys, frame


def _imported(
    table: Table, keys: tuple[str, str], frame: pl.DataFrame, dropped: int, found: Found
) -> Imported:
    columns, file = found.read, table.file
    assert columns is not None
    features, categories = tuple(sorted(columns.features)), tuple(sorted(columns.categories))
    price = _price(file, features, columns.refused, found.options)
    universe = _universe(frame, columns, found.options)
    grid = Grid.of(frame)
    check_size(file, grid, len(features) + len(categories))
    warnings = check(grid, grid.matrix(frame[price]), price)
    report = ImportReport(
        file=file,
        rows=len(frame),
        symbols=len(grid.symbols),
        dates=len(grid.dates),
        first_date=grid.dates[0].item(),
        last_date=grid.dates[-1].item(),
        duplicates_dropped=dropped,
        date_column=keys[0],
        symbol_column=keys[1],
        price=price,
        universe=universe,
        features=features,
        categories=categories,
        refused=tuple(columns.refused),
        warnings=tuple(visible(cut(each)) for each in (*found.notes, *columns.notes, *warnings)),
        notes=derivable(Names(features=frozenset(features), price=price)),
        files=tuple(found.files),
    )
    return Imported(
        frame=frame,
        features=features,
        levels={name: tuple(frame[name].drop_nulls().unique().sort()) for name in categories},
        price=price,
        universe=universe,
        periods_per_year=found.options.periods_per_year,
        report=report,
    )


def _price(
    file: str, features: tuple[str, ...], refused: list[Refused], options: ImportOptions
) -> str:
    wanted = None if options.price is None else options.rename.get(options.price, options.price)
    try:
        return likely_price(features, wanted)
    except DataError as error:
        reasons = "; ".join(f"{each.column!r}: {each.reason}" for each in refused[:5])
        hint = f" Columns that were refused: {reasons}." if reasons else ""
        message = f"{file} cannot be used. {error.message}{hint}"
        if wanted is None and features:
            back = {new: old for old, new in options.rename.items()}
            choices = [back.get(name, name) for name in features]
            raise QuestionError(message, "price", choices) from error
        raise DataError(message) from error


def likely_price(features: Sequence[str], wanted: str | None) -> str:
    """The wanted price, the usual one, or the only column whose name means close; DataError."""
    try:
        return choose_price(features, wanted)
    except DataError:
        meant = () if wanted else columns_for("close", features)
        if len(meant) != 1:
            raise
        return meant[0]


def _universe(frame: pl.DataFrame, columns: Columns, options: ImportOptions) -> str | None:
    wanted = options.universe and options.rename.get(options.universe, options.universe)
    column = choose_universe(sorted(columns.features), wanted)
    if column is None or frame[column].drop_nulls().is_in([0.0, 1.0]).all():
        return column
    message = f"The column {column!r} cannot be the universe: it has values other than 0 and 1."
    if wanted is not None:
        raise DataError(message)
    columns.notes.append(message)
    return None
