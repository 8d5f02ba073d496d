"""Results and the trial ledger: written together or not at all."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.stats.performance import Metrics
from engine.store import jobs
from engine.store.clock import now
from engine.store.part import Part
from engine.store.rows import Source
from engine.strategy import Outcome, RunSpec, run_id

_RUN_COLUMNS = (
    "run_id",
    "expr_hash",
    "dataset",
    "fingerprint",
    "spec_json",
    "engine_version",
    "created_at",
    "complexity_score",
    "tradable",
    "ruined",
    *Metrics.__struct_fields__,
)
_SNAPSHOT = "INSERT OR IGNORE INTO strategy_snapshots VALUES (?, ?, ?, ?, ?)"
_RUN = (
    f"INSERT OR IGNORE INTO runs ({', '.join(_RUN_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_RUN_COLUMNS))})"
)
_TRIAL = (
    "INSERT INTO trials (expr_hash, run_id, dataset, fingerprint, job_id, source, error, sharpe,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Ledger(Part):
    """What was tried and what it came to; nothing here is ever removed."""

    def record(
        self,
        job_id: str | None,
        dataset: str,
        spec: RunSpec,
        outcomes: Sequence[Outcome],
        events: Sequence[tuple[str, bytes]] = (),
        *,
        source: Source,
        keep: bool = True,
    ) -> int:
        """Commit a batch: ledger rows, saved runs, events and the job's progress, all or nothing.

        The answer is the `seq` of its last event, 0 without events.

        An outcome the job has committed before is left out, so a batch may be recorded again.
        Without `keep` only the ledger row is written, not the run. Events need a job.
        """
        assert job_id is not None or not events
        with self._db.transaction():
            for outcome in outcomes:
                if not self._committed(job_id, outcome.expr_hash):
                    self._save(job_id, dataset, spec, outcome, source, keep=keep)
            if job_id is None:
                return 0
            last = jobs.append(self._db, job_id, events)
            jobs.count_up(self._db, job_id)
            return last if events else 0

    def note_trial(
        self,
        digest: str,
        dataset: str,
        spec: RunSpec,
        *,
        source: Source,
        sharpe: float | None = None,
        error: str | None = None,
    ) -> None:
        """One ledger row for something tried that is no expression, named by a digest of it."""
        with self._db.transaction():
            row = (digest, None, dataset, spec.fingerprint, None, source, error, sharpe, now())
            self._db.run(_TRIAL, row)

    def trials_count(self, fingerprint: str | None = None) -> int:
        """Rows of the ledger, all or those of the data set with that fingerprint."""
        row = (
            self._db.one("SELECT count(*) FROM trials")
            if fingerprint is None
            else self._db.one("SELECT count(*) FROM trials WHERE fingerprint = ?", (fingerprint,))
        )
        assert row is not None
        return int(row[0])

    def backtests(self, fingerprint: str | None = None) -> tuple[int, int]:
        """Trials that somebody asked for one by one, and how many of those were saved."""
        row = self._db.one(
            "SELECT count(*), count(run_id) FROM trials WHERE source != 'train'"
            " AND (?1 IS NULL OR fingerprint = ?1)",
            (fingerprint,),
        )
        assert row is not None
        return int(row[0]), int(row[1])

    def trial_sharpes(self, fingerprint: str) -> tuple[float, ...]:
        """Sharpe ratios of all trials on the data set with that fingerprint that have one."""
        return tuple(self._ranking.trial_sharpes(fingerprint).tolist())

    def sharpes(self, job_id: str) -> tuple[float, ...]:
        """Sharpe ratios of all trials of a job that have one."""
        rows = self._db.rows(
            "SELECT sharpe FROM trials WHERE job_id = ? AND sharpe IS NOT NULL ORDER BY id",
            (job_id,),
        )
        return tuple(sharpe for (sharpe,) in rows)

    def open_lockbox(self, expr_hash: str, dataset: str) -> int:
        """Write down that the lockbox of a data set was opened; how often it was so far."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO lockbox_openings (expr_hash, dataset, created_at) VALUES (?, ?, ?)",
                (expr_hash, dataset, now()),
            )
            return self.lockbox_openings(dataset)

    def lockbox_openings(self, dataset: str) -> int:
        """How often the lockbox of a data set was opened."""
        row = self._db.one("SELECT count(*) FROM lockbox_openings WHERE dataset = ?", (dataset,))
        assert row is not None
        return int(row[0])

    def _committed(self, job_id: str | None, expr_hash: str) -> bool:
        if job_id is None:
            return False
        found = self._db.one(
            "SELECT 1 FROM trials WHERE job_id = ? AND expr_hash = ?", (job_id, expr_hash)
        )
        return found is not None

    def _save(
        self,
        job_id: str | None,
        dataset: str,
        spec: RunSpec,
        outcome: Outcome,
        source: Source,
        *,
        keep: bool,
    ) -> None:
        moment = now()
        self._save_snapshot(outcome, moment)
        saved = None
        if keep and outcome.metrics is not None:
            saved = self._save_run(dataset, spec, outcome, outcome.metrics, moment)
        self._db.run(
            _TRIAL,
            (
                outcome.expr_hash, saved, dataset, spec.fingerprint, job_id, source,
                outcome.error, outcome.sharpe, moment,
            ),
        )  # fmt: skip

    def _save_snapshot(self, outcome: Outcome, moment: str) -> None:
        parts = msgspec.json.encode(outcome.complexity).decode()
        self._db.run(
            _SNAPSHOT,
            (outcome.expr_hash, outcome.expr, moment, float(outcome.complexity.score), parts),
        )

    def _save_run(
        self, dataset: str, spec: RunSpec, outcome: Outcome, metrics: Metrics, moment: str
    ) -> str:
        identity = run_id(outcome.expr_hash, spec)
        new = self._db.run(
            _RUN,
            (
                identity, outcome.expr_hash, dataset, spec.fingerprint,
                msgspec.json.encode(spec, order="sorted").decode(), spec.engine_version, moment,
                float(outcome.complexity.score), int(outcome.tradable), int(outcome.ruined),
                *msgspec.structs.astuple(metrics),
            ),
        )  # fmt: skip
        if new:
            self._db.run("INSERT INTO run_daily VALUES (?, ?)", (identity, outcome.daily or b""))
        return identity
