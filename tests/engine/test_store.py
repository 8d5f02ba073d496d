from __future__ import annotations

import re
import threading

import apsw
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFoundError, ParamError
from engine.quality import VERSION, Calendar, Coverage, Quality
from engine.stats.performance import Metrics
from engine.store import (
    ORDERS,
    DatasetRow,
    Event,
    Job,
    JobPage,
    Run,
    Store,
    StrategyDetail,
    StrategySummary,
)
from engine.store.ranking import parsed_order
from engine.strategy import run_id
from tests.engine.store_samples import (
    FINGERPRINT,
    complexity,
    failed,
    hash_of,
    job,
    metrics,
    opened,
    outcome,
    spec,
)

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path) as store:
        yield store


def sql(store: Store, text: str, *params: object) -> list[tuple[object, ...]]:
    return store._db.rows(text, params)


def test_a_saved_run_reads_back_as_it_was_written(store):
    results = metrics(**{name: i / 7 for i, name in enumerate(Metrics.__struct_fields__)})
    saved = msgspec.structs.replace(outcome(1), metrics=results, ruined=True, tradable=False)
    store.record(None, "fx", spec(cap=0.1), [saved], source="backtest")
    (summary,) = store.strategies().items
    assert TIME.fullmatch(summary.created_at)
    assert summary == StrategySummary(
        expr_hash=saved.expr_hash,
        expr=saved.expr,
        metrics=results,
        complexity_score=3.0,
        created_at=summary.created_at,
        run_id=run_id(saved.expr_hash, spec(cap=0.1)),
        dataset="fx",
        tradable=False,
        ruined=True,
        params=spec(cap=0.1).params,
    )
    assert store.strategy(saved.expr_hash[:5]) == StrategyDetail(
        expr_hash=saved.expr_hash,
        expr=saved.expr,
        complexity=complexity(),
        complexity_score=3.0,
        created_at=summary.created_at,
        runs=(
            Run(
                run_id=summary.run_id,
                dataset="fx",
                spec=spec(cap=0.1),
                metrics=results,
                tradable=False,
                ruined=True,
                created_at=summary.created_at,
            ),
        ),
    )
    assert store.daily(summary.run_id) == saved.daily


def test_every_metric_has_a_column_of_its_own(store):
    columns = [name for _, name, *_ in sql(store, "PRAGMA table_info(runs)")]
    assert tuple(columns[10:]) == Metrics.__struct_fields__
    assert set(ORDERS) == {
        *Metrics.__struct_fields__,
        "complexity_score",
        "created_at",
        "deflated_sharpe",
    }


def test_undefined_metrics_come_back_missing(store):
    store.record(None, "fx", spec(), [outcome(1, None)], source="train")
    assert store.strategies().items[0].metrics == metrics(ann_return=0.1, max_dd=-0.2)


def test_a_failed_candidate_is_a_trial_without_a_run(store):
    store.record(None, "fx", spec(), [failed("x", "It is never defined.")], source="train")
    trial = sql(store, "SELECT expr_hash, run_id, error, sharpe, source, job_id FROM trials")
    assert trial == [(hash_of("x"), None, "It is never defined.", None, "train", None)]
    assert store.strategies().items == ()
    with pytest.raises(NotFoundError):
        store.strategy(hash_of("x"))


def test_without_keep_only_the_ledger_grows(store):
    store.record(None, "fx", spec(), [outcome(1)], source="backtest", keep=False)
    assert (store.trials_count(FINGERPRINT), store.strategies().total) == (1, 0)


def test_the_same_run_is_saved_once_and_each_attempt_is_a_trial(store):
    for _ in range(3):
        store.record(None, "fx", spec(), [outcome(1)], source="backtest")
    store.record(None, "fx", spec(cap=0.2), [outcome(1)], source="backtest")
    assert (store.trials_count(FINGERPRINT), store.strategies().total) == (4, 2)
    assert len(store.strategy(hash_of(1)).runs) == 2


