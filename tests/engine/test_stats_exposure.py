"""Simple factors and the regression on them, against plain loops."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.book import equal_weight
from engine.errors import DataError
from engine.panel import Panel
from engine.stats.correlation import newey_west_t
from engine.stats.exposure import FACTORS, Exposure, Exposures, exposures, factor_returns

DATES, NAMES = 320, 14


def make_panel(seed=0, *, dates=DATES, names=NAMES, member=False, holes=0.02) -> Panel:
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.005, 0.04, names)
    price = np.exp(np.cumsum(rng.normal(0.0005, sizes, (dates, names)), axis=0))
    price[rng.random(price.shape) < holes] = np.nan
    price[: dates // 3, 0] = np.nan
    price[dates // 2 :, 1] = np.nan
    features = {"close": price}
    if member:
        features["member"] = (rng.random(price.shape) < 0.9) * 1.0
    days = np.datetime64("2023-01-02") + np.arange(dates)
    return Panel.from_arrays("few", days, [f"S{i:02d}" for i in range(names)], features)


def spread(scores, earned, *, low_is_long=False):
    """The highest fifth less the lowest, of (name, score); None for fewer than ten names."""
    if len(scores) < 10:
        return None
    values = [score for _, score in scores]
    highest, lowest = [], []
    for name, score in scores:
        rank = sum(b < score for b in values) + (values.count(score) - 1) / 2
        if rank / (len(values) - 1) >= 0.8:
            highest.append(earned[name])
        elif rank / (len(values) - 1) < 0.2:
            lowest.append(earned[name])
    difference = stats.fmean(highest) - stats.fmean(lowest)
    return -difference if low_is_long else difference


def slow_factors(panel):
    prices, returns, member = panel.prices().tolist(), panel.returns().tolist(), panel.universe()
    dates, names = panel.shape
    found = {"market": [0.0], "momentum": [None], "volatility": [None]}
    for s in range(dates - 1):
        held = [
            i for i in range(names) if prices[s][i] > 0 and (member is None or member[s, i])
        ]  # a missing price is above nothing
        earned = {i: 0.0 if math.isnan(returns[s + 1][i]) else returns[s + 1][i] for i in held}
        found["market"].append(stats.fmean(earned.values()) if held else 0.0)
        moves, swings = [], []
        for i in held:
            if s >= 252 and prices[s - 21][i] > 0 and prices[s - 252][i] > 0:
                moves.append((i, prices[s - 21][i] / prices[s - 252][i] - 1))
            window = [r[i] for r in returns[max(0, s - 59) : s + 1] if not math.isnan(r[i])]
            if s >= 59 and len(window) >= 30:
                swings.append((i, stats.stdev(window)))
        found["momentum"].append(spread(moves, earned))
        found["volatility"].append(spread(swings, earned, low_is_long=True))
    return found


@pytest.mark.parametrize("member", [False, True])
def test_factor_returns_equal_the_loops(member):
    panel = make_panel(member=member)
    found, expected = factor_returns(panel), slow_factors(panel)
    assert tuple(found) == FACTORS
    for name in FACTORS:
        wanted = np.array(expected[name], dtype=float)
        np.testing.assert_allclose(found[name], wanted, rtol=1e-9, atol=1e-13)
        assert np.isfinite(wanted).sum() > 40


@pytest.mark.parametrize("member", [False, True])
def test_the_market_is_the_equal_weight_benchmark(member):
    panel = make_panel(member=member)
    np.testing.assert_array_equal(factor_returns(panel)["market"], equal_weight(panel)[1])


@settings(max_examples=15)
@given(st.integers(1, DATES), st.booleans())
def test_no_factor_knows_a_later_date(rows, member):
    panel = make_panel(member=member)
    whole, part = factor_returns(panel), factor_returns(panel.head(rows))
    for name in FACTORS:
        np.testing.assert_array_equal(part[name], whole[name][:rows])


def test_a_book_is_that_of_the_close_before():
    """Whatever the last returns are, they were earned by books that did not know them."""
    panel = make_panel(holes=0.0)
    price = panel.prices().copy()
    price[-1] *= np.exp(np.random.default_rng(3).normal(0, 1, NAMES))
    other = Panel.from_arrays("other", panel.dates, panel.symbols, {"close": price})
    moved, before = factor_returns(other), factor_returns(panel)
    for name in FACTORS:
        np.testing.assert_array_equal(moved[name][:-1], before[name][:-1])
        assert moved[name][-1] != before[name][-1]


def solved(matrix, right):
    """Gauss and Jordan, with the largest pivot."""
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(len(rows)):
            if r != i:
                rows[r] = [v - rows[r][i] * w for v, w in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


def slow_regression(y, columns):
    """Coefficients, residuals and Newey-West variances with 5 lags, by loops."""
    x = [[1.0, *row] for row in zip(*columns, strict=True)]
    n, p = len(y), len(x[0])
    xx = [[sum(row[a] * row[b] for row in x) for b in range(p)] for a in range(p)]
    xy = [sum(row[a] * v for row, v in zip(x, y, strict=True)) for a in range(p)]
    b = solved(xx, xy)
    e = [v - sum(c * w for c, w in zip(b, row, strict=True)) for row, v in zip(x, y, strict=True)]
    middle = [[0.0] * p for _ in range(p)]
    for s in range(n):
        for t in range(n):
            if abs(s - t) <= 5:
                weight = (1 - abs(s - t) / 6) * e[s] * e[t]
                for i in range(p):
                    for j in range(p):
                        middle[i][j] += weight * x[s][i] * x[t][j]
    inverse = [solved(xx, [float(i == k) for i in range(p)]) for k in range(p)]
    variance = [
        sum(inverse[k][i] * middle[i][j] * inverse[k][j] for i in range(p) for j in range(p))
        * n
        / (n - p)
        for k in range(p)
    ]
    return b, e, variance


def sharpe(x, periods=252):
    return stats.fmean(x) / stats.stdev(x) * math.sqrt(periods)


def some_returns(panel, seed=7):
    """Returns with exposures, swings that come in spells, and memory."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.01, len(panel.dates)) * (1 + np.sin(np.arange(len(panel.dates)) / 9))
    noise[1:] += 0.5 * noise[:-1]
    made = [np.nan_to_num(values) for values in factor_returns(panel).values()]
    net: np.ndarray = 0.0004 + 0.6 * made[0] - 0.3 * made[1] + noise
    return net


