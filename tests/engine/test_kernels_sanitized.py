"""Every compiled kernel under the address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.kernels import build, native

DRIVER = """
import numpy as np
from tests.engine.kernel_reference import NAMES, arguments, panel
from engine import kernels as k
assert k.BACKEND == "c" and "generic" in k.BACKEND_NOTE, k.BACKEND_NOTE
for seed, shape in enumerate([(1, 1), (7, 3), (60, 130), (33, 129), (200, 5)] * 3):
    values = panel(np.random.default_rng(seed), *shape)
    for name in NAMES:
        getattr(k, name)(**arguments(name, values))
print("clean")
"""


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
        [sys.executable, "-c", DRIVER],
        env={**os.environ, "KVANT_LIBRARY": str(tmp_path), "LD_PRELOAD": " ".join(runtime),
             "ASAN_OPTIONS": "detect_leaks=0", "PYTHONPATH": root,
             "KVANT_CPU": "", "KVANT_KERNELS": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "clean\n"), done.stderr[-3000:]
