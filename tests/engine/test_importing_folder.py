from __future__ import annotations

import datetime as dt
import os

import polars as pl
import pytest

from engine.errors import CancelledError, DataError, QuestionError
from engine.importing import FileNote, ImportOptions, read_file
from engine.importing import opening as opening_module


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "prices"
    path.mkdir()
    for symbol, close in (("AAPL", 1), ("ERIC-B.ST", 5)):
        (path / f"{symbol}.csv").write_text(f"Date,Close\n2020-01-01,{close}\n2020-01-02,2\n")
    return path


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        read_file(path, ImportOptions(**options))
    return caught.value.message


def test_files_without_symbols_are_named_by_them(folder):
    imported = read_file(folder)
    assert imported.frame.rows() == [
        (dt.date(2020, 1, 1), "AAPL", 1.0), (dt.date(2020, 1, 2), "AAPL", 2.0),
        (dt.date(2020, 1, 1), "ERIC-B.ST", 5.0), (dt.date(2020, 1, 2), "ERIC-B.ST", 2.0),
    ]  # fmt: skip
    assert imported.report.file == "prices"
    assert imported.report.warnings == (
        "The symbol of each row is the name of its file, without the ending.",
    )


def test_other_files_are_left_out_and_said(folder):
    (folder / "read-me.txt").write_text("hello\n")
    (folder / "chart.pdf").write_bytes(b"%PDF")
    (folder / ".hidden.csv").write_text("x")
    (folder / "more").mkdir()
    (folder / "more" / "C.csv").write_text("Date,Close\n2020-01-01,9\n")
    (folder / "round").symlink_to(folder)
    no = {"used": False}
    assert read_file(folder).report.files == (
        FileNote(file=".hidden.csv", **no, reason="it is a hidden file"),
        FileNote(file="AAPL.csv", used=True, rows=2),
        FileNote(file="ERIC-B.ST.csv", used=True, rows=2),
        FileNote(file="chart.pdf", **no, reason="it is of a kind that is not read"),
        FileNote(file="more", **no, reason="it is a folder; folders within a folder are not read"),
        FileNote(
            file="read-me.txt",
            **no,
            reason=(
                "read-me.txt has one column only; columns must be divided by a comma, a semicolon,"
                " a tab or a bar."
            ),
        ),
        FileNote(file="round", **no, reason="it is a folder; folders within a folder are not read"),
    )


def test_files_of_other_columns_are_refused_by_name(folder):
    (folder / "C.csv").write_text("Date,Volume\n2020-01-01,9\n")
    assert refusal(folder) == (
        "C.csv has other columns than AAPL.csv: it lacks Close and has Volume besides. Keep files"
        " of one kind in a folder."
    )


def test_a_damaged_file_is_never_left_out_silently(folder):
    (folder / "B.parquet").write_bytes(b"PAR1 cut")
    assert refusal(folder).startswith("B.parquet cannot be read: ")


def test_wrong_cells_are_named_with_their_file(folder):
    (folder / "B.csv").write_text("Date,Close\n2020-01-01,9\nsoon,8\n")
    assert refusal(folder) == (
        "1 cells of the column 'Date' of prices are no dates: 'soon' in line 3 of B.csv. Correct or"
        " remove those rows."
    )


def test_formats_and_the_order_of_columns_may_differ(folder):
    frame = pl.DataFrame(
        {"Close": [3.25, None], "Date": [dt.date(2020, 1, 3), dt.date(2020, 1, 4)]}
    )
    frame.write_parquet(folder / "B.parquet")
    frame.with_columns(pl.col("Date").cast(pl.Datetime("ms"))).write_ipc(folder / "C.feather")
    imported = read_file(folder)
    assert imported.frame.filter(symbol="B")["Close"].to_list() == [3.25, None]
    assert imported.frame.filter(symbol="C")["date"].to_list() == frame["Date"].to_list()


def test_files_that_disagree_on_the_decimal_mark_are_asked_about(folder):
    (folder / "B.csv").write_text("Date;Close\n2020-01-01;1,5\n")
    (folder / "C.csv").write_text("Date;Close\n2020-01-01;1.250\n")
    with pytest.raises(QuestionError) as caught:
        read_file(folder)
    assert (caught.value.option, caught.value.column) == ("decimal", "Close")
    assert "but the column 'Close' of C.csv has points: '1.250' in line 2." in caught.value.message


def test_wide_files_are_asked_about_and_stacked(tmp_path):
    path = tmp_path / "years"
    path.mkdir()
    (path / "2020.csv").write_text("date,A,B\n2020-01-01,1,2\n")
    (path / "2021.csv").write_text("date,B,C\n2021-01-01,3,4\n")
    with pytest.raises(QuestionError) as caught:
        read_file(path)
    assert caught.value.option == "layout"
    imported = read_file(path, ImportOptions(layout="wide"))
    assert [row[1:] for row in imported.frame.rows()] == [
        ("A", 1.0), ("B", 2.0), ("B", 3.0), ("C", 4.0),
    ]  # fmt: skip


def test_the_number_of_files_and_bytes_is_bounded(folder, monkeypatch):
    assert "prices" in refusal(folder, max_bytes=40) or "ERIC" in refusal(folder, max_bytes=40)
    monkeypatch.setattr(opening_module, "MAX_FILES", 1)
    assert refusal(folder) == (
        "The folder prices has more than 1 files. Put fewer into one folder."
    )


def test_an_empty_folder_says_so(tmp_path):
    assert refusal(tmp_path).endswith(" has no file that can be read.")


def test_a_pipe_among_the_files_never_blocks(folder):
    os.mkfifo(folder / "B.csv")
    assert refusal(folder) == "B.csv is not a regular file; choose a data file."


def test_whoever_waits_is_told_every_file_and_may_stop(folder):
    told = []
    read_file(folder, tell=lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == [
        "Reading AAPL.csv", "Reading ERIC-B.ST.csv", "Reading the columns", "Checking the values",
    ]  # fmt: skip
    assert [share for _, share in told] == sorted(share for _, share in told)

    def stop(stage, _share):
        if stage.startswith("Reading ERIC"):
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        read_file(folder, tell=stop)
