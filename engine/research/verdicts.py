"""What each group of variants says about a strategy: a verdict and one sentence with the figures.

The verdict of a group is that of its worst variant. Two groups differ. costs: the verdict is that
of twice the costs, which fails only where the Sharpe ratio is gone, so that the break-even cost is
below about twice the cost paid. delisting: unknown when no position was ever closed for want of a
price, as nothing was put to the test then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from engine.research.neighbours import MOST
from engine.research.variants import Group, GroupVerdict, Variant, Verdict, positive, worst

DOUBLE = "costs x 2"
"""Label of the variant at twice the costs."""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The strategy as it stands, as far as the sentences speak of it.

    cost: mean cost and borrowing a year, a fraction. closed: positions closed for want of a price.
    best: the names left out of the group names. windows: of the expression.
    """

    sharpe: float | None
    break_even_bps: float | None
    cost: float
    closed: int
    best: tuple[str, ...]
    windows: int


def group_verdict(group: Group, variants: Sequence[Variant], base: Base) -> GroupVerdict:
    """What `variants`, those of `group`, say about the strategy."""
    if not positive(base.sharpe):
        return GroupVerdict(group=group, verdict="unknown", text=_nothing_to_keep(base.sharpe))
    if not variants:
        return GroupVerdict(group=group, verdict="unknown", text=_EMPTY[group])
    verdict, text = _RULES[group](variants, base)
    return GroupVerdict(group=group, verdict=verdict, text=text)


def _nothing_to_keep(sharpe: float | None) -> str:
    if sharpe is None:
        return "The strategy has no Sharpe ratio, so that there is nothing to compare with."
    return f"The Sharpe ratio is {sharpe:.2f} as it stands: there is nothing to lose."


_EMPTY: dict[Group, str] = {
    "lag": "The execution lag cannot be any longer.",
    "costs": "No other costs were tried.",
    "neighbours": "The expression has no window that could be changed.",
    "periods": "The run is too short to be cut in three.",
    "universe": "There are too few names to be divided.",
    "days": "The run is too short to go without five days.",
    "names": "There are too few names to go without five of them.",
    "delisting": "No other return at delisting was tried.",
}


def _figure(sharpe: float | None) -> str:
    return "undefined" if sharpe is None else f"{sharpe:.2f}"


def _worst_of(variants: Sequence[Variant]) -> Verdict:
    return worst(variant.verdict for variant in variants)


def _lowest(variants: Sequence[Variant]) -> Variant:
    """The variant with the lowest Sharpe ratio, the first of equals; one without if all are."""
    known = [variant for variant in variants if variant.ann_sharpe is not None]
    return min(known, key=lambda variant: variant.ann_sharpe or 0.0, default=variants[0])


def _of_lag(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    parts = [f"{_figure(v.ann_sharpe)} with {v.label}" for v in variants]
    return _worst_of(variants), (
        f"Traded later, the Sharpe ratio of {_figure(base.sharpe)} is {' and '.join(parts)}."
    )


def _of_costs(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    even = (
        "it has no break-even cost"
        if base.break_even_bps is None
        else f"it breaks even at {base.break_even_bps:.1f} basis points"
    )
    if not base.cost:
        return "unknown", f"The run pays no costs, so that no multiple tells anything; {even}."
    double = next(variant for variant in variants if variant.label == DOUBLE)
    verdict = double.verdict
    if verdict == "fails" and positive(double.ann_sharpe):
        verdict = "weakens"
    return verdict, (
        f"At twice the costs the Sharpe ratio is {_figure(double.ann_sharpe)} of"
        f" {_figure(base.sharpe)}; {even}."
    )


def _of_neighbours(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    lowest, count = _lowest(variants), len(variants)
    rest = f" ({base.windows} windows, of which the first ones were changed)"
    return _worst_of(variants), (
        f"Of {count} expression{'s' * (count != 1)} with other windows"
        f"{rest if count >= MOST else ''} {_told(variants)}; the lowest Sharpe ratio"
        f" is {_figure(lowest.ann_sharpe)} of {_figure(base.sharpe)} ({lowest.label})."
    )


def _told(variants: Sequence[Variant]) -> str:
    """How many there are of each verdict, e.g. 4 hold, 2 weaken and 1 fails."""
    counts = Counter(variant.verdict for variant in variants)
    *parts, last = [
        f"{counts[verdict]} {one if counts[verdict] == 1 else many}"
        for verdict, (one, many) in _SAYS.items()
        if counts[verdict]
    ]
    return f"{', '.join(parts)} and {last}" if parts else last


_SAYS: dict[Verdict, tuple[str, str]] = {
    "holds": ("holds", "hold"),
    "weakens": ("weakens", "weaken"),
    "fails": ("fails", "fail"),
    "unknown": ("cannot be judged", "cannot be judged"),
}


def _of_periods(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    *first, last = [_figure(variant.ann_sharpe) for variant in variants]
    return _worst_of(variants), (
        f"In its three parts the Sharpe ratio is {', '.join(first)} and {last};"
        f" in all it is {_figure(base.sharpe)}."
    )


def _of_universe(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    lowest = _lowest(variants)
    return _worst_of(variants), (
        f"With fewer names the Sharpe ratio is {_figure(lowest.ann_sharpe)} of"
        f" {_figure(base.sharpe)} at worst ({lowest.label})."
    )


def _of_days(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    return _worst_of(variants), (
        f"Without its five best days the Sharpe ratio is {_figure(variants[0].ann_sharpe)} of"
        f" {_figure(base.sharpe)}."
    )


def _of_names(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    return _worst_of(variants), (
        f"Without its five best names ({', '.join(base.best)}) the Sharpe ratio is"
        f" {_figure(variants[0].ann_sharpe)} of {_figure(base.sharpe)}."
    )


def _of_delisting(variants: Sequence[Variant], base: Base) -> tuple[Verdict, str]:
    if not base.closed:
        return "unknown", (
            "No position was closed for want of a price: the data may leave out what was delisted."
        )
    lowest = _lowest(variants)
    return _worst_of(variants), (
        f"{base.closed} position{'s' * (base.closed != 1)} closed for want of a price; at worst"
        f" ({lowest.label}) the Sharpe ratio is {_figure(lowest.ann_sharpe)} of"
        f" {_figure(base.sharpe)}."
    )


_RULES: dict[Group, Callable[[Sequence[Variant], Base], tuple[Verdict, str]]] = {
    "lag": _of_lag,
    "costs": _of_costs,
    "neighbours": _of_neighbours,
    "periods": _of_periods,
    "universe": _of_universe,
    "days": _of_days,
    "names": _of_names,
    "delisting": _of_delisting,
}
