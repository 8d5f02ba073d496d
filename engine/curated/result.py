"""The joined rows as a checked data set, like that of any file."""

from __future__ import annotations

import msgspec
import polars as pl

from engine.dsl.parse import Names, derivable
from engine.errors import DataError, ParamError
from engine.importing.checks import check
from engine.importing.columns import MAX_NAME
from engine.importing.costs import with_costs
from engine.importing.derive import with_derived
from engine.importing.grid import Grid
from engine.importing.model import FileNote, Imported, ImportOptions, ImportReport, Refused
from engine.importing.reading import MAX_PERIODS, read_table
from engine.importing.rows import check_size
from engine.panel import choose_price, choose_universe

_KEYS = ("date", "symbol")


class Result(msgspec.Struct, eq=False):
    """The joined rows, and everything that is to be said of them."""

    frame: pl.DataFrame
    categories: list[str]
    warnings: list[str]
    notes: list[str] = []
    refused: list[Refused] = []
    files: tuple[FileNote, ...] = ()
    dropped: int = 0


def finished(file: str, result: Result, options: ImportOptions) -> Imported:
    """The rows after the checks of every import; DataError, ParamError."""
    if not 0 < options.periods_per_year <= MAX_PERIODS:
        raise ParamError(
            f"The periods per year are {options.periods_per_year:g}; choose above 0 to"
            f" {MAX_PERIODS:,}, such as 252 for trading days or 12 for months."
        )
    frame = _named(_with_values(result, options), options)
    categories = tuple(sorted(options.rename.get(n, n) for n in result.categories))
    categories = tuple(name for name in categories if name in frame.columns)
    features = tuple(sorted(set(frame.columns) - {*_KEYS, *categories}))
    frame = frame.select(*_KEYS, *features, *categories)
    grid = Grid.of(frame)
    check_size(file, grid, len(features) + len(categories))
    price = _price(file, features, result, options)
    universe = _universe(frame, features, result, options)
    imported = Imported(
        frame=frame,
        features=features,
        levels={name: tuple(frame[name].drop_nulls().unique().sort()) for name in categories},
        price=price,
        universe=universe,
        periods_per_year=options.periods_per_year,
        report=_report(file, result, grid, frame, (features, categories, price, universe)),
    )
    if options.costs is not None:
        costs = read_table(options.costs, ImportOptions(max_bytes=options.max_bytes))
        imported = with_costs(imported, costs, options)
    return with_derived(imported, options) if options.derive else imported


def _with_values(result: Result, options: ImportOptions) -> pl.DataFrame:
    """The rows without columns that are to be ignored, have no values or no usable name."""
    gone: list[str] = []
    for name in result.frame.columns[len(_KEYS) :]:
        if name in options.ignore:
            reason = "ignored by setting"
        elif result.frame[name].null_count() == len(result.frame):
            reason = "it has no values"
        elif len(name) > MAX_NAME:
            reason = f"its name is longer than {MAX_NAME} characters"
        else:
            continue
        result.refused.append(Refused(name, reason))
        gone.append(name)
    return result.frame.drop(gone)


def _named(frame: pl.DataFrame, options: ImportOptions) -> pl.DataFrame:
    names = [*_KEYS, *(options.rename.get(name, name) for name in frame.columns[len(_KEYS) :])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"Two columns would both be called {twice[0]!r}; rename one of them.")
    renamed = frame.clone()
    renamed.columns = names
    return renamed


def _price(file: str, features: tuple[str, ...], result: Result, options: ImportOptions) -> str:
    try:
        return choose_price(features, options.price)
    except DataError as error:
        why = " ".join(result.warnings[:5])
        raise DataError(f"{file} cannot be used. {error.message} {why}".strip()) from error


def _universe(
    frame: pl.DataFrame, features: tuple[str, ...], result: Result, options: ImportOptions
) -> str | None:
    column = choose_universe(features, options.universe)
    if column is None or frame[column].drop_nulls().is_in([0.0, 1.0]).all():
        return column
    message = f"The column {column!r} cannot be the universe: it has values other than 0 and 1."
    if options.universe is not None:
        raise DataError(message)
    result.warnings.append(message)
    return None


def _report(
    file: str,
    result: Result,
    grid: Grid,
    frame: pl.DataFrame,
    found: tuple[tuple[str, ...], tuple[str, ...], str, str | None],
) -> ImportReport:
    features, categories, price, universe = found
    return ImportReport(
        file=file,
        rows=len(frame),
        symbols=len(grid.symbols),
        dates=len(grid.dates),
        first_date=grid.dates[0].item(),
        last_date=grid.dates[-1].item(),
        duplicates_dropped=result.dropped,
        date_column="date",
        symbol_column="ticker",
        price=price,
        universe=universe,
        features=features,
        categories=categories,
        refused=tuple(result.refused),
        warnings=(*result.warnings, *check(grid, grid.matrix(frame[price]), price)),
        notes=(*derivable(Names(features=frozenset(features), price=price)), *result.notes),
        files=result.files,
    )
