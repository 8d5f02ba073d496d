"""Expressions of others, and units, on the command line."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from app import cli


@pytest.fixture(scope="module")
def bars(tmp_path_factory, folder):
    """A data set `bars` with open, high, low and close prices, volume and one category."""
    rng = np.random.default_rng(4)
    file = tmp_path_factory.mktemp("bars") / "bars.csv"
    closes = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, (200, 6)), axis=0)).ravel()
    pl.DataFrame(
        {
            "date": np.repeat(np.datetime64("2015-01-01") + np.arange(200), 6),
            "symbol": list("ABCDEF") * 200,
            "o_sek": closes * 1.001, "h_sek": closes * 1.02, "l_sek": closes / 1.02,
            "c_sek": closes, "v": rng.integers(1, 9, 1200) * 100, "branch": list("xxyyzz") * 200,
        }
    ).write_csv(file)  # fmt: skip
    assert cli.main(["import", str(file), "--workspace", str(folder)]) == 0
    return file


PAPER = "rank(vwap - open) * IndNeutralize(Ts_Rank(volume, 3.7), IndClass.sector)"
SAID = [
    "'vwap' is (h_sek + l_sek + c_sek) / 3.",
    "'open' is the column 'o_sek'.",
    "'volume' is the column 'v'.",
    "Windows that are no whole numbers of days were rounded down.",
    "'IndClass.sector' is the category 'branch', the only one.",
]


@pytest.mark.usefixtures("bars")
def test_a_formula_of_the_paper_is_read_in_its_dialect(answer, kvant, tmp_path):
    words = ("--dialect", "alpha101", PAPER, "--dataset", "bars")
    told = answer("check", *words)
    assert (told["notes"], told["warnings"]) == (SAID, [])
    out = tmp_path / "f.parquet"
    same = [
        answer("eval", *words, "--out", str(out)),
        answer("backtest", *words),
        answer("factor", *words),
    ]
    assert [each["notes"] for each in same] == [SAID] * 3
    assert [same[0]["expr"], same[1]["expr"], same[2]["signal"]] == [told["expr"]] * 3
    again = answer("eval", told["expr"], "--dataset", "bars", "--out", str(tmp_path / "g.parquet"))
    assert (again["expr_hash"], again["notes"]) == (told["expr_hash"], [])
    assert out.read_bytes() == (tmp_path / "g.parquet").read_bytes()
    code, _, err = kvant("eval", *words, "--out", str(out))
    assert (code, err.splitlines()) == (0, SAID)


@pytest.mark.usefixtures("bars")
def test_what_a_dialect_lacks_is_underlined(kvant):
    code, out, err = kvant("check", "rank(cap)", "--dialect", "alpha101", "--dataset", "bars")
    assert (code, out) == (2, "")
    assert err.startswith("  rank(cap)\n       ^^^\nThe data set has no column for 'cap'")


def test_a_dialect_needs_an_expression_and_a_known_name(kvant):
    for words in (["backtest", "--signal", "s.csv"], ["factor", "--signal", "s.csv"]):
        code, _, err = kvant(*words, "--dialect", "alpha101")
        assert (code, err) == (2, "--dialect says how to read an expression, and there is none.\n")
    assert kvant("check", "c_sek", "--dialect", "qlib")[0] == 2


@pytest.mark.usefixtures("bars")
def test_check_warns_of_units_that_do_not_fit(answer, kvant):
    words = ("check", "cs_rank(v + c_sek)", "--dataset", "bars")
    mixed = (
        "This adds a number of shares (v) and a price (c_sek): rank them or turn them into ratios"
        " first."
    )
    assert answer(*words)["warnings"] == [mixed]
    code, out, _ = kvant(*words)
    assert (code, out.splitlines()[-1]) == (0, f"! {mixed}")


def test_an_import_says_what_can_be_had(answer, bars, kvant):
    told = answer("import", str(bars), "--name", "again")["datasets"][0]
    begin = "Formulas in the dialect alpha101 can be read on it:"
    assert told["report"]["notes"] == [
        f"{begin} 'vwap' is (h_sek + l_sek + c_sek) / 3.",
        f"{begin} 'returns' is c_sek / (the last c_sek known before) - 1.",
    ]
    assert told["report"]["features"] == ["c_sek", "h_sek", "l_sek", "o_sek", "v"]
    assert told["report"]["notes"][0] in kvant("import", str(bars), "--name", "third")[1]
