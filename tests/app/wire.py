"""Requests as bytes on a socket: what no library would send, and the answers taken apart."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple

import pytest

from app import guard, log
from app.guard import PROTOCOL
from app.lab import Lab
from app.problem import Problem
from tests.app.server import TOKEN, Running, running

SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
UPGRADE = (
    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)  # fmt: skip
NOT_HTTP = (400, "text/plain; charset=utf-8", b"Invalid HTTP request received.")
"""What the HTTP library itself answers to bytes that are no request; nobody else sees them."""


class Answer(NamedTuple):
    """Status, headers by their name in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_not_http(self) -> bool:
        return (self.status, self.headers.get("content-type"), self.body) == NOT_HTTP

    @property
    def problem(self) -> dict:
        """The body of a refusal, after checking that it has the one shape of refusals."""
        assert self.headers["content-type"] == "application/json", self
        problem = json.loads(self.body)
        assert {"code", "message"} <= set(problem) <= set(Problem.__struct_fields__), self
        assert problem["code"], self
        assert problem["message"], self
        return problem

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code."""
        return self.status, self.problem["code"]


class Wire:
    """Raw requests to a server of the tests."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.key = f"Authorization: Bearer {token}"
        self.origin = f"Origin: http://{self.host}"

    def ask(
        self, method: str, target: str, *headers: str, body: bytes = b"", host: str | None = None
    ) -> Answer:
        """The answer to a request with our Host (another, none if "") and these headers."""
        return self.send(self.request(method, target, *headers, body=body, host=host), method)

    def request(
        self, method: str, target: str, *headers: str, body: bytes = b"", host: str | None = None
    ) -> bytes:
        """The bytes of such a request."""
        hosts = {None: [f"Host: {self.host}"], "": []}.get(host, [f"Host: {host}"])
        length = [f"Content-Length: {len(body)}"] if body else []
        lines = [f"{method} {target} HTTP/1.1", *hosts, *headers, *length]
        return head(lines) + body

    def post(self, path: str, body: bytes, kind: str = "application/json") -> Answer:
        """The answer to a POST by who has the token."""
        return self.ask("POST", path, self.key, f"Content-Type: {kind}", body=body)

    def shake(self, target: str, *headers: str, host: str | None = None) -> Answer:
        """The answer to the opening handshake of a socket."""
        return self.ask("GET", target, *UPGRADE, *headers, host=host)

    def deaf(self, target: str) -> socket.socket:
        """An open socket with little room, which nobody reads."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", self.port))
        sock.sendall(self.request("GET", target, *UPGRADE, self.origin, RIGHT))
        assert sock.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 101"
        return sock

    def send(self, data: bytes, method: str = "GET") -> Answer:
        """The answer to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as sock:
            with contextlib.suppress(OSError):  # it may have heard enough
                sock.sendall(data)
            with HTTPResponse(sock, method=method) as reply:
                reply.begin()
                body = b"" if reply.status == 101 else reply.read()
                found = {name.lower(): value for name, value in reply.getheaders()}
        answer = Answer(reply.status, found, body)
        assert answer.status < 500, answer
        if not answer.is_not_http and "upgrade" not in data[:600].decode("latin-1").lower():
            self._check(answer)
        return answer

    def _check(self, answer: Answer) -> None:
        """Every answer has the headers of our pages, and every refusal the shape of refusals."""
        assert {name: answer.headers.get(name) for name in SECURE} == SECURE, answer
        policy = answer.headers["content-security-policy"]
        assert f"connect-src 'self' ws://{self.host};" in policy
        assert not {"access-control-allow-origin", "server", "set-cookie"} & set(answer.headers)
        if answer.status >= 400 and answer.body:
            assert answer.problem


def head(lines: list[str]) -> bytes:
    """The lines of a request and the empty one after them."""
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def offer(*words: str) -> str:
    """The header in which a socket names its protocol and its token."""
    return f"Sec-WebSocket-Protocol: {', '.join(words)}"


def unread(sock: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the frames a deaf client has not read; ends with what closes it."""
    with sock.makefile("rb") as file:
        while file.readline() != b"\r\n":  # the headers of the handshake
            pass
        kind = 0
        while kind != 8:
            kind, size = (byte & 127 for byte in file.read(2))
            if size > 125:
                size = int.from_bytes(file.read(2 if size == 126 else 8))
            kind &= 15
            yield kind, file.read(size)


RIGHT = offer(PROTOCOL, f"tok.{TOKEN}")


class Watched(Running):
    """A server whose log, and whose libraries' logs, are listened to."""

    def __init__(self, lab: Lab, port: int, ear: _Ear) -> None:
        super().__init__(lab, port)
        self.wire = Wire(port)
        self._ear, self._read = ear, 0

    def troubles(self) -> list[str]:
        """What was logged that nobody foresaw, since the last time it was asked."""
        with (self.lab.workspace.logs / log.FILE).open(encoding="utf-8") as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        told = [line for line in lines if "traceback" in line.lower() or '"ERROR"' in line]
        heard, self._ear.records = self._ear.records, []
        return told + [f"{record.name}: {record.getMessage()}" for record in heard]


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("websockets.client"):  # a connection we have cut ourselves
            self.records.append(record)


@contextlib.contextmanager
def watched(root: Path) -> Iterator[Watched]:
    """A server that takes any number of POSTs at once, and that is listened to."""
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(guard, "POSTS_AT_ONCE", 1e9)
            with running(root) as server:
                log.start(server.lab.workspace.logs)
                listened = Watched(server.lab, server.port, ear)
                with listened.http:
                    yield listened
    finally:
        logging.getLogger().removeHandler(ear)
        log.stop()
