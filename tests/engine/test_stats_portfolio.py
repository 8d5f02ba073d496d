"""Correlation, marginal value and blends against plain loops, and what they must obey."""

from __future__ import annotations

import datetime as dt
import math
import statistics as stats

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError, ParamError
from engine.stats.performance import performance
from engine.stats.portfolio import (
    MAX_STRATEGIES,
    Marginal,
    least_variance,
    portfolio,
    shrunk_covariance,
)

seeds = st.integers(0, 2**32 - 1)


def days(count):
    return np.datetime64("2024-01-01") + np.arange(count)


def random_returns(seed, dates=None, count=None):
    """Series of different size that share a factor."""
    rng = np.random.default_rng(seed)
    dates, count = dates or int(rng.integers(30, 80)), count or int(rng.integers(1, 9))
    factor = rng.normal(0.0005, 0.01, (dates, 1))
    loading, size = rng.normal(0.3, 1, count), rng.uniform(0.3, 3, count)
    return (factor * loading + rng.normal(0.0003, 0.01, (dates, count))) * size


def congruent(n, p):
    """Numbers that any language makes alike, of rising size, the second led by the first."""
    x, rows = 12345, []
    for _ in range(n):
        row = []
        for k in range(p):
            x = (1103515245 * x + 12345) % 2**31
            row.append((x / 2**31 - 0.5) * (k + 1) / 100)
        row[1] += 0.5 * row[0]
        rows.append(row)
    return np.array(rows)


def solved(rows, right):
    """The solution of a linear system by elimination with pivots."""
    rows = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(len(rows)):
            if i != k:
                share = rows[i][k] / rows[k][k]
                rows[i] = [a - share * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[-1] / row[k] for k, row in enumerate(rows)]


def slow_marginal(columns, k, periods):
    """Least squares by its normal equations, the intercept being the first column of X."""
    y, n = columns[k], len(columns[k])
    x = [[1.0] * n, *(c for i, c in enumerate(columns) if i != k)]
    cross = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in x] for u in x]
    b = solved(cross, [sum(a * c for a, c in zip(u, y, strict=True)) for u in x])
    e = [y[t] - sum(b[j] * x[j][t] for j in range(len(x))) for t in range(n)]
    left = [b[0] + v for v in e]
    variance = sum(v * v for v in e) / (n - len(x))
    corner = solved(cross, [1.0] + [0.0] * (len(x) - 1))[0]
    near = {i: stats.correlation(y, c) for i, c in enumerate(columns) if i != k}
    closest = max(near, key=lambda i: abs(near[i]), default=None)
    return Marginal(
        residual_sharpe=stats.fmean(left) / stats.stdev(left) * math.sqrt(periods),
        residual_t=b[0] / math.sqrt(variance * corner),
        r2=1 - sum(v * v for v in e) / sum((v - stats.fmean(y)) ** 2 for v in y),
        closest=closest,
        closest_correlation=near.get(closest),
    )


@given(seeds, st.sampled_from([252, 52.0]))
def test_what_a_strategy_adds_is_what_least_squares_leaves(seed, periods):
    returns = random_returns(seed)
    found = portfolio(days(len(returns)), returns, periods=periods)
    columns = returns.T.tolist()
    for k, marginal in enumerate(found.marginal):
        slow = slow_marginal(columns, k, periods)
        for name, value in msgspec.structs.asdict(slow).items():
            expected = value if value is None else pytest.approx(value, rel=1e-6, abs=1e-9)
            assert getattr(marginal, name) == expected, name


@given(seeds)
def test_correlations_are_those_of_the_pairs(seed):
    returns = random_returns(seed)
    columns = returns.T.tolist()
    found = portfolio(days(len(returns)), returns).correlation
    expected = [[stats.correlation(a, b) for b in columns] for a in columns]
    assert [v for row in found for v in row] == pytest.approx(
        [v for row in expected for v in row], abs=1e-12
    )
    assert all(found[k][k] == 1.0 for k in range(len(columns)))


