"""A file of the user becomes a data set folder; the store is not needed for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from engine.errors import DataError, StoreError
from engine.importing import (
    DatasetInfo,
    ImportOptions,
    ImportReport,
    read_file,
    verify_dataset,
    write_dataset,
)
from engine.panel import Days
from engine.panel.folder import DATES, check_file, damaged, read_manifest
from engine.workspace.naming import open_rows


class Kept(msgspec.Struct, frozen=True, tag="kept"):
    """A data set that lies in its folder, and what was found in its file."""

    info: DatasetInfo
    report: ImportReport


Keep = Callable[[Path, Path, str, ImportOptions], Kept]
"""Something that does what `keep_file` does."""


def keep_file(datasets: Path, path: Path, lockbox: str, options: ImportOptions) -> Kept:
    """Read and check a file and write it as a data set into the folder `datasets`.

    Content that is there already is not written again. DataError; ParamError when the lockbox
    leaves no date; StoreError when the folder cannot be written.
    """
    imported = read_file(path, options)
    open_rows(imported.grid.dates, lockbox)
    place = datasets / imported.fingerprint[:16]
    _move_damaged(place)
    try:
        return Kept(write_dataset(place, imported), imported.report)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise StoreError(
            f"The data set cannot be written into {datasets} ({reason or error}). Check the folder"
            " and the space on the disk; nothing of it was kept."
        ) from error


def read_dates(folder: Path) -> Days:
    """The dates of a data set; DataError when their file is not as it was written."""
    seal = read_manifest(folder).files.get(DATES)
    if seal is None:
        raise damaged(folder, f"its manifest does not name {DATES}")
    check_file(folder, DATES, seal, content=True)
    return np.asarray(np.load(folder / DATES, allow_pickle=False), dtype="datetime64[D]")


def _move_damaged(place: Path) -> None:
    """Move a damaged data set aside that lies where a sound one is to be."""
    if place.exists():
        try:
            verify_dataset(place)
        except DataError:
            place.rename(place.with_name(f"{place.name}-damaged-{secrets.token_hex(4)}"))
