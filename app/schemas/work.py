"""Answers about the work: jobs, data sets, settings, window and broker."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from app.events import JobEvent
from engine.broker import Order
from engine.catalog import DatasetSettings, SampleRow
from engine.curated import Area
from engine.importing import ImportReport


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some of `total` items; `next` leads to the rest, None at the end."""

    total: int
    next: int | None = None


class EventPage(Page, frozen=True, kw_only=True):
    """Events of a job; `next` is the number to ask on with."""

    items: tuple[JobEvent, ...]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What is running, and on what."""

    status: Literal["ok"] = "ok"
    version: str
    core_version: str
    git_hash: str | None
    uptime_s: float
    boot_id: str
    dataset: str | None
    jobs_running: int
    kernels: str
    memory_mb: float | None
    workspace: str
    window: bool


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a job's log."""

    seq: int
    ts: str
    level: str
    job_id: str
    event: str
    message: str


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """The version in use of a data set; `open_dates` of its `dates` come before the lockbox.

    findings: kinds of problems of the data by severity, None while nobody has looked.
    bytes: length of its files.
    """

    name: str
    version: int
    versions: int
    fingerprint: str
    source: str
    lockbox: str
    lockbox_start: dt.date | None
    imported_at: str
    rows: int
    dates: int
    symbols: int
    first_date: str
    last_date: str
    open_dates: int
    open_last_date: dt.date
    features: tuple[str, ...]
    categories: tuple[str, ...]
    price: str
    bytes: int
    strategies: int
    chosen: bool
    notes: tuple[str, ...]
    findings: dict[str, int] | None = None


class DatasetVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What was imported under the name of a data set; results name the one they rest on.

    available: its files are there, so that a result can be repeated.
    """

    version: int
    fingerprint: str
    source: str
    lockbox: str
    imported_at: str
    rows: int
    dates: int
    symbols: int
    first_date: str
    last_date: str
    strategies: int
    current: bool
    available: bool


class DatasetDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A data set, all that was ever imported under its name, and what the user decided of it."""

    dataset: Dataset
    versions: tuple[DatasetVersion, ...]
    report: ImportReport
    settings: DatasetSettings


class ImportProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is; `share` of it is done, from 0 to 1."""

    stage: str
    share: float
    elapsed_s: float
    done: bool


class SampleRows(Page, frozen=True, kw_only=True):
    """Open rows of a data set, the values in the order of the columns."""

    columns: tuple[str, ...]
    items: tuple[SampleRow, ...]


class CuratedRoot(msgspec.Struct, frozen=True, kw_only=True):
    """The folder of QUANT_DATA_ROOT; `handle` names it for an import."""

    path: str
    handle: str | None = None
    areas: tuple[Area, ...] = ()
    problem: str | None = None


class RawFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the folder of QUANT_RAW_ROOT; `problem` says why it cannot be imported.

    imported_as: the data set that was made of a file of this name.
    """

    name: str
    bytes: int
    modified_at: dt.datetime
    handle: str | None = None
    problem: str | None = None
    imported_as: str | None = None


class RawRoot(msgspec.Struct, frozen=True, kw_only=True):
    """The folder of QUANT_RAW_ROOT and the files in it."""

    path: str
    files: tuple[RawFile, ...] = ()
    problem: str | None = None


class Roots(msgspec.Struct, frozen=True, kw_only=True):
    """The folders outside the workspace that Kvant was told to look at."""

    curated: CuratedRoot | None = None
    raw: RawRoot | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose; `data_folder` is where everything is kept.

    data_folder_fixed: an option or KVANT_HOME decided on the folder, not the user.
    next_data_folder: the folder from the next start on, where it is another one.
    """

    theme: Literal["system", "light", "dark"] = "system"
    workers: int = 2
    dataset: str | None = None
    density: Literal["compact", "comfortable"] = "compact"
    signs: Literal["teal-orange", "green-red", "red-green"] = "teal-orange"
    data_folder: str
    data_folder_fixed: bool
    next_data_folder: str | None = None


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder from a dialog; nothing when the dialog was left."""

    handle: str | None = None
    name: str | None = None


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file was written; nothing when the dialog was left."""

    path: str | None = None


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to bring one symbol to its target; quantities in units of the symbol."""

    symbol: str
    weight: float
    price: float
    target_quantity: float
    quantity: float
    trade: float


class Rebalance(msgspec.Struct, frozen=True, kw_only=True):
    """The trades that make the paper account hold what a strategy asks for on its last date."""

    expr_hash: str
    dataset: str
    as_of: dt.date
    items: tuple[Trade, ...]
    gross: float


class SymbolPage(Page, frozen=True, kw_only=True):
    """Symbols in alphabetical order."""

    items: tuple[str, ...]


class DatasetPage(Page, frozen=True, kw_only=True):
    """Data sets."""

    items: tuple[Dataset, ...]


class LogPage(Page, frozen=True, kw_only=True):
    """Lines of a job's log; `next` is the number to ask on with."""

    items: tuple[LogLine, ...]


class OrderPage(Page, frozen=True, kw_only=True):
    """Orders of the paper account."""

    items: tuple[Order, ...]
