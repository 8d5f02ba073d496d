"""Rows that repeat others: put together where they agree, a reason to refuse where they do not."""

from __future__ import annotations

from typing import Literal

import polars as pl

from engine.curated.plan import ENTITY, FILE

Keep = Literal["first", "last"] | None


def conflicts(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The rows with another value than the first of their keys; an empty cell differs from none.

    Rows must be in the order of their files.
    """
    again = frame.filter(frame.select(keys).is_duplicated())
    values = [name for name in frame.columns if not name.startswith("#")]
    if again.is_empty() or not values:
        return again.clear()
    first = pl.col(values).drop_nulls().first().over(keys)
    return again.filter(pl.any_horizontal((pl.col(values) != first).fill_null(value=False)))


def merged(frame: pl.DataFrame, keys: list[str], keep: Keep) -> tuple[pl.DataFrame, int]:
    """One row for each key, and how many went: the first known value of each column, or the last.

    Rows must be in the order of their files.
    """
    repeated = frame.select(keys).is_duplicated()
    if not repeated.any():
        return frame, 0
    again = frame.filter(repeated)
    known = pl.exclude(keys).drop_nulls()
    one = again.group_by(keys, maintain_order=True).agg(
        known.last() if keep == "last" else known.first()
    )
    rest = pl.concat([frame.filter(~repeated), one.select(frame.columns)])
    return rest, len(again) - len(one)


def example(rows: pl.DataFrame) -> str:
    """The first of the rows, in words."""
    row = rows.row(0, named=True)
    days = [str(row[name]) for name in rows.columns if name.startswith("#") and _is_day(row, name)]
    return f"{row[ENTITY]} on {', '.join(dict.fromkeys(days))}"


def _is_day(row: dict[str, object], name: str) -> bool:
    return name not in {FILE, ENTITY} and row[name] is not None
