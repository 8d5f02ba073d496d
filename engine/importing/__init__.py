"""Files of the user, read, checked and kept as immutable data sets."""

from __future__ import annotations

from engine.importing.dataset import (
    read_info,
    read_report,
    remove_leftovers,
    verify_dataset,
    write_dataset,
)
from engine.importing.model import DatasetInfo, Imported, ImportOptions, ImportReport, Refused
from engine.importing.reading import (
    BUNDLED,
    PARQUET_SUFFIXES,
    TEXT_SUFFIXES,
    read_file,
    read_table,
)
from engine.importing.table import Table

__all__ = [
    "BUNDLED",
    "PARQUET_SUFFIXES",
    "TEXT_SUFFIXES",
    "DatasetInfo",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "Refused",
    "Table",
    "read_file",
    "read_info",
    "read_report",
    "read_table",
    "remove_leftovers",
    "verify_dataset",
    "write_dataset",
]
