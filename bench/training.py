"""A whole training job through the job runner, watched from outside; a process of its own.

python -m bench.training WORKSPACE DATASET N WORKERS      prints one JSON line
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import jobs
from app.events import JobEvent
from app.schemas import TrainRequest
from bench import machine
from bench.place import NAME
from bench.report import Row, Section, above, below
from bench.step import Step
from engine.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
GOAL_RATE, GOAL_NEXT, GOAL_S, GOAL_BYTES = 150.0, 300.0, 7.0, 1 << 30
SEED = 42


def part(step: Step) -> list[Section]:
    """One search on one panel."""
    n = 200 if step.quick else 1000
    return [section(measure(step.workspace, NAME, n, workers=2), n)]


def measure(workspace: Path, dataset: str, n: int, workers: int) -> dict[str, Any]:
    """Run the job in a fresh process and return what it said."""
    words = [sys.executable, "-m", "bench.training", workspace, dataset, str(n), str(workers)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603  # our own command
        list(map(str, words)), stdout=subprocess.PIPE, cwd=ROOT, env=environment, check=True
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def section(found: dict[str, Any], n: int) -> Section:
    """The rows of the job."""
    full = n == 1000
    wall, rate, peak = found["wall"], found["rate"], found["engine_peak"]
    what = f"training of {n:,} expressions, 2 workers, everything included"
    text = f"{wall:.1f} s"
    rows = [
        below(what, wall, GOAL_S, text, f"< {GOAL_S:.0f} s") if full else Row(what, text),
        above(
            "training, expressions per second",
            rate,
            GOAL_RATE,
            f"{rate:.0f}/s",
            f">= {GOAL_RATE:.0f}/s, then {GOAL_NEXT:.0f}/s",
        ),
        below(
            "training, peak memory of the engine process",
            peak,
            GOAL_BYTES,
            f"{peak >> 20} MiB",
            "< 1 GiB",
        ),
    ]
    remark = (
        f"{found['kept']:.0f} of {n:,} candidates were backtested, {found['failed']:.0f} refused;"
        f" {found['commits']:.0f} commits, {found['events']:.0f} events. Until the first result:"
        f" {found['first']:.2f} s (the process starts, draws, plans). Peak memory of the parent"
        f" {found['parent_peak'] >> 20} MiB. The database grew to {found['bytes'] / 1e6:.1f} MB,"
        f" {found['bytes'] / n / 1e3:.1f} kB per candidate."
    )
    return Section(title="Training", rows=tuple(rows), remarks=(remark,))


def main() -> None:
    """Run the job; print the numbers."""
    root, dataset, n, workers = sys.argv[1:]
    with Workspace(Path(root), write=True) as workspace:
        print(json.dumps(_run(workspace, dataset, int(n), int(workers))))


def _run(workspace: Workspace, dataset: str, n: int, workers: int) -> dict[str, Any]:
    watch = _Watch()
    threading.Thread(target=watch.memory, daemon=True).start()
    start = time.perf_counter()
    request = TrainRequest(n=n, seed=SEED, dataset=dataset, workers=workers)
    job = jobs.start_train(workspace, request)
    jobs.run(workspace, job.job_id, watch.publish, workers=workers)
    wall = time.perf_counter() - start
    return {
        "wall": wall,
        "rate": n / wall,
        "kept": watch.kinds["result"] - watch.failed,
        "failed": watch.failed,
        "events": watch.kinds.total(),
        "commits": watch.commits,
        "first": (watch.first or start) - start,
        "steady": _steady(watch, n, start + wall),
        "parent_peak": machine.peak_memory(),
        "engine_peak": watch.peak,
        "bytes": _size(workspace.database),
    }


def _steady(watch: _Watch, n: int, end: float) -> float:
    """Seconds per candidate after the first commit; NaN when there was no other."""
    others = n - watch.at_first
    return (end - watch.first) / others if others and watch.first else float("nan")


class _Watch:
    """Counts what is published, and looks at the memory of the engine process."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.commits = self.failed = self.peak = self.at_first = 0
        self.first: float | None = None

    def publish(self, events: Sequence[JobEvent]) -> None:
        kinds = Counter(str(event.__struct_config__.tag) for event in events)
        self.kinds += kinds
        if kinds["result"]:
            self.commits += 1
            if self.first is None:
                self.first, self.at_first = time.perf_counter(), kinds["result"]
        self.failed += sum(bool(getattr(event, "error", None)) for event in events)

    def memory(self) -> None:
        while True:
            peaks = [machine.peak_memory(pid) for pid in machine.children()]
            self.peak = max(self.peak, *peaks, 0)
            time.sleep(0.02)


def _size(database: Path) -> int:
    return sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))


if __name__ == "__main__":
    main()
