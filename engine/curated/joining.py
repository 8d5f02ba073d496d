"""The areas joined to the rows of the prices: one table, in SQL over tables of ours."""

from __future__ import annotations

import datetime as dt

import msgspec
import polars as pl

from engine.curated.known import LIMIT_DAYS, known_query, numbered, rates_query, wide_query
from engine.curated.pairs import unit_of
from engine.curated.plan import DATE, ENTITY, RELEASE, START, UNTIL
from engine.curated.rows import Rows
from engine.curated.sql import Sql

_BEGINNING = dt.date(1, 1, 1)


class Joined(msgspec.Struct, eq=False):
    """What the final query selects, as it grows.

    parts: SQL expressions, one for each of `names`. lookups: by the letter of a table the last of
    its rows that counts on a day. joins: what else is joined. twice: names that were taken.
    """

    names: list[str] = []
    parts: list[str] = []
    lookups: dict[str, str] = {}
    joins: list[str] = []
    twice: list[str] = []

    def add(self, name: str, expression: str) -> None:
        """Select an expression of ours under a name from the user's files, the first of a name."""
        if name in {"date", "symbol", *self.names}:
            self.twice.append(name)
            return
        self.parts.append(f"{expression} AS x{len(self.names)}")
        self.names.append(name)

    def rows(self, sql: Sql) -> pl.DataFrame:
        """The rows of the panel, sorted by symbol and date.

        The lookups run on keys alone and are joined by number: each would sort all columns of the
        joins before it, which takes four times as long.
        """
        sql.keep("narrow", "SELECT i, symbol, date FROM prices")
        numbers = ", ".join(["p.i", *(f"{letter}.id AS {letter}" for letter in self.lookups)])
        lookups = " ".join(self.lookups.values())
        sql.keep("hits", f"SELECT {numbers} FROM narrow p {lookups}")  # noqa: S608 - ours
        parts = ", ".join(["p.date AS date", "p.symbol AS symbol", *self.parts])
        source = f"prices p JOIN hits ON hits.i = p.i {' '.join(self.joins)}"
        frame = sql.frame(f"SELECT {parts} FROM {source} ORDER BY p.i")  # noqa: S608 - ours
        frame.columns = ["date", "symbol", *self.names]
        return frame


def coded(frame: pl.DataFrame, names: list[str], letter: str) -> pl.DataFrame:
    """The columns `names` called `letter`0, `letter`1, ..., and ours without their mark."""
    ours = {ENTITY: "entity", DATE: "period", RELEASE: "release"}
    present = [pl.col(name).alias(short) for name, short in ours.items() if name in frame.columns]
    values = [pl.col(name).alias(f"{letter}{index}") for index, name in enumerate(names)]
    return frame.select(*present, *values)


def join_known(sql: Sql, rows: Rows, table: str, names: list[str]) -> None:
    """Make a table of what was known of each entity from each release on; values k0, k1, ..."""
    frame = coded(rows.frame, names, "k")
    if "period" not in frame.columns:
        frame = frame.with_columns(pl.lit(_BEGINNING).alias("period"))
    frame = frame.with_columns(pl.col("period").fill_null(_BEGINNING))
    if "release" not in frame.columns:
        frame = frame.with_columns(pl.col("period").alias("release"))
    sql.table(f"{table}_raw", frame)
    query = known_query(f"{table}_raw", [f"k{index}" for index in range(len(names))])
    sql.keep(table, numbered(query))


def add_known(joined: Joined, table: str, letter: str, names: list[str]) -> None:
    """Join a table of `join_known` to the prices by symbol, and select its values as `names`."""
    joined.lookups[letter] = (
        f"ASOF LEFT JOIN {table} {letter}"
        f" ON p.symbol = {letter}.entity AND p.date >= {letter}.release"
    )
    joined.joins.append(f"LEFT JOIN {table} {letter} ON {letter}.id = hits.{letter}")
    for index, name in enumerate(names):
        joined.add(name, f"{letter}.k{index}")


def add_series(sql: Sql, joined: Joined, rows: Rows, names: dict[tuple[str, str], str]) -> None:
    """Series that are the same for all symbols, as known on each day.

    `names` says how the value of an entity in a column is called.
    """
    keys = {key: index for index, key in enumerate(names)}
    parts = [
        rows.frame.filter(pl.col(ENTITY) == entity).select(
            pl.lit(index, pl.Int64).alias("entity"),
            pl.col(DATE).alias("period"),
            pl.col(RELEASE).alias("release"),
            pl.col(column).alias("k0"),
        )
        for (entity, column), index in keys.items()
    ]
    sql.table("series_raw", pl.concat(parts))
    sql.keep("series_known", known_query("series_raw", ["k0"]))
    sql.table("series_keys", pl.DataFrame({"k": list(keys.values())}, schema={"k": pl.Int64}))
    source = """(
        SELECT d.date, d.k, s.k0 FROM (SELECT date, k FROM days, series_keys) d
        ASOF JOIN series_known s ON d.k = s.entity AND d.date >= s.release
    )"""
    sql.keep("series_wide", wide_query(source, len(keys), "m", "k0"))
    joined.joins.append("LEFT JOIN series_wide m ON m.date = p.date")
    for index, name in enumerate(names.values()):
        joined.add(name, f"m.m{index}")


