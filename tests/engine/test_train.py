"""The search: the list of candidates, and what is told of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import msgspec
import pytest

from engine.catalog import catalog
from engine.dsl.complexity import complexity
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, columns, expr_hash, to_text, walk
from engine.errors import CancelledError, DataError, ParamError
from engine.evaluate.run import evaluate
from engine.strategy import assess
from engine.train import (
    Past,
    Phase,
    Result,
    Summary,
    TrainConfig,
    TrainParams,
    draw,
    terminals,
    train,
)
from engine.train.rejecting import reason_of
from tests.panels import random_panel

PANEL = random_panel(dates=160, symbols=14)
CONFIG = TrainConfig(n=30, seed=3)


def outcomes(config=CONFIG, **options):
    events = train(PANEL, config, **options)
    return {e.outcome.expr_hash: e.outcome for e in events if isinstance(e, Result)}


def test_the_list_depends_on_seed_and_settings_alone():
    texts = [to_text(node) for node in draw(PANEL, CONFIG).nodes]
    assert texts == [to_text(node) for node in draw(PANEL, CONFIG).nodes]
    assert texts != [to_text(n) for n in draw(PANEL, msgspec.structs.replace(CONFIG, seed=4)).nodes]
    assert len(set(texts)) == 30


def test_the_list_is_the_same_in_another_process():
    code = (
        "from tests.engine.test_train import *\n"
        "print(' '.join(expr_hash(n) for n in draw(PANEL, CONFIG).nodes))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [expr_hash(node) for node in draw(PANEL, CONFIG).nodes]


def test_a_longer_list_begins_with_the_shorter_one():
    longer = draw(PANEL, msgspec.structs.replace(CONFIG, n=60))
    assert longer.nodes[:30] == draw(PANEL, CONFIG).nodes


def test_no_candidate_is_above_the_complexity_limit():
    config = TrainConfig(n=40, params=TrainParams(limit_score=8.0))
    candidates = draw(PANEL, config)
    assert max(complexity(node).score for node in candidates.nodes) <= 8.0
    assert candidates.rejected["complexity"] > 0


def test_a_limit_nothing_meets_is_refused():
    with pytest.raises(
        ParamError, match=r"^No expression .* limit_score = 0\.1; raise the limit\.$"
    ):
        draw(PANEL, TrainConfig(n=2, params=TrainParams(limit_score=0.1)))


def test_candidates_read_only_chosen_and_usable_features():
    config = msgspec.structs.replace(CONFIG, features=("close",), ignore=("sector",))
    read = {name for node in draw(PANEL, config).nodes for name in columns(node)}
    assert read == {"close"}
    ignored = msgspec.structs.replace(CONFIG, ignore=("vol*",))
    assert terminals(PANEL, ignored).features == {"close"}


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (("clsoe",), "There is no feature 'clsoe'; there are close, sector, volume."),
        (("volume",), "The feature 'volume' is not usable: ignored by setting."),
    ],
)
def test_a_feature_that_cannot_be_used_is_refused(features, message):
    with pytest.raises(ParamError) as caught:
        terminals(PANEL, TrainConfig(features=features, ignore=("volume",)))
    assert caught.value.message == message


def test_a_panel_without_usable_features_is_refused_with_the_reasons():
    with pytest.raises(DataError, match=r"has no usable feature \(close: .*ignored by setting"):
        terminals(PANEL, TrainConfig(ignore=("*",)))


def test_events_tell_the_stages_and_every_candidate():
    events = list(train(PANEL, CONFIG))
    phases = [(e.phase, e.count) for e in events if isinstance(e, Phase)]
    assert phases == [("generate", 30), ("evaluate", 30), ("backtest", 30), ("persist", 30)]
    (summary,) = [e for e in events if isinstance(e, Summary)]
    assert summary.count == 30
    assert isinstance(events[-1], Summary)
    assert {e.outcome.expr_hash for e in events if isinstance(e, Result)} == {
        expr_hash(node) for node in draw(PANEL, CONFIG).nodes
    }


def test_every_candidate_comes_to_what_it_comes_to_alone():
    names = Names(
        features=frozenset(PANEL.features),
        categories=frozenset(PANEL.categories),
        symbols=frozenset(PANEL.symbols),
    )
    for outcome in outcomes(workers=2).values():
        if reason_of(outcome.error) is None:
            node = parse(outcome.expr, names)
            assert assess(PANEL, node, evaluate(PANEL, node), CONFIG.params) == outcome


def test_known_candidates_are_not_evaluated_again_and_do_not_change_the_others():
    everything = outcomes()
    some = sorted(everything)[::2]
    rest = outcomes(known=[Past(expr_hash=hash_) for hash_ in some])
    assert rest == {hash_: out for hash_, out in everything.items() if hash_ not in some}


def test_texts_alone_come_to_what_they_come_to_in_the_search():
    everything = outcomes()
    some = sorted(everything)[::3]
    texts = [everything[hash_].expr for hash_ in some]
    assert outcomes(only=texts) == {hash_: everything[hash_] for hash_ in some}
    assert outcomes(only=[]) == {}
    events = list(train(PANEL, CONFIG, only=texts[:1]))
    assert [e.phase for e in events if isinstance(e, Phase)] == ["evaluate", "backtest"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"operator_weights": {"cs_rnak": 2.0}},
            "The setting operator_weights names 'cs_rnak', and there is no such operator. Did",
        ),
        (
            {"feature_weights": {"clsoe": 2.0}},
            "The setting feature_weights names 'clsoe', and there is no such feature. Did",
        ),
        (
            {"feature_weights": {"close": 0.0, "volume": 0.0}},
            "The features' weights leave no numeric column to build expressions from.",
        ),
    ],
)
def test_a_weight_of_nothing_is_refused(settings, message):
    with pytest.raises(ParamError) as caught:
        draw(PANEL, TrainConfig(**settings))
    assert caught.value.message.startswith(message)


def test_weights_say_what_candidates_are_made_of():
    weights = dict.fromkeys(OPS, 0.0) | {"rank": 1.0, "zscore": 3.0, "ts_delta": 1.0}
    config = TrainConfig(n=12, operator_weights=weights, feature_weights={"volume": 0.0})
    nodes = draw(PANEL, config).nodes
    calls = {part.name for node in nodes for part in walk(node) if isinstance(part, Call)}
    assert calls == {"cs_rank", "cs_zscore", "ts_delta"}
    assert {name for node in nodes for name in columns(node)} == {"close"}


def test_a_heavy_column_is_drawn_most_often():
    config = TrainConfig(n=60, feature_weights={"volume": 50.0})
    read = Counter(name for node in draw(PANEL, config).nodes for name in columns(node))
    assert read["volume"] > 4 * read["close"]


def test_publication_lags_apply():
    lagged = msgspec.structs.replace(CONFIG, domain_lags={"price": 2})
    assert {o.daily for o in outcomes(lagged).values()} != {o.daily for o in outcomes().values()}


def test_cancel_ends_the_search():
    with pytest.raises(CancelledError):
        outcomes(cancel=lambda: True)


def test_parameters_are_checked_before_anything_is_drawn():
    config = TrainConfig(params=TrainParams(neutralize="country"))
    with pytest.raises(ParamError, match="country"):
        next(train(PANEL, config))


def test_the_catalog_speaks_of_every_column():
    assert [info.name for info in catalog(PANEL)] == ["close", "volume", "sector"]
