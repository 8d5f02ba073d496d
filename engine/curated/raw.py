"""The files in a folder into which the user drops raw ones."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.curated.finding import LEFTOVERS, shown_path
from engine.importing.kinds import SUFFIXES, is_readable


class RawFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could be imported; `problem` says why it cannot."""

    name: str
    bytes: int
    modified_at: dt.datetime
    problem: str | None = None


def raw_files(root: Path) -> tuple[RawFile, ...]:
    """The files of a folder in the order of their names, none of them opened.

    Folders, links, hidden and other files are there with the reason why they are not read; a
    folder that is gone or cannot be listed has none.
    """
    try:
        with os.scandir(root) as entries:
            return tuple(sorted(_files(list(entries)), key=lambda file: file.name))
    except OSError:
        return ()


def _files(entries: list[os.DirEntry[str]]) -> Iterator[RawFile]:
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # it went while the folder was listed
        yield RawFile(
            name=shown_path(entry.name),
            bytes=status.st_size,
            modified_at=dt.datetime.fromtimestamp(status.st_mtime, tz=dt.UTC),
            problem=_problem(entry.name, status),
        )


def _problem(name: str, status: os.stat_result) -> str | None:
    mode = status.st_mode
    reasons = {
        "It is a link; put the file itself here.": stat.S_ISLNK(mode),
        "It is a folder; import it as a folder of files.": stat.S_ISDIR(mode),
        "It is not a regular file.": not stat.S_ISREG(mode),
        "Its name is not UTF-8; rename it.": shown_path(name) != name,
        "It is hidden or temporary.": name.startswith((".", "~")) or name.endswith(LEFTOVERS),
        f"It is of another kind than {', '.join(SUFFIXES)}.": not is_readable(name),
        "It is empty.": status.st_size == 0,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)
