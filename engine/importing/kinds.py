"""The kinds of files that can be read, by the endings of their names."""

from __future__ import annotations

PARQUET_SUFFIXES = (".parquet", ".pq")
ARROW_SUFFIXES = (".arrow", ".feather", ".ipc")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".gz")
SUFFIXES = (*PARQUET_SUFFIXES, *ARROW_SUFFIXES, *WORKBOOK_SUFFIXES, *TEXT_SUFFIXES)
"""Every ending of a file that can be imported."""


def is_readable(name: str) -> bool:
    """Whether a file of that name can be imported."""
    return name.lower().endswith(SUFFIXES)


def stem(name: str) -> str:
    """The name of a file without its endings: ERIC-B.ST of ERIC-B.ST.csv.gz."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
