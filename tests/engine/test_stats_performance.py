"""Metrics against hand-worked values, plain Python and the properties they must have."""

from __future__ import annotations

import dataclasses
import math
import statistics as stats
import time

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, backtest_signal
from engine.stats.performance import CONVENTIONS, Metrics, performance
from tests.engine.test_book import random_panel, random_signal

TRADING = [
    "turnover",
    "holding_period",
    "cost_drag",
    "break_even_bps",
    "gross_exposure",
    "net_exposure",
    "names",
    "fitness",
    "margin",
]
OF_RETURNS = [name for name in Metrics.__struct_fields__ if name not in TRADING]


@dataclasses.dataclass
class Traded:
    """Daily series of a run of four dates."""

    gross: np.ndarray
    cost: np.ndarray
    borrow: np.ndarray
    turnover: np.ndarray
    gross_exposure: np.ndarray
    net_exposure: np.ndarray
    names: np.ndarray


def as_dict(metrics: Metrics) -> dict[str, float]:
    """The metrics that are defined."""
    return {
        name: value for name, value in msgspec.structs.asdict(metrics).items() if value is not None
    }


def percentile(ordered, share):
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] * (1 - (place - low)) + ordered[high] * (place - low)


def slow_metrics(r: list[float], a: float) -> dict[str, float]:
    """Every metric of a return series that varies, by the words of its convention."""
    n, mean, sd = len(r), stats.fmean(r), stats.stdev(r)
    value, peak, falls, line = 1.0, 1.0, [], []
    for x in r:
        value *= 1 + x
        peak = max(peak, value)
        falls.append(value / peak - 1)
        line.append(math.log(value))
    z = [(x - mean) / stats.pstdev(r) for x in r]
    gains, losses = sum(x for x in r if x > 0), -sum(x for x in r if x < 0)
    ordered = sorted(r)
    annual = value ** (a / n) - 1
    p5, p95 = percentile(ordered, 0.05), percentile(ordered, 0.95)
    g1, g2 = stats.fmean(x**3 for x in z), stats.fmean(x**4 for x in z) - 3
    return {
        "n": n,
        "total_return": value - 1,
        "ann_return": annual,
        "ann_vol": sd * math.sqrt(a),
        "ann_sharpe": mean / sd * math.sqrt(a),
        "sortino": mean * a / (math.sqrt(stats.fmean(min(x, 0) ** 2 for x in r)) * math.sqrt(a)),
        "max_dd": min(falls),
        "calmar": annual / abs(min(falls)),
        "var_95": p5,
        "cvar_95": stats.fmean(ordered[: math.floor((n - 1) * 0.05) + 1]),
        "skew": g1 * math.sqrt(n * (n - 1)) / (n - 2),
        "kurtosis": (n - 1) / (n - 2) / (n - 3) * ((n + 1) * g2 + 6),
        "tail_ratio": abs(p95 / p5),
        "hit_rate": sum(x > 0 for x in r) / sum(x != 0 for x in r),
        "profit_factor": gains / losses,
        "omega": gains / losses,
        "stability": stats.correlation(range(n), line) ** 2,
        "ulcer": math.sqrt(stats.fmean(x * x for x in falls)),
        "best_day": max(r),
        "worst_day": min(r),
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "periods"), [(10, 252), (20, 52.0), (260, 365)])
def test_metrics_equal_their_plain_python_formulas(seed, n, periods):
    r = np.random.default_rng(seed).normal(0.0005, 0.01, n)
    r[3] = 0.0
    found = as_dict(performance(r, periods))
    assert set(found) == set(OF_RETURNS)
    assert found == pytest.approx(slow_metrics(r.tolist(), periods), rel=1e-9)


def test_metrics_of_four_days_by_hand():
    found = as_dict(performance([0.1, -0.1, 0.0, 0.2], 4))
    expected = {
        "n": 4,
        "total_return": 0.188,
        "ann_return": 0.188,
        "ann_vol": 2 * math.sqrt(0.05 / 3),
        "ann_sharpe": 2 * 0.05 / math.sqrt(0.05 / 3),
        "sortino": 0.05 * 4 / (0.05 * 2),
        "max_dd": -0.1,
        "calmar": 1.88,
        "var_95": -0.085,
        "cvar_95": -0.1,
        "skew": 0.0,
        "kurtosis": -1.2,
        "tail_ratio": 0.185 / 0.085,
        "hit_rate": 2 / 3,
        "profit_factor": 3.0,
        "omega": 3.0,
        "ulcer": 0.1 / math.sqrt(2),
        "best_day": 0.2,
        "worst_day": -0.1,
    }
    assert found.pop("stability") == pytest.approx(
        stats.correlation(range(4), [math.log(v) for v in (1.1, 0.99, 0.99, 1.188)]) ** 2
    )
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_loss_on_the_first_day_is_a_drawdown():
    assert performance([-0.02, 0.05]).max_dd == pytest.approx(-0.02)


