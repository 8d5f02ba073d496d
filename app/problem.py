"""The one shape of every refusal."""

from __future__ import annotations

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused; `start` and `end` are offsets into a text of the request."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None
    suggestions: tuple[str, ...] = ()
    detail: str | None = None
