from __future__ import annotations

import pytest

from engine.errors import DataError
from engine.panel import choose_price, choose_universe, domain_of


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("fundamentals_eps", "fundamentals"),
        ("c_sek", "price"),
        ("close", "price"),
        ("_x", "price"),
        ("fx_usd_sek", "fx"),
    ],
)
def test_the_domain_is_the_prefix_longer_than_one_letter(name, domain):
    assert domain_of(name) == domain


@pytest.mark.parametrize(
    ("features", "wanted", "price"),
    [
        (("adj_close", "c_sek", "close"), None, "c_sek"),
        (("adj_close", "close"), None, "close"),
        (("adj_close", "c_usd"), None, "adj_close"),
        (("c_gbx", "c_usd", "x"), None, "c_gbx"),
        (("c_sek", "x"), "x", "x"),
    ],
)
def test_the_price_is_the_wanted_or_the_usual_column(features, wanted, price):
    assert choose_price(features, wanted) == price


@pytest.mark.parametrize(
    ("features", "wanted", "message"),
    [
        (
            ("x", "y"),
            None,
            (
                "No column looks like a price (c_sek, close, adj_close or c_...); say which one"
                " earns returns with --price, one of x, y."
            ),
        ),
        (
            ("x",),
            "close",
            "There is no numeric column 'close' to use as the price; choose one of x.",
        ),
        ((), None, "There is no numeric column that could be the price."),
    ],
)
def test_a_price_that_cannot_be_found_is_refused(features, wanted, message):
    with pytest.raises(DataError) as caught:
        choose_price(features, wanted)
    assert caught.value.message == message


def test_an_unknown_universe_column_is_refused():
    with pytest.raises(DataError) as caught:
        choose_universe(("close",), "index")
    assert caught.value.message == (
        "There is no boolean or 0/1 column 'index' to use as the universe; choose one of close."
    )
