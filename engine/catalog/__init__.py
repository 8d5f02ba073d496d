"""What each column of a panel holds, and whether a search may use it."""

from __future__ import annotations

from engine.catalog.model import (
    CatalogRules,
    DatasetSettings,
    FeatureInfo,
    Likeness,
    ValueHistogram,
    YearCoverage,
)
from engine.catalog.sample import Sample, SampleRow, sample_rows
from engine.catalog.series import Series, series
from engine.catalog.settings import check_rules, check_settings
from engine.catalog.statistics import catalog

__all__ = [
    "CatalogRules",
    "DatasetSettings",
    "FeatureInfo",
    "Likeness",
    "Sample",
    "SampleRow",
    "Series",
    "ValueHistogram",
    "YearCoverage",
    "catalog",
    "check_rules",
    "check_settings",
    "sample_rows",
    "series",
]
