"""Files of the user, read in an engine process: a damaged one may end it, but not us."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil

from app import log
from app.messages import ImportTask, Looked, PreviewTask, Report, Step
from app.supervisor import EngineDied, EngineProcess, Limits, answer
from engine.errors import CancelledError, DataError
from engine.importing import ImportOptions, ImportReport, Preview, remove_leftovers
from engine.store import DatasetRow
from engine.workspace import LOCKBOX, Kept, Workspace

T = TypeVar("T", bound=Report)

SILENCE_LIMIT_S, TIME_LIMIT_S = 120.0, 1800.0
MEMORY_SHARE, MEMORY_LIMIT = 0.5, 8 << 30
PATIENCE_S = 0.5


def limits() -> Limits:
    """What the process that reads a file may take: memory is that of the machine at most in half.

    A file that says 172 kB can hold gigabytes.
    """
    memory = min(MEMORY_LIMIT, MEMORY_SHARE * psutil.virtual_memory().total)
    return Limits(silence_s=SILENCE_LIMIT_S, order_s=TIME_LIMIT_S, memory=memory)


class Importer:
    """Imports into a workspace that this process owns; a context manager.

    The process is started for the first file and serves all of them. `told` hears how far it is;
    once `stop` is set the import ends with CancelledError and leaves nothing.
    """

    def __init__(
        self,
        workspace: Workspace,
        told: Callable[[Step], None] = lambda _: None,
        stop: threading.Event | None = None,
    ) -> None:
        self._workspace = workspace
        self._told, self._stop = told, stop
        self._process: EngineProcess | None = None
        self._writes = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def import_file(
        self,
        path: Path,
        name: str | None = None,
        lockbox: str = LOCKBOX,
        options: ImportOptions | None = None,
    ) -> tuple[DatasetRow, ImportReport]:
        """As `Workspace.import_file`; DataError also when the process dies of the file."""
        return self._workspace.import_file(path, name, lockbox, options, keep=self._keep)

    def resolve(self, text: str | None, options: ImportOptions | None = None) -> DatasetRow:
        """As `Workspace.resolve`."""
        return self._workspace.resolve(text, options, keep=self._keep)

    def preview(
        self,
        path: Path,
        options: ImportOptions | None = None,
        stop: threading.Event | None = None,
    ) -> Preview:
        """What an import would do; DataError, CancelledError once `stop` is set."""
        options = options or ImportOptions()
        task = PreviewTask(path=str(path.absolute()), options=options)
        return self._ask(task, Looked, path, options, stop).preview

    def _keep(self, datasets: Path, path: Path, lockbox: str, options: ImportOptions) -> Kept:
        self._writes = True
        task = ImportTask(
            datasets=str(datasets), path=str(path.absolute()), lockbox=lockbox, options=options
        )
        return self._ask(task, Kept, path, options, self._stop)

    def _ask(
        self,
        task: ImportTask | PreviewTask,
        kind: type[T],
        path: Path,
        options: ImportOptions,
        stop: threading.Event | None,
    ) -> T:
        self._process = self._process or EngineProcess(limits=limits())
        try:
            return answer(
                self._process, task, kind, partial(_unreadable, path), stop,
                told=self._told, patience_s=PATIENCE_S,
            )  # fmt: skip
        except CancelledError:
            self.close()
            raise CancelledError("The import was cancelled; nothing of it was kept.") from None
        except EngineDied as death:
            self.close()
            names = [path.name, *([Path(options.costs).name] if options.costs else [])]
            raise _refusal(" or ".join(names), death) from death

    def close(self) -> None:
        """End the process, and remove what it may have left half written; may be called twice."""
        if self._process is not None:
            self._process.close()
            self._process = None
            datasets = self._workspace.root / "datasets"
            if self._writes and datasets.exists():  # a preview must not touch another one's import
                remove_leftovers(datasets)


def _unreadable(path: Path, traceback: str) -> DataError:
    log.warning("engine_crash", file=str(path), traceback=traceback)
    last = traceback.strip().splitlines()[-1]
    return DataError(f"{path.name} cannot be read ({last[:200]}). Export it again, or as CSV.")


def _refusal(name: str, death: EngineDied) -> DataError:
    why = {
        "silence": f"was not read within {SILENCE_LIMIT_S:g} s",
        "time": f"was not read within {TIME_LIMIT_S:g} s",
        "memory": f"needs more than {limits().memory / 2**30:.1f} GiB of memory",
    }
    if death.limit is not None:
        return DataError(
            f"{name} {why[death.limit]}; the process that read it was"
            " stopped. Split the file by symbol or date; nothing of it was kept."
        )
    return DataError(
        f"{name} ended the process that read it (exit code {death.exit_code}): it is damaged, or"
        " too large for the free memory. Export it again, or split it by symbol or date; nothing"
        " of it was kept."
    )
