"""Small files that grow, and long ones that do not end: refused within the memory."""

from __future__ import annotations

import gzip
import threading
import time
import zipfile
from contextlib import contextmanager

import polars as pl
import psutil
import pytest

from app import imports
from app.imports import Importer
from app.supervisor import Limits
from engine.errors import DataError
from engine.workspace import Workspace

MB = 1 << 20
HEAD = b"date,symbol,close\n2020-01-01,A,1\n"


def gzip_of_ten_gigabytes(folder):
    """Pieces of gzip one behind the other are one file."""
    piece = gzip.compress(b"2020-01-01,A,1\n" * 7_000_000, 9)
    (folder / "x.csv.gz").write_bytes(gzip.compress(HEAD) + piece * 97)
    return folder / "x.csv.gz"


def workbook_of_spaces(folder):
    with zipfile.ZipFile(folder / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b" " * MB)
    return folder / "x.xlsx"


def workbook_that_lies(folder):
    """Its directory says that the sheet is short."""
    path = workbook_of_spaces(folder)
    data = path.read_bytes()
    size = (300 * MB).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    return path


def parquet_of_one_value(folder):
    """Runs of one value take no room: 25 columns of 8 million rows."""
    zeros = pl.zeros(8_000_000, dtype=pl.Float64, eager=True)
    frame = pl.DataFrame({f"c{i}": zeros for i in range(25)})
    frame.write_parquet(folder / "x.parquet", compression_level=19)
    return folder / "x.parquet"


def line(letter, lead=b"", size=200):
    def make(folder):
        (folder / "x.csv").write_bytes(lead + letter * (size * MB))
        return folder / "x.csv"

    return make


def five_million_columns(folder):
    header = ",".join(f"c{i}" for i in range(5_000_000))
    (folder / "x.csv").write_text(f"date,symbol,close,{header}\n2020-01-01,A,1\n")
    return folder / "x.csv"


BOMBS = {
    "gzip": (gzip_of_ten_gigabytes, "expands to more than 200 times its size"),
    "workbook": (workbook_of_spaces, "expands to more than 200 times its size"),
    "lying workbook": (workbook_that_lies, "is damaged or no workbook"),
    "parquet": (parquet_of_one_value, r"needs more than 1\.0 GiB of memory"),
    "letters": (line(b"x"), "has one column only"),
    "commas": (line(b","), "x.csv has 209,715,201 columns"),
    "quotes": (line(b'"', HEAD, 50), "x.csv has a quote"),
    "an open quote": (line(b"y", HEAD + b'"'), "x.csv has a quote"),
    "a cell": (line(b"y", b"date,symbol,close\n2020-01-01,"), "columns in its header and another"),
    "Western letters": (line(b"\xe5"), "has one column only"),
    "digits": (line(b"1", b"date,symbol,close\n2020-01-01,A,"), "x.csv cannot be used"),
    "zeros": (line(b"\0"), "UTF-16|zero byte"),
    "line ends": (line(b"\n", b"date,symbol,close"), "holds 209,715,200 rows"),
    "columns": (five_million_columns, "has 5,000,003 columns"),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("space")
    (folder / "fine.csv").write_bytes(HEAD + b"2020-01-02,A,2\n")
    with Workspace(folder / "space", write=True) as space, Importer(space) as importer:
        importer.import_file(folder / "fine.csv", "fine", "none")
        yield folder, space, importer


@contextmanager
def watched(importer):
    """The most memory of the process that reads, in bytes."""
    peak, done = [0], threading.Event()

    def look():
        while not done.wait(0.01):
            process = importer._process
            if process is not None and process.pid is not None:
                try:
                    peak[0] = max(peak[0], psutil.Process(process.pid).memory_info().rss)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_the_memory_and_the_next_file_is_read(
    tmp_path, space, monkeypatch, bomb, record_property
):
    folder, workspace, importer = space
    make, said = BOMBS[bomb]
    path = make(tmp_path)
    before = workspace.datasets()
    most = 1 << 30 if bomb == "parquet" else imports.limits().memory
    monkeypatch.setattr(imports, "limits", lambda: Limits(silence_s=120, order_s=120, memory=most))
    importer.close()
    start = time.monotonic()
    with watched(importer) as peak, pytest.raises(DataError, match=said) as caught:
        importer.import_file(path, "bomb")
    record_property("seconds", time.monotonic() - start)
    record_property("megabytes", peak[0] // MB)
    assert len(caught.value.message) <= 2000
    assert peak[0] < most + 500 * MB
    assert workspace.datasets() == before
    again, _ = importer.import_file(folder / "fine.csv", "fine", "none")
    assert again.fingerprint == before[0].fingerprint
    path.unlink()
