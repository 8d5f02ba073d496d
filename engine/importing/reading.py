"""A file of the user as checked rows."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engine.dsl.parse import Names, derivable
from engine.errors import DataError, ParamError
from engine.importing.checks import check
from engine.importing.columns import Columns, sort_columns
from engine.importing.costs import with_costs
from engine.importing.dates import date_column
from engine.importing.grid import Grid
from engine.importing.keys import find_keys, symbol_column
from engine.importing.model import Imported, ImportOptions, ImportReport, Refused
from engine.importing.opening import read_bytes
from engine.importing.table import PARQUET_MAGIC, Table, read_parquet
from engine.importing.text import read_text
from engine.panel import choose_price, choose_universe

PARQUET_SUFFIXES = (".parquet", ".pq")
TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
MAX_PERIODS = 1_000_000
MAX_CELLS = 100_000_000  # of one matrix: 10,000 dates of 10,000 symbols
MAX_MATRICES = 1 << 35  # bytes of all matrices
BUNDLED = Path(__file__).parents[1] / "data" / "ecb_fx_sek.parquet"  # see README.md beside it
_KEYS = ("date", "symbol")


def read_file(path: str | Path, options: ImportOptions | None = None) -> Imported:
    """Read and check a Parquet file or a long CSV or TSV file, also compressed with gzip.

    DataError says what is wrong, where, and what to do; ParamError refuses an option. To be called
    in a worker process: a Parquet file damaged in a rare way makes Polars end the process instead
    of raising.
    """
    options = options or ImportOptions()
    if not 0 < options.periods_per_year <= MAX_PERIODS:
        raise ParamError(
            f"The periods per year are {options.periods_per_year:g}; choose above 0 to"
            f" {MAX_PERIODS:,}, such as 252 for trading days or 12 for months."
        )
    table = read_table(path, options)
    keys = find_keys(table, options)
    if table.frame.is_empty():
        raise DataError(f"{table.file} has a header and no rows; export it again.")
    columns = sort_columns(table, keys, options)
    dates, notes = date_column(table, keys[0], options.date_order)
    columns.notes.extend(notes)
    frame = _frame(columns, dates, symbol_column(table, keys[1]))
    rows = _without_duplicates(frame, table.file)
    imported = _imported(table.file, keys, columns, rows, len(frame) - len(rows), options)
    if options.costs is None:
        return imported
    return with_costs(imported, read_table(options.costs, options), options)


def read_table(path: str | Path, options: ImportOptions) -> Table:
    """The columns of a Parquet or text file as they stand in it; DataError."""
    name = Path(path).name
    if not name.lower().endswith((*PARQUET_SUFFIXES, *TEXT_SUFFIXES)):
        raise DataError(
            f"{name} is of an unknown kind; Kvant reads {', '.join(PARQUET_SUFFIXES)},"
            f" {', '.join(TEXT_SUFFIXES)}."
        )
    data = read_bytes(path, options.max_bytes)
    if data.startswith(PARQUET_MAGIC) or name.lower().endswith(PARQUET_SUFFIXES):
        return read_parquet(data, name, options.max_bytes)
    if data.startswith(b"PK\x03\x04"):
        raise DataError(f"{name} is a workbook or an archive, not text; save it as CSV.")
    return read_text(data, name)


def _frame(columns: Columns, dates: pl.Series, symbols: pl.Series) -> pl.DataFrame:
    names = sorted(columns.features) + sorted(columns.categories)
    values = columns.features | columns.categories
    frame = pl.DataFrame([dates, symbols, *(values[name] for name in names)])
    return frame.sort("symbol", "date")


def _without_duplicates(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    if not _repeated(frame).any():
        return frame
    rows = frame.unique(maintain_order=True)
    again = _repeated(rows)
    if again.any():
        examples = rows.filter(again).select(_KEYS).unique(maintain_order=True).head(3).rows()
        listed = ", ".join(f"{symbol} on {day}" for day, symbol in examples)
        raise DataError(
            f"{file} has {again.sum()} rows that repeat a date and symbol with other values:"
            f" {listed}. Keep one row per date and symbol."
        )
    return rows


def _repeated(frame: pl.DataFrame) -> pl.Series:
    same = [pl.col(key) == pl.col(key).shift() for key in _KEYS]
    return frame.select((same[0] & same[1]).fill_null(value=False)).to_series()


def _imported(
    file: str,
    keys: tuple[str, str],
    columns: Columns,
    frame: pl.DataFrame,
    dropped: int,
    options: ImportOptions,
) -> Imported:
    grid = Grid.of(frame)
    features, categories = tuple(sorted(columns.features)), tuple(sorted(columns.categories))
    _check_size(file, grid, len(features) + len(categories))
    price = _price(file, features, columns.refused, options.price)
    universe = _universe(frame, columns, options.universe)
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
        warnings=(*columns.notes, *warnings),
        notes=derivable(Names(features=frozenset(features), price=price)),
    )
    return Imported(
        frame=frame,
        features=features,
        levels={name: tuple(frame[name].drop_nulls().unique().sort()) for name in categories},
        price=price,
        universe=universe,
        periods_per_year=options.periods_per_year,
        report=report,
    )


def _check_size(file: str, grid: Grid, columns: int) -> None:
    dates, symbols = grid.shape
    if dates * symbols > MAX_CELLS or dates * symbols * columns * 8 > MAX_MATRICES:
        raise DataError(
            f"{file} has {dates:,} dates, {symbols:,} symbols and {columns} columns, more than can"
            " be held. Split it, or check that date and symbol are the right columns."
        )


def _price(file: str, features: tuple[str, ...], refused: list[Refused], wanted: str | None) -> str:
    try:
        return choose_price(features, wanted)
    except DataError as error:
        reasons = "; ".join(f"{each.column!r}: {each.reason}" for each in refused[:5])
        hint = f" Columns that were refused: {reasons}." if reasons else ""
        raise DataError(f"{file} cannot be used. {error.message}{hint}") from error


def _universe(frame: pl.DataFrame, columns: Columns, wanted: str | None) -> str | None:
    column = choose_universe(sorted(columns.features), wanted)
    if column is None or frame[column].drop_nulls().is_in([0.0, 1.0]).all():
        return column
    message = f"The column {column!r} cannot be the universe: it has values other than 0 and 1."
    if wanted is not None:
        raise DataError(message)
    columns.notes.append(message)
    return None
