"""The folder of a user: data sets, the store, and the lock that makes one process its owner."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

import msgspec
import numpy as np

from engine.catalog import DatasetSettings, check_settings
from engine.dsl.tree import Names
from engine.errors import NotFoundError, ParamError, StoreError
from engine.importing import ImportOptions, ImportReport, remove_leftovers
from engine.panel import Panel, open_panel
from engine.panel.folder import read_manifest
from engine.store import DatasetRow, Store
from engine.store.clock import now
from engine.strategy import RunSpec
from engine.workspace.home import check_chosen, choose_home, chosen_home, home_fixed, places
from engine.workspace.keeping import Keep, Kept, keep_file, preview_source, read_dates, read_source
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

_COLUMNS_OF = "columns of "
BUNDLED = "ecb_fx_sek"
BUNDLED_FILE = Path(__file__).parents[1] / "data" / f"{BUNDLED}.parquet"
LOCK = ".lock"
LOCKBOX = "20%"
BOOT_ID = secrets.token_hex(8)
"""Names this process, so that the jobs of one that is gone are recognised."""


class OpenDates(NamedTuple):
    """How many dates of a data set are open, the last of them, and the first locked one."""

    rows: int
    last: dt.date
    lockbox_start: dt.date | None


class Seen(NamedTuple):
    """Where the data set of a run lies, what it is called, and how many dates the run saw."""

    folder: Path
    name: str
    rows: int


class Workspace:
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

    def datasets(self) -> tuple[DatasetRow, ...]:
        """All data sets, the most recently imported first."""
        return self.store.datasets()

    def dataset(self, name: str | None = None) -> DatasetRow:
        """The data set of that name; without one the chosen, else the most recent one."""
        if name is not None:
            return self.store.dataset(name)
        rows = self.datasets()
        chosen = self.store.setting("dataset")
        row = next((row for row in rows if row.name == chosen), rows[0] if rows else None)
        if row is None:
            raise NotFoundError("The workspace has no data set yet. Import a file of prices first.")
        return row

    def folder(self, row: DatasetRow) -> Path:
        """Where the files of a data set lie."""
        return self.root / "datasets" / row.folder

    def folder_of(self, fingerprint: str) -> Path:
        """Where the files of a content lie, or would."""
        return self.root / "datasets" / fingerprint[:16]

    def names(self, name: str | None = None) -> Names:
        """What an expression may name on a data set; its files are not opened."""
        row = self.dataset(name)
        if row.fingerprint not in self._names:
            manifest = read_manifest(self.folder(row))
            self._names[row.fingerprint] = Names(
                features=frozenset(manifest.features),
                categories=frozenset(manifest.categories),
                symbols=frozenset(manifest.symbols),
                price=manifest.price,
            )
        return self._names[row.fingerprint]

    def open_dates(self, row: DatasetRow) -> OpenDates:
        """Where the lockbox of a data set begins; no file but that of its dates is opened."""
        dates = read_dates(self.folder(row))
        rows = open_rows(dates, row.lockbox)
        locked = dates[rows].astype(object) if rows < len(dates) else None
        return OpenDates(rows, dates[rows - 1].astype(object), locked)

    def panel(
        self,
        name: str | None = None,
        *,
        lockbox_open: bool = False,
        domain_lags: Mapping[str, int] | None = None,
        price: str | None = None,
    ) -> Panel:
        """The data set as a panel, without the dates of its lockbox unless that is open.

        `domain_lags` and `price` change what is known when and which column earns returns.
        """
        row = self.dataset(name)
        panel = open_panel(self.folder(row), name=row.name)
        if not lockbox_open:
            panel = panel.head(open_rows(panel.dates, row.lockbox))
        return panel.with_price(price).with_lags(self.lags(row.name, domain_lags))

    def settings_of(self, name: str) -> DatasetSettings:
        """What the user decided about the columns of a data set; nothing when it was nothing."""
        text = self.store.setting(_COLUMNS_OF + name)
        return msgspec.json.decode(text, type=DatasetSettings) if text else DatasetSettings()

    def change_settings(self, name: str, settings: DatasetSettings) -> None:
        """Decide about the columns of a data set; NotFoundError, ParamError."""
        row = self.dataset(name)
        check_settings(settings, open_panel(self.folder(row), name=row.name, verify=False))
        self.store.set_setting(_COLUMNS_OF + name, msgspec.json.encode(settings).decode())

    def lags(self, name: str, wanted: Mapping[str, int] | None = None) -> dict[str, int]:
        """The publication lags of a data set by domain: the user's, and over them the wanted."""
        return self.settings_of(name).domain_lags | dict(wanted or {})

    def version(self, fingerprint: str, name: str) -> DatasetRow:
        """The data set with that content, of that name if there are several.

        NotFoundError when its files are gone.
        """
        row = self.store.version_of(fingerprint, name)
        if row is None or not self.folder(row).exists():
            raise NotFoundError(
                f"The data set {name!r} with the content {fingerprint[:16]} is not in the workspace"
                " any more. Import its file again."
            )
        return row

    def seen_by(self, spec: RunSpec) -> Seen:
        """The data set of a saved run, which is not opened; NotFoundError when it is gone."""
        folder = self.folder_of(spec.fingerprint)
        if not folder.exists():
            raise NotFoundError(
                f"The data set {spec.fingerprint[:16]} of this run is not in the workspace. Import"
                " its file again."
            )
        row = self.store.version_of(spec.fingerprint, "")
        name = folder.name if row is None else row.name
        last = np.datetime64(spec.last_date, "D")
        rows = int(np.searchsorted(read_dates(folder), last, side="right"))
        return Seen(folder, name, rows)

    def panel_of(self, spec: RunSpec) -> Panel:
        """The panel exactly as a saved run saw it; NotFoundError when its data set is gone."""
        folder, name, rows = self.seen_by(spec)
        cut = open_panel(folder, name=name).head(rows)
        return msgspec.structs.replace(cut, price=spec.price, lags=spec.lags, cache={})

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
