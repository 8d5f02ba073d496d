"""The parts of the desktop that need no window: places, other starts, endings, other programs."""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import log
from app.cli import window as command
from app.desktop import closing, crash, display, door, ending, external, instance, state
from app.desktop.closing import Closing
from app.desktop.instance import Instance
from app.desktop.private import write_private
from app.desktop.state import Screen, State, Tracker, fitted
from tools import make_icon

# --- the place of the window

SIDES = st.integers(-30000, 30000)
STATES = st.builds(
    State, width=st.integers(900, 16384), height=st.integers(600, 16384), x=SIDES | st.none(),
    y=SIDES | st.none(), maximized=st.booleans(),
)  # fmt: skip
SCREENS = st.builds(
    Screen, x=st.integers(-8000, 8000), y=st.integers(-8000, 8000),
    width=st.integers(640, 8000), height=st.integers(480, 8000),
)  # fmt: skip


@given(STATES)
def test_the_state_is_kept(tmp_path_factory, kept):
    folder = tmp_path_factory.mktemp("state")
    state.save(folder, kept)
    assert state.load(folder) == kept


@pytest.mark.parametrize(
    "text", [None, b"", b"{", b"[]", b'{"width": "wide"}', b'{"x": 1.5}', b"\xff", b"null"]
)
def test_a_state_that_makes_no_sense_is_forgotten(tmp_path, text):
    if text is not None:
        (tmp_path / "window.json").write_bytes(text)
    assert state.load(tmp_path) == State()


def test_a_window_is_never_tiny_or_gigantic(tmp_path):
    (tmp_path / "window.json").write_text('{"width": -5, "height": 99999999999}')
    assert state.load(tmp_path) == State(width=900, height=16384)


def test_a_state_that_cannot_be_kept_is_no_error(tmp_path):
    state.save(tmp_path / "gone", State())


@given(STATES, st.lists(SCREENS, min_size=1, max_size=3))
def test_the_window_is_always_within_reach(remembered, screens):
    fit = fitted(remembered, screens)
    assert fit.width <= max(screen.width for screen in screens)
    assert fit.height <= max(screen.height for screen in screens)
    assert fitted(fit, screens) == fit
    if fit.x is not None and fit.y is not None:
        assert (fit.x, fit.y) == (remembered.x, remembered.y)
        assert any(
            screen.x - fit.width < fit.x < screen.x + screen.width
            and screen.y - 40 < fit.y < screen.y + screen.height
            for screen in screens
        )


@pytest.mark.parametrize(
    ("x", "y", "kept"),
    [(0, 0, True), (1800, 10, True), (1900, 10, False), (-1200, 0, False), (0, -30, False),
     (100, 1079, False), (2000, 100, False)],
)  # fmt: skip
def test_a_window_on_a_screen_that_is_gone_comes_to_the_middle(x, y, kept):
    fit = fitted(State(x=x, y=y), [Screen(0, 0, 1920, 1080)])
    assert (fit.x, fit.y) == ((x, y) if kept else (None, None))


def tracked(*told, start=None):
    """What is kept after (seconds, what, values...) were told."""
    now = [100.0]
    tracker = Tracker(start or State(x=10, y=20), lambda: now[0])
    for seconds, what, *values in told:
        now[0] = 100.0 + seconds
        getattr(tracker, what)(*values)
    return tracker.state()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([], State(x=10, y=20)),
        ([(1, "moved", 5, 6), (1.1, "resized", 1000, 700)], State(1000, 700, 5, 6)),
        # a maximized window is told of its new size and place before it is told to be one
        (
            [(1, "moved", 5, 6), (9, "resized", 1920, 1050), (9.01, "moved", 0, -26),
             (9.02, "maximized")],
            State(x=5, y=6, maximized=True),
        ),
        (
            [(9, "resized", 1920, 1050), (9.02, "maximized"), (9.5, "resized", 1930, 1060)],
            State(x=10, y=20, maximized=True),
        ),
        (
            [(9, "moved", 0, 0), (9.1, "maximized"), (15, "resized", 950, 650),
             (15.1, "restored"), (15.2, "moved", 7, 8)],
            State(x=7, y=8),
        ),
        # Windows puts a minimized window far away
        ([(1, "moved", 5, 6), (2, "moved", -32000, -32000), (2.1, "minimized")], State(x=5, y=6)),
        ([(2, "minimized"), (3, "restored"), (4, "moved", 1, 2)], State(x=1, y=2)),
        ([(2, "minimized"), (3, "maximized")], State(x=10, y=20, maximized=True)),
    ],
)  # fmt: skip
def test_what_the_toolkit_tells_becomes_the_state(told, kept):
    assert tracked(*told) == kept


