"""The tabs of one strategy that look into it: robustness, signal, holdings, a day, similar ones."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import os
import random
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import AXE, TOKEN, Complaints, Kvant, opened
from tests.e2e.test_pages import LAYOUTS, axe, show

EXPRESSION = "cs_rank(-ts_return(close, 5)) - 0.5"
OTHERS = ("cs_rank(-ts_return(close, 6)) - 0.5", "cs_rank(ts_mean(close, 20) / close) - 0.5")
TABS = ("robustness", "signal", "holdings", "explain", "similar")
HOSTILE = "<img src=x onerror=alert(1)>"

pytestmark = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="axe-core is not installed: python3 tools/dev.py ui",
)


def prices(symbols: int, days: int) -> bytes:
    """A file with two sectors; one symbol means harm, and one stops being traded."""
    dice = random.Random(7)
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["date", "symbol", "close", "sector"])
    for place in range(symbols):
        symbol = HOSTILE if place == 3 else f"S{place:02d}"
        close = 100.0
        for i in range(days):
            day = dt.date(2018, 1, 1) + dt.timedelta(days=i)
            if day.weekday() > 4 or (place == 5 and i > days // 2):
                continue
            close *= 1 + dice.gauss(0.0003, 0.02)
            rows.writerow([day, symbol, f"{close:.4f}", "Tech" if place % 2 else "Bank"])
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    """A Kvant with a data set of two sectors."""
    it = Kvant(tmp_path_factory.mktemp("research") / "space", window=False)
    it.start()
    try:
        answer = httpx.post(
            f"{it.url}/api/datasets/import",
            files={"file": ("two.csv", prices(30, 700))},
            data={"name": "two", "lockbox": "20%"},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
        )
        assert answer.status_code == 201, answer.text
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def strategy(kvant) -> str:
    """The address of a strategy; two others are saved beside it."""
    saved = [keep(kvant, expr) for expr in (EXPRESSION, *OTHERS)]
    return f"/strategies/{saved[0]}"


def keep(kvant: Kvant, expr: str) -> str:
    body = {"expr": expr, "dataset": "two", "persist": True}
    answer = kvant.api("POST", "/api/backtest", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["expr_hash"]


@contextlib.contextmanager
def watched(playwright, kvant: Kvant, place: str, *expected: str) -> Iterator[Page]:
    """A page that must have nothing to complain about, but for what is expected."""
    complaints = Complaints()
    complaints.expected = expected
    with opened(playwright, kvant) as page:
        complaints.listen(page, kvant.url)
        show(page, kvant, place)
        yield page
    assert complaints.unexpected() == []


def test_the_checks_are_run_once_and_kept(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=robustness") as page:
        expect(page.get_by_role("heading", name="Nobody has checked this run")).to_be_visible()
        expect(page.get_by_text("counted in the trial ledger")).to_be_visible()
        page.get_by_role("button", name="Run the checks").click()
        verdict = page.get_by_role("region", name="Verdict")
        expect(verdict).to_contain_text("Sharpe ratio", timeout=30_000)
        expect(verdict).to_contain_text(re.compile("basis points|trading is free"))
        table = page.get_by_role("table", name="The strategy under other assumptions")
        expect(table.get_by_role("row", name=re.compile("costs . 2"))).to_be_visible()
        page.reload()
        expect(verdict).to_contain_text("Worked out")
        page.get_by_role("link", name=re.compile("^Try it: ts_return")).first.click()
        expect(page).to_have_url(re.compile(r"/backtest\?expr=.*dataset=two"))
        expect(page.get_by_role("textbox", name="Expression")).to_contain_text("ts_return")


def test_the_signal_is_measured(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=signal") as page:
        table = page.get_by_role("table", name="The signal as a predictor")
        expect(table.get_by_role("row")).to_have_count(5)
        bars = page.get_by_role("list", name="Mean return by fifth of the signal")
        expect(bars.get_by_role("listitem")).to_have_count(5)
        before = bars.inner_text()
        page.get_by_role("radiogroup", name="Dates ahead").get_by_text("20").click()
        expect(bars).not_to_have_text(before)
        page.get_by_role("button", name="View as table: Rank IC by dates ahead").click()
        decay = page.get_by_role("region", name="Rank IC by dates ahead, as a table")
        expect(decay.get_by_role("row")).to_have_count(21)
        expect(page.get_by_text("Take away the market")).to_be_visible()
        page.get_by_role("combobox", name="Category").select_option("sector")
        groups = page.get_by_role("table", name="Rank IC by sector")
        expect(groups.get_by_role("row", name="Bank")).to_be_visible()
        expect(groups.get_by_role("row", name="Tech")).to_be_visible()


def test_what_was_held_leads_to_a_day(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=holdings") as page:
        expect(page.get_by_text("30 names were held at some time")).to_be_visible()
        best = page.get_by_role("table", name="Names that earned most")
        expect(best.get_by_role("row").nth(1)).to_contain_text("+")
        chart = page.get_by_role("slider", name="Gross and net exposure")
        chart.focus()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"tab=explain&date=\d{4}-\d\d-\d\d"))
        expect(page.get_by_role("grid", name="Names on")).to_be_visible()


def test_a_day_adds_up_name_by_name(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=explain&date=2018-09-05") as page:
        grid = page.get_by_role("grid", name="Names on 2018-09-05")
        net = page.get_by_role("group", name="Net return").inner_text().split()[-1]
        expect(page.get_by_text(f"Summed over 30 names, net is {net}")).to_be_visible()
        expect(page.get_by_text("please report")).to_have_count(0)
        expect(grid.get_by_role("row", name="All names")).to_be_visible()
        assert page.locator("main img").count() == 0
        grid.get_by_role("columnheader", name="Symbol").get_by_role("button").click()
        expect(grid.get_by_role("row").nth(1)).to_contain_text(HOSTILE)
        grid.get_by_role("columnheader", name="Symbol").get_by_role("button").click()
        expect(grid.get_by_role("row").nth(1)).to_contain_text("S29")
        grid.focus()
        page.keyboard.press("End")
        expect(grid.get_by_role("row", name=re.compile("img src"))).to_be_visible()
        page.get_by_role("searchbox", name="Show only symbols").fill("s1")
        expect(page.get_by_text("10 of 30 names")).to_be_visible()
        expect(grid.get_by_role("row", name="Shown")).to_be_visible()
        page.get_by_role("searchbox", name="Show only symbols").fill("nobody")
        expect(grid).to_contain_text("No symbol or group has these letters")


def test_days_are_gone_through_by_keys(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=explain&date=2018-09-07") as page:
        field = page.get_by_role("textbox", name="Day")
        field.focus()
        page.keyboard.press("ArrowUp")  # over the weekend
        expect(page).to_have_url(re.compile("date=2018-09-10"))
        page.get_by_role("button", name="Day before, 2018-09-07").click()
        expect(page).to_have_url(re.compile("date=2018-09-07"))
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("grid", name="Names on 2018-09-06")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Worst day")).click()
        expect(page.get_by_role("group", name="Net return")).to_contain_text("\N{MINUS SIGN}")


def test_a_day_that_is_none_is_told_with_the_nearest(playwright, kvant, strategy):
    place = f"{strategy}?tab=explain&date=2018-09-08"
    with watched(playwright, kvant, place, "status of 422") as page:
        expect(page.get_by_text("2018-09-08 is no date of the run")).to_be_visible()
        page.get_by_role("button", name="Show 2018-09-10").click()
        expect(page.get_by_role("grid", name="Names on 2018-09-10")).to_be_visible()
        field = page.get_by_role("textbox", name="Day")
        field.fill("yesterday")
        field.press("Enter")
        expect(page.get_by_text("Write it as 2020-12-31.")).to_be_visible()
        field.fill("1999-01-04")
        field.press("Enter")
        expect(page.get_by_text("The run goes from 2018-01-01")).to_be_visible()
        page.get_by_role("button", name="Show 2018-01-01").click()
        expect(page.get_by_role("grid", name="Names on 2018-01-01")).to_be_visible()


def test_similar_ones_are_compared(playwright, kvant, strategy):
    with watched(playwright, kvant, f"{strategy}?tab=similar") as page:
        table = page.get_by_role("table", name="The most alike first")
        expect(table.get_by_role("row")).to_have_count(3)
        expect(page.get_by_text("The most alike has a correlation of")).to_be_visible()
        expect(table.get_by_role("link").first).to_have_attribute("href", re.compile(r"\?run="))
        table.get_by_role("checkbox").first.check()
        page.get_by_role("link", name="Compare with 1 other").click()
        expect(page).to_have_url(re.compile(r"/compare\?h=[^,]+(@|%40)[^,]+(,|%2C)[^,]+(@|%40)"))


@pytest.mark.parametrize(("theme", "size"), LAYOUTS)
def test_every_tab_is_sound(playwright, kvant, strategy, theme, size):
    kvant.api("POST", f"/api{strategy}/robustness", {})
    complaints, faults = Complaints(), []
    complaints.expected = ("status of 422",)  # the day that is none
    kvant.api("POST", "/api/settings", {"theme": theme})
    viewport = {"width": size[0], "height": size[1]}
    places = {tab: f"{strategy}?tab={tab}" for tab in TABS}
    places["none"] = f"{strategy}?tab=explain&date=2018-09-08"
    with opened(playwright, kvant, viewport=viewport, bypass_csp=True) as page:
        complaints.listen(page, kvant.url)
        for name, place in places.items():
            show(page, kvant, place)
            wide = page.evaluate("document.documentElement.scrollWidth") - size[0]
            faults += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
            faults += [f"{name}: {fault}" for fault in axe(page)]
    assert complaints.unexpected() == []
    assert faults == []
