"""Outcomes of candidates: identity and what is kept of their days."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl
import pytest

from engine.book import BookParams, Daily, backtest_signal
from engine.dsl.parse import Names, parse
from engine.evaluate.run import evaluate
from engine.strategy import assess, describe, pack_daily, run_id, run_spec, unpack_daily
from engine.train import TrainParams
from tests.panels import random_panel

PANEL = random_panel(dates=120, symbols=12)
NAMES = Names(features=frozenset({"close"}))
NODE = parse("cs_zscore(close / lag(close, 5))", NAMES)


def backtest(**params):
    return backtest_signal(PANEL, evaluate(PANEL, NODE), BookParams(**params))


def test_stored_days_come_back_net_returns_to_the_bit():
    daily = backtest(borrow_bps=200.0).daily
    frame = unpack_daily(pack_daily(daily))
    assert frame["net"].to_numpy().tobytes() == daily.net.tobytes()
    assert frame["date"].to_list() == daily.dates.tolist()
    for name in ("gross", "cost", "borrow", "turnover", "equity"):
        np.testing.assert_allclose(frame[name], getattr(daily, name), rtol=1e-6, atol=1e-9)
    assert frame.schema["gross"] == pl.Float64


def test_equal_series_give_equal_bytes():
    assert pack_daily(backtest().daily) == pack_daily(backtest().daily)


def test_an_outcome_is_what_its_backtest_measures():
    outcome = assess(PANEL, NODE, evaluate(PANEL, NODE), BookParams())
    assert outcome == describe(PANEL, NODE, backtest())
    assert outcome.sharpe == outcome.metrics.ann_sharpe
    assert (outcome.tradable, outcome.ruined, outcome.error) == (True, False, None)


def test_metrics_start_with_the_first_trade():
    late = backtest(execution_lag=10)
    assert late.first_trade > 9
    outcome = describe(PANEL, NODE, late)
    assert outcome.metrics.n == len(late.daily.net) - late.first_trade


@pytest.mark.parametrize(
    "changed",
    [
        {"params": BookParams(cap=0.06)},
        {"price": "volume"},
        {"lags": {"close": 1}},
        {"fingerprint": "f" * 64},
        {"last_date": PANEL.dates[-2].astype(object)},
        {"kernels": "other"},
        {"engine_version": 99},
    ],
)
def test_everything_that_changes_a_number_changes_the_identity(changed):
    spec = run_spec(PANEL, BookParams())
    other = msgspec.structs.replace(spec, **changed)
    assert run_id("abc", spec) == run_id("abc", run_spec(PANEL, BookParams()))
    assert run_id("abc", other) != run_id("abc", spec)
    assert run_id("abd", spec) != run_id("abc", spec)


def test_the_complexity_limit_is_no_part_of_the_identity():
    assert run_spec(PANEL, TrainParams(limit_score=3.0)) == run_spec(PANEL, BookParams())


def test_the_identity_knows_the_lags():
    assert run_spec(PANEL.with_lags({"price": 3}), BookParams()).lags == {
        "close": 3,
        "sector": 3,
        "volume": 3,
    }


@pytest.mark.parametrize("length", [1, 2, 700])
def test_any_run_of_dates_comes_back(length):
    rng = np.random.default_rng(length)
    dates = np.datetime64("1999-01-04") + np.cumsum(rng.integers(1, 400, length))
    series = {name: rng.normal(size=length) for name in Daily.__struct_fields__[1:]}
    daily = Daily(dates=dates, **(series | {"borrow": np.zeros(length)}))
    frame = unpack_daily(pack_daily(daily))
    assert frame["date"].to_list() == dates.tolist()
    assert frame["net"].to_numpy().tobytes() == daily.net.tobytes()
    assert frame["borrow"].to_list() == [0.0] * length
