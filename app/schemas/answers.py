"""Answers about expressions and strategies."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from app.schemas.work import Page
from engine.book import BookParams, StaleEvent
from engine.catalog import FeatureInfo
from engine.dsl.complexity import Complexity
from engine.dsl.ops import Example, Param
from engine.lookahead import Certificate
from engine.sheet import EquityCurve, Sheet
from engine.stats.overfit import Deflated
from engine.stats.performance import Metrics
from engine.stats.series import Histogram
from engine.store import Run, StrategySummary
from engine.strategy import RunSpec


class DataOfRun(msgspec.Struct, frozen=True, kw_only=True):
    """The data set a run rests on, and the version of that name which is in use now.

    available: the files of the run's own version are there, so that it can be repeated.
    """

    name: str
    version: int | None
    current_version: int | None
    is_current: bool
    available: bool


class Rerun(msgspec.Struct, frozen=True, kw_only=True):
    """One expression with one set of parameters on two data sets, both saved.

    same_data: both rest on the same content and dates, so that the results are equal.
    """

    old: StrategySummary
    new: StrategySummary
    same_data: bool
    old_version: int | None
    new_version: int | None


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """One saved run of a strategy in full, and all others of the same expression.

    conventions: what each metric means. deflated: the Sharpe ratio weighed against the number of
    trials on the same data; None when there is nothing to weigh.
    """

    expr_hash: str
    expr: str
    metrics: Metrics
    complexity_score: float
    created_at: str
    run_id: str
    dataset: str
    tradable: bool
    ruined: bool
    params: BookParams
    complexity: Complexity
    fingerprint: str
    data: DataOfRun
    engine_version: int
    spec: RunSpec
    runs: tuple[Run, ...]
    tags: tuple[str, ...]
    note: str
    deflated: Deflated | None
    deflated_sharpe: float | None
    lookahead: Certificate | None
    conventions: dict[str, str]


class Returns(msgspec.Struct, frozen=True, kw_only=True):
    """Daily net returns of a run, and their parts where those are asked for."""

    expr_hash: str
    dates: tuple[dt.date, ...]
    returns: tuple[float, ...]
    gross: tuple[float, ...] | None = None
    cost: tuple[float, ...] | None = None
    borrow: tuple[float, ...] | None = None
    turnover: tuple[float, ...] | None = None


class Tearsheet(msgspec.Struct, frozen=True, kw_only=True):
    """All series of a run."""

    expr_hash: str
    run_id: str
    curve: EquityCurve
    sheet: Sheet


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """All saved runs at once.

    trials: everything ever tried, saved or not; backtests: those of them asked for one by one, and
    kept: those of these that were saved. luck: how many of the runs would fall into each
    bin of `sharpe` if none had any skill. expected_best: the highest Sharpe ratio to be expected
    of as many trials without skill that scatter as these did. zero_skill_best: of as many
    independent ones that scatter by sampling error alone, over the typical length of the runs.
    medians by metric.
    """

    count: int
    trials: int
    backtests: int
    kept: int
    sharpe: Histogram
    drawdown: Histogram
    luck: tuple[float, ...]
    expected_best: float | None
    zero_skill_best: float | None
    medians: dict[str, float | None]
    best: StrategySummary | None


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds in the engine, and from the request to the answer."""

    engine_ms: float
    total_ms: float


class BacktestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an expression came to; `events` are at most the first 200."""

    expr_hash: str
    expr: str
    run_id: str
    dataset: str
    params: BookParams
    metrics: Metrics
    complexity: Complexity
    complexity_score: float
    tradable: bool
    ruined: bool
    persisted: bool
    curve: EquityCurve
    sheet: Sheet
    events: tuple[StaleEvent, ...]
    warnings: tuple[str, ...]
    timing: Timing


class Features(msgspec.Struct, frozen=True, kw_only=True):
    """The catalog of a data set."""

    dataset: str
    items: tuple[FeatureInfo, ...]
    total: int
    next: int | None = None


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the text from `start` to `end`.

    error: it cannot be read. warning: it can be computed and hardly makes sense. info: how names
    and windows of a dialect were taken.
    """

    start: int
    end: int
    severity: Literal["error", "warning", "info"]
    message: str
    suggestions: tuple[str, ...] = ()


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """How the engine reads an expression; only `diagnostics` when it cannot.

    canonical: the expression in our own language, whatever dialect it was given in.
    """

    ok: bool
    canonical: str | None = None
    expr_hash: str | None = None
    complexity: Complexity | None = None
    complexity_score: float | None = None
    lookback: int | None = None
    all_history: bool = False
    features: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Primitive(msgspec.Struct, frozen=True, kw_only=True):
    """An operator of the language; `infix` is its sign where it has one.

    options: what a call may say besides its parameters. open: the last parameter takes any number
    of arguments, and options go by name only. keywords: further names of parameters and options.
    """

    name: str
    aliases: tuple[str, ...]
    axis: str
    signature: str
    help: str
    params: tuple[Param, ...]
    options: tuple[Param, ...]
    open: bool
    keywords: dict[str, str]
    lookback: str
    missing: str
    cost: float
    infix: str | None
    examples: tuple[Example, ...]
    weight: float


class Convention(msgspec.Struct, frozen=True):
    """What a metric means."""

    name: str
    text: str


class PrimitivePage(Page, frozen=True, kw_only=True):
    """Operators."""

    items: tuple[Primitive, ...]


class ConventionPage(Page, frozen=True, kw_only=True):
    """Metrics."""

    items: tuple[Convention, ...]
