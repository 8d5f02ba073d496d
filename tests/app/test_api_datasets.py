"""Data sets over HTTP: uploaded, looked at, imported again, judged, and what rests on them."""

from __future__ import annotations

import io
import threading
import time

import polars as pl
import pytest

from tests.app.server import running

DAYS = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 6, 28), eager=True)


def prices(factor: float = 1.0, symbols: str = "ABC") -> bytes:
    frame = pl.DataFrame(
        [
            {"date": day, "symbol": symbol, "close": factor * (100 + (7 * i * (n + 2)) % 13)}
            for i, day in enumerate(DAYS)
            if day.weekday() < 5
            for n, symbol in enumerate(symbols)
        ]
    )
    return frame.write_csv().encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("datasets") / "space") as server:
        yield server


def uploaded(server, content: bytes, name: str = "prices.csv") -> str:
    answer = server.http.post("/api/datasets/upload", files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == name
    return answer.json()["handle"]


def imported(server, content: bytes, name: str, **options):
    body = {"handle": uploaded(server, content), "name": name, "options": options}
    return server.post("/api/datasets/import", body, status=201)


def test_an_upload_is_previewed_as_often_as_one_likes_and_then_imported(server):
    content = b"when;what;last\n" + b"\n".join(
        f"{day:%d/%m/%Y};{symbol};{10 + i},5".encode()
        for i, day in enumerate(DAYS[:12])
        for symbol in "AB"
    )
    handle = uploaded(server, content, "odd.csv")
    first = server.post("/api/datasets/preview", {"handle": handle})
    assert (first["file"], first["question"]["option"]) == ("odd.csv", "date")
    options = {"date": "when", "symbol": "what", "price": "last"}
    asked = {"handle": handle, "options": options}
    second = server.post("/api/datasets/preview", asked)
    assert (second["question"]["option"], second["question"]["choices"]) == (
        "date_order",
        ["dmy", "mdy"],
    )
    options |= {"date_order": "dmy", "rename": {"last": "close"}}
    third = server.post("/api/datasets/preview", asked)
    assert (third["question"], third["problem"]) == (None, None)
    assert third["report"]["rows"] == 24
    assert list(server.lab.intake.uploads.iterdir())
    made = server.post("/api/datasets/import", asked | {"name": "odd", "lockbox": "none"}, 201)
    assert (made["rows"], made["price"], made["features"]) == (24, "close", ["close"])
    assert not list(server.lab.intake.uploads.iterdir())
    gone = server.http.post("/api/datasets/preview", json={"handle": handle})
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


def test_other_content_is_a_new_version_and_the_same_content_is_none(server):
    first = imported(server, prices(), "mine")
    again = imported(server, prices(), "mine")
    second = imported(server, prices(2.0), "mine")
    assert [each["version"] for each in (first, again, second)] == [1, 1, 2]
    detail = server.get("/api/datasets/mine")
    assert detail["dataset"] == second
    assert [(v["version"], v["fingerprint"], v["current"]) for v in detail["versions"]] == [
        (2, second["fingerprint"], True),
        (1, first["fingerprint"], False),
    ]
    assert detail["report"]["rows"] == second["rows"]
    assert second["bytes"] > 1000


def test_a_result_names_its_data_and_is_repeated_on_the_new_version(server):
    imported(server, prices(), "rerun")
    asked = {"expr": "cs_rank(-close)", "dataset": "rerun", "persist": True}
    before = server.post("/api/backtest", asked)
    path = f"/api/strategies/{before['expr_hash']}"
    assert server.get(path, run=before["run_id"])["data"] == {
        "name": "rerun", "version": 1, "current_version": 1, "is_current": True, "available": True,
    }  # fmt: skip
    same = server.post(f"{path}/rerun", {"run": before["run_id"]})
    assert same["same_data"] is True
    assert same["old"]["metrics"] == same["new"]["metrics"]

    imported(server, prices(symbols="ABCDE"), "rerun")
    old = server.get(path, run=before["run_id"])
    assert old["data"] == {
        "name": "rerun", "version": 1, "current_version": 2, "is_current": False,
        "available": True,
    }  # fmt: skip
    assert old["metrics"] == before["metrics"]
    both = server.post(f"{path}/rerun", {"run": before["run_id"]})
    assert (both["same_data"], both["old_version"], both["new_version"]) == (False, 1, 2)
    assert both["old"]["run_id"] == before["run_id"] != both["new"]["run_id"]
    assert both["old"]["metrics"] != both["new"]["metrics"]
    fresh = server.post("/api/backtest", asked | {"persist": False})
    assert both["new"]["metrics"] == fresh["metrics"]


def test_a_job_goes_on_with_the_version_it_was_created_on(server):
    imported(server, prices(), "jobs")
    old = server.train(n=5, dataset="jobs")
    imported(server, prices(3.0, "ABCD"), "jobs")
    new = server.train(n=5, dataset="jobs")
    assert (old["status"], new["status"]) == ("done", "done")
    rows = server.get("/api/strategies", dataset="jobs", limit=100)["items"]
    data = [server.get(f"/api/strategies/{r['expr_hash']}", run=r["run_id"])["data"] for r in rows]
    assert {each["version"] for each in data} == {1, 2}


def test_quality_is_kept_and_counted(server):
    made = imported(server, prices(), "judged")
    report = server.get("/api/datasets/judged/quality")
    assert (report["dates"], report["symbols"], report["price"]) == (
        made["open_dates"], made["symbols"], "close",
    )  # fmt: skip
    counted = {"error": 0, "warning": 0, "info": 0}
    for finding in report["findings"]:
        counted[finding["severity"]] += 1
    assert {**counted, **made["findings"]} == counted
    with server.lab.store._db.transaction():
        server.lab.store._db.run("DELETE FROM quality", ())
    again = server.get("/api/datasets/judged/quality")
    assert again | {"elapsed_s": 0} == report | {"elapsed_s": 0}


def test_rows_are_shown_as_they_are_stored_and_locked_ones_are_not(server):
    made = imported(server, prices(), "rows")
    shown = server.get("/api/datasets/rows/sample", symbols="B", limit=1000)
    assert shown["columns"] == ["close"]
    assert shown["total"] == len(shown["items"]) == made["open_dates"] < made["dates"]
    assert shown["items"][-1]["date"] == made["open_last_date"] < made["lockbox_start"]
    part = server.get(
        "/api/datasets/rows/sample", symbols="B,C", start="2024-02-01", end="2024-02-02", limit=3
    )
    assert [(row["symbol"], row["date"]) for row in part["items"]] == [
        ("B", "2024-02-01"), ("B", "2024-02-02"), ("C", "2024-02-01"),
    ]  # fmt: skip
    assert (part["total"], part["next"]) == (4, 3)


def test_a_series_ends_before_the_lockbox(server):
    made = imported(server, prices(), "drawn")
    drawn = server.get("/api/datasets/drawn/series", column="close", symbol="A")
    assert len(drawn["dates"]) == len(drawn["values"]) == made["open_dates"]
    assert drawn["dates"][-1] == made["open_last_date"]
    assert server.http.get(
        "/api/datasets/drawn/series", params={"column": "close", "symbol": "Z"}
    ).json()["code"] in {"not_found", "data"}


def test_decisions_about_columns_hold_for_every_run(server):
    imported(server, prices(), "lagged")
    free = server.post("/api/backtest", {"expr": "close", "dataset": "lagged"})
    settings = {"rules": {"ignore": ["x_*"], "min_coverage": 0.5}, "domain_lags": {"price": 3}}
    kept = server.post("/api/datasets/lagged/settings", settings)
    assert kept["domain_lags"] == {"price": 3}
    assert server.get("/api/datasets/lagged")["settings"] == kept
    held = server.post("/api/backtest", {"expr": "close", "dataset": "lagged"})
    by_hand = server.post(
        "/api/backtest", {"expr": "close", "dataset": "lagged", "domain_lags": {"price": 0}}
    )
    assert by_hand["metrics"] == free["metrics"] != held["metrics"]
    assert {
        each["lag"] for each in server.get("/api/config/features", dataset="lagged")["items"]
    } == {3}
    job = server.train(n=3, dataset="lagged")
    config = server.lab.store.job(job["job_id"]).params["config"]
    assert (config["domain_lags"], config["rules"]["ignore"]) == ({"price": 3}, ["x_*"])
    wrong = server.http.post("/api/datasets/lagged/settings", json={"domain_lags": {"gone": 1}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "parameters")


def test_a_removed_data_set_leaves_its_results(server):
    imported(server, prices(5.0), "leaving")
    before = server.post(
        "/api/backtest", {"expr": "cs_rank(close)", "dataset": "leaving", "persist": True}
    )
    assert server.http.delete("/api/datasets/leaving").status_code == 204
    names = [each["name"] for each in server.get("/api/datasets")["items"]]
    assert "leaving" not in names
    path = f"/api/strategies/{before['expr_hash']}"
    left = server.get(path, run=before["run_id"])
    assert left["data"] == {
        "name": "leaving", "version": 1, "current_version": None, "is_current": False,
        "available": True,
    }  # fmt: skip
    assert left["metrics"] == before["metrics"]
    answer = server.http.post(f"{path}/rerun", json={"run": before["run_id"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    imported(server, prices(6.0), "unused")
    folder = server.lab.workspace.folder(server.lab.workspace.dataset("unused"))
    server.http.delete("/api/datasets/unused")
    assert not folder.exists()


def test_a_data_set_a_job_works_on_is_not_removed(server):
    imported(server, prices(7.0), "busy")
    job = server.post("/api/jobs/train", {"n": 5000, "dataset": "busy"}, status=201)
    answer = server.http.delete("/api/datasets/busy")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    server.post(f"/api/jobs/{job['job_id']}/cancel")
    server.finished(job["job_id"])
    assert server.http.delete("/api/datasets/busy").status_code == 204


def test_symbols_with_commas_are_asked_for_as_a_list(server):
    frame = pl.DataFrame(
        {"date": DAYS[:9], "symbol": ["A, B"] * 9, "close": [1.0 + i for i in range(9)]}
    )
    imported(server, frame.write_csv().encode(), "commas")
    shown = server.get("/api/datasets/commas/sample", symbols='["A, B"]')
    assert (shown["total"], {row["symbol"] for row in shown["items"]}) == (8, {"A, B"})


def slow_file() -> bytes:
    rng = range(400_000)
    frame = pl.DataFrame({"n": rng}).select(
        date=pl.date(1990, 1, 1) + pl.duration(days=pl.col("n") % 4000),
        symbol=pl.format("S{}", pl.col("n") // 4000),
        **{f"f{i}": (pl.col("n") * (i + 3) % 1009) / 7 for i in range(12)},
        close=(pl.col("n") % 997) + 1.5,
    )
    out = io.BytesIO()
    frame.write_csv(out)
    return out.getvalue()


def test_an_import_tells_how_far_it_is_and_can_be_cancelled(server):
    handle = uploaded(server, slow_file())
    before = len(server.get("/api/datasets")["items"])
    answers = []

    def work():
        body = {"handle": handle, "name": "slow", "import_id": "abcdefgh1"}
        answers.append(server.http.post("/api/datasets/import", json=body))

    thread = threading.Thread(target=work)
    thread.start()
    stages = set()
    end = time.monotonic() + 60
    while len(stages) < 2 and time.monotonic() < end:
        told = server.http.get("/api/imports/abcdefgh1")
        if told.status_code == 200:
            stages.add(told.json()["stage"])
        time.sleep(0.01)
    assert server.http.post("/api/imports/abcdefgh1/cancel").status_code == 204
    thread.join(30)
    assert (answers[0].status_code, answers[0].json()["code"]) == (409, "cancelled")
    assert server.get("/api/imports/abcdefgh1")["done"] is True
    assert len(server.get("/api/datasets")["items"]) == before
    left = [p.name for p in (server.lab.workspace.root / "datasets").iterdir()]
    assert not [name for name in left if name.startswith(".importing")]
    missing = server.http.get("/api/imports/never-heard-of")
    assert missing.status_code == 404


@pytest.mark.parametrize("import_id", ["", "short", "x" * 65, "../../../etc", "a b c d e f"])
def test_an_import_id_is_letters_and_digits(server, import_id):
    body = {"handle": uploaded(server, prices()), "import_id": import_id}
    answer = server.http.post("/api/datasets/import", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")


def test_the_folders_of_the_environment_are_listed(server, tmp_path, monkeypatch):
    assert server.get("/api/roots") == {"curated": None, "raw": None}
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.csv").write_bytes(prices())
    (raw / "b.exe").write_bytes(b"x")
    monkeypatch.setenv("QUANT_RAW_ROOT", str(raw))
    monkeypatch.setenv("QUANT_DATA_ROOT", str(tmp_path / "nowhere"))
    found = server.get("/api/roots")
    assert found["curated"]["problem"]
    assert found["curated"]["handle"] is None
    files = {each["name"]: each for each in found["raw"]["files"]}
    assert files["b.exe"]["problem"]
    made = server.post("/api/datasets/import", {"handle": files["a.csv"]["handle"]}, status=201)
    assert made["source"] == "a.csv"
    assert (raw / "a.csv").exists()
    again = {each["name"]: each for each in server.get("/api/roots")["raw"]["files"]}
    assert again["a.csv"]["imported_as"] == made["name"]


def test_a_file_has_one_handle_however_often_it_is_listed(server, tmp_path):
    intake, upload = server.lab.intake, uploaded(server, prices())
    handles = {intake.keep_handle(tmp_path / "a.csv") for _ in range(10_000)}
    assert len(handles) == 1
    assert intake.file(upload).exists()
