"""What to search for, and how."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from engine.book import BookParams
from engine.catalog import CatalogRules

MAX_CANDIDATES = 10_000
Objective = Literal["sharpe", "drawdown", "turnover", "complexity", "novelty"]
GENERATOR_VERSION = 4
"""Raised whenever the same seed would draw other expressions."""


class TrainParams(BookParams, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How candidates are traded, and the complexity score above which they are not tried."""

    limit_score: Annotated[float, msgspec.Meta(gt=0)] | None = 25.0


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to search for. `features` None means every usable one; `ignore` leaves some out.

    n: how many candidates are evaluated at most. method: "random" draws them independently;
    "evolve" breeds them: `population` parents (a fifth of n at most), chosen by tournaments of
    `tournament`, the best `elite` of them (half at most) kept for the next generation, children by
    subtree crossover with that probability and by mutation otherwise, for `generations` (None:
    until n are evaluated). Fitness is the annual Sharpe ratio on the in-sample dates, all but the
    last `out_of_sample` share of them, less parsimony x complexity score, less novelty x the
    largest correlation with the better ones of the pool and with saved strategies. objectives: what
    is wanted beside a high Sharpe ratio; with several, parents are ranked by Pareto front, then by
    crowding. operator_weights, feature_weights: in place of the usual ones, 0 leaves out.
    min_coverage: share of the universe's cells that need a signal.
    rules: what a column needs to be usable, its own `ignore` besides.
    price: the column that earns returns; None means that of the data set.
    """

    n: Annotated[int, msgspec.Meta(ge=1, le=MAX_CANDIDATES)] = 50
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 42
    params: TrainParams = TrainParams()
    method: Literal["random", "evolve"] = "random"
    population: Annotated[int, msgspec.Meta(ge=4, le=2000)] = 40
    generations: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    tournament: Annotated[int, msgspec.Meta(ge=1, le=50)] = 4
    elite: Annotated[int, msgspec.Meta(ge=0, le=500)] = 20
    crossover: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.4
    parsimony: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.01
    novelty: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.5
    objectives: tuple[Objective, ...] = ("sharpe",)
    out_of_sample: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.3
    operator_weights: dict[str, Annotated[float, msgspec.Meta(ge=0, le=1000)]] = {}
    feature_weights: dict[str, Annotated[float, msgspec.Meta(ge=0, le=1000)]] = {}
    min_coverage: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    max_depth: Annotated[int, msgspec.Meta(ge=1, le=8)] = 4
    features: tuple[str, ...] | None = None
    domain_lags: dict[str, Annotated[int, msgspec.Meta(ge=0, le=2520)]] = {}
    ignore: tuple[str, ...] = ()
    rules: CatalogRules = CatalogRules()
    price: str | None = None
