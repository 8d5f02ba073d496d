"""The peers' own environments: Kvant's stays as its users have it.

Peers whose needs may conflict live apart. What could not be installed says why.
"""

from __future__ import annotations

import os
import re
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
STAMP, FAILURE = "installed.txt", "failure.txt"
IMPORT_S = 120


class Environment(msgspec.Struct, frozen=True):
    """A folder of build/, a file of pinned requirements, and the peers it is for."""

    folder: str
    requirements: str
    peers: tuple[str, ...]

    @property
    def place(self) -> Path:
        return ROOT / "build" / self.folder

    @property
    def python(self) -> Path:
        return self.place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def file(self) -> Path:
        return ROOT / "bench" / self.requirements

    def packages(self) -> tuple[str, ...]:
        """The names of what is pinned."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return tuple(line.split("==")[0] for line in lines if "==" in line)


ENVIRONMENTS = (
    Environment("bench-venv", "requirements.txt", ("pandas", "bottleneck", "vectorbt")),
    Environment("bench-venv-polars-ta", "requirements-polars-ta.txt", ("polars_ta",)),
    Environment("bench-venv-qlib", "requirements-qlib.txt", ("qlib",)),
)


def install() -> bool:
    """Bring every environment up to date; whether all could be."""
    done = [_installed(environment) for environment in ENVIRONMENTS]
    return all(done)


def missing() -> dict[str, str]:
    """Why a peer cannot take part, for each that cannot."""
    return {
        peer: reason
        for environment in ENVIRONMENTS
        for peer in environment.peers
        if (reason := _reason(environment, peer))
    }


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment."""
    return next(e.python for e in ENVIRONMENTS if peer in e.peers)


def _installed(environment: Environment) -> bool:
    want = environment.file.read_text(encoding="utf-8")
    stamp = environment.place / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == want:
        print(f"{environment.folder}: up to date")
        return True
    venv.create(environment.place, clear=True, with_pip=True)
    pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "-r")
    done = _call([environment.python, *pip, environment.file])
    if done.returncode:
        (environment.place / FAILURE).write_text(_last_line(done.stderr), encoding="utf-8")
    else:
        stamp.write_text(want, encoding="utf-8")
    print(f"{environment.folder}: {_last_line(done.stderr) if done.returncode else 'installed'}")
    return not done.returncode


def _reason(environment: Environment, peer: str) -> str:
    """Why the peer cannot be imported in its environment; empty when it can."""
    failure = environment.place / FAILURE
    if failure.is_file():
        return f"could not be installed: {failure.read_text(encoding='utf-8')}"
    if not environment.python.exists():
        return "not installed; python -m bench --setup does it"
    try:
        done = _call([environment.python, "-W", "ignore", "-c", f"import {peer}"])
    except subprocess.TimeoutExpired:
        return f"could not be imported within {IMPORT_S} s"
    return f"cannot be imported: {_last_line(done.stderr)}" if done.returncode else ""


def _call(words: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    limit = IMPORT_S if "-c" in words else None
    return subprocess.run(  # noqa: S603  # our own command
        words, check=False, capture_output=True, text=True, timeout=limit
    )


def _last_line(text: str) -> str:
    """The last line of what a program said, without addresses: those are the machine's affair."""
    said = (text.strip().splitlines() or ["no reason was given"])[-1]
    return re.sub(r"\w+://\S+", "(an address)", said)
