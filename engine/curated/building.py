"""A curated folder read, joined and checked like any file of the user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from engine.curated.contract import BORROW, CATEGORIES, CONTRACT, CONTRACTS
from engine.curated.finding import Found, find, no_bars, shown_path
from engine.curated.joining import (
    Joined,
    add_known,
    add_pairs,
    add_series,
    add_universe,
    join_known,
    pair_names,
)
from engine.curated.prices import add_prices, checked_base, columns_of, keep_prices, planned
from engine.curated.result import Result, finished
from engine.curated.rows import Rows, read_area
from engine.curated.sql import Sql, connected
from engine.errors import DataError
from engine.importing.model import FileNote, Imported, ImportOptions, Refused
from engine.importing.progress import Tell, silent

_SHOWN = 3
_BORROWED = (
    f"{BORROW} is a column like others; what a run pays for borrowing is its parameter borrow_bps."
)
Areas = dict[str, Rows]


def read_curated(root: Path, options: ImportOptions | None = None, tell: Tell = silent) -> Imported:
    """All areas of a folder in the Hive layout as one panel on the rows of its prices.

    Every file is in `report.files`, used or with the reason why not; one that cannot be used never
    keeps the others out. DataError when there are no prices or too many rows, ParamError for an
    option. To be called in a worker process: a Parquet file damaged in a rare way makes Polars end
    the process instead of raising.
    """
    options = options or ImportOptions()
    base = checked_base(options.base_currency)
    tell("Looking for files", 0.0)
    found = find(Path(root))
    areas = _read(found, options, tell)
    bars = areas.get("bars_eod")
    notes = tuple(_notes(found, areas))
    if bars is None or bars.frame.is_empty():
        raise DataError(_why_no_bars(Path(root), notes))
    tell("Joining the areas", 0.7)
    result = _joined(areas, bars, base)
    tell("Checking", 0.9)
    result.warnings[:0] = [*_about_files(areas)]
    if BORROW in result.frame.columns:
        result.notes.append(_BORROWED)
    result.files = notes
    result.refused += [each for rows in areas.values() for each in rows.refused]
    result.dropped = sum(rows.dropped for rows in areas.values())
    return finished(shown_path(Path(root).name), result, options)


def _read(found: list[Found], options: ImportOptions, tell: Tell) -> Areas:
    by_area: dict[str, list[Found]] = {}
    for each in found:
        by_area.setdefault(each.area, []).append(each)
    done, areas = 0, Areas()

    def tick() -> None:
        nonlocal done
        tell(f"Reading {contract.name}", 0.7 * done / len(found))
        done += 1

    for contract in CONTRACTS:
        if contract.name in by_area:
            areas[contract.name] = read_area(
                contract,
                by_area[contract.name],
                max_bytes=options.max_bytes,
                duplicates=options.duplicates,
                tick=tick,
            )
    return areas


def _notes(found: list[Found], areas: Areas) -> Iterator[FileNote]:
    for rows in areas.values():
        yield from rows.files
    for each in found:
        if each.area not in CONTRACT:
            yield FileNote(file=each.path, used=False, reason=each.reason)


def _why_no_bars(root: Path, notes: tuple[FileNote, ...]) -> str:
    refused = [note for note in notes if not note.used and note.file.startswith("bars_eod")]
    listed = "; ".join(f"{note.file}: {note.reason}" for note in refused[:_SHOWN])
    return f"{no_bars(root)} Not used there: {listed}." if listed else no_bars(root)


def _joined(areas: Areas, bars: Rows, base: str) -> Result:
    """The areas joined by the SQL engine, which sees tables of ours and nothing else."""
    filled = {name: rows for name, rows in areas.items() if len(rows.frame)}
    joined, categories = Joined(), list[str]()
    with connected() as sql:
        said = keep_prices(sql, bars, filled.get("asset_master"))
        if "universe_membership" in filled:
            add_universe(sql, joined, filled["universe_membership"])
        prices = planned(columns_of(bars), said, base)
        warnings = add_prices(sql, joined, prices, filled.get("fx_rates"))
        _add_values(sql, joined, filled)
        if "asset_master" in filled:
            categories = [name for name in CATEGORIES if name in filled["asset_master"].names]
        if categories:
            join_known(sql, filled["asset_master"], "facts", categories)
            add_known(joined, "facts", "a", categories)
        frame = joined.rows(sql)
    refused = [Refused(name, "another column has that name") for name in joined.twice]
    return Result(frame=frame, categories=categories, warnings=warnings, refused=refused)


def _add_values(sql: Sql, joined: Joined, areas: Areas) -> None:
    pairs = pair_names(areas.get("fx_rates"))
    if pairs:
        add_pairs(sql, joined, [f"fx_{pair.lower()}" for pair in pairs])
    series = _series_names(areas["exogener"]) if "exogener" in areas else {}
    if series:
        add_series(sql, joined, areas["exogener"], series)
    if "fundamentals" in areas:
        names = areas["fundamentals"].names
        join_known(sql, areas["fundamentals"], "reported", names)
        add_known(joined, "reported", "f", [_prefixed("fundamentals", name) for name in names])
    if "cost_model_daily" in areas:
        names = areas["cost_model_daily"].names
        join_known(sql, areas["cost_model_daily"], "charged", names)
        add_known(joined, "charged", "o", names)


def _series_names(rows: Rows) -> dict[tuple[str, str], str]:
    """macro_NAME for the one value of a series, macro_NAME_COLUMN for one of several."""
    names: dict[tuple[str, str], str] = {}
    for (entity,), part in rows.frame.group_by("#entity", maintain_order=True):
        for column in rows.names:
            if part[column].null_count() < len(part):
                name = _prefixed("macro", str(entity))
                names[str(entity), column] = name if column == "value" else f"{name}_{column}"
    return dict(sorted(names.items()))


def _prefixed(domain: str, name: str) -> str:
    return name if name.startswith(f"{domain}_") else f"{domain}_{name}"


def _about_files(areas: Areas) -> Iterator[str]:
    for name, rows in areas.items():
        refused = [note for note in rows.files if not note.used]
        if refused:
            most = Counter(note.reason for note in refused).most_common(1)[0][0]
            yield (
                f"{len(refused):,} of {len(rows.files):,} files of {name} were not used, the first"
                f" {refused[0].file}; most because: {most}."
            )
        yield from _about_rows(name, rows)
        if rows.contract.key == "ticker":
            yield from _about_symbols(name, rows, areas["bars_eod"])
    if "universe_membership" in areas:
        yield from _about_lists(areas["universe_membership"])


def _about_symbols(name: str, rows: Rows, bars: Rows) -> Iterator[str]:
    """Symbols that nobody trades are often the same ones written differently."""
    known = set(rows.frame["#entity"].unique())
    rest = sorted(known - set(bars.frame["#entity"].unique()))
    if rest:
        yield (
            f"{len(rest):,} of {len(known):,} symbols of {name} have no prices, the first"
            f" {rest[0]!r}."
        )


def _about_lists(rows: Rows) -> Iterator[str]:
    """A list that names only what changed would leave all others out."""
    if "#date" not in rows.frame.columns:
        return
    sizes = rows.frame.drop_nulls("#date").group_by("#date").len().sort("#date")["len"]
    low, high = int(str(sizes.min() or 0)), int(str(sizes.max() or 0))
    if low * 2 < high:
        yield (
            f"The lists of universe_membership name {low:,} to {high:,} symbols. Each date must"
            " list all members; use from and to for changes."
        )


def _about_rows(name: str, rows: Rows) -> Iterator[str]:
    if rows.undated and name != "fx_rates" and "release" in rows.contract.unique:
        domain = "macro" if name == "exogener" else name
        what = "file" if rows.undated == 1 else "files"
        yield (
            f"{rows.undated:,} {what} of {name} without a release date: the values count from the"
            " end of the period, when they may not have been known yet. Add a column release_date,"
            f" or set a lag for the domain {domain!r}."
        )
    if rows.unreleased:
        yield f"{rows.unreleased:,} rows of {name} have no release date and were left out."
    if rows.infinite:
        yield f"{rows.infinite:,} infinite values of {name} were read as missing."
