"""Data sets: which there are, what is in them, how good they are."""

from __future__ import annotations

import contextlib
import datetime as dt

import msgspec
from litestar import delete, get, post
from litestar.params import FromQuery, JSONBody

from app.lab import Lab
from app.messages import Drawn, Listed, RowsTask, SeriesTask
from app.routes.given import Limit, Offset, Text, TheLab, Word
from app.runner import ConflictError
from app.schemas import (
    Dataset,
    DatasetDetail,
    DatasetPage,
    DatasetVersion,
    SampleRows,
    SymbolPage,
)
from engine.catalog import DatasetSettings, Series
from engine.panel.folder import read_manifest
from engine.quality import Quality
from engine.store import DatasetRow

Day = FromQuery[dt.date | None]


@get("/api/datasets", sync_to_thread=True, operation_id="datasets")
def datasets(lab: TheLab) -> DatasetPage:
    """All data sets, the most recently imported first."""
    runs = lab.store.counts_by_dataset()
    items = tuple(described(lab, row, runs.get(row.name, 0)) for row in lab.store.datasets())
    return DatasetPage(items=items, total=len(items))


@get("/api/datasets/{name:str}", sync_to_thread=True, operation_id="dataset")
def dataset(lab: TheLab, name: Word) -> DatasetDetail:
    """A data set, its versions, what its import reported, and what was decided of its columns."""
    row = lab.workspace.dataset(name)
    runs = lab.store.counts_by_content(name)
    return DatasetDetail(
        dataset=described(lab, row, sum(runs.values())),
        versions=tuple(
            _version(lab, each, runs.get(each.fingerprint, 0), current=each == row)
            for each in lab.store.versions(name)
        ),
        report=row.report,
        settings=lab.workspace.settings_of(name),
    )


@delete("/api/datasets/{name:str}", sync_to_thread=True, operation_id="remove_dataset")
def remove_dataset(lab: TheLab, name: Word) -> None:
    """Take a data set out of the list; results that rest on it stay, and so do its files then."""
    going = [job for job in lab.store.jobs(status="running").items if job.dataset == name]
    going += [job for job in lab.store.jobs(status="queued").items if job.dataset == name]
    if going:
        raise ConflictError(
            f"The job {going[0].job_id} works on {name!r}. Cancel it, or wait until it is done."
        )
    lab.workspace.remove_dataset(name)


@get("/api/datasets/{name:str}/symbols", sync_to_thread=True, operation_id="symbols")
def symbols(lab: TheLab, name: Word) -> SymbolPage:
    """The symbols of a data set."""
    items = tuple(sorted(lab.workspace.names(name).symbols))
    return SymbolPage(items=items, total=len(items))


@get("/api/datasets/{name:str}/quality", sync_to_thread=True, operation_id="quality")
def quality(lab: TheLab, name: Word) -> Quality:
    """What is wrong with the data, or looks so, and how complete it is by symbol and month."""
    return lab.quality(name)


@get("/api/datasets/{name:str}/sample", sync_to_thread=True, operation_id="sample")
def sample(
    lab: TheLab,
    name: Word,
    symbols: Text = None,
    start: Day = None,
    end: Day = None,
    columns: Text = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> SampleRows:
    """Open rows as they are stored, by symbol and date; symbols and columns divided by commas."""
    row = lab.workspace.dataset(name)
    shown = msgspec.structs.replace(lab.whole(row), rows=lab.workspace.open_dates(row).rows)
    task = RowsTask(
        view=shown, symbols=_words(symbols), start=start, end=end,
        columns=_words(columns), offset=offset, limit=limit,
    )  # fmt: skip
    found = lab.engine.ask(task, Listed).sample
    return SampleRows(columns=found.columns, items=found.items, total=found.total, next=found.next)


@get("/api/datasets/{name:str}/series", sync_to_thread=True, operation_id="series")
def series(lab: TheLab, name: Word, column: FromQuery[str], symbol: FromQuery[str]) -> Series:
    """One column of one symbol as it was known on each open date."""
    task = SeriesTask(view=lab.view(name), column=column, symbol=symbol)
    return lab.engine.ask(task, Drawn).series


@post("/api/datasets/{name:str}/settings", status_code=200, sync_to_thread=True,
      operation_id="set_dataset_settings")  # fmt: skip
def set_settings(lab: TheLab, name: Word, data: JSONBody[DatasetSettings]) -> DatasetSettings:
    """Decide which columns a search may use, and how late each domain is known."""
    lab.workspace.change_settings(name, data)
    return data


def described(lab: Lab, row: DatasetRow, strategies: int) -> Dataset:
    """A data set as the page shows it; so many saved runs rest on it."""
    rows, last, start = lab.workspace.open_dates(row)
    manifest = read_manifest(lab.workspace.folder(row))
    report = row.report
    return Dataset(
        name=row.name,
        version=row.version,
        versions=len(lab.store.versions(row.name)),
        fingerprint=row.fingerprint,
        source=row.source,
        lockbox=row.lockbox,
        lockbox_start=start,
        imported_at=row.imported_at,
        rows=manifest.rows,
        dates=row.dates,
        symbols=row.symbols,
        first_date=row.first_date,
        last_date=row.last_date,
        open_dates=rows,
        open_last_date=last,
        features=manifest.features,
        categories=tuple(manifest.categories),
        price=manifest.price,
        bytes=sum(seal.size for seal in manifest.files.values()),
        strategies=strategies,
        chosen=row.name == lab.workspace.dataset().name,
        notes=(*report.warnings, *report.notes),
        findings=lab.findings(row),
    )


def _version(lab: Lab, row: DatasetRow, strategies: int, *, current: bool) -> DatasetVersion:
    return DatasetVersion(
        version=row.version,
        fingerprint=row.fingerprint,
        source=row.source,
        lockbox=row.lockbox,
        imported_at=row.imported_at,
        rows=row.report.rows,
        dates=row.dates,
        symbols=row.symbols,
        first_date=row.first_date,
        last_date=row.last_date,
        strategies=strategies,
        current=current,
        available=lab.workspace.folder(row).exists(),
    )


def _words(text: str | None) -> tuple[str, ...]:
    """Names divided by commas; a JSON list of them where one holds a comma itself."""
    if text and text.startswith("["):
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(text, type=tuple[str, ...])
    return tuple(word for word in (text or "").split(",") if word)


ROUTES = [
    datasets, dataset, remove_dataset, symbols, quality, sample, series, set_settings,
]  # fmt: skip
