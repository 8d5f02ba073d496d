"""The HTTP face, spoken to over a real socket: what it says is what store and engine hold."""

from __future__ import annotations

import io
import json
import time

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import pages
from app.events import kept, stored
from app.routes.imports import file_name
from engine.book import BookParams, backtest_signal, equal_weight
from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.evaluate.run import evaluate
from engine.stats.performance import CONVENTIONS, Metrics
from engine.store import Job
from engine.strategy import describe, run_id, run_spec, unpack_daily
from tests.app.server import Running, running

EXPR = 'cs_rank(ts_mean(feat("c_sek"), 20) / feat("c_sek")) - 0.5'
N = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api") / "space") as it:
        it.job = it.train(n=N, seed=7)
        yield it


@pytest.fixture(scope="module")
def best(server) -> dict:
    return server.get("/api/strategies", limit=1)["items"][0]


def refused(server: Running, method: str, path: str, body=None, **params) -> tuple[int, str]:
    """Status and code of a request that is refused with a sentence."""
    answer = server.http.request(method, path, json=body, params=params or None)
    problem = answer.json()
    assert problem["message"].endswith((".", "?", "`")) or answer.status_code == 400
    assert set(problem) <= {"code", "message", "start", "end", "suggestions", "detail"}
    return answer.status_code, problem["code"]


def test_health_says_what_runs(server):
    end = time.monotonic() + 30
    while server.get("/api/health")["jobs_running"]:  # the job of the fixture is being put away
        assert time.monotonic() < end
        time.sleep(0.01)
    health = server.get("/api/health")
    assert (health["status"], health["dataset"], health["window"]) == ("ok", "ecb_fx_sek", False)
    assert health["workspace"] == str(server.lab.workspace.root)


# --- strategies


def test_the_list_is_that_of_the_store(server):
    answer = server.get("/api/strategies", limit=7, offset=3, order="max_dd,-created_at")
    page = server.lab.store.strategies(7, 3, "max_dd,-created_at")
    assert answer == json.loads(msgspec.json.encode(page))
    assert (answer["total"], answer["next"]) == (page.total, 10)
    trials = server.lab.store.trials(limit=N)
    assert page.total == sum(row.error is None for row in trials.items) > N / 2


def test_the_list_is_filtered_in_the_roadmaps_words(server):
    found = server.get("/api/strategies", filter="ann_sharpe>0 and max_dd>-0.5", limit=1000)
    everything = server.get("/api/strategies", limit=1000)["items"]
    wanted = {
        row["run_id"]
        for row in everything
        if (row["metrics"]["ann_sharpe"] or 0) > 0 and (row["metrics"]["max_dd"] or -1) > -0.5
    }
    assert {row["run_id"] for row in found["items"]} == wanted


def test_a_wrong_filter_is_shown_at_its_place(server):
    answer = server.get("/api/strategies", status=422, filter="ann_sharp > 1")
    assert (answer["code"], answer["start"], answer["end"]) == ("filter", 0, 9)
    assert "ann_sharpe" in answer["suggestions"]


def test_a_strategy_is_told_in_full(server, best):
    strategy = server.get(f"/api/strategies/{best['expr_hash']}")
    assert {key: strategy[key] for key in best} == best
    assert set(strategy["metrics"]) == set(Metrics.__struct_fields__)
    assert strategy["conventions"] == CONVENTIONS
    assert strategy["deflated"]["trials"] >= N
    assert strategy["runs"][0]["run_id"] == best["run_id"]
    assert strategy["fingerprint"] == strategy["spec"]["fingerprint"]


def test_the_curve_keeps_its_ends_and_its_worst_fall(server, best):
    full = unpack_daily(server.lab.store.daily(best["run_id"]))
    curve = server.get(f"/api/strategies/{best['expr_hash']}/curve", points=200, benchmark=True)
    assert 100 < len(curve["dates"]) <= 200
    assert curve["base_currency"] == "SEK"
    assert [curve["dates"][0], curve["dates"][-1]] == [str(full["date"][0]), str(full["date"][-1])]
    equity = dict(zip(map(str, full["date"]), full["equity"].to_list(), strict=True))
    assert curve["equity"] == pytest.approx([equity[day] for day in curve["dates"]], rel=1e-12)
    assert min(curve["drawdown"]) == pytest.approx(best["metrics"]["max_dd"], rel=1e-9)
    panel = server.lab.workspace.panel("ecb_fx_sek")
    market = np.cumprod(1 + equal_weight(panel)[1])
    assert curve["benchmark"][-1] == pytest.approx(market[-1], rel=1e-12)


