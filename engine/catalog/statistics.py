"""What each column of a panel holds, and whether a search may use it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fnmatch import fnmatchcase
import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from engine.catalog.model import CatalogRules, FeatureInfo
from engine.panel import Array, Codes, Panel, domain_of
from engine.panel.roles import COST_COLUMNS

Mask = npt.NDArray[np.bool_]


def catalog(
    panel: Panel, rules: CatalogRules | None = None, *, brief: bool = False
) -> tuple[FeatureInfo, ...]:
    """All features, then all categories; only the dates of the panel are looked at.

    With `brief` the different values of a feature are counted only as far as the rules ask: most
    of the time goes into counting the rest.
    """
    rules = rules or CatalogRules()
    alive = _alive(panel)
    enough = rules.min_distinct if brief else None
    found = (*_features(panel, alive, enough), *_categories(panel, alive))
    return tuple(_judged(info, panel, rules) for info in found)


def _features(panel: Panel, alive: Mask, enough: int | None) -> Iterator[FeatureInfo]:
    for name in panel.features:
        values = panel.feature(name)
        present = ~np.isnan(values)
        yield msgspec.structs.replace(
            _place(panel, name, present, alive), **_statistics(values[present], enough)
        )


def _categories(panel: Panel, alive: Mask) -> Iterator[FeatureInfo]:
    for name, levels in panel.categories.items():
        codes = panel.codes(name)
        info = _place(panel, name, codes >= 0, alive)
        yield msgspec.structs.replace(
            info,
            kind="category",
            dtype="category",
            distinct=_distinct_codes(codes, len(levels)),
            levels=levels,
        )


def _distinct_codes(codes: Codes, levels: int) -> int:
    return int(np.count_nonzero(np.bincount(codes.reshape(-1) + 1, minlength=levels + 1)[1:]))


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
    count, rows = int(present.sum()), np.flatnonzero(present.any(axis=1))
    dates = panel.dates[rows[[0, -1]]].tolist() if count else (None, None)
    return FeatureInfo(
        name=name,
        kind="feature",
        domain=domain_of(name),
        dtype="number",
        lag=panel.lags.get(name, 0),
        coverage=count / max(int(alive.sum()), 1),
        coverage_overall=count / present.size,
        first_date=dates[0],
        last_date=dates[1],
    )


def _statistics(values: Array, enough: int | None) -> dict[str, object]:
    column = pl.col("x")
    distinct = column.n_unique() if enough is None else pl.lit(_distinct_up_to(values, enough))
    row = (
        pl.DataFrame({"x": values})
        .select(
            mean=column.mean(),
            sd=column.std(),
            variance=column.var(),
            min=column.min(),
            max=column.max(),
            distinct=distinct,
            truth=((column == 0) | (column == 1)).all(),
        )
        .row(0, named=True)
    )
    truth = row.pop("truth") and len(values) > 0
    finite = {key: _finite(value) for key, value in row.items()}
    return {**finite, "dtype": "boolean" if truth else "number"}


def _distinct_up_to(values: Array, enough: int) -> int:
    """How many different values there are, counted no further than `enough`."""
    found = 0
    while found < enough and len(values):
        values = values[values != values[0]]
        found += 1
    return found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _judged(info: FeatureInfo, panel: Panel, rules: CatalogRules) -> FeatureInfo:
    reason = next(_objections(info, panel, rules), None)
    return msgspec.structs.replace(info, usable=reason is None, reason=reason)


def _objections(info: FeatureInfo, panel: Panel, rules: CatalogRules) -> Iterator[str]:
    if any(fnmatchcase(info.name, pattern) for pattern in rules.ignore):
        yield "ignored by setting"
    if info.name == panel.universe_column:
        yield "it is the universe column"
    if info.name in COST_COLUMNS:
        yield "it is a cost column"
    if info.coverage < rules.min_coverage:
        yield f"only {info.coverage:.1%} of its cells are present; {rules.min_coverage:.1%} needed"
    if info.kind == "category":
        if info.distinct < rules.min_levels:
            yield f"it has {info.distinct} levels; {rules.min_levels} needed"
    elif info.distinct < rules.min_distinct:
        yield f"it has {info.distinct} different values; {rules.min_distinct} needed"
    elif _never_moves(info):
        yield "it does not vary"


def _never_moves(info: FeatureInfo) -> bool:
    if info.variance is None or info.mean is None:
        return False
    return info.variance <= 1e-12 * (info.variance + info.mean**2)
