"""The editor of expressions in a real browser: what it offers, explains, finds and shows live."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.stage import ROOT, TOKEN, Complaints, Kvant, opened
from tests.e2e.test_journey import retype
from tests.e2e.test_pages import AXE, SCREENS, axe

SYMBOLS = {"AAPL": "tech", "BRK.B": "finance", 'A"B': "tech"}
WIDE = "\N{ROCKET} score"  # one character to Python, two to a browser

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the browser is driven on Linux")


@pytest.fixture(scope="module")
def kvant(tmp_path_factory):
    """A Kvant with a data set that has categories, and names that need quotation marks."""
    folder = tmp_path_factory.mktemp("editor")
    lines = [f"date,symbol,close,open,volume,sector,{WIDE}"]
    for day in range(1, 29):
        for i, (symbol, sector) in enumerate(SYMBOLS.items()):
            quoted = symbol.replace('"', '""')
            price = 50 + i + day % 5
            lines.append(f'2024-02-{day:02},"{quoted}",{price},{price},{day},{sector},{day % 3}')
    (folder / "us.csv").write_text("\n".join(lines))
    words = ["--workspace", str(folder / "space"), "import", str(folder / "us.csv"), "--name", "us"]
    subprocess.run([sys.executable, "launcher.py", *words], cwd=ROOT, check=True)
    it = Kvant(folder / "space", window=False)
    it.start()
    try:
        yield it
    finally:
        it.stop()


@pytest.fixture(scope="module")
def shown(playwright, kvant):
    """One page for all: what differs between the tests is what is written."""
    with opened(playwright, kvant, bypass_csp=True) as it:
        yield it


@pytest.fixture
def page(shown, kvant):
    """The editor, empty and with everything it needs."""
    complaints = Complaints()
    complaints.listen(shown, kvant.url)
    if not shown.url.endswith("/backtest") or shown.get_by_role("dialog").count():
        shown.goto(f"{kvant.url}/backtest#t={TOKEN}")
        expect(shown.get_by_role("combobox", name="Data set")).to_have_value("us")
        shown.wait_for_load_state("networkidle")
    shown.mouse.move(0, 0)
    shown.locator(".cm-content[contenteditable=true]").focus()
    retype(shown, "")
    yield shown
    shown.unroute_all()
    assert complaints.unexpected() == []


def type_anew(page: Page, text: str) -> None:
    """As if typed: brackets and marks close themselves, lists open."""
    retype(page, "")
    page.keyboard.type(text)


def offered(page: Page) -> list[str]:
    """What the list offers when asked for, the best first."""
    page.keyboard.press("Control+Space")
    options = page.locator(".cm-tooltip-autocomplete .cm-completionLabel")
    expect(options.first).to_be_visible()
    found = options.all_inner_texts()
    page.keyboard.press("Escape")
    return found


def take(page: Page, key: str) -> None:
    """Take the chosen entry; at once after it opens the list takes nothing."""
    expect(page.locator(".cm-tooltip-autocomplete [aria-selected]")).to_be_visible()
    time.sleep(0.15)
    page.keyboard.press(key)


def text_of(page: Page) -> str:
    return "\n".join(page.locator(".cm-line").all_inner_texts())


def line(page: Page) -> Locator:
    """What the engine thinks of the text, under the editor."""
    return page.locator("[data-checked]")


# What it offers


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("cl", ["close"]),
        ("sm", ["sma"]),
        ("stdd", ["stddev"]),
        ("early = close;\nlater = early;\nea", ["early"]),
        ("ts_mean(close, ", ["5", "10", "20"]),
        ("ts_mean(close, 20) ", ["+", "-", "*"]),
        ("close > 1 a", ["and"]),
        ("group_mean(close, ", ["sector"]),
        ('group_mean(close, "', ["sector"]),
        ('symbol_is("', ['A"B', "AAPL", "BRK.B"]),
        ('feat("sc', [WIDE]),
        ("ts_std(close, 20, d", ["ddof="]),
        ("ts_std(x=close, d=5, ", ["ddof="]),
    ],
)
def test_it_offers_what_can_stand_there(page, typed, best):
    type_anew(page, typed)
    assert offered(page)[: len(best)] == best


@pytest.mark.parametrize("typed", ["close + 1e", "close + 12", "12."])
def test_it_offers_nothing_inside_a_number(page, typed):
    type_anew(page, typed)
    page.keyboard.press("Control+Space")
    time.sleep(0.3)
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)


def test_an_alias_is_written_as_the_operator_it_stands_for(page):
    type_anew(page, "sma")
    expect(page.locator(".cm-tooltip-autocomplete [aria-selected]")).to_contain_text("is ts_mean")
    take(page, "Tab")
    assert text_of(page) == "ts_mean(x, 20)"


def test_a_symbol_is_quoted_as_it_must_be(page):
    type_anew(page, 'symbol_is("A')
    expect(page.locator(".cm-tooltip-autocomplete [aria-selected]")).to_have_text('A"B')
    take(page, "Tab")
    assert text_of(page) == r'symbol_is("A\"B")'
    expect(line(page).get_by_text("Valid")).to_be_visible()


# What it explains


def test_the_signature_follows_the_argument(page):
    card, current = page.locator(".cm-signature"), page.locator(".cm-signature strong")
    type_anew(page, "ts_std(close")
    expect(current).to_have_text("x")
    page.keyboard.type(", 20")
    expect(current).to_have_text("d")
    expect(card).to_contain_text("a whole number from 1 to 2520")
    page.keyboard.type(", ddof=0")
    expect(current).to_have_text("ddof=1")
    expect(card).to_contain_text("1 when left out")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    time.sleep(0.2)  # Escape is for the list first, also while it is being thought of
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("r", "r = close / lag(close, 1) - 1"),
        ("lag", "The value d days ago."),
        ("and", "x and y"),
        ("?", "if_else(c, a, b)"),
        ("^", "x ^ y"),
        ("sector", "2 groups: finance, tech"),
        (f'"{WIDE}"', "Values from 0 to 2"),
        ("20", "d of ts_mean"),
    ],
)
def test_hovering_explains(page, word, told):
    retype(
        page,
        f'r = close / lag(close, 1) - 1; r > 0 and volume > 2 ? feat("{WIDE}") ^ 2'
        " : group_mean(ts_mean(open, 20), sector)",
    )
    page.keyboard.press("Control+End")
    piece = page.locator(".cm-line span").filter(has_text=re.compile(f"^{re.escape(word)}$"))
    expect(line(page).get_by_text("Valid")).to_be_visible()
    (piece if piece.count() else page.locator(".cm-line").get_by_text(word)).last.hover()
    expect(page.locator(".cm-tooltip-hover")).to_contain_text(told)


def test_the_same_is_told_at_the_cursor(page):
    retype(page, "ts_mean(close, 20)")
    page.keyboard.press("Home")
    page.keyboard.press("F1")
    expect(page.locator(".cm-card").get_by_text("Mean of the last d days")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".cm-card")).to_have_count(0)


# What it finds


def test_brackets_without_partners_are_marked(page):
    retype(page, "(close + (open)")
    expect(page.locator(".cm-unmatchedBracket")).to_have_text(["("])
    page.keyboard.type(")")
    expect(page.locator(".cm-unmatchedBracket")).to_have_count(0)
    expect(page.locator(".cm-matchingBracket")).to_have_count(2)


def test_a_mistake_is_underlined_where_it_is_and_mended_by_keys(page):
    """A character that counts as two in the page stands before it."""
    retype(page, f'feat("{WIDE}") + clsoe')
    expect(page.locator(".cm-lintRange-error")).to_have_text("clsoe")
    expect(page.get_by_role("status").get_by_text("Error: There is no column")).to_have_count(1)
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    assert page.evaluate("getSelection().toString()") == "clsoe"
    expect(page.locator(".cm-diagnostic")).to_contain_text("There is no column 'clsoe'")
    page.keyboard.press("Control+.")
    expect(page.locator(".cm-completionLabel")).to_have_text(["close"])
    take(page, "Enter")
    assert text_of(page) == f'feat("{WIDE}") + close'
    expect(page.locator(".cm-lintRange")).to_have_count(0)


def test_warnings_look_like_warnings_and_forbid_nothing(page):
    retype(page, "close + volume > 0 and open - volume > 0")
    marks = page.locator(".cm-lintRange-warning")
    expect(marks).to_have_text(["close + volume", "open - volume"])
    expect(line(page)).to_contain_text("Warning")
    expect(line(page)).to_contain_text("This adds a price (close) and a number of shares (volume)")
    expect(line(page)).to_contain_text(re.compile(r"Complexity \d+\.\d of 25"))
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    assert page.evaluate("getSelection().toString()") == "open - volume"
    page.keyboard.press("Shift+F8")
    assert page.evaluate("getSelection().toString()") == "close + volume"
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


# What it shows live


def test_complexity_lookback_and_identity_follow_every_key(page):
    retype(page, "ts_mean(close, 20")
    expect(line(page)).to_contain_text("Error")
    page.keyboard.type(")")
    expect(line(page)).to_contain_text("Reads 19 earlier dates")
    expect(line(page)).to_contain_text('Read as ts_mean(feat("close"), 20)')
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("0")
    expect(line(page)).to_contain_text("Reads 199 earlier dates")
    retype(page, "ts_ema(close, 20)")
    expect(line(page)).to_contain_text("Reads all earlier dates")
    line(page).get_by_role("button", name="Complexity").click()
    parts = page.get_by_role("dialog", name="Parts of the complexity")
    expect(parts.get_by_role("row")).to_have_count(11)


STALE = """() => {
  window.stale = [];
  const look = () => {
    const line = document.querySelector('[data-checked]');
    const text = [...document.querySelectorAll('.cm-line')].map((l) => l.textContent).join('\\n');
    if (line && line.dataset.checked !== text) window.stale.push([line.dataset.checked, text]);
    requestAnimationFrame(look);
  };
  look();
}"""


def test_no_answer_to_an_earlier_text_is_ever_shown(page):
    """The engine is slow, and the slower the earlier: answers would come in the wrong order."""
    asked: list[str] = []

    def slow(route: Route) -> None:
        asked.append(route.request.post_data_json["expr"])
        time.sleep(max(0.0, 0.4 - 0.1 * len(asked)))
        route.continue_()

    retype(page, "close")
    expect(line(page)).to_contain_text("Uses close")
    page.evaluate(STALE)
    page.route("**/api/config/check", slow)
    page.keyboard.type(" + open * 2 - 1", delay=15)
    expect(line(page)).to_contain_text('Read as feat("close") + feat("open") * 2 - 1')
    assert page.evaluate("window.stale") == []
    assert len(asked) < len(" + open * 2 - 1")
    assert asked[-1] == "close + open * 2 - 1"


# Formulas of papers


def test_a_paper_formula_becomes_one_of_ours(page):
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("paste a paper")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Paste a paper formula")
    expect(dialog.get_by_label("Formula")).to_be_focused()
    page.keyboard.insert_text("(-1 * Rank(delta(clsoe, 3.9)))")
    expect(dialog.locator("mark")).to_have_text("clsoe")
    dialog.get_by_role("button", name="Write close").click()
    expect(dialog.locator("code").first).to_have_text("-cs_rank(ts_delta(close, 3), 1)")
    dialog.get_by_label("Formula").fill("adv20 * Ts_Rank(close, 5.7)")
    expect(dialog.get_by_text("Note: 'adv20' is ts_mean(volume, 20)")).to_be_visible()
    expect(dialog.get_by_text("rounded down", exact=False).last).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    assert text_of(page).startswith("ts_mean(volume, 20) * ts_rank(close, 5")
    expect(line(page)).to_contain_text("Complexity")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: python3 tools/dev.py ui")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_findings_and_dialogs_are_sound(page, kvant, theme):
    kvant.api("POST", "/api/settings", {"theme": theme})
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.reload()
    page.locator(".cm-content[contenteditable=true]").click()
    faults = []
    for name, text in {"error": "close + clsoe", "warning": "close + volume"}.items():
        retype(page, text)
        expect(page.locator(f".cm-lintRange-{name}")).to_be_visible()
        page.keyboard.press("F8")
        page.screenshot(path=SCREENS / f"editor-{name}-{theme}.png")
        faults += axe(page)
    line(page).get_by_role("button", name="Complexity").click()
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_count(11)
    page.screenshot(path=SCREENS / f"editor-complexity-{theme}.png")
    faults += axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Paste a paper formula").click()
    for name, text in {"formula": "rank(adv20)", "mistake": "rank(clsoe)"}.items():
        page.get_by_role("dialog").get_by_label("Formula").fill(text)
        expect(page.get_by_role("dialog").locator("code").first).to_be_visible()
        page.screenshot(path=SCREENS / f"paste-{name}-{theme}.png")
        faults += axe(page)
    assert faults == []


# The catalog


WALK = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const found = [];
  // Only what is in view is drawn; what is clicked comes into view, and its neighbours with it.
  const at = (place) => document.querySelector(`[role=option][aria-posinset="${place}"]`);
  for (let place = 1, option; (option = at(place)); place++) {
    const name = option.querySelector('code').textContent;
    option.click();
    while (document.querySelector('#item')?.textContent !== name) await frame();
    const link = () => document.querySelector('article a');
    for (let i = 0; i < 100 && !link(); i++) await frame();
    const parts = [...document.querySelectorAll('article h3')].map((h) => h.textContent);
    const tried = link()?.title ?? name;
    found.push({ parts: parts.map((part) => part.replace('Examples', 'Example')), tried });
  }
  return found;
}"""


def test_every_operator_can_be_tried(page, kvant):
    """Its page has an example, what it reads and costs, and an expression the engine takes."""
    page.get_by_role("link", name="Catalog", exact=True).first.click()
    search = page.get_by_role("combobox", name="Operators")
    search.fill("stddev")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text("ts_std")
    search.fill("")
    expect(page.get_by_role("listbox").get_by_role("option").first).not_to_contain_text("ts_std")
    shown = page.evaluate(WALK)
    assert len(shown) > 100
    assert {tuple(one["parts"]) for one in shown} == {("Arguments", "Behaviour", "Example")}
    tried = [one["tried"].removeprefix("Open ").removesuffix(" in Backtest") for one in shown]
    checks = {e: kvant.api("POST", "/api/config/check", {"expr": e}).json() for e in tried}
    assert [expr for expr, check in checks.items() if not check["ok"]] == []
