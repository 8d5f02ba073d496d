"""The ledger read back, what was worked out about runs, and strategies out of sight."""

# ruff: noqa: S608  # column names come from structures here; values are bound

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from engine.stats.performance import Metrics
from engine.store.clock import now
from engine.store.database import Row
from engine.store.part import check_page, rest
from engine.store.remarks import Remarks
from engine.store.rows import Kept, LedgerRow, Trial, TrialPage

T = TypeVar("T")

_TRIALS = (
    "SELECT trials.id, trials.expr_hash, expr, run_id, dataset, fingerprint, job_id, source, error,"
    " sharpe, trials.created_at FROM trials LEFT JOIN strategy_snapshots USING (expr_hash)"
)
_ENTRIES = """
SELECT dataset, fingerprint, count(*), count(DISTINCT expr_hash), count(error), max(sharpe),
  min(created_at), max(created_at)
FROM trials WHERE ?1 IS NULL OR dataset = ?1
GROUP BY dataset, fingerprint ORDER BY max(id) DESC
"""
_SOURCES = "SELECT source, count(*) FROM trials WHERE fingerprint = ? AND dataset = ? GROUP BY 1"
_MEASURED = """
SELECT DISTINCT run_id FROM (
  SELECT run_id, max(id) AS last FROM trials
  WHERE fingerprint = ? AND run_id IS NOT NULL AND source != 'lockbox'
  GROUP BY run_id ORDER BY last DESC LIMIT ?)
"""
_OF_JOB = """
SELECT runs.run_id, runs.expr_hash, complexity_score, ann_sharpe, max_dd, turnover
FROM trials JOIN runs USING (run_id) WHERE job_id = ? ORDER BY trials.id LIMIT ?
"""
_KNOWN = (
    "SELECT trials.expr_hash, trials.error, data,"
    f" {', '.join(f'runs.{name}' for name in Metrics.__struct_fields__)}"
    " FROM trials LEFT JOIN runs USING (run_id) LEFT JOIN run_daily USING (run_id)"
    " WHERE job_id = ? ORDER BY trials.id"
)


class Candidate(msgspec.Struct, frozen=True):
    """A candidate of a job that has a run."""

    run_id: str
    expr_hash: str
    complexity_score: float
    ann_sharpe: float | None
    max_dd: float | None
    turnover: float | None


