"""One Playwright for all, and a reason where there is no browser.

Where CI is set nothing is left out: what is missing there fails.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.stage import CHROMIUM


@pytest.fixture(scope="session")
def playwright():
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_playwright() as it:
        yield it
