"""Whether a column can help a search, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import msgspec

from engine.catalog.model import CatalogRules, FeatureInfo
from engine.panel.roles import COST_COLUMNS

_FLAT = 1e-12


def judged(info: FeatureInfo, universe: str | None, rules: CatalogRules) -> FeatureInfo:
    """The entry with `usable` and `reason`; `universe` is the membership column."""
    reason = next(_objections(info, universe, rules), None)
    return msgspec.structs.replace(info, usable=reason is None, reason=reason)


def never_moves(info: FeatureInfo) -> bool:
    """Whether the values differ by no more than the noise of their last digits."""
    if info.variance is None or info.mean is None:
        return False
    return info.variance <= _FLAT * (info.variance + info.mean**2)


def _objections(info: FeatureInfo, universe: str | None, rules: CatalogRules) -> Iterator[str]:
    if any(fnmatchcase(info.name, pattern) for pattern in rules.ignore):
        yield "ignored by setting"
    if info.name == universe:
        yield "it is the universe column"
    if info.name in COST_COLUMNS:
        yield "it is a cost column"
    if info.coverage < rules.min_coverage:
        yield f"only {info.coverage:.1%} of its cells are present; {rules.min_coverage:.1%} needed"
    yield from _of_category(info, rules) if info.kind == "category" else _of_feature(info, rules)


def _of_category(info: FeatureInfo, rules: CatalogRules) -> Iterator[str]:
    if info.distinct < rules.min_levels:
        yield f"it has {info.distinct} levels; {rules.min_levels} needed"


def _of_feature(info: FeatureInfo, rules: CatalogRules) -> Iterator[str]:
    if info.distinct < rules.min_distinct:
        yield f"it has {info.distinct} different values; {rules.min_distinct} needed"
    elif never_moves(info):
        yield "it does not vary"
    if info.stale_share is not None and info.stale_share > rules.max_stale:
        yield (
            f"{info.stale_share:.2%} of its cells equal the one before; at most"
            f" {rules.max_stale:.2%} may"
        )
