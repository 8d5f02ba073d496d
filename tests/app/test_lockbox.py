"""The lockbox: nothing shows a locked date but an opening, which is written down for good."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator

import apsw
import msgspec
import numpy as np
import polars as pl
import pytest

from app import cli
from engine.strategy import unpack_daily
from tests.app.server import running

DATES, SYMBOLS, OPEN = 250, 12, 200
# a time long gone, so that no date of the data can be a moment of today
DAYS = pl.date_range(pl.date(1971, 1, 4), pl.date(1972, 2, 28), eager=True).gather_every(1)
EXPR = "cs_rank(ts_delta(close, 5)) - 0.5"
TOLD = {"last_date", "lockbox_start"}
"""How far a file reaches and where its lockbox begins are told: what lies in it is not."""
DATE = re.compile(r"\b(1971|1972)-\d\d-\d\d\b")


def file() -> bytes:
    """Prices that are a thousand times higher in the lockbox, where they also have a bad print."""
    rng = np.random.default_rng(7)
    days = [day for day in DAYS if day.weekday() < 5][:DATES]
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (DATES, SYMBOLS)), axis=0))
    close[OPEN:] *= 1000
    close[OPEN + 20, 3] *= 50
    names = [f"S{i:02}" for i in range(SYMBOLS)]
    frame = pl.DataFrame(
        {
            "date": [day for day in days for _ in names],
            "symbol": names * DATES,
            "close": close.ravel(),
            "volume": rng.integers(1000, 9000, DATES * SYMBOLS),
            "sector": ["ab"[i % 2] for i in range(SYMBOLS)] * DATES,
        }
    )
    return frame.write_csv().encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("lockbox") / "space") as server:
        answer = server.http.post("/api/datasets/upload", files={"file": ("old.csv", file())})
        body = {"handle": answer.json()["handle"], "name": "old"}
        server.post("/api/datasets/import", body, status=201)
        yield server


@pytest.fixture(scope="module")
def saved(server):
    """A search and two strategies on the data set; the hashes of the latter."""
    server.train(n=20, dataset="old")
    made = [
        server.post("/api/backtest", {"expr": expr, "dataset": "old", "persist": True})
        for expr in (EXPR, f"-({EXPR})")
    ]
    return [each["expr_hash"] for each in made]


def start(server) -> str:
    return server.get("/api/datasets/old")["dataset"]["lockbox_start"]


def dates_in(value, *path) -> Iterator[tuple[tuple, str]]:
    """Every date of an answer and where it stands, but for those that are told."""
    match value:
        case dict():
            for key, each in value.items():
                if key not in TOLD and (*path[-1:], key) != ("lockbox", "start"):
                    yield from dates_in(each, *path, key)
        case list():
            for each in value:
                yield from dates_in(each, *path)
        case str():
            yield from ((path, found[0]) for found in DATE.finditer(value))


def places(server, hashes) -> dict[str, list[dict]]:
    """Every address of the interface that is read, with what is asked of it."""
    job = server.get("/api/jobs")["items"][0]["job_id"]
    paths = msgspec.json.decode(server.http.get("/api/schema/openapi.json").content)["paths"]
    named = {"expr_hash": hashes[0], "job_id": job, "name": "old"}
    queries = {
        "/explain": [{"date": "1971-06-01"}],
        "}/positions": [{"date": "1971-06-01"}],
        "/series": [{"column": "close", "symbol": "S03"}],
        "/sample": [{"limit": 1000, "offset": k} for k in range(0, DATES * SYMBOLS, 1000)],
        "/export": [{"format": kind} for kind in ("csv", "parquet", "html", "kvant")],
        "/curve": [{"benchmark": True, "points": 5000}],
        "/returns": [{"parts": True}],
        "/validation": [{"method": "purged"}, {"method": "walk_forward"}],
        "/trials": [{"dataset": "old"}],
    }
    found = {}
    for path, verbs in paths.items():
        if "get" in verbs and "{order_id}" not in path and "{import_id}" not in path:
            place = re.sub(r"{(\w+)(:\w+)?}", lambda m: named[m[1]], path)
            of_data = {"dataset": "old"} if "/strategies/" not in path else {}
            asked = next((q for end, q in queries.items() if path.endswith(end)), [{}])
            found[place] = [of_data | each for each in asked]
    return found


def test_no_answer_and_no_export_shows_a_locked_date(server, saved):
    locked, seen = start(server), 0
    for place, asked in places(server, saved).items():
        for query in asked:
            answer = server.http.get(place, params=query)
            if answer.status_code == 400:  # asks for no data set
                answer = server.http.get(
                    place, params={k: v for k, v in query.items() if k != "dataset"}
                )
            assert answer.status_code == 200, (place, answer.text)
            value = decoded(answer)
            shown = list(dates_in(value, place.rpartition("/")[2]))
            assert [each for each in shown if each[1] >= locked] == [], place
            seen += len(shown)
    posts = {
        "/api/backtest": {"expr": EXPR, "dataset": "old"},
        "/api/config/check": {"expr": EXPR, "dataset": "old"},
        "/api/compare": {"hashes": saved},
        f"/api/strategies/{saved[0]}/robustness": {},
        f"/api/strategies/{saved[0]}/lookahead": None,
        f"/api/strategies/{saved[0]}/verify": {},
        f"/api/strategies/{saved[0]}/rerun": {},
        "/api/broker/rebalance/preview": {"hash": saved[0]},
    }
    for place, body in posts.items():
        shown = list(dates_in(server.post(place, body)))
        assert [each for each in shown if each[1] >= locked] == [], place
        seen += len(shown)
    assert seen > 5000
    assert server.get("/api/lockbox", dataset="old")["state"] == "sealed"


def decoded(answer):
    """What an answer holds, whatever its kind."""
    kind = answer.headers["content-type"]
    if "parquet" in kind:
        return pl.read_parquet(io.BytesIO(answer.content)).write_csv()
    if "json" in kind:
        return msgspec.json.decode(answer.content)
    if "zip" in kind or "octet" in kind:
        return unpacked(answer.content)
    return answer.text


def unpacked(content: bytes) -> list[str]:
    """The texts of a bundle; its series as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    daily = unpack_daily(parts.pop("daily.bin")).write_csv()
    table = pl.read_parquet(io.BytesIO(parts.pop("daily.parquet"))).write_csv()
    return [daily, table, *(data.decode() for data in parts.values())]


