"""What the parts of the store have in common."""

from __future__ import annotations

from engine.errors import ParamError
from engine.store.database import Database

MAX_LIMIT = 1000


class Part:
    """A group of methods over one database."""

    def __init__(self, db: Database) -> None:
        self._db = db


def check_page(limit: int, offset: int) -> None:
    """ParamError unless 1 <= limit <= 1000 and offset >= 0."""
    if not 1 <= limit <= MAX_LIMIT:
        raise ParamError(f"The limit is {limit}; choose 1 to {MAX_LIMIT}.")
    if offset < 0:
        raise ParamError(f"The offset is {offset}; choose 0 or more.")
