"""The window command, and what `kvant` alone does.

It is the start that people wait for. What takes long is imported on the way, and `at_once` spares
it the other commands.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from app import log
from app.cli.service import HandedOver, Service, add_port, attend, keep_serving
from app.desktop import display, instance
from app.desktop.ending import Deadline, Signals
from app.desktop.window import Place, Window, WindowError
from engine.errors import DataError

_PAGE_FIRST_S = 2.0
_INSTEAD = "Kvant is served for a browser instead."
DEFAULTS = {"alone": True, "browser": False, "files": [], "port": 0}
"""What `kvant` without a command takes for granted."""


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("window", help="open the window (so does kvant alone)")
    _add_options(parser)
    parser.set_defaults(command=run, alone=False)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="price files to import and show"
    )
    parser.add_argument(
        "--browser", action="store_true", help="use the browser instead of a window of its own"
    )
    add_port(parser)


class _Quick(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def at_once(words: Sequence[str]) -> argparse.Namespace | None:
    """The options of a command line that opens the window and asks for nothing special."""
    alone = "window" not in words
    parser = _Quick(add_help=False, allow_abbrev=False)
    parser.add_argument("--workspace", type=Path)
    if not alone:
        parser.add_argument("command", choices=["window"])
        _add_options(parser)
    try:
        return parser.parse_args(words, argparse.Namespace(**DEFAULTS | {"alone": alone}))
    except ValueError:
        return None


def start(args: argparse.Namespace) -> int:
    """Run the command by itself; its exit code. No exception gets out."""
    try:
        return run(args)
    except BaseException as error:  # noqa: BLE001  # as for any other command
        from app.cli.commands import failure  # noqa: PLC0415  # takes long, and is rarely needed
        from app.cli.screen import Screen  # noqa: PLC0415

        return failure(error, Screen(), args)
    finally:
        log.stop()


def run(args: argparse.Namespace, _screen: object = None) -> int:
    """Open the window and return when it is closed."""
    files = [_file(path) for path in args.files]
    obstacle = display.obstacle()
    if obstacle is not None and not args.alone and not args.browser:
        raise WindowError(f"{obstacle} kvant serve works without one.")
    try:
        if obstacle is None and not args.browser:
            _open(args, files)
        else:
            _browse(args, files, obstacle)
    except HandedOver:
        pass  # what there was to say has been said
    return 0


def run_alone(args: argparse.Namespace, _screen: object = None) -> int:
    """`kvant` without a command."""
    return run(argparse.Namespace(**DEFAULTS | vars(args)))


def _open(args: argparse.Namespace, files: Sequence[Path]) -> None:
    """The window, and the service behind it."""
    display.prepare()
    asked, deadline = threading.Event(), Deadline()

    def ask() -> None:
        asked.set()
        deadline.start()
        window.quit()

    signals = Signals(ask)
    window = Window(ending=deadline.start, armed=signals.again)
    service = Service(
        args.workspace, args.port, files=files, shell=window, deadline=deadline,
        offer=partial(_hand_over, files, browser=False), failed=window.fail,
    )  # fmt: skip
    with signals:
        try:
            service.start()
            threading.Thread(target=_begin, args=(service, window), daemon=True).start()
            try:
                window.load()
                space = service.owned()
                theme = space.store.setting("theme") or "system"
                window.show(Place(service.address, space.root, theme))
            except WindowError as error:
                if not args.alone:
                    raise
                service.without_window()
                _note(f"{error.message} {_INSTEAD}")
                attend(service, lambda: _show(service.address, None), asked)
        finally:
            service.stop()
    if window.error is not None:
        raise window.error


def _begin(service: Service, window: Window) -> None:
    """Let the lab work once the page has painted: its processes would have held that up."""
    try:
        service.wait()
    except BaseException:  # noqa: BLE001  # the window is told, and closes
        return
    window.attach(service.bench())
    window.painted(_PAGE_FIRST_S)
    service.begin()


def _browse(args: argparse.Namespace, files: Sequence[Path], obstacle: str | None) -> None:
    """The page in the browser, or where to find it when there is none to be opened here."""
    if obstacle is not None:
        _note(f"{obstacle} {_INSTEAD}")
    offer = partial(_hand_over, files, browser=True)
    service = Service(args.workspace, args.port, files=files, offer=offer)
    keep_serving(service, lambda: _show(service.address, obstacle))


def _hand_over(files: Sequence[Path], folder: Path, lock: Path, *, browser: bool) -> bool:
    """Have the Kvant that owns the workspace do what was asked of this one; whether it does."""
    found = instance.running(folder, lock)
    if found is None:
        return False
    forward = found.window and not browser
    if (files or forward) and not instance.activate(found, files):
        return False
    if forward:
        _note("Kvant is open already, and was asked to come forward.")
    else:
        _note("Kvant is running already; this is its page.")
        _show(found.address, display.obstacle()).join()
    return True


def _show(address: str, obstacle: str | None) -> threading.Thread:
    """Say where the page is, and show it in the browser if there can be one: the thread does."""
    print(address, flush=True)  # noqa: T201  # the answer of the command

    def show() -> None:
        if obstacle is None:
            from app.desktop import door  # noqa: PLC0415  # only here

            door.show_page(address)

    showing = threading.Thread(target=show, name="door", daemon=True)
    showing.start()
    return showing


def _file(path: Path) -> Path:
    """The file as another process can find it; DataError when there is none."""
    file = path.expanduser().absolute()
    if not file.is_file():
        raise DataError(f"There is no file {path}. Check the name and the folder.")
    return file


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # standard error is for that