def test_returns_are_those_kept_to_the_bit(server, best):
    full = unpack_daily(server.lab.store.daily(best["run_id"]))
    path = f"/api/strategies/{best['expr_hash']}/returns"
    assert server.get(path)["returns"] == full["net"].to_list()
    assert server.get(path)["cost"] is None
    parts = server.get(path, parts=True)
    assert [parts[name] for name in ("gross", "cost", "borrow", "turnover")] == [
        full[name].to_list() for name in ("gross", "cost", "borrow", "turnover")
    ]


def test_a_tearsheet_agrees_with_itself(server, best):
    sheet = server.get(f"/api/strategies/{best['expr_hash']}/tearsheet")
    growth = np.prod([1 + month["value"] for month in sheet["sheet"]["monthly"]])
    assert growth - 1 == pytest.approx(best["metrics"]["total_return"], rel=1e-9)
    assert np.prod([1 + year["value"] for year in sheet["sheet"]["yearly"]]) == pytest.approx(
        growth
    )
    assert sheet["sheet"]["drawdowns"][0]["depth"] == pytest.approx(best["metrics"]["max_dd"])
    assert sum(sheet["sheet"]["daily"]["counts"]) == best["metrics"]["n"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_export_is_the_series(server, best, kind):
    answer = server.http.get(f"/api/strategies/{best['expr_hash']}/export", params={"format": kind})
    read = pl.read_csv if kind == "csv" else pl.read_parquet
    frame = read(io.BytesIO(answer.content))
    full = unpack_daily(server.lab.store.daily(best["run_id"]))
    assert frame["net"].to_list() == pytest.approx(full["net"].to_list(), rel=1e-12, abs=1e-15)
    assert best["expr_hash"] in answer.headers["content-disposition"]


def test_tags_and_a_note_stay(server, best):
    path = f"/api/strategies/{best['expr_hash']}"
    assert server.post(f"{path}/tags", {"tags": ["momentum", "keep"]})["tags"] == [
        "keep",
        "momentum",
    ]
    assert server.post(f"{path}/note", {"note": "watch the costs"})["note"] == "watch the costs"
    again = server.get(path)
    assert (again["tags"], again["note"]) == (["keep", "momentum"], "watch the costs")
    assert refused(server, "POST", f"{path}/note", {"note": "x" * 2001})[0] == 400


def test_a_certificate_is_kept(server, best):
    path = f"/api/strategies/{best['expr_hash']}"
    made = server.post(f"{path}/lookahead")
    assert made["passed"] is True
    assert server.get(path)["lookahead"] == made


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/api/strategies/ffffffffffff", (404, "not_found")),
        ("/api/strategies/nothing", (422, "parameters")),
        ("/api/strategies?order=beauty", (422, "parameters")),
        ("/api/strategies?limit=0", (400, "malformed")),
        ("/api/strategies?limit=1001", (400, "malformed")),
        ("/api/strategies?offset=-1", (400, "malformed")),
        ("/api/strategies?limit=x", (400, "malformed")),
        ("/api/strategies?ofset=1", (400, "malformed")),
        ("/api/jobs?status=asleep", (400, "malformed")),
        ("/api/jobs/job_1", (404, "not_found")),
        ("/api/jobs/job_1/events", (404, "not_found")),
        ("/api/jobs/job_1/log", (404, "not_found")),
        ("/api/metrics/aggregate?bins=1", (400, "malformed")),
        ("/api/metrics/aggregate?dataset=none_such", (404, "not_found")),
        ("/api/config/features?dataset=none_such", (404, "not_found")),
        ("/api/nothing", (404, "not_found")),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(server, path, wanted):
    assert refused(server, "GET", path) == wanted


# --- everything at once


def test_the_aggregate_counts_every_run(server):
    found = server.get("/api/metrics/aggregate", bins=20)
    rows = server.get("/api/strategies", limit=1000)["items"]
    sharpes = [row["metrics"]["ann_sharpe"] for row in rows]
    assert found["count"] == len(rows)
    assert sum(found["sharpe"]["counts"]) == sum(value is not None for value in sharpes)
    assert found["best"]["metrics"]["ann_sharpe"] == max(v for v in sharpes if v is not None)
    assert found["medians"]["ann_sharpe"] == pytest.approx(
        float(np.median([v for v in sharpes if v is not None]))
    )
    assert len(found["luck"]) == len(found["sharpe"]["counts"])
    assert 0 < sum(found["luck"]) <= len(rows) + 1e-9
    assert server.get("/api/metrics/aggregate", dataset="ecb_fx_sek")["count"] == len(rows)


# --- an expression at once


def test_a_backtest_is_that_of_the_engine(server):
    answer = server.post("/api/backtest", {"expr": EXPR, "params": {"cap": 0.1}})
    panel = server.lab.workspace.panel("ecb_fx_sek")
    params = BookParams(cap=0.1)
    node = parse(EXPR, Names.of(panel))
    backtest = backtest_signal(panel, evaluate(panel, node), params)
    outcome = describe(panel, node, backtest)
    assert answer["metrics"] == json.loads(msgspec.json.encode(outcome.metrics))
    assert (answer["expr_hash"], answer["expr"]) == (outcome.expr_hash, outcome.expr)
    assert answer["run_id"] == run_id(outcome.expr_hash, run_spec(panel, params))
    assert answer["curve"]["equity"][-1] == pytest.approx(backtest.daily.equity[-1], rel=1e-12)
    assert answer["persisted"] is False
    assert refused(server, "GET", f"/api/strategies/{answer['expr_hash']}")[0] == 404


def test_every_backtest_is_in_the_ledger_also_a_failed_one(server):
    before = server.get("/api/metrics/aggregate")["trials"]
    server.post("/api/backtest", {"expr": "cs_zscore(ts_std(c_sek, 30))"})
    server.post("/api/backtest", {"expr": "cs_zscore(c_sek)", "params": {"neutralize": "x"}}, 422)
    assert server.get("/api/metrics/aggregate")["trials"] == before + 2


def test_a_saved_backtest_is_found_and_verifies(server):
    answer = server.post("/api/backtest", {"expr": "-" + EXPR, "persist": True})
    strategy = server.get(f"/api/strategies/{answer['expr_hash']}")
    assert strategy["metrics"] == answer["metrics"]
    assert strategy["run_id"] == answer["run_id"]
    found = server.get("/api/strategies", q=answer["expr_hash"])
    assert [row["expr"] for row in found["items"]] == [answer["expr"]]


def test_what_looks_ahead_is_marked(server):
    answer = server.post("/api/backtest", {
        "expr": 'clip(feat("c_sek")/lag(feat("c_sek"),1)-1)', "params": {"execution_lag": 0}
    })  # fmt: skip
    assert answer["tradable"] is False
    assert answer["warnings"][0].startswith("The execution lag is 0")
    assert answer["metrics"]["ann_sharpe"] > 9


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"expr": "lag(c_sk, -1)"}, (422, "unknown_name")),
        ({"expr": "lag(c_sek, -1)"}, (422, "expression")),
        ({"expr": ""}, (422, "expression")),
        ({"expr": "c_sek" + "+c_sek" * 500}, (422, "expression")),
        ({"expr": EXPR, "dataset": "none_such"}, (404, "not_found")),
        ({"expr": EXPR, "price": "x"}, (422, "data")),
        ({"expr": EXPR, "domain_lags": {"moon": 1}}, (422, "parameters")),
        ({"expr": EXPR, "params": {"cap": 2}}, (400, "malformed")),
        ({"expr": EXPR, "params": {"cap": "x"}}, (400, "malformed")),
        ({"expr": EXPR, "params": {"start": "2050-01-01"}}, (422, "parameters")),
        ({"expr": EXPR, "colour": "red"}, (400, "malformed")),
        ({"expr": 3}, (400, "malformed")),
        ({}, (400, "malformed")),
        ([], (400, "malformed")),
    ],
)
def test_a_wrong_backtest_is_refused(server, body, wanted):
    assert refused(server, "POST", "/api/backtest", body) == wanted


