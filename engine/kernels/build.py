"""Build of the compiled kernels: `python -m engine.kernels.build [--out DIR] [--sanitize]`.

Every `c/*.c` goes into one shared library per instruction-set level. The compiler is the `ziglang`
wheel when it is installed, else the system's. A stamp beside the libraries carries the hash of the
sources, so an up-to-date build is skipped and a stale library is never loaded.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from engine.kernels.native import LIBRARY, SOURCES, file_name, source_hash

FLAGS = [
    "-std=c11",
    "-O3",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fvisibility=hidden",
    "-g0",
    "-shared",
]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O0"]


def main(arguments: list[str] | None = None) -> int:
    """Compile what is not up to date and print one line; exit code 1 when no compiler works."""
    parser = argparse.ArgumentParser(prog="engine.kernels.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=LIBRARY, help="folder of the libraries")
    parser.add_argument("--sanitize", action="store_true", help="one library, ASan and UBSan on")
    options = parser.parse_args(arguments)
    try:
        print(build(options.out, sanitize=options.sanitize))  # noqa: T201 - a command
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The kernels were not built: {_reason(error)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def build(out: Path, *, sanitize: bool = False) -> str:
    """Compile into `out` unless its stamp is current; a sentence saying what was done."""
    compiler = find_compiler(bundled=not sanitize)
    stamp = {"sources": source_hash(), "compiler": _name(compiler), "sanitize": sanitize}
    path = out / "stamp.json"
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) == stamp:
        return f"The kernels in {out} are up to date."
    out.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    names = [
        _compile(compiler, level, out, sanitize=sanitize) for level in _levels(sanitize=sanitize)
    ]
    path.write_text(json.dumps(stamp, allow_nan=False), encoding="utf-8")
    return f"Built {', '.join(names)} in {out} with {_name(compiler)}."


def find_compiler(*, bundled: bool = True) -> list[str]:
    """The command of the C compiler: the `ziglang` wheel, else cc, gcc or clang."""
    if bundled and importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    for name in ("cc", "gcc", "clang"):
        if path := shutil.which(name):
            return [path]
    raise FileNotFoundError("there is no C compiler; install the wheel `ziglang` or a `cc`.")


def _name(compiler: list[str]) -> str:
    """The compiler without the folders of this machine, so that a moved tree stays built."""
    if "ziglang" in compiler:
        return f"ziglang {importlib.metadata.version('ziglang')}"
    return Path(compiler[0]).name


def _levels(*, sanitize: bool) -> list[str]:
    known = platform.machine().lower() in {"x86_64", "amd64"} and not sanitize
    return ["v2", "v3", "v4"] if known else ["generic"]


def _compile(compiler: list[str], level: str, out: Path, *, sanitize: bool) -> str:
    target = out / file_name(level)
    partial = out / f"{target.name}.{os.getpid()}"
    bundled = "ziglang" in compiler
    sources = sorted(str(path) for path in SOURCES.glob("*.c"))
    flags = [*FLAGS, *(SANITIZE if sanitize else ["-fno-sanitize=all"] if bundled else [])]
    if level != "generic":
        flags.append(f"-mcpu=x86_64_{level}" if bundled else f"-march=x86-64-{level}")
    if level == "v4":
        flags.append("-mprefer-vector-width=512")
    if sys.platform != "win32":
        flags += ["-fPIC", "-pthread"]
    command = [*compiler, *flags, "-o", str(partial), *sources, "-lm"]
    subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - no user input
    partial.replace(target)  # a process that runs the old library keeps it
    return target.name


def _reason(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr)[-4000:]
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
