"""Commands about data sets: import, datasets, quality."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec
from rich.status import Status

from app.cli import reading
from app.cli.options import open_workspace
from app.cli.screen import Screen, count
from app.imports import Importer
from app.messages import Step
from engine.curated import raw_files
from engine.errors import DataError, ParamError
from engine.importing import ImportReport, Preview
from engine.panel import open_panel
from engine.quality import Finding, Quality, inspect_open
from engine.store import DatasetRow
from engine.workspace import BUNDLED, Workspace, roots

SOURCE = "Source: European Central Bank"
_FEW = 3


def add(subparsers: Any) -> None:
    """The grammar of the commands."""
    parser = subparsers.add_parser(
        "import", help="read and check price files and keep them as data sets"
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE|DIR",
        help="files and folders, each one a data set (default: those of QUANT_DATA_ROOT and"
        " QUANT_RAW_ROOT)",
    )
    parser.add_argument("--name", help="name of the data set (default: that of the file)")
    parser.add_argument(
        "--lockbox",
        default="20%",
        metavar="none|DATE|PERCENT",
        help="dates locked away for a last test: from DATE on, or the last PERCENT (default 20%%)",
    )
    parser.add_argument(
        "--preview", action="store_true", help="say what would be imported, and write nothing"
    )
    reading.add_columns(parser)
    reading.add_forms(parser)
    parser.set_defaults(command=run_import)
    listing = subparsers.add_parser("datasets", help="the data sets of the workspace")
    listing.set_defaults(command=run_list)
    quality = subparsers.add_parser("quality", help="what is wrong with a data set, or looks so")
    quality.add_argument("dataset", nargs="?", metavar="NAME")
    quality.set_defaults(command=run_quality)


def run_import(args: argparse.Namespace, screen: Screen) -> None:
    """Import files one after the other; the first one that is refused ends it."""
    files = args.files or _of_roots()
    if args.name is not None and len(files) > 1:
        raise ParamError("--name names one data set; import several files without it.")
    options = reading.import_options(args)
    answers = []
    with (
        open_workspace(args, write=True) as space,
        screen.waiting() as status,
        Importer(space, lambda step: _tell(status, step)) as importer,
    ):
        for file in files:
            if args.preview:
                preview = importer.preview(file, options)
                answers.append(msgspec.to_builtins(preview))
                _show_preview(screen, preview)
            else:
                row, report = importer.import_file(file, args.name, args.lockbox, options)
                answers.append(_answer(row) | {"report": report})
                _show(screen, row, report, space.store.quality(row))
    if screen.json:
        screen.emit({"previews" if args.preview else "datasets": answers})


def _of_roots() -> list[Path]:
    """What lies in the folders of the environment."""
    places = roots()
    found = [places.curated] if places.curated is not None else []
    if places.raw is not None:
        found += [places.raw / f.name for f in raw_files(places.raw) if f.problem is None]
    if not found:
        raise DataError(
            "There is nothing to import: name a file or folder, or set QUANT_DATA_ROOT to a curated"
            " folder or QUANT_RAW_ROOT to one with price files."
        )
    return found


def _tell(status: Status, step: Step) -> None:
    status.update(f"{step.stage} ({step.share:.0%})")


def run_quality(args: argparse.Namespace, screen: Screen) -> None:
    """Say what is wrong with a data set."""
    with open_workspace(args) as space:
        row = space.dataset(args.dataset)
        quality = _quality(space, row)
    if screen.json:
        screen.emit({"dataset": row.name, "version": row.version, "quality": quality})
    _show_quality(screen, row, quality)


def _quality(space: Workspace, row: DatasetRow) -> Quality:
    kept = space.store.quality(row)
    if kept is not None:
        return kept
    return inspect_open(
        open_panel(space.folder(row), name=row.name),
        open_rows=space.open_dates(row).rows,
        duplicates_dropped=row.report.duplicates_dropped,
    )


def _show_quality(screen: Screen, row: DatasetRow, quality: Quality) -> None:
    found = quality.calendar
    screen.say(
        f"{row.name}, version {row.version}: {count(quality.rows, 'row')},"
        f" {count(quality.symbols, 'symbol')}, {count(quality.dates, 'date')} ({found.frequency},"
        f" {count(found.holidays, 'holiday')}, longest break {count(found.longest_break, 'day')})"
    )
    for finding in quality.findings:
        screen.say(f"{finding.severity:8}{finding.title}: {_amount(finding)}")
        screen.say(f"        {finding.message}")
        for example in finding.examples[:_FEW]:
            parts = (example.symbol, example.date and example.date.isoformat(), example.text)
            screen.say(f"        - {' '.join(part for part in parts if part)}")
    if not quality.findings:
        screen.say("Nothing was found.")
    if quality.locked:
        more = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in quality.locked.items())
        screen.say(f"The locked dates, which are not shown, would add: {more}.")


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


def _answer(row: DatasetRow) -> dict[str, object]:
    fields = ("name", "version", "fingerprint", "source", "lockbox", "imported_at")
    sizes = ("dates", "symbols", "first_date", "last_date")
    return {name: getattr(row, name) for name in (*fields, *sizes)}


def _show_preview(screen: Screen, preview: Preview) -> None:
    screen.say(f"{preview.file}: {preview.format}, {count(preview.rows, 'row')}")
    for detail in preview.details:
        screen.say(detail)
    screen.table(
        ["column", "becomes", "role", "first cells"],
        [
            [
                each.name, each.becomes, each.role,
                each.reason or ", ".join(cell or "-" for cell in each.examples[:_FEW]),
            ]
            for each in preview.columns
        ],
        left=3,
    )  # fmt: skip
    if preview.question is not None:
        screen.say(f"Question: {preview.question.message}")
    if preview.problem is not None:
        screen.say(f"Problem: {preview.problem}")


def _show(screen: Screen, row: DatasetRow, report: ImportReport, quality: Quality | None) -> None:
    version = f" (version {row.version})" if row.version > 1 else ""
    screen.say(
        f"{row.name}{version}: {count(report.rows, 'row')}, {count(row.symbols, 'symbol')},"
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
            *(("derived", f"{name} = {how}") for name, how in report.derived.items()),
            *(("left out", f"{f.file}: {f.reason}") for f in report.files if not f.used),
            *(("note", text) for text in (*report.warnings, *report.notes)),
            *(("quality", text) for text in _verdict(quality)),
        ]
    )


def _verdict(quality: Quality | None) -> list[str]:
    """The findings that matter in a line each."""
    found = [f for f in quality.findings if f.severity != "info"] if quality else []
    return [f"{f.severity}: {f.title}, {_amount(f)}" for f in found]


def _amount(finding: Finding) -> str:
    return count(finding.count, finding.unit.removesuffix("s"))
