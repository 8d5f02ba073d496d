"""Workbooks of Excel (.xlsx): one sheet of values, checked for its size before it is parsed."""

from __future__ import annotations

import datetime as dt
import io
import lzma
import re
import zipfile
import zlib
from itertools import takewhile
from typing import Any

import numpy as np
import polars as pl
import python_calamine as calamine

from engine.errors import DataError, QuestionError
from engine.importing.found import Found
from engine.importing.header import Raw, with_header
from engine.importing.opening import check_swelling
from engine.importing.table import Table, check_limits, refusing

ZIP_MAGIC, OLD_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MAX_PARTS = 10_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_CHUNK = 1 << 22
_SPARSE, _SPARSE_SHARE = 1_000_000, 50  # cells of a rectangle, of them per cell with a value
_OVERLAP = 40  # bytes: longer than any reference to a cell
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, OSError,
)  # fmt: skip
Cell = Any


def read_workbook(data: bytes, file: str, found: Found) -> Table:
    """The columns of the sheet that holds data, or of the one the options name.

    QuestionError when several sheets hold data. DataError for a file that is no workbook or would
    expand beyond the limit.
    """
    if data.startswith(OLD_MAGIC):
        raise DataError(
            f"{file} is an old workbook (.xls) or one with a password. Save it as .xlsx, without a"
            " password."
        )
    if not data.startswith(ZIP_MAGIC):
        raise DataError(f"{file} is not a workbook; export it again or correct its name.")
    plain = _unpacked(data, file, found.options.max_bytes)
    try:
        with calamine.load_workbook(io.BytesIO(plain)) as book:
            sheet = _sheet(book, file, found)
            rows = sheet.to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read: {_reason(error)}.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of calamine, which does not name it
            raise
        raise DataError(f"{file} cannot be read: it is damaged. Export it again.") from error
    found.details.append(f"The sheet is {sheet.name!r}.")
    return _table(rows, file, found)


