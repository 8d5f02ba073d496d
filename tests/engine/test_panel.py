from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.errors import DataError, ParamError
from engine.panel import Panel, simple_returns

NAN = np.nan


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


def panel(features, categories=None, **options):
    shape = np.shape(next(iter(features.values())))
    symbols = [f"S{index}" for index in range(shape[1])]
    return Panel.from_arrays("p", days(shape[0]), symbols, features, categories, **options)


def column(*values):
    return np.array(values, dtype=float)[:, None]


values = st.one_of(
    st.just(NAN), st.sampled_from([0.0, -1.0, 1.0]), st.floats(0.5, 2.0, allow_nan=False)
)
matrices = arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=values)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((10, 11, 12.1), (0, 0.1, 0.1)),
        ((10, NAN, 12), (0, NAN, 0.2)),
        ((NAN, NAN, 5, 6), (NAN, NAN, 0, 0.2)),
        ((10, 0, 12), (0, NAN, 0.2)),
        ((10, -37.6, 12), (0, NAN, 0.2)),
        ((5,), (0,)),
        ((5e-324, 1e308), (0, NAN)),
    ],
)
def test_a_return_is_the_price_over_the_last_known_price(prices, expected):
    np.testing.assert_allclose(simple_returns(column(*prices)), column(*expected), rtol=1e-12)


def slow_returns(prices):
    result = np.full(prices.shape, NAN)
    for symbol in range(prices.shape[1]):
        last = None
        for day in range(prices.shape[0]):
            price = prices[day, symbol]
            if price > 0:
                result[day, symbol] = 0.0 if last is None else price / last - 1.0
                last = price
    return result


@given(matrices)
def test_returns_equal_the_plain_loop(prices):
    np.testing.assert_array_equal(simple_returns(prices), slow_returns(prices))


@given(matrices, st.data())
def test_cutting_off_later_dates_changes_nothing_before_them(matrix, data):
    codes = np.where(np.isnan(matrix), -1, 0)
    whole = panel(
        {"c_sek": matrix, "fundamentals_eps": matrix * 2, "member": matrix, "impact_bps": matrix},
        {"fundamentals_sector": (codes, ["tech"])},
    ).with_lags({"fundamentals": data.draw(st.integers(0, 4))})
    rows = data.draw(st.integers(1, len(matrix)))
    reads = (
        lambda p: p.feature("c_sek"),
        lambda p: p.feature("fundamentals_eps"),
        lambda p: p.codes("fundamentals_sector"),
        lambda p: p.prices(),
        lambda p: p.returns(),
        lambda p: p.costs(),
        lambda p: p.universe(),
        lambda p: p.dates,
    )
    expected = [read(whole)[:rows] for read in reads]  # and so cached before the cut
    cut = whole.head(rows)
    for read, values in zip(reads, expected, strict=True):
        np.testing.assert_array_equal(read(cut), values)


def test_a_lagged_column_is_known_that_many_dates_later():
    whole = panel(
        {"close": column(1, 2, 3, 4), "fundamentals_eps": column(5, 6, 7, 8)},
        {"fundamentals_rating": (np.array([[0], [1], [0], [1]]), ["buy", "sell"])},
    )
    lagged = whole.with_lags({"fundamentals": 2, "price": 1})
    np.testing.assert_array_equal(lagged.feature("fundamentals_eps"), column(NAN, NAN, 5, 6))
    np.testing.assert_array_equal(lagged.codes("fundamentals_rating"), [[-1], [-1], [0], [1]])
    np.testing.assert_array_equal(lagged.feature("close"), column(NAN, 1, 2, 3))
    assert lagged.lags == {"close": 1, "fundamentals_eps": 2, "fundamentals_rating": 2}


def test_the_price_that_earns_returns_is_never_lagged():
    whole = panel({"close": column(1, 2, 4)})
    lagged = whole.with_lags({"price": 1})
    np.testing.assert_array_equal(lagged.prices(), column(1, 2, 4))
    np.testing.assert_array_equal(lagged.returns(), column(0, 1, 1))


