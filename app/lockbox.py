"""The locked dates of a data set: who looked, and how often."""

from __future__ import annotations

import msgspec
import numpy as np

from app.lab import Lab
from app.messages.view import View
from app.reader import Reader, lags_of
from app.results import Found, daily_of, found, summary_of
from app.schemas.research import Burn, Lockbox, Opened
from engine.dsl.parse import reread
from engine.errors import ParamError
from engine.stats.validation import figures
from engine.store import DatasetRow
from engine.strategy import run_id

BURNED = 3
"""Openings of a lockbox from which on a good result in it proves little."""


def lockbox_of(lab: Reader, row: DatasetRow, expr_hash: str | None = None) -> Lockbox:
    """The lockbox of a data set, and how often it was opened."""
    opened = lab.workspace.open_dates(row)
    openings = lab.store.openings(row.name)
    own = lab.store.openings(row.name, expr_hash) if expr_hash else 0
    return Lockbox(
        dataset=row.name,
        start=opened.lockbox_start,
        dates=row.dates - opened.rows,
        openings=openings,
        own=own,
        state=_state(openings),
        text=_sentence(openings, locked=row.dates > opened.rows),
    )


def _state(openings: int) -> Burn:
    if openings >= BURNED:
        return "burned"
    return "opened" if openings else "sealed"


def _sentence(openings: int, *, locked: bool) -> str:
    if not locked:
        return "Nothing of this data set is locked: every date was there to be searched."
    if not openings:
        return "Nobody has looked at the locked dates yet."
    times = {1: "once", 2: "twice"}.get(openings, f"{openings} times")
    if openings < BURNED:
        return f"The locked dates were looked at {times}. Each look makes the next one worth less."
    return (
        f"The locked dates were looked at {times}: they are in-sample by now, and a good result on"
        " them proves little. Only new data can."
    )


def open_lockbox(lab: Lab, it: Found) -> Opened:
    """Run a strategy over all dates, the locked ones among them; written down before it is run."""
    row = lab.workspace.version(it.run.spec.fingerprint, it.run.dataset)
    opened = lab.workspace.open_dates(row)
    if opened.lockbox_start is None:
        raise ParamError(f"Nothing of the data set {row.name!r} is locked.")
    lab.store.open_lockbox(it.expr_hash, row.name)
    spec = it.run.spec
    view = View(
        folder=str(lab.workspace.folder(row)), name=row.name, price=spec.price, rows=row.dates,
        lags=lags_of(spec),
    )  # fmt: skip
    params = msgspec.structs.replace(spec.params, end=None)
    node = reread(it.expr, lab.workspace.names(row.name))
    tested = lab.backtest(view, node, params, keep=True, source="lockbox")
    made = found(lab, it.expr_hash, run_id(tested.outcome.expr_hash, tested.spec))
    daily, periods = daily_of(lab, made.run), lab.periods_of(spec.fingerprint)
    boundary = int(np.searchsorted(daily.dates, np.datetime64(opened.lockbox_start)))
    first = daily.first or 0
    return Opened(
        lockbox=lockbox_of(lab, row, it.expr_hash),
        strategy=summary_of(lab, made),
        open=figures(daily.net[first:boundary], periods),
        locked=figures(daily.net[max(first, boundary) :], periods),
    )
