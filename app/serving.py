"""The HTTP server in a thread of its own, and the secret of its start."""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from engine.errors import EngineError, ParamError

KEY = "QUANT_API_KEY"
_START_LIMIT_S = 30.0
_SILENT_MS = 10_000
_FIT = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")


class ServerError(EngineError):
    """The server could not be started, or has ended by itself."""

    code = "server"
    exit_code = 3


class Token:
    """The secret of one start; no text shows it by accident."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str | None = None) -> None:
        self._secret = secret or secrets.token_urlsafe(32)

    @classmethod
    def take(cls) -> Token:
        """The token the user chose (QUANT_API_KEY), else a new one; no child process inherits it.

        ParamError when it cannot stand in the headers that have to carry it.
        """
        chosen = os.environ.pop(KEY, None)
        if chosen and not _FIT.fullmatch(chosen):
            raise ParamError(
                f"{KEY} cannot be a token: use up to 200 letters, digits and the signs - _ . ~"
            )
        return cls(chosen)

    def reveal(self) -> str:
        """The secret itself."""
        return self._secret

    def matches(self, given: str) -> bool:
        """Whether `given` is the secret, in a time that does not tell how much of it is."""
        return hmac.compare_digest(given.encode(), self._secret.encode())

    def __repr__(self) -> str:
        return "Token(***)"

    def __reduce__(self) -> str:
        raise TypeError("A token is not to leave its process.")


def bind(port: int = 0) -> socket.socket:
    """A socket that listens on 127.0.0.1, on any free port unless one is named; ServerError."""
    # Without the explicit protocol asyncio leaves Nagle's algorithm on: 44 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere the option would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # who takes nothing for so long is gone
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_MS)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServerError(
            f"Port {port} cannot be used ({error.strerror}). Choose another --port, or leave it out"
            " for a free one."
        ) from error
    return listener


def port_of(listener: socket.socket) -> int:
    """The port a socket listens on."""
    return int(listener.getsockname()[1])


def config(app: Any) -> Any:
    """How uvicorn is set up: for one user, on this machine, with nothing left to defaults."""
    import uvicorn  # noqa: PLC0415  # most commands have no server

    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,  # addresses may carry what the user is working on
        server_header=False,
        proxy_headers=False,  # every client is on this machine and could claim any address
        ws_max_size=65536,
        ws_max_queue=8,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=16384,
        limit_concurrency=128,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
    )


class ServerThread:
    """A server for the application that `build` makes; `build` runs in the server's thread too.

    The socket listens before, so that who comes early waits for an answer instead of being refused.
    `failed` is told when the server ends by an error, be it before or after it was up.
    """

    def __init__(
        self,
        build: Callable[[], Any],
        listener: socket.socket,
        failed: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self.error: BaseException | None = None
        self._build = build
        self._failed = failed
        self._listener = listener
        self._server: Any = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def start(self) -> None:
        """Start, without waiting until the server answers."""
        self._thread.start()

    def wait(self, limit_s: float = _START_LIMIT_S) -> None:
        """Return once the server answers; ServerError, or what `build` raised."""
        end = time.monotonic() + limit_s
        while not (self._server is not None and self._server.started):
            self.check()
            if time.monotonic() > end:
                raise ServerError(f"The server did not start within {limit_s:.0f} s. Try again.")
            time.sleep(0.005)

    def check(self) -> None:
        """ServerError, or what `build` raised, if the server has ended by itself."""
        if self.error is not None:
            raise self.error
        if self._thread.ident is not None and not self._thread.is_alive() and not self._stopping:
            raise ServerError("The server has ended. Start Kvant again.")

    def stop(self, limit_s: float = 3.0) -> bool:
        """End the server and wait for that; whether it has ended."""
        self._stopping = True
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(limit_s)
        with contextlib.suppress(OSError):
            self._listener.close()
        return not self._thread.is_alive()

    def _run(self) -> None:
        import uvicorn  # noqa: PLC0415  # here, so that nobody waits for it

        try:
            self._server = uvicorn.Server(config(self._build()))
            self._server.should_exit = self._stopping
            self._server.run(sockets=[self._listener])
        except SystemExit:  # how uvicorn says that the application refused to start
            self._end(ServerError("The server could not be started; the log has the details."))
        except BaseException as error:  # noqa: BLE001  # told to whoever waits for the server
            self._end(error)

    def _end(self, error: BaseException) -> None:
        self.error = error
        self._failed(error)
