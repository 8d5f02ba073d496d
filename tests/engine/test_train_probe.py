"""What is equivalent, and what is not worth a backtest."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import msgspec
import numpy as np
import pytest

from engine.book import target_books
from engine.dsl.parse import Names, parse
from engine.dsl.tree import expr_hash, lookback, to_text
from engine.evaluate.run import evaluate
from engine.panel import Panel
from engine.train import Phase, Result, TrainConfig, TrainParams, draw, train
from engine.train.drawing import Sieve
from engine.train.probe import DATES, SYMBOLS, Probe
from engine.train.rejecting import fault, reason_of
from tests.panels import random_panel

PANEL = random_panel(dates=200, symbols=14)
RAW = TrainParams()
GROSS = TrainParams(sizing="gross", cap=1.0)


def tree(text, panel=PANEL):
    return parse(text, Names.of(panel))


def kept(texts, params, panel=PANEL):
    """The texts that are not merged into an earlier one."""
    sieve = Sieve(panel, TrainConfig(params=params))
    nodes = {to_text(tree(text, panel)): text for text in texts}
    found = [nodes[to_text(node)] for node in sieve.distinct([tree(t, panel) for t in texts])]
    assert sieve.rejected == Counter(equivalent=len(texts) - len(found)) or found == list(texts)
    return found


@pytest.mark.parametrize(
    ("texts", "params", "expected"),
    [
        (("cs_zscore(close)", "cs_zscore(close * 3)"), RAW, 1),
        (("cs_demean(cs_rank(close))", "cs_demean(cs_rank(log(close)))"), RAW, 1),
        (("cs_zscore(close) * 0.001", "cs_zscore(close) * 0.003"), GROSS, 1),
        (("cs_zscore(close) * 0.001", "cs_zscore(close) * 0.003"), RAW, 2),
        (("cs_zscore(close)", "cs_zscore(close) * -3"), GROSS, 2),
        (("cs_zscore(close)", "cs_zscore(volume)", "cs_zscore(-close)"), GROSS, 3),
        (("cs_rank(close)", "cs_rank(close) + 0.5"), GROSS, 2),
    ],
)
def test_equivalent_is_what_makes_the_same_books(texts, params, expected):
    assert kept(texts, params) == list(texts[:expected])


def test_a_neutralized_book_does_not_know_the_level():
    texts = ("cs_rank(close) * 0.001", "cs_rank(close) * 0.001 + 0.5")
    neutral = msgspec.structs.replace(RAW, neutralize="market", cap=1.0, max_lev=100.0)
    assert kept(texts, neutral) == ["cs_rank(close) * 0.001"]
    assert kept(texts, msgspec.structs.replace(neutral, neutralize=None)) == list(texts)


def test_smoothing_and_dates_do_not_change_what_is_equivalent():
    texts = ("cs_zscore(close)", "cs_zscore(close * 3)", "cs_zscore(volume)")
    late = dt.date(2020, 5, 1)
    smooth = msgspec.structs.replace(RAW, smooth_ema=0.2, start=late)
    assert kept(texts, smooth) == kept(texts, RAW) == ["cs_zscore(close)", "cs_zscore(volume)"]


@pytest.mark.parametrize(
    "texts",
    [
        ("cs_zscore(ts_mean(close, 120))", "cs_zscore(ts_mean(close * 2, 120))"),
        ("cs_demean(close - close)", "cs_demean(volume - volume)"),
    ],
)
def test_what_looks_too_far_back_or_says_nothing_is_compared_with_nothing(texts):
    assert kept(texts, RAW) == list(texts)


def test_books_decide_and_not_texts():
    config = TrainConfig(n=60, seed=1)
    nodes = draw(PANEL, config).nodes
    books = [target_books(PANEL, evaluate(PANEL, node), RAW) for node in nodes]
    for i, one in enumerate(books):
        for j in range(i):
            same = np.allclose(one, books[j], rtol=0, atol=1e-12 * np.abs(one).max())
            short = max(lookback(nodes[i]) or 0, lookback(nodes[j]) or 0) <= 100
            assert not (same and short and np.ptp(one[100:], axis=0).any()), (i, j)


def test_a_large_panel_is_probed_on_its_last_dates_and_living_names():
    dates, symbols = DATES + 300, SYMBOLS + 30
    close = np.cumprod(1 + np.random.default_rng(1).normal(0, 0.01, (dates, symbols)), axis=0)
    close[300:, :20] = np.nan
    panel = Panel.from_arrays(
        "large", np.datetime64("2010-01-01") + np.arange(dates),
        [f"S{i:02d}" for i in range(symbols)], {"close": close},
    )  # fmt: skip
    piece = Probe(panel, RAW, 0.2)._panel
    assert piece.shape == (DATES, SYMBOLS)
    assert piece.symbols[0] == "S20"
    assert piece.symbols[-1] == f"S{symbols - 1:02d}"
    assert piece.dates[-1] == panel.dates[-1]
    places = [panel.symbols.index(name) for name in piece.symbols]
    assert np.array_equal(piece.feature("close"), close[300:, places], equal_nan=True)


def test_more_symbols_than_the_probe_has_are_not_asked_of_it():
    wide = random_panel(dates=120, symbols=60)
    texts = ("cs_demean(cs_top(close, 20) + cs_rank(volume))", "cs_demean(1 + cs_rank(volume))")
    found = Probe(wide, RAW, 0.2).findings([tree(text, wide) for text in texts])
    assert found[0].book is None
    assert found[1].book is not None


def test_columns_are_probed_with_their_lags():
    lagged = PANEL.with_lags({"price": 3})
    node = [tree("cs_zscore(close)")]
    now, then = (Probe(panel, RAW, 0.2).findings(node) for panel in (PANEL, lagged))
    assert now != then
    assert then == Probe(PANEL, RAW, 0.2).findings([tree("cs_zscore(lag(close, 3))")])


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_do_not_change_the_list(workers):
    config = TrainConfig(n=40, seed=2)
    assert draw(PANEL, config, workers=workers) == draw(PANEL, config)


# Early rejection


def verdict(text, panel=PANEL, **settings):
    node = tree(text, panel)
    return fault(panel, node, evaluate(panel, node), TrainConfig(**settings))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cs_zscore(close)", None),
        ("cs_zscore(ts_mean(close, 180))", None),
        ("cs_zscore(if_else(cs_count(close) > 99, close, 0 / 0))", "missing"),
        ("ts_mean(close, 201)", "missing"),
        ("fill(close - close, 0) + 0.5", "constant"),
        ("cs_demean(fill(close - close, 0))", "constant"),
        ('cs_zscore(group_rank(if_else(symbol_is("S03"), 1, 0), sector))', "no_turnover"),
        ('cs_demean(lag(if_else(symbol_is("S03"), 1, 0.5), 5))', "no_turnover"),
        ('fill(cs_zscore(close), 0) * 1e300 * 0 + symbol_is("S03")', "no_turnover"),
    ],
)  # fmt: skip
def test_a_signal_without_a_use_is_found(text, reason):
    assert reason_of(verdict(text)) == reason


def test_the_share_of_cells_is_told():
    text = "cs_demean(if_else(close > 60, close, 0 / 0))"
    value = evaluate(PANEL, tree(text))
    priced = PANEL.prices() > 0
    share = np.count_nonzero(~np.isnan(value) & priced) / np.count_nonzero(priced)
    assert verdict(text, min_coverage=share - 1e-9) is None
    assert verdict(text, min_coverage=share + 1e-9) == (
        f"Rejected before the backtest: a signal on {100 * share:.3g} % of the cells."
    )


def test_cells_are_those_of_the_universe():
    panel = random_panel(dates=150, symbols=14, universe=True)
    member = panel.universe()
    text = "if_else(universe > 0, cs_zscore(close), 0 / 0)"
    value = evaluate(panel, tree(text, panel))
    share = np.count_nonzero(~np.isnan(value) & member) / np.count_nonzero(member)
    assert verdict(text, panel, min_coverage=share - 1e-9) is None
    assert verdict(text, panel, min_coverage=share + 1e-9) is not None


def test_a_book_may_begin_late():
    text = "cs_zscore(ts_delta(close, 5))"
    assert verdict(text) is None
    assert verdict(text, params=TrainParams(start=dt.date(2020, 6, 1), smooth_ema=0.5)) is None


def test_rejections_are_counted_and_have_a_result():
    config = TrainConfig(n=150, seed=5)
    events = list(train(PANEL, config, workers=2))
    errors = [e.outcome.error for e in events if isinstance(e, Result)]
    assert len(errors) == 150
    found = Counter(reason for error in errors if (reason := reason_of(error)))
    assert set(found) == {"missing", "constant"}
    last = [e for e in events if isinstance(e, Phase)][-1]
    first = draw(PANEL, config).rejected
    assert (last.phase, last.count, last.rejected) == ("persist", 150, first | found)


def test_only_what_the_probe_doubts_is_looked_at():
    config = TrainConfig(n=80, seed=5)
    sieve = Sieve(PANEL, config)
    nodes = sieve.distinct(draw(PANEL, config).nodes)
    doubted = [node for node in nodes if expr_hash(node) not in sieve.sound]
    assert 0 < len(doubted) < 40
    for node in nodes:
        if expr_hash(node) in sieve.sound:
            assert fault(PANEL, node, evaluate(PANEL, node), config) is None
