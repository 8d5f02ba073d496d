"""Training jobs: durable, resumable, the same whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from app import jobs, messages, orders, supervisor
from app.events import JobEvent, ProgressEvent, ResultEvent, SummaryEvent, kept
from app.schemas import TrainRequest
from engine.errors import CancelledError, DataError, EngineError, StoreError
from engine.store import Store
from engine.train import TrainParams
from engine.workspace import Workspace

N = 40
REQUEST = TrainRequest(n=N, seed=5, workers=1, max_depth=3, params=TrainParams(cap=0.1))
BRED = TrainRequest(n=N, seed=11, method="evolve", population=8)


def contents(space: Workspace) -> dict[str, tuple]:
    """Everything a job leaves behind, by hash."""
    page = space.store.strategies(limit=500)
    return {
        item.expr_hash: (item.expr, item.metrics, item.run_id, space.store.daily(item.run_id))
        for item in page.items
    }


def finish(root: Path, *, workers: int = 1, request: TrainRequest = REQUEST) -> dict[str, tuple]:
    with Workspace(root, write=True) as space:
        job = jobs.start_train(space, request)
        assert jobs.run(space, job.job_id, workers=workers).status == "done"
        return contents(space)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return finish(tmp_path_factory.mktemp("undisturbed"))


def test_two_workers_give_the_same_bytes(tmp_path, undisturbed):
    assert finish(tmp_path, workers=2) == undisturbed
    with Workspace(tmp_path, write=False) as space:
        rejected = sum(row.error is not None for row in space.store.trials(None, 100).items)
    assert (len(undisturbed) + rejected, rejected < N / 4) == (N, True)


def test_events_are_numbered_without_holes_and_follow_their_commit(tmp_path):
    published: list[JobEvent] = []
    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, REQUEST)

        def publish(events):
            hashes = space.store.job_hashes(job.job_id)
            assert all(e.expr_hash in hashes for e in events if isinstance(e, ResultEvent))
            published.extend(events)

        jobs.run(space, job.job_id, publish)
        stored = space.store.events(job.job_id)
        assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
        assert [event.json for event in stored] == [kept(e)[1] for e in published]
        assert [event.seq for event in published] == [event.seq for event in stored]
        assert sum(isinstance(e, ResultEvent) for e in published) == N
        assert [e.processed for e in published if isinstance(e, ProgressEvent)][-1] == N
        (summary,) = [e for e in published if isinstance(e, SummaryEvent)]
        best = max(contents(space).items(), key=lambda item: item[1][1].ann_sharpe or -99)
        assert (summary.count, summary.best) == (N, best[0])


@pytest.fixture(scope="module")
def bred(tmp_path_factory):
    return finish(tmp_path_factory.mktemp("bred"), request=BRED)


def test_a_bred_search_is_the_same_on_two_workers(tmp_path, bred, undisturbed):
    assert finish(tmp_path, workers=2, request=BRED) == bred != undisturbed


@pytest.mark.parametrize(
    ("request_", "moment"),
    [("REQUEST", 0.0), ("REQUEST", 0.3), ("REQUEST", 0.6), ("REQUEST", 0.9), ("BRED", 0.1),
     ("BRED", 0.5), ("BRED", 0.8)],
)  # fmt: skip
def test_a_killed_parent_leaves_a_job_that_resumes_to_the_same_bytes(
    tmp_path, undisturbed, bred, request_, moment
):
    code = (
        "import sys; from pathlib import Path; from app import jobs\n"
        "import tests.app.test_jobs as t\n"
        "from engine.workspace import Workspace\n"
        "if __name__ == '__main__':\n"
        "    space = Workspace(Path(sys.argv[1]), write=True)\n"
        f"    job = jobs.start_train(space, t.{request_})\n"
        "    def tell(events):\n"
        "        print(space.store.job(job.job_id).processed, flush=True)\n"
        "    jobs.running.GROUP = 4\n"
        "    jobs.run(space, job.job_id, tell)\n"
    )
    script = tmp_path / "train.py"
    script.write_text(code)
    root = tmp_path / "space"
    process = subprocess.Popen(
        [sys.executable, script, root],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    processed = 0
    for line in process.stdout:
        processed = int(line)
        if processed > moment * N:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    with Workspace(root, write=True) as space:
        (job,) = space.store.jobs().items
        assert job.status == "interrupted"
        assert job.processed >= processed
        again = {"REQUEST": REQUEST, "BRED": BRED}[request_]
        assert jobs.start_train(space, again).job_id == job.job_id
        assert jobs.run(space, job.job_id).processed == N
        assert contents(space) == {"REQUEST": undisturbed, "BRED": bred}[request_]


def test_the_engine_process_dies_with_its_parent():
    code = (
        "import os, time; from app.supervisor import EngineProcess\n"
        "if __name__ == '__main__':\n"
        "    print(EngineProcess().pid, flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    child = int(process.stdout.readline())
    time.sleep(0.5)
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_killed_engine_process_is_started_again(tmp_path, undisturbed, monkeypatch):
    killed: list[int] = []
    start = supervisor.EngineProcess._next

    def next_and_kill(self):
        report = start(self)
        if len(killed) < 2 and report is not None and type(report).__name__ == "Result":
            killed.append(self.pid)
            os.kill(self.pid, signal.SIGKILL)
        return report

    monkeypatch.setattr(supervisor.EngineProcess, "_next", next_and_kill)
    assert finish(tmp_path) == undisturbed
    assert len(killed) == 2


def test_the_expression_a_process_dies_on_twice_is_left_out(tmp_path, undisturbed, monkeypatch):
    culprit = sorted(undisturbed)[7]
    start = supervisor.EngineProcess._next

    def next_and_kill(self):
        if getattr(self, "doomed", False):
            self.kill()
            raise supervisor.EngineDied(-9)
        report = start(self)
        stubs = report.stubs if type(report).__name__ == "Begun" else ()
        self.doomed = culprit in {stub.expr_hash for stub in stubs}
        return report

    monkeypatch.setattr(supervisor.EngineProcess, "_next", next_and_kill)
    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, REQUEST)
        assert jobs.run(space, job.job_id).processed == N
        assert contents(space) == {h: v for h, v in undisturbed.items() if h != culprit}
        logged = [e.json for e in space.store.events(job.job_id) if e.type == "result"]
        (poisoned,) = [text for text in logged if culprit.encode() in text]
        assert orders.DIED.encode() in poisoned


def test_a_process_that_dies_at_once_fails_the_job_with_a_sentence(tmp_path, monkeypatch):
    def dead(self):
        self.kill()
        raise supervisor.EngineDied(-9)

    monkeypatch.setattr(supervisor.EngineProcess, "_next", dead)
    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, REQUEST)
        with pytest.raises(EngineError, match=r"exit code -9\) 3 times before it evaluated"):
            jobs.run(space, job.job_id)
        assert space.store.job(job.job_id).status == "failed"
        assert jobs.start_train(space, REQUEST).job_id == job.job_id


def test_a_silent_process_is_killed():
    asked: list[None] = []

    class Silent(supervisor.EngineProcess):
        def _next(self):
            asked.append(time.sleep(0.02))
            assert len(asked) < 100

    with (
        Silent(limits=supervisor.Limits(silence_s=0.1)) as process,
        pytest.raises(supervisor.EngineDied),
    ):
        list(
            process.reports(
                msgspec.convert(
                    {
                        "type": "train",
                        "view": {"folder": "", "name": "", "rows": 1},
                        "config": {},
                        "workers": 1,
                    },
                    messages.TrainTask,
                )
            )
        )


def test_cancel_keeps_what_was_done_and_is_quick(tmp_path):
    stop = jobs.Stop()
    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, msgspec.structs.replace(REQUEST, n=400))
        asked: list[float] = []

        def publish(events):
            if any(isinstance(e, ResultEvent) for e in events) and not stop.is_set():
                asked.append(time.monotonic())
                stop.set()

        with pytest.raises(CancelledError):
            jobs.run(space, job.job_id, publish, stop=stop)
        after = space.store.job(job.job_id)
        assert after.status == "cancelled"
        assert 0 < after.processed < 400
        assert time.monotonic() - asked[0] < 2.0


def test_a_refusal_in_the_engine_process_reaches_the_caller(tmp_path):
    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, msgspec.structs.replace(REQUEST, ignore=("*",)))
        with pytest.raises(DataError, match="has no usable feature"):
            jobs.run(space, job.job_id)
        assert space.store.job(job.job_id).status == "failed"


def test_a_full_store_fails_the_job_and_leaves_no_process(tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise StoreError("The disk is full.")

    with Workspace(tmp_path, write=True) as space:
        job = jobs.start_train(space, REQUEST)
        monkeypatch.setattr(Store, "record", full)
        with pytest.raises(StoreError, match=r"The disk is full\."):
            jobs.run(space, job.job_id)
        assert space.store.job(job.job_id).status == "failed"
