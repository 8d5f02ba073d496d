"""Jobs and their events."""

# ruff: noqa: S608  # column names come from structures and tables here; values are bound

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.errors import NotFoundError, ParamError
from engine.store.clock import now, utc_now
from engine.store.database import Database, Row
from engine.store.part import Part, check_page, rest
from engine.store.rows import Event, Job, JobPage

_NAMES = {"job_id": "id", "params": "params_json"}
_COLUMNS = ", ".join(_NAMES.get(f, f) for f in Job.__struct_fields__)
_EVENTS = "SELECT job_id, seq, type, json, ts FROM events WHERE job_id = ?"
_SETTABLE = frozenset(
    {"status", "started_at", "finished_at", "message", "total", "boot_id", "attempt", "workers"}
)
_PROGRESS = """
UPDATE jobs SET
  processed = (SELECT count(*) FROM trials WHERE job_id = ?1),
  latest_sharpe = (SELECT sharpe FROM trials WHERE job_id = ?1 AND sharpe IS NOT NULL
                   ORDER BY id DESC LIMIT 1)
WHERE id = ?1
"""
_SHARE = """
UPDATE jobs SET progress = CASE WHEN total > 0 THEN min(1.0, 1.0 * processed / total) ELSE 0.0 END
WHERE id = ?1
"""


