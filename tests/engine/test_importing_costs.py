"""A file of costs becomes columns of the data set, and nothing of it is lost silently."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from engine.errors import DataError
from engine.importing import ImportOptions, read_file, write_dataset
from engine.panel import open_panel
from engine.workspace.naming import source_key

PRICES = [
    {"date": f"2020-01-0{day}", "symbol": name, "close": 10.0 * day + len(name)}
    for day in range(1, 4)
    for name in ("A", "BB", "C")
]
PARTS = "commission_bps,half_spread_bps,impact_bps"


@pytest.fixture
def read(tmp_path):
    """Import the prices with a file of costs of this text."""
    pl.DataFrame(PRICES).write_csv(tmp_path / "prices.csv")

    def read(text: str | None, **options):
        if text is not None:
            (tmp_path / "costs.csv").write_text(text)
            options["costs"] = str(tmp_path / "costs.csv")
        return read_file(tmp_path / "prices.csv", ImportOptions(**options))

    return read


def costs_of(imported, folder):
    write_dataset(folder, imported)
    return open_panel(folder, name="x").costs()


def test_costs_by_symbol_hold_on_every_date(read, tmp_path):
    imported = read("symbol,cost_bps\nC,3\nA,1.5\n")
    assert np.array_equal(
        costs_of(imported, tmp_path / "x"), [[1.5, np.nan, 3.0]] * 3, equal_nan=True
    )
    assert imported.features == ("close", "commission_bps")
    assert imported.report.features == imported.features
    assert imported.report.warnings[-2:] == (
        "cost_bps of costs.csv was read as commission_bps.",
        (
            "3 of 9 rows have no cost in costs.csv, of BB; there the cost of the run applies"
            " (--cost-bps)."
        ),
    )


def test_costs_by_date_and_symbol_hold_on_that_date_and_are_added_up(read, tmp_path):
    rows = "01/02/2020,A,1,2,3\n01/02/2020,BB,1,2,4\n01/03/2020,C,0,0,0\n"
    imported = read(f"date,Symbol,{PARTS}\n{rows}", date_order="mdy")
    nan = np.nan
    assert np.array_equal(
        costs_of(imported, tmp_path / "x"),
        [[nan, nan, nan], [6.0, 7.0, nan], [nan, nan, 0.0]],
        equal_nan=True,
    )
    assert imported.report.warnings[-1].startswith("6 of 9 rows have no cost in costs.csv, of A")


def test_the_fingerprint_covers_the_costs(read, tmp_path):
    plain, one, other = read(None), read("symbol,cost_bps\nA,1\n"), read("symbol,cost_bps\nA,2\n")
    assert len({plain.fingerprint, one.fingerprint, other.fingerprint}) == 3
    keys = set()
    for text in ("symbol,cost_bps\nA,1\n", "symbol,cost_bps\nA,2\n"):
        (tmp_path / "costs.csv").write_text(text)
        options = ImportOptions(costs=str(tmp_path / "costs.csv"))
        keys.add(source_key(tmp_path / "prices.csv", options))
    keys.add(source_key(tmp_path / "prices.csv", ImportOptions()))
    assert len(keys) == 3


def test_symbols_that_only_the_costs_have_are_reported(read):
    imported = read("symbol,cost_bps\nA,1\nBB,1\nC,1\nD,1\nE,1\nE,1\n")
    assert imported.report.warnings[-1] == (
        "costs.csv has costs of 2 symbols that are not in prices.csv: D, E."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "symbol,cost_bps\nA,1\nBB,-2\nC,\n",
            (
                "2 costs in the column 'cost_bps' of costs.csv are missing or not from 0 to 10,000"
                " basis points: '-2' in line 3, an empty cell in line 4. Correct or remove those"
                " rows."
            ),
        ),
        (
            "symbol,cost_bps\nA,much\nBB,1\nC,2\n",
            (
                "The column 'cost_bps' of costs.csv cannot be used as a cost: 1 of its cells are no"
                " numbers: 'much' in line 2."
            ),
        ),
        (
            "symbol,cost_bps\nA,\nBB,\n",
            "The column 'cost_bps' of costs.csv cannot be used as a cost: it has no values.",
        ),
        (
            "symbol,cost_bps\nA,1\nA,2\nBB,1\n",
            "costs.csv has several costs for A. Keep one row per symbol.",
        ),
        (
            "panel,symbol,cost_bps\nus,A,1\nse,A,2\nus,BB,1\nse,BB,3\n",
            (
                "costs.csv has several costs for A, BB. Its column 'panel' seems to tell them"
                " apart. Keep one row per symbol."
            ),
        ),
        (
            "date,symbol,cost_bps\n2020-01-01,A,1\n2020-01-01,A,2\n",
            "costs.csv has several costs for A on 2020-01-01. Keep one row per date and symbol.",
        ),
        (
            "symbol,cost_bps,impact_bps\nA,1,1\n",
            "costs.csv has both cost_bps and its parts (impact_bps). Keep one or the other.",
        ),
        (
            "symbol,cost\nA,1\n",
            (
                "costs.csv has no column 'cost_bps'; it has symbol, cost. A file of costs has"
                " symbol, date if they change, and cost_bps or commission_bps, half_spread_bps,"
                " impact_bps."
            ),
        ),
        (
            "name,cost_bps\nA,1\n",
            (
                "costs.csv has no column 'symbol'; it has name, cost_bps. A file of costs has"
                " symbol, date if they change, and cost_bps or commission_bps, half_spread_bps,"
                " impact_bps."
            ),
        ),
        (
            "symbol,cost_bps\na,1\nbb,2\n",
            (
                "None of the symbols of costs.csv (a, bb) is in prices.csv (A, BB, C). Write them"
                " the same way in both."
            ),
        ),
        (
            "date,symbol,cost_bps\n2021-01-01,A,1\n",
            "costs.csv has no cost for any date of prices.csv; look at the dates of both.",
        ),
    ],
)
def test_wrong_files_of_costs_are_refused(read, text, message):
    with pytest.raises(DataError) as caught:
        read(text)
    assert caught.value.message == message


def test_the_same_row_for_several_panels_is_one_cost(read, tmp_path):
    imported = read("panel,symbol,cost_bps,note\nus,A,1,x\nse,A,1,y\nus,BB,2,\nus,C,3,\n")
    assert costs_of(imported, tmp_path / "x").tolist() == [[1.0, 2.0, 3.0]] * 3


def test_costs_beside_costs_are_refused(read, tmp_path):
    frame = pl.DataFrame(PRICES).with_columns(impact_bps=1.0)
    frame.write_csv(tmp_path / "prices.csv")
    with pytest.raises(DataError) as caught:
        read("symbol,cost_bps\nA,1\n")
    assert caught.value.message == (
        "prices.csv has costs of its own (impact_bps). Leave them out with --ignore, or import it"
        " without costs.csv."
    )
    assert read("symbol,cost_bps\nA,1\n", ignore=("impact_bps",)).features == (
        "close", "commission_bps",
    )  # fmt: skip


def test_the_shared_costs_fit_their_panels(shared_data):
    panel = str(shared_data / "panels" / "fx_sek.parquet")
    with pytest.raises(DataError, match=r"^costs.csv has several costs for AAPL, .* 'panel' seems"):
        read_file(panel, ImportOptions(costs=str(shared_data / "costs.csv")))
    stocks = str(shared_data / "panels" / "sp500_5y.parquet")
    imported = read_file(stocks, ImportOptions(costs=str(shared_data / "costs_sp500_min.csv")))
    assert "commission_bps" in imported.features
    assert imported.frame["commission_bps"].null_count() == 0