def test_a_file_that_was_tried_is_a_trial_too(store):
    store.note_trial("abc", "fx", spec(), source="backtest", sharpe=0.5)
    store.note_trial("abd", "fx", spec(), source="api", error="No dates in common.")
    assert store.trials_count(FINGERPRINT) == 2
    assert store.trials_count("e" * 64) == 0
    assert store.trials_count() == 2
    assert store.trial_sharpes(FINGERPRINT) == (0.5,)
    assert store.trial_sharpes("e" * 64) == ()


def test_the_progress_of_a_job_is_what_its_trials_say(store):
    made = store.create_job(job(total=4))
    batch = [outcome(1, 0.5), failed(2), outcome(3, 0.7), outcome(4, None)]
    for count, one in enumerate(batch, 1):
        store.record(made.job_id, "fx", spec(), [one], [("result", b"{}")], source="train")
        now = store.job(made.job_id)
        assert (now.processed, now.progress) == (count, count / 4)
    assert store.job(made.job_id).latest_sharpe == 0.7
    assert store.job_hashes(made.job_id) == {hash_of(i) for i in (1, 2, 3, 4)}
    assert store.strategies(job_id=made.job_id).total == 3
    assert store.strategies(job_id="job_other").total == 0


def test_recording_a_batch_again_changes_nothing_but_its_events(store):
    made = store.create_job(job())
    for _ in range(2):
        batch = [outcome(1), failed(2), outcome(3)]
        store.record(made.job_id, "fx", spec(), batch, [("result", b"{}")], source="train")
    assert store.job(made.job_id).processed == 3
    assert store.trials_count(FINGERPRINT) == 3
    assert [event.seq for event in store.events(made.job_id)] == [1, 2]


def test_a_failure_inside_record_leaves_nothing(store):
    made = store.create_job(job())
    broken = msgspec.structs.replace(outcome(2), complexity=None)
    with pytest.raises(AttributeError):
        store.record(
            made.job_id, "fx", spec(), [outcome(1), broken], [("result", b"{}")], source="train"
        )
    assert store.job(made.job_id) == made
    counts = {
        table: len(sql(store, f"SELECT * FROM {table}"))  # noqa: S608  # our own names
        for table in ("strategy_snapshots", "runs", "run_daily", "trials", "events")
    }
    assert counts == dict.fromkeys(counts, 0)
    store.record(made.job_id, "fx", spec(), [outcome(1)], source="train")
    assert store.job(made.job_id).processed == 1


def test_a_failure_while_saving_events_takes_the_results_back(store):
    made = store.create_job(job())
    with pytest.raises(UnicodeDecodeError):
        store.record(made.job_id, "fx", spec(), [outcome(1)], [("result", b"\xff")], source="train")
    assert store.job_hashes(made.job_id) == frozenset()
    assert store.strategies().total == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM trials",
        "UPDATE trials SET sharpe = 9",
        "INSERT OR REPLACE INTO trials SELECT * FROM trials",
        "DELETE FROM lockbox_openings",
        "UPDATE lockbox_openings SET dataset = 'other'",
    ],
)
def test_the_ledger_only_grows(store, statement):
    store.record(None, "fx", spec(), [outcome(1)], source="train")
    store.open_lockbox(hash_of(1), "fx")
    with pytest.raises(apsw.ConstraintError), store._db.transaction():
        store._db.run(statement)
    assert (store.trials_count(FINGERPRINT), store.lockbox_openings("fx")) == (1, 1)


def test_openings_of_the_lockbox_are_counted_by_data_set(store):
    counts = [store.open_lockbox("a" * 12, "fx"), store.open_lockbox("b" * 12, "fx")]
    assert [*counts, store.open_lockbox("a" * 12, "us"), store.lockbox_openings("eu")] == [
        1,
        2,
        1,
        0,
    ]


