"""Rows and single columns of a panel as somebody looks at them, and the settings of a catalog."""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import (
    CatalogRules,
    DatasetSettings,
    SampleRow,
    Series,
    check_rules,
    check_settings,
    sample_rows,
    series,
)
from engine.errors import NotFoundError, ParamError
from engine.panel import Panel

NAN = np.nan
DAYS = [dt.date(2020, 1, day) for day in (1, 2, 3, 6)]
CLOSE = [[1.0, NAN], [NAN, 4.0], [NAN, NAN], [3.0, NAN]]
EPS = [[NAN, NAN], [5.0, NAN], [NAN, NAN], [NAN, NAN]]
SECTOR = ([[0, -1], [-1, -1], [-1, 1], [-1, -1]], ["bank", "tech"])
PANEL = Panel.from_arrays(
    "p", DAYS, ["A", "B"], {"close": CLOSE, "fundamentals_eps": EPS}, {"sector": SECTOR}
)
ROWS = [
    (1, "A", (1.0, None, "bank")),
    (2, "A", (None, 5.0, None)),
    (6, "A", (3.0, None, None)),
    (2, "B", (4.0, None, None)),
    (3, "B", (None, None, "tech")),
]
COLUMNS = ("close", "fundamentals_eps", "sector")


def rows(sample):
    return [(item.date.day, item.symbol, item.values) for item in sample.items]


def test_a_sample_has_the_rows_with_a_value_by_symbol_and_date():
    sample = sample_rows(PANEL)
    assert (sample.columns, sample.total, sample.next) == (COLUMNS, 5, None)
    assert rows(sample) == ROWS
    assert sample.items[0] == SampleRow(date=DAYS[0], symbol="A", values=(1.0, None, "bank"))


def test_a_sample_can_be_narrowed():
    assert rows(sample_rows(PANEL, symbols=("B",))) == ROWS[3:]
    between = sample_rows(PANEL, start=DAYS[1], end=dt.date(2020, 1, 4))
    assert rows(between) == [ROWS[1], *ROWS[3:]]
    assert rows(sample_rows(PANEL, start=dt.date(2020, 1, 4))) == [ROWS[2]]
    assert sample_rows(PANEL, start=DAYS[3], end=DAYS[0]).total == 0
    chosen = sample_rows(PANEL, columns=("sector", "close"), symbols=("A",), limit=1)
    assert (chosen.columns, rows(chosen)) == (("sector", "close"), [(1, "A", ("bank", 1.0))])


def test_a_sample_is_turned_page_by_page():
    first = sample_rows(PANEL, limit=2)
    second = sample_rows(PANEL, offset=first.next, limit=2)
    third = sample_rows(PANEL, offset=second.next, limit=2)
    assert (first.next, second.next, third.next) == (2, 4, None)
    assert rows(first) + rows(second) + rows(third) == ROWS
    assert sample_rows(PANEL, offset=9).next is None


def test_a_sample_is_raw_and_a_series_as_it_was_known():
    later = PANEL.with_lags({"fundamentals": 2})
    assert rows(sample_rows(later)) == ROWS
    assert series(later, "fundamentals_eps", "A").values == (None, None, None, 5.0)


def test_a_sample_ends_where_the_panel_does():
    assert rows(sample_rows(PANEL.head(2))) == [ROWS[0], ROWS[1], ROWS[3]]


@given(
    st.lists(st.lists(st.sampled_from([NAN, 1.0, 2.0]), min_size=3, max_size=3), min_size=1),
    st.integers(0, 30),
    st.integers(1, 30),
    st.sets(st.sampled_from(["A", "B", "C"])),
)
def test_a_page_is_a_slice_of_all_rows(cells, offset, limit, symbols):
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=day) for day in range(len(cells))]
    panel = Panel.from_arrays("p", days, ["A", "B", "C"], {"close": cells})
    plain = [
        (days[row], symbol, (cells[row][place],))
        for place, symbol in enumerate("ABC")
        for row in range(len(cells))
        if (not symbols or symbol in symbols) and not math.isnan(cells[row][place])
    ]
    sample = sample_rows(panel, symbols=tuple(symbols), offset=offset, limit=limit)
    found = [(item.date, item.symbol, item.values) for item in sample.items]
    assert (found, sample.total) == (plain[offset : offset + limit], len(plain))


