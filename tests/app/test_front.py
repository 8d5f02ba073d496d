"""The page is there before the interface is, and what the interface says when it never comes."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from app import pages
from app.front import Front


class Memory:
    """As much of a lab as the page needs."""

    def __init__(self, theme=None):
        self.hub = self.store = self
        self.theme = theme

    def attach(self, loop):
        self.loop = loop

    def setting(self, key):
        assert key == "theme"
        return self.theme


async def ask(front, path, method="GET", kind="http"):
    """The messages of one answer."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    scope = {"type": kind, "path": path, "method": method, "headers": []}
    await front(scope, receive, send)
    return sent


def living(test, build, theme=None):
    """Run `test(front)` while the front lives."""

    async def main():
        front, ended, started = Front(Memory(theme), build), asyncio.Event(), asyncio.Event()

        async def receive():
            if started.is_set():
                await ended.wait()
            return {"type": "lifespan"}

        async def send(_):
            started.set()

        life = asyncio.create_task(front({"type": "lifespan"}, receive, send))
        await started.wait()
        try:
            await test(front)
        finally:
            ended.set()
            await life

    asyncio.run(main())


async def echo(scope, _, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def test_the_page_does_not_wait_for_the_interface():
    built = threading.Event()

    def build(_):
        assert built.wait(10)
        return echo

    async def test(front):
        early = asyncio.create_task(ask(front, "/api/health"))
        start, body = await ask(front, "/strategies/abc")
        assert (start["status"], b"<html" in body["body"]) == (200, True)
        assert not early.done()
        built.set()
        assert (await early)[1]["body"] == b"/api/health"

    living(test, build)


@pytest.mark.parametrize(
    ("chosen", "shown"), [(None, "system"), ("dark", "dark"), ('"><script>', "system")]
)
def test_the_document_knows_the_theme(chosen, shown):
    async def test(front):
        _, body = await ask(front, "/")
        assert f'data-theme="{shown}"'.encode() in body["body"]

    living(test, lambda _: echo, chosen)


def test_what_is_no_page_is_refused():
    async def test(front):
        for path, method, status in (
            ("/_app/immutable/none.js", "GET", 404),
            ("/", "POST", 405),
            ("/", "DELETE", 405),
        ):
            start, body = await ask(front, path, method)
            assert start["status"] == status
            assert json.loads(body["body"])["message"].endswith(".")
        start, body = await ask(front, "/boot.js", "HEAD")
        length = dict(start["headers"])[b"content-length"]
        assert (body["body"], int(length)) == (b"", len(pages.bundle()["boot.js"].body))
        assert (await ask(front, "/socket", kind="websocket"))[0]["code"] == 4404

    living(test, lambda _: echo)


def test_an_interface_that_cannot_be_built_says_so():
    def build(_):
        raise ImportError("a part is missing")

    async def test(front):
        start, body = await ask(front, "/api/health")
        assert (start["status"], json.loads(body["body"])["code"]) == (503, "crash")
        assert (await ask(front, "/api/stream", kind="websocket"))[0]["code"] == 1011
        assert (await ask(front, "/"))[0]["status"] == 200

    living(test, build)
