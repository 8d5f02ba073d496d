"""The prices in one currency: which columns they come from, and the rates they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import polars as pl

from engine.curated.joining import Joined, join_known, keep_rates
from engine.curated.known import LIMIT_DAYS
from engine.curated.pairs import currency_code, price_of
from engine.curated.plan import DATE, ENTITY
from engine.curated.rows import Rows
from engine.curated.sql import Sql
from engine.errors import ParamError

BASE = "SEK"
_VOLUME = ("v", "volume", "vol")


class Source(msgspec.Struct, frozen=True):
    """A column of the price files, by its number; `currency` is None where each row says its own.

    plain: whether it is taken as it is.
    """

    column: int
    currency: str | None = None
    plain: bool = False


class Prices(msgspec.Struct, frozen=True):
    """What each column of the panel is made of, in the order in which sources count."""

    columns: dict[str, tuple[Source, ...]]
    base: str
    needed: tuple[str, ...]

    def expression(self, sources: tuple[Source, ...]) -> str:
        """SQL for the first source that has a value."""
        return f"coalesce({', '.join(map(self._part, sources))}, NULL)"

    def of_currency(self, currency: str | None) -> str:
        """SQL that is true where a price in this currency is known."""
        columns = [
            source.column
            for sources in self.columns.values()
            for source in sources
            if not source.plain and source.currency == currency
        ]
        return " OR ".join(f"p.n{column} IS NOT NULL" for column in columns) or "FALSE"

    def _part(self, source: Source) -> str:
        column = f"p.n{source.column}"
        if source.plain:
            return column
        if source.currency is None:
            return f"{column} * g.rate"
        return f"{column} * r.r{self.needed.index(source.currency)}"


def checked_base(currency: str | None) -> str:
    """The base currency as three capitals; ParamError unless it is some."""
    code = (currency or BASE).strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise ParamError(f"The base currency {currency!r} is no code of three letters such as SEK.")
    return code


def keep_prices(sql: Sql, bars: Rows, master: Rows | None) -> list[str]:
    """Make `prices` (i, date, symbol, ccy, n0, ...) and `days`; the currencies the rows name."""
    ccy = pl.lit(None, pl.String)
    if "currency" in bars.frame.columns:
        ccy = _codes(bars.frame["currency"])
    names = columns_of(bars)
    values = [pl.col(name).alias(f"n{index}") for index, name in enumerate(names)]
    keys = [pl.col(ENTITY).alias("symbol"), pl.col(DATE).alias("date")]
    sql.table("bars", bars.frame.select(*keys, ccy.alias("own"), *values))
    if master is not None and "currency" in master.names:
        frame = master.frame.with_columns(_codes(master.frame["currency"]).alias("currency"))
        join_known(sql, msgspec.structs.replace(master, frame=frame), "listed_in", ["currency"])
        query = (
            "SELECT b.*, coalesce(b.own, c.k0) AS ccy FROM bars b ASOF LEFT JOIN listed_in c"
            " ON b.symbol = c.entity AND b.date >= c.release"
        )
    else:
        query = "SELECT *, own AS ccy FROM bars"
    number = "row_number() OVER (ORDER BY symbol, date) AS i"
    sql.keep("prices", f"SELECT *, {number} FROM ({query})")  # noqa: S608 - ours
    sql.keep("days", "SELECT DISTINCT date FROM prices ORDER BY date")
    said = sql.frame("SELECT DISTINCT ccy FROM prices WHERE ccy IS NOT NULL ORDER BY ccy")
    return list(said["ccy"])


def columns_of(bars: Rows) -> list[str]:
    """The columns of numbers of the price files, in the order of their numbers."""
    return [name for name in bars.names if name != "currency"]


def planned(names: list[str], said: list[str], base: str) -> Prices:
    """What becomes of the columns; `said` are the currencies that rows name."""
    found: dict[str, list[tuple[int, str, Source]]] = {}
    for column, name in enumerate(names):
        becomes, rank, source = _source(column, name, base, named=bool(said))
        found.setdefault(becomes, []).append((rank, name, source))
    columns = {
        becomes: tuple(source for _, _, source in sorted(sources, key=lambda each: each[:2]))
        for becomes, sources in sorted(found.items())
    }
    fixed = {s.currency for sources in columns.values() for s in sources if s.currency}
    return Prices(columns, base, tuple(sorted({*fixed, *said})))


def _source(column: int, name: str, base: str, *, named: bool) -> tuple[str, int, Source]:
    price = price_of(name, base)
    if price is None:
        return ("v" if name.casefold() in _VOLUME else name), 0, Source(column, plain=True)
    if price.currency is None and not named:
        return name.casefold(), 0, Source(column, plain=True)
    if price.currency is None:
        return price.becomes, 2, Source(column)
    plain = price.currency == base
    return price.becomes, 0 if plain else 1, Source(column, price.currency, plain=plain)


def add_prices(sql: Sql, joined: Joined, prices: Prices, rates: Rows | None) -> list[str]:
    """Select the prices in the base currency; warnings about rates that are not there."""
    keep_rates(sql, rates, list(prices.needed), prices.base)
    if prices.needed:
        joined.joins.append(_FIXED)
    joined.joins.append(_OF_ROW)
    for name, sources in prices.columns.items():
        joined.add(name, prices.expression(sources))
    return [*_without_rate(sql, prices)]


_FIXED = "LEFT JOIN rates_wide r ON r.date = p.date"
_OF_ROW = (
    "LEFT JOIN (SELECT n.code, t.date, t.rate FROM rates t JOIN needed n USING (k)) g"
    " ON g.code = p.ccy AND g.date = p.date"
)


def _without_rate(sql: Sql, prices: Prices) -> Iterator[str]:
    count = "count(*) AS n, count(DISTINCT p.symbol) AS symbols, min(p.date) AS first"
    for k, currency in enumerate(prices.needed):
        where = f"({prices.of_currency(currency)}) AND r.r{k} IS NULL"
        rows = sql.frame(f"SELECT {count} FROM prices p {_FIXED} WHERE {where}").rows()  # noqa: S608 - ours
        yield from _warnings(((currency, *row) for row in rows), prices.base)
    where = f"({prices.of_currency(None)}) AND g.rate IS NULL"
    query = f"SELECT p.ccy, {count} FROM prices p {_OF_ROW} WHERE {where} GROUP BY 1 ORDER BY 1"  # noqa: S608 - ours
    yield from _warnings(sql.frame(query).rows(), prices.base)


def _warnings(rows: Iterable[tuple[object, ...]], base: str) -> Iterator[str]:
    for currency, count, symbols, first in rows:
        if not count:
            continue
        start = f"{count:,} rows of {symbols:,} symbols have prices in "
        end = f", the first on {first}; their prices are missing."
        if currency is None:
            yield f"{start}no known currency{end} Name it in a column 'currency'."
        else:
            yield (
                f"{start}{currency} and no rate to {base} of the {LIMIT_DAYS} days before{end}"
                f" Add the rates to fx_rates/ccy_pair={currency}{base}."
            )


def _codes(cells: pl.Series) -> pl.Expr:
    codes = {text: currency_code(text) for text in cells.drop_nulls().unique()}
    return pl.lit(cells.replace_strict(codes, default=None, return_dtype=pl.String))
