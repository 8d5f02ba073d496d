"""Operators across the symbols of one date, within the universe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, across
from engine.dsl.ops.registry import Array, Axis, Flag, Series, eg, forever, op

CROSS = Axis.CROSS
Size = Annotated[float, Meta(ge=0, le=1e12, description="sum of absolute values", examples=[1])]
Deviations = Annotated[float, Meta(ge=0, le=100, description="std", examples=[2, 3, 4])]
Buckets = Annotated[int, Meta(ge=2, le=1000, description="number of buckets", examples=[3, 5, 10])]
Names = Annotated[int, Meta(ge=1, le=1000000, description="symbols", examples=[5, 10, 20, 50])]
Share = Annotated[float, Meta(ge=0, le=1, description="0 to 1", examples=[0.001, 0.01])]


@op(
    CROSS,
    eg("cs_rank(x)", [0.5, 0.25, 0.75, 1, 0], x=[4, 3, 6, 10, 2]),
    eg("cs_rank(x)", [0.25, None, 0.25, 1], x=[1, None, 1, 2]),
    eg("cs_rank(x, percent=1)", [2 / 3, 1, 1 / 3], x=[2, 3, 1]),
    spec=across(m.unit_ranks),
    aliases=("rank",),
    weight=4,
    cost=2,
    nonlinear=True,
)
def cs_rank(x: Series, percent: Flag = 0) -> Array:
    """Place among the symbols of the date, from 0 (lowest) to 1; a single one has 0.5.

    (average rank - 1) / (n - 1), or rank / n with `percent`.
    """
    return k.cs_rank(x, bool(percent))


@op(
    CROSS,
    eg("cs_zscore(x)", [-math.sqrt(1.5), 0, math.sqrt(1.5)], x=[1, 2, 3]),
    eg("cs_zscore(x)", [None, None], x=[2, 2]),
    spec=across(m.zscores),
    aliases=("zscore", "cs_z"),
    signal=5,
    weight=2,
    cost=2,
    nonlinear=True,
)
def cs_zscore(x: Series) -> Array:
    """Distance from the date's mean in standard deviations (ddof 0); missing without variance."""
    return k.cs_zscore(x)


@op(
    CROSS,
    eg("cs_demean(x)", [-1, 1], x=[1, 3]),
    spec=across(lambda xs: m.deviations(xs) if xs else []),
    signal=3,
    weight=1,
    cost=1.5,
)
def cs_demean(x: Series) -> Array:
    """Distance from the date's mean."""
    return k.cs_demean(x)


@op(
    CROSS,
    eg("cs_scale(x)", [0.25, -0.75], x=[1, -3]),
    eg("cs_scale(x, 2)", [None, None], x=[0, 0]),
    spec=across(lambda xs, a: [m.attempt(lambda x=x: a * x / math.fsum(map(abs, xs))) for x in xs]),
    aliases=("scale",),
    signal=0.5,
    weight=1,
    cost=1.5,
    nonlinear=True,
    keeps=True,
)
def cs_scale(x: Series, a: Size = 1.0) -> Array:
    """Scaled so that absolute values add up to a: a x / sum|x|; missing where all are 0."""
    return k.cs_scale(x, a)


def _winsorized(xs: Sequence[float], reach: float) -> list[float]:
    if not xs:
        return []
    centre, spread = xs[0] - m.deviations(xs)[0], m.std(xs)
    return [min(max(x, centre - reach * spread), centre + reach * spread) for x in xs]


@op(
    CROSS,
    eg("cs_winsorize(x, 1)", [2 - math.sqrt(10), 2, 2, 2, 2 + math.sqrt(10)], x=[-3, 2, 2, 2, 7]),
    spec=across(_winsorized),
    aliases=("winsor", "winsorize"),
    weight=0.7,
    cost=2,
    nonlinear=True,
    signal=0.5,
    keeps=True,
)
def cs_winsorize(x: Series, k_: Deviations = 4.0) -> Array:
    """Limited to the date's mean +- k standard deviations (ddof 0)."""
    return k.cs_winsorize(x, k_)


def _normal_scores(xs: Sequence[float]) -> list[float]:
    n = len(xs)
    if n < 3:
        return [0.0] * n
    return [NormalDist().inv_cdf(1 / n + r * (1 - 2 / n)) for r in m.unit_ranks(xs)]


@op(
    CROSS,
    eg("cs_quantile(x)", [NormalDist().inv_cdf(1 / 4), 0, 0, -NormalDist().inv_cdf(1 / 4)],
       x=[1, 2, 2, 3]),
    eg("cs_quantile(x)", [0], x=[7]),
    spec=across(_normal_scores),
    aliases=("quantile",),
    signal=2,
    weight=0.7,
    cost=3,
    nonlinear=True,
)  # fmt: skip
def cs_quantile(x: Series) -> Array:
    """Gaussian score of the rank: the normal quantile of 1/n + r (1 - 2/n), r = cs_rank(x).

    0 where there is a single symbol.
    """
    return k.cs_quantile(x)


