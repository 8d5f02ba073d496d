from __future__ import annotations

import gzip
import io
import os

import polars as pl
import pytest

from engine.errors import DataError
from engine.importing import ImportOptions, Refused, read_file

HEADER = "date,symbol,close\n"
ROWS = "2020-01-01,A,1\n2020-01-02,A,2\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, name="x.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path, ImportOptions(**options))

    return write_and_read


def refusal(read, content, name="x.csv", **options):
    with pytest.raises(DataError) as caught:
        read(content, name, **options)
    return caught.value.message


def rows(imported):
    return imported.frame.rows()


CONTROL = HEADER + ROWS


@pytest.mark.parametrize(
    "content",
    [
        CONTROL.encode(),
        CONTROL.replace("\n", "\r\n").encode(),
        CONTROL.replace("\n", "\r").encode(),
        CONTROL.replace("\n", "\n\n").encode(),
        b"\n" + CONTROL.encode() + b",,\n\n",
        CONTROL.rstrip().encode(),
        b"\xef\xbb\xbf" + CONTROL.encode(),
        CONTROL.encode("utf-16"),
        CONTROL.replace(",", ";").encode(),
        CONTROL.replace(",", "\t").encode(),
        CONTROL.replace(",", "|").encode(),
        CONTROL.replace("A", '"A"').encode(),
        CONTROL.replace("date", " Date ").replace("symbol", "TICKER").encode(),
        CONTROL.replace("1\n", '"1"\n').encode(),
        gzip.compress(CONTROL.encode(), mtime=0),
        gzip.compress(HEADER.encode(), mtime=0) + gzip.compress(ROWS.encode(), mtime=0),
    ],
)
def test_the_same_rows_are_read_from_any_spelling(read, content):
    assert read(content).fingerprint == read(CONTROL).fingerprint


def test_quotes_may_hold_separators_lines_and_quotes(read):
    text = HEADER + '2020-01-01,"A, ""B""\nC",1\n\n2020-01-02,"x",2\n'
    assert [row[1] for row in rows(read(text))] == ['A, "B"\nC', "x"]


def test_places_are_line_numbers_also_after_blank_and_quoted_lines(read):
    text = HEADER + '\n2020-01-01,"A\nB, C",1\nsoon,B,1\n'
    assert refusal(read, text).startswith(
        "1 cells of the column 'date' of x.csv are no dates: 'soon' in line 5."
    )


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "x.csv", "x.csv is empty: it has 0 bytes."),
        (b"\n\n", "x.csv", "x.csv has no lines."),
        (b"PK\x03\x04....", "x.csv",
         "x.csv is damaged or no workbook: File is not a zip file. Export it again."),
        (b"a,b", "x.ods",
         ("x.ods is of an unknown kind; Kvant reads CSV and other text (.csv, .tsv, .txt, also"
         " .gz), Parquet (.parquet, .pq), Arrow (.arrow, .feather, .ipc) and Excel (.xlsx).")),
        (b"a,b", "x.xlsx",
         "x.xlsx is not a workbook; export it again or correct its name."),
        (b"a,b", "x.feather",
         "x.feather is not an Arrow file; export it again or correct its name."),
        (b"FEA1....", "x.feather",
         "x.feather is of the first Feather version; write it again as version 2."),
        (CONTROL.encode(), "x.parquet",
         "x.parquet is not a Parquet file; export it again or correct its name."),
        (b"date,symbol,close\n2020-01-01,\x81\xe5,1\n", "x.csv",
         ("x.csv is neither UTF-8 nor cp1252: byte 0x81 in line 2. Save it as UTF-8, or say what it"
         " is with --encoding.")),
        (b'date,symbol,close\n2020-01-01,"A"x,1\n', "x.csv",
         ("x.csv has a quote (\") in line 2 that is not closed where it should be (',' expected"
         " after '\"'). Correct that line.")),
        (b"date,symbol,close\n2020-01-01,,1\n", "x.csv",
         ("1 rows of x.csv have no symbol in the column 'symbol': an empty cell in line 2."
         " Correct or remove those rows.")),
        (b"date,close\n2020-01-01,1\n", "x.csv",
         ("x.csv has no column for the symbol; it has date, close. Say which it is with"
         " --symbol COLUMN. If it is all of one symbol, put it into a folder under the name of that"
         " symbol and import the folder.")),
        (b"a,b\n1,2\n", "x.csv",
         ("x.csv has no column for the date and the symbol; it has a, b. Say which it is with"
         " --date COLUMN and --symbol COLUMN.")),
        ((CONTROL + "2020-01-02,A,3\n").encode(), "x.csv",
         ("x.csv has 1 rows that repeat a date and symbol with other values: A on 2020-01-02."
         " Keep one row per date and symbol, or say which to keep with --duplicates first or"
         " --duplicates last.")),
    ],
)  # fmt: skip
def test_files_that_are_no_panel_are_refused_with_a_remedy(read, content, name, message):
    assert refusal(read, content, name) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"date": "when"}, "x.csv has no column 'when'; it has date, symbol, close."),
        ({"categories": ("sic",)}, "x.csv has no column 'sic' that could be a category."),
        ({"symbol": "date"}, "The column 'date' of x.csv cannot be both date and symbol."),
        (
            {"price": "open"},
            (
                "x.csv cannot be used. There is no numeric column 'open' to use as the price;"
                " choose one of close."
            ),
        ),
        (
            {"universe": "close"},
            "The column 'close' cannot be the universe: it has values other than 0 and 1.",
        ),
    ],
)
def test_options_that_do_not_fit_the_file_are_refused(read, options, message):
    assert refusal(read, CONTROL, **options) == message


