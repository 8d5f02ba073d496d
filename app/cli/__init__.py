"""The command line."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.commands import run

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 failed, 2 refused, 130 cancelled."""
    return run(argv)
