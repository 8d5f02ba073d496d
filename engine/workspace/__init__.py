"""The folder of a user: data sets, the store, and the lock that makes one process its owner."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Self

import msgspec

from engine.dsl.tree import Names
from engine.errors import ParamError, StoreError
from engine.importing import ImportOptions, ImportReport, remove_leftovers
from engine.store import DatasetRow, Store
from engine.store.clock import now
from engine.workspace.datasets import Datasets, OpenDates, Seen
from engine.workspace.home import check_chosen, choose_home, chosen_home, home_fixed, places
from engine.workspace.keeping import Keep, Kept, keep_file, preview_source, read_source
from engine.workspace.lock import Lock
from engine.workspace.naming import (
    checked_name,
    is_file_name,
    name_of,
    open_rows,
    source_key,
)
from engine.workspace.roots import Roots, roots

__all__ = [
    "BUNDLED",
    "LOCKBOX",
    "Kept",
    "OpenDates",
    "Roots",
    "Seen",
    "Workspace",
    "choose_home",
    "chosen_home",
    "home_fixed",
    "keep_file",
    "open_rows",
    "places",
    "preview_source",
    "read_source",
    "roots",
]

BUNDLED = "ecb_fx_sek"
BUNDLED_FILE = Path(__file__).parents[1] / "data" / f"{BUNDLED}.parquet"
LOCK = ".lock"
LOCKBOX = "20%"
BOOT_ID = secrets.token_hex(8)
"""Names this process, so that the jobs of one that is gone are recognised."""


class Workspace(Datasets):
    """A folder and what is in it.

    With `write` this process owns the workspace until `close`: the folder and the database are
    made if need be, the bundled data set is imported, jobs of a process that is gone become
    interrupted. WorkspaceBusyError when another process owns it. Without `write` it is looked at
    only; StoreError when there is nothing to look at.
    """

    def __init__(self, root: Path | None = None, *, write: bool) -> None:
        self.root, self.database = places(root)
        self.boot_id = BOOT_ID
        self.fixed = home_fixed(root)
        self._lock: Lock | None = None
        self._names: dict[str, Names] = {}
        if not self.fixed:
            check_chosen(self.root)
        if write:
            _make_private(self.root)
            self._lock = Lock(self.database.parent / LOCK, self.root)
        try:
            self.store = Store.open(self.database, write=write)
            if write:
                self._settle()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and give the workspace up; may be called twice."""
        if hasattr(self, "store"):
            self.store.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.root / "logs"

    def import_file(
        self,
        path: Path,
        name: str | None = None,
        lockbox: str = LOCKBOX,
        options: ImportOptions | None = None,
        *,
        keep: Keep = keep_file,
    ) -> tuple[DatasetRow, ImportReport]:
        """Read and check a file and keep it as the data set `name` (default: the file's name).

        Other content under a name that is taken becomes its next version. Content that is there
        already is not written again. `keep` does the work, here or, for a file nobody vouches
        for, in a process of its own. DataError, ParamError.
        """
        options = options or ImportOptions()
        name = checked_name(name) if name is not None else name_of(path)
        key = source_key(path, options)
        kept = keep(self.root / "datasets", path, lockbox, options)
        info = kept.info
        row = DatasetRow(
            name=name,
            fingerprint=info.fingerprint,
            folder=info.fingerprint[:16],
            source=path.name,
            source_key=key,
            lockbox=lockbox,
            imported_at=now(),
            dates=info.dates,
            symbols=info.symbols,
            first_date=info.first_date.isoformat(),
            last_date=info.last_date.isoformat(),
            report_json=msgspec.json.encode(kept.report).decode(),
        )
        row = self.store.save_dataset(row)
        self.store.save_quality(row, kept.quality)
        return row, kept.report

    def remove_dataset(self, name: str) -> None:
        """Take a data set out of the list, and its files away unless a saved result needs them.

        NotFoundError; ParamError for the last one.
        """
        row = self.dataset(name)
        if len(self.datasets()) == 1:
            raise ParamError(f"{row.name!r} is the only data set. Import another one first.")
        versions = self.store.versions(row.name)
        self.store.remove_dataset(row.name)
        for folder in {each.folder for each in versions}:
            if not self.store.is_folder_needed(folder):
                shutil.rmtree(self.root / "datasets" / folder, ignore_errors=True)

    def known_file(self, path: Path, options: ImportOptions | None = None) -> DatasetRow | None:
        """The data set that was imported from these very bytes with these options, if any."""
        key = source_key(path, options or ImportOptions())
        return next((row for row in self.datasets() if row.source_key == key), None)

    def resolve(
        self, text: str | None, options: ImportOptions | None = None, *, keep: Keep = keep_file
    ) -> DatasetRow:
        """The data set meant by a name, or by a file, which is imported unless it is known."""
        if text is None or not is_file_name(text):
            return self.dataset(text)
        path = Path(text)
        known = self.known_file(path, options)
        if known is not None:
            return known
        name, taken = name_of(path), {row.name for row in self.datasets()}
        if name in taken:
            name = f"{name[:55]}-{source_key(path, options or ImportOptions())[:8]}"
        return self.import_file(path, name, options=options, keep=keep)[0]

    def ensure_bundled(self) -> None:
        """Import the currency rates that come with Kvant, unless they ever were."""
        if not self.store.versions(BUNDLED):
            self.import_file(BUNDLED_FILE, BUNDLED)

    def _settle(self) -> None:
        """What the owner does first."""
        folders = self.root / "datasets"
        if folders.exists():
            remove_leftovers(folders)
        self.store.interrupt_stale(self.boot_id)
        self.ensure_bundled()


def _make_private(root: Path) -> None:
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The workspace {root} cannot be made ({error.strerror}). Choose another --workspace."
        ) from error
