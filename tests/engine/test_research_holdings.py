"""What a run held, against the same summed up from each of its days."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams
from engine.errors import ParamError
from engine.panel import Panel
from engine.research.explain import Holding, Holdings, explain, holdings
from tests.engine.test_research_explain import NAN, NODE, day, random_run, small


def slow_holdings(panel: Panel, signal: np.ndarray, params: BookParams, points: int) -> Holdings:
    """Everything from the explanations of all days, one name at a time."""
    dates = [d for d in panel.dates.tolist() if (params.start or d) <= d <= (params.end or d)]
    days = [explain(panel, NODE, params, date) for date in dates]
    last, steps = len(dates) - 1, min(points, len(dates)) - 1
    kept = [round(last * k / steps) for k in range(steps + 1)] if steps else [last]
    since = [range(a, b + 1) for a, b in zip([0, *(k + 1 for k in kept)], kept, strict=False)]
    weights = {s: [] for s in panel.symbols}
    earned = dict.fromkeys(panel.symbols, 0.0)
    shares = []
    for each in days:
        sizes = []
        for name in each.names:
            earned[name.symbol] += name.net
            if name.after:
                weights[name.symbol].append(name.after / (1 + each.gross))
                sizes.append(abs(name.after))
        shares.append(max(sizes) / sum(sizes) if sizes else None)
    found = [
        Holding(
            symbol=symbol,
            group=slow_group(panel, symbol, dates[-1]),
            mean_weight=stats.fmean(held),
            largest_weight=next(w for w in held if abs(w) * (1 + 1e-9) >= max(map(abs, held))),
            days=len(held),
            contribution=earned[symbol],
        )
        for symbol, held in weights.items()
        if held
    ]
    return Holdings(
        dates=[dates[k] for k in kept],
        gross_exposure=[days[k].gross_exposure for k in kept],
        net_exposure=[days[k].net_exposure for k in kept],
        names=[days[k].held for k in kept],
        turnover=[stats.fmean(days[t].turnover for t in span) for span in since],
        cost=[stats.fmean(days[t].cost + days[t].borrow for t in span) for span in since],
        largest_share=[shares[k] for k in kept],
        best=tuple(sorted((h for h in found if h.contribution > 0), key=rank)[:10]),
        worst=tuple(sorted((h for h in found if h.contribution < 0), key=rank)[::-1][:10]),
        names_traded=len(found),
        coverage=slow_coverage(panel, signal, dates),
    )


def rank(holding: Holding) -> tuple[float, str]:
    return -holding.contribution, holding.symbol


def slow_group(panel, symbol, last):
    column = panel.symbols.index(symbol)
    codes = panel.codes("sector")[: panel.dates.tolist().index(last) + 1, column].tolist()
    known = [code for code in codes if code >= 0]
    return "abc"[known[-1]] if known else None


def slow_coverage(panel, signal, dates):
    shares = []
    for date in dates:
        t = panel.dates.tolist().index(date)
        members = np.flatnonzero(panel.universe()[t])
        if len(members):
            shares.append(sum(math.isfinite(signal[t, i]) for i in members) / len(members))
    return stats.fmean(shares) if shares else None


def assert_alike(found, expected, where="") -> None:
    """Equal Structs, numbers to rounding."""
    if isinstance(expected, float) and found is not None:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), where
    elif isinstance(expected, Holding | Holdings):
        for name in expected.__struct_fields__:
            assert_alike(getattr(found, name), getattr(expected, name), f"{where}.{name}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), where
        for i, (left, right) in enumerate(zip(found, expected, strict=True)):
            assert_alike(left, right, f"{where}[{i}]")
    else:
        assert found == expected, where


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
def test_holdings_sum_up_the_days(seed, points):
    panel, signal, params = random_run(seed)
    found = holdings(panel, NODE, params, points)
    assert_alike(found, slow_holdings(panel, signal, params, points))


def test_holdings_by_hand():
    """A 50 % long doubles, B 25 % short halves; weights are set again on the second date."""
    panel = small([[1.0, 4.0, 1.0], [2.0, 2.0, 1.0]], [[0.5, -0.25, NAN], [0.5, -0.25, NAN]])
    found = holdings(panel, NODE, BookParams(cap=0.5, cost_bps=0.0))
    a, b = 0.5, 0.125
    assert found == Holdings(
        dates=[day(1), day(2)],
        gross_exposure=[0.75, 0.75],
        net_exposure=[0.25, 0.25],
        names=[2.0, 2.0],
        turnover=[0.75, pytest.approx((1 - 0.5 * 1.625 + 0.25 * 1.625 - 0.125) / 1.625)],
        cost=[0.0, 0.0],
        largest_share=[pytest.approx(2 / 3), pytest.approx(2 / 3)],
        best=(
            Holding(
                symbol="A", group=None, mean_weight=0.5, largest_weight=0.5, days=2, contribution=a
            ),
            Holding(
                symbol="B", group=None, mean_weight=-0.25, largest_weight=-0.25, days=2,
                contribution=b,
            ),
        ),
        worst=(),
        names_traded=2,
        coverage=pytest.approx(2 / 3),
    )  # fmt: skip


def test_names_without_a_price_need_no_signal():
    panel = small([[1.0, NAN], [1.0, 1.0]], [[0.1, NAN], [0.1, NAN]])
    assert holdings(panel, NODE, BookParams()).coverage == pytest.approx(0.75)
    nothing = holdings(small([[NAN]], [[NAN]]), NODE, BookParams())
    assert (nothing.coverage, nothing.largest_share, nothing.best) == (None, [None], ())


def test_no_point_is_too_few():
    with pytest.raises(ParamError, match="0 points were asked for; choose 1 or more"):
        holdings(small([[1.0]], [[0.1]]), NODE, BookParams(), 0)
