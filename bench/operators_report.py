"""The operators' part of the report."""

from __future__ import annotations

from bench.meaning import why
from bench.operators import ALIKE, MISSING, SMALL, Found, Operator
from bench.report import Row, Section, times
from bench.step import Step

NONE = "-"
LABELS = {
    "polars": "Polars",
    "pandas": "pandas",
    "bottleneck": "NumPy + bottleneck",
    "polars_ta": "polars_ta",
    "qlib": "qlib",
}


def sections(
    step: Step, table: list[Operator], copy_ms: float, memory: dict[str, int]
) -> list[Section]:
    """Times of all tools; of the main panel also where and why values differ."""
    peers = [name for name in LABELS if name in memory]
    faster = _faster(table) if peers else {}
    lost = ", ".join(f"{name} ({peer})" for name, peer in faster.items())
    main = Section(
        title=step.title("Operators"),
        rows=(Row("operators in which a peer is faster", f"{len(faster)} of {len(table)}"),),
        header=(
            "operator",
            "Kvant ms",
            "of memory bound",
            *(LABELS[p] for p in peers),
            "Polars as",
        ),
        details=tuple(_line(operator, peers, copy_ms) for operator in table),
        remarks=(
            f"A peer is faster in: {lost or 'none'}.",
            *(_remarks(copy_ms) if step.main else ()),
            _memory(memory),
        ),
    )
    return [main, _differences(table)] if step.main else [main]


def _line(operator: Operator, peers: list[str], copy_ms: float) -> tuple[str, ...]:
    ours, found = 1e3 * operator.tools["kvant"].times["wall"], operator.tools
    bound = copy_ms * (operator.inputs + 1) / 2
    slower = (times(_ratio(operator, peer)) if peer in found else NONE for peer in peers)
    form = found["polars"].form if "polars" in found else NONE
    return operator.name, f"{ours:.2f}", f"{ours / bound:.1f}x", *slower, form


def _ratio(operator: Operator, peer: str) -> float:
    return operator.tools[peer].times["wall"] / operator.tools["kvant"].times["wall"]


def _faster(table: list[Operator]) -> dict[str, str]:
    """The operators in which some peer is faster, with the fastest of them."""
    best = {
        operator.name: min((_ratio(operator, peer), peer) for peer in _peers(operator))
        for operator in table
    }
    return {name: f"{LABELS[p]} {times(ratio)}" for name, (ratio, p) in best.items() if ratio < 1}


def _peers(operator: Operator) -> list[str]:
    return [tool for tool in operator.tools if tool != "kvant"]


def _remarks(copy_ms: float) -> tuple[str, ...]:
    slow = ", ".join(sorted(SMALL))
    return (
        (
            "A column of a peer says how many times longer it takes than Kvant does. Kvant"
            " evaluates the text on one thread, nothing cached; peers may use two. Polars is given"
            " the form that is fastest of those with the right values: `over` on rows by symbol,"
            " `padded` and `windows` on one column with empty rows between the symbols, `by date`"
            " on rows by date, `wide` with a column for each symbol; each laid out before the clock"
            " starts. NumPy + bottleneck has both layouts of an input ready. What takes a peer more"
            " than two seconds is timed once; `-`: it has no such operator, or not in reasonable"
            f" time (qlib's linear decay calls Python for each window: only on {slow})."
        ),
        f"The memory bound is a copy through memory, {copy_ms:.2f} ms; see Kernels.",
    )


def _memory(memory: dict[str, int]) -> str:
    names = {"kvant": "Kvant", **LABELS}
    peaks = ", ".join(f"{names[tool]} {peak >> 20}" for tool, peak in memory.items())
    return f"Peak MiB of each process, inputs and forms included: {peaks}."


def _differences(table: list[Operator]) -> Section:
    found = [
        (operator.name, LABELS[tool], *_shares(result), why(tool, operator.name))
        for operator in table
        for tool, result in operator.tools.items()
        if not result.alike
    ]
    pairs = sum(len(operator.tools) - 1 for operator in table)
    return Section(
        title="Where values of operators differ",
        header=("operator", "tool", "equal cells", "missing differs", "why"),
        details=tuple(found),
        remarks=(
            (
                f"All other {pairs - len(found)} of {pairs} pairs of operator and peer agree: at"
                f" least {ALIKE:.2%} of the cells that both have are within 1e-9, and at most"
                f" {MISSING:.2%} are missing in one only."
            ),
        ),
    )


def _shares(found: Found) -> tuple[str, str]:
    return f"{found.equal:.2%}", f"{found.missing:.3%}"
