"""Hostile names, contents and places: text stays text, and what is no plain file is refused."""

from __future__ import annotations

import os
import socket
import time

import msgspec
import polars as pl
import pytest

from engine.errors import DataError, EngineError
from engine.importing import (
    ImportOptions,
    opening,
    preview_file,
    read_file,
    read_report,
    write_dataset,
)
from engine.panel import open_panel

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;",
    "'; DROP TABLE runs;--", "1' OR '1'='1", "../../etc/passwd", "..\\..\\win.ini", "C:\\CON",
    "/dev/null", "a/b", "%2e%2e%2f", "=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\x07bell",
    "\x1b[31mred", "back\x08space", "\u202eLPAA", "AA\u200bPL", "\u2066x\u2069", "\ufeffAAPL",
    "AAPL\u00a0", "😀", "👩‍🚀", "e\u0301", "é", "İ", "ß", "\u2028x", "\u0085x", "^.*$", "^c.*$",
    "${jndi:ldap://x}", "{{7*7}}", "{0}", "%s%n", "$(id)", "`id`", "a;b|c", "x" * 10_000, "NaN",
    "null", "None", "true", "1e5", "007", "CON", "nul.", "trailing.", ".", "..", "~", "*", "[a]",
    "\\", "'", "\U0010ffff",
)  # fmt: skip


def frame(symbols=HOSTILE):
    days = ["2020-01-01", "2020-01-02", "2020-01-03"]
    rows = [(day, name, float(i)) for i, name in enumerate(symbols, 1) for day in days]
    return pl.DataFrame(rows, ["date", "symbol", "close"], orient="row")


def said_well(error):
    """A refusal is one plain line."""
    message = error.message
    assert message.isprintable()
    assert message.endswith(".")
    assert len(message) <= 2000
    return True


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_hostile_symbols_are_kept_to_the_letter(tmp_path, kind):
    path, table = tmp_path / f"x.{kind}", frame()
    {"csv": table.write_csv, "parquet": table.write_parquet, "arrow": table.write_ipc}[kind](path)
    imported = read_file(path)
    assert imported.grid.symbols == tuple(sorted(HOSTILE))
    write_dataset(tmp_path / "ds", imported)
    panel = open_panel(tmp_path / "ds", name="x")
    assert panel.symbols == tuple(sorted(HOSTILE))
    place = panel.symbols.index("=cmd|' /C calc'!A0")
    assert panel.feature("close")[0, place] == 1 + HOSTILE.index("=cmd|' /C calc'!A0")
    assert read_report(tmp_path / "ds") == imported.report


def test_what_is_said_of_hostile_symbols_can_be_printed(tmp_path):
    """A terminal is moved by escapes, and a line turned round by marks of direction."""
    frame().write_csv(tmp_path / "x.csv")
    preview = preview_file(tmp_path / "x.csv")
    assert preview.report is not None, preview.problem
    said = [*preview.report.warnings, *preview.report.notes, *preview.details]
    assert [text for text in said if not text.isprintable() or len(text) > 2000] == []


