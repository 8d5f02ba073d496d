from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from app import cli
from app.cli import commands, metrics, options
from app.cli.files import harmless
from app.cli.screen import plain
from engine.book import BookParams
from engine.errors import StoreError
from engine.stats.performance import Metrics, performance
from engine.strategy import run_id
from engine.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
IDEA = "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5"
HASH = "3d9dde6a9ff5"


@pytest.fixture(scope="module")
def saved(folder):
    """A saved strategy; its hash."""
    assert cli.main(["backtest", IDEA, "--persist", "--workspace", str(folder)]) == 0
    return HASH


def panel(folder):
    with Workspace(folder, write=False) as space:
        return space.panel("ecb_fx_sek")


def test_status_says_where_things_are_and_what_to_type(kvant, answer, folder):
    code, out, _ = kvant("status")
    assert code == 0
    assert str(folder) in out
    assert (
        "ecb_fx_sek: 41 symbols, 7,126 dates to 2026-10-30  (Source: European Central Bank)" in out
    )
    assert "kvant train --n 200" in out
    told = answer("status")
    assert (told["workspace"], told["datasets"]) == (str(folder), ["ecb_fx_sek"])


def test_the_first_command_makes_the_workspace(tmp_path, capsys):
    assert cli.main(["--workspace", str(tmp_path / "new"), "--json", "datasets"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["default"], told["items"][0]["lockbox"]) == ("ecb_fx_sek", "20%")


def test_help_and_version_are_on_standard_output(capsys):
    assert cli.main(["--version"]) == 0
    assert re.fullmatch(r"kvant \d+\.\d+\.\d+\n", capsys.readouterr().out)
    for words in (["--help"], ["backtest", "-h"], ["jobs", "log", "--help"]):
        assert cli.main(words) == 0
        assert capsys.readouterr().out.startswith("usage: kvant")


def test_check_takes_an_expression_apart(answer, kvant):
    told = answer("check", "ma(c_sek, 20) / c_sek - 1")
    assert told | {"complexity": None, "certificate": None} == {
        "expr": 'ts_mean(feat("c_sek"), 20) / feat("c_sek") - 1',
        "expr_hash": "5b16de054faa",
        "type": "per symbol",
        "complexity": None,
        "lookback": 19,
        "features": ["c_sek"],
        "dataset": "ecb_fx_sek",
        "certificate": None,
        "notes": [],
        "warnings": [],
    }
    assert told["certificate"]["passed"] is True
    _, out, _ = kvant("check", "cs_rank(ts_ema(c_sek, 10))", "--cuts", "3")
    assert "over all history" in out
    assert "cross-sectional" in out
    assert "none: 3 cuts of the data" in out


def test_a_backtest_answers_with_everything_there_is_to_know(answer, folder):
    told = answer("backtest", IDEA)
    days = panel(folder).dates
    assert set(told) == {
        "expr_hash", "expr", "file", "dataset", "run_id", "params", "metrics", "complexity",
        "tradable", "ruined", "dates", "equity", "returns", "events", "warnings", "factor",
        "notes",
    }  # fmt: skip
    assert (told["expr_hash"], told["tradable"], told["ruined"]) == (HASH, True, False)
    assert set(told["metrics"]) == set(Metrics.__struct_fields__)
    assert told["dates"] == [str(day) for day in days]
    assert np.cumprod(1 + np.array(told["returns"])) == pytest.approx(told["equity"])
    assert told["params"] == {
        "cap": 0.05, "max_lev": 1.0, "execution_lag": 1, "smooth_ema": None, "sizing": "raw",
        "neutralize": None, "rebalance": "daily", "cost_bps": 5.0, "borrow_bps": 0.0,
        "max_stale": 5, "delisting_return": 0.0, "start": None, "end": None,
    }  # fmt: skip


def test_a_backtest_writes_its_daily_series(kvant, tmp_path):
    out = tmp_path / "daily.parquet"
    assert kvant("backtest", IDEA, "--out", str(out))[0] == 0
    frame = pl.read_parquet(out)
    assert frame.columns == ["date", "gross", "cost", "borrow", "net", "turnover", "equity"]
    assert frame["equity"].to_numpy() == pytest.approx((1 + frame["net"]).cum_prod().to_numpy())


def test_every_parameter_is_an_option(answer):
    words = [
        "--cap", "0.1", "--max-lev", "2", "--execution-lag", "2", "--smooth-ema", "0.5",
        "--sizing", "gross", "--neutralize", "market", "--rebalance", "weekly", "--cost-bps", "1",
        "--borrow-bps", "30", "--max-stale", "3", "--delisting-return", "-0.5", "--start",
        "2010-01-01", "--end", "2015-12-31",
    ]  # fmt: skip
    told = answer("backtest", IDEA, *words)
    assert told["params"] == {
        "cap": 0.1, "max_lev": 2.0, "execution_lag": 2, "smooth_ema": 0.5, "sizing": "gross",
        "neutralize": "market", "rebalance": "weekly", "cost_bps": 1.0, "borrow_bps": 30.0,
        "max_stale": 3, "delisting_return": -0.5, "start": "2010-01-01", "end": "2015-12-31",
    }  # fmt: skip
    assert (told["dates"][0], told["dates"][-1]) == ("2010-01-04", "2015-12-31")
    assert answer("backtest", IDEA, "--rebalance", "5")["params"]["rebalance"] == 5
    assert answer("backtest", IDEA, "--smooth-ema", "none")["params"]["smooth_ema"] is None
    assert set(options.BOOK_HELP) == set(BookParams.__struct_fields__)


def test_every_backtest_is_a_trial_and_only_some_are_saved(kvant, folder):
    def counts():
        with Workspace(folder, write=False) as space:
            fingerprint = space.dataset("ecb_fx_sek").fingerprint
            return space.store.trials_count(fingerprint), space.store.strategies().total

    trials, strategies = counts()
    kvant("backtest", "cs_rank(c_sek) - 0.51")
    assert counts() == (trials + 1, strategies)
    kvant("backtest", "cs_rank(c_sek) - 0.51", "--persist")
    assert counts() == (trials + 2, strategies + 1)


def test_a_book_traded_before_it_is_known_is_marked(answer, kvant):
    told = answer("backtest", IDEA, "--execution-lag", "0")
    warning = (
        "The execution lag is 0: each book is traded at a close before it is known. Nobody could"
        " have earned this."
    )
    assert (told["tradable"], warning in told["warnings"]) == (False, True)
    assert f"! {warning}" in kvant("backtest", IDEA, "--execution-lag", "0")[1]


def test_opening_the_lockbox_is_counted(answer):
    closed, first, second = (
        answer("backtest", IDEA, *words)
        for words in ([], ["--lockbox", "open"], ["--lockbox", "open"])
    )
    assert (closed["dates"][-1], first["dates"][-1]) == ("2021-04-12", "2026-10-30")
    for number, told in (("1 opening", first), ("2 openings", second)):
        assert told["warnings"][-1] == (
            f"The lockbox of ecb_fx_sek was open; that makes {number}. What has been looked at is"
            " no longer unseen."
        )
    assert not any("lockbox" in warning for warning in closed["warnings"])


def grid(folder, value):
    own = panel(folder)
    shape = own.shape
    return pl.DataFrame(
        {
            "date": np.repeat(own.dates, shape[1]),
            "symbol": list(own.symbols) * shape[0],
            value: np.random.default_rng(1).normal(size=shape[0] * shape[1]).round(3),
        }
    )


def test_a_signal_from_a_file_equals_the_same_signal_from_an_expression(kvant, answer, tmp_path):
    file = tmp_path / "signal.parquet"
    assert kvant("eval", IDEA, "--out", str(file))[0] == 0
    pl.read_parquet(file).rename({"value": "signal"}).write_parquet(tmp_path / "s.parquet")
    by_file, by_text = (
        answer("backtest", "--signal", str(tmp_path / "s.parquet")),
        answer("backtest", IDEA),
    )
    assert by_file["equity"] == by_text["equity"]
    assert by_file["metrics"] == by_text["metrics"]
    assert (by_file["file"], by_file["expr"], by_file["run_id"]) == ("s.parquet", None, None)


def test_weights_from_a_file_are_the_book(answer, tmp_path, folder):
    file = tmp_path / "w.csv"
    frame = pl.DataFrame(
        {
            "date": ["2010-01-04 00:00:00"] * 2 + ["2010-02-01 00:00:00"],
            "symbol": ["USD", "EUR", "USD"],
            "w": [0.5, -0.25, 1.0],
        }
    )
    frame.write_csv(file)
    told = answer("backtest", "--weights", str(file), "--start", "2010-01-01", "--cost-bps", "0")
    own = panel(folder)
    usd = own.prices()[:, own.symbols.index("USD")]
    day = {str(date): i for i, date in enumerate(own.dates)}
    held = usd[day["2010-12-31"]] / usd[day["2010-02-01"]]
    at = {date: told["equity"][i] for i, date in enumerate(told["dates"])}
    assert at["2010-12-31"] / at["2010-02-01"] == pytest.approx(held)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"symbol": "XXX"},
            (
                "f.csv has 1 symbols that the data set 'ecb_fx_sek' does not have: XXX. Remove"
                " them, or choose the data set they belong to with --dataset."
            ),
        ),
        (
            {"date": "1990-01-01"},
            (
                "f.csv has 1 dates that the data set 'ecb_fx_sek' does not have: 1990-01-01. Remove"
                " them, or choose the data set they belong to with --dataset."
            ),
        ),
        ({"date": "2026-10-30"}, "All dates of f.csv are in the lockbox, after 2021-04-12."),
    ],
)
def test_values_for_what_the_data_set_does_not_have_are_refused(kvant, tmp_path, change, message):
    row = {"date": "2010-01-04", "symbol": "USD", "weight": 0.5} | change
    pl.DataFrame([row, row | {"weight": 0.5}]).unique().write_csv(tmp_path / "f.csv")
    code, _, err = kvant("backtest", "--weights", str(tmp_path / "f.csv"))
    assert (code, err) == (2, f"{message}\n")


