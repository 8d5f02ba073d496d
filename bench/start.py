"""From the start of the process to a page with data in it, in the real window without a display.

python -m bench.start [WORKSPACE]      six starts, the first of which is not counted
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from websockets.sync.client import connect

from app.serving import bind, port_of
from bench.report import Section, below
from bench.step import Step

ROOT = Path(__file__).resolve().parent.parent
GOAL_S = 1.5
ROUNDS = 6
PAINTED = (
    "[...document.querySelectorAll('main h2, main h1')].length > 1"
    " && !document.querySelector('[aria-busy=true]')"
)


def part(step: Step) -> list[Section]:
    """Starts on a workspace of their own, with the bundled data."""
    return [section(measure(Path(step.scratch) / "started"))]


def measure(workspace: Path) -> list[float]:
    """Seconds of each start but the first."""
    return [_start(workspace) for _ in range(ROUNDS)][1:]


def section(found: list[float]) -> Section:
    """The row of the start."""
    middle = statistics.median(found)
    text = f"{middle:.2f} s ({min(found):.2f} to {max(found):.2f})"
    row = below("process start to a painted page with data, warm", middle, GOAL_S, text, "< 1.5 s")
    return Section(title="Start", rows=(row,))


def _start(workspace: Path) -> float:
    listener = bind()
    port = port_of(listener)
    listener.close()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "KVANT_DEBUG_PORT": str(port),
    }
    words = [sys.executable, "launcher.py", "window", "--workspace", str(workspace)]
    start = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  # our own command
        words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return _painted(port, start) - start
    finally:
        process.terminate()
        process.wait(10)


def _painted(port: int, start: float) -> float:
    """The moment at which the page shows data."""
    while time.monotonic() - start < 30:
        time.sleep(0.02)
        pages = _pages(port)
        if pages and pages[0]["url"].startswith("http://127.0.0.1"):
            return _shows(pages[0]["webSocketDebuggerUrl"], start)
    raise TimeoutError("The window did not paint within 30 s.")


def _pages(port: int) -> list[dict[str, str]]:
    """What the debugging port has to show; asked for so lightly that it delays nobody."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/json")
        pages: list[dict[str, str]] = json.loads(asking.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return []
    else:
        return pages
    finally:
        asking.close()


def _shows(address: str, start: float) -> float:
    ask = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": PAINTED}}
    with connect(address, proxy=None, max_size=None) as page:
        while time.monotonic() - start < 30:
            page.send(json.dumps(ask))
            answer = json.loads(page.recv()).get("result", {})  # a page that loads has no answer
            if answer.get("result", {}).get("value") is True:
                return time.monotonic()
            time.sleep(0.01)
    raise TimeoutError("The page did not show data within 30 s.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kvant-start-") as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        print(section(measure(given)).rows[0])
