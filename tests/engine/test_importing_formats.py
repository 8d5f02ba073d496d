"""One small panel in every format, layout, language and encoding: always the same panel."""

from __future__ import annotations

import datetime as dt
import gzip
import io

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from engine.importing import ImportOptions, preview_file, read_file

DAYS = [dt.date(2020, 1, day) for day in (2, 3, 7, 13, 28)] + [dt.date(2021, 12, 31)]
SYMBOLS = ("ERIC-B", "ÅF", "007")
CLOSE = [1234.5, 0.25, 12.125, -3.5, 1_234_567.75, 8.0, 99.0, 1000.0, 0.5]
FRAME = pl.DataFrame(
    [
        (day, symbol, CLOSE[(3 * i + j) % 9], None if (i + j) % 5 == 4 else 1000.0 * (i + 1))
        for i, day in enumerate(DAYS)
        for j, symbol in enumerate(SYMBOLS)
    ],
    {"date": pl.Date, "symbol": pl.String, "close": pl.Float64, "volume": pl.Float64},
    orient="row",
)
MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
}

NUMBERS = {
    "plain": repr,
    "1 234,5": lambda x: f"{x:,.3f}".replace(",", " ").replace(".", ","),
    "1\u00a0234,5": lambda x: f"{x:,.3f}".replace(",", "\u00a0").replace(".", ","),
    "1.234,5": lambda x: f"{x:,.3f}".translate(str.maketrans(",.", ".,")),
    "1,234.5": lambda x: f"{x:,.3f}",
    "(1,234.5)": lambda x: f"({-x:,.3f})" if x < 0 else f"{x:,.3f}",
    "1234,5-": lambda x: f"{abs(x):.3f}{'-' * (x < 0)}".replace(".", ","),
    "\u22121 234,5": lambda x: (
        f"{x:,.3f}".replace(",", "\u202f").replace(".", ",").replace("-", "\u2212")
    ),
}
DATES = {
    "iso": str,
    "compact": "{:%Y%m%d}".format,
    "slashes": "{:%Y/%m/%d}".format,
    "stamp": "{:%Y-%m-%dT00:00:00}".format,
    "dmy": "{:%d.%m.%Y}".format,
    "mdy": "{:%m/%d/%Y}".format,
    "sv": lambda day: f"{day.day} {MONTHS['sv'].split()[day.month - 1]} {day.year}",
    "en": lambda day: f"{MONTHS['en'].split()[day.month - 1]} {day.day}, {day.year}",
    "serial": lambda day: str((day - dt.date(1899, 12, 30)).days),
}
ENCODINGS = {
    "utf-8": ("utf-8", None),
    "utf-8 mark": ("utf-8-sig", None),
    "utf-16 mark": ("utf-16", None),
    "utf-16-le": ("utf-16-le", "utf-16-le"),
    "utf-16-be": ("utf-16-be", "utf-16-be"),
    "cp1252": ("cp1252", None),
    "mac-roman": ("mac_roman", "mac-roman"),
}


def texts(frame, number, day):
    """The rows as texts, header first."""
    rows = [
        [day(value) if isinstance(value, dt.date) else number(value) if isinstance(value, float)
         else value or "" for value in row]
        for row in frame.rows()
    ]  # fmt: skip
    return [list(frame.columns), *rows]


def as_text(rows, separator, newline="\n"):
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    return newline.join(separator.join(row) for row in quoted) + newline


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    path = tmp_path_factory.mktemp("formats") / "x.parquet"
    FRAME.write_parquet(path)
    return read_file(path).fingerprint


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_of_all_countries_make_one_panel(tmp_path, expected, number, separator):
    path = tmp_path / "x.csv"
    path.write_text(as_text(texts(FRAME, NUMBERS[number], str), separator), encoding="utf-8")
    imported = read_file(path)
    assert imported.fingerprint == expected
    assert_repeatable(path, imported)


@pytest.mark.parametrize("name", ["x.csv", "x.tsv.gz", "folder"])
@pytest.mark.parametrize("day", DATES)
def test_dates_of_all_countries_make_one_panel(tmp_path, expected, day, name):
    path = tmp_path / name
    content = as_text(texts(FRAME, repr, DATES[day]), ";").encode()
    if name == "folder":
        path.mkdir()
        (path / "all.txt").write_bytes(content)
    else:
        path.write_bytes(gzip.compress(content, mtime=0) if name.endswith("gz") else content)
    imported = read_file(path)
    assert imported.fingerprint == expected
    assert_repeatable(path, imported)


def assert_repeatable(path, imported, **options):
    """The preview reports the same and its options, all filled in, lead to the same panel."""
    preview = preview_file(path, ImportOptions(**options))
    assert preview.report == imported.report
    assert read_file(path, preview.options).fingerprint == imported.fingerprint


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_make_one_panel(tmp_path, expected, encoding, newline):
    codec, told = ENCODINGS[encoding]
    path = tmp_path / "x.csv"
    path.write_bytes(as_text(texts(FRAME, repr, str), ",", newline).encode(codec))
    imported = read_file(path, ImportOptions(encoding=told))
    assert imported.fingerprint == expected
    assert len(imported.report.warnings) == 2 + (encoding == "cp1252")  # the price, and that
    assert_repeatable(path, imported, encoding=told)


def binary(kind, frame):
    buffer = io.BytesIO()
    name, _, how = kind.partition(" ")
    if name == "parquet":
        frame.write_parquet(buffer, compression=how)
    elif how == "stream":
        frame.write_ipc_stream(buffer)
    else:
        frame.write_ipc(buffer, compression=how)
    return name, buffer.getvalue()


