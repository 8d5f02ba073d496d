"""Requests that make no sense: each is refused with a sentence, none breaks anything."""

from __future__ import annotations

import itertools

import pytest

from app.guard import MAX_BODY
from app.pages import bundle
from tests.app.wire import Watched, Wire, head, watched

EXPR = 'feat("c_sek")'


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("fuzz") / "space") as server:
        yield server


@pytest.fixture
def server(shared) -> Watched:
    yield shared
    assert shared.troubles() == []


@pytest.fixture
def wire(server) -> Wire:
    return server.wire


@pytest.fixture(scope="module")
def described(shared) -> dict[str, dict]:
    """The description of the interface: paths, and what they take."""
    return shared.get("/api/schema/openapi.json")["paths"]


# --- addresses

UPS = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae",
       "%uff0e%uff0e", "..;", "....", "%ff%ff", "%f0%9f", ". .", "..%0d%0a"]  # fmt: skip
SLASHES = ["/", "%2f", "%5c", "\\", "%252f", "%255c", "%c0%af", "%e0%80%af", "//", "/./", "%2f%2f"]
STRANGE = [
    "/%00", "/index.html%00.png", "/favicon.svg%00", "/%0d%0aX-Evil:1", "/%7f", "/%1b[31m",
    "/C:/windows/win.ini", "/c%3a%5cwindows%5cwin.ini", "//evil/share/x", "/%5c%5cevil%5cshare",
    "/\\\\?\\C:\\x", "/index.html::$DATA", "/index.html:stream", "/CON", "/nul.txt", "/aux.",
    "/.git/config", "/.env", "/~root", "/_app/../index.html", "/_app/%2e%2e/%2e%2e/etc/passwd",
    "/file:///etc/passwd", "/etc/passwd", "/proc/self/environ", "/%2fetc%2fpasswd",
    "/" + "a/" * 999, "/" + "%41" * 900, "/" + "\xe9" * 300, "/?" + "a" * 3000, "/%", "/%zz",
    "/%e2%80%ae", "/index.html/",
    "/index.html/..", "/_app/immutable/", "/_app", "/ui_dist/index.html", "/launcher.py", "/app.db",
]  # fmt: skip
PATHS = [
    *(f"/{up}{slash}{up}{slash}etc{slash}passwd" for up, slash in itertools.product(UPS, SLASHES)),
    *STRANGE,
]


def test_no_address_leads_out_of_the_bundle(wire):
    document = wire.ask("GET", "/").body
    assert len(PATHS) > 180
    for path in PATHS:
        target = path.encode().decode("latin-1")
        answer = wire.ask("GET", target)
        if answer.status == 200:
            assert answer.body == document, path
        else:
            assert answer.is_not_http or answer.refusal in {(400, "malformed"), (404, "not_found")}
        assert answer.status == 400 or ".." not in path.split("/"), path


def test_no_name_leads_out_of_the_workspace(wire):
    for path in PATHS:
        target = f"/api/strategies{path}".encode().decode("latin-1")
        answer = wire.ask("GET", target, wire.key)
        known = {(400, "malformed"), (404, "not_found"), (422, "parameters")}
        assert answer.is_not_http or answer.refusal in known, path


def test_a_link_out_of_the_bundle_is_no_part_of_it(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    for folder, name in [(inside, "index.html"), (inside, "x.key"), (outside, "secret.txt")]:
        (folder / name).write_text(name)
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    assert [*bundle.__wrapped__(inside)] == ["index.html"]


# --- methods


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X", "M-SEARCH"]
)
def test_there_are_four_methods(wire, described, method):
    for path in ["/", "/api/nothing", "/index.html", *described]:
        assert wire.ask(method, path, wire.key).refusal == (405, "method")


