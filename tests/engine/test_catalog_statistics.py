"""Every number of the catalog against plain Python."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import CatalogRules, Likeness, YearCoverage, catalog, likeness
from engine.catalog.histogram import FEW, round_edges
from engine.panel import Panel

NAN = math.nan
FINITE = st.floats(allow_nan=False, allow_infinity=False)
CELLS = st.one_of(
    st.just(NAN), st.sampled_from([0.0, 1.0, -1.0, 5.0]), st.floats(-1e6, 1e6), FINITE
)


@st.composite
def columns(draw, cells=CELLS, most=40):
    """A matrix [1 to `most` dates x 1 to 3 symbols]."""
    dates, symbols = draw(st.integers(1, most)), draw(st.integers(1, 3))
    size = dates * symbols
    values = draw(st.lists(cells, min_size=size, max_size=size))
    return np.array(values).reshape(dates, symbols)


def panel_of(start="2019-12-20", **features):
    dates, symbols = np.shape(next(iter(features.values())))
    days = np.datetime64(start) + np.arange(dates)
    names = [f"S{index:03d}" for index in range(symbols)]
    return Panel.from_arrays("p", days, names, features, price=next(iter(features)))


def plain_cells(panel, name):
    """The present values of each symbol with their rows, in order."""
    matrix = panel.feature(name).tolist()
    return [
        [(row, cells[place]) for row, cells in enumerate(matrix) if not math.isnan(cells[place])]
        for place in range(panel.shape[1])
    ]


@given(columns())
def test_quantiles_lie_on_the_line_between_two_values(matrix):
    panel = panel_of(close=matrix)
    (info,) = catalog(panel)
    values = sorted(value for cells in plain_cells(panel, "close") for _, value in cells)
    assert info.distinct == len(set(values))
    if not values:
        assert (info.quantiles, info.histogram) == ({}, None)
        return
    for name, found in info.quantiles.items():
        place = Fraction(len(values) - 1) * Fraction(int(name[1:]), 100)
        low, high = values[math.floor(place)], values[math.ceil(place)]
        plain = Fraction(low) + (place - math.floor(place)) * (Fraction(high) - Fraction(low))
        widest = max(abs(low), abs(high))
        assert found == pytest.approx(float(plain), rel=1e-9, abs=1e-12 * widest)
    assert list(info.quantiles.values()) == sorted(info.quantiles.values())


@given(columns(st.one_of(CELLS, st.floats(0, 1).map(lambda x: x**9)), most=60))
def test_a_histogram_counts_every_value_once(matrix):
    panel = panel_of(close=matrix)
    (info,) = catalog(panel)
    values = [value for cells in plain_cells(panel, "close") for _, value in cells]
    if not values:
        return
    edges, counts = info.histogram.edges, info.histogram.counts
    assert all(math.isfinite(edge) for edge in edges)
    assert list(edges) == sorted(set(edges))
    last = len(counts) - 1
    plain = [
        sum(low <= value < high or (place == last and value == high) for value in values)
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    assert list(counts) == plain
    assert info.histogram.below == sum(value < edges[0] for value in values)
    assert info.histogram.above == sum(value > edges[-1] for value in values)
    assert info.histogram.below + sum(counts) + info.histogram.above == len(values)


@given(columns(st.sampled_from([NAN, -3.0, 0.0, 0.1, 7.0, 1e308, -1e308])))
def test_few_values_have_a_bin_each(matrix):
    panel = panel_of(close=matrix)
    (info,) = catalog(panel)
    values = [value for cells in plain_cells(panel, "close") for _, value in cells]
    if values:
        counts = tuple(values.count(value) for value in sorted(set(values)))
        assert info.histogram.counts == counts
        assert (info.histogram.below, info.histogram.above) == (0, 0)


@given(FINITE, FINITE)
def test_round_edges_cover_whatever_lies_between(one, other):
    low, high = sorted((one, other))
    if low == high:
        return
    edges = round_edges(low, high).tolist()
    assert edges == sorted(set(edges))
    assert edges[0] <= low
    assert high <= edges[-1]
    assert len(edges) <= 70
    if high - low > 1e-9 * max(abs(low), abs(high)) and 1e-200 < high - low < math.inf:
        assert len(edges) >= 26


def test_edges_are_numbers_one_would_write():
    assert round_edges(0.0, 1.0).tolist() == [round(0.025 * place, 3) for place in range(41)]
    assert round_edges(-3.7, 411.2).tolist() == [10.0 * place for place in range(-1, 43)]
    assert round_edges(1e-7, 4e-6).tolist() == [float(f"{place}e-7") for place in range(1, 41)]


def test_values_outside_the_middle_are_counted_beside_it():
    values = np.r_[np.linspace(0, 1, 1000), -50.0, 60.0, 70.0]
    (info,) = catalog(panel_of(close=values[:, None]))
    shown = info.histogram
    assert (shown.edges[0], shown.edges[-1]) == (0.0, 1.0)
    assert (shown.below, shown.above, sum(shown.counts)) == (1, 2, 1000)


def test_of_values_that_are_nearly_all_the_same_the_whole_range_is_shown():
    values = np.zeros((10_000, 1))
    values[: FEW + 5, 0] = np.arange(FEW + 5)
    (info,) = catalog(panel_of(close=values))
    assert (info.quantiles["p01"], info.quantiles["p99"]) == (0.0, 0.0)
    assert (info.histogram.edges[0], info.histogram.edges[-1]) == (0.0, 24.0)
    assert sum(info.histogram.counts) == 10_000


@given(columns(st.sampled_from([NAN, NAN, 1.0, 1.0, 2.0])))
def test_staleness_equals_a_walk_along_each_symbol(matrix):
    panel = panel_of(close=matrix)
    (info,) = catalog(panel)
    pairs, ages = [], []
    last_row = max((row for cells in plain_cells(panel, "close") for row, _ in cells), default=None)
    for cells in plain_cells(panel, "close"):
        values = [value for _, value in cells]
        pairs += [one == other for one, other in pairwise(values)]
        if cells and cells[-1][0] == len(matrix) - 1:
            changed = cells[0][0]
            for (_, before), (row, value) in pairwise(cells):
                changed = row if value != before else changed
            ages.append(len(matrix) - 1 - changed)
    assert info.stale_share == (sum(pairs) / len(pairs) if pairs else None)
    assert info.days_since_change == (statistics.median_low(ages) if ages else None)
    assert (info.last_date is None) == (last_row is None)


def test_a_symbol_lives_while_any_column_has_a_value():
    close = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, NAN]])
    eps = np.array([[5.0, NAN], [NAN, 7.0], [5.0, NAN], [NAN, NAN]])
    infos = {info.name: info for info in catalog(panel_of(close=close, eps=eps))}
    assert infos["eps"].days_since_change == 3  # of the first symbol; the second one has left
    assert infos["eps"].coverage == 3 / 7


@given(columns(st.sampled_from([NAN, 1.0, 2.0])), columns(st.sampled_from([NAN, 1.0])))
def test_coverage_by_year_counts_living_cells(close, other):
    rows, symbols = min(len(close), len(other)), min(close.shape[1], other.shape[1])
    panel = panel_of(close=close[:rows, :symbols], other=other[:rows, :symbols])
    infos = catalog(panel)
    years = [day.year for day in panel.dates.tolist()]
    living = dict.fromkeys(years, 0)
    present = {info.name: dict(living) for info in infos}
    for place in range(symbols):
        by_name = {info.name: plain_cells(panel, info.name)[place] for info in infos}
        seen = [row for cells in by_name.values() for row, _ in cells]
        for row in range(min(seen), max(seen) + 1) if seen else ():
            living[years[row]] += 1
        for name, cells in by_name.items():
            for row, _ in cells:
                present[name][years[row]] += 1
    for info in infos:
        counts = present[info.name]
        expected = [YearCoverage(y, counts[y] / of) for y, of in sorted(living.items()) if of]
        assert list(info.years) == expected
        assert info.missing == 1 - info.coverage


def plain_corr(x, y):
    """The correlation over common cells by exact fractions, or None."""
    both = [(Fraction(a), Fraction(b)) for a, b in zip(x, y, strict=True) if a == a and b == b]  # noqa: PLR0124  # NaN
    least = min(sum(a == a for a in x), sum(b == b for b in y))  # noqa: PLR0124  # NaN
    if len(both) < 3 or 2 * len(both) < least:
        return None
    n = len(both)
    mx, my = sum(a for a, _ in both) / n, sum(b for _, b in both) / n
    sx, sy = sum((a - mx) ** 2 for a, _ in both), sum((b - my) ** 2 for _, b in both)
    if not sx or not sy:
        return None
    return float(sum((a - mx) * (b - my) for a, b in both)) / math.sqrt(sx * sy)


@st.composite
def related(draw):
    """Columns of small whole numbers, some the same but for sign, scale, noise or holes."""
    size = draw(st.integers(3, 30))
    base = draw(st.lists(st.integers(-50, 50), min_size=size, max_size=size))
    made = {}
    for place in range(draw(st.integers(2, 5))):
        scale = draw(st.sampled_from([0.0, 1.0, -2.0, 0.5]))
        noise = draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size))
        holes = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
        values = [
            scale * a + b * draw(st.sampled_from([0, 1])) for a, b in zip(base, noise, strict=True)
        ]
        made[f"x{place}"] = [
            [NAN if not hole else value] for value, hole in zip(values, holes, strict=True)
        ]
    return made


@given(related(), st.sampled_from([0.5, 0.9, 0.98]))
@settings(max_examples=40)
def test_near_duplicates_are_those_of_plain_correlations(features, least):
    infos = catalog(panel_of(**features), CatalogRules(likeness=least))
    flat = {name: [cell for (cell,) in rows] for name, rows in features.items()}
    for info in infos:
        found = {each.column: each.corr for each in info.near_duplicates}
        plain = {
            name: corr
            for name, cells in flat.items()
            if name != info.name and (corr := plain_corr(flat[info.name], cells)) is not None
        }
        sure = {name: corr for name, corr in plain.items() if abs(corr) > least + 1e-9}
        assert sure.keys() <= found.keys()
        assert found == pytest.approx({name: plain[name] for name in found}, abs=1e-8)
        assert all(abs(corr) > least for corr in found.values())


def noisy(columns, seed=3, shape=(60, 20)):
    """Random columns; the first three the same but for sign, scale and a little noise."""
    rng = np.random.default_rng(seed)
    made = {f"x{place:02d}": rng.normal(size=shape) for place in range(columns)}
    made["x01"] = 7 - 3e5 * made["x00"]
    made["x02"] = made["x00"] + 0.1 * rng.normal(size=shape)
    for name in ("x00", "x01", "x02"):
        made[name][rng.random(shape) < 0.1] = NAN
    return made


def alike(infos):
    return {info.name: [each.column for each in info.near_duplicates] for info in infos}


def test_sign_scale_and_a_little_noise_make_a_near_duplicate():
    made = noisy(5)
    infos = catalog(panel_of(**made))
    plain = plain_corr(made["x00"].reshape(-1).tolist(), made["x02"].reshape(-1).tolist())
    assert infos[0].near_duplicates[1] == Likeness("x02", pytest.approx(plain, abs=1e-8))
    assert infos[0].near_duplicates[0] == Likeness("x01", -1.0)
    assert alike(infos) == {
        "x00": ["x01", "x02"], "x01": ["x00", "x02"], "x02": ["x00", "x01"], "x03": [], "x04": [],
    }  # fmt: skip


@pytest.mark.parametrize("budget", [1 << 10, 1 << 14])
def test_a_sample_finds_the_same_pairs_and_all_cells_decide(monkeypatch, budget):
    given_panel = panel_of(**noisy(12))
    whole = catalog(given_panel)
    monkeypatch.setattr(likeness, "_ALL_AT_ONCE", budget)
    assert catalog(given_panel) == whole
    monkeypatch.setattr(likeness, "_ONE_BY_ONE", budget)
    assert sorted(alike(catalog(given_panel))["x00"]) == ["x01", "x02"]


def test_of_many_near_duplicates_the_nearest_are_named():
    rng = np.random.default_rng(1)
    base = rng.normal(size=(200, 1))
    made = {f"x{n:02d}": base + 0.001 * n * rng.normal(size=base.shape) for n in range(40)}
    (first, *_) = catalog(panel_of(**made))
    named = [each.column for each in first.near_duplicates]
    assert len(named) == likeness.MOST
    assert set(named[:5]) < set(list(made)[:12])


def test_columns_that_share_few_cells_are_not_compared():
    x = np.arange(20.0)[:, None]
    late, early = x.copy(), x.copy()
    late[:12], early[14:] = NAN, NAN
    assert alike(catalog(panel_of(close=x, early=early, late=late)))["late"] == ["close"]
