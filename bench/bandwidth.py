"""The physical bound: how fast this machine copies within its caches and through its memory."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench import machine
from bench.report import Row, Section
from bench.step import Step
from engine.kernels.build import find_compiler

SOURCE = Path(__file__).with_name("stream.c")
FLAGS = ["-std=c11", "-O3", "-fno-math-errno", "-shared"]
LARGEST = 1 << 30
MOVED = 1 << 30
"""Bytes that one timed run moves at least, in each thread."""

Kernel = Callable[..., None]


def part(step: Step) -> list[Section]:
    """GB/s of copy and triad for working sets of the size of each cache and of memory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            library = _compiled(Path(folder))
        except (OSError, subprocess.CalledProcessError) as error:
            return [Section(title="Bandwidth", remarks=(f"Not measured: {error}",))]
        moved, rounds = (MOVED >> 3, 2) if step.quick else (MOVED, 5)
        return [section({size: _speeds(library, size, moved, rounds) for size in sizes()})]


def sizes() -> tuple[int, ...]:
    """Working sets: half of the second and the third cache, and what no cache can hold."""
    second, third = machine.cache(2), machine.cache(3)
    return second // 2, third // 2, min(LARGEST, max(8 * third, LARGEST >> 2))


def section(found: dict[int, tuple[float, ...]]) -> Section:
    """The table; the headline is the bound of arrays that have left the caches."""
    places = ("second cache", "third cache", "memory")
    details = [
        (place, _size(size), *(f"{speed:.1f}" for speed in speeds))
        for place, (size, speeds) in zip(places, found.items(), strict=True)
    ]
    *_, (one, _, two, _) = found.values()
    text = f"{one:.1f} GB/s, {two:.1f} GB/s"
    return Section(
        title="Bandwidth",
        rows=(Row("copy through memory, 1 thread, 2 threads", text),),
        header=("where", "working set", "copy", "triad", "copy, 2 threads", "triad, 2 threads"),
        details=tuple(details),
        remarks=(
            (
                "GB/s as STREAM counts them: a copy reads 8 bytes and writes 8 for each number, a"
                " triad (`a = b + 3c`) reads 16 and writes 8; the best of the runs. Each of two"
                " threads has half of the working set, or a cache of its own. Compiled for this"
                " machine."
            ),
        ),
    )


def _speeds(library: ctypes.CDLL, size: int, moved: int, rounds: int) -> tuple[float, ...]:
    """Copy and triad on one thread, then on two."""
    shared = size > machine.cache(2)
    return tuple(
        _best(kernel, arrays, size // threads if shared else size, threads, moved, rounds)
        for threads in (1, 2)
        for kernel, arrays in ((library.stream_copy, 2), (library.stream_triad, 3))
    )


def _best(kernel: Kernel, arrays: int, size: int, threads: int, moved: int, rounds: int) -> float:
    n = size // (8 * arrays)
    times = max(2, moved // (8 * arrays * n))
    work = [_pass(kernel, [np.ones(n) for _ in range(arrays)], times) for _ in range(threads)]
    spent = min(_together(work) for _ in range(rounds + 1))
    return threads * times * 8 * arrays * n / spent / 1e9


def _pass(kernel: Kernel, arrays: list[np.ndarray], times: int) -> Callable[[], None]:
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in arrays]
    n = ctypes.c_size_t(len(arrays[0]))
    return lambda: kernel(*pointers, n, ctypes.c_long(times))


def _together(work: list[Callable[[], None]]) -> float:
    """Seconds until all are done; ctypes lets go of the interpreter meanwhile."""
    threads = [threading.Thread(target=each) for each in work]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def _compiled(folder: Path) -> ctypes.CDLL:
    compiler, library = find_compiler(), folder / "stream.so"
    native = "-mcpu=native" if "ziglang" in compiler else "-march=native"
    position = [] if sys.platform == "win32" else ["-fPIC"]
    words = [*compiler, *FLAGS, native, *position, "-o", str(library), str(SOURCE)]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603  # our own command
    return ctypes.CDLL(str(library))


def _size(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"
