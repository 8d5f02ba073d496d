"""The bytes of a file the user named, and nothing but a file; the files of a folder."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import zlib
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from engine.errors import DataError

# Path() folds "s3://x" to "s3:/x"; one letter before the colon is a Windows drive.
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/|://")
MAX_FILES = 10_000
_CHUNK = 1 << 22
_HARMLESS, _MOST_SWELLING = 1 << 26, 200
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe must not make the program wait
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_bytes(path: str | Path, max_bytes: int) -> bytes:
    """The content of a regular file, gzip undone; DataError for anything else.

    Neither the file nor what it expands to may exceed `max_bytes`.
    """
    data = _read_regular(path, max_bytes)
    name = Path(path).name
    if not data:
        raise DataError(f"{name} is empty: it has 0 bytes.")
    if name.lower().endswith(".gz") or data[:2] == b"\x1f\x8b":
        return _gunzip(data, name, max_bytes)
    return data


def size_of(path: str | Path) -> int:
    """The length of a file in bytes; 0 when it has gone in the meantime."""
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def list_folder(path: Path) -> list[Path]:
    """What stands in a folder, in the order of the names; DataError when it is too much."""
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in islice(entries, MAX_FILES + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"The folder {path.name} cannot be opened: {reason}.") from error
    if len(names) > MAX_FILES:
        raise DataError(
            f"The folder {path.name} has more than {MAX_FILES:,} files. Put fewer into one folder."
        )
    return [path / name for name in names]


def check_address(path: str | Path) -> None:
    """DataError for what is no name of a file but an address."""
    if _URL.search(str(path)):
        raise DataError(f"{path} is an address; download the file and import it from the disk.")


def _read_regular(path: str | Path, max_bytes: int) -> bytes:
    check_address(path)
    name = Path(path).name
    try:
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"{name} cannot be opened: {reason}.") from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise DataError(f"{name} is not a regular file; choose a data file.")
    with os.fdopen(handle, "rb") as file:
        if status.st_size > max_bytes:
            raise DataError(_too_large(name, f"has {status.st_size:,} bytes", max_bytes))
        data = _content(file, name, status.st_size + 1)
        after = os.fstat(file.fileno())
    if not len(data) == status.st_size == after.st_size or after.st_mtime_ns != status.st_mtime_ns:
        raise DataError(f"{name} changed while it was read. Import it when it is complete.")
    return data


def _content(file: BinaryIO, name: str, most: int) -> bytes:
    try:
        return file.read(most)
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror}.") from error


def _gunzip(data: bytes, name: str, max_bytes: int) -> bytes:
    try:
        packed = io.BytesIO(data)
        with gzip.GzipFile(fileobj=packed) as file:
            result = _unpacked(file, name, max_bytes, packed)
    except EOFError as error:
        raise DataError(
            f"{name} is cut off: the compressed data ends too early. Download it again."
        ) from error
    except gzip.BadGzipFile as error:
        raise DataError(f"{name} is not compressed with gzip; remove .gz from its name.") from error
    except (zlib.error, OSError) as error:
        raise DataError(f"{name} is damaged: {error}. Download it again.") from error
    return result


def _unpacked(file: gzip.GzipFile, name: str, max_bytes: int, packed: io.BytesIO) -> bytes:
    result = io.BytesIO()
    while chunk := file.read(_CHUNK):
        result.write(chunk)
        if result.tell() > max_bytes:
            raise DataError(_too_large(name, "expands to more", max_bytes))
        check_swelling(name, result.tell(), packed.tell())
    return result.getvalue()


def check_swelling(name: str, size: int, packed: int) -> None:
    """DataError for what expands as no table does: it was made to fill the memory."""
    if size > _HARMLESS and size > _MOST_SWELLING * packed:
        raise DataError(
            f"{name} expands to more than {_MOST_SWELLING} times its size, as no table does. Unpack"
            " it and import what is in it."
        )


def _too_large(name: str, what: str, max_bytes: int) -> str:
    return f"{name} {what}; at most {max_bytes:,} bytes are read. Split it by symbol or date."
