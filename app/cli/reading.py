"""The options that say how a file is read: what its columns are, how it is written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

import msgspec

from app.cli.options import words
from engine.errors import ParamError
from engine.importing import ImportOptions
from engine.importing.model import Derived


def add_columns(parser: argparse.ArgumentParser) -> None:
    """What the columns are."""
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
        "--rename", action="append", default=[], metavar="OLD=NEW", help="other names for columns"
    )
    parser.add_argument(
        "--derive",
        action="append",
        default=[],
        metavar="A,B",
        help=f"columns to be computed: {', '.join(get_args(Derived))}",
    )
    parser.add_argument(
        "--currency", metavar="COLUMN", help="the column with the currency of the prices"
    )
    parser.add_argument(
        "--base-currency",
        metavar="CODE",
        help="what the prices of a curated folder are converted to (default SEK)",
    )
    parser.add_argument(
        "--costs",
        type=Path,
        metavar="FILE",
        help="trading costs: columns symbol, date if they change, and cost_bps or commission_bps,"
        " half_spread_bps, impact_bps (basis points per unit traded)",
    )
    parser.add_argument("--periods-per-year", type=float, default=252.0, metavar="N")


def add_forms(parser: argparse.ArgumentParser) -> None:
    """How the file is written."""
    parser.add_argument(
        "--layout", choices=("long", "wide"), help="wide: one column for each symbol"
    )
    parser.add_argument("--value", metavar="NAME", help="what the cells of a wide file are")
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="whether the first line has the names of the columns",
    )
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument(
        "--encoding", choices=("utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac-roman")
    )
    parser.add_argument("--separator", choices=(",", ";", "tab", "|"), help="between the columns")
    parser.add_argument("--decimal", choices=(".", ","), help="the decimal mark of a text file")
    parser.add_argument("--date-order", choices=("dmy", "mdy"), help="of dates such as 03/04/2020")
    parser.add_argument(
        "--duplicates",
        choices=("first", "last"),
        help="which of several rows of one date and symbol to keep",
    )


def import_options(args: argparse.Namespace) -> ImportOptions:
    """The options of the command line; ParamError."""
    separator = "\t" if args.separator == "tab" else args.separator
    given = {
        "date": args.date, "symbol": args.symbol, "price": args.price, "universe": args.universe,
        "categories": words(args.categories), "ignore": words(args.ignore),
        "rename": _renames(args.rename), "layout": args.layout, "value": args.value,
        "header": args.header, "sheet": args.sheet, "encoding": args.encoding,
        "separator": separator, "decimal": args.decimal, "date_order": args.date_order,
        "duplicates": args.duplicates, "derive": words(args.derive), "currency": args.currency,
        "base_currency": args.base_currency,
        "periods_per_year": args.periods_per_year,
        "costs": str(args.costs.absolute()) if args.costs else None,
    }  # fmt: skip
    try:
        return msgspec.convert(given, type=ImportOptions)
    except msgspec.ValidationError as error:
        raise ParamError(
            f"--derive takes {', '.join(get_args(Derived))}, not {','.join(args.derive)[:60]!r}."
        ) from error


def _renames(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for old, mark, new in pairs:
        if not (old and mark and new):
            given = (old + mark + new)[:40]
            raise ParamError(f"--rename takes OLD=NEW, such as px=close, not {given!r}.")
    return {old: new for old, _, new in pairs}
