"""The trials of single operators, each on the very values it is given in the expression.

A whole expression can be given another future after one date at a time only, since what carries a
state, or compares symbols, passes every change on. An operator alone can be tried at many places at
once, so that a leak on few dates, or in few cells, has nowhere to hide:

    today only      half of the dates altered, then the other half; the rest must not change
    a window        one date altered in each stretch longer than two windows, elsewhere for each
                    symbol; what is further away must not change
    all history     everything altered from a date on, another date for each symbol; of an operator
                    across symbols the same date for a few symbols

Whatever changes is confirmed by altering everything after its date and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import ceil
from typing import NamedTuple

import msgspec
import numpy as np

from engine.dsl.ops import Axis
from engine.dsl.tree import Call, Category, Feature, Node, Num, Text, is_constant, walk
from engine.evaluate.run import evaluate
from engine.kernels.pool import Array
from engine.lookahead.futures import Futures, How, Mask, Values, first_change
from engine.panel import Panel

PLACES = 6000
"""Pairs of symbol and date that an operator with a past is tried at, where there are as many."""

_DATES = 1500
_NARROW = 8
_CELLS = 4_000_000
_FEWEST, _MOST = 8, 128
_HOW: tuple[How, ...] = ("noise", "magnified", "mirrored", "missing")


class Leak(NamedTuple):
    """An operator that reads later dates, the first date seen to change, and how."""

    operator: str
    row: int
    how: How


class _Trial(NamedTuple):
    """Cells to be altered, those that must not change with them, and how they are altered."""

    altered: Mask
    fixed: Mask
    how: How


def steps(node: Node) -> list[Call]:
    """Every operator of the expression, with its arguments, once."""
    calls = dict.fromkeys(n for n in walk(node) if isinstance(n, Call) and not is_constant(n))
    return list(calls)


def leaking_step(panel: Panel, node: Node, seed: int) -> Leak | None:
    """The first operator of `node`, arguments before what they are given to, that reads ahead."""
    if len(panel.dates) < 2:
        return None
    for number, call in enumerate(steps(node)):
        leak = _leak(_alone(panel, call), seed + number)
        if leak is not None:
            return leak
    return None


class _Step(NamedTuple):
    """An operator on columns that hold its arguments, and nothing else."""

    panel: Panel
    call: Call


def _alone(panel: Panel, call: Call) -> _Step:
    """The operator with its arguments for columns; the universe and its categories stay."""
    columns: dict[str, Values] = {}
    arguments: list[Node] = []
    for place, arg in enumerate(call.args):
        if isinstance(arg, Num | Text) or is_constant(arg):
            arguments.append(arg)
        elif isinstance(arg, Category):
            columns[arg.name] = panel.codes(arg.name)
            arguments.append(arg)
        else:
            name = f"argument {place} of {call.name}"
            columns[name] = evaluate(panel, arg)
            arguments.append(Feature(name))
    universe = panel.universe_column if call.op.axis in {Axis.CROSS, Axis.GROUP} else None
    if universe is not None:
        columns[universe] = panel.load(universe)[: len(panel.dates)]
    alone = msgspec.structs.replace(
        panel,
        features=tuple(columns),
        universe_column=universe,
        lags={},
        load=columns.__getitem__,
        cache={},
    )
    return _narrow(_Step(alone, Call(call.name, tuple(arguments))))


def _narrow(step: _Step) -> _Step:
    """An operator across symbols that carries a state is tried on a few symbols, at more dates."""
    panel, call = step
    if call.op.axis is Axis.TIME or _lookback(call) is not None:
        return step
    kept = np.linspace(0, len(panel.symbols) - 1, min(_NARROW, len(panel.symbols))).astype(int)
    columns = {name: np.ascontiguousarray(panel.load(name)[:, kept]) for name in panel.features}
    symbols = tuple(panel.symbols[i] for i in kept)
    narrow = msgspec.structs.replace(panel, symbols=symbols, load=columns.__getitem__, cache={})
    return _Step(narrow, call)


def _lookback(call: Call) -> int | None:
    return call.op.lookback(*call.literals)


def _leak(step: _Step, seed: int) -> Leak | None:
    panel, call = step
    whole, futures = evaluate(panel, call), Futures(panel, seed)
    for trial in _trials(step, np.random.default_rng(seed)):
        after = evaluate(futures.altered(trial.altered, trial.how), call)
        changed = first_change(whole, after, trial.fixed)
        if changed is not None and (leak := _confirmed(step, futures, whole, changed)):
            return leak
    return None


def _confirmed(step: _Step, futures: Futures, whole: Array, row: int) -> Leak | None:
    """Whether the dates up to `row` change when nothing but what comes after does."""
    panel, call = step
    if row + 1 >= len(panel.dates):
        return None
    for how in (*_HOW, "truncated"):
        after = evaluate(futures.after(row + 1, how), call)[: row + 1]
        changed = first_change(whole[: row + 1], after)
        if changed is not None:
            return Leak(call.name, changed, how)
    return None


def _trials(step: _Step, rng: np.random.Generator) -> Iterator[_Trial]:
    """The places where the operator is tried, and how: on few cells everywhere in every way."""
    panel, call = step
    back = _lookback(call)
    if back == 0:
        return _halves(panel.shape, rng)
    alike = call.op.axis is not Axis.TIME
    if back is None:
        return _cuts(panel.shape, rng, alike=alike)
    return _single_dates(panel.shape, back, rng, alike=alike)


def _halves(shape: tuple[int, int], rng: np.random.Generator) -> Iterator[_Trial]:
    """Half of the dates at random, then the others."""
    dates, symbols = shape
    halves = min(_MOST, max(_FEWEST, _CELLS // (dates * symbols))) // 2
    for turn in range(halves):
        half = rng.random((dates, 1)) < 0.5
        yield _Trial(half, ~half, _HOW[turn % len(_HOW)])
        yield _Trial(~half, half, _HOW[turn % len(_HOW)])


def _cuts(shape: tuple[int, int], rng: np.random.Generator, *, alike: bool) -> Iterator[_Trial]:
    """Everything from a date on, another date for each symbol and trial."""
    dates, symbols = shape
    trials = _DATES if alike else ceil(PLACES / symbols)
    first = rng.integers(0, dates - 1, 1 if alike else symbols)
    day = np.arange(dates)[:, None]
    for place, how in islice(product(rng.permutation(dates - 1), _HOW), trials):
        cut = 1 + (first + place) % (dates - 1)
        yield _Trial(day >= cut, day < cut, how)


def _single_dates(
    shape: tuple[int, int], back: int, rng: np.random.Generator, *, alike: bool
) -> Iterator[_Trial]:
    """One date of each stretch longer than two windows, another one in each trial."""
    dates, symbols = shape
    reach = min(2 * back + 4, dates)
    columns = 1 if alike else symbols
    trials = max(2 * _FEWEST, ceil(2 * PLACES / (columns * max(1, dates // reach))))
    first = rng.integers(0, reach, columns)
    day = np.arange(dates)[:, None]
    periods = 2 * back + 3, 2 * back + 4  # two, or what is a period away would never be tried
    for place, how, period in islice(product(rng.permutation(reach), _HOW, periods), trials):
        offset = (first + place) % reach
        age = (day - offset) % period
        yield _Trial(age == 0, (age > back) | (day < offset), how)
