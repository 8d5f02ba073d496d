"""Commands about data sets: import, datasets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.options import open_workspace, words
from app.cli.screen import Screen, count
from app.imports import Importer
from engine.errors import DataError, ParamError
from engine.importing import PARQUET_SUFFIXES, TEXT_SUFFIXES, ImportOptions, ImportReport
from engine.store import DatasetRow
from engine.workspace import BUNDLED

SOURCE = "Source: European Central Bank"


def add(subparsers: Any) -> None:
    """The grammar of the commands."""
    parser = subparsers.add_parser(
        "import", help="read and check price files and keep them as data sets"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE|DIR")
    parser.add_argument("--name", help="name of the data set (default: that of the file)")
    parser.add_argument(
        "--lockbox",
        default="20%",
        metavar="none|DATE|PERCENT",
        help="dates locked away for a last test: from DATE on, or the last PERCENT (default 20%%)",
    )
    parser.add_argument("--date", metavar="COLUMN", help="the column of the dates")
    parser.add_argument("--symbol", metavar="COLUMN", help="the column of the symbols")
    parser.add_argument("--price", metavar="COLUMN", help="the column that earns returns")
    parser.add_argument("--universe", metavar="COLUMN", help="the column of membership, 0 or 1")
    parser.add_argument(
        "--categories", action="append", default=[], metavar="A,B", help="columns that are groups"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="A,B", help="columns to leave out"
    )
    parser.add_argument(
        "--costs",
        type=Path,
        metavar="FILE",
        help="trading costs: columns symbol, date if they change, and cost_bps or commission_bps,"
        " half_spread_bps, impact_bps (basis points per unit traded)",
    )
    parser.add_argument("--decimal", choices=(".", ","), help="the decimal mark of a text file")
    parser.add_argument("--date-order", choices=("dmy", "mdy"), help="of dates such as 03/04/2020")
    parser.add_argument("--periods-per-year", type=float, default=252.0, metavar="N")
    parser.set_defaults(command=run_import)
    listing = subparsers.add_parser("datasets", help="the data sets of the workspace")
    listing.set_defaults(command=run_list)


def run_import(args: argparse.Namespace, screen: Screen) -> None:
    """Import files one after the other; the first one that is refused ends it."""
    files = [file for path in args.files for file in _files(path)]
    if args.name is not None and len(files) > 1:
        raise ParamError("--name names one data set; import several files without it.")
    options = ImportOptions(
        date=args.date, symbol=args.symbol, price=args.price, universe=args.universe,
        categories=words(args.categories), ignore=words(args.ignore), decimal=args.decimal,
        date_order=args.date_order, periods_per_year=args.periods_per_year,
        costs=str(args.costs.absolute()) if args.costs else None,
    )  # fmt: skip
    answers = []
    with open_workspace(args, write=True) as space, Importer(space) as importer:
        for file in files:
            row, report = importer.import_file(file, args.name, args.lockbox, options)
            answers.append(_answer(row) | {"report": report})
            _show(screen, row, report)
    if screen.json:
        screen.emit({"datasets": answers})


def run_list(args: argparse.Namespace, screen: Screen) -> None:
    """List the data sets."""
    with open_workspace(args) as space:
        rows, default = space.datasets(), space.dataset()
    if screen.json:
        screen.emit({"items": [_answer(row) for row in rows], "default": default.name})
    screen.table(
        ["name", "dates", "symbols", "from", "to", "lockbox", "fingerprint", "source"],
        [
            [
                row.name + (" *" if row == default else ""), f"{row.dates:,}", f"{row.symbols:,}",
                row.first_date, row.last_date, row.lockbox, row.fingerprint[:12],
                SOURCE if row.name == BUNDLED else row.source,
            ]
            for row in rows
        ],
        spare=("fingerprint", "from", "lockbox"),
    )  # fmt: skip
    screen.say("* is used when a command names no --dataset")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    endings = (*PARQUET_SUFFIXES, *TEXT_SUFFIXES)
    files = sorted(file for file in path.iterdir() if file.name.lower().endswith(endings))
    if not files:
        raise DataError(f"There is no Parquet or CSV file in the folder {path}.")
    return files


def _answer(row: DatasetRow) -> dict[str, object]:
    fields = ("name", "fingerprint", "source", "lockbox", "imported_at")
    sizes = ("dates", "symbols", "first_date", "last_date")
    return {name: getattr(row, name) for name in (*fields, *sizes)}


def _show(screen: Screen, row: DatasetRow, report: ImportReport) -> None:
    screen.say(
        f"{row.name}: {count(report.rows, 'row')}, {count(row.symbols, 'symbol')},"
        f" {count(row.dates, 'date')} from {row.first_date} to {row.last_date}"
    )
    screen.pairs(
        [
            ("price", report.price),
            ("features", ", ".join(report.features)),
            ("categories", ", ".join(report.categories) or "none"),
            ("universe", report.universe or "all symbols"),
            ("lockbox", row.lockbox),
            ("fingerprint", row.fingerprint[:16]),
            *(("refused", f"{each.column}: {each.reason}") for each in report.refused),
            *(("note", text) for text in (*report.warnings, *report.notes)),
        ]
    )
