"""Kvant's side of every comparison, through its public functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bench import suite
from bench.peers.common import Times, clocked, timed
from engine.book import BookParams, backtest_signal, backtest_weights
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Node
from engine.evaluate.run import evaluate, run
from engine.panel import Panel, open_panel

DATASET = "dataset.txt"
"""File of the exchange folder with the path of the imported data set."""


def names(panel: Panel) -> Names:
    """Everything an expression may name in `panel`."""
    return Names(frozenset(panel.features), frozenset(panel.categories), frozenset(panel.symbols))


def open_dataset(folder: Path) -> Panel:
    """The data set of an exchange folder, memory-mapped."""
    return open_panel(Path((folder / DATASET).read_text()), name="bench", verify=False)


class Ours:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._panel = open_dataset(folder)
        nodes = suite.nodes(names(self._panel))
        self._nodes = dict(zip(suite.FORMULAS, nodes, strict=True))

    def values(self, out: str) -> None:
        """Save the matrix of each formula of the suite as out/NAME.npy."""
        for name, node in self._nodes.items():
            np.save(Path(out) / f"{name}.npy", evaluate(self._panel, node))

    def operator(self, tree: Any, name: str, out: str, rounds: int) -> dict[str, Times]:
        """Seconds of one operator on one thread; its matrix is out/NAME.plain.npy."""
        del tree  # the text is what Kvant reads
        node = parse(suite.OPERATORS[name], names(self._panel))
        value, times = timed(lambda: evaluate(self._panel, node), max(rounds, 7))
        np.save(Path(out) / f"{name}.plain.npy", value)
        return {"plain": times}

    def run(self, workers: int, *, book: bool, only: list[str] | None = None) -> Times:
        """Seconds for the suite, or some of it, as one batch, with its backtests if wanted."""
        params = BookParams()
        nodes = [self._nodes[name] for name in only or suite.FORMULAS]

        def consume(_index: int, signal: np.ndarray) -> None:
            if book:
                backtest_signal(self._panel, signal, params, itemise=False)

        return clocked(lambda: _exhaust(self._panel, nodes, consume, workers))[1]

    def alone(self) -> Times:
        """Seconds for the suite with nothing shared between formulas, on one thread."""

        def each() -> None:
            for node in self._nodes.values():
                evaluate(self._panel, node)

        return clocked(each)[1]

    def dense(self) -> None:
        """Leave prices without holes and a book of weights in the exchange folder."""
        prices = _filled(self._panel.prices())
        moves = np.zeros_like(prices)
        moves[5:] = prices[:-5] / prices[5:] - 1
        weights = np.clip(moves - moves.mean(1, keepdims=True), -0.05, 0.05)
        weights *= np.minimum(1, 0.9 / np.maximum(np.abs(weights).sum(1, keepdims=True), 1e-9))
        np.save(self._folder / "dense.npy", prices)
        np.save(self._folder / "weights.npy", weights)

    def book(self, fee: float) -> Times:
        """Seconds for the account of `dense`, whose equity curve is left in kvant.npy."""
        panel = Panel.from_arrays(
            "dense",
            self._panel.dates,
            self._panel.symbols,
            {"close": np.load(self._folder / "dense.npy")},
        )
        weights = np.load(self._folder / "weights.npy")
        params = BookParams(cap=1.0, cost_bps=1e4 * fee)
        trading = np.ones(len(weights), dtype=bool)
        equity: list[Any] = []

        def account() -> None:
            equity.append(backtest_weights(panel, weights, trading, params).daily.equity)

        account()  # the panel computes its returns once
        spent = sorted((clocked(account)[1] for _ in range(7)), key=lambda s: s["wall"])[3]
        np.save(self._folder / "kvant.npy", equity[-1])
        return spent

    def difference(self) -> float:
        """Largest relative difference between the two equity curves."""
        mine, its = (np.load(self._folder / f"{name}.npy") for name in ("kvant", "vectorbt"))
        return float(np.max(np.abs(mine / its - 1)))


def _exhaust(panel: Panel, nodes: list[Node], consume: Any, workers: int) -> None:
    for _ in run(panel, nodes, consume, workers=workers):
        pass


def _filled(prices: np.ndarray) -> np.ndarray:
    """Holes take the last price, dates before the listing the first."""
    result = prices.copy()
    for t in range(1, len(result)):
        np.copyto(result[t], result[t - 1], where=np.isnan(result[t]))
    for t in range(len(result) - 2, -1, -1):
        np.copyto(result[t], result[t + 1], where=np.isnan(result[t]))
    return result
