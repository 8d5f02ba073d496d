"""Ranks of values that are nearly, or exactly, or only at twelve digits the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import kernels as k
from engine.dsl.ops.meaning import ranks

DAYS = 60
NASTY = (0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 2e-289, -2e-289, 1.7e308, -1.7e308, 1.79e308)


def close_values(rng, count):
    """Values of which many agree at 12 digits and a few more at 11."""
    pool = [*rng.normal(size=3), *rng.choice(NASTY, 3), 999999999999.5, 1.0]
    noise = rng.choice([0.0, 1e-16, 1e-13, 1e-12, 5e-12, 2e-11], count) * rng.normal(size=count)
    return np.clip(rng.choice(pool, count), -1.7e308, 1.7e308) * (1 + noise)


def grid(seed, dates, symbols):
    rng = np.random.default_rng(seed)
    shape = (dates, symbols)
    kinds = [close_values(rng, dates * symbols).reshape(shape), rng.normal(size=shape)]
    kinds += [rng.normal(size=shape).round(1), rng.integers(0, 3, shape).astype(float)]
    x = kinds[seed % len(kinds)]
    return np.where(rng.random(shape) < 0.1, np.nan, x)


def unit(values):
    """Unit ranks of a line, missing left out."""
    out, present = np.full(len(values), np.nan), ~np.isnan(values)
    found = ranks(values[present].tolist())
    out[present] = [(r - 1) / (len(found) - 1) if len(found) > 1 else 0.5 for r in found]
    return out


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([1, 7, 8, 9, 17]), st.sampled_from([1, 2, 8, 31, 33, 70]))
def test_ranks_across_symbols_see_twelve_digits(seed, dates, symbols):
    x = grid(seed, dates, symbols)
    want = np.array([unit(row) for row in x])
    np.testing.assert_array_equal(k.cs_rank(x, False), want)


@given(seeds, st.sampled_from([1, 8, 9]), st.sampled_from([1, 8, 33, 70]))
def test_ranks_within_groups_see_twelve_digits(seed, dates, symbols):
    x = grid(seed, dates, symbols)
    codes = np.random.default_rng(seed).integers(-1, 3, x.shape).astype(np.int32)
    want = np.full(x.shape, np.nan)
    for row, groups, out in zip(x, codes, want, strict=True):
        for group in range(3):
            out[groups == group] = unit(row[groups == group])
    np.testing.assert_array_equal(k.g_rank(x, codes), want)


@given(seeds, st.sampled_from([1, 8, 33]))
def test_ranks_over_long_windows_see_twelve_digits(seed, symbols):
    x = grid(seed, DAYS + 5, symbols)
    want = np.full(x.shape, np.nan)
    for t in range(DAYS - 1, len(x)):
        window = x[t - DAYS + 1 : t + 1]
        want[t] = [unit(column)[-1] for column in window.T]
    np.testing.assert_array_equal(k.ts_rank(x, DAYS, 1, False), want)


@pytest.mark.parametrize("days", [47, 48, 60, 90, 250])
def test_short_and_long_windows_are_ranked_alike_over_many_tiles(days):
    x = grid(6, 900, 37)
    got = k.ts_rank(x, days, days // 2, True)
    assert np.isnan(got[: days - 1]).all()
    for t in (days - 1, days, 300, 301, 511, 899):
        for s in (0, 7, 8, 31, 32, 36):
            window = x[t - days + 1 : t + 1, s]
            present = window[~np.isnan(window)]
            if np.isnan(x[t, s]) or len(present) < days // 2:
                assert np.isnan(got[t, s])
            else:
                assert got[t, s] == ranks(present.tolist())[-1] / len(present)
