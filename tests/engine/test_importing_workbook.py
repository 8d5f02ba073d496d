from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from engine.errors import DataError, QuestionError
from engine.importing import ImportOptions, preview_file, read_file

ROWS = [["date", "symbol", "close"], ["2020-01-01", "A", 1], ["2020-01-02", "A", 2]]


def made(*fill):
    """A workbook whose sheets are filled by functions of (book, sheet)."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    for place, function in enumerate(fill, 1):
        function(book, book.add_worksheet(f"Sheet {place}"))
    book.close()
    return content.getvalue()


def plain(_book, sheet):
    for place, row in enumerate(ROWS):
        sheet.write_row(place, 0, row)


def nothing(_book, _sheet):
    pass


def hidden(book, sheet):
    plain(book, sheet)
    sheet.hide()


def remark(_book, sheet):
    sheet.write(0, 0, "See the other sheet")


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, name="x.xlsx", **options):
        (tmp_path / name).write_bytes(content)
        return read_file(tmp_path / name, ImportOptions(**options))

    return write_and_read


def refusal(read, content, **options):
    with pytest.raises(DataError) as caught:
        read(content, **options)
    return caught.value.message


@pytest.mark.parametrize(
    "sheets", [(plain,), (plain, nothing), (plain, remark), (plain, hidden), (nothing, hidden)]
)
def test_the_sheet_with_data_is_found(read, sheets):
    imported = read(made(*sheets))
    assert imported.frame["close"].to_list() == [1.0, 2.0]


def test_several_sheets_with_data_are_asked_about(read, tmp_path):
    content = made(plain, nothing, plain)
    with pytest.raises(QuestionError) as caught:
        read(content)
    assert (caught.value.option, caught.value.choices) == ("sheet", ("Sheet 1", "Sheet 3"))
    assert read(content, sheet="Sheet 3").report.rows == 2
    assert preview_file(tmp_path / "x.xlsx").sheets == ("Sheet 1", "Sheet 2", "Sheet 3")
    assert refusal(read, content, sheet="Sheet 9") == (
        "x.xlsx has no sheet 'Sheet 9'; it has Sheet 1, Sheet 2, Sheet 3."
    )


def test_cells_of_all_kinds_are_read(read):
    def fill(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yy"})
        sheet.merge_range("A1:E1", "Prices of the year")
        sheet.write_row(2, 0, ["date", "symbol", "close", "f", "ok", "sector", "note"])
        for i in range(12):
            sheet.write_datetime(3 + i, 0, dt.date(2020, 1, 2 + i), day)
            sheet.write_number(3 + i, 1, 7)
            sheet.write_formula(3 + i, 2, "=1+1", None, 1.5 + i)
            sheet.write_formula(3 + i, 3, "=NA()", None, "#N/A" if i else 4)
            sheet.write_boolean(3 + i, 4, i > 5)
            sheet.write_string(3 + i, 5, "bank")

    imported = read(made(fill))
    report = imported.report
    assert imported.frame.row(0) == (dt.date(2020, 1, 2), "7", 1.5, 4.0, 0.0, "bank")
    assert imported.frame["f"].null_count() == 11
    assert report.warnings[0] == (
        "1 rows above the header of x.xlsx are no part of the table and were left out, the first"
        " of them 'Prices of the year'."
    )


def test_day_numbers_are_read_as_excel_means_them(read):
    def fill(_book, sheet):
        sheet.write_row(0, 0, ["date", "symbol", "close"])
        sheet.write_row(1, 0, [43831, "A", 1])

    imported = read(made(fill))
    assert imported.report.first_date == dt.date(2020, 1, 1)
    assert "day numbers" in imported.report.warnings[0]


def test_places_are_the_rows_of_the_sheet(read):
    def fill(_book, sheet):
        sheet.write(0, 0, "Title")
        sheet.write_row(4, 1, ["date", "symbol", "close"])
        sheet.write_row(5, 1, ["2020-01-01", "A", 1])
        sheet.write_row(7, 1, ["soon", "A", 1])

    assert "'soon' in row 8." in refusal(read, made(fill))


def test_a_sheet_without_header_is_asked_about(read):
    def fill(_book, sheet):
        for place, row in enumerate(ROWS[1:]):
            sheet.write_row(place, 0, row)

    with pytest.raises(QuestionError) as caught:
        read(made(fill))
    assert caught.value.option == "header"
    keys = {"date": "column 1", "symbol": "column 2", "price": "column 3"}
    assert read(made(fill), header=False, **keys).report.rows == 2


def repacked(content, change):
    """The workbook with the parts that `change(name, content)` returns."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return result.getvalue()


def test_a_bomb_is_refused_by_what_it_declares(read):
    bomb = repacked(
        made(plain), lambda name, data: data + b" " * 50_000_000 if "sheet1" in name else data
    )
    assert len(bomb) < 200_000
    message = refusal(read, bomb, max_bytes=10_000_000)
    assert message.startswith("x.xlsx expands to 50,")


def test_a_part_that_is_longer_than_declared_is_refused(read):
    content = made(plain)
    big = repacked(content, lambda name, data: data * 400 if "sharedStrings" in name else data)
    place = big.index(b"xl/sharedStrings.xml", big.rindex(b"PK\x05\x06") - 2000) - 46 + 24
    lying = big[:place] + (1000).to_bytes(4, "little") + big[place + 4 :]
    assert "is damaged or no workbook" in refusal(read, lying)


def test_two_cells_far_apart_do_not_fill_the_memory(read):
    def fill(_book, sheet):
        sheet.write(0, 0, "date")
        sheet.write(1_048_575, 8000, 1)

    assert refusal(read, made(fill)) == (
        "x.xlsx holds 1,048,576 rows of 8001 columns, more than can be held in memory. Split it by"
        " symbol or date."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0....",
         ("x.xlsx is an old workbook (.xls) or one with a password. Save it as .xlsx, without a"
          " password.")),
        (made(plain)[:3000],
         "x.xlsx is damaged or no workbook: File is not a zip file. Export it again."),
        (made(nothing), "x.xlsx has no sheet with data; export it again."),
        (made(remark), "x.xlsx has no table of several columns in its sheet."),
    ],
)  # fmt: skip
def test_workbooks_that_cannot_be_used_say_why(read, content, message):
    assert refusal(read, content) == message


def test_an_archive_is_no_workbook(read):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("x.csv", "date,symbol,close\n")
    assert refusal(read, content.getvalue()) == (
        "x.xlsx is an archive, not a workbook; unpack it and import what is in it."
    )


def test_bytes_changed_anywhere_are_refused_or_read(read):
    content = made(plain)
    for place in range(0, len(content), 97):
        damaged = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        assert outcome(read, damaged).endswith(".")


def outcome(read, content):
    try:
        return f"It has {read(content).report.rows} rows."
    except DataError as error:
        return error.message
