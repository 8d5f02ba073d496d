"""A folder of curated files in the Hive layout, checked and joined into one panel."""

from __future__ import annotations

from engine.curated.building import read_curated
from engine.curated.finding import Area, Survey, is_curated, survey
from engine.curated.raw import RawFile, raw_files

__all__ = [
    "Area",
    "RawFile",
    "Survey",
    "is_curated",
    "raw_files",
    "read_curated",
    "survey",
]
