"""The other programs of the user: the browser, the file manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path

from app import log

SCHEMES = ("http://", "https://", "mailto:")
_OURS = (
    "_PYI_",
    "_MEI",
    "PYTHONPATH",
    "PYTHONHOME",
    "QTWEBENGINE_",
    "QT_LOGGING_RULES",
    "QT_STYLE_OVERRIDE",
)


def show(target: str) -> bool:
    """Show an address or a folder; whether there was a program for it.

    Nothing but the web, mail and folders: a page must not start programs.
    """
    is_folder = Path(target).is_absolute() and Path(target).is_dir()
    if not (is_folder or target.startswith(SCHEMES)):
        log.warning("external", reason="neither an address nor a folder")
        return False
    try:
        return _opened(target)
    except (OSError, webbrowser.Error) as error:
        log.warning("external", reason=str(error))
        return False


def adopt_webbrowser() -> None:
    """Have whoever uses Python's webbrowser (pywebview does) go through `show`."""
    webbrowser.register("kvant", None, _Browser(), preferred=True)


class _Browser(webbrowser.BaseBrowser):
    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002  # the signature of the library
        return url.startswith(SCHEMES) and show(url)


def _opened(target: str) -> bool:
    if sys.platform == "win32":
        os.startfile(target)  # noqa: S606  # an address or a folder, as checked
        return True
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        return webbrowser.get(using=_other_browser()).open(target)
    started = subprocess.Popen(  # noqa: S603  # no shell reads the target
        [opener, target],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=started.wait, name="external", daemon=True).start()
    return True


def _other_browser() -> str:
    """A browser that Python knows, which is not us again."""
    for name in ("x-www-browser", "firefox", "chromium", "google-chrome"):
        if shutil.which(name):
            return name
    raise webbrowser.Error("no browser was found")


def environment() -> dict[str, str]:
    """The environment for programs that are not ours: without what only our libraries are for."""
    theirs = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    if getattr(sys, "frozen", False):  # the packaged program runs on libraries of its own
        before = theirs.pop("LD_LIBRARY_PATH_ORIG", None)
        theirs.pop("LD_LIBRARY_PATH", None)
        if before:
            theirs["LD_LIBRARY_PATH"] = before
    return theirs
