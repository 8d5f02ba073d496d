"""Checks for columns that are ahead of others, or of their own publication."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.panel import Array, Panel
from engine.panel.roles import COST_COLUMNS
from engine.quality.calendar import DAILY, calendar_of
from engine.quality.found import Found, check, day, several
from engine.quality.leaks import same_for_all
from engine.quality.model import Case, RowFilter
from engine.quality.view import Places, View

Keys = npt.NDArray[np.uint64]

SAMPLE_SYMBOLS = 3
COMMON = 12  # changes from one value to another that two columns share
COMMON_SHARE = 0.6  # of those of the column that has fewer
ONE_WAY = 0.9  # share of them that come first in the same column
FARTHEST = 260  # dates; two columns that share values further apart do so by chance
PERIOD_SHARE = 0.9  # changes on the first, or on the last, date of a month
PERIOD_STEP = 15  # dates between changes: monthly and slower
PERIOD_LEVELS = 12  # numbers of months and the like
_DELAYED = re.compile(r"lag|prev|delay|shift|yesterday|t_?[1-9]$", re.IGNORECASE)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@check(
    "lead_copy",
    title="Columns that are ahead of another one",
    severity="warning",
    unit="dates",
    rule=f"at least {COMMON} changes, and {COMMON_SHARE:.0%}, from one value to another occur in"
    f" both columns, {ONE_WAY:.0%} of them first in the same one; a note when the later one is"
    " named as delayed, an error when it is market data",
)
def lead_copies(view: View) -> Iterator[Found]:
    """A series by reference date beside the same series by release date."""
    names = [name for name in view.panel.features if name not in COST_COLUMNS]
    series = [_series(view, name) for name in names]
    for a, b in _pairs(series):
        each = [_leads(x, y) for x, y in zip(series[a], series[b], strict=True)]
        leads = max(each, key=len)
        share = float((leads > 0).mean())
        if share >= ONE_WAY:
            yield from _ahead(view, names[a], names[b], leads)
        elif float((leads < 0).mean()) >= ONE_WAY:
            yield from _ahead(view, names[b], names[a], -leads)


Series = tuple[Keys, Places]


def _series(view: View, name: str) -> list[Series]:
    """Changes of a column, and the row of each, for some symbols with a long history."""
    longest = np.argsort(-view.rows.sum(axis=0), kind="stable")[:SAMPLE_SYMBOLS]
    values = view.panel.feature(name)[: view.open_rows]
    return [_changes(values[:, j]) for j in longest]


def _changes(values: Array) -> Series:
    """A number for each change from one value to another that occurs once, in order, and its row.

    Missing cells in between do not count.
    """
    rows = np.flatnonzero(np.isfinite(values))
    bits = np.ascontiguousarray(values[rows]).view(np.uint64)
    moved = np.flatnonzero(bits[1:] != bits[:-1])
    keys = (bits[moved] * _MIX) ^ ((bits[moved + 1] + np.uint64(1)) * (_MIX << np.uint64(1) | 1))
    unique, places, counts = np.unique(keys, return_index=True, return_counts=True)
    once = counts == 1
    return unique[once], rows[moved[places[once]] + 1]


def _pairs(series: list[list[Series]]) -> Iterator[tuple[int, int]]:
    """Columns that share enough changes."""
    counts = np.zeros((len(series), len(series)))
    sizes = np.array([sum(len(keys) for keys, _ in each) for each in series])
    for one in zip(*series, strict=True):
        every, index = np.unique(np.concatenate([keys for keys, _ in one]), return_inverse=True)
        owner = np.repeat(np.arange(len(one)), [len(keys) for keys, _ in one])
        has = np.zeros((len(series), len(every)), dtype=np.float32)
        has[owner, index] = 1.0
        counts += has @ has.T
    least = np.maximum(COMMON, COMMON_SHARE * np.minimum(sizes[:, None], sizes))
    yield from zip(*map(np.ndarray.tolist, np.nonzero(np.triu(counts >= least, 1))), strict=True)


def _leads(x: Series, y: Series) -> Places:
    """Dates by which each common change comes earlier in x."""
    _, a, b = np.intersect1d(x[0], y[0], assume_unique=True, return_indices=True)
    leads: Places = y[1][b] - x[1][a]
    return leads


def _ahead(view: View, early: str, late: str, leads: Places) -> Iterator[Found]:
    lead = int(np.median(leads))
    if lead > FARTHEST or _is_close(view, early):
        return
    if view.is_market(early) and not view.is_market(late):
        return
    market = view.is_market(late)
    yield Found(
        count=len(leads),
        message=f"{early} has the values of {late}, {several(lead, 'date', 'dates')} earlier in the"
        f" median. Either {late} is a delayed copy, which is fine, or {early} knows its values"
        " before they are published: then it makes every result look better than it can be. Use"
        f" {late}, or give the domain of {early} a publication lag of at least {leads.max()}"
        " dates.",
        column=early,
        rows=RowFilter(end=day(view, view.open_rows - 1), columns=(early, late)),
        severity="error" if market else "info" if _DELAYED.search(late) else None,
    )


def _is_close(view: View, name: str) -> bool:
    """Whether a column is the price or the close under another name.

    The open of generated data is the close before; neither knows anything.
    """
    own = _series(view, name)[0]
    others = {view.panel.price, view.column_name("close")} & {*view.panel.features}
    at_once = [(_leads(own, _series(view, other)[0]) == 0).sum() for other in others]
    return bool(max(at_once) >= ONE_WAY * len(own[0]))


@check(
    "period_dated",
    title="Columns dated by their period",
    severity="warning",
    unit="dates",
    rule=f"{PERIOD_SHARE:.0%} of at least {COMMON} changes on the first, or on the last, date of a"
    f" month, {PERIOD_STEP} dates or more apart, in daily data; not for columns of few whole"
    " numbers",
)
def period_dated(view: View) -> Iterator[Found]:
    """Statistics that stand at the month they describe, weeks before they were published."""
    if calendar_of(view.dates).frequency not in DAILY:
        return
    for name in view.panel.features:
        if view.is_market(name) or name in COST_COLUMNS or name == view.panel.universe_column:
            continue
        series = _slow_series(view.panel, name, view.open_rows)
        if series is not None:
            yield from _by_period(view, name, series)


def _slow_series(panel: Panel, name: str, rows: int) -> Array | None:
    """The series of a column that is the same for all symbols, or of its fullest symbol."""
    values = panel.feature(name)[:rows]
    common = same_for_all(values)
    if common is not None:
        return common
    series: Array = values[:, np.isfinite(values).sum(axis=0).argmax()]
    return series


def _by_period(view: View, name: str, series: Array) -> Iterator[Found]:
    rows = np.flatnonzero(np.isfinite(series))
    moved = np.flatnonzero(series[rows[1:]] != series[rows[:-1]]) + 1
    if len(moved) < COMMON or np.median(np.diff(moved)) < PERIOD_STEP or _is_counter(series):
        return
    months = view.dates[rows].astype("datetime64[M]")
    first = months[moved] != months[moved - 1]
    last = months[moved] != months[np.minimum(moved + 1, len(rows) - 1)]
    share, which = max((first.mean(), "first"), (last.mean(), "last"))
    if share < PERIOD_SHARE:
        return
    yield Found(
        count=len(moved),
        message=f"{name} changes {len(moved)} times, {share:.0%} of them on the {which} date of a"
        " month: its values seem to stand at the period they describe, though they are published"
        " weeks later. Date them by their release, or give the domain a publication lag of a month"
        " or more.",
        column=name,
        examples=tuple(
            Case(date=day(view, rows[m]), text=f"{series[rows[m - 1]]:g} to {series[rows[m]]:g}")
            for m in moved[-20:]
        ),
        rows=RowFilter(end=day(view, view.open_rows - 1), columns=(name,)),
    )


def _is_counter(series: Array) -> bool:
    levels = np.unique(series[np.isfinite(series)])
    return len(levels) <= PERIOD_LEVELS and bool((levels == np.rint(levels)).all())
