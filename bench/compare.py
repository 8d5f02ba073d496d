"""The suite against the peers: first whether the values agree, then what they cost."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench import suite
from bench.contender import Contender
from bench.report import Row, Section, above, below

LABELS = {
    "polars": "Polars, staged",
    "pandas": "pandas, group-by",
    "bottleneck": "NumPy + bottleneck",
}
GOALS = {"polars": 25.0, "pandas": 70.0, "bottleneck": 12.0}
SUITE_GOAL_S = 0.25
ROUNDING = {"bottleneck"}
"""Peers whose values are also compared with the inputs of their ranks rounded."""

ENOUGH_S = 15.0
"""A peer that was timed for so long is not timed again."""

Times = dict[str, float]


def compare(ours: Contender, peers: Sequence[Contender], trees: dict[str, Any], rounds: int):
    """The section of the suite."""
    with tempfile.TemporaryDirectory() as folder:
        ours.ask("values", out=folder)
        agreed, tied, single = {}, {}, {}
        for peer in peers:
            out = Path(folder) / peer.name
            out.mkdir()
            single[peer.name] = peer.ask("values", trees=trees, out=str(out))
            agreed[peer.name] = {name: agreement(name, Path(folder), out) for name in trees}
            if peer.name in ROUNDING:
                peer.ask("values", trees=trees, out=str(out), rounded=True)
                tied[peer.name] = {name: agreement(name, Path(folder), out) for name in trees}
    mine = {mode: [] for mode in ("evaluate 1", "evaluate 2", "book 1", "book 2", "alone")}
    theirs: dict[str, list[tuple[Times, Times, Times]]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        mine["evaluate 1"].append(ours.ask("run", workers=1, book=False))
        mine["book 1"].append(ours.ask("run", workers=1, book=True))
        mine["alone"].append(ours.ask("alone"))
        for peer in peers:
            if sum(its["wall"] for *_, its in theirs[peer.name]) > ENOUGH_S:
                continue
            plain = ours.ask("run", workers=2, book=False)
            whole = ours.ask("run", workers=2, book=True)
            theirs[peer.name].append((plain, whole, peer.ask("run", trees=trees)))
            mine["evaluate 2"].append(plain)
            mine["book 2"].append(whole)
    memory = {tool.name: tool.ask("memory") for tool in (ours, *peers)}
    return _section(mine, theirs, (agreed, tied), single, memory)


def agreement(name: str, ours: Path, theirs: Path) -> tuple[float, float]:
    """Share of cells present in both that are equal to 1e-9, and of cells missing in one only."""
    a = np.load(ours / f"{name}.npy")[suite.WARM_UP :]
    b = np.load(theirs / f"{name}.npy")[suite.WARM_UP :]
    both = ~np.isnan(a) & ~np.isnan(b)
    scale = np.maximum(np.abs(a[both]), 1e-3 * np.nanstd(a))
    equal = np.abs(a[both] - b[both]) <= 1e-9 * scale
    return float(equal.mean()), float((np.isnan(a) != np.isnan(b)).mean())


def _section(mine, theirs, equality, single, memory) -> Section:
    whole = _median(mine["book 2"])
    rows = [
        below(
            "suite of 22 formulas with backtests, 2 threads",
            whole["wall"],
            SUITE_GOAL_S,
            f"{whole['wall']:.3f} s",
            f"<= {SUITE_GOAL_S} s",
        ),
        Row("the same on 1 thread", f"{_median(mine['book 1'])['wall']:.3f} s"),
    ]
    for name, turns in theirs.items():
        ratio = median(peer["wall"] / book["wall"] for _, book, peer in turns)
        text = f"{ratio:.1f}x"
        what = f"suite with backtests, 2 threads, against {LABELS[name]} without"
        rows.append(above(what, ratio, GOALS[name], text, f">= {GOALS[name]:.0f}x"))
    return Section(
        title="Suite of 22 formulas",
        rows=tuple(rows),
        header=(
            "tool",
            "wall s",
            "cpu s",
            "slower, wall",
            "slower, cpu",
            "peak MiB",
            "of it loaded",
            "equal cells",
            "missing differs",
        ),
        details=tuple(_details(mine, theirs, equality[0], memory)),
        remarks=tuple(_remarks(equality, single, theirs)),
    )


def _details(mine, theirs, agreed, memory):
    modes = {
        "evaluate 2": "Kvant, 2 threads",
        "evaluate 1": "Kvant, 1 thread",
        "alone": "Kvant, 1 thread, nothing shared between formulas",
        "book 2": "Kvant with backtests, 2 threads",
        "book 1": "Kvant with backtests, 1 thread",
    }
    for mode, label in modes.items():
        times = _median(mine[mode])
        yield (
            label,
            f"{times['wall']:.3f}",
            f"{times['cpu']:.3f}",
            "",
            "",
            *_mb(memory["kvant"]),
            "",
            "",
        )
    for name, turns in theirs.items():
        times = _median([peer for *_, peer in turns])
        wall = median(peer["wall"] / plain["wall"] for plain, _, peer in turns)
        cpu = median(peer["cpu"] / plain["cpu"] for plain, _, peer in turns)
        equal = np.mean([share for share, _ in agreed[name].values()])
        missing = np.mean([share for _, share in agreed[name].values()])
        yield (
            LABELS[name],
            f"{times['wall']:.2f}",
            f"{times['cpu']:.2f}",
            f"{wall:.1f}x",
            f"{cpu:.1f}x",
            *_mb(memory[name]),
            f"{equal:.2%}",
            f"{missing:.3%}",
        )


def _remarks(equality, single, theirs):
    agreed, tied = equality
    yield (
        "`slower` is against Kvant evaluating the same formulas on 2 threads, run just before the"
        " peer in the same round; medians of the rounds. A peer evaluates formula by formula, each"
        " shared sub-expression of a formula once; Kvant gets the batch. Equal: both present and"
        f" within 1e-9, dates from {suite.WARM_UP} on (before it, windows are not full of dates)."
    )
    for name, formulas in agreed.items():
        worst = sorted((share, key) for key, (share, _) in formulas.items())[:4]
        named = ", ".join(f"{key} {share:.2%}" for share, key in worst if share < 1 - 1e-6)
        holes = sorted((-share, key) for key, (_, share) in formulas.items())[:3]
        gaps = ", ".join(f"{key} {-share:.3%}" for share, key in holes if share < -1e-6)
        yield (
            f"{LABELS[name]}: least equal {named or 'none'};"
            f" missing differs most in {gaps or 'none'}."
        )
    shares = [
        f"{LABELS[name]} {np.mean([share for share, _ in formulas.values()]):.3%}"
        for name, formulas in tied.items()
    ]
    yield (
        "Kvant's ranks compare 12 significant digits, so values that are equal but for float noise"
        " tie; the peers break such ties by the noise, and a rank moves by far more than 1e-9. With"
        f" the inputs of their ranks rounded to 12 digits, equal cells: {', '.join(shares)}."
    )
    if "pandas" in theirs:
        [(plain, book, peer), *_] = theirs["pandas"]
        share = single["pandas"]["a001"] / sum(single["pandas"].values())
        rest = peer["wall"] * (1 - share)
        yield (
            f"pandas has no rolling arg max; its `apply` in a001 takes {share:.0%} of the suite."
            f" Without a001 pandas needs {rest:.1f} s, {rest / book['wall']:.0f}x Kvant's whole"
            f" suite with backtests, {rest / plain['wall']:.0f}x without."
        )


def _mb(memory: dict[str, int]) -> tuple[str, str]:
    return f"{memory['peak'] >> 20}", f"{memory['loaded'] >> 20}"


def _median(times: Sequence[Times]) -> Times:
    return {key: median(t[key] for t in times) for key in ("wall", "cpu")}