# --- the language


def test_check_reads_as_the_parser_does(server):
    found = server.post("/api/config/check", {"expr": "a = ts_mean(c_sek, 20); a / c_sek"})
    assert (found["ok"], found["lookback"], found["features"]) == (True, 19, ["c_sek"])
    assert found["canonical"] == 'ts_mean(feat("c_sek"), 20) / feat("c_sek")'
    wrong = server.post("/api/config/check", {"expr": "ts_mean(c_sk, 20)"})
    (diagnostic,) = wrong["diagnostics"]
    assert (wrong["ok"], diagnostic["start"], diagnostic["end"]) == (False, 8, 12)
    assert diagnostic["suggestions"] == ["c_sek"]
    assert server.post("/api/config/check", {"expr": "ts_ema(c_sek, 5)"})["all_history"] is True


def test_check_translates_a_formula_of_the_paper(server):
    body = {"expr": "Ts_Rank(close, 5.9)", "dialect": "alpha101"}
    found = server.post("/api/config/check", body)
    assert (found["ok"], found["canonical"]) == (True, 'ts_rank(feat("c_sek"), 5, 1)')
    assert found["diagnostics"] == [
        {
            "start": 8, "end": 13, "severity": "info", "suggestions": [],
            "message": "'close' is the column 'c_sek', the price that earns returns.",
        },
        {
            "start": 15, "end": 18, "severity": "info", "suggestions": [],
            "message": "Windows that are no whole numbers of days were rounded down.",
        },
    ]  # fmt: skip
    (wrong,) = server.post("/api/config/check", {**body, "expr": "rank(volume)"})["diagnostics"]
    assert (wrong["severity"], wrong["start"], wrong["end"]) == ("error", 5, 11)
    assert refused(server, "POST", "/api/config/check", {**body, "dialect": "qlib"}) == (
        400,
        "malformed",
    )


