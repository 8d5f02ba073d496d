"""Rolling volatility against the library of Python itself."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ParamError
from engine.stats.performance import performance
from engine.stats.series import rolling_sharpe, rolling_volatility

RETURNS = st.lists(st.integers(-3000, 3000).map(lambda x: x / 10_000), max_size=120)


@given(RETURNS, st.integers(2, 30))
def test_rolling_volatilities_equal_plain_python(r, window):
    found = rolling_volatility(np.array(r), window, 252.0).tolist()
    expected = [
        math.nan if t + 1 < window else stats.stdev(r[t + 1 - window : t + 1]) * math.sqrt(252)
        for t in range(len(r))
    ]
    assert found == pytest.approx(expected, nan_ok=True, rel=1e-8, abs=1e-12)
    rows = np.arange(0, len(r), 3) - 1
    some = rolling_volatility(np.array(r), window, 252.0, rows).tolist()
    assert np.array_equal(some, [math.nan if i < 0 else found[i] for i in rows], equal_nan=True)


def test_a_window_over_everything_is_the_metric():
    net = np.random.default_rng(4).normal(0.001, 0.01, 200)
    metrics = performance(net, 12.0)
    assert rolling_volatility(net, 200, 12.0)[-1] == pytest.approx(metrics.ann_vol)
    assert rolling_sharpe(net, 200, 12.0)[-1] == pytest.approx(metrics.ann_sharpe)


def test_returns_that_do_not_vary_have_a_volatility_of_0_and_no_ratio():
    assert rolling_volatility(np.full(5, 0.1), 3, 252.0)[2:].tolist() == [0, 0, 0]
    assert np.isnan(rolling_sharpe(np.full(5, 0.1), 3, 252.0)).all()


def test_a_rolling_window_of_one_is_refused():
    with pytest.raises(ParamError, match="rolling figure is 1; choose 2 or more"):
        rolling_volatility(np.zeros(5), 1, 252.0)
