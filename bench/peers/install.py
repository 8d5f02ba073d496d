"""The peers' own environment: Kvant's stays as its users have it."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "bench-venv"
PYTHON = PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
PEERS = ("pandas", "bottleneck", "vectorbt")
PACKAGES = (*PEERS, "numpy", "polars")


def install() -> None:
    """Make the environment anew and install bench/requirements.txt into it."""
    venv.create(PLACE, clear=True, with_pip=True)
    _call([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS])


def missing() -> list[str]:
    """Peers that cannot be imported there; all of them without the environment."""
    if not PYTHON.exists():
        return list(PEERS)
    code = "import sys, importlib.util as u;"
    code += "print(*[name for name in sys.argv[1:] if not u.find_spec(name)])"
    return _call([PYTHON, "-c", code, *PEERS]).split()


def _call(words: list[str | Path]) -> str:
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    return done.stdout
