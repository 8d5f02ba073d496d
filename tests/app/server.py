"""A real server over a real workspace, on a socket of this machine."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from websockets.sync.client import ClientConnection, connect

from app.front import create_app
from app.guard import PROTOCOL
from app.lab import Lab
from app.serving import ServerThread, Token, bind, port_of
from engine.workspace import Workspace

TOKEN = "a-token-of-the-tests-0123456789"  # noqa: S105  # the server ends with the tests


class Running:
    """A server, and how to talk to it."""

    def __init__(self, lab: Lab, port: int) -> None:
        self.lab = lab
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http = httpx.Client(
            base_url=self.url, headers=self.headers, timeout=60, trust_env=False
        )

    def get(self, path: str, status: int = 200, **params):
        answer = self.http.get(path, params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body=None, status: int = 200, **headers):
        answer = self.http.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def socket(self, path: str, token: str = TOKEN, **options) -> ClientConnection:
        options = {"origin": self.url, "proxy": None} | options
        return connect(
            f"ws://127.0.0.1:{self.port}{path}",
            subprotocols=[PROTOCOL, f"tok.{token}"],
            **options,
        )

    def events(self, job_id: str, since: int = 0) -> list[dict]:
        """All events of a job until the server closes the socket."""
        with self.socket(f"/api/jobs/{job_id}/stream?since={since}") as socket:
            return [event for frame in socket for event in json.loads(frame)]

    def train(self, **body) -> dict:
        """A finished job."""
        job = self.post("/api/jobs/train", body, status=201)
        return self.finished(job["job_id"])

    def finished(self, job_id: str) -> dict:
        """The job once it has ended."""
        end = time.monotonic() + 60
        while (job := self.get(f"/api/jobs/{job_id}"))["status"] in {"queued", "running"}:
            assert time.monotonic() < end, job
            time.sleep(0.02)
        return job


@contextlib.contextmanager
def running(root: Path) -> Iterator[Running]:
    """A server over the workspace in `root`."""
    with Workspace(root, write=True) as space, Lab(space) as lab:
        listener = bind()
        port = port_of(listener)
        thread = ServerThread(lambda: create_app(lab, Token(TOKEN), port), listener)
        thread.start()
        try:
            thread.wait()
            server = Running(lab, port)
            with server.http:
                yield server
        finally:
            thread.stop()
