"""The command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.cli import window

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Its exit code: 0 done, 1 failed, 2 refused, 3 no server, 4 no window, 5 the workspace is in use,
    130 cancelled.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    args = window.at_once(words)
    if args is not None:
        return window.start(args)
    from app.cli.commands import run  # noqa: PLC0415  # the window need not wait for the others

    return run(words)
