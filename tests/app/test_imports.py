"""Files of the user: whatever one does to the process that reads it, the program goes on."""

from __future__ import annotations

import os
import signal
import time

import polars as pl
import pytest

from app import imports, supervisor
from app.imports import Importer
from engine.errors import DataError, ParamError
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
