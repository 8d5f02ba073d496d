from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import CatalogRules, FeatureInfo, ValueHistogram, YearCoverage, catalog
from engine.panel import Panel

NAN = np.nan
DAYS = np.datetime64("2020-01-01") + np.arange(4)


def panel(**features):
    return Panel.from_arrays("p", DAYS, ["A", "B"], features)


PRICE = [[1.0, NAN], [2.0, 4.0], [NAN, NAN], [3.0, NAN]]


def test_an_entry_describes_what_is_known_of_a_column():
    (info,) = catalog(panel(close=PRICE))
    assert info == FeatureInfo(
        name="close",
        kind="feature",
        domain="price",
        dtype="number",
        lag=0,
        coverage=4 / 5,
        coverage_overall=4 / 8,
        first_date=dt.date(2020, 1, 1),
        last_date=dt.date(2020, 1, 4),
        mean=2.5,
        sd=np.std([1, 2, 3, 4], ddof=1),
        variance=pytest.approx(5 / 3),
        min=1.0,
        max=4.0,
        distinct=4,
        years=(YearCoverage(2020, 4 / 5),),
        missing=pytest.approx(1 / 5),
        quantiles={
            "p01": 1.03, "p05": pytest.approx(1.15), "p25": 1.75, "p50": 2.5, "p75": 3.25,
            "p95": pytest.approx(3.85), "p99": pytest.approx(3.97),
        },
        histogram=ValueHistogram(edges=(0.5, 1.5, 2.5, 3.5, 4.5), counts=(1, 1, 1, 1)),
        stale_share=0.0,
        days_since_change=0,
    )  # fmt: skip


def test_coverage_counts_from_the_first_to_the_last_date_of_any_column():
    late = [[NAN, NAN], [NAN, 1.0], [NAN, NAN], [NAN, NAN]]
    infos = {info.name: info for info in catalog(panel(close=PRICE, late=late))}
    assert (infos["late"].coverage, infos["late"].coverage_overall) == (1 / 5, 1 / 8)


def test_a_category_lists_its_levels():
    codes = np.array([[0, -1], [0, 1], [-1, -1], [0, -1]])
    whole = Panel.from_arrays(
        "p", DAYS, ["A", "B"], {"close": PRICE}, {"sector": (codes, ["bank", "tech", "unused"])}
    )
    info = catalog(whole)[1]
    assert info == FeatureInfo(
        name="sector",
        kind="category",
        domain="price",
        dtype="category",
        lag=0,
        coverage=4 / 5,
        coverage_overall=4 / 8,
        first_date=dt.date(2020, 1, 1),
        last_date=dt.date(2020, 1, 4),
        distinct=2,
        levels=("bank", "tech", "unused"),
        years=(YearCoverage(2020, 4 / 5),),
        missing=pytest.approx(1 / 5),
        level_counts=(3, 1, 0),
        stale_share=1.0,
        days_since_change=3,
    )


REASONS = [
    ("close", None),
    ("constant", "it has 1 different values; 3 needed"),
    ("empty", "only 0.0% of its cells are present; 5.0% needed"),
    ("flag", "it has 2 different values; 3 needed"),
    ("flat", "it does not vary"),
    ("impact_bps", "it is a cost column"),
    ("macro_cpi", "ignored by setting"),
    ("member", "it is the universe column"),
]


def test_columns_that_cannot_help_a_search_say_why():
    numbers = np.arange(8.0).reshape(4, 2)
    whole = panel(
        close=numbers,
        constant=np.full((4, 2), 7.3),
        empty=np.full((4, 2), NAN),
        flag=numbers % 2,
        flat=1e9 + numbers * 1e-6,
        impact_bps=numbers,
        macro_cpi=numbers,
        member=numbers % 2,
    )
    infos = catalog(whole, CatalogRules(ignore=("macro_*",)))
    assert [(info.name, info.reason) for info in infos] == REASONS
    assert [info.usable for info in infos] == [reason is None for _, reason in REASONS]
    assert [info.name for info in infos if info.usable] == ["close"]
    assert infos[3].dtype == "boolean"


