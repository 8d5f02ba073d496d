"""Every compiled kernel under the address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.kernels import build, native

EXPORT = re.compile(r"^(?:KV|BOOK)_API \w+ \*?(kv_\w+)\(", re.MULTILINE)


def exported():
    """The kernels that a library offers, by the sources."""
    return sorted(
        name
        for path in native.SOURCES.glob("*.c")
        for name in EXPORT.findall(path.read_text(encoding="utf-8"))
    )


def test_the_kernels_are_clean_under_address_and_undefined_behaviour_sanitizers(tmp_path):
    gcc = shutil.which("gcc")
    if not gcc or sys.platform != "linux":
        pytest.skip("needs gcc on Linux with its sanitizer libraries")
    runtime = [
        subprocess.run(
            [gcc, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    if not all(Path(path).is_absolute() for path in runtime):
        pytest.skip("gcc has no sanitizer libraries")
    build.build(tmp_path, sanitize=True)
    root = str(native.HERE.parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.every_kernel"],
        cwd=root,
        env={**os.environ, "KVANT_LIBRARY": str(tmp_path), "LD_PRELOAD": " ".join(runtime),
             "ASAN_OPTIONS": "detect_leaks=0", "PYTHONPATH": root,
             "KVANT_CPU": "", "KVANT_KERNELS": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    note, *called = done.stdout.splitlines()
    assert "generic" in note
    assert called == exported()
