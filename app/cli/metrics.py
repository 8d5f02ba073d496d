"""The metrics command."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

import polars as pl

from app.cli.report import shown
from app.cli.screen import Screen, number
from app.report.words import LABELS
from engine.errors import DataError, ParamError
from engine.importing import PARQUET_SUFFIXES, ImportOptions
from engine.importing.opening import read_bytes
from engine.stats.conventions import CHOICES, Convention, profile
from engine.stats.performance import Metrics, performance

COLUMNS = ("ann_return", "ann_vol", "ann_sharpe", "sortino", "max_dd", "calmar", "hit_rate", "n")


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("metrics", help="measure return series you already have")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="columns date, ret and maybe series"
    )
    parser.add_argument("--periods-per-year", type=float, default=252.0, metavar="N")
    parser.add_argument(
        "--convention", choices=CHOICES, default="default",
        help="measure as quantstats, empyrical or WorldQuant BRAIN do (docs/metrics.md)",
    )  # fmt: skip
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Every metric of every series in a file."""
    if not 0 < args.periods_per_year <= 1_000_000:
        raise ParamError(f"--periods-per-year is {args.periods_per_year:g}; choose above 0.")
    frame = read_returns(args.file)
    if args.convention != "default":
        _show_profiles(screen, frame, args.convention, args.periods_per_year)
        return
    found = {
        str(name): performance(part["ret"].to_numpy(), args.periods_per_year)
        for (name,), part in frame.group_by("series", maintain_order=True)
    }
    if screen.json:
        screen.emit(found)
    _show(screen, found)


def _show_profiles(
    screen: Screen, frame: pl.DataFrame, convention: Convention, periods: float
) -> None:
    """Every figure of another convention, by its name there."""
    found = {
        str(name): profile(part["ret"].to_numpy(), convention, periods=periods)
        for (name,), part in frame.group_by("series", maintain_order=True)
    }
    if screen.json:
        screen.emit({name: {f.name: f.value for f in it.figures} for name, it in found.items()})
    for name, it in found.items():
        screen.say(f"{name}, {it.title}")
        screen.pairs((figure.name, number(figure.value, 4)) for figure in it.figures)


def read_returns(path: Path) -> pl.DataFrame:
    """Series, date and ret, sorted; DataError says what is wrong with the file."""
    frame = _read(path)
    missing = [name for name in ("date", "ret") if name not in frame.columns]
    if missing:
        raise DataError(
            f"{path.name} has no column {' and no column '.join(map(repr, missing))}; it has"
            f" {', '.join(frame.columns[:12])}. Name the columns date, ret and, if there are"
            " several, series."
        )
    if "series" not in frame.columns:
        frame = frame.with_columns(series=pl.lit(path.stem))
    frame = frame.select(
        pl.col("series").cast(pl.String),
        _dates(frame, path),
        pl.col("ret").cast(pl.Float64, strict=False),
    )
    _check(frame, path)
    return frame.sort("series", "date", maintain_order=True)


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise DataError(f"There is no file {path}. Check the name and the folder.")
    data = io.BytesIO(read_bytes(path, ImportOptions().max_bytes))
    try:
        if path.name.lower().endswith(PARQUET_SUFFIXES):
            return pl.read_parquet(data)
        return pl.read_csv(data, infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DataError(f"{path.name} cannot be read as a table: {first}.") from error


def _dates(frame: pl.DataFrame, path: Path) -> pl.Series:
    dates = frame["date"]
    if dates.dtype == pl.String:
        dates = dates.str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    elif not dates.dtype.is_temporal():
        raise DataError(f"The dates of {path.name} are {dates.dtype}. Write them as YYYY-MM-DD.")
    return dates.cast(pl.Date)


def _check(frame: pl.DataFrame, path: Path) -> None:
    if frame.is_empty():
        raise DataError(f"{path.name} has a header and no rows.")
    for column, what in (("date", "date (YYYY-MM-DD)"), ("ret", "finite number")):
        wrong = frame[column].is_null()
        if column == "ret":
            wrong |= ~frame[column].is_finite().fill_null(value=False)
        if wrong.any():
            raise DataError(
                f"{wrong.sum()} rows of {path.name} have no {what} in the column {column!r}, the"
                f" first of them row {wrong.to_list().index(True) + 1}. Correct or remove them."
            )
    again = frame.select("series", "date").is_duplicated()
    if again.any():
        raise DataError(
            f"{path.name} has {again.sum()} rows that repeat a date. If it holds several series,"
            " name them in a column called series."
        )


def _show(screen: Screen, found: dict[str, Metrics]) -> None:
    if len(found) == 1:
        (metrics,) = found.values()
        screen.pairs((name, shown(metrics, name)) for name in Metrics.__struct_fields__)
        return
    screen.table(
        ["series", *(LABELS[name] for name in COLUMNS), ""],
        [[name, *(shown(m, column) for column in COLUMNS), ""] for name, m in found.items()],
    )
