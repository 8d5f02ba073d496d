"""A curated folder of 505 symbols: prices, fundamentals, macro series, rates, costs, facts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from engine.book import BookParams, backtest_signal
from engine.curated import read_curated
from engine.dsl.parse import parse
from engine.dsl.tree import Names
from engine.evaluate.run import evaluate
from engine.importing import write_dataset
from engine.panel import open_panel
from tests.engine.curated_tree import put

EXPR = """
value = cs_rank(inverse(fundamentals_pe));
calm = macro_vix < 20;
if_else(calm, group_zscore(value, sector), 0)
"""


@pytest.fixture(scope="module")
def shared(shared_data):
    """The panels, with point-in-time fundamentals of the same symbols only."""
    prices = pl.read_parquet(shared_data / "panels/sp500_5y.parquet")
    reports = pl.read_parquet(shared_data / "panels/fundamentals_pit.parquet")
    macro = pl.read_parquet(shared_data / "panels/macro.parquet")
    daily = pl.read_parquet(shared_data / "panels/macro_daily_pit.parquet")
    costs = pl.read_csv(shared_data / "costs_sp500_min.csv")
    known = prices["symbol"].unique().implode()
    return {
        "prices": prices,
        "reports": reports.filter(pl.col("symbol").is_in(known)),
        "macro": macro,
        "vix": daily.select("date", value="vix").drop_nulls(),
        "costs": costs,
    }


@pytest.fixture(scope="module")
def root(shared, tmp_path_factory):
    """The folder: 2,975 files of prices, and one or two for each symbol and series."""
    place = tmp_path_factory.mktemp("curated")
    prices = shared["prices"].with_columns(year=pl.col("date").dt.year())
    for (symbol, year), part in prices.group_by("symbol", "year"):
        bars = part.select(
            "date", o_usd="open", h_usd="high", l_usd="low", c_usd="close", v="volume"
        )
        put(place, f"bars_eod/ticker={symbol}/year={year}/part-0.parquet", bars)
    for (symbol,), part in shared["reports"].group_by("symbol"):
        rows = part.select("pe", "eps", release_date="date")
        put(place, f"fundamentals/ticker={symbol}/part-0.parquet", rows)
    for (series,), part in shared["macro"].group_by("symbol"):
        put(place, f"exogener/series={series}/part-0.parquet", part.drop("symbol"))
    put(place, "exogener/series=vix/part-0.parquet", shared["vix"])
    rates = prices.select("date", rate="usdsek").unique().sort("date")
    put(place, "fx_rates/ccy_pair=USDSEK/part-0.parquet", rates)
    costs = shared["costs"].select("symbol", commission_bps="cost_bps", date=dt.date(2013, 2, 8))
    put(place, "cost_model_daily/year=2013/part-0.parquet", costs)
    for (symbol,), part in prices.group_by("symbol"):
        facts = pl.DataFrame({"name": [f"{symbol} Inc"], "sector": [part["sector"][0]]})
        put(place, f"asset_master/ticker={symbol}/part-0.parquet", facts)
    return place


@pytest.fixture(scope="module")
def imported(root):
    return read_curated(root)


def test_every_file_is_used_and_every_area_is_there(imported):
    report = imported.report
    assert [note for note in report.files if not note.used] == []
    assert (report.rows, report.symbols, report.dates) == (619_040, 505, 1259)
    assert (imported.price, imported.universe) == ("c_sek", None)
    assert tuple(imported.levels) == ("sector",)
    assert {
        "c_sek", "o_sek", "h_sek", "l_sek", "v", "fx_usdsek", "fundamentals_pe", "macro_CPIAUC",
        "macro_vix", "commission_bps",
    } <= set(imported.features)  # fmt: skip


def test_prices_in_kronor_are_those_of_the_panel(imported, shared):
    expected = shared["prices"].sort("symbol", "date")
    found = imported.frame.select("date", "symbol", "c_sek", "sector")
    assert found.drop("c_sek").equals(expected.select("date", "symbol", "sector"))
    both = found["c_sek"].to_numpy(), expected["c_sek"].to_numpy()
    np.testing.assert_allclose(*both, atol=6e-5)  # rounded to four decimals there


def test_as_of_joins_are_those_of_a_slow_search(imported, shared):
    rows = imported.frame.sample(400, seed=1).iter_rows(named=True)
    reports, cpi = shared["reports"], shared["macro"].filter(pl.col("symbol") == "CPIAUC")
    for row in rows:
        known = reports.filter(
            (pl.col("symbol") == row["symbol"]) & (pl.col("date") <= row["date"])
        )
        pe = known.drop_nulls("pe").sort("date")["pe"]
        assert row["fundamentals_pe"] == (pe[-1] if len(pe) else None)
        released = cpi.filter(pl.col("release_date") <= row["date"]).drop_nulls("value")
        assert row["macro_CPIAUC"] == released.sort("date", "release_date")["value"][-1]


def test_a_strategy_of_a_fundamental_a_series_and_a_sector_runs(imported, tmp_path):
    folder = tmp_path / "curated"
    write_dataset(folder, imported)
    panel = open_panel(folder, name="curated")
    signal = evaluate(panel, parse(EXPR, Names.of(panel)))
    result = backtest_signal(panel, signal, BookParams(neutralize="sector", sizing="gross"))
    net = result.daily.net
    assert len(net) == 1259
    assert np.isfinite(net).all()
    assert result.daily.cost.sum() > 0
    assert np.abs(net).max() < 0.2
