"""What a route may ask for: the lab, words of the address and of the query, with their bounds."""

from __future__ import annotations

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.lab import Lab

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
