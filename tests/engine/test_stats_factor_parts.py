"""A signal's coefficients by year and by group and its buckets' turnover, against plain loops."""

from __future__ import annotations

import math
import statistics as stats

import numpy as np
import pytest

from engine.errors import DataError
from engine.panel import Panel
from engine.stats.factor import Breakdown, factor, newey_west_t
from tests.engine.test_stats_factor import average_ranks

DATES, NAMES = 60, 40
LEVELS = ("ash", "birch", "cedar", "elm")


def make_panel(seed=0, *, member=False, start="2023-12-01") -> Panel:
    """Names move between groups; elm has too few of them, and some have no group."""
    rng = np.random.default_rng(seed)
    price = np.exp(np.cumsum(rng.normal(0, 0.03, (DATES, NAMES)), axis=0))
    price[rng.random(price.shape) < 0.05] = np.nan
    codes = np.tile(rng.choice([-1, 0, 0, 1, 1, 2, 2, 2, 3], NAMES), (DATES, 1))
    codes[30:, ::7] = 2
    features = {"close": price}
    if member:
        features["member"] = (rng.random(price.shape) < 0.9) * 1.0
    days = np.datetime64(start) + np.arange(DATES)
    symbols = [f"S{i:02d}" for i in range(NAMES)]
    return Panel.from_arrays("parts", days, symbols, features, {"tree": (codes, LEVELS)})


