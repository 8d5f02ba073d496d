"""An end in the middle of everything: quick, in order, and with nothing lost."""

from __future__ import annotations

import contextlib
import gc
import json
import time
import warnings
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.sync.client import ClientConnection

from app.events import LogEvent
from app.events import kept as kept_event
from app.front import create_app
from app.lab import Lab
from app.routes import stream
from app.serving import ServerThread, Token, bind, port_of
from engine.store import Job, Store
from engine.workspace import Workspace
from tests.app.server import TOKEN, Running
from tests.app.wire import Wire

LIMIT_S = 3.0
SEARCH = {"n": 80, "seed": 12, "workers": 1, "max_depth": 3}


@contextlib.contextmanager
def opened(root):
    """A workspace at work behind a server, all of which the test ends by itself."""
    with Workspace(root, write=True) as space:
        lab = Lab(space)
        lab.start()
        listener = bind()
        port = port_of(listener)
        thread = ServerThread(lambda: create_app(lab, Token(TOKEN), port), listener)
        thread.start()
        thread.wait()
        server = Running(lab, port)
        with server.http:
            try:
                yield server, thread
            finally:
                lab.close()
                thread.stop()


def kept(store: Store) -> dict[str, tuple]:
    """Everything a search leaves behind, by hash."""
    items = store.strategies(limit=1000).items
    return {item.expr_hash: (item.metrics, store.daily(item.run_id)) for item in items}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("undisturbed") / "space") as (server, _):
        assert server.train(**SEARCH)["status"] == "done"
        return kept(server.lab.store)


def begun(server: Running, sockets: ExitStack) -> tuple[str, list[ClientConnection]]:
    """A search in the middle of it, and twenty sockets that watch it."""
    job_id = server.post("/api/jobs/train", SEARCH, status=201)["job_id"]
    paths = ["/api/stream", f"/api/jobs/{job_id}/stream"] * 10
    clients = [sockets.enter_context(server.socket(path)) for path in paths]
    results = 0
    while results < 5:
        events = json.loads(clients[-1].recv(timeout=30))
        results += sum(event["type"] == "result" for event in events)
    return job_id, clients


def exhausted(client: ClientConnection) -> bool:
    """Whether the socket ends, after all that was still on its way."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            client.recv(timeout=5)
    return client.state is State.CLOSED


@pytest.mark.parametrize("first", ["work", "server"])
def test_the_end_is_quick_and_what_was_interrupted_goes_on(tmp_path, undisturbed, first):
    root = tmp_path / "space"
    with opened(root) as (server, thread), ExitStack() as sockets:
        job_id, clients = begun(server, sockets)
        ends = [server.lab.close, thread.stop]
        start = time.monotonic()
        for end in ends if first == "work" else reversed(ends):
            end()
        assert time.monotonic() - start <= LIMIT_S
        assert not thread._thread.is_alive()
        assert server.lab.engine._process is None
        job = server.lab.store.job(job_id)
        assert job.status == "interrupted"
        assert 5 <= job.processed < SEARCH["n"]
        assert all(exhausted(client) for client in clients)
    with opened(root) as (server, _):
        assert server.get(f"/api/jobs/{job_id}")["status"] == "interrupted"
        server.post(f"/api/jobs/{job_id}/resume")
        events = server.events(job_id)
        assert events[-1]["status"] == "done"
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        told = [event for event in events if event["type"] == "result"]
        assert len({event["expr_hash"] for event in told}) == len(told) == SEARCH["n"]
        hashes = [event["expr_hash"] for event in told if not event["error"]]
        assert sorted(hashes) == sorted(undisturbed)
        assert kept(server.lab.store) == undisturbed


def test_an_end_without_work_is_quick(tmp_path):
    with opened(tmp_path / "space") as (server, thread):
        server.get("/api/config/features")
        start = time.monotonic()
        server.lab.close()
        server.lab.close()
        assert thread.stop()
        assert time.monotonic() - start <= 1


def test_a_client_that_never_reads_does_not_hold_up_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FRAME_EVENTS", 16)
    ended, took = end_before_a_deaf_client(tmp_path / "space")
    assert ended
    assert took <= LIMIT_S
    with warnings.catch_warnings():  # its connection is open to this day
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def end_before_a_deaf_client(root) -> tuple[bool, float]:
    with opened(root) as (server, thread):
        store = server.lab.store
        job = store.create_job(Job(type="train", status="running"))
        line = LogEvent(job_id=job.job_id, timestamp="", level="INFO", message="x" * 100_000)
        store.append_events(job.job_id, [kept_event(line)] * 200)
        with Wire(server.port).deaf(f"/api/jobs/{job.job_id}/stream"):
            time.sleep(0.5)
            start = time.monotonic()
            server.lab.close()
            return thread.stop(), time.monotonic() - start
