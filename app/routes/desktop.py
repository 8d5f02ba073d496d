"""The window and the desktop around it: dialogs, closing, coming to the front.

They are routes rather than functions given to the page, so that the page needs no right to call
anything else, and so that a browser can show the same page.
"""

from __future__ import annotations

from pathlib import Path

from litestar import post
from litestar.params import JSONBody

from app import exports, results
from app.lab import Lab
from app.routes.given import TheLab
from app.runner import ConflictError
from app.schemas import (
    ActivateRequest,
    CloseRequest,
    ExportRequest,
    OpenRequest,
    Picked,
    PickRequest,
    Saved,
)
from app.shell import Shell
from engine.errors import StoreError


class NoWindowError(ConflictError):
    """There is no window to do that with."""

    code = "no_window"


@post("/api/desktop/pick", status_code=200, sync_to_thread=True, operation_id="pick")
def pick(lab: TheLab, data: JSONBody[PickRequest]) -> Picked:
    """Let the user pick a file or a folder."""
    path = _shell(lab).pick(data.kind)
    return Picked() if path is None else Picked(handle=lab.intake.keep_handle(path), name=path.name)


@post("/api/desktop/export", status_code=200, sync_to_thread=True, operation_id="save_export")
def save_export(lab: TheLab, data: JSONBody[ExportRequest]) -> Saved:
    """Write the daily series of a run to a file that the user names."""
    it = results.found(lab, data.hash, data.run)
    path = _shell(lab).save(f"{it.expr_hash[:12]}.{data.format}", (data.format,))
    if path is None:
        return Saved()
    try:
        path.write_bytes(exports.exported(lab, it, data.format))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}). Choose another place."
        ) from error
    return Saved(path=str(path))


@post("/api/desktop/close", status_code=204, sync_to_thread=True, operation_id="close_window")
def close_window(lab: TheLab, data: JSONBody[CloseRequest]) -> None:
    """Answer the question whether to close while jobs run."""
    _shell(lab).close(data.action)


@post("/api/desktop/activate", status_code=204, sync_to_thread=True, operation_id="activate")
def activate(lab: TheLab, data: JSONBody[ActivateRequest]) -> None:
    """Come to the front, and open the files that a second start was given."""
    if lab.shell is not None:
        lab.shell.activate()
    for path in data.paths:
        lab.open_file(Path(path))


@post("/api/desktop/open", status_code=204, sync_to_thread=True, operation_id="open_folder")
def open_folder(lab: TheLab, data: JSONBody[OpenRequest]) -> None:
    """Show a folder of Kvant's own in the file manager."""
    folder = lab.workspace.root if data.what == "workspace" else lab.workspace.logs
    _shell(lab).open_external(str(folder))


@post("/api/desktop/ready", status_code=204, sync_to_thread=False, operation_id="ready")
def ready(lab: TheLab) -> None:
    """The page has painted."""
    if lab.shell is not None:
        lab.shell.ready()


def _shell(lab: Lab) -> Shell:
    if lab.shell is None:
        raise NoWindowError("Kvant runs without a window here, so there is no dialog to open.")
    return lab.shell


ROUTES = [pick, save_export, close_window, activate, open_folder, ready]
