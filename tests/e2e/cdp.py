"""Playwright on the window of Qt: a relay that answers what the engine of Qt does not know.

Playwright asks for the folder of downloads when it connects, which QtWebEngine refuses, and goes
away. Everything else works.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

UNKNOWN_TO_QT = {"Browser.setDownloadBehavior"}


@contextlib.contextmanager
def relay(address: str) -> Iterator[str]:
    """An address that speaks like the debugging socket at `address`, only more politely."""

    def handle(client: ServerConnection) -> None:
        with connect(address, max_size=None, proxy=None, compression=None) as engine:
            back = threading.Thread(target=_pass_on, args=(engine, client), daemon=True)
            back.start()
            with contextlib.suppress(ConnectionClosed):
                for text in client:
                    message = json.loads(text)
                    if message["method"] in UNKNOWN_TO_QT:
                        kept = {key: message[key] for key in ("id", "sessionId") if key in message}
                        client.send(json.dumps({**kept, "result": {}}))
                    else:
                        engine.send(text)

    with serve(handle, "127.0.0.1", 0, max_size=None, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/devtools/browser/relay"
        server.shutdown()


def _pass_on(engine: ClientConnection, client: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        for text in engine:
            client.send(text)
