"""How far a strategy can be trusted, over HTTP: on the bundled currencies and a real search."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from engine.bundle import unpack, verify
from engine.stats.overfit import expected_max
from engine.stats.performance import performance
from engine.strategy import unpack_daily
from tests.app.server import running

EXPR = "cs_rank(ts_delta(c_sek, 20)) - 0.5"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("research") / "space") as server:
        yield server


@pytest.fixture(scope="module")
def job(server):
    return server.train(n=40, seed=5)


@pytest.fixture(scope="module")
def chosen(server, job):
    """The best of the search, and one written by hand."""
    best = server.get("/api/strategies", job=job["job_id"], limit=1)["items"][0]
    hand = server.post("/api/backtest", {"expr": EXPR, "persist": True})
    return best["expr_hash"], hand["expr_hash"]


def test_luck_is_judged_by_the_ledger(server, job, chosen):
    found = server.get(f"/api/strategies/{chosen[0]}/overfitting")
    ledger = server.get("/api/ledger")["items"][0]
    assert found["deflated"]["trials"] == ledger["trials"] == server.lab.store.trials_count()
    assert found["effective"]["effective"] <= ledger["trials"]
    assert found["deflated_effective"]["probability"] >= found["deflated"]["probability"]
    sharpes = server.lab.store.trial_sharpes(ledger["fingerprint"])
    best = expected_max(ledger["trials"], float(np.std(sharpes, ddof=1)))
    assert found["deflated"]["expected_best"] == pytest.approx(best, rel=1e-12)
    assert ledger["expected_best"] == pytest.approx(best, rel=1e-12)
    n = server.get(f"/api/strategies/{chosen[0]}")["metrics"]["n"]
    none = expected_max(ledger["trials"], math.sqrt(252 / n))
    assert found["zero_skill_best"] == pytest.approx(none, rel=1e-12)
    assert (found["job_id"], found["pbo"]["strategies"]) == (
        job["job_id"], server.get(f"/api/jobs/{job['job_id']}/overfitting")["measured"],
    )  # fmt: skip
    assert found["interval"]["low"] < found["interval"]["median"] < found["interval"]["high"]
    halves = found["halves"]
    assert halves["in_sample"]["n"] + halves["out_of_sample"]["n"] == n
    assert halves["out_of_sample"]["n"] == pytest.approx(0.3 * n, abs=1)
    alone = server.get(f"/api/strategies/{chosen[1]}/overfitting")
    assert (alone["job_id"], alone["pbo"]) == (None, None)


def test_more_trials_deflate_what_is_saved_already(server, chosen):
    before = server.get(f"/api/strategies/{chosen[0]}/overfitting")["deflated"]["trials"]
    for days in range(41, 47):
        server.post("/api/backtest", {"expr": f"cs_rank(ts_delta(c_sek, {days})) - 0.5"})
    after = server.get("/api/strategies", q=chosen[0])["items"][0]["deflated_sharpe"]
    page = server.get(f"/api/strategies/{chosen[0]}/overfitting")
    assert page["deflated"]["trials"] == before + 6
    assert page["deflated"]["probability"] == pytest.approx(after, rel=1e-9)


def test_folds_cover_the_run_and_do_not_overlap(server, chosen):
    for method in ("walk_forward", "purged"):
        found = server.get(
            f"/api/strategies/{chosen[0]}/validation", method=method, folds=4, embargo=10
        )
        assert (found["method"], len(found["folds"])) == (method, 4)
        for fold in found["folds"]:
            start, end = fold["test"]["start"], fold["test"]["end"]
            assert all(part["end"] < start or part["start"] > end for part in fold["train"])
        assert len(found["dates"]) == len(found["equity"]) == found["out_of_sample"]["n"]
    refused = server.get(f"/api/strategies/{chosen[0]}/validation", 400, folds=1)
    assert refused["code"] == "malformed"


def test_a_signal_is_measured_as_a_predictor(server, chosen):
    found = server.get(f"/api/strategies/{chosen[1]}/factor", horizons="1,5", points=50)
    factor = found["factor"]
    assert [each["days"] for each in factor["horizons"]] == [1, 5]
    assert len(factor["decay"]) == 20
    assert factor["years"][0]["name"] == "1999"
    assert factor["horizons"][0]["rank_ic"]["daily"] == []
    assert {len(found[name]) for name in ("dates", "cumulative_ic", "cumulative_spread")} == {50}
    assert [each["factor"] for each in found["exposures"]["factors"]] == [
        "market", "momentum", "volatility",
    ]  # fmt: skip
    refused = server.get(f"/api/strategies/{chosen[1]}/factor", 422, horizons="1,x")
    assert "write up to ten numbers" in refused["message"]


def test_neighbours_of_the_robustness_table_are_trials(server, chosen):
    path = f"/api/strategies/{chosen[1]}/robustness"
    assert server.get(path)["robustness"] is None
    before = server.lab.store.trials_count()
    made = server.post(path, {})
    table = made["robustness"]
    neighbours = [each for each in table["variants"] if each["group"] == "neighbours"]
    assert len(neighbours) >= 2
    tried = server.lab.store.trials_count() - before
    assert 0 < tried <= len(neighbours)
    assert {row["source"] for row in server.get("/api/ledger/trials", limit=tried)["items"]} == {
        "robustness"
    }
    assert server.get(path) == made
    assert {each["group"] for each in table["groups"]} >= {"lag", "costs", "periods"}


def test_the_parts_of_a_day_add_up(server, chosen):
    returns = server.get(f"/api/strategies/{chosen[1]}/returns")
    for date, net in list(zip(returns["dates"], returns["returns"], strict=True))[400:2400:400]:
        day = server.get(f"/api/strategies/{chosen[1]}/explain", date=date)
        assert math.fsum(each["net"] for each in day["names"]) == pytest.approx(net, abs=1e-12)
        assert day["net"] == pytest.approx(net, abs=1e-12)
        held = server.get(f"/api/strategies/{chosen[1]}/positions", date=date)
        assert len(held["items"]) == day["held"]
        gross = math.fsum(abs(each["weight"]) for each in held["items"])
        assert gross == pytest.approx(held["gross_exposure"], abs=1e-12)
    assert server.get(f"/api/strategies/{chosen[1]}/explain", 400, date="soon")["code"]


def test_holdings_and_conventions_describe_the_same_run(server, chosen):
    metrics = server.get(f"/api/strategies/{chosen[1]}")["metrics"]
    profiles = server.get(f"/api/strategies/{chosen[1]}/conventions")["items"]
    assert [each["convention"] for each in profiles] == [
        "default", "quantstats", "empyrical", "brain",
    ]  # fmt: skip
    plain = {each["metric"]: each["value"] for each in profiles[0]["figures"]}
    assert plain == metrics
    held = server.get(f"/api/strategies/{chosen[1]}/holdings", points=60)
    assert len(held["dates"]) == len(held["names"]) <= 60
    assert max(held["gross_exposure"]) <= 1 + 1e-9


def test_a_run_made_again_is_the_same_and_a_bundle_proves_itself(server, chosen):
    found = server.post(f"/api/strategies/{chosen[0]}/verify", {})
    assert (found["same"], found["same_daily"], found["metrics"]) == (True, True, {})
    answer = server.http.get(f"/api/strategies/{chosen[0]}/export", params={"format": "kvant"})
    bundle = unpack(answer.content)
    assert bundle.manifest.expr_hash == chosen[0]
    panel = server.lab.workspace.panel_of(bundle.manifest.spec)
    assert all(check.ok for check in verify(bundle, panel))


def test_the_tear_sheet_stands_alone(server, chosen):
    server.post(f"/api/strategies/{chosen[0]}/robustness", {})
    page = server.http.get(f"/api/strategies/{chosen[0]}/export", params={"format": "html"}).text
    for word in ("Deflated", "Robustness", "Drawdown", "quantstats", "BRAIN", "Holdings"):
        assert word.lower() in page.lower()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "<script" not in page


def test_alike_strategies_come_first(server, chosen):
    found = server.get(f"/api/strategies/{chosen[0]}/similar", limit=5)
    scores = [each["correlation"] for each in found["items"]]
    assert scores == sorted(scores, reverse=True)
    assert chosen[0] not in [each["strategy"]["expr_hash"] for each in found["items"]]
    nets = {}
    for expr_hash in (chosen[0], found["items"][0]["strategy"]["expr_hash"]):
        run = server.get(f"/api/strategies/{expr_hash}")["run_id"]
        nets[expr_hash] = unpack_daily(server.lab.store.daily(run))["net"].to_numpy()
    assert scores[0] == pytest.approx(np.corrcoef(*nets.values())[0, 1], abs=1e-9)


def test_strategies_are_compared_on_their_common_dates(server, chosen):
    whole = server.get(f"/api/strategies/{chosen[1]}")["run_id"]
    short = server.post(
        "/api/backtest",
        {"expr": EXPR, "persist": True, "params": {"start": "2010-01-01", "end": "2015-12-31"}},
    )
    named = [chosen[0], f"{chosen[1]}@{whole}", f"{chosen[1]}@{short['run_id']}"]
    found = server.post("/api/compare", {"hashes": named, "weights": [1, 1, 2]})
    assert (found["start"] >= "2010-01-01", found["end"] <= "2015-12-31") == (True, True)
    assert [row[i] for i, row in enumerate(found["correlation"])] == [1.0, 1.0, 1.0]
    assert [each["method"] for each in found["blends"]] == [
        "equal", "inverse_vol", "min_variance", "given",
    ]  # fmt: skip
    assert found["blends"][-1]["weights"] == [0.25, 0.25, 0.5]
    nets = []
    for each in found["items"]:
        frame = unpack_daily(server.lab.store.daily(each["strategy"]["run_id"]))
        rows = frame.filter(frame["date"].is_between(
            msgspec.convert(found["start"], type(frame["date"][0])),
            msgspec.convert(found["end"], type(frame["date"][0])),
        ))  # fmt: skip
        nets.append(rows["net"].to_numpy())
    assert found["items"][0]["common"]["ann_sharpe"] == pytest.approx(
        performance(nets[0]).ann_sharpe, rel=1e-12
    )
    blend = performance(np.stack(nets, axis=1) @ np.array([0.25, 0.25, 0.5]))
    assert found["blends"][-1]["metrics"]["ann_sharpe"] == pytest.approx(blend.ann_sharpe, rel=1e-9)
    assert (found["netted"], bool(found["no_netting"])) == (None, True)
    both = server.post("/api/compare", {"hashes": named[:2]})
    assert both["netted"]["cost_netted"] <= both["netted"]["cost_separate"] * 1.01
    twice = server.post("/api/compare", {"hashes": [chosen[0]] * 2}, status=422)
    assert "named twice" in twice["message"]
    assert server.post("/api/compare", {"hashes": []}, status=400)["code"] == "malformed"


def test_a_search_is_judged_as_a_whole(server, job):
    found = server.get(f"/api/jobs/{job['job_id']}/overfitting")
    assert found["trials"] == job["processed"]
    assert len(found["candidates"]) == found["measured"] <= found["trials"]
    ratios = [each["in_sample"] for each in found["candidates"] if each["in_sample"] is not None]
    assert ratios == sorted(ratios, reverse=True)
    assert min(each["front"] for each in found["candidates"]) == 0
    assert found["pbo"]["low"] <= found["pbo"]["high"]
    assert len(found["walk_forward"]["folds"]) == 5
    assert server.get("/api/jobs/nothing/overfitting", 404)["code"] == "not_found"


def test_what_is_removed_can_be_put_back_and_stays_in_the_ledger(server, chosen):
    trials = server.lab.store.trials_count()
    assert server.http.delete(f"/api/strategies/{chosen[1]}").status_code == 204
    assert server.get("/api/strategies", q=chosen[1])["total"] == 0
    assert server.lab.store.trials_count() == trials
    server.post(f"/api/strategies/{chosen[1]}/restore", {})
    assert server.get("/api/strategies", q=chosen[1])["total"] > 0
    assert server.http.delete("/api/strategies/000000000000").status_code == 404


def test_what_is_bred_has_to_differ_from_what_somebody_kept(server, chosen):
    kept = {run["run_id"] for run in server.get(f"/api/strategies/{chosen[1]}")["runs"]}
    bred = server.train(n=8, method="evolve")
    assert (bred["status"], kept & set(bred["params"]["saved"])) == ("done", kept)
    assert server.train(n=8, method="evolve", seed=7, novelty=0)["params"]["saved"] == []