def test_events_are_numbered_without_holes_across_batches_and_jobs(store):
    first, second = (store.create_job(job()).job_id for _ in range(2))
    store.append_events(first, [("phase", b'{"phase":"generate"}')])
    store.append_events(second, [("phase", b"{}"), ("phase", b"{}")])
    store.record(
        first, "fx", spec(), [outcome(1)], [("result", b'{"n":1}'), ("log", b"{}")], source="train"
    )
    assert store.append_events(first, [("summary", b"{}")]) == 4
    seen = [(e.seq, e.type, e.json) for e in store.events(first)]
    assert seen == [
        (1, "phase", b'{"phase":"generate"}'),
        (2, "result", b'{"n":1}'),
        (3, "log", b"{}"),
        (4, "summary", b"{}"),
    ]
    assert [e.seq for e in store.events(first, after=2, limit=1)] == [3]
    (last,) = store.events(second, after=1)
    assert last == Event(second, 2, "phase", b"{}", last.timestamp)
    assert TIME.fullmatch(last.timestamp)


def test_a_new_job_gets_an_id_that_says_its_day(store):
    made = store.create_job(Job(type="train", params={"n": 1}, dataset="fx", workers=2))
    assert re.fullmatch(r"job_\d{8}_[0-9a-f]{6}", made.job_id)
    assert store.job(made.job_id) == made
    assert (made.status, made.progress, made.processed, made.total) == ("queued", 0.0, 0, None)


def test_jobs_are_listed_newest_first(store):
    ids = [
        store.create_job(job(created_at=f"2026-01-0{day}", status=status)).job_id
        for day, status in ((1, "done"), (3, "running"), (2, "done"))
    ]
    assert [found.job_id for found in store.jobs().items] == [ids[1], ids[2], ids[0]]
    assert [found.job_id for found in store.jobs(status="done").items] == [ids[2], ids[0]]
    assert [found.job_id for found in store.jobs(limit=1, offset=1).items] == [ids[2]]


def test_a_job_that_does_not_exist_is_not_found(store):
    with pytest.raises(NotFoundError) as caught:
        store.job("job_x")
    assert caught.value.message == "There is no job 'job_x'; the list of jobs has them all."


def test_jobs_come_in_pages(store):
    made = [store.create_job(job(status=("done", "failed")[i % 2])) for i in range(5)]
    page = store.jobs(limit=2, offset=2)
    assert page == JobPage((made[2], made[1]), 5, 4)
    assert store.jobs(limit=2, offset=4) == JobPage((made[0],), 5, None)
    assert store.jobs("done", limit=2) == JobPage((made[4], made[2]), 3, 2)
    assert store.jobs("queued") == store.jobs(offset=9, status="queued") == JobPage((), 0, None)


def test_the_parameters_of_a_job_are_kept_as_a_tree(store):
    params = {"config": {"seed": 1, "features": None, "ignore": ["a", "b"]}, "rows": 5, "x": 0.1}
    made = store.create_job(job(params=params))
    assert made.params == store.job(made.job_id).params == params
    assert store.job(store.create_job(job(params={"pair": (1, 2)})).job_id).params == {
        "pair": [1, 2]
    }
    text = '{"config":{"features":null,"ignore":["a","b"],"seed":1},"rows":5,"x":0.1}'
    assert sql(store, "SELECT params_json FROM jobs WHERE id = ?", made.job_id) == [(text,)]


def test_a_key_creates_one_job(store):
    first = store.create_job(job(params={"n": 1}), "abc")
    assert store.create_job(job(params={"n": 2}), "abc") == first == store.job_of_key("abc")
    other = store.create_job(job(), "abd")
    unnamed = [store.create_job(job()) for _ in range(2)]
    assert store.job_of_key("abd") == other
    assert store.job_of_key("") is None
    assert [found.job_id for found in store.jobs().items] == [
        unnamed[1].job_id, unnamed[0].job_id, other.job_id, first.job_id,
    ]  # fmt: skip


