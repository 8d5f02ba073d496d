from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

import apsw
import msgspec
import pytest

from engine.errors import StoreError
from engine.store import Store, schema
from engine.store.database import RESERVE_BYTES, Database
from tests.engine.store_samples import FINGERPRINT, job, opened, outcome, spec

MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount")
ADDED = "ALTER TABLE jobs ADD COLUMN note TEXT; CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;"


def filled(folder: Path, count: int = 5) -> Path:
    with opened(folder) as store:
        made = store.create_job(job(total=count))
        batch = [outcome(i, i / 10) for i in range(count)]
        store.record(made.job_id, "fx", spec(), batch, [("result", b"{}")], source="train")
        store.set_setting("dataset", "fx")
        store.open_lockbox("a" * 12, "fx")
    return folder / "runs.sqlite"


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(apsw.Connection(str(path))) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name: list(connection.execute(f"SELECT * FROM {name}")) for (name,) in names}  # noqa: S608  # our own


def test_a_writer_commits_safely_and_a_reader_cannot_write(tmp_path):
    path = filled(tmp_path)
    with opened(tmp_path) as writer, Store.open(path, write=False) as reader:
        settings = {
            name: writer._db.one(f"PRAGMA {name}")[0]
            for name in (
                "journal_mode", "synchronous", "foreign_keys", "trusted_schema",
                "recursive_triggers", "journal_size_limit", "user_version", "application_id",
            )
        }  # fmt: skip
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "recursive_triggers": 1,
            "journal_size_limit": 64 << 20,
            "user_version": len(schema.MIGRATIONS),
            "application_id": schema.APPLICATION_ID,
        }
        writer.record(None, "fx", spec(), [outcome("new")], source="api")
        assert reader.trials_count(FINGERPRINT) == 6
        with pytest.raises(StoreError):
            reader.set_setting("dataset", "us")


def test_every_table_is_strict(tmp_path):
    with opened(tmp_path) as store:
        strict = dict(store._db.rows("SELECT name, strict FROM pragma_table_list"))
    ours = {name: flag for name, flag in strict.items() if not name.startswith("sqlite_")}
    assert set(ours) >= {"jobs", "strategy_snapshots", "runs", "run_daily", "trials", "events"}
    assert set(ours.values()) == {1}


def test_a_closed_store_leaves_one_file_and_the_reserve(tmp_path):
    store = opened(tmp_path)
    store.record(None, "fx", spec(), [outcome(1)], source="train")
    store.close()
    store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reserve.bin", "runs.sqlite"]
    assert (tmp_path / "reserve.bin").stat().st_size == RESERVE_BYTES


def test_the_log_stays_small_while_a_reader_looks_on(tmp_path):
    with opened(tmp_path) as store, Store.open(tmp_path / "runs.sqlite", write=False) as reader:
        for i in range(300):
            store.record(None, "fx", spec(), [outcome(i)], source="train")
            reader.strategies(limit=10)
        assert (tmp_path / "runs.sqlite-wal").stat().st_size < 8 << 20