def test_check_warns_of_what_hardly_makes_sense(server):
    text = "1 + (c_sek < cs_rank(c_sek))"
    found = server.post("/api/config/check", {"expr": text})
    (diagnostic,) = found["diagnostics"]
    assert (found["ok"], diagnostic["severity"]) == (True, "warning")
    assert text[diagnostic["start"] : diagnostic["end"]] == "c_sek < cs_rank(c_sek)"
    assert diagnostic["message"].startswith("This compares a price (c_sek) with a pure number")


def test_every_operator_is_told(server):
    items = server.get("/api/config/primitives")["items"]
    assert [item["name"] for item in items] == sorted(OPS)
    assert all(item["help"] and item["signature"] and item["lookback"] for item in items)
    clip = next(item for item in items if item["name"] == "clip")
    assert (clip["axis"], clip["signature"]) == ("row", "clip(x, lo=-1, hi=1)")


def test_the_catalog_knows_the_open_dates_only(server):
    found = server.get("/api/config/features")
    (feature,) = found["items"]
    open_last = server.get("/api/datasets")["items"][0]["open_last_date"]
    assert (feature["name"], feature["usable"], feature["last_date"]) == ("c_sek", True, open_last)
    assert server.get("/api/config/metrics")["total"] == len(CONVENTIONS)


# --- jobs


def test_a_job_is_told_as_the_roadmap_says(server):
    job = server.get(f"/api/jobs/{server.job['job_id']}")
    wanted = {
        "job_id", "type", "status", "progress", "processed", "total", "started_at", "finished_at",
        "message", "latest_sharpe",
    }  # fmt: skip
    assert wanted <= set(job)
    assert (job["status"], job["progress"], job["processed"]) == ("done", 1.0, N)
    assert job["params"]["config"]["seed"] == 7
    assert server.get("/api/jobs?status=done")["items"][-1] == job


def test_events_over_http_are_those_of_the_store(server):
    job_id = server.job["job_id"]
    found = server.get(f"/api/jobs/{job_id}/events", after=2, limit=5)
    rows = server.lab.store.events(job_id, 2, 5)
    assert found["items"] == [json.loads(msgspec.json.encode(stored(row))) for row in rows]
    assert [kept(stored(row))[1] for row in rows] == [row.json for row in rows]
    assert found["next"] == 7
    last = server.get(f"/api/jobs/{job_id}/events", after=10**9)
    assert (last["items"], last["next"]) == ([], None)


