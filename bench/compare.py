"""The suite in Kvant and in its peers: first whether the values agree, then what they cost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np

from bench import suite
from bench.contender import Contender
from bench.ours import names, open_dataset
from bench.peers.common import Times
from bench.report import Section
from bench.step import Step, hired

ROUNDING = {"bottleneck"}
"""Peers whose values are also compared with the inputs of their ranks rounded."""

WITHIN = {"qlib"}
"""Peers that know nothing across symbols: they get the formulas that need nothing of the kind."""

Equality = dict[str, tuple[float, float]]
Trees = dict[str, Any]


class Turn(msgspec.Struct, frozen=True):
    """A peer and, around it, Kvant on 2 threads: evaluating only, and with backtests."""

    peer: Times
    plain: Times
    whole: Times


class Measured(msgspec.Struct, frozen=True):
    """Everything about the suite, by tool.

    `ours` has seconds by mode, `agreed` and `tied` the equality of each formula (with the peer's
    own ties, and with rounded ranks), `single` the seconds of each formula in its first run.
    """

    ours: dict[str, list[Times]]
    turns: dict[str, list[Turn]]
    agreed: dict[str, Equality]
    tied: dict[str, Equality]
    single: dict[str, dict[str, Times]]
    memory: dict[str, dict[str, int]]


def part(step: Step) -> list[Section]:
    """The suite on one panel."""
    from bench import suite_report  # noqa: PLC0415  # it reads this module

    nodes = suite.nodes(names(open_dataset(step.folder)))
    trees = {name: suite.tree(node) for name, node in zip(suite.FORMULAS, nodes, strict=True)}
    with hired(step, "kvant", *step.peers()) as tools:
        ours = tools.pop("kvant")
        found = compare(step, ours, list(tools.values()), trees)
    title = step.title(suite_report.TITLE)
    return [suite_report.section(found, title, brief=not step.main)]


def compare(step: Step, ours: Contender, peers: Sequence[Contender], trees: Trees) -> Measured:
    """Run the suite everywhere; a peer that is slow is timed while its values are compared."""
    modes = ("evaluate 1", "evaluate 2", "book 1", "book 2", "alone")
    found = Measured({mode: [] for mode in modes}, {}, {}, {}, {}, {})
    with tempfile.TemporaryDirectory(dir=step.folder) as out:
        ours.ask("values", out=out)
        for peer in peers:
            work = partial(_values, peer, trees, Path(out), found, tied=step.main)
            turn = _turn(ours, work, list(asked(peer.name, trees)), found)
            found.turns[peer.name] = [turn] if turn.peer["wall"] > step.enough_s else []
    for _ in range(step.rounds):
        _own(ours, found)
        for peer in peers:
            _again(step, ours, peer, asked(peer.name, trees), found)
    found.memory.update({tool.name: tool.ask("memory") for tool in (ours, *peers)})
    return found


def _again(step: Step, ours: Contender, peer: Contender, trees: Trees, found: Measured) -> None:
    """Another turn of a peer, unless it was timed long enough."""
    turns = found.turns[peer.name]
    if sum(turn.peer["wall"] for turn in turns) < step.enough_s:
        turns.append(_turn(ours, partial(peer.ask, "run", trees=trees), list(trees), found))


def asked(peer: str, trees: Trees) -> Trees:
    """The formulas that a peer has the operators for."""
    if peer not in WITHIN:
        return trees
    return {name: tree for name, tree in trees.items() if not suite.looks_across(tree)}


def agreement(mine: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Share of cells present in both that are equal to 1e-9, and of cells missing in one only."""
    a, b = mine[suite.WARM_UP :], theirs[suite.WARM_UP :]
    both = ~np.isnan(a) & ~np.isnan(b)
    missing = float((np.isnan(a) != np.isnan(b)).mean())
    if not both.any():
        return 0.0, missing
    scale = np.maximum(np.abs(a[both]), 1e-3 * np.nanstd(a))
    equal = np.abs(a[both] - b[both]) <= 1e-9 * scale
    return float(equal.mean()), missing


def middle(times: Sequence[Times]) -> Times:
    """Medians of wall and processor seconds."""
    return {key: median(t[key] for t in times) for key in ("wall", "cpu")}


def _own(ours: Contender, found: Measured) -> None:
    """Kvant by itself, in every mode."""
    found.ours["evaluate 1"].append(ours.ask("run", workers=1, book=False))
    found.ours["evaluate 2"].append(ours.ask("run", workers=2, book=False))
    found.ours["book 1"].append(ours.ask("run", workers=1, book=True))
    found.ours["book 2"].append(ours.ask("run", workers=2, book=True))
    found.ours["alone"].append(ours.ask("alone"))


def _values(peer: Contender, trees: Trees, folder: Path, found: Measured, *, tied: bool) -> Times:
    """Compare the peer's values, also with `tied` ranks; the seconds it took to compute them."""
    out = folder / peer.name
    out.mkdir()
    trees = asked(peer.name, trees)
    single = found.single[peer.name] = peer.ask("values", trees=trees, out=str(out))
    found.agreed[peer.name] = {name: _agreed(name, folder, out) for name in trees}
    if tied and peer.name in ROUNDING:
        peer.ask("values", trees=trees, out=str(out), rounded=True)
        found.tied[peer.name] = {name: _agreed(name, folder, out) for name in trees}
    shutil.rmtree(out)
    return {key: sum(times[key] for times in single.values()) for key in ("wall", "cpu")}


def _agreed(name: str, ours: Path, theirs: Path) -> tuple[float, float]:
    return agreement(np.load(ours / f"{name}.npy"), np.load(theirs / f"{name}.npy"))


def _turn(ours: Contender, work: Callable[[], Times], only: list[str], found: Measured) -> Turn:
    """The peer between two runs of Kvant, so that what slows one slows the other."""
    plain, whole = [], []
    for do_peer in (True, False):
        # what lay idle for seconds may have been paged out
        ours.ask("run", workers=2, book=True, only=only)
        plain.append(ours.ask("run", workers=2, book=False, only=only))
        whole.append(ours.ask("run", workers=2, book=True, only=only))
        if do_peer:
            theirs = work()
    if len(only) == len(suite.FORMULAS):
        found.ours["evaluate 2"] += plain
        found.ours["book 2"] += whole
    return Turn(theirs, middle(plain), middle(whole))
