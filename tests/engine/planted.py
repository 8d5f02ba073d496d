"""A panel in which one thing predicts the next return and everything else is noise."""

from __future__ import annotations

from statistics import median

import numpy as np

from engine.dsl.parse import Names, reread
from engine.panel import Panel
from engine.train import Result, TrainConfig, TrainParams, train
from engine.train.fitness import Judge

COLUMNS = ("flow", "mood", "noise_a", "noise_b", "noise_c", "noise_d")
PARAMS = TrainParams(sizing="gross", cost_bps=0.0)
NOISE = 0.02


def planted_panel(*, dates: int = 750, symbols: int = 60, strength: float = 0.0032) -> Panel:
    """Names whose return follows the rank of ten days' change of `flow` less the rank of `mood`.

    The columns are independent and drift back to 0; `strength` is the return per unit of rank.
    """
    rng = np.random.default_rng(0)
    shape = (dates, symbols)
    columns = {name: _drifting(rng, shape) for name in COLUMNS}
    change = np.zeros(shape)
    change[10:] = columns["flow"][10:] - columns["flow"][:-10]
    returns = rng.normal(0, NOISE, shape)
    returns[1:] += strength * (_ranks(change) - _ranks(columns["mood"]))[:-1]
    return Panel.from_arrays(
        "planted",
        np.datetime64("2020-01-01") + np.arange(dates),
        [f"S{i:02d}" for i in range(symbols)],
        columns | {"price": 100 * np.cumprod(1 + returns, axis=0)},
        price="price",
    )


def evaluations_needed(panel: Panel, threshold: float, **settings: object) -> int:
    """How many candidates a search evaluates until one is above `threshold` in sample.

    One more than there are when none is.
    """
    config = TrainConfig(params=PARAMS, **settings)
    judge, names = Judge(panel, config, ()), Names.of(panel)
    count = 0
    for event in train(panel, config, workers=2):
        if isinstance(event, Result):
            count += 1
            node = reread(event.outcome.expr, names)
            sharpe = judge.member(node, event.outcome.daily).sharpe
            if sharpe is not None and sharpe > threshold:
                return count
    return count + 1


def comparison(panel: Panel, threshold: float, n: int, seeds: int) -> dict[str, list[int]]:
    """Evaluations needed by seed, of both methods."""
    return {
        method: [
            evaluations_needed(panel, threshold, n=n, seed=seed, method=method)
            for seed in range(seeds)
        ]
        for method in ("random", "evolve")
    }


def told(found: dict[str, list[int]]) -> str:
    """The medians and every figure."""
    return "\n".join(f"{method}: median {median(c)}, {c}" for method, c in found.items())


def _drifting(rng, shape):
    walk = np.zeros(shape)
    for t in range(1, shape[0]):
        walk[t] = 0.95 * walk[t - 1] + rng.normal(0, 1, shape[1])
    return walk


def _ranks(x):
    return x.argsort(axis=1).argsort(axis=1) / (x.shape[1] - 1) - 0.5
