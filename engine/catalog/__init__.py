"""What each column of a panel holds, and whether a search may use it."""

from __future__ import annotations

from engine.catalog.model import (
    CatalogRules,
    DatasetSettings,
    FeatureInfo,
    Histogram,
    Likeness,
    YearCoverage,
)
from engine.catalog.statistics import catalog

__all__ = [
    "CatalogRules",
    "DatasetSettings",
    "FeatureInfo",
    "Histogram",
    "Likeness",
    "YearCoverage",
    "catalog",
]
