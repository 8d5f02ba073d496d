"""Which saved runs fit and in which order they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import ParamError, nearest
from engine.stats.performance import Metrics
from engine.store import filters
from engine.store.database import Database
from engine.store.deflation import FINGERPRINT, SHARPE, Deflation
from engine.store.mirror import Column, Mirror, Values, folded, numbers, texts, times

DEFLATED = filters.DEFLATED
ORDERS = (*Metrics.__struct_fields__, "complexity_score", "created_at", DEFLATED)
"""What strategies can be sorted by."""

COLUMNS = {
    **{name: Column(name, numbers) for name in (*ORDERS, *filters.FLAGS) if name != DEFLATED},
    "created_at": Column("created_at", times),
    "dataset": Column("dataset", texts),
}
_EXPR = "(SELECT expr FROM strategy_snapshots s WHERE s.expr_hash = runs.expr_hash)"
EXPR, FOLDED = Column(_EXPR, texts), Column(_EXPR, folded)
HASH = Column("expr_hash", texts)
JOB = Column("job_id", texts)
RUN = Column("(SELECT r.rowid FROM runs r WHERE r.run_id = trials.run_id)", numbers)

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.int64]

_KEPT = 8


class Wanted(NamedTuple):
    """What a list of runs is to hold."""

    dataset: str | None = None
    q: str | None = None
    job_id: str | None = None
    conditions: tuple[filters.Condition, ...] = ()


class Ranking:
    """Row numbers of the runs, sorted and filtered in memory.

    The last answers are kept while no run is added, so that the next page costs nothing.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._runs = Mirror(db, "runs")
        self._trials = Mirror(db, "trials")
        self._deflation = Deflation(db, self._runs, self._trials)
        self._answers: dict[object, Keys] = {}

    def rowids(self, order: str, wanted: Wanted) -> Keys:
        """The row numbers of the runs that fit, in order; ParamError for an unknown order."""
        sorting = parsed_order(order)
        with self._db.lock:
            keys = self._runs.catch_up(COLUMNS[name] for name, _ in sorting if name != DEFLATED)
            trials = len(self._trials.catch_up((JOB, RUN))) if _needs_trials(sorting, wanted) else 0
            question = (sorting, wanted, len(keys), trials, tuple(self._hidden()))
            found = self._answers.pop(question, None)
            if found is None:
                found = keys[self._sorted(sorting, self._places(keys, wanted))]
            self._answers[question] = found
            if len(self._answers) > _KEPT:
                del self._answers[next(iter(self._answers))]
            return found

    def warm(self) -> None:
        """Read everything that can be asked for, so that the first question is answered at once."""
        columns = (*COLUMNS.values(), EXPR, FOLDED, HASH)
        for first in range(0, len(columns), 8):  # a few at a time, so that writers come between
            self._runs.catch_up(columns[first : first + 8])
        self._trials.catch_up((JOB, RUN, FINGERPRINT, SHARPE))

    def figures(self, names: Iterable[str], dataset: str | None) -> dict[str, Values]:
        """Numbers of all runs, or of those on a data set, NaN where there is none."""
        chosen = list(names)
        for name in chosen:
            if name not in filters.NUMBERS:
                raise ParamError(f"Runs have no column of numbers {name[:80]!r}.")
        with self._db.lock:
            keys = self._runs.catch_up(COLUMNS[name] for name in chosen if name != DEFLATED)
            places = self._places(keys, Wanted(dataset))
            return {name: self._column(name)[places] for name in chosen}

    def trial_sharpes(self, fingerprint: str) -> Values:
        """Sharpe ratios of all trials on the data set with that fingerprint that have one."""
        with self._db.lock:
            self._trials.catch_up((FINGERPRINT, SHARPE))
            there = np.asarray(self._trials.read(FINGERPRINT) == fingerprint, dtype=bool)
            sharpes = self._trials.read(SHARPE)
            return np.asarray(sharpes[there & ~np.isnan(sharpes)])

    def _places(self, keys: Keys, wanted: Wanted) -> npt.NDArray[np.intp]:
        """Places of the runs that fit, ascending."""
        fits = ~np.isin(keys, self._hidden()) if self._hidden() else np.ones(len(keys), dtype=bool)
        if wanted.dataset is not None:
            fits &= self._column("dataset") == wanted.dataset
        for condition in wanted.conditions:
            fits &= self._fits(condition)
        if wanted.job_id is not None:
            fits &= self._of_job(keys, wanted.job_id)
        if wanted.q:
            fits &= self._contains(wanted.q)
        return np.flatnonzero(fits)

    def _hidden(self) -> list[int]:
        """Row numbers of the runs that no list shows.

        Those of strategies out of sight, and those that saw locked dates: they cover other dates
        than their neighbours, and who sorts by them searches the lockbox.
        """
        rows = self._db.rows(
            "SELECT runs.rowid FROM hidden JOIN runs USING (expr_hash) UNION SELECT runs.rowid"
            " FROM trials JOIN runs USING (run_id) WHERE source = 'lockbox' ORDER BY 1"
        )
        return [place for (place,) in rows]

    def _sorted(
        self, sorting: Sequence[tuple[str, bool]], places: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.intp]:
        """The places in order: missing values last, equal ones by age in the last direction."""
        if sorting[-1][1]:
            places = places[::-1]
        for name, descends in reversed(sorting):
            values = self._column(name)[places]
            places = places[np.argsort(-values if descends else values, kind="stable")]
        return places

    def deflated(self, rowids: Sequence[int]) -> dict[int, float | None]:
        """Deflated Sharpe ratios of the runs with these row numbers."""
        with self._db.lock:
            values = self._deflation.values()
            places = np.searchsorted(self._runs.catch_up(), rowids)
            found = values[places].tolist()
        return {rowid: None if x != x else x for rowid, x in zip(rowids, found, strict=True)}  # noqa: PLR0124  # NaN

    def _column(self, name: str) -> Values:
        if name == DEFLATED:
            return self._deflation.values()
        return self._runs.read(COLUMNS[name])

    def _fits(self, condition: filters.Condition) -> Mask:
        match condition:
            case filters.Range(name, operator, low, high):
                return _compared(self._column(name), operator, low, high)
            case filters.Words("expr", "has", text):
                return self._has(FOLDED, text)
            case filters.Words(name, "has", text):
                known = {each: text.lower() in each.lower() for each in set(self._column(name))}
                return _mask(known[each] for each in self._column(name))
            case filters.Words(name, operator, text):
                values = self._runs.read(EXPR) if name == "expr" else self._column(name)
                same = np.asarray(values == text, dtype=bool)
                return same if operator == "=" else ~same

    def _has(self, column: Column, text: str) -> Mask:
        needle = text.lower()
        return _mask(needle in each for each in self._runs.read(column))

    def _contains(self, q: str) -> Mask:
        """Where the expression contains `q` or its hash starts with it."""
        needle = q.lower()
        hashes = self._runs.read(HASH)
        return self._has(FOLDED, q) | _mask(each.startswith(needle) for each in hashes)

    def _of_job(self, keys: Keys, job_id: str) -> Mask:
        found = self._trials.read(RUN)[np.asarray(self._trials.read(JOB) == job_id, dtype=bool)]
        return np.isin(keys, found[~np.isnan(found)].astype(np.int64))


