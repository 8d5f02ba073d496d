"""The tear sheet: a run as one HTML page that needs nothing but itself, on a screen or on paper."""

from __future__ import annotations

from app.report.model import Report, report_of
from app.report.page import tear_sheet

__all__ = ["Report", "report_of", "tear_sheet"]
