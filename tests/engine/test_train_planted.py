"""A known signal in noise: breeding finds it with fewer evaluations than drawing."""

from __future__ import annotations

import sys
from statistics import median

import pytest

from engine.dsl.parse import Names, parse
from engine.evaluate.run import evaluate
from engine.panel import Panel
from engine.strategy import assess
from engine.train import TrainConfig
from engine.train.fitness import Judge
from tests.engine.planted import PARAMS, comparison, planted_panel, told

WHOLE = "cs_demean(cs_rank(ts_delta(flow, 10)) - cs_rank(mood))"
PARTS = ("cs_demean(cs_rank(ts_delta(flow, 10)))", "cs_demean(-cs_rank(mood))", "-cs_demean(mood)")


def in_sample_sharpe(panel: Panel, text: str) -> float:
    node = parse(text, Names.of(panel))
    outcome = assess(panel, node, evaluate(panel, node), PARAMS)
    return Judge(panel, TrainConfig(), ()).member(node, outcome.daily).sharpe


def check_threshold(panel: Panel, threshold: float) -> None:
    """Only both columns together are above it."""
    assert in_sample_sharpe(panel, WHOLE) > threshold
    assert max(in_sample_sharpe(panel, text) for text in PARTS) < threshold


def test_breeding_needs_fewer_evaluations():
    panel = planted_panel(dates=200, symbols=24, strength=0.012)
    check_threshold(panel, 13.8)
    found = comparison(panel, 13.8, n=250, seeds=3)
    assert median(found["evolve"]) < 0.6 * median(found["random"]), told(found)


@pytest.mark.heavy
def test_breeding_needs_fewer_evaluations_over_ten_seeds(pytestconfig, capsys):
    if "heavy" not in pytestconfig.getoption("-m"):
        pytest.skip("run by command: pytest -m heavy")
    panel = planted_panel()
    check_threshold(panel, 5.5)
    found = comparison(panel, 5.5, n=2000, seeds=10)
    with capsys.disabled():
        sys.stdout.write(f"\n{told(found)}\n")
    assert median(found["evolve"]) < 0.5 * median(found["random"]), told(found)
