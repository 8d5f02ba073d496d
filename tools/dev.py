#!/usr/bin/env python3
"""The one door to everything a developer does; needs Python and its standard library only.

usage: python3 tools/dev.py COMMAND [ARGUMENTS]     (or: make COMMAND ARGS="...")

  setup    make .venv, install the locked packages, build the kernels (every command does it first)
  run      open the window; without a display, serve for a browser and say where
  serve    start Kvant without a window
  demo     search 200 strategies on the bundled data, in a throwaway workspace
  test     run the tests; arguments go to pytest
  build    make the wheel in dist/
  ui       build the user interface; --check: is what is committed what its sources make?
  lint     ruff, the formatter, mypy and the layers of the packages
  mutants  plant known bugs one at a time; the tests must notice each
  lock     resolve requirements.lock again from pyproject.toml
  clean    remove everything the other commands made
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"
LOCK = ROOT / "requirements.lock"
KERNELS = ROOT / "engine" / "kernels"
STARTED = time.monotonic()


def say(text: str) -> None:
    """One line about what happens now, with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def environment() -> dict[str, str]:
    """The environment of every child process: this tree comes first on the import path."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def call(*command: str | Path) -> int:
    """Run a command in the root of the tree and return its exit code."""
    words = [str(part) for part in command]
    return subprocess.run(words, check=False, cwd=ROOT, env=environment()).returncode


def ask(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said."""
    return subprocess.run(list(command), check=False, capture_output=True, text=True)


def need(*command: str | Path) -> None:
    """Run a command; leave with its exit code if it fails."""
    code = call(*command)
    if code:
        sys.exit(code)


def become(*command: str | Path) -> None:
    """Let the command take over this process, so that signals reach it and nobody else."""
    words = [str(part) for part in command]
    if os.name == "nt":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child hears Ctrl-C and answers it
        sys.exit(call(*words))
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(words[0], words, environment())  # noqa: S606  # no shell is wanted here


# --- setup


