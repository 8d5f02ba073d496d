"""How the run got there: exposure, holdings, turnover and what trading cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.report.charts import HALF, Line, line_chart, thinned
from app.report.markup import Html, cards, cell, note, table, tag
from app.report.model import Report
from app.report.words import LABELS, number, percent, signed, tone, whole
from engine.research.explain import Holding, Holdings
from engine.stats.exposure import Exposures
from engine.stats.performance import Array

_SMOOTHING = 21
"""Dates a line of the turnover is the mean of."""

_FACTORS = {
    "market": "the market: the equal-weight universe",
    "momentum": "momentum: long past winners, short past losers",
    "volatility": "low volatility: long the calm, short the wild",
}


def positions(report: Report) -> Html:
    """Exposure over time, the names that mattered, and what simple factors explain."""
    metrics = report.run.metrics
    means = cards(
        [LABELS["gross_exposure"], percent(metrics.gross_exposure)],
        [LABELS["net_exposure"], percent(metrics.net_exposure)],
        [LABELS["names"], number(metrics.names, 1)],
    )
    held = (
        note(report.why.get("holdings", "What was held is not part of this page: it takes the data"
                            " set, which the run was not made again on."))
        if report.holdings is None
        else _holdings(report.holdings)
    )  # fmt: skip
    explained = (
        note(report.why.get("exposures", "What simple factors explain is not part of this page:"
                            " it takes the data set."))
        if report.exposures is None
        else _exposures(report.exposures)
    )  # fmt: skip
    return tag("section", tag("h2", "Exposure and holdings"), means, held, explained, class_="page")


def _holdings(found: Holdings) -> list[Html]:
    dates = np.array(found.dates, dtype="datetime64[D]")
    share = np.array([np.nan if x is None else x for x in found.largest_share], dtype=np.float64)
    charts = [
        line_chart("Gross and net exposure", dates,
                   [Line("gross", np.array(found.gross_exposure), "own"),
                    Line("net", np.array(found.net_exposure), "market")],
                   share=True, frame=HALF, zero=True),
        line_chart("Names held", dates, [Line("names", np.array(found.names), "own")],
                   frame=HALF, zero=True),
        line_chart("Largest position, share of the gross exposure", dates,
                   [Line("share", share, "own")], share=True, frame=HALF, zero=True),
        line_chart("Costs per date", dates, [Line("costs", np.array(found.cost), "neg")],
                   share=True, frame=HALF, zero=True),
    ]  # fmt: skip
    coverage = (
        f"; on average {percent(found.coverage, 0)} of the universe had a signal"
        if found.coverage is not None
        else ""
    )
    return [
        tag("div", charts, class_="split"),
        note(f"{found.names_traded:,} symbols were held at some time{coverage}. Earned: sum of the"
             " daily contributions after costs; mean and largest weight as shares of the value."),
        tag("div", _names("The names that earned most", found.best),
            _names("The names that lost most", found.worst), class_="split"),
    ]  # fmt: skip


def _names(caption: str, held: Sequence[Holding]) -> Html:
    rows = [
        [each.symbol, each.group or "", cell(signed(each.contribution, 2),
         class_=tone(each.contribution)), percent(each.mean_weight, 2),
         percent(each.largest_weight, 2), whole(each.days)]
        for each in held
    ]  # fmt: skip
    head = ["Symbol", "Group", "Earned", "Mean", "Largest", "Days"]
    return table(head, rows, left=2, caption=caption)


def _exposures(found: Exposures) -> list[Html]:
    rows = [
        [_FACTORS.get(each.factor, each.factor), number(each.beta), number(each.t, 1),
         number(each.correlation), number(each.ann_sharpe)]
        for each in found.factors
    ]  # fmt: skip
    return [
        table(["Factor", "Beta", "t of beta", "Correlation", "Its own Sharpe ratio"], rows,
              caption="Is it only the market? Daily returns on simple factors, without costs"),
        note(
            f"Beside them it earned {signed(found.alpha)} a year (t {number(found.alpha_t, 1)}),"
            f" at a Sharpe ratio of {number(found.residual_sharpe)}; they explain"
            f" {percent(found.r2, 0)} of its variance over {found.n:,} dates."
        ),
    ]  # fmt: skip


def costs(report: Report) -> Html:
    """Turnover and costs over time, and what they come to."""
    metrics, begin = report.run.metrics, report.first or 0
    dates = report.dates[begin:]
    paid = report.column("cost")[begin:] + report.column("borrow")[begin:]
    turnover = _smoothed(report.column("turnover")[begin:])
    rows = thinned(dates, 1 + np.cumsum(paid))
    rows_turnover = rows[rows >= min(_SMOOTHING, len(dates)) - 1]
    gross = _per_year(report.column("gross")[begin:], report.periods)
    net = _per_year(report.column("net")[begin:], report.periods)
    facts = cards(
        [LABELS["turnover"], percent(metrics.turnover)],
        [LABELS["holding_period"], number(metrics.holding_period, 1)],
        [LABELS["cost_drag"], percent(metrics.cost_drag, 2)],
        [LABELS["break_even_bps"], number(metrics.break_even_bps, 1)],
        ["gain per year before costs", signed(gross, 2)],
        ["gain per year after costs", signed(net, 2)],
    )
    return tag(
        "section",
        tag("h2", "Turnover and costs"),
        tag("div",
            line_chart(f"Turnover per day, mean of {_SMOOTHING} dates", dates[rows_turnover],
                       [Line("turnover", turnover[rows_turnover], "own")], share=True,
                       frame=HALF, zero=True),
            line_chart("Costs and borrowing so far, added up", dates[rows],
                       [Line("costs", np.cumsum(paid)[rows], "neg")], share=True,
                       frame=HALF, zero=True),
            class_="split"),
        facts,
        note("Turnover counts buys and sells, over the value before trading. Gains before and"
             " after costs are means of a day times the days of a year, not compounded."),
    )  # fmt: skip


def _smoothed(x: Array) -> Array:
    """Mean of the last dates, fewer at the start."""
    total = np.cumsum(x)
    total[_SMOOTHING:] -= total[:-_SMOOTHING].copy()
    mean: Array = total / np.minimum(np.arange(1, len(x) + 1), _SMOOTHING)
    return mean


def _per_year(x: Array, periods: float) -> float | None:
    return float(x.mean()) * periods if len(x) else None
