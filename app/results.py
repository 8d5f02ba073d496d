"""Saved runs put together for whoever looks at them."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from app.lab import Lab
from app.messages import Benchmark
from app.messages.view import View
from app.reader import Reader, lags_of
from app.schemas import DataOfRun, Rerun, Returns, Strategy, Tearsheet
from engine.book import EQUAL_WEIGHT
from engine.dsl.parse import reread
from engine.errors import NotFoundError
from engine.panel import Array
from engine.sheet import EquityCurve, currency_of, equity_curve, sheet
from engine.stats.overfit import Deflated, deflated
from engine.stats.performance import CONVENTIONS
from engine.stats.series import Days
from engine.store import Run, StrategyDetail, StrategySummary
from engine.strategy import run_id, unpack_daily


class Found(msgspec.Struct, frozen=True):
    """One run of a saved strategy."""

    detail: StrategyDetail
    run: Run

    @property
    def expr_hash(self) -> str:
        """The hash of the expression."""
        return self.detail.expr_hash

    @property
    def expr(self) -> str:
        """The expression."""
        return self.detail.expr


class Daily(msgspec.Struct, frozen=True):
    """The daily series of a run; `first` is the row of the first trade, None if there is none."""

    frame: pl.DataFrame
    net: Array
    first: int | None

    @property
    def dates(self) -> Days:
        """The dates of the run."""
        return self.frame["date"].to_numpy()

    @property
    def traded(self) -> Array:
        """Net returns from the first date with a trade; none when there is no trade."""
        return self.net[len(self.net) if self.first is None else self.first :]


def found(lab: Reader, expr_hash: str, run: str | None) -> Found:
    """The run whose id begins so; without one the newest that saw no locked date, or the newest.

    NotFoundError, ParamError.
    """
    detail = lab.store.strategy(expr_hash)
    opened = lab.store.lockbox_runs(detail.expr_hash) if run is None else frozenset()
    last = [r for r in detail.runs if r.run_id in opened]
    ordered = [r for r in detail.runs if r.run_id not in opened] + last
    chosen = next((r for r in ordered if r.run_id.startswith(run or "")), None)
    if chosen is None:
        some = ", ".join(each.run_id for each in detail.runs[:5])
        raise NotFoundError(
            f"The strategy {detail.expr_hash} has no run {str(run)[:80]!r}; its runs are {some}."
        )
    return Found(detail, chosen)


def strategy(lab: Reader, expr_hash: str, run: str | None) -> Strategy:
    """One run in full, and what is known of its expression."""
    it = found(lab, expr_hash, run)
    detail, chosen = it.detail, it.run
    return Strategy(
        expr_hash=detail.expr_hash,
        expr=detail.expr,
        metrics=chosen.metrics,
        complexity_score=detail.complexity_score,
        created_at=chosen.created_at,
        run_id=chosen.run_id,
        dataset=chosen.dataset,
        tradable=chosen.tradable,
        ruined=chosen.ruined,
        params=chosen.spec.params,
        complexity=detail.complexity,
        fingerprint=chosen.spec.fingerprint,
        data=_data(lab, chosen),
        engine_version=chosen.spec.engine_version,
        spec=chosen.spec,
        runs=detail.runs,
        tags=detail.tags,
        note=detail.note,
        deflated=deflated_of(lab, chosen),
        deflated_sharpe=summary_of(lab, it).deflated_sharpe,
        lookahead=detail.lookahead,
        conventions=CONVENTIONS,
    )


def rerun(lab: Lab, it: Found, dataset: str | None) -> Rerun:
    """The same expression and parameters on the version in use of a data set, saved.

    DataError when that has no such price column, ExprError when it lacks a column of the
    expression; a refusal is a row of the trial ledger as any other.
    """
    spec = it.run.spec
    row = lab.workspace.dataset(dataset or it.run.dataset)
    view = View(
        folder=str(lab.workspace.folder(row)), name=row.name, price=spec.price,
        rows=lab.workspace.open_dates(row).rows, lags=lags_of(spec),
    )  # fmt: skip
    node = reread(it.expr, lab.workspace.names(row.name))
    tested = lab.backtest(view, node, spec.params, keep=True)
    expr_hash = tested.outcome.expr_hash
    made = found(lab, expr_hash, run_id(expr_hash, tested.spec))
    old, new = _data(lab, it.run), _data(lab, made.run)
    return Rerun(
        old=summary_of(lab, it),
        new=summary_of(lab, made),
        same_data=it.run.run_id == made.run.run_id,
        old_version=old.version,
        new_version=new.version,
    )


def summary_of(lab: Reader, it: Found) -> StrategySummary:
    """A run as a table shows it."""
    (found_,) = lab.store.summaries([it.run.run_id])
    return found_


def _data(lab: Reader, run: Run) -> DataOfRun:
    """Which version of which data set a run rests on, and which is in use."""
    fingerprint = run.spec.fingerprint
    versions = {row.version: row for row in lab.store.versions(run.dataset)}
    own = next((v for v, row in versions.items() if row.fingerprint == fingerprint), None)
    listed = next((row for row in lab.store.datasets() if row.name == run.dataset), None)
    return DataOfRun(
        name=run.dataset,
        version=own,
        current_version=None if listed is None else listed.version,
        is_current=listed is not None and listed.fingerprint == fingerprint,
        available=lab.workspace.folder_of(fingerprint).exists(),
    )


def curve(it: Found, lab: Reader, points: int, *, benchmark: bool) -> EquityCurve:
    """The equity curve of a run."""
    daily = daily_of(lab, it.run)
    market = aligned(lab.benchmark(it.run.spec), daily) if benchmark else None
    return _curve(it, lab, daily, market, points)


def tearsheet(it: Found, lab: Reader, points: int) -> Tearsheet:
    """All series of a run, with the benchmark while its data set is there."""
    daily = daily_of(lab, it.run)
    market = aligned(lab.benchmark(it.run.spec), daily)
    dates = daily.frame["date"].to_numpy()
    return Tearsheet(
        expr_hash=it.expr_hash,
        run_id=it.run.run_id,
        curve=_curve(it, lab, daily, market, points),
        sheet=sheet(dates, daily.net, market, EQUAL_WEIGHT, first=daily.first),
    )


def returns(it: Found, lab: Reader, *, parts: bool) -> Returns:
    """Daily net returns of a run."""
    frame = daily_of(lab, it.run).frame
    names = ("gross", "cost", "borrow", "turnover") if parts else ()
    return Returns(
        expr_hash=it.expr_hash,
        dates=tuple(frame["date"].to_list()),
        returns=tuple(frame["net"].to_list()),
        **{name: tuple(frame[name].to_list()) for name in names},
    )


def daily_of(lab: Reader, run: Run) -> Daily:
    """The daily series of a run."""
    frame = unpack_daily(lab.store.daily(run.run_id))
    trades = np.flatnonzero(frame["turnover"].to_numpy())
    return Daily(frame, frame["net"].to_numpy(), int(trades[0]) if len(trades) else None)


def _curve(it: Found, lab: Reader, daily: Daily, market: Array | None, points: int) -> EquityCurve:
    spec = it.run.spec
    return equity_curve(
        it.expr_hash, currency_of(spec.price), daily.dates, daily.net, market,
        lab.periods_of(spec.fingerprint), points, first=daily.first,
    )  # fmt: skip


def aligned(benchmark: Benchmark | None, daily: Daily) -> Array | None:
    """The returns of the benchmark on the dates of the run; None when they are not the same."""
    if benchmark is None or list(benchmark.dates) != daily.frame["date"].to_list():
        return None
    return np.array(benchmark.net)


def deflated_of(lab: Reader, run: Run, trials: int | None = None) -> Deflated | None:
    """The Sharpe ratio of a run against so many trials, all on the same data without `trials`."""
    daily = daily_of(lab, run)
    if daily.first is None:
        return None
    fingerprint = run.spec.fingerprint
    return deflated(
        daily.traded,
        lab.store.trial_sharpes(fingerprint),
        lab.store.trials_count(fingerprint) if trials is None else trials,
        lab.periods_of(fingerprint),
    )
