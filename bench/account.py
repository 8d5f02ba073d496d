"""The account of one dense book against vectorbt's simulation of the same orders."""

from __future__ import annotations

from bench.peers.common import Times
from bench.report import Section, above
from bench.step import Step, hired

GOAL = 150.0
FEE = 5e-4


def part(step: Step) -> list[Section]:
    """Rows for the book of one panel; none without vectorbt."""
    with hired(step, "kvant", "vectorbt") as tools:
        if "vectorbt" not in tools:
            return []
        tools["kvant"].ask("dense")
        tools["vectorbt"].ask("book", fee=FEE)  # compiles
        mine, its = tools["kvant"].ask("book", fee=FEE), tools["vectorbt"].ask("book", fee=FEE)
        return [section(mine, its, tools["kvant"].ask("difference"))]


def section(mine: Times, its: Times, difference: float) -> Section:
    """The ratio, and how far the equity differs."""
    ratio = its["wall"] / mine["wall"]
    goal = f">= {GOAL:.0f}x"
    text = f"{ratio:.0f}x ({1e3 * mine['wall']:.2f} ms, {1e3 * its['wall']:.0f} ms)"
    what = "account of one book against vectorbt from_orders"
    return Section(
        title="vectorbt",
        rows=(above(what, ratio, GOAL, text, goal),),
        remarks=(
            (
                "The same weights, prices without holes, 5 basis points per unit traded; vectorbt"
                " is warm: its first call compiles."
            ),
            f"The equity differs by at most {difference:.1e} of its value.",
        ),
    )
