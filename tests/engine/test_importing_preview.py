from __future__ import annotations

import datetime as dt

import msgspec
import polars as pl
import pytest

from engine.errors import CancelledError, DataError, QuestionError
from engine.importing import (
    ColumnPreview,
    ImportOptions,
    Preview,
    Question,
    preview_file,
    read_file,
)

TEXT = """datum;kod;close;volym;sektor;half_spread_bps;flagga;tom;namn
2 maj 2020;A;1,5;1 000;bank;2;true;;Åa
3 maj 2020;A;2,5;-;bank;2;false;;Bb
4 maj 2020;A;;3 000;bank;2;true;;Cc
"""


@pytest.fixture
def show(tmp_path):
    def write_and_preview(content, name="x.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return preview_file(path, ImportOptions(**options))

    return write_and_preview


def test_a_preview_says_what_every_column_becomes(show):
    preview = show(TEXT, symbol="kod", rename={"volym": "volume"}, ignore=("namn",),
                   categories=("sektor",))  # fmt: skip
    assert [
        (each.name, each.becomes, each.role, each.kind, each.missing) for each in preview.columns
    ] == [
        ("datum", "date", "date", "date", 0),
        ("kod", "symbol", "symbol", "text", 0),
        ("close", "close", "price", "number", 1),
        ("volym", "volume", "feature", "number", 1),
        ("sektor", "sektor", "category", "text", 0),
        ("half_spread_bps", "half_spread_bps", "half_spread_bps", "number", 0),
        ("flagga", "flagga", "feature", "truth", 0),
        ("tom", "tom", "refused", "empty", 3),
        ("namn", "namn", "ignore", "text", 0),
    ]
    assert preview.columns[0].examples == ("2 maj 2020", "3 maj 2020", "4 maj 2020")
    assert preview.columns[7] == ColumnPreview(
        name="tom", becomes="tom", role="refused", kind="empty",
        examples=(None, None, None), missing=3, reason="it has no values",
    )  # fmt: skip
    assert preview.sample[1] == (
        "3 maj 2020", "A", "2,5", "-", "bank", "2", "false", None, "Bb",
    )  # fmt: skip


def test_a_preview_says_how_the_file_was_read(show):
    preview = show(TEXT, symbol="kod")
    assert (preview.file, preview.format, preview.layout) == ("x.csv", "CSV", "long")
    assert preview.details == (
        "The text is UTF-8.", "Columns are divided by semicolons.", "The decimal mark is a comma.",
    )  # fmt: skip
    assert (preview.rows, preview.bytes) == (3, len(TEXT.encode()))
    assert preview.options == ImportOptions(
        date="datum", symbol="kod", header=True, encoding="utf-8", separator=";", decimal=",",
    )  # fmt: skip
    assert "returns" in preview.derivable


def test_a_preview_reports_what_the_import_reports(tmp_path, show):
    preview = show(TEXT, symbol="kod")
    imported = read_file(tmp_path / "x.csv", ImportOptions(symbol="kod"))
    assert preview.report == imported.report
    assert (preview.question, preview.problem) == (None, None)


@pytest.mark.parametrize(
    ("content", "roles"),
    [
        ("date,symbol,close\n01/02/2020,A,1\n", ["date", "symbol", "price"]),
        ("when,symbol,close\n2020-01-02,A,1\n", ["date", "symbol", "price"]),
        ("2020-01-02,A,1,2\n2020-01-03,A,1,2\n", ["date", "category", "feature", "feature"]),
        ("date,A,B\n2020-01-02,1,2\n", ["date", "feature", "feature"]),
        ("date;symbol;close\n2020-01-02;A;1,234\n", ["date", "symbol", "price"]),
        ("date,symbol,close\n2020-01-02,A,1\n2020-01-02,A,2\n", ["date", "symbol", "price"]),
        ("date,symbol,p\n2020-01-02,A,1\n", ["date", "symbol", "feature"]),
    ],
)
def test_a_question_comes_with_what_is_known(tmp_path, show, content, roles):
    preview = show(content)
    with pytest.raises(QuestionError) as caught:
        read_file(tmp_path / "x.csv")
    error = caught.value
    assert preview.question == Question(
        option=error.option, message=error.message, choices=error.choices, column=error.column
    )
    assert (preview.report, preview.problem) == (None, None)
    assert [each.role for each in preview.columns] == roles
    assert len(preview.sample[0]) == len(roles)


def test_a_question_about_the_encoding_has_no_columns_yet(show):
    preview = show("date,symbol,close\n2020-01-01,A,1\n".encode("utf-16-be"))
    assert preview.question is not None
    assert (preview.question.option, preview.columns, preview.sample) == ("encoding", (), ())


@pytest.mark.parametrize(
    "content",
    [
        "date,symbol,close\n2020-02-30,A,1\n",
        "date,symbol,close,close\n2020-02-03,A,1,2\n",
        "date,symbol,close\n",
        "date,symbol,close\n2020-01-01,A,SEK 5\n",
        "date,symbol,close\n2020-01-01,,1\n",
    ],
)
def test_a_problem_comes_with_what_is_known(tmp_path, show, content):
    preview = show(content)
    with pytest.raises(DataError) as caught:
        read_file(tmp_path / "x.csv")
    assert preview.problem == caught.value.message
    assert (preview.report, preview.question) == (None, None)
    assert preview.columns


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\x01\x02\x03\x04\x05", b"a,b\n1,2,3\n"])
def test_what_is_no_table_has_no_preview(show, content):
    with pytest.raises(DataError):
        show(content)


def test_nested_columns_are_shown_as_refused(tmp_path):
    frame = pl.DataFrame(
        {"date": [dt.date(2020, 1, 1)], "symbol": ["A"], "close": [1.0], "tags": [[1, 2]]}
    )
    frame.write_parquet(tmp_path / "x.parquet")
    preview = preview_file(tmp_path / "x.parquet")
    assert preview.columns[3] == ColumnPreview(
        name="tags", becomes="tags", role="refused", kind="nested",
        reason="it holds a List in each row, not one value",
    )  # fmt: skip
    assert preview.sample == (("2020-01-01", "A", "1.0", None),)


def test_long_cells_are_cut_and_previews_are_plain_data(show):
    preview = show(f"date,symbol,close,n\n2020-01-01,A,1,{'x' * 9000}\n")
    assert len(preview.sample[0][3] or "") == 200
    assert msgspec.json.decode(msgspec.json.encode(preview), type=Preview) == preview


def test_a_preview_can_be_stopped(tmp_path):
    (tmp_path / "x.csv").write_text(TEXT)

    def stop(_stage, _share):
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        preview_file(tmp_path / "x.csv", tell=stop)


def test_the_dirty_files_have_previews_or_say_why_not(shared_data):
    for path in sorted((shared_data / "dirty").glob("*_*")):
        try:
            preview = preview_file(path)
        except DataError:
            continue
        known = (preview.report, preview.question, preview.problem)
        assert sum(each is not None for each in known) == 1
        if preview.report:
            again = read_file(path, preview.options)
            assert again.fingerprint == read_file(path).fingerprint
