"""What each column of a panel holds, and whether a search may use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.catalog.judging import judged
from engine.catalog.likeness import near_duplicates
from engine.catalog.model import CatalogRules, FeatureInfo, YearCoverage
from engine.catalog.numbers import distinct_up_to, distribution, moments
from engine.catalog.staleness import Mask, changes_often, staleness
from engine.panel import Array, Codes, Days, Panel, domain_of

_JANUARY = "datetime64[Y]"


def catalog(
    panel: Panel, rules: CatalogRules | None = None, *, brief: bool = False
) -> tuple[FeatureInfo, ...]:
    """All features, then all categories; only the dates of the panel are looked at.

    With `brief` only what the rules ask for is found out, as far as they ask: coverage, the first
    few different values, mean and variance. The judgement is the same.
    """
    rules = rules or CatalogRules()
    alive = _alive(panel)
    found = _brief(panel, alive, rules) if brief else _whole(panel, alive, rules)
    return tuple(judged(info, panel.universe_column, rules) for info in found)


def _brief(panel: Panel, alive: Mask, rules: CatalogRules) -> Iterator[FeatureInfo]:
    for name in panel.features:
        values = panel.feature(name)
        present = ~np.isnan(values)
        cells = values[present]
        yield msgspec.structs.replace(
            _place(panel, name, present, alive),
            **moments(cells),
            distinct=distinct_up_to(cells, rules.min_distinct),
            stale_share=_stale_share(values, present, alive, rules),
        )
    for name, levels in panel.categories.items():
        yield _category(panel, name, levels, alive)


def _stale_share(values: Array, present: Mask, alive: Mask, rules: CatalogRules) -> float | None:
    """None also where it is small enough for the rules, which most columns show quickly."""
    count = int(np.count_nonzero(present))
    if rules.max_stale >= 1 or changes_often(values, count, rules.max_stale):
        return None
    return staleness(values, present, alive[-1]).share


def _whole(panel: Panel, alive: Mask, rules: CatalogRules) -> Iterable[FeatureInfo]:
    years = _Years.of(panel.dates, alive)
    features = [_feature(panel, name, alive, years) for name in panel.features]
    alike = near_duplicates(panel, features, rules.likeness)
    for info in features:
        yield msgspec.structs.replace(info, near_duplicates=alike.get(info.name, ()))
    for name, levels in panel.categories.items():
        info, codes = _category(panel, name, levels, alive), panel.codes(name)
        yield _with_time(info, codes, codes >= 0, alive, years)


def _feature(panel: Panel, name: str, alive: Mask, years: _Years) -> FeatureInfo:
    values = panel.feature(name)
    present = ~np.isnan(values)
    cells = values[present]
    info = msgspec.structs.replace(
        _place(panel, name, present, alive), **moments(cells), **distribution(cells)
    )
    return _with_time(info, values, present, alive, years)


def _category(panel: Panel, name: str, levels: tuple[str, ...], alive: Mask) -> FeatureInfo:
    codes = panel.codes(name)
    counts = _level_counts(codes, len(levels))
    return msgspec.structs.replace(
        _place(panel, name, codes >= 0, alive),
        kind="category",
        dtype="category",
        distinct=sum(count > 0 for count in counts),
        levels=levels,
        level_counts=counts,
    )


def _level_counts(codes: Codes, levels: int) -> tuple[int, ...]:
    return tuple(np.bincount(codes.reshape(-1) + 1, minlength=levels + 1)[1:].tolist())


def _with_time(
    info: FeatureInfo, values: npt.NDArray[Any], present: Mask, alive: Mask, years: _Years
) -> FeatureInfo:
    """The entry with what is known of single years, and of how often values change."""
    stale = staleness(values, present, alive[-1])
    return msgspec.structs.replace(
        info,
        years=years.coverage(present),
        stale_share=stale.share,
        days_since_change=stale.days,
    )


def _alive(panel: Panel) -> Mask:
    """True from the first to the last date on which the symbol has a value in any column."""
    some = np.zeros(panel.shape, dtype=bool)
    for name in panel.features:
        some |= ~np.isnan(panel.feature(name))
    for name in panel.categories:
        some |= panel.codes(name) >= 0
    since = np.logical_or.accumulate(some, axis=0)
    until = np.logical_or.accumulate(some[::-1], axis=0)[::-1]
    alive: Mask = since & until
    return alive


def _place(panel: Panel, name: str, present: Mask, alive: Mask) -> FeatureInfo:
    count, rows = int(np.count_nonzero(present)), np.flatnonzero(present.any(axis=1))
    dates = panel.dates[rows[[0, -1]]].tolist() if count else (None, None)
    coverage = count / max(int(np.count_nonzero(alive)), 1)
    return FeatureInfo(
        name=name,
        kind="feature",
        domain=domain_of(name),
        dtype="number",
        lag=panel.lags.get(name, 0),
        coverage=coverage,
        coverage_overall=count / present.size,
        first_date=dates[0],
        last_date=dates[1],
        missing=1 - coverage,
        derived=panel.derived.get(name),
    )


class _Years(msgspec.Struct, frozen=True, eq=False):
    """The years of the dates: where each begins, and how many cells of living symbols it has."""

    years: tuple[int, ...]
    starts: npt.NDArray[np.intp]
    living: npt.NDArray[np.intp]

    @classmethod
    def of(cls, dates: Days, alive: Mask) -> _Years:
        years, starts = np.unique(dates.astype(_JANUARY).astype(int) + 1970, return_index=True)
        return cls(tuple(years.tolist()), starts, _by_year(alive, starts))

    def coverage(self, present: Mask) -> tuple[YearCoverage, ...]:
        """Present cells over living ones; a year in which nobody lives is left out."""
        counts = _by_year(present, self.starts).tolist()
        pairs = zip(self.years, counts, self.living.tolist(), strict=True)
        return tuple(YearCoverage(year, count / of) for year, count, of in pairs if of)


def _by_year(cells: Mask, starts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.add.reduceat(np.count_nonzero(cells, axis=1), starts)
