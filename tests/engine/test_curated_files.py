"""The files of a curated folder: whatever lies there is used whole or refused by name."""

from __future__ import annotations

import polars as pl
import pytest

from engine.curated import read_curated
from engine.errors import DataError
from engine.importing import ImportOptions
from tests.engine.curated_tree import SHORT as PRICES
from tests.engine.curated_tree import day, put, reasons


@pytest.fixture
def root(tmp_path):
    """A folder with the prices of one symbol."""
    put(tmp_path, "bars_eod/ticker=A/year=2020/p.parquet", PRICES)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "rows", "reason"),
    [
        ("bars_eod/ticker=B/p.parquet", {"c_sek": [1.0]}, "no column 'date'; it has c_sek"),
        ("bars_eod/ticker=B/p.parquet", {"date": [day(0)]}, "no column of numbers"),
        ("bars_eod/p.parquet", {"date": [day(0)], "c_sek": [1.0]}, "no column 'ticker'"),
        (
            "bars_eod/ticker=B/p.parquet",
            {"date": [20200101], "c_sek": [1.0]},
            "'date' holds Int64, not dates; write them as 2019-07-31",
        ),
        (
            "bars_eod/ticker=B/p.csv",
            {"date": ["2020-01-01", "01/02/2020"], "c_sek": [1.0, 2.0]},
            "1 of its rows have no date from 1800 to 2200, written as 2019-07-31, in 'date'",
        ),
        (
            "bars_eod/ticker=B/p.parquet",
            {"date": [day(0), None], "c_sek": [1.0, 2.0]},
            "1 of its rows have no date",
        ),
        (
            "bars_eod/ticker=B/year=2021/p.parquet",
            {"date": [day(0)], "c_sek": [1.0]},
            "1 of its rows are of another year than their folder",
        ),
        (
            "bars_eod/ticker=B/p.parquet",
            {"date": [day(0)], "symbol": ["C"], "c_sek": [1.0]},
            "1 of its rows name another ticker than their folder",
        ),
        ("fx_rates/ccy_pair=BRENT/p.parquet", {"date": [day(0)], "rate": [1.0]}, "no pair"),
        (
            "fx_rates/ccy_pair=USDSEK/p.parquet",
            {"date": [day(0)], "rate": [-1.0]},
            "1 of its rows have value outside 1e-12 to 1e+12",
        ),
        (
            "fx_rates/ccy_pair=USDSEK/p.parquet",
            {"date": [day(0)], "bid": [1.0], "ask": [2.0]},
            "several columns of numbers (bid, ask); name one of them rate",
        ),
        (
            "cost_model_daily/p.parquet",
            {"date": [day(0)], "symbol": ["A"], "commission_bps": [20_000.0]},
            "1 of its rows have commission_bps outside 0 to 10,000",
        ),
        (
            "cost_model_daily/p.parquet",
            {"date": [day(0)], "symbol": ["A"]},
            "no column 'commission_bps' or 'half_spread_bps' or 'impact_bps' or 'borrow_fee_bps'",
        ),
        (
            "universe_membership/p.parquet",
            {"symbol": ["A"], "from": [day(3)], "to": [day(1)]},
            "1 of its rows end before they start",
        ),
        ("fundamentals/ticker=A1/p.parquet", {"eps": [1.0]}, "'release_date' or 'period_end'"),
        ("exogener/series=CPI/p.parquet", {"date": [day(0)], "unit": ["%"]}, "no column of num"),
    ],
)
def test_a_file_that_breaks_its_contract_is_refused(root, path, rows, reason):
    put(root, path, pl.DataFrame(rows))
    found = reasons(root)
    assert list(found) == [path]
    assert reason in found[path]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("p.parquet", b"", "it is empty: it has 0 bytes"),
        ("p.parquet", b"PAR1 and nothing more", "It cannot be read"),
        ("p.parquet", b"date,c_sek\n2020-01-01,1\n", "It is not a Parquet file"),
        ("p.csv", b"date;c_sek\n2020-01-01;1,5\n", "not separated by commas"),
        ("p.csv", b"date,c_sek\n2020-01-01,1,5\n", "It cannot be read"),
        ("p.csv", b"date,date,c_sek\n2020-01-01,2020-01-01,1\n", "two columns of one name"),
        ("p.csv", "date,c_sek\n2020-01-01,å\n".encode("latin-1"), "It cannot be read"),
        ("p.csv", b"date,c_sek\n", "It has no rows."),
        ("p.xlsx", b"PK\x03\x04", "it is of another kind than .parquet, .pq, .csv, .csv.gz"),
        (".p.parquet", b"PAR1", "it is hidden or temporary"),
        ("p.parquet.tmp", b"PAR1", "it is hidden or temporary"),
        ("_SUCCESS", b"", "it is hidden or temporary"),
    ],
)
def test_a_file_that_is_none_is_refused(root, name, content, reason):
    place = root / "bars_eod" / "ticker=B" / name
    place.parent.mkdir()
    place.write_bytes(content)
    found = reasons(root)
    assert list(found) == [f"bars_eod/ticker=B/{name}"]
    assert reason in found[f"bars_eod/ticker=B/{name}"]