def test_wrong_files_of_weights_are_refused(kvant, tmp_path):
    file, days = tmp_path / "f.csv", [f"2010-03-{day:02d}" for day in (*range(1, 6), *range(8, 13))]
    rows = {"date": days * 2, "symbol": ["USD"] * 20, "w": [i / 20 for i in range(20)]}
    strategies = {"strategy": ["a"] * 10 + ["b"] * 10}

    def refusal(table):
        pl.DataFrame(table).write_csv(file)
        code, out, err = kvant("backtest", "--weights", str(file))
        assert (code, out) == (2, "")
        return err

    assert refusal(rows) == (
        "f.csv has 10 rows that repeat a date and symbol with other values: USD on 2010-03-01, USD"
        " on 2010-03-02, USD on 2010-03-03. Keep one row per date and symbol.\n"
    )
    several = (
        "f.csv holds several strategies (a, b) in its column 'strategy'. Write each into a file of"
        " its own.\n"
    )
    assert refusal(rows | strategies) == several
    rows["symbol"] = ["USD"] * 10 + ["EUR"] * 10
    assert refusal(rows | strategies) == several
    few = {name: values[8:12] for name, values in (rows | strategies).items()}
    assert refusal(few) == several
    assert refusal(few | {"strategy": [1, 1, 1, 2]}) == several.replace("a, b", "1, 2")
    assert refusal({name: [*values, values[0]] for name, values in rows.items()}) == (
        "f.csv has 1 rows that stand in it already: USD on 2010-03-01. Keep one row per date and"
        " symbol.\n"
    )
    rows["size"] = rows.pop("w")
    assert refusal(rows) == (
        "f.csv needs a numeric column named weight or w, beside its dates and symbols.\n"
    )


