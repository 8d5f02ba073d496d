"""Single kernels against the fastest the memory of this machine could do it."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from bench.ours import open_dataset
from bench.report import Section, below
from bench.step import Step
from engine import kernels as k
from engine.panel import Panel

GOALS = {"cs_rank": 4.0, "ts_rank 60": 8.0}
_MEMORY_BYTES = 256 << 20


def part(step: Step) -> list[Section]:
    """The table of one panel."""
    return [section(open_dataset(step.folder), step.title("Kernels"), step.rounds)]


def section(panel: Panel, title: str, rounds: int) -> Section:
    """Milliseconds of each kernel and multiples of a copy of the arrays it must touch."""
    near, far = copies(panel.shape)
    rows, details = [], []
    for name, (arrays, work) in _cases(panel).items():
        ms = 1e3 * timed(work, 2 * rounds + 1)
        streams = (arrays + 1) / 2
        multiple = ms / (far * streams)
        details.append((name, f"{ms:.2f}", f"{multiple:.1f}x", f"{ms / (near * streams):.1f}x"))
        if name in GOALS:
            goal = GOALS[name]
            what = f"{name}, multiple of the memory-bound minimum"
            rows.append(below(what, multiple, goal, f"{multiple:.1f}x", f"<= {goal:.0f}x"))
    cells = panel.shape[0] * panel.shape[1]
    remark = (
        f"One thread, {k.BACKEND} kernels. The minimum is one read and one write of {cells:,} cells"
        f", a copy: {far:.2f} ms through memory (arrays that have left the caches), {near:.2f} ms"
        " with the same two arrays over and over; half as much again for two inputs."
    )
    return Section(
        title=title,
        rows=tuple(rows),
        header=("kernel", "ms", "of memory bound", "of the same two arrays"),
        details=tuple(details),
        remarks=(remark,),
    )


def _cases(panel: Panel) -> dict[str, tuple[int, Callable[[], np.ndarray]]]:
    """Name -> number of input arrays, work."""
    x, y = panel.feature("close"), panel.feature("volume")
    g = panel.codes("sector")

    def least(days: int, minimum: int = 1) -> int:
        return k.min_count(days, minimum)

    return {
        "add": (2, lambda: k.add(x, y)),
        "div": (2, lambda: k.div(x, y)),
        "log": (1, lambda: k.log(y)),
        "lag 5": (1, lambda: k.lag(x, 5)),
        "delta 5": (1, lambda: k.delta(x, 5)),
        "mean 20": (1, lambda: k.mean(x, 20, least(20))),
        "std 20": (1, lambda: k.std(x, 20, least(20, 2), 1)),
        "max 20": (1, lambda: k.max_(x, 20, least(20))),
        "arg_max 20": (1, lambda: k.arg_max(x, 20, least(20), False)),
        "ts_rank 10": (1, lambda: k.ts_rank(x, 10, least(10), False)),
        "ts_rank 60": (1, lambda: k.ts_rank(x, 60, least(60), False)),
        "corr 10": (2, lambda: k.corr(x, y, 10, least(10, 3))),
        "corr 60": (2, lambda: k.corr(x, y, 60, least(60, 3))),
        "cov 10": (2, lambda: k.cov(x, y, 10, least(10, 2))),
        "decay_linear 10": (1, lambda: k.decay_linear(x, 10, least(10))),
        "skew 60": (1, lambda: k.skew(x, 60, least(60, 3))),
        "median 60": (1, lambda: k.quantile(x, 60, least(60), 0.5)),
        "ema 20": (1, lambda: k.ema(x, 2 / 21)),
        "cs_rank": (1, lambda: k.cs_rank(x, False)),
        "cs_quantile": (1, lambda: k.cs_quantile(x)),
        "cs_zscore": (1, lambda: k.cs_zscore(x)),
        "cs_scale": (1, lambda: k.cs_scale(x, 1.0)),
        "group_neutralize": (1, lambda: k.g_demean(x, g)),
        "group_zscore": (1, lambda: k.g_zscore(x, g)),
    }


def copies(shape: tuple[int, int]) -> tuple[float, float]:
    """Milliseconds to copy an array of `shape` within the caches, and through memory."""
    source, target = np.ones(shape), np.zeros(shape)
    near = timed(lambda: np.copyto(target, source), max(3, _MEMORY_BYTES // (20 * source.nbytes)))
    many = [np.ones(shape) for _ in range(max(4, _MEMORY_BYTES // source.nbytes))]
    half = len(many) // 2

    def rotate() -> None:
        for a, b in zip(many[:half], many[half:], strict=False):
            np.copyto(b, a)

    far = timed(rotate, 5) / half
    return 1e3 * near, 1e3 * far


def backend() -> str:
    """Which kernels are in use."""
    return f"{k.BACKEND} kernels ({k.BACKEND_NOTE.rstrip('.')})"


def timed(work: Callable[[], object], rounds: int) -> float:
    """Median seconds; the first call is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)