def test_a_method_that_fits_nothing_is_refused(wire, described):
    for path, known in described.items():
        for method in {"GET", "HEAD", "POST", "DELETE"} - {name.upper() for name in known}:
            answer = wire.ask(method, path.replace("{", "").replace("}", ""), wire.key)
            assert answer.status == 405
            assert method == "HEAD" or answer.refusal == (405, "method")
            assert set(answer.headers["allow"].split(", ")) - {"OPTIONS"} == {
                name.upper() for name in known
            }


# --- queries


def operations(described, method: str):
    """Path with its holes filled, and the names of its query parameters."""
    for path, item in described.items():
        if method in item:
            known = item[method].get("parameters", [])
            names = {p["name"] for p in known if p["in"] == "query"}
            yield path.replace("{", "").replace("}", ""), item[method], names


def test_a_parameter_nobody_reads_is_refused(wire, described):
    for method in ("get", "post", "delete"):
        for path, _, known in operations(described, method):
            own = {"lab", "data", "request", "key", "expr_hash", "job_id", "order_id"}
            for name in {"zzz", "Limit", "limit%20", "%00", "limit[]", *own} - known:
                answer = wire.ask(method.upper(), f"{path}?{name}=1", wire.key)
                assert answer.refusal == (400, "malformed"), (path, name)


VALUES = ["", "-1", "0", "1e3", "NaN", "99999999999999999999", "9" * 400, "%00", "%ff", "null",
          "1;2", "true", "%F0%9F%98%80", "' OR 1=1 --", "..%2f..", "[]", "1&limit=2",
          "1%0a2"]  # fmt: skip


def test_any_value_of_a_parameter_is_answered(wire, described):
    for path, _, known in operations(described, "get"):
        for name, value in itertools.product(sorted(known), VALUES):
            wire.ask("GET", f"{path}?{name}={value.replace(' ', '%20')}", wire.key)


def test_the_page_reads_its_own_query(wire):
    assert wire.ask("GET", "/jobs?status=failed&new=1").body == wire.ask("GET", "/").body


# --- bodies

BODIES = [
    b"", b" ", b"null", b"true", b"1", b'"x"', b"[]", b"[{}]", b"{", b'{"', b"{}{}", b"{'a':1}",
    b'{"zzz": 1}', b'{"": 1}', b'{"\\ud800": 1}', b'{"\xff": 1}', b"\xff\xfe{\x00}\x00",
    b"\x00" * 99,
    b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"zzz":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"1" * 100_000, b"-", b"1e999", b"NaN",
    b'{"__proto__": {}}', b"a=1&b=2", b"--x\r\n\r\n--x--",
]  # fmt: skip


def test_a_body_that_is_none_is_refused(wire, described):
    for path, operation, _ in operations(described, "post"):
        if "requestBody" in operation or path.endswith("import"):
            for body in BODIES:
                answer = wire.post(path, body)
                settled = path == "/api/settings" and body == b"{}"
                assert answer.status in {400, 404} or settled, (path, body[:20], answer)


WRONG = ["", "\0", "\u202e", "x" * 10_000, 0, -1, 1.5, 1e308, 10**30, -(10**30), True, None, [], {},
         [[]], ["\0"], {"\0": 1}, {"price": 10**30}, {"price": -1}, {"price": "x"}]  # fmt: skip


