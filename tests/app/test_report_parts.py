"""The parts a tear sheet is made of: escaping, numbers as words, scales, shapes."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.report.axes import Frame, day_label, horizontal, nice_ticks, tick_words, vertical
from app.report.charts import (
    HALF,
    Line,
    Mark,
    bar_chart,
    histogram_chart,
    line_chart,
    scatter_chart,
    thinned,
)
from app.report.markup import Html, cell, join, pairs, table, tag, text
from app.report.words import DASH, MINUS, figure, label, number, percent, signed, tone, whole
from engine.stats.conventions import Figure
from engine.stats.series import histogram

FRAME = Frame(500, 200)


def days(count, first="2020-01-01", step=1):
    return np.datetime64(first, "D") + step * np.arange(count)


def test_a_string_is_never_markup():
    assert tag("p", "<b>", Html("<i>x</i>"), ["&", ("'", None)], class_='"') == (
        '<p class="&quot;">&lt;b&gt;<i>x</i>&amp;&#x27;</p>'
    )
    assert tag("input", checked=True, disabled=False, aria_label="a<b", id=None) == (
        '<input checked aria-label="a&lt;b">'
    )
    assert text("a\x00\u202eb\nc\ud800") == "a\ufffd\ufffdb\nc\ufffd"
    assert join([1, None, 2.5]) == "12.5"


def test_headings_stand_where_their_cells_do():
    made = table(["a", "b", "c"], [["<", 1, cell("x", number=False)]], caption="&")
    assert made == (
        '<div class="wide" role="region" aria-label="&amp;" tabindex="0">'
        '<table><caption>&amp;</caption><thead><tr><th scope="col">a</th>'
        '<th scope="col" class="num">b</th><th scope="col">c</th></tr></thead><tbody><tr>'
        '<td>&lt;</td><td class="num">1</td><td>x</td></tr></tbody></table></div>'
    )
    assert "<thead>" not in pairs([["a", 1]], caption="c")
    assert table(["a", "b"], [], caption="c").count('class="num"') == 1


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (number(1234.567), "1,234.57"),
        (number(-0.5), f"{MINUS}0.50"),
        (number(-0.001), "0.00"),
        (number(None), DASH),
        (number(math.nan), DASH),
        (number(-1.5e12), f"{MINUS}1.500e+12"),
        (percent(0.0834), "8.3%"),
        (percent(-0.0001), "0.0%"),
        (percent(-1.5, 2), f"{MINUS}150.00%"),
        (percent(math.inf), DASH),
        (percent(-1.7e308), f"{MINUS}1.700e+308 \u00d7 100%"),
        (signed(0.012), "+1.2%"),
        (signed(0.0001), "0.0%"),
        (signed(-0.012), f"{MINUS}1.2%"),
        (signed(None), DASH),
        (whole(1234.0), "1,234"),
    ],
)
def test_numbers_are_written_as_the_application_writes_them(shown, words):
    assert shown == words


def test_a_figure_is_written_in_its_unit():
    def of(value, unit, metric=None, name="some_name"):
        return Figure(metric=metric, name=name, value=value, unit=unit, formula="f.")

    assert figure(of(0.1234, "share")) == "12.34%"
    assert figure(of(0.1234, "ratio")) == "0.12"
    assert figure(of(12.34, "bps")) == "12.3"
    assert figure(of(12.0, "days")) == "12"
    assert figure(of(12.34, "count")) == "12.3"
    assert figure(of(None, "days")) == DASH
    assert label(of(1, "ratio", "ann_sharpe")) == "Sharpe ratio"
    assert label(of(1, "ratio")) == "some name"
    assert (tone(0.1), tone(-0.1), tone(0.0), tone(None)) == ("pos", "neg", "", "")
    assert tone(-0.3, "ann_vol") == tone(-0.3, None) == ""


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_few_round_and_inside(low, width):
    high = low + width
    assume(high - low > 1e-9 * abs(high))
    ticks = nice_ticks(low, high)
    assert 2 <= len(ticks) <= 7
    slack = 1e-6 * (high - low)
    assert low - slack <= ticks[0]
    assert ticks[-1] <= high + slack
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) - min(steps) <= 1e-6 * steps[0]
    lead = steps[0] / 10 ** math.floor(math.log10(steps[0] * (1 + 1e-9)))
    assert min(abs(lead - each) for each in (1, 2, 2.5, 5)) < 1e-3


def test_ticks_have_the_same_digits():
    assert tick_words([0, 0.025, 0.05], share=True) == ["0.0%", "2.5%", "5.0%"]
    assert tick_words([-0.1, 0.0, 0.1], share=True) == [f"{MINUS}10%", "0%", "10%"]
    assert tick_words([0, 0.5, 1], share=False) == ["0.0", "0.5", "1.0"]
    assert tick_words([10, 20], share=False) == ["10", "20"]


@pytest.mark.parametrize(
    ("values", "log", "zero"),
    [
        ([1, 1.1, 0.9], True, False),
        ([1, 50, 1000], True, False),
        ([1, 1e12], True, False),
        ([1, 0.0], True, False),
        ([-0.3, -0.1], False, True),
        ([0.0, 0.0], False, True),
        ([5.0, 5.0], False, False),
        ([5.0, 5.0], True, False),
        ([], False, False),
        ([math.nan, math.inf], False, False),
        ([1.7e308, 1.0], True, False),
    ],
)
def test_values_lie_inside_the_frame_upwards(values, log, zero):
    values = np.array(values, dtype=np.float64)
    scale = vertical(values, FRAME, log=log, zero=zero)
    known = values[np.isfinite(values) & (np.abs(values) < 1e300)]
    places = scale.at(known)
    assert ((FRAME.top - 1e-6 <= places) & (places <= FRAME.inner_bottom + 1e-6)).all()
    assert (np.diff(places[np.argsort(known)]) <= 0).all()
    assert scale.log == (log and bool((known > 0).all()) and len(known) > 0)
    assert 1 <= len(scale.ticks) <= 16
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (2, set()),
        (100, {"2020-02", "2020-03", "2020-04"}),
        (400, {"2020-03", "2020-05", "2020-07", "2020-09", "2020-11", "2021"}),
        (2000, {"2021", "2022", "2023", "2024", "2025"}),
        (10000, {"2025", "2030", "2035", "2040", "2045"}),
    ],
)
def test_dates_are_marked_at_months_or_years(count, words):
    scale = horizontal(days(count), FRAME)
    found = {day_label(tick, scale.high - scale.low) for tick in scale.ticks}
    assert found - {"2020"} == words
    assert scale.one(scale.low) == FRAME.left
    assert scale.one(scale.high) == FRAME.inner_right


def lines_of(page):
    return re.findall(r'<path d="([^"]*)" class="line \w+">', page)


def test_a_line_goes_from_edge_to_edge_and_has_holes():
    values = np.array([1.0, 2.0, np.nan, 3.0, np.nan, 4.0, 5.0])
    page = line_chart("<t>", days(7), [Line("a<b", values, "own")], frame=HALF, zero=True)
    (path,) = lines_of(page)
    runs = path.split("M")[1:]
    assert [run.count("L") for run in runs] == [1, 0, 1]
    assert "h0.1" in runs[1], "a value alone is a dot"
    assert path.startswith(f"M{HALF.left:.1f} ")
    assert f"L{HALF.inner_right:.1f} " in path
    assert "&lt;t&gt;" in page
    assert "<t>" not in page


def test_marks_outside_the_dates_are_left_out():
    values = np.arange(10.0)
    marks = [Mark(dt.date(2020, 1, 5), "inside"), Mark(dt.date(2021, 1, 1), "outside")]
    page = line_chart("t", days(10), [Line("a", values, "own")], marks=marks)
    assert "inside" in page
    assert "outside" not in page


def test_one_date_makes_no_line():
    assert "fewer" in line_chart("t", days(1), [Line("a", np.ones(1), "own")])
    assert thinned(days(0), np.empty(0)).tolist() == []


def test_bars_stand_on_zero_in_the_colour_of_their_sign():
    page = bar_chart("t", ["a", "b", "c"], [0.1, None, -0.2], share=True)
    bars = re.findall(r'y="([\d.]+)" height="([\d.]+)" class="(\w+)"', page)
    assert [look for *_, look in bars] == ["pos", "neg"]
    (top, height), (start, _) = ((float(y), float(h)) for y, h, _ in bars)
    assert top + height == pytest.approx(start, abs=0.11), "both touch zero"
    assert "a: 10.00%" in page
    assert f"c: {MINUS}20.00%" in page


def test_a_histogram_has_a_bar_per_bin_with_values_and_its_median():
    found = histogram([-0.02, 0.01, 0.011, 0.03], 10)
    page = histogram_chart("t", found)
    assert page.count("<rect") == sum(count > 0 for count in found.counts)
    assert page.count('class="neg"') == 1
    assert "median 1.05%" in page


def test_points_on_the_diagonal_are_equally_far_in_both_directions():
    page = scatter_chart("t", [(1.0, 1.0), (-1.0, 0.5)], ("in", "out"))
    line = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" class="mark"', page)
    x0, y0, x1, y1 = map(float, line.groups())
    cx, cy = map(float, re.search(r'cx="([\d.]+)" cy="([\d.]+)"', page).groups())
    assert (cx - x0) / (x1 - x0) == pytest.approx((cy - y0) / (y1 - y0), abs=0.01)
    assert page.count("<circle") == 2
    assert scatter_chart("t", [], ("in", "out")).count("<circle") == 0