def _unpacked(data: bytes, file: str, max_bytes: int) -> bytes:
    """The workbook with its parts stored as they are: what they declare is all there can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            _check_parts(parts, file, max_bytes)
            check_swelling(file, sum(part.file_size for part in parts), len(data))
            result = io.BytesIO()
            with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as stored:
                for part in {part.filename: part for part in parts}.values():
                    content = packed.read(part)
                    if _SHEET.fullmatch(part.filename):
                        _check_cells(content, file, max_bytes)
                    stored.writestr(part.filename, content)
    except _DAMAGE as error:
        raise DataError(
            f"{file} is damaged or no workbook: {_reason(error)}. Export it again."
        ) from error
    return result.getvalue()


def _check_parts(parts: list[zipfile.ZipInfo], file: str, max_bytes: int) -> None:
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise DataError(
            f"{file} is an archive, not a workbook; unpack it and import what is in it."
        )
    size = sum(part.file_size for part in parts)
    if size > max_bytes or len(parts) > _MAX_PARTS:
        raise DataError(
            f"{file} expands to {size:,} bytes in {len(parts):,} parts; at most {max_bytes:,} bytes"
            " are read. Split it by symbol or date."
        )


def _check_cells(content: bytes, file: str, max_bytes: int) -> None:
    """DataError when the corners of a sheet span more cells than can be held.

    A sheet is read as a full rectangle, so two cells far apart would be enough to fill the memory.
    """
    rows, columns, cells = 0, {b""}, 0
    for start in range(0, len(content), _CHUNK):
        found = _PLACE.findall(content[max(start - _OVERLAP, 0) : start + _CHUNK])
        rows = max(rows, max((int(row) for _, row in found), default=0))
        columns.update({column.upper() for column, _ in found})
        cells += len(found)
    widest = max(map(_column, columns))
    if widest:
        check_limits(file, rows, widest, max_bytes // 8)
    if rows * widest > _SPARSE + _SPARSE_SHARE * cells:
        raise DataError(
            f"{file} has a sheet of {rows:,} rows and {widest:,} columns with {cells:,} cells in"
            " it. Remove the cells that stand far from the others."
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(book: calamine.CalamineWorkbook, file: str, found: Found) -> calamine.CalamineSheet:
    """The sheet the options name, else the only visible one with several cells."""
    kinds = {each.name: each for each in book.sheets_metadata}
    names = [name for name in book.sheet_names if _is_sheet(kinds.get(name))]
    found.sheets = tuple(names)
    wanted = found.options.sheet
    if wanted is not None:
        if wanted not in names:
            raise DataError(f"{file} has no sheet {wanted!r}; it has {', '.join(names[:8])}.")
        return book.get_sheet_by_name(wanted)
    filled = [sheet for name in names if (sheet := book.get_sheet_by_name(name)).height]
    tables = [sheet for sheet in filled if sheet.height > 1 and sheet.width > 1] or filled
    seen = [sheet for sheet in tables if _is_visible(kinds.get(sheet.name))] or tables
    if not seen:
        raise DataError(f"{file} has no sheet with data; export it again.")
    if len(seen) > 1:
        listed = [sheet.name for sheet in seen]
        raise QuestionError(
            f"{file} has {len(seen)} sheets with data: {', '.join(map(repr, listed[:8]))}. Say"
            " which with --sheet.",
            "sheet",
            listed,
        )
    found.learn(sheet=seen[0].name)
    return seen[0]


def _is_sheet(kind: calamine.SheetMetadata | None) -> bool:
    return kind is None or kind.typ == calamine.SheetTypeEnum.WorkSheet


def _is_visible(kind: calamine.SheetMetadata | None) -> bool:
    return kind is None or kind.visible == calamine.SheetVisibleEnum.Visible


def _table(rows: list[list[Cell]], file: str, found: Found) -> Table:
    """The rows from the header on; rows of one cell above a wider table are titles."""
    width = max((len(row) for row in rows), default=0)
    titles = len(list(takewhile(lambda row: _filled(row) < 2, rows)))
    if titles == len(rows):
        raise DataError(f"{file} has no table of several columns in its sheet.")
    said = [row for row in rows[:titles] if _filled(row)]
    if said:
        first = next(text for cell in said[0] if (text := _text(cell)))
        found.notes.append(
            f"{len(said)} rows above the header of {file} are no part of the table and were left"
            f" out, the first of them {first[:60]!r}."
        )
    body = rows[titles:]
    check_limits(file, len(body), width, found.options.max_bytes)
    first_row = tuple(_text(cell) or "" for cell in body[0])
    lines = np.arange(titles + 1, len(rows) + 1)
    return with_header(
        Raw(file, first_row, lambda skip: _frame(body[skip:], width, file), lines, "row"), found
    )


def _filled(row: list[Cell]) -> int:
    return sum(cell not in ("", None) for cell in row)


def _frame(rows: list[list[Cell]], width: int, file: str) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * width
    with refusing(file):
        return pl.DataFrame([_series(str(i), cells) for i, cells in enumerate(columns)])


def _series(name: str, cells: tuple[Cell, ...]) -> pl.Series:
    """Cells of one kind as such, and else as texts."""
    values = [None if cell == "" else cell for cell in cells]  # 0 is a value
    kinds = {type(cell) for cell in values if cell is not None}
    if kinds <= {int, float} and kinds:
        whole = all(cell is None or float(cell).is_integer() for cell in values)
        small = whole and all(cell is None or abs(cell) < 2**53 for cell in values)
        exact = [None if cell is None else int(cell) for cell in values] if small else values
        return pl.Series(name, exact, pl.Int64 if small else pl.Float64, strict=False)
    if kinds == {bool}:
        return pl.Series(name, values, pl.Boolean)
    if kinds == {dt.date}:
        return pl.Series(name, values, pl.Date)
    if kinds and kinds <= {dt.date, dt.datetime}:
        stamps = [_stamp(cell) for cell in values]
        return pl.Series(name, stamps, pl.Datetime("us"))
    return pl.Series(name, [_text(cell) for cell in values], pl.String)


def _stamp(cell: Cell) -> dt.datetime | None:
    if cell is None or isinstance(cell, dt.datetime):
        return cell
    return dt.datetime.combine(cell, dt.time())


def _text(cell: Cell) -> str | None:
    if cell is None or cell == "":  # 0 is a value
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _reason(error: BaseException) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")[:200] or type(error).__name__
