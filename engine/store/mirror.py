"""Columns of a table that only grows, kept in memory and read on from where they end.

A search through many runs sorts and filters numbers of all of them. SQLite would walk over wide
rows for that; here it hands every number over once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.store.database import Database

Values = npt.NDArray[Any]

_END = 2**63 - 1


def numbers(values: Sequence[Any]) -> Values:
    """Numbers, NaN where there is none."""
    return np.array(values, dtype=np.float64)


def times(values: Sequence[Any]) -> Values:
    """Times as `clock.iso` writes them, as milliseconds since 1970."""
    bare = [value[:-1] for value in values]  # numpy wants no Z
    return np.array(bare, dtype="datetime64[ms]").astype(np.int64).astype(np.float64)


def texts(values: Sequence[Any]) -> Values:
    """Texts as they are."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def folded(values: Sequence[Any]) -> Values:
    """Texts in small letters."""
    return texts([value.lower() for value in values])


class Column(NamedTuple):
    """What to read, as SQL, and how to keep it."""

    sql: str
    keep: Callable[[Sequence[Any]], Values]


class Mirror:
    """Columns of `table`, in the order of its row numbers.

    A column is read when it is first asked for, new rows when `catch_up` is called. The callers
    hold the lock of the database while they compare columns.
    """

    def __init__(self, db: Database, table: str) -> None:
        self._db = db
        self._table = table
        self._keys = np.empty(0, dtype=np.int64)
        self._columns: dict[Column, Values] = {}

    def catch_up(self, columns: Iterable[Column] = ()) -> npt.NDArray[np.int64]:
        """Read the rows that were added, and columns not read yet; all row numbers."""
        with self._db.lock:
            assert not self._db.writing, "what may be rolled back is not kept"
            missing = [column for column in columns if column not in self._columns]
            if not len(self._keys):
                self._columns |= {column: column.keep(()) for column in missing}
            self._extend()
            self._load([column for column in missing if column not in self._columns])
            return self._keys

    def read(self, column: Column) -> Values:
        """A column, one value for each of the row numbers; StoreError for a damaged file."""
        with self._db.lock:
            if column not in self._columns:
                self._load([column])
            return self._columns[column]

    def _load(self, columns: Sequence[Column]) -> None:
        if columns:
            keys, found = self._fetch(columns, 0, self._last)
            if len(keys) != len(self._keys):
                raise self._db.damaged(f"rows of {self._table} are gone")
            self._columns |= zip(columns, found, strict=True)

    @property
    def _last(self) -> int:
        return int(self._keys[-1]) if len(self._keys) else 0

    def _extend(self) -> None:
        known = list(self._columns)
        keys, found = self._fetch(known, self._last, _END)
        if len(keys):
            self._keys = np.concatenate((self._keys, keys))
            for column, values in zip(known, found, strict=True):
                self._columns[column] = np.concatenate((self._columns[column], values))

    def _fetch(
        self, columns: Sequence[Column], after: int, last: int
    ) -> tuple[Values, list[Values]]:
        """Rows with numbers above `after`, to `last`: their numbers and the columns."""
        names = "".join(f", {column.sql}" for column in columns)
        rows = self._db.rows(
            f"SELECT rowid{names} FROM {self._table} "  # noqa: S608  # our own names
            " WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
            (after, last),
        )
        keys, *parts = zip(*rows, strict=True) if rows else [()] * (1 + len(columns))
        try:
            found = [column.keep(part) for column, part in zip(columns, parts, strict=True)]
            return np.array(keys, dtype=np.int64), found
        except (ValueError, TypeError, AttributeError) as error:
            raise self._db.damaged(f"{self._table}: {error}") from error
