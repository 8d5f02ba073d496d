"""Answers about the work: jobs, data sets, settings, window and broker."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from app.events import JobEvent
from engine.broker import Order


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
    """A data set; `open_dates` of its `dates` come before the lockbox."""

    name: str
    fingerprint: str
    source: str
    lockbox: str
    lockbox_start: dt.date | None
    imported_at: str
    dates: int
    symbols: int
    first_date: str
    last_date: str
    open_dates: int
    open_last_date: dt.date
    features: tuple[str, ...]
    categories: tuple[str, ...]
    strategies: int
    chosen: bool
    notes: tuple[str, ...]


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
