"""What was measured, as one table against the goals, on the terminal and in the docs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


class Row(msgspec.Struct, frozen=True):
    """One number with its goal; `met` is None where there is nothing to meet."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the run: its rows of the main table and, below it, details and remarks."""

    title: str
    rows: tuple[Row, ...] = ()
    header: tuple[str, ...] = ()
    details: tuple[tuple[str, ...], ...] = ()
    remarks: tuple[str, ...] = ()


def below(what: str, value: float, limit: float, text: str, goal: str) -> Row:
    """A row that is met when the value is at most the limit."""
    return Row(what, text, goal, value <= limit)


def above(what: str, value: float, limit: float, text: str, goal: str) -> Row:
    """A row that is met when the value is at least the limit."""
    return Row(what, text, goal, value >= limit)


def times(ratio: float) -> str:
    """A ratio with two digits that count, or more."""
    return (
        f"{ratio:.2f}x" if ratio < 0.95 else f"{ratio:.1f}x" if ratio < 9.95 else f"{ratio:,.0f}x"
    )


def markdown(sections: Sequence[Section], conditions: Sequence[str]) -> str:
    """The conditions, the main table, then every section's details."""
    parts = ["\n".join(f"- {line}" for line in conditions)]
    rows = [row for section in sections for row in section.rows]
    parts.append(table(("what", "measured", "goal", ""), [_cells(row) for row in rows]))
    if short := [row.what for row in rows if row.met is False]:
        parts.append(f"Short of its goal: {'; '.join(short)}.")
    for section in sections:
        if section.details or section.remarks:
            parts.append(f"### {section.title}")
        if section.details:
            parts.append(table(section.header, section.details))
        parts += section.remarks
    return "\n\n".join(parts) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up; all but the first are set to the right."""
    widths = [max(map(len, column), default=0) for column in zip(header, *rows, strict=True)]
    rule = ["-" * max(w, 3) if i == 0 else "-" * max(w - 1, 2) + ":" for i, w in enumerate(widths)]
    lines = [_line(header, widths), f"| {' | '.join(rule)} |"]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def write(text: str, page: Path = PAGE) -> None:
    """Replace what stands between the markers of the page."""
    old = page.read_text(encoding="utf-8")
    head, rest = old.split(BEGIN)
    tail = rest.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n{text}{END}{tail}", encoding="utf-8")


def _cells(row: Row) -> tuple[str, ...]:
    return row.what, row.measured, row.goal, {True: "met", False: "short", None: ""}[row.met]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    set_ = [c.ljust(max(w, 3)) if i == 0 else c.rjust(max(w, 3)) for i, (c, w) in enumerate(pairs)]
    return f"| {' | '.join(set_)} |"