@pytest.mark.parametrize(
    "kind",
    ["parquet zstd", "parquet snappy", "parquet lz4", "parquet uncompressed", "arrow uncompressed",
     "arrow lz4", "arrow zstd", "feather zstd", "ipc lz4", "arrow stream"],
)  # fmt: skip
@pytest.mark.parametrize("types", ["plain", "stamps", "texts", "decimals", "whole dates"])
def test_binary_formats_make_one_panel(tmp_path, expected, kind, types):
    casts = {
        "plain": {},
        "stamps": {"date": pl.Datetime("ms"), "symbol": pl.Categorical},
        "texts": {"date": pl.String, "close": pl.String},
        "decimals": {"close": pl.Decimal(38, 3), "symbol": pl.Enum(SYMBOLS)},
        "whole dates": {"date": pl.String},
    }[types]
    frame = FRAME.cast(casts)
    if types == "whole dates":
        digits = pl.col("date").str.replace_all("-", "").cast(pl.Int64)
        frame = frame.with_columns(digits)
    name, content = binary(kind, frame)
    path = tmp_path / f"x.{name}"
    path.write_bytes(content)
    imported = read_file(path)
    assert imported.fingerprint == expected
    assert_repeatable(path, imported)


def workbook(rows, *, dates="dates"):
    """A workbook with dates as date cells, as numbers, or as texts."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet, style = book.add_worksheet("Data"), book.add_format({"num_format": "yyyy-mm-dd"})
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, dt.date) and dates == "dates":
                sheet.write_datetime(i, j, dt.datetime.combine(cell, dt.time()), style)
            elif isinstance(cell, dt.date) and dates == "numbers":
                sheet.write_number(i, j, (cell - dt.date(1899, 12, 30)).days)
            elif isinstance(cell, str | dt.date):
                sheet.write_string(i, j, str(cell))
            elif cell is not None:
                sheet.write_number(i, j, cell)
    book.close()
    return content.getvalue()


@pytest.mark.parametrize("dates", ["dates", "numbers", "texts"])
def test_workbooks_make_the_same_panel(tmp_path, expected, dates):
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook([FRAME.columns, *FRAME.rows()], dates=dates))
    imported = read_file(path)
    assert imported.fingerprint == expected
    assert_repeatable(path, imported)


@pytest.mark.parametrize("number", NUMBERS)
def test_workbooks_of_texts_make_the_same_panel(tmp_path, expected, number):
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook(texts(FRAME, NUMBERS[number], str)))
    assert read_file(path).fingerprint == expected


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "feather", "xlsx", "mixed"])
@pytest.mark.parametrize("named", [True, False])
def test_a_folder_of_one_file_per_symbol_makes_the_same_panel(tmp_path, expected, kind, named):
    folder = tmp_path / "prices"
    folder.mkdir()
    kinds = ["csv", "parquet", "feather"] if kind == "mixed" else [kind] * 3
    for symbol, each in zip(SYMBOLS, kinds, strict=True):
        part = FRAME.filter(pl.col("symbol") == symbol)
        write(folder / f"{symbol}.{each}", part if named else part.drop("symbol"))
    imported = read_file(folder)
    assert imported.fingerprint == expected
    assert [(note.used, note.rows) for note in imported.report.files] == [(True, 6)] * 3
    assert_repeatable(folder, imported)


def write(path, frame):
    kind = path.name.partition(".")[2].rpartition(".")[2]
    if kind == "xlsx":
        path.write_bytes(workbook([frame.columns, *frame.rows()]))
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "feather":
        frame.write_ipc(path, compression="lz4")
    else:
        content = frame.write_csv().encode()
        path.write_bytes(gzip.compress(content, mtime=0) if kind == "gz" else content)


WIDE = FRAME.pivot("symbol", index="date", values="close")


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "feather", "xlsx"])
def test_wide_files_make_the_same_panel_as_long_ones(tmp_path, kind):
    write(tmp_path / "long.parquet", FRAME.drop("volume"))
    write(tmp_path / f"wide.{kind}", WIDE)
    imported = read_file(tmp_path / f"wide.{kind}", ImportOptions(layout="wide"))
    assert imported.fingerprint == read_file(tmp_path / "long.parquet").fingerprint
    assert_repeatable(tmp_path / f"wide.{kind}", imported, layout="wide")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("day", ["iso", "sv", "dmy"])
def test_wide_texts_make_the_same_panel_as_long_ones(tmp_path, number, day):
    write(tmp_path / "long.parquet", FRAME.drop("volume"))
    rows = texts(WIDE, NUMBERS[number], DATES[day])
    (tmp_path / "wide.csv").write_text(as_text(rows, ";"), encoding="utf-8")
    imported = read_file(tmp_path / "wide.csv", ImportOptions(layout="wide"))
    assert imported.fingerprint == read_file(tmp_path / "long.parquet").fingerprint


@given(
    st.sampled_from(sorted(NUMBERS)),
    st.sampled_from(sorted(DATES)),
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from(";\t|"),
    st.booleans(),
)
def test_any_mixture_of_them_makes_one_panel(
    tmp_path_factory, expected, number, day, encoding, separator, packed
):
    codec, told = ENCODINGS[encoding]
    content = as_text(texts(FRAME, NUMBERS[number], DATES[day]), separator)
    path = tmp_path_factory.mktemp("mixture") / ("x.txt.gz" if packed else "x.txt")
    try:
        data = content.encode(codec)
    except UnicodeEncodeError:
        return  # those minus signs and spaces are not in every encoding
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    assert read_file(path, ImportOptions(encoding=told)).fingerprint == expected
