"""Kvant as its users start it, and its page in a browser or in its own window."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, Playwright, Request, Response

from app.serving import bind, port_of
from tests.e2e.cdp import relay

ROOT = Path(__file__).parents[2]
TOKEN = "the-token-of-the-journey-0123456789"  # noqa: S105  # the server ends with the test
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"


class Complaints:
    """What a page has to complain about: its console, its errors, requests to somebody else."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.expected: tuple[str, ...] = ()

    def listen(self, page: Page, home: str) -> None:
        def request(asked: Request) -> None:
            if not asked.url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
                self.said.append(f"external request: {asked.url}")

        def response(got: Response) -> None:
            if got.status >= 500:
                self.said.append(f"{got.status} from {got.url}")

        page.on(
            "console",
            lambda m: self.said.append(m.text) if m.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda e: self.said.append(f"uncaught: {e}"))
        page.on("request", request)
        page.on("response", response)

    def unexpected(self) -> list[str]:
        """All but those the test provoked."""
        return [text for text in self.said if not any(word in text for word in self.expected)]


class Kvant:
    """One running Kvant; kill it and start it again as often as you like."""

    def __init__(self, space: Path, *, window: bool) -> None:
        self.space, self.window = space, window
        self.port, self.debug = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        if not self.window:
            return f"http://127.0.0.1:{self.port}"
        found = json.loads((self.space / "instance.json").read_text())
        return f"http://127.0.0.1:{found['port']}"

    def start(self) -> None:
        words = ["window"] if self.window else ["serve", "--port", str(self.port)]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "KVANT_DEBUG_PORT": str(self.debug),
            "QUANT_API_KEY": TOKEN,
        }
        log = (self.space.parent / "kvant.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "launcher.py", *words, "--workspace", str(self.space)],
                cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until(self._answers)

    def kill(self) -> None:
        """Pull the plug."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def api(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.request(
            method, f"{self.url}{path}", json=body, headers=headers, timeout=60, trust_env=False
        )

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.space.parent / "kvant.log").read_text()[-2000:]
        try:
            return self.api("GET", "/api/health").status_code == 200
        except (OSError, ValueError, httpx.HTTPError):
            return False


@contextlib.contextmanager
def opened(playwright: Playwright, kvant: Kvant, **options) -> Iterator[Page]:
    """The page of a running Kvant: in Chromium, or the one its window shows."""
    if kvant.window:
        with (
            _debugger(kvant) as address,
            _closing(playwright.chromium.connect_over_cdp(address)) as browser,
        ):
            yield browser.contexts[0].pages[0]
        return
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    with _closing(launched) as browser:
        page = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}} | options
        ).new_page()
        yield page


@contextlib.contextmanager
def _debugger(kvant: Kvant) -> Iterator[str]:
    address = f"http://127.0.0.1:{kvant.debug}/json"

    def painted() -> bool:
        try:
            pages = httpx.get(address, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return False
        return any("Kvant" in page["title"] for page in pages)

    until(painted)
    version = httpx.get(f"{address}/version", trust_env=False).json()
    with relay(version["webSocketDebuggerUrl"]) as relayed:
        yield relayed


@contextlib.contextmanager
def _closing(browser: Browser) -> Iterator[Browser]:
    try:
        yield browser
    finally:
        with contextlib.suppress(Exception):
            browser.close()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    listener = bind()
    port = port_of(listener)
    listener.close()
    return port


def until(condition, limit_s: float = 30.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)
