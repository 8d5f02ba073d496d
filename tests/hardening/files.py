"""Files for the import: sound ones, damaged ones and nonsense.

A file is a function of its kind, a seed and its number, so that any can be made again alone.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from engine.importing import ImportOptions
from tests.hardening import csvs, mangling, samples
from tests.hardening.mangling import mangle
from tests.hardening.samples import BASES, Chunk, Row, Sample

MAX_BYTES = 1 << 26
KINDS = ("csv", "parquet", "other")


class File(msgspec.Struct, frozen=True):
    """A file to be imported.

    source: how it was made. rows: those it must hold, when it is read at all. spoiled: where its
    bytes were changed, when they were changed in one place and no other byte moved.
    """

    source: str
    name: str
    data: bytes
    options: ImportOptions
    rows: tuple[Row, ...] | None = None
    spoiled: Chunk | None = None


Source = Callable[[Random], File]


def file(kind: str, seed: int, number: int) -> File:
    """The file of that kind, seed and number."""
    rng = Random(f"{kind} {seed} {number}")
    sources = SOURCES[kind]
    return rng.choices(list(sources), list(sources.values()))[0](rng)


def _made(rng: Random, source: str, ending: str, data: bytes, **more: Any) -> File:
    return File(source, f"x{ending}", data, _options(rng), **more)


def _options(rng: Random) -> ImportOptions:
    """The options, now and then with answers that may be wrong."""
    if rng.random() < 0.8:
        return ImportOptions(max_bytes=MAX_BYTES)
    answers = rng.choices(_ANSWERS, k=rng.choice([1, 1, 2]))
    given: dict[str, Any] = {name: rng.choice(each) for name, each in answers}
    return ImportOptions(**{"max_bytes": MAX_BYTES, **given})


_ANSWERS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("date_order", ("dmy", "mdy")),
    ("decimal", (".", ",")),
    ("separator", (",", ";", "\t", "|")),
    ("encoding", ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac-roman")),
    ("header", (True, False)),
    ("layout", ("wide", "long")),
    ("duplicates", ("first", "last")),
    ("categories", (("sector",), ("symbol",), ("nothing",))),
    ("ignore", (("eps",), ("date",), ("close",))),
    ("rename", ({"close": "c"}, {"eps": "close"}, {"date": "x"}, {"x": "y"}, {"eps": ""})),
    ("date", ("symbol", "eps", "nothing", "column 1")),
    ("symbol", ("date", "sector", "volume", "column 2")),
    ("price", ("eps", "sector", "nothing", "column 3")),
    ("universe", ("eps", "sector", "nothing")),
    ("value", ("close", "date", "", "x")),
    ("sheet", ("Prices", "Notes", "")),
    ("derive", (("returns",), ("adv20", "vwap"), ("c_sek",))),
    ("currency", ("sector", "nothing")),
    ("periods_per_year", (0.0, -1.0, 12.0, float("nan"), float("inf"))),
    ("max_bytes", (0, 1, 100, 1000, -5)),
)


# CSV


def csv_sound(rng: Random) -> File:
    """A right file in any spelling."""
    text, rows = csvs.sound(rng)
    plain = ImportOptions(max_bytes=MAX_BYTES)
    known = rows if csvs.says_all(text) else None
    return File("csv sound", "x.csv", text.written(rng), plain, rows=known)


def csv_harmed(rng: Random) -> File:
    """One with wrong cells, names, lines or form."""
    return _made(rng, "csv harmed", rng.choice([".csv", ".csv", ".tsv", ".txt"]), csvs.harmed(rng))


def csv_mangled(rng: Random) -> File:
    """One with damaged bytes."""
    data = mangle(rng, csvs.sound(rng)[0].written(rng), other=csvs.sound(rng)[0].written(rng))
    return _made(rng, "csv mangled", ".csv", data)


def csv_noise(rng: Random) -> File:
    """Signs of tables in no order."""
    signs = [
        b",", b";", b"\t", b"|", b"\n", b"\r", b'"', b"date", b"symbol", b"close", b"A", b"1",
        b"2020-01-01", b".", b"-", b" ", b"#", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc3",
    ]  # fmt: skip
    data = b"".join(rng.choices(signs, k=rng.choice([0, 1, 5, 30, 200])))
    head = rng.choice([b"", b"date,symbol,close\n", b"date;symbol;close\n"])
    return _made(rng, "csv noise", ".csv", head + data)


# Parquet


def _base(rng: Random, make: Callable[[int], Sample]) -> Sample:
    return make(rng.randrange(BASES))


def parquet_sound(rng: Random) -> File:
    """A right file."""
    base = _base(rng, samples.parquet)
    plain = ImportOptions(max_bytes=MAX_BYTES)
    return File("parquet sound", "x.parquet", base.data, plain, rows=base.rows)


def parquet_spoiled(rng: Random) -> File:
    """One whose bytes are changed within the values of one column of one group of rows."""
    base = _base(rng, samples.parquet)
    chunk = rng.choice([chunk for chunk in base.chunks if chunk.column in samples.VALUES])
    data = mangling.in_place(rng, base.data, range(chunk.start, chunk.end))
    plain = ImportOptions(max_bytes=MAX_BYTES)
    return File("parquet spoiled", "x.parquet", data, plain, rows=base.rows, spoiled=chunk)


def parquet_footer(rng: Random) -> File:
    """One with a damaged description."""
    base = _base(rng, samples.parquet)
    data = base.data
    if rng.random() < 0.1:
        return _made(rng, "parquet footer", ".parquet", mangling.lengths(rng, data))
    return _made(
        rng, "parquet footer", ".parquet", mangle(rng, data, mangling.parquet_footer(data))
    )


def parquet_crossed(rng: Random) -> File:
    """The values of one file under the description of another."""
    one, other = _base(rng, samples.parquet).data, _base(rng, samples.parquet).data
    data = one[: mangling.parquet_footer(one).start] + other[mangling.parquet_footer(other).start :]
    return _made(rng, "parquet crossed", ".parquet", data)


def parquet_page(rng: Random) -> File:
    """One with a damaged page or head of a page."""
    base = _base(rng, samples.parquet)
    chunk = rng.choice(base.chunks)
    places = range(chunk.start, min(chunk.end, chunk.start + rng.choice([24, 1000])))
    return _made(rng, "parquet page", ".parquet", mangle(rng, base.data, places))


def parquet_mangled(rng: Random) -> File:
    """One with damaged bytes anywhere."""
    data = mangle(rng, _base(rng, samples.parquet).data, other=_base(rng, samples.parquet).data)
    return _made(rng, "parquet mangled", rng.choice([".parquet", ".parquet", ".pq", ".csv"]), data)


# Arrow, workbooks, gzip


def other_sound(rng: Random) -> File:
    """A right file of Arrow, Excel or gzip."""
    base = _base(rng, rng.choice([samples.arrow, samples.workbook, samples.packed]))
    plain = ImportOptions(max_bytes=MAX_BYTES)
    return File("other sound", f"x{base.ending}", base.data, plain, rows=base.rows)


def arrow_heads(rng: Random) -> File:
    """An Arrow file with a damaged description."""
    base = _base(rng, samples.arrow)
    places = mangling.arrow_heads(rng, base.data)
    return _made(rng, "arrow heads", base.ending, mangle(rng, base.data, places))


def arrow_mangled(rng: Random) -> File:
    """An Arrow file with damaged bytes anywhere."""
    base = _base(rng, samples.arrow)
    data = mangle(rng, base.data, other=_base(rng, samples.arrow).data)
    return _made(rng, "arrow mangled", base.ending, data)


def workbook_parts(rng: Random) -> File:
    """A workbook with something wrong in what its parts say."""
    data = mangling.workbook_parts(rng, _base(rng, samples.workbook).data)
    return _made(rng, "workbook parts", ".xlsx", data)


def workbook_directory(rng: Random) -> File:
    """A workbook with a damaged directory."""
    data = _base(rng, samples.workbook).data
    data = mangle(rng, data, mangling.zip_directory(rng, data))
    return _made(rng, "workbook directory", ".xlsx", data)


def workbook_mangled(rng: Random) -> File:
    """A workbook with damaged bytes anywhere."""
    data = mangle(rng, _base(rng, samples.workbook).data, other=_base(rng, samples.workbook).data)
    return _made(rng, "workbook mangled", ".xlsx", data)


def packed(rng: Random) -> File:
    """A file under gzip, damaged before or after it was packed."""
    data = csvs.harmed(rng) if rng.random() < 0.5 else mangle(rng, csvs.sound(rng)[0].written(rng))
    whole = gzip.compress(data, mtime=0)
    if rng.random() < 0.6:
        whole = mangle(rng, whole)
    return _made(rng, "packed", rng.choice([".csv.gz", ".gz", ".csv"]), whole)


def misnamed(rng: Random) -> File:
    """A right file under the name of another format."""
    make = rng.choice([samples.arrow, samples.workbook, samples.packed, samples.parquet])
    endings = [".csv", ".parquet", ".arrow", ".xlsx", ".csv.gz", ".txt", ".TSV", ".xlsm", ".ipc"]
    return _made(rng, "misnamed", rng.choice(endings), _base(rng, make).data)


SOURCES: dict[str, dict[Source, float]] = {
    "csv": {csv_sound: 2, csv_harmed: 6, csv_mangled: 3, csv_noise: 1},
    "parquet": {
        parquet_sound: 0.5, parquet_spoiled: 3, parquet_footer: 4, parquet_crossed: 0.5,
        parquet_page: 3, parquet_mangled: 2,
    },
    "other": {
        other_sound: 0.7, arrow_heads: 3, arrow_mangled: 2, workbook_parts: 3,
        workbook_directory: 1.5, workbook_mangled: 1.5, packed: 1.5, misnamed: 0.3,
    },
}  # fmt: skip
"""Every source of each kind, and how often it is asked."""
