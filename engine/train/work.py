"""The evaluation of a list of candidates, each of which comes to what it comes to alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from engine.book import SignalRows
from engine.dsl.tree import Node, expr_hash
from engine.errors import CancelledError, EngineError
from engine.evaluate.run import Cancel, run
from engine.panel import Panel
from engine.strategy import Outcome, assess, refused
from engine.train.config import TrainConfig
from engine.train.events import Past, Phase, Result
from engine.train.rejecting import fault, reason_of


class Work:
    """What the methods of search have in common.

    known: what an earlier attempt evaluated, by hash. count: how many this one has evaluated.
    """

    def __init__(
        self,
        panel: Panel,
        config: TrainConfig,
        *,
        workers: int,
        known: Sequence[Past],
        cancel: Cancel,
        begun: Callable[[Sequence[Node]], None],
    ) -> None:
        self.panel, self.config = panel, config
        self.workers, self.cancel = workers, cancel
        self._begun = begun
        self.known = {each.expr_hash: each for each in known}
        self.count = 0
        self._errors = {each.expr_hash: each.error for each in known}

    def evaluated(
        self, nodes: Sequence[Node], sound: Collection[str], generation: int = 0
    ) -> Iterator[Phase | Result]:
        """The events of evaluating those of `nodes` that are not known.

        sound: hashes of those that need no look at their signal before the backtest.
        """
        new = [node for node in nodes if expr_hash(node) not in self.known]
        yield Phase("evaluate", len(new), generation=generation)
        yield Phase("backtest", len(new), generation=generation)

        def consume(index: int, signal: SignalRows) -> Outcome:
            return self._outcome(new[index], signal, sound)

        def announce(indices: Sequence[int]) -> None:
            self._begun([new[index] for index in indices])

        outcomes = run(
            self.panel, new, consume,
            workers=self.workers, cancel=self.cancel, begun=announce, by_rows=True,
        )  # fmt: skip
        for _, outcome in outcomes:
            self.count += 1
            self._errors[outcome.expr_hash] = outcome.error
            yield Result(outcome)

    def rejected(self, nodes: Sequence[Node]) -> dict[str, int]:
        """How many of `nodes`, all of them evaluated, were not worth a backtest, by reason."""
        reasons = (reason_of(self._errors[expr_hash(node)]) for node in nodes)
        return dict(Counter(reason for reason in reasons if reason))

    def _outcome(self, node: Node, signal: SignalRows, sound: Collection[str]) -> Outcome:
        panel, config = self.panel, self.config
        try:
            if expr_hash(node) not in sound:
                wrong = fault(panel, node, signal, config)
                if wrong is not None:
                    return refused(node, wrong)
            return assess(panel, node, signal, config.params)
        except CancelledError:
            raise
        except EngineError as error:
            return refused(node, error.message)
