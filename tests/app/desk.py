"""A running Kvant with a window, seen from outside: its server, its page, its process."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60.0
"""So long anything may take on a busy machine."""


def until(look, limit_s=LIMIT_S, every_s=0.05):
    """What `look` returns as soon as it is something."""
    end = time.monotonic() + limit_s
    while not (found := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(every_s)
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ancestors(pid):
    """A process, its parent, the parent of that, and so on."""
    while pid > 1:
        yield pid
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_helper(pid):
    """Whether a process is one of the engine that shows pages."""
    return b"QtWebEngineProcess" in Path(f"/proc/{pid}/cmdline").read_bytes()


class Desk:
    """Started with the words of a command line; leave it, or use it as a context manager."""

    def __init__(self, folder, *words, program=("-m", "tests.app.window_driver"), **variables):
        self.folder = folder
        self.debug_port = free_port()
        self.painted_before = len(self.logged("page_ready"))
        outside = Path(tempfile.mkdtemp(dir=folder.parent))
        self.opened, self.errors = outside / "opened", outside / "stderr"
        programs = outside / "bin"
        programs.mkdir()
        (programs / "xdg-open").write_text(f'#!/bin/sh\necho "$1" >> {self.opened}\n')
        (programs / "xdg-open").chmod(0o755)
        environment = os.environ | {
            "DISPLAY": "", "WAYLAND_DISPLAY": "",
            "KVANT_HOME": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
            "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "KVANT_DEBUG_PORT": str(self.debug_port),
        } | variables  # fmt: skip
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *program, *words], cwd=ROOT, env=environment, text=True,
                stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()

    def end(self, limit_s=LIMIT_S):
        """The exit code, once it has one."""
        return self.process.wait(limit_s)

    def signal(self, number=signal.SIGTERM):
        """Send a signal: the exit code and the seconds it took."""
        then = time.monotonic()
        self.process.send_signal(number)
        return self.end(), time.monotonic() - then

    @property
    def instance(self):
        def look():
            assert self.process.poll() is None, self.errors.read_text()
            with contextlib.suppress(OSError, ValueError):
                told = json.loads((self.folder / "instance.json").read_text())
                return told if told["pid"] == self.process.pid else None

        return until(look)

    def ask(self, path, body=None):
        """POST to the server: its answer."""
        told = self.instance
        connection = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=LIMIT_S)
        headers = {"Authorization": f"Bearer {told['token']}"}
        try:
            connection.request("POST", path, json.dumps(body or {}), headers)
            answer = connection.getresponse()
            assert answer.status == 200, (path, answer.status)
            return json.loads(answer.read())
        finally:
            connection.close()

    def asked(self):
        """What the lab was asked for."""
        return self.ask("/test/asked")

    def native(self, what):
        """Something about the real window."""
        return self.ask(f"/test/native?{what}")

    def logged(self, event):
        """The entries of the log about something."""
        file = self.folder / "logs" / "kvant.log"
        lines = file.read_text().splitlines() if file.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["event"] == event]

    def painted(self):
        """Wait for the page."""
        until(
            lambda: (
                len(self.logged("page_ready")) > self.painted_before
                or self.process.poll() is not None
            )
        )
        assert self.process.poll() is None, self.errors.read_text()
        return self

    def shown(self):
        """The addresses and folders that were shown with other programs."""
        return self.opened.read_text().split("\n")[:-1] if self.opened.exists() else []

    def renderer(self):
        """The process that shows the page: the one that another helper has made."""
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                line = list(ancestors(int(folder.name)))
                if self.process.pid in line[2:] and is_helper(line[0]) and is_helper(line[1]):
                    return line[0]
        return None

    def crash(self):
        """End the process that shows the page, and wait until that was noticed."""
        crashes, pid = len(self.logged("page_crash")), until(self.renderer)
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(self.logged("page_crash")) > crashes)
        until(lambda: self.renderer() != pid)

    def page(self):
        """The page, to be spoken to."""
        return Page(self.debug_port)


class Page:
    """A page, through the inspector of the engine that shows it."""

    def __init__(self, port):
        def look():
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/json")
                pages = json.loads(connection.getresponse().read())
                connection.close()
                return [page for page in pages if page["type"] == "page"]

        self.tabs = until(look)
        self._socket = connect(self.tabs[0]["webSocketDebuggerUrl"], max_size=None, legacy=True)
        self._ids = itertools.count()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def call(self, method, **params):
        id_ = next(self._ids)
        self._socket.send(json.dumps({"id": id_, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(LIMIT_S))).get("id") != id_:
            pass
        return answer.get("result", answer)

    def js(self, text):
        """The value of a JavaScript expression; of a promise, what it becomes."""
        told = self.call("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        return told.get("result", {}).get("value")  # nothing while the page is being loaded
