"""Outcomes, specs and jobs for the tests of the store."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import msgspec

from engine.book import BookParams
from engine.dsl.complexity import Complexity
from engine.stats.performance import Metrics
from engine.store import Job, Store
from engine.strategy import Outcome, RunSpec

FINGERPRINT = "f" * 64


def spec(**params: object) -> RunSpec:
    return RunSpec(
        fingerprint=FINGERPRINT,
        price="c_sek",
        last_date=dt.date(2020, 12, 31),
        lags={},
        params=BookParams(**params),
    )


def complexity(score: float = 3.0) -> Complexity:
    parts = {f.name: 0 for f in msgspec.structs.fields(Complexity) if f.required}
    return msgspec.convert(parts | {"score": score}, type=Complexity, strict=False)


def metrics(**values: float | None) -> Metrics:
    parts = {f.name: None for f in msgspec.structs.fields(Metrics)}
    return Metrics(**parts | values)


def hash_of(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:12]


def outcome(name: object, sharpe: float | None = 1.0, score: float = 3.0) -> Outcome:
    return Outcome(
        expr_hash=hash_of(name),
        expr=f'lag(feat("c_sek"), {name})',
        complexity=complexity(score),
        metrics=metrics(ann_sharpe=sharpe, ann_return=0.1, max_dd=-0.2),
        daily=f"daily series of {name}".encode(),
    )


def failed(name: object, reason: str = "It has no value.") -> Outcome:
    return Outcome(
        expr_hash=hash_of(name), expr=f"log({name})", complexity=complexity(), error=reason
    )


def job(**fields: object) -> Job:
    return Job(**{"type": "train", "status": "running", "total": 4, "boot_id": "here"} | fields)


def opened(folder: Path) -> Store:
    return Store.open(folder / "runs.sqlite", write=True)
