from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from statistics import stdev

import apsw
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FilterError, ParamError, StoreError
from engine.stats.overfit import expected_max, psr, raw_moments
from engine.store import ORDERS, Store
from engine.store.clock import iso, utc_now
from engine.store.filters import Range, parse
from engine.store.ranking import DEFLATED
from tests.engine.store_samples import (
    FINGERPRINT,
    failed,
    hash_of,
    job,
    metrics,
    opened,
    outcome,
    spec,
)

COLUMNS = ("ann_sharpe", "max_dd", "turnover", "names")
IN_SQL = tuple(name for name in ORDERS if name != DEFLATED)


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path) as store:
        yield store


def hashes(store: Store, **options: object) -> list[str]:
    return [item.expr_hash for item in store.strategies(**options).items]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with ties, missing values, two data sets and runs that two jobs found."""
    with opened(tmp_path_factory.mktemp("filled")) as store:
        jobs = [store.create_job(job(created_at=f"2026-01-0{i}")).job_id for i in (1, 2)]
        for i in range(120):
            values = {
                "ann_sharpe": None if i % 11 == 0 else (i * 7 % 13) / 4 - 1,
                "max_dd": -(i % 9) / 10,
                "turnover": None if i % 5 == 0 else i % 3 / 2,
                "names": float(i % 2),
            }
            one = msgspec.structs.replace(
                outcome(i, score=float(i % 4)),
                expr=f"{('Lag', 'zscore')[i % 2]}(vol_{i % 10}, {i})",
                metrics=metrics(**values),
            )
            where = ("fx", "us")[i % 3 == 0]
            store.record(jobs[i % 2], where, spec(), [one, failed(i)][: 1 + i % 2], source="train")
            if i % 8 == 0:
                store.record(jobs[1], where, spec(), [one], source="train")
        yield store


def by_sql(store: Store, order: str, where: Sequence[str], params: Sequence[object]) -> list[str]:
    """The same question to SQLite, which sorts and filters by itself."""
    keys = [
        f"runs.{key.removeprefix('-')} {'DESC' if key.startswith('-') else 'ASC'} NULLS LAST"
        for key in order.split(",")
    ]
    last = "DESC" if "DESC" in keys[-1] else "ASC"
    text = (
        "SELECT runs.expr_hash FROM runs JOIN strategy_snapshots USING (expr_hash)"  # noqa: S608  # our own words
        f" WHERE {' AND '.join(where) or '1'} ORDER BY {', '.join(keys)}, runs.rowid {last}"
    )
    return [row[0] for row in store._db.rows(text, params)]


RANGES = st.tuples(
    st.sampled_from((*COLUMNS, "complexity_score")),
    st.sampled_from(("<", "<=", ">", ">=", "=", "!=")),
    st.sampled_from((-1.0, -0.4, 0.0, 0.25, 0.5, 1.0, 3.0)),
)
WORDS = st.tuples(
    st.sampled_from(("expr", "dataset")),
    st.sampled_from(("has", "=", "!=")),
    st.sampled_from(("LAG", "vol_3", "fx", "u", "Lag(vol_2, 2)", "%", "", "nowhere")),
)
KEYS = st.tuples(st.sampled_from(("", "-")), st.sampled_from((*COLUMNS, *IN_SQL))).map("".join)


@given(
    order=st.lists(KEYS, min_size=1, max_size=3).map(",".join),
    conditions=st.lists(RANGES | WORDS, max_size=3),
    dataset=st.none() | st.sampled_from(("fx", "us", "eu")),
    q=st.sampled_from((None, "", "ZSC", "vol_1", "%", hash_of(3)[:3].upper(), "a")),
    of_job=st.sampled_from((None, 0, 1, 2)),
)
def test_pages_are_what_a_query_finds(filled, order, conditions, dataset, q, of_job):
    ids = [*sorted(made.job_id for made in filled.jobs().items), "job_other"]
    where: list[str] = []
    params: list[object] = []
    for name, operator, value in conditions:
        found = f"instr(lower({name}), lower(?)) > 0" if operator == "has" else None
        where.append(found or f"{'runs.' * (name != 'expr')}{name} {operator} ?")
        params.append(value)
    if dataset is not None:
        where.append("dataset = ?")
        params.append(dataset)
    if q:
        where.append("(instr(lower(expr), lower(?)) > 0 OR instr(runs.expr_hash, lower(?)) = 1)")
        params += [q, q]
    if of_job is not None:
        where.append("run_id IN (SELECT run_id FROM trials WHERE job_id = ?)")
        params.append(ids[of_job])
    expected = by_sql(filled, order, where, params)
    text = " and ".join(
        f"{name} {operator} " + (repr(value) if isinstance(value, float) else f'"{value}"')
        for name, operator, value in conditions
    )
    options = {
        "order": order, "dataset": dataset, "q": q, "filter": text,
        "job_id": None if of_job is None else ids[of_job],
    }  # fmt: skip
    page = filled.strategies(limit=1000, **options)
    assert [item.expr_hash for item in page.items] == expected
    assert (page.total, page.next) == (len(expected), None)
    late = filled.strategies(limit=7, offset=5, **options)
    assert [item.expr_hash for item in late.items] == expected[5:12]
    assert (late.total, late.next) == (len(expected), 12 if len(expected) > 12 else None)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "=", "!="])
def test_a_day_is_all_of_it(store, operator):
    store.record(None, "fx", spec(), [outcome(1)], source="train")
    today = utc_now().date().isoformat()
    (condition,) = parse(f"created_at {operator} {today}")
    assert isinstance(condition, Range)
    fits = operator in {"<=", ">=", "="}
    assert hashes(store, filter=f"created_at {operator} {today}") == [hash_of(1)] * fits
    yesterday = "created_at {} 2020-01-01"
    later = operator in {">", ">=", "!="}
    assert hashes(store, filter=yesterday.format(operator)) == [hash_of(1)] * later


def test_a_moment_is_the_millisecond_a_run_was_saved_in(store):
    store.record(None, "fx", spec(), [outcome(1)], source="train")
    (item,) = store.strategies().items
    assert hashes(store, filter=f"created_at = {item.created_at}") == [hash_of(1)]
    assert hashes(store, filter=f"created_at != '{item.created_at}'") == []
    assert item.created_at <= iso(utc_now())


def test_a_missing_value_fits_no_condition(store):
    store.record(None, "fx", spec(), [outcome(1, None), outcome(2, 1.0)], source="train")
    for operator in ("<", "<=", ">", ">=", "=", "!="):
        found = hashes(store, filter=f"ann_sharpe {operator} 0.5")
        assert hash_of(1) not in found
        assert (hash_of(2) in found) == (operator in {">", ">=", "!="})


def test_a_wrong_filter_is_refused(store):
    with pytest.raises(FilterError) as caught:
        store.strategies(filter="sharp > 1")
    assert (caught.value.start, caught.value.end) == (0, 5)


def test_new_runs_are_seen_by_every_reader(tmp_path, store):
    store.record(None, "fx", spec(), [outcome(1, 1.0)], source="train")
    with Store.open(tmp_path / "runs.sqlite", write=False) as reader:
        made = store.create_job(job())
        for each in (store, reader):
            each.warm()
            assert hashes(each) == [hash_of(1)]
            assert hashes(each, job_id=made.job_id) == []
        store.record(made.job_id, "us", spec(cap=0.2), [outcome(2, 2.0)], source="train")
        store.record(made.job_id, "us", spec(cap=0.2), [outcome(3, None)], source="train")
        for each in (store, reader):
            assert hashes(each) == [hash_of(2), hash_of(1), hash_of(3)]
            assert hashes(each, filter='expr has "lag" and dataset = us') == [
                hash_of(2), hash_of(3),
            ]  # fmt: skip
            assert hashes(each, job_id=made.job_id) == [hash_of(2), hash_of(3)]
            assert each.trial_sharpes(FINGERPRINT) == (1.0, 2.0)
            assert each.counts_by_dataset() == {"fx": 1, "us": 2}


def test_a_run_another_job_found_belongs_to_both(store):
    first, second = (store.create_job(job()).job_id for _ in range(2))
    store.record(first, "fx", spec(), [outcome(1)], source="train")
    assert hashes(store, job_id=second) == []
    store.record(second, "fx", spec(), [outcome(1)], source="train")
    assert hashes(store, job_id=first) == hashes(store, job_id=second) == [hash_of(1)]


def test_a_page_that_was_asked_for_often_stays_right(store):
    for i in range(20):
        store.record(None, "fx", spec(), [outcome(i, float(i))], source="train")
        for order in ("-ann_sharpe", "ann_sharpe", "n", "-n", "max_dd", "calmar", "omega", "skew"):
            for sign in ("", "-"):
                key = f"{sign}{order}".replace("--", "")
                assert store.strategies(order=key).total == i + 1
        assert hashes(store, limit=1) == [hash_of(i)]


def test_what_is_not_committed_is_not_mirrored(store):
    with pytest.raises(AssertionError, match="rolled back"), store._db.transaction():
        store.strategies()


def test_columns_come_whole_or_by_data_set(store):
    store.record(None, "fx", spec(), [outcome(1, 1.0, 2.0), outcome(2, None)], source="train")
    store.record(None, "us", spec(cap=0.1), [outcome(2, -1.0)], source="train")
    assert store.columns(["ann_sharpe", "complexity_score", "n"]) == {
        "ann_sharpe": [1.0, None, -1.0],
        "complexity_score": [2.0, 3.0, 3.0],
        "n": [None, None, None],
    }
    assert store.columns(["ann_sharpe"], "us") == {"ann_sharpe": [-1.0]}
    assert store.columns(["ann_sharpe"], "eu") == {"ann_sharpe": []}
    assert store.columns([]) == {}
    for name in ("created_at", "dataset", "run_id", "1"):
        with pytest.raises(ParamError) as caught:
            store.columns([name])
        assert caught.value.message == f"Runs have no column of numbers {name!r}."


def test_sharpes_of_trials_are_those_of_one_data_set(store):
    other = msgspec.structs.replace(spec(), fingerprint="e" * 64)
    batch = [outcome(1, 0.5), failed(2), outcome(3, None), outcome(4, -math.pi)]
    store.record(None, "fx", spec(), batch, source="backtest", keep=False)
    store.record(None, "us", other, [outcome(1, 9.0)], source="api")
    assert store.trial_sharpes(FINGERPRINT) == (0.5, -math.pi)
    assert store.trial_sharpes("e" * 64) == (9.0,)


def test_a_time_that_is_none_is_damage(tmp_path, store):
    store.record(None, "fx", spec(), [outcome(1)], source="train")
    store.close()
    with closing(apsw.Connection(str(tmp_path / "runs.sqlite"))) as connection:
        connection.execute("UPDATE runs SET created_at = 'yesterday'")
    with opened(tmp_path) as again, pytest.raises(StoreError, match="is damaged"):
        again.strategies(order="created_at")


def of_moments(i, sharpe, n=500.0, skew=0.1, kurtosis=1.0):
    values = metrics(ann_sharpe=sharpe, n=n, skew=skew, kurtosis=kurtosis)
    return msgspec.structs.replace(outcome(i), metrics=values)


def by_hand(sharpe, trials, dispersion, n=500.0, skew=0.1, kurtosis=1.0, periods=252.0):
    """DSR of one run, from the scalar formulas."""
    g3, g4 = (float(x) for x in raw_moments(skew, kurtosis, n))
    best = expected_max(trials, dispersion) / math.sqrt(periods)
    return psr(sharpe / math.sqrt(periods), best, n, g3, g4)


def test_deflated_ratios_fall_with_every_trial_on_the_same_data(store):
    sharpes = [0.2, 1.4, 0.9, -0.5]
    store.record(
        None, "fx", spec(), [of_moments(i, x) for i, x in enumerate(sharpes)], source="api"
    )
    found = store.strategies(order="-deflated_sharpe").items
    assert [each.metrics.ann_sharpe for each in found] == sorted(sharpes, reverse=True)
    expected = [by_hand(x, 4, stdev(sharpes)) for x in sorted(sharpes, reverse=True)]
    assert [each.deflated_sharpe for each in found] == pytest.approx(expected, abs=1e-12)
    assert store.strategies(filter="deflated_sharpe > 0.5").total == sum(x > 0.5 for x in expected)
    store.record(None, "fx", spec(), [failed(i) for i in range(20, 220)], source="api")
    again = store.strategies(order="-deflated_sharpe").items
    lower = [by_hand(x, 204, stdev(sharpes)) for x in sorted(sharpes, reverse=True)]
    assert [each.deflated_sharpe for each in again] == pytest.approx(lower, abs=1e-12)
    assert lower[0] < expected[0]
    other = msgspec.structs.replace(spec(), fingerprint="e" * 64)
    store.record(None, "us", other, [of_moments(300, 2.0)], source="api")
    assert store.strategies(dataset="us").items[0].deflated_sharpe is None
    assert store.columns(["deflated_sharpe"], "fx")["deflated_sharpe"] == pytest.approx(
        [by_hand(x, 204, stdev(sharpes)) for x in sharpes], abs=1e-12
    )
