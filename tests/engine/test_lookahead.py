"""The look-ahead certificate: honest expressions pass, planted leaks never do."""

from __future__ import annotations

import datetime as dt
import math
from random import Random

import msgspec
import numpy as np
import pytest

from engine import kernels
from engine.dsl.generate import generate
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import lookback, to_text
from engine.evaluate.run import evaluate
from engine.lookahead import Certificate, Start, certificate
from engine.lookahead.certificate import cut_rows
from engine.lookahead.futures import Futures, first_change
from engine.lookahead.warmup import warm_up
from engine.panel import Panel
from tests.engine.leaks import PLANTS, plant
from tests.hardening.trees import tree
from tests.panels import random_panel

PANEL = random_panel(dates=120, symbols=9, universe=True)
NAMES = Names(
    features=frozenset({"close", "volume"}),
    categories=frozenset({"sector"}),
    symbols=frozenset(PANEL.symbols),
)


@pytest.mark.parametrize("seed", range(12))
def test_what_the_generator_draws_passes(seed):
    node = generate(Random(seed), NAMES, 4, 30)
    assert certificate(PANEL, node, cuts=6).passed


def test_every_operator_passes():
    small = random_panel(dates=40, symbols=4, universe=True)
    places = [3 * place + 1 for place, op in enumerate(OPS.values()) if not op.short]
    drawn = (tree(1, place, NAMES, 1, 9) for place in places)
    assert [to_text(node) for node in drawn if not certificate(small, node, cuts=4).passed] == []


def test_the_certificate_says_what_was_tried():
    found = certificate(PANEL, parse("ts_mean(close, 5) / close", NAMES), cuts=20, seed=4)
    assert found == Certificate(
        expr_hash=found.expr_hash, passed=True, cuts=20, seed=4, first_difference=None, steps=2
    )


# Leaks


def caught(monkeypatch, name, seeds):
    """Find the planted leak from every seed."""
    planted = PLANTS[name]
    node = parse(planted.text, NAMES)
    plant(monkeypatch, planted)
    for seed in seeds:
        found = certificate(PANEL, node, seed=seed)
        assert not found.passed, seed
        assert found.first_difference is not None
        assert found.how in {"truncated", "noise"}
        if "how many dates" not in name:  # which an operator alone is never told
            assert found.operator == planted.operator


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_caught_every_time(monkeypatch, name):
    caught(monkeypatch, name, range(2))


@pytest.mark.heavy
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_caught_from_fifty_seeds(monkeypatch, name, pytestconfig):
    if "heavy" not in pytestconfig.getoption("-m"):
        pytest.skip("run by command: pytest -m heavy")
    caught(monkeypatch, name, range(2, 52))


@pytest.mark.parametrize("seed", range(5))
def test_a_universe_of_tomorrow_is_caught(monkeypatch, seed):
    sound = kernels.mask
    monkeypatch.setattr(kernels, "mask", lambda x, members: sound(x, np.roll(members, -1, axis=0)))
    found = certificate(PANEL, parse("cs_rank(close)", NAMES), seed=seed)
    assert (found.passed, found.operator) == (False, "cs_rank")


@pytest.mark.parametrize("column", ["close", "sector"])
def test_a_column_of_tomorrow_is_caught(monkeypatch, column):
    sound = Panel._lagged

    def ahead(self, name, missing):
        values = sound(self, name, missing)
        return np.vstack([values[1:], values[-1:]]) if name == column else values

    monkeypatch.setattr(Panel, "_lagged", ahead)
    assert not certificate(PANEL, parse("group_mean(close, sector)", NAMES)).passed


def test_a_leak_that_is_made_up_for_is_still_one(monkeypatch):
    """The whole does not look ahead, but an operator that does is a mistake."""
    plant(monkeypatch, PLANTS["tomorrow, abs"])
    found = certificate(PANEL, parse("lag(abs(close), 5)", NAMES))
    assert (found.passed, found.operator) == (False, "abs")


def test_the_last_date_is_always_cut_off():
    for seed in range(50):
        rows = cut_rows(100, 20, seed)
        assert rows == sorted(set(rows))
        assert len(rows) == 20
        assert rows[-1] == 99
        assert [1 <= row <= 98 for row in rows[:-1]] == [True] * 19
        assert max(np.diff(rows)) <= 12  # no stretch goes without


@pytest.mark.parametrize(
    ("dates", "cuts", "rows"), [(1, 20, []), (2, 20, [1]), (3, 20, [1, 2]), (9, 1, [8])]
)
def test_few_dates_have_few_cuts(dates, cuts, rows):
    assert cut_rows(dates, cuts, 0) == rows


@pytest.mark.parametrize("dates", [1, 2, 3])
def test_a_panel_of_few_dates_can_be_certified(dates):
    panel = PANEL.head(dates)
    for text in ("close", "ts_ema(close, 5)", "hump(close)", "cs_rank(ts_mean(close, 2))", "1 + 1"):
        assert certificate(panel, parse(text, NAMES)).passed