def test_eval_writes_the_whole_grid(answer, tmp_path, folder):
    file = tmp_path / "v.parquet"
    told = answer("eval", "lag(c_sek, 3)", "--out", str(file))
    frame, own = pl.read_parquet(file), panel(folder)
    assert (told["rows"], told["out"]) == (len(frame), str(file))
    assert frame.schema == {"date": pl.Date, "symbol": pl.String, "value": pl.Float64}
    assert frame.select("date", "symbol").rows()[:42] == [
        *((own.dates[0].item(), symbol) for symbol in own.symbols),
        (own.dates[1].item(), own.symbols[0]),
    ]
    values = frame["value"].to_numpy().reshape(own.shape)
    assert np.array_equal(values[3:], own.prices()[:-3], equal_nan=True)
    assert frame["value"].is_nan().sum() == 0
    assert frame["value"].null_count() == frame.height - told["present"]


def test_factor_measures_a_signal(answer, kvant):
    told = answer("factor", IDEA, "--horizons", "1,5")
    assert [each["days"] for each in told["factor"]["horizons"]] == [1, 5]
    assert len(told["factor"]["decay"]) == 20
    _, out, _ = kvant("factor", IDEA)
    assert "rank autocorrelation" in out


def test_metrics_measures_every_series_of_a_file(answer, kvant, tmp_path):
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {
            "date": np.tile(np.datetime64("2020-01-01") + np.arange(50), 2),
            "ret": rng.normal(0, 0.01, 100),
            "series": ["a"] * 50 + ["b"] * 50,
        }
    )
    frame.sample(fraction=1, shuffle=True, seed=1).write_csv(tmp_path / "r.csv")
    told = answer("metrics", str(tmp_path / "r.csv"))
    expected = performance(frame["ret"].to_numpy()[:50])
    assert set(told) == {"a", "b"}
    assert told["a"] == {f: getattr(expected, f) for f in Metrics.__struct_fields__}
    one = tmp_path / "one.parquet"
    frame.filter(series="a").select(pl.col("date").cast(pl.Datetime), "ret").write_parquet(one)
    assert list(answer("metrics", str(one))) == ["one"]
    assert "ann_sharpe" in kvant("metrics", str(one))[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "day,ret\n2020-01-01,0.1\n",
            (
                "r.csv has no column 'date'; it has day, ret. Name the columns date, ret and, if"
                " there are several, series."
            ),
        ),
        ("date,ret\n", "r.csv has a header and no rows."),
        (
            "date,ret\n2020-01-01,0.1\n2020-01-02,x\n",
            (
                "1 rows of r.csv have no finite number in the column 'ret', the first of them"
                " row 2. Correct or remove them."
            ),
        ),
        (
            "date,ret\n2020-01-01,0.1\n2020-13-02,0.1\n",
            (
                "1 rows of r.csv have no date (YYYY-MM-DD) in the column 'date', the first of"
                " them row 2. Correct or remove them."
            ),
        ),
        (
            "date,ret\n2020-01-01,0.1\n2020-01-01,0.2\n",
            (
                "r.csv has 2 rows that repeat a date. If it holds several series, name them in a"
                " column called series."
            ),
        ),
        ("date,ret\n1,0.1\n", "The dates of r.csv are Int64. Write them as YYYY-MM-DD."),
    ],
)
def test_wrong_files_of_returns_are_refused(kvant, tmp_path, text, message):
    (tmp_path / "r.csv").write_text(text)
    assert kvant("metrics", str(tmp_path / "r.csv")) == (2, "", f"{message}\n")