def test_a_date_in_the_lockbox_cannot_be_asked_for(server, saved):
    locked = start(server)
    answer = server.get(f"/api/strategies/{saved[0]}/explain", 422, date=locked)
    assert f"{locked} is no date of the run" in answer["message"]
    shown = server.get("/api/datasets/old/sample", start=locked, limit=1000)
    assert (shown["total"], shown["items"]) == (0, [])
    params = {"start": locked}
    answer = server.post(
        "/api/backtest", {"expr": EXPR, "dataset": "old", "params": params}, status=422
    )
    assert "No date lies in the run" in answer["message"]


def test_what_is_computed_does_not_depend_on_locked_values(server, saved):
    """Prices that jump a thousandfold would be seen in any of these."""
    catalog = server.get("/api/config/features", dataset="old")
    (close,) = [each for each in catalog["items"] if each["name"] == "close"]
    assert max(close["quantiles"].values()) < 1000
    drawn = server.get("/api/datasets/old/series", column="close", symbol="S03")
    assert max(filter(None, drawn["values"])) < 1000
    quality = server.get("/api/datasets/old/quality")
    assert "bad_print" in quality["locked"]
    assert "bad_print" not in {each["kind"] for each in quality["findings"]}
    holdings = server.get(f"/api/strategies/{saved[0]}/holdings")
    assert len(holdings["dates"]) <= OPEN


def test_opening_is_counted_for_good_and_names_what_was_seen(server, saved):
    store = server.lab.store
    before, runs = store.trials_count(), store.strategies(dataset="old").total
    opened = server.post("/api/lockbox/open", {"hash": saved[0]})
    box = opened["lockbox"]
    assert (box["openings"], box["own"], box["state"]) == (1, 1, "opened")
    assert (opened["open"]["n"] + opened["locked"]["n"], opened["locked"]["n"]) == (
        opened["strategy"]["metrics"]["n"], DATES - OPEN,
    )  # fmt: skip
    assert store.trials_count() == before + 1
    assert store.trials("old").items[0].source == "lockbox"
    # lists do not show the run that saw locked dates, and the strategy shows it when asked
    assert store.strategies(dataset="old").total == runs
    detail = server.get(f"/api/strategies/{saved[0]}")
    assert detail["run_id"] != opened["strategy"]["run_id"]
    assert opened["strategy"]["run_id"] in [run["run_id"] for run in detail["runs"]]
    curve = server.get(
        f"/api/strategies/{saved[0]}/curve", run=opened["strategy"]["run_id"], points=5000
    )
    assert curve["dates"][-1] >= start(server)
    for _, wanted in itertools.product(range(2), [saved[1]]):
        box = server.post("/api/lockbox/open", {"hash": wanted})["lockbox"]
    assert (box["openings"], box["own"], box["state"]) == (3, 2, "burned")
    assert "prove little" in box["text"] or "proves little" in box["text"]
    with pytest.raises(apsw.ConstraintError), store._db.transaction():
        store._db.run("DELETE FROM lockbox_openings")
    assert server.post("/api/lockbox/open", {"hash": "0" * 12}, status=404)["code"] == "not_found"


def test_there_is_nothing_to_open_where_nothing_is_locked(server):
    other = file().replace(b"S00", b"ZZZ")
    answer = server.http.post("/api/datasets/upload", files={"file": ("all.csv", other)})
    body = {"handle": answer.json()["handle"], "name": "all", "lockbox": "none"}
    server.post("/api/datasets/import", body, status=201)
    made = server.post("/api/backtest", {"expr": EXPR, "dataset": "all", "persist": True})
    asked = {"hash": made["expr_hash"], "run": made["run_id"]}
    answer = server.post("/api/lockbox/open", asked, status=422)
    assert answer["message"] == "Nothing of the data set 'all' is locked."
    assert server.get("/api/lockbox", dataset="all")["dates"] == 0


def test_the_command_line_shows_no_locked_date_either(tmp_path, capsys):
    source, space = tmp_path / "old.csv", str(tmp_path / "space")
    source.write_bytes(file())
    out = tmp_path / "out.csv"

    def kvant(*words: str) -> str:
        assert cli.main([*words, "--workspace", space]) == 0
        return capsys.readouterr().out

    kvant("import", str(source), "--name", "old")
    first = str([day for day in DAYS if day.weekday() < 5][OPEN])
    texts = [
        kvant("backtest", EXPR, "--dataset", "old", "--json", "--persist", "--out", str(out)),
        out.read_text(),
        kvant("eval", EXPR, "--dataset", "old", "--out", str(out)),
        out.read_text(),
        kvant("factor", EXPR, "--dataset", "old", "--json"),
        kvant("train", "--n", "5", "--dataset", "old", "--json"),
        kvant("quality", "old", "--json"),
        kvant("strategies", "--json"),
    ]
    shown = [found[0] for text in texts for found in DATE.finditer(text)]
    assert len(shown) > 1000
    assert max(shown) < first
    opened = kvant("backtest", EXPR, "--dataset", "old", "--lockbox", "open", "--json")
    assert max(found[0] for found in DATE.finditer(opened)) > first
