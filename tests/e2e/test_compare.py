"""Strategies seen together, what a search is worth, the ledger: what is shown, and what is not."""

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


def trained(kvant: Kvant, body: dict) -> str:
    job = kvant.api("POST", "/api/jobs/train", body).json()["job_id"]
    until(lambda: kvant.api("GET", f"/api/jobs/{job}").json()["status"] == "done")
    return job


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    it = Kvant(tmp_path_factory.mktemp("compare") / "space", window=False)
    it.start()
    try:
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def job(kvant) -> str:
    """A search by breeding; its strategies are those of the comparison."""
    return trained(kvant, {"n": 40, "seed": 5, "method": "evolve", "population": 10})


@pytest.fixture(scope="module")
def hashes(kvant, job) -> list[str]:
    rows = kvant.api("GET", f"/api/strategies?limit=16&job={job}").json()["items"]
    return [row["expr_hash"] for row in rows]


@pytest.fixture(scope="module")
def places(job, hashes) -> dict[str, str]:
    return {
        "compare": f"/compare?h={','.join(hashes[:3])}",
        "compare-many": f"/compare?h={','.join(hashes)}",
        "compare-one": f"/compare?h={hashes[0]}",
        "compare-none": "/compare",
        "compare-unknown": f"/compare?h={hashes[0]},ffffffffffff",
        "ledger": "/ledger",
        "ledger-nothing": "/ledger?dataset=nothing",
        "job": f"/jobs/{job}",
        "training": "/jobs?new=1",
    }


@contextlib.contextmanager
def watched(playwright, kvant: Kvant, place: str, *expected: str) -> Iterator[Page]:
    complaints = Complaints()
    complaints.expected = expected
    with opened(playwright, kvant) as page:
        complaints.listen(page, kvant.url)
        show(page, kvant, place)
        yield page
    assert complaints.unexpected() == []


@pytest.mark.parametrize(("theme", "size"), LAYOUTS)
def test_every_page_is_sound(playwright, kvant, places, theme, size):
    complaints, faults = Complaints(), []
    complaints.expected = ("status of 404",)  # the strategy that is none
    kvant.api("POST", "/api/settings", {"theme": theme})
    viewport = {"width": size[0], "height": size[1]}
    with opened(playwright, kvant, viewport=viewport, bypass_csp=True) as page:
        complaints.listen(page, kvant.url)
        for name, place in places.items():
            show(page, kvant, place)
            wide = page.evaluate("document.documentElement.scrollWidth") - size[0]
            faults += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
            faults += [f"{name}: {fault}" for fault in axe(page)]
    assert complaints.unexpected() == []
    assert faults == []


