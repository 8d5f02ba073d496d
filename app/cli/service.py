"""What `kvant` runs with and without a window: a workspace, its lab and the server in front."""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from app import log
from app.desktop import instance
from app.desktop.crash import CrashLog
from app.desktop.ending import Deadline, Signals
from app.desktop.instance import Instance
from app.serving import ServerThread, Token, bind, port_of
from app.shell import Desk, Shell
from engine.errors import WorkspaceBusyError

BUSY_LIMIT_S = 5.0
"""So long a start waits for another one to be reachable, or to be gone."""

_LOOK_S = 0.5


class InUseError(WorkspaceBusyError):
    """Another process owns the workspace, and nothing can be handed over to it."""

    exit_code = 5


class HandedOver(Exception):
    """Another Kvant has the workspace, and has done what was asked of this one."""


class Bench(Desk, Protocol):
    """The lab, as far as its start and its end are concerned."""

    shell: Shell | None

    def start(self) -> None:
        """Begin to work."""
        ...

    def close(self) -> None:
        """End what runs, as interrupted."""
        ...


Furnish = Callable[[Any, Token, int], tuple[Bench, Any]]
"""Makes the lab of a workspace, and the application in front of it."""


def furnished(space: Any, token: Token, port: int) -> tuple[Bench, Any]:
    """The lab of a workspace, and the application in front of it."""
    from app.front import create_app  # noqa: PLC0415
    from app.lab import Lab  # noqa: PLC0415  # takes long; the window's toolkit loads meanwhile

    lab = Lab(space)
    return lab, create_app(lab, token, port)


class Service:
    """The workspace in `root` at work, behind a server; `start` it, and `stop` it in any case.

    `offer` is told of the folder and the lock of a workspace that another process has; when it
    can do there what was asked of this process, it returns True.
    """

    def __init__(
        self,
        root: Path | None,
        port: int = 0,
        *,
        files: Sequence[Path] = (),
        shell: Shell | None = None,
        offer: Callable[[Path, Path], bool] | None = None,
        failed: Callable[[BaseException], None] = lambda _: None,
        furnish: Furnish = furnished,
        deadline: Deadline | None = None,
    ) -> None:
        self.token = Token.take()
        self.lab: Bench | None = None
        self._deadline = deadline or Deadline()
        self._root, self._files, self._shell = root, files, shell
        self._offer, self._furnish = offer, furnish
        listener = bind(port)
        self.port = port_of(listener)
        self._server = ServerThread(self._build, listener, failed)
        self._space: Future[Any] = Future()
        self._crashes = CrashLog()
        self._lock = threading.Lock()
        self._begun = self._stopped = False

    @property
    def address(self) -> str:
        """The page, with the token."""
        return instance.address(self.port, self.token.reveal())

    def start(self) -> None:
        """Start everything in a thread, without waiting for it."""
        gc.disable()  # the modules that are loaded now stay; to look for garbage among them is idle
        self._crashes.adopt()
        self._server.start()

    def owned(self) -> Any:
        """The workspace, once it is ours. Raises InUseError, HandedOver, EngineError."""
        return self._space.result()

    def wait(self) -> None:
        """Return once the server answers; ServerError, or whatever kept it from doing so."""
        self._server.wait()

    def bench(self) -> Bench:
        """The lab of a service that answers."""
        assert self.lab is not None
        return self.lab

    def begin(self) -> None:
        """Let the lab work: what it starts would only have slowed down the start."""
        with self._lock:
            if self._begun or self._stopped:
                return
            self._begun = True
            self.bench().start()
            for file in self._files:
                self.bench().open_file(file)
        gc.freeze()
        gc.enable()

    def check(self) -> None:
        """Raise what ended the server, if it has ended by itself."""
        self._server.check()

    def without_window(self) -> None:
        """There will be no window after all."""
        self._shell = None
        if self.lab is not None:
            self.lab.shell = None
        self._publish(self.owned().root)

    def stop(self) -> None:
        """End everything: jobs first, then the server, then the hold on the workspace."""
        self._deadline.start()
        with self._lock:
            self._stopped = True
        lab, space = self.lab, self._space.result() if self._is_owned() else None
        if space is not None:
            self._try(lambda: instance.withdraw(space.root))
        self._close_lab(lab)
        self._server.stop()
        if self.lab is not lab:  # the end came in the middle of the start
            self._close_lab(self.lab)
        for child in multiprocessing.active_children():
            child.kill()
        if self._is_owned():
            self._try(self._space.result().close)
        self._crashes.stop()
        self._deadline.cancel()
        gc.enable()

    def _is_owned(self) -> bool:
        return self._space.done() and self._space.exception() is None

    def _close_lab(self, lab: Bench | None) -> None:
        if lab is not None:
            self._try(lab.close)

    @staticmethod
    def _try(step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  # the other steps are to be taken all the same
            log.crash(error)

    def _build(self) -> Any:
        try:
            space = self._own()
        except BaseException as error:
            self._space.set_exception(error)
            raise
        log.start(space.logs)
        self._crashes.start(space.logs)
        self._publish(space.root)
        self._space.set_result(space)
        self.lab, app = self._furnish(space, self.token, self.port)
        self.lab.shell = self._shell
        log.info("start", port=self.port, window=self._shell is not None)
        return app

    def _own(self) -> Any:
        """The workspace as its owner; waits a moment for one that is being given up."""
        from engine.workspace import LOCK, Workspace, places  # noqa: PLC0415  # as in `furnished`

        folder, database = places(self._root)
        end = time.monotonic() + (BUSY_LIMIT_S if self._offer else 0.0)
        while True:
            try:
                return Workspace(self._root, write=True)
            except WorkspaceBusyError as error:
                if self._offer is not None and self._offer(folder, database.parent / LOCK):
                    raise HandedOver from None
                if time.monotonic() >= end:
                    raise InUseError(error.message) from error
            time.sleep(0.05)

    def _publish(self, folder: Path) -> None:
        told = Instance(os.getpid(), self.port, self.token.reveal(), self._shell is not None)
        try:
            instance.publish(folder, told)
        except OSError as error:
            log.warning("instance", reason=str(error))  # a second start will not find us


def keep_serving(service: Service, tell: Callable[[], object]) -> None:
    """Start the service, `tell` where it is once it answers, and stop it when a signal comes."""
    asked = threading.Event()
    with Signals(asked.set):
        try:
            service.start()
            attend(service, tell, asked)
        finally:
            service.stop()


def attend(service: Service, tell: Callable[[], object], asked: threading.Event) -> None:
    """Let a started service work until it is `asked` to end."""
    service.owned()
    service.wait()
    service.begin()
    tell()
    sys.stdout.flush()
    while not asked.wait(_LOOK_S):
        service.check()


def add_port(parser: argparse.ArgumentParser) -> None:
    """The option that names a port."""
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="the port of this machine (default: any)"
    )


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: use a number up to 65535")
    return number
