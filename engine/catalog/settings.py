"""The checks of what a user decides about the columns of a data set."""

from __future__ import annotations

from engine.catalog.model import CatalogRules, DatasetSettings
from engine.errors import ParamError, shown
from engine.panel import Panel, domain_of
from engine.panel.roles import check_lag

MAX_COUNT = 1_000_000
MAX_PATTERNS, MAX_PATTERN = 1000, 200
_SHARES = ("min_coverage", "max_stale", "likeness")
_COUNTS = ("min_distinct", "min_levels")


def check_settings(settings: DatasetSettings, panel: Panel) -> DatasetSettings:
    """The settings themselves; ParamError unless they fit a data set.

    Lags are 0 to 2520 dates of domains that a column belongs to; for the rules see `check_rules`.
    """
    known = sorted({domain_of(column) for column in (*panel.features, *panel.categories)})
    for domain, lag in settings.domain_lags.items():
        check_lag(domain, lag, known)
    check_rules(settings.rules)
    return settings


def check_rules(rules: CatalogRules) -> CatalogRules:
    """The rules themselves; ParamError for a share outside 0..1, a count below 0 or a bad pattern.

    A pattern need not fit any column: the next version of the data may have one.
    """
    for name in _SHARES:
        _check_share(name, getattr(rules, name))
    for name in _COUNTS:
        _check_count(name, getattr(rules, name))
    _check_patterns(rules.ignore)
    return rules


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ParamError(f"{name} is {value:g}; choose a share from 0 to 1.")


def _check_count(name: str, value: int) -> None:
    if not 0 <= value <= MAX_COUNT:
        raise ParamError(f"{name} is {value}; choose a whole number from 0 to {MAX_COUNT:,}.")


def _check_patterns(patterns: tuple[str, ...]) -> None:
    if len(patterns) > MAX_PATTERNS:
        raise ParamError(
            f"ignore has {len(patterns):,} entries; at most {MAX_PATTERNS:,} are possible. A"
            " pattern such as macro_* stands for many columns."
        )
    bad = next((each for each in patterns if not 1 <= len(each) <= MAX_PATTERN), None)
    if bad is not None:
        raise ParamError(
            f"ignore has the entry {shown(bad)}; give names or patterns of 1 to {MAX_PATTERN}"
            " characters."
        )
