"""A plain walk over arrays: the kernels through `Op.compute`, without plan, cache or threads."""

from __future__ import annotations

import numpy as np

from engine import kernels as k
from engine.dsl.ops import Axis
from engine.dsl.tree import Call, Category, Feature, Num, Text


def same(value, _args):
    """No noise."""
    return value


def noise(seed):
    """Rounding errors a little larger than real ones, for results of calls."""
    rng = np.random.default_rng(seed)

    def noisy(value, args):
        inputs = [np.abs(a) for a in args if isinstance(a, np.ndarray) and a.dtype == np.float64]
        size = max((np.nanmax(a, initial=0.0) for a in inputs), default=0.0)
        error = rng.uniform(-1, 1, (2, *value.shape))
        return value * (1 + 1e-14 * error[0]) + 1e-15 * size * error[1]

    return noisy


def evaluate(node, features, codes=None, universe=None, symbols=(), disturb=same):
    """Value of `node`: float64 [dates, symbols], missing = NaN.

    `features` and `codes` are arrays by name, `universe` a bool array, `disturb` what happens to
    the result of a call, given its arguments.
    """
    shape = next(iter(features.values())).shape

    def value(node):
        match node:
            case Num():
                return node.value
            case Feature():
                return features[node.name]
            case Category():
                return codes[node.name]
            case Text():
                return np.broadcast_to(np.array(symbols) == node.value, shape).astype(float)
            case Call():
                return call(node)

    def call(node):
        args = [value(arg) for arg in node.args]
        if universe is not None and node.op.axis in {Axis.CROSS, Axis.GROUP}:
            args = [masked(arg, universe) for arg in args]
        return disturb(node.op.compute(*args), args)

    with np.errstate(all="ignore"):
        result = value(node)
    return result if isinstance(result, np.ndarray) else np.full(shape, result)


def masked(arg, universe):
    """The argument of an operator across symbols, without those outside the universe."""
    if not isinstance(arg, np.ndarray):
        return arg
    is_series = arg.dtype == np.float64
    return k.mask(arg, universe) if is_series else np.where(universe, arg, np.int32(-1))


def to_array(grid):
    """A list of dates, None = missing, as an array."""
    return np.array([[np.nan if v is None else v for v in day] for day in grid], dtype=float)


def to_lists(array):
    """The inverse of `to_array`."""
    return [[None if np.isnan(v) else float(v) for v in day] for day in array]
