from __future__ import annotations

import polars as pl
import pytest

from engine.errors import DataError, QuestionError
from engine.importing import ImportOptions, read_file

HEADER = "date,symbol,close\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, **options):
        path = tmp_path / "x.csv"
        path.write_text(text)
        return read_file(path, ImportOptions(**options))

    return write_and_read


def refusal(read, text):
    with pytest.raises(DataError) as caught:
        read(text)
    return caught.value.message


def numbers(read, *cells, separator=";", **options):
    """The close prices read from `cells`, or the reason they were refused."""
    lines = [
        f"2020-01-{day:02}{separator}A{separator}1{separator}{cell}"
        for day, cell in enumerate(cells, 1)
    ]
    header = separator.join(("date", "symbol", "close", "x"))
    imported = read("\n".join([header, *lines]), **options)
    if "x" in imported.features:
        return imported.frame["x"].to_list()
    return {each.column: each.reason for each in imported.report.refused}["x"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1,5", "2,25"), [1.5, 2.25]),
        (("1 234,5", "2\u00a0345\u202f678,25"), [1234.5, 2345678.25]),
        (("1.234,5", "1"), [1234.5, 1.0]),
        (("1,234.5", "12"), [1234.5, 12.0]),
        (("1,234,567", "1,234"), [1234567.0, 1234.0]),
        (("1.234.567", "1.234"), [1234567.0, 1234.0]),
        (("1 234", "12"), [1234.0, 12.0]),
        (("1'234.5", "1"), [1234.5, 1.0]),
        ((" 1.5 ", "+2"), [1.5, 2.0]),
        (("-1,5e3", "0,1"), [-1500.0, 0.1]),
        (("1e5", ".5"), [100000.0, 0.5]),
        (("1,5", "-"), [1.5, None]),
        (("1.5", "#DIV/0!"), [1.5, None]),
        (("1", "Infinity"), [1.0, None]),
        (("1", "1e999"), [1.0, None]),
        (("(1,234.5)", "5"), [-1234.5, 5.0]),
        (("(12)", "( 3 )"), [-12.0, -3.0]),
        (("1.234,5-", "7-"), [-1234.5, -7.0]),
        (("\u22121,5", "\u2212 2,5"), [-1.5, -2.5]),
        (("1\u2007234,5", "1\u2009234\u2009567"), [1234.5, 1234567.0]),
        (("0,125", "2,345"), [0.125, 2.345]),
        (("1,5", "\u2013"), [1.5, None]),
        (("5-5", "7-"), ("it holds text with 2 different values, too many for a category"
         " (10% of the rows, at most 1,000)")),
        (("5 %", "6%"), "its numbers carry a unit, as in '5 %'; write plain numbers"),
        (("1", "2", "abc"), "1 of its cells are no numbers: 'abc' in line 4"),
        (("1,5", "2.5", "3,5"), "1 of its cells are no numbers: '2.5' in line 3"),
        (("1 2", "1 2", "1 2"), ("it holds text with 1 different values, too many for a category"
         " (10% of the rows, at most 1,000)")),
        (("kr 5", "kr 6"), "its numbers carry a unit, as in 'kr 5'; write plain numbers"),
        (("", "NaN"), "it has no values"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(read, cells, expected):
    assert numbers(read, *cells) == expected


def test_commas_that_can_be_either_are_asked_about(read):
    with pytest.raises(QuestionError) as caught:
        numbers(read, "1,234", "2,345")
    question = caught.value
    assert (question.option, question.choices, question.column) == ("decimal", (",", "."), "x")
    assert question.message == (
        "The commas in the column 'x' of x.csv can be decimal marks or thousands marks: '1,234' in"
        """ line 2, '2,345' in line 3. Say which is the decimal mark with --decimal "," or"""
        ' --decimal ".".'
    )


def test_a_point_in_another_column_makes_the_commas_thousands(read):
    text = "date;symbol;close;x\n2020-01-01;A;10.5;1,234\n2020-01-02;A;2.25;2,345\n"
    assert read(text).frame["x"].to_list() == [1234.0, 2345.0]


def test_commas_in_names_tell_nothing_about_numbers(read):
    text = (
        "date;symbol;close;name\n2020-01-01;A;1,234;Foo, Inc. X\n2020-01-02;A;2,345;Bar, Inc. Y\n"
    )
    with pytest.raises(QuestionError, match="decimal marks or thousands marks"):
        read(text)


@pytest.mark.parametrize(("decimal", "expected"), [(",", [1.234]), (".", [1234.0])])
def test_the_decimal_mark_can_be_told(read, decimal, expected):
    assert numbers(read, "1,234", decimal=decimal) == expected


def test_a_clear_column_tells_the_decimal_mark_of_the_others(read):
    text = "date;symbol;close;x;volume\n2020-01-01;A;1,5;1,234;1.234\n2020-01-02;A;2,5;2,345;7\n"
    assert read(text).frame.row(0)[2:] == (1.5, 1234.0, 1.234)  # close, volume, x


def test_infinite_numbers_are_missing_and_said(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"date": ["2020-01-01"] * 2, "symbol": ["A", "B"], "close": [1.0, 1e999]})
    frame.write_parquet(path)
    imported = read_file(path)
    assert imported.frame["close"].to_list() == [1.0, None]
    assert imported.report.warnings == ("1 infinite values of 'close' were read as missing.",)


DAY = "2020-02-01"


@pytest.mark.parametrize(
    "cell",
    [
        "2020-02-01", "2020/2/1", "2020.02.01", "20200201", " 2020-02-01 ",
        "2020-02-01 00:00:00", "2020-02-01T00:00:00.000+02:00", "2020-02-01T23:30:00Z",
        "2020-02-01 00:00:00 UTC", "01-Feb-2020", "1 February 2020", "43862",
        "1 februari 2020", "1 feb. 2020", "1. feb 2020",
        "February 1 2020", "Feb 1st 2020", "2020-02-01 12:30:00 AM", "20200201 09:00",
    ],
)  # fmt: skip
def test_a_date_is_the_day_that_is_written(read, cell):
    imported = read(f"{HEADER}{cell},A,1\n")
    assert str(imported.report.first_date) == DAY


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (1, "jan january januari"), (2, "feb february februari"), (3, "mar march mars"),
        (4, "apr april"), (5, "may maj"), (6, "jun june juni"), (7, "jul july juli"),
        (8, "aug august augusti"), (9, "sep sept september"), (10, "oct okt october oktober"),
        (11, "nov november"), (12, "dec december"),
    ],
)  # fmt: skip
def test_months_are_named_in_swedish_and_english(read, month, words):
    cells = [f"{day} {word} 2020" for day, word in enumerate(words.split(), 1)]
    cells += [f"{day} {word.upper()}. 2020" for day, word in enumerate(words.split(), 11)]
    days = read(HEADER + "".join(f"{cell},A,1\n" for cell in cells)).frame["date"]
    assert set(days.dt.month()) == {month}
    assert len(days) == len(cells)


