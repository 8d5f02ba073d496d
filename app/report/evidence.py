"""Why to believe the run, or not: the signal as a forecast, luck, and other assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.report.charts import bar_chart
from app.report.luck import luck_rows, samples
from app.report.markup import Html, cell, note, table, tag
from app.report.model import Report
from app.report.words import number, percent, signed
from engine.research.robustness import Robustness, Variant
from engine.stats.factor import Breakdown, Factor, Horizon

_GROUPS = {
    "lag": "later execution",
    "costs": "other costs",
    "neighbours": "other windows",
    "periods": "parts of the time",
    "universe": "parts of the universe",
    "days": "without the best days",
    "names": "without the best names",
    "delisting": "delisting returns",
}


def forecast(report: Report) -> Html:
    """Information coefficients and quantile returns."""
    parts: list[Html] = (
        [note(report.why.get("factor", "The signal as a forecast is not part of this page: it takes"
                             " the data set."))]
        if report.factor is None
        else list(_factor(report.factor))
    )  # fmt: skip
    return tag("section", tag("h2", "Information coefficient"), parts)


def _factor(found: Factor) -> Iterator[Html]:
    first = found.horizons[0] if found.horizons else None
    charts = [
        bar_chart("Rank IC by horizon, dates", [str(i + 1) for i in range(len(found.decay))],
                  found.decay),
    ]  # fmt: skip
    if first is not None:
        means = first.quantiles.means
        charts.append(
            bar_chart(f"Mean return by quantile over {_dates(first.days)}",
                      [_quantile(i, len(means)) for i in range(len(means))], means,
                      share=True)
        )  # fmt: skip
    yield tag("div", charts, class_="split")
    yield table(
        ["Horizon", "IC", "ICIR", "t", "Rank IC", "ICIR", "t", "Spread", "t", "Monotonicity"],
        [_horizon(each) for each in found.horizons],
        caption="Signal against the returns that follow, across symbols, per date",
    )
    steady = number(found.rank_autocorrelation)
    yield note(
        f"Execution lag {found.lag}. Rank correlation of the signal with itself the date before:"
        f" {steady}. ICIR is mean over standard deviation of the daily coefficients, not per year;"
        " t allows for horizons that overlap (Newey and West). Spread: highest less lowest"
        " quantile."
    )
    if first is not None:
        yield _quantiles(first)
    tables = [_breakdown("Rank IC by calendar year", "Year", found.years)] if found.years else []
    if found.groups:
        tables.append(_breakdown(f"Rank IC within groups of {found.category}", "Group",
                                 found.groups))  # fmt: skip
    yield tag("div", tables, class_="split")


def _horizon(each: Horizon) -> list[object]:
    ic, rank, quantiles = each.ic, each.rank_ic, each.quantiles
    return [
        _dates(each.days), number(ic.mean, 3), number(ic.icir), number(ic.t, 1),
        number(rank.mean, 3), number(rank.icir), number(rank.t, 1), signed(quantiles.spread, 2),
        number(quantiles.spread_t, 1), number(quantiles.monotonicity),
    ]  # fmt: skip


def _quantiles(first: Horizon) -> Html:
    found = first.quantiles
    count = len(found.means)
    changed = found.turnover or [None] * count
    return table(
        ["Quantile", *(_quantile(i, count) for i in range(count))],
        [
            ["mean return", *(percent(mean, 3) for mean in found.means)],
            ["names that are new, per date", *(percent(share) for share in changed)],
        ],
        caption=f"Quantiles of the signal, returns over {_dates(first.days)}",
    )


def _breakdown(caption: str, first: str, parts: Sequence[Breakdown]) -> Html:
    rows = [
        [each.name, number(each.mean, 3), number(each.icir), number(each.t, 1), f"{each.n:,}",
         number(each.names, 0)]
        for each in parts
    ]  # fmt: skip
    return table([first, "Rank IC", "ICIR", "t", "Dates", "Names"], rows, caption=caption)


def _dates(days: int) -> str:
    return f"{days} date{'s' * (days != 1)}"


def _quantile(i: int, count: int) -> str:
    ends = {0: "lowest", count - 1: "highest"}
    return ends.get(i, str(i + 1))


def overfitting(report: Report) -> Html:
    """How much of the Sharpe ratio is luck."""
    rows = [[name, value, cell(tag("small", told), number=False)]
            for name, value, told in luck_rows(report)]  # fmt: skip
    return tag(
        "section",
        tag("h2", "Overfitting: how much of it is luck"),
        table(["Figure", "Value", "What it says"], rows,
              caption="The Sharpe ratio in the light of all that was tried"),
        samples(report),
        class_="page",
    )  # fmt: skip


def robust(report: Report) -> Html:
    """The same strategy under other assumptions."""
    parts: list[Html] = (
        [note(report.why.get("robustness", "Not part of this page: the run has not been tried under"
                             " other assumptions."))]
        if report.robustness is None
        else list(_robustness(report.robustness))
    )  # fmt: skip
    return tag("section", tag("h2", "Robustness"), parts, class_="page")


def _robustness(found: Robustness) -> Iterator[Html]:
    yield tag(
        "p", "Under other assumptions, at worst: ", _verdict(found.verdict),
        f". As it is: Sharpe ratio {number(found.ann_sharpe)}, {percent(found.ann_return)} a year,"
        f" deepest fall {percent(found.max_dd)}, break-even cost"
        f" {number(found.break_even_bps, 1)} bps.",
    )  # fmt: skip
    yield table(
        ["Assumption", "Verdict", "Why"],
        [[_GROUPS.get(each.group, each.group), cell(_verdict(each.verdict), number=False),
          each.text] for each in found.groups],
        left=3, caption="Verdicts",
    )  # fmt: skip
    yield table(
        ["Assumption", "Variant", "Sharpe ratio", "Kept", "Return per year", "Deepest fall",
         "Turnover", "Verdict"],
        [_variant(each) for each in found.variants],
        left=2, caption="Every variant",
    )  # fmt: skip


def _variant(each: Variant) -> list[object]:
    told = each.error or each.expr
    name = [each.label, tag("small", tag("code", told)) if told else None]
    return [
        _GROUPS.get(each.group, each.group), cell(name, number=False), number(each.ann_sharpe),
        percent(each.kept, 0), percent(each.ann_return), percent(each.max_dd),
        percent(each.turnover), cell(_verdict(each.verdict)),
    ]  # fmt: skip


def _verdict(verdict: str) -> Html:
    return tag("span", verdict, class_=f"verdict {verdict}")
