"""Files as programs and people leave them: read whole, asked about, or refused with a remedy."""

from __future__ import annotations

import datetime as dt
import gzip
import os

import polars as pl
import pytest

from engine.errors import DataError, ParamError, QuestionError
from engine.importing import ImportOptions, Refused, read_file

HEADER = "date,symbol,close\n"
CONTROL = f"{HEADER}2020-01-01,A,1\n2020-01-02,A,2\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, name="x.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path, ImportOptions(**options))

    return write_and_read


SAME = {
    "mixed line ends": "date,symbol,close\r\n2020-01-01,A,1\r2020-01-02,A,2\n",
    "doubled line ends": CONTROL.replace("\n", "\r\r\n"),
    "bars": CONTROL.replace(",", "|"),
    "numbers in quotes": 'date;symbol;close\n2020-01-01;A;"1,0"\n2020-01-02;A;"2,0"\n',
    "dates as whole numbers": CONTROL.replace("-", ""),
    "all quoted": '"date","symbol","close"\n"2020-01-01","A","1"\n"2020-01-02","A","2"\n',
    "spaces around": "date , symbol , close\n2020-01-01 ,A, 1 \n2020-01-02 ,A, 2 \n",
    "only gz in the name": gzip.compress(CONTROL.encode(), mtime=0),
}


@pytest.mark.parametrize("form", SAME)
def test_other_spellings_of_the_same_file(read, form):
    name = "x.gz" if "gz" in form else "x.csv"
    assert read(SAME[form], name).fingerprint == read(CONTROL, "control.csv").fingerprint


ABOVE = {
    "# made by hand\n# in 2020\n": (2, "# made by hand"),
    "Prices of the year\n\nSource: somebody, somewhere\n": (2, "Prices of the year"),
    "Prices,,\n,,\n": (1, "Prices,,"),
    "#\n# numpy\n#,,\n": (3, "#"),
    '"A title, and\nmore of it"\n': (2, '"A title, and'),
    "a,b\nc,d\n\n": (2, "a,b"),
}


@pytest.mark.parametrize("lines", ABOVE)
def test_lines_above_the_header_are_left_out_and_said(read, lines):
    count, first = ABOVE[lines]
    imported = read(lines + CONTROL)
    assert imported.fingerprint == read(CONTROL).fingerprint
    (warning,) = imported.report.warnings
    assert warning == (
        f"{count} lines above the header of x.csv are no part of the table and were left out, the"
        f" first of them {first!r}."
    )


def test_places_count_the_lines_above_the_header(read):
    with pytest.raises(DataError, match="'soon' in line 6"):
        read("# one\n# two\n\n" + HEADER + "2020-01-01,A,1\nsoon,A,2\n")


def test_a_header_may_be_a_comment(read):
    text = "# saved by a program\n# date,symbol,close\n2020-01-01,A,1\n2020-01-02,A,2\n"
    assert read(text).fingerprint == read(CONTROL).fingerprint


def test_a_header_that_is_too_short_is_never_taken_for_a_title(read):
    with pytest.raises(DataError) as caught:
        read("date,symbol\n2020-01-01,A,1\n2020-01-02,A,2\n")
    assert caught.value.message == (
        "x.csv has 2 columns in its header and another number in 2 of its lines: line 2 has 3, line"
        " 3 has 3. Correct those lines."
    )


