"""Fixtures and Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SHARED = Path(os.environ.get("KVANT_SHARED_DATA", "../shared/data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real panels and oracles that is not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("the shared panels are not on this machine (KVANT_SHARED_DATA)")
    return SHARED.resolve()
