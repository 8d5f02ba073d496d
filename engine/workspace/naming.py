"""What data sets and their lockboxes are called by."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from pathlib import Path

import msgspec
import numpy as np

from engine.errors import DataError, ParamError
from engine.importing import SUFFIXES, ImportOptions
from engine.panel import Days
from engine.panel.folder import sha256_of


def open_rows(dates: Days, lockbox: str) -> int:
    """How many of the dates come before the lockbox; ParamError when the rule makes no sense.

    The rule is "none", the first locked date (YYYY-MM-DD) or the locked share of all dates ("20%").
    """
    rows = _open_rows(dates, lockbox.strip())
    if rows < 1:
        raise ParamError(
            f"The lockbox {lockbox!r} leaves no date to work with; the data set has {dates[0]} to"
            f" {dates[-1]}."
        )
    return rows


def _open_rows(dates: Days, lockbox: str) -> int:
    if lockbox == "none":
        return len(dates)
    percent = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) ?%", lockbox)
    if percent:
        return len(dates) - int(len(dates) * float(percent[1]) / 100)
    try:
        day = dt.date.fromisoformat(lockbox)
    except ValueError as error:
        raise ParamError(
            f"The lockbox {lockbox[:40]!r} is neither none, nor a date (YYYY-MM-DD), nor a"
            " percentage below 100 such as 20%."
        ) from error
    return int(np.searchsorted(dates, np.datetime64(day, "D")))


def is_file_name(text: str) -> bool:
    """Whether a text means a file rather than the name of a data set."""
    return text.lower().endswith(SUFFIXES) or any(sep in text for sep in "/\\")


def name_of(path: Path) -> str:
    """The name a data set gets from its file: letters, digits, "_", "." and "-"."""
    stem = path.name.split(".")[0] or path.name
    return re.sub(r"[^\w-]+", "_", stem)[:64].strip("_") or "data"


def checked_name(name: str) -> str:
    """The name itself; ParamError unless it is fit for a data set."""
    if not re.fullmatch(r"[\w][\w.-]{0,63}", name) or is_file_name(name):
        raise ParamError(
            f"{name[:80]!r} cannot name a data set: use up to 64 letters, digits, _, - and .,"
            " without the ending of a file."
        )
    return name


def source_key(path: Path, options: ImportOptions) -> str:
    """64 hex digits that stand for the bytes of a file or folder and how they are read."""
    content = _digest(path)
    if options.costs is not None:
        content += _digest(Path(options.costs))
        options = msgspec.structs.replace(options, costs=None)
    return hashlib.sha256(content.encode() + msgspec.json.encode(options)).hexdigest()


def _digest(path: Path) -> str:
    if not path.exists():
        raise DataError(f"There is no file {path}. Check the name and the folder.")
    try:
        str(path).encode()
        return _digest_of_folder(path) if path.is_dir() else sha256_of(path)
    except UnicodeEncodeError as error:
        raise DataError(
            f"The name {str(path)!a} is not valid text. Rename the file or its folder."
        ) from error
    except OSError as error:
        raise DataError(f"The file {path} cannot be read ({error.strerror}).") from error


def _digest_of_folder(folder: Path) -> str:
    """Of the names, lengths and times of the files in a folder: they may be many and long."""
    found = hashlib.sha256()
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            file = Path(place, name)
            status = file.lstat()
            told = (str(file.relative_to(folder)), status.st_size, status.st_mtime_ns)
            found.update(repr(told).encode())
    return found.hexdigest()
