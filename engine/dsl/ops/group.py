"""Operators across the symbols of one date that share a category, within the universe.

A symbol without a category is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from engine import kernels as k
from engine.dsl.ops import meaning as m
from engine.dsl.ops.meaning import Maybe, within
from engine.dsl.ops.registry import (
    Array,
    Axis,
    Build,
    Category,
    Codes,
    Series,
    Shift,
    Value,
    Window,
    eg,
    op,
    short,
    window,
)

GROUP = Axis.GROUP
TWO = ["a", "a", "b"]
Deviations = Annotated[float, Meta(ge=0, le=100, description="std", examples=[3, 4])]


def _whole(statistic: m.Spec) -> m.Spec:
    """A group spec: one number for every symbol of the group that has a value."""
    return within(lambda xs: [m.attempt(statistic, xs)] * len(xs) if xs else [])


def _weighted(call: Build, x: Any, g: Any, *, weight: Value = 1.0) -> Any:
    weights = call.add(weight, call.mul(x, 0.0))
    return call.div(call.group_mean(call.mul(x, weight), g), call.group_mean(weights, g))


@op(
    GROUP,
    eg("group_mean(x, g)", [2, 2, 7], x=[1, 3, 7], g=TWO),
    eg("group_mean(x, g, weight=y)", [2.5, 2.5, 7], x=[1, 3, 7], y=[1, 3, 5], g=TWO),
    spec=_whole(m.mean),
    aliases=("sector_ret",),
    expand=_weighted,
    keywords={"group": "g"},
    weight=0.7,
    cost=2.5,
)
def group_mean(x: Series, g: Category) -> Array:
    """Mean of the symbols of the group, for each of them that has a value.

    With a weight sum(weight x) / sum(weight).
    """
    return k.g_mean(x, g)


@op(
    GROUP,
    eg("group_sum(x, g)", [4, 4, 7], x=[1, 3, 7], g=TWO),
    spec=_whole(math.fsum),
    keywords={"group": "g"},
    weight=0.1,
    cost=2.5,
)
def group_sum(x: Series, g: Category) -> Array:
    """Sum of the symbols of the group, for each of them that has a value."""
    return k.g_sum(x, g)


@op(
    GROUP,
    eg("group_min(x, g)", [1, 1, 7], x=[1, 3, 7], g=TWO),
    spec=_whole(min),
    keywords={"group": "g"},
    weight=0.1,
    cost=2.5,
    nonlinear=True,
)
def group_min(x: Series, g: Category) -> Array:
    """The smallest of the group, for each symbol that has a value."""
    return k.g_min(x, g)


@op(
    GROUP,
    eg("group_max(x, g)", [3, 3, 7], x=[1, 3, 7], g=TWO),
    spec=_whole(max),
    keywords={"group": "g"},
    weight=0.1,
    cost=2.5,
    nonlinear=True,
)
def group_max(x: Series, g: Category) -> Array:
    """The largest of the group, for each symbol that has a value."""
    return k.g_max(x, g)


@op(
    GROUP,
    eg("group_median(x, g)", [2, 2, 7], x=[1, 3, 7], g=TWO),
    spec=_whole(lambda xs: m.quantile(xs, 0.5)),
    keywords={"group": "g"},
    weight=0.3,
    cost=3,
    nonlinear=True,
)
def group_median(x: Series, g: Category) -> Array:
    """The middle value of the group, for each symbol that has one.

    The mean of the two middle ones of an even number.
    """
    return k.g_median(x, g)


@op(
    GROUP,
    eg("group_count(x, g)", [2, 2, 1], x=[1, 3, 7], g=TWO),
    spec=within(lambda xs: [len(xs)] * len(xs)),
    keywords={"group": "g"},
    weight=0,
    cost=2.5,
    nonlinear=True,
)
def group_count(x: Series, g: Category) -> Array:
    """How many symbols of the group have a value, for each of them that has one."""
    return k.g_count(x, g)


@op(
    GROUP,
    eg("group_std(x, g)", [1, 1, 0], x=[1, 3, 7], g=TWO),
    spec=_whole(m.std),
    aliases=("group_std_dev",),
    keywords={"group": "g"},
    weight=0.3,
    cost=2.5,
    nonlinear=True,
)
def group_std(x: Series, g: Category) -> Array:
    """Standard deviation (ddof 0) of the symbols of the group, for each that has a value."""
    return k.g_std(x, g)


@op(
    GROUP,
    eg("group_rank(x, g)", [1, 0, 0.5], x=[100, 0, 50], g=["a", "a", "a"]),
    eg("group_rank(x, g)", [0, 1, 0.5], x=[1, 3, 7], g=TWO),
    spec=within(m.unit_ranks),
    keywords={"group": "g"},
    weight=1.5,
    cost=3,
    nonlinear=True,
)
def group_rank(x: Series, g: Category) -> Array:
    """Place within the group, from 0 (lowest) to 1; a group of one has 0.5."""
    return k.g_rank(x, g)


@op(
    GROUP,
    eg("group_zscore(x, g)", [-1, 1, None], x=[1, 3, 7], g=TWO),
    spec=within(m.zscores),
    keywords={"group": "g"},
    signal=3,
    weight=1,
    cost=3,
    nonlinear=True,
)
def group_zscore(x: Series, g: Category) -> Array:
    """Distance from the group's mean in standard deviations (ddof 0); missing without variance."""
    return k.g_zscore(x, g)


@op(
    GROUP,
    eg("group_neutralize(x, g)", [-1, 1, 0], x=[1, 3, 7], g=TWO),
    spec=within(lambda xs: m.deviations(xs) if xs else []),
    aliases=("indneutralize",),
    keywords={"group": "g"},
    signal=4,
    weight=1,
    cost=2.5,
)
def group_neutralize(x: Series, g: Category) -> Array:
    """Distance from the mean of the group: x - group_mean(x, g)."""
    return k.g_demean(x, g)


