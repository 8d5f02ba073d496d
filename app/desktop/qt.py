"""What only Qt, the toolkit of Linux, is told; all of it on the thread of the window.

To import this takes long, and fails when a library of the system is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import webview.platforms.qt  # noqa: F401  # so that pywebview has it at hand
from PySide6.QtCore import QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWebEngineCore import (
    QWebEngineNavigationRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
)
from PySide6.QtWidgets import QMenu

from app.desktop.state import Screen, State, fitted

_RELOAD_MS = 100


class Hooks(NamedTuple):
    """What the page must not decide: where it goes, and what becomes of it when it crashes."""

    ours: str
    """The origin of our server."""
    elsewhere: Callable[[str], object]
    """Told the addresses the page wanted to go to and must not."""
    crashed: Callable[[str], bool]
    """Told why the page has ended; whether to load it again."""


def dress(native: Any, state: State, colour: str, hooks: Hooks) -> None:
    """Make pywebview's window ours, before it is shown."""
    QGuiApplication.setApplicationDisplayName("Kvant")
    QGuiApplication.setDesktopFileName("kvant")
    page: QWebEnginePage = native.webview.page()
    # The page talks to our server and to nothing else: no bridge, no script put into it.
    page.loadFinished.disconnect(native.on_load_finished)
    page.setWebChannel(None)  # type: ignore[arg-type]  # None is how it is taken away
    page.setBackgroundColor(QColor(colour))  # white until the first paint otherwise
    page.navigationRequested.connect(lambda request: _navigate(request, hooks))
    page.nav_handler = None  # type: ignore[attr-defined]  # pywebview's page for other windows
    page.newWindowRequested.connect(lambda request: _new_window(page, request, hooks))
    page.renderProcessTerminated.connect(
        lambda status, code: _revive(page, f"{status.name}, exit code {code}", hooks)
    )
    _place(native, state)
    _add_menu(native.webview)


def is_dark() -> bool:
    """Whether the desktop is a dark one."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def raise_window(native: Any) -> None:
    """Bring the window to the front; from any thread."""

    def bring() -> None:
        native.setWindowState(native.windowState() & ~Qt.WindowState.WindowMinimized)
        native.show()
        native.raise_()
        native.activateWindow()

    native.create_window_trigger.emit(bring)


def reload_page(native: Any) -> None:
    """Load the page again; from any thread."""
    page = native.webview.page()
    native.create_window_trigger.emit(lambda: page.triggerAction(QWebEnginePage.WebAction.Reload))


def _navigate(request: QWebEngineNavigationRequest, hooks: Hooks) -> None:
    """Follow the page on our server only."""
    if not _is_ours(request.url(), hooks):
        request.reject()
        if request.isMainFrame():
            hooks.elsewhere(_text(request.url()))


def _new_window(page: QWebEnginePage, request: QWebEngineNewWindowRequest, hooks: Hooks) -> None:
    """There is one window: our own pages are shown in it, others in the browser."""
    if _is_ours(request.requestedUrl(), hooks):
        page.setUrl(request.requestedUrl())
    else:
        hooks.elsewhere(_text(request.requestedUrl()))


def _is_ours(url: QUrl, hooks: Hooks) -> bool:
    return _text(url) == hooks.ours or _text(url).startswith(f"{hooks.ours}/")


def _text(url: QUrl) -> str:
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)


def _revive(page: QWebEnginePage, reason: str, hooks: Hooks) -> None:
    if hooks.crashed(reason):
        # not from within the signal: the old process is being taken down still
        QTimer.singleShot(_RELOAD_MS, lambda: page.triggerAction(QWebEnginePage.WebAction.Reload))


def _place(native: Any, state: State) -> None:
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    screens = [Screen(area.x(), area.y(), area.width(), area.height()) for area in areas]
    fit = fitted(state, screens)
    native.resize(fit.width, fit.height)
    middle = QGuiApplication.primaryScreen().availableGeometry().center() - native.rect().center()
    native.move(
        max(middle.x(), 0) if fit.x is None else fit.x,
        max(middle.y(), 0) if fit.y is None else fit.y,
    )


def _add_menu(view: Any) -> None:
    """A menu for the right button; the toolkit's own would offer to leave the page."""
    kinds = QWebEnginePage.WebAction

    def show(place: QPoint) -> None:
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in (kinds.Cut, kinds.Copy, kinds.Paste, kinds.SelectAll):
            action = view.page().action(kind)
            if action.isEnabled():
                menu.addAction(action)
        menu.popup(view.mapToGlobal(place))

    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.customContextMenuRequested.connect(show)
