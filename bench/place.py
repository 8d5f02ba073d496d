"""The folder of a panel: a workspace with it, and its matrices for the peers."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from bench import report
from bench.ours import DATASET, open_dataset
from bench.panel import FEATURES, SIZES, draw, write_file, write_table
from bench.report import Section
from bench.step import Step
from engine.panel import Panel
from engine.workspace import Workspace

NAME = "bench"
GOAL_S, GOAL_ROWS = 2.0, 620_000


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
    return [_section(rows, spent)]


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


def _section(rows: int, spent: float) -> Section:
    scaled = spent * GOAL_ROWS / rows
    what = f"import of {rows:,} rows, Parquet"
    text = f"{spent:.2f} s, {scaled:.2f} s per {GOAL_ROWS:,}"
    row = report.below(what, scaled, GOAL_S, text, f"< {GOAL_S:.0f} s")
    return Section(title="Import", rows=(row,))
