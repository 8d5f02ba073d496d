from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import engine.workspace as module
from engine.book import BookParams
from engine.dsl.tree import Names
from engine.errors import DataError, NotFoundError, ParamError, StoreError, WorkspaceBusyError
from engine.importing import ImportOptions
from engine.store import Job
from engine.strategy import run_spec
from engine.workspace import BUNDLED, Workspace, datasets
from engine.workspace.naming import name_of, open_rows

DATES = np.datetime64("2020-01-01") + np.arange(10)


def prices(start: float = 10.0) -> pl.DataFrame:
    rows = [
        {"date": day, "symbol": symbol, "c_sek": start + i * (1 + j) + 0.5 * (i % 3), "macro_x": i}
        for i, day in enumerate(DATES.tolist())
        for j, symbol in enumerate(("A", "B"))
    ]
    return pl.DataFrame(rows).with_columns(pl.col("macro_x").cast(pl.Float64))


@pytest.fixture(autouse=True)
def small_bundle(tmp_path_factory, monkeypatch):
    """The bundled data set, small."""
    path = tmp_path_factory.mktemp("bundle") / "ecb_fx_sek.parquet"
    prices().write_parquet(path)
    monkeypatch.setattr(module, "BUNDLED_FILE", path)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prices.csv"
    prices(20.0).write_csv(path)
    return path


@pytest.fixture
def space(tmp_path):
    with Workspace(tmp_path / "space", write=True) as space:
        yield space


def test_the_first_start_makes_a_private_folder_with_the_bundled_data(space):
    assert sorted(path.name for path in space.root.iterdir()) == [
        ".lock", "datasets", "reserve.bin", "runs.sqlite", "runs.sqlite-shm", "runs.sqlite-wal",
    ]  # fmt: skip
    assert os.name == "nt" or space.root.stat().st_mode & 0o777 == 0o700
    (row,) = space.datasets()
    assert (row.name, row.dates, row.symbols, row.lockbox) == (BUNDLED, 10, 2, "20%")
    assert (row.first_date, row.last_date) == ("2020-01-01", "2020-01-10")
    assert row.folder == row.fingerprint[:16]
    assert space.dataset() == row


def test_the_second_owner_is_refused_and_told_who_the_first_is(space):
    with pytest.raises(WorkspaceBusyError) as caught:
        Workspace(space.root, write=True)
    assert caught.value.message == (
        f"The workspace {space.root} is in use by another Kvant (pid {os.getpid()}). Wait until it"
        " is done or use another --workspace."
    )
    with Workspace(space.root, write=False) as reader:
        assert reader.datasets() == space.datasets()
    space.close()
    Workspace(space.root, write=True).close()


