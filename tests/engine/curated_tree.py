"""Curated folders for tests, and what they come to by loops in plain Python."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from hypothesis import strategies as st

from engine.curated import read_curated
from engine.importing import ImportOptions

START = dt.date(2020, 1, 1)
Row = dict[str, Any]
Table = list[Row]
Panel = dict[tuple[dt.date, str], Row]


def day(number: int) -> dt.date:
    """The day that many days after the first."""
    return START + dt.timedelta(days=number)


SHORT = [{"date": day(n), "c_sek": 100.0 + n} for n in range(3)]
"""Prices of a symbol on three days."""


def put(root: Path, path: str, rows: Table | pl.DataFrame, **schema: Any) -> Path:
    """Write rows into a file of the folder, CSV or Parquet by its name."""
    frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)
    frame = frame.cast(schema)
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.endswith(".csv"):
        frame.write_csv(place)
    else:
        frame.write_parquet(place)
    return place


def reasons(root: Path, **options: Any) -> dict[str, str | None]:
    """What became of each file but those of the symbol A: why it was refused."""
    report = read_curated(root, ImportOptions(**options)).report
    assert all(note.used == (note.reason is None) for note in report.files)
    return {note.file: note.reason for note in report.files if "ticker=A/" not in note.file}


class Tables(msgspec.Struct, frozen=True):
    """The rows of every area; `symbol`, `pair` and `series` become folders."""

    bars: Table
    fundamentals: Table = []
    fx: Table = []
    series: Table = []
    members: Table = []
    costs: Table = []
    master: Table = []

    def write(self, root: Path) -> None:
        """A folder with one file for each symbol and year, pair, series, ..."""
        dates = {"date": pl.Date, "release_date": pl.Date}
        for area, key, rows in (
            ("bars_eod", "ticker", self.bars),
            ("fundamentals", "ticker", self.fundamentals),
            ("fx_rates", "ccy_pair", self.fx),
            ("exogener", "series", self.series),
            ("asset_master", "ticker", self.master),
        ):
            for name in sorted({row[key] for row in rows}):
                part = [
                    {k: v for k, v in row.items() if k != key} for row in rows if row[key] == name
                ]
                kinds = {k: v for k, v in dates.items() if k in part[0]}
                put(root, f"{area}/{key}={name}/part-0.parquet", part, **kinds)
        for area, rows in (
            ("universe_membership", self.members),
            ("cost_model_daily", self.costs),
        ):
            if rows:
                put(root, f"{area}/year=2020/part-0.parquet", rows)

    def until(self, last: dt.date) -> Tables:
        """What was known on a day: no row that was released or happened after it."""

        def cut(rows: Table) -> Table:
            return [r for r in rows if (r.get("release_date") or r.get("date") or last) <= last]

        return Tables(*(cut(getattr(self, name)) for name in self.__struct_fields__))

    def slow(self) -> Panel:
        """The panel by loops over all rows, straight from the rules."""
        result: Panel = {}
        for bar in self.bars:
            result[bar["date"], bar["ticker"]] = self._slow_row(bar["date"], bar["ticker"], bar)
        return result

    def _slow_row(self, date: dt.date, symbol: str, bar: Row) -> Row:
        usd = slow_rate(self.fx, "USDSEK", date)
        price = bar["c_sek"]
        if price is None and bar["c_usd"] is not None and usd is not None:
            price = bar["c_usd"] * usd
        row: Row = {"c_sek": price}
        mine = [r for r in self.fundamentals if r["ticker"] == symbol]
        for name in ("eps", "pe"):
            row[f"fundamentals_{name}"] = slow_known(mine, name, date)
        for series in {r["series"] for r in self.series}:
            rows = [r for r in self.series if r["series"] == series]
            row[f"macro_{series}"] = slow_known(rows, "value", date)
        costs = [r for r in self.costs if r["symbol"] == symbol]
        for name in ("commission_bps", "borrow_fee_bps"):
            row[name] = slow_known(costs, name, date)
        for pair in {r["ccy_pair"] for r in self.fx}:
            row[f"fx_{pair.lower()}"] = slow_rate(self.fx, pair, date)
        row["universe"] = slow_member(self.members, symbol, date)
        facts = [r for r in self.master if r["ticker"] == symbol]
        row["sector"] = slow_known(facts, "sector", date)
        return row


def slow_known(rows: Table, name: str, date: dt.date) -> Any:
    """The value of the newest period that was released by a date, in its latest release."""
    known = [r for r in rows if r[name] is not None and r.get("release_date", r["date"]) <= date]
    if not known:
        return None
    return max(known, key=lambda r: (r["date"], r.get("release_date", r["date"])))[name]


def slow_rate(rows: Table, pair: str, date: dt.date) -> float | None:
    """The latest rate of a pair that is at most 7 days old."""
    known = [r for r in rows if r["ccy_pair"] == pair and r["date"] <= date and r["rate"]]
    latest = max(known, key=lambda r: r["date"], default=None)
    return latest["rate"] if latest and (date - latest["date"]).days <= 7 else None


def slow_member(rows: Table, symbol: str, date: dt.date) -> float | None:
    """Whether a symbol is on the latest list of a date."""
    lists = [r["date"] for r in rows if r["date"] <= date]
    if not lists:
        return None
    return float(any(r["date"] == max(lists) and r["symbol"] == symbol for r in rows))


SYMBOLS = ("A", "BRK B", "Ö")
_NUMBER = st.none() | st.integers(1, 9).map(float)
_DAYS = st.integers(0, 40).map(day)


def _rows(keys: dict[str, st.SearchStrategy[Any]], values: tuple[str, ...]) -> Any:
    """Rows that differ in their keys."""
    row = st.fixed_dictionaries(keys | dict.fromkeys(values, _NUMBER))
    return st.lists(row, max_size=12, unique_by=lambda r: tuple(r[key] for key in keys))


def tables() -> st.SearchStrategy[Tables]:
    """Random rows of every area, with holes, restatements and late releases."""
    symbols = st.sampled_from(SYMBOLS)
    released = {"date": _DAYS, "release_date": _DAYS}
    bars = _rows({"ticker": symbols, "date": _DAYS}, ("c_sek", "c_usd")).map(_with_a_price)
    sector = st.sampled_from(["Energy", "Bank", None])
    master = st.fixed_dictionaries({"ticker": symbols, "date": _DAYS, "sector": sector})
    return st.builds(
        Tables,
        bars,
        _rows({"ticker": symbols, **released}, ("eps", "pe")),
        _rows({"ccy_pair": st.sampled_from(["USDSEK", "EURSEK"]), "date": _DAYS}, ("rate",)),
        _rows({"series": st.sampled_from(["CPI", "vix"]), **released}, ("value",)),
        _rows({"date": _DAYS, "symbol": symbols}, ()),
        _rows({"date": _DAYS, "symbol": symbols}, ("commission_bps", "borrow_fee_bps")),
        st.lists(master, max_size=4, unique_by=lambda r: (r["ticker"], r["date"])),
    )


def _with_a_price(rows: Table) -> Table:
    """The rows, and one before all others that has a price."""
    first = {"ticker": "A", "date": day(-1), "c_sek": 5.0, "c_usd": None}
    return [first, *rows]
