"""Several strategies seen together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.messages.research import NettedTask, OneBook, Table, Together, TogetherTask
from app.reader import Reader
from app.results import Found, found, summary_of
from app.schemas.research import BlendCurve, Compared, CompareRequest, Comparison
from app.tables import common_table
from engine.errors import EngineError, ParamError
from engine.panel import Array
from engine.research.blend import Netted
from engine.stats.performance import performance
from engine.stats.portfolio import Blend
from engine.stats.series import Rows, compounded, downsample

POINTS = 500


def compare(lab: Reader, request: CompareRequest) -> Comparison:
    """Strategies on their common dates; ParamError for one named twice, DataError."""
    these = [_named(lab, text) for text in request.hashes]
    runs = [it.run.run_id for it in these]
    if len(set(runs)) < len(runs):
        raise ParamError("A strategy is named twice. Name each once, or another of its runs.")
    table = common_table(lab.store, runs)
    periods = lab.periods_of(these[0].run.spec.fingerprint)
    task = TogetherTask(table=table, weights=request.weights, periods=periods)
    together = lab.engine.ask(task, Together).portfolio
    one_book, reason = _one_book(lab, these, together.blends[-1].weights)
    rows = _rows(table)
    returns = table.returns
    return Comparison(
        start=together.dates[0],
        end=together.dates[-1],
        n=len(together.dates),
        dates=tuple(table.dates[rows].astype("datetime64[D]").tolist()),
        items=tuple(_compared(lab, it, returns[:, i], rows, periods) for i, it in enumerate(these)),
        correlation=together.correlation,
        marginal=together.marginal,
        blends=tuple(_blend(each, rows) for each in together.blends),
        netted=one_book,
        no_netting=reason,
    )


def _named(lab: Reader, text: str) -> Found:
    """A strategy by its hash, or one of its runs as `hash@run`."""
    expr_hash, mark, run = text.partition("@")
    return found(lab, expr_hash, run if mark else None)


def _rows(table: Table) -> Rows:
    """Rows at which every curve is drawn: those that keep the look of their mean."""
    return downsample(compounded(table.returns.mean(axis=1)), POINTS)


def _compared(lab: Reader, it: Found, net: Array, rows: Rows, periods: float) -> Compared:
    return Compared(
        strategy=summary_of(lab, it),
        common=performance(net, periods),
        equity=compounded(net)[rows].tolist(),
    )


def _blend(blend: Blend, rows: Rows) -> BlendCurve:
    return BlendCurve(
        method=blend.method,
        weights=blend.weights,
        metrics=blend.metrics,
        equity=compounded(np.array(blend.net))[rows].tolist(),
        shrinkage=blend.shrinkage,
    )


def _one_book(
    lab: Reader, these: Sequence[Found], weights: tuple[float, ...]
) -> tuple[Netted | None, str | None]:
    """All traded as one book, or why that cannot be."""
    if len(these) < 2:
        return None, "There is one strategy only."
    first, *others = (it.run.spec for it in these)
    for spec in others:
        if (spec.fingerprint, spec.price, spec.last_date, spec.lags) != (
            first.fingerprint, first.price, first.last_date, first.lags,
        ):  # fmt: skip
            return None, (
                "They rest on different data (data set, price, lags or last date), so that their"
                " trades cannot be netted."
            )
    try:
        task = NettedTask(
            view=lab.view_of(first), exprs=tuple(it.expr for it in these),
            params=tuple(it.run.spec.params for it in these), weights=weights,
        )  # fmt: skip
        return lab.engine.ask(task, OneBook).netted, None
    except EngineError as error:
        return None, error.message
