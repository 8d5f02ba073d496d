"""Single operators in Kvant and in its peers: values first, then time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench import suite
from bench.compare import agreement
from bench.contender import Contender
from bench.kernels import copies
from bench.meaning import as_kvant
from bench.ours import names, open_dataset
from bench.peers.common import Times
from bench.report import Section
from bench.step import Step, hired
from engine.dsl.parse import Names, parse

ONLY_SMALL = {("qlib", "ts_decay_linear 10")}
"""What calls Python for each window takes minutes on any but the small panels."""

SMALL = {"S", "XS"}

ALIKE, MISSING = 0.9999, 1e-4
"""Values agree from this share of equal cells on, up to this share missing in one only."""

Trees = dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """One operator in one tool: its fastest right form; equality as in `agreement`."""

    form: str
    times: Times
    equal: float = 1.0
    missing: float = 0.0

    @property
    def alike(self) -> bool:
        return self.equal >= ALIKE and self.missing <= MISSING


class Operator(msgspec.Struct, frozen=True):
    """A row of the table: how many matrices the operator reads, and what each tool made of it."""

    name: str
    inputs: int
    tools: dict[str, Found]


def part(step: Step) -> list[Section]:
    """The tables of one panel."""
    from bench import operators_report  # noqa: PLC0415  # it reads this module

    trees = _trees(names(open_dataset(step.folder)))
    with hired(step, "kvant", *step.peers()) as tools:
        table = measure(step, tools, trees)
        memory = {name: tool.ask("memory")["peak"] for name, tool in tools.items()}
    copy_ms = copies(_matrix(step.folder, "close").shape)[1]
    return operators_report.sections(step, table, copy_ms, memory)


def measure(step: Step, tools: dict[str, Contender], trees: Trees) -> list[Operator]:
    """Every operator in every tool that has it; Kvant goes right before its peers."""
    table = []
    for name, tree in trees.items():
        with tempfile.TemporaryDirectory(dir=step.folder) as folder:
            out = Path(folder)
            forms = {
                tool.name: _asked(tool, name, tree, out / tool.name, step.rounds)
                for tool in tools.values()
                if has(tool.name, name, tree, step.panel)
            }
            inputs = sorted(suite.features(tree) - {"sector"})
            x = _matrix(step.folder, inputs[0])
            best = {tool: _best(tool, name, forms[tool], out, x) for tool in forms}
            table.append(Operator(name, len(inputs), best))
    return table


def has(tool: str, name: str, tree: Any, panel: str) -> bool:
    """Whether a tool has the operator, and can be waited for on this panel."""
    if (tool, name) in ONLY_SMALL and panel not in SMALL:
        return False
    return tool != "qlib" or not suite.looks_across(tree)


def _asked(tool: Contender, name: str, tree: Any, out: Path, rounds: int) -> dict[str, Times]:
    out.mkdir()
    times: dict[str, Times] = tool.ask(
        "operator", tree=tree, name=name, out=str(out), rounds=rounds
    )
    return times


def _best(tool: str, name: str, forms: dict[str, Times], out: Path, x: np.ndarray) -> Found:
    """The fastest form whose values agree with Kvant's; if none does, that which agrees best."""
    mine = _matrix(out / "kvant", f"{name}.plain")
    found = []
    for form, times in forms.items():
        theirs = as_kvant(tool, name, _matrix(out / tool, f"{name}.{form}"), x)
        found.append(Found(form, times, *agreement(mine, theirs)))
    return min(found, key=lambda f: (not f.alike, 0.0 if f.alike else -f.equal, f.times["wall"]))


def _trees(known: Names) -> Trees:
    return {name: suite.tree(parse(text, known)) for name, text in suite.OPERATORS.items()}


def _matrix(folder: Path, name: str) -> np.ndarray:
    matrix: np.ndarray = np.load(folder / f"{name}.npy", mmap_mode="r")
    return matrix
