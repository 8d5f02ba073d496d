"""Where the time of a candidate goes: the stages of training one by one, on one thread."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from bench.ours import open_dataset
from bench.report import Section
from bench.step import Step
from engine.book import backtest_signal
from engine.dsl.canonical import expr_hash, to_text
from engine.dsl.complexity import complexity
from engine.dsl.tree import Node
from engine.evaluate.run import run
from engine.panel import Panel
from engine.stats.performance import performance
from engine.store import Job, Store
from engine.strategy import Outcome, pack_daily, run_spec, traded_returns
from engine.train import Result, TrainConfig, draw

T = TypeVar("T")
GROUP = 64


def part(step: Step) -> list[Section]:
    """The stages on one panel."""
    return [section(open_dataset(step.folder), step.folder, 50 if step.quick else 200)]


def section(panel: Panel, scratch: Path, n: int) -> Section:
    """Milliseconds per candidate and stage, of `n` candidates."""
    spent = _Spent()
    config = TrainConfig(n=n)
    nodes = spent("draw", lambda: draw(panel, config)).nodes
    outcomes = _backtested(panel, config, nodes, spent)
    wire = [spent("message", partial(_sent, o)) for o in outcomes]
    _committed(panel, config, wire, scratch, spent)
    total = sum(spent.seconds.values())
    details = [
        (stage, f"{1e3 * seconds / n:.3f}", f"{seconds / total:.1%}")
        for stage, seconds in spent.seconds.items()
    ]
    return Section(
        title=f"Stages of training, {n} candidates on one thread",
        header=("stage", "ms per candidate", "share"),
        details=(*details, ("all", f"{1e3 * total / n:.3f}", "")),
        remarks=(
            "With 2 workers, evaluate to pack run twice at a time; the parent commits meanwhile.",
        ),
    )


class _Spent:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def __call__(self, stage: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[stage] += time.perf_counter() - start


def _backtested(panel: Panel, config: TrainConfig, nodes: Any, spent: _Spent) -> list[Outcome]:
    spent("evaluate", lambda: None)  # its place in the table; the time is what the others leave
    before = sum(spent.seconds.values())
    start = time.perf_counter()

    def consume(index: int, signal: np.ndarray) -> Outcome:
        return _outcome(panel, config, nodes[index], signal, spent)

    outcomes = [outcome for _, outcome in run(panel, nodes, consume, workers=1)]
    others = sum(spent.seconds.values()) - before
    spent.seconds["evaluate"] += time.perf_counter() - start - others
    return outcomes


def _outcome(
    panel: Panel, config: TrainConfig, node: Node, signal: np.ndarray, spent: _Spent
) -> Outcome:
    backtest = spent("book", lambda: backtest_signal(panel, signal, config.params, itemise=False))
    metrics = spent(
        "metrics",
        lambda: performance(
            traded_returns(backtest),
            panel.periods_per_year,
            daily=backtest.daily,
            first=backtest.first_trade,
        ),
    )
    packed = spent("pack", lambda: pack_daily(backtest.daily))
    return spent(
        "describe",
        lambda: Outcome(
            expr_hash=expr_hash(node),
            expr=to_text(node),
            complexity=complexity(node),
            metrics=metrics,
            daily=packed,
        ),
    )


def _sent(outcome: Outcome) -> Outcome:
    """The outcome as the parent gets it."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(Result(outcome)), type=Result).outcome


def _committed(
    panel: Panel, config: TrainConfig, outcomes: list[Outcome], scratch: Path, spent: _Spent
) -> None:
    spec = run_spec(panel, config.params)
    with Store.open(scratch / "profile.sqlite", write=True) as store:
        job = store.create_job(Job(type="train", total=len(outcomes)))
        for start in range(0, len(outcomes), GROUP):
            group = outcomes[start : start + GROUP]
            events = [("result", msgspec.json.encode({"expr": o.expr})) for o in group]
            commit = partial(
                store.record, job.job_id, panel.name, spec, group, events, source="train"
            )
            spent("commit", commit)
