"""Sockets: the events of one job, and the news of the whole program."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from app import log
from app.events import GapEvent, stored
from app.guard import PROTOCOL
from app.lab import CLOSE, OFFERED, OPENED, Lab
from app.routes.given import Seq, TheLab, Word
from app.version import version
from engine.errors import NotFoundError
from engine.store.clock import now

FRAME_EVENTS = 256
FRAME_S = 0.05
NEWS_S = 0.25
SEND_S = 5.0
ENDED, BROKEN, NO_SUCH_JOB, TOO_SLOW = 1000, 1011, 4404, 1013

Socket = WebSocket[Any, Any, Any]


@websocket("/api/jobs/{job_id:str}/stream")
async def job_stream(socket: Socket, lab: TheLab, job_id: Word, since: Seq = 0) -> None:
    """Every event of a job after `since`, as arrays; closes when the job has ended."""
    await socket.accept(subprotocols=PROTOCOL)
    try:
        last = await asyncio.to_thread(_last, lab, job_id)
    except NotFoundError:
        await socket.close(NO_SUCH_JOB, "There is no such job.")
        return
    gap = _gap(job_id, last, since) if since > last else None
    await _serve(socket, _events(socket, lab, job_id, min(since, last), gap))


@websocket("/api/stream")
async def news(socket: Socket, lab: TheLab) -> None:
    """Jobs as they change, data sets opened from outside, the wish of the window to close."""
    await socket.accept(subprotocols=PROTOCOL)
    await _serve(socket, _news(socket, lab))


async def _serve(socket: Socket, work: Any) -> None:
    """Do the work until it ends or the client goes away; nothing a client sends is of interest."""
    writer = asyncio.ensure_future(work)
    reader = asyncio.ensure_future(_drain(socket))
    try:
        await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        if writer.done() and not writer.cancelled():
            with suppress(Exception):
                await asyncio.wait_for(socket.close(_code(writer)), SEND_S)
    finally:
        for task in (writer, reader):
            task.cancel()
        await asyncio.gather(writer, reader, return_exceptions=True)


def _code(writer: asyncio.Future[int]) -> int:
    """The code to close with; an error that is not the client's going away is told in the log."""
    error = writer.exception()
    if error is None:
        return writer.result()
    if not isinstance(error, OSError | RuntimeError):
        log.crash(error)
    return BROKEN


async def _drain(socket: Socket) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data("text")


async def _events(socket: Socket, lab: Lab, job_id: str, cursor: int, gap: bytes | None) -> int:
    """Send until the job has ended; the code to close with."""
    if gap is not None and not await _sent(socket, [gap]):
        return TOO_SLOW
    while True:
        changed, begun = lab.hub.news, time.monotonic()
        going = lab.runner.is_going(job_id)  # asked first: what it did before it ended is there
        found = lab.hub.since(job_id, cursor, FRAME_EVENTS)
        if found is None:
            found = await asyncio.to_thread(_from_store, lab, job_id, cursor)
        if found:
            cursor = found[-1][0]
            if not await _sent(socket, [event for _, event in found]):
                return TOO_SLOW
            await asyncio.sleep(max(0.0, FRAME_S - (time.monotonic() - begun)))
        elif not going:
            return ENDED
        else:
            await changed.wait()


async def _news(socket: Socket, lab: Lab) -> int:
    """Send what changes, at most four times a second; the code to close with."""
    mark, _ = lab.hub.changes(0)
    hello = {"type": "hello", "boot_id": lab.workspace.boot_id, "version": version()}
    if not await _sent(socket, [msgspec.json.encode(hello)], array=False):
        return TOO_SLOW
    while True:
        changed = lab.hub.news
        mark, names = lab.hub.changes(mark)
        for name in names:
            message = await asyncio.to_thread(_message, lab, name)
            if message and not await _sent(socket, [message], array=False):
                return TOO_SLOW
        if names:
            await asyncio.sleep(NEWS_S)
        else:
            await changed.wait()


async def _sent(socket: Socket, parts: list[bytes], *, array: bool = True) -> bool:
    """Whether the client took the frame in time."""
    body = b",".join(parts)
    text = (b"[" + body + b"]" if array else body).decode()
    try:
        await asyncio.wait_for(socket.send_data(text, mode="text"), SEND_S)
    except TimeoutError:
        return False
    return True


def _last(lab: Lab, job_id: str) -> int:
    lab.store.job(job_id)
    return lab.store.last_seq(job_id)


def _gap(job_id: str, last: int, since: int) -> bytes:
    event = GapEvent(seq=last, job_id=job_id, timestamp=now(), from_=last + 1, to=since)
    return msgspec.json.encode(event)


def _from_store(lab: Lab, job_id: str, cursor: int) -> list[tuple[int, bytes]]:
    rows = lab.store.events(job_id, cursor, FRAME_EVENTS)
    return [(row.seq, msgspec.json.encode(stored(row))) for row in rows]


def _message(lab: Lab, name: str) -> bytes | None:
    if name == CLOSE:
        return msgspec.json.encode({"type": "close_requested"})
    if name.startswith(OPENED):
        return msgspec.json.encode({"type": "opened", "name": name.removeprefix(OPENED)})
    if name.startswith(OFFERED):
        handle, _, file = name.removeprefix(OFFERED).partition(" ")
        return msgspec.json.encode({"type": "offered", "handle": handle, "name": file})
    try:
        return msgspec.json.encode({"type": "job", "job": lab.store.job(name)})
    except NotFoundError:
        return None


ROUTES = [job_stream, news]
