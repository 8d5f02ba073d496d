"""An SQL engine that can reach nothing but the tables it is handed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import polars as pl

from engine.errors import DataError

MEMORY = "2GB"
SPILL = "8GB"
_LOCKED = {
    "allowed_paths": "[]",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "threads": "1",
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Sql(msgspec.Struct, frozen=True, eq=False):
    """A locked connection. Queries are our own text; what users wrote is in the tables only."""

    connection: Any

    def table(self, name: str, frame: pl.DataFrame) -> None:
        """Make `frame` known as `name`, without a copy."""
        self.connection.register(_checked(name), _Arrow(frame))

    def keep(self, name: str, query: str) -> None:
        """Compute a query once and make its rows known as `name`."""
        self.connection.execute(f"CREATE TEMP TABLE {_checked(name)} AS {query}")

    def frame(self, query: str) -> pl.DataFrame:
        """The rows of a query; DataError when they need more memory or disk than there is."""
        import duckdb  # noqa: PLC0415 - 65 MB that only curated folders need

        try:
            return pl.DataFrame(self.connection.sql(query))
        except duckdb.OutOfMemoryException as error:
            raise DataError(
                f"The folder cannot be joined in {MEMORY} of memory and {SPILL} of temporary"
                " files. Free some disk space, or leave out areas or columns."
            ) from error


class _Arrow(msgspec.Struct, frozen=True, eq=False):
    """A frame as a stream of Arrow; the plain frame would make DuckDB ask for pyarrow."""

    frame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


@contextmanager
def connected(memory: str = MEMORY) -> Iterator[Sql]:
    """A connection in memory, one thread, no files but its own temporary ones, no network.

    Raises RuntimeError when the lock did not take.
    """
    import duckdb  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory(prefix="kvant-sql-") as folder:
        connection = duckdb.connect(":memory:", config=_config(folder, memory))
        try:
            _lock(connection)
            yield Sql(connection)
        finally:
            connection.close()


def _config(folder: str, memory: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": memory,
        "threads": "1",
        "temp_directory": folder,
        "max_temp_directory_size": SPILL,
    }


def _lock(connection: Any) -> None:
    connection.execute("SET allowed_directories = []")  # DuckDB adds its temporary folder
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    rows = connection.execute("SELECT name, value FROM duckdb_settings()").fetchall()
    found = {name: value for name, value in rows if name in _LOCKED}
    if found != _LOCKED:
        raise RuntimeError(f"DuckDB is not locked: {found}")


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name of a table of ours")
    return name
