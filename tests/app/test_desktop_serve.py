"""`kvant serve` and the window with everything that belongs to them: the whole program."""

from __future__ import annotations

import json
import signal
import sys
import time

import httpx
import pytest

from tests.app.desk import Desk, until

PROGRAM = ("launcher.py",)
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt is for Linux")


def served(desk):
    """What the first and only line says, once there is one."""
    line = desk.process.stdout.readline()
    assert line, desk.errors.read_text()
    return json.loads(line)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_in_one_line_and_serves_until_it_is_told_to_end(tmp_path, number):
    with Desk(tmp_path / "space", "serve", program=PROGRAM) as desk:
        told = served(desk)
        port, token = desk.instance["port"], desk.instance["token"]
        assert told == {"url": f"http://127.0.0.1:{port}/#t={token}", "port": port}
        health = httpx.get(
            f"http://127.0.0.1:{port}/api/health", headers={"Authorization": f"Bearer {token}"}
        )
        assert (health.status_code, health.json()["window"]) == (200, False)
        assert httpx.get(f"http://127.0.0.1:{port}/api/health").status_code == 401
        code, took = desk.signal(number)
        assert (code, took < 3.0) == (0, True), desk.errors.read_text()
        assert desk.process.stdout.read() == desk.errors.read_text() == ""
    log = (tmp_path / "space/logs/kvant.log").read_text()
    assert token not in log


def test_the_key_of_the_user_opens_the_door(tmp_path):
    key = "a-key-of.the_user~1"
    with Desk(tmp_path / "space", "serve", program=PROGRAM, QUANT_API_KEY=key) as desk:
        told = served(desk)
        assert told["url"].endswith(f"/#t={key}")
        health = httpx.get(
            f"http://127.0.0.1:{told['port']}/api/health", headers={"X-API-Key": key}
        )
        assert health.status_code == 200
        assert desk.signal()[0] == 0


@pytest.mark.parametrize(
    ("words", "variables", "code", "told"),
    [
        (["serve", "--port", "70000"], {}, 2, "'70000' is no port: use a number up to 65535"),
        (["serve", "--port", "x"], {}, 2, "'x' is no port"),
        (["serve"], {"QUANT_API_KEY": "two words"}, 2, "QUANT_API_KEY cannot be a token"),
        (["window", "gone.csv"], {}, 2, "There is no file gone.csv."),
        (["window", "--brwoser"], {}, 2, "Unrecognized arguments: --brwoser."),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, words, variables, code, told):
    with Desk(tmp_path / "space", *words, program=PROGRAM, **variables) as desk:
        assert desk.end() == code
        assert told in desk.errors.read_text()
        assert desk.process.stdout.read() == ""


@LINUX
def test_the_window_shows_the_page_and_hands_files_to_the_lab(tmp_path):
    prices = tmp_path / "mine.csv"
    days = [f"2024-01-{day:02d}" for day in range(1, 29)]
    rows = [f"{day},{name},{number + 10}" for number, day in enumerate(days) for name in "AB"]
    prices.write_text("\n".join(["date,symbol,close", *rows]))
    with Desk(tmp_path / "space", "window", str(prices), program=PROGRAM) as desk:
        desk.painted()
        told = desk.instance
        headers = {"Authorization": f"Bearer {told['token']}"}

        def names():
            answer = httpx.get(f"http://127.0.0.1:{told['port']}/api/datasets", headers=headers)
            return {item["name"] for item in answer.json()["items"]}

        until(lambda: "mine" in names())
        with desk.page() as page:
            assert page.js("location.hash") == ""
            assert page.js("document.title").endswith("Kvant")
        then = time.monotonic()
        assert desk.signal()[0] == 0
        assert time.monotonic() - then < 3.0
    assert desk.logged("library") == []
