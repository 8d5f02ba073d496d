"""Other libraries' figures against the libraries' own numbers, BRAIN's against plain loops."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.stats.conventions import CHOICES, profile, unit
from engine.stats.performance import CONVENTIONS, Metrics, performance
from tests.engine.return_series import SERIES, student
from tests.engine.test_stats_performance import Traded

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "conventions.json").read_text(encoding="utf-8")
)
RETURNS = st.lists(
    st.floats(-1, 1)
    | st.sampled_from([0.0, 0.01, -0.01, -1.0, 5e-324, -1e-200, 1e300, math.nan, math.inf]),
    max_size=40,
)


def values(net, convention, **rest):
    return {each.name: each.value for each in profile(np.array(net), convention, **rest).figures}


def known(figures):
    return {name: value for name, value in figures.items() if value is not None}


def traded(n, seed=1):
    rng = np.random.default_rng(seed)
    columns = rng.uniform(0.1, 1.0, (7, n))
    return Traded(*columns)


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("library", ["quantstats", "empyrical"])
def test_every_figure_is_the_librarys_own(library, series):
    """None stands for a NaN, an infinity or a division by zero of the library."""
    wanted = GOLDEN["series"][series][library]
    found = values(SERIES[series], library)
    assert known(found) == pytest.approx(known(wanted), rel=1e-10, abs=0)
    assert set(found) == set(wanted)


def test_returns_that_do_not_vary_have_no_ratio():
    """The libraries divide by what rounding left: quantstats finds a Sharpe ratio of 1e16."""
    for level in (0.0, 0.01, 0.1, -0.003):
        for n in (3, 10, 260):
            net = [level] * n
            assert values(net, "quantstats")["sharpe"] is None
            assert values(net, "quantstats")["skew"] is None
            assert values(net, "quantstats")["serenity_index"] is None
            assert values(net, "empyrical")["sharpe_ratio"] is None
            assert values(net, "empyrical")["kurtosis"] is None


def test_the_versions_are_those_the_profiles_name():
    for library, package in (("quantstats", "quantstats"), ("empyrical", "empyrical-reloaded")):
        source = profile(np.zeros(3), library).source
        assert source.startswith(f"{package} {GOLDEN['versions'][package]}, ")


def test_periods_annualise_as_the_libraries_do():
    net = SERIES["t5_260"]
    year, week = (values(net, "quantstats", periods=a) for a in (252, 52))
    assert week["sharpe"] == pytest.approx(year["sharpe"] * math.sqrt(52 / 252))
    assert week["cagr"] == pytest.approx((1 + year["comp"]) ** (52 / 260) - 1)
    assert week["rar"] == year["rar"], "it forgets to hand the periods on"
    year, week = (values(net, "empyrical", periods=a) for a in (252, 52))
    assert week["downside_risk"] == pytest.approx(year["downside_risk"] * math.sqrt(52 / 252))


def test_the_default_is_performance():
    net, daily = np.array(SERIES["t5_50"]), traded(50)
    for rest in ({}, {"daily": daily, "first": 0}):
        found = profile(net, "default", **rest)
        assert [each.name for each in found.figures] == list(Metrics.__struct_fields__)
        for each in found.figures:
            assert each.value == getattr(performance(net, **rest), each.name)
            assert (each.metric, each.formula, each.note) == (each.name, CONVENTIONS[each.name], "")
            assert each.unit == unit(each.name)


def slow_brain(net, turnover, periods=252):
    """One day after the other, on a book of 20 million of which half counts as invested."""
    book = 20e6
    total, high, deepest, traded_value = 0.0, 0.0, 0.0, 0.0
    for r, t in zip(net, turnover, strict=True):
        total += r * book
        traded_value += t * book
        high = max(high, total)
        deepest = max(deepest, high - total)
    n, mean = len(net), sum(net) / len(net)
    sharpe = mean / math.sqrt(sum((r - mean) ** 2 for r in net) / (n - 1)) * math.sqrt(periods)
    returns = total / n * periods / (book / 2)
    share = traded_value / n / book
    return {
        "pnl": total / book,
        "sharpe": sharpe,
        "turnover": share,
        "returns": returns,
        "drawdown": deepest / (book / 2),
        "fitness": sharpe * math.sqrt(abs(returns) / max(share, 0.125)),
        "margin": 1e4 * total / traded_value,
    }


@pytest.mark.parametrize("n", [2, 3, 50, 1000])
@pytest.mark.parametrize("level", [0.02, 1.0])
def test_brain_is_a_book_of_constant_size(n, level):
    net, daily = student(n, n), traded(n + 5)
    daily.turnover = daily.turnover * level
    found = values(net, "brain", daily=daily, first=5)
    assert found == pytest.approx(slow_brain(net, daily.turnover[5:]), rel=1e-10)


def test_the_margin_of_a_row_of_brain():
    """Returns 5.98 %, turnover 42.9 %: the site shows a margin of 2.75 per ten thousand."""
    daily = traded(4)
    daily.turnover = np.full(4, 0.429)
    found = values([0.0598 / 504] * 4, "brain", daily=daily)
    assert found["returns"] == pytest.approx(0.0598)
    assert found["margin"] == pytest.approx(2.75, abs=0.02)


def test_brain_without_trades_knows_returns_alone():
    found = values([0.01, -0.03, 0.01], "brain")
    assert [name for name, value in found.items() if value is None] == [
        "turnover",
        "fitness",
        "margin",
    ]
    assert found["drawdown"] == pytest.approx(0.06)
    assert values([-0.01, 0.02], "brain")["drawdown"] == pytest.approx(0.02), "from 0 on"
    assert values([0.01, 0.02], "brain")["drawdown"] == 0


@pytest.mark.parametrize("convention", CHOICES)
@given(net=RETURNS)
def test_a_figure_is_finite_or_none(convention, net):
    found = profile(np.array(net), convention, daily=traded(len(net)) if net else None)
    for each in found.figures:
        assert each.value is None or math.isfinite(each.value), each.name
    assert found == profile(
        np.array([r for r in net if math.isfinite(r)]),
        convention,
        daily=traded(len(net)) if net else None,
    ), "what is not finite is absent"


@pytest.mark.parametrize("convention", CHOICES)
def test_figures_are_named_once_and_explain_themselves(convention):
    found = profile(np.array(SERIES["t5_50"]), convention)
    assert found.convention == convention
    names = [each.name for each in found.figures]
    metrics = [each.metric for each in found.figures if each.metric]
    assert len(set(names)) == len(names)
    assert len(set(metrics)) == len(metrics)
    assert set(metrics) <= set(Metrics.__struct_fields__)
    for each in found.figures:
        assert each.formula.endswith(".")
        assert not each.note or (each.note.endswith(".") and each.metric)


@pytest.mark.parametrize("convention", ["quantstats", "empyrical", "brain"])
def test_a_figure_without_a_note_is_the_default(convention):
    """On series that trade every day; what is undefined may differ there."""
    for name in ("t5_1000", "first_day_loss", "zeros", "wild"):
        net = np.array(SERIES[name])
        rest = {"daily": traded(len(net))}
        usual = performance(net, **rest)
        for each in profile(net, convention, **rest).figures:
            if each.metric and not each.note:
                assert each.value == pytest.approx(getattr(usual, each.metric), rel=1e-10), each
            elif each.metric and "no day moved" not in each.note:
                assert each.value != pytest.approx(getattr(usual, each.metric), rel=1e-10), each
