"""The sockets: every event once and in order, whoever is slow, goes away or comes back."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import random
import socket as sockets
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from app import hub
from app.events import LogEvent
from app.hub import Hub
from app.journal import Journal
from app.lab import OPENED
from app.routes import stream
from app.version import version
from engine.store import Job
from tests.app.server import Running
from tests.app.wire import Watched, unread, watched

OPEN = Path("/proc/self/fd")
ENDED, BROKEN, NO_SUCH_JOB, TOO_SLOW = 1000, 1011, 4404, 1013


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("stream") / "space") as server:
        server.job = server.train(n=15, seed=2, workers=1)
        yield server


@pytest.fixture
def server(shared) -> Watched:
    yield shared
    assert shared.troubles() == []


class Feed:
    """A job that does nothing but tell; it runs until `end`."""

    def __init__(self, server: Watched, going: set[str]) -> None:
        lab = server.lab
        made = lab.store.create_job(Job(type="train", status="running", boot_id="x"))
        self.job_id, self.count, self._going = made.job_id, 0, going
        self._journal = Journal(lab.store, self.job_id, "", None, lab.hub.publish)
        self._hub = lab.hub
        going.add(self.job_id)

    def tell(self, count: int = 1, size: int = 1) -> None:
        for _ in range(count):
            self.count += 1
            self._journal.log("INFO", f"{self.count} {'x' * size}")

    def end(self) -> None:
        self._going.discard(self.job_id)
        self._hub.touch(self.job_id)

    @property
    def path(self) -> str:
        return f"/api/jobs/{self.job_id}/stream"


@pytest.fixture
def feed(server, monkeypatch):
    going: set[str] = set()
    known = server.lab.runner.is_going
    monkeypatch.setattr(server.lab.runner, "is_going", lambda job: job in going or known(job))
    feed = Feed(server, going)
    yield feed
    feed.end()


def heard(server: Running, path: str, **options) -> tuple[list[list[dict]], int]:
    """All frames of a socket, and the code it was closed with."""
    with server.socket(path, **options) as socket:
        return rest(socket)


def rest(socket) -> tuple[list[list[dict]], int]:
    return taken(socket, 10**9)


def taken(socket, count: int) -> tuple[list[list[dict]], int]:
    """At most so many frames, and the code it was closed with: 0 while it is open."""
    told = []
    try:
        while len(told) < count:
            told.append(json.loads(socket.recv(timeout=20)))
    except ConnectionClosed as closed:
        return told, closed.rcvd.code if closed.rcvd else 1006
    return told, 0


def break_off(socket) -> None:
    """End the connection without a word."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sockets.SHUT_RDWR)


def flat(told: list[list[dict]]) -> list[dict]:
    return [event for frame in told for event in frame]


def numbers(told: list[list[dict]]) -> list[int]:
    return [event["seq"] for event in flat(told)]


def stored(server: Watched, job_id: str) -> list[dict]:
    return server.get(f"/api/jobs/{job_id}/events")["items"]


# --- events of a job


def test_a_running_job_is_told_without_holes(server):
    job = server.post("/api/jobs/train", {"n": 100, "seed": 8, "workers": 1}, status=201)
    begun = time.monotonic()
    told, code = heard(server, f"/api/jobs/{job['job_id']}/stream")
    took = time.monotonic() - begun
    assert code == ENDED
    assert flat(told) == stored(server, job["job_id"])
    assert numbers(told) == list(range(1, len(flat(told)) + 1))
    assert sum(event["type"] == "result" for event in flat(told)) == 100
    assert (flat(told)[-1]["type"], flat(told)[-1]["status"]) == ("status", "done")
    assert max(map(len, told)) <= 256
    assert len(told) <= took / stream.FRAME_S + 1


def test_a_stream_begins_after_any_event(server):
    job_id = server.job["job_id"]
    events = stored(server, job_id)
    for since in range(len(events) + 1):
        told, code = heard(server, f"/api/jobs/{job_id}/stream?since={since}")
        assert (flat(told), code) == (events[since:], ENDED)


@pytest.mark.parametrize("beyond", [1, 5, 2**53])
def test_a_client_that_knows_more_than_the_store_is_told_once(server, feed, beyond):
    feed.tell(3)
    since = min(3 + beyond, 2**53)
    with server.socket(f"{feed.path}?since={since}") as socket:
        (gap,) = json.loads(socket.recv(timeout=5))
        wanted = {"type": "gap", "seq": 3, "job_id": feed.job_id, "from": 4, "to": since}
        assert {name: gap[name] for name in wanted} == wanted
        feed.tell(2)
        feed.end()
        told, code = rest(socket)
    assert (numbers(told), code) == ([4, 5], ENDED)


def test_there_is_no_stream_of_no_job(server):
    assert heard(server, "/api/jobs/job_20000101_000000/stream") == ([], NO_SUCH_JOB)


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "", str(2**53 + 1), "9" * 30])
def test_a_wrong_position_opens_no_stream(server, since):
    answer = server.wire.shake(
        f"/api/jobs/{server.job['job_id']}/stream?since={since}", server.wire.origin,
        f"Sec-WebSocket-Protocol: kvant.v1, tok.{server.headers['Authorization'][7:]}",
    )  # fmt: skip
    assert answer.status == 403


