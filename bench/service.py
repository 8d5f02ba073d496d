"""The server as the page meets it: an ad-hoc backtest from request to full answer.

A process of its own, so that the client does not share the server's interpreter:
python -m bench.service WORKSPACE DATASET      prints one JSON line
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from app.front import create_app
from app.lab import Lab
from app.serving import ServerThread, Token, bind, port_of
from bench import suite
from bench.place import NAME
from bench.report import Section, below
from bench.step import Step
from engine.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-benchmark"  # noqa: S105  # the server ends with this process
REQUESTS = 200
GOALS = (("idle", "p50", 60.0), ("idle", "p99", 150.0), ("training", "p99", 300.0))


def part(step: Step) -> list[Section]:
    """The service on one panel."""
    return [section(measure(step.workspace, NAME))]


def measure(workspace: Path, dataset: str) -> dict[str, Any]:
    """Run the server in a fresh process, be its client, and return what was seen."""
    words = [sys.executable, "-m", "bench.service", str(workspace), dataset]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(  # noqa: S603  # our own command
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        return _asked(json.loads(server.stdout.readline())["url"], dataset)
    finally:
        server.stdin.close()  # the server ends with its input
        server.wait(20)


def section(found: dict[str, Any]) -> Section:
    """The rows of the service."""
    rows = tuple(
        below(
            f"ad-hoc backtest, request to full answer, {state}, {which}",
            found[state][which], goal, f"{found[state][which]:.0f} ms", f"< {goal:.0f} ms",
        )
        for state, which, goal in GOALS
    )  # fmt: skip
    return Section(title="Service", rows=rows)


def _asked(url: str, dataset: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=url, headers=headers, timeout=120, trust_env=False) as http:
        _backtests(http, dataset, len(suite.FORMULAS))  # files into memory, pools filled
        found: dict[str, Any] = {"idle": _quantiles(_backtests(http, dataset, REQUESTS))}
        job = http.post(
            "/api/jobs/train", json={"n": 10_000, "seed": 5, "workers": 2, "dataset": dataset}
        ).json()
        while not http.get(f"/api/jobs/{job['job_id']}").json()["processed"]:
            time.sleep(0.05)
        found["training"] = _quantiles(_backtests(http, dataset, REQUESTS))
        state = http.post(f"/api/jobs/{job['job_id']}/cancel").json()
        found["processed"] = state["processed"]
    return found


def _backtests(http: httpx.Client, dataset: str, count: int) -> list[float]:
    """Milliseconds of each request; no expression twice in a row."""
    texts = list(suite.FORMULAS.values())
    spent = []
    for i in range(count):
        body = {"expr": texts[i % len(texts)], "dataset": dataset, "params": {"cap": 0.05}}
        start = time.perf_counter()
        answer = http.post("/api/backtest", json=body)
        spent.append((time.perf_counter() - start) * 1e3)
        assert answer.status_code == 200, answer.text
    return spent


def _quantiles(spent: list[float]) -> dict[str, float]:
    return {
        "p50": float(np.percentile(spent, 50)),
        "p99": float(np.percentile(spent, 99)),
        "max": max(spent),
    }


def _until_input_ends(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def _serve(root: Path) -> None:
    with Workspace(root, write=True) as space, Lab(space) as lab:
        listener = bind()
        port = port_of(listener)
        thread = ServerThread(lambda: create_app(lab, Token(TOKEN), port), listener)
        thread.start()
        thread.wait()
        print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)
        ended = threading.Event()
        threading.Thread(target=_until_input_ends, args=[ended], daemon=True).start()
        ended.wait()
        lab.close()
        thread.stop()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
