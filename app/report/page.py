"""The page as a whole: what was run, its figures in four conventions, the sections, the recipe."""

from __future__ import annotations

import msgspec

from app.report.evidence import forecast, overfitting, robust
from app.report.markup import Html, cell, note, table, tag
from app.report.model import Report
from app.report.returns import calendar, curves, distribution
from app.report.style import STYLE
from app.report.trading import costs, positions
from app.report.words import LABELS, figure, label, number, percent, tone
from engine.stats.conventions import Profile

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded and nothing runs, whatever a text may say."""


def tear_sheet(report: Report) -> str:
    """A run as one HTML page, for the screen in light and dark and for A4 paper."""
    body = (
        _header(report),
        _cards(report),
        curves(report),
        _profiles(report),
        calendar(report),
        distribution(report),
        positions(report),
        costs(report),
        forecast(report),
        overfitting(report),
        robust(report),
        _recipe(report),
        tag("footer", "Made by Kvant. Past returns of a backtest promise nothing."),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{report.detail.expr_hash} - tear sheet"),
        tag("style", Html(STYLE)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', tag('main', body)), lang='en')}\n"


def _header(report: Report) -> Html:
    detail, run, dates = report.detail, report.run, report.daily["date"]
    facts = {
        "hash": detail.expr_hash,
        "data set": run.dataset,
        "dates": f"{dates[0]} to {dates[-1]}" if len(dates) else "none",
        "complexity": number(detail.complexity_score, 1),
        "engine": run.spec.engine_version,
        "run": run.run_id,
        "fingerprint": run.spec.fingerprint,
    }
    return tag(
        "header",
        tag("p", tag("span", "Tear sheet"), tag("span", f"saved {run.created_at[:10]}"),
            class_="eyebrow"),
        tag("h1", tag("code", detail.expr)),
        tag("ul", [tag("li", tag("b", name), value) for name, value in facts.items()],
            class_="facts"),
        tag("p", [tag("span", each, class_="chip") for each in detail.tags])
        if detail.tags else None,
        tag("p", detail.note, class_="remark") if detail.note else None,
        _flags(report),
    )  # fmt: skip


def _flags(report: Report) -> list[Html]:
    """What a reader must know before any number."""
    run, proof = report.run, report.detail.lookahead
    flags = []
    if not run.tradable:
        flags.append(_flag("Not tradable", "The execution lag of 0 looks ahead: nobody could have"
                           " earned this.", bad=True))  # fmt: skip
    if run.ruined:
        flags.append(_flag("Ruined", "The account lost everything and stays at 0.", bad=True))
    if proof is not None and not proof.passed:
        flags.append(_flag("Looks ahead", "Values changed with dates that come after them, the"
                           f" first one on {proof.first_difference}.", bad=True))  # fmt: skip
    if report.first is None:
        flags.append(_flag("No trades", "The book never trades, so that there is nothing to"
                           " measure.", bad=False))  # fmt: skip
    if report.lockbox:
        times = "" if report.openings is None else f" Openings so far: {report.openings:,}."
        flags.append(_flag("Lockbox", f"{report.lockbox}{times}", bad=False))
    return flags


def _flag(title: str, sentence: str, *, bad: bool) -> Html:
    return tag("p", tag("b", f"{title}. "), sentence, class_="flag bad" if bad else "flag")


def _cards(report: Report) -> Html:
    metrics, interval = report.run.metrics, report.interval
    falls = report.sheet.drawdowns
    below = {
        "ann_sharpe": f"{number(interval.low)} to {number(interval.high)}, "
        f"{percent(interval.level, 0)}" if interval else "risk-free rate 0",
        "ann_return": "compound, after costs",
        "max_dd": f"lowest on {falls[0].trough}" if falls else "never fell",
        "calmar": "return over drawdown",
        "turnover": f"held {number(metrics.holding_period, 1)} days",
        "hit_rate": f"of {number(metrics.n, 0)} days",
        "cost_drag": f"break-even {number(metrics.break_even_bps, 1)} bps",
    }  # fmt: skip
    shown = ("ann_sharpe", "ann_return", "ann_vol", "max_dd", "calmar", "turnover", "cost_drag",
             "hit_rate")  # fmt: skip
    return tag("ul", [_card(report, name, below.get(name, "sd with n \u2212 1")) for name in shown],
               class_="cards")  # fmt: skip


def _card(report: Report, name: str, below: str) -> Html:
    value: float | None = getattr(report.run.metrics, name)
    ratio = name in {"ann_sharpe", "calmar"}
    return tag(
        "li",
        tag("span", LABELS[name]),
        tag("strong", number(value) if ratio else percent(value), class_=tone(value, name) or None),
        tag("small", below),
    )


def _profiles(report: Report) -> Html:
    """All conventions, one of them shown: radio buttons and style, no script."""
    found = report.profiles
    picks = [
        tag("input", type="radio", name="convention", class_="pick", id=f"as-{each.convention}",
            checked=i == 0)
        for i, each in enumerate(found)
    ]  # fmt: skip
    labels = [tag("label", each.title, for_=f"as-{each.convention}") for each in found]
    return tag(
        "section",
        tag("h2", "Metrics and their conventions"),
        note("The same daily returns, measured as other programs do. Each figure has its formula;"
             " A is the periods a year, here", f" {report.periods:g}."),
        picks,
        tag("div", labels, class_="switch"),
        tag("div", [_profile(each) for each in found], class_="profiles"),
        class_="page",
    )  # fmt: skip


def _profile(found: Profile) -> Html:
    own = found.convention == "default"
    rows = []
    for each in found.figures:
        told = tag("small", each.formula, f" {each.note}" if each.note else "")
        names = [] if own else [cell(tag("code", each.name), number=False)]
        value = cell(figure(each), class_=tone(each.value, each.metric))
        rows.append([label(each), *names, value, cell(told, number=False)])
    head = ["Metric", *([] if own else ["Its name there"]), "Value", "Convention"]
    caption = f"{found.title}: {found.source}"
    left = len(head) - 2
    return tag(
        "div",
        table(head, rows, left=left, caption=caption),
        class_=f"profile as-{found.convention}",
    )


def _recipe(report: Report) -> Html:
    """Everything that decides the numbers, so that the run can be made again."""
    spec = report.run.spec
    proof = report.detail.lookahead
    values = {
        "expression": report.detail.expr,
        "data set": report.run.dataset,
        "fingerprint": spec.fingerprint,
        "price": spec.price,
        **msgspec.to_builtins(spec.params),
        "lags": ", ".join(f"{name} {lag}" for name, lag in spec.lags.items()) or "none",
        "last date looked at": spec.last_date,
        "look-ahead test": "not run" if proof is None else
        f"{'passed' if proof.passed else 'failed'}, {proof.cuts} cuts",
        "kernels": spec.kernels,
        "engine version": spec.engine_version,
        "run": report.run.run_id,
        "saved": report.run.created_at,
    }  # fmt: skip
    rows = [
        [
            name.replace("_", " "),
            cell(tag("code", "none" if value is None else value), number=False),
        ]
        for name, value in values.items()
    ]
    return tag(
        "section",
        tag("h2", "Recipe"),
        table(["What", "Value"], rows, left=2, caption="What decides the numbers of this run"),
        class_="page",
    )
