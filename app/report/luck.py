"""The overfitting panel in rows: what each number is, and what it says in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.report.charts import scatter_chart
from app.report.markup import Html, note, table, tag
from app.report.model import Report
from app.report.words import number, percent, whole
from engine.stats.bootstrap import Interval
from engine.stats.clusters import EffectiveTrials
from engine.stats.overfit import Deflated
from engine.stats.pbo import Pbo
from engine.stats.validation import Figures, Fold, Halves, Validation


class Row(NamedTuple):
    """One line of the panel."""

    name: str
    value: str
    told: str


def luck_rows(report: Report) -> list[Row]:
    """Name, value and meaning of everything that is known."""
    sharpe = report.run.metrics.ann_sharpe
    rows: list[Row] = [
        Row("Sharpe ratio per year", number(sharpe), "As measured, trials forgotten."),
    ]
    rows += _interval(report.interval) if report.interval else []
    rows += _deflated(report.deflated, report.run.metrics.n) if report.deflated else []
    if report.zero_skill_best is not None:
        rows.append(Row("Best to expect without skill", number(report.zero_skill_best),
                     "Sharpe ratio of the best of as many independent trials of this length whose"
                     " true ratios are all 0."))  # fmt: skip
    rows += _effective(report.effective) if report.effective else []
    if report.deflated_effective:
        probability = percent(report.deflated_effective.probability)
        rows.append(Row("Deflated, effective trials", probability,
                        "The same against the effective number of trials."))  # fmt: skip
    rows += _pbo(report.pbo) if report.pbo else []
    return rows


def _interval(found: Interval) -> Iterator[Row]:
    yield Row(
        f"{percent(found.level, 0)} interval", f"{number(found.low)} to {number(found.high)}",
        f"Stationary block bootstrap, {found.draws:,} draws of blocks of {number(found.block, 1)}"
        f" dates on average; {percent(found.share_below_zero, 1)} of the draws are at 0 or below.",
    )  # fmt: skip


def _deflated(found: Deflated, n: float | None) -> Iterator[Row]:
    yield Row(
        "Probabilistic (PSR)",
        percent(found.psr),
        "Probability that the true ratio is above 0, given length, skewness and kurtosis.",
    )
    yield Row(
        "Trials in the ledger",
        f"{found.trials:,}",
        "Everything ever tried on the same data; Sharpe ratios scatter by"
        f" {number(found.dispersion)}.",
    )
    yield Row(
        "Expected best of the trials",
        number(found.expected_best),
        "What the best of them attains by luck alone.",
    )
    yield Row(
        "Deflated (DSR)",
        percent(found.probability),
        "Probability that the true ratio is above that. 95% and more is convincing.",
    )
    yield Row("Shortest convincing record", _days(found.min_trl_days),
           "Dates needed to say with 95% confidence that the ratio is above 0; there are"
           f" {whole(n)}.")  # fmt: skip


def _days(value: float | None) -> str:
    return number(value, 0) + (" dates" if value is not None else "")


def _effective(found: EffectiveTrials) -> Iterator[Row]:
    yield Row(
        "Effective trials", number(found.effective, 0),
        f"{found.measured:,} measured trials form {found.clusters:,} groups of returns that"
        f" correlate by {number(found.alike, 1)} or more; the others count one each.",
    )  # fmt: skip


def _pbo(found: Pbo) -> Iterator[Row]:
    band = (
        f" ({percent(found.low, 0)} to {percent(found.high, 0)})"
        if found.low is not None and found.high is not None
        else ""
    )
    yield Row(
        "Overfitting probability (PBO)", f"{percent(found.pbo, 0)}{band}",
        f"How often the best of {found.strategies:,} strategies in one half is below the median in"
        f" the other, over {found.splits:,} splits of {found.blocks} blocks. In brackets: 5th and"
        f" 95th percentile of {found.draws:,} bootstraps. The winner loses out of sample in"
        f" {percent(found.prob_oos_loss, 0)} of the splits.",
    )  # fmt: skip


def samples(report: Report) -> list[Html]:
    """In and out of sample, folds, and sentences about what is not there."""
    parts = [_halves(report.halves)] if report.halves else []
    parts += _validation(report.validation) if report.validation else []
    parts += _winners(report.pbo) if report.pbo and report.pbo.points else []
    usual = {
        "deflated": "It is not set against what else was tried: the ledger was not read.",
        "interval": "There is no bootstrap interval on this page.",
        "pbo": "There is no probability of backtest overfitting: it belongs to a search, and no"
        " search stands behind this page.",
        "halves": "The run is not split into in sample and out of sample.",
        "validation": "There are no folds: they belong to a search.",
    }
    gone = [report.why.get(part, text) for part, text in usual.items()
            if getattr(report, part) is None]  # fmt: skip
    return [*parts, note(" ".join(gone))] if gone else parts


def _winners(found: Pbo) -> list[Html]:
    points = [(each.in_sample, each.out_of_sample) for each in found.points]
    chart = scatter_chart("The best of each split: Sharpe ratio per year", points,
                          ("in sample", "out of sample"))  # fmt: skip
    told = note("Points below the dashed line did worse out of sample than in sample. Points below"
                " 0 lost.")  # fmt: skip
    return [tag("div", chart, told, class_="split")]


def _figures(name: str, each: Figures) -> list[str]:
    return [
        name, f"{each.n:,}", number(each.ann_sharpe), percent(each.ann_return),
        percent(each.ann_vol), percent(each.max_dd), percent(each.hit_rate),
    ]  # fmt: skip


_HEAD = [
    "Sample",
    "Dates",
    "Sharpe ratio",
    "Return per year",
    "Volatility",
    "Deepest fall",
    "Days up",
]


def _halves(found: Halves) -> Html:
    since = f" from {found.boundary} on" if found.boundary else ""
    return table(
        _HEAD,
        [_figures("in sample", found.in_sample), _figures("out of sample", found.out_of_sample)],
        caption=f"The last {percent(found.share, 0)} of the dates are out of sample{since}",
    )


def _validation(found: Validation) -> list[Html]:
    kind = "Walk-forward" if found.method == "walk_forward" else "Purged cross-validation"
    rows = [_fold(each) for each in found.folds]
    together = found.out_of_sample.ann_sharpe
    kept = (
        "what is kept cannot be said"
        if found.degradation is None
        else f"{percent(found.degradation, 0)} of it is kept, on average of the folds"
    )
    head = ["Fold", "Tested on", "Chosen", "Sharpe in sample", "Sharpe out of sample", "Left out"]
    return [
        table(head, rows, left=2, caption=f"{kind}, {found.candidates:,} candidates"),
        note(
            f"All test parts together: Sharpe ratio {number(together)} out of sample,"
            f" {number(found.in_sample)} in sample; {kept}. The choice changed between"
            f" {found.switches} of {max(len(found.folds) - 1, 0)} pairs of folds."
        ),
    ]  # fmt: skip


def _fold(each: Fold) -> list[str]:
    chosen = "none" if each.chosen is None else f"number {each.chosen + 1}"
    return [
        str(each.number), f"{each.test.start} to {each.test.end}", chosen,
        number(each.in_sample.ann_sharpe), number(each.out_of_sample.ann_sharpe),
        f"{each.left_out:,}",
    ]  # fmt: skip
