"""Which Kvant this is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parents[1]


@cache
def version() -> str:
    """The version of the installed package, or of the source tree."""
    project = _ROOT / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("kvant")


@cache
def git_hash() -> str | None:
    """The commit of the source tree, None in an installed package."""
    try:
        head = (_ROOT / ".git" / "HEAD").read_text(encoding="ascii").strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head
        loose = _ROOT / ".git" / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()
        packed = (_ROOT / ".git" / "packed-refs").read_text(encoding="ascii")
        return next((line[:40] for line in packed.splitlines() if line.endswith(f" {name}")), None)
    except (OSError, ValueError):
        return None
