"""The evaluator: sharing, threads and the cache change the time and nothing else."""

from __future__ import annotations

import threading
from random import Random

import numpy as np
import pytest

from engine.dsl.generate import generate
from engine.dsl.parse import parse
from engine.dsl.tree import Names
from engine.errors import CancelledError
from engine.evaluate import run as run_module
from engine.evaluate.plan import Plan
from engine.evaluate.run import evaluate, run
from engine.panel import Panel
from tests.panels import random_panel

NAMES = Names(
    features=frozenset({"close", "volume"}),
    categories=frozenset({"sector"}),
    symbols=frozenset({"S00"}),
)


def batch(count: int) -> list:
    rng = Random(7)
    found = {}
    while len(found) < count:
        node = generate(rng, NAMES, 4, 20)
        found[str(node)] = node
    return list(found.values())


def signals(panel: Panel, nodes: list, **options) -> dict[int, bytes]:
    return dict(run(panel, nodes, lambda _, signal: signal.tobytes(), **options))


@pytest.mark.parametrize("universe", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_batch_and_threads_do_not_change_a_bit(workers, universe):
    panel = random_panel(dates=90, symbols=23, universe=universe)
    nodes = batch(60)
    alone = {i: evaluate(panel, node).tobytes() for i, node in enumerate(nodes)}
    assert signals(panel, nodes, workers=workers) == alone


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_small_cache_changes_nothing(monkeypatch, size):
    panel = random_panel(dates=60, symbols=9)
    nodes = batch(40)
    want = signals(panel, nodes)
    monkeypatch.setattr(run_module, "_CACHED_ARRAYS", size)
    assert signals(panel, nodes, workers=2) == want


def test_order_depends_on_the_expressions_alone():
    nodes = batch(50)
    assert Plan(nodes).order == Plan(nodes).order
    assert sorted(Plan(nodes).order) == list(range(50))


def test_results_come_in_plan_order_whatever_the_threads():
    panel = random_panel(dates=60, symbols=9)
    nodes = batch(40)
    order = [[i for i, _ in run(panel, nodes, lambda *_: None, workers=w)] for w in (1, 1, 3, 3)]
    assert order[0] == order[1]
    assert order[2] == order[3]
    assert sorted(order[0]) == sorted(order[2]) == list(range(40))


def test_every_root_is_announced_before_it_is_evaluated():
    panel = random_panel(dates=40, symbols=5)
    nodes = batch(20)
    announced: set[int] = set()
    lock = threading.Lock()

    def begun(indices):
        with lock:
            announced.update(indices)

    def consume(index, _):
        assert index in announced

    assert len(list(run(panel, nodes, consume, workers=2, begun=begun))) == 20


def test_cancel_ends_the_run():
    panel = random_panel(dates=40, symbols=5)
    done: list[int] = []
    signals = run(
        panel, batch(40), lambda index, _: done.append(index), cancel=lambda: len(done) > 2
    )
    with pytest.raises(CancelledError):
        list(signals)
    assert 3 <= len(done) < 40


def test_an_error_in_the_consumer_reaches_the_caller_and_leaves_no_thread():
    panel = random_panel(dates=40, symbols=5)
    before = threading.active_count()

    def consume(*_):
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        list(run(panel, batch(30), consume, workers=2))
    assert threading.active_count() == before


def test_a_constant_becomes_a_matrix():
    panel = random_panel(dates=4, symbols=3)
    assert np.array_equal(evaluate(panel, parse("1 + 1", NAMES)), np.full((4, 3), 2.0))


def test_the_universe_restricts_what_is_compared():
    panel = random_panel(dates=30, symbols=12, universe=True)
    rank = evaluate(panel, parse("cs_count(close)", NAMES))
    member = panel.universe()
    close = panel.feature("close")
    want = np.where(member & ~np.isnan(close), (member & ~np.isnan(close)).sum(1)[:, None], np.nan)
    assert np.array_equal(rank, want, equal_nan=True)


def test_symbol_is_marks_one_column():
    panel = random_panel(dates=3, symbols=4)
    got = evaluate(panel, parse('symbol_is("S00")', NAMES))
    assert np.array_equal(got, np.tile([1.0, 0.0, 0.0, 0.0], (3, 1)))


@pytest.mark.parametrize("universe", [False, True])
@pytest.mark.parametrize("height", [1, 7, 64, 1000])
def test_rows_asked_for_piece_by_piece_are_those_of_the_whole(universe, height):
    panel = random_panel(dates=90, symbols=23, universe=universe)
    nodes = [*batch(60), parse("hump(close, 0.1)", NAMES), parse("1 + 1", NAMES)]

    def pieces(_, signal):
        assert signal.shape == (90, 23)
        parts = [signal[a : min(a + height, 90)] for a in range(0, 90, height)]
        return np.concatenate(parts).tobytes()

    assert dict(run(panel, nodes, pieces, workers=2, by_rows=True)) == signals(panel, nodes)