def test_new_lags_replace_the_earlier_ones():
    whole = panel({"close": column(1, 2), "macro_cpi": column(3, 4)})
    again = whole.with_lags({"macro": 1}).with_lags({"price": 1})
    np.testing.assert_array_equal(again.feature("macro_cpi"), column(3, 4))
    assert again.lags == {"close": 1}


def test_a_lag_longer_than_the_panel_leaves_nothing():
    lagged = panel({"close": column(1, 2)}).with_lags({"price": 9})
    np.testing.assert_array_equal(lagged.feature("close"), column(NAN, NAN))


@pytest.mark.parametrize(
    ("lags", "message"),
    [
        (
            {"macros": 5},
            (
                "A lag is set for the domain 'macros', and no column belongs to it; the domains are"
                " macro, price."
            ),
        ),
        ({"macro": -1}, "The lag of the domain 'macro' is -1; choose 0 to 2520 dates."),
    ],
)
def test_lags_that_make_no_sense_are_refused(lags, message):
    with pytest.raises(ParamError) as caught:
        panel({"close": column(1), "macro_cpi": column(1)}).with_lags(lags)
    assert caught.value.message == message


@pytest.mark.parametrize("rows", [0, 3])
def test_a_head_outside_the_panel_is_refused(rows):
    with pytest.raises(ParamError) as caught:
        panel({"close": column(1, 2)}).head(rows)
    assert caught.value.message == (
        f"A panel of 2 dates cannot be cut to its first {rows}; choose 1 to 2."
    )


def test_missing_membership_is_no_membership():
    members = panel({"close": column(1, 1, 1), "member": column(1, 0, NAN)})
    assert members.universe_column == "member"
    np.testing.assert_array_equal(members.universe(), [[True], [False], [False]])
    assert panel({"close": column(1)}).universe() is None


def test_costs_are_the_sum_of_the_known_cost_columns():
    priced = panel(
        {
            "close": column(1, 1, 1),
            "commission_bps": column(1, 2, NAN),
            "half_spread_bps": column(3, NAN, NAN),
        }
    )
    np.testing.assert_array_equal(priced.costs(), column(4, 2, NAN))
    assert panel({"close": column(1)}).costs() is None


def test_matrices_are_read_only_contiguous_copies_without_infinities():
    given_values = np.asfortranarray([[1.0, np.inf], [-0.0, -np.inf]])
    feature = panel({"close": given_values}).feature("close")
    given_values[0, 0] = 7
    np.testing.assert_array_equal(feature, [[1, NAN], [0, NAN]])
    assert not np.signbit(feature[1, 0])
    assert feature.flags.c_contiguous
    assert not feature.flags.writeable


def test_derived_matrices_are_computed_once_and_cannot_be_written():
    priced = panel({"close": column(1, 2), "member": column(1, 1)}).with_lags({"price": 1})
    for read in (priced.returns, priced.universe, lambda: priced.feature("close")):
        assert read() is read()
        assert not read().flags.writeable


@pytest.mark.parametrize(
    ("dates", "symbols", "features", "categories", "message"),
    [
        (days(0), ["A"], {"close": np.ones((0, 1))}, {},
         "A panel needs at least one date and one symbol."),
        (days(2)[::-1], ["A"], {"close": column(1, 2)}, {},
         "The dates of a panel must be known and rise, each occurring once."),
        (days(1), ["B", "A"], {"close": np.ones((1, 2))}, {},
         "The symbols of a panel must be in code point order, each occurring once."),
        (days(2), ["A"], {"close": np.ones((1, 2))}, {},
         "The column 'close' has shape (1, 2); the panel has (2, 1)."),
        (days(1), ["A"], {"close": column(1)}, {"sector": ([[1]], ["tech"])},
         "The category 'sector' has codes outside -1..0."),
        (days(1), ["A"], {"close": column(1)}, {"close": ([[0]], ["tech"])},
         "The name 'close' is both a feature and a category; rename one."),
    ],
)  # fmt: skip
def test_matrices_that_do_not_fit_are_refused(dates, symbols, features, categories, message):
    with pytest.raises(DataError) as caught:
        Panel.from_arrays("p", dates, symbols, features, categories)
    assert caught.value.message == message


