"""The SQL engine of curated folders: it sees the tables it is handed and nothing else."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pytest

from engine.curated.pairs import currency_code, pair_of, price_of
from engine.curated.sql import connected
from engine.errors import DataError

FRAME = pl.DataFrame({"name": ["å", None], "day": [dt.date(2020, 1, 1)] * 2, "value": [1.5, None]})


def test_frames_go_in_and_come_back():
    with connected() as sql:
        sql.table("given", FRAME)
        sql.keep("kept", "SELECT * FROM given")
        assert sql.frame("SELECT * FROM kept").equals(FRAME)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('{folder}/x.parquet')",
        "SELECT * FROM '{folder}/x.parquet'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_text('https://example.org/')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db'",
        "EXPORT DATABASE '{folder}/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 8",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SELECT * FROM FRAME",
    ],
)
def test_files_network_settings_and_variables_are_out_of_reach(tmp_path, query):
    FRAME.write_parquet(tmp_path / "x.parquet")
    with connected() as sql, pytest.raises(duckdb.Error):
        sql.connection.execute(query.format(folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


def test_one_thread_a_limit_and_no_folder_but_its_own():
    with connected() as sql:
        rows = sql.connection.execute("SELECT name, value FROM duckdb_settings()").fetchall()
        found = dict(rows)
        assert (found["threads"], found["memory_limit"]) == ("1", "1.8 GiB")
        assert found["allowed_directories"] == f"[{found['temp_directory']}/]"
        assert found["autoload_known_extensions"] == "false"


def test_more_than_fits_into_memory_and_disk_is_an_error_with_a_remedy():
    numbers = pl.DataFrame({"a": pl.arange(0, 2_000_000, eager=True)})
    query = "SELECT list(a) AS x FROM numbers"
    with connected("30MB") as sql:
        sql.table("numbers", numbers)
        assert len(sql.frame("SELECT a, -a AS b FROM numbers ORDER BY b")) == len(numbers)
        with pytest.raises(DataError, match="cannot be joined in"):
            sql.frame(query)


def test_tables_have_names_of_ours_only():
    with connected() as sql, pytest.raises(ValueError, match="no name of a table"):
        sql.table("x; DROP TABLE y", FRAME)


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        *((text, "USDSEK") for text in ("USDSEK", "usd_sek", "USD/SEK", "usd-sek", "USDSEK=X")),
        ("USDUSD", None),
        ("BRENT", None),
        ("USDSEKX", None),
    ],
)
def test_pairs_are_known_in_every_spelling(name, pair):
    assert pair_of(name) == pair


def test_price_columns_say_what_they_become():
    names = ("c_usd", "C_SEK", "c_gbx_adj", "adj_close", "Open", "vwap_eur", "v", "pe_ttm", "x_usd")
    found = {name: price_of(name, "SEK") for name in names}
    assert {n: (p.becomes, p.currency) for n, p in found.items() if p} == {
        "c_usd": ("c_sek", "USD"),
        "C_SEK": ("c_sek", "SEK"),
        "c_gbx_adj": ("c_sek_adj", "GBX"),
        "adj_close": ("c_sek_adj", None),
        "Open": ("o_sek", None),
        "vwap_eur": ("vwap_sek", "EUR"),
    }
    assert [currency_code(text) for text in ("GBp", " usd ", "GBP")] == ["GBX", "USD", "GBP"]
