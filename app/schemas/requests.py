"""Bodies of requests: what is unknown in one is refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.book import BookParams
from engine.importing import ImportOptions
from engine.train import TrainConfig

MAX_WORKERS = 64


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that is refused when it has a field nobody knows."""


class TrainRequest(TrainConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training job: what to search, in which data set, on how many threads."""

    dataset: str | None = None
    workers: Annotated[int, Meta(ge=1, le=MAX_WORKERS)] = 2

    @property
    def config(self) -> TrainConfig:
        """The part that decides the result."""
        return TrainConfig(**{f: getattr(self, f) for f in TrainConfig.__struct_fields__})


class JobParams(msgspec.Struct, frozen=True, kw_only=True):
    """The identity of a training job as it is stored: equal parameters, equal results.

    saved: runs that what is bred has to differ from.
    """

    dataset: str
    fingerprint: str
    rows: int
    config: TrainConfig
    saved: tuple[str, ...] = ()


class BacktestRequest(Request, frozen=True, kw_only=True):
    """One expression to be backtested, and saved if `persist`."""

    expr: str
    dataset: str | None = None
    params: BookParams = BookParams()
    persist: bool = False
    price: str | None = None
    domain_lags: dict[str, Annotated[int, Meta(ge=0, le=2520)]] = {}


class CheckRequest(Request, frozen=True, kw_only=True):
    """One expression to be read, in our own language or in the dialect of the 101 alphas."""

    expr: str
    dataset: str | None = None
    dialect: Literal["alpha101"] | None = None


class TagsRequest(Request, frozen=True):
    """All tags of a strategy."""

    tags: tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...]


class NoteRequest(Request, frozen=True):
    """The note of a strategy."""

    note: Annotated[str, Meta(max_length=2000)]


class PreviewRequest(Request, frozen=True, kw_only=True):
    """A file or folder to be looked at."""

    handle: str
    options: ImportOptions = msgspec.field(default_factory=ImportOptions)


class ImportRequest(Request, frozen=True, kw_only=True):
    """A file or folder, picked in a dialog or uploaded, to become a data set.

    import_id: 8 to 64 letters and digits by which the sender asks how far it is.
    """

    handle: str
    name: str | None = None
    lockbox: str = "20%"
    options: ImportOptions = msgspec.field(default_factory=ImportOptions)
    import_id: str | None = None


class RerunRequest(Request, frozen=True, kw_only=True):
    """A saved run to be repeated on the version in use of its data set, or on another one."""

    run: str | None = None
    dataset: str | None = None


class SettingsRequest(Request, frozen=True, kw_only=True):
    """Settings to change; what is left out stays."""

    theme: Literal["system", "light", "dark"] | None = None
    workers: Annotated[int, Meta(ge=1, le=MAX_WORKERS)] | None = None
    dataset: str | None = None
    density: Literal["compact", "comfortable"] | None = None
    signs: Literal["teal-orange", "green-red", "red-green"] | None = None


class HandleRequest(Request, frozen=True, kw_only=True):
    """Something that was picked in a dialog."""

    handle: str


class PickRequest(Request, frozen=True, kw_only=True):
    """A dialog to be opened."""

    kind: Literal["open", "folder"]


class ExportRequest(Request, frozen=True, kw_only=True):
    """A run to be written to a file that the user names in a dialog."""

    hash: str
    run: str | None = None
    format: Literal["csv", "parquet", "html", "kvant"] = "csv"


class CloseRequest(Request, frozen=True, kw_only=True):
    """The answer to the question whether to close while jobs run."""

    action: Literal["quit", "stay", "when_done"]


class ActivateRequest(Request, frozen=True, kw_only=True):
    """A second start handing over: come to the front, open these files."""

    paths: Annotated[tuple[str, ...], Meta(max_length=20)] = ()


class OpenRequest(Request, frozen=True, kw_only=True):
    """A folder of Kvant's own to be shown in the file manager."""

    what: Literal["workspace", "logs"]


class HashRequest(Request, frozen=True, kw_only=True):
    """A saved strategy."""

    hash: str
