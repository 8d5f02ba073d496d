"""The data sets of a workspace: which there are, each as a panel, and what was decided of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from engine.catalog import DatasetSettings, check_settings
from engine.dsl.tree import Names
from engine.errors import NotFoundError
from engine.panel import Panel, open_panel
from engine.panel.folder import read_manifest
from engine.stats.performance import PERIODS_PER_YEAR
from engine.store import DatasetRow, Store
from engine.strategy import RunSpec
from engine.workspace.keeping import read_dates
from engine.workspace.naming import open_rows

_COLUMNS_OF = "columns of "


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


class Datasets:
    """What a workspace in the folder `root` knows of its data sets; nothing is imported here."""

    root: Path
    store: Store
    _names: dict[str, Names]

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

    def periods_of(self, fingerprint: str) -> float:
        """Returns per year of a content; the usual number when its files are gone."""
        folder = self.folder_of(fingerprint)
        return read_manifest(folder).periods_per_year if folder.exists() else PERIODS_PER_YEAR

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