def test_the_last_events_of_a_job_are_its_tail(store):
    first, second = (store.create_job(job()).job_id for _ in range(2))
    assert (store.last_seq(first), store.tail(first)) == (0, ())
    batch = [("result", b"{}"), ("progress", b"{}")]
    assert store.append_events(first, batch) == 2
    assert store.record(first, "fx", spec(), [outcome(1)], batch, source="train") == 4
    assert store.record(first, "fx", spec(), [outcome(2)], source="train") == 0
    assert store.record(None, "fx", spec(), [outcome(2)], source="api") == 0
    assert store.append_events(second, batch[:1]) == 1
    assert (store.last_seq(first), store.last_seq(second)) == (4, 1)
    assert [event.seq for event in store.tail(first, 3)] == [2, 3, 4]
    assert store.tail(first) == store.events(first)
    assert [event.job_id for event in store.tail(second)] == [second]


def test_what_a_job_counts_cannot_be_set(store):
    made = store.create_job(job())
    done = store.update_job(made.job_id, status="done", message="Finished.", total=2)
    assert done == msgspec.structs.replace(made, status="done", message="Finished.", total=2)
    with pytest.raises(ParamError) as caught:
        store.update_job(made.job_id, processed=7)
    assert caught.value.message == "The field 'processed' of a job cannot be set."
    with pytest.raises(apsw.ConstraintError):
        store.update_job(made.job_id, status="almost")


def test_jobs_of_another_boot_are_interrupted_and_can_be_resumed(store):
    params = {"n": 4, "config": {"seed": 1}}
    stale = [
        store.create_job(job(boot_id="gone", params=params)),
        store.create_job(job(boot_id=None, status="queued", params=params)),
    ]
    mine = store.create_job(job(boot_id="here"))
    done = store.create_job(job(boot_id="gone", status="done"))
    assert store.interrupt_stale("here") == tuple(made.job_id for made in stale)
    assert (store.job(mine.job_id), store.job(done.job_id)) == (mine, done)
    first = store.job(stale[0].job_id)
    assert (first.status, first.message) == (
        "interrupted",
        "Kvant stopped before the job was done; it can be resumed.",
    )
    (event,) = store.events(first.job_id)
    assert (event.seq, event.type, msgspec.json.decode(event.json)) == (
        1,
        "status",
        {
            "type": "status",
            "job_id": first.job_id,
            "timestamp": first.finished_at,
            "status": "interrupted",
        },
    )
    reordered = {"config": {"seed": 1}, "n": 4}
    assert store.resumable("train", reordered) == store.job(stale[1].job_id)
    assert store.resumable("train", {"n": 5}) is None
    assert store.resumable("import", params) is None
    assert store.interrupt_stale("here") == ()


def page(store: Store, **options: object) -> list[str]:
    return [item.expr_hash for item in store.strategies(**options).items]


def test_missing_values_come_last_whatever_the_order(store):
    sharpes = {1: 0.5, 2: None, 3: 1.5, 4: -1.0}
    batch = [outcome(name, sharpe) for name, sharpe in sharpes.items()]
    store.record(None, "fx", spec(), batch, source="train")
    assert page(store, order="-ann_sharpe") == [hash_of(i) for i in (3, 1, 4, 2)]
    assert page(store, order="ann_sharpe") == [hash_of(i) for i in (4, 1, 3, 2)]


def test_ties_are_broken_by_the_next_key(store):
    batch = [outcome(i, 1.0, score) for i, score in enumerate((5.0, 1.0, 3.0))]
    store.record(None, "fx", spec(), batch, source="train")
    assert page(store, order="-ann_sharpe,complexity_score") == [hash_of(i) for i in (1, 2, 0)]
    assert page(store, order="-ann_sharpe, -complexity_score") == [hash_of(i) for i in (0, 2, 1)]


def test_pages_cover_everything_once(store):
    store.record(None, "fx", spec(), [outcome(i, i % 3) for i in range(25)], source="train")
    pages, offset = [], 0
    while offset is not None:
        found = store.strategies(limit=10, offset=offset)
        pages.append(found)
        offset = found.next
    assert [(len(p.items), p.total, p.next) for p in pages] == [
        (10, 25, 10),
        (10, 25, 20),
        (5, 25, None),
    ]
    assert {item.expr_hash for p in pages for item in p.items} == {hash_of(i) for i in range(25)}
    assert store.strategies(offset=30).items == ()