def test_trading_metrics_by_hand():
    daily = Traded(
        gross=np.array([9.0, 0.0, 0.02, 0.04]),
        cost=np.array([9.0, 0.001, 0.0, 0.002]),
        borrow=np.array([9.0, 0.0, 0.0, 0.003]),
        turnover=np.array([9.0, 1.0, 0.0, 0.5]),
        gross_exposure=np.array([9.0, 1.0, 1.2, 0.8]),
        net_exposure=np.array([9.0, 0.1, -0.1, 0.3]),
        names=np.array([9.0, 2.0, 2.0, 5.0]),
    )
    net = np.array([-0.001, 0.02, 0.035])
    found = performance(net, 250, daily=daily, first=1)
    ret = 2 * 250 * 0.018
    assert {name: getattr(found, name) for name in TRADING} == pytest.approx(
        {
            "turnover": 0.5,
            "holding_period": 2.0,
            "cost_drag": 0.5,
            "break_even_bps": 1e4 * 0.057 / (1 + 0.5 * 1.04),
            "gross_exposure": 1.0,
            "net_exposure": 0.1,
            "names": 3.0,
            "fitness": found.ann_sharpe * math.sqrt(ret / 0.5),
            "margin": 0.036,
        }
    )


def test_fitness_takes_a_turnover_of_an_eighth_at_least():
    daily = Traded(*np.full((7, 3), 0.01))
    net = np.array([0.01, -0.02, 0.03])
    found = performance(net, daily=daily)
    assert found.fitness == pytest.approx(found.ann_sharpe * math.sqrt(2 * 252 * 0.02 / 3 / 0.125))


def test_trading_at_the_break_even_cost_earns_nothing():
    panel = random_panel(seed=3, dates=400, names=6)
    signal = panel.returns() + 0.4 * random_signal(panel)
    signal[:-1] = signal[1:]  # knows a little of tomorrow, so that there is something to pay with

    def run(bps):
        backtest = backtest_signal(panel, signal, BookParams(sizing="gross", cap=1, cost_bps=bps))
        return performance(backtest.daily.net, daily=backtest.daily)

    free = run(0.0)
    assert free.break_even_bps > 5
    assert abs(run(free.break_even_bps).ann_sharpe) < 0.01 < free.ann_sharpe


@pytest.mark.parametrize(
    ("returns", "defined"),
    [
        ([], {"n"}),
        ([math.nan, math.inf], {"n"}),
        (
            [0.01],
            {
                "n", "total_return", "ann_return", "max_dd", "var_95", "cvar_95", "tail_ratio",
                "hit_rate", "ulcer", "best_day", "worst_day",
            },
        ),
        (
            [0.01] * 30,
            {
                "n", "total_return", "ann_return", "ann_vol", "max_dd", "var_95", "cvar_95",
                "tail_ratio", "hit_rate", "stability", "ulcer", "best_day", "worst_day",
            },
        ),
        (
            [0.0] * 30,
            {
                "n", "total_return", "ann_return", "ann_vol", "max_dd", "var_95", "cvar_95",
                "ulcer", "best_day", "worst_day",
            },
        ),
    ],
)  # fmt: skip
def test_what_is_undefined_is_none(returns, defined):
    found = as_dict(performance(returns))
    assert set(found) == defined
    assert all(math.isfinite(value) for value in found.values())


def test_a_ruined_run_has_lost_everything():
    found = performance([0.1, -1.0, 0.0, 0.0])
    assert (found.total_return, found.ann_return, found.max_dd) == (-1.0, -1.0, -1.0)
    assert found.stability is None


def test_a_run_that_never_trades_has_no_metrics():
    daily = Traded(*np.zeros((7, 5)))
    assert performance(np.empty(0), daily=daily, first=None) == Metrics(n=0.0)


def test_missing_returns_are_absent():
    r = np.random.default_rng(0).normal(0, 0.01, 50)
    holes = np.insert(r, [3, 10, 50], [math.nan, math.inf, -math.inf])
    assert performance(holes) == performance(r)


SERIES = st.lists(st.integers(-5000, 5000).map(lambda x: x / 10_000), max_size=60)
WILD = st.lists(st.floats(-1e300, 1e300), max_size=30)
SCALE_FREE = [
    "ann_sharpe",
    "sortino",
    "skew",
    "kurtosis",
    "tail_ratio",
    "hit_rate",
    "profit_factor",
    "omega",
]
PATH_FREE = [name for name in OF_RETURNS if name not in {"max_dd", "calmar", "ulcer", "stability"}]


def chosen(metrics, names):
    return {name: value for name, value in metrics.items() if name in names}


@given(SERIES, st.sampled_from([0.5, 2.0]))
def test_ratios_do_not_depend_on_the_size_of_the_bets(r, factor):
    a, b = as_dict(performance(r)), as_dict(performance([x * factor for x in r]))
    assert chosen(a, SCALE_FREE) == pytest.approx(chosen(b, SCALE_FREE), rel=1e-9, abs=1e-9)


@given(SERIES, st.randoms())
def test_only_drawdowns_and_stability_depend_on_the_order_of_the_days(r, random):
    a, b = as_dict(performance(r)), as_dict(performance(random.sample(r, len(r))))
    assert chosen(a, PATH_FREE) == pytest.approx(chosen(b, PATH_FREE), rel=1e-8, abs=1e-9)


@given(WILD)
def test_no_metric_is_ever_infinite(r):
    assert all(math.isfinite(value) for value in as_dict(performance(r)).values())


def test_every_metric_states_its_convention():
    assert set(CONVENTIONS) == set(Metrics.__struct_fields__)
    assert all(text[0].isupper() and text.endswith(".") for text in CONVENTIONS.values())


def test_ten_years_are_measured_in_half_a_millisecond():
    daily = backtest_signal(
        panel := random_panel(dates=2500, names=2), random_signal(panel), BookParams()
    ).daily
    best = math.inf
    for _ in range(30):
        start = time.perf_counter()
        performance(daily.net, daily=daily)
        best = min(best, time.perf_counter() - start)
    assert best < 0.5e-3