def test_strategies_are_listed_as_the_store_has_them(kvant, answer, saved):
    told = answer("strategies", "--order", "-ann_sharpe,complexity_score", "--limit", "1000")
    sharpes = [item["metrics"]["ann_sharpe"] for item in told["items"]]
    assert sharpes == sorted(sharpes, reverse=True)
    assert saved in {item["expr_hash"] for item in told["items"]}
    assert (told["total"], told["next"]) == (len(told["items"]), None)
    _, out, _ = kvant("strategies", "--q", saved[:6])
    assert saved in out
    assert kvant("strategies", "--q", "nothing like it")[1] == (
        "No strategies here yet: kvant train --n 200 searches for some.\n"
    )


def test_export_takes_a_strategy_along(answer, saved, tmp_path):
    for kind in ("csv", "parquet"):
        out = tmp_path / f"x.{kind}"
        told = answer("export", saved[:5], "--format", kind, "--out", str(out))
        frame = pl.read_csv(out, try_parse_dates=True) if kind == "csv" else pl.read_parquet(out)
        assert frame.columns == ["date", "gross", "cost", "borrow", "net", "turnover", "equity"]
        assert (told["expr_hash"], told["rows"]) == (saved, len(frame))
    assert pl.read_csv(tmp_path / "x.csv", try_parse_dates=True).equals(
        pl.read_parquet(tmp_path / "x.parquet")
    )


