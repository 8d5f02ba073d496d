"""One file of a curated folder as a table of typed columns."""

from __future__ import annotations

import io
import os

import polars as pl

from engine.curated.contract import Contract
from engine.curated.finding import Found
from engine.errors import DataError
from engine.importing.opening import read_bytes
from engine.importing.table import refusing

MAX_CELLS = 200_000_000  # of one file: 1.6 GB
_MAGIC = b"PAR1"
_BREAKS = "\r\n"


def read_one(found: Found, area: Contract, max_bytes: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The flat columns of a file, and the names of those that are nested; DataError.

    A Parquet file damaged in a rare way makes Polars end the process instead of raising.
    """
    name = os.path.basename(found.place)  # noqa: PTH119 - of thousands of files
    data = read_bytes(found.place, max_bytes)
    if name.lower().endswith((".parquet", ".pq")):
        frame, nested = _parquet(data)
    else:
        frame, nested = _csv(data, area), ()
    if frame.is_empty():
        raise DataError("It has no rows.")
    return frame, nested


def _parquet(data: bytes) -> tuple[pl.DataFrame, tuple[str, ...]]:
    if data[:4] != _MAGIC:
        raise DataError("It is not a Parquet file; export it again.")
    with refusing("It"):
        schema = pl.read_parquet_schema(io.BytesIO(data))
    flat = [name for name, kind in schema.items() if not kind.is_nested()]
    if not flat:
        raise DataError("It has no columns.")
    limit = MAX_CELLS // len(flat)
    with refusing("It"):
        # All columns are read a third faster than the same columns by name.
        columns = None if len(flat) == len(schema) else flat
        frame = pl.read_parquet(io.BytesIO(data), columns=columns, n_rows=limit + 1)
    if len(frame) > limit:
        raise DataError(f"It has more than {limit:,} rows; keep one file per symbol and year.")
    return frame, tuple(name for name in schema if name not in flat)


def _csv(data: bytes, area: Contract) -> pl.DataFrame:
    """Text in UTF-8, commas between the cells, decimal points: nothing is guessed."""
    with refusing("It"):
        text = data.decode("utf-8-sig")
        header = text.lstrip(_BREAKS).split("\n", 1)[0].strip("\r").split(",")
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise DataError("Its cells are not separated by commas; write commas and points.")
        if len(set(header)) < len(header):
            raise DataError("It has two columns of one name.")
        frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    return frame.select(_typed(cells, area) for cells in frame)


def _typed(cells: pl.Series, area: Contract) -> pl.Series:
    """Numbers if every cell is one, truth values as 1 and 0, else the texts.

    What the contract takes for text stays text: the symbol 0700 is not the number 700.
    """
    column = area.column_of(cells.name)
    texts = cells.str.strip_chars()
    texts = pl.select(pl.when(texts != "").then(texts)).to_series().rename(cells.name)
    if column is not None and column.kind != "number":
        return texts
    numbers = texts.cast(pl.Float64, strict=False)
    if numbers.null_count() == texts.null_count():
        return numbers
    words = texts.str.to_lowercase()
    if words.drop_nulls().is_in(["true", "false"]).all():
        return (words == "true").cast(pl.Float64)
    return texts
