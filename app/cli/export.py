"""The export command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.files import write_whole
from app.cli.options import open_workspace
from app.cli.screen import Screen
from app.exports import FORMATS, Format, exported
from app.reader import InProcess, Reader
from app.results import daily_of, found
from engine.errors import ParamError


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("export", help="take a saved strategy along as a file")
    parser.add_argument("hash", metavar="HASH", help="the hash of a strategy, or its first digits")
    parser.add_argument("--run", metavar="ID", help="which of its runs (default: the newest)")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="csv, parquet: daily series; html: a tear sheet; kvant: a bundle that `kvant verify`"
        " checks anywhere (default: the ending of --out, or csv)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: HASH.FORMAT here")
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Write the daily series, a tear sheet or a bundle of a saved run."""
    kind = _format(args.out, args.format)
    with open_workspace(args) as space:
        reader = Reader(space, InProcess())
        it = found(reader, args.hash, args.run)
        rows = len(daily_of(reader, it.run).net)
        content = exported(reader, it, kind)
    path = args.out or Path(f"{it.expr_hash}.{kind}")
    write_whole(path, lambda file: file.write(content))
    if screen.json:
        screen.emit(
            {
                "expr_hash": it.expr_hash, "run_id": it.run.run_id, "format": kind,
                "out": str(path), "rows": rows,
            }
        )  # fmt: skip
    screen.say(f"{path}: {it.expr_hash}, {rows:,} dates")


def _format(out: Path | None, wanted: Format | None) -> Format:
    """The format asked for, or the one the name of the file tells; ParamError for two of them."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    if wanted and ending in FORMATS and wanted != ending:
        raise ParamError(f"--format {wanted} does not go with the name {out}. Change one of them.")
    named = next((each for each in FORMATS if each == ending), None)
    return wanted or named or "csv"
