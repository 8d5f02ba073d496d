"""Small tables of prices, and sound files of them in every format and many spellings."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from functools import cache
from itertools import accumulate
from random import Random
from tempfile import NamedTemporaryFile

import duckdb
import msgspec
import polars as pl
import xlsxwriter

BASES = 24
VALUES = ("close", "eps", "volume")
_SYMBOLS = ("AAPL", "BRK.B", "ERIC-B.ST", "ÅÄÖ", "A B", "007", "=1+1", "数", "x" * 40, "N/A")
_WHERE = """
select row_group_id, row_group_num_rows, path_in_schema,
    coalesce(dictionary_page_offset, data_page_offset), total_compressed_size
from parquet_metadata(?) order by row_group_id
"""
_PACKINGS = ("uncompressed", "zstd", "snappy", "lz4", "gzip", "brotli")
Row = tuple[dt.date, str, float | None, float | None, float | None, str | None]


class Chunk(msgspec.Struct, frozen=True):
    """Where the values of one column in one group of rows lie in a Parquet file."""

    start: int
    end: int
    column: str
    rows: range


class Sample(msgspec.Struct, frozen=True):
    """A sound file: its ending, its bytes, the rows in it and where some of them lie."""

    ending: str
    data: bytes
    rows: tuple[Row, ...]
    chunks: tuple[Chunk, ...] = ()


def table(rng: Random) -> tuple[Row, ...]:
    """Rows in any order, the first with every value there; dates and symbols never repeat."""
    start = dt.date(rng.choice([1971, 1999, 2019, 2020]), rng.randint(1, 12), rng.randint(1, 28))
    symbols = rng.sample(_SYMBOLS, rng.randint(1, 4))
    keys = [(start + dt.timedelta(day), name) for day in range(7) for name in symbols]
    kept = rng.sample(keys, rng.randint(3, len(keys)))
    first = (*kept[0], 12.5, 0.25, 1_234_567.0, "bank")
    return (first, *((*key, *_values(rng), rng.choice(["bank", "oil", None])) for key in kept[1:]))


def _values(rng: Random) -> tuple[float | None, float | None, float | None]:
    close = rng.choice([round(rng.uniform(1, 5000), 2), round(rng.uniform(0, 1), 4), None])
    eps = rng.choice([round(rng.gauss(0, 3), 3), 0.0, -0.5, None])
    return close, eps, rng.choice([float(rng.randint(0, 10**7)), None])


def frame(rows: tuple[Row, ...]) -> pl.DataFrame:
    """Rows as typed columns."""
    kinds = {"date": pl.Date, "symbol": pl.String, **dict.fromkeys(VALUES, pl.Float64)}
    return pl.DataFrame(rows, {**kinds, "sector": pl.String}, orient="row")


@cache
def parquet(number: int) -> Sample:
    """One of some Parquet files: packed or not, in one or several groups of rows and pages."""
    rng = Random(f"parquet {number}")
    rows = table(rng)
    group = rng.choice([2, 3, 100])
    buffer = io.BytesIO()
    _typed(rng, frame(rows)).write_parquet(
        buffer,
        compression=_PACKINGS[number % 2 and rng.randrange(6)],  # type: ignore[arg-type]
        row_group_size=group,
        statistics=rng.random() < 0.7,
        data_page_size=rng.choice([None, 16, 64]),
    )
    return Sample(".parquet", buffer.getvalue(), rows, _chunks(buffer.getvalue()))


def _typed(rng: Random, plain: pl.DataFrame) -> pl.DataFrame:
    """The same values in other types."""
    dates = rng.choice([pl.Date, pl.Datetime("us"), pl.Datetime("ns", "UTC"), pl.String])
    texts = rng.choice([pl.String, pl.Categorical])
    changed = plain.with_columns(pl.col("date").cast(dates), pl.col("symbol", "sector").cast(texts))
    if rng.random() < 0.3:
        changed = changed.with_columns(pl.col("volume").cast(pl.Int64))
    if rng.random() < 0.2:
        changed = changed.with_columns(nested=pl.concat_list("close", "eps"))
    return changed


def _chunks(data: bytes) -> tuple[Chunk, ...]:
    """Where the columns lie, as another reader of Parquet says."""
    with NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as database:
        file.write(data)
        file.flush()
        found = database.execute(_WHERE, [file.name]).fetchall()
    sizes = {group: count for group, count, *_ in found}
    firsts = dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))
    rows = {group: range(first, first + sizes[group]) for group, first in firsts.items()}
    return tuple(Chunk(at, at + size, name, rows[group]) for group, _, name, at, size in found)


@cache
def arrow(number: int) -> Sample:
    """One of some Arrow files, in the form of a file or a stream."""
    rng = Random(f"arrow {number}")
    rows = table(rng)
    plain, buffer = _typed(rng, frame(rows)), io.BytesIO()
    packing = rng.choice(["uncompressed", "uncompressed", "lz4", "zstd"])
    compat = rng.choice([pl.CompatLevel.oldest(), pl.CompatLevel.newest()])
    if rng.random() < 0.3:
        plain.write_ipc_stream(buffer, compression=packing, compat_level=compat)
    else:
        size = rng.choice([None, 2, 5])
        plain.write_ipc(buffer, compression=packing, compat_level=compat, record_batch_size=size)
    return Sample(rng.choice([".arrow", ".feather"]), buffer.getvalue(), rows)


@cache
def workbook(number: int) -> Sample:
    """One of some workbooks, its dates as dates or as texts, with or without other sheets."""
    rng = Random(f"workbook {number}")
    rows, buffer = table(rng), io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    if rng.random() < 0.3:
        book.add_worksheet("Notes").write_string(0, 0, "Prices of a few names")
    sheet = book.add_worksheet("Prices")
    style = book.add_format({"num_format": "yyyy-mm-dd"}) if rng.random() < 0.6 else None
    sheet.write_row(0, 0, ("date", "symbol", *VALUES, "sector"))
    for place, (day, *others) in enumerate(rows, 1):
        if style:
            sheet.write_datetime(place, 0, dt.datetime.combine(day, dt.time()), style)
        else:
            sheet.write_string(place, 0, day.isoformat())
        sheet.write_string(place, 1, str(others[0]))
        for column, value in enumerate(others[1:], 2):
            _write(sheet, place, column, value)
    book.close()
    return Sample(".xlsx", buffer.getvalue(), rows)


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write(row, column, value)


@cache
def packed(number: int) -> Sample:
    """One of some plain CSV files under gzip."""
    rows = table(Random(f"packed {number}"))
    return Sample(".csv.gz", gzip.compress(frame(rows).write_csv().encode(), mtime=0), rows)
