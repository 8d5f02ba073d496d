"""A curated folder as a panel: joins, currencies, costs, universe, and never a later value."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.curated import read_curated
from engine.errors import CancelledError, DataError, ParamError
from engine.importing import ImportOptions
from tests.engine.curated_tree import Tables, day, put, tables

PRICES = [{"date": day(n), "c_sek": 100.0 + n} for n in range(10)]


def read(root, **options):
    return read_curated(root, ImportOptions(**options))


def column(imported, name, symbol="A"):
    return imported.frame.filter(pl.col("symbol") == symbol)[name].to_list()


def read_tables(given_tables):
    with tempfile.TemporaryDirectory() as folder:
        given_tables.write(Path(folder))
        return read_curated(Path(folder))


@settings(max_examples=15)
@given(tables())
def test_the_panel_is_what_loops_over_all_rows_come_to(given_tables):
    imported = read_tables(given_tables)
    expected = given_tables.slow()
    found = {(row["date"], row["symbol"]): row for row in imported.frame.to_dicts()}
    assert [note for note in imported.report.files if not note.used] == []
    assert found.keys() == expected.keys()
    for place, row in expected.items():
        known = {name: value for name, value in row.items() if name in imported.frame.columns}
        assert {name: found[place][name] for name in known} == known
        assert {row[name] for name in row.keys() - known.keys()} <= {None}


@settings(max_examples=15)
@given(tables(), st.integers(0, 45).map(day))
def test_nothing_is_known_before_its_release(given_tables, last):
    whole, cut = read_tables(given_tables).frame, read_tables(given_tables.until(last)).frame
    before = whole.filter(pl.col("date") <= last)
    empty = [name for name in before.columns if name not in cut.columns]
    assert all(before[name].null_count() == len(before) for name in empty)
    assert before.drop(empty).equals(cut)


@given(st.integers(0, 9), st.integers(-30, 9))
@settings(max_examples=8)
def test_a_figure_is_visible_exactly_from_its_release(release, period):
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), "bars_eod/ticker=A/p.parquet", PRICES)
        rows = [{"period_end": day(period), "release_date": day(release), "eps": 1.5}]
        put(Path(folder), "fundamentals/ticker=A/p.parquet", rows)
        values = column(read_curated(Path(folder)), "fundamentals_eps")
    assert values == [None] * release + [1.5] * (10 - release)


def test_a_late_correction_of_an_older_period_displaces_nothing(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    rows = [
        {"period_end": day(-90), "release_date": day(1), "eps": 1.0},
        {"period_end": day(-90), "release_date": day(3), "eps": 1.1},
        {"period_end": day(0), "release_date": day(5), "eps": 2.0},
        {"period_end": day(-90), "release_date": day(7), "eps": 1.2},
        {"period_end": day(0), "release_date": day(8), "eps": None},
    ]
    put(tmp_path, "fundamentals/ticker=A/p.parquet", rows)
    values = column(read(tmp_path), "fundamentals_eps")
    assert values == [None, 1.0, 1.0, 1.1, 1.1, 2.0, 2.0, 2.0, 2.0, 2.0]


def test_a_release_during_a_day_counts_from_the_next(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    evening = dt.datetime.fromisoformat("2020-01-03T22:05")
    zoned = dt.datetime.fromisoformat("2020-01-03T23:30-05:00")
    midnight = dt.datetime.fromisoformat("2020-01-03T00:00")
    for name, moment in (("a", evening), ("b", zoned), ("c", midnight)):
        rows = [{"date": day(0), "published": moment, "value": 1.0}]
        put(tmp_path, f"exogener/series={name}/p.parquet", rows)
    imported = read(tmp_path)
    first = {name: column(imported, f"macro_{name}").index(1.0) for name in "abc"}
    assert first == {"a": 3, "b": 4, "c": 2}


def test_without_a_release_the_period_counts_and_that_is_said(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    put(tmp_path, "fundamentals/ticker=A/p.parquet", [{"date": day(4), "eps": 1.0}])
    put(tmp_path, "exogener/series=CPI/p.parquet", [{"date": day(2), "value": 3.0}])
    imported = read(tmp_path)
    assert column(imported, "fundamentals_eps") == [None] * 4 + [1.0] * 6
    assert column(imported, "macro_CPI") == [None] * 2 + [3.0] * 8
    said = [text for text in imported.report.warnings if "without a release" in text]
    assert len(said) == 2
    assert "lag for the domain 'fundamentals'" in said[0]
    assert "lag for the domain 'macro'" in said[1]


def test_a_row_without_its_release_is_left_out_and_counted(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    rows = [
        {"date": day(1), "release_date": None, "eps": 9.0},
        {"date": day(0), "release_date": day(2), "eps": 1.0},
    ]
    put(tmp_path, "fundamentals/ticker=A/p.parquet", rows)
    imported = read(tmp_path)
    assert column(imported, "fundamentals_eps") == [None] * 2 + [1.0] * 8
    said = "1 rows of fundamentals have no release date and were left out."
    assert said in imported.report.warnings


def test_prices_of_every_currency_become_kronor(tmp_path):
    days = [{"date": day(n)} for n in range(3)]
    for symbol, name in (("US", "c_usd"), ("UK", "c_gbx"), ("SE", "c_sek"), ("DE", "c_eur")):
        put(tmp_path, f"bars_eod/ticker={symbol}/p.parquet", [d | {name: 10.0} for d in days])
    plain = [d | {"close": 10.0, "open": 5.0, "currency": "USD", "volume": 7} for d in days]
    put(tmp_path, "bars_eod/ticker=ROW/p.parquet", plain)
    put(tmp_path, "bars_eod/ticker=FACT/p.parquet", [d | {"Close": 10.0} for d in days])
    put(tmp_path, "asset_master/ticker=FACT/p.parquet", [{"name": "F", "currency": "eur"}])
    put(tmp_path, "fx_rates/ccy_pair=USD_SEK/p.parquet", [{"date": day(0), "rate": 8.0}])
    put(tmp_path, "fx_rates/ccy_pair=SEKEUR/p.parquet", [{"date": day(0), "close": 0.1}])
    put(tmp_path, "fx_rates/ccy_pair=EUR%2FGBP/p.parquet", [{"date": day(0), "mid": 0.5}])
    imported = read(tmp_path)
    found = {symbol: column(imported, "c_sek", symbol)[0] for symbol in imported.grid.symbols}
    expected = {"US": 80.0, "UK": 2.0, "SE": 10.0, "DE": 100.0, "ROW": 80.0, "FACT": 100.0}
    assert found == pytest.approx(expected, rel=1e-15)
    assert imported.price == "c_sek"
    assert imported.features == ("c_sek", "fx_eurgbp", "fx_sekeur", "fx_usdsek", "o_sek", "v")
    assert imported.levels == {}


def test_the_base_currency_can_be_another(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    put(tmp_path, "fx_rates/ccy_pair=USDSEK/p.parquet", [{"date": day(0), "rate": 10.0}])
    imported = read(tmp_path, base_currency="usd")
    assert imported.price == "c_usd"
    assert column(imported, "c_usd")[:2] == pytest.approx([10.0, 10.1], rel=1e-15)
    with pytest.raises(ParamError, match="no code of three letters"):
        read(tmp_path, base_currency="dollar")


def test_a_rate_is_at_most_seven_days_old(tmp_path):
    rows = [{"date": day(n), "c_usd": 1.0} for n in range(12)]
    put(tmp_path, "bars_eod/ticker=A/p.parquet", rows)
    put(tmp_path, "fx_rates/ccy_pair=USDSEK/p.parquet", [{"date": day(1), "rate": 9.0}])
    imported = read(tmp_path)
    assert column(imported, "c_sek") == [None] + [9.0] * 8 + [None] * 3
    assert column(imported, "fx_usdsek") == [None] + [9.0] * 8 + [None] * 3
    said = (
        "4 rows of 1 symbols have prices in USD and no rate to SEK of the 7 days before, the first"
        " on 2020-01-01; their prices are missing. Add the rates to fx_rates/ccy_pair=USDSEK."
    )
    assert said in imported.report.warnings


def test_without_any_rate_the_remedy_is_named(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", [{"date": day(0), "c_usd": 1.0}])
    with pytest.raises(DataError, match=r"Add the rates to fx_rates/ccy_pair=USDSEK\."):
        read(tmp_path)


def test_prices_of_no_known_currency_keep_their_names(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", [{"date": day(0), "Open": 1.0, "close": 2.0}])
    imported = read(tmp_path)
    assert (imported.price, imported.features) == ("close", ("close", "open"))


def test_a_symbol_is_a_member_of_the_latest_list(tmp_path):
    for symbol in "AB":
        put(tmp_path, f"bars_eod/ticker={symbol}/p.parquet", PRICES)
    rows = [(2, "A"), (5, "A"), (5, "B"), (7, "B")]
    listed = [{"date": day(n), "ticker": symbol} for n, symbol in rows]
    put(tmp_path, "universe_membership/year=2020/p.parquet", listed)
    imported = read(tmp_path)
    assert imported.universe == "universe"
    assert column(imported, "universe", "A") == [None] * 2 + [1.0] * 5 + [0.0] * 3
    assert column(imported, "universe", "B") == [None] * 2 + [0.0] * 3 + [1.0] * 5


def test_membership_may_be_given_as_spans(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    spans = [
        {"symbol": "A", "from": day(1), "to": day(2)},
        {"symbol": "A", "from": day(6), "to": None},
    ]
    put(tmp_path, "universe_membership/p.parquet", spans)
    assert column(read(tmp_path), "universe") == [0.0, 1.0, 1.0, 0.0, 0.0, 0.0] + [1.0] * 4


def test_the_last_costs_of_a_symbol_hold_until_the_next(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    rows = [
        {"date": day(1), "symbol": "A", "commission_bps": 2.0, "borrow_fee_bps": 30.0},
        {"date": day(4), "symbol": "A", "commission_bps": 3.0, "borrow_fee_bps": None},
    ]
    put(tmp_path, "cost_model_daily/year=2020/p.parquet", rows)
    imported = read(tmp_path)
    assert column(imported, "commission_bps") == [None] + [2.0] * 3 + [3.0] * 6
    assert column(imported, "borrow_fee_bps") == [None] + [30.0] * 9
    assert any("borrow_bps" in note for note in imported.report.notes)


def test_facts_are_constant_or_dated(tmp_path):
    for symbol in "AB":
        put(tmp_path, f"bars_eod/ticker={symbol}/p.parquet", PRICES)
    put(tmp_path, "asset_master/ticker=A/p.parquet", [{"name": "Alfa", "sector": "Bank"}])
    dated = [{"valid_from": day(3), "sector": "Energy"}, {"valid_from": day(6), "sector": "Bank"}]
    put(tmp_path, "asset_master/ticker=B/p.parquet", dated)
    imported = read(tmp_path)
    assert imported.levels == {"sector": ("Bank", "Energy")}
    assert column(imported, "sector", "A") == ["Bank"] * 10
    assert column(imported, "sector", "B") == [None] * 3 + ["Energy"] * 3 + ["Bank"] * 4


def test_files_of_one_symbol_may_hold_different_columns(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/prices.parquet", PRICES)
    put(tmp_path, "bars_eod/ticker=A/volumes.csv", [{"date": day(0), "v": 5.0}])
    base = {"period_end": day(0), "release_date": day(1)}
    put(tmp_path, "fundamentals/ticker=A/income.parquet", [base | {"eps": 1.0}])
    put(tmp_path, "fundamentals/ticker=A/balance.parquet", [base | {"assets": 7.0}])
    imported = read(tmp_path)
    row = imported.frame.row(1, named=True)
    assert (row["fundamentals_eps"], row["fundamentals_assets"]) == (1.0, 7.0)
    assert column(imported, "v") == [5.0] + [None] * 9


def test_options_apply_as_to_any_import(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", [row | {"v": 2.0, "x": 1.0} for row in PRICES])
    imported = read(tmp_path, ignore=("x",), rename={"v": "volume"}, derive=("returns",))
    assert imported.features == ("c_sek", "returns", "volume")
    assert [each.column for each in imported.report.refused] == ["x"]


def test_whoever_waits_is_told_and_may_cancel(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", PRICES)
    told = []
    read_curated(tmp_path, None, lambda stage, share: told.append((stage, share)))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert [stage for stage, _ in told][:2] == ["Looking for files", "Reading bars_eod"]

    def cancel(_stage, _share):
        raise CancelledError("stop")

    with pytest.raises(CancelledError):
        read_curated(tmp_path, None, cancel)


def test_the_order_of_files_and_rows_never_matters(tmp_path):
    given_tables = Tables(bars=[{"ticker": s, "date": day(n), "c_sek": 1.0 + n, "c_usd": None}
                                for s in ("ä", "Z", "a") for n in range(5)])  # fmt: skip
    given_tables.write(tmp_path / "one")
    for number, row in enumerate(reversed(given_tables.bars)):
        part = {"date": row["date"], "c_sek": row["c_sek"]}
        put(tmp_path, f"two/bars_eod/ticker={row['ticker']}/{number}.parquet", [part])
    one, two = read(tmp_path / "one"), read(tmp_path / "two")
    assert one.frame.equals(two.frame)
    assert one.grid.symbols == ("Z", "a", "ä")
    assert one.fingerprint == two.fingerprint


def test_costs_may_come_from_a_file_of_their_own(tmp_path):
    put(tmp_path / "tree", "bars_eod/ticker=A/p.parquet", PRICES)
    costs = put(tmp_path, "costs.csv", [{"symbol": "A", "cost_bps": 4.0}])
    imported = read(tmp_path / "tree", costs=str(costs))
    assert column(imported, "commission_bps") == [4.0] * 10


def test_of_two_columns_of_one_name_that_of_the_area_counts(tmp_path):
    put(tmp_path, "bars_eod/ticker=A/p.parquet", [row | {"universe": 7.0} for row in PRICES])
    alone = read(tmp_path)
    assert alone.universe is None
    assert any("values other than 0 and 1" in text for text in alone.report.warnings)
    with pytest.raises(DataError, match="values other than 0 and 1"):
        read(tmp_path, universe="universe")
    put(tmp_path, "universe_membership/p.csv", [{"date": day(0), "symbol": "A"}])
    imported = read(tmp_path)
    assert column(imported, "universe") == [1.0] * 10
    refused = [(each.column, each.reason) for each in imported.report.refused]
    assert refused == [("universe", "another column has that name")]


def test_symbols_without_prices_and_lists_of_changes_are_said(tmp_path):
    for symbol in "ABC":
        put(tmp_path, f"bars_eod/ticker={symbol}/p.parquet", PRICES)
    put(tmp_path, "fundamentals/ticker=A.ST/p.parquet", [{"release_date": day(0), "eps": 1.0}])
    listed = [{"date": day(0), "symbol": symbol} for symbol in "ABC"]
    put(tmp_path, "universe_membership/p.parquet", [*listed, {"date": day(5), "symbol": "A"}])
    warnings = read(tmp_path).report.warnings
    assert "1 of 1 symbols of fundamentals have no prices, the first 'A.ST'." in warnings
    assert any("name 1 to 3 symbols. Each date must list all" in text for text in warnings)


def test_columns_named_like_patterns_are_refused_by_name(tmp_path):
    rows = [row | {"^c.*$": 1.0, "*": 2.0} for row in PRICES]
    put(tmp_path, "bars_eod/ticker=A/p.parquet", rows)
    imported = read(tmp_path)
    assert imported.features == ("c_sek",)
    assert {each.column: each.reason for each in imported.report.refused} == {
        "bars_eod: ^c.*$": (
            "its name begins with ^ and ends with $, as a pattern does; rename it in the file"
        ),
        "bars_eod: *": "its name is *, which stands for all columns; rename it in the file",
    }
