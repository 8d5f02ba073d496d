"""What the present values of a feature are like."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from engine.catalog.histogram import histogram
from engine.panel import Array

QUANTILES = {
    "p01": 0.01, "p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99,
}  # fmt: skip


def moments(values: Array) -> dict[str, object]:
    """Mean, sd, variance, min and max; None where they do not exist or are infinite. dtype."""
    column = pl.col("x")
    row = (
        pl.DataFrame({"x": values})
        .select(
            mean=column.mean(),
            sd=column.std(),
            variance=column.var(),
            min=column.min(),
            max=column.max(),
            truth=((column == 0) | (column == 1)).all(),
        )
        .row(0, named=True)
    )
    truth = row.pop("truth") and len(values) > 0
    finite = {key: _finite(value) for key, value in row.items()}
    return {**finite, "dtype": "boolean" if truth else "number"}


def distribution(values: Array) -> dict[str, object]:
    """How many different values there are, quantiles and histogram; from one sort."""
    ordered = np.sort(values)
    if not len(ordered):
        return {"distinct": 0}
    found = {name: quantile(ordered, share) for name, share in QUANTILES.items()}
    distinct = int(np.count_nonzero(ordered[1:] != ordered[:-1])) + 1
    return {
        "distinct": distinct,
        "quantiles": found,
        "histogram": histogram(ordered, distinct, found["p01"], found["p99"]),
    }


def quantile(ordered: Array, share: float) -> float:
    """The value below which a share of sorted values lies, linear between two of them."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    part = place - below
    return low if low == high else low * (1 - part) + high * part  # never a difference: no overflow


def distinct_up_to(values: Array, enough: int) -> int:
    """How many different values there are, counted no further than `enough`."""
    found = 0
    while found < enough and len(values):
        values = values[values != values[0]]
        found += 1
    return found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
