"""Search: propose candidates, backtest each of them, yield what happens.

`train` is a generator: the caller owns the process, the store and the stop button. Which candidates
there are depends only on the configuration, the data set, the generator and, when they are bred,
what earlier ones came to; what each of them comes to depends on nothing but itself.
"""

from __future__ import annotations

from engine.train.config import (
    GENERATOR_VERSION,
    MAX_CANDIDATES,
    Objective,
    TrainConfig,
    TrainParams,
)
from engine.train.drawing import Candidates, draw, terminals
from engine.train.events import Past, Phase, Result, Summary, TrainEvent
from engine.train.search import train

__all__ = [
    "GENERATOR_VERSION",
    "MAX_CANDIDATES",
    "Candidates",
    "Objective",
    "Past",
    "Phase",
    "Result",
    "Summary",
    "TrainConfig",
    "TrainEvent",
    "TrainParams",
    "draw",
    "terminals",
    "train",
]