def test_a_tear_sheet_needs_nothing_but_itself(kvant, saved, tmp_path):
    out = tmp_path / "x.html"
    assert kvant("export", saved, "--format", "html", "--out", str(out))[0] == 0
    page = out.read_text()
    assert not re.search(r"(src|href)\s*=|https?:|url\(|@import|<script|<link|<img", page)
    assert page.count("<svg") >= 8
    assert "cs_rank(ts_mean(feat(&quot;c_sek&quot;), 20)" in page
    assert all(f"<td>{name}" in page for name in ("Sharpe ratio", "maximum drawdown", "omega"))
    assert "mean(r) / sd(r) sqrt(A)" in page


def test_verify_makes_the_same_bytes_again(kvant, answer, saved, folder):
    told = answer("verify", saved)
    assert (told["same"], told["same_daily"], told["metrics"]) == (True, True, {})
    assert kvant("verify", saved)[1].startswith(f"{saved}: the same. All ")

    def spoil(statement, *values):
        with Workspace(folder, write=True) as space, space.store._db.transaction():
            space.store._db.run(statement, values)

    def save_again():
        for table in ("run_daily", "runs"):
            spoil(f"DELETE FROM {table} WHERE run_id = ?", told["run_id"])  # noqa: S608  # our own
        kvant("backtest", IDEA, "--persist")

    spoil("UPDATE runs SET ann_vol = ann_vol * 1.000001 WHERE expr_hash = ?", saved)
    different = answer("verify", saved, code=1)
    assert (different["same"], different["same_daily"]) == (False, True)
    assert list(different["metrics"]) == ["ann_vol"]
    assert "DIFFERENT" in kvant("verify", saved)[1]
    save_again()
    spoil("UPDATE run_daily SET data = x'00' WHERE run_id = ?", told["run_id"])
    different = answer("verify", saved, code=1)
    assert (different["same"], different["same_daily"], different["metrics"]) == (False, False, {})
    save_again()
    assert answer("verify", saved)["same"] is True


def test_doctor_finds_everything_in_order(answer, kvant):
    told = answer("doctor")
    assert (told["ok"], told["problems"], told["datasets"]) == (True, [], "ecb_fx_sek")
    assert "Everything is in order." in kvant("doctor")[1]


def test_doctor_works_beside_an_owner_and_finds_damage(tmp_path, capsys):
    folder = tmp_path / "space"
    with Workspace(folder, write=True) as space:
        (table,) = space.folder(space.dataset()).glob("*.parquet")
        assert cli.main(["doctor", "--workspace", str(folder)]) == 0
        table.chmod(0o600)
        table.write_bytes(table.read_bytes()[:-1] + b"x")
        capsys.readouterr()
        assert cli.main(["doctor", "--json", "--workspace", str(folder)]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0].startswith("ecb_fx_sek: The data set")


def test_train_searches_and_ranks(answer, kvant):
    told = answer("train", "--n", "6", "--seed", "3", "--workers", "1", "--max-depth", "2")
    assert (told["count"], told["status"], told["resumed"]) == (6, "done", 0)
    assert told["best"]
    sharpes = [item["metrics"]["ann_sharpe"] or -9 for item in told["best"]]
    assert sharpes == sorted(sharpes, reverse=True)
    assert {item["dataset"] for item in told["best"]} == {"ecb_fx_sek"}
    log = answer("jobs", "log", told["job_id"])["items"]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert sum(event["type"] == "result" for event in log) == 6
    assert log[-1]["type"] == "status"
    shown = answer("jobs", "show", told["job_id"])
    assert (shown["status"], shown["processed"], shown["progress"]) == ("done", 6, 1.0)
    assert told["job_id"] in kvant("jobs")[1]
    assert answer("jobs", "list", "--status", "failed")["items"] == []
    code, _, err = kvant("train", "--resume", told["job_id"])
    assert (code, err) == (
        2, f"The job {told['job_id']} is done; there is nothing to go on with.\n"
    )  # fmt: skip


