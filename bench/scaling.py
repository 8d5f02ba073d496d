"""Training with more candidates, more dates, more symbols: does the time grow in proportion?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench.panel import SIZES, draw, write_table
from bench.place import NAME, import_table
from bench.report import Row, Section, above, below
from bench.step import Step
from bench.training import measure

COUNTS = (50, 200, 1000)
USUAL = 200
LARGE, LARGE_COUNT = "L", 300
GOAL_RATE, GOAL_BYTES, GOAL_LINEAR = 25.0, int(2.5 * 2**30), 1.25


class Run(msgspec.Struct, frozen=True):
    """One search: on what, of how many, and what bench.training saw."""

    dates: int
    symbols: int
    n: int
    seen: dict[str, Any]

    @property
    def per_cell(self) -> float:
        """Nanoseconds for a cell of a candidate, after the start."""
        return 1e9 * float(self.seen["steady"]) / (self.dates * self.symbols)


def part(step: Step) -> list[Section]:
    """Searches of growing size, the last on the large panel when it is there."""
    counts = tuple(n // 10 for n in COUNTS) if step.quick else COUNTS
    usual = USUAL // 10 if step.quick else USUAL
    table = step.folder / "panel.parquet"
    by_count = [Run(*step.shape, n, _seen(_fresh(table, step.folder / f"n{n}"), n)) for n in counts]
    by_dates = list(_fewer_dates(step, usual))
    return [section(by_count, by_dates, _large(step, LARGE_COUNT // (10 if step.quick else 1)))]


def section(by_count: list[Run], by_dates: list[Run], large: Run | None) -> Section:
    """The table; whether it is linear; the goals of the large panel."""
    runs = [*by_dates, *by_count, *([large] if large else [])]
    middle = by_count[len(by_count) // 2]
    rows = [_linear("candidates", by_count[-1].n, middle.n, by_count[-1], middle)]
    if by_dates:
        rows.append(_linear("dates", middle.dates, by_dates[0].dates, middle, by_dates[0]))
    return Section(
        title="Scaling of training",
        rows=(*rows, *_large_rows(large)),
        header=("panel", "candidates", "s", "per s", "ms each", "ns per cell", "engine MiB"),
        details=tuple(map(_line, runs)),
        remarks=(
            (
                "Two workers, everything included; `ms each` and `ns per cell` of a candidate count"
                " from the first commit on, so that the start of the process is not in them."
            ),
        ),
    )


def _linear(what: str, many: int, few: int, long: Run, short: Run) -> Row:
    ratio = long.per_cell / short.per_cell
    label = f"training, time per candidate and cell, {many:,} {what} against {few:,}"
    return below(label, ratio, GOAL_LINEAR, f"{ratio:.2f}x", f"<= {GOAL_LINEAR}x")


def _large_rows(large: Run | None) -> Iterator[Row]:
    if large is None:
        return
    what = f"training on {large.symbols:,} x {large.dates:,}, {large.n} expressions"
    rate, peak = large.seen["rate"], large.seen["engine_peak"]
    goal = f">= {GOAL_RATE:.0f}/s"
    yield above(f"{what}, per second", rate, GOAL_RATE, f"{rate:.1f}/s", goal)
    text = f"{peak >> 20:,} MiB"
    yield below(f"{what}, peak memory of the engine process", peak, GOAL_BYTES, text, "< 2.5 GiB")


def _line(run: Run) -> tuple[str, ...]:
    seen = run.seen
    return (
        f"{run.symbols:,} x {run.dates:,}",
        f"{run.n:,}",
        f"{seen['wall']:.1f}",
        f"{seen['rate']:.0f}",
        _number(1e3 * seen["steady"]),
        _number(run.per_cell),
        f"{seen['engine_peak'] >> 20}",
    )


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _seen(workspace: Path, n: int) -> dict[str, Any]:
    return measure(workspace, NAME, n, workers=2)


def _fresh(table: Path, folder: Path) -> Path:
    """A workspace nothing was ever searched in, with the panel of a file."""
    import_table(table, folder / "workspace", NAME)
    return folder / "workspace"


def _fewer_dates(step: Step, n: int) -> Iterator[Run]:
    """A quarter and a half of the dates, drawn anew; none for a panel that is a file."""
    dates, symbols = SIZES.get(step.panel, (0, 0))
    for fewer in (dates // 4, dates // 2) if dates else ():
        folder = step.folder / f"dates{fewer}"
        folder.mkdir()
        table = folder / "panel.parquet"
        write_table(draw(fewer, symbols), table)
        yield Run(fewer, symbols, n, _seen(_fresh(table, folder), n))


def _large(step: Step, n: int) -> Run | None:
    workspace = Path(step.scratch) / LARGE / "workspace"
    return Run(*SIZES[LARGE], n, _seen(workspace, n)) if workspace.exists() else None
