"""Would a strategy survive other assumptions? One table of variants, each with a verdict.

Groups: execution lag + 1, + 2; costs x 0, 1, 2, 3 and the break-even cost; neighbours (every window
-20 % and +20 %, one at a time and all at once); periods (calendar thirds); universe (halves of the
symbols, each category's largest groups); days and names (without the five best days, without the
five best names); delisting returns of 0, -30 % and -100 %. How each is made: `assumptions`; how it
is judged: `variants` and `verdicts`.
"""

from __future__ import annotations

import msgspec

from engine.book import BookParams
from engine.dsl.tree import Node
from engine.evaluate.run import Cancel, never
from engine.panel import Panel
from engine.research import assumptions
from engine.research.neighbours import windows
from engine.research.variants import Group, GroupVerdict, Variant, Verdict, worst
from engine.research.verdicts import Base, group_verdict
from engine.strategy import ENGINE_VERSION, Outcome

__all__ = ["Group", "GroupVerdict", "Robustness", "Variant", "Verdict", "robustness"]


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """All variants; `verdict` is the worst of the groups'. break_even_bps as in `Metrics`."""

    ann_sharpe: float | None
    ann_return: float | None
    max_dd: float | None
    turnover: float | None
    break_even_bps: float | None
    variants: tuple[Variant, ...]
    groups: tuple[GroupVerdict, ...]
    verdict: Verdict
    engine_version: int


def robustness(
    panel: Panel, node: Node, params: BookParams, cancel: Cancel = never
) -> tuple[Robustness, tuple[Outcome, ...]]:
    """The table, and the outcomes of the neighbours: other expressions, hence trials of the ledger.

    EngineError when the strategy itself cannot be backtested; CancelledError.
    """
    it = assumptions.case(panel, node, params, cancel)
    changed, outcomes = assumptions.of_neighbours(it)
    best = assumptions.best_names(it)
    variants: dict[Group, tuple[Variant, ...]] = {
        "lag": tuple(assumptions.of_lag(it)),
        "costs": tuple(assumptions.of_costs(it)),
        "neighbours": changed,
        "periods": tuple(assumptions.of_periods(it)),
        "universe": tuple(assumptions.of_universe(it)),
        "days": tuple(assumptions.of_days(it)),
        "names": tuple(assumptions.of_names(it, best)),
        "delisting": tuple(assumptions.of_delisting(it)),
    }
    base = Base(
        sharpe=it.metrics.ann_sharpe,
        break_even_bps=it.metrics.break_even_bps,
        cost=it.metrics.cost_drag or 0.0,
        closed=it.backtest.closed,
        best=tuple(panel.symbols[i] for i in best),
        windows=windows(node),
    )
    return _table(it, variants, base), outcomes


def _table(
    it: assumptions.Case, variants: dict[Group, tuple[Variant, ...]], base: Base
) -> Robustness:
    groups = tuple(group_verdict(group, given, base) for group, given in variants.items())
    return Robustness(
        ann_sharpe=base.sharpe,
        ann_return=it.metrics.ann_return,
        max_dd=it.metrics.max_dd,
        turnover=it.metrics.turnover,
        break_even_bps=base.break_even_bps,
        variants=tuple(variant for given in variants.values() for variant in given),
        groups=groups,
        verdict=worst(group.verdict for group in groups),
        engine_version=ENGINE_VERSION,
    )
