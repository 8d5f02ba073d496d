"""What was known on each day: values by the day of their release, never before."""

from __future__ import annotations

from collections.abc import Sequence

LIMIT_DAYS = 7
"""How old an exchange rate may be."""


def known_query(table: str, columns: Sequence[str]) -> str:
    """SQL for the values of each entity as they were known from each release on.

    `table` has entity, release, period and `columns`; so has the result, but for the period, with
    one row for each entity and release. Of each column it is the value of the newest period that
    was released by then, in its latest release: a late correction of an older period does not
    displace a newer one. An empty cell says nothing.
    """
    fresh = ", ".join(f"CASE WHEN period >= {_newest(c)} THEN {c} END AS {c}" for c in columns)
    filled = ", ".join(f"last_value({c} IGNORE NULLS) OVER sofar AS {c}" for c in columns)
    window = (
        "WINDOW sofar AS (PARTITION BY entity ORDER BY release, period ROWS UNBOUNDED PRECEDING)"
    )
    return f"""
        WITH fresh AS (SELECT entity, release, period, {fresh} FROM {table} {window}),
             filled AS (SELECT entity, release, period, {filled} FROM fresh {window})
        SELECT entity, release, {", ".join(columns)} FROM filled
        QUALIFY row_number() OVER (PARTITION BY entity, release ORDER BY period DESC) = 1
    """  # noqa: S608 - ours


def _newest(column: str) -> str:
    return f"max(period) FILTER (WHERE {column} IS NOT NULL) OVER sofar"


def numbered(query: str) -> str:
    """SQL for the rows of a query with a number, `id`."""
    return f"SELECT *, row_number() OVER () AS id FROM ({query})"  # noqa: S608 - ours


def rates_query() -> str:
    """SQL for units of the base currency per unit of each needed one, per day: date, k, rate.

    Reads days(date), needed(k, currency, factor, base), pairs(entity, a, b) and
    fx_known(entity, release, k0). A rate is the latest of at most 7 days; of several ways the
    first counts: the pair itself, the pair the other way round, then two pairs over a third
    currency, EUR and USD before others.
    """
    return f"""
        WITH edges AS (
            SELECT p.a, p.b, 0 AS turned, f.release, f.k0 AS rate
            FROM fx_known f JOIN pairs p USING (entity) WHERE f.k0 IS NOT NULL
            UNION ALL
            SELECT p.b, p.a, 1, f.release, 1 / f.k0
            FROM fx_known f JOIN pairs p USING (entity) WHERE f.k0 IS NOT NULL
        ), hops AS (
            SELECT d.date, d.a, d.b, d.turned, e.rate
            FROM (SELECT date, a, b, turned FROM days,
                  (SELECT DISTINCT a, b, turned FROM edges)) d
            ASOF JOIN edges e
            ON d.a = e.a AND d.b = e.b AND d.turned = e.turned AND d.date >= e.release
            WHERE d.date - e.release <= {LIMIT_DAYS}
        ), ways AS (
            SELECT n.k, h.date, h.rate / n.factor AS rate, 0 AS legs, h.turned AS turned,
                   '' AS via
            FROM needed n JOIN hops h ON h.a = n.currency AND h.b = n.base
            UNION ALL
            SELECT n.k, h.date, h.rate * g.rate / n.factor, 1, h.turned * 2 + g.turned,
                   CASE h.b WHEN 'EUR' THEN '1' WHEN 'USD' THEN '2' ELSE h.b END
            FROM needed n JOIN hops h ON h.a = n.currency AND h.b <> n.base
            JOIN hops g ON g.date = h.date AND g.a = h.b AND g.b = n.base
            UNION ALL
            SELECT n.k, d.date, 1 / n.factor, -1, 0, ''
            FROM needed n, days d WHERE n.currency = n.base
        )
        SELECT k, date, rate FROM ways
        QUALIFY row_number() OVER (PARTITION BY k, date ORDER BY legs, via, turned) = 1
    """  # noqa: S608 - ours


def wide_query(source: str, count: int, letter: str, value: str) -> str:
    """SQL that gives a table (date, k, value) one column for each k: `letter`0, `letter`1, ..."""
    columns = ", ".join(f"max({value}) FILTER (WHERE k = {k}) AS {letter}{k}" for k in range(count))
    return f"SELECT date, {columns} FROM {source} GROUP BY date"  # noqa: S608 - ours
