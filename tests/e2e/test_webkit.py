"""The pages in WebKit, the engine of the window on other systems: they paint, and say no error."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.stage import TOKEN, Kvant, free_port, until

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
PAGES = (
    "/", "/strategies", "/backtest?expr=cs_rank(c_sek)", "/jobs", "/catalog?item=ts_mean", "/data",
    "/broker", "/settings",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    (DRIVER is None or SCREEN is None) and not os.environ.get("CI"),
    reason="apt-get install webkit2gtk-driver xvfb",
)


@contextlib.contextmanager
def running(*words: str, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        words, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    number = next(n for n in range(90, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())  # noqa: S108
    with running(SCREEN, f":{number}", "-screen", "0", "1440x900x24", "-nolisten", "tcp"):
        until(Path(f"/tmp/.X11-unix/X{number}").exists)  # noqa: S108
        yield f":{number}"


class WebKit:
    """One window of WebKit, spoken to as the W3C says."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": {}}}}
        self._session = self._http.post("/session", json=wanted).json()["value"]["sessionId"]

    def open(self, address: str) -> None:
        self._post("url", {"url": address})

    def js(self, text: str):
        return self._post("execute/sync", {"script": f"return {text}", "args": []})

    def close(self) -> None:
        self._http.delete(f"/session/{self._session}")
        self._http.close()

    def _post(self, path: str, body: dict):
        answer = self._http.post(f"/session/{self._session}/{path}", json=body).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer


@pytest.fixture(scope="module")
def webkit(display) -> Iterator[WebKit]:
    port = free_port()
    # LANG=C: this engine then calls its language "C", which no formatter of numbers knows
    with running(DRIVER, f"--port={port}", DISPLAY=display, LANG="C", LC_ALL="C"):
        url = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            try:
                return httpx.get(f"{url}/status", trust_env=False).status_code == 200
            except httpx.HTTPError:
                return False

        until(answers)
        window = WebKit(url)
        try:
            yield window
        finally:
            window.close()


@pytest.fixture(scope="module")
def kvant(tmp_path_factory) -> Iterator[Kvant]:
    it = Kvant(tmp_path_factory.mktemp("webkit") / "space", window=False)
    it.start()
    try:
        job = it.api("POST", "/api/jobs/train", {"n": 20}).json()["job_id"]
        until(lambda: it.api("GET", f"/api/jobs/{job}").json()["status"] == "done")
        yield it
    finally:
        it.stop()


def test_every_page_paints(webkit, kvant):
    best = kvant.api("GET", "/api/strategies?limit=1").json()["items"][0]["expr_hash"]
    for page in (*PAGES, f"/strategies/{best}"):
        webkit.open(f"{kvant.url}{page}#t={TOKEN}")
        until(lambda: webkit.js("document.querySelector('h1')?.innerText"))
        until(lambda: webkit.js("document.querySelectorAll('[aria-busy=true]').length") == 0)
        text = webkit.js("document.body.innerText")
        assert "Internal Error" not in text, page
        assert "engine does not answer" not in text, page
    until(lambda: webkit.js("document.querySelectorAll('canvas').length") >= 1)
    webkit.open(f"{kvant.url}/backtest?expr=cs_rank(c_sek)#t={TOKEN}")
    editor = "document.querySelector('.cm-content')?.innerText.trim()"
    until(lambda: webkit.js(editor) == "cs_rank(c_sek)")
