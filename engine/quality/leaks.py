"""Checks for columns that know the future: what their values say of later returns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from engine import kernels as k
from engine.panel import Array
from engine.quality.found import Found, check, day
from engine.quality.model import RowFilter, Severity
from engine.quality.view import View

PAST, SAME, AHEAD = -1, 0, (1, 2, 3)
SHIFTS = (PAST, SAME, *AHEAD)
SAMPLE = 400  # dates; a leak shows on far fewer
LEAST_DATES = 60
NAMES = 10  # symbols that a correlation across them needs
ACROSS = 0.08  # honest daily rank correlations are below 0.05
OVER_TIME = 0.3  # correlation of a series with the market: honest ones are below 0.1
SIGNIFICANT = 8.0  # standard errors: a hundred columns in three ways give none by chance
BEYOND_PAST = 1.5  # times what the column says of the same and of the past return
CERTAIN = 0.3  # nothing honest says as much of the next return
CLIP = 3.0  # standard deviations


class Knowledge(msgspec.Struct, frozen=True):
    """What a column says of the returns around its date.

    kind: "level" or "change" of the column. shift: dates between value and return; said: its
    correlation, error: its standard error. known: the largest with past and same-day returns.
    """

    kind: str
    shift: int
    said: float
    error: float
    known: float


@check(
    "leak",
    title="Columns that know the next return",
    severity="warning",
    unit="dates",
    rule=f"rank correlation across symbols of {ACROSS:g} or more with the return 1 to 3 dates later"
    f" (over time of {OVER_TIME:g}, for series that are the same for all symbols), {SIGNIFICANT:g}"
    f" standard errors and {BEYOND_PAST:g} times what the column says of past and same-day returns;"
    f" an error from {CERTAIN:g} across symbols. Level and change of each column, open dates only",
)
def leaks(view: View) -> Iterator[Found]:
    """A column that is larger when the return after it will be larger."""
    if view.open_rows < LEAST_DATES:
        return
    for name in view.panel.features:
        values = view.panel.feature(name)[: view.open_rows]
        common = same_for_all(values)
        if common is None and len(view.symbols) >= NAMES:
            found = view.once("across", _across).known_by(values)
            yield from _told(view, name, found, across=True)
        else:
            found = view.once("over time", _over_time).known_by(values, common)
            yield from _told(view, name, found, across=False)


def _across(view: View) -> _Across:
    return _Across.of(view.moves[: view.open_rows])


def _over_time(view: View) -> _OverTime:
    return _OverTime.of(np.concatenate((view.moves, view.market), axis=1)[: view.open_rows])


def _told(view: View, name: str, found: list[Knowledge], *, across: bool) -> Iterator[Found]:
    least = ACROSS if across else OVER_TIME
    leaking = [one for one in found if _is_leak(one, least)]
    if not leaking:
        return
    worst = max(leaking, key=lambda one: abs(one.said))
    severity: Severity = "error" if across and abs(worst.said) >= CERTAIN else "warning"
    where = "across the symbols" if across else "over time"
    what = "change" if worst.kind == "change" else "value"
    yield Found(
        count=view.open_rows,
        message=f"The {what} of {name} has a correlation of {worst.said:+.2f} {where} with the"
        f" return {_later(worst.shift)} later, and of at most {worst.known:.2f} with the returns"
        " before: it knows what nobody could know at that time, or is taken at a later hour than"
        " the price. Find out when its values became known; a publication lag for its domain, or"
        " leaving it out, makes results honest.",
        column=name,
        rows=RowFilter(end=day(view, view.open_rows - 1), columns=(name, view.panel.price)),
        severity=severity,
    )


def _later(shift: int) -> str:
    return "one date" if shift == 1 else f"{shift} dates"


def _is_leak(one: Knowledge, least: float) -> bool:
    strong = abs(one.said) >= max(least, SIGNIFICANT * one.error)
    return strong and abs(one.said) > BEYOND_PAST * one.known


def same_for_all(values: Array) -> Array | None:
    """The series of a column that has one value for all symbols of a date; None for others."""
    low, high = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    many = np.isfinite(values).sum(axis=1) > 1
    return high if many.any() and (low == high)[many].all() else None


def changes(values: Array) -> Array:
    """Change since the date before, relative where all values are above zero."""
    least = np.fmin.reduce(values, axis=None)
    if least > 0:
        values = np.log(values)
    result = np.full_like(values, np.nan)
    np.subtract(values[1:], values[:-1], out=result[1:])
    return result


class _Across(msgspec.Struct, frozen=True, eq=False):
    """Ranks of the returns around some dates, scaled so that products are correlations."""

    rows: np.ndarray
    ranked: dict[int, Array]

    @classmethod
    def of(cls, returns: Array) -> _Across:
        """For as many dates as the sample has, evenly spread."""
        usable = np.arange(1, len(returns) - max(AHEAD))
        step = -(-len(usable) // SAMPLE)
        rows = usable[:: max(step, 1)]
        return cls(rows, {shift: _unit_ranks(returns[rows + shift]) for shift in SHIFTS})

    def known_by(self, values: Array) -> list[Knowledge]:
        """What the level and the change of a column say of each later return."""
        level, before = values[self.rows], values[self.rows - 1]
        forms = {"level": level, "change": changes(np.stack((before, level)))[1]}
        return [one for kind, form in forms.items() for one in self._compared(kind, form)]

    def _compared(self, kind: str, form: Array) -> list[Knowledge]:
        ranked = _unit_ranks(form)
        daily = {s: np.einsum("ij,ij->i", ranked, each) for s, each in self.ranked.items()}
        said = {s: each[each != 0] for s, each in daily.items()}
        if min(map(len, said.values())) < LEAST_DATES:
            return []
        mean = {s: float(each.mean()) for s, each in said.items()}
        error = {s: float(each.std()) / len(each) ** 0.5 for s, each in said.items()}
        known = max(abs(mean[PAST]), abs(mean[SAME]))
        return [Knowledge(kind, s, mean[s], error[s], known) for s in AHEAD]


def _unit_ranks(values: Array) -> Array:
    """Centred ranks of each row with length one, 0 where missing or where there are too few."""
    ranks = k.cs_demean(k.cs_rank(values, False))
    present = np.isfinite(ranks)
    ranks = np.where(present & (present.sum(axis=1) >= NAMES)[:, None], ranks, 0.0)
    length = np.sqrt(np.einsum("ij,ij->i", ranks, ranks))[:, None]
    scaled: Array = np.divide(ranks, length, out=np.zeros_like(ranks), where=length > 0)
    return scaled


class _OverTime(msgspec.Struct, frozen=True, eq=False):
    """Returns of each symbol and of the market in standard deviations, 0 where missing.

    squares: of the scores; present: 1 where there is one, else 0.
    """

    scores: Array
    squares: Array
    present: Array

    @classmethod
    def of(cls, returns: Array) -> _OverTime:
        """The last column is the market."""
        scores = _scores(returns)
        return cls(scores, scores * scores, (scores != 0).astype(np.float64))

    def known_by(self, values: Array, common: Array | None) -> list[Knowledge]:
        """What a column says of each later return, of the symbol of which it says most.

        common: its series when it is the same for all symbols.
        """
        series = values if common is None else common[:, None]
        forms = {"level": series, "change": changes(series)}
        return [one for kind, form in forms.items() for one in self._compared(kind, form)]

    def _compared(self, kind: str, form: Array) -> list[Knowledge]:
        x = _scores(form)
        there = (x != 0).astype(np.float64)
        said = {shift: self._correlations(x, there, shift) for shift in SHIFTS}
        count = _products(there, self.present)
        if count.max(initial=0) < LEAST_DATES:
            return []
        error = 1 / np.sqrt(np.maximum(count, 1))
        known = np.maximum(np.abs(said[PAST]), np.abs(said[SAME]))
        most = {s: int(np.where(count >= LEAST_DATES, np.abs(said[s]), -1).argmax()) for s in AHEAD}
        return [
            Knowledge(kind, s, float(said[s][j]), float(error[j]), float(known[j]))
            for s, j in most.items()
        ]

    def _correlations(self, x: Array, there: Array, shift: int) -> Array:
        """Correlation of x(t) with the score of t + shift, for each symbol."""
        early, late = slice(None, -shift or None), slice(shift, None)
        if shift < 0:
            early, late = slice(-shift, None), slice(None, shift)
        lengths = np.sqrt(
            _products((x * x)[early], self.present[late])
            * _products(there[early], self.squares[late])
        )
        product = _products(x[early], self.scores[late])
        said: Array = np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)
        return said


def _products(x: Array, y: Array) -> Array:
    """Sum over dates of x times each column of y; column by column when x has several."""
    if x.shape[1] == 1:
        whole: Array = x[:, 0] @ y
        return whole
    products: Array = np.einsum("ij,ij->j", x, y[:, : x.shape[1]])
    return products


def _scores(values: Array) -> Array:
    """Each column in standard deviations, held within three, 0 where missing."""
    largest = np.fmax.reduce(np.abs(values), axis=0)
    values = np.divide(values, largest, out=np.zeros_like(values), where=largest > 0)
    centred = values - _column_means(values)
    scale = np.sqrt(_column_means(centred * centred))
    scores = np.divide(centred, scale, out=np.zeros_like(values), where=scale > 0)
    result: Array = np.nan_to_num(np.clip(scores, -CLIP, CLIP))
    return result


def _column_means(values: Array) -> Array:
    present = np.isfinite(values)
    total = np.where(present, values, 0.0).sum(axis=0)
    means: Array = total / np.maximum(present.sum(axis=0), 1)
    return means