def make_signal(panel, seed=1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    signal = np.round(rng.normal(0, 1, panel.shape), 1)  # ties
    signal[rng.random(panel.shape) < 0.05] = np.nan
    return signal


def pairs_of(panel, signal, days, lag, belongs):
    """Per date (name, signal, return) of every name that counts and belongs."""
    prices, member = panel.prices(), panel.universe()
    for t in range(DATES):
        pairs = []
        buy, sell = t + lag - 1, t + lag - 1 + days
        for i in range(NAMES) if buy >= 0 and sell < DATES else ():
            known = not any(map(math.isnan, (signal[t, i], prices[buy, i], prices[sell, i])))
            if known and (member is None or member[t, i]) and belongs(t, i):
                pairs.append((i, signal[t, i], prices[sell, i] / prices[buy, i] - 1))
        yield pairs


def slow_part(name, per_date, days):
    """The breakdown of dates with their pairs."""
    daily = []
    for pairs in per_date:
        if len(pairs) >= 10:
            _, x, y = map(list, zip(*pairs, strict=True))
            daily.append(stats.correlation(average_ranks(x), average_ranks(y)))
    mean = stats.fmean(daily) if daily else None
    icir = mean / stats.stdev(daily) if len(daily) > 1 else None
    t = newey_west_t(np.array(daily), days - 1) if len(daily) > 1 else None
    counts = [len(pairs) for pairs in per_date if pairs]
    names = stats.fmean(counts) if counts else 0.0
    return name, mean, icir, t, len(daily), names


def assert_parts(found, expected):
    assert [type(each) for each in found] == [Breakdown] * len(expected)
    for each, (name, *figures) in zip(found, expected, strict=True):
        assert each.name == name
        got = [each.mean, each.icir, each.t, each.n, each.names]
        wanted = [None if v is None else pytest.approx(v, rel=1e-9, abs=1e-12) for v in figures]
        assert got == wanted


@pytest.mark.parametrize(("days", "lag"), [(1, 1), (5, 1), (3, 0), (2, 4)])
@pytest.mark.parametrize("member", [False, True])
def test_years_and_groups_equal_the_loops(days, lag, member):
    panel = make_panel(member=member)
    signal = make_signal(panel)
    found = factor(signal, panel, (days, 10), lag=lag)
    every = list(pairs_of(panel, signal, days, lag, lambda *_: True))
    assert_parts(
        found.years, [slow_part("2023", every[:31], days), slow_part("2024", every[31:], days)]
    )
    codes = panel.codes("tree")
    groups = []
    for code, level in enumerate(LEVELS):
        own = list(pairs_of(panel, signal, days, lag, lambda t, i, c=code: codes[t, i] == c))
        groups.append((sum(map(len, own)), slow_part(level, own, days)))
    groups.sort(key=lambda group: -group[0])
    assert found.category == "tree"
    assert_parts(found.groups, [part for _, part in groups])
    few = {group.name: group for group in found.groups}["elm"]
    assert (few.mean, few.icir, few.t, few.n, few.names > 0) == (None, None, None, 0, True)


def test_the_turnover_of_a_bucket_is_the_share_of_its_names_that_are_new():
    panel = make_panel()
    signal = np.round(np.cumsum(np.nan_to_num(make_signal(panel)), axis=0), 1)  # slow
    signal[make_signal(panel, 3) > 1.2] = np.nan
    signal[20] = np.nan  # a date without buckets
    before, shares = None, [[] for _ in range(5)]
    for pairs in pairs_of(panel, signal, 1, 1, lambda *_: True):
        buckets = [set() for _ in range(5)]
        ranks = average_ranks([x for _, x, _ in pairs]) if len(pairs) >= 10 else ()
        for rank, (i, _, _) in zip(ranks, pairs, strict=False):
            buckets[min(int(rank / (len(pairs) - 1) * 5), 4)].add(i)
        for share, now, then in zip(shares, buckets, before or buckets, strict=True):
            if before and now and then:
                share.append(len(now - then) / len(now))
        before = buckets
    expected = [stats.fmean(share) for share in shares]
    assert factor(signal, panel, (1,)).horizons[0].quantiles.turnover == pytest.approx(expected)


def test_a_signal_that_never_changes_renews_nothing_and_one_that_turns_around_everything():
    days = np.datetime64("2024-01-01") + np.arange(8)
    price = 1 + np.arange(8.0)[:, None] * np.arange(1, 11)
    panel = Panel.from_arrays("still", days, [f"S{i}" for i in range(10)], {"close": price})
    still = np.tile(np.arange(10.0), (8, 1))
    turning = still * np.where(np.arange(8) % 2, 1, -1)[:, None]
    assert factor(still, panel, (1,)).horizons[0].quantiles.turnover == [0.0] * 5
    assert factor(turning, panel, (1,)).horizons[0].quantiles.turnover == [1, 1, 0, 1, 1]


def test_without_buckets_there_is_no_turnover():
    panel = make_panel()
    none = factor(np.full(panel.shape, np.nan), panel, (1,))
    assert none.horizons[0].quantiles.turnover == [None] * 5
    assert [(part.name, part.n, part.names) for part in none.years] == [
        ("2023", 0, 0.0),
        ("2024", 0, 0.0),
    ]
    assert none.groups == ()


def test_a_category_may_be_chosen_and_one_that_is_not_there_is_refused():
    panel = make_panel()
    signal = make_signal(panel)
    assert factor(signal, panel, category="tree") == factor(signal, panel)
    with pytest.raises(DataError) as refusal:
        factor(signal, panel, category="sector")
    assert refusal.value.message == "The data set 'parts' has no column 'sector'; it has tree."


def test_no_more_than_the_thirty_largest_groups_are_told_of():
    days = np.datetime64("2024-01-01") + np.arange(5)
    price = np.random.default_rng(0).uniform(1, 2, (5, 80))
    levels = [f"g{i:02d}" for i in range(40)]
    codes = np.tile(np.minimum(np.arange(80), 39), (5, 1))  # the last has 41 names, all others one
    panel = Panel.from_arrays(
        "many", days, [f"S{i:02d}" for i in range(80)], {"close": price}, {"g": (codes, levels)}
    )
    found = factor(price, panel, (1,))
    assert [group.name for group in found.groups] == ["g39", *levels[:29]]
    assert found.groups[0].names == 41.0


def test_a_panel_without_categories_has_no_groups():
    days = np.datetime64("2024-01-01") + np.arange(5)
    price = np.random.default_rng(0).uniform(1, 2, (5, 12))
    panel = Panel.from_arrays("bare", days, [f"S{i:02d}" for i in range(12)], {"close": price})
    found = factor(price, panel, (1,))
    assert (found.category, found.groups) == (None, ())
    assert [(year.name, year.n) for year in found.years] == [("2024", 4)]
    assert factor(price, panel, ()).years == ()
