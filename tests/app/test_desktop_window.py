"""The real window, without a display: what it shows, keeps, refuses, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path

import httpx
import pytest

from engine.workspace import Workspace
from tests.app.desk import Desk, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt is for Linux")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """One Kvant for the tests that leave it as it was."""
    with Desk(tmp_path_factory.mktemp("window") / "space") as desk:
        yield desk.painted()


def has_loaded(page):
    return page.js("typeof post") == "function"


def test_the_page_is_ours_and_nothing_was_put_into_it(desk):
    with desk.page() as page:
        assert len(page.tabs) == 1
        assert page.js("document.title") == "Driver"
        assert page.js("[typeof pywebview, typeof qt, typeof QWebChannel].join()") == (
            "undefined,undefined,undefined"
        )
        assert page.js("location.origin") == f"http://127.0.0.1:{desk.instance['port']}"


def test_the_lab_begins_once_the_page_has_painted(desk):
    until(lambda: "start" in desk.asked())


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/", "https://example.org/", "file:///etc/passwd", "data:text/html,x",
     "http://127.0.0.1.example.org/"],
)  # fmt: skip
def test_the_page_cannot_leave_our_server(desk, address):
    with desk.page() as page:
        before = page.js("location.href")
        page.js(f"location.href = {json.dumps(address)}; 1")
        time.sleep(0.3)
        assert page.js("location.href") == before
        assert page.js("document.title") == "Driver"


def test_the_page_may_go_where_it_likes_at_home(desk):
    with desk.page() as page:
        page.js("location.href = '/strategies/abc'; 1")
        until(lambda: page.js("location.pathname") == "/strategies/abc")
        until(partial(has_loaded, page))
        assert page.js("post('/test/asked').then(([status]) => status)") == 200


def test_addresses_elsewhere_are_shown_in_the_browser_and_nothing_else_is(desk):
    def ours():
        return [address for address in desk.shown() if "elsewhere" in address]

    with desk.page() as page:
        page.js("location.href = 'ftp://elsewhere.example/'; 1")
        page.js("location.href = 'https://elsewhere.example/a?b=%20'; 1")
        until(lambda: len(ours()) == 1)
        # a link that asks for a window of its own
        page.call("Runtime.evaluate", expression="open('https://elsewhere.example/new')",
                  userGesture=True)  # fmt: skip
        until(lambda: len(ours()) == 2)
        assert len(page.tabs) == 1
    assert ours() == ["https://elsewhere.example/a?b=%20", "https://elsewhere.example/new"]


def test_a_folder_is_shown_and_a_program_is_not(desk, tmp_path):
    program = tmp_path / "program.desktop"
    program.touch()
    desk.ask("/api/desktop/open", {"target": str(program)})
    desk.ask("/api/desktop/open", {"target": str(tmp_path)})
    until(lambda: str(tmp_path) in desk.shown())
    assert str(program) not in desk.shown()


def test_a_crashed_page_is_loaded_again_and_still_knows_its_token(desk):
    for path in ("/", "/jobs"):
        with desk.page() as page:
            page.js(f"location.href = '{path}'; 1")
            until(partial(has_loaded, page))
        desk.crash()
        with desk.page() as page:
            until(partial(has_loaded, page))
            assert page.js("location.pathname") == path
            assert page.js("post('/test/asked').then(([status]) => status)") == 200


def test_dialogs_answer_with_a_path_or_nothing(desk, tmp_path):
    price_file = tmp_path / "p.csv"
    price_file.touch()
    dialog = {}

    def ask(path, body):
        dialog["path"] = desk.ask(path, body)

    def asked(path, body, answer):
        thread = threading.Thread(target=ask, args=(path, body))
        thread.start()
        until(lambda: desk.native("dialog"))
        assert desk.ask(path, body) == "None"  # one at a time
        desk.native(answer)
        thread.join()
        return dialog["path"]

    assert asked("/api/desktop/pick", {"kind": "open"}, f"accept={price_file}") == str(price_file)
    assert asked("/api/desktop/pick", {"kind": "open"}, "reject") == "None"
    assert asked("/api/desktop/pick", {"kind": "folder"}, f"accept={tmp_path}") == str(tmp_path)
    to_write = tmp_path / "out.csv"
    assert asked("/api/desktop/save", {}, f"accept={to_write}") == str(to_write)
    assert asked("/api/desktop/save", {}, "reject") == "None"


def test_it_comes_forward_and_opens_files_for_a_second_start(desk, tmp_path):
    files = [tmp_path / "a.csv", tmp_path / "b.parquet"]
    for file in files:
        file.touch()
    desk.native("minimize")
    until(lambda: desk.native("minimized"))
    # the toolkit takes its time, as on a cold disk: the end may not count as late before it begins
    with Desk(desk.folder, "window", *map(str, files), DRIVER_SLOW_LOAD="4") as second:
        assert second.end() == 0, second.errors.read_text()
        assert second.process.stdout.read() == ""
        assert second.errors.read_text().endswith(
            "Kvant is open already, and was asked to come forward.\n"
        )
    until(lambda: not desk.native("minimized"))
    assert desk.asked()[-3:] == ["activate", "open a.csv", "open b.parquet"]


def test_a_second_start_for_the_browser_shows_the_same_page(desk):
    with Desk(desk.folder, "window", "--browser", QT_QPA_PLATFORM="offscreen") as second:
        door = until(second.shown)[0]
        assert "t=" not in door
        shown = httpx.get(door).headers["location"]
        assert second.end() == 0
        told = desk.instance
        address = f"http://127.0.0.1:{told['port']}/#t={told['token']}"
        assert (shown, second.process.stdout.read()) == (address, f"{address}\n")


def test_commands_that_write_keep_out(desk):
    with Desk(desk.folder, "train", "--n", "2") as second:
        assert second.end() == 1
        assert "is in use by another Kvant" in second.errors.read_text()
    with Desk(desk.folder, "serve") as second:
        assert second.end() == 5
        assert "is in use by another Kvant" in second.errors.read_text()


def test_only_the_user_may_read_what_it_writes(desk):
    assert [p for p in desk.folder.rglob("*") if p.stat().st_mode & 0o077] == []


def test_the_token_is_in_no_log_and_no_command_line(desk):
    token = desk.instance["token"].encode()
    found = [p for p in (desk.folder / "logs").iterdir() if token in p.read_bytes()]
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if token in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                found.append(folder)
    assert found == []


# --- each with a Kvant of its own


@pytest.fixture
def start(tmp_path):
    """Start a Kvant in a workspace of its own; all are gone in the end."""
    with contextlib.ExitStack() as stack:
        yield lambda *words, **variables: stack.enter_context(
            Desk(tmp_path / "space", *words, **variables)
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_orderly_and_soon_when_it_is_told_to(start, number):
    desk = start().painted()
    desk.ask("/test/jobs?1")  # a signal is no question
    code, took = desk.signal(number)
    assert code == 0, desk.errors.read_text()
    assert took < 3.0
    asked = json.loads((desk.folder / "asked.json").read_text())
    assert asked[-1] == "close"
    assert not (desk.folder / "instance.json").exists()
    assert (desk.folder / "window.json").exists()


def test_it_ends_in_time_even_if_the_jobs_do_not(start):
    desk = start(DRIVER_SLOW_CLOSE="1").painted()
    code, took = desk.signal()
    assert code == 1
    assert 2.5 < took < 4.5
    assert desk.logged("deadline")


def test_the_window_closes_without_a_question_when_nothing_runs(start):
    desk = start().painted()
    desk.native("close")
    assert desk.end() == 0
    assert "ask_close" not in json.loads((desk.folder / "asked.json").read_text())


def test_the_window_asks_while_jobs_run_and_does_what_the_answer_is(start):
    desk = start().painted()
    desk.ask("/test/jobs?2")
    desk.native("close")
    until(lambda: "ask_close" in desk.asked())
    desk.ask("/api/desktop/close", {"action": "stay"})
    desk.native("close")
    until(lambda: desk.asked().count("ask_close") == 2)
    desk.ask("/api/desktop/close", {"action": "when_done"})
    desk.ask("/api/desktop/close", {"action": "stay"})
    desk.ask("/test/jobs?0")  # the user has thought better of it
    desk.ask("/test/jobs?1")
    desk.ask("/api/desktop/close", {"action": "when_done"})
    assert desk.process.poll() is None
    desk.ask("/test/jobs?0")
    assert desk.end() == 0


def test_the_answer_to_quit_quits(start):
    desk = start().painted()
    desk.ask("/test/jobs?1")
    desk.native("close")
    until(lambda: "ask_close" in desk.asked())
    with contextlib.suppress(OSError, http.client.HTTPException):
        desk.ask("/api/desktop/close", {"action": "quit"})
    assert desk.end() == 0


@pytest.mark.parametrize(("theme", "colour"), [("dark", "#101216"), ("light", "#f6f7f9")])
def test_the_window_has_the_colour_of_the_page_before_it_comes(start, tmp_path, theme, colour):
    with Workspace(tmp_path / "space", write=True) as space:
        space.store.set_setting("theme", theme)
    desk = start().painted()
    assert desk.native("colour") == colour
    assert desk.signal()[0] == 0


def test_the_window_comes_back_where_it_was(start):
    desk = start().painted()
    desk.native("size=950,640")
    desk.native("move=37,52")
    until(lambda: desk.native("place") == [37, 52, 950, 640, False])
    time.sleep(0.5)
    desk.native("maximize")
    until(lambda: desk.native("place")[4])
    desk.native("close")
    assert desk.end() == 0
    saved = json.loads((desk.folder / "window.json").read_text())
    assert saved == {"width": 950, "height": 640, "x": 37, "y": 52, "maximized": True}
    again = start().painted()
    assert again.native("place")[4]
    again.native("restore")
    until(lambda: not again.native("place")[4])
    again.native("close")
    assert again.end() == 0
    saved = json.loads((desk.folder / "window.json").read_text())
    # the screen without a display is 800 wide, and the window not less than 900
    assert (saved["maximized"], saved["x"], saved["y"]) == (False, 37, 52)


def test_a_page_that_does_not_come_is_told_of(start):
    desk = start(DRIVER_MUTE="1", DRIVER_READY_LIMIT="1")
    told = until(lambda: desk.native("dialog"))
    assert told[0] == "QMessageBox"
    assert told[1].startswith("The page of Kvant did not load within 1 s. The log in ")
    assert desk.logged("page_late")
    assert "did not load" in desk.errors.read_text()
    desk.native("accept")  # load it again
    until(lambda: len(desk.logged("page_late")) == 2)
    until(lambda: desk.native("dialog"))
    code, took = desk.signal()  # in the middle of a question
    assert (code, took < 3.0) == (0, True)


def test_a_page_that_crashes_again_and_again_is_left_alone(start):
    desk = start().painted()
    for _ in range(4):
        with desk.page() as page:
            until(partial(has_loaded, page))
        desk.crash()
    told = until(lambda: desk.native("dialog"))
    assert told[1].startswith("The page of Kvant has crashed several times.")
    desk.native("accept")
    until(desk.renderer)


def test_a_server_that_does_not_start_ends_it(start):
    desk = start(DRIVER_BROKEN="1")
    assert desk.end() == 3
    assert "The server could not be started; the log has the details." in desk.errors.read_text()


def test_a_port_that_is_taken_ends_it(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        desk = start("window", "--port", str(port))
        assert desk.end() == 3
    assert f"Port {port} cannot be used" in desk.errors.read_text()


def test_a_workspace_that_a_command_has_is_waited_for(start, tmp_path):
    space = Workspace(tmp_path / "space", write=True)
    busy = start()
    assert busy.end() == 5
    assert "is in use by another Kvant" in busy.errors.read_text()
    waiting = start()
    time.sleep(1.5)
    space.close()
    waiting.painted()


def test_without_a_display_it_serves_and_says_so(start):
    desk = start(QT_QPA_PLATFORM="")
    told = desk.instance
    assert desk.process.stdout.readline() == (
        f"http://127.0.0.1:{told['port']}/#t={told['token']}\n"
    )
    assert desk.errors.read_text() == (
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
        " Kvant is served for a browser instead.\n"
    )
    assert told["window"] is False
    with Desk(desk.folder, QT_QPA_PLATFORM="") as second:  # and a second start says it again
        assert second.end() == 0
        assert second.process.stdout.read().startswith(f"http://127.0.0.1:{told['port']}/#t=")
    assert desk.signal(signal.SIGINT)[0] == 0


def test_a_window_that_was_asked_for_needs_a_display(start):
    desk = start("window", QT_QPA_PLATFORM="")
    assert desk.end() == 4
    assert desk.errors.read_text().endswith("is set). kvant serve works without one.\n")


def test_the_browser_is_sent_through_a_door_that_opens_once(start):
    desk = start("window", "--browser")
    door = until(desk.shown)[0]
    told = desk.instance
    assert told["token"] not in door
    assert desk.process.stdout.readline().endswith(f"/#t={told['token']}\n")
    assert httpx.get(f"{door}x").status_code == 404
    assert httpx.get(door, headers={"Host": "example.org"}).status_code == 404
    assert "Driver" in httpx.get(door, follow_redirects=True).text
    with pytest.raises(httpx.ConnectError):
        httpx.get(door)
    assert desk.signal()[0] == 0
