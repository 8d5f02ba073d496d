"""The tear sheet in a browser: alone, silent, accessible, switched without a script, printable."""

from __future__ import annotations

import os

import numpy as np
import pytest
from playwright.sync_api import expect

from app.report import tear_sheet
from tests.app.report_sample import NASTY, full
from tests.e2e.stage import AXE, CHROMIUM, QUIET, Complaints
from tests.e2e.test_pages import axe

NET = np.random.default_rng(3).standard_t(5, 900) * 0.008 + 0.0004


@pytest.fixture(scope="module")
def browser(playwright):
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("sheet") / "x.html"
    path.write_text(tear_sheet(full(NET, NASTY)), encoding="utf-8")
    return path.as_uri()


def test_a_convention_is_chosen_by_mouse_or_key(browser, address):
    page, complaints = browser.new_page(), Complaints()
    complaints.listen(page, address)
    page.goto(address)
    shown = page.locator(".profile:visible")
    expect(shown).to_have_count(1)
    expect(shown.locator("caption")).to_contain_text("Default")
    page.get_by_text("empyrical", exact=True).click()
    expect(shown).to_have_count(1)
    expect(shown.locator("caption")).to_contain_text("empyrical-reloaded 0.7.1")
    page.keyboard.press("ArrowRight")
    expect(shown.locator("caption")).to_contain_text("WorldQuant BRAIN")
    assert complaints.unexpected() == []
    page.close()


@pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="axe-core is not installed: python3 tools/dev.py ui",
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 420])
def test_the_page_is_accessible(browser, address, scheme, width):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_paper_has_pages_and_everything_fits(browser, address):
    page = browser.new_page(viewport={"width": 696, "height": 1016})  # A4 less its margins
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 696
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    ), "paper is white, whatever the screen is"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
