"""Signals and weights from a file, put on the grid of a panel."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError, QuestionError
from engine.importing import Imported, ImportOptions, Table, read_file, read_table
from engine.panel import Array, Days, Panel

STRATEGY_COLUMNS = frozenset({"strategy", "strategies", "strategy_id", "series", "engine", "run"})
"""Columns that tell the strategies of a file apart."""

_NO_COLUMN, _REFUSED, _OR_SAY = "to use as the price", "Columns that were", ", or say which"


class Grid(msgspec.Struct, frozen=True, eq=False):
    """Values [dates x symbols of a panel], the dates that have rows, and what was left out."""

    values: Array
    dated: npt.NDArray[np.bool_]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What the ledger calls values that are no expression: a digest of them."""
        return hashlib.sha256(self.values.tobytes()).hexdigest()[:12]


def read_grid(path: Path, panel: Panel, all_dates: Days, columns: tuple[str, ...]) -> Grid:
    """The values of the first of `columns` that the file has, beside its dates and symbols.

    Dates of `all_dates` that the panel does not show are in the lockbox and left out. DataError
    for a date or symbol that the data set does not have, for two rows in one place, and for a
    file of several strategies.
    """
    frame = _read(path, columns)
    _check_known(path, "symbols", frame["symbol"], pl.Series(panel.symbols), panel.name)
    _check_known(path, "dates", frame["date"], pl.Series(all_dates).cast(pl.Date), panel.name)
    shown = frame.filter(pl.col("date") <= panel.dates[-1].item())
    if shown.is_empty():
        raise DataError(f"All dates of {path.name} are in the lockbox, after {panel.dates[-1]}.")
    rows = np.searchsorted(panel.dates, shown["date"].to_numpy().astype("datetime64[D]"))
    places = np.searchsorted(np.array(panel.symbols), shown["symbol"].to_numpy())
    values, dated = np.full(panel.shape, np.nan), np.zeros(len(panel.dates), dtype=np.bool_)
    values[rows, places] = shown["value"].to_numpy()
    dated[rows] = True
    hidden = frame["date"].n_unique() - shown["date"].n_unique()
    note = f"{hidden} dates of {path.name} are in the lockbox and were left out."
    return Grid(values, dated, (note,) if hidden else ())


def _read(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    if not path.is_file():
        raise DataError(f"There is no file {path}. Check the name and the folder.")
    table = read_table(path, ImportOptions())
    _check_one_strategy(table)
    column, imported = _first_of(path, columns)
    if imported.report.duplicates_dropped:
        raise DataError(_twice(table, imported))
    return imported.frame.select("date", "symbol", value=column)


def _check_one_strategy(table: Table) -> None:
    for cells in table.frame:
        if cells.name.strip().lower() in STRATEGY_COLUMNS and cells.n_unique() > 1:
            names = cells.cast(pl.String).fill_null("none").unique(maintain_order=True).to_list()
            some = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
            raise DataError(
                f"{table.file} holds several strategies ({some}) in its column {cells.name!r}."
                " Write each into a file of its own."
            )


def _twice(table: Table, imported: Imported) -> str:
    """What to say of rows that are equal: nobody knows whether they are to be added up."""
    keys = [imported.report.date_column, imported.report.symbol_column]
    places = table.frame.select(pl.col(keys).cast(pl.String))
    again = places.filter(places.is_duplicated()).unique(maintain_order=True)
    some = ", ".join(f"{symbol} on {day}" for day, symbol in again.head(3).rows())
    return (
        f"{table.file} has {imported.report.duplicates_dropped} rows that stand in it already:"
        f" {some}. Keep one row per date and symbol."
    )


def _first_of(path: Path, columns: tuple[str, ...]) -> tuple[str, Imported]:
    for column in columns:
        try:
            return column, read_file(path, ImportOptions(price=column))
        except QuestionError as error:  # no option of ours answers it
            raise DataError(f"{error.message.partition(_OR_SAY)[0].rstrip('.')}.") from error
        except DataError as error:
            if _NO_COLUMN not in error.message:
                raise
            _, mark, refused = error.message.partition(_REFUSED)
    names = " or ".join(columns)
    raise DataError(
        f"{path.name} needs a numeric column named {names}, beside its dates and symbols."
        + (f" {mark}{refused}" if mark else "")
    )


def _check_known(path: Path, what: str, found: pl.Series, known: pl.Series, dataset: str) -> None:
    strange = found.unique().filter(~found.unique().is_in(known.implode())).sort()
    if len(strange):
        some = ", ".join(map(str, strange.head(5))) + (", ..." if len(strange) > 5 else "")
        raise DataError(
            f"{path.name} has {len(strange)} {what} that the data set {dataset!r} does not have:"
            f" {some}. Remove them, or choose the data set they belong to with --dataset."
        )
