"""An account on paper, kept in memory: what orders at the last price of a data set come to.

A fill moves quantity x price between cash and position and pays quantity x price x cost / 1e4 from
the cash. Positions may be short and cash may be negative: there are no margin rules and no
interest. A limit order that cannot be filled at the last price rests until it is cancelled, because
a data set has no next price to fill it at.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.errors import DataError, NotFoundError, ParamError, nearest

CASH = 1_000_000.0
_DUST = 1e-12
"""Of a closed position, the share that rounding leaves."""

Prices = Mapping[str, float | None]
"""Last price by symbol; None or NaN where there is none."""


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to trade; limit_price belongs to a limit order and to no other."""

    symbol: str
    side: Literal["buy", "sell"]
    quantity: Annotated[float, Meta(le=1e12)]
    order_type: Literal["market", "limit"] = "market"
    limit_price: Annotated[float, Meta(le=1e12)] | None = None
    dataset: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order and what became of it. price: of the fill. fee: paid for it, 0 until then."""

    order_id: str
    symbol: str
    side: Literal["buy", "sell"]
    quantity: float
    order_type: Literal["market", "limit"]
    limit_price: float | None
    status: Literal["filled", "open", "cancelled"]
    price: float | None
    fee: float
    created_at: str


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Shares held, negative when short.

    average_price: mean price paid for what is held, fees apart. price: the last one, None when it
    is not known; value is then quantity x average_price and profit None. profit: quantity x (price
    - average_price), not yet realised.
    """

    symbol: str
    quantity: float
    average_price: float
    price: float | None
    value: float
    profit: float | None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """All positions by symbol, the cash, and equity = cash + value of the positions.

    currency: of prices and cash, None when it is not known. as_of: the date of the prices.
    """

    items: list[Position]
    cash: float
    equity: float
    currency: str | None = None
    dataset: str | None = None
    as_of: dt.date | None = None


class _Holding(msgspec.Struct, frozen=True):
    quantity: float
    average_price: float


def utc_now() -> str:
    """The current time, ISO-8601 in UTC to the millisecond."""
    moment = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


class PaperBroker:
    """Orders and positions of one account; safe to use from several threads."""

    def __init__(self, cash: float = CASH, clock: Callable[[], str] = utc_now) -> None:
        self._cash = cash
        self._clock = clock
        self._orders: dict[str, Order] = {}
        self._held: dict[str, _Holding] = {}
        self._lock = Lock()

    def orders(self) -> tuple[Order, ...]:
        """Every order, the newest first."""
        with self._lock:
            return tuple(reversed(self._orders.values()))

    def positions(self, prices: Prices) -> tuple[Position, ...]:
        """What is held, in order of the symbols, at the given last prices."""
        with self._lock:
            held = sorted(self._held.items())
        return tuple(_valued(symbol, holding, prices) for symbol, holding in held)

    def account(
        self,
        prices: Prices,
        *,
        currency: str | None = None,
        dataset: str | None = None,
        as_of: dt.date | None = None,
    ) -> Account:
        """Positions, cash and equity at the given last prices, all of one moment."""
        with self._lock:
            cash, held = self._cash, sorted(self._held.items())
        items = [_valued(symbol, holding, prices) for symbol, holding in held]
        return Account(
            items=items,
            cash=cash,
            equity=cash + math.fsum(item.value for item in items),
            currency=currency,
            dataset=dataset,
            as_of=as_of,
        )

    def place(self, request: OrderRequest, prices: Prices, cost_bps: float = 0.0) -> Order:
        """Fill the order at the last price of its symbol, or let a limit order rest.

        A limit order is filled, at the last price, when that is no worse than its limit.
        cost_bps: basis points of the value traded. ParamError for an unknown symbol, a quantity,
        limit or cost out of range; DataError for a symbol without a last price.
        """
        _check(request, prices, cost_bps)
        price = _last_price(request, prices)
        fills = request.limit_price is None or (
            price <= request.limit_price if request.side == "buy" else price >= request.limit_price
        )
        signed = request.quantity if request.side == "buy" else -request.quantity
        fee = request.quantity * price * cost_bps / 1e4 if fills else 0.0
        with self._lock:
            order = Order(
                order_id=f"order-{len(self._orders) + 1:06d}",
                symbol=request.symbol,
                side=request.side,
                quantity=request.quantity,
                order_type=request.order_type,
                limit_price=request.limit_price,
                status="filled" if fills else "open",
                price=price if fills else None,
                fee=fee,
                created_at=self._clock(),
            )
            self._orders[order.order_id] = order
            if fills:
                self._cash -= signed * price + fee
                self._hold(request.symbol, signed, price)
        return order

    def cancel(self, order_id: str) -> Order:
        """The order, no longer open. NotFoundError without such an order, ParamError when filled.

        An order that is cancelled already stays so.
        """
        with self._lock:
            order = self._orders.get(order_id)
            if order is None:
                raise NotFoundError(f"There is no order {order_id!r}; it may be of an earlier run.")
            if order.status == "filled":
                raise ParamError(
                    f"The order {order_id!r} is filled and cannot be cancelled;"
                    " place the opposite order instead."
                )
            self._orders[order_id] = msgspec.structs.replace(order, status="cancelled")
            return self._orders[order_id]

    def _hold(self, symbol: str, signed: float, price: float) -> None:
        """Change the position by a signed quantity bought or sold at `price`."""
        held = self._held.get(symbol, _Holding(0.0, price))
        quantity = held.quantity + signed
        if abs(quantity) <= _DUST * max(abs(held.quantity), abs(signed)):
            self._held.pop(symbol, None)
            return
        average = held.average_price
        if held.quantity * signed >= 0:  # more of the same side
            average = (held.quantity * average + signed * price) / quantity
        elif held.quantity * quantity < 0:  # through zero to the other side
            average = price
        self._held[symbol] = _Holding(quantity, average)


def _valued(symbol: str, holding: _Holding, prices: Prices) -> Position:
    price = prices.get(symbol)
    known = price if price is not None and math.isfinite(price) else None
    paid = holding.quantity * holding.average_price
    value = paid if known is None else holding.quantity * known
    return Position(
        symbol=symbol,
        quantity=holding.quantity,
        average_price=holding.average_price,
        price=known,
        value=value,
        profit=None if known is None else value - paid,
    )


def _check(request: OrderRequest, prices: Prices, cost_bps: float) -> None:
    if request.symbol not in prices:
        near = nearest(request.symbol, prices)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Choose one of the data set."
        raise ParamError(f"There is no symbol {request.symbol!r}. {hint}")
    if not (math.isfinite(request.quantity) and request.quantity > 0):
        raise ParamError(
            f"The quantity of the order is {request.quantity}; it must be a number above 0,"
            " and the side says whether to buy or to sell."
        )
    if not (math.isfinite(cost_bps) and cost_bps >= 0):
        raise ParamError(f"The cost is {cost_bps} basis points; it must be 0 or more.")
    limit = request.limit_price
    if request.order_type == "market" and limit is not None:
        raise ParamError("A market order has no limit price; leave it out or place a limit order.")
    if request.order_type == "limit" and not (
        limit is not None and math.isfinite(limit) and limit > 0
    ):
        raise ParamError(f"The limit price of a limit order is {limit}; it must be above 0.")


def _last_price(request: OrderRequest, prices: Prices) -> float:
    price = prices[request.symbol]
    if price is None or not (math.isfinite(price) and price > 0):
        raise DataError(
            f"The symbol {request.symbol!r} has no price on the last date of the data set, so it"
            " cannot be traded; choose a symbol that has one."
        )
    return price
