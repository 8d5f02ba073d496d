"""Files becoming data sets in the page: questions, columns, progress, cancelling, the result."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import AXE, TOKEN, Complaints, Kvant, opened
from tests.e2e.test_pages import axe

HOSTILE = "<img src=x onerror=alert(1)>"
SYMBOLS = ("VOLV B", "=cmd()", "ERIC\u200b B")
SLOW = 60_000


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    """The folder of raw files, with one in it."""
    folder = tmp_path_factory.mktemp("raw")
    wide(folder / "wide.csv")
    return folder


@pytest.fixture(scope="module")
def kvant(tmp_path_factory, raw):
    """A Kvant that looks at a folder of raw files."""
    it = Kvant(tmp_path_factory.mktemp("import") / "space", window=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUANT_RAW_ROOT", str(raw))
        it.start()
    try:
        yield it
    finally:
        it.stop()


@pytest.fixture
def complaints():
    """What the pages of a test complain about, which must be nothing."""
    it = Complaints()
    yield it
    assert it.unexpected() == []


@pytest.fixture
def page(playwright, kvant, complaints):
    """The import page, small, as a narrow window shows it."""
    size = {"width": 1024, "height": 640}
    with opened(playwright, kvant, viewport=size, bypass_csp=True) as it:
        complaints.listen(it, kvant.url)
        it.set_default_timeout(20_000)
        it.goto(f"{kvant.url}/data/import#t={TOKEN}")
        yield it


def ambiguous(path: Path, first: float = 100.0) -> Path:
    """A Swedish file whose dates can be read two ways, with names meant to hurt."""
    days = [dt.date(2020, month, day) for month in range(1, 13) for day in range(1, 13)]
    lines = [f"Datum;Ticker;Slut;{HOSTILE}"]
    for symbol in SYMBOLS:
        prices = (f"{first + i / 10:.2f}".replace(".", ",") for i in range(len(days)))
        rows = zip(days, prices, strict=True)
        lines += [f"{day:%d/%m/%Y};{symbol};{price};{day.day}" for day, price in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def wide(path: Path) -> Path:
    """One column of prices for each of three symbols."""
    days = pl.date_range(dt.date(2021, 1, 1), dt.date(2021, 6, 30), eager=True)
    steps = np.arange(len(days))
    columns = {f"S{i}": 100 + i + np.sin(steps / (5 + i)) for i in range(3)}
    pl.DataFrame({"date": days, **columns}).write_csv(path)
    return path


def long(path: Path, dates: int, symbols: int) -> Path:
    """As many rows as it takes to be able to stop an import of them."""
    days = pl.date_range(dt.date(1990, 1, 1), dt.date(2060, 1, 1), eager=True)[:dates]
    count = dates * symbols
    values = 100 + np.random.default_rng(5).random((4, count))
    pl.DataFrame(
        {
            "date": np.tile(days.to_numpy(), symbols),
            "symbol": np.repeat([f"S{i:04}" for i in range(symbols)], dates),
            "close": values[0],
            **{f"x{i}": values[i] for i in range(1, 4)},
        }
    ).write_csv(path)
    return path


def give(page: Page, path: Path) -> None:
    """Choose a file as the dialog of the browser does."""
    page.get_by_role("button", name="Choose a file").wait_for()
    page.locator("input[type=file]").set_input_files(path)


def read(page: Page) -> None:
    """Wait until the page has read the file as it is now described."""
    page.get_by_role("button", name="Choose another").wait_for()
    expect(page.locator("form[aria-busy=false]")).to_be_visible(timeout=SLOW)


def importing(page: Page) -> Locator:
    return page.get_by_role("button", name="Import", exact=True)


def role(page: Page, column: str) -> Locator:
    return page.get_by_label(f"Used as, {column}", exact=True)


def sets(kvant: Kvant) -> dict[str, dict]:
    return {it["name"]: it for it in kvant.api("GET", "/api/datasets").json()["items"]}


def sound(page: Page) -> list[str]:
    """What axe says, where it is installed."""
    return axe(page) if AXE.exists() or os.environ.get("CI") else []


def test_a_file_that_can_be_read_two_ways_asks(page, kvant, tmp_path):
    """Question by question to a data set, whose second version keeps the first."""
    give(page, ambiguous(tmp_path / "omx (kopia).csv"))
    page.get_by_role("button", name=re.compile("Day first")).wait_for()
    read(page)
    assert importing(page).get_attribute("aria-disabled") == "true"
    expect(page.get_by_text("--date-order")).to_have_count(0)
    expect(page.get_by_text("Columns are divided by semicolons")).to_be_visible()
    assert sound(page) == []
    page.get_by_role("button", name=re.compile("Day first")).click()
    page.get_by_role("heading", name="Which column is the price?").wait_for()
    page.get_by_role("button", name="Slut", exact=True).click()
    expect(page.get_by_role("heading", name="Which column is the price?")).to_have_count(0)
    read(page)

    expect(role(page, "Slut")).to_have_value("price")
    expect(page.get_by_text(HOSTILE, exact=True).first).to_be_visible()
    assert page.locator("main img").count() == 0
    page.get_by_label("Called, Slut", exact=True).fill("close")
    role(page, HOSTILE).select_option("ignore")
    read(page)
    expect(page.get_by_label(f"Called, {HOSTILE}", exact=True)).to_have_count(0)
    expect(page.get_by_text("432 rows: 3 symbols on 144 dates")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("Returns")).check()
    read(page)
    assert sound(page) == []

    page.get_by_label("Name", exact=True).fill("omx")
    importing(page).click()
    expect(page.get_by_text("omx was imported.")).to_be_visible(timeout=SLOW)
    assert sound(page) == []
    made = sets(kvant)["omx"]
    assert (made["rows"], made["symbols"], made["price"]) == (432, 3, "close")
    assert made["features"] == ["close", "returns"]
    assert made["first_date"] == "2020-01-01"

    page.get_by_role("button", name="Import another").click()
    give(page, ambiguous(tmp_path / "omx2.csv", first=200.0))
    page.get_by_role("button", name=re.compile("Day first")).click()
    page.get_by_role("button", name="Slut", exact=True).click()
    page.get_by_label("Name", exact=True).fill("omx")
    expect(page.get_by_text("other content becomes its version 2")).to_be_visible()
    importing(page).click(timeout=SLOW)
    expect(page.get_by_text("omx was imported as version 2")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="All data sets").click()
    page.get_by_role("main").get_by_role("link", name="omx", exact=True).click()
    expect(page.get_by_text("current", exact=True)).to_be_visible()
    rows = page.get_by_role("region", name="Versions of omx").get_by_role("row")
    expect(rows).to_have_count(3)
    page.get_by_role("tab", name="Import report").click()
    expect(page.get_by_text("Symbols with invisible characters").first).to_be_visible()
    assert sound(page) == []


def test_a_wide_file_of_the_raw_folder(page, kvant):
    """Found in its folder, recognised, and its symbols are its columns."""
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.get_by_role("button", name="Import wide.csv").click()
    page.get_by_role("button", name=re.compile("^Wide")).click()
    expect(page.get_by_role("heading", name="How do the rows run?")).to_have_count(0)
    read(page)
    expect(role(page, "S0").locator("option:checked")).to_have_text("One symbol")
    role(page, "S2").select_option("ignore")
    expect(page.get_by_text("362 rows: 2 symbols on 181 dates")).to_be_visible()
    read(page)
    importing(page).click()
    expect(page.get_by_text("wide was imported.")).to_be_visible(timeout=SLOW)
    assert (sets(kvant)["wide"]["symbols"], sets(kvant)["wide"]["price"]) == (2, "close")
    page.get_by_role("link", name="All data sets").click()
    expect(page.get_by_text("imported as wide")).to_be_visible()


def test_sending_and_importing_show_how_far_they_are_and_can_be_stopped(
    page, kvant, complaints, tmp_path
):
    """Half sent is given up; an import that is stopped leaves nothing, and can be begun again."""
    complaints.expected = ("status of 409",)  # the import that was stopped
    path = long(tmp_path / "large.csv", dates=2000, symbols=200)
    slow = page.context.new_cdp_session(page)
    throttle(slow, 4_000_000)
    give(page, path)
    sending = page.get_by_role("progressbar", name="Sending")
    expect(sending).to_be_visible()
    expect(sending).to_have_attribute("aria-valuetext", re.compile(r"Sending the file, [1-9]"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()

    throttle(slow, -1)
    give(page, path)
    read(page)
    importing(page).click()
    bar = page.get_by_role("progressbar", name="Import")
    expect(bar).to_be_visible()
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"\d%"), timeout=SLOW)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The import was cancelled; nothing of it was kept.")).to_be_visible(
        timeout=SLOW
    )
    assert "large" not in sets(kvant)
    importing(page).click()
    page.get_by_role("link", name="Jobs", exact=True).first.click()  # it goes on meanwhile
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.get_by_role("button", name=re.compile("import")).first.click()
    expect(page.get_by_text("large was imported.")).to_be_visible(timeout=SLOW)
    assert sets(kvant)["large"]["rows"] == 400_000


def throttle(session, bytes_per_s: int) -> None:
    """The network of the page, no faster than that; -1: as it is."""
    limits = {"downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **limits})


def test_what_cannot_be_is_said_where_it_is(page, complaints, tmp_path):
    """Files that are none, names that are none, a day that is missing."""
    complaints.expected = ("status of 422",)
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"%PDF-1.4")
    give(page, paper)
    expect(page.get_by_text("report.pdf is not a file Kvant reads")).to_be_visible()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    give(page, broken)
    expect(page.get_by_text("The file cannot be read").first).to_be_visible()
    page.get_by_role("button", name="Choose another").click()

    give(page, ambiguous(tmp_path / "good.csv"))
    page.get_by_role("button", name=re.compile("Month first")).click()
    page.get_by_role("button", name="Slut", exact=True).click()
    read(page)
    page.get_by_label("Name", exact=True).fill("../etc")
    expect(page.get_by_text("Use up to 64 letters")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("good")
    page.get_by_role("radio", name="From a date on").check()
    importing(page).click()
    expect(page.get_by_text("Choose the first date to be locked away.")).to_be_visible()
    page.get_by_role("radio", name="None").check()
    page.get_by_label("Dates in a year").fill("0")
    expect(page.get_by_text("Write a number above 0")).to_be_visible()
    page.get_by_text("Read it differently").click()
    page.get_by_label("Columns are separated by").select_option("|")
    expect(importing(page)).to_have_attribute("aria-disabled", "true")
    page.get_by_label("Columns are separated by").select_option("")
    expect(importing(page)).to_be_visible()


def test_the_keyboard_is_enough(page, kvant, tmp_path):
    """From the list to a data set without a pointer, and away with it again."""
    choose = page.get_by_role("button", name="Choose a file")
    expect(choose).to_be_focused()
    give(page, ambiguous(tmp_path / "keys.csv"))
    page.get_by_role("button", name=re.compile("Day first")).wait_for()
    read(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Day first"))).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which column is the price?").wait_for()
    read(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("432 rows: 3 symbols")).to_be_visible()
    read(page)
    name = page.get_by_label("Name", exact=True)
    for _ in range(10):
        if name.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("by_keys")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by_keys was imported.")).to_be_visible(timeout=SLOW)

    page.goto(f"{kvant.url}/data?set=by_keys")
    page.get_by_role("button", name="Delete", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by_keys was deleted")).to_be_visible()
    assert "by_keys" not in sets(kvant)