class Studies(Remarks):
    """The trial ledger by data set and by row; results kept with runs; hidden strategies."""

    def ledger(self, dataset: str | None = None) -> tuple[LedgerRow, ...]:
        """All trials by data set and content, the one tried most recently first."""
        return tuple(self._entry(row) for row in self._db.rows(_ENTRIES, (dataset,)))

    def _entry(self, row: Row) -> LedgerRow:
        values = (*row, dict(self._db.rows(_SOURCES, (row[1], row[0]))))
        return LedgerRow(**dict(zip(LedgerRow.__struct_fields__, values, strict=True)))

    def trials(self, dataset: str | None = None, limit: int = 50, offset: int = 0) -> TrialPage:
        """A page of the ledger, the newest rows first."""
        check_page(limit, offset)
        where = " WHERE ?1 IS NULL OR dataset = ?1"
        rows = self._db.rows(
            f"{_TRIALS}{where} ORDER BY trials.id DESC LIMIT ?2 OFFSET ?3", (dataset, limit, offset)
        )
        found = self._db.one(f"SELECT count(*) FROM trials{where}", (dataset,))
        total = int(found[0]) if found else 0
        return TrialPage(tuple(Trial(*row) for row in rows), total, rest(offset, len(rows), total))

    def measured(self, fingerprint: str, limit: int) -> tuple[str, ...]:
        """Runs of the trials on a content that were saved, the most recent `limit` of them."""
        return tuple(run for (run,) in self._db.rows(_MEASURED, (fingerprint, limit)))

    def candidates(self, job_id: str, limit: int) -> tuple[Candidate, ...]:
        """The first `limit` candidates of a job that have a run, in the order of the ledger."""
        return tuple(Candidate(*row) for row in self._db.rows(_OF_JOB, (job_id, limit)))

    def job_of_run(self, run_id: str) -> str | None:
        """The first job that came to a run; None when none did."""
        row = self._db.one(
            "SELECT job_id FROM trials WHERE run_id = ? AND job_id IS NOT NULL ORDER BY id LIMIT 1",
            (run_id,),
        )
        return None if row is None else str(row[0])

    def dailies(self, run_ids: Iterable[str]) -> Iterator[bytes]:
        """The packed daily series of runs, in the order given; what has none is left out."""
        for run_id in run_ids:
            row = self._db.one("SELECT data FROM run_daily WHERE run_id = ?", (run_id,))
            if row is not None:
                yield bytes(row[0])

    def known(self, job_id: str) -> Iterator[Kept]:
        """What a job has committed, in the order of the ledger."""
        for expr_hash, error, data, *values in self._db.rows(_KNOWN, (job_id,)):
            if data is None:
                yield Kept(expr_hash, error, None, None)
            else:
                named = dict(zip(Metrics.__struct_fields__, values, strict=True))
                yield Kept(expr_hash, error, Metrics(**named), bytes(data))

    def chosen_runs(self, fingerprint: str, limit: int) -> tuple[str, ...]:
        """The newest runs on a content that somebody kept by hand, tagged or noted."""
        return tuple(
            run
            for (run,) in self._db.rows(
                "SELECT run_id FROM runs WHERE fingerprint = ?1 AND (run_id IN"
                " (SELECT run_id FROM trials WHERE fingerprint = ?1 AND source = 'backtest')"
                " OR expr_hash IN (SELECT expr_hash FROM tags)"
                " OR expr_hash IN (SELECT expr_hash FROM notes))"
                " AND expr_hash NOT IN (SELECT expr_hash FROM hidden)"
                " ORDER BY created_at DESC, rowid DESC LIMIT ?2",
                (fingerprint, limit),
            )
        )

    def save_study(self, run_id: str, kind: str, value: object) -> str:
        """Keep something worked out about a run in the place of what was there; when."""
        moment = now()
        text = msgspec.json.encode(value).decode()
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO studies VALUES (?, ?, ?, ?)", (run_id, kind, text, moment)
            )
        return moment

    def study(self, run_id: str, kind: str, type_: type[T]) -> tuple[T, str] | None:
        """What was worked out about a run, and when."""
        row = self._db.one(
            "SELECT json, created_at FROM studies WHERE run_id = ? AND kind = ?", (run_id, kind)
        )
        return None if row is None else (self._db.decode(row[0], type_), str(row[1]))

    def hide(self, expr_hash: str) -> None:
        """Take a saved strategy out of the lists; its runs and its trials stay."""
        with self._db.transaction():
            self._check(expr_hash)
            self._db.run("INSERT OR IGNORE INTO hidden VALUES (?, ?)", (expr_hash, now()))

    def unhide(self, expr_hash: str) -> None:
        """Put a strategy back into the lists."""
        with self._db.transaction():
            self._check(expr_hash)
            self._db.run("DELETE FROM hidden WHERE expr_hash = ?", (expr_hash,))

    def lockbox_runs(self, expr_hash: str) -> frozenset[str]:
        """The runs of a strategy that saw locked dates."""
        rows = self._db.rows(
            "SELECT run_id FROM trials WHERE source = 'lockbox' AND expr_hash = ?", (expr_hash,)
        )
        return frozenset(run for (run,) in rows)

    def openings(self, dataset: str, expr_hash: str | None = None) -> int:
        """How often the lockbox of a data set was opened, for any strategy or for one."""
        row = self._db.one(
            "SELECT count(*) FROM lockbox_openings WHERE dataset = ?1"
            " AND (?2 IS NULL OR expr_hash = ?2)",
            (dataset, expr_hash),
        )
        return int(row[0]) if row else 0
