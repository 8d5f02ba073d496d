"""One step of the run: a part of the benchmark on a panel, and the folder it works in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from bench.contender import Contender
from bench.panel import MAIN
from bench.peers import install

PEERS = ("polars", "pandas", "bottleneck", "polars_ta", "qlib")
FEW = {"L": ("polars", "bottleneck"), "sp500": ("polars", "pandas", "bottleneck")}
"""Panels with fewer peers: on L the others would take minutes each."""

KVANT_ENVIRONMENT = frozenset({"kvant", "polars"})
"""Tools that run with the packages of Kvant itself."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of the benchmark is told.

    `scratch` is the folder of the run; `absent` says of each peer that cannot take part why.
    """

    part: str
    panel: str
    scratch: str
    main: bool = True
    quick: bool = False
    file: str = ""
    absent: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        """The panel as matrices, and its workspace; see bench.place."""
        return Path(self.scratch) / self.panel

    @property
    def workspace(self) -> Path:
        """A workspace with the panel as its only data set."""
        return self.folder / "workspace"

    @property
    def judged(self) -> bool:
        """Whether the goals are for this panel."""
        return self.panel == MAIN

    @property
    def rounds(self) -> int:
        """How often something quick is repeated."""
        return 1 if self.quick or self.panel == "L" else 3

    @property
    def shape(self) -> tuple[int, int]:
        """Dates and symbols."""
        dates, symbols = np.load(self.folder / "close.npy", mmap_mode="r").shape
        return dates, symbols

    @property
    def enough_s(self) -> float:
        """A peer that was timed for so long is not timed again."""
        return 15.0 if self.main else 5.0

    def title(self, what: str) -> str:
        """`what`, with the panel and its size."""
        dates, symbols = self.shape
        return f"{what}, {self.panel} ({symbols:,} x {dates:,})"

    def peers(self) -> tuple[str, ...]:
        """The tools whose values and times are compared with Kvant's on this panel."""
        return FEW.get(self.panel, PEERS)

    def present(self, *names: str) -> list[str]:
        """Those of the peers that can take part."""
        return [name for name in names if name not in self.absent]


@contextlib.contextmanager
def hired(step: Step, *names: str) -> Iterator[dict[str, Contender]]:
    """A process for each tool that can take part, by name."""
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(Contender(name, step.folder, python_of(name)))
            for name in step.present(*names)
        }


def python_of(tool: str) -> Path:
    """The interpreter whose packages a tool needs."""
    return Path(sys.executable) if tool in KVANT_ENVIRONMENT else install.python_of(tool)
