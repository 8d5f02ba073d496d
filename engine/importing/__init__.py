"""Files of the user, read, checked and kept as immutable data sets."""

from __future__ import annotations

from engine.importing.dataset import (
    read_info,
    read_report,
    remove_leftovers,
    verify_dataset,
    write_dataset,
)
from engine.importing.kinds import PARQUET_SUFFIXES, SUFFIXES, TEXT_SUFFIXES
from engine.importing.model import (
    ColumnPreview,
    DatasetInfo,
    FileNote,
    Imported,
    ImportOptions,
    ImportReport,
    Preview,
    Question,
    Refused,
)
from engine.importing.preview import preview_file
from engine.importing.progress import Tell, silent
from engine.importing.reading import BUNDLED, read_file, read_table
from engine.importing.table import Table

__all__ = [
    "BUNDLED",
    "PARQUET_SUFFIXES",
    "SUFFIXES",
    "TEXT_SUFFIXES",
    "ColumnPreview",
    "DatasetInfo",
    "FileNote",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "Preview",
    "Question",
    "Refused",
    "Table",
    "Tell",
    "preview_file",
    "read_file",
    "read_info",
    "read_report",
    "read_table",
    "remove_leftovers",
    "silent",
    "verify_dataset",
    "write_dataset",
]