def test_an_unknown_column_is_refused():
    with pytest.raises(DataError) as caught:
        panel({"close": column(1)}).feature("open")
    assert caught.value.message == "The data set 'p' has no column 'open'; it has close."


def test_the_order_of_columns_does_not_change_a_panel():
    first, second = column(1, 2), column(3, 4)
    one = panel({"close": first, "a": second})
    two = panel({"a": second, "close": first})
    assert (one.features, one.fingerprint) == (two.features, two.fingerprint)


@pytest.mark.parametrize(
    "other",
    [
        panel({"close": column(1, 3), "x": column(3, 4)}),
        panel({"close": column(1, 2), "y": column(3, 4)}),
        panel({"close": column(1, 2), "x": column(3, 4)}, price="x"),
        panel({"close": column(1, 2), "x": column(3, 4)}, universe="x"),
        panel({"close": column(1, 2), "x": column(3, 4)}, periods_per_year=365),
        panel({"close": column(1, 2), "x": column(3, 4)}, {"s": ([[0], [0]], ["a"])}),
        Panel.from_arrays("p", days(2) + 1, ["S0"], {"close": column(1, 2), "x": column(3, 4)}),
        Panel.from_arrays("p", days(2), ["S1"], {"close": column(1, 2), "x": column(3, 4)}),
    ],
)
def test_the_fingerprint_tells_any_content_apart(other):
    one = panel({"close": column(1, 2), "x": column(3, 4)})
    assert one.fingerprint != other.fingerprint


def test_a_view_keeps_the_fingerprint_and_has_its_own_identity():
    whole = panel({"close": column(1, 2, 3)})
    views = [
        whole,
        whole.head(2),
        whole.with_lags({"price": 1}),
        whole.head(2).with_lags({"price": 1}),
    ]
    assert {view.fingerprint for view in views} == {whole.fingerprint}
    assert len({view.identity for view in views}) == len(views)
    assert whole.identity == whole.with_lags({"price": 0}).identity == whole.fingerprint


def test_a_narrower_universe_is_another_panel_whatever_is_cut_off_it():
    whole = panel({"close": [[1.0, 2, 3]] * 3, "member": [[1.0, 1, 0], [1, 0, 1], [1, 1, 1]]})
    few = whole.among(np.array([True, True, False]))
    expected = [[True, True, False], [True, False, False], [True, True, False]]
    np.testing.assert_array_equal(few.universe(), expected)
    np.testing.assert_array_equal(few.head(2).universe(), expected[:2])
    np.testing.assert_array_equal(whole.head(2).among(np.eye(3, dtype=bool)[:2]).universe(), [
        [True, False, False], [False, False, False],
    ])  # fmt: skip
    fewer = few.among(np.array([False, True, True]))
    np.testing.assert_array_equal(fewer.universe()[:, 1], [True, False, True])
    assert len({each.fingerprint for each in (whole, few, fewer)}) == 3
    assert few.fingerprint == whole.among(np.array([True, True, False])).fingerprint
    assert (few.features, few.shape) == (whole.features, whole.shape)
    assert whole.universe_column == "member"


def test_members_of_another_shape_are_refused():
    with pytest.raises(DataError) as refusal:
        panel({"close": column(1, 2)}).among(np.ones(3, dtype=bool))
    assert refusal.value.message == (
        "The members have shape (3,); the panel has 2 dates and 1 symbols."
    )