def _scaled(xs: list[float]) -> list[float | None]:
    total = math.fsum(map(abs, xs))
    return [x / total if total else None for x in xs]


@op(
    GROUP,
    eg("group_scale(x, g)", [0.25, -0.75, 1], x=[1, -3, 7], g=TWO),
    spec=within(_scaled),
    aliases=("group_normalize",),
    keywords={"group": "g"},
    signal=0.3,
    weight=0.5,
    cost=2.5,
    nonlinear=True,
    keeps=True,
)
def group_scale(x: Series, g: Category) -> Array:
    """Scaled within the group: x / sum|x|; missing where all are 0."""
    return k.g_scale(x, g)


@short(
    GROUP,
    eg("group_scale_down(x, g)", [0, 1, 0.5, None], x=[1, 5, 3, 7], g=["a", "a", "a", "b"]),
    spec=within(m.between_ends),
    keywords={"group": "g"},
    nonlinear=True,
    cost=10.5,
)
def group_scale_down(call: Build, x: Series, g: Category, constant: Shift = 0.0) -> Any:
    """(x - min) / (max - min) of the group, less the constant; missing where all are equal."""
    low = call.group_min(x, g)
    scaled = call.div(call.sub(x, low), call.sub(call.group_max(x, g), low))
    return call.sub(scaled, constant) if constant else scaled


# Filling holes


def _winsorized_mean(pool: Sequence[float], std: float) -> float | None:
    if not pool:
        return None
    centre, reach = m.mean(pool), std * m.std(pool, 1) if len(pool) > 1 else 0.0
    return m.mean([min(max(x, centre - reach), centre + reach) for x in pool])


def _filled(
    days: Sequence[Sequence[Maybe]], groups: Sequence[Sequence[Any]], d: int, std: float
) -> list[Maybe]:
    today, of = days[-1], groups[-1]

    def peers(group: Any) -> list[float]:
        recent = (zip(day, of, strict=True) for day in days[-d:])
        return [x for day in recent for x, g in day if g == group and x is not None]

    return [
        None if g is None else x if x is not None else _winsorized_mean(peers(g), std)
        for x, g in zip(today, of, strict=True)
    ]


class _Pool:
    """The values that the symbols of each group have had in the last d days.

    Groups are those of today; arrays are of dates x groups, flat, with one place more for nobody.
    """

    def __init__(self, x: Array, g: Codes, d: int) -> None:
        """Means and deviations of the symbols first, then of the groups: nothing is ever large."""
        self._x, self._g, self._d = x, g, d
        self._groups = int(g.max(initial=-1)) + 1
        self._nobody = len(x) * self._groups
        first = np.arange(0, self._nobody, max(self._groups, 1))[:, None] if self._groups else 0
        self._place = np.where(g >= 0, first + g, self._nobody).ravel()
        rows = np.concatenate([np.full((d - 1, x.shape[1]), np.nan), x])  # no full window needed
        count = k.fill(k.sum_(k.not_(k.is_missing(rows)), d, 1)[d - 1 :], 0.0)
        means, stds = k.mean(rows, d, 1)[d - 1 :], k.std(rows, d, 1, 0)[d - 1 :]
        self._low, self._high = k.min_(rows, d, 1)[d - 1 :], k.max_(rows, d, 1)[d - 1 :]
        with np.errstate(all="ignore"):
            n = self._sums(count)
            self._mean = self._sums(count * means) / n
            apart = means - self._spread(self._mean)
            squares = self._sums(count * (stds * stds + apart * apart))
            self._std = np.where(n > 1, np.sqrt(squares / (n - 1)), 0.0)

    def _sums(self, values: Array) -> Array:
        known = np.where(np.isnan(values), 0.0, values).ravel()
        return np.asarray(np.bincount(self._place, known, self._nobody + 1), float)

    def _spread(self, values: Array) -> Array:
        return np.append(values[:-1], np.nan)[self._place].reshape(self._x.shape)

    def winsorized_mean(self, std: float) -> Array:
        """Mean of the values held within std deviations of their mean, for every symbol."""
        with np.errstate(all="ignore"):
            low, high = self._mean - std * self._std, self._mean + std * self._std
            beyond = (self._low < self._spread(low)) | (self._high > self._spread(high))
        result = self._mean.copy()
        holes = self._sums(np.isnan(self._x).astype(float))[:-1] > 0
        for place in np.flatnonzero((self._sums(beyond.astype(float))[:-1] > 0) & holes):
            t, group = divmod(int(place), self._groups)
            members = self._x[max(t - self._d + 1, 0) : t + 1, self._g[t] == group]
            values = members[~np.isnan(members)]
            result[place] = np.clip(values, low[place], high[place]).mean()
        return self._spread(result)


@op(
    GROUP,
    eg("group_backfill(x, g, 1)", [1, 3, 2, None], x=[1, 3, None, None], g=["a", "a", "a", "b"]),
    spec=_filled,
    keywords={"group": "g"},
    lookback=window,
    weight=0.1,
    cost=4,
    nonlinear=True,
)
def group_backfill(x: Series, g: Category, d: Window, std: Deviations = 4.0) -> Array:
    """x, or where it is missing what its group has had over the last d days.

    That is the mean of all their values, each held within std standard deviations (ddof 1) of it.
    The group is that of today; needs no full window.
    """
    peers = _Pool(x, g, d).winsorized_mean(std)
    return k.fill(k.mask(x, g >= 0), peers)
