"""What the run returned: curve, falls, rolling figures, months, years, the spread of its days."""

from __future__ import annotations

import numpy as np

from app.report.charts import (
    HALF,
    LOW,
    Line,
    Mark,
    bar_chart,
    histogram_chart,
    line_chart,
    thinned,
)
from app.report.markup import Html, cell, note, pairs, table, tag
from app.report.model import Report
from app.report.words import LABELS, number, percent, signed, tone, whole
from engine.sheet import ROLLING_WINDOW
from engine.stats.performance import Array
from engine.stats.series import (
    Month,
    compounded,
    drawdown,
    rolling_sharpe,
    rolling_volatility,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TAIL_METRICS = (
    "best_day", "worst_day", "hit_rate", "var_95", "cvar_95", "tail_ratio", "skew", "kurtosis",
)  # fmt: skip


def curves(report: Report) -> Html:
    """Equity with its benchmark, drawdown, rolling Sharpe ratio and volatility."""
    equity = compounded(report.column("net"))
    rows = thinned(report.dates, equity)
    dates = report.dates[rows]
    lines, falls = [Line("strategy", equity[rows], "own")], [_fall(equity, rows, "strategy", "neg")]
    missing = None
    if report.benchmark is None:
        missing = _left_out(report, "benchmark", "There is no benchmark on this page: the data set"
                            " is not at hand, or its dates are others now.")  # fmt: skip
    else:
        market = compounded(report.benchmark)
        name = report.sheet.benchmark_name or "benchmark"
        lines.append(Line(name, market[rows], "market"))
        falls.append(_fall(market, rows, name, "market"))
    logarithmic = min(float(line.values.min()) for line in lines) > 0
    return tag(
        "section",
        tag("h2", "Equity and drawdown"),
        line_chart(
            f"Value of 1, after costs{', logarithmic' * logarithmic}", dates, lines,
            log=True, marks=_marks(report),
        ),
        line_chart(
            "Fall below the highest value so far", dates, falls,
            share=True, frame=LOW, zero=True, filled=True,
        ),
        missing,
        tag("div", _rolling(report), class_="split"),
    )  # fmt: skip


def _fall(equity: Array, rows: np.ndarray, name: str, look: str) -> Line:
    return Line(name, drawdown(equity)[rows], look)


def _marks(report: Report) -> list[Mark]:
    """Where out of sample begins, if that was asked."""
    boundary = report.halves.boundary if report.halves else None
    return [Mark(boundary, "out of sample")] if boundary else []


def _rolling(report: Report) -> list[Html]:
    begin = len(report.dates) if report.first is None else report.first
    net, dates = report.column("net")[begin:], report.dates[begin:]
    if len(net) <= ROLLING_WINDOW:
        return [note(f"Rolling figures need more than {ROLLING_WINDOW} dates with a book.")]
    rows = thinned(dates, compounded(net))
    rows = rows[rows >= ROLLING_WINDOW - 1]
    shared = (net, ROLLING_WINDOW, report.periods, rows)
    sharpe, volatility = rolling_sharpe(*shared), rolling_volatility(*shared)
    return [
        line_chart(
            f"Rolling Sharpe ratio, {ROLLING_WINDOW} dates", dates[rows],
            [Line("Sharpe ratio", sharpe, "own")], frame=HALF, zero=True,
        ),
        line_chart(
            f"Rolling volatility, {ROLLING_WINDOW} dates, per year", dates[rows],
            [Line("volatility", volatility, "own")], share=True, frame=HALF, zero=True,
        ),
    ]  # fmt: skip


def calendar(report: Report) -> Html:
    """Months as a heatmap, years, the worst falls."""
    return tag(
        "section",
        tag("h2", "Months, years and falls"),
        _heatmap(report),
        tag("div", _years(report), _year_bars(report), class_="split"),
        _drawdowns(report),
        class_="page",
    )


def _heatmap(report: Report) -> Html:
    months = {(each.year, each.month): each for each in report.sheet.monthly}
    sizes = sorted(abs(each.value) for each in report.sheet.monthly)
    large = sizes[int(0.9 * (len(sizes) - 1))] if sizes else 0.0
    rows = [
        [
            str(year.year),
            *(_month(months.get((year.year, month)), large) for month in range(1, 13)),
            cell(percent(year.value), class_=tone(year.value)),
        ]
        for year in report.sheet.yearly
    ]
    return table(["Year", *_MONTHS, "Year"], rows, class_="heat",
                 caption="Compound return of every month, after costs")  # fmt: skip


def _month(month: Month | None, large: float) -> Html:
    """A cell whose shade says how large the return is among those of the run."""
    if month is None:
        return cell("")
    share = abs(month.value) / large if large else 0.0
    level = min(4, max(1, int(np.ceil(4 * min(share, 1.0)))))
    look = f"{'pos' if month.value > 0 else 'neg'}{level}" if month.value else ""
    return cell(percent(month.value), class_=look)


def _years(report: Report) -> Html:
    against = report.sheet.benchmark_name is not None
    head = ["Year", "Strategy", *(["Benchmark", "Difference"] if against else [])]
    rows = []
    for year in report.sheet.yearly:
        other = year.benchmark
        less = None if other is None else year.value - other
        rest = [percent(other), cell(signed(less), class_=tone(less))] if against else []
        rows.append([str(year.year), cell(percent(year.value), class_=tone(year.value)), *rest])
    return table(head, rows, caption="Compound return of every calendar year")


def _year_bars(report: Report) -> Html:
    years = report.sheet.yearly
    return bar_chart(
        "Return of every calendar year", [str(each.year) for each in years],
        [each.value for each in years], share=True,
    )  # fmt: skip


def _drawdowns(report: Report) -> Html:
    falls = report.sheet.drawdowns
    if not falls:
        return note("The value never fell below an earlier one.")
    rows = [
        [each.start, each.trough, each.end or "not yet", whole(each.days),
         cell(percent(each.depth, 2), class_="neg")]
        for each in falls
    ]  # fmt: skip
    return table(["High", "Lowest", "Back at the high", "Calendar days", "Depth"], rows, left=3,
                 caption="The deepest falls")  # fmt: skip


def distribution(report: Report) -> Html:
    """How the daily returns spread, and what their ends are like."""
    metrics = report.run.metrics
    daily = report.sheet.daily
    rows = [
        [LABELS[name], number(getattr(metrics, name)) if name in {"tail_ratio", "skew", "kurtosis"}
         else percent(getattr(metrics, name), 2)]
        for name in _TAIL_METRICS
    ]  # fmt: skip
    normal = {
        each.name: each.value
        for profile in report.profiles
        if profile.convention == "quantstats"
        for each in profile.figures
    }
    rows += [
        ["value at risk, 95%, were they normal", percent(normal.get("value_at_risk"), 2)],
        ["expected shortfall, were they normal",
         percent(normal.get("conditional_value_at_risk"), 2)],
    ]  # fmt: skip
    half = len(rows) // 2
    chart = (
        histogram_chart("Number of days by return", daily)
        if daily.counts
        else note("There are no returns: the book never trades.")
    )
    return tag(
        "section",
        tag("h2", "Distribution of daily returns"),
        chart,
        tag("div",
            pairs(rows[:half], caption="Extremes and losses of a day"),
            pairs(rows[half:], caption="Shape of the distribution"),
            class_="split"),
    )  # fmt: skip


def _left_out(report: Report, part: str, usual: str) -> Html:
    return note(report.why.get(part, usual))
