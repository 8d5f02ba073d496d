"""The suite's part of the report."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean, median

from bench import suite
from bench.compare import Equality, Measured, Turn, middle
from bench.report import Row, Section, above, below

LABELS = {
    "polars": "Polars, staged",
    "pandas": "pandas, group-by",
    "bottleneck": "NumPy + bottleneck",
    "polars_ta": "polars_ta, staged",
    "qlib": "qlib's operators",
}
TITLE = "Suite of 22 formulas"
NOTES = {
    "polars_ta": (
        "its functions as they are where it has one, Polars for the rest. Its `cs_rank` counts"
        " distinct values and its `ts_rank` is rank / n, so formulas with ranks are not equal; its"
        " `ts_decay_linear` needs every day of the window."
    ),
    "qlib": (
        "the classes of its expression engine on one pandas Series per symbol, in one process,"
        " without its data server; only the formulas that compare no symbols, for which it has no"
        " operators. Its windows need one value, its comparisons with a missing value are false,"
        " its `Rank` is rank / n."
    ),
}
GOALS = {"polars": 25.0, "pandas": 70.0, "bottleneck": 12.0}
GOAL_S = 0.25
MODES = {
    "evaluate 2": "Kvant, 2 threads",
    "evaluate 1": "Kvant, 1 thread",
    "alone": "Kvant, 1 thread, nothing shared between formulas",
    "book 2": "Kvant with backtests, 2 threads",
    "book 1": "Kvant with backtests, 1 thread",
}
HEADER = (
    "tool",
    "formulas",
    "wall s",
    "cpu s",
    "slower, wall",
    "slower, cpu",
    "peak MiB",
    "of it loaded",
    "equal cells",
    "missing differs",
)


def section(found: Measured, title: str = TITLE, *, brief: bool = False) -> Section:
    """Rows, the table of tools, and how far their values agree; `brief` explains nothing."""
    whole, alone = (middle(found.ours[mode])["wall"] for mode in ("book 2", "book 1"))
    what, goal = "suite of 22 formulas with backtests, 2 threads", f"<= {GOAL_S} s"
    rows = [
        below(what, whole, GOAL_S, f"{whole:.3f} s", goal),
        Row("suite of 22 formulas with backtests, 1 thread", f"{alone:.3f} s"),
    ]
    for name, turns in found.turns.items():
        ratio = median(turn.peer["wall"] / turn.whole["wall"] for turn in turns)
        rows.append(_over(name, ratio, len(found.agreed[name])))
    return Section(
        title=title,
        rows=tuple(rows),
        header=HEADER,
        details=(*_ours(found), *_peers(found)),
        remarks=tuple(_disagreements(found) if brief else _remarks(found)),
    )


def _over(name: str, ratio: float, formulas: int) -> Row:
    """How many times the suite with backtests a peer takes for its formulas alone."""
    text = f"{ratio:.1f}x"
    if name in GOALS:
        what, goal = f"{LABELS[name]}, evaluation only, over the suite", f">= {GOALS[name]:.0f}x"
        return above(what, ratio, GOALS[name], text, goal)
    which = "" if formulas == len(suite.FORMULAS) else f" of {formulas} formulas, over the same"
    return Row(f"{LABELS[name]}, evaluation only{which or ', over the suite'}", text)


def _ours(found: Measured) -> Iterator[tuple[str, ...]]:
    memory = _mebibytes(found.memory["kvant"])
    for mode, label in MODES.items():
        times = middle(found.ours[mode])
        spent = f"{times['wall']:.3f}", f"{times['cpu']:.3f}"
        yield label, f"{len(suite.FORMULAS)}", *spent, "", "", *memory, "", ""


def _peers(found: Measured) -> Iterator[tuple[str, ...]]:
    for name, turns in found.turns.items():
        times = middle([turn.peer for turn in turns])
        equal, missing = (mean(shares) for shares in zip(*found.agreed[name].values(), strict=True))
        yield (
            LABELS[name],
            str(len(found.agreed[name])),
            f"{times['wall']:.2f}",
            f"{times['cpu']:.2f}",
            f"{_slower(turns, 'wall'):.1f}x",
            f"{_slower(turns, 'cpu'):.1f}x",
            *_mebibytes(found.memory[name]),
            f"{equal:.2%}",
            f"{missing:.3%}",
        )


def _slower(turns: list[Turn], key: str) -> float:
    return median(turn.peer[key] / turn.plain[key] for turn in turns)


def _disagreements(found: Measured) -> Iterator[str]:
    return (_disagreement(name, formulas) for name, formulas in found.agreed.items())


def _remarks(found: Measured) -> Iterator[str]:
    yield (
        "`slower` is against Kvant evaluating the same formulas on 2 threads, run before and after"
        " the peer; medians of the turns. A peer evaluates formula by formula, what a formula uses"
        " twice once; Kvant gets the batch. Equal: within 1e-9 where both are present, from date"
        f" {suite.WARM_UP} on, when every window is full of dates."
    )
    yield from _disagreements(found)
    yield from (f"{LABELS[name]}: {NOTES[name]}" for name in found.turns if name in NOTES)
    shares = [
        f"{LABELS[name]} {mean(share for share, _ in formulas.values()):.2%}"
        for name, formulas in found.tied.items()
    ]
    yield (
        "Kvant's ranks compare 12 significant digits, so values that are equal but for float noise"
        " tie; the peers break such ties by the noise, and a rank moves by far more than 1e-9."
        f" Equal with the inputs of their ranks rounded to 12 digits: {', '.join(shares) or '-'}."
    )
    if "pandas" in found.turns:
        yield _without_arg_max(found)


def _disagreement(name: str, formulas: Equality) -> str:
    worst = sorted((share, key) for key, (share, _) in formulas.items())[:4]
    named = ", ".join(f"{key} {share:.2%}" for share, key in worst if share < 1 - 1e-6)
    holes = sorted((-share, key) for key, (_, share) in formulas.items())[:3]
    gaps = ", ".join(f"{key} {-share:.3%}" for share, key in holes if share < -1e-6)
    return (
        f"{LABELS[name]}: least equal {named or 'none'}; missing differs most in {gaps or 'none'}."
    )


def _without_arg_max(found: Measured) -> str:
    single, turns = found.single["pandas"], found.turns["pandas"]
    share = single["a001"]["wall"] / sum(times["wall"] for times in single.values())
    rest = middle([turn.peer for turn in turns])["wall"] * (1 - share)
    whole, plain = (middle([getattr(t, m) for t in turns])["wall"] for m in ("whole", "plain"))
    return (
        f"pandas has no rolling arg max; its `apply` in a001 takes {share:.0%} of the suite."
        f" Without a001 pandas needs {rest:.1f} s, {rest / whole:.0f}x Kvant's whole suite with"
        f" backtests, {rest / plain:.0f}x without."
    )


def _mebibytes(memory: dict[str, int]) -> tuple[str, str]:
    return f"{memory['peak'] >> 20}", f"{memory['loaded'] >> 20}"
