"""Which of several rows are best when there are several objectives.

A row dominates another when it is nowhere lower and somewhere higher. Rank 0 is the Pareto front:
the rows that none dominates; rank 1 the front of the rest, and so on. Within a rank the crowding
distance says how alone a row is: over the objectives the sum of the gap between its two neighbours
as a share of the rank's range, infinite at either end, where an objective varies at all.

Deb, Pratap, Agarwal, Meyarivan 2002, A fast and elitist multiobjective genetic algorithm: NSGA-II,
IEEE Transactions on Evolutionary Computation 6(2). The fronts are found row by row in falling order
with a bisection over the fronts so far: Zhang, Tian, Cheng, Jin 2015, An efficient approach to
nondominated sorting, IEEE Transactions on Evolutionary Computation 19(2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_ROOM = 8


def pareto_front(values: npt.ArrayLike) -> Ranks:
    """The rank [n] of each row of `values` [n x objectives], higher is better.

    A missing value (NaN) is lower than any other. Equal rows have the same rank.
    """
    rows = _lowered(values)
    ranks = np.zeros(len(rows), dtype=np.int64)
    fronts: list[_Front] = []
    for place in np.lexsort(-rows.T[::-1]) if rows.size else ():
        rank = _first_free(fronts, rows[place])
        if rank == len(fronts):
            fronts.append(_Front(rows.shape[1]))
        fronts[rank].add(rows[place])
        ranks[place] = rank
    return ranks


def crowding(values: npt.ArrayLike, ranks: Ranks) -> Array:
    """The crowding distance [n] of each row of `values` [n x objectives] within its rank [n].

    Equal rows are neighbours of each other, in their order. An objective that is missing or
    infinite somewhere in a rank, or the same throughout, does not count there.
    """
    rows = _lowered(values)
    distance = np.zeros(len(rows))
    for rank in range(int(ranks.max(initial=-1)) + 1):
        members = np.flatnonzero(ranks == rank)
        for column in rows[members].T:
            distance[members] += _gaps(column)
    return distance


def _lowered(values: npt.ArrayLike) -> Array:
    rows = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(rows), -np.inf, rows)


class _Front:
    """The rows of one rank, in an array that grows."""

    def __init__(self, objectives: int) -> None:
        self._rows = np.empty((_ROOM, objectives))
        self._count = 0

    def add(self, row: Array) -> None:
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._count] = row
        self._count += 1

    def dominates(self, row: Array) -> bool:
        """Whether one of them dominates `row`, which comes after all of them."""
        rows = self._rows[: self._count]
        above = (rows >= row).all(axis=1)
        return bool(above.any() and (rows[above] > row).any())


def _first_free(fronts: list[_Front], row: Array) -> int:
    """The first front of which none dominates `row`; those before it all do."""
    low, high = 0, len(fronts)
    while low < high:
        middle = (low + high) // 2
        if fronts[middle].dominates(row):
            low = middle + 1
        else:
            high = middle
    return low


def _gaps(column: Array) -> Array:
    """Per value the gap between its neighbours over the range, infinite at either end."""
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    gaps = np.zeros(len(column))
    if not np.isfinite(ordered).all() or ordered[-1] == ordered[0]:
        return gaps
    gaps[order[1:-1]] = (ordered[2:] - ordered[:-2]) / (ordered[-1] - ordered[0])
    gaps[order[[0, -1]]] = np.inf
    return gaps
