"""The way of a browser to the page of Kvant."""

from __future__ import annotations

import http.server
import secrets
import time
from http import HTTPStatus

from app.desktop import external

OPEN_S = 60.0


def show_page(address: str) -> bool:
    """Show the page of Kvant in the browser; whether there is a browser for it.

    The address carries the token, and what a browser is started with can be seen by every user of
    the machine. So the browser is sent to a door that opens once, and shows it the way.
    """
    door = _Door(address)
    if not external.show(door.address):
        door.server_close()
        return False
    door.wait()
    return True


class _Door(http.server.HTTPServer):
    """Answers one address, once, with the way to `target`; and only for a minute."""

    timeout = 0.5

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Way)
        self.target: str | None = target
        self.path = f"/{secrets.token_urlsafe(16)}"
        self.host = f"127.0.0.1:{self.server_port}"
        self.address = f"http://{self.host}{self.path}"

    def wait(self) -> None:
        """Return once the browser has come by, or the minute is over."""
        end = time.monotonic() + OPEN_S
        with self:
            while self.target is not None and time.monotonic() < end:
                self.handle_request()


class _Way(http.server.BaseHTTPRequestHandler):
    """The one answer of the door."""

    timeout = 2.0
    server: _Door

    def do_GET(self) -> None:  # the name of the library
        door = self.server
        ours = self.headers.get_all("Host") == [door.host] and secrets.compare_digest(
            self.path.encode(), door.path.encode()
        )
        if not ours or door.target is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", door.target)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        door.target = None

    def log_message(self, *_: object) -> None:
        """Tell nobody: the path is a secret."""
