"""Files of the user, read in an engine process: a damaged one may end it, but not us."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app import log
from app.messages import ImportTask
from app.supervisor import EngineDied, EngineProcess, answer
from engine.errors import DataError
from engine.importing import ImportOptions, ImportReport, remove_leftovers
from engine.store import DatasetRow
from engine.workspace import LOCKBOX, Kept, Workspace

SILENCE_LIMIT_S = 120.0


class Importer:
    """Imports into a workspace that this process owns; a context manager.

    The process is started for the first file and serves all of them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._process: EngineProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let_go()

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

    def _keep(self, datasets: Path, path: Path, lockbox: str, options: ImportOptions) -> Kept:
        path = path.absolute()
        order = ImportTask(datasets=str(datasets), path=str(path), lockbox=lockbox, options=options)
        self._process = self._process or EngineProcess(silence_limit_s=SILENCE_LIMIT_S)
        try:
            return answer(self._process, order, Kept, partial(_unreadable, path))
        except EngineDied as death:
            self._let_go()
            names = [path.name, *([Path(options.costs).name] if options.costs else [])]
            raise _refusal(" or ".join(names), death) from death

    def _let_go(self) -> None:
        """End the process, and remove what it may have left half written."""
        if self._process is not None:
            self._process.close()
            self._process = None
            datasets = self._workspace.root / "datasets"
            if datasets.exists():
                remove_leftovers(datasets)


def _unreadable(path: Path, traceback: str) -> DataError:
    log.warning("engine_crash", file=str(path), traceback=traceback)
    last = traceback.strip().splitlines()[-1]
    return DataError(f"{path.name} cannot be read ({last[:200]}). Export it again, or as CSV.")


def _refusal(name: str, death: EngineDied) -> DataError:
    if death.silent:
        return DataError(
            f"{name} was not read within {SILENCE_LIMIT_S:g} s; the process that read it was"
            " stopped. Split the file by symbol or date; nothing of it was kept."
        )
    return DataError(
        f"{name} ended the process that read it (exit code {death.exit_code}): it is damaged, or"
        " too large for the free memory. Export it again, or split it by symbol or date; nothing"
        " of it was kept."
    )
