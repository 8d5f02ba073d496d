"""Files on their way into the workspace: picked or uploaded, previewed, imported."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from app import log
from app.imports import Importer
from app.messages import Step
from app.schemas import ImportProgress, ImportRequest
from engine.errors import EngineError, NotFoundError, ParamError
from engine.importing import ImportOptions, Preview
from engine.store import DatasetRow
from engine.workspace import Workspace

T = TypeVar("T")

_HANDLES, _REMEMBERED = 4096, 32
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Going:
    """An import that is under way, or has ended a moment ago."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.step = Step("Waiting", 0.0)
        self.done = False
        self._begun = time.monotonic()
        self._ended: float | None = None

    def told(self, step: Step) -> None:
        """How far it is."""
        self.step = step

    def end(self) -> None:
        """It is over, one way or the other."""
        self.done, self._ended = True, time.monotonic()

    @property
    def progress(self) -> ImportProgress:
        """What somebody who waits wants to know."""
        end = time.monotonic() if self._ended is None else self._ended
        return ImportProgress(
            stage=self.step.stage, share=self.step.share, elapsed_s=end - self._begun,
            done=self.done,
        )  # fmt: skip


class Intake:
    """The way of files into a workspace that this process owns."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._files: OrderedDict[str, Path] = OrderedDict()
        self._going: OrderedDict[str, Going] = OrderedDict()
        self._lock = threading.Lock()
        # An engine process dies with the thread that made it, so that each kind of work has one.
        self._imports = ThreadPoolExecutor(1, thread_name_prefix="imports")
        self._previews = ThreadPoolExecutor(1, thread_name_prefix="previews")
        self._previewer = Importer(workspace)

    @property
    def uploads(self) -> Path:
        """The folder of what browsers have sent."""
        return self._workspace.root / "uploads"

    def clear(self) -> None:
        """Remove what browsers sent to an earlier start."""
        shutil.rmtree(self.uploads, ignore_errors=True)

    def close(self) -> None:
        """End what runs; may be called twice."""
        for going in self._going.values():
            going.stop.set()
        for pool in (self._imports, self._previews):
            pool.shutdown(wait=False, cancel_futures=True)
        self._previewer.close()
        self.clear()

    # names for files: no path ever comes in over HTTP

    def keep_handle(self, path: Path) -> str:
        """A name for a file the user has picked; the same one as long as it is known."""
        with self._lock:
            known = next((name for name, file in self._files.items() if file == path), None)
            handle = known or secrets.token_urlsafe(12)
            self._files[handle] = path
            self._files.move_to_end(handle)
            while len(self._files) > _HANDLES:
                _, oldest = self._files.popitem(last=False)
                self._forget_upload(oldest)
        return handle

    def file(self, handle: str) -> Path:
        """The file behind a handle; NotFoundError."""
        path = self._files.get(handle)
        if path is None:
            raise NotFoundError("That file was picked too long ago. Pick it again.")
        return path

    def forget(self, handle: str) -> None:
        """Remove what was uploaded; what was picked stays where it is."""
        path = self._files.get(handle)
        if path is not None and self.uploads in path.parents:
            del self._files[handle]
            self._forget_upload(path)

    def _forget_upload(self, path: Path) -> None:
        if self.uploads in path.parents:
            shutil.rmtree(path.parent, ignore_errors=True)

    # work

    def preview(self, path: Path, options: ImportOptions, stop: threading.Event) -> Preview:
        """What an import would do, found out in a process of its own; DataError, CancelledError."""
        return self._previews.submit(self._previewer.preview, path, options, stop).result()

    def import_file(self, asked: ImportRequest) -> DatasetRow:
        """Read a file in a process of its own; DataError, ParamError, CancelledError.

        Whoever knows its `import_id` can ask how far it is, and cancel it.
        """
        path = self.file(asked.handle)
        with self._known(asked.import_id) as going:
            row = self._imports.submit(self._import, going, path, asked).result()
        self.forget(asked.handle)
        return row

    def open_file(
        self, path: Path, opened: Callable[[Path, DatasetRow | EngineError], None]
    ) -> None:
        """Import a file that was handed over, without waiting; tell what came of it."""

        def work() -> None:
            try:
                with Importer(self._workspace) as importer:
                    opened(path, importer.resolve(str(path)))
            except EngineError as error:
                opened(path, error)
            except BaseException as error:  # noqa: BLE001  # told in the log; the page goes on
                log.crash(error)

        self._imports.submit(work)

    def progress(self, import_id: str) -> ImportProgress:
        """How far an import is; NotFoundError."""
        return self._found(import_id).progress

    def cancel(self, import_id: str) -> None:
        """End an import; what has ended stays as it is. NotFoundError."""
        self._found(import_id).stop.set()

    def _import(self, going: Going, path: Path, asked: ImportRequest) -> DatasetRow:
        with Importer(self._workspace, going.told, going.stop) as importer:
            return importer.import_file(path, asked.name, asked.lockbox, asked.options)[0]

    @contextmanager
    def _known(self, import_id: str | None) -> Iterator[Going]:
        going = Going()
        if import_id is not None:
            self._remember(import_id, going)
        try:
            yield going
        finally:
            going.end()

    def _remember(self, import_id: str, going: Going) -> None:
        if not _ID.fullmatch(import_id):
            raise ParamError("import_id is not 8 to 64 letters and digits.")
        with self._lock:
            if import_id in self._going:
                raise ParamError("This import_id was used before; choose another one.")
            self._going[import_id] = going
            while len(self._going) > _REMEMBERED:
                self._going.popitem(last=False)

    def _found(self, import_id: str) -> Going:
        going = self._going.get(import_id)
        if going is None:
            raise NotFoundError("There is no such import, or it ended long ago.")
        return going
