"""Whether there is a display to open a window on, and the environment the window needs."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

DEBUG_PORT = "KVANT_DEBUG_PORT"
"""For the tests: the port on which the page can be inspected."""

_PACKAGES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
_QUIET = "default.warning=false;default.info=false"  # on graphics cards that are not there
_LANGUAGE = ("LC_ALL", "LC_MESSAGES", "LANG")


def obstacle() -> str | None:
    """Why no window can be opened here, as a sentence; None when one can.

    Only Linux is asked: there the toolkit ends the whole process when it finds no display.
    """
    if not sys.platform.startswith("linux"):
        return None
    wanted = os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if wanted not in {"", "xcb", "wayland"}:
        return None  # a display of another kind; whoever asks for it knows what it needs
    reasons = []
    if wanted != "xcb" and os.environ.get("WAYLAND_DISPLAY"):
        reasons.append(_wayland_refuses() or _library_missing("wayland"))
    if wanted != "wayland" and os.environ.get("DISPLAY"):
        reasons.append(_library_missing("xcb") or _x_refuses())
    if None in reasons:
        return None
    none = "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    return reasons[0] if reasons else none


def prepare() -> None:
    """Set what the toolkit reads from the environment; before it is loaded."""
    if not sys.platform.startswith("linux"):
        return
    if os.geteuid() == 0:  # Chromium refuses to start otherwise; root has nothing to lose by it
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    flags = [] if DEBUG_PORT in os.environ else ["--log-level=3"]
    if _is_plain(os.environ):
        flags.append("--lang=en-US")  # "en-POSIX" otherwise, which not every library takes
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", " ".join(flags))
    if DEBUG_PORT not in os.environ:
        os.environ.setdefault("QT_LOGGING_RULES", _QUIET)
    if os.environ.get("LC_ALL", "").upper() in {"C", "POSIX"}:
        os.environ["LC_ALL"] = "C.UTF-8"  # or file names outside of ASCII are lost in dialogs


def _is_plain(environment: Mapping[str, str]) -> bool:
    """Whether no language is chosen."""
    chosen = next((environment[k] for k in _LANGUAGE if environment.get(k)), "C")
    return chosen.partition(".")[0].upper() in {"C", "POSIX"}


def debug_port() -> int | None:
    """The port of KVANT_DEBUG_PORT."""
    text = os.environ.get(DEBUG_PORT, "")
    return int(text) if text.isdecimal() else None


def _wayland_refuses() -> str | None:
    """A sentence when there is no compositor where WAYLAND_DISPLAY says."""
    name = os.environ["WAYLAND_DISPLAY"]
    place = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name  # `name` may be a whole path
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(place))
    except OSError:
        return f"The display {name} cannot be reached."
    return None


def _x_refuses() -> str | None:
    """A sentence when the X server of DISPLAY does not let us in."""
    name = os.environ["DISPLAY"]
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return f"The window needs the system library libxcb.so.1 ({_advice('libxcb1')})."
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return f"The display {name} cannot be reached." if refused else None


def _library_missing(plugin: str) -> str | None:
    """A sentence when the toolkit's plugin for this kind of display does not find a library."""
    spec = importlib.util.find_spec("PySide6")
    for folder in (spec and spec.submodule_search_locations) or ():
        file = Path(folder, "Qt", "plugins", "platforms", f"libq{plugin}.so")
        if file.exists():
            return _unloadable(file)
    return None


def _unloadable(file: Path) -> str | None:
    try:
        ctypes.CDLL(str(file))
    except OSError as error:
        library = str(error).partition(":")[0]
        return f"The window needs the system library {library} ({_advice(_PACKAGES)})."
    return None


def _advice(packages: str) -> str:
    return f"Debian and Ubuntu: sudo apt-get install {packages}"
