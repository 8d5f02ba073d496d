"""Files of typed columns: Parquet, and Arrow in its file form (Feather) and its stream form."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import NamedTuple

import polars as pl

from engine.errors import DataError
from engine.importing.table import NO_NAME, PATTERN, Table, check_limits, is_pattern, refusing

PARQUET_MAGIC, ARROW_MAGIC, STREAM_MAGIC = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
_OLD_FEATHER = b"FEA1"


class _Format(NamedTuple):
    """How Polars tells the columns of a kind of file, counts its rows, and reads some columns."""

    schema: Callable[[io.BytesIO], Mapping[str, pl.DataType]]
    scan: Callable[[io.BytesIO], pl.LazyFrame]
    read: Callable[..., pl.DataFrame]


_PARQUET = _Format(pl.read_parquet_schema, pl.scan_parquet, pl.read_parquet)
_ARROW = _Format(pl.read_ipc_schema, pl.scan_ipc, pl.read_ipc)


def read_parquet(data: bytes, file: str, max_bytes: int) -> Table:
    """The flat columns of a Parquet file; nested ones are refused by name.

    DataError when the file is damaged or would expand beyond eight times `max_bytes`.
    """
    if not data.startswith(PARQUET_MAGIC):
        raise DataError(f"{file} is not a Parquet file; export it again or correct its name.")
    return _read(data, file, max_bytes, _PARQUET)


def read_arrow(data: bytes, file: str, max_bytes: int) -> Table:
    """The flat columns of an Arrow file, compressed or not; as `read_parquet`."""
    if data.startswith(_OLD_FEATHER):
        raise DataError(f"{file} is of the first Feather version; write it again as version 2.")
    if data.startswith(STREAM_MAGIC):
        return _read_stream(data, file, max_bytes)
    if not data.startswith(ARROW_MAGIC):
        raise DataError(f"{file} is not an Arrow file; export it again or correct its name.")
    return _read(data, file, max_bytes, _ARROW)


def _read(data: bytes, file: str, max_bytes: int, how: _Format) -> Table:
    with refusing(file):
        schema = how.schema(io.BytesIO(data))
        rows = how.scan(io.BytesIO(data)).select(pl.len()).collect(engine="in-memory").item()
    check_limits(file, rows, len(schema), max_bytes)
    flat, nested = _sorted(schema)
    with refusing(file):
        frame = how.read(io.BytesIO(data), columns=_places(schema, flat))
    return _table(file, frame, nested)


def _read_stream(data: bytes, file: str, max_bytes: int) -> Table:
    with refusing(file):
        frame = pl.read_ipc_stream(io.BytesIO(data))
    check_limits(file, len(frame), frame.width, max_bytes)
    flat, nested = _sorted(frame.schema)
    places = _places(frame.schema, flat)
    return _table(file, frame.select(pl.nth(places)), nested)


def _table(file: str, frame: pl.DataFrame, refused: tuple[tuple[str, str], ...]) -> Table:
    """The columns; one without a name gets one, as in a text file."""
    if "" not in frame.columns:
        return Table(file, frame, refused=refused)
    name = f"column {frame.columns.index('') + 1}"
    while name in frame.columns:
        name += "'"
    return Table(file, frame.rename({"": name}), refused=(*refused, (name, NO_NAME)))


def _places(schema: Mapping[str, pl.DataType], wanted: list[str]) -> list[int]:
    """The numbers of columns, for Polars takes the names "*" and "^a.*$" for patterns."""
    places = {name: place for place, name in enumerate(schema)}
    return [places[name] for name in wanted]


def _sorted(
    schema: Mapping[str, pl.DataType],
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The names of the usable columns; the others with the reason why they are refused."""
    refused = {
        name: f"it holds a {kind.base_type()} in each row, not one value"
        for name, kind in schema.items()
        if kind.is_nested()
    } | {name: PATTERN for name in schema if is_pattern(name)}
    return [name for name in schema if name not in refused], tuple(refused.items())