def _needs_trials(sorting: Sequence[tuple[str, bool]], wanted: Wanted) -> bool:
    """Whether the answer changes with the ledger alone."""
    named = {name for name, _ in sorting} | {each.name for each in wanted.conditions}
    return wanted.job_id is not None or DEFLATED in named


def parsed_order(order: str) -> tuple[tuple[str, bool], ...]:
    """The known names of an order, each with whether it descends."""
    keys = [key.strip() for key in order.split(",")]
    names = [key.removeprefix("-") for key in keys]
    for name in names:
        if name not in ORDERS:
            raise ParamError(_unknown_order(name))
    return tuple((name, key.startswith("-")) for name, key in zip(names, keys, strict=True))


def _unknown_order(name: str) -> str:
    near = nearest(name, ORDERS)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose one of {', '.join(ORDERS)}."
    return f"Strategies cannot be sorted by {name[:80]!r}. {hint}"


def _compared(values: Values, operator: str, low: float, high: float) -> Mask:
    """Where values stand so to everything from `low` to `high`; nowhere where there is none."""
    match operator:
        case "<":
            found = values < low
        case "<=":
            found = values <= high
        case ">":
            found = values > high
        case ">=":
            found = values >= low
        case "=":
            found = (values >= low) & (values <= high)
        case _:
            found = (values < low) | (values > high)
    return np.asarray(found, dtype=bool)


def _mask(values: Iterable[bool]) -> Mask:
    return np.fromiter(values, dtype=bool)
