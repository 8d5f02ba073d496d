"""Wall clock times as the store writes them."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """The current time."""
    return dt.datetime.now(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """ISO-8601 in UTC to the millisecond, ending in Z: sorts as text."""
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def now() -> str:
    """The current time as `iso` writes it."""
    return iso(utc_now())


def stamp(moment: dt.datetime) -> str:
    """A moment fit for a file name, to the microsecond."""
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
