"""One SQLite file: how it is opened, kept whole, written to and given up."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec

from engine.errors import StoreError
from engine.store import schema
from engine.store.clock import stamp, utc_now
from engine.store.disk import sync_file, sync_folder

Row = tuple[Any, ...]
T = TypeVar("T")

RESERVE = "reserve.bin"
RESERVE_BYTES = 8 << 20
BACKUPS_KEPT = 3
_LITTLE_SPACE = 1 << 16  # the shared memory of the write-ahead log takes 32 KiB
_CHECKED_BYTES = 256 << 20  # a longer quick_check would be felt at every start after a crash

_WRITER = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # INSERT OR REPLACE deletes too, and must be refused
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA fullfsync = ON",  # macOS: fsync alone stops at the drive's cache
)
_READER = (
    "PRAGMA query_only = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
)


class Database:
    """The file at `path`; StoreError whenever it cannot be opened, read or written.

    One process at a time may open it with `write`; the workspace's lock sees to that. `lock` keeps
    the other threads out while several statements belong together.
    """

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._depth = 0
        with self._spoken():
            self._connection = self._connect(write=write)
        try:
            with self._spoken():
                self._prepare(write=write)
        except BaseException:
            self._connection.close(True)
            raise

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self.lock, self._spoken():
            return list(self._connection.execute(sql, params))

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row of a query."""
        with self.lock, self._spoken():
            return next(iter(self._connection.execute(sql, params)), None)

    def decode(self, text: str, kind: type[T]) -> T:
        """A JSON column as a value of `kind`."""
        try:
            return msgspec.json.decode(text, type=kind)
        except msgspec.MsgspecError as error:
            raise self.damaged(str(error)) from error

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute one statement of a transaction; the number of rows it changed."""
        assert self._depth, "writes belong in a transaction"
        with self._spoken():
            self._connection.execute(sql, params)
            return self._connection.changes()

    @property
    def writing(self) -> bool:
        """Whether this thread, which holds the lock, is inside a transaction."""
        return self._depth > 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All the writes inside happen or none; durable on return. May be nested."""
        with self.lock:
            if self._depth:
                yield
                return
            with self._spoken():
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                with self._spoken():
                    self._connection.execute("COMMIT")
            finally:
                self._depth = 0
                # SQLite may have rolled back by itself (disk full), and COMMIT ends it too
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def integrity(self) -> list[str]:
        """What `PRAGMA integrity_check` and `foreign_key_check` find; empty when all is well."""
        found = [str(row[0]) for row in self.rows("PRAGMA integrity_check")]
        loose = [
            f"row {row} of {table} points nowhere"
            for table, row, *_ in self.rows("PRAGMA foreign_key_check")
        ]
        return [line for line in found if line != "ok"] + loose

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it; may be called twice."""
        with self.lock:
            try:
                if not self._connection.readonly("main"):
                    self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except apsw.Error:
                pass  # closed already, or nothing left to write with: the log is replayed next time
            self._connection.close()

    def _connect(self, *, write: bool) -> apsw.Connection:
        if not write and not self.path.exists():
            raise StoreError(
                f"There is no Kvant database at {self.path}. Choose another workspace, or import a"
                " data set into this one first."
            )
        if write:
            flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            return apsw.Connection(str(self.path), flags=flags)
        uri = f"{self.path.absolute().as_uri()}?mode=ro"
        return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)

    def _prepare(self, *, write: bool) -> None:
        self._connection.set_busy_timeout(5000)
        for pragma in _WRITER if write else _READER:
            self._connection.execute(pragma)
        version = self._version()
        if write:
            self._start_writing(version)
        elif version < len(schema.MIGRATIONS):
            raise StoreError(
                f"The database {self.path} was written by an older Kvant (version {version}, this"
                f" one needs {len(schema.MIGRATIONS)}). Run any command that writes, for example"
                " kvant doctor, to bring it up to date."
            )

    def _version(self) -> int:
        """`user_version`, after making sure that this file is ours and not from the future."""
        version = int(self._pragma("user_version"))
        tables = self.one("SELECT count(*) FROM sqlite_schema")
        ours = self._pragma("application_id") == schema.APPLICATION_ID
        if not ours and (version or (tables and tables[0])):
            raise StoreError(
                f"The file {self.path} is the database of another program. Choose another"
                " workspace or another QUANT_DB_PATH; nothing was changed."
            )
        if version > len(schema.MIGRATIONS):
            raise StoreError(
                f"The database {self.path} was written by a newer Kvant (version {version}, this"
                f" one knows {len(schema.MIGRATIONS)}). Install the newer Kvant; nothing was"
                " changed."
            )
        return version

    def _start_writing(self, version: int) -> None:
        self._check_after_crash()
        mode = self._pragma("journal_mode = WAL")
        if mode != "wal":
            raise StoreError(
                f"The folder of {self.path} does not support SQLite's write-ahead log (got"
                f" {mode!r}). Choose a workspace on a local disk."
            )
        if version < len(schema.MIGRATIONS):
            if version:
                self._back_up(version)
            self._migrate(version)
        self._keep_reserve()

    def _check_after_crash(self) -> None:
        """`quick_check` when the last owner did not close the file."""
        log = self.path.with_name(f"{self.path.name}-wal")
        unclean = log.exists() and log.stat().st_size > 0
        if unclean and self.path.stat().st_size <= _CHECKED_BYTES:
            found = self.rows("PRAGMA quick_check")
            if found != [("ok",)]:
                raise self.damaged(str(found[0][0]))

    def _migrate(self, version: int) -> None:
        with self.transaction():
            for step in schema.MIGRATIONS[version:]:
                self._connection.execute(step)
            self._connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")

    def _back_up(self, version: int) -> None:
        folder = self.path.parent / "backups"
        folder.mkdir(exist_ok=True)
        target = folder / f"{self.path.stem}-v{version}-{stamp(utc_now())}.sqlite"
        unfinished = target.with_suffix(".tmp")
        unfinished.unlink(missing_ok=True)
        try:
            self._connection.execute("VACUUM INTO ?", (str(unfinished),))
            sync_file(unfinished)
            unfinished.replace(target)
            sync_folder(folder)
        finally:
            unfinished.unlink(missing_ok=True)
        backups = sorted(
            folder.glob(f"{self.path.stem}-v*.sqlite"), key=lambda p: p.stat().st_mtime
        )
        for old in backups[:-BACKUPS_KEPT]:
            old.unlink()

    def _pragma(self, text: str) -> Any:
        row = self.one(f"PRAGMA {text}")
        return row[0] if row else None

    def _keep_reserve(self) -> None:
        """Space to write the failure down with when the disk is full; given up when it is short."""
        reserve = self.path.with_name(RESERVE)
        if reserve.exists():
            return
        try:
            with reserve.open("wb") as file:
                file.write(bytes(RESERVE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            reserve.unlink(missing_ok=True)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """Turn what SQLite says about the file into a StoreError fit for the user."""
        try:
            yield
        except apsw.FullError as error:
            raise self._full() from error
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, UnicodeDecodeError) as error:
            # every statement here is a fixed text: one that SQLite rejects meets foreign tables
            raise self.damaged(str(error)) from error
        except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as e:
            folder = self.path.parent
            if folder.is_dir() and shutil.disk_usage(folder).free < _LITTLE_SPACE:
                raise self._full() from e
            raise StoreError(
                f"The database {self.path} cannot be read or written ({e}). Check that the folder"
                " exists, belongs to you and is on a working local disk."
            ) from e
        except (apsw.BusyError, apsw.LockedError) as error:
            raise StoreError(
                f"The database {self.path} is held by another program. Close it and try again."
            ) from error
        except OSError as error:
            raise StoreError(
                f"The folder of {self.path} cannot be used ({error.strerror}). Check that it"
                " exists, belongs to you and has space."
            ) from error

    def _full(self) -> StoreError:
        self.path.with_name(RESERVE).unlink(missing_ok=True)
        return StoreError(
            f"The disk with {self.path} is full. Free some space and try again; everything saved"
            " before is intact."
        )

    def damaged(self, detail: str) -> StoreError:
        """The refusal of a file whose content is not what was written."""
        return StoreError(
            f"The database {self.path} is damaged ({detail}). Move it aside and put the newest"
            f" copy from {self.path.parent / 'backups'} in its place, or start a new workspace."
        )