@pytest.mark.parametrize(("kept", "seed"), [(4096, 1), (16, 2), (1, 3)])
def test_nothing_is_lost_or_told_twice_over_many_disconnects(server, feed, monkeypatch, kept, seed):
    """`kept` events are in memory: the less, the more has to come from the store."""
    monkeypatch.setattr(hub, "KEPT", kept)
    monkeypatch.setattr(stream, "FRAME_EVENTS", 7)
    monkeypatch.setattr(stream, "FRAME_S", 0.001)
    draw, seen, disconnects, code = random.Random(seed), [], 0, 0
    enough = threading.Event()
    teller = threading.Thread(target=told_at_times, args=(feed, random.Random(seed), enough))
    teller.start()
    while code != ENDED:
        since = seen[-1] if seen else 0
        with server.socket(f"{feed.path}?since={since}", close_timeout=0.5) as socket:
            told, code = taken(socket, draw.randrange(4))
            seen += numbers(told)
            if draw.random() < 0.5:
                break_off(socket)
        disconnects += 1
        if disconnects == 40:
            enough.set()
    teller.join()
    assert seen == list(range(1, feed.count + 1))


def told_at_times(feed: Feed, draw: random.Random, enough: threading.Event) -> None:
    while not enough.is_set():
        feed.tell(draw.randrange(1, 9))
        time.sleep(draw.random() * 0.01)
    feed.end()


def test_a_resumed_job_goes_on_counting(server):
    body = {"n": 200, "seed": 4, "workers": 1}
    job = server.post("/api/jobs/train", body, status=201)
    path = f"/api/jobs/{job['job_id']}"
    with server.socket(f"{path}/stream") as socket:
        first = []
        while sum(event["type"] == "result" for event in flat(first)) < 20:
            first.append(json.loads(socket.recv(timeout=20)))
        server.post(f"{path}/cancel")
        told, code = rest(socket)
    first += told
    assert (flat(first)[-1]["status"], code) == ("cancelled", ENDED)
    last = numbers(first)[-1]
    assert server.post(f"{path}/resume")["status"] == "queued"
    told, code = heard(server, f"{path}/stream?since={last}")
    assert code == ENDED
    assert [e["status"] for e in flat(told) if e["type"] == "status"] == [
        "queued", "running", "done",
    ]  # fmt: skip
    assert numbers(first) + numbers(told) == list(range(1, numbers(told)[-1] + 1))
    results = [e["expr_hash"] for e in flat(first + told) if e["type"] == "result"]
    assert len(results) == len(set(results)) == 200


def test_frames_are_few_and_small(server, feed):
    feed.tell(1000)
    feed.end()
    begun = time.monotonic()
    told, _ = heard(server, feed.path)
    took = time.monotonic() - begun
    assert [len(frame) for frame in told] == [256, 256, 256, 232]
    assert numbers(told) == list(range(1, 1001))
    assert took >= 3 * 0.05


def test_what_comes_together_goes_together(server, feed):
    with server.socket(feed.path) as socket:
        feed.tell()
        socket.recv(timeout=5)
        begun = time.monotonic()
        feed.tell(100)
        feed.end()
        told, _ = rest(socket)
        assert len(told) <= (time.monotonic() - begun) / 0.05 + 2
    assert numbers(told) == list(range(2, 102))


# --- clients that misbehave


def test_a_client_that_does_not_read_is_let_go(server, feed, monkeypatch):
    feed.tell(200, size=100_000)
    monkeypatch.setattr(stream, "SEND_S", 1.0)
    monkeypatch.setattr(stream, "FRAME_EVENTS", 16)
    with server.wire.deaf(feed.path) as slow, server.wire.deaf(feed.path):
        with server.socket(feed.path, max_size=None) as other:
            seen: list[dict] = []
            while len(seen) < 200:
                seen += json.loads(other.recv(timeout=20))
            for _ in range(5):
                feed.tell()
                seen += json.loads(other.recv(timeout=1))
            assert [event["seq"] for event in seen] == list(range(1, 206))
        wait_for(lambda: served(server)["_events"] == 0)
        *texts, (kind, reason) = unread(slow)
        assert (kind, int.from_bytes(reason)) == (8, TOO_SLOW)
        read = numbers([json.loads(text) for _, text in texts])
        assert read == list(range(1, len(read) + 1))
        assert len(read) < 200
        wait_for(lambda: served(server).total() == 0)


def test_what_a_client_says_is_of_no_interest(server, feed):
    with server.socket(feed.path) as socket, server.socket(feed.path) as big:
        for message in ("", "x" * 60_000, b"", b"\xff" * 1000, '{"since": 1}'):
            socket.send(message)
        assert socket.ping().wait(5)
        big.send("x" * 70_000)
        assert rest(big) == ([], 1009)
        feed.tell()
        feed.end()
        told, code = rest(socket)
    assert (numbers(told), code) == ([1], ENDED)


