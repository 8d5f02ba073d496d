"""Search: draw candidates, backtest each of them, yield what happens.

`train` is a generator: the caller owns the process, the store and the stop button. The list of
candidates depends only on the configuration, the data set and the generator; what each of them
comes to depends on nothing but itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from random import Random
from typing import Annotated, Literal

import msgspec

from engine.book import BookParams, SignalRows, check_params
from engine.catalog import CatalogRules, FeatureInfo, catalog
from engine.dsl.complexity import complexity
from engine.dsl.generate import generate
from engine.dsl.tree import Names, Node, expr_hash
from engine.errors import CancelledError, DataError, EngineError, ParamError
from engine.evaluate.run import Cancel, never, run
from engine.panel import Panel
from engine.strategy import Outcome, assess, refused

MAX_CANDIDATES = 10_000
GENERATOR_VERSION = 3
"""Raised whenever the same seed would draw other expressions."""

_DRAWS_PER_CANDIDATE = 100
_LONGEST_WINDOW_SHARE = 4  # no window longer than a quarter of the panel


class TrainParams(BookParams, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How candidates are traded, and the complexity score above which they are not tried."""

    limit_score: Annotated[float, msgspec.Meta(gt=0)] | None = 25.0


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to search for. `features` None means every usable one; `ignore` leaves some out.

    rules: what a column needs to be usable, its own `ignore` besides.
    price: the column that earns returns; None means that of the data set.
    """

    n: Annotated[int, msgspec.Meta(ge=1, le=MAX_CANDIDATES)] = 50
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 42
    params: TrainParams = TrainParams()
    method: Literal["random"] = "random"
    max_depth: Annotated[int, msgspec.Meta(ge=1, le=8)] = 4
    features: tuple[str, ...] | None = None
    domain_lags: dict[str, Annotated[int, msgspec.Meta(ge=0, le=2520)]] = {}
    ignore: tuple[str, ...] = ()
    rules: CatalogRules = CatalogRules()
    price: str | None = None


class Phase(msgspec.Struct, frozen=True, tag="phase"):
    """A stage begins: generate, evaluate, backtest or persist, of so many items.

    `rejected` counts the draws of the generate stage that were dropped, by reason.
    """

    phase: str
    count: int
    rejected: dict[str, int] = {}


class Result(msgspec.Struct, frozen=True, tag="result"):
    """One candidate was backtested, or refused."""

    outcome: Outcome


class Summary(msgspec.Struct, frozen=True, tag="summary"):
    """The search ended."""

    elapsed_s: float
    count: int


TrainEvent = Phase | Result | Summary


class Candidates(msgspec.Struct, frozen=True):
    """The list of candidates, and the number of draws dropped on the way, by reason."""

    nodes: tuple[Node, ...]
    rejected: dict[str, int]


def train(
    panel: Panel,
    config: TrainConfig,
    *,
    workers: int = 1,
    skip: Collection[str] = (),
    only: Collection[str] | None = None,
    cancel: Cancel = never,
    begun: Callable[[Sequence[Node]], None] = lambda _: None,
) -> Iterator[TrainEvent]:
    """Search `panel` as `config` says, on `workers` threads.

    `skip` holds the hashes of candidates already known, `only` restricts the work to some;
    neither changes the list. `begun` is told which candidates are about to be evaluated.
    Raises ParamError, DataError, or CancelledError once `cancel()` is true.
    """
    start = time.monotonic()
    panel = panel.with_lags(config.domain_lags).with_price(config.price)
    check_params(config.params, panel)
    candidates = draw(panel, config)
    yield Phase("generate", len(candidates.nodes), candidates.rejected)
    nodes = [node for node in candidates.nodes if _wanted(expr_hash(node), skip, only)]
    yield Phase("evaluate", len(nodes))
    yield Phase("backtest", len(nodes))

    def consume(index: int, signal: SignalRows) -> Outcome:
        try:
            return assess(panel, nodes[index], signal, config.params)
        except CancelledError:
            raise
        except EngineError as error:
            return refused(nodes[index], error.message)

    def announce(indices: Sequence[int]) -> None:
        begun([nodes[index] for index in indices])

    outcomes = run(
        panel, nodes, consume, workers=workers, cancel=cancel, begun=announce, by_rows=True
    )
    for _, outcome in outcomes:
        yield Result(outcome)
    yield Summary(time.monotonic() - start, len(nodes))


def draw(panel: Panel, config: TrainConfig) -> Candidates:
    """The first `config.n` distinct candidates within the complexity limit.

    Fewer when the features and the limit allow no more; ParamError when they allow none.
    """
    rng = Random(f"{GENERATOR_VERSION} {config.seed}")
    names = terminals(panel, config)
    longest = max(2, len(panel.dates) // _LONGEST_WINDOW_SHARE)
    limit = config.params.limit_score
    found: dict[str, Node] = {}
    rejected: Counter[str] = Counter()
    for _ in range(config.n * _DRAWS_PER_CANDIDATE):
        node = generate(rng, names, config.max_depth, longest)
        if limit is not None and complexity(node).score > limit:
            rejected["complexity"] += 1
        elif expr_hash(node) in found:
            rejected["duplicate"] += 1
        else:
            found[expr_hash(node)] = node
        if len(found) == config.n:
            break
    if not found:
        raise ParamError(
            f"No expression has a complexity score within limit_score = {limit:g}; raise the limit."
        )
    return Candidates(tuple(found.values()), dict(rejected))


def terminals(panel: Panel, config: TrainConfig) -> Names:
    """The features and categories candidates may read."""
    ignore = (*config.rules.ignore, *config.ignore)
    rules = msgspec.structs.replace(config.rules, ignore=ignore)
    infos = catalog(panel, rules, brief=True)
    usable = {info.name: info for info in infos if info.usable}
    chosen = usable if config.features is None else _chosen(config.features, infos, usable)
    features = [name for name, info in chosen.items() if info.kind != "category"]
    if not features:
        reasons = "; ".join(f"{info.name}: {info.reason}" for info in infos if info.reason)
        raise DataError(f"The data set {panel.name!r} has no usable feature ({reasons}).")
    return Names(
        features=frozenset(features),
        categories=frozenset(chosen) - frozenset(features),
        symbols=frozenset(panel.symbols),
    )


def _chosen(
    wanted: Sequence[str], infos: Sequence[FeatureInfo], usable: dict[str, FeatureInfo]
) -> dict[str, FeatureInfo]:
    known = {info.name: info for info in infos}
    for name in wanted:
        if name not in known:
            raise ParamError(f"There is no feature {name!r}; there are {', '.join(sorted(known))}.")
        if name not in usable:
            raise ParamError(f"The feature {name!r} is not usable: {known[name].reason}.")
    return {name: usable[name] for name in wanted}


def _wanted(hash_: str, skip: Collection[str], only: Collection[str] | None) -> bool:
    return hash_ not in skip and (only is None or hash_ in only)