def test_an_interrupted_search_goes_on_where_it_was(answer, kvant, folder):
    words = ["train", "--n", "5", "--seed", "11", "--workers", "1", "--max-depth", "2"]
    whole = answer(*words)
    with Workspace(folder, write=True) as space:
        done = space.store.job(whole["job_id"])
        again = space.store.create_job(
            type(done)(type="train", params=done.params, dataset=done.dataset, total=5,
                       status="running", boot_id="gone")
        )  # fmt: skip
        detail = space.store.strategy(whole["best"][0]["expr_hash"])
        spec = detail.runs[0].spec
        with space.store._db.transaction():
            for hash_ in sorted(space.store.job_hashes(done.job_id))[:2]:
                space.store._db.run(
                    "INSERT INTO trials (expr_hash, dataset, fingerprint, job_id, source,"
                    " created_at) VALUES (?, ?, ?, ?, 'train', '')",
                    (hash_, "ecb_fx_sek", spec.fingerprint, again.job_id),
                )
            space.store._db.run("UPDATE jobs SET processed = 2 WHERE id = ?", (again.job_id,))
        assert run_id(detail.expr_hash, spec) == detail.runs[0].run_id
    code, out, err = kvant(*words)
    assert code == 0
    assert f"Going on with {again.job_id}: 2 candidates done." in err
    assert f"5 candidates in {again.job_id}, 3 of them now" in out


# Wrong input


LONG = "c_sek + " * 375 + "1"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["backtest", "c_sek +"], 2, None),
        (
            ["backtest", "cs_rank(c_skk)"],
            2,
            "  cs_rank(c_skk)\n          ^^^^^\nThere is no column 'c_skk'. Did you mean c_sek?\n",
        ),
        (["backtest", "ts_maen(c_sek, 5)"], 2, None),
        (["check", "lag(c_sek, -1)"], 2, None),
        (["eval", LONG, "--out", "x.csv"], 2, None),
        (
            ["backtest"],
            2,
            "A backtest takes one of an expression, --signal FILE and --weights FILE.\n",
        ),
        (
            ["backtest", "c_sek", "--cap", "much"],
            2,
            "The option --cap takes a number, not 'much'.\n",
        ),
        (
            ["backtest", "c_sek", "--start", "yesterday"],
            2,
            "The option --start takes a date (YYYY-MM-DD) or none, not 'yesterday'.\n",
        ),
        (
            ["backtest", "c_sek", "--rebalance", "x"],
            2,
            "The option --rebalance takes daily, monthly, weekly or a whole number, not 'x'.\n",
        ),
        (["backtest", "c_sek", "--cap", "0"], 2, None),
        (["backtest", "c_sek", "--cap", "nan"], 2, None),
        (["backtest", "c_sek", "--neutralize", "sector"], 2, None),
        (
            ["backtest", "c_sek", "--domain-lag", "macro"],
            2,
            "--domain-lag takes DOMAIN=DAYS, such as macro=1, not 'macro'.\n",
        ),
        (
            ["backtest", "c_sek", "--weights", "w.csv"],
            2,
            "A backtest takes one of an expression, --signal FILE and --weights FILE.\n",
        ),
        (
            ["backtest", "--signal", "gone.csv"],
            2,
            "There is no file gone.csv. Check the name and the folder.\n",
        ),
        (
            ["import", "gone.csv"],
            2,
            "There is no file gone.csv. Check the name and the folder.\n",
        ),
        (
            ["metrics", "gone.csv"],
            2,
            "There is no file gone.csv. Check the name and the folder.\n",
        ),
        (
            ["backtest", "c_sek", "--dataset", "ecb"],
            2,
            "There is no data set 'ecb'. The workspace has ecb_fx_sek.\n",
        ),
        (["train", "--n", "0"], 2, "The parameter n is 0; it must be at least 1.\n"),
        (
            ["train", "--n", "1000000"],
            2,
            "The parameter n is 1000000; it must be at most 10,000.\n",
        ),
        (
            ["train", "--n", "many"],
            2,
            "The option --n takes a whole number, not 'many'.\n",
        ),
        (["train", "--workers", "0"], 2, "The parameter workers is 0; it must be at least 1.\n"),
        (["train", "--cap", "2"], 2, None),
        (["train", "--resume", "x"], 2, "There is no job 'x'; the list of jobs has them all.\n"),
        (["verify", "xyz"], 2, "'xyz' is not a strategy's hash: use its hex digits.\n"),
        (
            ["export", "ffffffffffff"],
            2,
            "There is no saved strategy 'ffffffffffff'; the list of strategies has them all.\n",
        ),
        (["strategies", "--limit", "0"], 2, "The limit is 0; choose 1 to 1000.\n"),
        (
            ["strategies", "--order", "-ann_sharp"],
            2,
            "Strategies cannot be sorted by 'ann_sharp'. Did you mean ann_sharpe?\n",
        ),
        (["jobs", "show", "job_x"], 2, "There is no job 'job_x'; the list of jobs has them all.\n"),
        (["factor", "c_sek", "--horizons", "x"], 2,
         "--horizons takes whole numbers such as 1,5,10, not 'x'.\n"),
        (["eval", "c_sek", "--out", "x.xlsx"], 2,
         "x.xlsx ends in neither .parquet nor .csv. Choose one of them.\n"),
        (["frobnicate"], 2, None),
        (["backtest", "c_sek", "--frob"], 2, "Unrecognized arguments: --frob. See kvant --help.\n"),
        (["eval", "c_sek"], 2,
         "The following arguments are required: --out. See kvant eval --help.\n"),
    ],
)  # fmt: skip
def test_wrong_input_is_answered_with_one_sentence(kvant, answer, words, code, message):
    got, out, err = kvant(*words)
    assert (got, out) == (code, "")
    assert "Traceback" not in err
    assert err.endswith((".\n", "?\n"))
    if message is not None:
        assert err == message
    problem = answer(*words, code=code)["error"]
    assert problem["message"] == err.splitlines()[-1]


