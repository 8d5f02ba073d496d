"""What a route may ask for: the lab, words of the address and of the query, with their bounds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Annotated, Any, ParamSpec, TypeVar

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.lab import Lab

P = ParamSpec("P")
T = TypeVar("T")

TheLab = NamedDependency[Lab]
"""The workspace at work, as the argument `lab`."""

Word = FromPath[str]
"""A part of the address: a hash or an id."""

Text = FromQuery[str | None]
Flag = FromQuery[bool]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Offset = Annotated[int, QueryParameter(ge=0, le=100_000_000)]
Points = Annotated[int, QueryParameter(ge=4, le=5000)]
Seq = Annotated[int, QueryParameter(ge=0, le=2**53)]
"""The number of an event."""


async def unless_gone(
    request: Request[Any, Any, Any],
    stop: threading.Event,
    work: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What `work` comes to in a thread; `stop` is set when the client goes away meanwhile."""
    task = asyncio.create_task(asyncio.to_thread(work, *args, **kwargs))
    gone = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            stop.set()
        return await task
    finally:
        stop.set()
        gone.cancel()


async def _disconnected(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
