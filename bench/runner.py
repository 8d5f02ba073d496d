"""Each step in a process of its own, watched from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench import machine
from bench.part import Outcome
from bench.report import Section
from bench.step import Step

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 1500
LOOK_S = 0.1
"""How often the memory of what a step has started is looked at."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is over: what it found, or why it failed; what it took.

    `peak` is the largest resident memory of its own process, `others` that of the largest process
    it started, `foreign` the share of a core that went to programs that are none of ours.
    """

    step: Step
    sections: list[Section] = []
    failure: str = ""
    seconds: float
    peak: int = 0
    others: int
    foreign: float

    @property
    def name(self) -> str:
        alone = self.step.part in {"bandwidth", "start", "scaling"}
        return self.step.part if alone else f"{self.step.part} on {self.step.panel}"


def done(step: Step, limit_s: float = LIMIT_S) -> Done:
    """Do a step; one that takes longer than `limit_s` is ended and counts as failed."""
    start, before = time.monotonic(), machine.foreign()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcome.json"
        code, others = _watched(step, out, start + limit_s)
        seconds = time.monotonic() - start
        found = _outcome(out)
    result = Done(
        step=step,
        sections=found.sections if found else [],
        failure="" if found else f"ended with code {code} after {seconds:.0f} s",
        seconds=seconds,
        peak=found.peak if found else 0,
        others=others,
        foreign=(machine.foreign() - before) / seconds,
    )
    print(f"[{seconds:6.1f} s] {result.name} {result.failure}", file=sys.stderr, flush=True)
    return result


def _outcome(out: Path) -> Outcome | None:
    return msgspec.json.decode(out.read_bytes(), type=Outcome) if out.exists() else None


def _watched(step: Step, out: Path, end: float) -> tuple[int, int]:
    """Exit code, and the largest memory of a process that the step's process started."""
    words = [sys.executable, "-m", "bench.part", msgspec.json.encode(step).decode(), str(out)]
    process = subprocess.Popen(  # noqa: S603  # our own command
        words, cwd=ROOT, start_new_session=True, stdout=sys.stderr
    )
    others = 0
    try:
        while process.poll() is None and time.monotonic() < end:
            others = max(others, _largest_below(process.pid))
            time.sleep(LOOK_S)
    finally:
        if process.poll() is None:
            _end(process)
    return process.wait(), others


def _largest_below(pid: int) -> int:
    """Between its fork and its own command a child has the memory of its parent: not counted."""
    own = machine.command(pid)
    below = (child for child in machine.descendants(pid) if machine.command(child) != own)
    return max(map(machine.peak_memory, below), default=0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
