"""Loader of the compiled kernels."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SOURCES = HERE / "c"
LIBRARY = Path(os.environ.get("KVANT_LIBRARY", HERE / "lib"))
LEVELS = ("v2", "v3", "v4")
REMEDY = "run `python -m engine.kernels.build`"


def loaded() -> ctypes.CDLL | None:
    """The compiled kernels, loaded once; None when the NumPy twin has to do the work."""
    return _load()[0]


def note() -> str:
    """A sentence saying which kernels are in use and why."""
    return _load()[1]


def source_hash() -> str:
    """Hash of every C source, by name and content."""
    digest = hashlib.sha256()
    for path in sorted([*SOURCES.glob("*.c"), *SOURCES.glob("*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def file_name(level: str) -> str:
    """File name of the library of an instruction-set level on this platform."""
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    return f"kvant_{level}.{suffix}"


def cpu_levels() -> tuple[str, ...]:
    """The x86-64 levels this processor has, lowest first; empty on other machines."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return ()
    features = np._core._multiarray_umath.__cpu_features__  # type: ignore[attr-defined] # noqa: SLF001 - the only portable list of features in the process
    return tuple(level for level in LEVELS if features.get(f"X86_{level.upper()}", level == "v2"))


@functools.cache
def _load() -> tuple[ctypes.CDLL | None, str]:
    if os.environ.get("KVANT_KERNELS") == "numpy":
        return None, "The NumPy twin is in use because KVANT_KERNELS=numpy."
    reason = _unusable()
    if reason:
        return None, f"The NumPy twin is in use because {reason}; {REMEDY}."
    for level in _wanted():
        path = LIBRARY / file_name(level)
        if path.is_file():
            return ctypes.CDLL(str(path)), f"The compiled kernels are in use ({path.name})."
    return None, f"The NumPy twin is in use because no library fits this processor; {REMEDY}."


def _unusable() -> str:
    """Why the libraries must not be loaded; empty when they are those of the sources.

    A packaged program carries no sources and trusts its stamp.
    """
    try:
        stamp = json.loads((LIBRARY / "stamp.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "the kernels are not built"
    if SOURCES.is_dir() and stamp["sources"] != source_hash():
        return "the built kernels are older than their sources"
    return ""


def _wanted() -> tuple[str, ...]:
    forced = os.environ.get("KVANT_CPU")
    return (forced,) if forced else (*reversed(cpu_levels()), "generic")
