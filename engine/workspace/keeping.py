"""A file of the user becomes a data set folder; the store is not needed for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import polars as pl

from engine import curated
from engine.errors import DataError, StoreError
from engine.importing import (
    DatasetInfo,
    Imported,
    ImportOptions,
    ImportReport,
    Preview,
    preview_file,
    read_file,
    verify_dataset,
    write_dataset,
)
from engine.importing.model import ColumnPreview, Role
from engine.importing.progress import Tell, silent
from engine.panel import Days, open_panel
from engine.panel.folder import DATES, check_file, damaged, read_manifest
from engine.panel.roles import COST_COLUMNS
from engine.quality import Quality, inspect_open
from engine.workspace.naming import open_rows


class Kept(msgspec.Struct, frozen=True, tag="kept"):
    """A data set that lies in its folder, and what was found in its file."""

    info: DatasetInfo
    report: ImportReport
    quality: Quality


Keep = Callable[[Path, Path, str, ImportOptions], Kept]
"""Something that does what `keep_file` does."""


def keep_file(
    datasets: Path, path: Path, lockbox: str, options: ImportOptions, tell: Tell = silent
) -> Kept:
    """Read and check a file or folder and write it as a data set into the folder `datasets`.

    Content that is there already is not written again. DataError; ParamError when the lockbox
    leaves no date; StoreError when the folder cannot be written; CancelledError as `tell` raises.
    """
    imported = read_source(path, options, tell)
    rows = open_rows(imported.grid.dates, lockbox)
    tell("Writing", 0.7)
    place = datasets / imported.fingerprint[:16]
    _move_damaged(place)
    try:
        info = write_dataset(place, imported)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise StoreError(
            f"The data set cannot be written into {datasets} ({reason or error}). Check the folder"
            " and the space on the disk; nothing of it was kept."
        ) from error
    tell("Checking the quality", 0.9)
    panel = open_panel(place, name=path.name, verify=False)
    dropped = imported.report.duplicates_dropped
    quality = inspect_open(panel, open_rows=rows, duplicates_dropped=dropped)
    return Kept(info, imported.report, quality)


def read_source(path: Path, options: ImportOptions, tell: Tell = silent) -> Imported:
    """A file, a folder of files, or a curated folder, as checked rows; DataError."""
    if path.is_dir() and curated.is_curated(path):
        return curated.read_curated(path, options, tell)
    return read_file(path, options, tell)


def preview_source(path: Path, options: ImportOptions, tell: Tell = silent) -> Preview:
    """What `read_source` would come to, question or problem included; DataError."""
    if not (path.is_dir() and curated.is_curated(path)):
        return preview_file(path, options, tell)
    report = curated.read_curated(path, options, tell).report
    roles: dict[str, Role] = {report.price: "price", report.universe or "": "universe"}
    roles |= {name: name for name in COST_COLUMNS if name in report.features}  # type: ignore[misc]
    numbers = [_column(name, roles.get(name, "feature"), "number") for name in report.features]
    texts = [_column(name, "category", "text") for name in report.categories]
    return Preview(
        file=path.name,
        format="Curated folder",
        bytes=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        rows=report.rows,
        columns=(*numbers, *texts),
        report=report,
        options=options,
    )


def _column(name: str, role: Role, kind: Literal["number", "text"]) -> ColumnPreview:
    return ColumnPreview(name=name, becomes=name, role=role, kind=kind)


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