@pytest.mark.parametrize(
    ("cells", "order", "expected"),
    [
        (("13/01/2020", "01/02/2020"), None, ["2020-01-13", "2020-02-01"]),
        (("01/13/2020", "02/01/2020"), None, ["2020-01-13", "2020-02-01"]),
        (("02.01.2020", "01.02.2020"), "dmy", ["2020-01-02", "2020-02-01"]),
        (("02.01.2020", "01.02.2020"), "mdy", ["2020-01-02", "2020-02-01"]),
        (("01/01/2020", "02/02/2020"), None, ["2020-01-01", "2020-02-02"]),
    ],
)
def test_day_and_month_are_told_apart_by_the_column_or_the_user(read, cells, order, expected):
    text = HEADER + "".join(f"{cell},A,1\n" for cell in cells)
    days = read(text, date_order=order).frame["date"].cast(pl.String)
    assert sorted(days) == expected


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            ("2020-01-01", ""),
            ("1 cells of the column 'date' of x.csv are no dates: an empty cell in line 3."
            " Correct or remove those rows."),
        ),
        (
            ("soon", "later"),
            ("The column 'date' of x.csv holds no dates, for example 'later'; write them as"
            " 2019-07-31 or say which column has the dates with --date."),
        ),
        (
            ("18262", "18263"),
            ("2 cells of the column 'date' of x.csv are no dates: '18262' in line 2, '18263' in"
            " line 3. Correct or remove those rows."),
        ),
        (
            ("01/02/20", "02/02/20"),
            ("The column 'date' of x.csv, as in '01/02/20' in line 2, writes years with two digits,"
            " which can be of any century. Write them with four, as in 2019-07-31."),
        ),
        (
            ("1577836800000", "1577923200000"),
            ("The column 'date' of x.csv, as in '1577836800000' in line 2, looks like a count of"
            " seconds or milliseconds, not a date. Write the days as 2019-07-31 or say which"
            " column has the dates with --date."),
        ),
        (
            ("2 Jan 2020", "Jan 3 2020"),
            ("The column 'date' of x.csv writes dates in 2 ways, for example '2 Jan 2020' in line"
            " 2, 'Jan 3 2020' in line 3. Write them all as 2019-07-31."),
        ),
        (
            ("2 Jan 2020", "3 Foo 2020"),
            ("1 cells of the column 'date' of x.csv are no dates: '3 Foo 2020' in line 3. Correct"
            " or remove those rows."),
        ),
        (
            ("13/01/2020", "01/13/2020"),
            ("The column 'date' of x.csv writes some dates day first and some month first:"
            " '13/01/2020' in line 2, '01/13/2020' in line 3. Write them all as 2019-07-31."),
        ),
        (
            ("30/02/2020", "01/01/2020"),
            ("1 cells of the column 'date' of x.csv are no dates: '30/02/2020' in line 2."
            " Correct or remove those rows."),
        ),
    ],
)  # fmt: skip
def test_cells_that_are_no_dates_are_named(read, cells, message):
    assert refusal(read, HEADER + "".join(f"{cell},A,1\n" for cell in cells)) == message


@pytest.mark.parametrize(
    ("zone", "stamp", "day"),
    [
        ("Europe/Stockholm", "2020-01-31T23:00:00", "2020-02-01"),  # midnight in Stockholm
        ("America/New_York", "2020-02-01T00:00:00", "2020-02-01"),  # midnight in UTC
        ("America/New_York", "2020-02-01T21:00:00", "2020-02-01"),  # 16:00 in New York
        (None, "2020-02-01T17:30:00", "2020-02-01"),
    ],
)
def test_a_timestamp_names_the_day_it_is_midnight_of(tmp_path, zone, stamp, day):
    stamps = pl.Series([stamp]).str.to_datetime(time_unit="ns")
    if zone:
        stamps = stamps.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    path = tmp_path / "x.parquet"
    pl.DataFrame({"date": stamps, "symbol": ["A"], "close": [1.0]}).write_parquet(path)
    assert str(read_file(path).report.first_date) == day
