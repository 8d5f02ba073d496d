"""The ledger read back, results kept with runs, strategies out of sight."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import NotFoundError
from engine.store import LedgerRow, Store
from engine.strategy import run_id
from tests.engine.store_samples import FINGERPRINT, failed, hash_of, job, outcome, spec


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "runs.sqlite", write=True) as opened:
        yield opened


def record(store, *outcomes, source="backtest", keep=True, job_id=None, dataset="fx", **params):
    store.record(job_id, dataset, spec(**params), outcomes, source=source, keep=keep)


def test_every_trial_is_one_row_whoever_asked_and_whatever_came_of_it(store):
    record(store, outcome(1, 0.5), outcome(2, 1.5), failed(3))
    record(store, outcome(1, 0.4), source="robustness", keep=False)
    record(store, outcome(4, None), source="lockbox", dataset="us")
    us, fx = store.ledger()
    assert (us.dataset, us.trials, us.best) == ("us", 1, None)
    assert fx == LedgerRow(
        "fx", FINGERPRINT, 4, 3, 1, 1.5, fx.first_at, fx.last_at,
        {"backtest": 3, "robustness": 1},
    )  # fmt: skip
    assert store.ledger("fx") == (fx,)
    assert fx.first_at <= fx.last_at


def test_the_rows_of_the_ledger_come_newest_first_with_what_was_tried(store):
    record(store, outcome(1, 0.5), failed(3))
    store.note_trial("d" * 12, "fx", spec(), source="backtest", sharpe=0.1)
    page = store.trials("fx", 2)
    assert [(row.expr_hash, row.expr, row.error, row.sharpe) for row in page.items] == [
        ("d" * 12, None, None, 0.1),
        (hash_of(3), "log(3)", "It has no value.", None),
    ]
    assert (page.total, page.next) == (3, 2)
    assert store.trials("fx", 2, 2).items[0].run_id == run_id(hash_of(1), spec())
    assert store.trials("us").total == 0


def test_hidden_strategies_leave_the_lists_and_nothing_else(store):
    record(store, outcome(1, 0.5), outcome(2, 1.5))
    before = (store.trials_count(), store.strategy(hash_of(2)))
    assert [each.expr_hash for each in store.strategies().items] == [hash_of(2), hash_of(1)]
    store.hide(hash_of(2))
    store.hide(hash_of(2))
    assert [each.expr_hash for each in store.strategies().items] == [hash_of(1)]
    assert store.strategies(q=hash_of(2)).total == 0
    assert (store.trials_count(), store.strategy(hash_of(2))) == before
    store.unhide(hash_of(2))
    assert store.strategies().total == 2
    with pytest.raises(NotFoundError):
        store.hide("0" * 12)


def test_what_was_worked_out_stays_with_its_run(store):
    record(store, outcome(1))
    run = run_id(hash_of(1), spec())
    assert store.study(run, "robustness", dict) is None
    store.save_study(run, "robustness", {"verdict": "holds"})
    moment = store.save_study(run, "robustness", {"verdict": "fails"})
    assert store.study(run, "robustness", dict) == ({"verdict": "fails"}, moment)
    assert store.study(run, "other", dict) is None


def test_what_a_job_has_committed_comes_back_in_its_order(store):
    made = store.create_job(job())
    record(store, outcome(1, 0.5), failed(2), source="train", job_id=made.job_id)
    first, second = store.known(made.job_id)
    assert (first.expr_hash, first.metrics.ann_sharpe, first.daily) == (
        hash_of(1), 0.5, b"daily series of 1",
    )  # fmt: skip
    assert msgspec.structs.astuple(second) == (hash_of(2), "It has no value.", None, None)
    (candidate,) = store.candidates(made.job_id, 10)
    assert (candidate.expr_hash, candidate.ann_sharpe) == (hash_of(1), 0.5)
    assert store.job_of_run(candidate.run_id) == made.job_id
    assert store.job_of_run("none") is None


def test_runs_are_measured_once_and_not_when_the_lockbox_was_open(store):
    record(store, outcome(1), outcome(2))
    record(store, outcome(1))
    record(store, outcome(3), source="lockbox")
    runs = {run_id(hash_of(i), spec()) for i in (1, 2)}
    assert set(store.measured(FINGERPRINT, 10)) == runs
    assert len(store.measured(FINGERPRINT, 1)) == 1
    assert list(store.dailies(["missing", run_id(hash_of(2), spec())])) == [b"daily series of 2"]


def test_only_strategies_somebody_chose_are_what_a_search_has_to_differ_from(store):
    made = store.create_job(job())
    record(store, outcome(1), outcome(2), outcome(5), source="train", job_id=made.job_id)
    record(store, outcome(3), outcome(4))
    store.set_tags(hash_of(1), ["kept"])
    store.hide(hash_of(4))
    chosen = set(store.chosen_runs(FINGERPRINT, 10))
    assert chosen == {run_id(hash_of(i), spec()) for i in (1, 3)}
    assert len(store.chosen_runs(FINGERPRINT, 1)) == 1


def test_openings_are_counted_by_data_set_and_by_strategy(store):
    for name in (1, 1, 2):
        store.open_lockbox(hash_of(name), "fx")
    assert (store.openings("fx"), store.openings("fx", hash_of(1)), store.openings("us")) == (
        3, 2, 0,
    )  # fmt: skip


def test_summaries_come_in_the_order_asked_for(store):
    record(store, outcome(1, 0.5), outcome(2, 1.5))
    runs = [run_id(hash_of(i), spec()) for i in (2, 1)]
    assert [each.run_id for each in store.summaries([*runs, "none"])] == runs
