"""What is wrong with a data set, or looks so: found, counted, and shown with examples."""

from __future__ import annotations

from engine.quality.model import (
    Calendar,
    Coverage,
    Example,
    Finding,
    Quality,
    RowFilter,
    Severity,
)

__all__ = ["Calendar", "Coverage", "Example", "Finding", "Quality", "RowFilter", "Severity"]
