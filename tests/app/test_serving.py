"""The server thread, its socket and the token; and the service that is built around them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pickle
import socket
import threading
import time

import pytest
from websockets.sync.client import connect

from app.cli.service import HandedOver, InUseError, Service, keep_serving
from app.desktop import instance
from app.serving import ServerError, ServerThread, Token, bind, config, port_of
from engine.errors import ParamError
from engine.workspace import Workspace
from tests.app.window_driver import FakeLab

# --- the token


@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, "{!r:>9}".format])
def test_no_text_shows_a_token(show):
    token = Token("a-secret")
    assert "secret" not in show(token)
    assert "secret" not in show([token])


def test_a_token_does_not_leave_its_process():
    with pytest.raises(TypeError):
        pickle.dumps(Token())


def test_tokens_are_long_and_never_the_same():
    assert len({Token().reveal() for _ in range(100)}) == 100
    assert len(Token().reveal()) == 43


@pytest.mark.parametrize(
    ("given", "matches"),
    [("a-secret", True), ("a-secre", False), ("a-secret ", False), ("", False), ("ä", False)],
)
def test_only_the_very_secret_matches(given, matches):
    assert Token("a-secret").matches(given) is matches


def test_the_key_of_the_user_is_the_token_and_no_child_inherits_it(monkeypatch):
    monkeypatch.setenv("QUANT_API_KEY", "chosen.by-the_user~1")
    assert Token.take().reveal() == "chosen.by-the_user~1"
    assert "QUANT_API_KEY" not in os.environ
    monkeypatch.setenv("QUANT_API_KEY", "")
    assert len(Token.take().reveal()) == 43


@pytest.mark.parametrize("key", ["two words", "a,b", "ä", "a\nb", '"', "x" * 201, "a/b"])
def test_a_key_that_no_header_can_carry_is_refused(monkeypatch, key):
    monkeypatch.setenv("QUANT_API_KEY", key)
    with pytest.raises(ParamError, match="QUANT_API_KEY cannot be a token: use up to 200 letters"):
        Token.take()


# --- the socket and the settings


def test_the_socket_is_of_this_machine_alone_and_answers_without_delay():
    with bind() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.proto == socket.IPPROTO_TCP
        assert not listener.get_inheritable()
        with pytest.raises(ServerError, match=f"Port {port_of(listener)} cannot be used"):
            bind(port_of(listener))


def test_a_port_can_be_taken_again_at_once():
    with bind() as listener:
        port = port_of(listener)
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()
    with bind(port) as again:
        assert port_of(again) == port


def test_nothing_of_the_server_is_left_to_its_defaults():
    made = config(lambda: None)
    expected = {
        "access_log": False, "h11_max_incomplete_event_size": 16384, "http": "h11",
        "lifespan": "on", "limit_concurrency": 128, "log_config": None, "loop": "asyncio",
        "proxy_headers": False, "server_header": False, "timeout_graceful_shutdown": 2,
        "timeout_keep_alive": 5, "ws": "websockets-sansio", "ws_max_queue": 8,
        "ws_max_size": 65536, "ws_per_message_deflate": False, "ws_ping_interval": 20,
        "ws_ping_timeout": 20,
    }  # fmt: skip
    assert {name: getattr(made, name) for name in expected} == expected


# --- the thread


async def app(scope, receive, send):
    """Says which path was asked for; holds sockets open."""
    await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
    else:
        body = json.dumps([scope["path"], scope["client"][0], scope["scheme"]]).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [
            (b"content-length", str(len(body)).encode())]})  # fmt: skip
        await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def serving(build=lambda: app, failed=lambda _: None):
    listener = bind()
    server = ServerThread(build, listener, failed)
    try:
        yield server, port_of(listener)
    finally:
        assert server.stop()


def test_it_serves_from_a_thread_and_stops_soon():
    with serving() as (server, port):
        server.start()
        server.wait()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        times = []
        for number in range(20):
            then = time.perf_counter()
            connection.request("GET", f"/{number}", headers={"X-Forwarded-For": "6.6.6.6"})
            answer = connection.getresponse()
            assert json.loads(answer.read()) == [f"/{number}", "127.0.0.1", "http"]
            assert "server" not in answer.headers
            times.append(time.perf_counter() - then)
        connection.close()
        assert min(times) < 0.03  # 0.044 each with Nagle's algorithm
        assert server.check() is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_who_comes_early_waits_for_the_answer():
    built = threading.Event()

    def build():
        built.wait()
        return app

    with serving(build) as (server, port):
        server.start()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/early")
        built.set()
        assert connection.getresponse().status == 200
        connection.close()


def test_an_open_socket_does_not_hold_up_the_end():
    with serving() as (server, port):
        server.start()
        server.wait()
        with connect(f"ws://127.0.0.1:{port}/") as client:
            then = time.monotonic()
            assert server.stop()
            assert time.monotonic() - then < 2.0
            client.close()


def test_what_goes_wrong_in_the_building_is_told():
    told = []
    error = ParamError("No.")

    def build():
        raise error

    with serving(build, told.append) as (server, _):
        server.start()
        with pytest.raises(ParamError, match=r"^No\.$"):
            server.wait()
        assert told == [error]


def test_an_application_that_does_not_start_is_told():
    async def broken(_scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "broken"})

    with serving(lambda: broken) as (server, _):
        server.start()
        with pytest.raises(ServerError, match="could not be started; the log has the details"):
            server.wait()


def test_a_server_that_ends_by_itself_is_noticed():
    with serving() as (server, _):
        server.start()
        server.wait()
        server._server.should_exit = True
        server._thread.join(10)
        with pytest.raises(ServerError, match="The server has ended"):
            server.check()


def test_a_server_that_takes_too_long_is_given_up():
    go = threading.Event()
    with serving(lambda: (go.wait(), app)[1]) as (server, _):
        server.start()
        with pytest.raises(ServerError, match="did not start within 0 s"):
            server.wait(0.05)
        go.set()


def test_a_server_may_be_stopped_before_it_was_started():
    with serving():
        pass


# --- the service


def furnish(kept):
    """Make the lab of a service, and keep it."""

    def make(space, _token, _port):
        kept.append(FakeLab(space))
        return kept[-1], app

    return make


def test_a_service_is_reachable_until_it_stops(tmp_path):
    labs = []
    service = Service(tmp_path / "space", files=[tmp_path / "a.csv"], furnish=furnish(labs))
    try:
        service.start()
        space = service.owned()
        service.wait()
        service.begin()
        service.begin()
        assert labs[0].asked == ["start", "open a.csv"]
        told = instance.running(space.root, space.root / ".lock")
        assert told == instance.Instance(os.getpid(), service.port, service.token.reveal(), False)
        assert told.address == service.address
        assert service.token.reveal() not in repr(told)
    finally:
        service.stop()
    assert labs[0].asked == ["start", "open a.csv", "close"]
    assert instance.running(space.root, space.root / ".lock") is None
    Workspace(tmp_path / "space", write=True).close()


def test_a_service_ends_from_the_top(tmp_path, monkeypatch):
    order, labs = [], []
    service = Service(tmp_path / "space", furnish=furnish(labs))
    service.start()
    space = service.owned()
    service.wait()
    monkeypatch.setattr(labs[0], "close", lambda: order.append(
        ("jobs", (space.root / "instance.json").exists(), service._server._thread.is_alive())
    ))  # fmt: skip
    close = space.close
    monkeypatch.setattr(space, "close", lambda: (
        order.append(("workspace", service._server._thread.is_alive())), close()
    ))  # fmt: skip
    service.stop()
    assert order == [("jobs", False, True), ("workspace", False)]


def test_an_error_in_one_step_of_the_end_does_not_keep_from_the_others(tmp_path, monkeypatch):
    labs = []
    service = Service(tmp_path / "space", furnish=furnish(labs))
    service.start()
    space = service.owned()
    service.wait()
    monkeypatch.setattr(labs[0], "close", lambda: 1 / 0)
    service.stop()
    assert "ZeroDivisionError" in (space.logs / "kvant.log").read_text()
    Workspace(tmp_path / "space", write=True).close()


def test_a_service_that_ends_while_it_starts_leaves_nothing(tmp_path):
    labs, go = [], threading.Event()

    def slow(*words):
        go.wait()
        return furnish(labs)(*words)

    service = Service(tmp_path / "space", furnish=slow)
    service.start()
    service.owned()
    threading.Timer(0.2, go.set).start()
    service.stop()
    service.begin()
    assert labs[0].asked == ["close"]
    Workspace(tmp_path / "space", write=True).close()


def test_a_workspace_in_use_is_left_alone(tmp_path):
    with Workspace(tmp_path / "space", write=True):
        service = Service(tmp_path / "space")
        with pytest.raises(InUseError, match="is in use by another Kvant") as refusal:
            keep_serving(service, pytest.fail)
        assert (refusal.value.exit_code, refusal.value.code) == (5, "busy")


def test_what_was_asked_for_is_offered_to_who_has_the_workspace(tmp_path):
    offers = []

    def offer(folder, lock):
        offers.append((folder, lock))
        return len(offers) == 3

    with Workspace(tmp_path / "space", write=True):
        service = Service(tmp_path / "space", offer=offer)
        with pytest.raises(HandedOver):
            keep_serving(service, pytest.fail)
    assert offers == [(tmp_path / "space", tmp_path / "space" / ".lock")] * 3


def test_a_workspace_that_is_given_up_is_taken(tmp_path):
    space = Workspace(tmp_path / "space", write=True)
    service = Service(tmp_path / "space", offer=lambda *_: False, furnish=furnish([]))
    try:
        service.start()
        threading.Timer(0.3, space.close).start()
        assert service.owned().root == tmp_path / "space"
    finally:
        service.stop()
