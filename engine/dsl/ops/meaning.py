"""The rules every operator obeys, in plain Python: what the specs are written with.

Nothing here knows the kernels; the tests compare the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Maybe = float | None
Spec = Callable[..., Any]

TINY = 1e-12
"""A sum of squared deviations below TINY x the sum of squares counts as no variance."""

TOO_SMALL = 1e-280
"""A sum of squares below it is of numbers too small to be squared, and counts as zero."""


def finite(value: Any) -> Maybe:
    """The value as a float; missing where it is not a finite real number."""
    if value is None or isinstance(value, complex) or not math.isfinite(value):
        return None
    return float(value)


def attempt(function: Spec, *args: Any) -> Maybe:
    """The result; missing where it has none (division by zero, overflow, outside the domain)."""
    try:
        return finite(function(*args))
    except (ArithmeticError, ValueError):
        return None


def strict(function: Spec) -> Spec:
    """A row spec that is missing where any operand is."""

    def spec(*values: Maybe) -> Maybe:
        return None if None in values else attempt(function, *values)

    return spec


def enough(days: int, minimum: int) -> int:
    """Present values a window of `days` needs."""
    return max(minimum, (days + 1) // 2)


def over(function: Spec, minimum: int = 1, *, today: bool = False) -> Spec:
    """A time spec: `function` of the present values of the window, oldest first.

    With `today` the result is missing where today's value is.
    """

    def spec(xs: Sequence[Maybe], days: int, *literals: float) -> Maybe:
        present = [x for x in xs[-days:] if x is not None]
        if len(xs) < days or len(present) < enough(days, minimum) or (today and xs[-1] is None):
            return None
        return attempt(function, present, *literals)

    return spec


def against(function: Spec, combined: Spec) -> Spec:
    """A time spec of today's value and a statistic of the window; other literals follow."""

    def spec(xs: Sequence[Maybe], days: int, *literals: float) -> Maybe:
        other = over(function)(xs, days)
        if other is None or xs[-1] is None:
            return None
        return attempt(combined, xs[-1], other, *literals)

    return spec


def placed(function: Spec, minimum: int = 1, *, today: bool = False) -> Spec:
    """As `over`, for a function of (days ago, value) pairs, today first."""

    def spec(xs: Sequence[Maybe], days: int, *literals: float) -> Maybe:
        pairs = [(ago, x) for ago, x in enumerate(reversed(xs[-days:])) if x is not None]
        if len(xs) < days or len(pairs) < enough(days, minimum) or (today and xs[-1] is None):
            return None
        return attempt(function, pairs, *literals)

    return spec


def together(function: Spec, minimum: int, *, today: bool = False) -> Spec:
    """A time spec of two series: `function` of the pairs of which both values are present."""

    def spec(xs: Sequence[Maybe], ys: Sequence[Maybe], days: int, *literals: float) -> Maybe:
        window = zip(xs[-days:], ys[-days:], strict=True)
        pairs = [(x, y) for x, y in window if x is not None and y is not None]
        if len(xs) < days or len(pairs) < enough(days, minimum):
            return None
        if today and (xs[-1] is None or ys[-1] is None):
            return None
        left, right = zip(*pairs, strict=True)
        return attempt(function, left, right, *literals)

    return spec


def across(function: Spec) -> Spec:
    """A cross spec: `function` of the present values gives one result each."""

    def spec(xs: Sequence[Maybe], *literals: float) -> list[Maybe]:
        results = iter(function([x for x in xs if x is not None], *literals))
        return [None if x is None else finite(next(results)) for x in xs]

    return spec


def within(function: Spec) -> Spec:
    """A group spec: `function` of the present values of each group gives one result each."""

    def spec(xs: Sequence[Maybe], groups: Sequence[Any], *literals: float) -> list[Maybe]:
        result: list[Maybe] = [None] * len(xs)
        for group in {g for g in groups if g is not None}:
            members = [x if g == group else None for x, g in zip(xs, groups, strict=True)]
            for i, value in enumerate(across(function)(members, *literals)):
                result[i] = value if members[i] is not None else result[i]
        return result

    return spec


