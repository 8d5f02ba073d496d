"""Probabilities about Sharpe ratios, against the examples of the papers and plain Python."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.stats.overfit import (
    Deflated,
    Sample,
    deflated,
    dsr,
    expected_max,
    min_trl,
    psr,
    sample,
)
from engine.stats.performance import performance

Z = stats.NormalDist()
RETURNS = st.lists(st.integers(-500, 500).map(lambda x: x / 10_000), min_size=3, max_size=40)


@pytest.mark.parametrize(
    ("trials", "skew", "kurt", "expected"),
    [
        (100, -3.0, 10.0, 0.9003968344493903),
        (46, -3.0, 10.0, 0.9505017068755787),
        (88, 0.0, 3.0, 0.9504908166760139),
    ],
)
def test_the_deflated_ratio_of_the_paper(trials, skew, kurt, expected):
    # annual SR 2.5 over 1250 days of years of 250, variance of the trials' annual SR 1/2
    found = dsr(2.5 / math.sqrt(250), 1250, skew, kurt, trials, math.sqrt(0.5 / 250))
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("n", "sd", "expected"),
    [
        (10, 1.0, 1.57459830134575),
        (100, 1.0, 2.5306028932016846),
        (100, math.sqrt(0.5 / 250), 0.11317200186513214),
        (45, 1.0, math.sqrt(4.998087004443404)),  # "no more than 45 for 5 years"
    ],
)
def test_the_expected_maximum_of_the_papers(n, sd, expected):
    assert expected_max(n, sd) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("sr", "skew", "kurt", "expected", "digits"),
    [
        (1.585 / math.sqrt(12), -2.448, 10.164, 0.9132343068848602, 1e-12),
        (0.458, -2.448, 10.164, 0.913, 5e-4),
        (0.458, 0.0, 3.0, 0.982, 5e-4),
    ],
)
def test_the_probabilistic_ratio_of_the_paper(sr, skew, kurt, expected, digits):
    assert psr(sr, 0.0, 24, skew, kurt) == pytest.approx(expected, abs=digits)


@pytest.mark.parametrize(
    ("sr", "sr0", "year", "skew", "kurt", "years"),
    [
        (0.7079 * math.sqrt(12), 0.0, 12, -0.2250, 2.9570, 0.7152),
        (0.8183 * math.sqrt(12), 0.0, 12, -1.4455, 7.0497, 1.1593),
        (2.0, 1.0, 250, 0.0, 3.0, 2.731187801728176),
        (2.0, 1.0, 52, 0.0, 3.0, 2.828833586945237),
        (3.0, 2.5, 12, -0.72, 5.78, 27.3529201960403),
    ],
)
def test_the_minimum_track_record_of_the_paper(sr, sr0, year, skew, kurt, years):
    root = math.sqrt(year)
    assert min_trl(sr / root, sr0 / root, skew, kurt) / year == pytest.approx(years, abs=5e-5)


def test_real_trials():
    # 64 spreads on 1216 days of one data set; moments and results of an independent program
    sr, n, skew, kurt = 0.08857542310817847, 1216, -0.1172853294809979, 6.961220756454467
    sd = 0.041054372232956944
    assert expected_max(64, sd) == pytest.approx(0.09727373815630809, abs=1e-12)
    assert psr(sr, 0.0, n, skew, kurt) == pytest.approx(0.9988706668705435, abs=1e-12)
    assert dsr(sr, n, skew, kurt, 64, sd) == pytest.approx(0.38212562125662797, abs=1e-12)
    assert min_trl(sr, 0.0, skew, kurt) == pytest.approx(353.46283806593425, abs=1e-9)


def slow_sample(r):
    n, mean, p = len(r), stats.fmean(r), stats.pstdev(r)
    z = [(x - mean) / p for x in r]
    return Sample(
        sr=mean / stats.stdev(r), n=n,
        skew=sum(x**3 for x in z) / n, kurt=sum(x**4 for x in z) / n,
    )  # fmt: skip


@given(RETURNS)
def test_moments_equal_plain_python(r):
    found = sample(r)
    if len(set(r)) == 1:
        assert found is None
        return
    expected = slow_sample(r)
    names = Sample.__struct_fields__
    assert [getattr(found, name) for name in names] == pytest.approx(
        [getattr(expected, name) for name in names], rel=1e-8, abs=1e-8
    )


@given(RETURNS, st.lists(st.floats(-3, 3), min_size=2, max_size=20), st.integers(2, 10_000))
def test_the_deflated_ratio_equals_its_parts(r, sharpes, trials):
    found = deflated(np.array(r), sharpes, trials, 252.0)
    dispersion = stats.stdev(sharpes)
    assert found.trials == trials
    assert found.dispersion == pytest.approx(dispersion, abs=1e-12)
    assert found.expected_best == pytest.approx(expected_max(trials, dispersion), abs=1e-12)
    moments = sample(r)
    if moments is None:
        assert (found.probability, found.psr, found.min_trl_days) == (None, None, None)
        return
    sr, n, skew, kurt = moments.sr, moments.n, moments.skew, moments.kurt
    sd = dispersion / math.sqrt(252)
    assert found.probability == pytest.approx(dsr(sr, n, skew, kurt, trials, sd), abs=1e-9)
    assert found.psr == psr(sr, 0.0, n, skew, kurt)
    assert found.min_trl_days == min_trl(sr, 0.0, skew, kurt)
    assert sr * math.sqrt(252) == pytest.approx(performance(r).ann_sharpe)


@given(st.lists(st.floats(-1e300, 1e300), max_size=20))
def test_wild_returns_give_finite_numbers_or_none(r):
    found = deflated(np.array(r), [0.5, 1.0], 10, 252.0)
    values = (found.probability, found.psr, found.min_trl_days)
    assert all(value is None or math.isfinite(value) for value in values)


def test_what_is_undefined_is_none():
    r = np.array([0.01, -0.02, 0.03, 0.01])
    alone = deflated(r, [], 1, 252.0)
    assert (alone.probability, alone.expected_best, alone.dispersion) == (None, None, None)
    assert alone.psr > 0.5
    one = deflated(r, [1.0, math.nan], 5, 252.0)
    assert (one.probability, one.expected_best, one.dispersion) == (None, None, None)
    assert deflated(np.zeros(50), [1.0, 2.0], 5, 252.0) == Deflated(
        probability=None,
        expected_best=expected_max(5, math.sqrt(0.5)),
        trials=5,
        dispersion=pytest.approx(math.sqrt(0.5)),
        psr=None,
        min_trl_days=None,
    )
    assert expected_max(1, 1.0) is None
    assert dsr(0.1, 100, 0.0, 3.0, 1, 0.1) is None
    assert psr(0.1, 0.0, 1, 0.0, 3.0) is None
    assert psr(1.0, 0.0, 100, 2.0, 1.0) is None  # no sample has such moments
    assert min_trl(0.1, 0.1, 0.0, 3.0) is None
    assert sample([math.nan, 0.1]) is None


@given(st.floats(-0.5, 0.5), st.integers(2, 5000), st.floats(-3, 3), st.floats(0, 10))
def test_more_trials_and_more_scatter_make_it_less_likely(sr, n, skew, above):
    kurt = 1 + skew**2 + above
    few, many = (dsr(sr, n, skew, kurt, trials, 0.05) for trials in (2, 200))
    wide = dsr(sr, n, skew, kurt, 200, 0.1)
    if few is not None:
        assert 0 <= wide <= many <= few <= psr(sr, 0.0, n, skew, kurt) <= 1


@given(st.floats(0.01, 0.5), st.floats(-3, 3), st.floats(0.01, 10))
def test_the_minimum_track_record_has_a_probability_of_95_percent(sr, skew, above):
    kurt = 1 + skew**2 + above
    n = min_trl(sr, 0.0, skew, kurt)
    spread = 1 - skew * sr + (kurt - 1) / 4 * sr**2
    assert Z.cdf(sr * math.sqrt(n - 1) / math.sqrt(spread)) == pytest.approx(0.95)
