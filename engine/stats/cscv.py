"""The winners of combinatorially symmetric splits of a history into two halves.

Of each of the C(S, S/2) ways to call half of S blocks of dates in-sample, the winner n* is the
strategy with the highest in-sample Sharpe ratio, the first of equals. A half in which a strategy's
returns do not vary has no Sharpe ratio and ranks last.

With m the sum and q the sum of squares of the h returns of a half, |SR| grows with m^2 / q, from 0
to h where all returns are the same. So halves are compared by m |m| / q, which is a few operations
on block sums and, unlike a variance, no difference of large numbers. Block sums are added in one
order, so strategies with the same returns tie on every machine.
"""

from __future__ import annotations

from itertools import combinations

import msgspec
import numpy as np
import numpy.typing as npt

from engine.stats.performance import Array

_SAME = 1 - 1e-10  # m^2 / (q h) from here on: sd below 1e-5 |mean|, so rounding
_CELLS = 1 << 15  # numbers held at a time, so that they stay in the processor's cache

Rows = npt.NDArray[np.int64]


class Halves(msgspec.Struct, frozen=True):
    """Sums and sums of squares of every subset of the first and of the last S/2 blocks.

    Each [2^(S/2) x N]; bit k of the number of a row says whether the k-th block is in. dates: the
    length h of a half.
    """

    first: Array
    last: Array
    first_squares: Array
    last_squares: Array
    dates: int


class Winners(msgspec.Struct, frozen=True):
    """The winners of the splits that have one.

    twice_rank: of n* out of sample, 1 = worst, ties averaged. inside, outside: m |m| / q of n*,
    -inf where it has no Sharpe ratio. lost: whether its returns out of sample add up to a loss.
    """

    twice_rank: Rows
    inside: Array
    outside: Array
    lost: npt.NDArray[np.bool_]


def splits(blocks: int, most: int | None = None) -> tuple[Rows, Rows]:
    """The splits whose in-sample half holds the first block, as numbers of subsets of each half.

    The others are their mirror images. With `most`, about so many in all, evenly chosen.
    """
    chosen = np.array(list(combinations(range(1, blocks), blocks // 2 - 1)), dtype=np.int64)
    if most is not None and len(chosen) > most // 2:
        chosen = chosen[np.arange(most // 2) * len(chosen) // (most // 2)]
    inside = 1 + (1 << chosen).sum(axis=1)
    return inside & ((1 << blocks // 2) - 1), inside >> blocks // 2


def halves_of(sums: Array, squares: Array, dates: int) -> Halves:
    """From the sums [S x N] of the blocks."""
    middle = len(sums) // 2
    return Halves(
        first=_subsets(sums[:middle]),
        last=_subsets(sums[middle:]),
        first_squares=_subsets(squares[:middle]),
        last_squares=_subsets(squares[middle:]),
        dates=dates,
    )


def _subsets(sums: Array) -> Array:
    found = np.zeros((1 << len(sums), sums.shape[1]))
    for k, block in enumerate(sums):
        found[1 << k : 2 << k] = found[: 1 << k] + block
    return found


def winners_of(halves: Halves, first: Rows, last: Rows) -> Winners:
    """The winners of the splits and of their mirror images."""
    everything = len(halves.first) - 1
    step = max(1, _CELLS // halves.first.shape[1])
    found: tuple[list[Winners], list[Winners]] = ([], [])
    for begin in range(0, len(first), step):
        one = first[begin : begin + step], last[begin : begin + step]
        other = everything - one[0], everything - one[1]
        scores = _scores(halves, *one), _scores(halves, *other)
        found[0].append(_contest(halves, *scores, *other))
        found[1].append(_contest(halves, *scores[::-1], *one))
    parts = found[0] + found[1]
    return Winners(
        twice_rank=np.concatenate([part.twice_rank for part in parts]),
        inside=np.concatenate([part.inside for part in parts]),
        outside=np.concatenate([part.outside for part in parts]),
        lost=np.concatenate([part.lost for part in parts]),
    )


def _scores(halves: Halves, first: Rows, last: Rows) -> Array:
    """The m |m| / q of every strategy in the halves of these subsets, -inf without variation."""
    total = halves.first[first]
    total += halves.last[last]
    squares = halves.first_squares[first]
    squares += halves.last_squares[last]
    score = np.abs(total)
    score *= total
    score /= squares
    np.abs(score, out=total)
    score[~(total < halves.dates * _SAME)] = -np.inf  # 0 / 0 too
    return score


def _contest(halves: Halves, inside: Array, outside: Array, first: Rows, last: Rows) -> Winners:
    """first, last: the subsets that are out of sample."""
    best = inside.argmax(axis=1)
    row = np.arange(len(best))
    reached = outside[row, best]
    below = np.count_nonzero(outside < reached[:, None], axis=1)
    up_to = np.count_nonzero(outside <= reached[:, None], axis=1)
    exists = np.isfinite(inside[row, best])
    return Winners(
        twice_rank=(below + up_to + 1)[exists],
        inside=inside[row, best][exists],
        outside=reached[exists],
        lost=(halves.first[first, best] + halves.last[last, best] < 0)[exists],
    )