@pytest.mark.parametrize("how", ["noise", "magnified", "mirrored", "missing", "truncated"])
def test_another_future_leaves_the_past_alone(how):
    other = Futures(PANEL, 3).after(70, how)
    for name in ("close", "volume", "universe"):
        before, after = PANEL.feature(name), other.feature(name)
        assert before[:70].tobytes() == after[:70].tobytes()
        assert how == "truncated" or first_change(before, after) == 70
        assert not np.isinf(after).any()
    codes = other.codes("sector")
    assert (codes[:70] == PANEL.codes("sector")[:70]).all()
    assert codes.max() <= 2
    assert codes.min() >= -1


# Where the data start


def smoothed(values, alpha):
    """The exponential mean of a list, by hand."""
    state, out = None, []
    for value in values:
        state = value if state is None else alpha * value + (1 - alpha) * state
        out.append(state)
    return out


def test_an_average_forgets_its_start_as_fast_as_its_factor_says():
    price = [10.0 + math.sin(i) for i in range(300)]
    panel = Panel.from_arrays(
        "waves",
        np.datetime64("2020-01-01") + np.arange(300),
        ["A"],
        {"close": np.array(price)[:, None]},
        price="close",
    )
    found = certificate(panel, parse("ts_ema(close, 5)", NAMES))
    assert [start.dropped for start in found.starts] == [1, 30, 75, 150]
    whole = smoothed(price, 1 / 3)
    for start in found.starts:
        late = smoothed(price[start.dropped :], 1 / 3)
        pairs = list(zip(whole[start.dropped :], late, strict=True))
        apart = [abs(a - b) / (1.001 * max(a, b)) for a, b in pairs]
        assert start.close == max(i for i, gap in enumerate(apart) if gap > 1e-9) + 1
        assert start.difference == pytest.approx(max(apart[-20:]), abs=1e-15)
        assert start.exact is not None
        assert start.close < start.exact < 100  # 0.6667^90 is the last bit
    assert found.warm_up == max(start.close for start in found.starts)


def test_what_looks_back_over_a_window_has_no_warm_up():
    found = certificate(PANEL, parse("cs_rank(ts_mean(close, 40))", NAMES))
    assert (found.warm_up, found.starts) == (None, ())


def test_a_state_that_lasts_never_warms_up():
    found = certificate(PANEL, parse("hump(close, 0.5)", NAMES))
    assert found.passed
    assert found.warm_up is None
    assert {start.close for start in found.starts} == {None}
    assert min(start.difference for start in found.starts) > 1e-4


def test_one_start_that_never_agrees_is_no_warm_up():
    agrees = Start(dropped=1, difference=0.0, close=9, exact=None)
    never = Start(dropped=5, difference=0.1, close=None, exact=None)
    assert warm_up(()) is None
    assert warm_up((agrees,)) == 9
    assert warm_up((agrees, never)) is None


def test_a_trade_is_forgotten_at_the_next_one():
    days = np.arange(60.0)[:, None]
    features = {"close": 1 + days, "volume": (days % 10 == 3).astype(float)}
    dates = np.datetime64("2020-01-01") + np.arange(60)
    panel = Panel.from_arrays("tens", dates, ["A"], features, price="close")
    found = certificate(panel, parse("trade_when(volume > 0, close, -1)", NAMES))
    assert found.starts == (
        Start(dropped=1, difference=0.0, close=0, exact=0),
        Start(dropped=6, difference=0.0, close=7, exact=7),
        Start(dropped=15, difference=0.0, close=8, exact=8),
        Start(dropped=30, difference=0.0, close=3, exact=3),
    )
    assert found.warm_up == 8


@pytest.mark.parametrize(
    "text", ["ts_ema(close, 3)", "rsi(close, 2)", "atr(close, close, close, 2)",
             "ts_days_since_change(sign(ts_delta(close, 1)))"]
)  # fmt: skip
def test_every_operator_with_a_state_tells_how_long_it_lasts(text):
    node = parse(text, NAMES)
    assert lookback(node) is None
    found = certificate(PANEL, node, cuts=2)
    assert len(found.starts) == 4
    assert found.warm_up is not None
    assert 0 < found.warm_up < 100
    for start in found.starts:  # as the evaluation of what is left says
        late = msgspec.structs.replace(
            PANEL, dates=PANEL.dates[start.dropped :], cache={},
            load=lambda name, drop=start.dropped: PANEL.load(name)[drop:],
        )  # fmt: skip
        rest, whole = evaluate(late, node), evaluate(PANEL, node)[start.dropped :]
        settled = slice(start.close, None)
        np.testing.assert_allclose(rest[settled], whole[settled], rtol=2e-9, atol=1e-9)


# The stored form


def test_an_older_certificate_can_still_be_read():
    stored = (
        b'{"expr_hash":"0123456789ab","passed":false,"cuts":20,"seed":0,'
        b'"first_difference":"2020-02-03","how":"noise"}'
    )
    assert msgspec.json.decode(stored, type=Certificate) == Certificate(
        expr_hash="0123456789ab", passed=False, cuts=20, seed=0,
        first_difference=dt.date(2020, 2, 3), how="noise",
    )  # fmt: skip


def test_a_certificate_comes_back_as_it_was_stored():
    found = certificate(PANEL, parse("ts_ema(close, 9)", NAMES))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Certificate) == found
