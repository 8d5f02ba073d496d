#!/usr/bin/env python3
"""docs/metrics.md, made from the definitions: `.venv/bin/python tools/make_metrics_doc.py`.

With --check nothing is written and the exit code is 1 when the page is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.stats.conventions import CHOICES, Figure, Profile, profile
from engine.stats.performance import Metrics

PAGE = Path(__file__).resolve().parent.parent / "docs" / "metrics.md"
HEAD = """# Metrics and their conventions

<!-- made by tools/make_metrics_doc.py from the definitions; do not edit -->

The same daily returns give different numbers in different programs. Every figure here has a formula
beside it, and the profile of a strategy can be read in four conventions. Each figure of quantstats
and empyrical equals the library's own to 1e-10, on the series of `tests/golden/conventions.json`.

In the formulas r are the daily net returns, n of them, from the first trade on; A is the periods a
year of the data set, usually 252; sd is the standard deviation with n - 1; W is the compounded
value of 1. The risk-free rate is 0. What is not finite is absent, and what is undefined is missing:
where a library answers with a NaN, an infinity or an error, or divides by what rounding left of the
spread of a constant series, there is no number here.

What needs more than returns (dates, a benchmark) is not in these tables. quantstats takes a series
without a loss that holds a return above 100 % for prices; here it is returns.

## Side by side

What a metric of ours is called elsewhere. A star: the number differs, and the table below says why.

| metric | quantstats | empyrical | WorldQuant BRAIN |
|---|---|---|---|"""


def page() -> str:
    """The whole page."""
    profiles = [profile(np.zeros(0), convention) for convention in CHOICES]
    tables = (line for each in profiles for line in table(each))
    return "\n".join([HEAD, *side_by_side(profiles[1:]), *tables]) + "\n"


def side_by_side(profiles: list[Profile]) -> Iterator[str]:
    """A row per metric that has a name elsewhere."""
    for metric in Metrics.__struct_fields__:
        names = [called(each, metric) for each in profiles]
        if any(names):
            yield f"| {' | '.join((f'`{metric}`', *names))} |"


def called(found: Profile, metric: str) -> str:
    """The name of a metric in a profile."""
    own = [f"`{f.name}`{' *' * bool(f.note)}" for f in found.figures if f.metric == metric]
    return own[0] if own else ""


def table(found: Profile) -> Iterator[str]:
    """All figures of one convention."""
    yield f"\n## {found.title}\n\nSource: {found.source}.\n"
    yield "| figure | unit | formula | differs from the default |\n|---|---|---|---|"
    for each in found.figures:
        yield f"| {' | '.join(map(escaped, cells(each)))} |"


def cells(each: Figure) -> tuple[str, ...]:
    """One row of a table."""
    return f"`{each.name}`", each.unit, each.formula, each.note


def escaped(text: str) -> str:
    """A cell whose bars and stars mean themselves."""
    return text.replace("|", "\\|").replace("*", "\\*")


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(CHOICES)} conventions")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
