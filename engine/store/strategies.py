"""Saved runs, sorted and paged in the database."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from engine.dsl.complexity import Complexity
from engine.errors import NotFoundError, ParamError
from engine.stats.performance import Metrics
from engine.store.database import Database, Row
from engine.store.filters import parse
from engine.store.part import check_page, rest
from engine.store.ranking import Wanted
from engine.store.remarks import Remarks
from engine.store.rows import Run, StrategyDetail, StrategyPage, StrategySummary
from engine.strategy import RunSpec

_METRICS = ", ".join(f"runs.{name}" for name in Metrics.__struct_fields__)
_SUMMARY = (
    "SELECT runs.rowid, runs.expr_hash, expr, runs.complexity_score, runs.created_at, run_id,"
    f" dataset, tradable, ruined, spec_json, {_METRICS}"
    " FROM runs JOIN strategy_snapshots USING (expr_hash)"
    " WHERE runs.rowid IN (SELECT value FROM json_each(?))"
)
_RUNS = (
    f"SELECT run_id, dataset, spec_json, tradable, ruined, created_at, {_METRICS}"
    " FROM runs WHERE expr_hash = ? ORDER BY created_at DESC, rowid DESC"
)


class StrategyTable(Remarks):
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
        filter: str | None = None,  # noqa: A002  # the word its users know
    ) -> StrategyPage:
        """A page of saved runs, missing values last whatever the order.

        `order` is one or more names of `ORDERS` separated by commas, "-" in front descends. `q`
        keeps expressions that contain it, or whose hash starts with it, `filter` what the grammar
        of `filters` says. ParamError for an unknown name or a page outside its bounds,
        FilterError for a wrong filter.
        """
        check_page(limit, offset)
        wanted = Wanted(dataset, q, job_id, parse(filter or ""))
        found = self._ranking.rowids(order, wanted)
        places = found[offset : offset + limit].tolist()
        items = self._at(places)
        return StrategyPage(items, len(found), rest(offset, len(items), len(found)))

    def _at(self, places: list[int]) -> tuple[StrategySummary, ...]:
        """The runs with these row numbers, in their order."""
        rows = self._db.rows(_SUMMARY, (msgspec.json.encode(places).decode(),))
        deflated = self._ranking.deflated(places)
        by_place = {row[0]: _summary(self._db, row[1:], deflated[row[0]]) for row in rows}
        return tuple(by_place[place] for place in places)

    def summaries(self, run_ids: Iterable[str]) -> tuple[StrategySummary, ...]:
        """Runs as a table shows them, in the order given; what is no saved run is left out."""
        text = msgspec.json.encode(list(run_ids)).decode()
        places = self._db.rows(
            "SELECT runs.rowid FROM json_each(?) JOIN runs ON run_id = value ORDER BY key", (text,)
        )
        return self._at([place for (place,) in places])

    def columns(
        self, names: Iterable[str], dataset: str | None = None
    ) -> dict[str, list[float | None]]:
        """Metrics and complexity scores of all runs, or of those on a data set, the oldest first.

        ParamError for a name that is none of a number.
        """
        figures = self._ranking.figures(names, dataset)
        return {
            name: [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  # NaN
            for name, values in figures.items()
        }

    def counts_by_dataset(self) -> dict[str, int]:
        """How many runs are saved of each data set that has some."""
        return dict(self._db.rows("SELECT dataset, count(*) FROM runs GROUP BY dataset"))

    def counts_by_content(self, dataset: str) -> dict[str, int]:
        """How many runs are saved of each content (fingerprint) of a data set."""
        return dict(
            self._db.rows(
                "SELECT fingerprint, count(*) FROM runs WHERE dataset = ? GROUP BY fingerprint",
                (dataset,),
            )
        )

    def warm(self) -> None:
        """Read what pages are sorted and filtered by, so that the first one is as fast as any."""
        self._ranking.warm()

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
            tags=self._tags_of(expr_hash),
            note=self._note_of(expr_hash),
            lookahead=self._certificate_of(expr_hash),
        )

    def daily(self, run_id: str) -> bytes:
        """The daily series of a run as they were packed; NotFoundError when there are none."""
        row = self._db.one("SELECT data FROM run_daily WHERE run_id = ?", (run_id,))
        if row is None:
            raise NotFoundError(f"There is no saved run {run_id!r}.")
        return bytes(row[0])

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
                f"There is no saved strategy {prefix!r}; the list of strategies has them all."
            )
        if len(rows) > 1:
            some = ", ".join(hash_ for (hash_,) in rows[:3]) + (", ..." if len(rows) > 3 else "")
            raise ParamError(
                f"{prefix!r} is the start of several hashes ({some}): type more of it."
            )
        return str(rows[0][0])


def _summary(db: Database, row: Row, deflated: float | None) -> StrategySummary:
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
        deflated_sharpe=deflated,
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
