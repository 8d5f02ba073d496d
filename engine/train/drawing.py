"""Distinct candidates: what the generator and breeding propose, less what is dropped at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random

import msgspec

from engine.catalog import FeatureInfo, catalog
from engine.dsl.complexity import complexity
from engine.dsl.generate import Grammar
from engine.dsl.ops import ALIASES, OPS
from engine.dsl.tree import Names, Node, expr_hash
from engine.errors import DataError, ParamError, nearest
from engine.evaluate.run import Cancel, never
from engine.panel import Panel
from engine.train.config import GENERATOR_VERSION, TrainConfig
from engine.train.probe import Probe

_DRAWS_PER_CANDIDATE = 100
_BATCH = 256
_LONGEST_WINDOW_SHARE = 4  # no window longer than a quarter of the panel


class Candidates(msgspec.Struct, frozen=True):
    """The list of candidates, and the number of draws dropped on the way, by reason."""

    nodes: tuple[Node, ...]
    rejected: dict[str, int]


class Sieve:
    """Lets each strategy through once: no repetition, none too complex, no equivalent.

    rejected: how many it has held back, by reason. sound: hashes of candidates that the probe
    found nothing wrong with.
    """

    def __init__(
        self, panel: Panel, config: TrainConfig, *, workers: int = 1, cancel: Cancel = never
    ) -> None:
        self._limit = config.params.limit_score
        self._probe = Probe(panel, config.params, config.min_coverage)
        self._workers, self._cancel = workers, cancel
        self._seen: set[str] = set()
        self._books: set[bytes] = set()
        self.rejected: Counter[str] = Counter()
        self.sound: set[str] = set()

    def take(self, propose: Callable[[], Node | None], count: int) -> list[Node]:
        """The next `count` new candidates of those proposed, fewer when it becomes hopeless.

        Which ones depends on nothing but what was proposed, and in which order.
        """
        kept: list[Node] = []
        left = count * _DRAWS_PER_CANDIDATE
        while left and len(kept) < count:
            fresh: list[Node] = []
            while left and len(fresh) < min(_BATCH, count - len(kept)):
                left -= 1
                if (node := propose()) is not None and self._new(node):
                    fresh.append(node)
            kept += self.distinct(fresh)
        return kept

    def distinct(self, nodes: Sequence[Node]) -> list[Node]:
        """Those of `nodes` that no earlier candidate is equivalent to."""
        kept = []
        findings = self._probe.findings(nodes, workers=self._workers, cancel=self._cancel)
        for node, finding in zip(nodes, findings, strict=True):
            if finding.sound:
                self.sound.add(expr_hash(node))
            if finding.book is not None and finding.book in self._books:
                self.rejected["equivalent"] += 1
                continue
            if finding.book is not None:
                self._books.add(finding.book)
            kept.append(node)
        return kept

    def _new(self, node: Node) -> bool:
        hash_ = expr_hash(node)
        if hash_ in self._seen:
            self.rejected["duplicate"] += 1
        elif self._limit is not None and complexity(node).score > self._limit:
            self.rejected["complexity"] += 1
        else:
            self._seen.add(hash_)
            return True
        return False


def draw(
    panel: Panel, config: TrainConfig, *, workers: int = 1, cancel: Cancel = never
) -> Candidates:
    """The first `config.n` distinct random candidates within the complexity limit.

    Fewer when the features and the limit allow no more; ParamError when they allow none.
    """
    sieve = Sieve(panel, config, workers=workers, cancel=cancel)
    nodes = first_candidates(sieve, grammar_of(panel, config), config, config.n)
    return Candidates(tuple(nodes), dict(sieve.rejected))


def first_candidates(sieve: Sieve, grammar: Grammar, config: TrainConfig, count: int) -> list[Node]:
    """The first `count` random candidates that `sieve` lets through; ParamError if none."""
    rng = Random(f"{GENERATOR_VERSION} {config.seed}")
    nodes = sieve.take(lambda: grammar.draw(rng), count)
    if not nodes:
        raise ParamError(
            "No expression has a complexity score within limit_score ="
            f" {config.params.limit_score:g}; raise the limit."
        )
    return nodes


def grammar_of(panel: Panel, config: TrainConfig) -> Grammar:
    """What candidates of the search are made of; ParamError, DataError."""
    names = terminals(panel, config)
    return Grammar(
        names,
        max_depth=config.max_depth,
        max_days=max(2, len(panel.dates) // _LONGEST_WINDOW_SHARE),
        operators=_operators(config.operator_weights),
        columns=_columns(config.feature_weights, panel),
    )


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


def _operators(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights by canonical name; an alias will do."""
    for name in weights:
        _check("operator", name, (*OPS, *ALIASES))
    return {ALIASES.get(name, name): weight for name, weight in weights.items()}


def _columns(weights: Mapping[str, float], panel: Panel) -> dict[str, float]:
    for name in weights:
        _check("feature", name, (*panel.features, *panel.categories))
    return dict(weights)


def _check(kind: str, name: str, known: Iterable[str]) -> None:
    if name in (every := tuple(known)):
        return
    near = nearest(name, every)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise ParamError(
        f"The setting {kind}_weights names {name!r}, and there is no such {kind}.{hint}"
    )
