"""Probability of backtest overfitting, against plain Python, other programs and planted data."""

from __future__ import annotations

import json
import math
import statistics as stats
from fractions import Fraction
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError, ParamError
from engine.stats.bootstrap import mean_block, resamples
from engine.stats.cscv import splits
from engine.stats.pbo import POINTS, Split, pbo

STEP = 1 / 1024  # sums and squares of such returns are exact, so that ties are ties


def squared(r):
    """Sign times square of the Sharpe ratio, exactly; None without variation."""
    if len(set(r)) == 1:
        return None
    mean = Fraction(sum(r), len(r))
    variance = sum((x - mean) ** 2 for x in r) / (len(r) - 1)
    return mean * abs(mean) / variance


def ordered(score):
    return (score is not None, score or 0)


def root(score):
    return math.copysign(math.sqrt(abs(score)), score)


def slow_splits(columns, blocks):
    """Per split: twice the rank, both squared ratios, and the mean out of sample."""
    size = len(columns[0]) // blocks
    columns = [column[len(column) % blocks :] for column in columns]
    for inside in combinations(range(blocks), blocks // 2):
        halves = ([], [])
        for column in columns:
            for half, wanted in zip(halves, (True, False), strict=True):
                dates = [t for t in range(size * blocks) if (t // size in inside) == wanted]
                half.append([column[t] for t in dates])
        seen, unseen = ([squared(r) for r in half] for half in halves)
        best = max(range(len(columns)), key=lambda k: (ordered(seen[k]), -k))
        if seen[best] is None:
            continue
        keys = [ordered(score) for score in unseen]
        below = sum(key < keys[best] for key in keys)
        rank = 2 * below + sum(key == keys[best] for key in keys) + 1
        yield rank, seen[best], unseen[best], Fraction(sum(halves[1][best]), size)


def slow_pbo(columns, blocks):
    found = list(slow_splits(columns, blocks))
    return sum(rank <= len(columns) + 1 for rank, *_ in found) / len(found) if found else None


@st.composite
def tables(draw):
    """Whole numbers [strategies][dates]; short of variety, so that ties and still halves occur."""
    blocks = draw(st.sampled_from([4, 6]))
    dates = blocks * draw(st.integers(2, 4)) + draw(st.integers(0, blocks - 1))
    number = draw(st.sampled_from([st.integers(-1, 1), st.integers(-40, 40)]))
    column = st.one_of(
        st.lists(number, min_size=dates, max_size=dates),
        number.map(lambda x: [x] * dates),
        st.tuples(st.integers(0, dates), number).map(
            lambda p: [0] * p[0] + [p[1]] * (dates - p[0])
        ),
    )
    return blocks, draw(st.lists(column, min_size=2, max_size=5))


@given(tables())
def test_equals_plain_python(table):
    blocks, columns = table
    found = pbo(np.array(columns).T * STEP, blocks, draws=0, periods=252.0)
    expected = list(slow_splits(columns, blocks))
    assert found.splits == len(expected)
    assert (found.low, found.high, found.draws) == (None, None, 0)
    assert found.pbo == slow_pbo(columns, blocks)
    if not expected:
        assert (found.logit_mean, found.prob_oos_loss, found.points) == (None, None, ())
        return
    w = [rank / 2 / (len(columns) + 1) for rank, *_ in expected]
    logits = [math.log(x / (1 - x)) for x in w]
    assert found.logit_mean == pytest.approx(stats.fmean(logits), abs=1e-12)
    assert found.logit_median == pytest.approx(stats.median(logits), abs=1e-12)
    assert found.prob_oos_loss == sum(mean < 0 for *_, mean in expected) / len(expected)
    pairs = sorted((root(a), root(b)) for _, a, b, _ in expected if b is not None)
    annual = sorted((p.in_sample / math.sqrt(252), p.out_of_sample / math.sqrt(252))
                    for p in found.points)  # fmt: skip
    assert np.array(annual) == pytest.approx(np.array(pairs), abs=1e-9)
    if len({round(x, 9) for x, _ in pairs}) > 1:
        line = stats.linear_regression(*zip(*pairs, strict=True))
        assert (found.slope, found.intercept) == pytest.approx(tuple(line), abs=1e-6)


@settings(max_examples=10)
@given(tables(), st.integers(0, 2**64 - 1))
def test_the_band_is_that_of_series_resampled_within_each_block(table, seed):
    blocks, columns = table
    table = np.array(columns).T
    found = pbo(table * STEP, blocks, draws=8, seed=seed)
    used = table[len(table) % blocks :]
    size = len(used) // blocks
    rng = np.random.Generator(np.random.PCG64(seed))
    shares = []
    for _ in range(8):
        rows = resamples(blocks, size, min(mean_block(len(used)), size), rng)
        drawn = used[(rows + size * np.arange(blocks)[:, None]).ravel()]
        shares.append(slow_pbo(drawn.T.tolist(), blocks))
    shares = [share for share in shares if share is not None]
    assert found.draws == len(shares)
    if shares:
        assert [found.low, found.high] == np.percentile(shares, [5, 95]).tolist()


NOISE = {
    8: (0.7, 70, -0.5585888337522396, -0.4382549309311555, -1.1456518743998962,
        0.09471325151105173, 0.6285714285714286),
    16: (0.6904428904428904, 12870, -0.7478994546241811, -0.35667494393873245,
         -0.6091874431761519, 0.037291612916309426, 0.6878787878787879),
}  # fmt: skip
EDGE = {
    8: (0.0, 70, 3.912023005428142, 3.9120230054281437, -0.9992419658432605,
        0.48913183988932923, 0),
    16: (0.0, 12870, 3.912023005428144, 3.9120230054281437, -0.9984042267960883,
         0.4893717391699002, 0),
}  # fmt: skip


def figures(found):
    return (found.pbo, found.splits, found.logit_mean, found.logit_median, found.slope,
            found.intercept, found.prob_oos_loss)  # fmt: skip


@pytest.mark.parametrize("blocks", [8, 16])
@pytest.mark.parametrize(("edge", "expected"), [(0.0, NOISE), (0.0025, EDGE)])
def test_noise_without_and_with_a_real_edge(edge, expected, blocks):
    # results of an independent program on the same random numbers
    returns = np.random.default_rng(42).standard_normal((960, 50)) * 0.01
    returns[:, 7] += edge
    found = pbo(returns, blocks, draws=40)
    assert figures(found) == pytest.approx(expected[blocks], abs=1e-9)
    assert found.low <= found.pbo <= found.high
    assert found.high < 0.2 if edge else found.low > 0.2


def test_real_trials_equal_two_other_programs(shared_data):
    oracle = json.loads((shared_data / "oracle/oracle_overfit.json").read_text())["pbo"]
    trials = pl.read_parquet(shared_data / "oracle/oracle_trials_returns.parquet")
    wide = trials.pivot(on="trial", index="date", values="ret").sort("date").drop("date")
    for blocks in (4, 8, 10, 16):
        found = pbo(wide.to_numpy(), blocks, draws=0)
        assert (found.strategies, found.dates) == (64, 1216 - 1216 % blocks)
        for program in oracle[str(blocks)].values():
            assert figures(found) == pytest.approx(
                tuple(program[name] for name in (
                    "pbo", "n", "logit_mean", "logit_median", "slope", "intercept", "prob_oos_loss",
                )), abs=1e-9,
            )  # fmt: skip


def test_the_band_holds_what_noise_amounts_to():
    # of noise half of the winners are below the median; resampling across the blocks would put a
    # date on both sides of a split and say 0.18 on average
    inside, middle = 0, []
    for seed in range(20):
        returns = np.random.default_rng(seed).standard_normal((600, 30)) * 0.01
        found = pbo(returns, 8, draws=60, seed=seed)
        inside += found.low <= 0.5 <= found.high
        middle.append((found.low + found.high) / 2)
    assert inside >= 17
    assert 0.4 < stats.fmean(middle) < 0.6


def test_many_blocks_are_looked_at_in_part_by_the_draws():
    every = splits(16)
    some = splits(16, 504)
    assert (len(every[0]), len(some[0])) == (12870 // 2, 252)
    assert len(splits(10, 504)[0]) == 252 // 2
    pairs = set(zip(*map(np.ndarray.tolist, every), strict=True))
    chosen = list(zip(*map(np.ndarray.tolist, some), strict=True))
    assert len(set(chosen)) == 252
    assert set(chosen) <= pairs
    assert all((a.bit_count() + b.bit_count(), a & 1) == (8, 1) for a, b in pairs)


def test_a_series_that_stands_still_is_last_and_gives_no_number_that_is_none():
    rng = np.random.default_rng(1)
    returns = rng.standard_normal((80, 4)) * 0.01 - 0.002
    returns[:, 2] = 0.0
    returns[:, 3] = 1e-4  # constant, better than all others, but no Sharpe ratio
    found = pbo(returns, 8, draws=20)
    alive = pbo(returns[:, :2], 8, draws=20)
    assert [found.splits, found.points] == [70, alive.points]
    nothing = pbo(np.full((80, 3), 1e-4), 8, draws=20)
    assert (nothing.pbo, nothing.low, nothing.draws, nothing.splits) == (None, None, 0, 0)
    # rounding of positions that cancel out is no return
    tiny = rng.standard_normal((80, 1)) * 1e-18
    assert pbo(np.hstack([returns[:, :2], tiny]), 8, draws=0).points == alive.points


@given(st.integers(2, 6), st.sampled_from([1e-200, 1e-9, 1e150, 1e300]), st.integers(0, 99))
def test_wild_returns_give_finite_numbers_or_none(strategies, scale, seed):
    returns = np.random.default_rng(seed).standard_normal((17, strategies)) * scale
    found = pbo(returns, 4, draws=5)
    numbers = [*figures(found), found.low, found.high, *(x for p in found.points for x in
               (p.in_sample, p.out_of_sample))]  # fmt: skip
    assert all(x is None or math.isfinite(x) for x in numbers)


def test_the_same_seed_gives_the_same_band_and_points_are_few():
    returns = np.random.default_rng(3).standard_normal((160, 5)) * 0.01
    first = pbo(returns, 12, draws=30, seed=9)
    assert pbo(returns, 12, draws=30, seed=9) == first
    assert pbo(returns, 12, draws=30, seed=10) != first
    assert first.splits == 924
    assert len(first.points) == POINTS
    assert isinstance(first.points[0], Split)


@pytest.mark.parametrize("blocks", [2, 5, 18, 0, -4])
def test_blocks_are_even_and_4_to_16(blocks):
    with pytest.raises(ParamError, match="even number from 4 to 16"):
        pbo(np.zeros((100, 3)), blocks)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(DataError, match="at least two"):
        pbo(np.zeros((100, 1)), 4)
    with pytest.raises(DataError, match="7 dates cannot be cut into 4 blocks"):
        pbo(np.zeros((7, 3)), 4)
    with pytest.raises(DataError, match="every date"):
        pbo(np.full((8, 3), np.nan), 4)
    first = np.zeros((9, 3))
    first[0] = np.nan  # a date that is dropped
    assert pbo(first, 4, draws=0).dates == 8
