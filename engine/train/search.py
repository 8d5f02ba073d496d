"""One search from its first event to its last."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from engine.book import check_params
from engine.dsl.parse import Names, reread
from engine.dsl.tree import Node
from engine.evaluate.run import Cancel, never
from engine.panel import Panel
from engine.train.config import TrainConfig
from engine.train.drawing import Sieve, first_candidates, grammar_of
from engine.train.events import Past, Phase, Result, Summary, TrainEvent
from engine.train.evolve import evolve
from engine.train.work import Work


def train(
    panel: Panel,
    config: TrainConfig,
    *,
    workers: int = 1,
    known: Sequence[Past] = (),
    only: Sequence[str] | None = None,
    library: Sequence[bytes] = (),
    cancel: Cancel = never,
    begun: Callable[[Sequence[Node]], None] = lambda _: None,
) -> Iterator[TrainEvent]:
    """Search `panel` as `config` says, on `workers` threads.

    known: what an earlier attempt of the same search has committed; it is not evaluated again, and
    with it the search does what it would have done without the interruption. only: canonical texts
    to evaluate and nothing else. library: daily series of saved strategies, packed, that bred
    candidates should not resemble. `begun` is told which candidates are about to be evaluated.
    Raises ParamError, DataError, ExprError, or CancelledError once `cancel()` is true.
    """
    start = time.monotonic()
    panel = panel.with_lags(config.domain_lags).with_price(config.price)
    check_params(config.params, panel)
    work = Work(panel, config, workers=workers, known=known, cancel=cancel, begun=begun)
    if only is not None:
        yield from _alone(work, only)
    elif config.method == "evolve":
        yield from evolve(work, library)
    else:
        yield from _random(work)
    yield Summary(time.monotonic() - start, work.count)


def _alone(work: Work, texts: Sequence[str]) -> Iterator[Phase | Result]:
    names = Names.of(work.panel)
    nodes = [reread(text, names) for text in texts]
    sieve = Sieve(work.panel, work.config, workers=work.workers, cancel=work.cancel)
    sieve.distinct(nodes)
    yield from work.evaluated(nodes, sieve.sound)


def _random(work: Work) -> Iterator[Phase | Result]:
    config = work.config
    sieve = Sieve(work.panel, config, workers=work.workers, cancel=work.cancel)
    nodes = first_candidates(sieve, grammar_of(work.panel, config), config, config.n)
    yield Phase("generate", len(nodes), dict(sieve.rejected))
    yield from work.evaluated(nodes, sieve.sound)
    yield Phase("persist", len(nodes), dict(sieve.rejected) | work.rejected(nodes))
