"""Counts of the quality report against plain loops over the cells."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.panel import Panel
from engine.quality import inspect
from engine.quality.calendar import calendar_of
from engine.quality.coverage import coverage_of
from engine.quality.view import View, column_medians, row_medians, runs

SEEDS = st.integers(0, 2**32)
NAN = np.nan


def random_panel(seed: int, *, symbols: int = 12, closed: float = 0.05) -> Panel:
    """Prices with holes, closed dates, runs of equal prices, late starters and early leavers."""
    rng = np.random.default_rng(seed)
    dates = int(rng.integers(30, 200))
    days = np.datetime64("2019-01-01") + np.cumsum(rng.integers(1, 4, dates))
    price = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (dates, symbols)), axis=0))
    for row, column in np.argwhere(rng.random(price.shape) < 0.02):
        price[row : row + int(rng.integers(1, 15)), column] = price[row, column]
    price[rng.random(price.shape) < 0.03] = NAN
    price[rng.random(dates) < closed, : symbols // 2] = NAN
    for column in range(0, symbols, 3):
        price[: rng.integers(0, dates // 2), column] = NAN
    names = [f"S{j:02}" for j in range(symbols)]
    return Panel.from_arrays("p", days, names, {"close": price})


def plain_life(price: np.ndarray, column: int) -> range:
    known = [row for row in range(len(price)) if not np.isnan(price[row, column])]
    return range(known[0], known[-1] + 1) if known else range(0)


def plain_closed(price: np.ndarray) -> list[bool]:
    """Dates on which three living symbols, and a fifth of them, have no price together."""
    lives = [plain_life(price, column) for column in range(price.shape[1])]
    closed = []
    for row in range(len(price)):
        living = [column for column, life in enumerate(lives) if row in life]
        absent = [column for column in living if np.isnan(price[row, column])]
        closed.append(len(absent) >= 3 and len(absent) >= 0.2 * len(living))
    return closed


def plain_gaps(price: np.ndarray) -> int:
    closed = plain_closed(price)
    return sum(
        np.isnan(price[row, column]) and not closed[row]
        for column in range(price.shape[1])
        for row in plain_life(price, column)
    )


@settings(max_examples=40)
@given(SEEDS)
def test_gaps_equal_the_plain_count(seed):
    panel = random_panel(seed)
    found = [each for each in inspect(panel, open_rows=1).findings if each.kind == "gap"]
    assert sum(each.count for each in found) == plain_gaps(panel.prices())


def plain_runs(price: np.ndarray) -> set[tuple[int, int, int]]:
    """First row, column and length of runs of at least five unchanged prices."""
    found = set()
    for column in range(price.shape[1]):
        row = 1
        while row < len(price):
            length = 0
            while (
                row + length < len(price)
                and price[row + length, column] == (price[row + length - 1, column])
            ):
                length += 1
            if length >= 5:
                found.add((row, column, length))
            row += length + 1
    return found


@settings(max_examples=40)
@given(SEEDS)
def test_runs_of_unchanged_prices_equal_the_plain_loop(seed):
    panel = random_panel(seed)
    columns, starts, ends = runs(View(panel, 1, 0, {}).same)
    lengths = ends - starts
    long = lengths >= 5
    assert set(
        zip(starts[long].tolist(), columns[long].tolist(), lengths[long].tolist(), strict=True)
    ) == plain_runs(panel.prices())


@settings(max_examples=40)
@given(SEEDS)
def test_what_is_called_stale_is_a_run_and_every_long_one_is_called_so(seed):
    panel = random_panel(seed)
    found = [each for each in inspect(panel, open_rows=1).findings if each.kind == "stale"]
    named = {(each.symbol, each.date) for finding in found for each in finding.examples}
    every = {
        (panel.symbols[column], panel.dates[row].item()): length
        for row, column, length in plain_runs(panel.prices())
    }
    assert named <= every.keys()
    if len(named) < 20:
        assert {place for place, length in every.items() if length >= 13} <= named


def plain_sign(price: np.ndarray, rows: list[int], column: int, closed: list[bool]) -> str:
    life = plain_life(price, column)
    inside = [row for row in rows if row in life]
    have = [row for row in inside if not np.isnan(price[row, column])]
    due = [row for row in inside if row in have or not closed[row]]
    if not inside:
        return "."
    if not have:
        return "-"
    return "0123456789a"[10 * len(have) // len(due)]


@settings(max_examples=30)
@given(SEEDS)
def test_the_heatmap_equals_the_plain_loop(seed):
    panel = random_panel(seed)
    price, closed = panel.prices(), plain_closed(panel.prices())
    coverage = coverage_of(View(panel, 1, 0, {}))
    months = panel.dates.astype("datetime64[M]")
    assert list(coverage.months) == sorted({str(month) for month in months})
    assert coverage.symbols == panel.symbols
    for column, text in enumerate(coverage.cells):
        expected = [
            plain_sign(
                price,
                np.flatnonzero(months == np.datetime64(month)).tolist(),
                column,
                closed,
            )
            for month in coverage.months
        ]
        assert text == "".join(expected)


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 9), st.integers(1, 9))
def test_medians_skip_what_is_missing(seed, rows, columns):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns))
    values[rng.random(values.shape) < 0.3] = NAN

    def plain(line: np.ndarray) -> float:
        present = line[~np.isnan(line)]
        return float(np.median(present)) if len(present) else NAN

    np.testing.assert_allclose(row_medians(values), [plain(line) for line in values])
    np.testing.assert_allclose(column_medians(values), [plain(line) for line in values.T])


def test_the_calendar_is_found_out_from_the_dates():
    every = np.arange("2015-01-01", "2019-01-01", dtype="datetime64[D]")
    business = every[np.is_busday(every)]
    holidays = [np.datetime64(f"{year}-12-25") for year in range(2015, 2019)]
    open_days = business[~np.isin(business, holidays)]
    arabic = every[np.is_busday(every, weekmask="1111001")]
    months = np.arange("2015-01", "2019-01", dtype="datetime64[M]").astype("datetime64[D]")
    told = {
        "every": calendar_of(every),
        "business": calendar_of(open_days),
        "arabic": calendar_of(arabic),
        "weeks": calendar_of(every[::7]),
        "months": calendar_of(months),
        "single": calendar_of(every[:1]),
    }
    assert {name: each.frequency for name, each in told.items()} == {
        "every": "every day",
        "business": "business days",
        "arabic": "business days",
        "weeks": "weeks",
        "months": "months",
        "single": "irregular",
    }
    assert (told["business"].weekdays, told["business"].holidays) == ((0, 1, 2, 3, 4), 3)
    assert told["arabic"].weekdays == (0, 1, 2, 3, 6)
