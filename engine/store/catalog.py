"""Data sets and settings."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

import msgspec

from engine.errors import NotFoundError, nearest
from engine.store.part import Part
from engine.store.rows import DatasetRow

_COLUMNS = ", ".join(DatasetRow.__struct_fields__)


class Catalog(Part):
    """Which data sets there are and what the user chose."""

    def save_dataset(self, row: DatasetRow) -> None:
        """Save a data set under its name, in the place of one that had it before."""
        marks = ", ".join("?" * len(DatasetRow.__struct_fields__))
        with self._db.transaction():
            self._db.run(
                f"INSERT OR REPLACE INTO datasets ({_COLUMNS}) VALUES ({marks})",
                msgspec.structs.astuple(row),
            )

    def datasets(self) -> tuple[DatasetRow, ...]:
        """All data sets, the most recently imported first."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM datasets ORDER BY imported_at DESC, rowid DESC"
        )
        return tuple(_dataset(row) for row in rows)

    def dataset(self, name: str) -> DatasetRow:
        """The data set of that name; NotFoundError names the nearest ones."""
        row = self._db.one(f"SELECT {_COLUMNS} FROM datasets WHERE name = ?", (name,))
        if row is None:
            raise NotFoundError(_unknown(name, [found.name for found in self.datasets()]))
        return _dataset(row)

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
