"""The start of the program."""

from __future__ import annotations

import multiprocessing
import os
import sys

from app import cli
from app.desktop.ending import leave


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    multiprocessing.freeze_support()
    os.umask(0o077)  # whatever is written is the user's own
    code = cli.main()
    if "uvicorn" in sys.modules:  # there was a server, and perhaps a window
        leave(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