def test_an_expression_error_tells_where_it_is(answer):
    assert answer("backtest", "1 + cs_rank(c_skk)", code=2) == {
        "error": {
            "code": "unknown_name",
            "message": "There is no column 'c_skk'. Did you mean c_sek?",
            "start": 12,
            "end": 17,
            "suggestions": ["c_sek"],
        }
    }


def test_the_place_of_an_error_is_underlined_on_its_line(kvant):
    text = "a = c_sek;\n" + "a + " * 25 + "c_skk"
    _, _, err = kvant("check", text)
    line, marks, sentence = err.splitlines()
    assert line[marks.index("^") : marks.rindex("^") + 1] == "c_skk"
    assert sentence == "There is no column 'c_skk'. Did you mean c_sek?"
    assert len(line) < 165


def test_a_second_writer_is_refused(folder, kvant):
    with Workspace(folder, write=True):
        code, out, err = kvant("backtest", IDEA)
        assert (code, out) == (1, "")
        assert re.fullmatch(
            rf"The workspace {folder} is in use by another Kvant \(pid \d+\)\."
            r" Wait until it is done or use another --workspace\.\n",
            err,
        )
        assert kvant("strategies")[0] == 0


def test_columns_that_are_missing_are_named(kvant, tmp_path):
    (tmp_path / "bad.csv").write_text("when,who,what\n2020-01-01,A,1\n")
    code, out, err = kvant("import", str(tmp_path / "bad.csv"))
    assert (code, out) == (2, "")
    assert "bad.csv" in err


