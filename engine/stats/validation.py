"""In-sample and out-of-sample: one split, walk-forward, and purged cross-validation.

Nothing is fitted to a formula here; what can be overfitted is the choice among many. So each fold
chooses, of all candidates, the one with the best in-sample Sharpe ratio, and measures it out of
sample. With one candidate a fold simply measures it on both sides.

walk_forward  the dates are cut into `count` + 1 equal parts, numbered from 0; fold i trains on the
              parts before the i-th (anchored), less the last `purge` dates, and tests on the i-th
purged        the dates are cut into `count` equal parts; fold i tests on the i-th and trains on all
              others, less `purge` dates before the test part, whose returns overlap it, and `purge`
              + `embargo` dates after it (M. Lopez de Prado, Advances in Financial Machine Learning,
              2018, chapter 7)

Part k of K equal parts of n dates begins at row floor(n k / K).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Literal, get_args

import msgspec
import numpy as np

from engine.errors import DataError, ParamError
from engine.stats.performance import FLAT, PERIODS_PER_YEAR, Array, performance
from engine.stats.series import Days, compounded

Method = Literal["walk_forward", "purged"]
OUT_OF_SAMPLE = 0.3
"""Share of the dates, the last ones, that are out of sample unless told otherwise."""
FEWEST_FOLDS, MOST_FOLDS = 2, 50
SHORTEST = 2
"""Dates that a fold must have to train on, and to test on."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics one compares across samples; conventions as in `Metrics`."""

    n: int
    ann_return: float | None
    ann_vol: float | None
    ann_sharpe: float | None
    max_dd: float | None
    hit_rate: float | None


class Span(msgspec.Struct, frozen=True):
    """Dates from start to end, both included."""

    start: dt.date
    end: dt.date


class Fold(msgspec.Struct, frozen=True, kw_only=True):
    """One fold; `chosen` is the index of the candidate that was best in sample, None = no ratio.

    left_out: dates that are neither, purged or under embargo.
    """

    number: int
    train: tuple[Span, ...]
    test: Span
    left_out: int
    chosen: int | None
    in_sample: Figures
    out_of_sample: Figures


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """All folds, and the test parts put together in the order of their dates.

    candidates: how many there were to choose from. dates, equity: of the joined test parts, the
    value of 1 held before them. switches: how often the choice changed from fold to fold.
    in_sample: mean in-sample Sharpe ratio of the folds. degradation: mean out-of-sample one over
    it, None unless that is above 0. Both over the folds that have both ratios.
    """

    method: Method
    count: int
    purge: int
    embargo: int
    candidates: int
    folds: tuple[Fold, ...]
    in_sample: float | None
    out_of_sample: Figures
    degradation: float | None
    switches: int
    dates: list[dt.date]
    equity: list[float]


class Halves(msgspec.Struct, frozen=True, kw_only=True):
    """One series in sample and out of sample, side by side; `boundary` begins the latter."""

    share: float
    boundary: dt.date | None
    in_sample: Figures
    out_of_sample: Figures


class _Part(msgspec.Struct, frozen=True):
    """Rows of one fold: test is [start, end), train may be in two pieces."""

    train: tuple[tuple[int, int], ...]
    test: tuple[int, int]
    left_out: int


def figures(net: Array, periods: float = PERIODS_PER_YEAR) -> Figures:
    """The figures of daily net returns."""
    found = performance(net, periods)
    return Figures(
        n=int(found.n or 0),
        ann_return=found.ann_return,
        ann_vol=found.ann_vol,
        ann_sharpe=found.ann_sharpe,
        max_dd=found.max_dd,
        hit_rate=found.hit_rate,
    )


def halves(
    dates: Days, net: Array, share: float = OUT_OF_SAMPLE, *, periods: float = PERIODS_PER_YEAR
) -> Halves:
    """Split a series: the last `share` of its dates, rounded down, is out of sample.

    ParamError unless `share` is above 0 and below 1.
    """
    if not 0 < share < 1:
        raise ParamError(f"The share out of sample is {share:g}; choose above 0 and below 1.")
    split = len(dates) - int(len(dates) * share)
    return Halves(
        share=share,
        boundary=dates[split].item() if split < len(dates) else None,
        in_sample=figures(net[:split], periods),
        out_of_sample=figures(net[split:], periods),
    )