REFUSED = {
    "a total at the end": (
        CONTROL + "Total,,3\n",
        ("1 cells of the column 'date' of x.csv are no dates: 'Total' in line 4. Correct or remove"
         " those rows."),
    ),
    "two headers": (
        "date,symbol,close\nyyyy-mm-dd,text,SEK\n2020-01-01,A,1\n",
        ("1 cells of the column 'date' of x.csv are no dates: 'yyyy-mm-dd' in line 2. Correct or"
         " remove those rows."),
    ),
    "one column per date": (
        "symbol,2020-01-01,2020-01-02\nA,1,2\n",
        ("x.csv has one column per date (2020-01-01, 2020-01-02, ...). Turn it round, so that there"
         " is one row per date."),
    ),
    "UTF-32": (CONTROL.encode("utf-32"),
               "x.csv is UTF-32 text, which is not read. Save it as UTF-8."),
    "too many columns": (
        ",".join(map(str, range(20_000))) + "\n",
        ("x.csv has 20,000 columns; at most 10,000 are read. Leave out those that are not needed."),
    ),
    "a zero byte in UTF-16": (
        CONTROL.replace("A", "\0").encode("utf-16"),
        "x.csv has a zero byte in line 2, so it is not a text file. Export it again.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_says_why(read, case):
    content, message = REFUSED[case]
    with pytest.raises(DataError) as caught:
        read(content)
    assert (caught.value.message, type(caught.value)) == (message, DataError)


ASKED = {
    "conflicting rows": (
        CONTROL + "2020-01-02,A,3\n2020-01-02,A,4\n", "duplicates", ("first", "last"),
    ),
    "date and Date": ("date,Date,symbol,close\n2020-01-01,2020-01-02,A,1\n", "date",
                      ("date", "Date")),
    "two tickers": ("date,Symbol,SYMBOL,close\n2020-01-01,A,B,1\n", "symbol",
                    ("Symbol", "SYMBOL")),
    "no usual name": ("when;what;p\n2020-01-01;A;1\n", "date", ("when", "what", "p")),
    "no symbol": ("date,p,name\n2020-01-01,1,A\n", "symbol", ("name", "p")),
    "no price": ("date,symbol,p,q\n2020-01-01,A,1,2\n", "price", ("p", "q")),
    "two separators": ("date,n;symbol,x;close\n2020-01-01,b;A,y;1\n", "separator", (",", ";")),
    "UTF-16 without a mark": (CONTROL.encode("utf-16-le"), "encoding",
                              ("utf-16-le", "utf-16-be")),
    "Mac": (f"{HEADER}2020-01-01,\u00c5,1\n".encode("mac_roman"), "encoding", ("mac-roman",)),
    "no header": ("2020-01-01,A,B,C,1\n2020-01-02,A,B,C,2\n", "header", ("false", "true")),
    "numbers as symbols": ("date,1001,1002\n2020-01-01,1,2\n", "header", ("false", "true")),
    "wide": ("date,A,B\n2020-01-01,1,2\n", "layout", ("wide", "long")),
    "wide and Swedish": ("datum;A;B\n2 maj 2020;1,5;\u22122,5\n", "layout", ("wide", "long")),
    "wide without a name": (",A,B\n2020-01-01,1,2\n", "layout", ("wide", "long")),
    "dots": (f"{HEADER}02.01.2020,A,1\n", "date_order", ("dmy", "mdy")),
    "commas": ("date;symbol;close\n2020-01-01;A;1,234\n", "decimal", (",", ".")),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_nothing_is_guessed(read, case):
    content, option, choices = ASKED[case]
    with pytest.raises(QuestionError) as caught:
        read(content)
    assert (caught.value.option, caught.value.choices) == (option, choices)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(("keep", "close"), [("first", 2.0), ("last", 4.0)])
def test_of_conflicting_rows_the_wanted_one_is_kept(read, keep, close):
    text = CONTROL + "2020-01-02,A,3\n2020-01-02,A,4\n2020-01-02,A,4\n"
    imported = read(text, duplicates=keep)
    assert imported.frame["close"].to_list() == [1.0, close]
    assert imported.report.duplicates_dropped == 3
    assert imported.report.warnings[0] == (
        "2 rows of x.csv that repeat a date and symbol with other values were left out, the"
        f" {keep} of each was kept: A on 2020-01-02."
    )


ANSWERED = {
    "no header": (
        "2020-01-01,A,1\n2020-01-02,A,2\n",
        {"header": False,
         "rename": {"column 1": "date", "column 2": "symbol", "column 3": "close"}},
    ),
    "names": ("d;k;p\n2020-01-01;A;1\n2020-01-02;A;2\n",
              {"date": "d", "symbol": "k", "price": "p", "rename": {"p": "close"}}),
    "encoding": (CONTROL.encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "separator": (CONTROL.replace(",", ";"), {"separator": ";"}),
    "wide": ("date,A\n2020-01-01,1\n2020-01-02,2\n", {"layout": "wide"}),
    "wide with an index": (",A\n2020-01-01,1\n2020-01-02,2\n", {"layout": "wide"}),
    "wide with a new name": ("date,a\n2020-01-01,1\n2020-01-02,2\n",
                             {"layout": "wide", "rename": {"a": "A"}}),
    "wide with more": ("date,A,day,n\n2020-01-01,1,Mon,1\n2020-01-02,2,Tue,2\n",
                       {"layout": "wide", "ignore": ("n",)}),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERED)
def test_an_answered_question_leads_to_the_same_panel(read, case):
    content, answers = ANSWERED[case]
    assert read(content, **answers).fingerprint == read(CONTROL).fingerprint


def test_columns_are_renamed_and_reports_name_those_of_the_file(read):
    text = "when,who,Last Price,q,z\n2020-01-01,A,1,5,x\n2020-01-02,A,2,6,y\n"
    rename = {"when": "date", "who": "symbol", "Last Price": "close", "q": "volume"}
    imported = read(text, rename=rename, price="Last Price")
    report = imported.report
    assert (report.date_column, report.symbol_column) == ("when", "who")
    assert (report.price, report.features) == ("close", ("close", "volume"))
    assert [each.column for each in report.refused] == ["z"]


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ({"p": "close"}, "x.csv has no column 'p' that could be renamed."),
        ({"q": "close"}, "Two columns of x.csv would be called 'close'; rename only one."),
        ({"q": " "}, "A column of x.csv cannot be called ' '; give it a name."),
    ],
)
def test_names_that_do_not_fit_are_refused(read, rename, message):
    with pytest.raises(DataError) as caught:
        read("date,symbol,close,q\n2020-01-01,A,1,2\n", rename=rename)
    assert caught.value.message == message


def test_a_name_that_cannot_be_written_in_a_formula_is_refused(read):
    imported = read("date,symbol,close,q\n2020-01-01,A,1,2\n", rename={"q": 'a"b'})
    assert imported.report.refused == (
        Refused("q", "its name has a quote, a backslash or a control character"),
    )


def test_a_wide_file_says_what_became_of_its_columns(read):
    text = "date,A,B,note\n2020-01-01,1,,x\n2020-01-02,NaN,2,y\n2020-01-03,,-,z\n"
    imported = read(text, layout="wide", value="eps", price="eps")
    report = imported.report
    assert imported.frame.rows() == [
        (dt.date(2020, 1, 1), "A", 1.0),
        (dt.date(2020, 1, 2), "B", 2.0),
    ]
    assert report.refused == (
        Refused("note", "it holds no numbers, so it is no column of a symbol"),
    )
    assert report.warnings == (
        (
            "x.csv has one column per symbol: 2 columns, A, B, were read as the 'eps' of a symbol"
            " each."
        ),
    )
    assert (report.date_column, report.symbol_column) == ("date", "symbol")


def test_a_wrong_cell_of_a_wide_file_is_named_by_line_and_column(read):
    with pytest.raises(DataError) as caught:
        read("date,A,B\n2020-01-01,1,2\n2020-01-02,3,4x\n", layout="wide")
    assert "'4x' in line 3, column 'B'." in caught.value.message
    with pytest.raises(DataError, match="'soon' in line 3, column 'A'"):
        read("date,A,B\n2020-01-01,1,2\nsoon,3,4\n", layout="wide")


@pytest.mark.parametrize("value", ["date", "symbol", ""])
def test_the_cells_of_a_wide_file_need_a_name_of_their_own(read, value):
    with pytest.raises(ParamError):
        read("date,A,B\n2020-01-01,1,2\n", layout="wide", value=value)


def test_a_price_goes_by_other_names(read):
    text = "Date,Symbol,Open,Close,Adj Close\n2020-01-01,A,1,2,3\n"
    assert read(text).report.price == "Close"


def test_names_are_literal_whatever_they_look_like(tmp_path):
    for name in ("x[1].csv", "*.csv", "a?b.csv", "~x.csv", "%s.csv", "$HOME.csv"):
        (tmp_path / name).write_text(CONTROL)
        assert read_file(tmp_path / name).report.file == name
    for name in ("[x].csv", "?.csv"):
        with pytest.raises(DataError, match="No such file"):
            read_file(tmp_path / name)


@pytest.mark.parametrize("path", ["http://x/y.csv", "S3://b/k.parquet", "file:///etc/passwd.csv"])
def test_addresses_are_refused(path):
    with pytest.raises(DataError, match="is an address"):
        read_file(path)


def test_loops_and_dangling_links_are_refused(tmp_path):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    for name in ("loop.csv", "gone.csv"):
        with pytest.raises(DataError, match="cannot be opened"):
            read_file(tmp_path / name)


def test_a_stack_that_names_too_much_is_refused_before_it_is_read(tmp_path):
    frame = pl.DataFrame({f"c{i}": [1.0] for i in range(10_001)})
    frame.write_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataError, match="has 10,001 columns; at most 10,000 are read"):
        read_file(tmp_path / "x.parquet")


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "xlsx", "csv", "csv.gz"])
def test_a_pipe_never_blocks(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    os.mkfifo(path)
    with pytest.raises(DataError, match="not a regular file"):
        read_file(path)
