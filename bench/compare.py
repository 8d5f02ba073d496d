"""The suite in Kvant and in its peers: first whether the values agree, then what they cost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np

from bench import suite
from bench.contender import Contender

ROUNDING = {"bottleneck"}
"""Peers whose values are also compared with the inputs of their ranks rounded."""

ENOUGH_S = 15.0
"""A peer that was timed for so long is not timed again."""

Times = dict[str, float]
Equality = dict[str, tuple[float, float]]


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


def compare(
    ours: Contender, peers: Sequence[Contender], trees: dict[str, Any], rounds: int
) -> Measured:
    """Run the suite everywhere; a peer that is slow is timed while its values are compared."""
    modes = ("evaluate 1", "evaluate 2", "book 1", "book 2", "alone")
    found = Measured({mode: [] for mode in modes}, {}, {}, {}, {}, {})
    with tempfile.TemporaryDirectory() as folder:
        ours.ask("values", out=folder)
        for peer in peers:
            turn = _turn(ours, lambda p=peer: _values(p, trees, Path(folder), found), found)
            found.turns[peer.name] = [turn] if turn.peer["wall"] > ENOUGH_S else []
    for _ in range(rounds):
        found.ours["evaluate 1"].append(ours.ask("run", workers=1, book=False))
        found.ours["book 1"].append(ours.ask("run", workers=1, book=True))
        found.ours["alone"].append(ours.ask("alone"))
        for peer in peers:
            turns = found.turns[peer.name]
            if sum(turn.peer["wall"] for turn in turns) < ENOUGH_S:
                turns.append(_turn(ours, lambda p=peer: p.ask("run", trees=trees), found))
    found.memory.update({tool.name: tool.ask("memory") for tool in (ours, *peers)})
    return found


def agreement(name: str, ours: Path, theirs: Path) -> tuple[float, float]:
    """Share of cells present in both that are equal to 1e-9, and of cells missing in one only."""
    a = np.load(ours / f"{name}.npy")[suite.WARM_UP :]
    b = np.load(theirs / f"{name}.npy")[suite.WARM_UP :]
    both = ~np.isnan(a) & ~np.isnan(b)
    scale = np.maximum(np.abs(a[both]), 1e-3 * np.nanstd(a))
    equal = np.abs(a[both] - b[both]) <= 1e-9 * scale
    return float(equal.mean()), float((np.isnan(a) != np.isnan(b)).mean())


def middle(times: Sequence[Times]) -> Times:
    """Medians of wall and processor seconds."""
    return {key: median(t[key] for t in times) for key in ("wall", "cpu")}


def _values(peer: Contender, trees: dict[str, Any], folder: Path, found: Measured) -> Times:
    """Compare the peer's values; the seconds it took to compute them."""
    out = folder / peer.name
    out.mkdir()
    single = peer.ask("values", trees=trees, out=str(out))
    found.single[peer.name] = single
    found.agreed[peer.name] = {name: agreement(name, folder, out) for name in trees}
    if peer.name in ROUNDING:
        peer.ask("values", trees=trees, out=str(out), rounded=True)
        found.tied[peer.name] = {name: agreement(name, folder, out) for name in trees}
    return {key: sum(times[key] for times in single.values()) for key in ("wall", "cpu")}


def _turn(ours: Contender, peer: Callable[[], Times], found: Measured) -> Turn:
    """The peer between two runs of Kvant, so that what slows one slows the other."""
    plain, whole = [], []
    for do_peer in (True, False):
        ours.ask("run", workers=2, book=True)  # what lay idle for seconds may have been paged out
        plain.append(ours.ask("run", workers=2, book=False))
        whole.append(ours.ask("run", workers=2, book=True))
        if do_peer:
            theirs = peer()
    found.ours["evaluate 2"] += plain
    found.ours["book 2"] += whole
    return Turn(theirs, middle(plain), middle(whole))
