"""Orders to the engine process: answered while a search runs, dropped, survived."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.app.wire import Watched, watched

ASKED = {"expr": 'ts_mean(feat("c_sek"), 5) / feat("c_sek")'}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("room") / "space") as server:
        server.post("/api/backtest", ASKED)
        yield server


@pytest.fixture
def server(shared) -> Watched:
    yield shared
    assert shared.troubles() == []


@contextmanager
def halted(server: Watched):
    """The engine process stands still, so that whatever is asked of it takes long; its id."""
    pid = server.lab.engine._process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def asking(server: Watched) -> socket.socket:
    """A client that has asked for a backtest."""
    body = json.dumps(ASKED).encode()
    wire = server.wire
    sent = wire.request(
        "POST", "/api/backtest", wire.key, "Content-Type: application/json", body=body
    )
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(sent)
    return client


def test_a_backtest_is_answered_while_a_search_runs(server):
    job = server.post("/api/jobs/train", {"n": 3000, "seed": 5, "workers": 1}, status=201)
    path = f"/api/jobs/{job['job_id']}"
    with server.socket(f"{path}/stream") as events:
        events.recv(timeout=10)
        answer = server.post("/api/backtest", ASKED)
        assert server.get(path)["status"] == "running"
    assert answer["expr"] == 'ts_mean(feat("c_sek"), 5) / feat("c_sek")'
    server.post(f"{path}/cancel")
    assert server.finished(job["job_id"])["status"] == "cancelled"


def test_a_backtest_nobody_waits_for_is_dropped(server):
    before = server.lab.store.trials_count(None)
    with halted(server):
        clients = [asking(server) for _ in range(3)]
        time.sleep(0.3)
        for client in clients:
            client.close()
        time.sleep(0.8)  # the engine room looks twice a second whether somebody waits
    assert server.post("/api/backtest", ASKED)["expr"]
    assert server.lab.store.trials_count(None) == before + 1


def test_a_slow_engine_holds_up_nobody_else(server):
    with ThreadPoolExecutor(12) as pool:
        with halted(server):
            asked = [pool.submit(server.post, "/api/backtest", ASKED) for _ in range(12)]
            time.sleep(0.3)
            begun = time.monotonic()
            for path in ("/api/health", "/api/jobs", "/api/strategies", "/"):
                assert server.http.get(path, timeout=5).status_code == 200
            assert time.monotonic() - begun < 2
            assert not any(answer.done() for answer in asked)
        answers = [answer.result() for answer in asked]
    assert {answer["run_id"] for answer in answers} == {answers[0]["run_id"]}


def test_a_killed_engine_is_said_and_replaced(server):
    answers = []
    with halted(server) as pid:
        thread = threading.Thread(
            target=lambda: answers.append(server.http.post("/api/backtest", json=ASKED))
        )
        thread.start()
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        thread.join(10)
    (answer,) = answers
    assert answer.status_code == 503
    assert answer.json()["code"] == "engine"
    assert answer.json()["message"] == (
        "The engine process ended in the middle of it (exit code -9). Perhaps the memory is full:"
        " use fewer dates or symbols, or try again."
    )
    assert server.post("/api/backtest", ASKED)["expr"]
    assert server.lab.engine._process.pid != pid
