"""Answers about how far a result can be trusted, and about strategies seen together."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.schemas.requests import Request
from app.schemas.work import Page
from engine.research.blend import Netted
from engine.research.robustness import Robustness
from engine.stats.bootstrap import Interval
from engine.stats.clusters import EffectiveTrials
from engine.stats.conventions import Profile
from engine.stats.exposure import Exposures
from engine.stats.factor import Factor
from engine.stats.overfit import Deflated
from engine.stats.pbo import Pbo
from engine.stats.performance import Metrics
from engine.stats.portfolio import BlendMethod, Marginal
from engine.stats.validation import Figures, Halves, Validation
from engine.store import StrategySummary

Burn = Literal["sealed", "opened", "burned"]


class Lockbox(msgspec.Struct, frozen=True, kw_only=True):
    """The locked dates of a data set and how often somebody looked.

    start: the first locked date, None when nothing is locked. dates: how many are locked. openings:
    of the data set, for any strategy; own: for this one. state: "sealed" while nobody looked,
    "burned" once so many did that a good result among them proves little. text: that in a sentence.
    """

    dataset: str
    start: dt.date | None
    dates: int
    openings: int
    own: int
    state: Burn
    text: str


class LockboxRequest(Request, frozen=True, kw_only=True):
    """One strategy to be run on the locked dates; `run` is one of its runs, the newest without."""

    hash: str
    run: str | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy seen on the locked dates; `strategy` is the run over all dates, saved.

    open, locked: before the lockbox and in it.
    """

    lockbox: Lockbox
    strategy: StrategySummary
    open: Figures
    locked: Figures


class Overfitting(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a Sharpe ratio is luck.

    deflated: against all trials of the ledger on the same data; deflated_effective: against the
    effective number of them. zero_skill_best: the best annual Sharpe ratio to be expected of as
    many independent trials of this length without skill. interval: of this one, by bootstrap.
    halves: in sample and out of sample. job_id, pbo: of the search that found it, None for a
    strategy that no search found.
    """

    expr_hash: str
    run_id: str
    deflated: Deflated | None
    deflated_effective: Deflated | None
    effective: EffectiveTrials
    zero_skill_best: float | None
    interval: Interval | None
    halves: Halves
    job_id: str | None
    pbo: Pbo | None
    lockbox: Lockbox


class FactorSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as a predictor, and what simple factors explain of its returns.

    factor: without its daily series. dates: thinned; cumulative_ic: sum of the daily rank ICs of
    the first horizon up to each; cumulative_spread, cumulative_quantiles [buckets]: sums of the
    daily returns of the first horizon.
    """

    expr_hash: str
    run_id: str
    factor: Factor
    exposures: Exposures
    dates: tuple[dt.date, ...]
    cumulative_ic: tuple[float, ...]
    cumulative_spread: tuple[float, ...]
    cumulative_quantiles: tuple[tuple[float, ...], ...]


class Stress(msgspec.Struct, frozen=True, kw_only=True):
    """The robustness table of a run; None while nobody asked for it."""

    expr_hash: str
    run_id: str
    created_at: str | None
    robustness: Robustness | None


class Profiles(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the words of each convention."""

    expr_hash: str
    run_id: str
    items: tuple[Profile, ...]


class DayPosition(msgspec.Struct, frozen=True, kw_only=True):
    """A position after the close; `weight` is a fraction of the value before trading, P(t)."""

    symbol: str
    group: str | None
    weight: float


class DayPositions(msgspec.Struct, frozen=True, kw_only=True):
    """What a run held after the close of a date, the largest first."""

    expr_hash: str
    run_id: str
    date: dt.date
    gross_exposure: float
    net_exposure: float
    items: tuple[DayPosition, ...]


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """A metric that came out otherwise."""

    saved: float | None
    now: float | None


class MadeBy(msgspec.Struct, frozen=True, kw_only=True):
    """What computed a run."""

    engine_version: int
    kernels: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A saved run beside the same run made again; metrics: those that differ."""

    expr_hash: str
    run_id: str
    same: bool
    same_daily: bool
    bytes: int
    metrics: dict[str, Differing]
    saved_by: MadeBy
    now: MadeBy


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A saved run and the correlation of its daily net returns with those of another."""

    strategy: StrategySummary
    correlation: float


class SimilarPage(Page, frozen=True, kw_only=True):
    """The most alike first."""

    items: tuple[Similar, ...]


class CompareRequest(Request, frozen=True, kw_only=True):
    """Strategies to be seen together: hashes, or `hash@run` for one of the runs of a strategy.

    weights: of a blend of one's own, one per strategy.
    """

    hashes: Annotated[tuple[str, ...], Meta(min_length=1, max_length=60)]
    weights: tuple[Annotated[float, Meta(ge=0, le=1000)], ...] | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One of the strategies, over the common dates; `equity` starts at 1."""

    strategy: StrategySummary
    common: Metrics
    equity: list[float]


class BlendCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Strategies held together."""

    method: BlendMethod
    weights: tuple[float, ...]
    metrics: Metrics
    equity: list[float]
    shrinkage: float | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Strategies on their common dates; `dates` is thinned, as every equity.

    start, end, n: the common dates. correlation: of daily net returns, in the order of items.
    netted: all traded as one book at the weights of the last blend; no_netting: why there is none.
    """

    start: dt.date
    end: dt.date
    n: int
    dates: tuple[dt.date, ...]
    items: tuple[Compared, ...]
    correlation: list[list[float | None]]
    marginal: tuple[Marginal, ...]
    blends: tuple[BlendCurve, ...]
    netted: Netted | None = None
    no_netting: str | None = None


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """All trials on one content of a data set.

    distinct: different expressions; failed: refused ones. by_source: trials by who asked.
    dispersion: standard deviation of their annual Sharpe ratios. expected_best, zero_skill_best: as
    in `Overfitting`, for the length of the open dates. current: the version in use. lockbox: None
    when its files are gone.
    """

    dataset: str
    version: int | None
    fingerprint: str
    current: bool
    trials: int
    distinct: int
    failed: int
    by_source: dict[str, int]
    effective: EffectiveTrials | None
    dispersion: float | None
    best: float | None
    expected_best: float | None
    zero_skill_best: float | None
    first_at: str
    last_at: str
    lockbox: Lockbox | None


class LedgerPage(Page, frozen=True, kw_only=True):
    """The ledger, the data set tried most recently first."""

    items: tuple[LedgerEntry, ...]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate of a job, in and out of sample; `front` is its Pareto rank, 0 the best."""

    expr_hash: str
    run_id: str
    in_sample: float | None
    out_of_sample: float | None
    ann_sharpe: float | None
    max_dd: float | None
    turnover: float | None
    complexity_score: float
    front: int


class JobOverfitting(msgspec.Struct, frozen=True, kw_only=True):
    """What a search as a whole is worth.

    measured: candidates with daily series; `candidates` has at most the best 1,000 of them by
    in-sample Sharpe ratio, the indices of the folds count them. rank_correlation: of the Sharpe
    ratios in and out of sample. boundary: the first out-of-sample date.
    """

    job_id: str
    measured: int
    trials: int
    expected_best: float | None
    zero_skill_best: float | None
    best: float | None
    boundary: dt.date | None
    rank_correlation: float | None
    candidates: tuple[Candidate, ...]
    pbo: Pbo | None
    walk_forward: Validation | None
    purged: Validation | None
