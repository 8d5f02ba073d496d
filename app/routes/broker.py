"""The paper broker: an account in memory, no real orders."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import JSONBody

from app.lab import Lab
from app.messages import Target, TargetTask
from app.results import found
from app.routes.given import Text, TheLab, Word
from app.schemas import HashRequest, OrderPage, Rebalance, Trade
from engine.book import BookParams
from engine.broker import Account, Order, OrderRequest
from engine.sheet import currency_of


@get("/api/broker/positions", sync_to_thread=True, operation_id="positions")
def positions(lab: TheLab, dataset: Text = None) -> Account:
    """What the account holds, at the last prices of the data set."""
    name = lab.workspace.dataset(dataset).name
    market = _market(lab, name)
    currency = currency_of(lab.price_of(name))
    return lab.broker.account(market.prices, currency=currency, dataset=name, as_of=market.as_of)


@get("/api/broker/orders", sync_to_thread=False, operation_id="orders")
def orders(lab: TheLab) -> OrderPage:
    """All orders of this start, the newest first."""
    items = lab.broker.orders()
    return OrderPage(items=items, total=len(items))


@post("/api/broker/orders", sync_to_thread=True, operation_id="place_order")
def place_order(lab: TheLab, data: JSONBody[OrderRequest]) -> Order:
    """Place an order: it is filled at the last price, or rests until that fits."""
    market = _market(lab, lab.workspace.dataset(data.dataset).name)
    return lab.broker.place(data, market.prices, BookParams().cost_bps)


@delete("/api/broker/orders/{order_id:str}", status_code=200, sync_to_thread=False,
        operation_id="cancel_order")  # fmt: skip
def cancel_order(lab: TheLab, order_id: Word) -> Order:
    """Withdraw an order that rests."""
    return lab.broker.cancel(order_id)


@post("/api/broker/rebalance/preview", status_code=200, sync_to_thread=True,
      operation_id="preview_rebalance")  # fmt: skip
def preview_rebalance(lab: TheLab, data: JSONBody[HashRequest]) -> Rebalance:
    """The trades that make the account hold what a strategy asks for on its last date."""
    it = found(lab, data.hash, None)
    task = TargetTask(view=lab.view_of(it.run.spec), expr=it.expr, params=it.run.spec.params)
    target = lab.engine.ask(task, Target)
    account = lab.broker.account(target.prices)
    held = {position.symbol: position.quantity for position in account.items}
    symbols = sorted(held.keys() & target.prices.keys() | target.weights.keys())
    items = tuple(
        _trade(symbol, target, held.get(symbol, 0.0), account.equity)
        for symbol in symbols
        if symbol in target.prices
    )
    return Rebalance(
        expr_hash=it.expr_hash,
        dataset=it.run.dataset,
        as_of=target.as_of,
        items=items,
        gross=sum(abs(weight) for weight in target.weights.values()),
    )


def _trade(symbol: str, target: Target, held: float, equity: float) -> Trade:
    weight, price = target.weights.get(symbol, 0.0), target.prices[symbol]
    wanted = weight * equity / price
    return Trade(
        symbol=symbol, weight=weight, price=price, target_quantity=wanted, quantity=held,
        trade=wanted - held,
    )  # fmt: skip


def _market(lab: Lab, name: str) -> Target:
    task = TargetTask(view=lab.view(name), expr=None, params=BookParams())
    return lab.engine.ask(task, Target)


ROUTES = [positions, orders, place_order, cancel_order, preview_rebalance]
