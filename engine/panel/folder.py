"""The folder of a data set: sealed files, opened as a memory-mapped panel."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.panel.grid import frozen
from engine.panel.model import Panel

MANIFEST = "manifest.json"
TABLE = "panel.parquet"  # date, symbol, features, categories; sorted by symbol and date
DATES = "dates.npy"
MATRICES = "matrices.npy"  # float64 [features x dates x symbols]
CODES = "codes.npy"  # int32 [categories x dates x symbols]
REPORT = "report.json"


class FileSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of a data set must be: its length in bytes and its SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The contents of a data set folder; the order of `features` is that of `matrices.npy`.

    derived: how each computed column was computed, by name; older folders have none.
    """

    format: int = 1
    fingerprint: str
    rows: int
    dates: int
    first_date: date
    last_date: date
    symbols: tuple[str, ...]
    features: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    price: str
    universe: str | None
    periods_per_year: float
    files: dict[str, FileSeal]
    derived: dict[str, str] = {}


def open_panel(folder: Path, *, name: str, verify: bool = True) -> Panel:
    """The data set written in `folder`, its matrices memory-mapped.

    DataError when a file is gone or its length is wrong, and with `verify` when its bytes are not
    those that were written.
    """
    manifest = read_manifest(folder)
    for file, seal in manifest.files.items():
        check_file(folder, file, seal, content=verify)
    matrices = _mapped(folder / MATRICES)
    codes = _mapped(folder / CODES) if manifest.categories else None
    places = {feature: matrices[index] for index, feature in enumerate(manifest.features)}
    if codes is not None:
        places |= {category: codes[i] for i, category in enumerate(manifest.categories)}
    return Panel(
        name=name,
        dates=frozen(np.load(folder / DATES, allow_pickle=False)),
        symbols=manifest.symbols,
        features=manifest.features,
        categories=manifest.categories,
        price=manifest.price,
        universe_column=manifest.universe,
        periods_per_year=manifest.periods_per_year,
        lags={},
        load=places.__getitem__,
        seal=lambda: manifest.fingerprint,
        cache={},
        derived=manifest.derived,
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a data set folder; DataError when it is absent or not readable."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise damaged(folder, f"its {MANIFEST} cannot be read ({error})") from error


def damaged(folder: Path, what: str) -> DataError:
    """The refusal of a data set folder whose files are not as they were written."""
    return DataError(
        f"The data set in {folder.name} is damaged: {what}. Import the original file again."
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(folder: Path, file: str, seal: FileSeal, *, content: bool) -> None:
    """DataError unless the file has its length and, with `content`, its bytes."""
    try:
        size = (folder / file).stat().st_size
        changed = content and size == seal.size and sha256_of(folder / file) != seal.sha256
    except OSError as error:
        raise damaged(folder, f"{file} cannot be read ({error.strerror})") from error
    if size != seal.size:
        raise damaged(folder, f"{file} has {size} bytes and should have {seal.size}")
    if changed:
        raise damaged(folder, f"the bytes of {file} are not those that were written")


def _mapped(path: Path) -> npt.NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
