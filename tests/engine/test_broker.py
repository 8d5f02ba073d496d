"""The account on paper, against a ledger that is read from its beginning."""

from __future__ import annotations

import datetime as dt
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.broker import Account, Order, OrderRequest, PaperBroker, Position, utc_now
from engine.errors import DataError, NotFoundError, ParamError

PRICES = {"AAA": 10.0, "BBB": 50.0, "CCC": None, "DDD": math.nan}
NOON = "2024-05-01T12:00:00.000Z"

ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["AAA", "BBB"]),
        st.sampled_from(["buy", "sell"]),
        st.integers(1, 40).map(lambda k: k / 4),
        st.integers(1, 30).map(lambda k: k / 2),
    ),
    max_size=25,
)


def broker(cash=1000.0):
    return PaperBroker(cash, clock=lambda: NOON)


def ask(symbol="AAA", side="buy", quantity=5.0, **rest):
    return OrderRequest(symbol=symbol, side=side, quantity=quantity, **rest)


def limit(price, **rest):
    return ask(order_type="limit", limit_price=price, **rest)


def test_a_market_order_by_hand():
    paper = broker()
    order = paper.place(ask(quantity=20.0), PRICES, 10.0)
    assert order == Order(
        order_id="order-000001",
        symbol="AAA",
        side="buy",
        quantity=20.0,
        order_type="market",
        limit_price=None,
        status="filled",
        price=10.0,
        fee=0.2,
        created_at=NOON,
    )
    assert paper.orders() == (order,)
    now = {**PRICES, "AAA": 12.0}
    held = Position(
        symbol="AAA", quantity=20.0, average_price=10.0, price=12.0, value=240.0, profit=40.0
    )
    assert paper.positions(now) == (held,)
    day = dt.date(2024, 4, 30)
    assert paper.account(now, currency="SEK", dataset="fx", as_of=day) == Account(
        items=[held], cash=799.8, equity=1039.8, currency="SEK", dataset="fx", as_of=day
    )


def test_a_short_position_gains_when_the_price_falls():
    paper = broker()
    paper.place(ask(side="sell", quantity=4.0), PRICES)
    (held,) = paper.positions({"AAA": 7.0})
    assert (held.quantity, held.value, held.profit) == (-4.0, -28.0, 12.0)
    assert paper.account({"AAA": 7.0}).equity == 1012.0


def test_the_average_price_through_zero_and_back():
    paper, seen = broker(), []
    for side, quantity, price in [
        ("buy", 10, 10.0),
        ("buy", 10, 20.0),  # 15 on average
        ("sell", 5, 30.0),  # selling does not change what was paid
        ("sell", 25, 8.0),  # short 10 from 8
        ("buy", 10, 9.0),  # closed
    ]:
        paper.place(ask(side=side, quantity=quantity), {"AAA": price})
        seen += [(p.quantity, p.average_price) for p in paper.positions({})] or [None]
    assert seen == [(10, 10.0), (20, 15.0), (15, 15.0), (-10, 8.0), None]


@pytest.mark.parametrize(
    ("side", "price", "status"),
    [
        ("buy", 9.99, "open"),
        ("buy", 10.0, "filled"),
        ("buy", 11.0, "filled"),
        ("sell", 10.01, "open"),
        ("sell", 10.0, "filled"),
        ("sell", 9.0, "filled"),
    ],
)
def test_a_limit_order_rests_unless_the_last_price_is_as_good(side, price, status):
    paper = broker()
    order = paper.place(limit(price, side=side), PRICES, 10.0)
    assert order.status == status
    filled = status == "filled"
    assert (order.price, order.fee) == ((10.0, 0.05) if filled else (None, 0.0))
    assert len(paper.positions(PRICES)) == filled
    assert paper.account(PRICES).equity == pytest.approx(1000.0 - order.fee)


def test_an_open_order_can_be_cancelled_and_a_filled_one_cannot():
    paper = broker()
    resting, filled = paper.place(limit(1.0), PRICES), paper.place(ask(), PRICES)
    gone = paper.cancel(resting.order_id)
    assert (gone.status, gone.order_id) == ("cancelled", resting.order_id)
    assert paper.cancel(resting.order_id) == gone
    assert paper.orders() == (filled, gone)
    with pytest.raises(ParamError, match="is filled and cannot be cancelled"):
        paper.cancel(filled.order_id)
    with pytest.raises(NotFoundError, match="There is no order 'order-9'"):
        paper.cancel("order-9")


