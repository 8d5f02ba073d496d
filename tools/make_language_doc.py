#!/usr/bin/env python3
"""docs/language.md, made from the operator registry: `.venv/bin/python tools/make_language_doc.py`.

With --check nothing is written and the exit code is 1 when the page is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.dsl.ops import OPS, Axis, Op
from engine.dsl.parse import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, MAX_TOKENS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"
TITLES = {
    Axis.ROW: "The same date and symbol",
    Axis.TIME: "Over time, per symbol",
    Axis.CROSS: "Across symbols, per date",
    Axis.GROUP: "Within groups, per date",
}
HEAD = f"""# The expression language

<!-- made by tools/make_language_doc.py from the operator registry; do not edit -->

    clip(feat("c_sek") / lag(feat("c_sek"), 1) - 1)
    spread = close - ts_mean(close, 20); cs_zscore(-spread / ts_std(close, 20))
    close > ts_mean(close, 200) ? ts_return(close, 20) : 0

An expression reads columns of the data set, `feat("name")` or the bare name, and gives one number
per date and symbol. `+ - * / ^`, comparisons, `and or not` (also `&& || !`), `c ? a : b`,
parentheses and named steps `a = ...; b = ...; a / b` mean what they mean elsewhere; `^` binds
tightest and from right to left. Arguments may be named: `ts_std(close, 20, ddof=0)`.

Rules that hold for every operator:

- A missing operand makes the result missing; so does whatever would be infinite or undefined, such
  as `x / 0` or `log(-1)`. True and false are 1 and 0.
- A window of d days has a value once d dates of the data set have passed and at least half of them
  (or the operator's own minimum, if that is more) have one. Missing values in it are skipped.
- Ranks give ties their average, and compare values after rounding to 12 significant digits, so that
  floating-point noise breaks no tie.
- No operator can read a later date.
- Two spellings of one expression are one strategy: aliases are resolved, defaults filled in,
  constants folded, exchangeable arguments ordered. The hash is that of the canonical text.

Limits: {MAX_CHARACTERS:,} characters, {MAX_TOKENS} tokens, {MAX_NODES} nodes, {MAX_DEPTH} operators
on a path, windows of 1 to 2,520 days.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for axis in TITLES for line in section(axis))]) + "\n"


def section(axis: Axis) -> Iterator[str]:
    """The operators of one axis."""
    yield f"## {TITLES[axis]}\n"
    yield "| operator | also | meaning | example |"
    yield "|---|---|---|---|"
    for op in OPS.values():
        if op.axis is axis:
            yield f"| {' | '.join(map(escaped, cells(op)))} |"
    yield ""


def cells(op: Op) -> tuple[str, ...]:
    """One row of the table."""
    usage = op.usage if op.infix is None else f"{op.usage} or {op.infix[0]}"
    example = f"`{op.examples[0].text}`" if op.examples else ""
    return f"`{usage}`", ", ".join(op.aliases), " ".join(op.doc.split()), example


def escaped(text: str) -> str:
    """A cell whose bars do not end it."""
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(OPS)} operators")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
