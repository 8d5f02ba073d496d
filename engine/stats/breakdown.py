"""The rank information coefficient in parts: by calendar year, and within the groups of a category.

A group is a market of its own: its names are ranked among themselves, and a date on which fewer
than ten of them have a signal and a return has no coefficient.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from engine.panel import Codes, Days
from engine.stats.correlation import Array, coefficient, rank_correlation

LARGEST = 30
"""So many groups are told of."""


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """Rank IC over the first horizon of one part: a year, or a group of a category.

    names: mean number of names with a signal and a return, over the dates with any. n: dates with
    a coefficient.
    """

    name: str
    mean: float | None
    icir: float | None
    t: float | None
    n: int
    names: float


def by_year(
    dates: Days, ranked: Array, values: Array, forward: Array, days: int
) -> tuple[Breakdown, ...]:
    """The coefficients `ranked` of each calendar year of the dates, in order."""
    count = _count(values, forward)
    year = dates.astype("datetime64[Y]")
    return tuple(
        _part(str(each), ranked[year == each], count[year == each], days)
        for each in np.unique(year)
    )


def by_group(
    codes: Codes, levels: tuple[str, ...], values: Array, forward: Array, days: int
) -> tuple[Breakdown, ...]:
    """The groups with any name that counts, those with most names x dates first, at most 30."""
    known = codes[~np.isnan(values) & ~np.isnan(forward) & (codes >= 0)]
    sizes = np.bincount(known, minlength=len(levels))
    largest = np.argsort(-sizes, kind="stable")[:LARGEST]
    return tuple(
        _group(levels[code], codes == code, values, forward, days)
        for code in largest.tolist()
        if sizes[code]
    )


def _group(
    name: str, inside: npt.NDArray[np.bool_], values: Array, forward: Array, days: int
) -> Breakdown:
    columns = inside.any(axis=0)  # a group is seldom more than a few of the columns
    own = np.where(inside[:, columns], values[:, columns], np.nan)
    earned = np.ascontiguousarray(forward[:, columns])
    return _part(name, rank_correlation(own, earned), _count(own, earned), days)


def _count(values: Array, forward: Array) -> npt.NDArray[np.int64]:
    """How many names count on each date."""
    count: npt.NDArray[np.int64] = (~np.isnan(values) & ~np.isnan(forward)).sum(axis=1)
    return count


def _part(name: str, ranked: Array, count: npt.NDArray[np.int64], days: int) -> Breakdown:
    found = coefficient(ranked, days)
    some = count[count > 0]
    return Breakdown(
        name=name,
        mean=found.mean,
        icir=found.icir,
        t=found.t,
        n=found.n,
        names=float(some.mean()) if len(some) else 0.0,
    )
