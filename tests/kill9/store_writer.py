"""Kills a writer of the store over and over and looks at what is left.

Run as `python -m tests.kill9.store_writer FOLDER KILLS`; prints one JSON object. A child saves
batches and acknowledges each after its commit; the parent kills it at a random moment, opens the
file again and compares.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from random import Random

import msgspec

from engine.store import Store
from tests.engine.store_samples import job, outcome, spec

SERIES = os.urandom(20_000)


def write(path: Path, acknowledge: int, start: int) -> None:
    with Store.open(path, write=True) as store:
        number = start
        while True:
            made = store.create_job(job(total=60))
            while number % 60 < 57:
                batch = [
                    msgspec.structs.replace(outcome(number + i), daily=SERIES) for i in range(3)
                ]
                events = [("result", b"{}")] * 3
                store.record(made.job_id, "fx", spec(), batch, events, source="train")
                lines = [f"{made.job_id} {one.expr_hash}\n" for one in batch]
                os.write(acknowledge, "".join(lines).encode())
                number += 3
            store.update_job(made.job_id, status="done")
            number += 3


def killed_writer(path: Path, start: int, delay: float) -> list[list[str]]:
    """What a writer acknowledged before it was killed `delay` seconds after its first line."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            write(path, writing, start)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.readline()
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = (first + pipe.read()).decode().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def faults(store: Store, acknowledged: dict[str, set[str]]) -> list[str]:
    """Everything that is not as promised."""
    found = store.integrity()
    for job_id, hashes in acknowledged.items():
        if not hashes <= store.job_hashes(job_id):
            found.append(f"{job_id} lost {len(hashes - store.job_hashes(job_id))} results")
    for one in store.jobs(limit=1000).items:
        count = len(store.job_hashes(one.job_id))
        if one.processed != count or one.progress != one.processed / 60:
            found.append(f"{one.job_id} says {one.processed}, has {count}")
        events = count + (one.status == "interrupted")
        if [e.seq for e in store.events(one.job_id)] != list(range(1, events + 1)):
            found.append(f"{one.job_id} has holes in its events")
    sizes = store._db.rows("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM run_daily)")
    if sizes[0][0] != sizes[0][1]:
        found.append(f"{sizes[0][0]} runs have {sizes[0][1]} series")
    return found


def main(folder: Path, kills: int) -> dict[str, object]:
    random, path = Random(kills), folder / "runs.sqlite"
    acknowledged: dict[str, set[str]] = {}
    found: list[str] = []
    slowest = 0.0
    for round_ in range(kills):
        for job_id, hash_ in killed_writer(path, round_ * 60_000, random.expovariate(1 / 0.03)):
            acknowledged.setdefault(job_id, set()).add(hash_)
        begun = time.perf_counter()
        with Store.open(path, write=True) as store:
            slowest = max(slowest, time.perf_counter() - begun)
            found += faults(store, acknowledged)
            store.interrupt_stale("after")
            found += [one.job_id for one in store.jobs("running").items]
    count = sum(len(hashes) for hashes in acknowledged.values())
    return {"kills": kills, "acknowledged": count, "faults": found, "slowest_open_s": slowest}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