def test_strategies_are_filtered_by_data_set_and_text(store):
    store.record(None, "fx", spec(), [outcome("c_1%"), outcome("vol")], source="train")
    store.record(None, "us", spec(cap=0.1), [outcome("vol")], source="train")
    assert page(store, dataset="us") == [hash_of("vol")]
    assert page(store, q="VOL", dataset="fx") == [hash_of("vol")]
    assert page(store, q="1%") == [hash_of("c_1%")]
    assert page(store, q="%") == [hash_of("c_1%")]
    assert page(store, q=hash_of("c_1%")[:6].upper()) == [hash_of("c_1%")]
    assert page(store, q="' OR 1=1 --") == []


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            "-ann_sharp",
            "Strategies cannot be sorted by 'ann_sharp'. Did you mean ann_sharpe?",
        ),
        (
            "ann_sharpe; DROP TABLE runs",
            "Strategies cannot be sorted by 'ann_sharpe; DROP TABLE runs'. Choose one of "
            + ", ".join(ORDERS)
            + ".",
        ),
        ("run_id", None),
        ("(SELECT 1)", None),
        ("ann_sharpe DESC", None),
        ("ann_sharpe,", None),
        ("", None),
        ("--ann_sharpe", None),
        ("1", None),
    ],
)
def test_an_unknown_order_is_refused(store, order, message):
    with pytest.raises(ParamError) as caught:
        store.strategies(order=order)
    if message:
        assert caught.value.message.startswith(message[:-1])


@given(st.text("-, ;()'\"" + "".join(sorted(set("".join(ORDERS)))), max_size=40))
def test_an_order_is_known_names_only(text):
    try:
        keys = parsed_order(text)
    except ParamError:
        return
    assert {name for name, _ in keys} <= set(ORDERS)
    assert ",".join("-" * descends + name for name, descends in keys) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("limit", "offset", "message"),
    [
        (0, 0, "The limit is 0; choose 1 to 1000."),
        (1001, 0, "The limit is 1001; choose 1 to 1000."),
        (-1, 0, "The limit is -1; choose 1 to 1000."),
        (10, -1, "The offset is -1; choose 0 or more."),
    ],
)
def test_pages_outside_their_bounds_are_refused(store, limit, offset, message):
    for listing in (store.strategies, store.jobs):
        with pytest.raises(ParamError) as caught:
            listing(limit=limit, offset=offset)
        assert caught.value.message == message


def test_the_start_of_a_hash_finds_its_strategy_only(store):
    batch = [
        msgspec.structs.replace(outcome(i), expr_hash=hash_)
        for i, hash_ in enumerate(("abc000000000", "abc111111111", "abcfffffffff", "b00000000000"))
    ]
    store.record(None, "fx", spec(), batch, source="train")
    assert store.strategy(" B").expr_hash == "b00000000000"
    assert store.strategy("abcf").expr_hash == "abcfffffffff"
    with pytest.raises(ParamError) as several:
        store.strategy("abc")
    assert several.value.message == (
        "'abc' is the start of several hashes (abc000000000, abc111111111, abcfffffffff):"
        " type more of it."
    )
    with pytest.raises(NotFoundError) as none:
        store.strategy("abd")
    assert none.value.message == (
        "There is no saved strategy 'abd'; the list of strategies has them all."
    )
    for text in ("", "xyz", "abc%", "_", "a" * 65):
        with pytest.raises(ParamError):
            store.strategy(text)


def test_a_run_that_was_never_saved_has_no_series(store):
    with pytest.raises(NotFoundError) as caught:
        store.daily("0" * 16)
    assert caught.value.message == "There is no saved run '0000000000000000'."


def dataset(name: str, **fields: object) -> DatasetRow:
    return DatasetRow(
        **{
            "name": name,
            "fingerprint": FINGERPRINT,
            "folder": "f" * 16,
            "source": "prices.csv",
            "source_key": "0" * 64,
            "lockbox": "20%",
            "imported_at": "2026-01-01T00:00:00.000Z",
            "dates": 10,
            "symbols": 2,
            "first_date": "2020-01-01",
            "last_date": "2020-01-10",
            "report_json": "{}",
        }
        | fields
    )