def validate(
    dates: Days,
    returns: Array,
    method: Method = "walk_forward",
    count: int = 5,
    *,
    purge: int = 1,
    embargo: int = 0,
    periods: float = PERIODS_PER_YEAR,
) -> Validation:
    """Validate daily net `returns` [dates x candidates]; ParamError, DataError for too few dates.

    A return that is not finite is missing. A fold in which no candidate has a ratio chooses nothing
    and holds nothing: returns of 0.
    """
    _check(method, count, purge, embargo)
    parts = _parts(len(dates), method, count, purge, embargo)
    choices = [_best(returns, part.train) for part in parts]
    folds = tuple(
        _fold(number, dates, returns, part, chosen, periods)
        for number, (part, chosen) in enumerate(zip(parts, choices, strict=True), start=1)
    )
    joined = np.concatenate(
        [_net(returns, chosen, part.test) for part, chosen in zip(parts, choices, strict=True)]
    )
    in_sample, degradation = _degradation(folds)
    return Validation(
        method=method,
        count=count,
        purge=purge,
        embargo=embargo,
        candidates=returns.shape[1],
        folds=folds,
        in_sample=in_sample,
        out_of_sample=figures(joined, periods),
        degradation=degradation,
        switches=sum(a != b for a, b in pairwise(choices)),
        dates=dates[len(dates) - len(joined) :].tolist(),
        equity=compounded(joined).tolist(),
    )


def _check(method: str, count: int, purge: int, embargo: int) -> None:
    if method not in get_args(Method):
        raise ParamError(f"There is no validation {method!r}; choose walk_forward or purged.")
    if not FEWEST_FOLDS <= count <= MOST_FOLDS:
        raise ParamError(f"The number of folds is {count}; choose {FEWEST_FOLDS} to {MOST_FOLDS}.")
    for name, value in (("purge", purge), ("embargo", embargo)):
        if value < 0:
            raise ParamError(f"The {name} is {value} dates; choose 0 or more.")


def _parts(n: int, method: Method, count: int, purge: int, embargo: int) -> list[_Part]:
    """The folds of n dates; DataError unless each trains and tests on `SHORTEST` dates or more."""
    parts = count + (method == "walk_forward")
    cuts = [n * k // parts for k in range(parts + 1)]
    folds: list[_Part] = []
    for start, end in list(pairwise(cuts))[parts - count :]:
        before = (0, max(start - purge, 0))
        after = (min(end + purge + embargo, n), n) if method == "purged" else (n, n)
        train = tuple(piece for piece in (before, after) if piece[0] < piece[1])
        trained = sum(b - a for a, b in train)
        if min(end - start, trained) < SHORTEST:
            raise DataError(
                f"{n} dates are too few for {count} folds: fold {len(folds) + 1} trains on"
                f" {trained} and tests on {end - start}, and {SHORTEST} each are needed; choose"
                " fewer folds, less purge and embargo, or a longer history."
            )
        seen = n if method == "purged" else end
        folds.append(_Part(train, (start, end), seen - (end - start) - trained))
    return folds


def _best(returns: Array, train: tuple[tuple[int, int], ...]) -> int | None:
    """The candidate with the best Sharpe ratio, the first of equals; a single one in any case."""
    if returns.shape[1] == 1:
        return 0
    ratio = _sharpe_ratios(np.concatenate([returns[a:b] for a, b in train]))
    if not np.isfinite(ratio).any():
        return None
    return int(np.nanargmax(ratio))


def _sharpe_ratios(x: Array) -> Array:
    """Sharpe ratio per period of each column as in `performance`, NaN where it is undefined."""
    here = np.isfinite(x)
    n = here.sum(axis=0)
    with np.errstate(all="ignore"):
        mean = np.where(here, x, 0.0).sum(axis=0) / n
        away = np.where(here, x - mean, 0.0)
        sd = np.sqrt((away * away).sum(axis=0) / (n - 1))
        varies = np.isfinite(sd) & (sd >= FLAT * np.maximum(1.0, np.abs(mean)))
        ratio: Array = np.where(varies, mean / sd, np.nan)
    return ratio


def _fold(
    number: int, dates: Days, returns: Array, part: _Part, chosen: int | None, periods: float
) -> Fold:
    inside = np.concatenate([_net(returns, chosen, piece) for piece in part.train])
    return Fold(
        number=number,
        train=tuple(_span(dates, piece) for piece in part.train),
        test=_span(dates, part.test),
        left_out=part.left_out,
        chosen=chosen,
        in_sample=figures(inside, periods),
        out_of_sample=figures(_net(returns, chosen, part.test), periods),
    )


def _net(returns: Array, chosen: int | None, rows: tuple[int, int]) -> Array:
    """The returns of the chosen candidate in these rows."""
    start, end = rows
    return np.zeros(end - start) if chosen is None else returns[start:end, chosen]


def _span(dates: Days, rows: tuple[int, int]) -> Span:
    return Span(dates[rows[0]].item(), dates[rows[1] - 1].item())


def _degradation(folds: Sequence[Fold]) -> tuple[float | None, float | None]:
    """Mean in-sample Sharpe ratio, and the mean out-of-sample one over it, of folds with both."""
    pairs = [(f.in_sample.ann_sharpe, f.out_of_sample.ann_sharpe) for f in folds]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not both:
        return None, None
    inside, outside = (fmean(side) for side in zip(*both, strict=True))
    return inside, outside / inside if inside > 0 else None
