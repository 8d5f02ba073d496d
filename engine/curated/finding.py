"""The files of a curated folder by their names alone: nothing is opened."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import msgspec

from engine.curated.contract import CONTRACT, CONTRACTS, Contract
from engine.errors import DataError

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz")
MAX_FILES = 300_000
_DEPTH = 5
_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LEFTOVERS = (".tmp", ".crc", ".partial", ".part", ".inprogress", ".bak", "~")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an area, or a folder that nobody reads; `reason` says why it is not used.

    path: below the root, with "/", fit for a message. place: where it is. keys: the parts
    key=value of its folders.
    """

    path: str
    place: str
    area: str
    keys: dict[str, str] = {}
    bytes: int = 0
    reason: str | None = None


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An area of a curated folder: its files, and how many have a name that can be used."""

    name: str
    files: int
    used: int
    problem: str | None = None


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What a curated folder seems to hold, by names alone; `problem` says why it is not usable."""

    areas: tuple[Area, ...]
    problem: str | None = None


def is_curated(root: Path) -> bool:
    """Whether a folder holds one of the areas, as a folder of that name."""
    return any(_is_folder(Path(root) / area.name) for area in CONTRACTS)


def survey(root: Path) -> Survey:
    """The areas of a folder with their numbers of files; no file is opened."""
    try:
        found = find(root)
    except DataError as error:
        return Survey(areas=(), problem=error.message)
    by_area: dict[str, list[Found]] = {area.name: [] for area in CONTRACTS}
    for each in found:
        if each.area:
            by_area[each.area].append(each)
    areas = tuple(_surveyed(name, files) for name, files in by_area.items() if files)
    usable = any(area.name == "bars_eod" and area.used for area in areas)
    return Survey(areas=areas, problem=None if usable else no_bars(Path(root)))


def no_bars(root: Path) -> str:
    """That a folder has no prices, and where they should be."""
    return (
        f"{shown_path(root.name)} has no prices: put them into"
        " bars_eod/ticker=SYMBOL/year=YYYY/ as Parquet files with date and c_sek."
    )


def find(root: Path) -> list[Found]:
    """All files of all areas in the order of their paths, usable or not.

    DataError when `root` is no folder, cannot be listed, or holds too many files.
    """
    root = Path(root)
    if not root.is_dir():
        raise DataError(f"{shown_path(root.name)} is not a folder, or it is gone.")
    try:
        entries = _listed(root)
    except OSError as error:
        raise DataError(f"{shown_path(root.name)} cannot be listed: {error.strerror}.") from error
    result: list[Found] = []
    for each in _entries(entries):
        result.append(each)
        if len(result) > MAX_FILES:
            raise DataError(
                f"{shown_path(root.name)} holds more than {MAX_FILES:,} files; keep one file per"
                " symbol and year."
            )
    return result


def _entries(entries: list[os.DirEntry[str]]) -> Iterator[Found]:
    for entry in entries:
        if entry.name in CONTRACT and _is_folder(Path(entry.path)):
            yield from _walk(entry.path, entry.name, CONTRACT[entry.name], {})
        elif not entry.name.startswith("."):
            known = ", ".join(CONTRACT)
            reason = f"it is no area; the areas are the folders {known}"
            area = entry.name if entry.name in CONTRACT else ""
            if entry.is_symlink():
                reason = "it is a link; links are not followed"
            yield _refused(entry.path, shown_path(entry.name), area, reason)


def _walk(folder: str, path: str, area: Contract, keys: dict[str, str]) -> Iterator[Found]:
    try:
        entries = _listed(folder)
    except OSError as error:
        yield _refused(folder, f"{path}/", area.name, f"it cannot be listed: {error.strerror}")
        return
    for entry in entries:
        inner = f"{path}/{shown_path(entry.name)}"
        if entry.is_symlink():
            yield _refused(entry.path, inner, area.name, "it is a link; links are not followed")
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(entry, inner, area, keys)
        else:
            yield _file(entry, inner, area, keys)


def _folder(
    entry: os.DirEntry[str], path: str, area: Contract, keys: dict[str, str]
) -> Iterator[Found]:
    match = _KEY.fullmatch(entry.name)
    key = match[1].casefold() if match else ""
    value = unquote(match[2], errors="surrogateescape") if match else ""
    reasons = {
        "it is hidden": entry.name.startswith("."),
        f"it is no folder of the layout; those are named {area.key}=...": not match,
        f"it repeats {key}=": key in keys,
        f"it names no {key}": not value.strip() or value == _NO_VALUE,
        f"its {key} has control characters or is not UTF-8": _CONTROL.search(value),
        "its year is not a number of four digits": key == "year" and not _is_year(value),
        f"it is more than {_DEPTH} folders deep": len(keys) >= _DEPTH,
    }
    reason = next((reason for reason, applies in reasons.items() if applies), None)
    if reason is None:
        yield from _walk(entry.path, path, area, {**keys, key: value})
    else:
        yield _refused(entry.path, f"{path}/", area.name, reason)


def _file(entry: os.DirEntry[str], path: str, area: Contract, keys: dict[str, str]) -> Found:
    name = entry.name.lower()
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return _refused(entry.path, path, area.name, f"it cannot be read: {error.strerror}")
    reasons = {
        "it is hidden or temporary": name.startswith((".", "_")) or name.endswith(LEFTOVERS),
        "it is not a regular file": not stat.S_ISREG(status.st_mode),
        f"it is of another kind than {', '.join(SUFFIXES)}": not name.endswith(SUFFIXES),
        "it is empty: it has 0 bytes": status.st_size == 0,
    }
    return Found(
        path=path,
        place=entry.path,
        area=area.name,
        keys=keys,
        bytes=status.st_size,
        reason=next((reason for reason, applies in reasons.items() if applies), None),
    )


def _surveyed(name: str, files: list[Found]) -> Area:
    reasons = Counter(each.reason for each in files if each.reason)
    used = sum(each.reason is None for each in files)
    return Area(name=name, files=len(files), used=used, problem=_most(reasons))


def _most(reasons: Counter[str]) -> str | None:
    if not reasons:
        return None
    reason, count = reasons.most_common(1)[0]
    return f"Not used: {reasons.total():,}, of which {count:,} because {reason}."


def _refused(place: str, path: str, area: str, reason: str) -> Found:
    return Found(path=path, place=place, area=area, reason=reason)


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _is_year(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}", text) is not None


def shown_path(name: str) -> str:
    """A name of a file as text that can be written, whatever bytes it is made of."""
    return name.encode("utf-8", "backslashreplace").decode()


def count_by(found: Iterable[Found]) -> Counter[str]:
    """How many files of each area."""
    return Counter(each.area for each in found)