def test_a_series_has_a_value_for_each_date():
    assert series(PANEL, "close", "A") == Series(
        column="close", symbol="A", dates=tuple(DAYS), values=(1.0, None, None, 3.0)
    )
    assert series(PANEL, "sector", "B").values == (None, None, "tech", None)
    assert b"NaN" not in msgspec.json.encode(series(PANEL, "close", "B"))


UNKNOWN = [
    ("clsoe", "A", "The data set 'p' has no column 'clsoe'. Did you mean close?"),
    ("close", "a", "The data set 'p' has no symbol 'a'. Did you mean A?"),
    ("volume", "A", "The data set 'p' has no column 'volume'."),
    ("close", "\ud800", "The data set 'p' has no symbol '\\\\ud800'."),
]


@pytest.mark.parametrize(("column", "symbol", "message"), UNKNOWN)
def test_unknown_names_are_refused_with_the_nearest_known_ones(column, symbol, message):
    with pytest.raises(NotFoundError) as caught:
        series(PANEL, column, symbol)
    assert caught.value.message == message
    with pytest.raises(NotFoundError) as caught:
        sample_rows(PANEL, columns=(column,), symbols=(symbol,))
    assert caught.value.message == message


@pytest.mark.parametrize(("offset", "limit"), [(-1, 1), (0, 0), (0, 10_001)])
def test_a_page_outside_the_bounds_is_refused(offset, limit):
    with pytest.raises(ParamError) as caught:
        sample_rows(PANEL, offset=offset, limit=limit)
    assert caught.value.message == (
        f"Rows from {offset} on, {limit} of them, cannot be shown; choose an offset of 0 or more"
        " and 1 to 10,000 rows."
    )


def test_settings_that_fit_the_data_are_accepted():
    rules = CatalogRules(min_coverage=0, max_stale=1, likeness=1, ignore=("macro_*",))
    given_settings = DatasetSettings(rules=rules, domain_lags={"fundamentals": 2520, "price": 0})
    assert check_settings(given_settings, PANEL) is given_settings


LAGS = [
    ({"macro": 1}, ("A lag is set for the domain 'macro', and no column belongs to it; the domains"
                   " are fundamentals, price.")),
    ({"price": -1}, "The lag of the domain 'price' is -1; choose 0 to 2520 dates."),
    ({"price": 2521}, "The lag of the domain 'price' is 2521; choose 0 to 2520 dates."),
]  # fmt: skip


@pytest.mark.parametrize(("lags", "message"), LAGS)
def test_lags_that_cannot_be_are_refused(lags, message):
    with pytest.raises(ParamError) as caught:
        check_settings(DatasetSettings(domain_lags=lags), PANEL)
    assert caught.value.message == message


RULES = [
    ({"min_coverage": -0.1}, "min_coverage is -0.1; choose a share from 0 to 1."),
    ({"max_stale": 1.5}, "max_stale is 1.5; choose a share from 0 to 1."),
    ({"likeness": NAN}, "likeness is nan; choose a share from 0 to 1."),
    ({"min_distinct": -1}, "min_distinct is -1; choose a whole number from 0 to 1,000,000."),
    ({"min_levels": 10**7}, "min_levels is 10000000; choose a whole number from 0 to 1,000,000."),
    ({"ignore": ("",)}, "ignore has the entry ''; give names or patterns of 1 to 200 characters."),
    (
        {"ignore": ("x",) * 1001},
        (
            "ignore has 1,001 entries; at most 1,000 are possible. A pattern such as macro_* stands"
            " for many columns."
        ),
    ),
]


@pytest.mark.parametrize(("changes", "message"), RULES)
def test_rules_that_cannot_be_are_refused(changes, message):
    rules = CatalogRules(**changes)
    for check in (
        lambda: check_rules(rules),
        lambda: check_settings(DatasetSettings(rules=rules), PANEL),
    ):
        with pytest.raises(ParamError) as caught:
            check()
        assert caught.value.message == message
