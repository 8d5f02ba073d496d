"""What the user sees: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

_WIDE = 1 << 16  # columns when nobody looks: a pipe has no edge to break lines at
_ROOM = 32  # columns for the text at the end of a table


class Screen:
    """The two streams of a command; with `json` the first one gets one JSON object only."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.out = _console(sys.stdout)
        self.err = _console(sys.stderr)

    def emit(self, answer: Any) -> None:
        """The answer of the command as one line of JSON; what is not finite becomes null."""
        sys.stdout.write(msgspec.json.encode(answer, enc_hook=_plain_value).decode() + "\n")

    def say(self, text: str) -> None:
        """A line of the result; nothing with `json`."""
        if not self.json:
            self.out.print(Text(plain(text)), soft_wrap=True)

    def note(self, text: str) -> None:
        """A line about what happens, on standard error."""
        self.err.print(Text(plain(text)), soft_wrap=True)

    def waiting(self) -> Status:
        """A line on standard error that says what is being done, where somebody can see it."""
        return self.err.status("Starting", spinner="dots")

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        left: int = 1,
        spare: Sequence[str] = (),
    ) -> None:
        """An aligned table; the first `left` columns and the last one are texts.

        On a narrow terminal the `spare` columns are left out, the first one first, until the last
        column has room; it is the one that is cut.
        """
        if self.json:
            return
        cells = [list(columns), *([plain(cell) for cell in row] for row in rows)]
        kept, room = _fitting(cells, self.out.width, spare)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for index in kept:
            last = index == len(columns) - 1
            table.add_column(
                columns[index],
                justify="left" if last or index < left else "right",
                no_wrap=True,
            )
        for row in cells[1:]:
            table.add_row(*(Text(row[index]) for index in kept[:-1]), Text(_cut(row[-1], room)))
        self._print(table)

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values under each other."""
        if self.json:
            return
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(Text(plain(name)), Text(plain(value)))
        self._print(table)

    def _print(self, table: Table) -> None:
        if self.out.is_terminal:
            self.out.print(table)
            return
        with self.out.capture() as lines:
            self.out.print(table)
        self.out.file.writelines(f"{line.rstrip()}\n" for line in lines.get().splitlines())


def _width(cells: Sequence[Sequence[str]], column: int) -> int:
    return max(cell_len(line) for row in cells for line in row[column].split("\n"))


def _fitting(
    cells: Sequence[Sequence[str]], width: int, spare: Sequence[str]
) -> tuple[list[int], int]:
    """The columns to show, so that the last one has the room it needs or `_ROOM`; its room."""
    names, last = cells[0], len(cells[0]) - 1
    widths = [_width(cells, column) + 2 for column in range(last)]
    needed = min(_width(cells, last), _ROOM)
    kept = list(range(last))
    for name in spare:
        if sum(widths[column] for column in kept) + needed > width:
            kept.remove(names.index(name))
    return [*kept, last], max(width - sum(widths[column] for column in kept), 8)


def _cut(text: str, room: int) -> str:
    return text if cell_len(text) <= room else set_cell_size(text, room - 3) + "..."


def plain(text: str) -> str:
    """Text without control characters, which a terminal might obey."""
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else "\ufffd" for c in text)


def number(value: float | None, digits: int = 2) -> str:
    """A number for a table; a dash when there is none."""
    return "-" if value is None or not np.isfinite(value) else f"{value:,.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share for a table, in percent."""
    return "-" if value is None or not np.isfinite(value) else f"{value:.{digits}%}"


def count(number_: int, one: str, many: str | None = None) -> str:
    """A number and what it counts: "1 date", "2 dates"."""
    return f"{number_:,} {one if number_ == 1 else many or one + 's'}"


def _console(stream: Any) -> Console:
    terminal = stream.isatty()
    return Console(
        file=stream, highlight=False, emoji=False, markup=False, width=None if terminal else _WIDE
    )


def _plain_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist() if value.dtype.kind != "M" else [str(each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} has no JSON form")
