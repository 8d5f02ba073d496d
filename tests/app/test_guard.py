"""The gate: nobody but the page of this start gets anything out of the server, or into it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from litestar.routes import HTTPRoute, WebSocketRoute

from app import guard
from app.guard import MAX_BODY, PROTOCOL, UPLOAD_PATHS, Guard, Refusal
from app.main import application
from app.serving import ServerThread, Token, bind, port_of
from tests.app.server import TOKEN
from tests.app.wire import RIGHT, Watched, Wire, head, offer, watched

SOCKETS = {"/api/stream", "/api/jobs/{job_id:str}/stream"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("guard") / "space") as server:
        yield server


@pytest.fixture
def server(shared) -> Watched:
    yield shared
    assert shared.troubles() == []


@pytest.fixture
def wire(server) -> Wire:
    return server.wire


def routes(server: Watched) -> tuple[list[tuple[str, str]], list[str]]:
    """Every method and path of the application, and every path of its sockets."""
    known = application(server.lab).routes
    assert all(isinstance(route, HTTPRoute | WebSocketRoute) for route in known)
    http = [(m, r.path) for r in known if isinstance(r, HTTPRoute) for m in sorted(r.methods)]
    return http, [r.path for r in known if isinstance(r, WebSocketRoute)]


def filled(path: str) -> str:
    return re.sub(r"\{\w+:\w+\}", "anything", path)


# --- the token


def wrong_keys() -> dict[str, tuple[str, ...]]:
    other = Token().reveal()
    return {
        "none": (),
        "empty": ("Authorization: Bearer",),
        "empty key": ("X-API-Key:",),
        "of another start": (f"Authorization: Bearer {other}",),
        "of another start as a key": (f"X-API-Key: {other}",),
        "a letter less": (f"Authorization: Bearer {TOKEN[:-1]}",),
        "a letter more": (f"X-API-Key: {TOKEN}x",),
        "in capitals": (f"Authorization: Bearer {TOKEN.upper()}",),
        "as a password": (f"Authorization: Basic {TOKEN}",),
        "in a cookie": (f"Cookie: token={TOKEN}; Authorization={TOKEN}",),
        "as a protocol": (RIGHT,),
        "with a second one": (f"Authorization: Bearer {TOKEN}", f"X-API-Key: {other}"),
        "after a second one": (f"X-API-Key: {other}", f"X-API-Key: {TOKEN}"),
    }


@pytest.mark.parametrize("case", wrong_keys())
def test_no_route_answers_without_the_token_of_this_start(server, wire, case):
    http, _ = routes(server)
    assert len(http) > 50
    assert all(path.startswith("/api/") for _, path in http)  # elsewhere there is the page only
    headers = wrong_keys()[case]
    answers = {
        (method, path): wire.ask(method, f"{filled(path)}?token={TOKEN}", *headers).refusal
        for method, path in http
    }
    assert answers == dict.fromkeys(http, (401, "token"))


def test_every_route_answers_to_the_token(server, wire):
    for method, path in routes(server)[0]:
        assert wire.ask(method, filled(path), wire.key).status != 401, path
        assert wire.ask(method, filled(path), f"X-API-Key: {TOKEN}").status != 401, path


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/no/such/route", "/api/schema", "/%61pi/x"])
def test_nobody_is_told_which_routes_there_are(wire, path):
    assert wire.ask("GET", path).refusal == (401, "token")
    assert wire.ask("GET", path, wire.key).refusal == (404, "not_found")


@pytest.mark.parametrize(
    "target", ["api/health", "api/stream", "*", "api", "http://{}/api/health", "//api/health"]
)
def test_an_address_is_a_path_from_the_root(wire, target):
    assert wire.ask("GET", target.format(wire.host)).refusal == (400, "malformed")
    assert wire.shake(target.format(wire.host), wire.origin, RIGHT).status == 403


SHAKES = {
    "nothing": [],
    "the protocol alone": [offer(PROTOCOL)],
    "the token alone": [offer(f"tok.{TOKEN}")],
    "another protocol": [offer("kvant.v2", f"tok.{TOKEN}")],
    "the token of another start": [offer(PROTOCOL, f"tok.{Token().reveal()}")],
    "a letter less": [offer(PROTOCOL, f"tok.{TOKEN[:-1]}")],
    "a letter more": [offer(PROTOCOL, f"tok.{TOKEN}x")],
    "two tokens": [offer(PROTOCOL, f"tok.{TOKEN}", "tok.x")],
    "two headers": [RIGHT, offer("tok.x")],
    "the token as a header": [offer(PROTOCOL), f"Authorization: Bearer {TOKEN}"],
}


@pytest.mark.parametrize("case", SHAKES)
def test_no_socket_opens_without_the_token(server, wire, case):
    _, sockets = routes(server)
    assert set(sockets) == SOCKETS
    for path in sockets:
        answer = wire.shake(f"{filled(path)}?token={TOKEN}", wire.origin, *SHAKES[case])
        assert (answer.status, answer.body) == (403, b"")


def test_every_socket_opens_to_the_page(server, wire):
    for path in routes(server)[1]:
        answer = wire.shake(filled(path), wire.origin, RIGHT)
        assert (answer.status, answer.headers["sec-websocket-protocol"]) == (101, PROTOCOL)


@pytest.mark.parametrize("path", ["/", "/jobs", "/api/health", "/api/no/such/route"])
def test_there_are_no_sockets_elsewhere(wire, path):
    assert wire.shake(path, wire.origin, RIGHT).status == 403


def test_a_socket_is_no_page(wire):
    for path in ("/api/stream", "/api/jobs/anything/stream"):
        assert wire.ask("GET", path, wire.key).refusal == (405, "method")


# --- the name of the host

HOSTS = [
    "evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:0{port}", "localhost:{port}",
    "LOCALHOST:{port}", "127.0.0.1.:{port}", "127.0.0.1:{port}.", "127.0.0.1:{port}.evil.example",
    "127.0.0.1:{port}0", "127x0x0x1:{port}", "127.0.0.2:{port}", "127.1:{port}",
    "2130706433:{port}", "0x7f.0.0.1:{port}", "0177.0.0.1:{port}", "[::1]:{port}",
    "[::ffff:127.0.0.1]:{port}", "0:{port}", "evil@127.0.0.1:{port}", "127.0.0.1:{port}@evil",
    "127.0.0.1:{port},evil.example", "127.0.0.1:{port} evil", "http://127.0.0.1:{port}",
    "127.0.0.1:{port}/", "127.0.0.1:{port}#", "127.0.0.1:{port}%00",
    "\uff11\uff12\uff17.0.0.1:{port}",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_the_host_has_one_name_only(wire, host):
    name = host.format(port=wire.port).encode().decode("latin-1")
    for method, path in [("GET", "/"), ("GET", "/api/health"), ("POST", "/"), ("PUT", "/x"),
                         ("GET", "/api/none"), ("GET", "/%00")]:  # fmt: skip
        assert wire.ask(method, path, wire.key, host=name).refusal == (421, "host")
    assert wire.shake("/api/stream", wire.origin, RIGHT, host=name).status == 403


@pytest.mark.parametrize("first", ["127.0.0.1:{port}", "evil.example"])
@pytest.mark.parametrize("second", ["Host: 127.0.0.1:{port}", "Host: evil.example", "host:"])
def test_a_host_is_named_once(wire, first, second):
    named = first.format(port=wire.port), second.format(port=wire.port)
    assert wire.ask("GET", "/api/health", wire.key, named[1], host=named[0]).is_not_http


def test_a_host_is_named(wire):
    assert wire.ask("GET", "/api/health", wire.key, host="").is_not_http
    old = wire.send(head(["GET /api/health HTTP/1.0", wire.key]))
    assert old.refusal == (421, "host")
    assert wire.ask("GET", "http://evil.example/api/health", wire.key).status == 400


# --- where a request comes from

ORIGINS = [
    "null", "", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:1",
    "https://127.0.0.1:{port}", "http://localhost:{port}", "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:{port}0", "HTTP://127.0.0.1:{port}",
    "http://evil.example http://127.0.0.1:{port}", "http://127.0.0.1:{port}, http://evil.example",
    "file://", "chrome-extension://abcdefghijklmnop", "ws://127.0.0.1:{port}",
]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_other_page_is_answered(server, wire, origin):
    named = f"Origin: {origin.format(port=wire.port)}"
    before = server.get("/api/jobs")["total"]
    assert wire.ask("GET", "/api/health", wire.key, named).refusal == (403, "origin")
    assert wire.ask("GET", "/", named).refusal == (403, "origin")
    for both in [(wire.origin, named), (named, wire.origin)]:
        assert wire.ask("GET", "/api/health", wire.key, *both).refusal == (403, "origin")
        assert wire.shake("/api/stream", *both, RIGHT).status in {400, 403}
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    for kind in kinds:  # what a page may send to others without asking
        for key in ([], [wire.key]):
            simple = f"Content-Type: {kind}"
            answer = wire.ask("POST", "/api/jobs/train", named, simple, *key, body=b'{"n":1}')
            assert answer.refusal == (403, "origin")
    assert wire.shake("/api/stream", named, RIGHT).status == 403
    assert server.get("/api/jobs")["total"] == before


def test_our_page_is_answered(wire):
    assert wire.ask("GET", "/api/health", wire.key, wire.origin).status == 200
    assert wire.ask("GET", "/api/health", wire.key).status == 200


def test_a_socket_needs_an_origin(wire):
    assert wire.shake("/api/stream", RIGHT).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "Same-Origin", "none, cross-site"])
def test_what_the_browser_calls_foreign_is_foreign(wire, site):
    said, fine = f"Sec-Fetch-Site: {site}", "Sec-Fetch-Site: same-origin"
    for told in [(said,), (said, fine), (fine, said)]:
        assert wire.ask("GET", "/api/health", wire.key, *told).refusal == (403, "origin")
        assert wire.shake("/api/stream", wire.origin, RIGHT, *told).status == 403
    for known in ("same-origin", "none"):
        answer = wire.ask("GET", "/api/health", wire.key, f"Sec-Fetch-Site: {known}")
        assert answer.status == 200


CLAIMS = [
    "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example",
    "X-Real-IP: 6.6.6.6", "Forwarded: for=6.6.6.6;host=evil.example", "X-Forwarded-Prefix: /api",
    "X-Original-URL: /api/health", "X-HTTP-Method-Override: DELETE",
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_client_says_about_itself_changes_nothing(wire, claim):
    assert wire.ask("GET", "/api/settings", claim).refusal == (401, "token")
    plain = wire.ask("GET", "/api/settings", wire.key)
    told = wire.ask("GET", "/api/settings", wire.key, claim)
    assert (told.status, told.body) == (plain.status, plain.body) == (200, plain.body)


# --- how many requests

AT_ONCE = 200


async def _fine(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        status = 200
        try:
            while (await receive()).get("more_body"):
                pass
        except Refusal as refusal:
            status = refusal.status
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def gate(monkeypatch):
    """A gate in front of nothing whose clock stands still, and the clock."""
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(guard, "time", clock)
    monkeypatch.setattr(guard, "POSTS_AT_ONCE", AT_ONCE)
    listener = bind()
    port = port_of(listener)
    thread = ServerThread(lambda: Guard(_fine, TOKEN, port), listener)
    thread.start()
    thread.wait()
    yield Wire(port), clock
    thread.stop()


def test_too_many_requests_are_told_to_wait(gate):
    wire, clock = gate
    for moment, allowed in [(0, AT_ONCE), (0, 0), (0.1, 5), (0.1, 0), (99, AT_ONCE)]:
        clock.now = moment
        for number in range(allowed):
            answer = wire.ask("POST", "/api/x", wire.key, f"X-Forwarded-For: 6.6.6.{number}")
            assert answer.status == 200
        refused = wire.ask("POST", "/api/x", wire.key)
        assert (*refused.refusal, refused.headers["retry-after"]) == (429, "too_many", "1")
        assert wire.ask("GET", "/api/x", wire.key).status == 200


def test_nobody_else_uses_up_the_requests_of_the_page(gate):
    wire, _ = gate
    foreign = "Origin: http://evil.example"
    for _ in range(AT_ONCE):
        assert wire.ask("POST", "/api/x").status == 401
        assert wire.ask("POST", "/api/x", wire.key, foreign).status == 403
        assert wire.ask("POST", "/api/x", wire.key, host="evil.example").status == 421
        assert wire.ask("POST", "/").status == 200
    assert wire.ask("POST", "/api/x", wire.key).status == 200


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/api/x", MAX_BODY, 200), ("/api/x", MAX_BODY + 1, 413), ("/x", MAX_BODY + 1, 413),
     *((path, MAX_BODY + 1, 200) for path in UPLOAD_PATHS)],
)  # fmt: skip
def test_a_body_is_counted_as_it_comes(gate, path, size, status):
    wire, _ = gate
    lines = [f"POST {path} HTTP/1.1", f"Host: {wire.host}", wire.key, "Transfer-Encoding: chunked"]
    pieces = [b"%x\r\n%s\r\n" % (n, b"x" * n) for n in (size // 2, size - size // 2)]
    assert wire.send(head(lines) + b"".join(pieces) + b"0\r\n\r\n", "POST").status == status
