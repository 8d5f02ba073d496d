"""The start of the program."""

from __future__ import annotations

import multiprocessing
import os
import sys

from app import cli


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    multiprocessing.freeze_support()
    os.umask(0o077)  # whatever is written is the user's own
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
