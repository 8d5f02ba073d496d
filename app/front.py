"""The whole application: the gate, the page at once, and the interface as soon as it is built.

What the interface is made of takes half a second to load. The page can load meanwhile: it is handed
out from memory, and its first questions wait until there is somebody to answer them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import msgspec

from app import log
from app.guard import App, Guard, Message, Receive, Scope, Send
from app.lab import Lab
from app.pages import inline_scripts, page
from app.problem import Problem
from app.serving import Token
from engine.errors import EngineError

THREADS = 64
"""Requests that may wait for store or engine at the same time."""

THEMES = ("system", "light", "dark")
_NOTHING = Problem(code="not_found", message="There is nothing at this address.")
_NOT_BUILT = Problem(
    code="not_found", message="The page is not built; run: python3 tools/dev.py ui"
)
_BROKEN = Problem(code="crash", message="Kvant could not start in full; the log has the details.")


def create_app(lab: Lab, token: Token, port: int) -> Guard:
    """The application of one workspace, for who has the token."""
    return Guard(Front(lab, _interface), token.reveal(), port, inline_scripts())


def _interface(lab: Lab) -> App:
    from app.main import application  # noqa: PLC0415  # the half second this module is about

    interface: Any = application(lab)  # the framework types its scopes more narrowly
    return cast("App", interface)


class Front:
    """Answers for the page itself, and hands everything under /api to what `build` makes."""

    def __init__(self, lab: Lab, build: Callable[[Lab], App]) -> None:
        self._lab = lab
        self._build = build
        self._interface: asyncio.Task[App] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/api" or scope["path"].startswith("/api/"):
            await self._ask(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4404})
        else:
            await self._show(scope, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        # the usual six threads would all wait for the engine as soon as six requests do
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="routes"))
        self._lab.hub.attach(loop)
        self._interface = asyncio.create_task(asyncio.to_thread(self._build, self._lab))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._lab.hub.attach(None)
        await send({"type": "lifespan.shutdown.complete"})

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._interface is not None
        try:
            interface = await asyncio.shield(self._interface)
        except Exception as error:  # noqa: BLE001  # told to whoever asks, and to the log
            log.crash(error)
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1011})
            else:
                await _answer(send, 503, "application/json", msgspec.json.encode(_BROKEN))
            return
        await interface(scope, receive, send)

    def _theme(self) -> str:
        try:
            chosen = self._lab.store.setting("theme")
        except EngineError:  # the page can say what is wrong with the store better than we can
            return THEMES[0]
        return chosen if chosen in THEMES else THEMES[0]

    async def _show(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            refusal = Problem(code="method", message="A page is read with GET.")
            await _answer(send, 405, "application/json", msgspec.json.encode(refusal))
            return
        asset = page(scope["path"], self._theme())
        if asset is None:
            problem = _NOTHING if page("", THEMES[0]) else _NOT_BUILT
            await _answer(send, 404, "application/json", msgspec.json.encode(problem))
            return
        body = b"" if scope["method"] == "HEAD" else asset.body
        await _answer(send, 200, asset.kind, body, len(asset.body), asset.cache)


async def _answer(
    send: Send,
    status: int,
    kind: str,
    body: bytes,
    length: int | None = None,
    cache: str = "no-store",
) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body) if length is None else length).encode()),
        (b"cache-control", cache.encode()),
    ]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
