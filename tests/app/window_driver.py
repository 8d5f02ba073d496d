"""Kvant with its real window around a page and a lab that tests can play with.

Started as a process of its own by tests/app/test_desktop_window.py; takes the words of the command
line. What the lab is asked for can be read at /test/asked; /test/jobs?N says that N jobs run.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from app import cli
from app.cli import service, window
from app.desktop import window as real_window
from app.desktop.ending import leave

PAGE = b"""<!doctype html><title>Driver</title><style>body{background:#123456}</style>
<h1>Driver</h1><input id="text" value="words"><script src="/page.js"></script>"""
SCRIPT = b"""
const token = new URLSearchParams(location.hash.slice(1)).get('t') ?? sessionStorage.getItem('t');
sessionStorage.setItem('t', token);
history.replaceState(null, '', location.pathname);
window.post = (path, body) => fetch(path, {method: 'POST', body: JSON.stringify(body ?? {}),
  headers: {Authorization: `Bearer ${token}`}}).then(async (r) => [r.status, await r.text()]);
if (!MUTE) post('/api/desktop/ready');
"""


class FakeLab:
    """A lab that does nothing and remembers what it was asked for."""

    def __init__(self, space):
        self.space, self.shell = space, None
        self.jobs, self.asked = 0, []
        self.idle = []
        self.lock = threading.Lock()

    def start(self):
        self.asked.append("start")

    def close(self):
        self.asked.append("close")
        (self.space.root / "asked.json").write_text(json.dumps(self.asked))
        if os.environ.get("DRIVER_SLOW_CLOSE"):
            time.sleep(60)

    def jobs_running(self):
        return self.jobs

    def ask_close(self):
        self.asked.append("ask_close")

    def on_idle(self, callback):
        self.idle.append(callback)
        self.settle()

    def settle(self):
        if self.jobs == 0:
            callbacks, self.idle = self.idle, []
            for callback in callbacks:
                callback()

    def open_file(self, path):
        self.asked.append(f"open {path.name}")


class App:
    """The routes that the window and its page need, without a framework."""

    def __init__(self, lab, token):
        self.lab, self.token = lab, token

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            if os.environ.get("DRIVER_BROKEN"):
                await send({"type": "lifespan.startup.failed", "message": "broken"})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while (message := await receive()).get("more_body") or message.get("body"):
            body += message["body"]
            if not message.get("more_body"):
                break
        status, kind, answer = await self.answer(scope, body)
        headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def answer(self, scope, body):
        path = scope["path"]
        if not path.startswith(("/api", "/test")):
            if path == "/page.js":
                mute = b"true" if os.environ.get("DRIVER_MUTE") else b"false"
                return 200, b"text/javascript", SCRIPT.replace(b"MUTE", mute)
            return 200, b"text/html", PAGE
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        if not self.token.matches(given.removeprefix("Bearer ")):
            return 401, b"text/plain", b"token"
        asked = json.loads(body or b"{}")
        done = await asyncio.to_thread(self.act, path, scope["query_string"].decode(), asked)
        return 200, b"application/json", json.dumps(done).encode()

    def act(self, path, query, asked):
        name = path.rpartition("/")[2]
        return getattr(self, f"do_{name}")(**asked) if asked else getattr(self, f"do_{name}")(query)

    def do_ready(self, _):
        self.lab.shell.ready()

    def do_close(self, action):
        self.lab.shell.close(action)

    def do_activate(self, paths):
        self.lab.asked.append("activate")
        if self.lab.shell:
            self.lab.shell.activate()
        for name in paths:
            self.lab.open_file(Path(name))

    def do_pick(self, kind):
        return str(self.lab.shell.pick(kind))

    def do_save(self, _):
        return str(self.lab.shell.save("some.csv", ("csv",)))

    def do_open(self, target):
        self.lab.shell.open_external(target)

    def do_jobs(self, query):
        self.lab.jobs = int(query)
        self.lab.settle()

    def do_asked(self, _):
        return self.lab.asked

    def do_native(self, query):
        """Something about, or done with, the real window, on its own thread."""
        name, _, value = query.partition("=")
        view, told, done = self.lab.shell._window.native, [], threading.Event()

        def look():
            told.append(getattr(Native(view), name)(*([value] if value else [])))
            done.set()

        view.create_window_trigger.emit(look)
        done.wait(5)
        return told[0] if told else None


class Native:
    """What tests see of the real window and do to it."""

    def __init__(self, view):
        from PySide6 import QtWidgets  # noqa: PLC0415  # after the window's own start

        self.view, self.qt = view, QtWidgets
        self.open = QtWidgets.QApplication.activeModalWidget()

    def place(self):
        view = self.view
        return [view.x(), view.y(), view.width(), view.height(), view.isMaximized()]

    def move(self, place):
        self.view.move(*map(int, place.split(",")))

    def size(self, size):
        self.view.resize(*map(int, size.split(",")))

    def maximize(self):
        self.view.showMaximized()

    def restore(self):
        self.view.showNormal()

    def minimize(self):
        self.view.showMinimized()

    def minimized(self):
        return self.view.isMinimized()

    def close(self):
        self.view.close()

    def colour(self):
        return self.view.webview.page().backgroundColor().name()

    def dialog(self):
        """Kind and text of the dialog that is open."""
        return self.open and [type(self.open).__name__, getattr(self.open, "text", str)()]

    def reject(self):
        self.open.reject()

    def accept(self, name=""):
        if name:
            self.open.findChild(self.qt.QLineEdit).setText(name)
            self.open.accept()
        else:
            next(each for each in self.open.buttons() if "OK" in each.text()).click()


def furnish(space, token, _port):
    """The lab and the application."""
    lab = FakeLab(space)
    return lab, App(lab, token)


if __name__ == "__main__":
    # what runs under nohup hands on that hang-ups are to be ignored, and Kvant heeds that
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if limit := os.environ.get("DRIVER_READY_LIMIT"):
        real_window.READY_LIMIT_S = float(limit)
    if slow := os.environ.get("DRIVER_SLOW_LOAD"):
        load = real_window.Window.load
        real_window.Window.load = staticmethod(lambda: (time.sleep(float(slow)), load()))
    window.Service = functools.partial(service.Service, furnish=furnish)
    os.umask(0o077)
    leave(cli.main(sys.argv[1:]))
