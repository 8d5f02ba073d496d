"""The export command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.files import write_frame, write_whole
from app.cli.options import open_workspace
from app.cli.report import tear_sheet
from app.cli.screen import Screen
from engine.errors import NotFoundError, ParamError
from engine.store import Run, StrategyDetail
from engine.strategy import unpack_daily

FORMATS = ("csv", "parquet", "html")


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("export", help="take a saved strategy along as a file")
    add_run(parser)
    parser.add_argument("--format", choices=FORMATS, help="default: the ending of --out, or csv")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: HASH.FORMAT here")
    parser.set_defaults(command=run)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Options that name one saved run."""
    parser.add_argument("hash", metavar="HASH", help="the hash of a strategy, or its first digits")
    parser.add_argument("--run", metavar="ID", help="which of its runs (default: the newest)")


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Write the daily series (csv, parquet) or a tear sheet (html) of a saved run."""
    kind = _format(args.out, args.format)
    with open_workspace(args) as space:
        detail = space.store.strategy(args.hash)
        chosen = run_of(detail, args.run)
        daily = unpack_daily(space.store.daily(chosen.run_id))
    path = args.out or Path(f"{detail.expr_hash}.{kind}")
    if kind == "html":
        page = tear_sheet(detail, chosen, daily)
        write_whole(path, lambda file: file.write(page.encode()))
    else:
        write_frame(daily, path, kind)
    if screen.json:
        screen.emit(
            {
                "expr_hash": detail.expr_hash, "run_id": chosen.run_id, "format": kind,
                "out": str(path), "rows": len(daily),
            }
        )  # fmt: skip
    screen.say(f"{path}: {detail.expr_hash}, {len(daily):,} dates")


def _format(out: Path | None, wanted: str | None) -> str:
    """The format asked for, or the one the name of the file tells; ParamError for two of them."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    if wanted and ending in FORMATS and wanted != ending:
        raise ParamError(f"--format {wanted} does not go with the name {out}. Change one of them.")
    return wanted or (ending if ending in FORMATS else "csv")


def run_of(detail: StrategyDetail, prefix: str | None) -> Run:
    """The newest run, or the one whose id starts with `prefix`; NotFoundError."""
    found = [each for each in detail.runs if each.run_id.startswith(prefix or "")]
    if not found:
        some = ", ".join(each.run_id for each in detail.runs[:5])
        raise NotFoundError(
            f"The strategy {detail.expr_hash} has no run {prefix!r}; its runs are {some}."
        )
    return found[0]
