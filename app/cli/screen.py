"""What the user sees: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 200  # columns when nobody looks: a pipe has no edge to break lines at


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

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> None:
        """An aligned table; the first `left` columns and the last one are texts."""
        if self.json:
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for index, name in enumerate(columns):
            text = index < left or index == len(columns) - 1
            last = index == len(columns) - 1
            table.add_column(
                name,
                justify="left" if text else "right",
                no_wrap=True,
                overflow="ellipsis" if last else "ignore",
            )
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        self.out.print(table)

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values under each other."""
        if self.json:
            return
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(Text(plain(name)), Text(plain(value)))
        self.out.print(table)


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
