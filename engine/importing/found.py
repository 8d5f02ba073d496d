"""What has been found out of a file so far, for a preview when it cannot be read to its end."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.importing.columns import Columns
from engine.importing.model import FileNote, ImportOptions
from engine.importing.progress import Tell, silent
from engine.importing.table import Table


class Found(msgspec.Struct, eq=False):
    """Filled while a file is read.

    `options` are the given ones with everything found out filled in; `table` is the file as it
    stands, before it is put into one row per date and symbol; `read` is what came of its columns.
    `notes` become warnings of the report. `keys` are the columns of dates and symbols, `likely`
    those that a preview shows as such.
    """

    options: ImportOptions
    tell: Tell = silent
    format: str = ""
    bytes: int = 0
    details: list[str] = []
    notes: list[str] = []
    sheets: tuple[str, ...] = ()
    table: Table | None = None
    layout: Literal["long", "wide"] = "long"
    keys: tuple[str, str] | None = None
    likely: tuple[str | None, str | None] = (None, None)
    read: Columns | None = None
    files: list[FileNote] = []

    def learn(self, **answers: Any) -> None:
        """Fill in answers that were not given."""
        news = {
            name: value for name, value in answers.items() if getattr(self.options, name) is None
        }
        self.options = msgspec.structs.replace(self.options, **news)

    def of_one(self, options: ImportOptions) -> Found:
        """An empty one for a single file of several."""
        return Found(options)
