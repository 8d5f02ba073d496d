"""Batches of trees through the plan, the cache, tiles and threads: the bytes of each one alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product

import msgspec
import numpy as np

from engine.dsl.tree import Node, to_text
from engine.evaluate import run as run_module
from engine.evaluate.run import evaluate, run
from engine.panel import Panel
from tests import array_eval
from tests.hardening.trees import tree
from tests.hardening.values import FEATURES, LEVELS, NAMES, SYMBOLS, TICKERS

DATES, NAMES_HELD = 90, 11
CUTS = (1, 47, 89)


class Way(msgspec.Struct, frozen=True):
    """How a batch is computed: threads, arrays kept, least height of a tile, rows asked for."""

    workers: int
    cached: int
    tile: int
    rows: int | None


WAYS = [
    *(Way(*way) for way in product((1, 2), (0, 1, 32), (1, 32), (None,))),
    *(Way(*way) for way in product((1, 2), (0, 32), (7,), (1, 7, 64, 1000))),
]
FEW = [Way(1, 32, 32, None), Way(2, 1, 1, None), Way(2, 32, 7, 13), Way(1, 0, 32, 1000)]


def market(seed: int) -> Panel:
    """A panel of the columns the trees name, large enough for tiles and threads."""
    rng = np.random.default_rng(seed)
    shape = (DATES, NAMES_HELD)
    features = {
        name: np.round(rng.normal(0, 1, shape).cumsum(0), 2 if i % 2 else 12)
        for i, name in enumerate(FEATURES)
    }
    for values in features.values():
        values[rng.random(shape) < 0.05] = np.nan
    if seed % 2:
        features["universe"] = (rng.random(shape) < 0.8).astype(float)
    codes = rng.integers(-1, len(LEVELS), shape).astype(np.int32)
    tickers = [*TICKERS, *(f"S{i:03d}" for i in range(NAMES_HELD - SYMBOLS))]
    days = np.datetime64("2020-01-01") + np.arange(DATES)
    return Panel.from_arrays("market", days, tickers, features, {"g": (codes, LEVELS)}, price="f0")


def batch(seed: int, numbers: Sequence[int]) -> list[Node]:
    """The trees of these numbers."""
    return [tree(seed, number, NAMES, 4, 20) for number in numbers]


def complaints(seed: int, numbers: Sequence[int], ways: Sequence[Way] = WAYS) -> Iterator[str]:
    """Every tree whose bytes depend on how, with what and on how many dates it is computed."""
    panel, nodes = market(seed), batch(seed, numbers)
    alone = [evaluate(panel, node) for node in nodes]
    for cut in CUTS:
        head = panel.head(cut)
        for node, value in zip(nodes, alone, strict=True):
            if evaluate(head, node).tobytes() != value[:cut].tobytes():
                yield f"cut {cut}: {to_text(node)}"
    yield from _unlike_a_walk(panel, nodes, alone)
    for way in ways:
        got = _computed(panel, nodes, way)
        for index, value in enumerate(alone):
            if got[index] != value.tobytes():
                yield f"{way}: {to_text(nodes[index])}"


def _unlike_a_walk(
    panel: Panel, nodes: Sequence[Node], alone: Sequence[np.ndarray]
) -> Iterator[str]:
    features = {name: panel.feature(name) for name in panel.features}
    given = (features, {"g": panel.codes("g")}, panel.universe(), panel.symbols)
    for node, value in zip(nodes, alone, strict=True):
        if not np.array_equal(array_eval.evaluate(node, *given), value, equal_nan=True):
            yield f"a plain walk: {to_text(node)}"


def _computed(panel: Panel, nodes: Sequence[Node], way: Way) -> dict[int, bytes]:
    def pieces(_, signal) -> bytes:
        step = way.rows or DATES
        return b"".join(signal[a : min(a + step, DATES)].tobytes() for a in range(0, DATES, step))

    with _arranged(way):
        by_rows = way.rows is not None
        return dict(run(panel, nodes, pieces, workers=way.workers, by_rows=by_rows))


@contextmanager
def _arranged(way: Way):
    """The sizes of cache and tiles for as long as the block takes."""
    chosen = {"_CACHED_ARRAYS": way.cached, "_LOWEST_TILE": way.tile, "_TILE_BYTES": 1}
    before = {name: getattr(run_module, name) for name in chosen}
    for name, value in chosen.items():
        setattr(run_module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(run_module, name, value)