@pytest.mark.parametrize("kind", ["parquet", "ipc", "ipc_stream"])
def test_a_column_without_a_name_is_refused_by_its_place(tmp_path, kind):
    table = frame(["A", "B"]).with_columns(pl.lit(1.5).alias(""), pl.lit("x").alias(" "))
    path = tmp_path / f"x.{kind.partition('_')[0]}"
    getattr(table, f"write_{kind}")(path)
    imported = read_file(path)
    refused = {each.column: each.reason for each in imported.report.refused}
    assert refused == {"column 4": "it has no name in the header", " ": "its name is blank"}
    assert imported.frame.columns == ["date", "symbol", "close"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_a_column_is_kept_or_refused(tmp_path, name):
    table = frame(["A", "B"]).with_columns(pl.lit(1.5).alias(name))
    table.write_parquet(tmp_path / "x.parquet")
    report = read_file(tmp_path / "x.parquet").report
    (refused,) = report.refused or (None,)
    assert (name in report.features) != (refused is not None and refused.column == name)
    strange = not name.isprintable() and any(c < " " or c == "\x7f" for c in name)
    if strange or not name.strip() or len(name) > 100 or set(name) & set('"\\'):
        assert refused is not None
        assert refused.reason.isprintable()
    msgspec.json.encode(preview_file(tmp_path / "x.parquet"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_refusal_quotes_a_hostile_name_harmlessly(tmp_path, name):
    """Without date and symbol the names of the columns are all that there is to say."""
    pl.DataFrame({name: [1.0], f"{name} ": ["x"]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(EngineError) as caught:
        read_file(tmp_path / "x.parquet")
    assert said_well(caught.value)
    assert preview_file(tmp_path / "x.parquet").question.message == caught.value.message


@pytest.mark.parametrize("cell", [*HOSTILE, "a\nb", 'a"b', "\x00"])
def test_a_hostile_cell_is_no_number_and_is_quoted_harmlessly(tmp_path, cell):
    table = frame(["A", "B"]).with_columns(pl.lit(cell).alias("date"))
    table.write_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataError) as caught:
        read_file(tmp_path / "x.parquet")
    assert said_well(caught.value)


def test_halves_of_pairs_are_refused(tmp_path):
    """What stands for half a character in UTF-16 and in the bytes of a sloppy program."""
    head = b"date,symbol,close\n2020-01-01,"
    (tmp_path / "x.csv").write_bytes(head + b"A\xed\xa0\x80,1\n")
    imported = read_file(tmp_path / "x.csv")  # as cp1252, which is said
    assert imported.grid.symbols == ("Aí\xa0€",)
    assert "cp1252" in imported.report.warnings[0]
    (tmp_path / "y.csv").write_bytes(
        "date,symbol,close\n2020-01-01,A".encode("utf-16") + b"\x00\xd8,\x001\x00"
    )
    with pytest.raises(DataError, match="is not utf-16-le") as caught:
        read_file(tmp_path / "y.csv")
    assert said_well(caught.value)


# places


NAMES = (
    "x[1].csv", "*.csv", "?.csv", "{a,b}.csv", "~.csv", "$HOME.csv", "%TEMP%.csv", "`id`.csv",
    "-rf.csv", " .csv", "a\nb.csv", "\\\\host\\share.csv", "CON.csv", "nul.csv", "x. .csv",
    "...csv", "x.csv.", "😀.csv", "\u202ecsv.exe.csv", "a" * 240 + ".csv",
)  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no files of these names")
@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_is_taken_to_the_letter(tmp_path, name):
    frame(["A"]).write_csv(tmp_path / "decoy1.csv")
    frame(["WANTED"]).write_csv(tmp_path / name)
    start = time.monotonic()
    if name.endswith(".csv"):
        assert read_file(tmp_path / name).grid.symbols == ("WANTED",)
    else:
        with pytest.raises(DataError, match="of an unknown kind") as caught:
            read_file(tmp_path / name)
        assert said_well(caught.value)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("name", ["*.parquet", "x[12].parquet", "**/x.parquet", "{x1,x2}.parquet"])
@pytest.mark.parametrize("make", [pl.DataFrame.write_parquet, pl.DataFrame.write_ipc])
def test_a_pattern_matches_nothing(tmp_path, name, make):
    make(frame(["A"]), tmp_path / "x1.parquet")
    with pytest.raises(DataError, match="cannot be opened: No such file or directory"):
        read_file(tmp_path / name)


ADDRESSES = (
    "s3://bucket/x.parquet", "https://example.org/x.csv", "file:///etc/passwd", "gs://x/y.csv",
    "hf://datasets/x.parquet", "ftp://h/x.csv", "az:/x/y.parquet", "http:/x/y.csv",
    "abfss://c@a.net/x.parquet", "data:/,x.csv", "ssh+git://x.csv",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("read", [read_file, preview_file])
def test_an_address_is_refused_without_the_network(monkeypatch, address, read):
    def never(*_args, **_options):
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    start = time.monotonic()
    with pytest.raises(DataError, match="is an address; download the file"):
        read(address)
    assert time.monotonic() - start < 2


def test_an_address_of_costs_is_refused_too(tmp_path):
    frame(["A"]).write_csv(tmp_path / "x.csv")
    with pytest.raises(DataError, match="is an address"):
        read_file(tmp_path / "x.csv", ImportOptions(costs="https://example.org/costs.csv"))


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def random_device(path):
    path.symlink_to("/dev/urandom")


def listening(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def loop(path):
    path.symlink_to(path)


def dangling(path):
    path.symlink_to(path.with_name("gone.csv"))


def kernel_file(path):
    path.symlink_to("/proc/self/status")


def memory(path):
    path.symlink_to("/proc/self/mem")


def terminal(path):
    path.symlink_to("/dev/tty")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize(
    "make",
    [pipe, device, random_device, listening, loop, dangling, kernel_file, memory, terminal],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".xlsx"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path, make, suffix):
    path = tmp_path / f"x{suffix}"
    make(path)
    for read in (read_file, preview_file):
        start = time.monotonic()
        with pytest.raises(DataError) as caught:
            read(path)
        assert said_well(caught.value)
        assert time.monotonic() - start < 2
        if make in {pipe, device, random_device}:
            assert caught.value.message == f"x{suffix} is not a regular file; choose a data file."


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("make", [pipe, device, listening, loop, dangling, kernel_file])
def test_a_folder_with_what_is_no_plain_file_is_refused_or_leaves_it_out(tmp_path, make):
    folder = tmp_path / "prices"
    folder.mkdir()
    frame(["A"]).drop("symbol").write_csv(folder / "A.csv")
    make(folder / "B.csv")
    with pytest.raises(DataError) as caught:
        read_file(folder)
    assert said_well(caught.value)
    assert "B.csv" in caught.value.message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_folder_within_itself_is_not_walked(tmp_path):
    frame(["A"]).drop("symbol").write_csv(tmp_path / "A.csv")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    report = read_file(tmp_path).report
    assert {note.file: note.used for note in report.files} == {"A.csv": True, "again": False}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    frame(["A"]).write_csv(tmp_path / "x.csv")
    (tmp_path / "x.csv").chmod(0)
    with pytest.raises(DataError, match=r"x\.csv cannot be opened: Permission denied\."):
        read_file(tmp_path / "x.csv")


def longer(path):
    with path.open("a") as file:
        file.write("2020-01-09,B,1\n")


def shorter(path):
    os.truncate(path, 30)


def other(path):
    size = path.stat().st_size
    path.write_bytes(b"x" * size)
    os.utime(path, (1, 1))


@pytest.mark.parametrize("change", [longer, shorter, other])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, change):
    """Half of what somebody is writing must not become a data set."""
    path = tmp_path / "x.csv"
    frame(["A", "B"]).write_csv(path)
    honest, seen = os.fstat, []

    def fstat(handle):
        status = honest(handle)
        if not seen:
            seen.append(handle)
            change(path)
        return status

    monkeypatch.setattr(opening.os, "fstat", fstat)
    with pytest.raises(DataError, match=r"x\.csv changed while it was read"):
        read_file(path)
    monkeypatch.undo()


# sizes


def test_ten_thousand_columns_are_previewed_in_seconds(tmp_path):
    """Also when nothing says what they are."""
    names, cells = ",".join(f"c{i}" for i in range(9_000)), ",".join(["1.5"] * 9_000)
    (tmp_path / "x.csv").write_text(f"x,{names}\nq,{cells}\n")
    start = time.process_time()
    assert preview_file(tmp_path / "x.csv").question.option == "layout"
    assert time.process_time() - start < 20


def test_one_word_of_a_megabyte_is_read_in_a_moment(tmp_path):
    """Looking for the first letter that is not ASCII once took the square of the length."""
    text = b"date,symbol,close," + b"x" * 1_000_000 + b"\n2020-01-01,A,1,\xe5\n"
    (tmp_path / "x.csv").write_bytes(text)
    start = time.process_time()
    assert read_file(tmp_path / "x.csv").report.symbols == 1
    assert time.process_time() - start < 5


def test_a_sheet_with_cells_far_apart_is_refused(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    sheet = book.add_worksheet()
    for row, cells in enumerate([("date", "symbol", "close"), ("2020-01-01", "A", 1)]):
        sheet.write_row(row, 0, cells)
    sheet.write(1_048_575, 2, 5)
    book.close()
    with pytest.raises(DataError, match=r"sheet of 1,048,576 rows and 3 columns with \d+ cells"):
        read_file(tmp_path / "x.xlsx")
