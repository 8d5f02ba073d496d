"""No option is ignored silently: it does what it says or is refused."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from app import cli
from engine.dsl.parse import Names, parse
from engine.evaluate.run import evaluate
from engine.stats.factor import factor
from engine.workspace import Workspace

IDEA = "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5"


@pytest.fixture(scope="module")
def stocks(tmp_path_factory, folder):
    """A data set `stocks` with two prices, and its file."""
    rng = np.random.default_rng(4)
    days = np.datetime64("2015-01-01") + np.arange(400)
    names = [f"S{i:02d}" for i in range(12)]
    closes = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, (400, 12)), axis=0))
    file = tmp_path_factory.mktemp("stocks") / "stocks.csv"
    pl.DataFrame(
        {
            "date": np.repeat(days, 12),
            "symbol": names * 400,
            "close": closes.ravel(),
            "c_usd": closes[:, ::-1].ravel(),
            "macro_x": rng.normal(size=4800),
        }
    ).write_csv(file)
    assert cli.main(["import", str(file), "--workspace", str(folder)]) == 0
    with Workspace(folder, write=True) as space:
        space.store.set_setting("dataset", "ecb_fx_sek")
    return file


def best(told):
    return {item["expr_hash"]: item["metrics"]["ann_sharpe"] for item in told["best"]}


@pytest.mark.usefixtures("stocks")
def test_the_price_of_a_search_is_part_of_it(answer, kvant, folder):
    words = ["train", "--dataset", "stocks", "--n", "4", "--workers", "1", "--max-depth", "2"]
    usual, other = answer(*words), answer(*words, "--price", "c_usd")
    assert set(best(usual)) == set(best(other))
    assert best(usual) != best(other)
    shown = answer("jobs", "show", other["job_id"])
    assert shown["params"]["config"]["price"] == "c_usd"
    hash_ = other["best"][0]["expr_hash"]
    with Workspace(folder, write=False) as space:
        runs = space.store.strategy(hash_).runs
        assert [run.spec.price for run in runs] == ["c_usd", "close"]
    for run in runs:
        assert answer("verify", hash_, "--run", run.run_id)["same"] is True
    assert kvant(*words, "--price", "c_usb") == (
        2, "", "There is no numeric column 'c_usb' to use as the price. Did you mean c_usd?\n"
    )  # fmt: skip


def test_costs_of_a_file_are_what_trades_cost(answer, kvant, stocks, tmp_path):
    costs = tmp_path / "costs.csv"
    names = [f"S{i:02d}" for i in range(12)]
    pl.DataFrame({"symbol": [*names, "XX"], "cost_bps": [20.0] * 13}).write_csv(costs)
    code, out, _ = kvant("import", str(stocks), "--name", "dear", "--costs", str(costs))
    assert code == 0
    assert "costs.csv has costs of 1 symbols that are not in stocks.csv: XX." in out
    text = "cs_rank(-close) - 0.5"
    free, dear, same = (
        answer("backtest", text, "--dataset", name, "--cost-bps", bps)
        for name, bps in (("stocks", "0"), ("dear", "0"), ("stocks", "20"))
    )
    assert free["metrics"]["total_return"] > dear["metrics"]["total_return"]
    assert dear["equity"] == same["equity"]
    assert dear["run_id"] != same["run_id"]
    features = answer("import", str(stocks), "--costs", str(costs), "--name", "dear")
    assert "commission_bps" in features["datasets"][0]["report"]["features"]
    told = answer("train", "--dataset", "dear", "--n", "3", "--max-depth", "2")
    assert not any("commission_bps" in item["expr"] for item in told["best"])
    assert kvant("import", str(stocks), "--costs", "gone.csv")[0] == 2


def test_a_backtest_measures_its_signal_when_asked(answer, kvant, folder, tmp_path):
    told = answer("backtest", IDEA)
    with Workspace(folder, write=False) as space:
        panel = space.panel("ecb_fx_sek")
    signal = evaluate(panel, parse(IDEA, Names(features=frozenset(panel.features))))
    expected = factor(signal, panel)
    found = told["factor"]
    assert set(found) == {
        "lag", "horizons", "decay", "rank_autocorrelation", "years", "category", "groups",
    }  # fmt: skip
    assert [each["name"] for each in found["years"]] == [each.name for each in expected.years]
    assert (found["category"], found["groups"]) == (None, [])
    assert (found["lag"], found["decay"]) == (1, expected.decay)
    assert found["rank_autocorrelation"] == expected.rank_autocorrelation
    assert [each["days"] for each in found["horizons"]] == [1, 5, 10]
    first, theirs = found["horizons"][0], expected.horizons[0]
    assert first["rank_ic"] == {
        name: getattr(theirs.rank_ic, name) for name in ("mean", "sd", "icir", "t", "n")
    }
    assert first["quantiles"] == {
        name: getattr(theirs.quantiles, name)
        for name in ("means", "turnover", "spread", "spread_t", "monotonicity")
    }
    assert kvant("eval", IDEA, "--out", str(tmp_path / "s.parquet"))[0] == 0
    by_file = answer("backtest", "--signal", str(tmp_path / "s.parquet"))
    assert by_file["factor"] == found
    assert "rank autocorrelation" in kvant("backtest", IDEA, "--factor")[1]
    assert "rank autocorrelation" not in kvant("backtest", IDEA)[1]
    assert answer("backtest", IDEA, "--execution-lag", "3")["factor"]["lag"] == 3


def test_given_weights_have_no_factor_statistics(answer, tmp_path):
    file = tmp_path / "w.csv"
    file.write_text("date,symbol,w\n2010-01-04,USD,1\n2010-02-01,USD,0.5\n")
    assert answer("backtest", "--weights", str(file))["factor"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["backtest", "--weights", "w.csv", "--max-lev", "2"],
            "--weights gives the book itself, which --max-lev does not change. Leave it out.",
        ),
        (
            ["backtest", "--weights", "w.csv", "--rebalance", "weekly"],
            "--weights gives the book itself, which --rebalance does not change. Leave it out.",
        ),
        (
            ["backtest", "--weights", "w.csv", "--factor"],
            "--factor measures a signal; --weights gives a book.",
        ),
        (
            ["backtest", "--signal", "s.csv", "--persist"],
            "--persist saves expressions; a file can be backtested again as it is.",
        ),
        (
            ["train", "--resume", "job_x", "--n", "5"],
            (
                "--resume goes on with a job as it was started; --n cannot change it. Leave it out,"
                " or start a new job without --resume."
            ),
        ),
        *(
            (
                ["import", "{stocks}", "--periods-per-year", value],
                (
                    f"The periods per year are {value}; choose above 0 to 1,000,000, such as 252"
                    " for trading days or 12 for months."
                ),
            )
            for value in ("-3", "0", "nan", "inf")
        ),
        (["check", "c_sek", "--cuts", "0"], "--cuts is 0; choose 1 to 10,000."),
        (
            ["backtest", "c_sek", "--domain-lag", "price=1", "--domain-lag", "price=2"],
            "--domain-lag names the domain price twice. Keep one of them.",
        ),
        (
            ["backtest", "c_sek", "--price", "c_skk"],
            "There is no numeric column 'c_skk' to use as the price. Did you mean c_sek?",
        ),
        (
            ["import", "a.csv", "b.csv", "--name", "x"],
            "--name names one data set; import several files without it.",
        ),
        (
            ["export", "abc", "--format", "csv", "--out", "x.html"],
            "--format csv does not go with the name x.html. Change one of them.",
        ),
        (
            ["jobs", "list", "--status", "doen"],
            (
                "Argument --status: invalid choice: 'doen' (choose from queued, running, done,"
                " failed, cancelled, interrupted). See kvant jobs list --help."
            ),
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(kvant, stocks, words, message):
    code, out, err = kvant(*(str(stocks) if word == "{stocks}" else word for word in words))
    assert (code, out) == (2, "")
    quoted = "'(queued|running|done|failed|cancelled|interrupted)'"  # until Python 3.12
    assert re.sub(quoted, r"\1", err) == f"{message}\n"


def test_the_name_of_the_file_decides_the_format(kvant, answer, tmp_path):
    assert kvant("backtest", IDEA, "--persist")[0] == 0
    told = answer("export", "3d9dde6a9ff5", "--out", str(tmp_path / "x.parquet"))
    assert (told["format"], len(pl.read_parquet(tmp_path / "x.parquet"))) == (
        "parquet", told["rows"],
    )  # fmt: skip
