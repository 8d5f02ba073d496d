"""The window: one page of our own server, and what the desktop has to do with it."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app import log
from app.desktop import display, external, state
from app.desktop.closing import Closing
from app.shell import CloseAction, Desk, PickKind
from engine.errors import EngineError

TITLE = "Kvant"
ICON = Path(__file__).with_name("icon.png")
COLOURS = {"light": "#f6f7f9", "dark": "#101216"}
"""The background of the page in its two themes, seen until the page has painted."""

READY_LIMIT_S = 20.0
_CRASHES, _CRASHES_S = 3, 60.0
_KINDS = {"csv": "CSV files (*.csv)", "parquet": "Parquet files (*.parquet)"}


def _qt() -> Any:
    """What only the toolkit of Linux is told; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    from app.desktop import qt  # noqa: PLC0415

    return qt


def _fitted(remembered: state.State) -> state.State:
    """The state on the screens there are; Qt is asked for them when the window is there."""
    import webview  # noqa: PLC0415

    screens = [state.Screen(s.x, s.y, s.width, s.height) for s in webview.screens]
    return state.fitted(remembered, screens)


class WindowError(EngineError):
    """The window could not be opened."""

    code = "window"
    exit_code = 4


class Place(NamedTuple):
    """What the window shows, and where it remembers its own place."""

    address: str
    """The page, with the token."""
    folder: Path
    theme: str
    """system, light or dark."""


