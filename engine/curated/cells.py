"""Cells of files as days, texts and numbers, and the rows that break their contract."""

from __future__ import annotations

import datetime as dt

import polars as pl

from engine.curated.contract import Contract
from engine.curated.pairs import pair_of
from engine.curated.plan import DATE, ENTITY, FILE, RELEASE, START, UNTIL, Plan

FIRST, LAST = dt.date(1800, 1, 1), dt.date(2200, 12, 31)
_CONTROL = r"[\x00-\x1f\x7f]"
Masks = dict[str, pl.Series]


def convert(plan: Plan, raw: pl.DataFrame) -> tuple[pl.DataFrame, Masks]:
    """The columns of a plan, and by reason the rows whose cells cannot be read."""
    columns, masks = [raw[FILE]], dict[str, pl.Series]()
    for source, ours, kind in plan.columns:
        cells = _READERS[kind](raw[source]).rename(ours)
        if ours == UNTIL:
            cells = _open_ended(cells)
        columns.append(cells)
        lost = raw[source].is_not_null() & cells.is_null()
        if kind in {"date", "release"} and ours != UNTIL:
            lost |= (cells < FIRST).fill_null(value=False) | (cells > LAST).fill_null(value=False)
            masks[f"have no date from 1800 to 2200, written as 2019-07-31, in {source!r}"] = lost
    return pl.DataFrame(columns), masks


def contract_masks(
    area: Contract, frame: pl.DataFrame, named: pl.Series | None, years: pl.Series
) -> Masks:
    """By reason the rows that break the contract of their area.

    `named`: what the path of each row says it is about; `years`: the year in its path, or null.
    """
    masks: Masks = {}
    entity = frame[ENTITY]
    blank = entity.is_null() | (entity.str.strip_chars() == "")
    masks[f"name no {area.key}"] = blank
    masks[f"name a {area.key} with control characters"] = entity.str.contains(_CONTROL)
    if named is not None:
        another = entity_of(area, entity) != entity_of(area, named)
        masks[f"name another {area.key} than their folder"] = another
    if area.name == "fx_rates":
        masks["name no pair of currencies such as USDSEK"] = entity_of(area, entity).is_null()
    days = [name for name in (DATE, START, RELEASE) if name in frame.columns]
    if days:
        masks["have no date"] = frame.select(pl.all_horizontal(pl.col(days).is_null())).to_series()
    if area.yearly and DATE in frame.columns:
        masks["are of another year than their folder"] = frame[DATE].dt.year() != years
    if UNTIL in frame.columns and START in frame.columns:
        masks["end before they start"] = frame[UNTIL] < frame[START]
    for column in area.columns:
        if column.kind == "number" and column.name in frame.columns and area.high is not None:
            outside = ~frame[column.name].is_between(area.low, area.high)
            masks[f"have {column.name} outside {area.low:g} to {area.high:,.6g}"] = outside
    return masks


def entity_of(area: Contract, names: pl.Series) -> pl.Series:
    """What rows are about, as it is compared: pairs of currencies without marks between them."""
    if area.name != "fx_rates":
        return names
    known = {name: pair_of(name) for name in names.drop_nulls().unique()}
    return names.replace_strict(known, default=None, return_dtype=pl.String)


def _days(cells: pl.Series) -> pl.Series:
    """Days as they are written: midnight names the day in the zone it is midnight in."""
    if isinstance(cells.dtype, pl.Datetime):
        local = cells.dt.replace_time_zone(None) if cells.dtype.time_zone else cells
        universal = cells.dt.convert_time_zone("UTC") if cells.dtype.time_zone else cells
        if not _midnights(local) and _midnights(universal):
            return universal.dt.date()
        return local.dt.date()
    return _dates(cells)


def _released(cells: pl.Series) -> pl.Series:
    """Days from which something is known: after midnight, in UTC, it is the day after."""
    if not isinstance(cells.dtype, pl.Datetime):
        return _dates(cells)
    moments = cells.dt.convert_time_zone("UTC") if cells.dtype.time_zone else cells
    days = moments.dt.date()
    later = (moments.dt.time() != dt.time()).cast(pl.Int32)
    return (days.cast(pl.Int32) + later).cast(pl.Date)


def _dates(cells: pl.Series) -> pl.Series:
    if cells.dtype in {pl.Date, pl.Null}:
        return cells.cast(pl.Date)
    return cells.cast(pl.String).str.strip_chars().str.to_date("%Y-%m-%d", strict=False)


def _midnights(cells: pl.Series) -> bool:
    return bool((cells.dt.time() == dt.time()).all())


def _open_ended(cells: pl.Series) -> pl.Series:
    """Ends that are no dates on any calendar of ours, such as 9999-12-31, are none."""
    return pl.select(pl.when(cells <= LAST).then(cells)).to_series().rename(cells.name)


def _texts(cells: pl.Series) -> pl.Series:
    texts = cells.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(texts != "").then(texts)).to_series().rename(cells.name)


def _entities(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String)


def _numbers(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.Float64)


_READERS = {
    "date": _days,
    "release": _released,
    "text": _texts,
    "entity": _entities,
    "number": _numbers,
}