# --- other starts


@pytest.fixture
def kvant(tmp_path):
    """A workspace folder whose lock this process holds, and its lock."""
    lock = tmp_path / ".lock"
    lock.write_text(f"{os.getpid():<32}")
    return tmp_path, lock


def test_only_the_holder_of_the_lock_is_asked(kvant):
    folder, lock = kvant
    assert instance.running(folder, lock) is None
    told = Instance(os.getpid(), 1234, "secret", False)
    instance.publish(folder, told)
    assert instance.running(folder, lock) == told
    lock.write_text(f"{os.getpid() + 1:<32}")
    assert instance.running(folder, lock) is None
    lock.unlink()
    assert instance.running(folder, lock) is None


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"pid": "1"}', "[1]"])
def test_a_file_that_makes_no_sense_is_nobody(kvant, text):
    folder, lock = kvant
    (folder / "instance.json").write_text(text)
    assert instance.running(folder, lock) is None
    instance.withdraw(folder)


def test_nobody_withdraws_for_another(kvant):
    folder, lock = kvant
    other = Instance(os.getpid() + 1, 1, "t")
    instance.publish(folder, other)
    instance.withdraw(folder)
    assert (folder / "instance.json").exists()
    instance.publish(folder, Instance(os.getpid(), 1, "t"))
    instance.withdraw(folder)
    assert instance.running(folder, lock) is None
    instance.withdraw(folder)


def test_what_holds_the_token_is_private_and_whole(tmp_path):
    umask = os.umask(0)
    try:
        write_private(tmp_path / "f", b"one")
        write_private(tmp_path / "f", b"two")
    finally:
        os.umask(umask)
    assert (tmp_path / "f").read_bytes() == b"two"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileNotFoundError):
        write_private(tmp_path / "gone" / "f", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "folder"]