class Window:
    """The window; a `Shell` for the routes. `show` belongs to the main thread, the rest to any.

    `ending` is called when the window is about to close for good, `armed` on the main thread once
    the toolkit has done what it does to the process.
    """

    def __init__(
        self, ending: Callable[[], None] = lambda: None, armed: Callable[[], None] = lambda: None
    ) -> None:
        self.error: BaseException | None = None
        self._ending, self._armed = ending, armed
        self._began = time.monotonic()
        self._closing = Closing(self.quit)
        self._place = Place("", Path(), "system")
        self._window: Any = None
        self._remembered = state.State()
        self._ready, self._quitting = threading.Event(), threading.Event()
        self._dialog = threading.Lock()
        self._crashes: list[float] = []

    # the start of the program

    @staticmethod
    def load() -> None:
        """Import the toolkit, which takes long; WindowError when it cannot be had."""
        try:
            import webview  # noqa: F401, PLC0415  # not before it is needed

            _qt()
        except ImportError as error:
            raise WindowError(f"The window cannot be opened here ({error}).") from error

    def attach(self, desk: Desk) -> None:
        """The work is there, so that the window can ask about it."""
        self._closing.desk = desk

    def show(self, place: Place) -> None:
        """Open the window and return once it is closed; WindowError when it cannot be opened."""
        import webview  # noqa: PLC0415

        if self._quitting.is_set():
            return
        self._place = place
        self._remembered = state.load(place.folder)
        tracker = state.Tracker(self._remembered)
        webview.settings["ALLOW_DOWNLOADS"] = webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["REMOTE_DEBUGGING_PORT"] = display.debug_port()
        external.adopt_webbrowser()
        fit = self._remembered if _qt() else _fitted(self._remembered)
        self._window = webview.create_window(
            TITLE, place.address, width=fit.width, height=fit.height, maximized=fit.maximized,
            x=None if _qt() else fit.x, y=None if _qt() else fit.y, min_size=state.MIN_SIZE,
            text_select=True, zoomable=True, background_color=self._colour(),
        )  # fmt: skip
        self._listen(tracker)
        try:
            webview.start(
                gui="qt" if _qt() else None, icon=str(ICON), private_mode=True, http_server=False
            )
        except webview.WebViewException as error:
            raise WindowError(f"The window cannot be opened here ({error}).") from error
        self._quitting.set()
        state.save(place.folder, tracker.state())

    def painted(self, limit_s: float) -> bool:
        """Whether the page has painted; waits so long for that."""
        return self._ready.wait(limit_s)

    def fail(self, error: BaseException) -> None:
        """Close the window: what it shows is gone."""
        self.error = error
        self.quit()

    def quit(self) -> None:
        """Close the window without a question; returns at once."""
        self._quitting.set()
        if self._window is not None:  # or `show` will not open one
            self._ending()
            threading.Thread(target=self._destroy, name="destroy", daemon=True).start()

    # what the page asks for

    def pick(self, kind: PickKind) -> Path | None:
        """Let the user pick a file or folder; None when the dialog was left."""
        from webview import FileDialog  # noqa: PLC0415

        if kind == "folder":
            return self._ask_path(FileDialog.FOLDER, "", ())
        from engine.importing import SUFFIXES  # noqa: PLC0415  # takes long

        data = f"Price files ({';'.join('*' + suffix for suffix in SUFFIXES)})"
        return self._ask_path(FileDialog.OPEN, "", (data, "All files (*.*)"))

    def save(self, name: str, kinds: Sequence[str]) -> Path | None:
        """Let the user name a file to be written; None when the dialog was left."""
        from webview import FileDialog  # noqa: PLC0415

        known = tuple(_KINDS[kind] for kind in kinds if kind in _KINDS)
        return self._ask_path(FileDialog.SAVE, name, known)

    def close(self, action: CloseAction) -> None:
        """Do what the user answered to the question whether to close."""
        self._closing.answered(action)

    def activate(self, paths: Sequence[str] = ()) -> None:
        """Come to the front; `paths` are opened too."""
        if self._window is not None and self._window.events.shown.is_set():
            if qt := _qt():
                qt.raise_window(self._window.native)
            else:
                self._window.restore()
                self._window.show()
        if self._closing.desk is not None:
            for path in paths:
                self._closing.desk.open_file(Path(path))

    def ready(self) -> None:
        """The page has painted."""
        if not self._ready.is_set():
            log.info("page_ready", after_s=round(time.monotonic() - self._began, 3))
        self._closing.page_lives = True
        self._ready.set()

    def open_external(self, target: str) -> None:
        """Show a folder or an address with the programs of the desktop."""
        external.show(target)

    # what the toolkit tells

    def _listen(self, tracker: state.Tracker) -> None:
        events = self._window.events
        events.before_show += self._before_show
        events.shown += self._shown
        events.closing += self._may_close
        events.moved += tracker.moved
        events.resized += tracker.resized
        events.maximized += tracker.maximized
        events.minimized += tracker.minimized
        events.restored += tracker.restored

    def _before_show(self) -> None:
        self._armed()
        if qt := _qt():
            origin = self._place.address.partition("/#")[0]
            hooks = qt.Hooks(origin, external.show, self._crashed)
            qt.dress(self._window.native, self._remembered, self._colour(dark=qt.is_dark()), hooks)

    def _shown(self) -> None:
        if self._quitting.is_set():
            self._destroy()
        elif not self._ready.wait(READY_LIMIT_S):
            log.warning("page_late", limit_s=READY_LIMIT_S)
            self._offer_reload(f"The page of Kvant did not load within {READY_LIMIT_S:.0f} s.")

    def _may_close(self) -> bool:
        if not self._quitting.is_set() and not self._closing.allowed():
            return False
        self._quitting.set()
        self._ending()
        return True

    def _crashed(self, reason: str) -> bool:
        """The page has ended; whether to load it again without a question."""
        log.warning("page_crash", reason=reason)
        self._closing.page_lives = False
        now = time.monotonic()
        self._crashes = [then for then in self._crashes if now - then < _CRASHES_S] + [now]
        if len(self._crashes) <= _CRASHES:
            return True
        text = "The page of Kvant has crashed several times."
        threading.Thread(target=self._offer_reload, args=(text,), daemon=True).start()
        return False

    # helpers

    def _colour(self, *, dark: bool = False) -> str:
        theme = self._place.theme
        return COLOURS["dark" if theme == "dark" or (theme == "system" and dark) else "light"]

    def _destroy(self) -> None:
        with contextlib.suppress(Exception):  # it has closed by itself meanwhile
            self._window.destroy()

    def _offer_reload(self, reason: str) -> None:
        if self._quitting.is_set():
            return
        text = f"{reason} The log in {self._place.folder / 'logs'} may say why. Load it again?"
        print(text, file=sys.stderr)  # noqa: T201  # who cannot see the window can see this
        if not self._window.create_confirmation_dialog(TITLE, text):
            return
        if qt := _qt():
            qt.reload_page(self._window.native)
        else:
            self._window.load_url(self._place.address)
        self._shown()

    def _ask_path(self, dialog: int, name: str, kinds: Sequence[str]) -> Path | None:
        if self._window is None or not self._dialog.acquire(blocking=False):
            return None  # one dialog at a time: it stands in front of the page that asks for it
        try:
            found = self._window.create_file_dialog(
                dialog, directory=str(Path.home()), save_filename=name, file_types=tuple(kinds)
            )
        finally:
            self._dialog.release()
        if not found:
            return None
        return Path(found if isinstance(found, str) else found[0])