def wrong_bodies():
    """Every field of every body with every wrong value, the others being right."""
    order = {"symbol": "USD", "side": "buy", "quantity": 1.0, "order_type": "market"}
    params = {"cap": 0.1, "max_lev": 1, "execution_lag": 1, "smooth_ema": 0.5, "sizing": "raw",
              "neutralize": "market", "rebalance": 5, "cost_bps": 1, "borrow_bps": 1,
              "max_stale": 5, "delisting_return": 0, "start": "2001-01-01",
              "end": "2002-01-01"}  # fmt: skip
    right = {
        "/api/config/check": {"expr": EXPR, "dataset": "ecb_fx_sek"},
        "/api/broker/orders": order | {"limit_price": 1.0, "dataset": "ecb_fx_sek"},
        "/api/broker/rebalance/preview": {"hash": "a" * 12},
        "/api/settings": {"theme": "dark", "workers": 2, "dataset": "ecb_fx_sek"},
        "/api/datasets/import": {"handle": "x", "name": "y", "lockbox": "20%"},
        "/api/strategies/x/tags": {"tags": ["a"]},
        "/api/strategies/x/note": {"note": "a"},
        "/api/desktop/export": {"hash": "a" * 12, "run": "b", "format": "csv"},
        "/api/desktop/activate": {"paths": []},
        "/api/backtest": {"expr": "?", "dataset": "ecb_fx_sek", "price": "c_sek"},
        "/api/jobs/train": {"n": 0, "seed": 1, "workers": 1, "max_depth": 2, "method": "random"},
    }
    for path, body in right.items():
        yield from ((path, body | {name: wrong}) for name in body for wrong in WRONG)
        yield path, body | {"unknown": 1}
    for name, wrong in itertools.product(params, WRONG):
        yield "/api/backtest", {"expr": EXPR, "params": params | {name: wrong}}
    for lags in ({"price": 10**30}, {"price": -1}, {"price": 2521}, {"\0": 1}, {"": 0}):
        yield "/api/backtest", {"expr": EXPR, "domain_lags": lags}


def test_a_wrong_field_is_refused(server):
    broken = []
    for path, body in wrong_bodies():
        answer = server.http.post(path, json=body)
        allowed = {400, 404} if "unknown" in body else {*range(200, 500)}
        if answer.status_code not in allowed:
            broken.append((path, body, answer.text))
    assert broken == []


def test_what_would_end_in_no_number_is_refused(server):
    order = {"symbol": "USD", "side": "buy", "quantity": 1e308, "order_type": "market"}
    job = {"n": 1, "workers": 1, "params": {"rebalance": 10**30}}
    for path, body in [("/api/broker/orders", order), ("/api/jobs/train", job)]:
        answer = server.http.post(path, json=body)
        assert answer.status_code in {400, 422}, answer.text


def test_a_body_has_its_limit(wire):
    path = "/api/config/check"
    for size, refusal in [(MAX_BODY, (400, "malformed")), (MAX_BODY + 1, (413, "too_large"))]:
        assert wire.post(path, b"x" * size).refusal == refusal
    big = b"x" * 10_000_000
    assert wire.post(path, big).refusal == (413, "too_large")
    assert wire.ask("POST", "/", body=big).status == 413
    claimed = wire.ask("POST", path, wire.key, f"Content-Length: {10**11}")
    assert claimed.refusal == (413, "too_large")
    for length in ("1e3", "-1", "0x10", "1, 2", "\xef\xbc\x99"):
        assert wire.ask("POST", path, wire.key, f"Content-Length: {length}").status == 400


def head_of(wire: Wire, path: str) -> bytes:
    kinds = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
    return head([f"POST {path} HTTP/1.1", f"Host: {wire.host}", wire.key, *kinds])


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_body_may_come_in_pieces(wire, size):
    body = b'{"expr": "feat(\\"c_sek\\")"}'
    sent = head_of(wire, "/api/config/check") + chunked(body, size)
    assert wire.send(sent, "POST").status == 200


def test_a_body_in_pieces_has_its_limit_too(wire):
    for path in ("/api/config/check", "/api/backtest", "/api/settings"):
        sent = head_of(wire, path) + chunked(b"x" * 10_000_000, 60_000)
        assert wire.send(sent, "POST").refusal == (413, "too_large")
    for garbage in (b"zz\r\n", b"-1\r\nx\r\n", b"1\r\nab", b"f" * 21 + b"\r\n", b"\0\r\n"):
        sent = head_of(wire, "/api/config/check") + garbage + b"\r\n0\r\n\r\n"
        assert wire.send(sent, "POST").status == 400
