"""The pages of one data set: findings, coverage, rows, columns, and results on newer data."""

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

HOSTILE = (
    "AAPL",
    "AA\u200bPL",
    "=cmd|calc",
    "<img src=x onerror=alert(1)>",
    "\u202egpj",
    "ERIC B",
    "A&B",
    "C,D",
    'O\'Neil "x"',
    "+SUM(A1)",
)
EXPRESSION = "cs_rank(-ts_return(close, 5)) - 0.5"
FORMULA = re.compile(r"[=+\-@\t\r]")

pytestmark = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="axe-core is not installed: python3 tools/dev.py ui",
)


def prices(days: int) -> bytes:
    """A file with a bad print, a hole, a price that stands still, and symbols that mean harm."""
    dice = random.Random(1)
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["date", "symbol", "close", "volume", "pe", "sector"])
    for place, symbol in enumerate(HOSTILE):
        close = 100.0
        for i in range(days):
            day = dt.date(2019, 1, 1) + dt.timedelta(days=i)
            if day.weekday() > 4 or (place == 2 and 100 < i < 190):
                continue
            close = 50.0 if place == 5 and i > 200 else close * (1 + dice.gauss(0, 0.02))
            shown = close * (10 if place == 0 and i == 300 else 1)
            pe = f"{close / 7:.3f}" if dice.random() > 0.2 else ""
            sector = "Tech" if place % 2 else "Bank"
            rows.writerow([day, symbol, f"{shown:.4f}", dice.randint(1, 9999), pe, sector])
    return text.getvalue().encode()


