#!/usr/bin/env python3
"""docs/language.md, made from its tables: `.venv/bin/python tools/make_language_doc.py`.

With --check nothing is written and the exit code is 1 when the page is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.dsl.ops import OPS, Axis, Op
from engine.dsl.parse import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, MAX_TOKENS
from engine.dsl.parse.dialect import ALPHA101
from engine.dsl.units import OF_OTHERS, OF_STANDARD, describe
from engine.panel.market import STANDARD

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"
TITLES = {
    Axis.ROW: "The same date and symbol",
    Axis.TIME: "Over time, per symbol",
    Axis.CROSS: "Across symbols, per date",
    Axis.GROUP: "Within groups, per date",
}
HEAD = f"""# The expression language

<!-- made by tools/make_language_doc.py from the tables of the language; do not edit -->

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


UNITS = """## Units

`close + volume` can be computed and means hardly anything. The page and `kvant check` warn where
`+ -`, comparisons, `min`, `max`, the two values of a choice, `fill`, `atr` and `ts_spread_zscore`
mix prices, numbers of shares, amounts of money and pure numbers. The expression is computed all
the same.

A column tells its unit by its name (see the standard columns below; the column that earns returns
is a price). Nobody is warned of a column whose name tells nothing, nor of a number in the text.
Products and quotients have the units one expects: a price times a number of shares is money, a
price by a price a pure number. Means, extremes, differences and deviations keep the unit; ranks,
scores, correlations, relative changes, logarithms and truth values have none. A number of days
fits a pure number.

| columns | unit |
|---|---|"""

DIALECT = f"""
## The dialect of the 101 alphas

`kvant check --dialect alpha101 'rank(Ts_ArgMax(close, 5.3))'`, and the same for `eval`, `factor`
and `backtest`, read one of {ALPHA101.about}
as it stands there, and say it in our own language. Only that is kept: a dialect is a way of
reading, not a second language.

- Operators in any case, with the names of the paper: `Ts_Rank`, `SignedPower`, `IndNeutralize`.
- `rank` and `ts_rank` are rank / n, and a `correlation` needs two days only.
- `ts_argmax` and `ts_argmin` count from 1, the oldest day, to d, today; of equal days the oldest
  counts.
- Windows that are no whole numbers are rounded down.
- `min(x, 5)` and `max(x, 5)`, with a number after the comma, are `ts_min(x, 5)` and
  `ts_max(x, 5)`.
- `SignedPower(x, a)` is sign(x) |x|^a, also for an expression a.
- `IndClass.sector`, `IndClass.industry` and `IndClass.subindustry` are the category `sector`, or
  the only one there is.
- `adv20` is `ts_mean(volume, 20)`: in shares, since it is compared with volumes.

Standard columns may have other names in the data set. The very name comes first, then the same
letters (`Open`), then a known spelling; of several the one in the currency or adjustment of the
price that earns returns, and that price itself where nothing else is named `close`. Two that are
equally good are refused. Whatever was mapped or derived is said.

| column | what it is | also spelled | where it is absent |
|---|---|---|---|"""


def page() -> str:
    """The whole page."""
    operators = (line for axis in TITLES for line in section(axis))
    return "\n".join([HEAD, *operators, UNITS, *units(), DIALECT, *standard_columns()]) + "\n"


def units() -> Iterator[str]:
    """A row per unit, with the columns that have it."""
    known = OF_STANDARD | OF_OTHERS
    for unit in dict.fromkeys(known.values()):
        names = ", ".join(f"`{name}`" for name, each in known.items() if each == unit)
        yield f"| {names} | {describe(unit)} |"


def standard_columns() -> Iterator[str]:
    """A row per standard column."""
    for name, standard in STANDARD.items():
        derived = ALPHA101.columns.derived.get(name)
        instead = f"`{derived.told.replace('{', '').replace('}', '')}`" if derived else ""
        instead = "the only category, if there is one" if name == "sector" else instead
        instead = "the price that earns returns" if name == "close" else instead
        spellings = ", ".join((*standard.spellings, *_in_currency(name)))
        yield f"| `{name}` | {standard.meaning} | {spellings} | {instead} |"


def _in_currency(name: str) -> tuple[str, ...]:
    return (f"{name[0]}_sek and other currencies",) if name in _PRICES else ()


_PRICES = ("open", "high", "low", "close")


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
