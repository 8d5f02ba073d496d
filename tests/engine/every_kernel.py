"""Calls of every exported kernel on ordinary and extreme input.

`python -m tests.engine.every_kernel` prints which library is in use and the names of the kernels
that ran; a sanitizer ends the program before that.
"""

from __future__ import annotations

import numpy as np

from engine import kernels as k
from engine.book import backtest_signal
from engine.kernels import book, compiled_cross, compiled_row, compiled_time
from engine.kernels.calls import address
from tests.engine.kernel_reference import NAMES, arguments, panel
from tests.engine.test_book_twins import random_panel, random_params, random_signal

SHAPES = [(1, 1), (7, 3), (60, 130), (33, 129), (200, 5), (30, 520)]
HARD = [1.7e308, -1.7e308, 5e-324, -0.0, 0.0, 1e-310, 1e154, np.nan, 0.5, 2.0, -3.0]


class Recorder:
    """A library that remembers which of its functions were asked for."""

    def __init__(self, library):
        self.wrapped, self.names = library, set()

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(self.wrapped, name)


def all_arrays(rng, shape):
    """Every kernel of arrays, ordinary input first."""
    values = panel(rng, *shape)
    for name in NAMES:
        getattr(k, name)(**arguments(name, values))
    for key in ("x", "y", "a", "b", "v", "enter", "leave"):
        values[key] = rng.choice(HARD, shape)
    for name in NAMES:
        getattr(k, name)(**arguments(name, values))
    for number in HARD:
        for kernel in (k.pow_, k.signed_pow, k.add, k.max2):
            kernel(values["x"], number)
            kernel(number, values["x"])


def rank_keys(library, rng):
    """The keys alone: ranks call them inside."""
    x, keys = rng.choice(HARD, 700), np.empty(700)
    library.kv_rank_keys(address(x), address(keys), x.size)


def books(rng):
    """A backtest with whatever options."""
    data = random_panel(rng, int(rng.integers(1, 40)), int(rng.integers(1, 14)))
    backtest_signal(data, random_signal(rng, data.shape), random_params(rng, data))


def main():
    """Run all with several seeds."""
    recorder = Recorder(compiled_row.LIB)
    compiled_row.LIB = compiled_time.LIB = compiled_cross.LIB = book._library = recorder
    for seed, shape in enumerate(SHAPES * 2):
        rng = np.random.default_rng(seed)
        all_arrays(rng, shape)
        rank_keys(recorder, rng)
        books(rng)
    print(k.BACKEND_NOTE, *sorted(recorder.names), sep="\n")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