def digest(*parts: bytes) -> str:
    """A fingerprint of byte strings, their borders included."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.hexdigest()


def stamped(name: str, want: str) -> bool:
    """Whether the step left this very stamp when it last succeeded."""
    stamp = VENV / f".stamp-{name}"
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == want


def set_stamp(name: str, want: str) -> None:
    """Record that the step succeeded."""
    (VENV / f".stamp-{name}").write_text(want)


def setup() -> None:
    """Bring .venv and the kernels up to date; costs nothing when they are."""
    check_python(sys.version_info[:3])
    version = ".".join(map(str, sys.version_info[:2]))
    project = (ROOT / "pyproject.toml").read_bytes()
    want = digest(LOCK.read_bytes(), project, version.encode(), str(ROOT).encode())
    if not stamped("packages", want):
        make_venv(version)
        install()
        set_stamp("packages", want)
    sources = [KERNELS / "build.py", KERNELS / "native.py", *sorted(KERNELS.glob("c/*"))]
    want = digest(*(path.name.encode() + path.read_bytes() for path in sources))
    if not (stamped("kernels", want) and any(KERNELS.glob("lib/*"))):
        say("building the kernels")
        need(PYTHON, "-m", "engine.kernels.build")
        set_stamp("kernels", want)


def check_python(version: tuple[int, ...]) -> None:
    """Leave with a sentence when this Python is not one Kvant runs on."""
    if not (3, 11) <= version[:2] <= (3, 13):
        found = ".".join(map(str, version))
        sys.exit(
            f"Kvant needs Python 3.11, 3.12 or 3.13; this is Python {found}. "
            "Install one of them and name it: make setup PYTHON=python3.12"
        )


def make_venv(version: str) -> None:
    """Make .venv, unless a healthy one of this Python is there."""
    if venv_version() == version:
        return
    if importlib.util.find_spec("ensurepip") is None:
        get_ensurepip(version)
    say(f"creating .venv with Python {version}")
    base = getattr(sys, "_base_executable", None) or sys.executable  # also from inside .venv
    made = ask(base, "-m", "venv", "--clear", VENV)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"Python could not make .venv:\n{made.stdout}{made.stderr}")


def venv_version() -> str | None:
    """The Python of .venv as "3.12"; None when it is absent, broken or without pip."""
    if not PYTHON.exists():
        return None
    answer = ask(PYTHON, "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])")
    return answer.stdout.strip() if answer.returncode == 0 else None


def get_ensurepip(version: str) -> None:
    """Install the part of Python that Debian and Ubuntu leave out, or say how to."""
    package = f"python{version}-venv"
    apt = shutil.which("apt-get")
    if apt is None:
        sys.exit("This Python has no ensurepip module, so it cannot make .venv. Install it.")
    if os.geteuid() != 0:
        sys.exit(
            f"This Python cannot make a virtual environment yet. Run\n\n"
            f"    sudo apt-get install -y {package}\n\nand then the same command again."
        )
    say(f"installing {package} with apt-get: this Python cannot make .venv without it")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", package]):
        silence = subprocess.DEVNULL
        command = [apt, "-qq", *words]
        done = subprocess.run(command, check=False, env=quiet, stdin=silence, stdout=silence)
        if done.returncode:
            sys.exit(f"apt-get {words[0]} failed; install {package} and try again.")
    importlib.invalidate_caches()


def install() -> None:
    """Install the locked packages, each checked against its hash, and Kvant itself on top."""
    uv = get_uv()
    installer = [uv, "pip", "install", "-q", "--python", PYTHON] if uv else pip("install", "-qq")
    say(f"installing the locked packages with {'uv' if uv else 'pip'}")
    need(*installer, "--require-hashes", "-r", LOCK)
    say("installing the kvant command")
    need(*installer, "--no-deps", "--no-build-isolation", "-e", ".")


def pip(*words: str | Path) -> list[str | Path]:
    """A pip command of .venv."""
    return [PYTHON, "-m", "pip", *words]


def get_uv() -> Path | None:
    """The locked uv, installed into .venv; None when it is unwanted or not to be had."""
    uv = BIN / f"uv{EXE}"
    if os.environ.get("DEV_NO_UV"):
        return None
    pin = VENV / "uv.lock"
    pin.write_text(locked("uv", LOCK.read_text()))
    if call(*pip("install", "-qq", "--no-deps", "--require-hashes", "-r", pin)):
        say("uv cannot be installed here; going on with pip, which is slower")
        return None
    return uv


def locked(name: str, lock: str) -> str:
    """The lines of one package in the text of a lock file: its pin and its hashes."""
    found = re.search(rf"^{re.escape(name)}==.*\n(?:    .*\n)*", lock, re.MULTILINE)
    if not found:
        sys.exit(f"requirements.lock has no {name}; run: python3 tools/dev.py lock")
    return found.group()


# --- commands


def run(arguments: list[str]) -> None:
    """Open the window."""
    become(PYTHON, "launcher.py", *arguments)


def serve(arguments: list[str]) -> None:
    """Start Kvant without a window."""
    become(PYTHON, "launcher.py", "serve", *arguments)


def demo(arguments: list[str]) -> None:
    """Search on the bundled data, in a workspace that is made anew each time."""
    workspace = ROOT / "build" / "demo"
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    say("searching 200 strategies on the bundled data; the workspace is build/demo")
    size = ["--n", "200", "--seed", "42", "--workspace", str(workspace)]
    become(PYTHON, "launcher.py", "train", *size, *arguments)


def test(arguments: list[str]) -> None:
    """Run pytest on two processes, unless told otherwise with -n."""
    spread = [] if any(word.startswith("-n") for word in arguments) else ["-n", "2"]
    become(PYTHON, "-m", "pytest", *spread, *arguments)


def lint(_arguments: list[str]) -> None:
    """Run every static check, then fail if any of them failed."""
    checks: dict[str, list[str | Path]] = {
        "ruff": [BIN / f"ruff{EXE}", "check", "."],
        "format": [BIN / f"ruff{EXE}", "format", "--check", "--quiet", "."],
        "mypy": [PYTHON, "-m", "mypy"],
        "layers": [BIN / f"lint-imports{EXE}"],
    }
    failed = [name for name, check in checks.items() if call(*check)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    say("all checks passed")


def mutants(arguments: list[str]) -> None:
    """Plant the known bugs one at a time."""
    become(PYTHON, "tools/mutants.py", *arguments)


def build(_arguments: list[str]) -> None:
    """Make the wheel of this platform; nothing is fetched."""
    leftovers = ROOT / "build"
    for stale in (*leftovers.glob("lib*"), *leftovers.glob("bdist*"), *ROOT.glob("*.egg-info")):
        shutil.rmtree(stale)  # setuptools would pack modules that are gone from the tree
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    say("building the wheel")
    platform = f"--config-settings=--build-option=--plat-name={sysconfig.get_platform()}"
    need(*pip("wheel", "-q", "--no-deps", "--no-build-isolation", platform, "-w", "dist", "."))
    for wheel in sorted((ROOT / "dist").glob("*.whl")):
        say(f"dist/{wheel.name} ({wheel.stat().st_size / 1e6:.1f} MB)")


def ui(arguments: list[str]) -> None:
    """Build the user interface with the locked Node.js and npm packages."""
    become(PYTHON, "tools/ui.py", *arguments)


def lock(arguments: list[str]) -> None:
    """Resolve the lock for every platform and Python at once; `-U` takes the newest versions."""
    words = ["pip", "compile", "-q", "--universal", "--generate-hashes", "--no-annotate"]
    words += ["--python-version", "3.11", "--group", "dev", "pyproject.toml", "-o", LOCK.name]
    words += ["--custom-compile-command", "python3 tools/dev.py lock"]
    need(BIN / f"uv{EXE}", *words, *arguments)


def clean(_arguments: list[str]) -> None:
    """Remove everything that is made: environment, kernels, caches and packages."""
    made = [VENV, ROOT / "build", ROOT / "dist", KERNELS / "lib", *ROOT.glob("*.egg-info")]
    made += [ROOT / f".{tool}_cache" for tool in ("mypy", "ruff", "pytest", "import_linter")]
    made += [ROOT / ".hypothesis", *ROOT.rglob("__pycache__")]
    made += [ROOT / "ui" / name for name in ("node_modules", ".svelte-kit")]
    for path in made:
        shutil.rmtree(path, ignore_errors=True)


COMMANDS = {
    command.__name__: command
    for command in (run, serve, demo, test, build, ui, lint, mutants, lock, clean)
}
NO_SETUP = ("clean",)


def main(words: list[str]) -> None:
    """Run one command."""
    name, arguments = (words or ["help"])[0], words[1:]
    if name in {"help", "-h", "--help"}:
        print(__doc__)
        return
    if name != "setup" and name not in COMMANDS:
        print(f"There is no command {name!r}.\n\n{__doc__}", file=sys.stderr)
        sys.exit(2)
    if name not in NO_SETUP:
        setup()
    if name == "setup":
        say("everything is set up: make run, make test")
        return
    COMMANDS[name](arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
