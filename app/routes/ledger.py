"""The trial ledger, the lockbox, and what a search as a whole is worth."""

from __future__ import annotations

from litestar import get, post
from litestar.params import JSONBody

from app import lockbox as boxes
from app import results, searches
from app.routes.given import Limit, Offset, Text, TheLab, Word
from app.schemas.research import JobOverfitting, LedgerPage, Lockbox, LockboxRequest, Opened
from engine.store import TrialPage


@get("/api/ledger", sync_to_thread=True, operation_id="ledger")
def ledger(lab: TheLab, dataset: Text = None) -> LedgerPage:
    """All trials by data set: everything ever evaluated, saved or not, refused or not."""
    return searches.ledger(lab, dataset)


@get("/api/ledger/trials", sync_to_thread=True, operation_id="trials")
def trials(lab: TheLab, dataset: Text = None, limit: Limit = 50, offset: Offset = 0) -> TrialPage:
    """Rows of the trial ledger, the newest first."""
    return lab.store.trials(dataset, limit, offset)


@get("/api/lockbox", sync_to_thread=True, operation_id="lockbox")
def lockbox(lab: TheLab, dataset: Text = None) -> Lockbox:
    """The lockbox of a data set, and how often it was opened."""
    return boxes.lockbox_of(lab, lab.workspace.dataset(dataset))


@post("/api/lockbox/open", status_code=200, sync_to_thread=True, operation_id="open_lockbox")
def open_lockbox(lab: TheLab, data: JSONBody[LockboxRequest]) -> Opened:
    """Run one strategy on the locked dates. It is written down for good before it is run."""
    return boxes.open_lockbox(lab, results.found(lab, data.hash, data.run))


@get("/api/jobs/{job_id:str}/overfitting", sync_to_thread=True, operation_id="job_overfitting")
def job_overfitting(lab: TheLab, job_id: Word) -> JobOverfitting:
    """What a search as a whole is worth: PBO, walk-forward of the choice, in and out of sample."""
    return searches.overfitting(lab, job_id)


ROUTES = [ledger, trials, lockbox, open_lockbox, job_overfitting]
