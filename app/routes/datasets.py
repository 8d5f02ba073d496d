"""Data sets: which there are, and files becoming one."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException

from app.guard import MAX_UPLOAD
from app.lab import Lab
from app.routes.given import TheLab, Word
from app.schemas import Dataset, DatasetPage, ImportRequest, SymbolPage
from engine.importing import ImportReport
from engine.store import DatasetRow
from engine.workspace import LOCKBOX

_CHUNK = 1 << 20
_LONGEST = 200
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


@get("/api/datasets", sync_to_thread=True, operation_id="datasets")
def datasets(lab: TheLab) -> DatasetPage:
    """All data sets, the most recently imported first."""
    rows = lab.store.datasets()
    counts = lab.store.counts_by_dataset()
    chosen = lab.workspace.dataset().name if rows else None
    items = (_dataset(lab, row, counts.get(row.name, 0), row.name == chosen) for row in rows)
    return DatasetPage(items=tuple(items), total=len(rows))


@get("/api/datasets/{name:str}/symbols", sync_to_thread=True, operation_id="symbols")
def symbols(lab: TheLab, name: Word) -> SymbolPage:
    """The symbols of a data set."""
    items = tuple(sorted(lab.workspace.names(name).symbols))
    return SymbolPage(items=items, total=len(items))


@post("/api/datasets/import", request_max_body_size=MAX_UPLOAD, operation_id="import_dataset")
async def import_dataset(lab: TheLab, request: Request[Any, Any, Any]) -> Dataset:
    """Make a data set of a file: one picked in a dialog, or one sent as multipart form data.

    JSON: handle, name, lockbox. Form: file, name, lockbox.
    """
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        row = await _uploaded(lab, request)
    else:
        asked = msgspec.json.decode(await request.body(), type=ImportRequest)
        path = lab.file(asked.handle)
        row = await asyncio.to_thread(lab.import_file, path, asked.name, asked.lockbox)
    return await asyncio.to_thread(_dataset, lab, row, 0, chosen=False)


async def _uploaded(lab: Lab, request: Request[Any, Any, Any]) -> DatasetRow:
    try:
        form = await request.form()
    except LookupError as error:  # an encoding that does not exist
        raise ValidationException("A field of the form is in an unknown encoding.") from error
    file, name, lockbox = form.get("file"), form.get("name"), form.get("lockbox")
    if not isinstance(file, UploadFile):
        raise ValidationException("The form has no file; send one as the field 'file'.")
    folder = lab.workspace.root / "uploads" / secrets.token_hex(8)
    path = folder / file_name(file.filename)
    try:
        await asyncio.to_thread(folder.mkdir, parents=True)
        await _write(file, path)
        return await asyncio.to_thread(
            lab.import_file, path, str(name) if name else None, str(lockbox or LOCKBOX)
        )
    finally:
        await file.close()
        path.unlink(missing_ok=True)
        folder.rmdir()


def file_name(given: str) -> str:
    """The name of a file on somebody else's disk as one that can stand on ours: never a path."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = _UNFIT.sub("_", last).strip(" .")
    # its end tells what it is; a name has at most 255 bytes on every disk
    return plain.encode("utf-8", "replace")[-_LONGEST:].decode("utf-8", "ignore") or "data"


async def _write(file: UploadFile, path: Path) -> None:
    with path.open("wb") as out:
        while chunk := await file.read(_CHUNK):
            await asyncio.to_thread(out.write, chunk)


def _dataset(lab: Lab, row: DatasetRow, strategies: int, chosen: bool) -> Dataset:  # noqa: FBT001
    rows, last, start = lab.workspace.open_dates(row)
    names = lab.workspace.names(row.name)
    report = msgspec.json.decode(row.report_json, type=ImportReport)
    return Dataset(
        name=row.name,
        fingerprint=row.fingerprint,
        source=row.source,
        lockbox=row.lockbox,
        lockbox_start=start,
        imported_at=row.imported_at,
        dates=row.dates,
        symbols=row.symbols,
        first_date=row.first_date,
        last_date=row.last_date,
        open_dates=rows,
        open_last_date=last,
        features=tuple(sorted(names.features)),
        categories=tuple(sorted(names.categories)),
        strategies=strategies,
        chosen=chosen,
        notes=(*report.warnings, *report.notes),
    )


ROUTES = [datasets, symbols, import_dataset]
