"""What every peer shares: the matrices, trees as tuples, the rule for short windows, the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

Term = tuple[Any, ...] | float
Times = dict[str, float]
NAMES = ("open", "high", "low", "close", "volume", "vwap", "returns")
MINIMUM = {"ts_std": 2, "ts_cov": 2, "ts_corr": 3, "ts_skew": 3}
"""Fewest present values of a window, where it is not one."""

SLOW_S = 2.0
"""What took longer is not repeated."""


class Form(NamedTuple):
    """One way to write an operator: the work that is timed, and its outcome as a matrix."""

    work: Callable[[], Any]
    matrix: Callable[[Any], np.ndarray]


def load(folder: Path) -> dict[str, np.ndarray]:
    """The features, float64 [dates x symbols], and "sector", integer codes of the same shape."""
    return {name: np.load(folder / f"{name}.npy") for name in (*NAMES, "sector")}


def term(tree: Any) -> Term:
    """A tree of lists as tuples, which can be keys."""
    return tuple(term(part) for part in tree) if isinstance(tree, list) else tree


def min_count(name: str, days: int) -> int:
    """How many present values operator `name` needs in a window of `days`."""
    return max(MINIMUM.get(name, 1), (days + 1) // 2)


def clocked(work: Callable[[], Any]) -> tuple[Any, Times]:
    """What `work` returns; its wall and processor seconds, all threads of this process counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    value = work()
    return value, {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def timed(work: Callable[[], Any], rounds: int) -> tuple[Any, Times]:
    """The value and the median seconds of `rounds` runs after a first that is not counted.

    Unless the first took so long that it is the only one.
    """
    value, first = clocked(work)
    if first["wall"] > SLOW_S:
        return value, first
    times = [clocked(work)[1] for _ in range(rounds)]
    return value, {key: median(t[key] for t in times) for key in ("wall", "cpu")}


class Peer:
    """Evaluates terms by calling the method named like the operator; shares equal sub-terms."""

    rounded = False
    """Whether ranks compare 12 significant digits, as Kvant's do."""

    def values(self, trees: dict[str, Any], out: str, *, rounded: bool = False) -> dict[str, Times]:
        """Save the matrix of each formula as out/NAME.npy; the seconds each took, unwarmed."""
        self.rounded = rounded
        times = {}
        for name, tree in trees.items():
            value, times[name] = clocked(partial(self.evaluate, term(tree)))
            np.save(Path(out) / f"{name}.npy", self.matrix(value))
        self.rounded = False
        return times

    def run(self, trees: dict[str, Any]) -> Times:
        """Wall and processor seconds for all formulas, one after the other."""

        def each() -> None:
            for tree in terms:
                self.evaluate(tree)

        terms = [term(tree) for tree in trees.values()]
        return clocked(each)[1]

    def operator(self, tree: Any, name: str, out: str, rounds: int) -> dict[str, Times]:
        """Seconds by form of a formula with one operator; its matrix is out/NAME.FORM.npy."""
        times = {}
        for label, form in self.forms(term(tree)).items():
            value, times[label] = timed(form.work, rounds)
            np.save(Path(out) / f"{name}.{label}.npy", form.matrix(value))
        return times

    def forms(self, root: Term) -> dict[str, Form]:
        """The ways to write a formula with one operator."""
        return {"plain": Form(lambda: self.evaluate(root), self.matrix)}

    def evaluate(self, root: Term) -> Any:
        """The value of a formula, in the tool's own form."""
        return self._value(root, {})

    def matrix(self, value: Any) -> np.ndarray:
        """A value as float64 [dates x symbols]."""
        raise NotImplementedError

    def _value(self, node: Term, known: dict[Term, Any]) -> Any:
        if not isinstance(node, tuple):
            return node
        if node not in known:
            known[node] = self._call(node, known)
        return known[node]

    def _call(self, node: tuple[Any, ...], known: dict[Term, Any]) -> Any:
        name, *arguments = node
        if name == "feature":
            return self.feature(arguments[0])
        return getattr(self, name)(*(self._value(argument, known) for argument in arguments))

    def feature(self, name: str) -> Any:
        """A column of the panel."""
        raise NotImplementedError
