"""Children of the better candidates."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from engine.dsl.breed import crossover, mutation
from engine.dsl.generate import Grammar
from engine.dsl.tree import Node
from engine.train.config import GENERATOR_VERSION, TrainConfig
from engine.train.fitness import Member


class Breeder:
    """Proposes children of `ranked` parents, the best of whom comes first.

    What it proposes depends on the seed, the generation and the parents alone.
    """

    def __init__(
        self, ranked: Sequence[Member], grammar: Grammar, config: TrainConfig, generation: int
    ) -> None:
        self._parents = [member.node for member in ranked]
        self._grammar, self._config = grammar, config
        self._rng = Random(f"{GENERATOR_VERSION} {config.seed} generation {generation}")

    def child(self) -> Node | None:
        """By crossover or mutation of parents that won their tournaments; None if none is valid."""
        mother = self._winner()
        if self._rng.random() < self._config.crossover:
            return crossover(self._rng, self._grammar, mother, self._winner())
        return mutation(self._rng, self._grammar, mother)

    def _winner(self) -> Node:
        places = [self._rng.randrange(len(self._parents)) for _ in range(self._config.tournament)]
        return self._parents[min(places)]
