"""The doctor command."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import shutil
from typing import Any

import apsw

from app import log
from app.cli.screen import Screen
from app.version import version
from engine import kernels
from engine.errors import DataError, WorkspaceBusyError
from engine.importing import verify_dataset
from engine.strategy import ENGINE_VERSION
from engine.workspace import Workspace

LIBRARIES = ("polars", "numpy", "duckdb", "msgspec")
LITTLE_SPACE = 1 << 30
_WORDS = {"free_bytes": "free space"}


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("doctor", help="is everything in order, and where is it?")
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Look at everything Kvant rests on; exit code 1 when something is wrong."""
    with _opened(args) as space:
        log.start(space.logs)
        problems = [f"The database is damaged: {fault}." for fault in space.store.integrity()]
        problems += _damaged(space)
        facts = _facts(space)
    if screen.json:
        screen.emit({"ok": not problems, "problems": problems} | facts)
    shown = facts | {"free_bytes": f"{facts['free_bytes'] / (1 << 30):,.1f} GiB"}
    screen.pairs(
        (_WORDS.get(name, name.replace("_", " ")), str(value)) for name, value in shown.items()
    )
    for problem in problems:
        screen.say(f"! {problem}")
    if facts["free_bytes"] < LITTLE_SPACE:
        screen.say("! The disk has less than 1 GiB left; a long search may need more.")
    if not problems:
        screen.say("Everything is in order.")
    return 1 if problems else 0


def _opened(args: argparse.Namespace) -> Workspace:
    """The workspace, brought up to date if nobody else owns it."""
    try:
        return Workspace(args.workspace, write=True)
    except WorkspaceBusyError:
        return Workspace(args.workspace, write=False)


def _facts(space: Workspace) -> dict[str, Any]:
    rows = space.datasets()
    return {
        "kvant": version(),
        "engine": ENGINE_VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "sqlite": apsw.sqlite_lib_version(),
        "kernels": kernels.BACKEND,
        "kernels_note": kernels.BACKEND_NOTE,
        "workspace": str(space.root),
        "database": str(space.database),
        "logs": str(space.logs),
        "free_bytes": shutil.disk_usage(space.root).free,
        "datasets": ", ".join(row.name for row in rows) or "none",
        "strategies": space.store.strategies(limit=1).total,
    }


def _damaged(space: Workspace) -> list[str]:
    found = []
    for row in space.datasets():
        try:
            verify_dataset(space.folder(row))
        except DataError as error:
            found.append(f"{row.name}: {error.message}")
    return found
