"""What the quality report says of real data whose faults are known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from engine.importing.grid import Grid
from engine.panel import Panel
from engine.quality import Quality, inspect


def shared_panel(
    folder: Path, name: str, *, macro: bool = False, price: str | None = None
) -> Panel:
    """A shared panel; with `macro` the macro series of each date are columns of all symbols."""
    frame = pl.read_parquet(folder / "panels" / f"{name}.parquet").sort("symbol", "date")
    if macro:
        series = pl.read_parquet(folder / "panels" / "macro_daily_pit.parquet").drop("symbol")
        names = {each: f"macro_{each}" for each in series.columns if each != "date"}
        frame = frame.join(series.rename(names), on="date", how="left")
    grid = Grid.of(frame)
    numbers = [each for each in frame.columns if each != "date" and frame[each].dtype.is_numeric()]
    return Panel.from_arrays(
        name,
        grid.dates,
        grid.symbols,
        {
            each: grid.matrix(frame[each].cast(pl.Float64).fill_null(float("nan")))
            for each in numbers
        },
        price=price,
    )


def inspected(folder: Path, name: str, **options) -> Quality:
    panel = shared_panel(folder, name, **options)
    return inspect(panel, open_rows=4 * len(panel.dates) // 5)


def counts(quality: Quality, *severities: str) -> dict[tuple[str, str | None], int]:
    """How often each kind of finding was found, by kind and column."""
    return {
        (each.kind, each.column): each.count
        for each in quality.findings
        if each.severity in severities
    }


def places(quality: Quality, kind: str) -> set[tuple[str | None, str]]:
    return {
        (example.symbol, str(example.date))
        for finding in quality.findings
        if finding.kind == kind
        for example in finding.examples
    }


def test_american_shares_have_the_faults_that_are_known(shared_data):
    quality = inspected(shared_data, "sp500_5y")
    assert counts(quality, "error") == {
        ("high_below_low", None): 1,
        ("outside_range", "open"): 3,
        ("outside_range", "close"): 8,
    }
    assert counts(quality, "warning") == {
        ("missing_cell", None): 8,  # high and low
        ("missing_cell", "open"): 11,
        ("copied_row", None): 959,
        ("bad_print", "c_sek"): 28,
        ("split", "c_sek"): 2,
        ("spin_off", "c_sek"): 18,
        ("spike", "open"): 1,
        ("spike", "high"): 2,
        ("spike", "low"): 1,
        ("gap", None): 51,
        ("survivorship", None): 505,
    }
    assert counts(quality, "info") == {
        ("zero_volume", "volume"): 4,
        ("large_move", "c_sek"): 309,
        ("late_start", None): 29,
    }
    assert {("NI", "2015-07-02"), ("EBAY", "2015-07-20"), ("BAX", "2015-07-01")} <= places(
        quality, "spin_off"
    )
    assert {("LNT", "2016-05-19"), ("MRO", "2017-09-14"), ("NWL", "2017-09-14")} <= places(
        quality, "bad_print"
    )


def test_a_currency_may_jump_and_end(shared_data):
    quality = inspected(shared_data, "fx_sek")
    assert counts(quality, "error", "warning") == {("gap", None): 2341}
    (hole,) = [each for each in quality.findings if each.kind == "gap"]
    assert [(each.symbol, "3,341 days" in each.text) for each in hole.examples] == [("ISK", True)]
    assert counts(quality, "info") == {
        ("large_move", "c_sek"): 10,
        ("late_start", None): 14,
        ("early_end", None): 12,
    }
    (moves,) = [each for each in quality.findings if each.kind == "large_move"]
    (franc,) = [each for each in moves.examples if each.symbol == "CHF"]
    assert (franc.date, franc.text[:7]) == (dt.date(2015, 1, 15), "+16.3 %")


def test_swedish_shares_lack_most_symbols_on_a_date(shared_data):
    quality = inspected(shared_data, "omx_sek")
    assert counts(quality, "error", "warning") == {
        ("thin_date", None): 2,
        ("spin_off", "c_sek"): 1,  # Kinnevik hands out Millicom
    }
    (thin,) = [each for each in quality.findings if each.kind == "thin_date"]
    assert (str(thin.examples[0].date), thin.examples[0].text) == ("2020-09-18", "2 of 28 symbols")
    assert places(quality, "spin_off") == {("KINV-B.ST", "2019-11-13")}


@pytest.mark.parametrize(
    ("name", "price", "expected"),
    [
        ("us20_long", None, {"survivorship"}),
        ("us20_long", "c_usd_adj", {"survivorship", "split", "stale"}),
        ("ftse64_long", None, {"survivorship", "frozen_date", "gap", "bad_print", "split"}),
        ("us20_iv3m", "iv3m", {"survivorship", "bad_print"}),
    ],
)
def test_other_panels_have_few_warnings(shared_data, name, price, expected):
    quality = inspected(shared_data, name, price=price)
    assert {kind for kind, _ in counts(quality, "error", "warning")} == expected


@pytest.mark.parametrize("name", ["fx_sek", "sp500_5y", "us20_long"])
def test_the_series_that_knows_its_values_too_early_is_told(shared_data, name):
    quality = inspected(shared_data, name, macro=True)
    found = [each for each in counts(quality, "error", "warning") if each[0] in LEAKS]
    # The rates of the ECB are fixed hours before New York closes on the same date.
    late = [("leak", "macro_spx")] if name == "fx_sek" else []
    leaky = "macro_cpi_yoy_LEAKY"
    assert found == [*late, ("lead_copy", leaky), ("period_dated", leaky)]


LEAKS = ("leak", "lead_copy", "period_dated")


def test_macro_series_have_a_negative_price_and_a_month_that_does_not_exist(shared_data):
    frame = pl.read_parquet(shared_data / "panels" / "macro.parquet").sort("symbol", "date")
    grid = Grid.of(frame)
    panel = Panel.from_arrays(
        "macro", grid.dates, grid.symbols, {"value": grid.matrix(frame["value"])}, price="value"
    )
    quality = inspect(panel, open_rows=len(panel.dates))
    assert ("WTI", "2020-04-20") in places(quality, "negative_price")
    assert ("CPIAUC", "2025-10-01") in places(quality, "gap")
    assert not np.isnan(quality.elapsed_s)
