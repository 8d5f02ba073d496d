"""Files becoming data sets: uploaded or found, looked at, imported."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException
from litestar.params import JSONBody

from app.guard import MAX_UPLOAD
from app.lab import Lab
from app.routes.datasets import described
from app.routes.given import TheLab, Word, unless_gone
from app.schemas import (
    CuratedRoot,
    Dataset,
    ImportProgress,
    ImportRequest,
    Picked,
    PreviewRequest,
    RawFile,
    RawRoot,
    Roots,
)
from engine import curated
from engine.importing import Preview
from engine.store import DatasetRow
from engine.workspace import LOCKBOX, roots

_CHUNK = 1 << 20
_LONGEST = 200
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


@post("/api/datasets/upload", status_code=200, request_max_body_size=MAX_UPLOAD,
      operation_id="upload")  # fmt: skip
async def upload(lab: TheLab, request: Request[Any, Any, Any]) -> Picked:
    """Take a file, sent as the form field "file", until it is imported or Kvant ends."""
    path = await _received(lab, await _form(request))
    return Picked(handle=lab.intake.keep_handle(path), name=path.name)


@post("/api/datasets/preview", status_code=200, operation_id="preview_dataset")
async def preview(
    lab: TheLab, data: JSONBody[PreviewRequest], request: Request[Any, Any, Any]
) -> Preview:
    """What an import would do: columns, first rows, and what has to be answered before.

    The work is dropped when the client goes away.
    """
    path, stop = lab.intake.file(data.handle), threading.Event()
    return await unless_gone(request, stop, lab.intake.preview, path, data.options, stop)


@post("/api/datasets/import", request_max_body_size=MAX_UPLOAD, operation_id="import_dataset")
async def import_dataset(lab: TheLab, request: Request[Any, Any, Any]) -> Dataset:
    """Make a data set of a file: one with a handle, or one sent as multipart form data.

    JSON: an ImportRequest. Form: file, name, lockbox. Other content under a name that is taken
    becomes its next version.
    """
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        row = await _import_form(lab, await _form(request))
    else:
        asked = msgspec.json.decode(await request.body(), type=ImportRequest)
        row = await asyncio.to_thread(lab.intake.import_file, asked)
    runs = lab.store.counts_by_dataset().get(row.name, 0)
    return await asyncio.to_thread(described, lab, row, runs)


async def _import_form(lab: Lab, form: Any) -> DatasetRow:
    handle = lab.intake.keep_handle(await _received(lab, form))
    name, lockbox = form.get("name"), form.get("lockbox")
    asked = ImportRequest(
        handle=handle, name=str(name) if name else None, lockbox=str(lockbox or LOCKBOX)
    )
    try:
        return await asyncio.to_thread(lab.intake.import_file, asked)
    finally:
        lab.intake.forget(handle)


@get("/api/imports/{import_id:str}", sync_to_thread=False, operation_id="import_progress")
def progress(lab: TheLab, import_id: Word) -> ImportProgress:
    """How far an import is."""
    return lab.intake.progress(import_id)


@post("/api/imports/{import_id:str}/cancel", status_code=204, sync_to_thread=False,
      operation_id="cancel_import")  # fmt: skip
def cancel(lab: TheLab, import_id: Word) -> None:
    """End an import; nothing of it is kept."""
    lab.intake.cancel(import_id)


@get("/api/roots", sync_to_thread=True, operation_id="roots")
def found_roots(lab: TheLab) -> Roots:
    """The folders of QUANT_DATA_ROOT and QUANT_RAW_ROOT, and what could be imported from them."""
    places = roots()
    return Roots(
        curated=None if places.curated is None else _curated(lab, places.curated),
        raw=None if places.raw is None else _raw(lab, places.raw),
    )


def _curated(lab: Lab, root: Path) -> CuratedRoot:
    survey = curated.survey(root)
    usable = survey.problem is None
    return CuratedRoot(
        path=str(root),
        handle=lab.intake.keep_handle(root) if usable else None,
        areas=survey.areas,
        problem=survey.problem,
    )


def _raw(lab: Lab, root: Path) -> RawRoot:
    if not root.is_dir():
        return RawRoot(path=str(root), problem=f"There is no folder {root}.")
    known = {row.source: row.name for row in lab.store.datasets()}
    return RawRoot(
        path=str(root),
        files=tuple(
            RawFile(
                name=file.name,
                bytes=file.bytes,
                modified_at=file.modified_at,
                handle=None if file.problem else lab.intake.keep_handle(root / file.name),
                problem=file.problem,
                imported_as=known.get(file.name),
            )
            for file in curated.raw_files(root)
        ),
    )


async def _form(request: Request[Any, Any, Any]) -> Any:
    try:
        return await request.form()
    except LookupError as error:  # an encoding that does not exist
        raise ValidationException("A field of the form is in an unknown encoding.") from error


async def _received(lab: Lab, form: Any) -> Path:
    """The file of a form, in a folder of its own."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise ValidationException("The form has no file; send one as the field 'file'.")
    folder = lab.intake.uploads / secrets.token_hex(8)
    path = folder / file_name(file.filename)
    try:
        await asyncio.to_thread(folder.mkdir, parents=True)
        await _write(file, path)
    finally:
        await file.close()
    return path


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


ROUTES = [upload, preview, import_dataset, progress, cancel, found_roots]
