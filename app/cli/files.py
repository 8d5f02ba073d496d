"""Files that commands write."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import polars as pl
from polars import selectors

from engine.errors import DataError, StoreError


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it is there whole or not at all, in the place of an older one."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder} to write {path.name} into. Make it first.")
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the name of a file.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        reason = re.sub(r" \(os error \d+\)$", "", error.strerror or str(error))  # as Polars says
        raise StoreError(
            f"The file {path} cannot be written ({reason}). Check the folder and the space on the"
            " disk."
        ) from error


def write_frame(frame: pl.DataFrame, path: Path, kind: str | None = None) -> None:
    """Write a table as "parquet" or "csv", the ending of its name unless said."""
    kind = kind or path.suffix.lower().removeprefix(".")
    if kind == "parquet":
        write_whole(path, lambda file: frame.write_parquet(file, compression="zstd"))
    elif kind == "csv":
        write_whole(path, lambda file: harmless(frame).write_csv(file))
    else:
        raise DataError(f"{path.name} ends in neither .parquet nor .csv. Choose one of them.")


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with a ' before every text that a spreadsheet would take for a formula."""
    texts = selectors.string() | selectors.categorical() | selectors.enum()
    cells = texts.cast(pl.String)
    risky = cells.str.contains(r"^[=+\-@\t\r]")
    return frame.with_columns(pl.when(risky).then("'" + cells).otherwise(cells).name.keep())
