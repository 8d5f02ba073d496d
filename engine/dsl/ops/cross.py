"""Operators across the symbols of one date, within the universe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated, Any

from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, across
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Build,
    Flag,
    Series,
    Shift,
    eg,
    forever,
    op,
    short,
)

CROSS = Axis.CROSS
Size = Annotated[float, Meta(ge=0, le=1e12, description="sum of absolute values", examples=[1])]
Deviations = Annotated[float, Meta(ge=0, le=100, description="std", examples=[2, 3, 4])]
Buckets = Annotated[int, Meta(ge=2, le=1000, description="number of buckets", examples=[3, 5, 10])]
Names = Annotated[int, Meta(ge=1, le=1000000, description="symbols", examples=[5, 10, 20, 50])]
Share = Annotated[float, Meta(ge=0, le=1, description="0 to 1", examples=[0.001, 0.01])]
Rate = Annotated[int, Meta(ge=0, le=100, description="has no effect")]
Side = Annotated[int, Meta(ge=0, le=1, description="0 = long, 1 = short")]
Driver = Annotated[int, Meta(ge=0, le=1, description="0 = gaussian, 1 = uniform")]


def _precise(call: Build, x: Any, percent: int, *, rate: Rate = 2) -> Any:  # noqa: ARG001 - as said
    return call.cs_rank(x, percent)


@op(
    CROSS,
    eg("cs_rank(x)", [0.5, 0.25, 0.75, 1, 0], x=[4, 3, 6, 10, 2]),
    eg("cs_rank(x)", [0.25, None, 0.25, 1], x=[1, None, 1, 2]),
    eg("cs_rank(x, percent=1)", [2 / 3, 1, 1 / 3], x=[2, 3, 1]),
    spec=across(m.unit_ranks),
    aliases=("rank",),
    expand=_precise,
    weight=4,
    cost=2,
    nonlinear=True,
)
def cs_rank(x: Series, percent: Flag = 0) -> Array:
    """Place among the symbols of the date, from 0 (lowest) to 1; a single one has 0.5.

    (average rank - 1) / (n - 1), or rank / n with `percent`. It is exact, whatever the rate.
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


def _normalized(xs: Sequence[float], use_std: int, limit: float) -> list[Maybe]:
    if not xs or (use_std and m.flat(xs)):
        return [None] * len(xs)
    unit = m.std(xs, 1) if use_std else 1.0
    scores = [x / unit for x in m.deviations(xs)]
    return [min(max(x, -limit), limit) if limit else x for x in scores]


@short(
    CROSS,
    eg("cs_normalize(x)", [-1, 1, 2, -2], x=[3, 5, 6, 2]),
    eg("cs_normalize(x, limit=1.5)", [-1, 1, 1.5, -1.5], x=[3, 5, 6, 2]),
    eg("cs_normalize(x, use_std=1)", [-math.sqrt(0.5), math.sqrt(0.5)], x=[3, 5]),
    spec=across(_normalized),
    aliases=("normalize",),
    keywords={"useStd": "use_std"},
    cost=1.5,
)
def cs_normalize(call: Build, x: Series, use_std: Flag = 0, limit: Size = 0.0) -> Any:
    """Distance from the date's mean, with use_std in standard deviations (ddof 1).

    With a limit held within [-limit, limit].
    """
    shrunk = call.sqrt(call.sub(1.0, call.inverse(call.cs_count(x)))) if use_std else None
    centred = call.mul(call.cs_zscore(x), shrunk) if use_std else call.cs_demean(x)
    return call.clip(centred, -limit, limit) if limit else centred


NORMAL = 1.4826
"""A standard deviation of a normal distribution in median absolute deviations."""


def _robust_scores(xs: Sequence[float]) -> list[Maybe]:
    if not xs:
        return []
    middle = m.quantile(xs, 0.5)
    unit = NORMAL * m.quantile([abs(x - middle) for x in xs], 0.5)
    return [m.attempt(lambda x=x: (x - middle) / unit) for x in xs]