def test_a_file_is_imported_shown_and_used(kvant, answer, tmp_path):
    rows = [
        {"date": f"2020-01-{day:02d}", "symbol": name, "close": day + len(name) + day % 3}
        for day in range(1, 29)
        for name in ("=A", "BB")
    ]
    file = tmp_path / "mine.csv"
    pl.DataFrame(rows).write_csv(file)
    code, out, _ = kvant("import", str(file), "--lockbox", "none")
    assert code == 0
    assert "mine: 56 rows, 2 symbols, 28 dates from 2020-01-01 to 2020-01-28" in out
    told = answer("backtest", "close / lag(close, 1) - 1", "--dataset", "mine")
    assert told["dates"][-1] == "2020-01-28"
    assert kvant("eval", "close", "--dataset", "mine", "--out", str(tmp_path / "v.csv"))[0] == 0
    assert (tmp_path / "v.csv").read_text().splitlines()[1] == "2020-01-01,'=A,4.0"
    renamed = tmp_path / "other name.csv"
    renamed.write_bytes(file.read_bytes() + b"2020-01-29,BB,7\n")
    assert answer("eval", "close", "--dataset", str(renamed), "--out", str(tmp_path / "w.csv"))[
        "dataset"
    ] == "other_name"  # fmt: skip
    folder_of_files = tmp_path / "many"
    folder_of_files.mkdir()
    (folder_of_files / "a.csv").write_bytes(file.read_bytes())
    assert [d["name"] for d in answer("import", str(folder_of_files))["datasets"]] == ["many"]
    assert answer("datasets")["default"] == "ecb_fx_sek"
    with_dataset = answer("datasets")["items"]
    assert {"mine", "other_name", "many", "ecb_fx_sek"} == {d["name"] for d in with_dataset}


def test_an_error_nobody_foresaw_is_a_sentence_and_a_log_entry(kvant, folder, monkeypatch):
    monkeypatch.setattr(commands.home, "open_workspace", lambda *_: 1 / 0)
    code, out, err = kvant("status")
    log = folder / "logs" / "kvant.log"
    assert (code, out, err) == (
        1, "",
        f"Something nobody foresaw went wrong (ZeroDivisionError). Details are in {log}.\n",
    )  # fmt: skip
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["level"], last["event"]) == ("ERROR", "crash")
    assert "1 / 0" in last["traceback"]


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (KeyboardInterrupt(), 130, "Cancelled.\n"),
        (StoreError("The disk is full."), 1, "The disk is full.\n"),
        (
            MemoryError(),
            1,
            "There is not enough memory. Close other programs, or use fewer dates or symbols.\n",
        ),
        (BrokenPipeError(), 1, ""),
    ],
)
def test_other_ends_have_their_codes(kvant, monkeypatch, error, code, text):
    def fail(*_):
        raise error

    monkeypatch.setattr(commands.home, "open_workspace", fail)
    monkeypatch.setattr(commands.os, "dup2", lambda *_: None)
    assert kvant("status") == (code, "", text)


def test_the_log_is_one_json_object_per_line(kvant, folder):
    kvant("backtest", "cs_rank(c_sek)\n")
    lines = (folder / "logs" / "kvant.log").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert entries[-1]["event"] == "backtest"
    assert {"ts", "level", "job_id", "event"} <= set(entries[-1])


def test_cells_that_a_spreadsheet_would_run_are_made_harmless():
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "x=1", "", None, "'=1"]
    frame = pl.DataFrame({"t": texts, "n": [-1.5] * 10})
    done = harmless(frame)
    assert done["t"].to_list() == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "x=1", "", None, "'=1",
    ]  # fmt: skip
    assert done["n"].to_list() == frame["n"].to_list()


def test_the_screen_shows_no_control_characters():
    assert plain("a\x1b[31mb\x07\tc\nd") == "a\ufffd[31mb\ufffd\ufffdc\nd"


def test_the_metrics_table_has_known_columns():
    assert set(metrics.COLUMNS) <= set(Metrics.__struct_fields__)


def run_process(folder, *words):
    command = [sys.executable, str(ROOT / "launcher.py"), *words, "--workspace", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_program_answers_as_a_process(tmp_path):
    first = run_process(tmp_path / "space", "datasets", "--json")
    assert (first.returncode, json.loads(first.stdout)["default"]) == (0, "ecb_fx_sek")
    wrong = run_process(tmp_path / "space", "check", "lag(c_sek, -1)")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    for path in (tmp_path / "space").rglob("*"):
        assert not path.stat().st_mode & 0o077, path