def slow_shrinkage(returns):
    """The four numbers of the paper, lemma 3.2 to 3.4, with the norm |A|^2 = tr(AA') / p."""
    n, p = returns.shape
    x = [
        [v - m for v, m in zip(row, means, strict=True)]
        for means in [[stats.fmean(c) for c in returns.T.tolist()]]
        for row in returns.tolist()
    ]
    s = [[sum(row[i] * row[j] for row in x) / n for j in range(p)] for i in range(p)]
    m = sum(s[i][i] for i in range(p)) / p
    d2 = sum((s[i][j] - m * (i == j)) ** 2 for i in range(p) for j in range(p)) / p
    bar = 0.0
    for row in x:
        bar += sum((row[i] * row[j] - s[i][j]) ** 2 for i in range(p) for j in range(p)) / p
    b2 = min(bar / n**2, d2)
    covariance = [
        [b2 / d2 * m * (i == j) + (1 - b2 / d2) * s[i][j] for j in range(p)] for i in range(p)
    ]
    return covariance, b2 / d2


@given(seeds, st.integers(2, 8))
def test_shrinkage_is_that_of_the_paper(seed, count):
    returns = random_returns(seed, count=count)
    covariance, share = shrunk_covariance(returns)
    slow, slow_share = slow_shrinkage(returns)
    assert share == pytest.approx(slow_share, rel=1e-9)
    np.testing.assert_allclose(covariance, slow, rtol=1e-9, atol=1e-16)


@pytest.mark.parametrize(
    ("dates", "count", "share", "cells"),
    [
        (40, 3, 0.10889130250873845, (1.079381538330786e-5, 4.220047185340622e-6)),
        (30, 5, 0.22069463040152712, (2.3966896948962302e-5, 1.919328070377355e-6)),
        (250, 4, 0.023299707047048483, (8.718823448397397e-6, 3.2109416037646796e-6)),
    ],
)
def test_shrinkage_is_that_of_scikit_learn(dates, count, share, cells):
    """Golden values: sklearn.covariance.ledoit_wolf of scikit-learn 1.9.1."""
    covariance, found = shrunk_covariance(congruent(dates, count))
    assert found == pytest.approx(share, rel=1e-9)
    assert tuple(covariance[0, :2]) == pytest.approx(cells, rel=1e-9)


@given(seeds, st.integers(1, MAX_STRATEGIES))
def test_the_least_variance_meets_the_conditions_of_karush_kuhn_and_tucker(seed, count):
    """A name held has the slope of the whole, one left out would not lower the variance."""
    covariance, _ = shrunk_covariance(random_returns(seed, dates=90, count=count))
    w = least_variance(covariance)
    variance, slope = w @ covariance @ w, covariance @ w
    assert (w >= 0).all()
    assert w.sum() == pytest.approx(1)
    np.testing.assert_allclose(slope[w > 0], variance, rtol=1e-8)
    assert (slope[w == 0] >= variance * (1 - 1e-8)).all()


@given(seeds)
def test_no_other_weights_have_less_variance(seed):
    returns = random_returns(seed, count=4)
    covariance, _ = shrunk_covariance(returns)
    w = least_variance(covariance)
    rivals = np.random.default_rng(seed).dirichlet(np.ones(4), 50)
    assert all(r @ covariance @ r >= w @ covariance @ w * (1 - 1e-12) for r in rivals)


def test_two_names_by_hand():
    assert least_variance(np.diag([1.0, 3.0])).tolist() == pytest.approx([0.75, 0.25])
    assert least_variance(np.array([[1.0, 2.0], [2.0, 9.0]])).tolist() == [1.0, 0.0]


@given(seeds)
def test_blends_hold_their_weights_every_day(seed):
    returns = random_returns(seed, count=3)
    found = portfolio(days(len(returns)), returns, (2.0, 1.0, 1.0), periods=52.0)
    assert [b.method for b in found.blends] == ["equal", "inverse_vol", "min_variance", "given"]
    inverse = [1 / stats.stdev(c) for c in returns.T.tolist()]
    covariance, share = shrunk_covariance(returns)
    assert [b.weights for b in found.blends] == [
        pytest.approx([1 / 3] * 3),
        pytest.approx([v / sum(inverse) for v in inverse]),
        pytest.approx(least_variance(covariance).tolist()),
        (0.5, 0.25, 0.25),
    ]
    assert [b.shrinkage for b in found.blends] == [None, None, pytest.approx(share), None]
    for blend in found.blends:
        net = [math.fsum(w * r for w, r in zip(blend.weights, row, strict=True)) for row in returns]
        assert blend.net == pytest.approx(net, abs=1e-15)
        assert blend.metrics == performance(blend.net, 52.0)


