"""Data sets on disk: a folder that appears whole and never changes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.importing.model import DatasetInfo, Imported, ImportReport
from engine.panel.folder import (
    CODES,
    DATES,
    MANIFEST,
    MATRICES,
    REPORT,
    TABLE,
    FileSeal,
    Manifest,
    check_file,
    damaged,
    read_manifest,
    sha256_of,
)

_TEMPORARY = ".importing-"
_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)


def write_dataset(folder: Path, imported: Imported) -> DatasetInfo:
    """Write the table, the matrices, the report and the manifest; then they are `folder`.

    Either the whole folder is there or none of it, also after a power cut. A folder that already
    holds the same content is left alone; DataError when it holds anything else.
    """
    if folder.exists():
        return _same_or_refuse(folder, imported)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        _write_files(temporary, imported)
        _sync_folder(temporary)
        _rename(temporary, folder, imported)
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return read_info(folder)


def read_info(folder: Path) -> DatasetInfo:
    """What the manifest of a data set folder says."""
    manifest = read_manifest(folder)
    return DatasetInfo(
        fingerprint=manifest.fingerprint,
        sha256=manifest.files[TABLE].sha256,
        rows=manifest.rows,
        dates=manifest.dates,
        symbols=len(manifest.symbols),
        first_date=manifest.first_date,
        last_date=manifest.last_date,
        features=manifest.features,
        categories=tuple(manifest.categories),
        price=manifest.price,
        universe=manifest.universe,
        periods_per_year=manifest.periods_per_year,
        bytes=sum(seal.size for seal in manifest.files.values()),
    )


def read_report(folder: Path) -> ImportReport:
    """The report of the import that made a data set folder."""
    try:
        return msgspec.json.decode((folder / REPORT).read_bytes(), type=ImportReport)
    except (OSError, msgspec.DecodeError) as error:
        raise damaged(folder, f"its {REPORT} cannot be read ({error})") from error


def verify_dataset(folder: Path) -> None:
    """Read every byte of a data set; DataError when one is not as it was written."""
    for file, seal in read_manifest(folder).files.items():
        check_file(folder, file, seal, content=True)


def remove_leftovers(parent: Path) -> int:
    """Remove what interrupted imports left beside the data sets; nobody may be importing."""
    leftovers = list(parent.glob(f"{_TEMPORARY}*"))
    for leftover in leftovers:
        shutil.rmtree(leftover)
    return len(leftovers)


def _same_or_refuse(folder: Path, imported: Imported) -> DatasetInfo:
    info = read_info(folder)
    if info.fingerprint != imported.fingerprint:
        raise DataError(f"{folder.name} already holds another data set, which is never replaced.")
    return info


def _rename(temporary: Path, folder: Path, imported: Imported) -> None:
    try:
        temporary.rename(folder)
    except OSError:
        # Somebody else was first; a full folder is never replaced by a rename.
        _same_or_refuse(folder, imported)


def _write_files(folder: Path, imported: Imported) -> None:
    grid = imported.grid
    with _creating(folder / TABLE) as file:
        imported.frame.write_parquet(file, compression="zstd", compression_level=1)
    with _creating(folder / DATES) as file:
        np.save(file, grid.dates, allow_pickle=False)
    features = (grid.matrix(imported.frame[name]) for name in imported.features)
    _write_stack(folder / MATRICES, features, (len(imported.features), *grid.shape), np.float64)
    if imported.levels:
        codes = (grid.codes(imported.frame[name], each) for name, each in imported.levels.items())
        _write_stack(folder / CODES, codes, (len(imported.levels), *grid.shape), np.int32)
    with _creating(folder / REPORT) as file:
        file.write(msgspec.json.encode(imported.report))
    with _creating(folder / MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(_manifest(folder, imported))))


def _manifest(folder: Path, imported: Imported) -> Manifest:
    report = imported.report
    return Manifest(
        fingerprint=imported.fingerprint,
        rows=report.rows,
        dates=report.dates,
        first_date=report.first_date,
        last_date=report.last_date,
        symbols=imported.grid.symbols,
        features=imported.features,
        categories=imported.levels,
        price=imported.price,
        universe=imported.universe,
        periods_per_year=imported.periods_per_year,
        derived=report.derived,
        files={
            path.name: FileSeal(path.stat().st_size, sha256_of(path))
            for path in sorted(folder.iterdir())
            if path.name != MANIFEST
        },
    )


def _write_stack(
    path: Path,
    layers: Iterable[npt.NDArray[np.generic]],
    shape: tuple[int, ...],
    kind: type[np.generic],
) -> None:
    """One .npy file [columns x dates x symbols], one layer in memory at a time."""
    header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": shape}
    with _creating(path) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for layer in layers:
            file.write(layer.data)


@contextmanager
def _creating(path: Path) -> Iterator[BinaryIO]:
    """A new file only its owner may read, on the disk when the block ends."""
    with os.fdopen(os.open(path, _NEW_FILE, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
