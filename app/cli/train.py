"""The train command."""

from __future__ import annotations

import argparse
import math
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import stdev
from typing import Any

import msgspec

from app import jobs, log
from app.cli.options import (
    add_book,
    checked,
    domain_lags,
    given,
    open_workspace,
    resolved,
    words,
)
from app.cli.progress import Progress
from app.cli.screen import Screen, count, number
from app.cli.strategies import show_table
from app.schemas import TrainRequest
from engine.errors import ParamError
from engine.stats.overfit import expected_max, zero_skill_best
from engine.store import Job, StrategySummary
from engine.train import TrainConfig, TrainParams
from engine.workspace import Workspace

BEST = 10
_BREEDING = (
    ("population", "N", "evolve: parents of a generation (default 40)"),
    ("generations", "N", "evolve: at most so many (default: until --n are evaluated)"),
    ("tournament", "N", "evolve: candidates a parent is the best of (default 4)"),
    ("elite", "N", "evolve: the best that stay (default 20)"),
    ("crossover", "P", "evolve: probability of two parents rather than one (default 0.4)"),
    ("parsimony", "X", "evolve: price of a point of complexity in Sharpe ratio (default 0.01)"),
    ("novelty", "X", "evolve: price of a correlation of 1 with a better one (default 0.5)"),
    ("out-of-sample", "P", "share of the dates, the last ones, the search is not led by (0.3)"),
    ("min-coverage", "P", "share of the cells that need a signal (default 0.2)"),
)
_RESUMABLE = ("queued", "interrupted", "cancelled", "failed")


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("train", help="search for expressions that would have earned")
    parser.add_argument("--n", metavar="N", help="candidates to try, 1 to 10,000 (default 50)")
    parser.add_argument(
        "--seed", metavar="N", help="equal seeds find equal candidates (default 42)"
    )
    parser.add_argument("--workers", metavar="N", help="threads, 1 to 64 (default 2)")
    parser.add_argument(
        "--max-depth", metavar="N", help="operators on the longest path (default 4)"
    )
    parser.add_argument(
        "--limit-score", metavar="X", help="largest complexity score, or none (default 25)"
    )
    parser.add_argument("--method", metavar="NAME", help="random (default) or evolve")
    _add_breeding(parser)
    parser.add_argument(
        "--features", action="append", metavar="A,B", help="columns to use (default: all usable)"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="A,B", help="columns to leave out"
    )
    parser.add_argument("--resume", metavar="JOB", help="go on with a job that was not finished")
    parser.add_argument("--dataset", metavar="NAME|FILE", help="a data set, or a file to import")
    parser.add_argument("--price", metavar="COLUMN", help="the column that earns returns")
    parser.add_argument(
        "--domain-lag",
        action="append",
        default=[],
        metavar="DOMAIN=DAYS",
        help="columns named DOMAIN_... are known that many dates later (may be repeated)",
    )
    add_book(parser, TrainParams)
    parser.set_defaults(command=run)


