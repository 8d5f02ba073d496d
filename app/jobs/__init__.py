"""Training jobs: created, run in an engine process, committed, resumed."""

from __future__ import annotations

from app.jobs.running import Stop, run
from app.jobs.starting import start_train

__all__ = ["Stop", "run", "start_train"]