@pytest.mark.parametrize(
    ("write", "content", "message"),
    [
        (False, None, "There is no Kvant database at {path}. Choose another workspace, or "),
        (True, b"date,close\n2020-01-01,3\n" * 100, "The database {path} is damaged"),
        (False, b"date,close\n2020-01-01,3\n" * 100, "The database {path} is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_database_is_refused(tmp_path, write, content, message):
    path = tmp_path / "runs.sqlite"
    if content:
        path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Store.open(path, write=write)
    assert caught.value.message.startswith(message.format(path=path))
    assert content is None or path.read_bytes() == content


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "runs.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store.open(path, write=True)
    assert caught.value.message == (
        f"The file {path} is the database of another program. Choose another workspace or another"
        " QUANT_DB_PATH; nothing was changed."
    )
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "gone" / "runs.sqlite"
    with pytest.raises(StoreError) as caught:
        Store.open(path, write=True)
    assert caught.value.message == (
        f"The database {path} cannot be read or written (unable to open database file). Check that"
        " the folder exists, belongs to you and is on a working local disk."
    )


@pytest.mark.parametrize("write", [True, False])
def test_a_file_of_a_newer_version_is_refused_and_kept(tmp_path, write, monkeypatch):
    path = filled(tmp_path)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ADDED))
    opened(tmp_path).close()
    monkeypatch.undo()
    before = contents(path)
    with pytest.raises(StoreError) as caught:
        Store.open(path, write=write)
    version = len(schema.MIGRATIONS)
    assert caught.value.message == (
        f"The database {path} was written by a newer Kvant (version {version + 1}, this one knows"
        f" {version}). Install the newer Kvant; nothing was changed."
    )
    assert contents(path) == before


def test_an_older_file_is_backed_up_and_brought_up_to_date(tmp_path, monkeypatch):
    path = filled(tmp_path)
    before, version = contents(path), len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ADDED))
    with pytest.raises(StoreError) as caught:
        Store.open(path, write=False)
    assert caught.value.message == (
        f"The database {path} was written by an older Kvant (version {version}, this one needs"
        f" {version + 1}). Run any"
        " command that writes, for example kvant doctor, to bring it up to date."
    )
    with opened(tmp_path) as store:
        assert store.trials_count(FINGERPRINT) == 5
        assert store._db.one("PRAGMA user_version") == (version + 1,)
    (backup,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(rf"runs-v{version}-\d{{8}}T\d{{12}}\.sqlite", backup.name)
    assert contents(backup) == before
    after = contents(path)
    assert after.pop("extra") == []
    after["jobs"] = [row[:-1] for row in after["jobs"]]
    assert after == before


def test_a_file_of_the_first_version_opens(tmp_path):
    path = tmp_path / "runs.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute((Path(__file__).parent / "store_v1.sql").read_text())
    with opened(tmp_path) as store:
        assert store._db.one("PRAGMA user_version") == (len(schema.MIGRATIONS),)
        assert store.strategies().total == 2
        assert [e.seq for e in store.events(store.jobs().items[0].job_id)] == [1]


def test_a_file_of_the_second_version_is_backed_up_and_opens(tmp_path):
    path = tmp_path / "runs.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute((Path(__file__).parent / "store_v2.sql").read_text())
    before = contents(path)
    with opened(tmp_path) as store:
        made = store.jobs().items[0]
        assert (made.params, store.job_of_key("")) == ({"n": 4}, None)
        assert store.create_job(job(), "key") == store.job_of_key("key")
        best = store.strategies().items[0]
        assert store.strategy(best.expr_hash).tags == ("momentum",)
        store.set_note(best.expr_hash, "Good.")
        assert store.strategy(best.expr_hash).note == "Good."
        assert store.integrity() == []
    (backup,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"runs-v2-\d{8}T\d{12}\.sqlite", backup.name)
    assert contents(backup) == before
    after = contents(path)
    assert [row[:-1] for row in after["jobs"] if row[-1] is None] == before["jobs"]
    assert {name: after[name] for name in before if name != "jobs"} == {
        name: rows for name, rows in before.items() if name != "jobs"
    }
    new = {"notes", "certificates", "quality", "studies", "hidden"}
    assert after.keys() - before.keys() == new


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    path = filled(tmp_path)
    before = contents(path)
    broken = f"{ADDED} ALTER TABLE nowhere ADD COLUMN x TEXT;"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    with pytest.raises(StoreError):
        opened(tmp_path)
    monkeypatch.undo()
    assert contents(path) == before
    opened(tmp_path).close()


def test_three_backups_are_kept(tmp_path, monkeypatch):
    filled(tmp_path)
    version = len(schema.MIGRATIONS)
    for number in range(5):
        step = f"CREATE TABLE extra{number} (id INTEGER) STRICT;"
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
        opened(tmp_path).close()
    names = sorted(path.name[:7] for path in (tmp_path / "backups").iterdir())
    assert names == [f"runs-v{version + number}" for number in (2, 3, 4)]


def test_damage_is_found_or_harmless_and_never_a_crash(tmp_path):
    whole = filled(tmp_path, 200).read_bytes()
    random, copy, found = Random(7), tmp_path / "copy.sqlite", 0
    for round_ in range(60):
        damaged = bytearray(whole)
        for _ in range(random.choice((1, 20, 500))):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        copy.write_bytes(damaged[: len(damaged) // 2] if round_ % 10 == 0 else damaged)
        try:
            with Store.open(copy, write=False) as store:
                found += bool(store.integrity())
                store.strategies(limit=100)
                store.jobs()
        except StoreError:
            found += 1
    assert found > 20


def test_damage_after_a_crash_is_found_at_the_next_start(tmp_path):
    path = filled(tmp_path, 200)
    data = bytearray(path.read_bytes())
    data[3 * 4096 : 40 * 4096] = os.urandom(37 * 4096)
    path.write_bytes(data)
    (tmp_path / "runs.sqlite-wal").write_bytes(b"left behind")
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert re.fullmatch(
        rf"The database {path} is damaged \(.+\)\. Move it aside and put the newest copy from"
        rf" {tmp_path / 'backups'} in its place, or start a new workspace\.",
        caught.value.message,
        re.DOTALL,
    )


def test_a_store_held_by_another_program_says_so(tmp_path):
    path = filled(tmp_path)
    with opened(tmp_path) as store, closing(apsw.Connection(str(path))) as other:
        store._db._connection.set_busy_timeout(10)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            store.set_setting("a", "b")
        assert caught.value.message == (
            f"The database {path} is held by another program. Close it and try again."
        )
        other.execute("ROLLBACK")
        store.set_setting("a", "b")


def test_writing_outside_a_transaction_is_a_mistake(tmp_path):
    with opened(tmp_path) as store, pytest.raises(AssertionError):
        store._db.run("DELETE FROM settings")


def test_transactions_may_be_nested_and_fail_as_one(tmp_path):
    with closing(Database(tmp_path / "x.sqlite", write=True)) as db:
        with suppress(KeyError), db.transaction():
            with db.transaction():
                db.run("INSERT INTO settings VALUES ('a', '1')")
            raise KeyError
        assert db.rows("SELECT * FROM settings") == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path):
    command = [sys.executable, "-m", "tests.kill9.store_writer", str(tmp_path), "30"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["kills"], report["faults"]) == (30, [])
    assert report["acknowledged"] >= 90


@contextmanager
def small_disk(folder: Path, megabytes: int):
    """A file system of its own; remounting it larger gives space back."""
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() != 0 or MOUNT is None:
        pytest.skip("mounting a small disk needs root")
    mounted = subprocess.run([MOUNT, *options], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.decode()}")
    try:
        yield lambda size: subprocess.run(
            [MOUNT, "-o", f"remount,size={size}m", str(folder)], check=True
        )
    finally:
        subprocess.run([UMOUNT, "-l", str(folder)], check=True)


def fill(store: Store, job_id: str, start: int) -> tuple[int, StoreError]:
    """Save runs with big series until the disk is full: the number of the one that failed."""
    for number in range(start, start + 10_000):
        big = outcome(number)
        daily = Random(number).randbytes(100_000)
        one = type(big)(**{f: getattr(big, f) for f in big.__struct_fields__} | {"daily": daily})
        try:
            store.record(job_id, "fx", spec(), [one], [("result", b"{}")], source="train")
        except StoreError as error:
            return number, error
    raise AssertionError("the disk never filled up")


def test_a_full_disk_is_said_and_survived(tmp_path):
    with small_disk(tmp_path, 24) as resize:
        with opened(tmp_path) as store:
            made = store.create_job(job(total=10_000))
            failed_at, error = fill(store, made.job_id, 0)
            assert error.message == (
                f"The disk with {tmp_path / 'runs.sqlite'} is full. Free some space and try again;"
                " everything saved before is intact."
            )
            assert not (tmp_path / "reserve.bin").exists()
            store.update_job(made.job_id, status="failed", message=error.message)
            assert store.job(made.job_id).processed == failed_at > 10
            assert store.integrity() == []
            second, _ = fill(store, made.job_id, failed_at)
            resize(64)
            store.record(made.job_id, "fx", spec(), [outcome(second)], source="train")
            assert store.job(made.job_id).processed == second + 1
        with opened(tmp_path) as store:
            assert (store.integrity(), store.trials_count(FINGERPRINT)) == ([], second + 1)
            assert (tmp_path / "reserve.bin").exists()


def test_a_store_cannot_be_made_on_a_full_disk(tmp_path):
    with small_disk(tmp_path, 1):
        (tmp_path / "filler").write_bytes(bytes((1 << 20) - 8192))
        with pytest.raises(StoreError):
            opened(tmp_path)


def test_data_sets_of_the_third_version_are_first_versions(tmp_path):
    path = tmp_path / "runs.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute((Path(__file__).parent / "store_v3.sql").read_text())
    with opened(tmp_path) as store:
        (row,) = store.datasets()
        assert (row.name, row.version, row.fingerprint) == ("fx", 1, FINGERPRINT)
        assert store.versions("fx") == (row,)
        assert store.save_dataset(msgspec.structs.replace(row, fingerprint="e" * 64)).version == 2
        assert store._db.rows("SELECT note FROM notes") == [("Good.",)]
        assert store.integrity() == []
    (backup,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"runs-v3-\d{8}T\d{12}\.sqlite", backup.name)


def test_a_ledger_of_the_fourth_version_takes_more_kinds_of_askers(tmp_path):
    path = tmp_path / "runs.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute((Path(__file__).parent / "store_v4.sql").read_text())
        before = list(connection.execute("SELECT * FROM trials ORDER BY id"))
    with opened(tmp_path) as store:
        assert store._db.rows("SELECT * FROM trials ORDER BY id") == before
        assert store.openings("fx") == 2
        store.record(None, "fx", spec(), [outcome(7)], source="robustness", keep=False)
        assert store.trials("fx").items[0].source == "robustness"
        assert store.trials("fx").items[0].id > max(row[0] for row in before)
        for statement in ("DELETE FROM trials", "UPDATE trials SET sharpe = 9"):
            with pytest.raises(apsw.ConstraintError, match="only grows"), store._db.transaction():
                store._db.run(statement)
        assert store.integrity() == []