@pytest.mark.parametrize(("status", "done"), [(204, True), (200, True), (401, False), (409, False)])
def test_the_other_one_is_asked_as_it_expects(status, done, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = []

        def answer():
            client = server.accept()[0]
            with client:
                text = b""
                while not text.endswith(b"}"):
                    text += client.recv(4096)
                heard.append(text.decode())
                client.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        port = server.getsockname()[1]
        told = Instance(1, port, "secret")
        assert instance.activate(told, [Path("/data/a b.csv")]) is done
        thread.join()
    head, body = heard[0].split("\r\n\r\n")
    assert head.startswith("POST /api/desktop/activate HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n" in f"{head}\r\n"
    assert "Authorization: Bearer secret\r\n" in f"{head}\r\n"
    assert json.loads(body) == {"paths": ["/data/a b.csv"]}


def test_one_that_cannot_be_reached_is_not_activated():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert instance.activate(Instance(1, port, "t")) is False


# --- the question whether to close


class Desk:
    def __init__(self, jobs=0):
        self.jobs, self.asked, self.idle = jobs, threading.Event(), []

    def jobs_running(self):
        return self.jobs

    def ask_close(self):
        self.asked.set()

    def on_idle(self, callback):
        self.idle.append(callback)


@pytest.fixture
def question():
    """A question about a desk with a running job, whether it was quit, and a clock."""
    quits, now = [], [0.0]
    it = Closing(lambda: quits.append(1), lambda: now[0])
    it.desk, it.page_lives = Desk(jobs=1), True
    return it, quits, now


def test_it_may_close_while_nothing_is_at_stake(question):
    it, _, _ = question
    it.desk.jobs = 0
    assert it.allowed()
    it.desk.jobs, it.page_lives = 1, False  # nobody could answer
    assert it.allowed()
    it.desk = None
    assert it.allowed()


def test_it_asks_while_jobs_run_and_takes_a_second_try_for_the_answer(question):
    it, quits, now = question
    assert not it.allowed()
    assert it.desk.asked.wait(5)
    now[0] = closing.UNANSWERED_S - 1
    assert not it.allowed()
    now[0] = closing.UNANSWERED_S + 1
    assert it.allowed()
    assert quits == []


def test_an_answer_starts_the_question_anew(question):
    it, quits, now = question
    assert not it.allowed()
    it.answered("stay")
    now[0] = 100.0
    assert not it.allowed()
    it.answered("quit")
    assert quits == [1]


def test_when_done_waits_for_the_jobs_unless_the_user_stays(question):
    it, quits, _ = question
    it.answered("when_done")
    it.answered("stay")
    it.desk.idle.pop()()
    assert quits == []
    it.answered("when_done")
    it.desk.idle.pop()()
    assert quits == [1]


def test_a_desk_that_does_not_answer_holds_the_window_up_for_a_moment_only(question, monkeypatch):
    it, _, _ = question
    monkeypatch.setattr(closing, "_DESK_LIMIT_S", 0.05)
    go = threading.Event()
    monkeypatch.setattr(it.desk, "jobs_running", lambda: (go.wait(), 0)[1])
    monkeypatch.setattr(it.desk, "ask_close", go.wait)
    then = time.monotonic()
    assert not it.allowed()
    assert time.monotonic() - then < 2.0
    go.set()


def test_a_desk_that_fails_lets_the_window_close(question, monkeypatch):
    it, _, _ = question
    monkeypatch.setattr(it.desk, "jobs_running", lambda: 1 / 0)
    assert it.allowed()


# --- the end of the process


def python(code, **options):
    """Run a program of its own: exit code, standard output."""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60,
        **options,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_leaving_is_leaving_and_says_what_was_said():
    code, out = python(
        "import atexit, sys; from app.desktop.ending import leave\n"
        "atexit.register(print, 'never'); sys.stdout.write('said'); leave(7)"
    )
    assert (code, out) == (7, "said")


def test_an_end_that_takes_too_long_is_cut_short():
    then = time.monotonic()
    code, _ = python(
        "import time; from app.desktop.ending import Deadline\n"
        "it = Deadline(0.2); it.start(); it.start(); time.sleep(50)"
    )
    assert code == 1
    assert time.monotonic() - then < 20


def test_an_end_in_time_is_not():
    code, _ = python(
        "import time; from app.desktop.ending import Deadline\n"
        "it = Deadline(0.2); it.start(); it.cancel(); time.sleep(0.6)"
    )
    assert code == 0


def test_a_second_signal_ends_it_at_once():
    code, out = python(
        "import os, signal; from app.desktop.ending import Signals\n"
        "with Signals(lambda: print('asked', flush=True)):\n"
        "    os.kill(os.getpid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGINT)"
    )
    assert (code, out) == (128 + signal.SIGINT, "asked\n")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there are no terminals to hang up")
@pytest.mark.parametrize(("before", "asked"), [("SIG_IGN", ""), ("SIG_DFL", "asked\n")])
def test_what_runs_without_its_terminal_goes_on_without_it(before, asked):
    code, out = python(
        "import os, signal; from app.desktop.ending import Signals\n"
        f"signal.signal(signal.SIGHUP, signal.{before})\n"
        "with Signals(lambda: print('asked', flush=True)): os.kill(os.getpid(), signal.SIGHUP)"
    )
    assert (code, out) == (0, asked)


def test_signals_are_given_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with ending.Signals(pytest.fail) as signals:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signals.again()
        assert signal.getsignal(signal.SIGINT) == signals._heard
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


# --- what goes wrong


@pytest.fixture
def crashes(tmp_path):
    """A crash log and the entries of the log."""
    it = crash.CrashLog()
    log.start(tmp_path)
    was_on = faulthandler.is_enabled()
    it.adopt()
    it.start(tmp_path)
    yield it, lambda: [json.loads(line) for line in (tmp_path / log.FILE).read_text().splitlines()]
    it.stop()
    it.stop()
    log.stop()
    if was_on:
        faulthandler.enable()


def test_errors_nobody_caught_are_logged(crashes, monkeypatch):
    it, entries = crashes
    monkeypatch.setattr(it, "_hooks", (lambda *_: None, lambda _: None, lambda _: None))
    error = ValueError("deep down")
    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    told = threading.ExceptHookArgs((SystemExit, SystemExit(1), None, None))
    threading.excepthook(told)
    assert [entry["event"] for entry in entries()] == ["crash", "crash"]
    assert [entry["error"] for entry in entries()] == [
        "ValueError('deep down')", "ZeroDivisionError('division by zero')",
    ]  # fmt: skip


def test_libraries_complain_to_the_log(crashes):
    logging.getLogger("uvicorn.error").error("all is lost")
    logging.getLogger("uvicorn.error").info("all is well")
    try:
        int("inner")
    except ValueError:
        logging.getLogger("pywebview").exception("outer")
    first, second = crashes[1]()
    assert (first["event"], first["library"], first["message"]) == (
        "library", "uvicorn.error", "all is lost",
    )  # fmt: skip
    assert "ValueError: invalid literal" in second["traceback"]


def test_everything_is_left_as_it_was(tmp_path):
    def hooks():
        logger = logging.getLogger("asyncio")
        return (sys.excepthook, threading.excepthook, sys.unraisablehook, logger.handlers,
                logger.propagate, logger.level)  # fmt: skip

    before, was_on = hooks(), faulthandler.is_enabled()
    it = crash.CrashLog()
    it.adopt()
    it.start(tmp_path)
    assert hooks() != before
    it.stop()
    assert hooks() == before
    if was_on:
        faulthandler.enable()


def test_a_dead_end_is_written_down(tmp_path):
    code, _ = python(
        "import os, pathlib, sys; from app.desktop.crash import CrashLog\n"
        "CrashLog().start(pathlib.Path(sys.argv[1]) if 0 else pathlib.Path('.')); os.abort()",
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert code == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in (tmp_path / "crash.log").read_text()


def test_a_long_crash_log_makes_room(tmp_path):
    (tmp_path / "crash.log").write_bytes(b"x" * (crash.MAX_BYTES + 1))
    crash._opened(tmp_path / "crash.log").close()
    assert (tmp_path / "crash.log").stat().st_size == 0
    assert (tmp_path / "crash.old.log").stat().st_size == crash.MAX_BYTES + 1


# --- displays


@pytest.fixture
def nowhere(monkeypatch):
    """An environment without any display."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."),
        ({"QT_QPA_PLATFORM": "offscreen"}, None),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600;xcb"}, None),
        ({"DISPLAY": ":7654"}, "The display :7654 cannot be reached."),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "The display wayland-9 cannot be reached."),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":7654"}, "The display w cannot be reached."),
        (
            {"WAYLAND_DISPLAY": "w", "DISPLAY": ":7654", "QT_QPA_PLATFORM": "xcb"},
            "The display :7654 cannot be reached.",
        ),
    ],
)
def test_a_display_that_is_not_there_is_noticed(nowhere, variables, told):
    for name, value in variables.items():
        nowhere.setenv(name, value)
    nowhere.setattr(display, "_library_missing", lambda _: None)
    assert display.obstacle() == told


def test_other_systems_always_have_a_display(nowhere):
    nowhere.setattr(sys, "platform", "win32")
    assert display.obstacle() is None


def test_one_display_that_works_is_enough(nowhere, tmp_path):
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "w"))
        compositor.listen()
        nowhere.setenv("DISPLAY", ":7654")
        nowhere.setenv("WAYLAND_DISPLAY", "w")
        nowhere.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        assert display.obstacle() is None


def test_a_library_that_is_missing_is_named(tmp_path):
    broken = tmp_path / "libqxcb.so"
    broken.write_bytes(b"no library")
    told = display._unloadable(broken)
    assert told.startswith(f"The window needs the system library {broken} (Debian and Ubuntu: sudo")
    assert "libxcb-cursor0" in told


@pytest.mark.parametrize(
    ("before", "after"),
    [({"LC_ALL": "C"}, "C.UTF-8"), ({"LC_ALL": "sv_SE.UTF-8"}, "sv_SE.UTF-8"), ({}, None)],
)
def test_file_names_are_texts_everywhere(nowhere, before, after):
    nowhere.delenv("LC_ALL", raising=False)
    for name in ("QT_LOGGING_RULES", "QTWEBENGINE_CHROMIUM_FLAGS", "QTWEBENGINE_DISABLE_SANDBOX"):
        nowhere.setenv(name, "mine")
    for name, value in before.items():
        nowhere.setenv(name, value)
    display.prepare()
    assert os.environ.get("LC_ALL") == after
    assert os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] == "mine"


@pytest.mark.parametrize(
    ("variables", "plain"),
    [({}, True), ({"LANG": "C.UTF-8"}, True), ({"LANG": "sv_SE.UTF-8"}, False),
     ({"LC_ALL": "posix", "LANG": "sv_SE"}, True), ({"LC_ALL": "", "LANG": "de_DE"}, False)],
)  # fmt: skip
def test_who_chose_no_language_is_spoken_to_in_english(nowhere, variables, plain):
    nowhere.delenv("QTWEBENGINE_CHROMIUM_FLAGS", raising=False)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "QT_LOGGING_RULES", "KVANT_DEBUG_PORT"):
        nowhere.delenv(name, raising=False)
    for name in ("QT_LOGGING_RULES", "QTWEBENGINE_DISABLE_SANDBOX", "QTWEBENGINE_CHROMIUM_FLAGS"):
        nowhere.setenv(name, "")  # so that what is set now is taken back
        nowhere.delenv(name)
    for name, value in variables.items():
        nowhere.setenv(name, value)
    display.prepare()
    flags = os.environ["QTWEBENGINE_CHROMIUM_FLAGS"]
    assert flags == ("--log-level=3 --lang=en-US" if plain else "--log-level=3")


@pytest.mark.parametrize(("text", "port"), [("9333", 9333), ("", None), ("x", None)])
def test_the_port_of_the_inspector_is_asked_for(monkeypatch, text, port):
    monkeypatch.setenv("KVANT_DEBUG_PORT", text)
    assert display.debug_port() == port


# --- other programs


@pytest.fixture
def opened(monkeypatch):
    """What was given to other programs."""
    targets = []
    monkeypatch.setattr(external, "_opened", lambda target: targets.append(target) or True)
    return targets


@pytest.mark.parametrize(
    ("target", "shown"),
    [("https://example.org/a?b#c", True), ("http://example.org", True), ("mailto:a@b.c", True),
     ("/", True), ("/etc/passwd", False), ("file:///etc/passwd", False), ("javascript:1", False),
     ("", False), ("-h", False), ("ftp://example.org", False), ("/gone", False)],
)  # fmt: skip
def test_nothing_but_web_mail_and_folders_is_shown(opened, target, shown):
    assert external.show(target) is shown
    assert opened == [target] * shown


def test_a_program_that_is_not_there_is_no_error(monkeypatch):
    monkeypatch.setattr(external.shutil, "which", lambda _: None)
    assert external.show("https://example.org") is False


@pytest.mark.parametrize(
    ("frozen", "before", "after"),
    [
        (False, {"LD_LIBRARY_PATH": "/theirs"}, "/theirs"),
        (True, {"LD_LIBRARY_PATH": "/ours"}, None),
        (True, {"LD_LIBRARY_PATH": "/ours", "LD_LIBRARY_PATH_ORIG": "/theirs"}, "/theirs"),
    ],
)
def test_other_programs_get_an_environment_of_their_own(monkeypatch, frozen, before, after):
    ours = {"_PYI_X": "1", "PYTHONPATH": "/x", "QTWEBENGINE_DISABLE_SANDBOX": "1", "KEPT": "1"}
    for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (ours | before).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    theirs = external.environment()
    assert theirs.get("LD_LIBRARY_PATH") == after
    assert [name for name in ours if name in theirs] == ["KEPT"]
    assert "LD_LIBRARY_PATH_ORIG" not in theirs


def test_the_door_shows_the_way_once(monkeypatch):
    answers, visits = [], []

    def browser(address):
        def visit():
            answers.append(httpx.get(f"{address}x").status_code)
            answers.append(httpx.get(address, headers={"Host": "localhost"}).status_code)
            answers.append(httpx.get(address).headers["location"])
            with pytest.raises(httpx.TransportError):
                httpx.get(address)
            answers.append("closed")

        visits.append(threading.Thread(target=visit))
        visits[0].start()
        return True

    monkeypatch.setattr(external, "show", browser)
    monkeypatch.setattr(door, "OPEN_S", 20.0)
    assert door.show_page("http://127.0.0.1:1/#t=secret")
    visits[0].join()
    assert answers == [404, 404, "http://127.0.0.1:1/#t=secret", "closed"]


def test_the_door_does_not_stay_open(monkeypatch):
    seen = []
    monkeypatch.setattr(external, "show", lambda address: seen.append(address) or True)
    monkeypatch.setattr(door, "OPEN_S", 0.1)
    assert door.show_page("http://127.0.0.1:1/#t=secret")
    with pytest.raises(httpx.ConnectError):
        httpx.get(seen[0])
    monkeypatch.setattr(external, "show", lambda _: False)
    assert not door.show_page("http://127.0.0.1:1/#t=secret")


# --- the command line


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {"alone": True, "files": [], "browser": False, "port": 0, "workspace": None}),
        (["--workspace", "/w"], {"alone": True, "workspace": Path("/w")}),
        (["window"], {"alone": False, "files": []}),
        (["--workspace=/w", "window", "a.csv", "b.csv"],
         {"workspace": Path("/w"), "files": [Path("a.csv"), Path("b.csv")]}),
        (["window", "--browser", "--port", "8000"], {"browser": True, "port": 8000}),
        (["window", "--workspace", "/w"], {"workspace": Path("/w")}),
    ],
)  # fmt: skip
def test_the_usual_starts_need_none_of_the_other_commands(words, options):
    found = vars(command.at_once(words))
    assert {name: found[name] for name in options} == options


@pytest.mark.parametrize(
    "words",
    [["doctor"], ["--help"], ["-h"], ["--version"], ["window", "--help"], ["--json"], ["--browser"],
     ["--work", "/w"], ["window", "--port", "x"], ["window", "--port", "65536"], ["serve"],
     ["--workspace"], ["status", "window"], ["data", "--workspace", "/w"]],
)  # fmt: skip
def test_everything_else_is_left_to_all_the_commands(words):
    assert command.at_once(words) is None


# --- the icon


def test_the_icon_is_the_one_that_is_drawn():
    icon = make_icon.ICON.read_bytes()
    assert icon[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(icon[at : at + 4]) for at in (16, 20)] == [256, 256]
    assert len(icon) < 20_000
    assert icon == make_icon.picture()
