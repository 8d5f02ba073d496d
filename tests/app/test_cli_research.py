"""The ledger, bundles and the breeding search from the command line."""

from __future__ import annotations

import shutil

import pytest

from app import cli
from engine.workspace import Workspace
from tests.engine.test_bundle import rewritten

IDEA = "cs_rank(ts_delta(c_sek, 5)) - 0.5"


def ledger(folder):
    with Workspace(folder, write=False) as space:
        return space.store.trials("ecb_fx_sek", 50)


def test_whatever_is_evaluated_is_a_row_of_the_ledger(kvant, folder, tmp_path):
    before = ledger(folder).total
    out = str(tmp_path / "values.parquet")
    assert kvant("eval", IDEA, "--out", out)[0] == 0
    assert kvant("factor", IDEA)[0] == 0
    assert kvant("backtest", IDEA)[0] == 0
    assert kvant("backtest", IDEA, "--lockbox", "open")[0] == 0
    found = ledger(folder)
    assert found.total == before + 4
    assert [row.source for row in found.items[:4]] == ["lockbox", "backtest", "factor", "eval"]
    assert len({row.expr_hash for row in found.items[:4]}) == 1
    assert [row.sharpe is None for row in found.items[:4]] == [False, False, True, True]


@pytest.fixture(scope="module")
def saved(folder):
    words = ["backtest", IDEA, "--persist", "--workspace", str(folder)]
    assert cli.main(words) == 0
    with Workspace(folder, write=False) as space:
        return space.store.strategies(q="ts_delta").items[0].expr_hash


def test_a_bundle_is_verified_here_and_where_the_data_are_not(kvant, answer, saved, tmp_path):
    path = tmp_path / "idea.kvant"
    assert kvant("export", saved, "--out", str(path))[0] == 0
    told = answer("verify", str(path))
    assert (told["same"], told["made_again"], len(told["checks"])) == (True, True, 5)
    code, out, _ = kvant("verify", str(path))
    assert (code, out.count("  ok  ")) == (0, 5)
    changed = tmp_path / "changed.kvant"
    changed.write_bytes(rewritten(path.read_bytes(), **{"README.txt": b"other"}))
    code, out, _ = kvant("verify", str(changed))
    assert (code, "WRONG  parts: changed: README.txt" in out) == (1, True)
    code, _, err = kvant("verify", str(tmp_path / "none.kvant"))
    assert (code, "There is no file" in err) == (2, True)


def test_a_bundle_without_its_data_says_what_was_not_looked_at(kvant, saved, tmp_path, capsys):
    path = tmp_path / "idea.kvant"
    kvant("export", saved, "--out", str(path))
    elsewhere = tmp_path / "elsewhere"
    with Workspace(elsewhere, write=True) as space:
        shutil.rmtree(space.folder(space.dataset()))
    assert cli.main(["verify", str(path), "--workspace", str(elsewhere)]) == 0
    out = capsys.readouterr().out
    assert "is not in this workspace: the run itself was not made again" in out


def test_returns_are_measured_in_the_words_of_other_libraries(answer, kvant, tmp_path):
    path = tmp_path / "returns.csv"
    path.write_text(
        "date,ret\n" + "".join(f"2024-01-{d:02},{d % 3 - 1}e-2\n" for d in range(1, 29))
    )
    plain = answer("metrics", str(path))["returns"]
    told = {
        name: answer("metrics", str(path), "--convention", name)["returns"]
        for name in ("quantstats", "empyrical", "brain")
    }
    assert told["quantstats"]["sharpe"] == pytest.approx(plain["ann_sharpe"], rel=1e-12)
    assert told["empyrical"]["sharpe_ratio"] == pytest.approx(plain["ann_sharpe"], rel=1e-12)
    assert told["empyrical"]["max_drawdown"] == pytest.approx(plain["max_dd"], rel=1e-12)
    code, out, _ = kvant("metrics", str(path), "--convention", "brain")
    assert (code, "BRAIN" in out) == (0, True)


def test_a_tear_sheet_of_everything_is_one_file(kvant, saved, tmp_path):
    path = tmp_path / "idea.html"
    assert kvant("export", saved, "--out", str(path))[0] == 0
    page = path.read_text()
    for word in ("Information coefficient", "Deflated", "Rolling", "quantstats"):
        assert word.lower() in page.lower()


def test_a_breeding_search_takes_its_options(answer, kvant):
    told = answer(
        "train", "--n", "24", "--method", "evolve", "--population", "8", "--objectives",
        "sharpe,turnover", "--operator-weight", "ts_rank=3", "--feature-weight", "c_sek=2",
        "--out-of-sample", "0.25",
    )  # fmt: skip
    assert told["count"] == 24
    assert told["zero_skill_best"] < told["best_by_luck"] or told["best_by_luck"] < 1
    for words, text in (
        (("--operator-weight", "ts_rank"), "'ts_rank' is no weight"),
        (("--operator-weight", "ts_ran=1"), "ts_rank"),
        (("--population", "1"), "population"),
        (("--objectives", "luck"), "objectives"),
        (("--method", "pray"), "method"),
    ):
        code, _, err = kvant("train", "--n", "5", "--method", "evolve", *words)
        assert (code, text in err) == (2, True), (words, err)
