"""Values of a tree against its plain meaning, with and without a later date, alone and in a batch.

The kernels and the plain meaning must agree to a relative 1e-12 and miss the same cells. Operators
that jump, such as a sign or a rank, make the last bit of their argument decide, and differences of
nearly equal numbers lose digits. A cell may therefore be excused, but only where the plain meaning
itself moves: where noise in the last bits of columns and results changes the cell about as much, or
makes it come and go. Excused cells are counted.
"""

from __future__ import annotations

import math
from random import Random

import msgspec
import numpy as np

from engine.dsl.tree import Names, Node, to_text
from tests import array_eval, oracle
from tests.array_eval import to_array, to_lists
from tests.hardening.noise import KINDS, noise, shaken
from tests.hardening.trees import tree

DAYS, SYMBOLS = 28, 5
FEATURES = ("f0", "f1", "f2", "f3")
LEVELS = ("a", "b")
TICKERS = tuple("ABCDE")
NAMES = Names(frozenset(FEATURES), frozenset({"g"}), frozenset(TICKERS))

TOLERANCE = 1e-12
TRIES = 32
FACTOR = 16
CHAOS = 1e-2

Grid = list[list[float | None]]


class Given(msgspec.Struct, frozen=True):
    """A small panel as lists."""

    features: dict[str, Grid]
    groups: list[list[str | None]]
    universe: list[list[bool]] | None

    def head(self, days: int) -> Given:
        """The first days of it."""
        features = {name: grid[:days] for name, grid in self.features.items()}
        return Given(features, self.groups[:days], self.universe and self.universe[:days])

    def shaken(self, seed: int) -> Given:
        """The same values but for their last bits."""
        features = {name: shaken(grid, seed) for name, grid in self.features.items()}
        return Given(features, self.groups, self.universe)

    def meant(self, node: Node, **options) -> Grid:
        """The plain meaning."""
        categories = {"g": self.groups}
        return oracle.evaluate(node, self.features, categories, self.universe, TICKERS, **options)

    def computed(self, node: Node) -> np.ndarray:
        """The kernels' values."""
        codes = [[LEVELS.index(v) if v else -1 for v in day] for day in self.groups]
        return array_eval.evaluate(
            node,
            {name: to_array(grid) for name, grid in self.features.items()},
            {"g": np.array(codes, dtype=np.int32)},
            None if self.universe is None else np.array(self.universe),
            TICKERS,
        )


def given(seed: int) -> Given:
    """A panel with holes, ties, late starters, columns that never move or never are, and scales."""
    rng = Random(seed)
    kinds = [
        lambda: rng.randint(-8, 8) / 4,
        lambda: rng.choice([0.5, 1.0, 2.0]),
        lambda: rng.gauss(0, 1),
        lambda: 100 * math.exp(0.05 * rng.gauss(0, 1)),
        lambda: 1e9 + rng.randint(0, 5),
        lambda: rng.gauss(0, 1) * 10.0 ** rng.randint(-12, 12),
    ]
    features = {name: _grid(rng, rng.choice(kinds)) for name in FEATURES}
    still = rng.randrange(SYMBOLS)
    for day in features["f1"]:
        day[still] = None if day[still] is None else 1.25
    groups = [[rng.choice([*LEVELS, None]) for _ in range(SYMBOLS)] for _ in range(DAYS)]
    members = [[rng.random() < 0.8 for _ in range(SYMBOLS)] for _ in range(DAYS)]
    return Given(features, groups, members if seed % 2 else None)


def _grid(rng: Random, value) -> Grid:
    holes = rng.choice([0.0, 0.05, 0.2])
    starts = [rng.choice([0, 0, 0, rng.randrange(DAYS), DAYS]) for _ in range(SYMBOLS)]
    return [
        [None if day < start or rng.random() < holes else float(value()) for start in starts]
        for day in range(DAYS)
    ]


class Verdict(msgspec.Struct):
    """What comparing a tree came to: cells, those with a value, excused ones, first complaint."""

    cells: int = 0
    present: int = 0
    excused: int = 0
    complaint: str | None = None


def compared(seed: int, number: int) -> Verdict:
    """Tree `number`, on a panel of its own, against its meaning and against itself cut short."""
    node, panel = tree(seed, number, NAMES), given(1_000_003 * seed + number)
    values = panel.computed(node)
    got, want = to_lists(values), panel.meant(node)
    unequal = list(_unequal(got, want))
    wrong = _inexcusable(node, panel, unequal) if unequal else []
    said = [_said(node, "cell", *cell) for cell in wrong]
    said += [
        _said(node, "cut", cut) for cut in _cuts(seed, number) if _moved(node, panel, values, cut)
    ]
    present = sum(value is not None for day in want for value in day)
    return Verdict(DAYS * SYMBOLS, present, len(unequal) - len(wrong), said[0] if said else None)


def _said(node: Node, what: str, *where) -> str:
    return f"{what} {where}: {to_text(node)}"


def _cuts(seed: int, number: int) -> list[int]:
    return Random(f"cuts {seed} {number}").sample(range(1, DAYS), 3)


def _moved(node: Node, panel: Given, values: np.ndarray, cut: int) -> bool:
    return panel.head(cut).computed(node).tobytes() != values[:cut].tobytes()


def _unequal(got: Grid, want: Grid):
    for day, (left, right) in enumerate(zip(got, want, strict=True)):
        for symbol, (g, w) in enumerate(zip(left, right, strict=True)):
            if (g is None) != (w is None) or (g is not None and not close(g, w)):
                yield day, symbol, g, w


def close(one: float, other: float) -> bool:
    """Whether two numbers agree to the tolerance, relative to the larger."""
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def _inexcusable(node: Node, panel: Given, unequal: list) -> list:
    """The cells which noise in the last bits of the plain meaning does not explain."""
    others = [
        (panel.shaken(i) if i % KINDS == 3 else panel).meant(node, disturb=noise(i, i % KINDS))
        for i in range(TRIES)
    ]
    return [cell for cell in unequal if not _explained(*cell, others)]


def _explained(
    day: int, symbol: int, got: float | None, want: float | None, others: list[Grid]
) -> bool:
    seen = [grid[day][symbol] for grid in others]
    if len({value is None for value in [*seen, want]}) == 2:
        return True  # it comes and goes
    if want is None:
        return False
    moved = max(abs(value - want) for value in seen)
    if moved > CHAOS * abs(want):
        return True  # noise has been amplified a million million times: no digit is left
    return got is not None and abs(got - want) <= FACTOR * moved