def test_a_killed_owner_leaves_the_workspace_free_and_its_jobs_interrupted(tmp_path):
    script = f"""
        import sys
        from pathlib import Path
        import engine.workspace as module
        from engine.store import Job
        module.BUNDLED_FILE = Path({str(module.BUNDLED_FILE)!r})
        space = module.Workspace(Path({str(tmp_path / "space")!r}), write=True)
        space.store.create_job(Job(type="train", status="running", boot_id=space.boot_id))
        print("ready", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True) as owner:
        assert owner.stdout.readline() == "ready\n"
        with pytest.raises(WorkspaceBusyError, match=rf"\(pid {owner.pid}\)"):
            Workspace(tmp_path / "space", write=True)
        owner.send_signal(signal.SIGKILL)
    with Workspace(tmp_path / "space", write=True) as space:
        assert [job.status for job in space.store.jobs().items] == ["interrupted"]


def test_jobs_of_this_process_are_not_interrupted(space):
    space.store.create_job(Job(type="train", status="running", boot_id=space.boot_id))
    space.close()
    with Workspace(space.root, write=True) as again:
        assert [job.status for job in again.store.jobs().items] == ["running"]


def test_there_is_nothing_to_look_at_before_the_first_start(tmp_path):
    with pytest.raises(StoreError):
        Workspace(tmp_path / "space", write=False)
    assert not (tmp_path / "space").exists()


def test_a_workspace_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        Workspace(tmp_path / "file" / "space", write=True)
    assert caught.value.message == (
        f"The workspace {tmp_path / 'file' / 'space'} cannot be made (Not a directory). Choose"
        " another --workspace."
    )


def test_an_imported_file_is_a_data_set_and_the_default(space, file):
    row, report = space.import_file(file)
    assert (row.name, row.source, report.rows) == ("prices", "prices.csv", 20)
    assert space.dataset() == space.dataset("prices") == row
    panel = space.panel("prices")
    assert (panel.name, panel.shape, panel.fingerprint) == ("prices", (8, 2), row.fingerprint)
    assert panel.feature("c_sek")[0].tolist() == [20.0, 20.0]
    space.store.set_setting("dataset", BUNDLED)
    assert space.dataset().name == BUNDLED
    space.store.set_setting("dataset", "gone")
    assert space.dataset().name == "prices"


def test_content_that_is_there_is_not_written_again(space, file):
    first, _ = space.import_file(file)
    before = {path: path.stat().st_mtime_ns for path in space.folder(first).iterdir()}
    second, _ = space.import_file(file, "again", "none")
    assert (second.fingerprint, second.folder) == (first.fingerprint, first.folder)
    assert {path: path.stat().st_mtime_ns for path in space.folder(first).iterdir()} == before
    assert space.panel("prices").shape[0] == 8
    assert space.panel("again").shape[0] == 10


def test_a_damaged_data_set_is_replaced_by_importing_it_again(space, file):
    row, _ = space.import_file(file)
    matrices = space.folder(row) / "matrices.npy"
    matrices.chmod(0o600)
    matrices.write_bytes(matrices.read_bytes()[:-8])
    with pytest.raises(DataError):
        space.panel("prices")
    space.import_file(file)
    assert space.panel("prices").shape == (8, 2)
    kept = [path.name for path in (space.root / "datasets").iterdir() if "damaged" in path.name]
    assert len(kept) == 1


def test_what_an_interrupted_import_left_is_removed(space):
    leftover = space.root / "datasets" / ".importing-x"
    leftover.mkdir()
    space.close()
    Workspace(space.root, write=True).close()
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("lockbox", "rows"),
    [
        ("none", 10),
        ("0%", 10),
        ("20%", 8),
        ("20 %", 8),
        ("25%", 8),
        ("12.5%", 9),
        ("99%", 1),
        ("2020-01-05", 4),
        ("2020-01-05 ", 4),
        ("2030-01-01", 10),
        ("2020-01-02", 1),
    ],
)
def test_the_lockbox_cuts_off_the_last_dates(lockbox, rows):
    assert open_rows(DATES, lockbox) == rows


def test_two_per_cent_of_few_dates_lock_nothing():
    assert open_rows(DATES[:4], "20%") == 4


@pytest.mark.parametrize(
    ("lockbox", "message"),
    [
        (
            "2020-01-01",
            (
                "The lockbox '2020-01-01' leaves no date to work with; the data set has"
                " 2020-01-01 to 2020-01-10."
            ),
        ),
        (
            "100%",
            (
                "The lockbox '100%' is neither none, nor a date (YYYY-MM-DD), nor a percentage"
                " below 100 such as 20%."
            ),
        ),
        (
            "-5%",
            (
                "The lockbox '-5%' is neither none, nor a date (YYYY-MM-DD), nor a percentage"
                " below 100 such as 20%."
            ),
        ),
        (
            "20",
            (
                "The lockbox '20' is neither none, nor a date (YYYY-MM-DD), nor a percentage"
                " below 100 such as 20%."
            ),
        ),
    ],
)
def test_a_lockbox_that_makes_no_sense_is_refused(space, file, lockbox, message):
    with pytest.raises(ParamError) as caught:
        space.import_file(file, lockbox=lockbox)
    assert caught.value.message == message
    assert [row.name for row in space.datasets()] == [BUNDLED]


def test_the_lockbox_opens_only_when_asked(space, file):
    space.import_file(file)
    closed, opened = space.panel("prices"), space.panel("prices", lockbox_open=True)
    assert (closed.dates[-1], opened.dates[-1]) == (DATES[7], DATES[9])
    assert closed.feature("c_sek").shape == (8, 2)


@pytest.mark.parametrize(
    ("lockbox", "rows", "start"),
    [("20%", 8, 8), ("none", 10, None), ("2020-01-05", 4, 4), ("2030-01-01", 10, None)],
)
def test_open_dates_end_before_the_lockbox(space, file, lockbox, rows, start):
    row, _ = space.import_file(file, lockbox=lockbox)
    days = DATES.tolist()
    assert space.open_dates(row) == (rows, days[rows - 1], None if start is None else days[start])
    panel = space.panel(row.name)
    assert (rows, days[rows - 1]) == (len(panel.dates), panel.dates[-1].astype(object))


def test_open_dates_of_a_damaged_data_set_are_refused(space, file):
    row, _ = space.import_file(file)
    dates = space.folder(row) / "dates.npy"
    dates.chmod(0o600)
    content = bytearray(dates.read_bytes())
    content[-8] ^= 1
    dates.write_bytes(content)
    with pytest.raises(DataError) as caught:
        space.open_dates(row)
    assert caught.value.message == (
        f"The data set in {row.folder} is damaged: the bytes of dates.npy are not those that were"
        " written. Import the original file again."
    )


def test_names_are_those_of_the_panel_and_read_once(space, file, monkeypatch):
    frame = prices(20.0).with_columns(pl.lit("bank").alias("sector"), open=pl.col("c_sek") * 1.01)
    frame.write_csv(file)
    space.import_file(file)
    panel = space.panel("prices")
    expected = Names(
        features=frozenset(panel.features),
        categories=frozenset(panel.categories),
        symbols=frozenset(panel.symbols),
        price="c_sek",
    )
    assert space.names("prices") == space.names() == expected == Names.of(panel)
    assert (expected.categories, expected.symbols) == ({"sector"}, {"A", "B"})
    assert space.names(BUNDLED).features == {"c_sek", "macro_x"}
    monkeypatch.setattr(datasets, "read_manifest", None)
    assert space.names("prices") == expected
    with pytest.raises(NotFoundError):
        space.names("gone")


def test_a_panel_may_have_another_price_and_lags(space, file):
    space.import_file(file)
    panel = space.panel("prices", price="macro_x", domain_lags={"macro": 2})
    assert (panel.price, dict(panel.lags)) == ("macro_x", {"macro_x": 2})
    assert panel.prices()[3].tolist() == [3.0, 3.0]
    assert panel.feature("macro_x")[3].tolist() == [1.0, 1.0]
    with pytest.raises(DataError, match="There is no numeric column 'open'"):
        space.panel("prices", price="open")


def test_a_saved_run_sees_its_panel_again(space, file):
    space.import_file(file)
    panel = space.panel("prices", price="macro_x", domain_lags={"macro": 2})
    spec = run_spec(panel, BookParams())
    space.import_file(module.BUNDLED_FILE, "prices")
    again = space.panel_of(spec)
    assert run_spec(again, BookParams()) == spec
    assert again.dates.tolist() == panel.dates.tolist()
    assert again.feature("macro_x")[2:].tolist() == panel.feature("macro_x")[2:].tolist()


def test_a_run_whose_data_set_is_gone_says_so(space):
    spec = run_spec(space.panel(), BookParams())
    (space.root / "datasets").rename(space.root / "elsewhere")
    with pytest.raises(NotFoundError) as caught:
        space.panel_of(spec)
    assert caught.value.message == (
        f"The data set {spec.fingerprint[:16]} of this run is not in the workspace. Import its file"
        " again."
    )


def test_a_file_is_imported_once_for_its_content(space, file):
    first = space.resolve(str(file))
    assert first.name == "prices"
    assert space.resolve(str(file)) == first
    with Workspace(space.root, write=False) as reader:
        assert reader.resolve(str(file)) == first
    prices(30.0).write_csv(file)
    second = space.resolve(str(file))
    assert second.name.startswith("prices-")
    assert space.resolve(str(file)) == second
    assert space.resolve(str(file), ImportOptions(price="macro_x")).name not in {
        first.name, second.name,
    }  # fmt: skip
    assert space.resolve("prices") == first
    assert space.resolve(None) == space.dataset()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ecb_fx", "There is no data set 'ecb_fx'. Did you mean ecb_fx_sek?"),
        ("gone.csv", "There is no file gone.csv. Check the name and the folder."),
        ("x/gone", "There is no file x/gone. Check the name and the folder."),
    ],
)
def test_a_data_set_that_is_not_there_is_named(space, text, message):
    with pytest.raises((NotFoundError, DataError)) as caught:
        space.resolve(text)
    assert caught.value.message == message


@pytest.mark.parametrize("name", ["", "a b", "a/b", "../x", "x.csv", "-x", ".x", "a" * 65, "a\n"])
def test_names_unfit_for_a_data_set_are_refused(space, file, name):
    with pytest.raises(ParamError) as caught:
        space.import_file(file, name)
    assert caught.value.message == (
        f"{name[:80]!r} cannot name a data set: use up to 64 letters, digits, _, - and ., without"
        " the ending of a file."
    )


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("prices.csv", "prices"),
        ("my prices (2).csv.gz", "my_prices_2"),
        ("kurser-åäö.parquet", "kurser-åäö"),
        (".csv", "csv"),
        ("***.csv", "data"),
        ("x" * 90 + ".csv", "x" * 64),
    ],
)
def test_a_file_gives_its_data_set_a_name(file_name, name):
    assert name_of(Path(file_name)) == name


def test_one_database_has_one_owner_wherever_it_is_opened_from(tmp_path, monkeypatch):
    (tmp_path / "db").mkdir()
    monkeypatch.setenv("QUANT_DB_PATH", str(tmp_path / "db" / "runs.sqlite"))
    monkeypatch.setenv("KVANT_HOME", str(tmp_path / "one"))
    with Workspace(write=True):
        monkeypatch.setenv("KVANT_HOME", str(tmp_path / "two"))
        with pytest.raises(WorkspaceBusyError):
            Workspace(write=True)
