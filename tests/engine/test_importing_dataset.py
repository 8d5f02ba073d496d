from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from engine.errors import DataError
from engine.importing import (
    DatasetInfo,
    ImportOptions,
    read_file,
    read_info,
    read_report,
    remove_leftovers,
    verify_dataset,
    write_dataset,
)
from engine.panel import Panel, open_panel
from engine.panel.folder import TABLE

ROWS = [
    ("2020-01-01", "B", 1.0, None, "bank", True),
    ("2020-01-03", "B", 2.0, 5.0, "bank", False),
    ("2020-01-02", "A", 3.0, 6.0, None, None),
]
FRAME = pl.DataFrame(ROWS, ["date", "symbol", "close", "eps", "sector", "member"], orient="row")
OPTIONS = ImportOptions(categories=("sector",))
NAN = np.nan


@pytest.fixture
def imported(tmp_path):
    path = tmp_path / "x.parquet"
    FRAME.write_parquet(path)
    return read_file(path, OPTIONS)


@pytest.fixture
def folder(tmp_path, imported):
    target = tmp_path / "sets" / "ds_1"
    write_dataset(target, imported)
    return target


def test_a_data_set_opens_as_dense_matrices(folder):
    panel = open_panel(folder, name="x")
    assert (panel.symbols, panel.features) == (("A", "B"), ("close", "eps", "member"))
    assert panel.dates.astype(str).tolist() == ["2020-01-01", "2020-01-02", "2020-01-03"]
    np.testing.assert_array_equal(panel.feature("close"), [[NAN, 1], [3, NAN], [NAN, 2]])
    np.testing.assert_array_equal(panel.feature("eps"), [[NAN, NAN], [6, NAN], [NAN, 5]])
    np.testing.assert_array_equal(panel.codes("sector"), [[-1, 0], [-1, -1], [-1, 0]])
    np.testing.assert_array_equal(panel.universe(), [[0, 1], [0, 0], [0, 0]])
    np.testing.assert_array_equal(panel.returns(), [[NAN, 0], [0, NAN], [NAN, 1]])


def test_matrices_are_mapped_contiguous_and_read_only(folder):
    panel = open_panel(folder, name="x")
    for matrix in (panel.feature("close"), panel.codes("sector"), panel.head(2).feature("eps")):
        assert type(matrix) is np.ndarray
        assert matrix.flags.c_contiguous
        assert not matrix.flags.writeable
        assert not matrix.flags.owndata


def test_what_was_imported_can_be_asked_for(folder, imported):
    info = read_info(folder)
    report = imported.report
    assert info == DatasetInfo(
        fingerprint=imported.fingerprint,
        sha256=info.sha256,
        rows=3,
        dates=3,
        symbols=2,
        first_date=report.first_date,
        last_date=report.last_date,
        features=("close", "eps", "member"),
        categories=("sector",),
        price="close",
        universe="member",
        periods_per_year=252,
        bytes=sum(path.stat().st_size for path in folder.iterdir() if path.suffix != ".json")
        + (folder / "report.json").stat().st_size,
    )
    assert read_report(folder) == report
    assert open_panel(folder, name="x").fingerprint == imported.fingerprint


def test_the_table_is_sorted_and_typed(folder):
    table = pl.read_parquet(folder / TABLE)
    assert table.schema == {
        "date": pl.Date, "symbol": pl.String, "close": pl.Float64, "eps": pl.Float64,
        "member": pl.Float64, "sector": pl.String,
    }  # fmt: skip
    assert table.rows()[0][1:] == ("A", 3.0, 6.0, None, None)


def test_the_fingerprint_of_a_file_is_that_of_the_same_panel_in_memory(folder):
    panel = open_panel(folder, name="x")
    same = Panel.from_arrays(
        "y",
        panel.dates,
        panel.symbols,
        {name: panel.feature(name) for name in panel.features},
        {name: (panel.codes(name), levels) for name, levels in panel.categories.items()},
    )
    assert same.fingerprint == panel.fingerprint


def test_only_the_owner_may_read_a_data_set(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_same_content_is_written_once_and_other_content_never_replaces_it(folder, imported):
    before = (folder / TABLE).stat().st_mtime_ns
    assert write_dataset(folder, imported) == read_info(folder)
    assert (folder / TABLE).stat().st_mtime_ns == before
    path = folder.parent / "other.csv"
    path.write_text("date,symbol,close\n2020-01-01,A,1\n")
    with pytest.raises(DataError) as caught:
        write_dataset(folder, read_file(path))
    assert caught.value.message == "ds_1 already holds another data set, which is never replaced."


class PowerCutError(Exception):
    pass


@pytest.mark.parametrize("step", range(9))
def test_an_interrupted_import_leaves_all_or_nothing(tmp_path, imported, monkeypatch, step):
    calls = []

    def sync(handle):
        calls.append(handle)
        if len(calls) > step:
            raise PowerCutError

    monkeypatch.setattr(os, "fsync", sync)
    target = tmp_path / "sets" / "ds_1"
    try:
        write_dataset(target, imported)
    except PowerCutError:
        assert len(calls) == step + 1
    assert list((tmp_path / "sets").iterdir()) in ([], [target])
    if target.exists():
        verify_dataset(target)
        assert open_panel(target, name="x").fingerprint == imported.fingerprint


def test_every_file_is_on_the_disk_before_the_folder_gets_its_name(tmp_path, imported, monkeypatch):
    log = []
    sync, rename = os.fsync, Path.rename

    def logged_sync(handle):
        log.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def logged_rename(path, target):
        log.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", logged_sync)
    monkeypatch.setattr(Path, "rename", logged_rename)
    write_dataset(tmp_path / "sets" / "ds_1", imported)
    files = {"panel.parquet", "dates.npy", "matrices.npy", "codes.npy", "report.json"}
    assert set(log[:5]) == files
    assert log[5] == "manifest.json"
    assert log[6].startswith(".importing-")
    assert log[7:] == ["rename", "sets"]


def test_leftovers_of_a_killed_import_are_removed(folder):
    (folder.parent / ".importing-abc").mkdir()
    (folder.parent / ".importing-abc" / "panel.parquet").write_bytes(b"half")
    assert remove_leftovers(folder.parent) == 1
    assert list(folder.parent.iterdir()) == [folder]


def flip(path, place=-1):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "panel.parquet": "the bytes of panel.parquet are not those that were written",
    "matrices.npy": "matrices.npy has 271 bytes and should have 272",
    "dates.npy": "dates.npy cannot be read (No such file or directory)",
    "manifest.json": (
        "its manifest.json cannot be read (JSON is malformed: invalid character (byte 0))"
    ),
}


@pytest.mark.parametrize("file", DAMAGE)
def test_a_damaged_data_set_is_not_opened(folder, file):
    path = folder / file
    if file == "dates.npy":
        path.unlink()
    elif file == "matrices.npy":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        flip(path, 0 if file == "manifest.json" else 100)
    with pytest.raises(DataError) as caught:
        open_panel(folder, name="x")
    assert caught.value.message == (
        f"The data set in ds_1 is damaged: {DAMAGE[file]}. Import the original file again."
    )


@pytest.mark.parametrize("file", ["panel.parquet", "dates.npy", "matrices.npy", "codes.npy"])
def test_a_flipped_bit_is_found_before_anything_is_computed(folder, file):
    verify_dataset(folder)
    flip(folder / file)
    for check in (verify_dataset, lambda place: open_panel(place, name="x")):
        with pytest.raises(DataError) as caught:
            check(folder)
        assert f"the bytes of {file} are not those that were written" in caught.value.message