def test_data_sets_are_kept_by_name_the_newest_first(store):
    rows = [
        dataset("fx"),
        dataset("us", imported_at="2026-02-01T00:00:00.000Z"),
        dataset("fx", imported_at="2026-03-01T00:00:00.000Z", lockbox="none"),
    ]
    for row in rows:
        store.save_dataset(row)
    assert store.datasets() == (rows[2], rows[1])
    assert store.dataset("fx") == rows[2]


def test_other_content_under_a_name_is_a_new_version_and_the_old_one_stays(store):
    first = store.save_dataset(dataset("fx"))
    again = store.save_dataset(dataset("fx", source="same.csv"))
    second = store.save_dataset(dataset("fx", fingerprint="e" * 64, folder="e" * 16))
    assert [row.version for row in (first, again, second)] == [1, 1, 2]
    assert store.dataset("fx") == second
    assert store.datasets() == (second,)
    assert store.versions("fx") == (second, again)
    assert store.version_of(FINGERPRINT, "fx") == again
    assert store.version_of(FINGERPRINT, "gone") == again
    assert store.version_of("d" * 64, "fx") is None


def test_a_removed_data_set_is_listed_no_more_and_its_versions_stay_known(store):
    store.save_dataset(dataset("fx"))
    store.save_dataset(dataset("fx", fingerprint="e" * 64, folder="e" * 16))
    store.remove_dataset("fx")
    assert store.datasets() == ()
    with pytest.raises(NotFoundError):
        store.remove_dataset("fx")
    assert [row.version for row in store.versions("fx")] == [2, 1]
    assert store.save_dataset(dataset("fx", fingerprint="d" * 64)).version == 3
    assert [row.version for row in store.datasets()] == [3]


def test_files_are_needed_while_a_listed_data_set_or_a_saved_run_rests_on_them(store):
    store.save_dataset(dataset("fx"))
    store.save_dataset(dataset("fx", fingerprint="e" * 64, folder="e" * 16))
    assert [store.is_folder_needed(each * 16) for each in "fed"] == [True, True, False]
    store.record(None, "fx", spec(), [outcome(1)], source="api")
    store.remove_dataset("fx")
    assert [store.is_folder_needed(each * 16) for each in "fed"] == [True, False, False]


def test_a_quality_report_is_kept_by_content_and_lockbox(store):
    row = store.save_dataset(dataset("fx"))
    found = Quality(
        version=VERSION, rows=3, dates=3, symbols=1, price="c_sek", coverage=Coverage(),
        calendar=Calendar(frequency="business days"), findings=(),
    )  # fmt: skip
    assert store.quality(row) is None
    store.save_quality(row, found)
    assert store.quality(row) == found
    assert store.quality(dataset("fx", lockbox="none")) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("FXX", "There is no data set 'FXX'. Did you mean fx?"),
        ("prices", "There is no data set 'prices'. The workspace has fx."),
    ],
)
def test_an_unknown_data_set_names_its_neighbours(store, name, message):
    store.save_dataset(dataset("fx"))
    with pytest.raises(NotFoundError) as caught:
        store.dataset(name)
    assert caught.value.message == message


def test_settings_are_remembered(store):
    assert (store.setting("dataset"), store.setting("dataset", "fx")) == (None, "fx")
    store.set_setting("dataset", "us")
    store.set_setting("dataset", "omx")
    assert store.setting("dataset", "fx") == "omx"
    store.set_setting("density", "compact")
    assert store.settings() == {"dataset": "omx", "density": "compact"}


def test_threads_may_share_a_store(store):
    made = store.create_job(job(total=200))

    def write(start: int) -> None:
        for i in range(start, start + 25):
            store.record(made.job_id, "fx", spec(), [outcome(i)], [("r", b"{}")], source="train")
            store.strategies(limit=5)

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 200, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.job(made.job_id).processed == 200
    assert [e.seq for e in store.events(made.job_id)] == list(range(1, 201))
