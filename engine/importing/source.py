"""A file or a folder of files as one table of date, symbol and values."""

from __future__ import annotations

from pathlib import Path

import msgspec
import polars as pl

from engine.errors import DataError
from engine.importing.binary import (
    ARROW_MAGIC,
    PARQUET_MAGIC,
    read_arrow,
    read_parquet,
)
from engine.importing.found import Found
from engine.importing.keys import find_key
from engine.importing.kinds import (
    ARROW_SUFFIXES,
    PARQUET_SUFFIXES,
    WORKBOOK_SUFFIXES,
    is_readable,
    stem,
)
from engine.importing.layout import as_long
from engine.importing.model import FileNote
from engine.importing.opening import check_address, list_folder, read_bytes, size_of
from engine.importing.table import Table, check_limits
from engine.importing.text import read_text
from engine.importing.workbook import OLD_MAGIC, ZIP_MAGIC, read_workbook

SHARE = 0.4  # of the work, for reading


def read_source(path: str | Path, found: Found) -> Table:
    """The table of a file, or of all files of a folder below each other; DataError."""
    check_address(path)
    if Path(path).is_dir():
        return _read_folder(Path(path), found)
    found.tell(f"Reading {Path(path).name}", 0.0)
    table = read_plain(path, found)
    found.table = table
    return as_long(table, found)


def read_plain(path: str | Path, found: Found) -> Table:
    """The columns of one file as they stand in it; DataError."""
    name = Path(path).name
    if not is_readable(name):
        raise DataError(
            f"{name} is of an unknown kind; Kvant reads CSV and other text (.csv, .tsv, .txt, also"
            " .gz), Parquet (.parquet, .pq), Arrow (.arrow, .feather, .ipc) and Excel (.xlsx)."
        )
    data = read_bytes(path, found.options.max_bytes)
    found.bytes = size_of(path)
    return _parsed(data, name, found)


def _parsed(data: bytes, name: str, found: Found) -> Table:
    lower = name.lower()
    limit = found.options.max_bytes
    if data.startswith(PARQUET_MAGIC) or lower.endswith(PARQUET_SUFFIXES):
        found.format = "Parquet"
        return read_parquet(data, name, limit)
    if data.startswith(ARROW_MAGIC) or lower.endswith(ARROW_SUFFIXES):
        found.format = "Arrow"
        return read_arrow(data, name, limit)
    if data.startswith((ZIP_MAGIC, OLD_MAGIC)) or lower.endswith(WORKBOOK_SUFFIXES):
        found.format = "Excel workbook"
        return read_workbook(data, name, found)
    plain = lower.removesuffix(".gz")
    kind = {".csv": "CSV", ".tsv": "TSV"}.get(Path(plain).suffix, "Text")
    found.format = kind if plain == lower else f"{kind}, compressed with gzip"
    return read_text(data, name, found)


def _read_folder(path: Path, found: Found) -> Table:
    tables: list[Table] = []
    entries = list_folder(path)
    left = found.options.max_bytes
    for place, entry in enumerate(entries):
        found.tell(f"Reading {entry.name}", SHARE * place / len(entries))
        if reason := _unused(entry):
            found.files.append(FileNote(file=entry.name, used=False, reason=reason))
            continue
        one = found.of_one(msgspec.structs.replace(found.options, max_bytes=left))
        table = _read_one(entry, one, found)
        found.bytes += one.bytes
        left = max(left - one.bytes, 1)
        if table is not None:
            tables.append(table)
            found.files.append(FileNote(file=entry.name, used=True, rows=len(table.frame)))
    if not tables:
        raise DataError(f"The folder {path.name} has no file that can be read.")
    found.format = f"Folder of {len(tables)} files" if len(tables) > 1 else "Folder of one file"
    return _below_each_other(path.name, tables, found)


def _unused(entry: Path) -> str | None:
    """Why an entry of a folder is left out; None when it is to be read."""
    if entry.is_dir():
        return "it is a folder; folders within a folder are not read"
    if entry.name.startswith("."):
        return "it is a hidden file"
    return None if is_readable(entry.name) else "it is of a kind that is not read"


def _read_one(path: Path, one: Found, found: Found) -> Table | None:
    """The long table of one file; None for a .txt that is no table, such as a read-me."""
    try:
        table = read_plain(path, one)
    except DataError as error:
        found.table = found.table or one.table
        found.sheets = found.sheets or one.sheets
        if path.suffix.lower() != ".txt" or one.table is not None:
            raise
        found.files.append(FileNote(file=path.name, used=False, reason=error.message))
        return None
    found.table = found.table or table
    one.table = table
    try:
        return _with_symbol(as_long(table, one), stem(path.name), one, found)
    finally:
        found.layout, found.keys = one.layout, one.keys or found.keys
        found.notes.extend(note for note in one.notes if note not in found.notes)


def _with_symbol(table: Table, name: str, one: Found, found: Found) -> Table:
    """The table; when it has no symbols, the file is named by the only one."""
    if one.layout == "wide" or find_key(table, "symbol", one.options) is not None:
        return table
    note = "The symbol of each row is the name of its file, without the ending."
    if note not in found.notes:
        found.notes.append(note)
    symbols = pl.Series("symbol", [name], pl.String).new_from_index(0, len(table.frame))
    return msgspec.structs.replace(table, frame=table.frame.with_columns(symbols))


def _below_each_other(name: str, tables: list[Table], found: Found) -> Table:
    first = tables[0]
    for table in tables[1:]:
        _check_columns(first, table)
    rows = sum(len(table.frame) for table in tables)
    check_limits(name, rows, first.frame.width, found.options.max_bytes)
    kinds = {column: _common([table.frame[column].dtype for table in tables])
             for column in first.frame.columns}  # fmt: skip
    frames = [
        pl.DataFrame(
            [
                table.frame[column] if kind is None else table.frame[column].cast(kind)
                for column, kind in kinds.items()
            ]
        )
        for table in tables
    ]
    try:
        frame = pl.concat(frames, how="vertical_relaxed", rechunk=True)
    except pl.exceptions.PolarsError as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise DataError(f"The files of {name} do not fit together: {reason}.") from error
    refused = dict(pair for table in tables for pair in table.refused)
    stacked = Table(
        name, frame, refused=tuple(refused.items()), stacked=tuple(tables), keys=first.keys
    )
    if found.layout == "long":
        found.table = stacked
    return stacked


def _common(kinds: list[pl.DataType]) -> pl.DataType | type[pl.DataType] | None:
    """Text as soon as one of the types is text; None when they are alike or Polars knows better."""
    texts = [isinstance(kind, (pl.String, pl.Categorical, pl.Enum)) for kind in kinds]
    return pl.String if any(texts) and len(set(kinds)) > 1 else None


def _check_columns(first: Table, table: Table) -> None:
    wanted, found = first.frame.columns, table.frame.columns
    missing = [name for name in wanted if name not in found]
    more = [name for name in found if name not in wanted]
    if missing or more:
        parts = [f"lacks {_listed(missing)}"] * bool(missing)
        parts += [f"has {_listed(more)} besides"] * bool(more)
        raise DataError(
            f"{table.file} has other columns than {first.file}: it {' and '.join(parts)}. Keep"
            " files of one kind in a folder."
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
