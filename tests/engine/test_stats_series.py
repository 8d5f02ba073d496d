"""Falls, months, thinned curves and histograms, against loops in plain Python."""

from __future__ import annotations

import datetime as dt
import math
import statistics as stats
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import ParamError
from engine.stats.performance import performance
from engine.stats.series import (
    Drawdown,
    Histogram,
    Month,
    Year,
    compounded,
    downsample,
    drawdown,
    drawdowns,
    histogram,
    luck,
    monthly,
    rolling_sharpe,
    yearly,
)

RETURNS = st.lists(st.integers(-3000, 3000).map(lambda x: x / 10_000), max_size=120)
VALUES = st.lists(
    st.floats(-1e12, 1e12) | st.integers(-30, 30).map(lambda x: x / 10), min_size=1, max_size=60
)


def days(count, first="2023-11-20", step=1):
    return np.datetime64(first) + step * np.arange(count)


def day(text):
    return dt.date.fromisoformat(text)


def slow_falls(equity):
    peak, falls = 1.0, []
    for value in equity:
        peak = max(peak, value)
        falls.append(value / peak - 1)
    return falls


def slow_drawdowns(dates, equity, count):
    """Walk along the curve; an episode is open while the value is below the high."""
    found, high, since, lowest = [], 1.0, dates[0], None
    for date, value in zip(dates, equity, strict=True):
        if value >= high:
            if lowest is not None:
                found.append((lowest[0] / high - 1, since, lowest[1], date, (date - since).days))
            high, since, lowest = value, date, None
        elif lowest is None or value < lowest[0]:
            lowest = (value, date)
    if lowest is not None:
        found.append((lowest[0] / high - 1, since, lowest[1], None, (dates[-1] - since).days))
    return sorted(found, key=lambda episode: episode[0])[:count]


def triangle(a, b, c):
    """Twice its area."""
    return abs(a[0] * (b[1] - c[1]) + b[0] * (c[1] - a[1]) + c[0] * (a[1] - b[1]))