@op(
    CROSS,
    eg("cs_robust_zscore(x)", [-1 / 1.4826, 0, 0, 1 / 1.4826, 97 / 1.4826], x=[2, 3, 3, 4, 100]),
    eg("cs_robust_zscore(x)", [None, None, None], x=[1, 1, 2]),
    spec=across(_robust_scores),
    aliases=("robust_zscore",),
    signal=0.7,
    weight=0.3,
    cost=3.5,
    nonlinear=True,
)
def cs_robust_zscore(x: Series) -> Array:
    """Distance from the date's median in units of 1.4826 times the median distance from it.

    Outliers have no say in either; missing where more than half are at the median.
    """
    away = k.sub(x, k.cs_median(x))
    return k.div(away, k.mul(k.cs_median(k.abs_(away)), NORMAL))


def _legs(call: Build, x: Any, a: float, *, longscale: Size = 0.0, shortscale: Size = 0.0) -> Any:
    return call.cs_scale_legs(call.cs_scale(x, a), longscale, shortscale)


@op(
    CROSS,
    eg("cs_scale(x)", [0.25, -0.75], x=[1, -3]),
    eg("cs_scale(x, 2)", [None, None], x=[0, 0]),
    eg("cs_scale(x, longscale=4, shortscale=3)", [1, 3, -3, 0], x=[1, 3, -5, 0]),
    spec=across(lambda xs, a: [m.attempt(lambda x=x: a * x / math.fsum(map(abs, xs))) for x in xs]),
    aliases=("scale",),
    expand=_legs,
    keywords={"scale": "a"},
    signal=0.5,
    weight=1,
    cost=1.5,
    nonlinear=True,
    keeps=True,
)
def cs_scale(x: Series, a: Size = 1.0) -> Array:
    """Scaled so that absolute values add up to a: a x / sum|x|; missing where all are 0.

    With longscale the positive values add up to that, with shortscale the negative ones to minus
    that.
    """
    return k.cs_scale(x, a)


def _scaled_legs(xs: Sequence[float], longscale: float, shortscale: float) -> list[Maybe]:
    sums = math.fsum(max(x, 0.0) for x in xs), math.fsum(-min(x, 0.0) for x in xs)
    up = longscale / sums[0] if longscale and sums[0] else 1.0
    down = shortscale / sums[1] if shortscale and sums[1] else 1.0
    return [m.finite(x * (up if x > 0 else down)) for x in xs]


@op(
    CROSS,
    eg("cs_scale_legs(x, 4, 3)", [1, 3, -3, 0], x=[1, 3, -5, 0]),
    eg("cs_scale_legs(x, 4)", [1, 3, -5, 0], x=[1, 3, -5, 0]),
    spec=across(_scaled_legs),
    weight=0,
    cost=2.5,
    nonlinear=True,
    keeps=True,
)
def cs_scale_legs(x: Series, longscale: Size = 0.0, shortscale: Size = 0.0) -> Array:
    """Positive values scaled to add up to longscale, negative ones to minus shortscale.

    What is to be scaled to 0 stays as it is.
    """
    legs = [k.max2(x, 0.0), k.min2(x, 0.0)]
    for i, size in enumerate((longscale, shortscale)):
        if size:
            legs[i] = k.fill(k.cs_scale(legs[i], size), legs[i])
    return k.add(*legs)


@short(
    CROSS,
    eg("cs_scale_down(x)", [0.75, 0.35, 0, 1], x=[15, 7, 0, 20]),
    eg("cs_scale_down(x, 1)", [-0.25, -0.65, -1, 0], x=[15, 7, 0, 20]),
    spec=across(m.between_ends),
    aliases=("scale_down",),
    nonlinear=True,
    cost=7.5,
)
def cs_scale_down(call: Build, x: Series, constant: Shift = 0.0) -> Any:
    """(x - min) / (max - min) of the date, less the constant; missing where all are equal."""
    low = call.cs_min(x)
    scaled = call.div(call.sub(x, low), call.sub(call.cs_max(x), low))
    return call.sub(scaled, constant) if constant else scaled


