"""What a peer means by an operator where it is not what Kvant does; the one made of the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray

WINDOW_OF_ONE = "a window needs one value, Kvant's half of its days"
RUNNING = "running sums lose digits"

WHY = {
    ("pandas", "ts_std"): RUNNING,
    ("pandas", "ts_skew"): RUNNING,
    ("bottleneck", "ts_std"): RUNNING,
    ("bottleneck", "ts_skew"): "means of powers lose digits",
    ("bottleneck", "ts_corr"): "means of products lose digits",
    ("bottleneck", "ts_cov"): "means of products lose digits",
    ("polars_ta", "cs_rank"): "ranks of distinct values: ties count once",
    ("polars_ta", "ts_rank"): "rank / n, compared as (rank - 1) / (n - 1)",
    ("polars_ta", "ts_decay_linear"): "missing where one day of the window is",
    ("polars_ta", "ts_arg_max"): "a missing day is taken for the largest",
    ("polars_ta", "ts_ema"): "needs as many values as the span; a missing day counts as time",
    ("polars_ta", "arithmetic"): "0 / 0 is NaN, x / 0 infinite",
    ("qlib", "ts_ema"): "weights corrected for the start; goes on through missing days",
    ("qlib", "ts_rank"): f"rank / n, compared as (rank - 1) / (n - 1); {WINDOW_OF_ONE}",
    ("qlib", "ts_arg_max"): "counts from the oldest day, which wins a tie; compared as days since",
    ("qlib", "ts_decay_linear"): "divides by the number of values, compared times that number",
    ("qlib", "ts_corr"): f"missing where a deviation is below 2e-5; {WINDOW_OF_ONE}",
    ("qlib", "if_else"): "a comparison with a missing value is false",
    ("qlib", "arithmetic"): "0 / 0 is NaN, x / 0 infinite",
}
"""By tool and operator; said where values differ."""


def why(tool: str, name: str) -> str:
    """Why the values of an operator, as `ts_rank 60`, differ from Kvant's."""
    usual = WINDOW_OF_ONE if tool == "qlib" else "not looked into"
    return WHY.get((tool, name.split(maxsplit=1)[0]), usual)


def as_kvant(tool: str, name: str, theirs: Array, x: Array) -> Array:
    """The values of a peer in Kvant's terms; `x` is what the operator was applied to."""
    operator, *days = name.split()
    convert = CONVERT.get((tool, operator))
    return convert(theirs, x, int(days[0])) if convert else theirs


def _unit_rank(share: Array, x: Array, days: int) -> Array:
    n = _present(x, days)
    with np.errstate(all="ignore"):
        return np.where(n > 1, (share * n - 1) / (n - 1), 0.5 * share)


def _days_since(position: Array, _: Array, days: int) -> Array:
    since: Array = days - position
    return since


def _times_values(mean: Array, x: Array, days: int) -> Array:
    total: Array = mean * _present(x, days)
    return total


def _present(x: Array, days: int) -> Array:
    """How many of the last `days` are present."""
    total = np.cumsum(~np.isnan(x), axis=0, dtype=float)
    result: Array = total - np.vstack([np.zeros((days, x.shape[1])), total[:-days]])
    return result


CONVERT: dict[tuple[str, str], Callable[[Array, Array, int], Array]] = {
    ("polars_ta", "ts_rank"): _unit_rank,
    ("qlib", "ts_rank"): _unit_rank,
    ("qlib", "ts_arg_max"): _days_since,
    ("qlib", "ts_decay_linear"): _times_values,
}