def slow_downsample(equity, points):
    """Buckets and triangles as the thesis draws them, then the rows of the worst fall."""
    n = len(equity)
    log = min(equity) > 0
    curve = [(i, math.log(v) if log else v) for i, v in enumerate(equity)]
    buckets, chosen = points - 4, [curve[0]]
    parts = [
        curve[1 + i * (n - 2) // buckets : 1 + (i + 1) * (n - 2) // buckets]
        for i in range(buckets)
    ]  # fmt: skip
    parts.append([curve[-1]])
    for part, following in pairwise(parts):
        mean = tuple(stats.fmean(axis) for axis in zip(*following, strict=True))
        chosen.append(max(part, key=lambda p: triangle(chosen[-1], p, mean)))
    falls = slow_falls(equity)
    trough = falls.index(min(falls))
    peak = max(range(trough + 1), key=lambda i: (equity[i], i))
    return sorted({p[0] for p in chosen} | {n - 1, trough, peak})


def test_a_fall_is_measured_from_the_highest_value_so_far_and_from_one():
    assert drawdown(np.array([0.9, 1.0, 1.2, 0.6, 0.0])).tolist() == pytest.approx(
        [-0.1, 0.0, 0.0, -0.5, -1.0]
    )
    assert drawdown(np.empty(0)).tolist() == []


@given(RETURNS)
def test_the_deepest_fall_is_the_metric(r):
    equity = compounded(np.array(r))
    assert drawdown(equity).tolist() == pytest.approx(slow_falls(equity.tolist()))
    if r:
        assert drawdown(equity).min() == performance(r).max_dd


def test_missing_returns_are_days_without_a_move():
    assert compounded(np.array([0.5, math.nan, -0.5, math.inf])).tolist() == [1.5, 1.5, 0.75, 0.75]
    assert np.isfinite(compounded(np.array([1e300, 1e300, -1.0, 1.0]))).all()


@given(RETURNS, st.integers(2, 12))
def test_rolling_sharpe_ratios_equal_plain_python(r, window):
    found = rolling_sharpe(np.array(r), window, 252.0).tolist()
    expected = []
    for t in range(len(r)):
        part = r[max(0, t + 1 - window) : t + 1]
        flat = len(part) < window or len(set(part)) == 1
        expected.append(
            math.nan if flat else stats.fmean(part) / stats.stdev(part) * math.sqrt(252)
        )
    assert found == pytest.approx(expected, nan_ok=True, rel=1e-8, abs=1e-8)
    rows = np.arange(0, len(r), 3) - 1
    some = rolling_sharpe(np.array(r), window, 252.0, rows).tolist()
    assert np.array_equal(some, [math.nan if i < 0 else found[i] for i in rows], equal_nan=True)


def test_a_rolling_window_of_one_is_refused():
    with pytest.raises(ParamError, match="choose 2 or more"):
        rolling_sharpe(np.zeros(5), 1, 252.0)


@given(st.integers(0, 10_000), st.integers(5, 400), st.integers(5, 60), st.booleans())
def test_the_largest_triangles_are_those_of_the_thesis(seed, n, points, ruined):
    assume(n > points)
    rng = np.random.default_rng(seed)
    equity = compounded(rng.normal(0, 0.05, n))
    if ruined:
        equity[rng.integers(n) :] = 0.0
    rows = downsample(equity, points).tolist()
    assert rows == slow_downsample(equity.tolist(), points)


@given(RETURNS, st.integers(4, 50))
def test_a_thinned_curve_keeps_its_ends_and_its_worst_fall(r, points):
    equity = compounded(np.array(r))
    rows = downsample(equity, points)
    assert len(rows) <= points
    assert len(rows) == len(r) or len(r) > points
    assert rows.tolist() == sorted(set(rows.tolist()))
    if r:
        assert {rows[0], rows[-1]} == {0, len(r) - 1}
        assert drawdown(equity[rows]).min() == drawdown(equity).min()
        depth = [(x.start, x.trough, x.depth) for x in drawdowns(days(len(r)), equity, 1)]
        kept = [
            (x.start, x.trough, x.depth)
            for x in drawdowns(days(len(r))[rows], equity[rows], 1)
        ]  # fmt: skip
        assert kept == depth


def test_fewer_than_four_points_are_refused():
    with pytest.raises(ParamError, match="choose 4 or more"):
        downsample(np.ones(10), 3)


def test_a_histogram_by_hand():
    values = [-0.31, -0.2, 0.0, 0.05, 0.1, 0.19, 0.3, math.nan, math.inf]
    assert histogram(values, 8) == Histogram(
        edges=[-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3],
        counts=[1, 0, 1, 0, 2, 2, 1],
        median=0.05,
    )
    assert histogram([-0.4, -0.1, 0.0], 2) == Histogram(
        edges=[-0.4, -0.2, 0.0], counts=[1, 2], median=-0.1
    )
    assert histogram([0.0, 0.0]) == Histogram(edges=[0.0, 1.0], counts=[2], median=0.0)
    assert histogram([math.nan]) == Histogram(edges=[], counts=[], median=None)
    assert histogram([]) == Histogram(edges=[], counts=[], median=None)


@given(VALUES, st.integers(2, 80))
def test_bins_are_round_hold_every_value_and_meet_at_zero(values, bins):
    found = histogram(values, bins)
    edges = found.edges
    assert 0.0 in edges
    assert len(edges) == len(found.counts) + 1 <= bins + 1
    expected = [sum(a <= v < b for v in values) for a, b in pairwise(edges)]
    expected[-1] += values.count(edges[-1])
    assert found.counts == expected
    assert sum(expected) == len(values)
    assert found.median == stats.median(values)
    width = Fraction(repr(max(edges[-1], -edges[0]))) / max(
        len(edges) - 1 - edges.index(0.0), edges.index(0.0)
    )
    assert [Fraction(repr(edge)) / width for edge in edges] == list(
        range(-edges.index(0.0), len(edges) - edges.index(0.0))
    )
    while width < 10:
        width *= 10
    while width >= 100:
        width /= 10
    assert width in {10, 20, 25, 50}


@pytest.mark.parametrize("bins", [-1, 0, 1, 1001])
def test_a_number_of_bins_out_of_range_is_refused(bins):
    with pytest.raises(ParamError, match="choose 2 to 1000"):
        histogram([1.0], bins)


@given(st.lists(st.integers(2, 3000), max_size=20), st.sampled_from([52.0, 252.0]))
def test_luck_is_the_normal_distribution_of_every_run(observations, periods):
    edges = [-3.0, -1.0, 0.0, 0.5, 4.0]
    expected = [0.0] * 4
    for n in observations:
        at = [stats.NormalDist(0, math.sqrt(periods / n)).cdf(edge) for edge in edges]
        expected = [e + b - a for e, (a, b) in zip(expected, pairwise(at), strict=True)]
    assert luck(edges, np.array(observations), periods) == pytest.approx(expected, abs=1e-9)


def test_luck_of_runs_without_a_ratio_and_without_bins():
    assert luck([-9e9, 9e9], np.array([math.nan, 0.0, 1.0, 500.0]), 252.0) == pytest.approx([1.0])
    assert luck([], np.array([500.0]), 252.0) == []


def test_luck_is_what_chance_makes():
    rng = np.random.default_rng(5)
    runs = rng.normal(0, 0.01, (4000, 126))
    sharpe = runs.mean(axis=1) / runs.std(axis=1, ddof=1) * math.sqrt(252)
    edges = [-9.0, -1.0, 0.0, 1.0, 9.0]
    seen, _ = np.histogram(sharpe, edges)
    assert seen.tolist() == pytest.approx(luck(edges, np.full(4000, 126), 252.0), rel=0.06)


def test_months_and_years_by_hand():
    dates = np.array(["1969-12-31", "1970-01-02", "1970-01-30", "2024-02-29"], "datetime64[D]")
    net = np.array([0.1, 0.5, -0.5, -1.0])
    market = np.array([0.0, 0.1, 0.1, math.nan])
    assert monthly(dates, net) == [
        Month(year=1969, month=12, value=pytest.approx(0.1)),
        Month(year=1970, month=1, value=-0.25),
        Month(year=2024, month=2, value=-1.0),
    ]
    assert yearly(dates, net, market) == [
        Year(year=1969, value=pytest.approx(0.1), benchmark=0.0),
        Year(year=1970, value=-0.25, benchmark=pytest.approx(0.21)),
        Year(year=2024, value=-1.0, benchmark=0.0),
    ]
    assert [year.benchmark for year in yearly(dates, net)] == [None, None, None]
    assert (monthly(dates[:0], net[:0]), yearly(dates[:0], net[:0], net[:0])) == ([], [])


@given(RETURNS, st.integers(1, 40))
def test_months_and_years_compound_to_the_whole(r, step):
    dates, net = days(len(r), step=step), np.array(r)
    expected: dict[tuple[int, int], float] = {}
    for date, x in zip(dates.tolist(), r, strict=True):
        key = (date.year, date.month)
        expected[key] = expected.get(key, 1.0) * (1 + x)
    months = monthly(dates, net)
    assert [(m.year, m.month) for m in months] == list(expected)
    assert [m.value + 1 for m in months] == pytest.approx(list(expected.values()))
    whole = math.prod(1 + y.value for y in yearly(dates, net))
    assert whole == pytest.approx(math.prod(1 + x for x in r))


def test_drawdowns_by_hand():
    equity = np.array([0.95, 1.0, 1.1, 0.99, 1.1, 1.2, 0.9, 0.6, 1.0])
    dates = days(9, "2024-01-01")
    assert drawdowns(dates, equity, 10) == [
        Drawdown(
            start=day("2024-01-06"), trough=day("2024-01-08"), end=None, depth=-0.5, days=3
        ),
        Drawdown(
            start=day("2024-01-03"), trough=day("2024-01-04"), end=day("2024-01-05"),
            depth=pytest.approx(-0.1), days=2,
        ),
        Drawdown(
            start=day("2024-01-01"), trough=day("2024-01-01"), end=day("2024-01-02"),
            depth=pytest.approx(-0.05), days=1,
        ),
    ]  # fmt: skip
    assert drawdowns(dates, np.ones(9), 10) == []
    assert drawdowns(dates[:0], np.empty(0), 10) == []


@given(RETURNS, st.integers(1, 5), st.integers(1, 9))
def test_drawdowns_equal_a_walk_along_the_curve(r, step, count):
    assume(r)
    dates, equity = days(len(r), step=step), compounded(np.array(r))
    found = [
        (x.depth, x.start, x.trough, x.end, x.days) for x in drawdowns(dates, equity, count)
    ]  # fmt: skip
    assert found == slow_drawdowns(dates.tolist(), equity.tolist(), count)
