"""The leak scan: what knows the future is told, what does not is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.quality_panels import Market, kinds

LEAKS = ("leak", "lead_copy", "period_dated")


def returns(market: Market) -> np.ndarray:
    close = market.features["close"]
    moves = np.full(close.shape, np.nan)
    moves[1:] = close[1:] / close[:-1] - 1
    return moves


def ahead(values: np.ndarray, dates: int) -> np.ndarray:
    """The values of later dates."""
    later = np.full(values.shape, np.nan)
    later[:-dates] = values[dates:]
    return later


def common(moves: np.ndarray) -> np.ndarray:
    """Mean move of all symbols [dates x 1], a missing one counted as none."""
    return np.nan_to_num(moves).mean(axis=1, keepdims=True)


def told(market: Market, **options: int) -> list[tuple[str, str, str]]:
    found = market.inspect(**options).findings
    return [(each.kind, each.column, each.severity) for each in found if each.kind in LEAKS]


def next_return(m: Market):
    return ahead(returns(m), 1)


def noisy_next_return(m: Market):
    return ahead(returns(m), 1) + 0.05 * m.rng.normal(size=m.features["close"].shape)


def return_after_next(m: Market):
    return ahead(returns(m), 2) * np.exp(0.1 * m.rng.normal(size=m.features["close"].shape))


def tomorrows_close(m: Market):
    return ahead(m.features["close"], 1) * (1 + 0.001 * m.rng.normal(size=returns(m).shape))


def sum_of_five_later(m: Market):
    return sum(ahead(returns(m), k) for k in range(1, 6))


def next_market_return(m: Market):
    return np.repeat(ahead(common(returns(m)), 1), len(m.symbols), axis=1)


def tomorrows_index(m: Market):
    index = np.cumprod(1 + common(returns(m)), axis=0)
    return np.repeat(ahead(index, 1), len(m.symbols), axis=1)


@pytest.mark.parametrize(
    "plant",
    [
        next_return,
        noisy_next_return,
        return_after_next,
        tomorrows_close,
        sum_of_five_later,
        next_market_return,
        tomorrows_index,
    ],
)
def test_a_column_that_knows_later_returns_is_told(plant):
    market = Market(5)
    market.features["x"] = plant(market)
    assert {(kind, column) for kind, column, _ in told(market)} == {("leak", "x")}


def test_a_leak_without_doubt_is_an_error():
    market = Market(5)
    market.features["x"] = ahead(returns(market), 1)
    assert told(market) == [("leak", "x", "error")]


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), strength=st.sampled_from([0.0, 0.03]))
def test_honest_columns_are_left_alone(seed, strength):
    market = Market(seed)
    rng = np.random.default_rng(seed)
    moves = returns(market)
    market.features["noise"] = rng.normal(size=moves.shape)
    market.features["today"] = moves
    market.features["reversal"] = -moves + 0.3 * rng.normal(size=moves.shape)
    weak = strength * ahead(moves, 1) / np.nanstd(moves)
    market.features["skilled"] = weak + rng.normal(size=moves.shape)
    market.features["macro_vix"] = np.repeat(-common(moves), 30, axis=1)
    assert told(market) == []


def test_prices_that_bounce_between_bid_and_offer_know_nothing():
    market = Market(5)
    market.features["close"] *= np.exp(0.02 * market.rng.normal(size=(700, 30)))
    market.features["today"] = returns(market)
    assert told(market) == []


def test_a_few_symbols_are_compared_over_time():
    market = Market(5, symbols=4)
    market.features["x"] = ahead(returns(market), 1)
    assert told(market) == [("leak", "x", "warning")]


def test_the_future_beyond_the_open_dates_is_not_looked_at():
    market = Market(5)
    market.features["x"] = ahead(returns(market), 1)
    market.features["x"][:400] = np.random.default_rng(0).normal(size=(400, 30))
    assert told(market, open_rows=400) == []
    assert told(market, open_rows=700) != []


@settings(max_examples=8)
@given(seed=st.integers(0, 1000), open_rows=st.integers(60, 600))
def test_the_leak_scan_says_the_same_whatever_comes_later(seed, open_rows):
    market = Market(4)
    market.features["x"] = ahead(returns(market), 1)
    before = [each for each in market.inspect(open_rows=open_rows).findings if each.kind in LEAKS]
    rng = np.random.default_rng(seed)
    for name, values in market.features.items():
        if name in ("x", "pe", "mom", "macro_rate"):
            values[open_rows:] = rng.normal(size=values[open_rows:].shape)
    after = [each for each in market.inspect(open_rows=open_rows).findings if each.kind in LEAKS]
    assert before == after


def test_a_series_that_is_ahead_of_its_published_twin_is_told():
    market = Market(5)
    market.features["macro_early"] = ahead(market.features["macro_rate"], 10)
    (found,) = [each for each in market.inspect().findings if each.kind in LEAKS]
    assert (found.kind, found.column, found.severity) == ("lead_copy", "macro_early", "warning")
    assert "10 dates earlier" in found.message


@pytest.mark.parametrize("name", ["pe_lag5", "pe_delayed"])
def test_a_column_that_is_named_as_delayed_is_only_a_note(name):
    market = Market(5)
    market.features[name] = market.features["pe"].copy()
    market.features[name][5:] = market.features["pe"][:-5]
    market.features[name][:5] = np.nan
    many = [(kind, severity) for kind, _, severity in told(market, open_rows=700) if kind in LEAKS]
    assert many in ([], [("lead_copy", "info")])  # pe changes rarely: not enough of it is no proof


def test_a_delayed_copy_of_the_price_is_nothing():
    market = Market(5)
    market.features["before"] = np.full((700, 30), np.nan)
    market.features["before"][1:] = market.features["close"][:-1]
    assert told(market) == []


def test_the_open_of_generated_data_may_be_the_close_before():
    market = Market(5)
    market.features["open"][1:] = market.features["close"][:-1]
    market.features["last"] = market.features["close"].copy()
    assert told(market) == []


def test_a_column_that_is_ahead_of_the_prices_is_an_error():
    market = Market(5)
    market.features["x"] = ahead(market.features["close"], 1)
    assert ("lead_copy", "x", "error") in told(market)


def test_statistics_that_stand_at_their_month_are_told():
    market = Market(5, dates=1000)
    months = market.dates.astype("datetime64[M]").astype(int)
    levels = np.random.default_rng(0).normal(size=months[-1] + 1)
    market.features["macro_cpi"] = np.repeat(levels[months][:, None], 30, axis=1)
    assert told(market, open_rows=1000) == [("period_dated", "macro_cpi", "warning")]


def test_a_column_with_the_number_of_the_month_is_no_statistic():
    market = Market(5, dates=1000)
    months = market.dates.astype("datetime64[M]").astype(int) % 12 + 1.0
    market.features["month"] = np.repeat(months[:, None], 30, axis=1)
    assert "period_dated" not in kinds(market.inspect(open_rows=1000))
