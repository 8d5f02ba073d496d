"""Kernels over time against exact arithmetic, on data chosen to break them.

u = 2^-53, n present values, D = sum((x - mean)^2). A window is a suffix and a prefix; each keeps
power sums about a reference c, which rounding puts off by a relative (1.5 n + 10) u: three
roundings per term, one per addition, a few per move of c. c is the mean of m of the n values of its
part, so that n (c - mean)^2 <= (n / m) D, and the sum about c is at most (1 + n / m) D. A reference
moves every 8 rows: n / m is at most 2 in parts of 8 rows or more that are full, below 9 in any.
Joining the parts adds what lies between their means, which is part of D. With
    B = (4 n + 32) (1 + n / m) u
the relative error of D then is at most 2 B, that of its root B, the error of a sum of products
2 B sqrt(D_x D_y), of a deviation B root mean squares. What is made of them follows by the triangle
inequality, for third and fourth powers with Jensen's. So the bounds need no condition of the data:
where numbers lie does not matter, only how many there are.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import kernels as k
from tests.engine.exact_windows import DIGITS, FLAT, UNIT, Series, exact_statistics, hard_data
from tests.engine.kernel_reference import NAMES, arguments, panel

COMPILED = pytest.mark.skipif(k.BACKEND != "c", reason=k.BACKEND_NOTE)
LEAST = {"sum_": 1, "mean": 1, "std": 2, "zscore": 1, "skew": 3, "kurt": 4, "cov": 2, "corr": 2,
         "r2": 2, "beta": 2, "resid": 2}  # fmt: skip


def statistic(name, x, y, d):
    """The kernel of that name over windows of d dates, as soon as there are enough values."""
    operands = [x, y] if name in {"cov", "corr"} else [y, x] if LEAST[name] == 2 else [x]
    if name == "std":
        return k.std(x, d, 2, 1)
    return getattr(k, name)(*operands, d, LEAST[name])


# How many B: products twice, ratios of two of them four times, and so on.
FACTORS = {"std": 1, "zscore": 1, "cov": 2, "corr": 4, "r2": 8, "beta": 4, "resid": 8, "skew": 12,
           "kurt": 24}  # fmt: skip


def bound(name, n, d):
    """The largest error, in units of the scale of the statistic."""
    if name in {"sum_", "mean"}:
        return (n + 1) * UNIT
    off = 2 if n == d >= 16 else 9
    return FACTORS[name] * (4 * n + 32) * (1 + off) * UNIT


def pair_of(label, dates, d, share_missing):
    """Two columns, the second one with spikes, without the pairs of which one is missing."""
    data = hard_data(dates, d)
    noise = np.random.default_rng(dates).normal(size=dates)
    other = data["a spike begins every block"] + noise
    hole = np.random.default_rng(d).random(dates) < share_missing
    return np.where(hole, np.nan, data[label])[:, None], np.where(hole, np.nan, other)[:, None]


def errors(label, d, share_missing, rows):
    """What `compared` finds in the data of that label."""
    return compared(*pair_of(label, 3 * d + 7, d, share_missing), d, rows)


def compared(x, y, d, rows):
    """Name, row, error in units of the scale, and number of values, of every statistic.

    The error is infinite where one is missing that exists, or the other way round.
    """
    got = {name: statistic(name, x, y, d)[:, 0] for name in LEAST}
    for t in rows:
        window = slice(t - d + 1, t + 1)
        there = ~np.isnan(x[window, 0])
        if not there[-1]:
            continue
        xs, ys = x[window, 0][there].tolist(), y[window, 0][there].tolist()
        want = exact_statistics(xs, ys)
        for name in LEAST:
            value = float(got[name][t])
            if name not in want or isnan(value):
                yield name, t, 0.0 if (name not in want) == isnan(value) else np.inf, len(xs)
                continue
            exact, scale = want[name]
            with localcontext(DIGITS):
                error = abs(Decimal(value) - exact)
                yield name, t, float(error / scale) if scale else float(error), len(xs)


def rows_of(d):
    """Ends of windows at, before and behind the edges of blocks, and within."""
    last = 3 * d + 6
    return sorted({d - 1, d, d + d // 2, 2 * d - 2, 2 * d - 1, 2 * d, last - d // 3, last})


@COMPILED
@pytest.mark.parametrize("share_missing", [0.0, 0.4])
@pytest.mark.parametrize("d", [1, 2, 5, 20, 45])
@pytest.mark.parametrize("label", hard_data(9, 3))
def test_every_statistic_is_within_its_bound(label, d, share_missing):
    for name, t, error, n in errors(label, d, share_missing, rows_of(d)):
        assert error <= bound(name, n, d), (name, t)


@COMPILED
@pytest.mark.parametrize("label", hard_data(9, 3))
def test_long_windows_lose_no_digits(label):
    d = 700
    for name, t, error, _ in errors(label, d, 0.0, rows_of(d)):
        assert error <= 2e-14, (name, t)


@COMPILED
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 0.3, 0.8]))
def test_any_window_is_within_its_bound(seed, d, share_missing):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 90, 1)) * 10.0 ** rng.integers(-9, 9, (2, 90, 1))
    x[rng.random(x.shape) < 0.3] = rng.choice([0.1, 1e9, -7.0])
    y += rng.choice([0.0, 1e6])
    x[rng.random(x.shape) < share_missing] = np.nan
    y[np.isnan(x)] = np.nan
    for name, t, error, n in compared(x, y, d, [89, 60 + d // 2]):
        assert error <= bound(name, n, d), (name, t, error)


# Sums that weigh: exact weights, so that only products and additions round.


def decays(x, d, f):
    """Linear and exponential weights, oldest first, of the present values of a window."""
    there = [age for age in range(d - 1, -1, -1) if not isnan(x[-1 - age])]
    fade = Fraction(f)
    return [d - age for age in there], [fade**age for age in there]


@COMPILED
@pytest.mark.parametrize("f", [0.5, 0.9, 0.987654321, 1.0])
@pytest.mark.parametrize("label", hard_data(9, 3))
def test_decays_are_within_their_bounds(label, f):
    d = 20
    x, _ = pair_of(label, 3 * d + 7, d, 0.3)
    linear, exponential = k.decay_linear(x, d, 1)[:, 0], k.decay_exp(x, d, 1, f)[:, 0]
    for t in rows_of(d):
        window = x[t - d + 1 : t + 1, 0].tolist()
        values = [Fraction(v) for v in window if not isnan(v)]
        for got, weights, steps in zip(
            (linear[t], exponential[t]), decays(window, d, f), (2 * d + 3, 4 * d + 8), strict=True
        ):
            pairs = list(zip(weights, values, strict=True))
            exact = sum(w * v for w, v in pairs) / sum(weights)
            size = sum(w * abs(v) for w, v in pairs) / sum(weights)
            assert abs(Fraction(float(got)) - exact) <= steps * Fraction(UNIT) * size


@COMPILED
@pytest.mark.parametrize("alpha", [0.01, 2 / 21, 0.7, 1.0])
@pytest.mark.parametrize("label", hard_data(9, 3))
def test_the_error_of_an_exponential_average_fades_like_its_values(label, alpha):
    x, _ = pair_of(label, 67, 20, 0.2)
    got, state, error, fade = k.ema(x, alpha)[:, 0], None, Fraction(0), Fraction(alpha)
    for t, v in enumerate(x[:, 0].tolist()):
        if isnan(v):
            assert isnan(got[t])
            continue
        before = Fraction(v) if state is None else state
        state = before + fade * (Fraction(v) - before)
        step = Fraction(UNIT) * (3 * fade * abs(Fraction(v) - before) + abs(state))
        error = (1 - fade) * error + step * Fraction(101, 100)
        assert abs(Fraction(float(got[t])) - state) <= error, t


# What has no number gets none: overflow, underflow, rounding noise.


EXTREME = {
    "beyond the squares": lambda z: 1e200 * z,
    "beyond the sums": lambda z: 1.5e308 * np.sign(z),
    "beyond the fourth powers": lambda z: 1e90 * z,
    "below the squares": lambda z: 1e-170 * z,
    "below the fourth powers": lambda z: 1e-85 * z,
    "denormal": lambda z: 1e-320 * z,
    "denormal squares": lambda z: 1e-158 * z,
    "denormal third powers": lambda z: 1e-105 * z,
    "denormal fourth powers": lambda z: 1e-79 * z,
    "huge and tiny by turns": lambda z: np.where(np.arange(len(z))[:, None] % 2, 1e-300, 1e300),
    "squares at the edge": lambda z: 1e-139 * z,
}


@COMPILED
@pytest.mark.parametrize("d", [5, 20])
@pytest.mark.parametrize("label", EXTREME)
def test_what_leaves_the_range_of_numbers_is_missing_or_right(label, d):
    z = np.random.default_rng(d).normal(size=(2, 3 * d + 7, 1))
    x, y = EXTREME[label](z[0]), EXTREME[label](z[1])
    lost = {"std": 1e-139, "cov": 1e-270}  # what is below counts as 0
    for t in rows_of(d):
        xs, ys = (v[t - d + 1 : t + 1, 0].tolist() for v in (x, y))
        want = exact_statistics(xs, ys)
        for name in LEAST:
            got = float(statistic(name, x, y, d)[t, 0])
            if isnan(got):
                continue
            exact, scale = want[name]
            with localcontext(DIGITS):
                allowed = bound(name, d, d) * scale + Decimal(lost.get(name, 0.0))
                assert abs(Decimal(got) - exact) <= allowed + Decimal("5e-324"), (name, t, got)


def test_shares_of_what_is_too_large_are_missing():
    x = np.array([[-1.7e308, 1.7e308, 1.0, -1.2e308]])
    group = np.zeros(x.shape, np.int32)
    for got in (k.cs_scale(x, 1.0), k.g_scale(x, group), k.scale(x.T.copy(), 4, 1)[3:]):
        assert np.isnan(got).all(), got


@COMPILED
def test_numbers_of_any_ordinary_size_have_all_their_statistics():
    z = np.random.default_rng(1).normal(size=(2, 40, 1))
    for size in (1e-65, 1e-30, 1.0, 1e30, 1e65):
        for name in LEAST:
            got = statistic(name, size * z[0], size * z[1], 20)
            assert np.isfinite(got[19:]).all(), (name, size)


@pytest.mark.parametrize("value", [0.1, 1.0, 1e9 + 0.1, -3e-7, 1e150])
@pytest.mark.parametrize("d", [3, 8, 9, 17, 40])
def test_what_does_not_vary_has_no_score(value, d):
    rng = np.random.default_rng(d)
    noise = np.where(rng.random((3 * d, 4)) < 0.5, value, np.nextafter(value, np.inf))
    y = rng.normal(size=noise.shape)
    for x in (np.full(noise.shape, value), noise):
        for name in ("zscore", "skew", "kurt", "corr", "r2", "beta", "resid"):
            assert np.isnan(statistic(name, x, y, d)).all(), name
        assert np.isnan(k.cs_zscore(x)).all()
        assert np.isnan(k.cs_neutralize(y, x)).all()
        assert np.isnan(k.g_zscore(x, np.zeros(x.shape, np.int32))).all()
    assert np.unique(k.std(np.full(noise.shape, value), d, 1, 0)[d - 1 :]).tolist() == [0.0]
    assert np.unique(k.cs_std(np.full(noise.shape, value))).tolist() == [0.0]


@pytest.mark.parametrize("share", [0.9999, 1.0001])
@pytest.mark.parametrize("offset", [3.0, -2e9])
def test_variance_counts_from_the_same_share_on_wherever_it_lies(offset, share):
    d = 16
    x = (
        np.where(np.arange(3 * d) % 2, 1.0, -1.0)[:, None] * abs(offset) * 1e-6 * share**0.5
        + offset
    )
    series = Series(x[-d:, 0].tolist())
    exists = series.variation > FLAT
    assert exists == (share > 1)
    assert np.isnan(k.zscore(x, d, 2)[-1, 0]) == (not exists)


@given(st.integers(0, 2**32 - 1), st.sampled_from([(1, 3), (7, 1), (60, 3), (20, 130)]))
def test_no_kernel_makes_an_infinity_of_the_largest_and_smallest_numbers(seed, shape):
    rng = np.random.default_rng(seed)
    values = panel(rng, *shape)
    pool = [
        1.7e308,
        -1.7e308,
        1e300,
        1e-300,
        5e-324,
        -5e-324,
        0.0,
        -0.0,
        1.0,
        1e154,
        1e-160,
        np.nan,
    ]
    for key in ("x", "y", "a", "b", "v", "enter", "leave"):
        values[key] = rng.choice(pool, shape)
    for name in NAMES:
        assert not np.isinf(getattr(k, name)(**arguments(name, values))).any(), name
