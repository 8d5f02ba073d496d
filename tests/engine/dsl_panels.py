"""Random small panels and trees for the tests of the language."""

from __future__ import annotations

import math
from random import Random

import numpy as np
from hypothesis import strategies as st

from engine.dsl.generate import generate
from engine.dsl.ops import OPS
from engine.dsl.parse import parse
from engine.dsl.tree import Call, Category, Feature, Names, Num, Text
from engine.errors import ExprError
from tests.array_eval import to_array

DAYS, SYMBOLS = 13, 4
FEATURES = ("f0", "f1", "f2")
LEVELS = ("a", "b")
TICKERS = ("A", "B", "C", "D")
NAMES = Names(frozenset(FEATURES), frozenset({"g"}), frozenset(TICKERS))

seeds = st.integers(0, 2**32)


def panel(seed):
    """Features, groups and universe: holes, ties, whole columns that never move.

    Values are multiples of 1/4, or continuous for half of the seeds.
    """
    rng = Random(seed)
    draw = [
        lambda: rng.randint(-8, 8) / 4,
        lambda: rng.choice([0.5, 1.0, 2.0]),
        lambda: rng.gauss(0, 1) if seed % 2 else rng.randint(1, 12) / 4,
    ]
    features = {
        name: [
            [None if rng.random() < 0.1 else value() for _ in range(SYMBOLS)] for _ in range(DAYS)
        ]
        for name, value in zip(FEATURES, draw, strict=True)
    }
    still = rng.randrange(SYMBOLS)
    for day in features["f1"]:
        day[still] = None if day[still] is None else 1.25
    groups = [[rng.choice([*LEVELS, None]) for _ in range(SYMBOLS)] for _ in range(DAYS)]
    universe = [[rng.random() < 0.8 for _ in range(SYMBOLS)] for _ in range(DAYS)]
    return features, groups, universe


def arrays(features, groups, universe=None):
    """The panel as `array_eval.evaluate` takes it."""
    codes = [[LEVELS.index(v) if v else -1 for v in day] for day in groups]
    return {
        "features": {name: to_array(grid) for name, grid in features.items()},
        "codes": {"g": np.array(codes, dtype=np.int32)},
        "universe": None if universe is None else np.array(universe),
        "symbols": TICKERS,
    }


def lists(features, groups, universe=None):
    """The panel as `oracle.evaluate` takes it."""
    return {
        "features": features,
        "categories": {"g": groups},
        "universe": universe,
        "symbols": TICKERS,
    }


def tree(seed, max_depth=4, max_days=4):
    """A random tree over the panel's columns."""
    return generate(Random(seed), NAMES, max_depth, max_days)


trees = seeds.map(tree)


def call(op, days=3):
    """The operator on plain columns, literals at their defaults or small."""
    columns = iter(FEATURES)
    args = []
    for param in op.params:
        if param.kind == "series":
            args.append(Feature(next(columns)))
        elif param.kind == "category":
            args.append(Category("g"))
        elif param.kind == "symbol":
            args.append(Text("B"))
        else:
            usual = days if param.days else 2
            literal = param.default if param.default is not None else usual
            args.append(Num(float(min(literal, param.high if param.high is not None else usual))))
    return Call(op.name, tuple(args))


def variants(op):
    """Calls of the operator that differ in windows and options."""
    for days in (1, 2, 3, 6):
        simple = call(op, days)
        yield simple
        for i, param in enumerate(op.params):
            for other in others(param):
                yield Call(op.name, (*simple.args[:i], Num(other), *simple.args[i + 1 :]))
        if not any(param.days for param in op.params):
            return


def others(param):
    """Further values worth trying: all choices of an option, and numbers besides the usual one."""
    if param.kind == "int" and param.default is not None and not param.days and param.high <= 9:
        return [float(v) for v in range(int(param.low), int(param.high) + 1) if v != param.default]
    if param.days and param.default is not None:
        return [2.0]
    if param.kind != "number" or param.default is None or param.high == 1:
        return []
    return [1.5] if param.default == 0 else [1.0] if param.default > 1 else []


def same(got, want, tolerance=1e-9):
    """The first cell in which two grids differ, in value or in being missing; None if none does."""
    for t, (left, right) in enumerate(zip(got, want, strict=True)):
        for s, (g, w) in enumerate(zip(left, right, strict=True)):
            if g is None and w is None:
                continue
            if (
                g is None
                or w is None
                or not math.isclose(g, w, rel_tol=tolerance, abs_tol=tolerance)
            ):
                return t, s, g, w
    return None


EVERY = list(OPS.values())
EVERY_ID = list(OPS)


def attempt(text, names=NAMES, dialect=None):
    """The tree and None, or None and why there is no tree."""
    try:
        return parse(text, names, dialect), None
    except ExprError as error:
        return None, error
