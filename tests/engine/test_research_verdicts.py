"""What the table says in words, and where nothing can be said."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from engine.book import BookParams
from engine.panel import Panel
from engine.research.robustness import robustness
from engine.research.variants import Variant, measured, verdict_of, worst
from engine.research.verdicts import Base, group_verdict
from engine.stats.performance import Metrics
from tests.engine.research_panels import HINT, expression, hinted_panel

BASE = Base(sharpe=1.0, break_even_bps=14.04, cost=0.1, closed=2, best=("A", "B"), windows=3)


def variants(group, **sharpes):
    return [
        measured(group, label.replace("_", " "), Metrics(ann_sharpe=sharpe), 1.0)
        for label, sharpe in sharpes.items()
    ]


def said(group, base=BASE, **sharpes):
    found = group_verdict(group, variants(group, **sharpes), base)
    return found.verdict, found.text


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [
        (None, "unknown"),
        (2.0, "holds"),
        (0.7, "holds"),
        (0.69, "weakens"),
        (0.31, "weakens"),
        (0.3, "fails"),
        (-1.0, "fails"),
    ],
)
def test_a_verdict_is_the_share_of_the_sharpe_ratio_that_is_kept(kept, verdict):
    assert verdict_of(kept) == verdict


def test_the_worst_verdict_is_that_of_what_could_be_judged():
    assert worst(["holds", "weakens", "unknown"]) == "weakens"
    assert worst(["holds", "fails", "weakens"]) == "fails"
    assert worst(["unknown", "holds"]) == "holds"
    assert worst(["unknown"]) == worst([]) == "unknown"


def test_what_is_kept_is_measured_against_a_ratio_above_zero_only():
    metrics = Metrics(ann_sharpe=0.5, ann_return=0.1, max_dd=-0.2, turnover=0.3)
    assert measured("lag", "lag 2", metrics, 2.0) == Variant(
        group="lag", label="lag 2", ann_sharpe=0.5, ann_return=0.1, max_dd=-0.2, turnover=0.3,
        kept=0.25, verdict="fails",
    )  # fmt: skip
    for base in (0.0, -2.0, None):
        found = measured("lag", "lag 2", metrics, base, ruined=True)
        assert (found.kept, found.verdict) == (None, "unknown")
    assert measured("lag", "lag 2", metrics, 0.4, ruined=True).verdict == "fails"
    none = measured("lag", "lag 2", Metrics(), 1.0)
    assert (none.kept, none.verdict) == (None, "unknown")
    assert none.error == "There is no Sharpe ratio: too few trades."


def test_sentences_with_the_figures():
    assert said("lag", lag_2=0.8, lag_3=0.5) == (
        "weakens",
        "Traded later, the Sharpe ratio of 1.00 is 0.80 with lag 2 and 0.50 with lag 3.",
    )
    assert said("periods", a=0.9, b=1.2, c=0.75) == (
        "holds",
        "In its three parts the Sharpe ratio is 0.90, 1.20 and 0.75; in all it is 1.00.",
    )
    assert said("universe", half=0.9, without_banks=0.1) == (
        "fails",
        "With fewer names the Sharpe ratio is 0.10 of 1.00 at worst (without banks).",
    )
    assert said("days", x=0.8)[1] == "Without its five best days the Sharpe ratio is 0.80 of 1.00."
    assert said("names", x=0.8)[1] == (
        "Without its five best names (A, B) the Sharpe ratio is 0.80 of 1.00."
    )
    assert said("delisting", a=1.0, delisting_return=0.2) == (
        "fails",
        (
            "2 positions closed for want of a price; at worst (delisting return) the Sharpe ratio"
            " is 0.20 of 1.00."
        ),
    )


def test_neighbours_are_counted():
    assert said("neighbours", a=0.9, b=0.8, c=0.5, d=None) == (
        "weakens",
        (
            "Of 4 expressions with other windows 2 hold, 1 weakens and 1 cannot be judged; the"
            " lowest Sharpe ratio is 0.50 of 1.00 (c)."
        ),
    )
    many = said("neighbours", msgspec.structs.replace(BASE, windows=30), **{
        f"v{i}": 0.9 for i in range(24)
    })  # fmt: skip
    assert many == (
        "holds",
        (
            "Of 24 expressions with other windows (30 windows, of which the first ones were"
            " changed) 24 hold; the lowest Sharpe ratio is 0.90 of 1.00 (v0)."
        ),
    )
    assert said("neighbours", only=0.9)[1].startswith("Of 1 expression with other windows 1 holds;")


def test_twice_the_costs_decide():
    even = "it breaks even at 14.0 basis points."
    for sharpe, verdict in ((0.8, "holds"), (0.5, "weakens"), (0.01, "weakens"), (0.0, "fails")):
        assert said("costs", **{"costs x 2": sharpe, "costs x 3": -3.0}) == (
            verdict, f"At twice the costs the Sharpe ratio is {sharpe:.2f} of 1.00; {even}",
        )  # fmt: skip
    assert said("costs", msgspec.structs.replace(BASE, cost=0.0), **{"costs x 2": 1.0}) == (
        "unknown", f"The run pays no costs, so that no multiple tells anything; {even}",
    )  # fmt: skip


def test_delistings_that_never_happen_tell_nothing():
    assert said("delisting", msgspec.structs.replace(BASE, closed=0), a=1.0) == (
        "unknown",
        "No position was closed for want of a price: the data may leave out what was delisted.",
    )


@pytest.mark.parametrize(
    ("sharpe", "text"),
    [
        (-0.5, "The Sharpe ratio is -0.50 as it stands: there is nothing to lose."),
        (None, "The strategy has no Sharpe ratio, so that there is nothing to compare with."),
    ],
)
def test_a_strategy_that_earns_nothing_has_nothing_to_lose(sharpe, text):
    base = msgspec.structs.replace(BASE, sharpe=sharpe)
    found = group_verdict("lag", variants("lag", lag_2=0.5), base)
    assert (found.verdict, found.text) == ("unknown", text)


def table(panel, text=HINT, **params):
    return robustness(panel, expression(panel, text), BookParams(**params))[0]


def test_a_strategy_that_loses_is_tried_all_the_same():
    found = table(hinted_panel(), f"-{HINT}", sizing="gross", cap=0.3)
    assert found.ann_sharpe < 0
    assert {v.verdict for v in found.variants} == {"unknown"} == {g.verdict for g in found.groups}
    assert found.verdict == "unknown"
    assert all(v.ann_sharpe is not None for v in found.variants)


def test_a_book_that_never_trades_has_no_figures():
    found = table(hinted_panel(), "ts_mean(hint, 5) * 0")
    assert (found.ann_sharpe, found.break_even_bps, found.verdict) == (None, None, "unknown")
    assert [v for v in found.variants if v.ann_sharpe is not None] == []


def test_what_cannot_be_tried_says_so():
    found = table(hinted_panel(ends=False), "cs_zscore(hint)", execution_lag=19, cost_bps=0.0)
    late = {v.label: v.error for v in found.variants if v.group == "lag"}
    assert late["lag 21"] == "The parameter execution_lag is 21; it must be a whole number <= 20."
    texts = {
        group.group: group.text
        for group in table(hinted_panel(ends=False), "cs_zscore(hint)").groups
    }
    assert texts["neighbours"] == "The expression has no window that could be changed."


def test_a_panel_too_small_to_be_divided():
    days = np.datetime64("2024-01-01") + np.arange(5)
    price = np.array([[1.0], [1.1], [1.2], [1.25], [1.4]])
    panel = Panel.from_arrays("one", days, ["A"], {"close": price})
    found = table(panel, "close", cap=1.0)
    texts = {group.group: group.text for group in found.groups}
    assert found.ann_sharpe > 0
    assert {v.group for v in found.variants} == {"lag", "costs", "delisting"}
    assert (texts["periods"], texts["universe"], texts["days"], texts["names"]) == (
        "The run is too short to be cut in three.",
        "There are too few names to be divided.",
        "The run is too short to go without five days.",
        "There are too few names to go without five of them.",
    )


def test_ruin_fails_whatever_the_ratio_was():
    price = np.cumprod([1.0, *[3.0, 0.2] * 20, *[3.0] * 20])
    price = np.append(price / price.max(), [np.nan] * 8)
    days = np.datetime64("2024-01-01") + np.arange(len(price))
    panel = Panel.from_arrays("one", days, ["A"], {"close": price[:, None]})
    found = table(panel, "fill(close, 1) / fill(close, 1)", cap=1.0, cost_bps=0.0)
    lost = {v.label: v for v in found.variants}["delisting return -100 %"]
    assert lost.kept > 0.7
    assert lost.verdict == "fails"
