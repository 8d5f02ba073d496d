"""From the first start to a strategy of one's own that outlives a crash, by clicking."""

from __future__ import annotations

import re
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import TOKEN, Complaints, Kvant, opened

WRONG = "cs_rank(ts_mean(c_sk, 20) / c_sek) - 0.5"
RIGHT = "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5"
SLOW = 60_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the window is driven on Linux")


@pytest.mark.parametrize("window", [False, True], ids=["chromium", "window"])
def test_the_journey(playwright, tmp_path, window):
    kvant, complaints = Kvant(tmp_path / "space", window=window), Complaints()
    kvant.start()
    try:
        with opened(playwright, kvant) as page:
            begin(page, kvant, complaints)
            train_fifty(page)
            open_the_best(page)
            write_and_save(page)
            assert complaints.unexpected() == []
            hash_ = find_it(page)
            if not window:
                lose_the_server(page, kvant, complaints)
                assert_everything_is_there(page, hash_)
        if window:
            kvant.kill()
            kvant.start()
            with opened(playwright, kvant) as page:
                complaints.listen(page, kvant.url)
                assert_everything_is_there(page, hash_)
        assert complaints.unexpected() == []
    finally:
        kvant.stop()


def begin(page: Page, kvant: Kvant, complaints: Complaints) -> None:
    """The first screen says what there is and what to do next."""
    complaints.listen(page, kvant.url)
    if not kvant.window:
        page.goto(f"{kvant.url}/#t={TOKEN}")
    page.set_default_timeout(20_000)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("European Central Bank").first).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Train 200 strategies").first).to_be_visible()
    assert TOKEN not in page.url


def train_fifty(page: Page) -> None:
    """A job of fifty, watched until it is done."""
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    page.get_by_role("button", name="New training").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Candidates (n)").fill("50")
    dialog.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"/jobs/job_"))
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text("Done").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("50 of 50").first).to_be_visible()


def open_the_best(page: Page) -> None:
    """The best of them, with its curve."""
    page.locator('main a[href^="/strategies/"]').first.click()
    page.wait_for_url(re.compile(r"/strategies/[0-9a-f]{12}"))
    expect(page.get_by_text("Sharpe ratio").first).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()


def write_and_save(page: Page) -> None:
    """Edit it, get it wrong, see where, mend it, run it, save it."""
    page.get_by_role("link", name="Edit in Backtest").click()
    page.wait_for_url(re.compile(r"/backtest"))
    editor = page.locator(".cm-content[contenteditable=true]")
    editor.click()
    retype(page, WRONG)
    underlined = page.locator(".cm-lintRange-error").first
    expect(underlined).to_have_text("c_sk")
    expect(page.get_by_text("There is no column 'c_sk'").first).to_be_visible()
    retype(page, RIGHT)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Run")).click()
    page.get_by_role("button", name="Save", exact=True).click(timeout=SLOW)
    expect(page.get_by_role("link", name="Saved, open it")).to_be_visible()


def retype(page: Page, text: str) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def find_it(page: Page) -> str:
    """The saved strategy stands in the table."""
    link = page.get_by_role("link", name="Saved, open it").get_attribute("href")
    assert link is not None
    hash_ = link.split("/strategies/")[1][:12]
    page.get_by_role("link", name="Strategies", exact=True).first.click()
    page.get_by_label("Search expressions and hashes").fill(hash_)
    rows = page.get_by_role("grid").get_by_role("row").filter(has_text="ts_mean")
    expect(rows).to_have_count(1)  # the search has been answered
    expect(page.get_by_text("cs_rank(ts_mean").first).to_be_visible()
    return hash_


def lose_the_server(page: Page, kvant: Kvant, complaints: Complaints) -> None:
    """Pull the plug: the page says so, and goes on by itself once the server is back."""
    complaints.expected = ("ERR_CONNECTION", "WebSocket", "Failed to load resource")
    kvant.kill()
    expect(page.get_by_text("The engine does not answer")).to_be_visible(timeout=15_000)
    kvant.start()
    expect(page.get_by_text("Connected to the engine again")).to_be_visible(timeout=20_000)


def assert_everything_is_there(page: Page, hash_: str) -> None:
    page.get_by_role("link", name="Strategies", exact=True).first.click()
    page.get_by_label("Search expressions and hashes").fill(hash_)
    expect(page.get_by_text("cs_rank(ts_mean").first).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    expect(page.locator("main").get_by_text("Done").first).to_be_visible()
