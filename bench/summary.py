"""What is said about a run as a whole: where it was, what is short, what took how much memory."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence

from bench import kernels, machine, plan
from bench.panel import SIZES
from bench.peers import install
from bench.report import Section
from bench.runner import Done

OURS = ("polars", "duckdb", "numpy", "msgspec", "apsw")


def conditions(options: plan.Options) -> list[str]:
    """Machine, versions, panels; before anything runs."""
    python = sys.version.split()[0]
    moment = dt.datetime.now(dt.UTC)
    return [
        f"{moment:%Y-%m-%d %H:%M} UTC, load before the start {machine.load():.2f}.",
        f"{machine.processor()}, {machine.memory():.0f} GiB.",
        f"Kvant: Python {python}, {_listed(machine.versions(None, OURS))}; {kernels.backend()}.",
        *map(_peers, install.ENVIRONMENTS),
        *_panels(options.panels),
    ]


def sections(finished: Sequence[Done], absent: dict[str, str]) -> list[Section]:
    """What the steps found; then their memory, and what is not there."""
    found = [section for each in finished for section in each.sections]
    missing = list(absent.items())
    failed = [(each.name, each.failure) for each in finished if each.failure]
    return [*found, _memory(finished), *_not_measured([*missing, *failed])]


def _memory(finished: Sequence[Done]) -> Section:
    details = [
        (each.name, f"{each.peak >> 20:,}", f"{each.others >> 20:,}" if each.others else "")
        for each in finished
    ]
    return Section(
        title="Memory",
        header=("process", "peak MiB", "largest process it started, MiB"),
        details=tuple(details),
        remarks=(
            (
                "Largest resident size, pages of mapped files included. The peers are among the"
                " processes that operators and suite start."
            ),
        ),
    )


def _not_measured(reasons: list[tuple[str, str]]) -> list[Section]:
    if not reasons:
        return []
    return [Section(title="Not measured", header=("what", "why"), details=tuple(reasons))]


def _peers(environment: install.Environment) -> str:
    there = environment.python.exists()
    packages = environment.packages()
    versions = machine.versions(environment.python, packages) if there else {}
    return f"Peers in {environment.folder}: {_listed(versions) or 'not installed'}."


def _panels(panels: tuple[str, ...]) -> list[str]:
    drawn = [f"{name} {SIZES[name][1]:,} x {SIZES[name][0]:,}" for name in panels if name in SIZES]
    real = [name for name in panels if name not in SIZES]
    seeded = "seeded, 40 % listed late, 25 % delisted, 1 % holes"
    return [
        *([f"Panels, symbols x dates: {', '.join(drawn)}; {seeded}."] if drawn else []),
        *([f"Real panels: {', '.join(real)}."] if real else []),
        *([] if plan.real_file().exists() else [f"Left out: {plan.REAL}, whose file is not here."]),
    ]


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
