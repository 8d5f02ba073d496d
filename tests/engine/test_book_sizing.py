"""From a signal to a target book: limits, water-filling, smoothing, neutralization."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book import BookParams, backtest_signal, backtest_weights
from engine.panel import Panel
from tests.engine.test_book import (
    FREE,
    NAN,
    books_of,
    panel_of,
    random_panel,
    random_signal,
    series,
)


def test_raw_sizing_clips_then_scales_down_and_never_up():
    assert books_of([0.5, -0.9, 0.1, NAN], cap=0.4).tolist() == [
        pytest.approx([0.4, -0.4, 0.1, 0.0])
    ]
    assert books_of([0.5, -0.9, 0.1], max_lev=0.75).tolist() == [pytest.approx([0.25, -0.45, 0.05])]


def test_gross_sizing_spreads_the_excess_of_capped_names_in_proportion():
    # 8:4:2:2 of 1 is .5 .25 .125 .125; .2 over the cap goes 2:1:1 to the others, and so on.
    book = books_of([8, -4, 2, 2], sizing=1, cap=0.3)
    assert book.tolist() == [pytest.approx([0.3, -0.3, 0.2, 0.2])]


SIGNALS = st.lists(
    st.one_of(
        st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: abs(x) > 1e-6),
        st.just(0.0),
    ),
    min_size=1,
    max_size=40,
)
LIMITS = {"cap": st.floats(0.01, 1), "max_lev": st.floats(0.1, 3)}


@given(x=SIGNALS, **LIMITS)
def test_water_filling_uses_the_whole_leverage_unless_every_name_is_at_the_cap(x, cap, max_lev):
    (w,) = books_of(x, sizing=1, cap=cap, max_lev=max_lev)
    names = np.count_nonzero(x)
    assert np.abs(w).sum() == pytest.approx(min(max_lev, cap * names), rel=1e-12)
    assert np.abs(w).max() <= cap
    assert (np.sign(w) == np.sign(x)).all()


@given(x=SIGNALS, **LIMITS)
def test_water_filling_keeps_the_order_of_the_names(x, cap, max_lev):
    (w,) = books_of(x, sizing=1, cap=cap, max_lev=max_lev)
    assert (np.diff(np.abs(w)[np.argsort(np.abs(x), kind="stable")]) >= 0).all()


@given(x=SIGNALS, **LIMITS)
def test_water_filling_a_filled_book_changes_nothing(x, cap, max_lev):
    once = books_of(x, sizing=1, cap=cap, max_lev=max_lev)
    np.testing.assert_allclose(
        books_of(once, sizing=1, cap=cap, max_lev=max_lev), once, rtol=1e-12, atol=0
    )


@given(x=SIGNALS, sizing=st.integers(0, 1), **LIMITS)
def test_no_book_exceeds_cap_or_leverage(x, sizing, cap, max_lev):
    (w,) = books_of(x, sizing=sizing, cap=cap, max_lev=max_lev)
    assert np.abs(w).max() <= cap
    assert np.abs(w).sum() <= max_lev * (1 + 1e-12)


def test_smoothing_mixes_with_the_book_before_and_starts_from_nothing():
    book = books_of([[1.0], [1.0], [0.0]], alpha=0.25)
    assert book.tolist() == [[0.25], [0.4375], [0.328125]]


def test_smoothing_remembers_the_dates_before_the_start_of_the_run():
    panel = panel_of([[1.0]] * 4)
    signal = np.array([[1.0], [1.0], [0.0], [0.0]])
    params = BookParams(smooth_ema=0.25, start=dt.date(2024, 1, 3), **FREE)
    backtest = backtest_signal(panel, signal, params)
    assert backtest.daily.gross_exposure.tolist() == pytest.approx([0.328125, 0.24609375])


def test_market_neutral_books_have_no_net_exposure():
    panel = random_panel()
    backtest = backtest_signal(
        panel, random_signal(panel), BookParams(neutralize="market", sizing="gross", **FREE)
    )
    assert np.abs(backtest.daily.net_exposure).max() < 1e-12


def test_neutral_within_a_category_leaves_nothing_to_names_alone_or_without_group():
    panel = Panel.from_arrays(
        "sectors",
        ["2024-01-01"],
        list("ABCDE"),
        {"close": np.ones((1, 5))},
        {"sector": ([[0, 0, 1, -1, -1]], ("x", "y"))},
    )
    backtest = backtest_signal(
        panel,
        np.array([[0.3, 0.1, 0.7, 0.2, 0.4]]),
        BookParams(neutralize="sector", **FREE),
    )
    assert backtest.daily.gross_exposure.tolist() == pytest.approx([0.2])
    assert backtest.daily.names.tolist() == [2.0]


def test_names_outside_the_universe_are_not_held():
    member = np.array([[1.0, 0.0], [0.0, 1.0]])
    panel = panel_of([[1.0, 1.0]] * 2, member=member)
    assert panel.universe_column == "member"
    backtest = backtest_signal(panel, np.ones((2, 2)), BookParams(**FREE))
    assert backtest.daily.names.tolist() == [1.0, 1.0]
    assert backtest.daily.turnover.tolist() == [1.0, 2.0]


def test_weights_of_a_signal_run_come_to_the_same_as_the_signal():
    panel = random_panel()
    signal = random_signal(panel)
    params = BookParams(sizing="gross", cap=0.2, smooth_ema=0.5, execution_lag=2)
    books = books_of(signal, sizing=1, cap=0.2, alpha=0.5)
    a = backtest_signal(panel, signal, params)
    b = backtest_weights(panel, books, np.ones(len(panel.dates), dtype=bool), params)
    assert series(a) == series(b)