def test_a_log_is_its_tail_unless_asked(server):
    path = f"/api/jobs/{server.job['job_id']}/log"
    tail = server.get(path, limit=2)["items"]
    assert [line["event"] for line in tail] == ["summary", "job_status"]
    start = server.get(path, after=0, limit=2)["items"]
    assert [line["seq"] for line in start] == [1, 2]
    assert server.get(path, level="ERROR")["items"] == []


def test_the_same_request_is_one_job(server):
    body = {"n": 5, "seed": 11}
    first = server.post("/api/jobs/train", body, 201, **{"Idempotency-Key": "k1"})
    again = server.post("/api/jobs/train", body, 201, **{"Idempotency-Key": "k1"})
    server.finished(first["job_id"])
    later = server.post("/api/jobs/train", body, 201, **{"Idempotency-Key": "k1"})
    assert first["job_id"] == again["job_id"] == later["job_id"]
    other = server.post("/api/jobs/train", body, 201, **{"Idempotency-Key": "k2"})
    assert other["job_id"] != first["job_id"]
    server.finished(other["job_id"])


def test_a_cancelled_job_resumes_to_the_same_result(server):
    body = {"n": 400, "seed": 23, "workers": 1}
    job = server.post("/api/jobs/train", body, 201)
    path = f"/api/jobs/{job['job_id']}"
    while not server.get(path)["processed"]:
        pass
    server.post(f"{path}/cancel")
    cancelled = server.finished(job["job_id"])
    assert cancelled["status"] == "cancelled"
    assert 0 < cancelled["processed"] < 400
    server.post(f"{path}/resume")
    assert server.finished(job["job_id"])["processed"] == 400
    assert server.post(f"{path}/resume", status=409)["code"] == "conflict"
    assert server.post(f"{path}/cancel", status=409)["code"] == "conflict"


def test_jobs_wait_their_turn_and_a_full_queue_says_so(server, monkeypatch):
    monkeypatch.setattr("app.runner.MAX_QUEUED", 1)
    first = server.post("/api/jobs/train", {"n": 2000, "seed": 1}, 201)
    while server.get(f"/api/jobs/{first['job_id']}")["status"] == "queued":
        pass
    second = server.post("/api/jobs/train", {"n": 5, "seed": 2}, 201)
    assert second["status"] == "queued"
    answer = server.http.post("/api/jobs/train", json={"n": 5, "seed": 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "queue_full")
    assert answer.headers["retry-after"] == "5"
    assert server.post(f"/api/jobs/{second['job_id']}/cancel")["status"] == "cancelled"
    server.post(f"/api/jobs/{first['job_id']}/cancel")
    assert server.finished(first["job_id"])["status"] == "cancelled"


@pytest.mark.parametrize(
    "body",
    [{"n": 0}, {"n": 10_001}, {"n": "x"}, {"workers": 0}, {"seed": -1}, {"params": {"cap": 0}},
     {"method": "magic"}, {"colour": 1}, {"params": {"limit_score": 0}}],
)  # fmt: skip
def test_a_wrong_job_is_refused(server, body):
    assert refused(server, "POST", "/api/jobs/train", body) == (400, "malformed")


def test_a_job_that_cannot_start_is_refused_at_once(server):
    assert refused(server, "POST", "/api/jobs/train", {"dataset": "x"}) == (404, "not_found")
    assert refused(server, "POST", "/api/jobs/train", {"price": "x"}) == (422, "data")
    params = {"params": {"neutralize": "x"}}
    assert refused(server, "POST", "/api/jobs/train", params) == (422, "parameters")


def test_a_job_of_the_store_is_a_job_on_the_wire(server):
    job = server.get(f"/api/jobs/{server.job['job_id']}")
    assert msgspec.convert(job, Job) == server.lab.store.job(job["job_id"])


# --- data sets


ROWS = "date,symbol,close\n" + "".join(
    f"2024-01-{day:02d},{symbol},{100 + day}\n" for day in range(1, 21) for symbol in "AB"
)


def test_a_file_is_uploaded_and_used(server):
    answer = server.http.post(
        "/api/datasets/import",
        files={"file": ("../../prices of=mine.csv", ROWS.encode())},
        data={"name": "mine", "lockbox": "none"},
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["symbols"], made["dates"], made["lockbox"]) == (
        "mine",
        2,
        20,
        "none",
    )
    assert made["source"] == "prices of=mine.csv"
    assert not any((server.lab.workspace.root / "uploads").iterdir())
    names = [row["name"] for row in server.get("/api/datasets")["items"]]
    assert sorted(names) == ["ecb_fx_sek", "mine"]
    server.post("/api/backtest", {"expr": "close", "dataset": "mine"})
    assert server.post("/api/settings", {"dataset": "ecb_fx_sek"})["dataset"] == "ecb_fx_sek"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("prices.csv", "prices.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\p.csv", "p.csv"),
        ("..", "data"),
        ("", "data"),
        ("a/..", "data"),
        ("x\0y\n.csv", "x_y_.csv"),
        ("CON:stream", "CON_stream"),
        (" .hidden. ", "hidden"),
        ("\ud800.csv", "?.csv"),
    ],
)
def test_the_name_of_a_file_is_no_path(given, kept):
    assert file_name(given) == kept


