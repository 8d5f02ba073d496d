"""The parameters of a run, and what is asked of them."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from engine.errors import ParamError
from engine.panel import Days, Panel

_CHOICES = {
    "sizing": "'raw' or 'gross'",
    "rebalance": "'daily', 'weekly', 'monthly' or a whole number of dates from 1 to 2520",
}


class BookParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a signal becomes a book, and what trading it costs.

    cap: largest |weight| of a name. max_lev: largest sum of |weights|. execution_lag: the book of
    a date is traded at the close that many dates later, minus one (1: at its own close).
    smooth_ema: weight of today's book in the smoothed one, from (0, 1]; None = no smoothing.
    sizing: "raw" takes the signal as weights, clipped and scaled down; "gross" scales it to
    max_lev and spreads what the cap takes over the other names. neutralize: None, "market" (less
    the mean) or a category column (less the mean of its group; a name without a group gets 0).
    rebalance: the dates whose books are traded: "daily", the first date of each ISO week
    ("weekly") or month ("monthly"), or every k dates counted from the first date of the run.
    cost_bps: basis points per unit traded, where the data set has no costs of its own.
    borrow_bps: basis points a year on short positions. max_stale, delisting_return: see module.
    start, end: the dates of the run, inclusive. The signal may look back before start.
    """

    cap: Annotated[float, Meta(gt=0, le=1)] = 0.05
    max_lev: Annotated[float, Meta(gt=0, le=100)] = 1.0
    execution_lag: Annotated[int, Meta(ge=0, le=20)] = 1
    smooth_ema: Annotated[float, Meta(gt=0, le=1)] | None = None
    sizing: Literal["raw", "gross"] = "raw"
    neutralize: str | None = None
    rebalance: Literal["daily", "weekly", "monthly"] | Annotated[int, Meta(ge=1, le=2520)] = "daily"
    cost_bps: Annotated[float, Meta(ge=0, le=10_000)] = 5.0
    borrow_bps: Annotated[float, Meta(ge=0, le=1_000_000)] = 0.0
    max_stale: Annotated[int, Meta(ge=0, le=2520)] = 5
    delisting_return: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    start: dt.date | None = None
    end: dt.date | None = None


def check_params(params: BookParams, panel: Panel) -> None:
    """ParamError unless every parameter is in its range and makes sense on `panel`."""
    fields = {name: getattr(params, name) for name in BookParams.__struct_fields__}
    for name, value in fields.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ParamError(f"The parameter {name} is {value}; it must be a finite number.")
    try:
        msgspec.convert(fields, BookParams, builtin_types=(dt.date,))
    except msgspec.ValidationError as error:
        raise ParamError(_out_of_range(fields, str(error))) from error
    known = ("market", *panel.categories)
    if params.neutralize is not None and params.neutralize not in known:
        raise ParamError(
            f"The parameter neutralize is {params.neutralize!r}, and the data set {panel.name!r}"
            f" has no such category; choose one of {', '.join(known)}, or none."
        )
    span_of(params, panel.dates)


def span_of(params: BookParams, dates: Days) -> range:
    """Rows of the dates from start to end; ParamError when there are none."""
    first, last = (np.datetime64(day) for day in (params.start or "0001", params.end or "9999"))
    inside = np.flatnonzero((dates >= first) & (dates <= last))
    if not len(inside):
        raise ParamError(
            f"No date lies in the run from {params.start or 'the first date'} to"
            f" {params.end or 'the last'}; the data set has {dates[0]} to {dates[-1]}."
        )
    return range(int(inside[0]), int(inside[-1]) + 1)


def _out_of_range(fields: dict[str, object], error: str) -> str:
    reason, _, name = error.rstrip("`").partition(" - at `$.")
    for kind, words in (("float", "a number"), ("int", "a whole number"), ("date", "a date")):
        reason = reason.replace(f"Expected `{kind}", words)
    range_ = _CHOICES.get(name, reason.replace("`", ""))
    return f"The parameter {name} is {fields.get(name)!r}; it must be {range_}."
