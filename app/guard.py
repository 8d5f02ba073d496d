"""The gate in front of everything: decides from host, origin, path, size and token alone.

A server on the loopback address is open to every page of the user's browser and to every other
user of the machine. So it answers to one exact host name, to no page but its own, and to nobody
without the token of this start. It stands outside the framework, so that no route, no socket, no
404 and no file escapes it.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import msgspec

from app.problem import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PROTOCOL = "kvant.v1"
MAX_BODY = 1 << 20
MAX_UPLOAD = 2 << 30
UPLOAD_PATHS = ("/api/datasets/import", "/api/datasets/upload")
MAX_PATH = 2048
METHODS = ("GET", "HEAD", "POST", "DELETE")
POSTS_PER_S, POSTS_AT_ONCE = 50.0, 200.0
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://{host};"
    " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Refusal(Exception):
    """The request goes no further."""

    def __init__(self, status: int, code: str, message: str, retry_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(code=code, message=message)
        self.retry_s = retry_s


class Guard:
    """`app` behind the gate; `token` opens it on 127.0.0.1:`port`.

    scripts: SHA-256 in base64 of each script that may stand in the document itself.
    """

    def __init__(self, app: App, token: str, port: int, scripts: Sequence[str] = ()) -> None:
        self._app = app
        self._token = token.encode()
        self._host = f"127.0.0.1:{port}".encode()
        self._origin = b"http://" + self._host
        allowed = "".join(f" 'sha256-{digest}'" for digest in scripts)
        policy = _POLICY.format(host=self._host.decode(), scripts=allowed).encode()
        self._always: Headers = [
            (b"content-security-policy", policy),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
        ]
        self._posts = _Bucket(POSTS_PER_S, POSTS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except Refusal as refusal:
            await self._refuse(scope, receive, send, refusal)
            return
        limit = MAX_UPLOAD if scope["path"] in UPLOAD_PATHS else MAX_BODY
        await self._app(scope, _counted(receive, limit), self._adorned(send))

    def _check(self, scope: Scope) -> None:
        headers: Headers = scope["headers"]
        if _all(headers, b"host") != [self._host]:
            raise Refusal(421, "host", "This server answers to its own address only.")
        _check_path(scope)
        self._check_origin(headers, required=scope["type"] == "websocket")
        if _is_api(scope):
            self._check_token(scope["type"], headers)
        if scope["type"] == "http":
            self._check_size(scope, headers)

    def _check_origin(self, headers: Headers, *, required: bool) -> None:
        origin, site = _all(headers, b"origin"), _all(headers, b"sec-fetch-site")
        foreign = origin != [self._origin] and (required or origin)
        if foreign or not {b"same-origin", b"none"}.issuperset(site):
            raise Refusal(403, "origin", "This server answers to its own page only.")

    def _check_token(self, kind: str, headers: Headers) -> None:
        if kind == "websocket":
            offered = [
                word.strip()
                for value in _all(headers, b"sec-websocket-protocol")
                for word in value.split(b",")
            ]
            given = [word[4:] for word in offered if word.startswith(b"tok.")]
            if PROTOCOL.encode() not in offered:
                given = []
        else:
            bearer = [v[7:] for v in _all(headers, b"authorization") if v.startswith(b"Bearer ")]
            given = bearer + _all(headers, b"x-api-key")
        if len(given) != 1 or not hmac.compare_digest(given[0], self._token):
            raise Refusal(
                401, "token", "The token of this start is missing or wrong. Open Kvant again."
            )

    def _check_size(self, scope: Scope, headers: Headers) -> None:
        method = scope["method"]
        if method not in METHODS:
            raise Refusal(405, "method", f"Use one of {', '.join(METHODS)}.")
        # only who has the token may use up what the page has
        if method == "POST" and _is_api(scope) and not self._posts.take():
            raise Refusal(429, "too_many", "Too many requests at once. Try again.", retry_s=1)
        upload = scope["path"] in UPLOAD_PATHS
        limit = MAX_UPLOAD if upload else MAX_BODY
        length = _all(headers, b"content-length")
        if length and not (length[0].isdigit() and len(length) == 1):
            raise Refusal(400, "malformed", "The length of the body is not a number.")
        if length and (len(length[0]) > 12 or int(length[0]) > limit):
            raise too_large(limit)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        body = msgspec.json.encode(refusal.problem)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *self._always,
        ]
        if refusal.retry_s is not None:
            headers.append((b"retry-after", str(refusal.retry_s).encode()))
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _adorned(self, send: Send) -> Send:
        async def adorned(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._always]}
            await send(message)

        return adorned


class _Bucket:
    """Tokens that come back at a steady rate."""

    def __init__(self, per_s: float, at_once: float) -> None:
        self._per_s, self._at_once, self._left = per_s, at_once, at_once
        self._then = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._at_once, self._left + (now - self._then) * self._per_s)
        self._then = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def too_large(limit: int) -> Refusal:
    """The refusal of a body above the limit."""
    return Refusal(413, "too_large", f"The body is larger than {limit:,} bytes.")


def _is_api(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == "/api" or path.startswith("/api/")


def _check_path(scope: Scope) -> None:
    path: str = scope["path"]
    raw: bytes = scope.get("raw_path") or b""
    query: bytes = scope.get("query_string") or b""
    strange = any(ord(c) < 32 or c in "\\\x7f" for c in path) or "//" in path
    # a path without its slash would be no address of the API here, and one to the routes behind
    strange = strange or not path.startswith("/")
    if strange or ".." in path.split("/") or max(len(raw), len(path), len(query)) > MAX_PATH:
        raise Refusal(400, "malformed", "The path of the request is not one this server has.")


def _all(headers: Headers, name: bytes) -> list[bytes]:
    return [value for key, value in headers if key == name]


def _counted(receive: Receive, limit: int) -> Receive:
    """Receive, until the body is larger than it may be (one without a length, that is)."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large(limit)
        return message

    return counted
