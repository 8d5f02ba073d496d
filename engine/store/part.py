"""What the parts of the store have in common."""

from __future__ import annotations

from engine.errors import ParamError
from engine.store.database import Database
from engine.store.ranking import Ranking

MAX_LIMIT = 1000


class Part:
    """A group of methods over one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._ranking = Ranking(db)


def rest(offset: int, count: int, total: int) -> int | None:
    """The offset of what comes after a page of `count` rows; None at the end."""
    end = offset + count
    return end if count and end < total else None


def check_page(limit: int, offset: int) -> None:
    """ParamError unless 1 <= limit <= 1000 and offset >= 0."""
    if not 1 <= limit <= MAX_LIMIT:
        raise ParamError(f"The limit is {limit}; choose 1 to {MAX_LIMIT}.")
    if offset < 0:
        raise ParamError(f"The offset is {offset}; choose 0 or more.")
