"""Folds by their definition on dates, what they choose and measure, and what a leak looks like."""

from __future__ import annotations

import datetime as dt
import math
import statistics as stats
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError, ParamError
from engine.stats.performance import performance
from engine.stats.validation import Figures, Span, figures, halves, validate

START = dt.date(2020, 1, 1)


def days(n):
    return np.datetime64(START, "D") + np.arange(n) * 3


def slow_figures(r):
    found = performance(r, 252.0)
    return Figures(n=len(r), **{name: getattr(found, name) for name in
                   ("ann_return", "ann_vol", "ann_sharpe", "max_dd", "hit_rate")})  # fmt: skip


def slow_folds(n, method, count, purge, embargo):
    """Per fold the sets of rows to train and to test on, and those left out, date by date."""
    parts = count + 1 if method == "walk_forward" else count
    part_of = [max(k for k in range(parts) if n * k // parts <= t) for t in range(n)]
    for k in range(parts - count, parts):
        test = [t for t in range(n) if part_of[t] == k]
        train, left_out = [], 0
        for t in range(n):
            if method == "walk_forward" and part_of[t] > k:
                continue
            gap = max(test[0] - t, t - test[-1])  # dates from the test part, 1 = next to it
            asked = purge if t < test[0] else purge + embargo
            if gap > asked:
                train.append(t)
            elif gap > 0:
                left_out += 1
        yield train, test, left_out


def slow_spans(dates, rows):
    spans = []
    for t in rows:
        if spans and spans[-1][1] == t - 1:
            spans[-1][1] = t
        else:
            spans.append([t, t])
    return tuple(Span(dates[a].item(), dates[b].item()) for a, b in spans)


def is_best(chosen, columns, train):
    """Whether none has a better ratio, but for rounding."""
    ratios = [performance([c[t] for t in train], 1.0).ann_sharpe for c in columns]
    best = max((x for x in ratios if x is not None), default=None)
    if len(columns) == 1 or best is None:
        return chosen == (0 if len(columns) == 1 else None)
    return ratios[chosen] is not None and math.isclose(ratios[chosen], best, rel_tol=1e-9)


@st.composite
def cases(draw):
    method = draw(st.sampled_from(["walk_forward", "purged"]))
    count, purge, embargo = (draw(st.integers(*ends)) for ends in ((2, 6), (0, 3), (0, 3)))
    dates = draw(st.integers(2 * purge + embargo + 4 * (count + 1), 60))
    number = draw(st.sampled_from([st.integers(-1, 1), st.integers(-400, 400)]))
    column = st.one_of(
        st.lists(number, min_size=dates, max_size=dates), number.map(lambda x: [x] * dates)
    )
    columns = draw(st.lists(column, min_size=1, max_size=4))
    return method, count, purge, embargo, [[x / 8192 for x in c] for c in columns]


@given(cases())
def test_equals_plain_python(case):
    method, count, purge, embargo, columns = case
    n = len(columns[0])
    dates = days(n)
    found = validate(dates, np.array(columns).T, method, count, purge=purge, embargo=embargo)
    joined, joined_dates, chosen, ratios = [], [], [], []
    for k, (train, test, left_out) in enumerate(slow_folds(n, method, count, purge, embargo)):
        fold = found.folds[k]
        best = fold.chosen
        assert is_best(best, columns, train)
        inside, outside = (
            [0.0 if best is None else columns[best][t] for t in rows] for rows in (train, test)
        )
        assert (fold.number, fold.left_out) == (k + 1, left_out)
        assert (fold.train, (fold.test,)) == (slow_spans(dates, train), slow_spans(dates, test))
        assert (fold.in_sample, fold.out_of_sample) == (slow_figures(inside), slow_figures(outside))
        joined, joined_dates = joined + outside, joined_dates + [dates[t].item() for t in test]
        chosen.append(best)
        ratios.append((fold.in_sample.ann_sharpe, fold.out_of_sample.ann_sharpe))
    both = [pair for pair in ratios if None not in pair]
    inside = stats.fmean(a for a, _ in both) if both else None
    assert found.in_sample == pytest.approx(inside)
    degradation = stats.fmean(b for _, b in both) / inside if both and inside > 0 else None
    assert found.degradation == pytest.approx(degradation)
    assert found.out_of_sample == slow_figures(joined)
    assert found.dates == joined_dates
    assert found.equity == pytest.approx(np.cumprod(1 + np.array(joined)).tolist())
    assert found.switches == sum(a != b for a, b in pairwise(chosen))
    assert (found.method, found.count, found.purge, found.embargo) == case[:4]
    assert (len(found.folds), found.candidates) == (count, len(columns))


@given(cases())
def test_train_and_test_keep_their_distance(case):
    method, count, purge, embargo, columns = case
    n = len(columns[0])
    found = validate(
        days(n), np.array(columns).T, method, count, purge=purge, embargo=embargo, periods=252.0
    )
    row = {day.item(): t for t, day in enumerate(days(n))}
    tested = []
    for fold in found.folds:
        start, end = row[fold.test.start], row[fold.test.end]
        tested += range(start, end + 1)
        trained = 0
        for span in fold.train:
            a, b = row[span.start], row[span.end]
            assert b < start - purge or a > end + purge + embargo
            assert method == "purged" or b < start
            trained += b - a + 1
        seen = n if method == "purged" else end + 1
        assert trained + (end - start + 1) + fold.left_out == seen
        if len(columns) == 1:
            assert fold.chosen == 0
    assert tested == list(range(tested[0], n))
    assert method == "walk_forward" or tested[0] == 0
    lengths = [row[fold.test.end] - row[fold.test.start] for fold in found.folds]
    assert max(lengths) - min(lengths) <= 1


def test_folds_by_hand():
    net = np.linspace(-0.01, 0.02, 14)[:, None]
    rows = {day.item(): t for t, day in enumerate(days(14))}

    def spans(found):
        return [([(rows[s.start], rows[s.end]) for s in fold.train],
                 (rows[fold.test.start], rows[fold.test.end]), fold.left_out)
                for fold in found.folds]  # fmt: skip

    # four parts that begin at 0, 3, 7 and 10
    with pytest.raises(DataError, match="fold 1 trains on 1 and tests on 4"):
        validate(days(14), net, "walk_forward", 3, purge=2, embargo=5)
    walk = validate(days(14), net, "walk_forward", 3, purge=1, embargo=5)
    assert spans(walk) == [([(0, 1)], (3, 6), 1), ([(0, 5)], (7, 9), 1), ([(0, 8)], (10, 13), 1)]
    purged = validate(days(14), net, "purged", 3, purge=1, embargo=2)
    assert spans(purged) == [
        ([(7, 13)], (0, 3), 3),
        ([(0, 2), (12, 13)], (4, 8), 4),
        ([(0, 7)], (9, 13), 1),
    ]


def test_a_leak_shows_when_nothing_is_purged():
    # each return is the mean of the news of 20 dates, so that neighbours share most of it
    rng = np.random.default_rng(5)
    gained = []
    for _ in range(8):
        news = rng.standard_normal((419, 40)) * 0.01
        overlapping = np.lib.stride_tricks.sliding_window_view(news, 20, axis=0).mean(axis=-1)
        open_, shut = (
            validate(days(400), overlapping, "purged", 20, purge=purge).out_of_sample.ann_sharpe
            for purge in (0, 19)
        )
        gained.append(open_ - shut)
    assert stats.fmean(gained) > 1
    assert sum(gain > 0 for gain in gained) >= 7


def test_the_best_of_noise_falls_apart_out_of_sample_and_skill_does_not():
    rng = np.random.default_rng(6)
    noise = rng.standard_normal((1500, 50)) * 0.01
    lucky = validate(days(1500), noise, "walk_forward", 5)
    assert lucky.in_sample > 1
    assert lucky.degradation < 0.5
    noise[:, 7] += 0.002
    skilled = validate(days(1500), noise, "purged", 5)
    assert [fold.chosen for fold in skilled.folds] == [7] * 5
    assert skilled.switches == 0
    assert skilled.degradation > 0.7


@given(st.lists(st.floats(-1.5, 2) | st.sampled_from([0.0, math.nan, math.inf])))
def test_figures_are_those_of_the_performance(r):
    found = msgspec.structs.asdict(figures(np.array(r), 52.0))
    metrics = performance(r, 52.0)
    assert found == {name: getattr(metrics, name) for name in found}


@given(st.lists(st.floats(-0.1, 0.1), max_size=30), st.floats(0.01, 0.99))
def test_halves_are_the_first_and_the_last_dates(r, share):
    found = halves(days(len(r)), np.array(r), share, periods=252.0)
    late = int(len(r) * share)
    split = len(r) - late
    assert found.share == share
    assert found.boundary == (days(len(r))[split].item() if late else None)
    assert found.in_sample == figures(np.array(r[:split]))
    assert found.out_of_sample == figures(np.array(r[split:]))


def test_of_equals_the_first_is_chosen_and_of_nothing_nothing():
    r = np.random.default_rng(8).standard_normal((60, 1)) * 0.01
    still = np.full((60, 1), 0.001)
    equals = validate(days(60), np.hstack([still, r, r, r]), "purged", 4)
    assert [fold.chosen for fold in equals.folds] == [1] * 4
    nothing = validate(days(60), np.hstack([still, still]), "purged", 4)
    assert [fold.chosen for fold in nothing.folds] == [None] * 4
    assert (nothing.in_sample, nothing.degradation) == (None, None)
    assert nothing.equity == [1.0] * 60
    alone = validate(days(60), still, "purged", 4)
    assert [fold.chosen for fold in alone.folds] == [0] * 4
    assert alone.out_of_sample == figures(still[:, 0])


def test_a_return_that_is_missing_is_missing():
    rng = np.random.default_rng(7)
    net = rng.standard_normal((60, 3)) * 0.01
    net[:40, 2] = np.nan
    net[40:, 2] = 0.01 + rng.standard_normal(20) * 0.001
    found = validate(days(60), net, "walk_forward", 5, purge=0)
    assert found.folds[-1].chosen == 2
    assert found.folds[-1].in_sample == figures(net[40:50, 2])
    assert len(found.equity) == 50


def test_what_makes_no_sense_is_refused():
    net = np.zeros((30, 2))
    for asked, words in (
        ({"method": "random"}, "walk_forward or purged"),
        ({"count": 1}, "choose 2 to 50"),
        ({"count": 51}, "choose 2 to 50"),
        ({"purge": -1}, "purge is -1"),
        ({"embargo": -2}, "embargo is -2"),
    ):
        with pytest.raises(ParamError, match=words):
            validate(days(30), net, **asked)
    with pytest.raises(DataError, match="30 dates are too few for 20 folds"):
        validate(days(30), net, count=20)
    with pytest.raises(DataError, match="less purge and embargo"):
        validate(days(30), net, "purged", 3, purge=25)
    with pytest.raises(DataError, match="0 dates are too few"):
        validate(days(0), net[:0])
    for share in (0.0, 1.0, math.nan):
        with pytest.raises(ParamError, match="share out of sample"):
            halves(days(30), net[:, 0], share)