def test_one_strategy_is_its_own_portfolio():
    returns = random_returns(3, count=1)
    found = portfolio(days(len(returns)), returns)
    own = performance(returns[:, 0])
    n = len(returns)
    assert found.correlation == [[1.0]]
    assert found.dates[:2] == [dt.date(2024, 1, 1), dt.date(2024, 1, 2)]
    assert found.marginal == (
        Marginal(
            residual_sharpe=pytest.approx(own.ann_sharpe),
            residual_t=pytest.approx(own.ann_sharpe * math.sqrt(n / 252)),
            r2=pytest.approx(0.0, abs=1e-12),
            closest=None,
            closest_correlation=None,
        ),
    )
    assert [(b.weights, b.net) for b in found.blends] == [((1.0,), returns[:, 0].tolist())] * 3
    assert found.blends[2].shrinkage == 0.0


@pytest.mark.parametrize("noise", [0.0, 1e-15, 1e-12])
def test_a_copy_adds_nothing_and_spoils_nothing(noise):
    returns = random_returns(5, dates=60, count=3)
    copied = np.column_stack([returns, returns[:, 0] * 2 + noise * returns[:, 1]])
    alone, found = (portfolio(days(60), r) for r in (returns, copied))
    for k in (0, 3):
        assert (found.marginal[k].residual_sharpe, found.marginal[k].r2) == (None, 1.0)
        assert found.marginal[k].closest == 3 - k
    for k in (1, 2):
        assert found.marginal[k].residual_sharpe == pytest.approx(alone.marginal[k].residual_sharpe)
        assert found.marginal[k].residual_t == pytest.approx(alone.marginal[k].residual_t, rel=1e-6)
    assert math.isclose(sum(found.blends[2].weights), 1.0)


def test_a_mirror_image_is_closest():
    returns = random_returns(6, dates=60, count=2)
    mirrored = np.column_stack([returns, -returns[:, 0]])
    marginal = portfolio(days(60), mirrored).marginal[0]
    assert (marginal.closest, marginal.closest_correlation) == (2, pytest.approx(-1.0))


def test_more_strategies_than_dates_leave_nothing():
    found = portfolio(days(30), random_returns(7, dates=30, count=60))
    assert {m.residual_sharpe for m in found.marginal} == {None}
    assert {m.r2 for m in found.marginal} == {1.0}
    assert found.blends[2].metrics.ann_vol > 0


def test_a_series_that_never_varies_stands_aside():
    returns = random_returns(8, dates=40, count=3)
    returns[:, 1] = 0.0
    found = portfolio(days(40), returns)
    assert found.correlation[1] == [None, None, None]
    assert found.correlation[0][1] is None
    assert found.marginal[1] == Marginal(
        residual_sharpe=None, residual_t=None, r2=None, closest=None, closest_correlation=None
    )
    assert found.marginal[0].closest == 2
    assert [b.weights[1] for b in found.blends] == [pytest.approx(1 / 3), 0.0, 0.0]
    still = portfolio(days(40), np.zeros((40, 2)))
    assert [(b.weights, b.shrinkage) for b in still.blends] == [((0.5, 0.5), None)] * 3


@pytest.mark.parametrize(
    ("dates", "returns", "weights", "error", "words"),
    [
        (40, np.zeros((39, 2)), None, DataError, "shape (39, 2)"),
        (40, np.zeros(40), None, DataError, "shape (40,)"),
        (29, np.zeros((29, 2)), None, DataError, "29 dates in common; at least 30"),
        (40, np.zeros((40, 0)), None, ParamError, "0 strategies were given; choose 1 to 60"),
        (40, np.zeros((40, 61)), None, ParamError, "61 strategies"),
        (40, np.full((40, 1), np.nan), None, DataError, "A return is missing"),
        (40, np.zeros((40, 2)), (1.0,), ParamError, "1 weights were given for 2"),
        (40, np.zeros((40, 2)), (1.0, -1.0), ParamError, "add up to 0.0;"),
        (40, np.zeros((40, 2)), (1.0, math.inf), ParamError, "add up to nan;"),
    ],
)
def test_what_is_no_portfolio_is_refused(dates, returns, weights, error, words):
    with pytest.raises(error) as caught:
        portfolio(days(dates), returns, weights)
    assert words in str(caught.value)
