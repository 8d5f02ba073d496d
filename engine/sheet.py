"""The page about one run: its curve, months, falls and the spread of its days."""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np

from engine.errors import DataError
from engine.stats.performance import Array
from engine.stats.series import (
    Days,
    Drawdown,
    Histogram,
    Month,
    Year,
    compounded,
    downsample,
    drawdown,
    drawdowns,
    histogram,
    monthly,
    rolling_sharpe,
    yearly,
)

ROLLING_WINDOW = 126
"""Returns in a rolling Sharpe ratio: half a year of daily ones."""

WORST = 10
DAILY_BINS = 60

# fmt: off
_CURRENCIES = (
    "AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNH", "CNY", "COP", "CYP",
    "CZK", "DKK", "EEK", "EGP", "EUR", "GBP", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "ISK",
    "JPY", "KRW", "KWD", "LTL", "LVL", "MAD", "MTL", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN",
    "PHP", "PKR", "PLN", "QAR", "RON", "RUB", "SAR", "SEK", "SGD", "SIT", "SKK", "THB", "TND",
    "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
)
# fmt: on


class EquityCurve(msgspec.Struct, frozen=True, kw_only=True):
    """A curve thinned to the rows that keep its look; all lists have one entry per date kept.

    base_currency: ISO 4217, None when it is not known. equity: value of 1, after costs. drawdown:
    fraction below the highest value so far, from [-1, 0]. benchmark: value of 1 in the benchmark.
    rolling_sharpe: annual, over the last `ROLLING_WINDOW` returns; None before there are as many.
    """

    expr_hash: str
    base_currency: str | None
    dates: list[dt.date]
    equity: list[float]
    drawdown: list[float]
    benchmark: list[float] | None
    rolling_sharpe: list[float | None]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below the curve: compound returns, the worst falls, the spread of the days.

    benchmark_name: None without a benchmark. daily: of the net returns from the first trade on.
    rolling_window: dates in the rolling Sharpe ratio of the curve.
    """

    benchmark_name: str | None
    monthly: list[Month]
    yearly: list[Year]
    drawdowns: list[Drawdown]
    daily: Histogram
    rolling_window: int = ROLLING_WINDOW


def equity_curve(
    expr_hash: str,
    currency: str | None,
    dates: Days,
    net: Array,
    benchmark: Array | None,
    periods: float,
    points: int,
    *,
    first: int | None = 0,
) -> EquityCurve:
    """The curve of daily net returns (fractions), in at most `points` rows (4 or more).

    benchmark: daily returns of the same dates. first: row of the first trade, None if there is
    none; what comes before it does not count in the rolling Sharpe ratio. DataError when the
    lengths differ, ParamError for too few points.
    """
    _check(dates, net, benchmark)
    equity = compounded(net)
    rows = downsample(equity, points)
    begin = len(net) if first is None else first
    rolling = rolling_sharpe(net[begin:], ROLLING_WINDOW, periods, rows - begin)
    return EquityCurve(
        expr_hash=expr_hash,
        base_currency=currency,
        dates=dates[rows].astype("datetime64[D]").tolist(),
        equity=equity[rows].tolist(),
        drawdown=drawdown(equity)[rows].tolist(),
        benchmark=None if benchmark is None else compounded(benchmark)[rows].tolist(),
        rolling_sharpe=[None if np.isnan(x) else x for x in rolling.tolist()],
    )


def sheet(
    dates: Days,
    net: Array,
    benchmark: Array | None,
    benchmark_name: str | None,
    *,
    first: int | None = 0,
) -> Sheet:
    """The sheet of daily net returns; arguments and errors as in `equity_curve`."""
    _check(dates, net, benchmark)
    return Sheet(
        benchmark_name=None if benchmark is None else benchmark_name,
        monthly=monthly(dates, net),
        yearly=yearly(dates, net, benchmark),
        drawdowns=drawdowns(dates, compounded(net), WORST),
        daily=histogram(net[len(net) if first is None else first :], DAILY_BINS),
    )


def currency_of(price: str) -> str | None:
    """The currency at the end of the name of a price column: "c_sek" is in SEK, "close" unknown."""
    _, mark, code = price.rpartition("_")
    return code.upper() if mark and code.upper() in _CURRENCIES else None


def _check(dates: Days, net: Array, benchmark: Array | None) -> None:
    lengths = {len(dates), len(net), len(net if benchmark is None else benchmark)}
    if len(lengths) > 1:
        raise DataError(
            f"There are {len(dates)} dates, {len(net)} returns and"
            f" {'no' if benchmark is None else len(benchmark)} returns of the benchmark;"
            " give one of each per date."
        )