@pytest.mark.usefixtures("hashes")
def test_rows_are_chosen_by_keys_and_compared(playwright, kvant):
    with watched(playwright, kvant, "/strategies") as page:
        grid = page.get_by_role("grid", name="Strategies")
        expect(grid.get_by_role("row").nth(3)).to_contain_text("(")
        grid.focus()
        for key in (" ", "ArrowDown", " ", "Shift+ArrowDown"):
            page.keyboard.press(key)
        expect(page.get_by_text("3 chosen")).to_be_visible()
        page.keyboard.press("x")
        expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
        expect(
            page.get_by_role("list", name="Strategies compared").get_by_role("link")
        ).to_have_count(3)
        correlation = page.get_by_role("region", name="Correlations, table")
        expect(correlation.get_by_role("row")).to_have_count(4)
        expect(correlation.get_by_role("cell", name="1.00").first).to_be_visible()
        expect(page.get_by_role("region", name="What each adds, table")).to_be_visible()
        expect(page.get_by_role("heading", name="Traded as one book")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Remove ")).first.click()
        expect(correlation.get_by_role("row")).to_have_count(3)
        page.get_by_role("button", name=re.compile("^Remove ")).first.click()
        expect(page.get_by_text("One strategy stands alone")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("3 chosen")).to_be_visible()


@pytest.mark.usefixtures("hashes")
def test_a_strategy_is_removed_and_comes_back(playwright, kvant):
    with watched(playwright, kvant, "/strategies") as page:
        total = kvant.api("GET", "/api/strategies?limit=1").json()["total"]
        page.get_by_role("button", name="Choose row 2", exact=True).click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("1 strategy removed")).to_be_visible()
        assert kvant.api("GET", "/api/strategies?limit=1").json()["total"] < total
        page.get_by_role("button", name="Undo").click()
        until(lambda: kvant.api("GET", "/api/strategies?limit=1").json()["total"] == total)
        trials = kvant.api("GET", "/api/ledger").json()["items"][0]["trials"]
        page.keyboard.press("g")
        page.keyboard.press("l")
        expect(page.get_by_role("heading", level=1, name="Ledger")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(f"{trials} tries")


def test_own_weights_and_differences(playwright, kvant, places):
    with watched(playwright, kvant, places["compare"]) as page:
        page.get_by_text("Own weights").click()
        slider = page.get_by_role("slider", name=re.compile("^Weight of ")).first
        expect(slider).to_have_attribute("aria-valuetext", "33.3%")
        slider.press("End")
        expect(slider).to_have_attribute("aria-valuetext", "100.0%")
        expect(page.get_by_text("With the weights of own weights")).to_be_visible()
        rows = page.get_by_role("region", name="Metrics of each strategy, table").get_by_role("row")
        before = rows.count()
        page.get_by_role("checkbox", name="Differences only").first.check()
        assert rows.count() < before
        expect(page.get_by_text("All were traded with the same settings")).to_be_visible()


def test_a_strategy_that_is_none_is_named_and_taken_out(playwright, kvant, places):
    with watched(playwright, kvant, places["compare-unknown"], "status of 404") as page:
        expect(page.get_by_role("alert")).to_contain_text("ffffffffffff")
        page.get_by_role("button", name="Remove ffffffffffff").click()
        expect(page.get_by_role("region", name="Metrics of each strategy, table")).to_be_visible()


def test_a_strategy_is_found_by_its_expression(playwright, kvant, hashes):
    with watched(playwright, kvant, "/compare") as page:
        box = page.get_by_label("Add a strategy by hash or expression")
        box.fill("no such thing")
        expect(page.get_by_text("No other saved strategy fits.")).to_be_visible()
        box.fill(hashes[1])
        expect(page.get_by_role("option").first).to_contain_text(hashes[1])
        box.press("Enter")
        expect(page).to_have_url(re.compile(rf"/compare\?h={hashes[1]}"))


def test_what_a_search_is_worth(playwright, kvant, places):
    with watched(playwright, kvant, places["job"]) as page:
        worth = page.get_by_role("region", name="What this search is worth")
        expect(worth).to_contain_text("tries without any skill")
        expect(page.get_by_text("Generation", exact=True)).to_be_visible()
        points = worth.get_by_role("slider")
        points.focus()
        points.press("End")
        expect(points).to_have_attribute(
            "aria-valuetext", re.compile("in sample .*, out of sample")
        )
        worth.get_by_role("tab", name="Overfitting").click()
        expect(worth.get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("band"))
        worth.get_by_role("tab", name="Choosing in folds").click()
        folds = worth.get_by_role("region", name="Folds, table").get_by_role("row")
        expect(folds).to_have_count(6)
        worth.get_by_role("tab", name="Best trade-offs").click()
        expect(worth.get_by_role("region", name="Best trade-offs, table")).to_be_visible()
        page.get_by_role("tab", name="Dropped").click()
        expect(page.get_by_role("list", name="Never tried")).to_be_visible()
        page.get_by_role("tab", name="Settings").click()
        expect(page.get_by_role("heading", name="Breeding")).to_be_visible()


@pytest.mark.usefixtures("job")
def test_a_training_by_breeding_is_asked_for(playwright, kvant):
    with watched(playwright, kvant, "/jobs?new=1") as page:
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Evolve").click()
        dialog.get_by_label("Population").fill("2")
        expect(dialog.get_by_text("Enter a whole number from 4 to 2,000.")).to_be_visible()
        dialog.get_by_role("button", name=re.compile("^Reset")).click()
        dialog.get_by_label("Little turnover").check()
        dialog.get_by_role("button", name=re.compile("^More")).click()
        box = dialog.get_by_label("Operator weights", exact=True)
        box.fill("ts_mean")
        box.press("Enter")
        dialog.get_by_label("Weight of ts_mean").fill("0")
        expect(dialog.get_by_text("left out", exact=True)).to_be_visible()
        dialog.get_by_label("Candidates (n)").fill("24")
        dialog.get_by_role("button", name="Start training").click()
        expect(page.get_by_role("heading", level=1, name="Training")).to_be_visible()
        made = page.url.rsplit("/", 1)[1].split("#")[0]
        config = kvant.api("GET", f"/api/jobs/{made}").json()["params"]["config"]
        assert config["method"] == "evolve"
        assert config["objectives"] == ["sharpe", "turnover"]
        assert config["operator_weights"] == {"ts_mean": 0}
        until(lambda: kvant.api("GET", f"/api/jobs/{made}").json()["status"] == "done")


@pytest.mark.usefixtures("job")
def test_the_ledger_turns_pages_and_leads_to_strategies(playwright, kvant):
    for seed in (8, 9):
        kvant.api("POST", "/api/jobs/train", {"n": 20, "seed": seed})
    until(lambda: kvant.api("GET", "/api/ledger/trials?limit=1").json()["total"] >= 80)
    with watched(playwright, kvant, "/ledger") as page:
        rows = page.get_by_role("region", name="Trials, table").get_by_role("row")
        expect(rows).to_have_count(51)
        page.get_by_role("button", name="Older trials").click()
        expect(page).to_have_url(re.compile("page=2"))
        expect(page.get_by_text(re.compile("^51 to "))).to_be_visible()
        page.get_by_role("button", name="Newer trials").click()
        expect(rows).to_have_count(51)
        rows.get_by_role("link").first.click()
        expect(page).to_have_url(re.compile("/(strategies|jobs)/"))
