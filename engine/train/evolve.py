"""Candidates bred from the better ones of those before them.

Generation 0 is random, the same that a random search begins with. The parents of every later one
are the best of the parents before, `elite` of them, and the children those had: `population` in
all. Whatever is decided between two generations depends on all results of the earlier ones and on
nothing else, so that a search that was interrupted goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from engine.dsl.tree import Node, expr_hash
from engine.train.breeding import Breeder
from engine.train.config import TrainConfig
from engine.train.drawing import Sieve, first_candidates, grammar_of
from engine.train.events import Phase, Result
from engine.train.fitness import Judge, Member
from engine.train.work import Work

_GENERATIONS_AT_LEAST = 5
_SMALLEST = 4


def evolve(work: Work, library: Sequence[bytes]) -> Iterator[Phase | Result]:
    """The events of a search by breeding, but for its summary."""
    config = work.config
    sieve = Sieve(work.panel, config, workers=work.workers, cancel=work.cancel)
    grammar, judge = grammar_of(work.panel, config), Judge(work.panel, config, library)
    population, generation = population_of(config), 0
    kept = min(config.elite, population // 2)
    every: list[Node] = []
    told: dict[str, int] = {}
    elite: list[Member] = []
    fresh = first_candidates(sieve, grammar, config, population)
    while fresh:
        told = _rejected(work, sieve, every)
        yield Phase("generate", len(fresh), told, generation)
        new = yield from _generation(work, sieve, judge, fresh, generation)
        every += fresh
        ranked = judge.ranked([*elite, *new], new)
        elite = ranked[:kept]
        generation += 1
        left = 0 if generation == config.generations else config.n - len(every)
        breeder = Breeder(ranked, grammar, config, generation)
        fresh = sieve.take(breeder.child, min(left, population - kept))
    final = _rejected(work, sieve, every)
    if final != told:
        yield Phase("generate", len(every), final, generation - 1)
    yield Phase("persist", len(every), final, generation - 1)


def population_of(config: TrainConfig) -> int:
    """How many parents there are: so few that there are at least five generations."""
    few = max(_SMALLEST, config.n // _GENERATIONS_AT_LEAST)
    return min(config.population, few, config.n)


def _generation(
    work: Work, sieve: Sieve, judge: Judge, nodes: Sequence[Node], generation: int
) -> Generator[Phase | Result, None, list[Member]]:
    """The events of evaluating `nodes`, and what they came to, in their order."""
    daily = {hash_: past.daily for hash_, past in work.known.items()}
    for event in work.evaluated(nodes, sieve.sound, generation):
        if isinstance(event, Result):
            daily[event.outcome.expr_hash] = event.outcome.daily
        yield event
    return [judge.member(node, daily[expr_hash(node)]) for node in nodes]


def _rejected(work: Work, sieve: Sieve, nodes: Sequence[Node]) -> dict[str, int]:
    """Counts so far by reason: what the sieve held back, and what was not worth a backtest."""
    return dict(sieve.rejected) | work.rejected(nodes)