def _add_breeding(parser: argparse.ArgumentParser) -> None:
    for name, metavar, text in _BREEDING:
        parser.add_argument(f"--{name}", metavar=metavar, help=text)
    parser.add_argument(
        "--objectives", action="append", default=[], metavar="A,B",
        help="sharpe (default), drawdown, turnover, complexity, novelty; several: a Pareto front",
    )  # fmt: skip
    for what in ("operator", "feature"):
        parser.add_argument(
            f"--{what}-weight", action="append", default=[], metavar="NAME=X",
            help=f"how often the {what} is drawn, 0 leaves it out (may be repeated)",
        )  # fmt: skip


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Search until the job is done; Ctrl-C stops it, and what is done is kept."""
    _check(args)
    workers = checked(TrainRequest, given(args, TrainRequest)).workers
    with open_workspace(args, write=True) as space:
        job = _resumed(space, args.resume) if args.resume else _started(args, space)
        if job.processed:
            screen.note(f"Going on with {job.job_id}: {count(job.processed, 'candidate')} done.")
        log.info("job_start", job_id=job.job_id, type=job.type, resumed=job.processed > 0)
        begun = time.monotonic()
        with _stopping() as stop, Progress(screen, job) as progress:
            done = jobs.run(space, job.job_id, progress.publish, stop=stop, workers=workers)
        elapsed = time.monotonic() - begun
        log.info("job_end", job_id=job.job_id, status=done.status, processed=done.processed)
        _report(screen, space, job, done, elapsed)


def _check(args: argparse.Namespace) -> None:
    """A resumed job is what it was when it was started."""
    free = {"resume", "workers", "workspace", "json", "command"}
    used = [name for name, value in vars(args).items() if value and name not in free]
    if args.resume and used:
        option = f"--{used[0].replace('_', '-')}"
        raise ParamError(
            f"--resume goes on with a job as it was started; {option} cannot change it. Leave it"
            " out, or start a new job without --resume."
        )


def _started(args: argparse.Namespace, space: Workspace) -> Job:
    row = resolved(args, space)
    params = TrainParams(**given(args, TrainParams))
    values = given(args, TrainConfig) | {
        "params": msgspec.structs.asdict(params),
        "features": words(args.features) if args.features else None,
        "ignore": words(args.ignore),
        "domain_lags": domain_lags(args),
        "operator_weights": _weights(args.operator_weight),
        "feature_weights": _weights(args.feature_weight),
        "dataset": row.name,
        "price": args.price,
    }
    if args.objectives:
        values["objectives"] = words(args.objectives)
    return jobs.start_train(space, checked(TrainRequest, values))


def _weights(pairs: Sequence[str]) -> dict[str, float]:
    """Weights by name; ParamError for what is no NAME=X."""
    found = {}
    for pair in pairs:
        name, mark, text = pair.rpartition("=")
        try:
            found[name] = float(text) if mark else math.nan
        except ValueError:
            found[name] = math.nan
        if not math.isfinite(found[name]):
            raise ParamError(f"{pair[:80]!r} is no weight; write NAME=X, such as ts_rank=2.")
    return found


def _resumed(space: Workspace, job_id: str) -> Job:
    job = space.store.job(job_id)
    if job.status not in _RESUMABLE:
        raise ParamError(f"The job {job_id} is {job.status}; there is nothing to go on with.")
    return job


@contextmanager
def _stopping() -> Iterator[jobs.Stop]:
    """A switch that the first Ctrl-C sets; the second one interrupts for real."""
    stop = jobs.Stop()

    def ask(number_: int, _: object) -> None:
        if stop.is_set():
            signal.signal(number_, signal.SIG_DFL)
            raise KeyboardInterrupt
        stop.set()

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        yield stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _report(screen: Screen, space: Workspace, job: Job, done: Job, elapsed: float) -> None:
    """The best candidates, and what their being the best is worth."""
    page = space.store.strategies(limit=BEST, job_id=job.job_id)
    fresh = done.processed - job.processed
    trials = space.store.trials_count(space.dataset(job.dataset).fingerprint)
    luck = _luck(space.store.sharpes(job.job_id))
    no_skill = _no_skill(space, job, page.items)
    if screen.json:
        screen.emit(
            {
                "job_id": job.job_id, "status": done.status, "dataset": job.dataset,
                "count": done.processed, "resumed": job.processed, "elapsed_s": elapsed,
                "rate": fresh / elapsed, "trials": trials,
                "best_by_luck": luck, "zero_skill_best": no_skill,
                "best": page.items,
            }
        )  # fmt: skip
    show_table(screen, page.items)
    screen.say(
        f"\n{count(done.processed, 'candidate')} in {job.job_id}, {fresh:,} of them now in"
        f" {elapsed:.1f} s ({fresh / elapsed:.0f}/s). The ledger of {job.dataset} has"
        f" {count(trials, 'trial')}."
    )
    _caution(screen, page.items, luck, no_skill)


def _caution(
    screen: Screen, best: Sequence[StrategySummary], luck: float | None, no_skill: float | None
) -> None:
    if luck is None or no_skill is None or not best:
        return
    screen.say(
        "The best of many is partly chosen by luck. Of as many independent strategies without skill"
        f" the best would show a Sharpe ratio of about {number(no_skill)}; if they scattered as"
        f" widely as all trials of this search, whose costs differ, {number(luck)}. Here it is"
        f" {number(best[0].metrics.ann_sharpe)}."
    )


def _no_skill(space: Workspace, job: Job, best: Sequence[StrategySummary]) -> float | None:
    """The best of as many trials of that length without skill."""
    if not best or job.dataset is None:
        return None
    periods = space.periods_of(space.dataset(job.dataset).fingerprint)
    trials = len(space.store.sharpes(job.job_id))
    return zero_skill_best(trials, best[0].metrics.n or 0, periods)


def _luck(sharpes: Sequence[float]) -> float | None:
    """Expected maximum of as many Sharpe ratios with mean 0 and the scatter of these."""
    return expected_max(len(sharpes), stdev(sharpes)) if len(sharpes) > 1 else None
