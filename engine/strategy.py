"""One evaluated candidate: its identity, its metrics and its daily series."""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib

import msgspec
import numpy as np
import polars as pl

from engine import kernels
from engine.book import Backtest, BookParams, Daily, SignalRows, backtest_signal
from engine.dsl.complexity import Complexity, complexity
from engine.dsl.tree import Node, expr_hash, to_text
from engine.kernels.pool import Array
from engine.panel import Panel
from engine.stats.performance import Metrics, performance

ENGINE_VERSION = 2
"""Raised whenever any number the engine computes changes; part of every run's identity."""

SERIES = {"net": "<f8", "cost": "<f4", "borrow": "<f4", "turnover": "<f4"}
"""The daily columns kept of every run next to its dates: the net returns exactly, the parts to
seven digits, which halves what a search leaves on the disk."""


class RunSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything besides the expression that decides the numbers of a run.

    `last_date` is the last date the engine was allowed to see: the day before the lockbox, or the
    last date of the data set when the lockbox is open. `kernels` is "c" or "numpy": the two agree
    to rounding, each with itself to the bit.
    """

    fingerprint: str
    price: str
    last_date: dt.date
    lags: dict[str, int]
    params: BookParams
    kernels: str = kernels.BACKEND
    engine_version: int = ENGINE_VERSION


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one candidate came to: metrics and daily series, or the reason why there are none.

    `daily` is what `pack_daily` makes of the series.
    """

    expr_hash: str
    expr: str
    complexity: Complexity
    metrics: Metrics | None = None
    daily: bytes | None = None
    tradable: bool = True
    ruined: bool = False
    error: str | None = None

    @property
    def sharpe(self) -> float | None:
        """Annual Sharpe ratio of the net returns."""
        return self.metrics.ann_sharpe if self.metrics else None


def run_spec(panel: Panel, params: BookParams) -> RunSpec:
    """The spec of a run of `params` on `panel` as it stands."""
    return RunSpec(
        fingerprint=panel.fingerprint,
        price=panel.price,
        last_date=panel.dates[-1].astype(object),
        lags={name: lag for name, lag in sorted(panel.lags.items()) if lag},
        params=BookParams(**{f: getattr(params, f) for f in BookParams.__struct_fields__}),
    )


def run_id(hash_: str, spec: RunSpec) -> str:
    """Identity of a run, 16 hex digits: the same identity gives the same bytes for ever."""
    text = hash_.encode() + msgspec.json.encode(spec, order="sorted")
    return hashlib.sha256(text).hexdigest()[:16]


def assess(panel: Panel, node: Node, signal: Array | SignalRows, params: BookParams) -> Outcome:
    """Backtest `signal`, the value of `node` on `panel`, and measure it."""
    return describe(panel, node, backtest_signal(panel, signal, params, itemise=False))


def describe(panel: Panel, node: Node, backtest: Backtest) -> Outcome:
    """The outcome of a finished backtest of `node`."""
    metrics = performance(
        traded_returns(backtest), panel.periods_per_year, daily=backtest.daily,
        first=backtest.first_trade,
    )  # fmt: skip
    return Outcome(
        expr_hash=expr_hash(node),
        expr=to_text(node),
        complexity=complexity(node),
        metrics=metrics,
        daily=pack_daily(backtest.daily),
        tradable=backtest.tradable,
        ruined=backtest.ruined,
    )


def refused(node: Node, reason: str) -> Outcome:
    """The outcome of a candidate that could not be evaluated."""
    return Outcome(
        expr_hash=expr_hash(node), expr=to_text(node), complexity=complexity(node), error=reason
    )


def untraded(node: Node) -> Outcome:
    """The outcome of an expression that was evaluated and not traded."""
    return Outcome(expr_hash=expr_hash(node), expr=to_text(node), complexity=complexity(node))


def caveats(backtest: Backtest) -> tuple[str, ...]:
    """What a reader of the result must know, a sentence each."""
    closed = backtest.closed
    found = {
        "The execution lag is 0: each book is traded at a close before it is known. Nobody could"
        " have earned this.": not backtest.tradable,
        "The account was ruined: it lost everything and stays at 0.": backtest.ruined,
        "The book never trades, so that there is nothing to measure.": (
            backtest.first_trade is None
        ),
        f"{closed} position{'s' * (closed != 1)} closed for want of a price.": closed > 0,
    }
    return tuple(text for text, holds in found.items() if holds)


def traded_returns(backtest: Backtest) -> np.ndarray:
    """Daily net returns from the first date on which the book trades; empty if it never does."""
    if backtest.first_trade is None:
        return np.empty(0)
    return backtest.daily.net[backtest.first_trade :]


class _Days(msgspec.Struct, frozen=True, array_like=True):
    """Daily series as they are kept: the first date, the steps to the next ones, raw values.

    The bits of returns are noise and do not shrink, so only what repeats is compressed: an Arrow
    or Parquet file of the same series is larger and takes ten times as long to write.
    """

    first: int
    steps: bytes
    columns: dict[str, bytes]


def pack_daily(daily: Daily) -> bytes:
    """The dates and `SERIES` of `daily` in bytes; equal series give equal bytes."""
    days = daily.dates.astype("datetime64[D]").astype(np.int64)
    steps = zlib.compress(np.diff(days).astype("<u2").tobytes(), 1)
    columns = {name: getattr(daily, name).astype(kind) for name, kind in SERIES.items()}
    raw = {name: values.tobytes() for name, values in columns.items() if values.any()}
    return msgspec.msgpack.encode(_Days(int(days[0]), steps, raw))


def unpack_daily(data: bytes) -> pl.DataFrame:
    """date, gross, cost, borrow, net, turnover and equity of a run, as float64.

    Gross returns and equity follow from what `pack_daily` stored.
    """
    days = msgspec.msgpack.decode(data, type=_Days)
    dates = _dates(days)
    kept = {name: _column(days, name, len(dates)) for name in SERIES}
    return pl.DataFrame({"date": dates, **kept}).select(
        "date",
        gross=pl.col("net") + pl.col("cost") + pl.col("borrow"),
        cost="cost",
        borrow="borrow",
        net="net",
        turnover="turnover",
        equity=(1 + pl.col("net")).cum_prod(),
    )


def unpack_net(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Dates and daily net returns of what `pack_daily` stored, at a tenth of the price."""
    dates, net = unpack_series(data, "net")
    return dates, net


def unpack_series(data: bytes, *names: str) -> tuple[np.ndarray, ...]:
    """Dates and the named ones of `SERIES` of what `pack_daily` stored, as float64."""
    days = msgspec.msgpack.decode(data, type=_Days)
    dates = _dates(days)
    return dates, *(_column(days, name, len(dates)) for name in names)


def _dates(days: _Days) -> np.ndarray:
    steps = np.frombuffer(zlib.decompress(days.steps), "<u2")
    number = np.concatenate(([days.first], days.first + np.cumsum(steps, dtype=np.int64)))
    return number.astype("datetime64[D]")


def _column(days: _Days, name: str, length: int) -> np.ndarray:
    """A column as float64; one that was zero throughout was not kept."""
    raw = days.columns.get(name)
    return np.zeros(length) if raw is None else np.frombuffer(raw, SERIES[name]).astype(np.float64)
