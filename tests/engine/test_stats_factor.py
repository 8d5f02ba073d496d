"""A signal as a predictor, against loops over dates and names in plain Python."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest

from engine.errors import DataError, ParamError
from engine.panel import Panel
from engine.stats.factor import Factor, correlation, factor, newey_west_t, rank_correlation

DATES, NAMES = 60, 14


def make_panel(seed=0, *, member=False) -> Panel:
    rng = np.random.default_rng(seed)
    price = np.exp(np.cumsum(rng.normal(0, 0.03, (DATES, NAMES)), axis=0))
    price[rng.random(price.shape) < 0.05] = np.nan
    features = {"close": price}
    if member:
        features["member"] = (rng.random(price.shape) < 0.9) * 1.0
    days = np.datetime64("2024-01-01") + np.arange(DATES)
    return Panel.from_arrays("factor", days, [f"S{i:02d}" for i in range(NAMES)], features)


def make_signal(panel, seed=1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    signal = np.round(rng.normal(0, 1, panel.shape), 1)  # ties
    signal[rng.random(panel.shape) < 0.05] = np.nan
    return signal


def average_ranks(values):
    return [sum(b < a for b in values) + (values.count(a) - 1) / 2 for a in values]


def slow_pairs(panel, signal, days, lag):
    """Per date the signal and forward return of every name that has both."""
    prices, member = panel.prices(), panel.universe()
    for t in range(DATES):
        buy, sell = t + lag - 1, t + lag - 1 + days
        pairs = []
        for i in range(NAMES):
            inside = buy >= 0 and sell < DATES and (member is None or member[t, i])
            if inside and not any(
                math.isnan(x) for x in (signal[t, i], prices[buy, i], prices[sell, i])
            ):
                pairs.append((signal[t, i], prices[sell, i] / prices[buy, i] - 1))
        yield pairs if len(pairs) >= 10 else []


def slow_ic(panel, signal, days, lag, *, ranked):
    result = []
    for pairs in slow_pairs(panel, signal, days, lag):
        if not pairs:
            result.append(None)
            continue
        x, y = map(list, zip(*pairs, strict=True))
        if ranked:
            x, y = average_ranks(x), average_ranks(y)
        result.append(stats.correlation(x, y))
    return result


def slow_quantiles(panel, signal, days, lag):
    result = []
    for pairs in slow_pairs(panel, signal, days, lag):
        buckets = [[] for _ in range(5)]
        if pairs:
            ranks = average_ranks([x for x, _ in pairs])
            for rank, (_, y) in zip(ranks, pairs, strict=True):
                buckets[min(int(rank / (len(pairs) - 1) * 5), 4)].append(y)
        result.append([stats.fmean(b) if b else None for b in buckets])
    return result


def known(values):
    return [v for v in values if v is not None]


@pytest.mark.parametrize("lag", [0, 1, 3])
@pytest.mark.parametrize("member", [False, True])
def test_daily_coefficients_and_quantiles_equal_the_loops(lag, member):
    panel = make_panel(member=member)
    signal = make_signal(panel)
    found = factor(signal, panel, (1, 5), lag=lag)
    for horizon in found.horizons:
        days = horizon.days
        assert horizon.ic.daily == pytest.approx(
            slow_ic(panel, signal, days, lag, ranked=False), abs=1e-12
        )
        assert horizon.rank_ic.daily == pytest.approx(
            slow_ic(panel, signal, days, lag, ranked=True), abs=1e-12
        )
        expected = slow_quantiles(panel, signal, days, lag)
        for row, slow in zip(horizon.quantiles.daily, expected, strict=True):
            assert row == pytest.approx(slow, abs=1e-12)
        spreads = [
            None if row[0] is None or row[-1] is None else row[-1] - row[0] for row in expected
        ]
        assert horizon.quantiles.spread_daily == pytest.approx(spreads, abs=1e-12)
        assert horizon.quantiles.spread == pytest.approx(stats.fmean(known(spreads)))
        assert horizon.quantiles.means == pytest.approx(
            [stats.fmean(known(column)) for column in zip(*expected, strict=True)]
        )


def test_a_coefficient_is_summed_up_by_mean_icir_and_t():
    panel = make_panel()
    found = factor(make_signal(panel), panel, (1,)).horizons[0].rank_ic
    x = known(found.daily)
    icir = stats.fmean(x) / stats.stdev(x)
    assert (found.n, found.mean, found.sd, found.icir, found.t) == pytest.approx(
        (len(x), stats.fmean(x), stats.stdev(x), icir, icir * math.sqrt(len(x)))
    )


def test_t_allows_for_overlapping_horizons_after_newey_and_west():
    x = [0.1, 0.3, 0.2, -0.1, 0.0, 0.4]
    n, mean = len(x), stats.fmean(x)

    def autocovariance(j):
        return sum((x[i] - mean) * (x[i - j] - mean) for i in range(j, n)) / (n - 1)

    variance = autocovariance(0) + 2 * (2 / 3 * autocovariance(1) + 1 / 3 * autocovariance(2))
    assert newey_west_t(np.array(x), 2) == pytest.approx(mean / math.sqrt(variance / n))


def test_decay_and_rank_autocorrelation_equal_the_loops():
    panel, signal = make_panel(), make_signal(make_panel())
    found = factor(signal, panel)
    decay = [stats.fmean(known(slow_ic(panel, signal, h, 1, ranked=True))) for h in range(1, 21)]
    assert found.decay == pytest.approx(decay, abs=1e-12)
    steady = []
    for today, before in zip(signal[1:].tolist(), signal[:-1].tolist(), strict=True):
        pairs = [
            (a, b)
            for a, b in zip(today, before, strict=True)
            if not math.isnan(a) and not math.isnan(b)
        ]
        x, y = map(list, zip(*pairs, strict=True))
        steady.append(stats.correlation(average_ranks(x), average_ranks(y)))
    assert found.rank_autocorrelation_daily == [None, *(pytest.approx(v) for v in steady)]
    assert found.rank_autocorrelation == pytest.approx(stats.fmean(steady))


def test_the_coming_return_predicts_itself_perfectly_and_that_of_today_does_not():
    panel = make_panel()
    prices = panel.prices()
    tomorrow = np.full(panel.shape, np.nan)
    tomorrow[:-1] = prices[1:] / prices[:-1] - 1
    found = factor(tomorrow, panel, (1,)).horizons[0]
    assert (found.ic.mean, found.rank_ic.mean, found.rank_ic.t) == (
        pytest.approx(1),
        pytest.approx(1),
        None,
    )
    assert found.quantiles.monotonicity == pytest.approx(1)
    late = factor(tomorrow, panel, (1,), lag=2).horizons[0]
    assert abs(late.rank_ic.mean) < 0.2


def test_a_rank_correlation_ignores_how_the_signal_is_spaced():
    panel, signal = make_panel(), make_signal(make_panel())
    forward = np.random.default_rng(2).normal(0, 1, panel.shape)
    np.testing.assert_array_equal(
        rank_correlation(signal, forward), rank_correlation(np.exp(3 * signal), forward)
    )


def test_what_is_undefined_is_none():
    panel = make_panel()
    empty = factor(np.full(panel.shape, np.nan), panel, (1,))
    flat = factor(np.ones(panel.shape), panel, (1,))
    for found in (empty, flat):
        assert isinstance(found, Factor)
        coefficient = found.horizons[0].rank_ic
        assert (coefficient.mean, coefficient.icir, coefficient.t, coefficient.n) == (
            None,
            None,
            None,
            0,
        )
        assert (found.decay, found.rank_autocorrelation) == ([None] * 20, None)
    assert flat.horizons[0].quantiles.spread is None
    few = make_signal(panel)
    few[:, 9:] = np.nan
    assert known(factor(few, panel, (1,)).horizons[0].ic.daily) == []


def test_a_constant_row_has_no_correlation():
    x = np.full((1, 12), 0.1)
    assert np.isnan(correlation(x, np.arange(12.0)[None])).all()


@pytest.mark.parametrize(
    ("horizons", "lag", "message"),
    [
        ((0,), 1, "The horizon is 0; choose 1 to 2520 dates."),
        ((1,), 21, "The execution lag is 21; choose 0 to 20 dates."),
    ],
)
def test_parameters_out_of_range_are_refused(horizons, lag, message):
    panel = make_panel()
    with pytest.raises(ParamError) as refusal:
        factor(make_signal(panel), panel, horizons, lag=lag)
    assert refusal.value.message == message


def test_a_signal_of_another_shape_is_refused():
    with pytest.raises(DataError) as refusal:
        factor(np.ones((2, 2)), make_panel())
    assert refusal.value.message == (
        "The signal has shape (2, 2); the panel has 60 dates and 14 symbols."
    )
