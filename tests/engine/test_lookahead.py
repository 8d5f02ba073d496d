"""The look-ahead certificate: honest expressions pass, planted leaks never do."""

from __future__ import annotations

from random import Random

import msgspec
import numpy as np
import pytest

from engine.dsl.generate import generate
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.lookahead import certificate
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


def test_the_certificate_says_what_was_tried():
    found = certificate(PANEL, parse("ts_mean(close, 5)", NAMES), cuts=20, seed=4)
    assert (found.passed, found.cuts, found.seed, found.first_difference) == (True, 20, 4, None)


def tomorrow(x, d):
    return np.vstack([x[d:], np.full((d, x.shape[1]), np.nan)])


def centred(x, _):
    return (x + np.vstack([x[1:], x[-1:]])) / 2


def whole_sample(x, _):
    return x / np.maximum(np.nansum(x, axis=0), 1.0)


def last_date(x, _):
    return x + np.nan_to_num(x[-1])


@pytest.mark.parametrize("leak", [tomorrow, centred, whole_sample, last_date])
@pytest.mark.parametrize("text", ["lag(close, 1)", "cs_rank(ts_mean(lag(close, 1), 3))"])
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_leak_is_caught_every_time(monkeypatch, leak, text, seed):
    monkeypatch.setitem(OPS, "lag", msgspec.structs.replace(OPS["lag"], compute=leak))
    found = certificate(PANEL, parse(text, NAMES), seed=seed)
    assert not found.passed
    assert found.first_difference is not None
    assert found.how in {"truncated", "noise"}