def test_columns_can_be_named(read):
    text = "dag;kod;kurs;index\n2020-01-01;A;1;1\n2020-01-02;A;2;0\n"
    imported = read(text, date="DAG", symbol="kod", price="kurs", universe="index")
    report = imported.report
    assert (report.date_column, report.symbol_column) == ("dag", "kod")
    assert (imported.price, imported.universe) == ("kurs", "index")


def test_a_column_named_universe_is_only_one_when_it_holds_0_and_1(read):
    text = "date,symbol,close,universe\n2020-01-01,A,1,0\n2020-01-02,A,2,3\n"
    imported = read(text)
    assert (imported.universe, imported.report.warnings) == (
        None,
        ("The column 'universe' cannot be the universe: it has values other than 0 and 1.",),
    )


def test_listed_categories_and_ignored_columns(read):
    text = "date,symbol,close,sic,note\n2020-01-01,A,1,0100,x\n2020-01-02,A,2,0200,y\n"
    imported = read(text, categories=("sic",), ignore=("note",))
    assert imported.levels == {"sic": ("0100", "0200")}
    assert imported.report.refused == (Refused("note", "ignored by setting"),)


def test_a_symbol_may_be_called_na_and_keeps_its_zeros(read):
    assert [row[1] for row in rows(read(HEADER + "2020-01-01,NA,1\n2020-01-01,007,1\n"))] == [
        "007",
        "NA",
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("https://example.org/x.csv", ("https://example.org/x.csv is an address; download the file"
         " and import it from the disk.")),
        ("s3:/bucket/x.csv", ("s3:/bucket/x.csv is an address; download the file and import it from"
         " the disk.")),
        ("missing.csv", "missing.csv cannot be opened: No such file or directory."),
        ("nul\0.csv", "nul\\x00.csv cannot be opened: embedded null byte."),
        ("/dev/zero.csv", "zero.csv cannot be opened: No such file or directory."),
    ],
)  # fmt: skip
def test_only_files_on_the_disk_are_opened(path, message):
    with pytest.raises(DataError) as caught:
        read_file(path)
    assert caught.value.message == message


@pytest.mark.parametrize("kind", ["pipe", "link to a device"])
def test_what_is_not_a_regular_file_never_blocks(tmp_path, kind):
    path = tmp_path / "x.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(DataError) as caught:
        read_file(path)
    assert caught.value.message == "x.csv is not a regular file; choose a data file."


def test_file_names_are_never_patterns(tmp_path):
    frame = pl.DataFrame({"date": ["2020-01-01"], "symbol": ["A"], "close": [1.0]})
    frame.write_parquet(tmp_path / "x1.parquet")
    frame.with_columns(close=2.0).write_parquet(tmp_path / "x[1].parquet")
    assert read_file(tmp_path / "x[1].parquet").frame["close"][0] == 2.0
    with pytest.raises(DataError, match="No such file"):
        read_file(tmp_path / "x*.parquet")


def test_files_above_the_limit_are_refused_before_they_are_read(read):
    big = gzip.compress(b"0" * 100_000, mtime=0)
    limit = "at most 1,000 bytes are read. Split it by symbol or date."
    assert refusal(read, b"0" * 1001, max_bytes=1000) == f"x.csv has 1,001 bytes; {limit}"
    assert refusal(read, big, "x.csv.gz", max_bytes=1000) == f"x.csv.gz expands to more; {limit}"


def test_a_parquet_file_that_expands_too_far_is_refused(read):
    content = io.BytesIO()
    zeros = pl.DataFrame({"close": pl.zeros(1_000_000, eager=True)})
    zeros.write_parquet(content)
    assert refusal(read, content.getvalue(), "x.parquet", max_bytes=100_000) == (
        "x.parquet holds 1,000,000 rows of 1 columns, more than can be held in memory."
        " Split it by symbol or date."
    )
