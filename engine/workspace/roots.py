"""The folders outside the workspace that Kvant was told to look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Roots(NamedTuple):
    """A curated folder in the Hive layout, and one into which raw files are dropped."""

    curated: Path | None
    raw: Path | None


def roots() -> Roots:
    """The folders of QUANT_DATA_ROOT and QUANT_RAW_ROOT, None where they are not set."""
    return Roots(_folder("QUANT_DATA_ROOT"), _folder("QUANT_RAW_ROOT"))


def _folder(variable: str) -> Path | None:
    text = os.environ.get(variable, "").strip()
    return Path(text).expanduser().absolute() if text else None
