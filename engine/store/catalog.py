"""Data sets and settings."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

import msgspec

from engine.errors import NotFoundError, nearest
from engine.quality import VERSION, Quality
from engine.store.clock import now
from engine.store.part import Part
from engine.store.rows import DatasetRow

_COLUMNS = ", ".join(DatasetRow.__struct_fields__)
_IN_USE = (
    f"SELECT {_COLUMNS} FROM datasets AS d WHERE removed_at IS NULL"
    " AND version = (SELECT max(version) FROM datasets WHERE name = d.name)"
)


class Catalog(Part):
    """Which data sets there are and what the user chose."""

    def save_dataset(self, row: DatasetRow) -> DatasetRow:
        """Save a data set under its name, as it is saved.

        Other content than before is a new version; the same content takes the place of its own.
        """
        with self._db.transaction():
            last = self._db.one(
                "SELECT version, fingerprint FROM datasets WHERE name = ?"
                " ORDER BY version DESC LIMIT 1",
                (row.name,),
            )
            version = 1 if last is None else last[0] + (last[1] != row.fingerprint)
            row = msgspec.structs.replace(row, version=version)
            marks = ", ".join("?" * len(DatasetRow.__struct_fields__))
            self._db.run(
                f"INSERT OR REPLACE INTO datasets ({_COLUMNS}) VALUES ({marks})",
                msgspec.structs.astuple(row),
            )
        return row

    def datasets(self) -> tuple[DatasetRow, ...]:
        """The version in use of every data set, the most recently imported first."""
        rows = self._db.rows(f"{_IN_USE} ORDER BY imported_at DESC, rowid DESC")
        return tuple(_dataset(row) for row in rows)

    def dataset(self, name: str) -> DatasetRow:
        """The version in use of the data set of that name; NotFoundError names the nearest ones."""
        row = self._db.one(f"{_IN_USE} AND name = ?", (name,))
        if row is None:
            raise NotFoundError(_unknown(name, [found.name for found in self.datasets()]))
        return _dataset(row)

    def versions(self, name: str) -> tuple[DatasetRow, ...]:
        """All versions of a data set, the newest first; none when it never was there."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM datasets WHERE name = ? ORDER BY version DESC", (name,)
        )
        return tuple(_dataset(row) for row in rows)

    def version_of(self, fingerprint: str, name: str) -> DatasetRow | None:
        """The version with that content: of that name, else of any; None when there is none."""
        row = self._db.one(
            f"SELECT {_COLUMNS} FROM datasets WHERE fingerprint = ?"
            " ORDER BY name = ? DESC, version DESC LIMIT 1",
            (fingerprint, name),
        )
        return None if row is None else _dataset(row)

    def remove_dataset(self, name: str) -> None:
        """Take a data set out of the list; its versions stay known. NotFoundError."""
        self.dataset(name)
        with self._db.transaction():
            self._db.run("UPDATE datasets SET removed_at = ? WHERE name = ?", (now(), name))

    def is_folder_needed(self, folder: str) -> bool:
        """Whether a listed data set or a saved run rests on the files of a folder."""
        found = self._db.one(
            f"SELECT EXISTS (SELECT 1 FROM datasets WHERE folder = ?1 AND name IN"
            f" (SELECT name FROM ({_IN_USE})))"
            " OR EXISTS (SELECT 1 FROM runs WHERE substr(fingerprint, 1, 16) = ?1)",
            (folder,),
        )
        assert found is not None
        return bool(found[0])

    def save_quality(self, row: DatasetRow, quality: Quality) -> None:
        """Keep the quality report of a data set."""
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO quality VALUES (?, ?, ?)",
                (row.fingerprint, row.lockbox, msgspec.json.encode(quality).decode()),
            )

    def quality(self, row: DatasetRow) -> Quality | None:
        """The quality report of a data set; None when none was kept, or one of earlier checks."""
        found = self._db.one(
            "SELECT quality_json FROM quality WHERE fingerprint = ? AND lockbox = ?",
            (row.fingerprint, row.lockbox),
        )
        try:
            kept = None if found is None else msgspec.json.decode(found[0], type=Quality)
        except msgspec.MsgspecError:
            return None
        return kept if kept is not None and kept.version == VERSION else None

    def setting(self, key: str, default: str | None = None) -> str | None:
        """The value of a setting, `default` when it was never set."""
        row = self._db.one("SELECT value FROM settings WHERE key = ?", (key,))
        return str(row[0]) if row else default

    def settings(self) -> dict[str, str]:
        """All settings that were ever set."""
        return dict(self._db.rows("SELECT key, value FROM settings ORDER BY key"))

    def set_setting(self, key: str, value: str) -> None:
        """Choose the value of a setting."""
        with self._db.transaction():
            self._db.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))


def _dataset(row: tuple[object, ...]) -> DatasetRow:
    return msgspec.convert(
        dict(zip(DatasetRow.__struct_fields__, row, strict=True)), type=DatasetRow
    )


def _unknown(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    if near:
        return f"There is no data set {name!r}. Did you mean {' or '.join(near)}?"
    some = ", ".join(sorted(known)[:10]) or "none yet: import a file of prices first"
    return f"There is no data set {name!r}. The workspace has {some}."
