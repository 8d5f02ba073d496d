"""The account as a clerk keeps it: shares, cash, orders and fills, one name at a time.

Independent of the engine's formulas: no returns, no weights after trading, no arrays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.book import BookParams

Row = Sequence[float | None]


@dataclass
class Position:
    """Shares held, the last price seen, and how many dates ago that was."""

    shares: float
    price: float
    missing: int = 0

    @property
    def value(self) -> float:
        return self.shares * self.price


@dataclass
class Clerk:
    """Cash and positions by column; `fees` and `traded` are those of today."""

    cash: float = 1.0
    positions: dict[int, Position] = field(default_factory=dict)
    events: list[tuple[int, int, float, str]] = field(default_factory=list)
    fees: float = 0.0
    traded: float = 0.0

    def worth(self) -> float:
        return self.cash + sum(position.value for position in self.positions.values())

    def order(self, column: int, price: float, wanted: float, bps: float) -> None:
        """Fill an order at `price` so that the position is worth `wanted`."""
        position = self.positions.setdefault(column, Position(0.0, price))
        shares = wanted / price - position.shares if price else -position.shares
        self.cash -= shares * price
        self.traded += abs(shares * price)
        self.fees += abs(shares * price) * bps / 1e4
        position.shares = wanted / price if price else 0.0
        if not position.shares:
            del self.positions[column]


def slow_account(
    prices: Sequence[Row],
    books: Mapping[int, Row],
    bps: Sequence[Sequence[float]],
    *,
    borrow_bps: float = 0.0,
    max_stale: int = 5,
    delisting_return: float = 0.0,
) -> tuple[dict[str, list[float]], list[tuple[int, int, float, str]], bool]:
    """Series by name, events and whether the run was ruined; books by the date of their close."""
    clerk, equity, ruined = Clerk(), 1.0, False
    out: dict[str, list[float]] = {}

    def write(**values: float) -> None:
        for name, value in values.items():
            out.setdefault(name, []).append(value)

    for t, quotes in enumerate(prices):
        if ruined:
            write(**dict.fromkeys(out, 0.0))
            continue
        clerk.fees = clerk.traded = 0.0
        closing = mark(clerk, t, quotes, max_stale, delisting_return)
        worth = clerk.worth()
        if worth > 0:
            for column in closing:
                clerk.order(column, clerk.positions[column].price, 0.0, bps[t][column])
            for column, weight in enumerate(books.get(t, ())):
                price = quotes[column]
                if price is not None:
                    clerk.order(column, price, (weight or 0.0) * worth, bps[t][column])
        short = sum(max(-position.value, 0.0) for position in clerk.positions.values())
        borrow = short * borrow_bps / 1e4 / 252 if worth > 0 else 0.0
        clerk.cash -= clerk.fees + borrow
        after = worth - clerk.fees - borrow
        ruined = worth <= 0 or after <= 0
        held = [] if ruined else [position.value for position in clerk.positions.values()]
        write(
            gross=worth / equity - 1,
            cost=clerk.fees / equity,
            borrow=borrow / equity,
            net=-1.0 if ruined else after / equity - 1,
            turnover=clerk.traded / worth if worth > 0 else 0.0,
            gross_exposure=sum(map(abs, held)) / worth if worth > 0 else 0.0,
            net_exposure=sum(held) / worth if worth > 0 else 0.0,
            names=len(held),
            equity=0.0 if ruined else after,
        )
        equity = after
    return out, clerk.events, ruined


def mark(clerk: Clerk, t: int, quotes: Row, max_stale: int, delisting: float) -> list[int]:
    """Mark the positions to today's prices; the columns to close for want of one."""
    closing = []
    for column, position in sorted(clerk.positions.items()):
        price = quotes[column]
        if price is not None:
            position.price = price
            if position.missing:
                clerk.events.append((t, column, position.value, "resumed"))
            position.missing = 0
            continue
        position.missing += 1
        if position.missing == 1:
            clerk.events.append((t, column, position.value, "stale"))
        if position.missing > max_stale:
            position.price *= 1 + delisting
            clerk.events.append((t, column, position.value, "closed"))
            closing.append(column)
    return closing


def slow_books(
    signal: Sequence[Row],
    member: Sequence[Sequence[bool]],
    groups: Sequence[Sequence[int]],
    params: BookParams,
) -> list[list[float]]:
    """Target books, one per date, by the words of the specification."""
    books, before = [], [0.0] * len(signal[0])
    for t, row in enumerate(signal):
        values = {i: s for i, s in enumerate(row) if s is not None and member[t][i]}
        if params.neutralize == "market":
            values = without_mean(values, dict.fromkeys(values, 0))
        elif params.neutralize is not None:
            values = without_mean(values, {i: g for i, g in enumerate(groups[t]) if g >= 0})
        book = slow_raw(values, params) if params.sizing == "raw" else slow_gross(values, params)
        today = [book.get(i, 0.0) for i in range(len(row))]
        if params.smooth_ema is not None:
            a = params.smooth_ema
            today = [a * w + (1 - a) * b for w, b in zip(today, before, strict=True)]
        books.append(today)
        before = today
    return books


def without_mean(values: dict[int, float], group: Mapping[int, int]) -> dict[int, float]:
    result = {}
    for i, value in values.items():
        if i in group:
            peers = [v for j, v in values.items() if group.get(j) == group[i]]
            result[i] = value - sum(peers) / len(peers)
    return result


def slow_raw(values: dict[int, float], params: BookParams) -> dict[int, float]:
    clipped = {i: max(-params.cap, min(params.cap, v)) for i, v in values.items()}
    gross = sum(map(abs, clipped.values()))
    scale = min(1.0, params.max_lev / gross) if gross else 1.0
    return {i: v * scale for i, v in clipped.items()}


def slow_gross(values: dict[int, float], params: BookParams) -> dict[int, float]:
    """Scale, then hand out the excess of the capped names round by round."""
    size = {i: abs(v) for i, v in values.items() if v}
    if not size:
        return {}
    total = sum(size.values())
    size = {i: v * params.max_lev / total for i, v in size.items()}
    for _ in size:
        over = {i for i, v in size.items() if v >= params.cap}
        free = sum(v for i, v in size.items() if i not in over)
        if not free:
            break
        excess = sum(size[i] - params.cap for i in over)
        size = {i: params.cap if i in over else v * (1 + excess / free) for i, v in size.items()}
    return {i: min(v, params.cap) * (1 if values[i] > 0 else -1) for i, v in size.items()}


def slow_signal_dates(rebalance: str | int, dates: Sequence[dt.date], first: int) -> list[bool]:
    """Whether the book of each date is traded."""
    if isinstance(rebalance, int):
        return [(i - first) % rebalance == 0 for i in range(len(dates))]
    period = {
        "daily": lambda day: day,
        "weekly": lambda day: day.isocalendar()[:2],
        "monthly": lambda day: (day.year, day.month),
    }[rebalance]
    return [i == 0 or period(dates[i - 1]) != period(day) for i, day in enumerate(dates)]
