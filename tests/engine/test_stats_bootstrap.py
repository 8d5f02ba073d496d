"""Stationary block bootstrap: the blocks by their definition, the interval by what it covers."""

from __future__ import annotations

import hashlib
import math
import statistics as stats

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ParamError
from engine.stats.bootstrap import (
    FEWEST,
    Interval,
    mean_block,
    resamples,
    seed_of,
    sharpe_interval,
    stationary_rows,
)
from engine.stats.performance import performance


def generator(seed):
    return np.random.Generator(np.random.PCG64(seed))


def slow_resamples(count, n, block, rng):
    """The same stream of random numbers, one date at a time."""
    chances = rng.random((count, n))
    begins = [[t == 0 or chances[k, t] < 1 / block for t in range(n)] for k in range(count)]
    starts = iter(rng.integers(n, size=sum(map(sum, begins))).tolist())
    found = []
    for row in begins:
        dates = []
        for begin in row:
            dates.append(next(starts) if begin else (dates[-1] + 1) % n)
        found.append(dates)
    return found


@given(st.integers(1, 5), st.integers(1, 40), st.floats(1, 50), st.integers(0, 2**64 - 1))
def test_blocks_run_on_and_wrap_around(count, n, block, seed):
    found = resamples(count, n, block, generator(seed))
    assert found.tolist() == slow_resamples(count, n, block, generator(seed))
    one = stationary_rows(n, block, generator(seed))
    assert one.tolist() == slow_resamples(1, n, block, generator(seed))[0]


def test_blocks_have_geometric_lengths_of_the_given_mean():
    n = 400_000
    rows = stationary_rows(n, 8.0, generator(1))
    ends = np.flatnonzero(np.diff(rows) % n != 1)
    lengths = np.diff(ends)
    assert lengths.mean() == pytest.approx(8, rel=0.02)
    for k in range(1, 12):
        share = (1 / 8) * (7 / 8) ** (k - 1)
        assert (lengths == k).mean() == pytest.approx(share, abs=0.006)
    # every date is as likely as any other
    counts = np.bincount(rows // (n // 10), minlength=10)
    assert counts / n == pytest.approx(np.full(10, 0.1), abs=0.005)


def test_blocks_below_one_date_are_refused():
    for block in (0.5, 0.0, -1.0, math.nan):
        with pytest.raises(ParamError, match="mean block"):
            stationary_rows(10, block, generator(0))
    assert stationary_rows(0, 1.0, generator(0)).tolist() == []


def slow_interval(r, seed, periods, draws):
    found = []
    for rows in slow_resamples(draws, len(r), len(r) ** (1 / 3), generator(seed)):
        ratio = performance([r[t] for t in rows], periods).ann_sharpe
        if ratio is not None:
            found.append(ratio)
    if 2 * len(found) <= draws:
        return None
    low, median, high = np.percentile(found, [5, 50, 95])
    share = sum(x <= 0 for x in found) / len(found)
    return low, high, median, share, len(found)


@given(
    st.lists(st.integers(-300, 300).map(lambda x: x / 10_000), min_size=FEWEST, max_size=40),
    st.integers(0, 2**64 - 1),
    st.integers(1, 60),
    st.sampled_from([12.0, 252.0]),
)
def test_the_interval_equals_plain_python(r, seed, draws, periods):
    found = sharpe_interval(np.array(r), seed, draws=draws, periods=periods)
    expected = slow_interval(r, seed, periods, draws)
    if expected is None:
        assert found is None
        return
    measured = (found.low, found.high, found.median, found.share_below_zero, found.draws)
    assert measured == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert (found.level, found.seed, found.block) == (0.9, seed, pytest.approx(len(r) ** (1 / 3)))


def test_an_interval_that_is_the_same_everywhere():
    # 500 returns without a random generator; the numbers were made once, to see them change
    r = np.array([math.sin(t * t) / 100 + 0.0005 for t in range(500)])
    found = sharpe_interval(r, seed_of("run"))
    assert found == sharpe_interval(r.copy(), seed_of("run"))
    assert found != sharpe_interval(r, seed_of("another run"))
    assert seed_of("run") == 12446301550568077323 >> 11
    assert [found.low, found.median, found.high, found.share_below_zero] == pytest.approx(
        [-0.028704793213733853, 1.1090116398376528, 2.220329341285738, 0.0545], rel=1e-12
    )


def test_a_long_series_is_drawn_in_parts_of_one_stream():
    r = generator(5).standard_normal(60_000) * 0.01 + 0.0005
    found = sharpe_interval(r, 3, draws=40)
    ratio = performance(r).ann_sharpe
    assert found.draws == 40
    assert found.low < ratio < found.high
    error = math.sqrt(252 / len(r))
    assert found.high - found.low == pytest.approx(2 * 1.645 * error, rel=0.5)


@pytest.mark.parametrize("memory", [0.0, 0.3])
def test_nine_of_ten_intervals_hold_the_true_ratio(memory):
    held = 0
    for seed in range(120):
        noise = generator(seed).standard_normal(850) * 0.01
        for t in range(1, len(noise)):
            noise[t] += memory * noise[t - 1]
        sd = 0.01 / math.sqrt(1 - memory**2)
        found = sharpe_interval(noise[100:] + 0.05 * sd, seed, draws=300)
        held += found.low <= 0.05 * math.sqrt(252) <= found.high
    assert 0.8 <= held / 120 <= 0.98


def test_days_that_hang_together_widen_the_interval():
    noise = generator(11).standard_normal(2000) * 0.01
    for t in range(1, len(noise)):
        noise[t] += 0.5 * noise[t - 1]
    kept, shuffled = (
        sharpe_interval(r, 1, draws=500) for r in (noise, generator(2).permutation(noise))
    )
    assert kept.high - kept.low > 1.4 * (shuffled.high - shuffled.low)


def test_what_has_no_interval():
    assert sharpe_interval(np.zeros(100), 1) is None
    assert sharpe_interval(np.full(100, 0.01), 1) is None
    assert sharpe_interval(np.linspace(-0.01, 0.01, FEWEST - 1), 1) is None
    assert sharpe_interval(np.array([]), 1) is None
    holes = np.append(np.linspace(-0.01, 0.02, 50), [math.nan, math.inf])
    assert sharpe_interval(holes, 1, draws=50) == sharpe_interval(holes[:50], 1, draws=50)
    with pytest.raises(ParamError, match="number of draws"):
        sharpe_interval(np.linspace(-0.01, 0.01, 50), 1, draws=0)


@given(st.lists(st.floats(-1e300, 1e300), min_size=FEWEST, max_size=30))
def test_wild_returns_give_finite_numbers_or_none(r):
    found = sharpe_interval(np.array(r), 1, draws=20)
    assert found is None or all(
        math.isfinite(getattr(found, x)) for x in Interval.__struct_fields__
    )


def test_the_seed_is_that_of_the_text():
    digest = hashlib.sha256("räntä".encode()).hexdigest()
    assert seed_of("räntä") == int(digest[:16], 16) >> 11
    assert seed_of("") == 0xE3B0C44298FC1C14 >> 11
    assert mean_block(1000) == pytest.approx(10)
    assert mean_block(0) == 1
    assert stats.fmean(seed_of(str(k)) for k in range(200)) == pytest.approx(2**52, rel=0.2)
