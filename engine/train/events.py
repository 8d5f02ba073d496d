"""What a search tells of itself, and what it is told of an earlier attempt."""

from __future__ import annotations

import msgspec

from engine.stats.performance import Metrics
from engine.strategy import Outcome


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that an earlier attempt of the same search has committed.

    metrics, daily (packed by `pack_daily`): None where it was refused. error: what it was refused
    for; without it a candidate that was not worth a backtest is not counted as rejected.
    """

    expr_hash: str
    metrics: Metrics | None = None
    daily: bytes | None = None
    error: str | None = None


class Phase(msgspec.Struct, frozen=True, tag="phase"):
    """A stage begins: generate, evaluate, backtest or persist, of so many items.

    `rejected` counts what the search has dropped so far, by reason; generation: from 0.
    """

    phase: str
    count: int
    rejected: dict[str, int] = {}
    generation: int = 0


class Result(msgspec.Struct, frozen=True, tag="result"):
    """One candidate was backtested, or refused."""

    outcome: Outcome


class Summary(msgspec.Struct, frozen=True, tag="summary"):
    """The search ended."""

    elapsed_s: float
    count: int


TrainEvent = Phase | Result | Summary
