"""Orders to the engine process, and what it reports.

Everything crosses as msgpack; no object of the user's is ever unpickled.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from app.messages.research import Finding, Research
from app.messages.view import View
from engine.book import BookParams, StaleEvent
from engine.catalog import CatalogRules, FeatureInfo, Sample, Series
from engine.importing import ImportOptions, Preview
from engine.lookahead import Certificate
from engine.quality import Quality
from engine.sheet import EquityCurve, Sheet
from engine.strategy import Outcome, RunSpec
from engine.train import Past, Phase, Result, Summary, TrainConfig
from engine.workspace import Kept


class TrainTask(msgspec.Struct, frozen=True, kw_only=True, tag="train"):
    """Search a data set; its lags and price are those of `config`.

    known: what earlier attempts have committed. only: texts of candidates to evaluate and nothing
    else. saved: daily series of saved strategies that new ones are to differ from.
    """

    view: View
    config: TrainConfig
    workers: int
    known: tuple[Past, ...] = ()
    only: tuple[str, ...] | None = None
    saved: tuple[bytes, ...] = ()


class ImportTask(msgspec.Struct, frozen=True, kw_only=True, tag="import"):
    """Read the file or folder at `path` and keep it in the folder `datasets`."""

    datasets: str
    path: str
    lockbox: str
    options: ImportOptions


class PreviewTask(msgspec.Struct, frozen=True, kw_only=True, tag="preview"):
    """What an import of the file or folder at `path` would do."""

    path: str
    options: ImportOptions


class InspectTask(msgspec.Struct, frozen=True, kw_only=True, tag="inspect"):
    """The quality report of a data set, of which the first `open_rows` dates are shown."""

    view: View
    open_rows: int
    duplicates_dropped: int = 0


class RowsTask(msgspec.Struct, frozen=True, kw_only=True, tag="rows"):
    """Some rows of a data set as they are stored."""

    view: View
    symbols: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    columns: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 100


class SeriesTask(msgspec.Struct, frozen=True, kw_only=True, tag="series"):
    """One column of one symbol."""

    view: View
    column: str
    symbol: str


class BacktestTask(msgspec.Struct, frozen=True, kw_only=True, tag="backtest"):
    """Backtest one expression and lay its series out in `points` points."""

    view: View
    expr: str
    params: BookParams
    points: int


class BenchmarkTask(msgspec.Struct, frozen=True, kw_only=True, tag="benchmark"):
    """The daily returns of the equal-weight universe from `start` to `end`."""

    view: View
    start: dt.date | None
    end: dt.date | None


class CatalogTask(msgspec.Struct, frozen=True, kw_only=True, tag="catalog"):
    """What is known of every column, judged by `rules`."""

    view: View
    rules: CatalogRules = CatalogRules()


class CertifyTask(msgspec.Struct, frozen=True, kw_only=True, tag="certify"):
    """The look-ahead certificate of an expression."""

    view: View
    expr: str


class TargetTask(msgspec.Struct, frozen=True, kw_only=True, tag="target"):
    """Prices of the last date and, with an expression, the book it asks for on that date."""

    view: View
    expr: str | None
    params: BookParams


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Nobody waits for the order at hand any more."""


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """These candidates are being evaluated.

    Each comes as the outcome to record should the process die on it.
    """

    stubs: tuple[Outcome, ...]


class Tested(msgspec.Struct, frozen=True, kw_only=True, tag="tested"):
    """A backtest: outcome, series, and what to be careful about."""

    outcome: Outcome
    spec: RunSpec
    curve: EquityCurve
    sheet: Sheet
    events: tuple[StaleEvent, ...]
    caveats: tuple[str, ...]
    engine_ms: float


class Benchmark(msgspec.Struct, frozen=True, tag="benchmark"):
    """Dates and daily returns."""

    dates: tuple[dt.date, ...]
    net: tuple[float, ...]


class Columns(msgspec.Struct, frozen=True, tag="columns"):
    """The catalog of a data set."""

    infos: tuple[FeatureInfo, ...]


class Certified(msgspec.Struct, frozen=True, tag="certified"):
    """A look-ahead certificate."""

    certificate: Certificate


class Target(msgspec.Struct, frozen=True, kw_only=True, tag="target"):
    """The last date, the last known price of every symbol, and the weights asked for."""

    as_of: dt.date
    prices: dict[str, float]
    weights: dict[str, float]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The order cannot be carried out, by a kind of EngineError."""

    code: str
    message: str


class Crashed(msgspec.Struct, frozen=True, tag="crashed"):
    """An error nobody foresaw, with its traceback."""

    traceback: str


class Step(msgspec.Struct, frozen=True, tag="step"):
    """How far an import is: the stage in plain words, and the share that is done."""

    stage: str
    share: float


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """What an import would do."""

    preview: Preview


class Inspected(msgspec.Struct, frozen=True, tag="inspected"):
    """A quality report."""

    quality: Quality


class Drawn(msgspec.Struct, frozen=True, tag="drawn"):
    """One column of one symbol."""

    series: Series


class Listed(msgspec.Struct, frozen=True, tag="listed"):
    """Some rows of a data set."""

    sample: Sample


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """Nothing more will come of this order."""


Answer = (
    Tested
    | Benchmark
    | Columns
    | Certified
    | Target
    | Kept
    | Looked
    | Inspected
    | Drawn
    | Listed
    | Finding
)
Question = (
    ImportTask
    | PreviewTask
    | InspectTask
    | RowsTask
    | SeriesTask
    | BacktestTask
    | BenchmarkTask
    | CatalogTask
    | CertifyTask
    | TargetTask
    | Research
)
"""Orders with one answer."""

Order = TrainTask | Question | Stop
Report = Begun | Step | Phase | Result | Summary | Answer | Refused | Crashed | Finished
