"""The benchmark: one command, one run, every number against its goal.

    python -m bench --setup        installs pandas, bottleneck and vectorbt in build/bench-venv
    python -m bench                measures and prints a table; about two minutes
    python -m bench --write        also puts it into docs/performance.md
    python -m bench --quick        no pandas, no vectorbt, 200 candidates, fewer repetitions

Goals are for 2 cores and a panel of 500 symbols x 2,500 dates. Run it on a machine that does
nothing else: the load before the start is part of the report.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from bench import (
    compare,
    kernels,
    machine,
    profile,
    report,
    service,
    single,
    start,
    suite,
    suite_report,
    training,
)
from bench.contender import Contender
from bench.ours import DATASET, names
from bench.panel import FEATURES, draw, write_table
from bench.peers import install
from bench.report import Section
from engine.panel import Panel
from engine.workspace import Workspace

NAME = "bench"
IMPORT_GOAL_S, IMPORT_GOAL_ROWS = 2.0, 620_000
OURS = ("polars", "duckdb", "numpy", "msgspec", "apsw")


class Options(msgspec.Struct, frozen=True):
    """How much is measured."""

    quick: bool

    @property
    def candidates(self) -> int:
        return 200 if self.quick else 1000

    @property
    def profiled(self) -> int:
        return 50 if self.quick else 200

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 3

    @property
    def unwanted(self) -> set[str]:
        return {"pandas", "vectorbt"} if self.quick else set()


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    for name in ("setup", "quick", "write"):
        parser.add_argument(f"--{name}", action="store_true")
    arguments = parser.parse_args()
    if arguments.setup:
        install.install()
        return
    conditions, begun, others = _conditions(), time.monotonic(), {}
    sections = measure(Options(quick=arguments.quick), others)
    shares = ", ".join(f"{what} {share:.0%}" for what, share in others.items())
    took = time.monotonic() - begun
    conditions.append(f"The run took {took:.0f} s. Others used of one core during {shares}.")
    text = report.markdown(sections, conditions)
    print(text)
    if arguments.write:
        report.write(text)


def measure(options: Options, others: dict[str, float]) -> list[Section]:
    """Everything, in one run; `others` gets the share of a core that was not ours, by stage."""
    absent = {*install.missing(), *options.unwanted}
    with (
        tempfile.TemporaryDirectory(prefix="kvant-bench-") as name,
        contextlib.ExitStack() as stack,
    ):
        scratch = Path(name)
        first = _import(scratch)
        root = scratch / "workspace"
        with Workspace(root, write=False) as workspace:
            panel = workspace.panel(NAME, lockbox_open=True)
            (scratch / DATASET).write_text(str(workspace.folder(workspace.dataset(NAME))))
        _exchange(panel, scratch)
        tools = dict(_contenders(scratch, absent, stack))
        stages: list[tuple[str, Callable[[], Section]]] = [
            ("the suite", lambda: _suite(panel, tools, options)),
            ("one expression", lambda: single.section(panel)),
            *_vectorbt(tools),
            ("kernels", lambda: kernels.section(panel)),
            ("training", lambda: _training(root, options)),
            ("the service", lambda: service.section(service.measure(root, NAME))),
            ("the start", lambda: start.section(start.measure(scratch / "started"))),
            ("stages of training", lambda: profile.section(panel, scratch, options.profiled)),
        ]
        sections = [first, *(_told(what, work, others) for what, work in stages)]
    sorry = (
        f"Not measured: {', '.join(sorted(absent))} (python -m bench --setup installs the peers)."
    )
    return [*sections, *([Section(title="Absent", remarks=(sorry,))] if absent else [])]


def _told(what: str, work: Callable[[], Section], others: dict[str, float]) -> Section:
    """The section, with what others took of a core meanwhile noted."""
    start, before = time.monotonic(), machine.foreign()
    section = work()
    wall = time.monotonic() - start
    others[what] = (machine.foreign() - before) / wall
    print(f"[{wall:5.1f} s] {what}", file=sys.stderr, flush=True)
    return section


def _import(scratch: Path) -> Section:
    """Draw the panel, write the file, import it into a workspace of its own."""
    drawn = draw()
    path = scratch / "panel.parquet"
    rows = write_table(drawn, path)
    with Workspace(scratch / "workspace", write=True) as workspace:
        start = time.perf_counter()
        workspace.import_file(path, NAME, lockbox="none")
        spent = time.perf_counter() - start
    scaled = spent * IMPORT_GOAL_ROWS / rows
    what = f"import of {rows:,} rows, Parquet"
    text = f"{spent:.2f} s, {scaled:.2f} s per {IMPORT_GOAL_ROWS:,}"
    return Section(
        title="Import",
        rows=(report.below(what, scaled, IMPORT_GOAL_S, text, f"< {IMPORT_GOAL_S:.0f} s"),),
    )


def _exchange(panel: Panel, scratch: Path) -> None:
    """The matrices as Kvant sees them, for the peers."""
    for name in FEATURES:
        np.save(scratch / f"{name}.npy", panel.feature(name))
    np.save(scratch / "sector.npy", panel.codes("sector").astype(np.int64))


def _contenders(
    scratch: Path, absent: set[str], stack: contextlib.ExitStack
) -> Iterator[tuple[str, Contender]]:
    for name in ("kvant", "polars", "bottleneck", "pandas", "vectorbt"):
        python = Path(sys.executable) if name in {"kvant", "polars"} else install.PYTHON
        if name not in absent:
            yield name, stack.enter_context(Contender(name, scratch, python))


def _suite(panel: Panel, tools: dict[str, Contender], options: Options) -> Section:
    nodes = suite.nodes(names(panel))
    trees = {name: suite.tree(node) for name, node in zip(suite.FORMULAS, nodes, strict=True)}
    peers = [tools[name] for name in suite_report.LABELS if name in tools]
    found = compare.compare(tools["kvant"], peers, trees, options.rounds)
    return suite_report.section(found)


def _vectorbt(tools: dict[str, Contender]) -> Iterator[tuple[str, Callable[[], Section]]]:
    if "vectorbt" in tools:
        yield "vectorbt", lambda: single.vectorbt(tools["kvant"], tools["vectorbt"])


def _training(root: Path, options: Options) -> Section:
    found = training.measure(root, NAME, options.candidates, workers=2)
    return training.section(found, options.candidates)


def _conditions() -> list[str]:
    peers = machine.versions(install.PYTHON, install.PACKAGES) if install.PYTHON.exists() else {}
    python = sys.version.split()[0]
    moment = dt.datetime.now(dt.UTC)
    return [
        f"{moment:%Y-%m-%d %H:%M} UTC, load before the start {machine.load():.2f}.",
        f"{machine.processor()}, {machine.memory():.0f} GiB.",
        f"Kvant: Python {python}, {_listed(machine.versions(None, OURS))}; {kernels.backend()}.",
        f"Peers: {_listed(peers) or 'not installed'}.",
        "Panel: 500 symbols x 2,500 dates, seeded, 40 % listed late, 25 % delisted, 1 % holes.",
    ]


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


if __name__ == "__main__":
    main()