def test_a_damaged_file_among_good_ones_is_named(root):
    data = (root / "bars_eod/ticker=A/year=2020/p.parquet").read_bytes()
    for number in range(4, len(data) - 8, 7):
        place = root / f"bars_eod/ticker=B{number}/p.parquet"
        place.parent.mkdir()
        place.write_bytes(data[:number] + b"\xff\xff" + data[number + 2 :])
    found = reasons(root)
    assert len(found) == len(range(4, len(data) - 8, 7))
    assert any(reason and "cannot be read" in reason for reason in found.values())


def test_the_same_rows_twice_are_counted_and_other_rows_refused(root):
    put(root, "bars_eod/ticker=A/year=2020/q.parquet", PRICES[:2])
    put(root, "bars_eod/ticker=A/year=2020/r.parquet", [{"date": day(1), "c_sek": 7.0}])
    put(root, "bars_eod/ticker=B/p.parquet", [*PRICES, {"date": day(2), "c_sek": 9.0}])
    imported = read_curated(root)
    refused = {note.file: note.reason for note in imported.report.files if not note.used}
    assert imported.report.duplicates_dropped == 2
    assert imported.frame["c_sek"].to_list() == [100.0, 101.0, 102.0]
    assert list(refused) == ["bars_eod/ticker=A/year=2020/r.parquet", "bars_eod/ticker=B/p.parquet"]
    assert "the first A on 2020-01-02; keep one of them" in refused[next(iter(refused))]
    for keep, value in (("first", 101.0), ("last", 7.0)):
        kept = read_curated(root, ImportOptions(duplicates=keep))
        assert all(note.used for note in kept.report.files)
        assert kept.frame["c_sek"][1] == value


def test_without_prices_nothing_is_imported(tmp_path):
    put(tmp_path, "fundamentals/ticker=A/p.parquet", [{"date": day(0), "eps": 1.0}])
    with pytest.raises(DataError, match=r"has no prices: put them into bars_eod/ticker=SYMBOL"):
        read_curated(tmp_path)
    put(tmp_path, "bars_eod/ticker=A/p.parquet", [{"date": 1, "c_sek": 1.0}])
    with pytest.raises(DataError, match=r"Not used there: bars_eod/ticker=A/p.parquet: its colu"):
        read_curated(tmp_path)
    with pytest.raises(DataError, match="is not a folder, or it is gone"):
        read_curated(tmp_path / "gone")


def test_files_that_are_too_large_are_refused_before_they_are_read(root):
    put(root, "bars_eod/ticker=B/p.csv", [{"date": day(n), "c_sek": 1.0} for n in range(1000)])
    found = reasons(root, max_bytes=2000)
    assert "at most 2,000 bytes are read" in (found["bars_eod/ticker=B/p.csv"] or "")


def test_columns_that_cannot_be_used_are_named(root):
    rows = [row | {"note": "x", "parts": [1.0], "#file": 1.0} for row in PRICES]
    put(root, "bars_eod/ticker=B/p.parquet", pl.DataFrame(rows))
    refused = {each.column: each.reason for each in read_curated(root).report.refused}
    assert refused == {
        "bars_eod: #file": "its name has a quote, a backslash, # or a control character",
        "bars_eod: note": "it holds String, not numbers",
        "bars_eod: parts": "it holds lists or structures, not one value in each row",
    }


def test_infinite_values_are_missing_and_counted(root):
    rows = [{"date": day(0), "c_sek": 1.0, "x": float("inf")}, {"date": day(1), "x": float("nan")}]
    put(root, "bars_eod/ticker=B/p.parquet", rows)
    imported = read_curated(root)
    assert "x" not in imported.features
    assert "1 infinite values of bars_eod were read as missing." in imported.report.warnings


def test_csv_keeps_symbols_as_they_are_written(root):
    text = "date,symbol,commission_bps\n2020-01-01,0700,2\n2020-01-01,A,3\n"
    place = root / "cost_model_daily" / "year=2020" / "p.csv"
    place.parent.mkdir(parents=True)
    place.write_text(text)
    put(root, "bars_eod/ticker=0700/p.csv", PRICES)
    assert read_curated(root).frame["commission_bps"].to_list() == [2.0] * 3 + [3.0] * 3
