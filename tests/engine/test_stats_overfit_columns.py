"""Deflated Sharpe ratios of whole columns, against the single ones; luck without skill."""

from __future__ import annotations

import json
import math
import statistics as stats

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.stats.overfit import _normal_cdf as phi
from engine.stats.overfit import (
    deflated,
    deflated_column,
    dsr,
    expected_max,
    min_trl,
    psr,
    raw_moments,
    sample,
    zero_skill_best,
)
from engine.stats.performance import performance

RETURNS = st.lists(st.integers(-500, 500).map(lambda x: x / 10_000), min_size=1, max_size=30)


def column(name, metrics):
    return np.array([getattr(m, name) for m in metrics], dtype=np.float64)  # None is NaN


@given(
    st.lists(RETURNS, min_size=1, max_size=8),
    st.lists(st.floats(-3, 3), min_size=2, max_size=5),
    st.integers(1, 100_000),
    st.sampled_from([12.0, 252.0]),
)
def test_a_column_equals_its_runs(runs, sharpes, trials, periods):
    metrics = [performance(r, periods) for r in runs]
    names = ("ann_sharpe", "n", "skew", "kurtosis")
    found = deflated_column(
        *(column(name, metrics) for name in names), trials, stats.stdev(sharpes), periods
    )
    singles = [deflated(np.array(r), sharpes, trials, periods).probability for r in runs]
    expected = [  # without bias-corrected moments there is nothing to go by
        math.nan if one is None or len(r) < 4 else one for one, r in zip(singles, runs, strict=True)
    ]
    assert found == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)


@given(RETURNS)
def test_raw_moments_are_those_of_the_sample(r):
    metrics, moments = performance(r), sample(r)
    g3, g4 = (float(x) for x in raw_moments(column("skew", [metrics])[0],
              column("kurtosis", [metrics])[0], len(r)))  # fmt: skip
    if moments is None or len(r) < 4:
        assert math.isnan(g4)
    else:
        assert (g3, g4) == pytest.approx((moments.skew, moments.kurt), abs=1e-9)


def test_each_run_may_have_trials_of_its_own():
    sharpe, n = np.array([1.0, 1.0, 1.5, math.nan]), np.array([500, 500, 900, 500])
    trials = np.array([[10], [1000], [1], [math.nan]])
    found = deflated_column(sharpe, n, 0.1, 2.0, trials, 0.5, 252.0)
    assert found.shape == (4, 4)
    assert np.isnan(found[2:]).all()  # the best of one is no choice
    assert np.isnan(found[:, 3]).all()
    assert (found[0, :3] > found[1, :3]).all()
    alone = deflated_column(1.5, 900, 0.1, 2.0, 1000, 0.5, 252.0)
    assert alone.shape == ()
    assert alone == found[1, 2]
    assert deflated_column([], [], [], [], [], 0.5, 252.0).shape == (0,)
    # moments that no sample has, and no dispersion
    assert np.isnan(deflated_column(252.0, 100, 9.0, 0.0, 10, 0.5, 252.0))
    assert np.isnan(deflated_column(1.0, 100, 0.0, 0.0, 10, math.nan, 252.0))


