"""Quality of data: every check finds what was planted, and nothing in a market without faults."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.panel import Panel
from engine.quality import Quality, RowFilter, inspect, inspect_open
from engine.quality.found import MOST_FINDINGS
from engine.quality.report import all_checks
from tests.engine.quality_panels import Market, kinds

NAN = np.nan


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    dates=st.sampled_from([300, 700]),
    symbols=st.sampled_from([12, 40]),
)
def test_a_market_without_faults_has_neither_errors_nor_warnings(seed, dates, symbols):
    quality = Market(seed, dates=dates, symbols=symbols).inspect(open_rows=250)
    assert kinds(quality, "error", "warning") == []


@settings(max_examples=40)
@given(data=st.data())
def test_any_panel_can_be_inspected(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    dates, symbols = data.draw(st.sampled_from([1, 2, 30, 120])), data.draw(st.integers(1, 12))
    scale = data.draw(st.sampled_from([1e-300, 0.02, 1.0, 1e300]))
    names = ["close", "open", "high", "low", "volume", "x"][: data.draw(st.integers(1, 6))]
    features = {name: scale * rng.normal(size=(dates, symbols)) for name in names}
    for values in features.values():
        values[rng.random(values.shape) < data.draw(st.sampled_from([0, 0.3, 1]))] = NAN
    days = np.datetime64("1995-01-01") + np.cumsum(rng.integers(1, 40, dates))
    panel = Panel.from_arrays("p", days, [f"S{j:02}" for j in range(symbols)], features)
    quality = inspect(panel, open_rows=data.draw(st.integers(0, dates)))
    assert msgspec.json.decode(msgspec.json.encode(quality), type=Quality) == quality


def zero_price(m: Market):
    m.features["close"][300, 5] = m.features["low"][300, 5] = 0.0


def negative_price(m: Market):
    m.features["close"][300, 5] = m.features["low"][300, 5] = -37.63


def high_below_low(m: Market):
    high, low = m.features["high"], m.features["low"]
    high[300, 5], low[300, 5] = low[300, 5], high[300, 5]


def close_outside(m: Market):
    m.features["high"][300, 5] = 0.98 * m.features["close"][300, 5]
    m.features["low"][300, 5] = 0.97 * m.features["close"][300, 5]


def negative_volume(m: Market):
    m.features["volume"][300, 5] = -5


def zero_volume(m: Market):
    m.features["volume"][300, 5] = 0


def missing_open(m: Market):
    m.features["open"][300, 5] = NAN


def constant_column(m: Market):
    m.features["flag"] = m.features["close"] * 0 + 1


def huge_value(m: Market):
    m.features["pe"][300, 5] = 1e30


def placeholder(m: Market):
    m.features["pe"][300:305, 5] = -9999.0


def hole(m: Market):
    m.erase(slice(300, 307), 5)


def no_price(m: Market):
    m.features["close"][:, 5] = NAN


def thin_date(m: Market):
    for column in range(2, len(m.symbols)):
        m.erase(300, column)


def frozen_date(m: Market):
    for values in m.features.values():
        values[300] = values[299]


def long_break(m: Market):
    m.dates[300:] += 28


def weekend(m: Market):
    monday = int(np.flatnonzero((m.dates.astype(int) + 3) % 7 == 0)[50])
    m.dates[monday] -= 1


def future_date(m: Market):
    m.dates[-1] = np.datetime64(dt.datetime.now(tz=dt.UTC).date()) + 400


def ancient_date(m: Market):
    m.dates[0] = np.datetime64("1601-01-01")


def stale(m: Market):
    for name in ("open", "high", "low", "close"):
        m.features[name][300:312, 5] = m.features["close"][299, 5]


def never_moves(m: Market):
    for name in ("open", "high", "low", "close"):
        m.features[name][:, 5] = 12.5


def bad_print(m: Market):
    m.scale(300, 5, 1.4)
    m.features["volume"][300, 5] = m.features["volume"][270:300, 5].mean()


def bad_close(m: Market):
    m.features["close"][300, 5] *= 0.5
    m.features["volume"][300, 5] = m.features["volume"][270:300, 5].mean()


def spike(m: Market):
    m.features["high"][300, 5] *= 2.5


def split(m: Market):
    m.scale(slice(300, None), 5, 0.5)
    m.features["volume"][300:, 5] *= 2
    calm_open(m)


def reverse_split(m: Market):
    m.scale(slice(300, None), 5, 10)
    m.features["volume"][300:, 5] /= 10
    calm_open(m)


def spin_off(m: Market):
    m.scale(slice(300, None), 5, 0.72)
    calm_open(m)


def calm_open(m: Market):
    """Let the planted move happen at the open, on a usual volume."""
    close = m.features["close"]
    m.features["open"][300, 5] = close[300, 5]
    m.features["high"][300, 5] = 1.005 * close[300, 5]
    m.features["low"][300, 5] = 0.995 * close[300, 5]
    m.features["volume"][300, 5] = np.median(m.features["volume"][301:330, 5])


def crash(m: Market):
    m.scale(slice(300, None), 5, 0.72)
    m.features["volume"][300, 5] *= 20


def copied_row(m: Market):
    for name in ("open", "high", "low", "close", "volume"):
        m.features[name][304, 5] = m.features[name][300, 5]


def rename(old: str, new: str) -> Callable[[Market], None]:
    def plant(m: Market):
        m.symbols = sorted(new if symbol == old else symbol for symbol in m.symbols)

    return plant


PLANTED = [
    (zero_price, {"zero_price"}),
    (negative_price, {"negative_price"}),
    (high_below_low, {"high_below_low"}),
    (close_outside, {"outside_range"}),
    (negative_volume, {"negative_volume"}),
    (zero_volume, {"zero_volume"}),
    (missing_open, {"missing_cell"}),
    (constant_column, {"constant_column"}),
    (huge_value, {"huge_value"}),
    (placeholder, {"placeholder"}),
    (hole, {"gap"}),
    (no_price, {"no_price"}),
    (thin_date, {"thin_date"}),
    (frozen_date, {"frozen_date", "copied_row"}),
    (long_break, {"long_break"}),
    (weekend, {"weekend"}),
    (future_date, {"future_date", "long_break"}),
    (ancient_date, {"unlikely_date", "long_break"}),
    (stale, {"stale"}),
    (never_moves, {"never_moves"}),
    (bad_print, {"bad_print"}),
    (bad_close, {"bad_print", "outside_range"}),
    (spike, {"spike"}),
    (split, {"split"}),
    (reverse_split, {"split"}),
    (spin_off, {"spin_off"}),
    (crash, {"large_move"}),
    (copied_row, {"copied_row"}),
    (rename("BAX", "bbx"), {"look_alike"}),
    (rename("BAX", "BBX\u200b"), {"look_alike", "invisible_symbol"}),
    (rename("BAX", "B\u0410X"), {"foreign_letter"}),
]
ALWAYS = {"late_start", "early_end", "large_move"}  # in any market


@pytest.mark.parametrize(("plant", "expected"), PLANTED)
def test_what_was_planted_is_found_and_nothing_else(plant, expected):
    market = Market(3)
    plant(market)
    found = set(kinds(market.inspect()))
    assert expected <= found
    assert found - expected - ALWAYS == set()


def one(quality: Quality, kind: str):
    (finding,) = [finding for finding in quality.findings if finding.kind == kind]
    return finding


def test_a_finding_names_the_place_and_filters_the_table():
    market = Market(3)
    bad_print(market)
    finding = one(market.inspect(), "bad_print")
    symbol, day = market.symbols[5], market.dates[300].item()
    assert (finding.severity, finding.count, finding.symbols) == ("warning", 1, 1)
    assert [(each.symbol, each.date) for each in finding.examples] == [(symbol, day)]
    assert finding.rows == RowFilter(
        symbols=(symbol,),
        start=market.dates[297].item(),
        end=market.dates[303].item(),
        columns=("close", "open", "high", "low", "volume"),
    )


def test_the_worst_examples_come_first_and_no_more_than_twenty():
    market = Market(3)
    for column in range(30):
        market.features["pe"][300, column] = 1e16 * (1 + column)
    finding = one(market.inspect(), "huge_value")
    alive = [s for j, s in enumerate(market.symbols)]
    assert finding.count == 30
    assert [each.symbol for each in finding.examples] == alive[::-1][:20]


def test_a_finding_about_many_symbols_filters_fifty():
    market = Market(3, symbols=70)
    market.features["volume"][300] = -1.0
    assert len(one(market.inspect(), "negative_volume").rows.symbols) == 50


def test_a_true_jump_is_only_a_note():
    market = Market(3)
    crash(market)
    finding = one(market.inspect(), "large_move")
    assert finding.severity == "info"
    assert finding.examples[0].symbol == market.symbols[5]


def test_a_move_that_everybody_shares_is_no_bad_print():
    market = Market(3)
    market.scale(300, slice(None), 0.8)
    assert kinds(market.inspect(), "error", "warning") == []


def test_a_bad_print_is_measured_against_the_others():
    market = Market(3)
    bad_print(market)
    alone = one(market.inspect(), "bad_print").examples[0].text
    market.scale(slice(300, None), slice(None), 0.9)
    assert one(market.inspect(), "bad_print").examples[0].text == alone


def test_duplicates_of_the_import_are_told():
    finding = one(Market(3).inspect(duplicates_dropped=4), "duplicate")
    assert (finding.count, finding.unit) == (4, "rows")


def test_the_worst_severity_comes_first():
    market = Market(3)
    for plant in (zero_volume, high_below_low, hole, constant_column):
        plant(market)
    order = [finding.severity for finding in market.inspect().findings]
    assert order == sorted(order, key=("error", "warning", "info").index)


def test_nobody_leaving_is_a_hint_of_survivorship():
    market = Market(3)
    stay = [j for j in range(len(market.symbols)) if j % 7 != 3]
    market.symbols = [market.symbols[j] for j in stay]
    market.features = {name: values[:, stay] for name, values in market.features.items()}
    market.sectors = market.sectors[:, stay]
    assert kinds(market.inspect(), "error", "warning") == ["survivorship"]


def test_holidays_of_one_of_two_markets_are_no_gaps():
    market = Market(3)
    for row in range(5, 700, 60):
        for column in range(0, 30, 3):
            market.erase(row, column)
    assert "gap" not in kinds(market.inspect())


def test_a_monthly_series_in_daily_data_has_gaps_of_its_own():
    market = Market(3)
    first = np.flatnonzero(np.diff(market.dates.astype("datetime64[M]").astype(int))) + 1
    keep = np.zeros(700, dtype=bool)
    keep[np.delete(first, 10)] = True
    market.erase(~keep, 5)
    finding = one(market.inspect(), "gap")
    assert (finding.count, finding.examples[0].symbol) == (1, market.symbols[5])


def test_every_check_has_a_title_and_a_kind_of_its_own():
    checks = all_checks()
    assert len({each.kind for each in checks}) == len(checks)
    assert all(each.title and each.rule and each.unit for each in checks)


def test_the_document_lists_every_check_as_it_is():
    text = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{each.kind}` | {each.title} | {each.severity} | {each.rule} |" for each in all_checks()
    ]


def test_half_a_million_cells_are_inspected_within_a_second():
    panel = Market(1, dates=1250, symbols=500).panel()
    begin = time.process_time()
    inspect(panel, open_rows=1000)
    assert time.process_time() - begin < 3.0  # about 0.3 s alone on a machine


def test_a_thousand_columns_do_not_drown_the_report():
    days = np.arange("2020-01-01", "2020-04-01", dtype="datetime64[D]")
    shape = (len(days), 3)
    still = {f"x_{i:04d}": np.full(shape, float(i)) for i in range(1000)}
    close = 100 + np.arange(len(days) * 3, dtype=float).reshape(shape) % 17
    panel = Panel.from_arrays("wide", days, list("ABC"), still | {"close": close})
    found = [f for f in inspect(panel, open_rows=len(days)).findings if f.kind == "constant_column"]
    assert len(found) == MOST_FINDINGS + 1
    assert found[-1].message == (
        f"The same is true of more columns; the first {MOST_FINDINGS} are listed."
    )


@given(seed=st.integers(0, 50), open_rows=st.integers(40, 260))
@settings(max_examples=10)
def test_of_locked_dates_there_are_counts_and_nothing_else(seed, open_rows):
    market = Market(seed, dates=260, symbols=6)
    market.features["close"][open_rows // 2, 0] *= 30
    market.features["close"][min(open_rows + 10, 259), 1] *= 30
    panel = market.panel()
    shown = inspect_open(panel, open_rows=open_rows)
    cut = inspect(panel.head(open_rows), open_rows=open_rows)
    assert plain(shown) == plain(cut)
    whole, counted = Counter(), Counter(shown.locked)
    for finding in inspect(panel, open_rows=open_rows).findings:
        whole[finding.kind] += finding.count
    for finding in cut.findings:
        whole[finding.kind] -= finding.count
    assert counted == +whole


def plain(quality):
    return msgspec.json.encode(msgspec.structs.replace(quality, locked={}, elapsed_s=0.0))
