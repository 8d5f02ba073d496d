"""The files of a curated folder: whatever lies there is used whole or refused by name."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import polars as pl
import pytest

from engine.curated import Area, RawFile, is_curated, raw_files, read_curated, survey
from engine.errors import DataError
from engine.importing import ImportOptions
from tests.engine.curated_tree import day, put

PRICES = [{"date": day(n), "c_sek": 100.0 + n} for n in range(3)]


@pytest.fixture
def root(tmp_path):
    """A folder with the prices of one symbol."""
    put(tmp_path, "bars_eod/ticker=A/year=2020/p.parquet", PRICES)
    return tmp_path


def files(root, **options):
    """What became of each file but the good one: the reason."""
    report = read_curated(root, ImportOptions(**options)).report
    assert all(note.used == (note.reason is None) for note in report.files)
    return {note.file: note.reason for note in report.files if "ticker=A/" not in note.file}


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
    found = files(root)
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
    found = files(root)
    assert list(found) == [f"bars_eod/ticker=B/{name}"]
    assert reason in found[f"bars_eod/ticker=B/{name}"]


def test_a_damaged_file_among_good_ones_is_named(root):
    data = (root / "bars_eod/ticker=A/year=2020/p.parquet").read_bytes()
    for number in range(4, len(data) - 8, 7):
        place = root / f"bars_eod/ticker=B{number}/p.parquet"
        place.parent.mkdir()
        place.write_bytes(data[:number] + b"\xff\xff" + data[number + 2 :])
    found = files(root)
    assert len(found) == len(range(4, len(data) - 8, 7))
    assert any(reason and "cannot be read" in reason for reason in found.values())


@pytest.mark.parametrize(
    "symbol",
    [
        "..%2Fx", "*", "[AB]?", "s3:", "https:%2F%2Fhost%2Fx", "'; DROP TABLE prices; --", 'a"b',
        "=cmd|' %2FC calc'!A0", "x'||(SELECT 1)||'", "%24{jndi}", "ö å",
    ],
)  # fmt: skip
def test_names_are_taken_literally(root, symbol):
    put(root, f"bars_eod/ticker={symbol}/p[1]*.parquet", PRICES)
    put(root, f"fundamentals/ticker={symbol}/p.parquet", [{"date": day(0), "x'; --": 1.0}])
    put(root, f"exogener/series={symbol}/p.parquet", [{"date": day(0), "value": 2.0}])
    imported = read_curated(root)
    literal = symbol.replace("%2F", "/").replace("%24", "$")
    assert imported.grid.symbols == tuple(sorted(["A", literal]))
    assert f"macro_{literal}" in imported.features
    assert "fundamentals_x'; --" in imported.features


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("ticker=", "it names no ticker"),
        ("ticker=%20", "it names no ticker"),
        ("ticker=__HIVE_DEFAULT_PARTITION__", "it names no ticker"),
        ("ticker=a%00b", "control characters"),
        ("ticker=%FF", "control characters or is not UTF-8"),
        ("old", "it is no folder of the layout; those are named ticker=..."),
        (".git", "it is hidden"),
        ("ticker=B/year=20", "its year is not a number of four digits"),
        ("ticker=B/ticker=C", "it repeats ticker="),
        ("ticker=B/a=1/b=1/c=1/d=1/e=1", "more than 5 folders deep"),
    ],
)
def test_folders_that_mean_nothing_are_refused(root, folder, reason):
    put(root, f"bars_eod/{folder}/p.parquet", PRICES)
    found = files(root)
    assert list(found) == [f"bars_eod/{folder}/"]
    assert reason in found[f"bars_eod/{folder}/"]


def test_names_that_are_no_text_can_still_be_reported(root):
    folder = os.fsencode(root) + b"/bars_eod/ticker=\xff\xfe"
    os.mkdir(folder)  # noqa: PTH102 - a name in bytes
    found = files(root)
    assert list(found) == ["bars_eod/ticker=\\udcff\\udcfe/"]


def test_links_and_pipes_are_neither_followed_nor_waited_for(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    secret = put(outside, "p.parquet", [{"date": day(0), "c_sek": 666.0}])
    for symbol in "BCD":
        (root / f"bars_eod/ticker={symbol}").mkdir()
    (root / "bars_eod/ticker=B/p.parquet").symlink_to(secret)
    (root / "bars_eod/ticker=C/gone.parquet").symlink_to(outside / "gone")
    os.mkfifo(root / "bars_eod/ticker=D/p.parquet")
    (root / "bars_eod/ticker=E").symlink_to(outside)
    (root / "fundamentals").symlink_to(outside)
    assert files(root) == {
        "bars_eod/ticker=B/p.parquet": "it is a link; links are not followed",
        "bars_eod/ticker=C/gone.parquet": "it is a link; links are not followed",
        "bars_eod/ticker=D/p.parquet": "it is not a regular file",
        "bars_eod/ticker=E": "it is a link; links are not followed",
        "fundamentals": "it is a link; links are not followed",
    }


def test_whatever_lies_beside_the_areas_is_named(root):
    put(root, "prices/p.parquet", PRICES)
    (root / "README").write_text("mine")
    (root / ".DS_Store").write_text("")
    assert sorted(files(root)) == ["README", "prices"]


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
    found = files(root, max_bytes=2000)
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


def test_a_survey_counts_names_and_opens_nothing(root):
    assert is_curated(root)
    assert not is_curated(root / "bars_eod")
    os.mkfifo(root / "bars_eod/ticker=A/pipe.parquet")
    put(root, "exogener/series=CPI/p.csv", [{"date": day(0), "value": 1.0}])
    found = survey(root)
    assert found.problem is None
    assert found.areas == (
        Area(
            name="bars_eod",
            files=2,
            used=1,
            problem="Not used: 1, of which 1 because it is not a regular file.",
        ),
        Area(name="exogener", files=1, used=1),
    )
    assert "has no prices" in (survey(root / "exogener").problem or "")
    assert "is not a folder" in (survey(root / "gone").problem or "")


def test_raw_files_are_listed_with_what_is_wrong(tmp_path):
    (tmp_path / "prices.csv").write_text("date,symbol,close\n")
    os.utime(tmp_path / "prices.csv", (0, 86_400))
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "empty.csv").touch()
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "prices.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    found = {file.name: file for file in raw_files(tmp_path)}
    moment = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
    assert found["prices.csv"] == RawFile(name="prices.csv", bytes=18, modified_at=moment)
    problems = {name: file.problem for name, file in found.items() if file.problem}
    assert {name: text.split(";")[0].split(" than")[0] for name, text in problems.items()} == {
        ".hidden.csv": "It is hidden or temporary.",
        "empty.csv": "It is empty.",
        "folder": "It is a folder",
        "link.csv": "It is a link",
        "notes.md": "It is of another kind",
        "pipe.csv": "It is not a regular file.",
    }
    assert raw_files(Path("gone")) == ()
