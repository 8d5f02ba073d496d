"""A search whose processes are killed or told to stop, and the same command again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
N = 40
WORDS = ("train", "--n", str(N), "--seed", "7", "--max-depth", "3")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def start(folder: Path, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "launcher.py"), *WORDS, "--workers", str(workers)]
    return subprocess.Popen(
        [*command, "--workspace", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def contents(folder: Path) -> dict[str, tuple]:
    """Everything the search left behind, by hash, and that it is whole."""
    with Workspace(folder, write=False) as space:
        assert space.store.integrity() == []
        (job,) = space.store.jobs().items
        assert (job.status, job.processed, job.total) == ("done", N, N)
        events = space.store.events(job.job_id)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert space.store.trials_count(space.dataset().fingerprint) == N
        return {
            item.expr_hash: (item.expr, item.metrics, item.run_id, space.store.daily(item.run_id))
            for item in space.store.strategies(limit=N).items
        }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "space"
    with start(folder, 1) as process:
        assert process.wait(60) == 0
    return contents(folder)


def committed(folder: Path) -> int:
    with contextlib.suppress(Exception), Workspace(folder, write=False) as space:
        return sum(job.processed for job in space.store.jobs().items)
    return 0


def children(pid: int) -> list[int]:
    """The engine process of the program; multiprocessing has a helper beside it."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                found.append(int(child))
    return found


def half_way(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait until something is committed; then there is something to lose and something to do."""
    patience = time.monotonic() + 30
    while committed(folder) == 0 and process.poll() is None and time.monotonic() < patience:
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("number", "workers", "code"),
    [
        (signal.SIGKILL, 1, -signal.SIGKILL),
        (signal.SIGKILL, 2, -signal.SIGKILL),
        (signal.SIGTERM, 1, 130),
        (signal.SIGINT, 2, 130),
    ],
)
def test_a_search_that_was_ended_goes_on_to_the_same_bytes(
    tmp_path, undisturbed, number, workers, code
):
    folder = tmp_path / "space"
    with start(folder, workers) as process:
        half_way(process, folder)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    done = committed(folder)
    if process.returncode == 0:
        pytest.skip("the search was done before the signal came")
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    if code == 130:
        assert err.endswith(
            "The job was cancelled; what was done is kept, and the same command goes on.\n"
        )
    with start(folder, workers) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert int(re.search(r"Going on with job_\w+: (\d+) candidates? done\.", err)[1]) == done
    assert contents(folder) == undisturbed


@pytest.mark.skipif(sys.platform != "linux", reason="finds the engine process in /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_search_outlives_its_engine_process(tmp_path, undisturbed, workers):
    folder = tmp_path / "space"
    with start(folder, workers) as process:
        half_way(process, folder)
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        late = committed(folder) == N
        _, err = process.communicate(timeout=60)
    if late:
        pytest.skip("the search was done before the signal came")
    assert process.returncode == 0, err
    assert "The engine process died (exit code -9); it is started again" in err
    assert contents(folder) == undisturbed
