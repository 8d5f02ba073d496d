"""Pareto fronts and crowding, against the definitions in loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.stats.pareto import crowding, pareto_front

VALUES = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0, math.nan, math.inf, -math.inf])
TABLES = st.tuples(st.integers(0, 25), st.integers(1, 4)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=VALUES)
)


def slow_ranks(rows):
    """Front after front: what none of the rest dominates."""
    rows = [[-math.inf if math.isnan(x) else x for x in row] for row in rows]
    ranks, left, rank = [0] * len(rows), set(range(len(rows))), 0
    while left:
        front = {i for i in left if not any(dominates(rows[j], rows[i]) for j in left)}
        for i in front:
            ranks[i] = rank
        left -= front
        rank += 1
    return ranks


def dominates(a, b):
    pairs = list(zip(a, b, strict=True))
    return all(x >= y for x, y in pairs) and any(x > y for x, y in pairs)


def slow_crowding(rows, ranks):
    """The sums of NSGA-II, objective by objective."""
    distance = [0.0] * len(rows)
    for rank in set(ranks):
        members = [i for i in range(len(rows)) if ranks[i] == rank]
        for objective in range(len(rows[0])):
            order = sorted(members, key=lambda i: rows[i][objective])
            low, high = rows[order[0]][objective], rows[order[-1]][objective]
            if any(not math.isfinite(rows[i][objective]) for i in order) or low == high:
                continue
            distance[order[0]] = distance[order[-1]] = math.inf
            for before, i, after in zip(order, order[1:], order[2:], strict=False):
                gap = rows[after][objective] - rows[before][objective]
                distance[i] += gap / (high - low)
    return distance


@given(TABLES)
def test_ranks_are_those_of_the_definition(rows):
    assert pareto_front(rows).tolist() == slow_ranks(rows.tolist())


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 25), st.integers(1, 3)),
                     elements=st.integers(-3, 3).map(float)))  # fmt: skip
def test_crowding_is_that_of_the_definition(rows):
    ranks = pareto_front(rows)
    assert crowding(rows, ranks).tolist() == pytest.approx(
        slow_crowding(rows.tolist(), ranks.tolist())
    )


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_objectives_does_not_matter(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    columns = random.sample(range(rows.shape[1]), rows.shape[1])
    assert pareto_front(rows[order][:, columns]).tolist() == pareto_front(rows)[order].tolist()


def test_a_small_case_by_hand():
    rows = [[2.0, 1.0], [1.0, 2.0], [1.0, 1.0], [0.0, 3.0], [1.0, 2.0], [math.nan, 0.0]]
    assert pareto_front(rows).tolist() == [0, 0, 1, 0, 0, 2]
    ranks = pareto_front([[0.0, 4.0], [1.0, 3.0], [3.0, 1.0], [4.0, 0.0]])
    assert ranks.tolist() == [0, 0, 0, 0]
    assert crowding([[0.0, 4.0], [1.0, 3.0], [3.0, 1.0], [4.0, 0.0]], ranks).tolist() == [
        math.inf, 1.5, 1.5, math.inf,
    ]  # fmt: skip


def test_one_objective_ranks_distinct_values():
    assert pareto_front([[3.0], [1.0], [3.0], [2.0]]).tolist() == [0, 2, 0, 1]


def test_nothing_has_no_front():
    assert pareto_front(np.empty((0, 2))).tolist() == []
    assert crowding(np.empty((0, 2)), np.empty(0, dtype=np.int64)).tolist() == []


def test_ten_thousand_rows_take_seconds():
    rows = np.random.default_rng(1).normal(size=(10_000, 3)).round(2)
    ranks = pareto_front(rows)
    best = rows[ranks == 0]
    assert all((best >= row).all(axis=1).any() for row in rows[ranks == 1])
