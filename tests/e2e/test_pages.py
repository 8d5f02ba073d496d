"""Every page in both themes and at two sizes: silent console, nothing from outside, axe content."""

from __future__ import annotations

import os
import time
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import AXE, ROOT, TOKEN, Complaints, Kvant, opened, until

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = ROOT / "build" / "screens"
LAYOUTS = [
    pytest.param(theme, size, id=f"{theme}-{size[0]}")
    for theme in ("light", "dark")
    for size in ((1440, 900), (1024, 640))
]

pytestmark = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="axe-core is not installed: python3 tools/dev.py ui",
)


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    """A Kvant with fifty strategies, one of them looked at closely."""
    it = Kvant(tmp_path_factory.mktemp("pages") / "space", window=False)
    it.start()
    try:
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def places(kvant) -> dict[str, str]:
    """The addresses of all pages, by the name of their screenshot."""
    job = kvant.api("POST", "/api/jobs/train", {"n": 50, "seed": 42}).json()["job_id"]
    until(lambda: kvant.api("GET", f"/api/jobs/{job}").json()["status"] == "done")
    best = kvant.api("GET", "/api/strategies?limit=1").json()["items"][0]["expr_hash"]
    expr = quote("cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5")
    return {
        "dashboard": "/",
        "strategies": "/strategies",
        "strategy": f"/strategies/{best}",
        "strategy-none": "/strategies/ffffffffffff",
        "backtest": f"/backtest?expr={expr}",
        "jobs": "/jobs",
        "job": f"/jobs/{job}",
        "catalog": "/catalog",
        "operator": "/catalog?item=ts_mean",
        "data": "/data",
        "data-set": "/data?set=ecb_fx_sek",
        "import": "/data/import",
        "broker": "/broker",
        "settings": "/settings",
        "nowhere": "/no/such/page",
    }


@pytest.mark.parametrize(("theme", "size"), LAYOUTS)
def test_every_page_is_sound(playwright, kvant, places, theme, size):
    SCREENS.mkdir(parents=True, exist_ok=True)
    complaints, faults = Complaints(), []
    complaints.expected = ("status of 404",)  # the strategy that is none
    kvant.api("POST", "/api/settings", {"theme": theme})
    viewport = {"width": size[0], "height": size[1]}
    with opened(playwright, kvant, viewport=viewport, bypass_csp=True) as page:
        complaints.listen(page, kvant.url)
        for name, place in places.items():
            show(page, kvant, place)
            page.screenshot(path=SCREENS / f"{name}-{theme}-{size[0]}.png")
            assert page.evaluate("document.documentElement.dataset.theme") == theme
            wide = page.evaluate("document.documentElement.scrollWidth") - size[0]
            faults += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
            faults += [f"{name}: {fault}" for fault in axe(page)]
    assert complaints.unexpected() == []
    assert faults == []


def show(page: Page, kvant: Kvant, place: str) -> None:
    """Open the page and wait until it has what it came for."""
    page.goto(f"{kvant.url}{place}#t={TOKEN}")
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=20_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)
    page.wait_for_load_state("networkidle")
    time.sleep(0.3)  # an animation may still run


def axe(page: Page) -> list[str]:
    """What axe finds, a line each."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def test_a_deep_link_paints_within_a_second(playwright, kvant, places):
    """Generous here, where other tests may run beside it; the figure is in bench."""
    with opened(playwright, kvant) as page:
        start = time.monotonic()
        page.goto(f"{kvant.url}{places['strategy']}#t={TOKEN}")
        expect(page.locator("canvas").first).to_be_visible()
        assert time.monotonic() - start < 5


def test_without_the_token_the_page_says_where_to_find_it(playwright, kvant):
    with opened(playwright, kvant) as page:
        page.goto(f"{kvant.url}/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Kvant").first).to_be_visible()
        assert page.get_by_role("link", name="Strategies").count() == 0


def test_the_keyboard_is_enough(playwright, kvant, places):
    with opened(playwright, kvant) as page:
        show(page, kvant, places["dashboard"])
        for key, heading in (
            ("s", "Strategies"),
            ("j", "Jobs"),
            ("c", "Catalog"),
            ("d", "Dashboard"),
        ):
            page.keyboard.press("g")
            page.keyboard.press(key)
            expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.type("broker")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Broker")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
