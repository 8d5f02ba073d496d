"""Saved runs, sorted and paged in the database."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

import re
from typing import Any

from engine.dsl.complexity import Complexity
from engine.errors import NotFoundError, ParamError, nearest
from engine.stats.performance import Metrics
from engine.store.database import Database, Row
from engine.store.part import Part, check_page
from engine.store.rows import Run, StrategyDetail, StrategyPage, StrategySummary
from engine.strategy import RunSpec

ORDERS = (*Metrics.__struct_fields__, "complexity_score", "created_at")
"""What strategies can be sorted by."""

_METRICS = ", ".join(f"runs.{name}" for name in Metrics.__struct_fields__)
_SUMMARY = (
    "SELECT runs.expr_hash, expr, runs.complexity_score, runs.created_at, run_id, dataset,"
    f" tradable, ruined, spec_json, {_METRICS}"
    # only row numbers are sorted, not rows: a late page costs little more than the first
    " FROM (SELECT rowid AS place FROM runs{where} ORDER BY {order} LIMIT ? OFFSET ?)"
    " JOIN runs ON runs.rowid = place JOIN strategy_snapshots USING (expr_hash)"
    " ORDER BY {order}"
)
_RUNS = (
    f"SELECT run_id, dataset, spec_json, tradable, ruined, created_at, {_METRICS}"
    " FROM runs WHERE expr_hash = ? ORDER BY created_at DESC, rowid DESC"
)


class StrategyTable(Part):
    """Strategies: listed, looked up by the start of their hash."""

    def strategies(
        self,
        limit: int = 50,
        offset: int = 0,
        order: str = "-ann_sharpe",
        *,
        dataset: str | None = None,
        q: str | None = None,
        job_id: str | None = None,
    ) -> StrategyPage:
        """A page of saved runs, missing values last whatever the order.

        `order` is one or more names of `ORDERS` separated by commas, "-" in front descends. `q`
        keeps expressions that contain it, or whose hash starts with it. ParamError for an unknown
        name or a page outside its bounds.
        """
        check_page(limit, offset)
        sorting = _order_by(order)
        where, params = _where(dataset, q, job_id)
        query = _SUMMARY.format(where=where, order=sorting)
        rows = self._db.rows(query, (*params, limit, offset))
        total = self._total(where, params)
        end = offset + len(rows)
        items = tuple(_summary(self._db, row) for row in rows)
        return StrategyPage(items, total, end if rows and end < total else None)

    def strategy(self, prefix: str) -> StrategyDetail:
        """The saved strategy whose hash starts with `prefix`.

        NotFoundError when there is none, ParamError when there are several or it is no hash.
        """
        expr_hash = self._only(prefix.strip().lower())
        row = self._db.one(
            "SELECT expr_hash, expr, complexity_json, complexity_score, created_at"
            " FROM strategy_snapshots WHERE expr_hash = ?",
            (expr_hash,),
        )
        assert row is not None
        return StrategyDetail(
            expr_hash=row[0],
            expr=row[1],
            complexity=self._db.decode(row[2], Complexity),
            complexity_score=row[3],
            created_at=row[4],
            runs=tuple(_run(self._db, found) for found in self._db.rows(_RUNS, (expr_hash,))),
        )

    def daily(self, run_id: str) -> bytes:
        """The daily series of a run as they were packed; NotFoundError when there are none."""
        row = self._db.one("SELECT data FROM run_daily WHERE run_id = ?", (run_id,))
        if row is None:
            raise NotFoundError(f"There is no saved run {run_id!r}.")
        return bytes(row[0])

    def _total(self, where: str, params: list[Any]) -> int:
        row = self._db.one(f"SELECT count(*) FROM runs{where}", params)
        assert row is not None
        return int(row[0])

    def _only(self, prefix: str) -> str:
        if not re.fullmatch("[0-9a-f]{1,64}", prefix):
            raise ParamError(f"{prefix[:80]!r} is not a strategy's hash: use its hex digits.")
        rows = self._db.rows(
            "SELECT DISTINCT expr_hash FROM runs WHERE expr_hash >= ?1 AND expr_hash < ?1 || 'g'"
            " ORDER BY expr_hash LIMIT 4",
            (prefix,),
        )
        if not rows:
            raise NotFoundError(
                f"There is no saved strategy {prefix!r}. See kvant strategies for the list."
            )
        if len(rows) > 1:
            some = ", ".join(hash_ for (hash_,) in rows[:3]) + (", ..." if len(rows) > 3 else "")
            raise ParamError(
                f"{prefix!r} is the start of several hashes ({some}): type more of it."
            )
        return str(rows[0][0])


def _order_by(order: str) -> str:
    """An ORDER BY clause made of known column names only."""
    keys = []
    for key in order.split(","):
        name = key.strip().removeprefix("-")
        if name not in ORDERS:
            raise ParamError(_unknown_order(name))
        keys.append(f"runs.{name} {'DESC' if key.strip().startswith('-') else 'ASC'} NULLS LAST")
    last = "DESC" if "DESC" in keys[-1] else "ASC"
    return ", ".join((*keys, f"runs.rowid {last}"))


def _unknown_order(name: str) -> str:
    near = nearest(name, ORDERS)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose one of {', '.join(ORDERS)}."
    return f"Strategies cannot be sorted by {name[:80]!r}. {hint}"


def _where(dataset: str | None, q: str | None, job_id: str | None) -> tuple[str, list[Any]]:
    clauses: list[str] = []
    params: list[Any] = []
    if dataset is not None:
        clauses.append("runs.dataset = ?")
        params.append(dataset)
    if q:
        clauses.append(
            "runs.expr_hash IN (SELECT expr_hash FROM strategy_snapshots"
            " WHERE instr(lower(expr), lower(?)) > 0 OR instr(expr_hash, lower(?)) = 1)"
        )
        params += [q, q]
    if job_id is not None:
        clauses.append("runs.run_id IN (SELECT run_id FROM trials WHERE job_id = ?)")
        params.append(job_id)
    return (f" WHERE {' AND '.join(clauses)}" if clauses else ""), params


def _summary(db: Database, row: Row) -> StrategySummary:
    expr_hash, expr, score, created, identity, dataset, tradable, ruined, spec, *metrics = row
    return StrategySummary(
        expr_hash=expr_hash,
        expr=expr,
        metrics=_metrics(metrics),
        complexity_score=score,
        created_at=created,
        run_id=identity,
        dataset=dataset,
        tradable=bool(tradable),
        ruined=bool(ruined),
        params=db.decode(spec, RunSpec).params,
    )


def _run(db: Database, row: Row) -> Run:
    identity, dataset, spec, tradable, ruined, created, *metrics = row
    return Run(
        run_id=identity,
        dataset=dataset,
        spec=db.decode(spec, RunSpec),
        metrics=_metrics(metrics),
        tradable=bool(tradable),
        ruined=bool(ruined),
        created_at=created,
    )


def _metrics(values: list[Any]) -> Metrics:
    return Metrics(**dict(zip(Metrics.__struct_fields__, values, strict=True)))
