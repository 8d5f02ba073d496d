"""Breeding: the same run whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import msgspec
import pytest

from engine.dsl.complexity import complexity
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, reread
from engine.dsl.tree import columns, depth
from engine.errors import CancelledError
from engine.train import Past, Phase, Result, Summary, TrainConfig, TrainParams, train
from engine.train.evolve import population_of
from tests.panels import random_panel

PANEL = random_panel(dates=160, symbols=14)
CONFIG = TrainConfig(n=60, seed=3, method="evolve", population=14, elite=2)


def changed(**settings):
    return msgspec.structs.replace(CONFIG, **settings)


def outcomes(config=CONFIG, **options):
    return [e.outcome for e in train(PANEL, config, **options) if isinstance(e, Result)]


def as_known(found):
    return [
        Past(expr_hash=o.expr_hash, metrics=o.metrics, daily=o.daily, error=o.error) for o in found
    ]


def by_hash(found):
    return {outcome.expr_hash: outcome for outcome in found}


EVERYTHING = outcomes()


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_do_not_change_the_run(workers):
    assert by_hash(outcomes(workers=workers)) == by_hash(EVERYTHING)


def test_the_run_is_the_same_in_another_process():
    code = (
        "from tests.engine.test_train_evolve import *\nprint(' '.join(sorted(by_hash(EVERYTHING))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == sorted(by_hash(EVERYTHING))


def test_the_seed_decides():
    assert by_hash(outcomes(changed(seed=4))).keys() != by_hash(EVERYTHING).keys()


@pytest.mark.parametrize("method", ["random", "evolve"])
@pytest.mark.parametrize("objectives", [("sharpe",), ("turnover", "novelty")])
def test_an_interrupted_search_goes_on_as_if_nothing_had_been(method, objectives):
    config = changed(method=method, objectives=objectives)
    whole = list(train(PANEL, config))
    found = [e.outcome for e in whole if isinstance(e, Result)]
    for count in (0, 1, 5, 11, 12, 13, 20, 33, 47, 59, 60):
        again = list(train(PANEL, config, known=as_known(found[:count]), workers=2))
        rest = [e.outcome for e in again if isinstance(e, Result)]
        assert len(rest) == len(found) - count
        assert by_hash(found[:count]) | by_hash(rest) == by_hash(found)
        assert [e for e in again if isinstance(e, Phase)][-1] == [
            e for e in whole if isinstance(e, Phase)
        ][-1]


def test_what_an_earlier_attempt_knew_in_any_order_will_do():
    known = as_known(EVERYTHING[40::-1])
    rest = outcomes(known=known)
    assert by_hash(EVERYTHING[:41]) | by_hash(rest) == by_hash(EVERYTHING)


def test_interrupted_twice_is_interrupted():
    first = EVERYTHING[:18]
    second = outcomes(known=as_known(first))[:17]
    third = outcomes(known=as_known([*second, *first]))
    assert by_hash([*first, *second, *third]) == by_hash(EVERYTHING)


def test_children_keep_to_the_settings():
    config = changed(max_depth=3, features=("close", "sector"), params=TrainParams(limit_score=12))
    names = Names.of(PANEL)
    for outcome in outcomes(config):
        node = reread(outcome.expr, names)
        assert depth(node) <= 3
        assert complexity(node).score <= 12
        assert set(columns(node)) <= {"close", "sector"}


def test_events_tell_of_every_generation():
    events = list(train(PANEL, CONFIG, workers=2))
    phases = [e for e in events if isinstance(e, Phase)]
    told = [(e.phase, e.count, e.generation) for e in phases]
    assert told[:6] == [
        ("generate", 12, 0), ("evaluate", 12, 0), ("backtest", 12, 0),
        ("generate", 10, 1), ("evaluate", 10, 1), ("backtest", 10, 1),
    ]  # fmt: skip
    generations = [e for e in phases if e.phase == "generate"]
    assert [e.count for e in generations] == [12, 10, 10, 10, 10, 8, 60]
    assert told[-2:] == [("generate", 60, 5), ("persist", 60, 5)]
    assert phases[-1].rejected == generations[-1].rejected
    assert phases[-1].rejected["complexity"] > 0
    for before, after in pairwise(generations):
        assert all(after.rejected[key] >= count for key, count in before.rejected.items())
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert summary.count == 60


def test_at_most_half_of_the_parents_are_kept():
    events = train(PANEL, changed(elite=500))
    counts = [e.count for e in events if isinstance(e, Phase) and e.phase == "evaluate"]
    assert counts == [12, 6, 6, 6, 6, 6, 6, 6, 6]


def test_no_candidate_comes_twice():
    assert len(by_hash(EVERYTHING)) == len(EVERYTHING) == 60


def test_generations_end_the_search():
    assert len(outcomes(changed(generations=2))) == 22
    assert len(outcomes(changed(generations=1))) == 12


def test_the_first_generation_is_that_of_a_random_search():
    first = by_hash(outcomes(changed(generations=1)))
    assert first == by_hash(outcomes(TrainConfig(n=12, seed=3)))


@pytest.mark.parametrize(
    ("n", "population", "expected"), [(300, 60, 60), (50, 60, 10), (8, 60, 4), (2, 60, 2)]
)
def test_there_is_room_for_generations(n, population, expected):
    assert population_of(TrainConfig(n=n, population=population)) == expected


def test_an_exhausted_space_ends_the_search():
    small = {"operator_weights": dict.fromkeys(OPS, 0.0) | {"cs_zscore": 1.0}}
    found = outcomes(changed(features=("close",), max_depth=1, elite=0, **small))
    assert [o.expr for o in found] == ['cs_zscore(feat("close"))']


def test_cancel_ends_the_search():
    found = []
    events = train(PANEL, CONFIG, cancel=lambda: len(found) > 20)
    with pytest.raises(CancelledError):
        found.extend(e for e in events if isinstance(e, Result))
    assert 20 < len(found) < 60
