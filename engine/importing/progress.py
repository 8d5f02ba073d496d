"""What somebody who waits for an import is told."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, float], None]
"""Told a stage in plain words and the share that is done, 0 to 1; may raise CancelledError."""


def silent(_stage: str, _share: float) -> None:
    """Nobody waits."""