def send(kvant: Kvant, content: bytes) -> dict:
    answer = httpx.post(
        f"{kvant.url}/api/datasets/import",
        files={"file": ("bad.csv", content)},
        data={"name": "bad", "lockbox": "20%"},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    """A Kvant with a data set full of problems, a result on it, and a second version of it."""
    it = Kvant(tmp_path_factory.mktemp("quality") / "space", window=False)
    it.start()
    try:
        send(it, prices(500))
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def result(kvant) -> str:
    """The address of a result on the first version; the second is in use."""
    body = {"expr": EXPRESSION, "dataset": "bad", "persist": True}
    answer = kvant.api("POST", "/api/backtest", body)
    assert answer.status_code == 200, answer.text
    assert send(kvant, prices(560))["version"] == 2
    return f"/strategies/{answer.json()['expr_hash']}"


@pytest.fixture(scope="module")
def places(result) -> dict[str, str]:
    return {
        "quality": "/data/bad/quality",
        "quality-none": "/data/nothing/quality",
        "rows": "/data/bad/rows",
        "rows-locked": "/data/bad/rows?symbols=AAPL&start=2020-03-10",
        "rows-none": "/data/bad/rows?symbols=AAPL&start=1999-01-01&end=1999-02-01",
        "column": "/catalog?dataset=bad&item=column:pe",
        "category": "/catalog?dataset=bad&item=column:sector",
        "older": result,
    }


@pytest.mark.parametrize(("theme", "size"), LAYOUTS)
def test_every_page_is_sound(playwright, kvant, places, theme, size):
    complaints, faults = Complaints(), []
    complaints.expected = ("status of 404",)  # the data set that is none
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


def test_findings_lead_to_their_rows(playwright, kvant):
    with watched(playwright, kvant, "/data/bad/quality") as page:
        finding = page.get_by_role("article").filter(has_text="Bad prints")
        expect(finding).to_contain_text("AAPL")
        page.get_by_role("radiogroup", name="Severity").get_by_text("Notes").click()
        expect(page).to_have_url(re.compile("severity=info"))
        expect(finding).to_have_count(0)
        page.get_by_role("radiogroup", name="Severity").get_by_text("All").click()
        finding.get_by_role("link", name="Show the rows").click()
        expect(page).to_have_url(re.compile(r"/data/bad/rows\?.*symbols=AAPL"))
        row = page.get_by_role("row").filter(has_text="2019-10-28")
        expect(row).to_contain_text("AAPL")


def test_symbols_from_a_file_are_text_and_nothing_is_hidden(playwright, kvant):
    with watched(playwright, kvant, "/data/bad/rows") as page:
        page.get_by_role("combobox", name="Symbols").fill("img")
        page.get_by_role("option", name=HOSTILE[3]).click()
        expect(page.get_by_role("gridcell", name=HOSTILE[3]).first).to_be_visible()
        assert page.locator("main img").count() == 0
        page.get_by_role("button", name=f"Leave out {HOSTILE[3]}").click()
        page.get_by_role("combobox", name="Symbols").fill("aa")
        page.get_by_role("option", name="AA<200B>PL").click()
        expect(page.get_by_role("gridcell", name="AA<200B>PL").first).to_be_visible()
        expect(page.get_by_title("U+200B, zero width space").first).to_be_visible()
        page.get_by_role("button", name="Leave out AA<200B>PL").click()
        page.get_by_role("combobox", name="Symbols").fill("c,")
        page.get_by_role("option", name="C,D").click()
        expect(page.get_by_role("gridcell", name="C,D").first).to_be_visible()
        page.reload()  # the address keeps it
        expect(page.get_by_role("gridcell", name="C,D").first).to_be_visible()


def test_locked_rows_are_not_shown(playwright, kvant):
    with watched(playwright, kvant, "/data/bad/rows?symbols=AAPL") as page:
        expect(page.get_by_text("are in the lockbox")).to_be_visible()
        grid = page.get_by_role("grid")
        expect(grid.get_by_role("row").nth(1)).to_contain_text("2019-01-01")
        grid.focus()
        page.keyboard.press("End")
        locked = page.get_by_text("are in the lockbox").inner_text().split()[2]
        last = grid.get_by_role("rowheader").last.inner_text()
        assert last < locked


def test_the_findings_as_a_file_cannot_run(playwright, kvant):
    with watched(playwright, kvant, "/data/bad/quality") as page:
        with page.expect_download() as caught:
            page.get_by_role("button", name="Download CSV").click()
        content = caught.value.path().read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    assert {"severity", "title", "count", "example_symbol"} <= set(head)
    symbols = {row[head.index("example_symbol")] for row in rows}
    assert "'=cmd|calc" in symbols
    texts = [cell for row in rows for cell in row if not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
    assert [cell for cell in texts if FORMULA.match(cell)] == []


def test_coverage_is_read_by_keys(playwright, kvant):
    with watched(playwright, kvant, "/data/bad/quality") as page:
        cells = page.get_by_role("slider", name="Coverage")
        cells.focus()
        page.keyboard.press("ArrowRight")
        expect(cells).to_have_attribute("aria-valuetext", re.compile("2019-01: every date"))
        page.keyboard.press("ArrowRight")
        expect(cells).to_have_attribute("aria-valuetext", re.compile("2019-02"))
        page.get_by_role("button", name="View as table: Coverage").click()
        table = page.get_by_role("region", name="Coverage, as a table")
        expect(table.get_by_role("row").filter(has_text="=cmd|calc")).to_contain_text("2019-01")
        page.get_by_role("button", name="View as table: Coverage").click()
        cells.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/data/bad/rows\?.*start=2019-01-01&end=2019-01-31"))


def test_a_column_has_its_picture_and_its_rules(playwright, kvant):
    with watched(playwright, kvant, "/catalog?dataset=bad&item=column:pe") as page:
        page.get_by_role("combobox", name="Symbol", exact=True).fill("ERIC")
        page.get_by_role("option", name="ERIC B").click()
        expect(page.get_by_role("heading", name="Over time: ERIC B")).to_be_visible()
        expect(page.get_by_role("slider", name="pe of ERIC B")).to_be_visible()
        expect(page.get_by_role("list", name="Coverage by year")).to_contain_text("2019:")
        expect(page.get_by_role("toolbar", name="Distribution of pe")).to_be_visible()
        rule(page, "p?")
        expect(page.get_by_role("note")).to_contain_text("ignored by setting")
        rule(page, "")
        expect(page.get_by_role("note")).to_have_count(0)


def rule(page: Page, ignore: str) -> None:
    """Leave columns out of searches by name."""
    page.get_by_role("button", name="Column rules").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Left out by name").fill(ignore)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name="pe", exact=True)).to_be_visible()


def test_a_result_is_run_again_on_newer_data(playwright, kvant, result):
    with watched(playwright, kvant, result) as page:
        expect(page.get_by_text("Computed on version 1 of “bad”")).to_be_visible()
        page.get_by_role("button", name="Re-run on version 2").click()
        expect(page.get_by_role("heading", name="Version 1 against version 2")).to_be_visible()
        table = page.get_by_role("table", name="Metrics of both")
        expect(table.get_by_role("row", name="Sharpe ratio")).to_be_visible()
        expect(page.get_by_role("slider", name="Growth of 1 on both data")).to_be_visible()
        expect(page.get_by_text("Computed on version 2 of “bad”")).to_be_visible()
        page.get_by_role("link", name="Show the old run").click()
        expect(page.get_by_text("Computed on version 1 of “bad”")).to_be_visible()


@contextlib.contextmanager
def watched(playwright, kvant: Kvant, place: str) -> Iterator[Page]:
    """A page that must have nothing to complain about."""
    complaints = Complaints()
    with opened(playwright, kvant) as page:
        complaints.listen(page, kvant.url)
        show(page, kvant, place)
        yield page
    assert complaints.unexpected() == []
