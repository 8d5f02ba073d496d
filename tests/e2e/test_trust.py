"""How far a strategy can be trusted: luck, folds, the lockbox, conventions, verification, paper."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import AXE, Complaints, Kvant, opened, until
from tests.e2e.test_pages import LAYOUTS, axe, show

pytestmark = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="axe-core is not installed: python3 tools/dev.py ui",
)


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    """A Kvant with forty strategies that one search found."""
    it = Kvant(tmp_path_factory.mktemp("trust") / "space", window=False)
    it.start()
    try:
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def found(kvant) -> list[str]:
    """The addresses of what the search found, the best first."""
    job = kvant.api("POST", "/api/jobs/train", {"n": 40, "seed": 7}).json()["job_id"]
    until(lambda: kvant.api("GET", f"/api/jobs/{job}").json()["status"] == "done")
    items = kvant.api("GET", "/api/strategies?limit=3").json()["items"]
    return [f"/strategies/{item['expr_hash']}" for item in items]


@pytest.fixture(scope="module")
def looked(kvant, found) -> str:
    """The address of a run that has seen the locked dates."""
    body = {"hash": found[2].rsplit("/", 1)[1]}
    answer = kvant.api("POST", "/api/lockbox/open", body)
    assert answer.status_code == 200, answer.text
    return f"{found[2]}?run={answer.json()['strategy']['run_id']}"


@contextlib.contextmanager
def watched(playwright, kvant: Kvant, place: str, **options) -> Iterator[Page]:
    """A page that must have nothing to complain about."""
    complaints = Complaints()
    with opened(playwright, kvant, **options) as page:
        complaints.listen(page, kvant.url)
        show(page, kvant, place)
        yield page
    assert complaints.unexpected() == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


@pytest.mark.parametrize(("theme", "size"), LAYOUTS)
def test_every_part_is_sound(playwright, kvant, found, looked, theme, size):
    kvant.api("POST", "/api/settings", {"theme": theme})
    places = {
        "luck": f"{found[0]}?tab=luck",
        "no such part": f"{found[0]}?tab=none&date=never",
        "looked": looked,
        "looked, luck": f"{looked}&tab=luck",
    }
    faults = []
    viewport = {"width": size[0], "height": size[1]}
    with watched(playwright, kvant, found[0], viewport=viewport, bypass_csp=True) as page:
        choice(page, "Convention of the metrics", "quantstats")
        expect(page.get_by_role("heading", name="Metrics as quantstats")).to_be_visible()
        faults += [f"convention: {fault}" for fault in axe(page)]
        press(page, "Lockbox")
        press(page, "Open the lockbox…")
        expect(page.get_by_role("dialog", name="Open the lockbox?")).to_be_visible()
        faults += [f"dialog: {fault}" for fault in axe(page)]
        for name, place in places.items():
            show(page, kvant, place)
            if "luck" in name:
                expect(page.get_by_role("table", name="Folds")).to_be_visible()
            wide = page.evaluate("document.documentElement.scrollWidth") - size[0]
            faults += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
            faults += [f"{name}: {fault}" for fault in axe(page)]
    assert faults == []


def choice(page: Page, group: str, name: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()


def test_luck_has_a_verdict_and_folds(playwright, kvant, found):
    with watched(playwright, kvant, found[0]) as page:
        page.get_by_role("link", name="How much is luck").click()
        expect(page).to_have_url(re.compile(r"tab=luck"))
        expect(page.get_by_text(re.compile(r"Of \d+ tries on these data"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"^\d+% \(\d+% to \d+%\)$"))).to_be_visible()
        folds = page.get_by_role("group", name="Folds on the chart").get_by_role("button")
        expect(folds).to_have_count(5)
        choice(page, "Kind of validation", "Purged")
        expect(page.get_by_text("Left out: 1 before, 6 after")).to_be_visible()
        page.get_by_role("spinbutton", name="Folds").fill("3")
        expect(folds).to_have_count(3)
        page.get_by_role("spinbutton", name="Folds").fill("99")
        expect(page.get_by_role("spinbutton", name="Folds")).to_have_attribute(
            "aria-invalid", "true"
        )
        folds.nth(1).click()
        expect(folds.nth(1)).to_have_attribute("aria-pressed", "true")
        page.get_by_role("tab", name="Luck").press("ArrowLeft")
        expect(page.get_by_role("tab", name="Overview")).to_be_focused()
        page.go_back()
        expect(page.get_by_role("tab", name="Luck")).to_have_attribute("aria-selected", "true")


def test_a_day_is_explained_from_the_chart(playwright, kvant, found):
    with watched(playwright, kvant, found[0]) as page:
        chart = page.get_by_role("slider").first
        chart.click(position={"x": 300, "y": 100})
        expect(page).to_have_url(re.compile(r"tab=explain&date=\d{4}-\d{2}-\d{2}"))
        page.go_back()
        expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
        chart.press("End")
        chart.press("Enter")
        expect(page).to_have_url(re.compile(r"date=2021-04-12"))


@pytest.mark.usefixtures("looked")
def test_the_lockbox_is_opened_knowingly(playwright, kvant, found):
    with watched(playwright, kvant, found[1]) as page:
        press(page, "Lockbox opened 1 time")
        press(page, "Open the lockbox…")
        look = page.get_by_role("button", name="Open it and run")
        expect(look).to_have_attribute("aria-disabled", "true")
        page.get_by_role("checkbox", name="I understand").check()
        look.click()
        expect(page.get_by_role("dialog", name="What the lockbox held")).to_be_visible()
        expect(page.get_by_role("table", name="Before the lockbox")).to_be_visible()
        press(page, "Show the run over all dates")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("This run includes 1,425 locked dates")).to_be_visible()
        expect(page.get_by_role("button", name="Lockbox opened 2 times")).to_be_visible()
        chart = page.get_by_role("slider").first
        expect(chart).to_have_attribute("aria-label", re.compile(r"Lockbox: 2021-04-13 to"))
        page.get_by_role("link", name="Show the run without them").click()
        expect(page.get_by_text("This run includes")).to_have_count(0)


def test_a_run_is_verified_and_seen_in_other_words(playwright, kvant, found):
    with watched(playwright, kvant, found[0]) as page:
        press(page, "Verify")
        expect(page.get_by_text(re.compile(r"the same, all [\d,]+ bytes"))).to_be_visible()
        choice(page, "Convention of the metrics", "BRAIN")
        expect(page.get_by_text("Adds the gains; the default compounds them.")).to_be_visible()


def test_what_is_removed_comes_back(playwright, kvant, found):
    with watched(playwright, kvant, found[0]) as page:
        press(page, "More actions")
        page.get_by_role("menuitem", name="Remove").click()
        expect(page).to_have_url(re.compile(r"/strategies$"))
        expect(page.get_by_text("1 strategy removed")).to_be_visible()
        press(page, "Undo")
        expect(page).to_have_url(re.compile(found[0]))
        expect(page.get_by_role("tab", name="Overview")).to_be_visible()


def test_paper_has_no_frame_and_is_light(playwright, kvant, found):
    kvant.api("POST", "/api/settings", {"theme": "dark"})
    with watched(playwright, kvant, found[0]) as page:
        pages = re.findall(rb"/Count (\d+)", page.pdf(format="A4"))
        assert 2 <= int(pages[0]) <= 8
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation").first).to_be_hidden()
        expect(page.get_by_role("tablist")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
