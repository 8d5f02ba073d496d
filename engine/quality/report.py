"""The quality report of a data set."""

from __future__ import annotations

import time
from collections import Counter

import msgspec
import numpy as np

from engine.panel import Panel
from engine.quality import (
    cells,
    copies,
    days,
    leads,
    leaks,
    lives,
    moves,
    prices,
    spikes,
    stale,
    symbols,
)
from engine.quality.calendar import calendar_of
from engine.quality.coverage import coverage_of
from engine.quality.found import CHECKS, Check, day, findings_of
from engine.quality.model import VERSION, Finding, Quality
from engine.quality.view import View

FAMILIES = (symbols, days, prices, cells, copies, moves, spikes, leaks, leads, lives, stale)
"""The modules with checks; findings of one severity come in this order."""

_ORDER = {"error": 0, "warning": 1, "info": 2}


def all_checks() -> list[Check]:
    """Every registered check, by family."""
    family = {module.__name__: place for place, module in enumerate(FAMILIES)}
    return sorted(CHECKS, key=lambda each: family[each.find.__module__])


def inspect(panel: Panel, *, open_rows: int, duplicates_dropped: int = 0) -> Quality:
    """Everything that looks wrong with a data set, worst findings first.

    All dates are judged; the leak scan, which asks what a column knows of returns, sees the first
    `open_rows` only. The panel is taken as it was imported, without publication lags.
    """
    begin = time.perf_counter()
    view = View(panel, open_rows, duplicates_dropped, {})
    # Numbers near 1e308 overflow on the way; they are a finding of their own.
    with np.errstate(over="ignore", invalid="ignore"):
        findings = [finding for each in all_checks() for finding in findings_of(each, view)]
    return Quality(
        version=VERSION,
        rows=int(view.rows.sum()),
        dates=len(view.dates),
        symbols=len(view.symbols),
        price=panel.price,
        calendar=calendar_of(view.dates),
        coverage=coverage_of(view),
        findings=tuple(sorted(findings, key=_rank)),
        leaks_until=day(view, open_rows - 1) if open_rows else None,
        elapsed_s=time.perf_counter() - begin,
    )


def inspect_open(panel: Panel, *, open_rows: int, duplicates_dropped: int = 0) -> Quality:
    """As `inspect`, of the first `open_rows` dates; of the later ones no more than counts."""
    whole = inspect(panel, open_rows=open_rows, duplicates_dropped=duplicates_dropped)
    if open_rows >= len(panel.dates):
        return whole
    shown = inspect(
        panel.head(open_rows), open_rows=open_rows, duplicates_dropped=duplicates_dropped
    )
    more = _counts(whole) - _counts(shown)
    return msgspec.structs.replace(
        shown, locked=dict(more), elapsed_s=whole.elapsed_s + shown.elapsed_s
    )


def _counts(quality: Quality) -> Counter[str]:
    counts: Counter[str] = Counter()
    for finding in quality.findings:
        counts[finding.kind] += finding.count
    return counts


def _rank(finding: Finding) -> int:
    return _ORDER[finding.severity]