def test_thresholds_are_settings():
    rules = CatalogRules(min_coverage=0.9, min_distinct=5)
    reasons = [info.reason for info in catalog(panel(close=PRICE), rules)]
    assert reasons == ["only 80.0% of its cells are present; 90.0% needed"]


def test_statistics_see_only_the_dates_of_the_panel():
    assert catalog(panel(close=PRICE).head(2))[0].max == 4.0
    assert catalog(panel(close=PRICE).head(1))[0].max == 1.0
    assert catalog(panel(close=PRICE).with_lags({"price": 1}))[0].last_date == dt.date(2020, 1, 3)


def test_statistics_that_do_not_exist_are_none_and_never_infinite():
    huge = [[1e308, NAN], [-1e308, NAN], [1e308, NAN], [NAN, NAN]]
    single = [[5.0, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN]]
    infos = catalog(panel(close=huge, single=single))
    assert (infos[0].variance, infos[0].sd, infos[0].max) == (None, None, 1e308)
    assert (infos[1].mean, infos[1].sd) == (5.0, None)
    assert b"Infinity" not in msgspec.json.encode(infos)


def test_a_brief_catalog_judges_like_the_whole_one():
    rng = np.random.default_rng(2)
    two, three = rng.integers(0, 2, (4, 2)) * 0.5, np.array([[1, 2], [3, NAN], [1, 1], [2, NAN]])
    some = panel(close=PRICE, two=two, three=three, none=[[NAN, NAN]] * 4, one=[[7.0, 7.0]] * 4)
    whole, brief = catalog(some), catalog(some, brief=True)
    assert [info.reason for info in brief] == [info.reason for info in whole]
    assert [info.distinct for info in brief] == [min(info.distinct, 3) for info in whole]
    names = ("name", "coverage", "first_date", "last_date", "mean", "variance", "dtype", "usable")
    assert [tuple(getattr(info, name) for name in names) for info in brief] == [
        tuple(getattr(info, name) for name in names) for info in whole
    ]


@given(
    st.lists(
        st.lists(st.sampled_from([NAN, 0.0, 1.0, 2.0, 3.0]), min_size=2, max_size=2),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]),
)
def test_a_brief_catalog_finds_the_same_reasons(rows, max_stale):
    rules = CatalogRules(max_stale=max_stale, min_distinct=2)
    days = np.datetime64("2020-01-01") + np.arange(len(rows))
    given_panel = Panel.from_arrays("p", days, ["A", "B"], {"close": rows})
    whole, brief = catalog(given_panel, rules), catalog(given_panel, rules, brief=True)
    assert brief[0].reason == whole[0].reason


def test_a_value_that_begins_is_no_change():
    still = np.vstack([np.full((1, 8), NAN), np.tile(np.arange(8.0), (2, 1))])
    days, symbols = np.datetime64("2020-01-01") + np.arange(3), list("ABCDEFGH")
    given_panel = Panel.from_arrays("p", days, symbols, {"close": still})
    for brief in (False, True):
        (info,) = catalog(given_panel, brief=brief)
        assert info.reason == "100.00% of its cells equal the one before; at most 99.90% may"


def test_a_column_that_hardly_ever_changes_says_so():
    days = np.datetime64("2020-01-01") + np.arange(300)
    slow = np.repeat([[1.0], [2.0], [3.0]], [100, 150, 50], axis=0)
    given_panel = Panel.from_arrays(
        "p", days, ["A"], {"close": np.arange(300.0)[:, None], "slow": slow}
    )
    infos = catalog(given_panel, CatalogRules(max_stale=0.99))
    assert [info.reason for info in infos] == [
        None, "99.33% of its cells equal the one before; at most 99.00% may",
    ]  # fmt: skip
    assert (infos[1].stale_share, infos[1].days_since_change) == (297 / 299, 49)
    assert catalog(given_panel)[1].usable


def test_a_computed_column_says_how():
    made = msgspec.structs.replace(panel(close=PRICE, vwap=PRICE), derived={"vwap": "how"})
    assert [info.derived for info in catalog(made)] == [None, "how"]
    assert [info.derived for info in catalog(made, brief=True)] == [None, "how"]