def keep_rates(sql: Sql, rows: Rows | None, needed: list[str], base: str) -> None:
    """Make `rates` (k, date, rate) and `rates_wide` (date, r0, ...) for the needed currencies."""
    empty = pl.DataFrame(schema={ENTITY: pl.String, DATE: pl.Date, "value": pl.Float64})
    frame = empty if rows is None else rows.frame.filter(pl.col("value").is_not_null())
    if RELEASE not in frame.columns:
        frame = frame.with_columns(pl.col(DATE).alias(RELEASE))
    sql.table("fx_raw", coded(frame, ["value"], "k"))
    sql.keep("fx_known", known_query("fx_raw", ["k0"]))
    names = pair_names(rows)
    pairs = {"entity": names, "a": [n[:3] for n in names], "b": [n[3:] for n in names]}
    sql.table("pairs", pl.DataFrame(pairs, schema=dict.fromkeys(pairs, pl.String)))
    units = [unit_of(currency) for currency in needed]
    table = {
        "k": pl.Series(range(len(needed)), dtype=pl.Int64),
        "code": pl.Series(needed, dtype=pl.String),
        "currency": pl.Series([unit for unit, _ in units], dtype=pl.String),
        "factor": pl.Series([factor for _, factor in units], dtype=pl.Float64),
    }
    sql.table("needed", pl.DataFrame(table).with_columns(pl.lit(base).alias("base")))
    sql.keep("rates", rates_query())
    if needed:
        sql.keep("rates_wide", wide_query("rates", len(needed), "r", "rate"))


def pair_names(rows: Rows | None) -> list[str]:
    """The pairs of currencies that have a rate."""
    if rows is None:
        return []
    return sorted(rows.frame.filter(pl.col("value").is_not_null())[ENTITY].unique())


def add_pairs(sql: Sql, joined: Joined, names: list[str]) -> None:
    """The rates of `pair_names` themselves, a column for each under `names`; 7 days old at most."""
    query = f"""(
        SELECT d.date, d.k, f.k0 FROM (
            SELECT date, k, entity FROM days,
            (SELECT entity, row_number() OVER (ORDER BY entity) - 1 AS k FROM pairs)
        ) d ASOF JOIN fx_known f ON d.entity = f.entity AND d.date >= f.release
        WHERE d.date - f.release <= {LIMIT_DAYS}
    )"""  # noqa: S608 - ours
    sql.keep("fx_wide", wide_query(query, len(names), "q", "k0"))
    joined.joins.append("LEFT JOIN fx_wide q ON q.date = p.date")
    for index, name in enumerate(names):
        joined.add(name, f"q.q{index}")


def add_universe(sql: Sql, joined: Joined, rows: Rows) -> None:
    """Membership as 1 and 0: by the latest list, or within the days from and to, the last included.

    Missing before the first list when there are no spans.
    """
    frame = _with(rows.frame, {DATE: pl.Date, START: pl.Date, UNTIL: pl.Date, "member": pl.Float64})
    member = pl.col("member").fill_null(1.0)
    listed = frame.filter(pl.col(DATE).is_not_null() & pl.col(START).is_null())
    spans = frame.filter(pl.col(START).is_not_null() & (member > 0))
    sql.table("listed", listed.select(pl.col(ENTITY).alias("symbol"), pl.col(DATE).alias("date"),
                                      member.alias("member")))  # fmt: skip
    sql.table("spans", spans.select(pl.col(ENTITY).alias("symbol"), pl.col(START).alias("start"),
                                    pl.col(UNTIL).alias("until")))  # fmt: skip
    sql.keep("lists", numbered("SELECT DISTINCT date FROM listed"))
    sql.keep(
        "within",
        "SELECT DISTINCT p.symbol, p.date FROM prices p JOIN spans s ON p.symbol = s.symbol"
        " AND p.date >= s.start AND (s.until IS NULL OR p.date <= s.until)",
    )
    joined.lookups["u"] = "ASOF LEFT JOIN lists u ON p.date >= u.date"
    joined.joins.append(
        "LEFT JOIN lists u ON u.id = hits.u"
        " LEFT JOIN listed e ON e.symbol = p.symbol AND e.date = u.date"
        " LEFT JOIN within w ON w.symbol = p.symbol AND w.date = p.date"
    )
    before = "0.0" if len(spans) else "NULL"
    joined.add(
        "universe",
        f"CASE WHEN w.date IS NOT NULL THEN 1.0 WHEN u.date IS NULL THEN {before}"
        " ELSE coalesce(e.member, 0.0) END",
    )


def _with(frame: pl.DataFrame, columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    missing = [pl.lit(None, kind).alias(n) for n, kind in columns.items() if n not in frame.columns]
    return frame.with_columns(missing)
