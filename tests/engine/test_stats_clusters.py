"""Effective number of trials, against a plain loop over all pairs."""

from __future__ import annotations

import math
import statistics as stats
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import ParamError
from engine.stats.clusters import ALIKE, EffectiveTrials, effective_trials


def slow(columns, trials, alike):
    varying = [column for column in columns if len(set(column)) > 1]
    leaders = []
    for column in varying:
        if not any(stats.correlation(column, leader) >= alike - 1e-9 for leader in leaders):
            leaders.append(column)
    clusters = len(leaders) + (len(varying) < len(columns))
    pairs = [stats.correlation(a, b) for a, b in combinations(varying, 2)]
    return EffectiveTrials(
        trials=trials,
        measured=len(columns),
        clusters=clusters,
        effective=clusters + trials - len(columns),
        alike=alike,
        mean_correlation=pytest.approx(stats.fmean(pairs), abs=1e-6) if pairs else None,
    )


@st.composite
def families(draw):
    """Columns of whole numbers: ideas, each with some copies, negatives and changes."""
    dates = draw(st.integers(3, 12))
    column = st.lists(st.integers(-20, 20), min_size=dates, max_size=dates)
    columns = draw(st.lists(column, min_size=1, max_size=8))
    for _ in range(draw(st.integers(0, 8))):
        of = draw(st.sampled_from(columns))
        sign, change = draw(st.sampled_from([1, 1, -1, 0])), draw(st.integers(0, 8))
        columns.append([sign * x + (change if t == 0 else 0) for t, x in enumerate(of)])
    return columns


@given(families(), st.integers(0, 5), st.sampled_from([0.3, ALIKE, 0.95, 1.0]))
def test_equals_a_plain_loop(columns, unmeasured, alike):
    varying = [column for column in columns if len(set(column)) > 1]
    near = [stats.correlation(a, b) - alike for a, b in combinations(varying, 2)]
    assume(not any(-2e-5 < gap < -1e-9 for gap in near))  # the margin for rounding
    columns = [[float(x) for x in column] for column in columns]
    expected = slow(columns, len(columns) + unmeasured, alike)
    assert effective_trials(np.array(columns).T / 1000, expected.trials, alike=alike) == expected


def test_many_trials_in_blocks_equal_the_plain_rule():
    # 900 trials of 40 ideas, in an order that mixes them, and 300 of none
    rng = np.random.default_rng(1)
    ideas = rng.standard_normal((120, 40))
    which = rng.integers(40, size=900)
    trials = ideas[:, which] + rng.standard_normal((120, 900)) * 0.3
    trials = np.hstack([trials, rng.standard_normal((120, 300))])[:, rng.permutation(1200)] * 0.01
    table = np.corrcoef(trials.T)
    leaders = []
    for i in range(1200):
        if not (table[i, leaders] >= ALIKE).any():
            leaders.append(i)
    found = effective_trials(trials, 1500)
    assert found.clusters == len(leaders) == 340
    assert found.effective == 640
    above = table[np.triu_indices(1200, 1)]
    assert found.mean_correlation == pytest.approx(above.mean(), abs=1e-6)
    again = effective_trials(trials.astype(np.float32), 1500)
    assert (again.clusters, again.effective) == (340, 640)


def test_a_strategy_and_its_negative_are_two():
    r = np.random.default_rng(2).standard_normal(300) * 0.01
    found = effective_trials(np.stack([r, -r, 2 * r, r + 0.001], axis=1), 4)
    assert (found.clusters, found.effective) == (2, 2)
    assert found.mean_correlation == pytest.approx(0.0, abs=1e-6)


def test_the_order_decides_where_likeness_is_no_partition():
    # b is like a and like c, which are not like each other
    a, c = np.linalg.qr(np.random.default_rng(3).standard_normal((50, 3)))[0][:, :2].T
    a, c = a - a.mean(), c - c.mean()
    b = a / np.linalg.norm(a) + c / np.linalg.norm(c)
    assert effective_trials(np.stack([a, b, c], axis=1), 3).clusters == 2
    assert effective_trials(np.stack([b, a, c], axis=1), 3, alike=0.6).clusters == 1


def test_series_that_stand_still_are_one():
    r = np.random.default_rng(4).standard_normal((100, 2)) * 0.01
    still = np.array([0.0, 0.0, 1e-4, -0.3]) * np.ones((100, 1))
    assert effective_trials(np.hstack([still, r, still]), 12).clusters == 3
    alone = effective_trials(still, 6)
    assert (alone.clusters, alone.effective, alone.mean_correlation) == (1, 3, None)
    # what is missing counts as 0
    holes = r.copy()
    holes[3:9, 0] = [math.nan, math.inf, -math.inf, math.nan, math.nan, math.nan]
    filled = np.nan_to_num(holes, posinf=0, neginf=0)
    assert effective_trials(holes, 2) == effective_trials(filled, 2)
    wild = np.array([[1e300, 0.1], [-1e300, 0.2], [1e300, -0.1]])
    assert effective_trials(wild, 2).clusters == 2


def test_without_series_every_trial_counts():
    found = effective_trials(np.empty((0, 0)), 7)
    assert (found.measured, found.clusters, found.effective) == (0, 0, 7)
    assert effective_trials(np.empty((0, 3)), 7).effective == 5


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ParamError, match="count all trials"):
        effective_trials(np.zeros((10, 3)), 2)
    for alike in (0.0, -0.5, 1.1, math.nan):
        with pytest.raises(ParamError, match="correlation of like trials"):
            effective_trials(np.zeros((10, 3)), 3, alike=alike)
