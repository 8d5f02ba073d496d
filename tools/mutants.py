#!/usr/bin/env python3
"""Planted bugs, each of which the tests must notice.

usage: .venv/bin/python tools/mutants.py [--jobs N] [--list] [PART OF A NAME OR FILE ...]

A file of tests/mutants/ holds a table per bug:

    [[mutant]]
    name = "delta looks one row ahead"           what goes wrong
    file = "engine/kernels/twin.py"
    old = "x[d:] - x[:-d]"                       stands exactly once in the file
    new = "x[d:] - x[1:-d + 1]"
    tests = ["tests/engine/test_time.py::test_delta"]

Every bug is planted alone, in a copy of the tree whose listed tests pass without it, and is
caught when a listed test fails, crashes or hangs. A bug that breaks the import of its tests
proves nothing and counts as an error. The exit code is 0 when all were caught.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from threading import local

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "mutants"
LEFT_OUT = (".venv", ".git", "build", "dist", "__pycache__", "node_modules", ".*_cache", ".hyp*")
SECONDS, ALL_SECONDS = 180, 1800
"""What the tests of one mutant may take, and all listed tests together."""
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug: `old` becomes `new` in `file`, and one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: Sequence[str]
    area: str = ""

    def planted(self, source: str) -> str:
        """The source with the bug; ValueError unless `old` stands in it exactly once."""
        count = source.count(self.old)
        if count != 1:
            msg = f"{self.name}: its old text stands {count} times in {self.file}, not once."
            raise ValueError(msg)
        if self.old == self.new:
            msg = f"{self.name}: its old and new texts are the same."
            raise ValueError(msg)
        return source.replace(self.old, self.new)


def read_mutants(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants of the folder's files, in the order of the files and of their lines.

    Raises ValueError for an entry with a missing, unknown or empty field, and for a name that
    is used twice.
    """
    known = {field.name for field in fields(Mutant)} - {"area"}
    found: dict[str, Mutant] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            empty = [name for name in known - {"new"} if not entry.get(name)]
            if set(entry) != known or empty or entry["name"] in found:
                msg = f"{path.name}: {entry.get('name')}: needs {sorted(known)}, a name of its own."
                raise ValueError(msg)
            found[entry["name"]] = Mutant(**entry, area=path.stem)
    return list(found.values())


class Copy:
    """A copy of the tree, of which one thread breaks one file at a time."""

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        self.root, self.source, self.said = folder, source, ""
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))

    def run(self, *command: str, seconds: float = SECONDS) -> int | None:
        """The exit code of a command in the copy; None when it was stopped for being slow."""
        settings = {
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",  # the order of sets decides on random examples too
            "NO_COLOR": "1",
        }
        try:
            done = subprocess.run(
                command, check=False, cwd=self.root, env={**os.environ, **settings},
                stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        self.said = (done.stdout + done.stderr).decode(errors="replace")
        return done.returncode

    def test(self, nodes: Iterable[str], seconds: float = SECONDS) -> int | None:
        """The exit code of pytest over the tests, with the same random examples each time."""
        return self.run(*PYTEST, "--hypothesis-seed=0", *nodes, seconds=seconds)

    def verdict(self, mutant: Mutant) -> str:
        """What became of the mutant: "caught...", "survived" or "error: ..."."""
        path = self.root / mutant.file
        source = path.read_bytes()
        try:
            path.write_bytes(mutant.planted(source.decode()).encode())
            if not self.rebuild(mutant):
                return "error: the kernels do not build with it"
            return judge(self.test(mutant.tests))
        except (ValueError, OSError) as problem:
            return f"error: {problem}"
        finally:
            path.write_bytes(source)
            if is_compiled(mutant):
                library = "engine/kernels/lib"
                shutil.rmtree(self.root / library)
                shutil.copytree(self.source / library, self.root / library)

    def rebuild(self, mutant: Mutant) -> bool:
        """Build the kernels if the mutant is in C; whether that went well."""
        if not is_compiled(mutant):
            return True
        return self.run(sys.executable, "-m", "engine.kernels.build") == 0


def is_compiled(mutant: Mutant) -> bool:
    """Whether the mutant shows only in newly built kernels."""
    return mutant.file.startswith("engine/kernels/c/")


def judge(code: int | None) -> str:
    """The verdict on a mutant from the exit code of pytest."""
    if code is None:
        return "caught (it hangs)"
    if code < 0:
        return f"caught (it crashes with signal {-code})"
    words = {0: "survived", 1: "caught"}
    return words.get(code, f"error: pytest could not run the listed tests (exit code {code})")


def judge_all(mutants: Sequence[Mutant], jobs: int) -> list[str]:
    """The verdicts in the order of the mutants, each printed when it is known."""
    mine = local()
    with tempfile.TemporaryDirectory(prefix="kvant-mutants-") as folder:

        def verdict(numbered: tuple[int, Mutant]) -> str:
            number, mutant = numbered
            if not hasattr(mine, "copy"):
                mine.copy = Copy(Path(folder) / str(number))
            start = time.monotonic()
            word: str = mine.copy.verdict(mutant)
            print(f"{word:9} {time.monotonic() - start:5.1f} s  {mutant.name}", flush=True)
            return word

        nodes = sorted({node for mutant in mutants for node in mutant.tests})
        sound = Copy(Path(folder) / "sound")
        if sound.test(nodes, ALL_SECONDS) != 0:
            sys.exit(f"The tests fail without any planted bug:\n{sound.said[-3000:]}")
        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(verdict, enumerate(mutants)))


def chosen(words: Sequence[str]) -> list[Mutant]:
    """The mutants whose name, file or area holds one of the words; all without words."""
    return [
        mutant
        for mutant in read_mutants()
        if not words or any(word in f"{mutant.name} {mutant.file} {mutant.area}" for word in words)
    ]


def main(arguments: Sequence[str]) -> int:
    """Judge the chosen mutants; 1 when one survived or could not be judged."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2, help="copies at work at once (2)")
    parser.add_argument("--list", action="store_true", help="only print the mutants")
    parser.add_argument("words", nargs="*", help="parts of names, files or areas")
    options = parser.parse_args(arguments)
    mutants = chosen(options.words)
    if not mutants:
        parser.error(f"no planted bug has {' or '.join(options.words)} in its name, file or area")
    if options.list:
        print("\n".join(f"{mutant.file}: {mutant.name}" for mutant in mutants))
        return 0
    verdicts = judge_all(mutants, options.jobs)
    judged = zip(mutants, verdicts, strict=True)
    left = [f"{word}: {m.name} ({m.file})" for m, word in judged if not word.startswith("caught")]
    print(f"{len(verdicts) - len(left)} of {len(verdicts)} planted bugs caught", *left, sep="\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
