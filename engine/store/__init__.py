"""The store: everything a workspace remembers, in one SQLite file that only this package writes."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from engine.store.catalog import Catalog
from engine.store.database import Database
from engine.store.jobs import JobTable
from engine.store.ledger import Ledger
from engine.store.ranking import ORDERS
from engine.store.rows import (
    DatasetRow,
    Event,
    Job,
    JobPage,
    LedgerRow,
    Run,
    Source,
    Status,
    StrategyDetail,
    StrategyPage,
    StrategySummary,
    Trial,
    TrialPage,
)
from engine.store.strategies import StrategyTable
from engine.store.studies import Studies

__all__ = [
    "ORDERS",
    "DatasetRow",
    "Event",
    "Job",
    "JobPage",
    "LedgerRow",
    "Run",
    "Source",
    "Status",
    "Store",
    "StrategyDetail",
    "StrategyPage",
    "StrategySummary",
    "Trial",
    "TrialPage",
]


class Store(JobTable, Ledger, StrategyTable, Studies, Catalog):
    """Jobs, results, the trial ledger, data sets and settings of one workspace.

    A writer commits durably before it returns. Any number of readers may look on meanwhile.
    """

    @classmethod
    def open(cls, path: Path, *, write: bool) -> Self:
        """The store in the file at `path`; StoreError when it cannot be used.

        With `write` a missing file is created and an older one brought up to date, after a backup.
        """
        return cls(Database(path, write=write))

    def integrity(self) -> list[str]:
        """Every fault found in the file; empty when it is whole."""
        return self._db.integrity()

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
