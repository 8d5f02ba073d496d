"""What every peer shares: the matrices, trees as tuples, the rule for short windows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

Term = tuple[Any, ...] | float
NAMES = ("open", "high", "low", "close", "volume", "vwap", "returns")
MINIMUM = {"ts_std": 2, "ts_cov": 2, "ts_corr": 3}
"""Fewest present values of a window, where it is not one."""


def load(folder: Path) -> dict[str, np.ndarray]:
    """The features, float64 [dates x symbols], and "sector", integer codes of the same shape."""
    return {name: np.load(folder / f"{name}.npy") for name in (*NAMES, "sector")}


def term(tree: Any) -> Term:
    """A tree of lists as tuples, which can be keys."""
    return tuple(term(part) for part in tree) if isinstance(tree, list) else tree


def min_count(name: str, days: int) -> int:
    """How many present values operator `name` needs in a window of `days`."""
    return max(MINIMUM.get(name, 1), (days + 1) // 2)


class Peer:
    """Evaluates terms by calling the method named like the operator; shares equal sub-terms."""

    rounded = False
    """Whether ranks compare 12 significant digits, as Kvant's do."""

    def values(
        self, trees: dict[str, Any], out: str, *, rounded: bool = False
    ) -> dict[str, dict[str, float]]:
        """Save the matrix of each formula as out/NAME.npy; the seconds each took, unwarmed."""
        self.rounded = rounded
        times = {}
        for name, tree in trees.items():
            wall, cpu = time.perf_counter(), time.process_time()
            value = self.evaluate(term(tree))
            times[name] = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            np.save(Path(out) / f"{name}.npy", self.matrix(value))
        self.rounded = False
        return times

    def run(self, trees: dict[str, Any]) -> dict[str, float]:
        """Wall and processor seconds for all formulas, one after the other."""
        terms = [term(tree) for tree in trees.values()]
        wall, cpu = time.perf_counter(), time.process_time()
        for each in terms:
            self.evaluate(each)
        return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}

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