def test_the_normal_distribution_is_exact():
    z = np.concatenate([np.linspace(-38, 38, 20_001), [0.0, -0.0, 1e-300]])
    exact = np.array([stats.NormalDist().cdf(x) for x in z])
    assert np.abs(phi(z) - exact).max() < 1e-15
    # its lower tail keeps its digits: 6.22e-16 and 2.75e-89, from tables
    tail = phi(np.array([-8.0, -20.0]))
    assert tail == pytest.approx(np.array([6.220960574271785e-16, 2.7536241186062337e-89]))
    assert phi(np.array([-np.inf, np.inf, np.nan])) == pytest.approx([0, 1, math.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("trials", "expected"), [(10, 0.70), (50, 1.01), (100, 1.13), (1000, 1.46), (10_000, 1.73)]
)
def test_the_best_of_trials_without_skill(trials, expected):
    # five years of 252 days
    found = zero_skill_best(trials, 1260, 252.0)
    assert found == pytest.approx(expected, abs=0.01)
    assert found == pytest.approx(expected_max(trials, math.sqrt(1 / 5)), abs=1e-12)


def test_the_best_of_trials_without_skill_is_what_happens():
    rng = np.random.default_rng(1)
    best = []
    for _ in range(60):
        r = rng.standard_normal((252, 100))
        best.append((r.mean(axis=0) / r.std(axis=0, ddof=1)).max() * math.sqrt(252))
    assert zero_skill_best(100, 252, 252.0) == pytest.approx(stats.fmean(best), abs=0.15)
    assert zero_skill_best(1, 252, 252.0) is None
    assert zero_skill_best(10, 0, 252.0) is None


@pytest.mark.parametrize(
    ("n", "skew", "kurt", "sr", "error"),
    [(134, -0.2250, 2.9570, 0.7079, 0.1028), (134, -1.4455, 7.0497, 0.8183, 0.1550)],
)
def test_the_standard_error_of_the_paper(n, skew, kurt, sr, error):
    # the probability of a ratio 0.1 below is that of 0.1 in standard errors
    z = stats.NormalDist().inv_cdf(psr(sr, sr - 0.1, n, skew, kurt))
    assert 0.1 / z == pytest.approx(error, abs=5e-5)


def test_the_examples_of_the_papers_as_kept_outside(shared_data):
    oracle = json.loads((shared_data / "oracle/oracle_overfit.json").read_text())
    paper = {row["name"]: row["recomputed"] for row in oracle["paper_examples"]}
    daily, sd = 2.5 / math.sqrt(250), math.sqrt(0.5 / 250)
    mine = {
        "DSR example": dsr(daily, 1250, -3, 10, 100, sd),
        "DSR SR0": expected_max(100, sd),
        "DSR N=46": dsr(daily, 1250, -3, 10, 46, sd),
        "DSR normal N=88": dsr(daily, 1250, 0, 3, 88, sd),
        "E[max] N=100": expected_max(100, 1.0),
        "E[max] N=10": expected_max(10, 1.0),
        "MinBTL N=45": expected_max(45, 1.0) ** 2,
        "PSR non-normal": psr(1.585 / math.sqrt(12), 0, 24, -2.448, 10.164),
        "MinTRL daily": min_trl(2 / math.sqrt(250), 1 / math.sqrt(250), 0, 3) / 250,
        "MinTRL weekly": min_trl(2 / math.sqrt(52), 1 / math.sqrt(52), 0, 3) / 52,
        "MinTRL monthly non-normal": (
            min_trl(3 / math.sqrt(12), 2.5 / math.sqrt(12), -0.72, 5.78) / 12
        ),
    }
    assert mine == pytest.approx({name: paper[name] for name in mine}, abs=1e-9)


def test_real_trials_from_their_returns(shared_data):
    oracle = json.loads((shared_data / "oracle/oracle_overfit.json").read_text())["real_trials"]
    trials = pl.read_parquet(shared_data / "oracle/oracle_trials_returns.parquet")
    by_name = {name: part["ret"].to_numpy() for (name,), part in trials.group_by("trial")}
    sharpes = {name: sample(r).sr for name, r in by_name.items()}
    assert sharpes == pytest.approx(oracle["all_sr"], abs=1e-9)
    annual = [sr * math.sqrt(252) for sr in sharpes.values()]
    best = by_name[oracle["best"]]
    found = deflated(best, annual, 64, 252.0)
    assert (found.probability, found.psr, found.min_trl_days) == pytest.approx(
        (oracle["dsr_N64"], oracle["psr0"], oracle["min_trl_95"]), abs=1e-9
    )
    assert found.expected_best / math.sqrt(252) == pytest.approx(oracle["sr0_N64"], abs=1e-9)
    assert deflated(best, annual, oracle["n_independent_rubenbriones"], 252.0).probability == (
        pytest.approx(oracle["dsr_Nind"], abs=1e-9)
    )
    metrics = performance(best)
    column = deflated_column(
        [metrics.ann_sharpe], [metrics.n], [metrics.skew], [metrics.kurtosis], 64,
        found.dispersion, 252.0,
    )  # fmt: skip
    assert column[0] == pytest.approx(oracle["dsr_N64"], abs=1e-9)