def test_an_error_of_ours_is_told_in_the_log(shared, feed, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(stream, "_from_store", broken)
    assert heard(shared, feed.path) == ([], BROKEN)
    (told,) = shared.troubles()
    assert "ZeroDivisionError" in told


# --- news


def test_news_begin_with_who_speaks(server, tmp_path):
    with server.socket("/api/stream") as socket:
        hello = json.loads(socket.recv(timeout=5))
        assert hello == {
            "type": "hello", "boot_id": server.lab.workspace.boot_id, "version": version(),
        }  # fmt: skip
        server.lab.ask_close()
        assert json.loads(socket.recv(timeout=5)) == {"type": "close_requested"}
        server.lab.hub.touch(f"{OPENED}prices")
        assert json.loads(socket.recv(timeout=5)) == {"type": "opened", "name": "prices"}
        odd = tmp_path / "odd name.csv"
        odd.write_text("date,symbol,close\n01/02/2024,A,1\n02/02/2024,A,2\n")
        server.lab.open_file(odd)
        told = json.loads(socket.recv(timeout=30))
        assert (told["type"], told["name"]) == ("offered", "odd name.csv")
        assert server.lab.intake.file(told["handle"]) == odd


def test_news_tell_a_job_up_to_its_last_state(server):
    with server.socket("/api/stream") as socket:
        socket.recv(timeout=5)
        begun = time.monotonic()
        job_id = server.post("/api/jobs/train", {"n": 60, "seed": 6}, status=201)["job_id"]
        said = []
        while not said or said[-1]["status"] not in {"done", "failed"}:
            message = json.loads(socket.recv(timeout=20))
            assert message["type"] == "job"
            assert message["job"]["job_id"] == job_id
            said.append(message["job"])
        assert said[-1] == server.get(f"/api/jobs/{job_id}")
        assert len(said) <= 4 * (time.monotonic() - begun) + 2
    assert [job["processed"] for job in said] == sorted(job["processed"] for job in said)


def test_news_are_at_most_four_a_second_for_each_job(server, feed):
    with server.socket("/api/stream") as socket:
        socket.recv(timeout=5)
        begun = time.monotonic()
        while (took := time.monotonic() - begun) < 0.8:
            feed.tell()
        server.lab.store.update_job(feed.job_id, message="the last")
        server.lab.hub.touch(feed.job_id)
        said = [json.loads(socket.recv(timeout=5))["job"]]
        while said[-1]["message"] != "the last":
            said.append(json.loads(socket.recv(timeout=5))["job"])
        assert len(said) <= 4 * took + 2


# --- what is left behind


def served(server: Watched) -> Counter:
    """The tasks of sockets, by the name of what they do."""

    async def count() -> Counter:
        names = (task.get_coro().__name__ for task in asyncio.all_tasks())
        return Counter(name for name in names if name in {"run_asgi", "_events", "_news", "_drain"})

    return asyncio.run_coroutine_threadsafe(count(), server.lab.hub._loop).result(5)


def left(server: Watched) -> tuple[int, int, int]:
    gc.collect()
    others = [thread for thread in threading.enumerate() if not thread.name.startswith("routes")]
    return served(server).total(), len([*OPEN.iterdir()]), len(others)


def wait_for(what, limit_s: float = 5.0) -> None:
    end = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_hundred_clients_leave_nothing_behind(server, feed):
    feed.tell(300)
    for _ in range(8):  # threads of the pool are made as they are needed
        heard(server, f"/api/jobs/{server.job['job_id']}/stream")
    before = left(server)
    for number in range(100):
        path = "/api/stream" if number % 3 == 0 else f"{feed.path}?since={number}"
        with server.socket(path) as socket:
            if number % 2:
                socket.recv(timeout=5)
            if number % 5 == 0:
                break_off(socket)
    wait_for(lambda: left(server)[:2] <= before[:2])
    assert left(server)[2] <= before[2]


# --- the short memory


@settings(max_examples=200)
@given(
    kept=st.integers(1, 12), first=st.integers(1, 5), since=st.integers(0, 40),
    groups=st.lists(st.integers(1, 5), max_size=6), limit=st.integers(1, 6),
)  # fmt: skip
def test_the_memory_has_what_comes_next_or_says_that_it_has_not(kept, first, groups, since, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "KEPT", kept)
        memory, told = Hub(), first - 1
        for size in groups:
            numbered = range(told + 1, told + size + 1)
            events = [
                LogEvent(seq=n, job_id="a", timestamp="", level="", message="") for n in numbered
            ]
            memory.publish(events)
            told += size
    found = memory.since("a", since, limit)
    oldest = max(first, told - kept + 1)
    if not groups or since + 1 < oldest:
        assert found is None
    else:
        assert [seq for seq, _ in found] == list(range(since + 1, min(told, since + limit) + 1))
        assert [json.loads(text)["seq"] for _, text in found] == [seq for seq, _ in found]
