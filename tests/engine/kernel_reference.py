"""Random panels, every kernel with its arguments, and the meaning of some in plain Python."""

from __future__ import annotations

import inspect
from fractions import Fraction
from math import ceil, isnan, nan, sqrt

import numpy as np

from engine.kernels import twin_cross, twin_path, twin_row, twin_time

TWINS = (twin_row, twin_path, twin_time, twin_cross)
HELPERS = {"finite", "min_count", "lane_sum", "average_rank", "normal_quantile"}


def _functions(module):
    named = inspect.getmembers(module, inspect.isfunction)
    return {
        name: function
        for name, function in named
        if function.__module__ == module.__name__ and name[0] != "_" and name not in HELPERS
    }


TWIN = {name: function for module in TWINS for name, function in _functions(module).items()}
NAMES = sorted(TWIN)
OVER_TIME = sorted({**_functions(twin_time), **_functions(twin_path)})


def panel(rng, dates, symbols):
    """Arguments for every kernel: holes, ties, constants, zeros and 1/0 already made missing."""
    shape = (dates, symbols)
    x = rng.normal(size=shape) * rng.choice([1.0, 1e-6, 1e6])
    x = np.where(rng.random(shape) < 0.4, x.round(1), x)
    x[:, rng.random(symbols) < 0.2] = 3.3
    x[rng.random(shape) < rng.choice([0.0, 0.2, 0.6])] = np.nan
    y = rng.normal(size=shape).round(1)
    y[rng.random(shape) < 0.1] = np.nan
    d = int(rng.choice([1, 2, 3, 5, 20, dates + 1]))
    return {
        "x": x, "y": y, "a": twin_row.inverse(y), "b": y, "c": y.round(0), "d": d,
        "mp": max(int(rng.integers(1, 5)), ceil(d / 2)), "ddof": int(rng.integers(2)),
        "oldest": bool(rng.integers(2)), "percent": bool(rng.integers(2)), "f": 0.7,
        "alpha": 0.3, "q": float(rng.choice([0.0, 0.25, 0.5, 0.9, 1.0])), "lo": -0.5, "hi": 0.5,
        "v": y, "m": rng.random(shape) < 0.5, "h": 0.05, "enter": y, "leave": y - 0.5,
        "kk": int(rng.integers(1, 5)), "n": int(rng.integers(1, 6)),
        "codes": rng.integers(-1, 4, shape).astype(np.int32),
    }  # fmt: skip


def arguments(name, values):
    taken = {key: values[key] for key in inspect.signature(TWIN[name]).parameters}
    return {**taken, "a": 2.0} if name == "cs_scale" else taken


def cut(values, rows):
    """The same arguments on the first `rows` dates."""
    return {key: v[:rows].copy() if isinstance(v, np.ndarray) else v for key, v in values.items()}


def exact(kind, xs, ys):
    """The statistic of one full window in rational arithmetic, rounded once."""
    x, y = [Fraction(v) for v in xs], [Fraction(v) for v in ys]
    n = len(x)
    dx, dy = [v - sum(x) / n for v in x], [v - sum(y) / n for v in y]
    xx, yy = sum(v * v for v in dx), sum(v * v for v in dy)
    xy = sum(u * v for u, v in zip(dx, dy, strict=True))
    flat = xx <= Fraction(1, 10**12) * sum(v * v for v in x)
    if flat and kind not in {"mean", "std"}:
        return nan
    g2 = (n * sum(v**4 for v in dx) / xx**2 - 3) if xx else 0
    third, root = sum(v**3 for v in dx), sqrt(xx / n)
    return {
        "mean": lambda: float(sum(x) / n),
        "std": lambda: sqrt(xx / (n - 1)),
        "zscore": lambda: float(dx[-1]) / root,
        "skew": lambda: float(third / n) / root**3 * sqrt(n * (n - 1)) / (n - 2),
        "kurt": lambda: float((n - 1) * ((n + 1) * g2 + 6) / ((n - 2) * (n - 3))),
        "beta": lambda: float(xy / xx),
        "resid": lambda: float(dy[-1] - xy / xx * dx[-1]),
        "corr": lambda: float(xy / (xx * yy)) * sqrt(xx) * sqrt(yy),
    }[kind]()


def average_ranks(values):
    """Ranks of a list at 12 significant digits, ties averaged, missing stays missing."""
    rounded = [v if isnan(v) else float(f"{v:.11e}") for v in values]
    present = [v for v in rounded if not isnan(v)]
    return [
        nan if isnan(v) else sum(w < v for w in present) + (sum(w == v for w in present) + 1) / 2
        for v in rounded
    ]
