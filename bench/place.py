"""The folder of a panel: a workspace with it, and its matrices for the peers."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl

from bench import report
from bench.ours import DATASET, open_dataset
from bench.panel import FEATURES, MAIN, SIZES, draw, write_file, write_table
from bench.report import Row, Section
from bench.step import Step
from engine.catalog import catalog
from engine.panel import Panel
from engine.workspace import Workspace

NAME = "bench"
GOAL_ROWS = 620_000
PARQUET_S, CSV_S, CATALOG_S = 2.0, 5.0, 2.0
_CATALOG = (1240, 500, 20)
"""Dates, symbols and columns of the goal for the catalog."""


def part(step: Step) -> list[Section]:
    """Draw or read the panel, import it, and leave its matrices."""
    path = step.folder / "panel.parquet"
    step.folder.mkdir(parents=True)
    if step.file:
        rows = write_file(Path(step.file), path)
    else:
        rows = write_table(draw(*SIZES[step.panel]), path)
    spent = import_table(path, step.workspace, NAME)
    folder = dataset_folder(step.workspace, NAME)
    (step.folder / DATASET).write_text(str(folder))
    _exchange(open_dataset(step.folder), step.folder)
    found = [_import(rows, spent, "Parquet", PARQUET_S)]
    if step.panel in {MAIN, "XS"}:
        found += [_import(rows, _import_text(step, path), "CSV", CSV_S), _catalog()]
    return [Section(title="Data", rows=tuple(found))]


def _import_text(step: Step, path: Path) -> float:
    """The same panel from a text file; the seconds its import took."""
    text = step.folder / "panel.csv"
    pl.read_parquet(path).write_csv(text)
    spent = import_table(text, step.workspace, f"{NAME}-csv")
    text.unlink()
    return spent


def import_table(path: Path, workspace: Path, name: str) -> float:
    """Import a file into a workspace; the seconds it took."""
    with Workspace(workspace, write=True) as space:
        start = time.perf_counter()
        space.import_file(path, name, lockbox="none")
        return time.perf_counter() - start


def dataset_folder(workspace: Path, name: str) -> Path:
    """Where a workspace keeps a data set."""
    with Workspace(workspace, write=False) as space:
        return space.folder(space.dataset(name))


def _exchange(panel: Panel, folder: Path) -> None:
    """The matrices as Kvant sees them."""
    for name in FEATURES:
        np.save(folder / f"{name}.npy", panel.feature(name))
    np.save(folder / "sector.npy", panel.codes("sector").astype(np.int64))


def _import(rows: int, spent: float, kind: str, goal_s: float) -> Row:
    scaled = spent * GOAL_ROWS / rows
    what = f"import of {rows:,} rows with quality report, {kind}"
    text = f"{spent:.2f} s, {scaled:.2f} s per {GOAL_ROWS:,}"
    return report.below(what, scaled, goal_s, text, f"< {goal_s:.0f} s")


def _catalog() -> Row:
    """The catalog of columns of noise, the slowest kind: all values differ."""
    dates, symbols, columns = _CATALOG
    rng = np.random.default_rng(1)
    values = {f"x_{i:02d}": rng.normal(size=(dates, symbols)) for i in range(columns - 1)}
    panel = Panel.from_arrays(
        "noise",
        np.datetime64("2015-01-01") + np.arange(dates),
        [f"S{i:03d}" for i in range(symbols)],
        values | {"close": np.exp(rng.normal(size=(dates, symbols)))},
    )
    start = time.perf_counter()
    catalog(panel)
    spent = time.perf_counter() - start
    what = f"catalog of {dates * symbols:,} rows x {columns} columns"
    return report.below(what, spent, CATALOG_S, f"{spent:.2f} s", f"< {CATALOG_S:.0f} s")
