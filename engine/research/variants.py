"""One strategy under other assumptions: what a variant came to and how it is judged.

    kept     annual Sharpe ratio of the variant over that of the strategy as it stands
    holds    kept >= 0.7
    weakens  kept > 0.3
    fails    kept <= 0.3, or the account was ruined
    unknown  the strategy has no Sharpe ratio above 0, or the variant has none

The limits are conventions, not tests of significance: a ratio measured over a third of the dates
errs by sqrt(3) times as much as that of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeGuard

import msgspec

from engine.stats.performance import Metrics

Verdict = Literal["holds", "weakens", "fails", "unknown"]
Group = Literal["lag", "costs", "neighbours", "periods", "universe", "days", "names", "delisting"]

HOLDS = 0.7
"""Least share of the Sharpe ratio that is kept by what holds."""
WEAKENS = 0.3
"""A share of the Sharpe ratio up to this fails."""

_WORST_FIRST: tuple[Verdict, ...] = ("fails", "weakens", "holds")


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """The strategy under one other assumption; metrics None where they are undefined.

    expr: the changed expression, None when it is the same. kept: annual Sharpe ratio over that of
    the base, None unless the latter is above 0. error: why it could not be computed.
    """

    group: Group
    label: str
    expr: str | None = None
    ann_sharpe: float | None = None
    ann_return: float | None = None
    max_dd: float | None = None
    turnover: float | None = None
    kept: float | None = None
    verdict: Verdict
    error: str | None = None


class GroupVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a group of variants says, in one sentence."""

    group: Group
    verdict: Verdict
    text: str


def measured(
    group: Group,
    label: str,
    metrics: Metrics,
    base: float | None,
    *,
    ruined: bool = False,
    expr: str | None = None,
) -> Variant:
    """The variant that came to `metrics`; base: annual Sharpe ratio of the strategy."""
    sharpe = metrics.ann_sharpe
    kept = sharpe / base if positive(base) and sharpe is not None else None
    return Variant(
        group=group,
        label=label,
        expr=expr,
        ann_sharpe=sharpe,
        ann_return=metrics.ann_return,
        max_dd=metrics.max_dd,
        turnover=metrics.turnover,
        kept=kept,
        verdict="fails" if ruined and positive(base) else verdict_of(kept),
        error=None if sharpe is not None else "There is no Sharpe ratio: too few trades.",
    )


def failed(group: Group, label: str, reason: str, expr: str | None = None) -> Variant:
    """A variant that could not be computed."""
    return Variant(group=group, label=label, expr=expr, verdict="unknown", error=reason)


def positive(sharpe: float | None) -> TypeGuard[float]:
    """Whether there is a Sharpe ratio of which a share can be kept."""
    return sharpe is not None and sharpe > 0


def verdict_of(kept: float | None) -> Verdict:
    """What the share of the Sharpe ratio that was kept says."""
    if kept is None:
        return "unknown"
    if kept >= HOLDS:
        return "holds"
    return "weakens" if kept > WEAKENS else "fails"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict of those that are known; unknown when none is."""
    given = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in given), "unknown")
