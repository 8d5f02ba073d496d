"""A step in a process of its own, so that its peak memory is its own.

python -m bench.part STEP OUT      STEP is JSON; the outcome is written to the file OUT
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import msgspec

from bench import machine
from bench.report import Section
from bench.step import Step

PARTS = {
    "panel": "bench.place",
    "bandwidth": "bench.bandwidth",
    "kernels": "bench.kernels",
    "operators": "bench.operators",
    "suite": "bench.compare",
    "expression": "bench.single",
    "vectorbt": "bench.account",
    "training": "bench.training",
    "scaling": "bench.scaling",
    "service": "bench.service",
    "start": "bench.start",
    "stages": "bench.profile",
}
"""The modules; only that of the step is imported."""


class Outcome(msgspec.Struct, frozen=True):
    """What a step found, and the largest resident memory of its process in bytes."""

    sections: list[Section]
    peak: int


def sections(step: Step) -> list[Section]:
    """What the part found; goals only where they are meant, headlines only of the main panel."""
    found: list[Section] = importlib.import_module(PARTS[step.part]).part(step)
    return [_headlines(step, section) for section in found]


def _headlines(step: Step, section: Section) -> Section:
    if not step.main:
        return msgspec.structs.replace(section, rows=())
    if step.judged:
        return section
    rows = tuple(msgspec.structs.replace(row, goal="", met=None) for row in section.rows)
    return msgspec.structs.replace(section, rows=rows)


def main() -> None:
    """Do what the command line says."""
    step = msgspec.json.decode(sys.argv[1], type=Step)
    outcome = Outcome(sections(step), machine.peak_memory())
    Path(sys.argv[2]).write_bytes(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
