"""What is wrong with a data set, or looks so: found, counted, and shown with examples."""

from __future__ import annotations

from engine.quality.model import (
    VERSION,
    Calendar,
    Case,
    Coverage,
    Finding,
    Quality,
    RowFilter,
    Severity,
)
from engine.quality.report import inspect, inspect_open

__all__ = [
    "VERSION",
    "Calendar",
    "Case",
    "Coverage",
    "Finding",
    "Quality",
    "RowFilter",
    "Severity",
    "inspect",
    "inspect_open",
]