def mean(xs: Sequence[float]) -> float:
    """Arithmetic mean."""
    return math.fsum(xs) / len(xs)


def deviations(xs: Sequence[float]) -> list[float]:
    """Distances from the mean; all exactly 0 where the values are equal."""
    centre = xs[0] if min(xs) == max(xs) else mean(xs)
    return [x - centre for x in xs]


def squares(xs: Sequence[float]) -> float:
    """Sum of squares."""
    return math.fsum(x * x for x in xs)


def flat(xs: Sequence[float]) -> bool:
    """Whether the values count as having no variance."""
    return squares(deviations(xs)) <= TINY * squares(xs) + TOO_SMALL


def std(xs: Sequence[float], ddof: int = 0) -> float:
    """Standard deviation with divisor n - ddof."""
    total = squares(deviations(xs))
    return math.sqrt((0.0 if total < TOO_SMALL else total) / (len(xs) - ddof))


def zscores(xs: Sequence[float]) -> list[Maybe]:
    """Deviations in units of the standard deviation (ddof 0)."""
    if not xs or flat(xs):
        return [None] * len(xs)
    return [x / std(xs) for x in deviations(xs)]


def key(x: float) -> float:
    """The value a rank sees: 12 significant digits, so that float noise breaks no tie."""
    return float(f"{x:.11e}")


def ranks(xs: Sequence[float]) -> list[float]:
    """Average ranks from 1 (lowest)."""
    keys = [key(x) for x in xs]
    return [sum(k < mine for k in keys) + (keys.count(mine) + 1) / 2 for mine in keys]


def unit_ranks(xs: Sequence[float], percent: float = 0) -> list[float]:
    """Average ranks as (rank - 1)/(n - 1), one value 0.5; with `percent` rank/n."""
    if percent:
        return [r / len(xs) for r in ranks(xs)]
    return [(r - 1) / (len(xs) - 1) if len(xs) > 1 else 0.5 for r in ranks(xs)]


def quantile(xs: Sequence[float], q: float) -> float:
    """The q-quantile, linear between the neighbours."""
    ordered = sorted(xs)
    place = q * (len(xs) - 1)
    below = min(int(place), len(xs) - 2) if len(xs) > 1 else 0
    above = min(below + 1, len(xs) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def between_ends(xs: Sequence[float], constant: float = 0.0) -> list[Maybe]:
    """(x - min) / (max - min) - constant; none where all are equal."""
    return [attempt(lambda x=x: (x - min(xs)) / (max(xs) - min(xs)) - constant) for x in xs]


def slope(ys: Sequence[float], xs: Sequence[float]) -> float:
    """Least-squares slope of y on x with intercept; no value where x has no variance."""
    if flat(xs):
        raise ZeroDivisionError
    return products(xs, ys) / squares(deviations(xs))


def products(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Sum of the products of the deviations."""
    return math.fsum(a * b for a, b in zip(deviations(xs), deviations(ys), strict=True))


def residuals(ys: Sequence[float], xs: Sequence[float]) -> list[float]:
    """What a least-squares line of y on x leaves unexplained."""
    b = slope(ys, xs)
    return [dy - b * dx for dy, dx in zip(deviations(ys), deviations(xs), strict=True)]


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Pearson correlation, within [-1, 1]; no value where either has no variance."""
    if flat(xs) or flat(ys):
        raise ZeroDivisionError
    power = squares(deviations(xs)) * squares(deviations(ys))
    if not TOO_SMALL < power < math.inf:
        raise ZeroDivisionError
    return min(max(products(xs, ys) / math.sqrt(power), -1.0), 1.0)


def smoothed(xs: Sequence[Maybe], alpha: float) -> Maybe:
    """Exponential mean: alpha x + (1 - alpha) times the one before, from the first value on.

    Missing where today is.
    """
    state: Maybe = None
    for x in xs:
        if x is not None:
            state = x if state is None else alpha * x + (1 - alpha) * state
    return None if xs[-1] is None else state


def changes(xs: Sequence[Maybe]) -> list[Maybe]:
    """Differences from one day to the next; the first has none."""
    return [None, *(None if a is None or b is None else b - a for a, b in pairwise(xs))]
