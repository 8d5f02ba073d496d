"""What is known of the columns of a data set, and what the user decided about them."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec


class CatalogRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a column needs to be usable; `ignore` takes names and patterns such as "macro_*".

    max_stale: share of the cells of a feature that may equal the one before; categories may never
    change. likeness: columns whose correlation is beyond it are near-duplicates.
    """

    min_coverage: float = 0.05
    min_distinct: int = 3
    min_levels: int = 2
    max_stale: float = 0.999
    likeness: float = 0.98
    ignore: tuple[str, ...] = ()


class DatasetSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user decided about the columns of a data set.

    domain_lags: publication lag in dates, by domain ("fundamentals": 1).
    """

    rules: CatalogRules = CatalogRules()
    domain_lags: dict[str, int] = {}


class YearCoverage(msgspec.Struct, frozen=True):
    """Share of present cells among those of living symbols in one year."""

    year: int
    coverage: float


class ValueHistogram(msgspec.Struct, frozen=True):
    """Counts of the values between `edges` (one more than counts), and of those outside."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0


class Likeness(msgspec.Struct, frozen=True):
    """Another column that says nearly the same, and the correlation of both."""

    column: str
    corr: float


class FeatureInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One column over the dates of a panel, as it was known on each date (lag applied).

    coverage: share of present cells between the first and the last date on which the symbol has
    any value; coverage_overall: share of present cells of the whole grid. sd and variance use
    ddof 1. Statistics are None when undefined. `reason` says why a column is not usable.
    missing: 1 - coverage. quantiles: "p01", "p05", "p25", "p50", "p75", "p95", "p99".
    level_counts: cells of each level. stale_share: of the present cells with one before them, the
    share that equals it. days_since_change: dates since the value last changed or began, at the
    last date; lower median over the symbols living then. derived: how it was computed.
    """

    name: str
    kind: Literal["feature", "category"]
    domain: str
    dtype: Literal["number", "boolean", "category"]
    lag: int
    coverage: float
    coverage_overall: float
    first_date: date | None
    last_date: date | None
    mean: float | None = None
    sd: float | None = None
    variance: float | None = None
    min: float | None = None
    max: float | None = None
    distinct: int = 0
    levels: tuple[str, ...] = ()
    years: tuple[YearCoverage, ...] = ()
    missing: float = 0.0
    quantiles: dict[str, float] = {}
    histogram: ValueHistogram | None = None
    level_counts: tuple[int, ...] = ()
    stale_share: float | None = None
    days_since_change: int | None = None
    near_duplicates: tuple[Likeness, ...] = ()
    derived: str | None = None
    usable: bool = True
    reason: str | None = None