@pytest.mark.parametrize("periods", [252, 365])
def test_the_regression_equals_the_loops(periods):
    panel = make_panel()
    net = some_returns(panel)
    net[[280, 300]] = np.nan
    rows = slice(40, 310)
    found = exposures(panel, panel.dates[rows], net[rows], periods=periods)
    table = np.stack([net, *factor_returns(panel).values()])[:, rows]
    y, *columns = table[:, np.isfinite(table).all(axis=0)].tolist()
    b, e, variance = slow_regression(y, columns)
    centred = [v - stats.fmean(y) for v in y]
    approx = {"rel": 1e-8}
    assert found == Exposures(
        n=len(y),
        alpha=pytest.approx(b[0] * periods, **approx),
        alpha_t=pytest.approx(b[0] / math.sqrt(variance[0]), **approx),
        r2=pytest.approx(1 - sum(v * v for v in e) / sum(v * v for v in centred), **approx),
        residual_sharpe=pytest.approx(sharpe([b[0] + v for v in e], periods), **approx),
        factors=tuple(
            Exposure(
                factor=name,
                beta=pytest.approx(b[k], **approx),
                t=pytest.approx(b[k] / math.sqrt(variance[k]), **approx),
                ann_sharpe=pytest.approx(sharpe(columns[k - 1], periods), **approx),
                correlation=pytest.approx(stats.correlation(y, columns[k - 1]), **approx),
            )
            for k, name in enumerate(FACTORS, start=1)
        ),
    )
    assert 10 < found.n < 270


def test_without_any_factor_it_is_the_t_of_the_mean():
    days = np.datetime64("2024-01-01") + np.arange(60)
    still = Panel.from_arrays("still", days, ["A", "B"], {"close": np.ones((60, 2))})
    net = np.random.default_rng(0).normal(0.001, 0.01, 60)
    found = exposures(still, days, net)
    assert found == Exposures(
        n=60,
        alpha=pytest.approx(net.mean() * 252),
        alpha_t=pytest.approx(newey_west_t(net, 5)),
        r2=pytest.approx(0, abs=1e-12),
        residual_sharpe=pytest.approx(sharpe(net.tolist())),
        factors=tuple(
            Exposure(factor=name, beta=None, t=None, ann_sharpe=None, correlation=None)
            for name in FACTORS
        ),
    )


def test_a_factor_that_needs_longer_data_is_left_out():
    panel = make_panel(dates=200)
    market, momentum, volatility = exposures(panel, panel.dates, some_returns(panel)).factors
    assert (momentum.beta, momentum.ann_sharpe) == (None, None)
    assert None not in (market.beta, market.t, volatility.beta, volatility.t)


def test_half_the_market_is_half_the_market_and_nothing_else():
    panel = make_panel()
    half = factor_returns(panel)["market"] / 2
    found = exposures(panel, panel.dates, half)
    assert (found.r2, found.alpha) == (pytest.approx(1), pytest.approx(0, abs=1e-12))
    assert [each.beta for each in found.factors] == pytest.approx([0.5, 0, 0], abs=1e-12)
    assert (found.alpha_t, found.residual_sharpe) == (None, None)
    assert [each.t for each in found.factors] == [None] * 3


def test_what_is_undefined_is_none():
    panel = make_panel()
    flat = exposures(panel, panel.dates, np.zeros(DATES))
    assert (flat.r2, flat.alpha_t, flat.residual_sharpe) == (None, None, None)
    assert [(each.beta, each.correlation) for each in flat.factors] == [(0.0, None)] * 3
    few = exposures(panel, panel.dates[300:303], np.array([0.1, 0.0, 0.2]))
    assert (few.n, few.alpha, few.r2, few.residual_sharpe) == (3, None, None, None)
    none = exposures(panel, panel.dates[:0], np.empty(0))
    assert (none.n, none.alpha, [each.beta for each in none.factors]) == (0, None, [None] * 3)


def test_factors_that_explain_each_other_have_no_betas(monkeypatch):
    panel = make_panel()
    made = factor_returns(panel)
    made["volatility"] = 2 * made["market"]
    monkeypatch.setattr("engine.stats.exposure.factor_returns", lambda _: made)
    found = exposures(panel, panel.dates, some_returns(panel))
    assert (found.alpha, found.r2, found.residual_sharpe) == (None, None, None)
    assert [each.beta for each in found.factors] == [None] * 3
    assert None not in [each.ann_sharpe for each in found.factors]


def test_dates_and_returns_must_belong_together():
    panel = make_panel()
    with pytest.raises(DataError) as refusal:
        exposures(panel, np.array(["2020-01-01"], dtype="datetime64[D]"), np.zeros(1))
    assert refusal.value.message == "The panel 'few' has no date 2020-01-01."
    with pytest.raises(DataError) as refusal:
        exposures(panel, panel.dates, np.zeros(3))
    assert refusal.value.message == "There are 3 returns for 320 dates; give one each."