@short(
    CROSS,
    eg("cs_one_side(x)", [3, 0, 5], x=[1, -2, 3]),
    eg("cs_one_side(x, side=short)", [-2, -5, 0], x=[1, -2, 3]),
    spec=across(lambda xs, side: [x - (max(xs) if side else min(xs)) for x in xs]),
    aliases=("one_side",),
    nonlinear=True,
    cost=2.5,
)
def cs_one_side(call: Build, x: Series, side: Side = 0) -> Any:
    """All values moved up until none is negative (side=long), or down until none is positive."""
    return call.sub(x, call.cs_max(x) if side else call.cs_min(x))


def _truncated(xs: Sequence[float], share: float) -> list[float]:
    limit = share * math.fsum(map(abs, xs))
    return [min(max(x, -limit), limit) for x in xs]


@op(
    CROSS,
    eg("cs_truncate(x, 0.5)", [1, -2, 4], x=[1, -2, 5]),
    spec=across(_truncated),
    aliases=("truncate",),
    keywords={"maxPercent": "share"},
    signal=0.2,
    weight=0.2,
    cost=2,
    nonlinear=True,
    keeps=True,
)
def cs_truncate(x: Series, share: Share = 0.01) -> Array:
    """Limited to the share of the date's sum of absolute values: |x| <= share sum|x|."""
    limit = k.mul(k.cs_sum(k.abs_(x)), share)
    return k.max2(k.min2(x, limit), k.neg(limit))


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
    keywords={"std": "k"},
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


def _driven(call: Build, x: Any, *, driver: Driver = 0, sigma: Size = 1.0) -> Any:
    if driver:
        n = call.cs_count(x)
        inside = call.mul(call.cs_rank(x), call.sub(1.0, call.div(2.0, n)))
        score = call.cs_demean(call.add(call.inverse(n), inside))
    else:
        score = call.cs_quantile(x)
    return score if sigma == 1 else call.mul(score, sigma)


@op(
    CROSS,
    eg("cs_quantile(x)", [NormalDist().inv_cdf(1 / 4), 0, 0, -NormalDist().inv_cdf(1 / 4)],
       x=[1, 2, 2, 3]),
    eg("cs_quantile(x)", [0], x=[7]),
    eg("cs_quantile(x, driver=uniform, sigma=2)", [-0.5, -1 / 6, 1 / 6, 0.5], x=[1, 2, 3, 4]),
    spec=across(_normal_scores),
    aliases=("quantile",),
    expand=_driven,
    signal=2,
    weight=0.7,
    cost=3,
    nonlinear=True,
)  # fmt: skip
def cs_quantile(x: Series) -> Array:
    """Gaussian score of the rank: the normal quantile of 1/n + r (1 - 2/n), r = cs_rank(x).

    0 where there is a single symbol. With driver=uniform 1/n + r (1 - 2/n) less its mean. The
    result is multiplied by sigma.
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
    eg("pasteurize(x)", [1, None], x=[1, None]),
    spec=across(list),
    weight=0,
    cost=0.5,
    keeps=True,
)
def pasteurize(x: Series) -> Array:
    """x, but missing outside the universe."""
    return x


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
    keywords={"hump": "h"},
    lookback=forever,
    signal=0.3,
    weight=0.5,
    cost=3,
    nonlinear=True,
    keeps=True,
    missing="Missing where today is; a missing day leaves the state as it was.",
)
def hump(x: Series, h: Share = 0.01) -> Array:
    """x, but moving only when it has to.

    With y its own value of the day before and limit = h sum|x| over the symbols of the date: y
    where |x - y| <= limit, else y moved by limit towards x. Starts at the first value; a missing
    day gives missing and keeps y. Depends on all history.
    """
    return k.hump(x, h)