@op(
    CROSS,
    eg("cs_bucket(x, 2)", [0, 1, 0, 1], x=[1, 4, 2, 3]),
    spec=across(lambda xs, n: [min(math.floor(_place(r, len(xs), n)), n - 1) for r in m.ranks(xs)]),
    aliases=("bucket",),
    weight=0.5,
    cost=2.5,
    nonlinear=True,
)
def cs_bucket(x: Series, n: Buckets) -> Array:
    """Bucket 0 (lowest) to n - 1 of the rank: floor(n cs_rank(x)), at most n - 1."""
    return k.cs_bucket(x, n)


def _place(rank: float, count: int, n: int) -> float:
    return (rank - 1) * n / (count - 1) if count > 1 else n / 2


def _neutralized(ys: Sequence[Maybe], xs: Sequence[Maybe]) -> list[Maybe]:
    pairs = [(y, x) for y, x in zip(ys, xs, strict=True) if y is not None and x is not None]
    try:
        rest = iter(m.residuals(*zip(*pairs, strict=True)) if pairs else [])
    except ZeroDivisionError:
        return [None] * len(ys)
    return [None if y is None or x is None else next(rest) for y, x in zip(ys, xs, strict=True)]


@op(
    CROSS,
    eg("cs_neutralize(y, x)", [0.5, -1, 0.5], x=[0, 1, 2], y=[0, 0, 3]),
    spec=_neutralized,
    aliases=("regression_neut",),
    signal=2,
    weight=0.7,
    cost=3,
    nonlinear=True,
)
def cs_neutralize(y: Series, x: Series) -> Array:
    """What a line in x, with intercept, leaves of y on the date.

    Missing where x has no variance.
    """
    return k.cs_neutralize(y, x)


@op(
    CROSS,
    eg("cs_top(x, 1)", [0, 0, 1], x=[1, 2, 3]),
    eg("cs_top(x, 2)", [1, 0, 0, 0], x=[5, 4, 4, 4]),
    spec=across(lambda xs, k: [len(xs) + 1 - r <= k for r in m.ranks(xs)]),
    boolean=True,
    weight=0.5,
    cost=2,
    nonlinear=True,
)
def cs_top(x: Series, k_: Names) -> Array:
    """1 for the k largest of the date, else 0.

    Tied ones count only if their average rank is within k.
    """
    return k.cs_top(x, k_)


@op(
    CROSS,
    eg("cs_bottom(x, 1)", [1, 0, 0], x=[1, 2, 3]),
    spec=across(lambda xs, k: [r <= k for r in m.ranks(xs)]),
    boolean=True,
    weight=0.5,
    cost=2,
    nonlinear=True,
)
def cs_bottom(x: Series, k_: Names) -> Array:
    """1 for the k smallest of the date, else 0.

    Tied ones count only if their average rank is within k.
    """
    return k.cs_bottom(x, k_)


@op(
    CROSS,
    eg("cs_mean(x)", [2, 2, None], x=[1, 3, None]),
    spec=across(lambda xs: [m.mean(xs)] * len(xs) if xs else []),
    weight=0.5,
    cost=1.5,
)
def cs_mean(x: Series) -> Array:
    """The date's mean, for every symbol that has a value."""
    return k.cs_mean(x)


@op(
    CROSS,
    eg("cs_std(x)", [1, 1, None], x=[1, 3, None]),
    spec=across(lambda xs: [m.std(xs)] * len(xs) if xs else []),
    weight=0.3,
    cost=1.5,
    nonlinear=True,
)
def cs_std(x: Series) -> Array:
    """The date's standard deviation (ddof 0), for every symbol that has a value."""
    return k.cs_std(x)


@op(
    CROSS,
    eg("cs_count(x)", [2, 2, None], x=[1, 3, None]),
    spec=across(lambda xs: [len(xs)] * len(xs)),
    weight=0.1,
    cost=1.5,
    nonlinear=True,
)
def cs_count(x: Series) -> Array:
    """How many symbols have a value on the date, for every symbol that has one."""
    return k.cs_count(x)


def _humped(days: Sequence[Sequence[Maybe]], h: float) -> list[Maybe]:
    state: list[Maybe] = [None] * len(days[-1])
    for day in days:
        limit = h * math.fsum(abs(x) for x in day if x is not None)
        state = [_step(was, x, limit) for was, x in zip(state, day, strict=True)]
    return [None if x is None else y for x, y in zip(days[-1], state, strict=True)]


def _step(was: Maybe, x: Maybe, limit: float) -> Maybe:
    if x is None or was is None:
        return was if x is None else x
    if abs(x - was) <= limit:
        return was
    return was + math.copysign(limit, x - was)


@op(
    CROSS,
    eg("hump(x, 0.5)", [4, None, -2], x=[4, None, -2]),
    spec=_humped,
    lookback=forever,
    signal=0.3,
    weight=0.5,
    cost=3,
    nonlinear=True,
    keeps=True,
)
def hump(x: Series, h: Share = 0.01) -> Array:
    """x, but moving only when it has to.

    With y its own value of the day before and limit = h sum|x| over the symbols of the date: y
    where |x - y| <= limit, else y moved by limit towards x. Starts at the first value; a missing
    day gives missing and keeps y. Depends on all history.
    """
    return k.hump(x, h)
