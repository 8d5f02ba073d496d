"""Files of the user: whatever one does to the process that reads it, the program goes on."""

from __future__ import annotations

import os
import signal
import threading
import time

import polars as pl
import psutil
import pytest

from app import imports, supervisor
from app.imports import Importer
from engine.errors import CancelledError, DataError, ParamError
from engine.importing import ImportOptions
from engine.workspace import Workspace


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prices.csv"
    rows = [
        {"date": f"2020-01-{day:02d}", "symbol": name, "close": day + len(name)}
        for day in range(1, 11)
        for name in ("A", "BB")
    ]
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.fixture
def space(tmp_path):
    with Workspace(tmp_path / "space", write=True) as space:
        yield space


def names(space):
    return sorted(path.name for path in (space.root / "datasets").iterdir())


def test_the_process_keeps_what_we_would_have_kept(space, file, tmp_path):
    with Importer(space) as importer:
        row, report = importer.import_file(file, "mine")
        assert importer.resolve(str(file)) == row
        again, _ = importer.import_file(file, "again", "none")
    with Workspace(tmp_path / "other", write=True) as other:
        here, same = other.import_file(file, "mine")
        assert (row.fingerprint, row.folder, report) == (here.fingerprint, here.folder, same)
    assert (again.folder, again.lockbox) == (row.folder, "none")
    assert space.panel("mine").shape == (8, 2)


def test_a_refusal_is_the_sentence_of_the_engine_and_the_next_file_is_read(space, file, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("when,what\n1,2\n")
    with Importer(space) as importer:
        with pytest.raises(DataError, match=r"^bad.csv has no column for the date and the symbol"):
            importer.import_file(bad)
        with pytest.raises(ParamError, match="leaves no date"):
            importer.import_file(file, lockbox="2019-01-01")
        importer.import_file(file)
    assert len(names(space)) == 2


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGKILL])
def test_a_file_that_ends_the_process_is_refused_and_leaves_nothing(
    space, file, monkeypatch, number
):
    before = names(space)
    send = supervisor.EngineProcess._send

    def send_and_die(self, order):
        (space.root / "datasets" / ".importing-half").mkdir()
        os.kill(self.pid, number)
        send(self, order)

    with Importer(space) as importer:
        monkeypatch.setattr(supervisor.EngineProcess, "_send", send_and_die)
        with pytest.raises(DataError) as caught:
            importer.import_file(file)
        assert caught.value.message == (
            f"prices.csv ended the process that read it (exit code {-number}): it is damaged, or"
            " too large for the free memory. Export it again, or split it by symbol or date;"
            " nothing of it was kept."
        )
        assert names(space) == before
        monkeypatch.setattr(supervisor.EngineProcess, "_send", send)
        assert importer.import_file(file)[0].name == "prices"
    assert [row.name for row in space.datasets()] == ["prices", "ecb_fx_sek"]


def test_a_file_that_takes_too_long_is_given_up(space, file, monkeypatch):
    monkeypatch.setattr(imports, "SILENCE_LIMIT_S", 0.1)
    monkeypatch.setattr(supervisor.EngineProcess, "_next", lambda _: time.sleep(0.06))
    with Importer(space) as importer, pytest.raises(DataError) as caught:
        importer.import_file(file)
    assert caught.value.message == (
        "prices.csv was not read within 0.1 s; the process that read it was stopped. Split the file"
        " by symbol or date; nothing of it was kept."
    )


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (supervisor.Limits(order_s=0.0), "was not read within 1800 s"),
        (supervisor.Limits(memory=1e6), "needs more than 0.0 GiB of memory"),
    ],
)
def test_a_file_that_takes_too_much_is_given_up(space, file, monkeypatch, limits, reason):
    before = names(space)
    monkeypatch.setattr(imports, "limits", lambda: limits)
    with Importer(space) as importer, pytest.raises(DataError) as caught:
        importer.import_file(file)
    assert caught.value.message == (
        f"prices.csv {reason}; the process that read it was stopped. Split the file by symbol or"
        " date; nothing of it was kept."
    )
    assert names(space) == before


def test_the_memory_of_a_file_is_at_most_half_of_that_of_the_machine():
    limits = imports.limits()
    assert 1 << 28 < limits.memory <= psutil.virtual_memory().total / 2
    assert limits.memory <= 8 << 30


def test_an_import_that_is_cancelled_leaves_nothing_and_the_next_one_works(space, file):
    before, stop, told = names(space), threading.Event(), []

    def hear(step):
        told.append(step.stage)
        stop.set()

    with Importer(space, hear, stop) as importer:
        with pytest.raises(CancelledError) as caught:
            importer.import_file(file)
        assert caught.value.message == "The import was cancelled; nothing of it was kept."
        assert (len(told) >= 1, names(space), len(space.datasets())) == (True, before, 1)
        stop.clear()
        assert importer.preview(file).report.rows == 20
        stop.clear()
        with pytest.raises(CancelledError):
            importer.import_file(file)


def test_an_import_that_does_not_listen_is_killed(space, file, monkeypatch):
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr(supervisor.EngineProcess, "stop", lambda _: None)
    monkeypatch.setattr(supervisor.EngineProcess, "_next", lambda _: time.sleep(0.05))
    with Importer(space, stop=stop) as importer:
        began = time.monotonic()
        with pytest.raises(CancelledError):
            importer.import_file(file)
        assert imports.PATIENCE_S <= time.monotonic() - began < imports.PATIENCE_S + 5


def test_a_preview_does_not_touch_what_another_import_is_writing(space, file):
    half = space.root / "datasets" / ".importing-half"
    with Importer(space) as importer:
        assert importer.preview(file).report.rows == 20
        half.mkdir()
    assert half.exists()


def test_a_folder_is_imported_and_known_again(space, file, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for name in ("AA", "BB"):
        frame = pl.read_csv(file).filter(pl.col("symbol") == "A").drop("symbol")
        frame.write_csv(folder / f"{name}.csv")
    with Importer(space) as importer:
        row, report = importer.import_file(folder)
        assert (row.name, row.symbols, [f.used for f in report.files]) == ("many", 2, [True, True])
        assert space.known_file(folder) == row
        frame.with_columns(close=pl.col("close") + 1).write_csv(folder / "CC.csv")
        assert space.known_file(folder) is None
        again, _ = importer.import_file(folder)
    assert (again.symbols, again.version) == (3, 2)


def test_stopping_an_import_leaves_nothing(space, file, monkeypatch):
    before = names(space)

    def interrupted(_self):
        (space.root / "datasets" / ".importing-half").mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(supervisor.EngineProcess, "_next", interrupted)
    with pytest.raises(KeyboardInterrupt), Importer(space) as importer:
        importer.import_file(file)
    assert names(space) == before
    assert len(space.datasets()) == 1


def test_a_file_with_a_name_that_is_no_text_is_refused(space, file):
    odd = file.with_name(os.fsdecode(b"pr\xffices.csv"))
    try:
        file.rename(odd)
    except OSError:
        pytest.skip("this file system knows only names that are text")
    with Importer(space) as importer, pytest.raises(DataError, match="is not valid text"):
        importer.import_file(odd, "mine", options=ImportOptions())