@given(st.text())
def test_whatever_a_file_is_called_it_stays_in_its_folder(name):
    kept = file_name(name)
    assert 0 < len(kept.encode()) <= 200
    assert kept not in {".", ".."}
    assert not set(kept) & set("/\\\0")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "data"), (b"a,b\n1,2\n", "question"), (b"\x00" * 100, "data"),
        (b"PAR1garbagePAR1", "data"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(server, content, code):
    name = "x.parquet" if content.startswith(b"PAR1") else "x.csv"
    answer = server.http.post("/api/datasets/import", files={"file": (name, content)})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


def test_an_import_needs_a_file_that_was_picked(server):
    assert refused(server, "POST", "/api/datasets/import", {"handle": "/etc/passwd"}) == (
        404, "not_found",
    )  # fmt: skip
    assert refused(server, "POST", "/api/datasets/import", {"path": "/etc/passwd"})[0] == 400
    assert refused(server, "POST", "/api/datasets/import")[0] == 400


# --- settings, window, broker


def test_settings_are_kept_and_shown_to_the_page(server):
    assert server.post("/api/settings", {"theme": "dark", "workers": 3})["theme"] == "dark"
    assert server.get("/api/settings")["workers"] == 3
    assert 'data-theme="dark"' in server.http.get("/").text
    assert server.post("/api/settings", {"theme": "system", "workers": 2})["workers"] == 2
    for body in ({"theme": "pink"}, {"workers": 0}, {"data_folder": "/x"}):
        assert refused(server, "POST", "/api/settings", body) == (400, "malformed")
    assert refused(server, "POST", "/api/settings", {"dataset": "x"}) == (404, "not_found")


def test_without_a_window_there_are_no_dialogs(server, best):
    for path, body in (
        ("pick", {"kind": "open"}),
        ("export", {"hash": best["expr_hash"]}),
        ("close", {"action": "quit"}),
        ("open", {"what": "logs"}),
    ):
        assert refused(server, "POST", f"/api/desktop/{path}", body) == (409, "no_window")
    server.post("/api/desktop/ready", status=204)


def test_orders_on_paper_make_positions(server):
    account = server.get("/api/broker/positions", dataset="ecb_fx_sek")
    order = server.post(
        "/api/broker/orders", {"symbol": "USD", "side": "buy", "quantity": 100}, 201
    )
    after = server.get("/api/broker/positions", dataset="ecb_fx_sek")
    assert (order["status"], order["symbol"]) == ("filled", "USD")
    assert after["cash"] == pytest.approx(account["cash"] - 100 * order["price"] - order["fee"])
    assert [p["symbol"] for p in after["items"]] == ["USD"]
    resting = server.post("/api/broker/orders", {
        "symbol": "EUR", "side": "buy", "quantity": 1, "order_type": "limit", "limit_price": 0.01,
    }, 201)  # fmt: skip
    assert resting["status"] == "open"
    cancelled = server.http.delete(f"/api/broker/orders/{resting['order_id']}").json()
    assert cancelled["status"] == "cancelled"
    assert [o["status"] for o in server.get("/api/broker/orders")["items"]] == [
        "cancelled", "filled",
    ]  # fmt: skip
    for body, code in (
        ({"symbol": "XXX", "side": "buy", "quantity": 1}, 422),
        ({"symbol": "USD", "side": "buy", "quantity": -1}, 422),
        ({"symbol": "USD", "side": "hold", "quantity": 1}, 400),
    ):
        assert refused(server, "POST", "/api/broker/orders", body)[0] == code
    assert server.http.delete("/api/broker/orders/nothing").status_code == 404


def test_a_rebalance_leads_to_the_book_of_the_strategy(server, best):
    preview = server.post("/api/broker/rebalance/preview", {"hash": best["expr_hash"]})
    strategy = server.get(f"/api/strategies/{best['expr_hash']}")
    panel = server.lab.workspace.panel("ecb_fx_sek")
    node = parse(strategy["expr"], Names.of(panel))
    params = msgspec.convert(strategy["params"], BookParams)
    lagless = msgspec.structs.replace(params, execution_lag=1)
    held = backtest_signal(panel, evaluate(panel, node), lagless)
    assert preview["gross"] == pytest.approx(held.daily.gross_exposure[-1], rel=1e-9)
    assert preview["as_of"] == str(panel.dates[-1])
    equity = server.get("/api/broker/positions", dataset="ecb_fx_sek")["equity"]
    for trade in preview["items"]:
        assert trade["target_quantity"] * trade["price"] == pytest.approx(trade["weight"] * equity)
        assert trade["trade"] == pytest.approx(trade["target_quantity"] - trade["quantity"])


# --- the page


def test_the_page_answers_every_address_that_is_not_a_file(server):
    document = server.http.get("/").text
    for path in ("/strategies", "/strategies/abc", "/jobs/job_1", "/nothing/at/all"):
        answer = server.http.get(path)
        assert (answer.status_code, answer.text) == (200, document)
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"
    assert server.http.get("/_app/immutable/nothing.js").status_code == 404


def test_scripts_come_as_scripts_and_stay_for_ever(server):
    bundle = pages.bundle()
    name = next(name for name in bundle if name.endswith(".js") and "/immutable/" in name)
    answer = server.http.get(f"/{name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == bundle[name].body


def test_an_engine_that_died_while_idle_is_replaced_unnoticed(server):
    server.post("/api/backtest", {"expr": EXPR})
    server.lab.engine._process.kill()
    assert server.post("/api/backtest", {"expr": EXPR})["expr_hash"]


def test_a_repeated_request_is_no_new_job_even_when_the_queue_is_full(server, monkeypatch):
    monkeypatch.setattr("app.runner.MAX_QUEUED", 1)
    first = server.post("/api/jobs/train", {"n": 3000, "seed": 101}, 201)
    while server.get(f"/api/jobs/{first['job_id']}")["status"] == "queued":
        pass
    second = server.post("/api/jobs/train", {"n": 5, "seed": 102}, 201)
    again = server.post("/api/jobs/train", {"n": 5, "seed": 102}, 201)
    assert again["job_id"] == second["job_id"]
    for job in (second, first):
        server.post(f"/api/jobs/{job['job_id']}/cancel")
    server.finished(first["job_id"])


def test_an_engine_with_too_much_to_do_says_so(server, monkeypatch):
    monkeypatch.setattr("app.engine_room.MAX_WAITING", 0)
    before = server.get("/api/metrics/aggregate")["trials"]
    assert server.post("/api/backtest", {"expr": EXPR}, 409)["code"] == "busy"
    assert server.get("/api/metrics/aggregate")["trials"] == before


def test_a_strategy_without_any_luck_counts_in_the_line_of_luck(server, monkeypatch):
    store, runs = server.lab.store, {"ann_sharpe": [0.0, None, 0.5], "n": [2500.0, 2500.0, 2500.0]}

    def columns(names, _dataset=None):
        return {name: runs.get(name, [0.1, 0.2, 0.3]) for name in names}

    monkeypatch.setattr(store, "columns", columns)
    found = server.get("/api/metrics/aggregate", bins=50)
    assert sum(found["sharpe"]["counts"]) == 2
    assert max(found["luck"]) > 0
    # two runs of ten years: 0.44 of what each would show by luck lies between 0 and 0.5
    assert 0.8 < sum(found["luck"]) < 1


def test_a_damaged_data_set_is_refused_where_it_is_read(tmp_path):
    with running(tmp_path / "space") as server:
        (path,) = (server.lab.workspace.root / "datasets").glob("*/panel.parquet")
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.chmod(0o600)
        path.write_bytes(content)
        assert server.post("/api/backtest", {"expr": EXPR}, 422)["code"] == "data"
