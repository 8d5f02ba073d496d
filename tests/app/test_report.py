"""The tear sheet as a file: whole, alone, harmless, and saying what the numbers say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.report import report_of, tear_sheet
from app.report.page import POLICY
from app.report.style import STYLE
from app.report.words import MINUS, figure, percent
from engine.stats.conventions import CHOICES
from tests.app.report_sample import DAY, NASTY, frame_of, full, made

NET = np.random.default_rng(3).standard_t(5, 900) * 0.008 + 0.0004
VOID = {"meta", "input", "br"}
PARTS = (
    "benchmark", "holdings", "factor", "exposures", "robustness", "deflated", "interval", "pbo",
    "halves", "validation",
)  # fmt: skip


class Reader(HTMLParser):
    """What a browser makes of a page: elements that must be balanced, texts, tables."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts, self.tables, self.captions = [], [], [], {}, []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "caption":
            self.captions.append("")
        if tag == "tr":
            self.tables.setdefault(self.captions[-1], []).append([])
        if tag in {"td", "th"}:
            self.tables[self.captions[-1]][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if "caption" in self.open:
            self.captions[-1] += data
        elif {"td", "th"} & set(self.open):
            self.tables[self.captions[-1]][-1][-1] += data

    @property
    def text(self):
        """All that is shown."""
        return " ".join(text for text in self.texts if text != STYLE)


@pytest.fixture(scope="module")
def page():
    return tear_sheet(full(NET))


@pytest.fixture(scope="module")
def read(page):
    return Reader(page)


def test_the_page_needs_nothing_but_itself(page, read):
    assert page.startswith('<!doctype html>\n<html lang="en"><head>')
    assert not re.search(r"(src|href)\s*=|https?:|url\(|@import|<script|<link|<img|<iframe", page)
    assert {tag for tag, _ in read.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer",
        "div", "h1", "h2", "p", "span", "b", "strong", "small", "code", "ul", "li", "table",
        "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "path",
        "rect", "circle", "text", "input", "label",
    }  # fmt: skip
    metas = [attributes for tag, attributes in read.tags if tag == "meta"]
    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in metas
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'"


def test_words_of_the_user_are_text_and_nothing_else():
    page = tear_sheet(full(NET, NASTY))
    read, plain = Reader(page), Reader(tear_sheet(full(NET)))
    assert [tag for tag, _ in read.tags] == [tag for tag, _ in plain.tags]
    assert not any(name.startswith("on") for _, names in read.tags for name in names)
    shown = NASTY.replace("\u202e\x00", "\ufffd\ufffd")
    # tags, note, data set, fingerprint, price, lags, kernels, symbols, groups, verdicts, ...
    assert read.text.count(shown) >= 20
    assert not {"\u202e", "\x00"} & set(page)


def test_what_is_missing_is_said():
    texts = Reader(tear_sheet(made(NET))).text
    for words in (
        "There is no benchmark", "What was held is not part", "The signal as a forecast is not",
        "What simple factors explain is not", "has not been tried under", "the ledger was not read",
        "no bootstrap interval", "no probability of backtest overfitting", "is not split into",
        "There are no folds",
    ):  # fmt: skip
        assert words in texts
    why = {part: f"Because of {part}." for part in PARTS}
    texts = Reader(tear_sheet(msgspec.structs.replace(made(NET), why=why))).text
    assert [part for part in PARTS if f"Because of {part}." not in texts] == []


def test_a_full_page_has_no_excuse(read):
    assert "not part of this page" not in read.text
    assert "There is no" not in read.text


@pytest.mark.parametrize(
    "words",
    [
        "Not tradable.", "Ruined.", f"the first one on {DAY}",
        "The lockbox is plain. Openings so far: 3.", f"{MINUS}0.12 to 1.95", "7.0% of the draws",
        "98.3%", "1,234", "1.85", "61.2%",
        "74.3%", "432 dates", "1.33", "322", "41% (20% to 63%)", "in 35% of the splits",
        "out of sample from 2021-06-01 on", "Purged cross-validation, 50 candidates", "number 7",
        "27% of it is kept", "77 symbols were held", "91% of the universe", "+3.1% a year (t 1.4)",
        "42% of its variance", "Rank IC within groups of plain", "the date before: 0.87", "7.7 bps",
    ],
)  # fmt: skip
def test_every_part_stands_on_the_page(read, words):
    assert words in re.sub(r"\s+", " ", read.text)


def test_months_and_years_are_those_of_the_sheet(read):
    report = full(NET)
    rows = read.tables["Compound return of every month, after costs"]
    assert rows[0][:3] == ["Year", "Jan", "Feb"]
    months = {(each.year, each.month): percent(each.value) for each in report.sheet.monthly}
    assert rows[1:] == [
        [str(year.year), *(months.get((year.year, m), "") for m in range(1, 13)),
         percent(year.value)]
        for year in report.sheet.yearly
    ]  # fmt: skip
    years = read.tables["Compound return of every calendar year"]
    assert [row[:3] for row in years[1:]] == [
        [str(year.year), percent(year.value), percent(year.benchmark)]
        for year in report.sheet.yearly
    ]
    falls = read.tables["The deepest falls"]
    assert [(row[0], row[4]) for row in falls[1:]] == [
        (str(each.start), percent(each.depth, 2)) for each in report.sheet.drawdowns
    ]


def test_a_convention_is_a_radio_button_and_a_table(read):
    radios = [names for tag, names in read.tags if tag == "input"]
    assert [each["id"] for each in radios] == [f"as-{name}" for name in CHOICES]
    assert ["checked" in each for each in radios] == [True, False, False, False]
    assert {each["name"] for each in radios} == {"convention"}
    for profile in full(NET).profiles:
        assert f"#as-{profile.convention}:checked~.profiles .as-{profile.convention}" in STYLE
        rows = read.tables[f"{profile.title}: {profile.source}"][1:]
        assert [row[-2] for row in rows] == [figure(each) for each in profile.figures]
        assert all(each.formula in row[-1] for row, each in zip(rows, profile.figures, strict=True))
        if profile.convention != "default":
            assert [row[1] for row in rows] == [each.name for each in profile.figures]


def test_what_trading_adds_is_in_every_profile_that_knows_it():
    found = {
        each.convention: {f.name: f.value for f in each.figures} for each in full(NET).profiles
    }
    assert found["default"]["gross_exposure"] == 0.98
    assert found["brain"]["turnover"] == 0.2
    assert found["brain"]["margin"] == pytest.approx(4.0)


def test_the_recipe_is_complete(read):
    rows = dict(map(tuple, read.tables["What decides the numbers of this run"][1:]))
    assert (rows["cap"], rows["execution lag"], rows["smooth ema"]) == ("0.05", "1", "none")
    assert (rows["lags"], rows["look-ahead test"]) == ("plain 1", "failed, 20 cuts")
    assert rows["last date looked at"] == str(DAY)


RUNS = {
    "never trades": ([0.0] * 50, {"turnover": 0.0}),
    "one date": ([0.01], {}),
    "two dates": ([0.01, -0.02], {}),
    "ruined": ([0.01] * 150 + [-1.0] + [0.0] * 50, {"ruined": True}),
    "constant": ([0.0] * 300, {}),
    "only gains": ([0.01, 0.02] * 100, {}),
    "huge": ([50.0] * 200, {}),
    "a century": (np.tile(NET, 41), {}),
}


@pytest.mark.parametrize("name", RUNS)
def test_unusual_runs_have_a_page(name):
    net, rest = RUNS[name]
    check(tear_sheet(made(net, **rest)))
    check(tear_sheet(made(net, benchmark=np.zeros(len(net)), **rest)))


@settings(max_examples=25)
@given(st.lists(st.floats(-1, 3) | st.sampled_from([0.0, -1.0]), min_size=1, max_size=300))
def test_any_run_has_a_page_of_numbers(net):
    check(tear_sheet(made(net)))


def check(page):
    read = Reader(page)
    assert not re.search(r"\b(nan|inf|None)\b", page.replace(STYLE, ""))
    for tag, names in read.tags:
        if tag == "path":
            assert re.fullmatch(r"([MLHVZ]|h0\.1|-?[\d.]+|[ ])+", names["d"] or "M")


def test_days_before_the_first_trade_do_not_count_in_the_figures():
    report = made(NET)
    frame = frame_of(np.concatenate([np.zeros(100), NET]))
    frame = frame.with_columns(turnover=np.r_[np.zeros(100), np.full(len(NET), 0.2)])
    late = report_of(report.detail, report.run, frame)
    assert (report.first, late.first) == (0, 100)
    assert late.profiles == report.profiles


def test_the_colours_are_those_of_the_application():
    tokens = (Path(__file__).parents[2] / "ui/src/routes/tokens.css").read_text(encoding="utf-8")
    light, dark = tokens.split("data-theme='dark'")[:2]
    ours = re.findall(r":root\{(.*?)\}", STYLE.replace("\n", ""))
    assert len(ours) == 3
    assert ours[0] == ours[2], "paper is light"
    for mine, theirs in ((ours[0], light), (ours[1], dark)):
        for name in ("raised", "line", "text", "muted", "accent", "pos", "neg", "warn", "bad", "ok",
                     "s1", "s2"):  # fmt: skip
            value = re.search(rf"--{name}:(#\w+)", mine).group(1)
            long = {"muted": "text-muted"}.get(name, name)
            assert re.search(rf"--{long}: {value};", theirs), name


def test_paper_has_a_size_and_breaks():
    paper = STYLE.partition("@media print")[2]
    assert "size:A4" in paper
    assert "section.page{break-before:page}" in paper