@pytest.mark.parametrize(
    ("request_", "cost", "error", "message"),
    [
        (ask("AAB"), 0.0, ParamError, "There is no symbol 'AAB'. Did you mean AAA?"),
        (ask("zzzzzz"), 0.0, ParamError, "There is no symbol 'zzzzzz'. Choose one of the data"),
        (ask("CCC"), 0.0, DataError, "The symbol 'CCC' has no price on the last date"),
        (ask("DDD"), 0.0, DataError, "The symbol 'DDD' has no price on the last date"),
        (ask(quantity=0.0), 0.0, ParamError, "The quantity of the order is 0.0; it must be"),
        (ask(quantity=-1.0), 0.0, ParamError, "The quantity of the order is -1.0; it must be"),
        (ask(quantity=math.nan), 0.0, ParamError, "The quantity of the order is nan"),
        (ask(quantity=math.inf), 0.0, ParamError, "The quantity of the order is inf"),
        (ask(limit_price=5.0), 0.0, ParamError, "A market order has no limit price"),
        (ask(order_type="limit"), 0.0, ParamError, "The limit price of a limit order is None"),
        (limit(0.0), 0.0, ParamError, "The limit price of a limit order is 0.0; it must be"),
        (limit(math.nan), 0.0, ParamError, "The limit price of a limit order is nan"),
        (ask(), -1.0, ParamError, "The cost is -1.0 basis points; it must be 0 or more"),
    ],
)
def test_what_cannot_be_placed_changes_nothing(request_, cost, error, message):
    paper = broker()
    with pytest.raises(error, match=message):
        paper.place(request_, PRICES, cost)
    assert (paper.orders(), paper.positions(PRICES)) == ((), ())


def test_a_position_without_a_price_counts_at_what_was_paid():
    paper = broker()
    paper.place(ask(quantity=3.0), PRICES)
    assert paper.positions({"AAA": math.nan}) == (
        Position(
            symbol="AAA", quantity=3.0, average_price=10.0, price=None, value=30.0, profit=None
        ),
    )
    assert paper.account({}).equity == 1000.0


@given(ORDERS, st.integers(0, 4).map(lambda k: 5.0 * k))
def test_the_account_is_the_sum_of_its_fills(orders, cost):
    paper, cash, held = broker(), 1000.0, {}
    for symbol, side, quantity, price in orders:
        order = paper.place(ask(symbol, side, quantity), {symbol: price}, cost)
        signed = quantity if side == "buy" else -quantity
        held.setdefault(symbol, []).append((signed, price))
        cash -= signed * price + order.fee
        assert order.fee == pytest.approx(quantity * price * cost / 10_000)
    now = {"AAA": 11.0, "BBB": 3.0}
    account = paper.account(now)
    totals = {symbol: sum(q for q, _ in fills) for symbol, fills in sorted(held.items())}
    assert {p.symbol: p.quantity for p in account.items} == {s: q for s, q in totals.items() if q}
    assert account.cash == pytest.approx(cash)
    assert account.equity == pytest.approx(cash + sum(now[s] * q for s, q in totals.items()))
    for position in account.items:
        assert position.average_price == pytest.approx(average(held[position.symbol]))


def average(fills):
    """Mean price of the open part: fills of the other side take from it, whatever they cost."""
    quantity = paid = 0.0
    for signed, price in fills:
        if quantity * signed < 0:
            taken = min(abs(signed), abs(quantity))
            paid *= 1 - taken / abs(quantity)
            quantity += math.copysign(taken, signed)
            signed -= math.copysign(taken, signed)  # noqa: PLW2901
        quantity += signed
        paid += signed * price
    return paid / quantity


def test_orders_of_many_threads_all_count():
    paper = PaperBroker()
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: paper.place(ask(quantity=1.0), PRICES, 1.0), range(400)))
    assert len({order.order_id for order in done}) == len(paper.orders()) == 400
    account = paper.account(PRICES)
    assert account.items[0].quantity == 400.0
    assert account.equity == pytest.approx(1_000_000.0 - 400 * 0.001)


def test_times_are_utc():
    stamp = dt.datetime.fromisoformat(utc_now())
    assert abs(dt.datetime.now(dt.UTC) - stamp) < dt.timedelta(minutes=1)
