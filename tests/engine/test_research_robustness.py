"""A strategy under other assumptions: each run against one that is made by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.book import BookParams, backtest_signal
from engine.dsl.tree import to_text
from engine.errors import CancelledError, DataError
from engine.evaluate.run import evaluate
from engine.research.assumptions import best_names, case, contributions, metrics_of
from engine.research.robustness import robustness
from engine.stats.performance import performance
from engine.strategy import ENGINE_VERSION, Outcome, assess, traded_returns
from tests.engine.research_panels import HINT, expression, hinted_panel

PARAMS = BookParams(sizing="gross", cap=0.3, cost_bps=4.0, borrow_bps=100.0, max_stale=3)


def never():
    return False


def table(panel, text=HINT, params=PARAMS):
    return robustness(panel, expression(panel, text), params)[0]


def figures(variants, group):
    return {
        v.label: (v.ann_sharpe, v.ann_return, v.max_dd, v.turnover)
        for v in variants
        if v.group == group
    }


def by_hand(panel, text=HINT, params=PARAMS, **changes):
    """Metrics of the expression evaluated and traded on `panel` with other parameters."""
    given_params = BookParams(
        **{**{f: getattr(params, f) for f in BookParams.__struct_fields__}, **changes}
    )
    node = expression(panel, text)
    metrics = assess(panel, node, evaluate(panel, node), given_params).metrics
    return metrics.ann_sharpe, metrics.ann_return, metrics.max_dd, metrics.turnover


def approx(figure):
    return pytest.approx(figure, rel=1e-9, abs=1e-12)


def test_later_trading_other_costs_and_delistings_are_runs_of_their_own():
    panel = hinted_panel()
    found = table(panel).variants
    assert figures(found, "lag") == {
        "lag 2": by_hand(panel, execution_lag=2),
        "lag 3": by_hand(panel, execution_lag=3),
    }
    assert figures(found, "costs") == {
        f"costs x {k}": by_hand(panel, cost_bps=4.0 * k, borrow_bps=100.0 * k) for k in range(4)
    }
    assert figures(found, "delisting") == {
        "delisting return 0 %": by_hand(panel),
        "delisting return -30 %": by_hand(panel, delisting_return=-0.3),
        "delisting return -100 %": by_hand(panel, delisting_return=-1.0),
    }
    assert len({v.ann_sharpe for v in found if v.group == "delisting"}) == 3


def test_the_table_begins_with_the_strategy_itself():
    panel = hinted_panel()
    found = table(panel)
    itself = found.ann_sharpe, found.ann_return, found.max_dd, found.turnover
    assert itself == by_hand(panel) == figures(found.variants, "costs")["costs x 1"]
    assert found.engine_version == ENGINE_VERSION
    assert [group.group for group in found.groups] == [
        "lag", "costs", "neighbours", "periods", "universe", "days", "names", "delisting",
    ]  # fmt: skip
    assert {v.kept for v in found.variants if v.label == "costs x 1"} == {1.0}


def test_costs_of_the_data_set_are_multiplied_and_missing_ones_are_those_of_the_run():
    bps = np.tile([2.0, np.nan, 30.0] * 4, (90, 1))
    panel = hinted_panel(commission_bps=bps)
    doubled = hinted_panel(commission_bps=np.where(np.isnan(bps), 8.0, 2 * bps))
    found = figures(table(panel).variants, "costs")
    assert found["costs x 2"] == by_hand(doubled, borrow_bps=200.0)
    assert found["costs x 1"] == by_hand(panel)


def test_a_part_of_the_dates_is_a_third_of_those_from_the_first_trade_on():
    panel = hinted_panel(dates=92)
    found = figures(table(panel).variants, "periods")
    day = dt.date(2024, 1, 1)  # the mean of five hints exists from the fifth date on
    spans = [(4, 33), (34, 62), (63, 91)]
    expected = {}
    for a, b in spans:
        start, end = day + dt.timedelta(a), day + dt.timedelta(b)
        expected[f"{start} to {end}"] = by_hand(panel, start=start, end=end)
    assert found == expected


def test_the_best_days_are_left_out_of_the_series():
    panel = hinted_panel()
    node = expression(panel)
    net = traded_returns(backtest_signal(panel, evaluate(panel, node), PARAMS)).tolist()
    for _ in range(5):
        net.remove(max(net))
    metrics = performance(net)
    assert figures(table(panel).variants, "days") == {
        "without the 5 best days": (metrics.ann_sharpe, metrics.ann_return, metrics.max_dd, None)
    }


@pytest.mark.parametrize("text", [HINT, "ts_mean(hint, 5)", "group_zscore(hint, sector)"])
def test_a_narrower_universe_is_a_panel_without_the_other_names(text):
    panel = hinted_panel()
    found = figures(table(panel, text).variants, "universe")
    sector = (np.arange(12) % 4) ** 2 % 3
    keeps = {
        "every other name": np.arange(12) % 2 == 0,
        "the other half of the names": np.arange(12) % 2 == 1,
        "without mines": sector != 0,
        "without banks": sector != 1,
    }
    assert list(found) == list(keeps)
    for label, keep in keeps.items():
        assert found[label] == approx(by_hand(hinted_panel(keep=keep), text))


def test_contributions_add_up_to_the_gross_returns_and_decide_who_is_best():
    panel = hinted_panel()
    params = BookParams(sizing="gross", cap=0.3, max_stale=2, delisting_return=-0.6)
    it = case(panel, expression(panel), params, never)
    total = slow_account(panel, it.signal, params)
    assert contributions(it).tolist() == pytest.approx(total, abs=1e-12)
    assert sum(total) == pytest.approx(it.backtest.daily.gross.sum(), abs=1e-12)
    assert best_names(it).tolist() == sorted(range(12), key=lambda i: -total[i])[:5]
    keep = ~np.isin(np.arange(12), best_names(it))
    (found,) = figures(table(panel, params=params).variants, "names").values()
    assert found == approx(by_hand(hinted_panel(keep=keep), params=params))


def slow_account(panel, signal, params):
    """Contribution of each name, by a loop over dates and names; lag 1, daily books."""
    dates, names = panel.shape
    returns, prices = panel.returns().tolist(), panel.prices()
    equity, held, waited, total = 1.0, [0.0] * names, [0] * names, [0.0] * names
    for t in range(dates):
        moves = [0.0 if np.isnan(r) else r for r in returns[t]]
        gone = []
        for i in range(names):
            waited[i] = waited[i] + 1 if held[i] and np.isnan(prices[t, i]) else 0
            if waited[i] > params.max_stale:
                gone.append(i)
                moves[i] = params.delisting_return
        total = [c + q * r / equity for c, q, r in zip(total, held, moves, strict=True)]
        drifted = [q * (1 + r) for q, r in zip(held, moves, strict=True)]
        worth = equity + sum(q * r for q, r in zip(held, moves, strict=True))
        book = wanted(signal[t].tolist(), params)
        held = [
            0.0 if i in gone else drifted[i] if np.isnan(prices[t, i]) else book[i] * worth
            for i in range(names)
        ]
        traded = sum(abs(a - b) for a, b in zip(held, drifted, strict=True))
        equity = worth - traded * params.cost_bps / 1e4
    return total


def wanted(signal, params):
    """The book of a signal sized "gross": scaled, the excess over the cap spread over the rest."""
    size = [0.0 if np.isnan(x) else abs(x) for x in signal]
    full = set()
    while True:
        rest = sum(x for i, x in enumerate(size) if i not in full)
        scale = (params.max_lev - len(full) * params.cap) / rest if rest else 0.0
        more = {i for i, x in enumerate(size) if i not in full and x * scale >= params.cap}
        if not more:
            break
        full |= more
    return [
        0.0 if np.isnan(x) else np.copysign(params.cap if i in full else abs(x) * scale, x)
        for i, x in enumerate(signal)
    ]


def test_the_neighbours_are_trials_of_their_own():
    panel = hinted_panel()
    node = expression(panel)
    found, outcomes = robustness(panel, node, PARAMS)
    texts = ["cs_zscore(ts_mean(hint, 4))", "cs_zscore(ts_mean(hint, 6))"]
    nodes = [expression(panel, text) for text in texts]
    assert outcomes == tuple(assess(panel, each, evaluate(panel, each), PARAMS) for each in nodes)
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
    variants = [v for v in found.variants if v.group == "neighbours"]
    assert [v.expr for v in variants] == [to_text(each) for each in nodes]
    assert figures(found.variants, "neighbours") == {
        "ts_mean: 5 to 4 days": by_hand(panel, texts[0]),
        "ts_mean: 5 to 6 days": by_hand(panel, texts[1]),
    }


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from(["raw", "gross"]), st.sampled_from([0.0, 3.0, 20.0]))
def test_a_run_at_its_break_even_cost_earns_nothing(seed, sizing, bps):
    panel = hinted_panel(seed, noise=0.3)
    params = BookParams(sizing=sizing, cap=0.3, cost_bps=bps)
    even = table(panel, params=params).break_even_bps
    if even is None or even < 0:
        return
    again = backtest_signal(
        panel, evaluate(panel, expression(panel)), BookParams(sizing=sizing, cap=0.3, cost_bps=even)
    )
    assert abs(metrics_of(panel, again).ann_sharpe) < 0.01


def test_a_strategy_that_cannot_be_run_is_an_error():
    panel = hinted_panel(commission_bps=np.full((90, 12), -1.0))
    with pytest.raises(DataError) as refusal:
        table(panel)
    assert "must be 0 or more" in refusal.value.message


@pytest.mark.parametrize("looks", [0, 1, 3, 5, 40, 100])
def test_the_work_stops_soon_after_it_is_called_off(looks):
    panel, asked = hinted_panel(), []

    def cancel():
        asked.append(True)
        return len(asked) > looks

    with pytest.raises(CancelledError):
        robustness(panel, expression(panel), PARAMS, cancel)
    assert len(asked) == looks + 1


def test_a_table_is_the_same_every_time():
    panel = hinted_panel()
    node = expression(panel)
    assert robustness(panel, node, PARAMS) == robustness(panel, node, PARAMS)
