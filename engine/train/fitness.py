"""What a bred candidate is worth, by what it did on the in-sample dates.

    fitness   = annual Sharpe ratio - parsimony x complexity score - novelty x likeness
    likeness  = the largest correlation of its daily net returns with those of a better candidate
                (of the best 50 so far, by fitness without this term) or of a saved strategy that
                shares at least 60 of the dates; 0 when all are negative

With several objectives these are beside the fitness the largest drawdown, the mean turnover, the
complexity score and the likeness, each the lower the better (a drawdown is negative: the higher); a
term that is an objective is left out of the fitness. A candidate whose Sharpe ratio is undefined is
below all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec
import numpy as np
import numpy.typing as npt

from engine.dsl.complexity import complexity
from engine.dsl.tree import Node
from engine.panel import Array, Panel
from engine.stats.pareto import crowding, pareto_front
from engine.stats.performance import performance
from engine.strategy import unpack_net, unpack_series
from engine.train.config import TrainConfig

ARCHIVE = 50
SHARED = 60
_DIGITS = 9


class Member(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A candidate as a parent: its tree, its figures and its daily net returns in sample.

    number: its place among all that were evaluated. sharpe: None where undefined; then the rest
    says nothing. net [dates of the run in sample].
    """

    node: Node
    number: int
    complexity: float
    sharpe: float | None = None
    drawdown: float = 0.0
    turnover: float = 0.0
    net: Array | None = None


class Judge:
    """Ranks candidates; remembers the best so far, which the others had better not resemble."""

    def __init__(self, panel: Panel, config: TrainConfig, library: Sequence[bytes]) -> None:
        self._config = config
        self._periods = panel.periods_per_year
        self._stop = panel.dates[: in_sample(len(panel.dates), config.out_of_sample)][-1]
        self._saved = [unpack_net(data) for data in library]
        self._lines: list[tuple[npt.NDArray[np.intp], Array]] | None = None
        self._archive: list[Member] = []
        self._count = 0

    def member(self, node: Node, daily: bytes | None) -> Member:
        """What is known of `node` whose daily series is `daily`, None where it was refused."""
        self._count += 1
        score = complexity(node).score
        member = Member(node=node, number=self._count, complexity=score)
        return member if daily is None else self._measured(member, daily)

    def ranked(self, members: Sequence[Member], new: Iterable[Member]) -> list[Member]:
        """`members`, the best first; `new` are those among them it has not seen before."""
        self._remember(new)
        values = self._values(members)
        if values.shape[1] == 1:
            keys: tuple[Array, ...] = (-values[:, 0],)
        else:
            rank = pareto_front(values)
            keys = (-crowding(values, rank), rank.astype(np.float64))
        numbers = np.array([member.number for member in members])
        return [members[place] for place in np.lexsort((numbers, *keys))]

    def _measured(self, member: Member, daily: bytes) -> Member:
        dates, net, turnover = unpack_series(daily, "net", "turnover")
        rows = int(np.searchsorted(dates, self._stop, side="right"))
        dates, net, turnover = dates[:rows], net[:rows].copy(), turnover[:rows]
        if self._lines is None:
            self._lines = [line for line in (_line(dates, *s) for s in self._saved) if line]
        if not turnover.any():
            return member
        first = int((turnover != 0).argmax())
        metrics = performance(net[first:], self._periods)
        return msgspec.structs.replace(
            member,
            sharpe=metrics.ann_sharpe,
            drawdown=metrics.max_dd or 0.0,
            turnover=float(turnover[first:].mean()),
            net=None if metrics.ann_sharpe is None else net,
        )

    def _remember(self, new: Iterable[Member]) -> None:
        able = [member for member in new if member.sharpe is not None]
        best = sorted([*self._archive, *able], key=attrgetter("number"))
        best.sort(key=self._plain, reverse=True)
        self._archive = best[:ARCHIVE]

    def _plain(self, member: Member) -> float:
        """Fitness without regard to the others."""
        if member.sharpe is None:
            return -np.inf
        if "complexity" in self._config.objectives:
            return member.sharpe
        return member.sharpe - self._config.parsimony * member.complexity

    def _values(self, members: Sequence[Member]) -> Array:
        """What there is to maximize, [members x objectives], the fitness first."""
        likeness = self._likeness(members)
        wanted = list(dict.fromkeys(("sharpe", *self._config.objectives)))
        novelty = 0.0 if "novelty" in wanted else self._config.novelty
        plain = np.array([self._plain(member) for member in members])
        columns = {
            "sharpe": plain - novelty * likeness,
            "drawdown": np.array([member.drawdown for member in members]),
            "turnover": -np.array([member.turnover for member in members]),
            "complexity": -np.array([member.complexity for member in members]),
            "novelty": -likeness,
        }
        values = np.stack([columns[name] for name in wanted], axis=1)
        values[~np.isfinite(plain)] = -np.inf
        return values.round(_DIGITS)

    def _likeness(self, members: Sequence[Member]) -> Array:
        able = [place for place, member in enumerate(members) if member.net is not None]
        likeness = np.zeros(len(members))
        if not able:
            return likeness
        nets = np.stack([net for place in able if (net := members[place].net) is not None])
        found = np.zeros(len(able))
        for rows, line in self._lines or ():
            np.maximum(found, _units(nets[:, rows]) @ line, out=found)
        best = np.stack([member.net for member in self._archive if member.net is not None])
        alike = _units(nets) @ _units(best).T
        alike[~self._better([members[place] for place in able])] = 0.0
        likeness[able] = np.maximum(found, alike.max(axis=1, initial=0.0))
        return likeness

    def _better(self, members: Sequence[Member]) -> npt.NDArray[np.bool_]:
        """Whether each of the archive [columns] is before each of `members` [rows]."""
        theirs = np.array([self._plain(member) for member in members])[:, None]
        numbers = np.array([member.number for member in members])[:, None]
        ours = np.array([self._plain(member) for member in self._archive])
        places = np.array([member.number for member in self._archive])
        better: npt.NDArray[np.bool_] = (ours > theirs) | ((ours == theirs) & (places < numbers))
        return better


def in_sample(dates: int, out_of_sample: float) -> int:
    """How many of so many dates, the first ones, the search may look at; at least one."""
    return max(1, dates - round(dates * out_of_sample))


def _line(
    dates: npt.NDArray[np.datetime64], saved: npt.NDArray[np.datetime64], net: Array
) -> tuple[npt.NDArray[np.intp], Array] | None:
    """The rows of `dates` on which a saved strategy has a return, and its unit vector on them."""
    _, rows, theirs = np.intersect1d(dates, saved, assume_unique=True, return_indices=True)
    return (rows, _units(net[theirs][None])[0]) if len(rows) >= SHARED else None


def _units(rows: Array) -> Array:
    """Each row less its mean, of length one; a constant row is all zero."""
    away = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((away * away).sum(axis=1, keepdims=True))
    flat = length <= 1e-12 * (1 + np.abs(rows).max(axis=1, keepdims=True))
    return np.where(flat, 0.0, away / np.where(flat, 1.0, length))