class JobTable(Part):
    """Jobs: created, updated, found again after a crash."""

    def create_job(self, job: Job, key: str | None = None) -> Job:
        """Save a new job, with a fresh `job_id` and `created_at` where those are empty.

        `key` is a name its creator chose: the second time it is given the first job comes back.
        """
        with self._db.transaction():
            made = self.job_of_key(key) if key is not None else None
            if made is not None:
                return made
            values = msgspec.structs.asdict(job) | {
                "job_id": job.job_id or self._free_id(),
                "created_at": job.created_at or now(),
                "params": _text(job.params),
            }
            marks = ", ".join("?" * len(values))
            self._db.run(
                f"INSERT INTO jobs ({_COLUMNS}, request_key) VALUES ({marks}, ?)",
                (*values.values(), key),
            )
            return self.job(values["job_id"])

    def job_of_key(self, key: str) -> Job | None:
        """The job that was created under that key."""
        row = self._db.one(f"SELECT {_COLUMNS} FROM jobs WHERE request_key = ?", (key,))
        return _job(self._db, row) if row else None

    def job(self, job_id: str) -> Job:
        """The job; NotFoundError when there is none of that id."""
        row = self._db.one(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise NotFoundError(f"There is no job {job_id!r}; the list of jobs has them all.")
        return _job(self._db, row)

    def jobs(self, status: str | None = None, limit: int = 50, offset: int = 0) -> JobPage:
        """A page of jobs, the newest first, of one status when it is given."""
        check_page(limit, offset)
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM jobs WHERE ?1 IS NULL OR status = ?1"
            " ORDER BY created_at DESC, rowid DESC LIMIT ?2 OFFSET ?3",
            (status, limit, offset),
        )
        found = self._db.one("SELECT count(*) FROM jobs WHERE ?1 IS NULL OR status = ?1", (status,))
        total = int(found[0]) if found else 0
        items = tuple(_job(self._db, row) for row in rows)
        return JobPage(items, total, rest(offset, len(rows), total))

    def update_job(self, job_id: str, **fields: str | int | None) -> Job:
        """Change what a job says of itself; what is counted cannot be set."""
        wrong = fields.keys() - _SETTABLE
        if wrong:
            raise ParamError(f"The field {min(wrong)!r} of a job cannot be set.")
        settings = ", ".join(f"{name} = ?" for name in fields)
        with self._db.transaction():
            changed = self._db.run(
                f"UPDATE jobs SET {settings} WHERE id = ?",
                (*fields.values(), job_id),
            )
            if changed:
                self._db.run(_SHARE, (job_id,))
        return self.job(job_id)

    def interrupt_stale(self, boot_id: str) -> tuple[str, ...]:
        """Mark every running or queued job of another boot interrupted; their ids."""
        with self._db.transaction():
            rows = self._db.rows(
                "SELECT id FROM jobs WHERE status IN ('running', 'queued')"
                " AND boot_id IS NOT ? ORDER BY created_at, rowid",
                (boot_id,),
            )
            for (job_id,) in rows:
                moment = now()
                self.update_job(
                    job_id,
                    status="interrupted",
                    finished_at=moment,
                    message="Kvant stopped before the job was done; it can be resumed.",
                )
                event = {"type": "status", "job_id": job_id, "timestamp": moment}
                body = msgspec.json.encode(event | {"status": "interrupted"})
                append(self._db, job_id, [("status", body)])
        return tuple(job_id for (job_id,) in rows)

    def resumable(self, type_: str, params: Mapping[str, Any]) -> Job | None:
        """The newest job of that type with exactly these parameters that did not get done."""
        row = self._db.one(
            f"SELECT {_COLUMNS} FROM jobs WHERE status != 'done' AND type = ?"
            " AND params_json = ? ORDER BY created_at DESC, rowid DESC LIMIT 1",
            (type_, _text(params)),
        )
        return _job(self._db, row) if row else None

    def job_hashes(self, job_id: str) -> frozenset[str]:
        """Expression hashes of the candidates the job has committed."""
        rows = self._db.rows("SELECT expr_hash FROM trials WHERE job_id = ?", (job_id,))
        return frozenset(hash_ for (hash_,) in rows)

    def append_events(self, job_id: str, events: Iterable[tuple[str, bytes]]) -> int:
        """Save events (type, JSON object) of a job; the `seq` of the last one."""
        with self._db.transaction():
            return append(self._db, job_id, events)

    def events(self, job_id: str, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a job with `seq` above `after`, in order."""
        rows = self._db.rows(f"{_EVENTS} AND seq > ? ORDER BY seq LIMIT ?", (job_id, after, limit))
        return tuple(_event(row) for row in rows)

    def tail(self, job_id: str, limit: int = 200) -> tuple[Event, ...]:
        """The last events of a job, in order."""
        rows = self._db.rows(f"{_EVENTS} ORDER BY seq DESC LIMIT ?", (job_id, limit))
        return tuple(_event(row) for row in reversed(rows))

    def last_seq(self, job_id: str) -> int:
        """The `seq` of the last event of a job, 0 when it has none."""
        return _last_seq(self._db, job_id)

    def _free_id(self) -> str:
        while True:
            job_id = f"job_{utc_now():%Y%m%d}_{secrets.token_hex(3)}"
            if self._db.one("SELECT 1 FROM jobs WHERE id = ?", (job_id,)) is None:
                return job_id


def append(db: Database, job_id: str, events: Iterable[tuple[str, bytes]]) -> int:
    """Add events to a job inside a transaction, numbered on from the last one; the last number."""
    seq, moment = _last_seq(db, job_id), now()
    for kind, body in events:
        seq += 1
        db.run(
            "INSERT INTO events (job_id, seq, type, json, ts) VALUES (?, ?, ?, ?, ?)",
            (job_id, seq, kind, body.decode(), moment),
        )
    db.run("UPDATE jobs SET last_event_ts = ? WHERE id = ?", (moment, job_id))
    return seq


def count_up(db: Database, job_id: str) -> None:
    """Bring what a job counts in line with its rows of the ledger, inside a transaction."""
    db.run(_PROGRESS, (job_id,))
    db.run(_SHARE, (job_id,))


def _last_seq(db: Database, job_id: str) -> int:
    row = db.one("SELECT coalesce(max(seq), 0) FROM events WHERE job_id = ?", (job_id,))
    return int(row[0]) if row else 0


def _text(params: Mapping[str, Any]) -> str:
    """Parameters as they are compared: equal ones give equal text."""
    return msgspec.json.encode(params, order="sorted").decode()


def _job(db: Database, row: Row) -> Job:
    values = dict(zip(Job.__struct_fields__, row, strict=True))
    return Job(**values | {"params": db.decode(values["params"], dict[str, Any])})


def _event(row: Row) -> Event:
    job_id, seq, kind, text, moment = row
    return Event(job_id, seq, kind, text.encode(), moment)
