"""A hundred sockets on one search, watched for a minute; run by command, compared with nothing.

python -m bench.sockets [--sockets 100] [--seconds 60] [--candidates 10000] [--workers 2]

Prints one JSON line: memory of the server before, during and after; holes and repetitions in what
the clients were told; milliseconds from an event to its client, and of a request beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

ROOT = Path(__file__).resolve().parent.parent
MS = 1000.0


class Heard(msgspec.Struct):
    """What one client was told."""

    first: int = 0
    last: int = 0
    holes: int = 0
    repeated: int = 0
    frames: int = 0
    largest: int = 0
    delays_ms: list[float] = []

    def take(self, events: list[dict[str, Any]], since_ms: float) -> None:
        """Count a frame; events from before `since_ms` were not waited for."""
        now = time.time() * MS
        self.frames += 1
        self.largest = max(self.largest, len(events))
        for event in events:
            seq = event["seq"]
            self.first = self.first or seq
            self.holes += max(0, seq - self.last - 1)
            self.repeated += seq <= self.last
            self.last = max(self.last, seq)
            told = dt.datetime.fromisoformat(event["timestamp"]).timestamp() * MS
            if told >= since_ms:
                self.delays_ms.append(now - told)


class Server:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], token: str) -> None:
        self.process = process
        assert process.stdout is not None
        self.port = json.loads(process.stdout.readline())["port"]
        self.token = token
        self.origin = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {token}"}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.origin, headers=self.headers, trust_env=False, timeout=30
        )

    def memory_mb(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(x.split()[1]) for x in status.splitlines() if "VmRSS" in x) / 1024

    def files(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@contextmanager
def serving() -> Iterator[Server]:
    """A server over a new workspace with the bundled data set."""
    token = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "launcher.py", "serve", "--workspace", f"{folder}/space"]
        with subprocess.Popen(  # noqa: S603  # our own command
            words, cwd=ROOT, env={**os.environ, "QUANT_API_KEY": token}, text=True,
            stdout=subprocess.PIPE,
        ) as process:  # fmt: skip
            try:
                yield Server(process, token)
            finally:
                process.terminate()
                process.wait(10)


async def listen(server: Server, job_id: str, seconds: float) -> Heard:
    """Listen to a job from its beginning, for some seconds or until it ends."""
    heard, decoder = Heard(), msgspec.json.Decoder()
    since_ms, end = time.time() * MS + 500, time.monotonic() + seconds
    async with connect(
        f"ws://127.0.0.1:{server.port}/api/jobs/{job_id}/stream?since=0",
        origin=Origin(server.origin),
        subprotocols=[Subprotocol("kvant.v1"), Subprotocol(f"tok.{server.token}")], proxy=None,
        max_size=None,
    ) as socket:  # fmt: skip
        with suppress(TimeoutError):
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + seconds):
                async for frame in socket:
                    heard.take(decoder.decode(frame), since_ms)
        assert time.monotonic() >= end or heard.last, "the job ended before anybody listened"
    return heard


async def beside(server: Server, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of a request twice a second, and the memory of the server then."""
    took: list[float] = []
    memory: list[float] = []
    end = time.monotonic() + seconds
    async with server.client() as http:
        while time.monotonic() < end:
            start = time.perf_counter()
            (await http.get("/api/health")).raise_for_status()
            took.append((time.perf_counter() - start) * MS)
            memory.append(server.memory_mb())
            await asyncio.sleep(0.5)
    return took, memory


async def watch(server: Server, options: argparse.Namespace) -> dict[str, float | int | str]:
    """The whole measurement."""
    async with server.client() as http:
        body = {"n": options.candidates, "workers": options.workers}
        job = (await http.post("/api/jobs/train", json=body)).json()
        await asyncio.sleep(3)  # what the search itself needs is there by then
        before, files = server.memory_mb(), server.files()
        listening = [listen(server, job["job_id"], options.seconds) for _ in range(options.sockets)]
        (took, memory), heard = await asyncio.gather(
            beside(server, options.seconds), asyncio.gather(*listening)
        )
        await asyncio.sleep(2)
        ended = (await http.get(f"/api/jobs/{job['job_id']}")).json()
        after, files_after = server.memory_mb(), server.files()
        await http.post(f"/api/jobs/{job['job_id']}/cancel")
    delays = np.concatenate([h.delays_ms for h in heard])
    return {
        "sockets": options.sockets, "seconds": options.seconds,
        "job": f"{ended['status']}, {ended['processed']} of {ended['total']}",
        "memory_before_mb": round(before, 1), "memory_highest_mb": round(max(memory), 1),
        "memory_after_mb": round(after, 1), "files_before": files, "files_after": files_after,
        "events_each": int(np.median([h.last for h in heard])),
        "late_starts": sum(h.first != 1 for h in heard),
        "holes": sum(h.holes for h in heard), "repeated": sum(h.repeated for h in heard),
        "deliveries": len(delays), "frames_per_s": round(
            max(h.frames for h in heard) / options.seconds, 1),
        "largest_frame": max(h.largest for h in heard),
        **{f"delivery_p{p}_ms": round(float(np.percentile(delays, p)), 1) for p in (50, 99, 100)},
        **{f"request_p{p}_ms": round(float(np.percentile(took, p)), 1) for p in (50, 99)},
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.sockets", description=__doc__)
    for name, usual in [("sockets", 100), ("seconds", 60), ("candidates", 10_000), ("workers", 2)]:
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with serving() as server:
        print(json.dumps(asyncio.run(watch(server, options))))


if __name__ == "__main__":
    main()
