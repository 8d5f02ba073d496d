"""Signals and weights from a file, put on the grid of a panel."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import DataError
from engine.importing import Imported, ImportOptions, read_file
from engine.panel import Array, Days, Panel

_NO_COLUMN, _REFUSED, _REPEATED = "to use as the price", "Columns that were", "repeat a date"


class Grid(msgspec.Struct, frozen=True, eq=False):
    """Values [dates x symbols of a panel], the dates that have rows, and what was left out."""

    values: Array
    dated: npt.NDArray[np.bool_]
    notes: tuple[str, ...]


def read_grid(path: Path, panel: Panel, all_dates: Days, columns: tuple[str, ...]) -> Grid:
    """The values of the first of `columns` that the file has, beside its dates and symbols.

    Dates of `all_dates` that the panel does not show are in the lockbox and left out. DataError
    for a date or symbol that the data set does not have, and for two values in one place.
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
    column, imported = _first_of(path, columns)
    strategies = imported.levels.get("strategy", ())
    if len(strategies) > 1:
        raise DataError(
            f"{path.name} holds several strategies ({', '.join(strategies[:3])}). Write each into a"
            " file of its own."
        )
    return imported.frame.select("date", "symbol", value=column)


def _first_of(path: Path, columns: tuple[str, ...]) -> tuple[str, Imported]:
    for column in columns:
        try:
            return column, read_file(path, ImportOptions(price=column))
        except DataError as error:
            if _REPEATED in error.message:
                raise DataError(
                    f"{error.message} A file with several strategies is to be split into one file"
                    " for each."
                ) from error
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
