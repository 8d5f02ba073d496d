"""The paper's formulas evaluated by themselves: a parser and plain definitions, nothing of ours.

Written from the text of the paper and the rules for missing values, windows and ties. A missing
value is NaN. Names of columns are looked up in a dictionary of arrays [dates x symbols].
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

TOKEN = re.compile(r"\s*(\d+\.?\d*|\.\d+|[A-Za-z_][\w.]*|\|\||&&|[<>=!]=|[-+*/^<>?:(),])")


def evaluate(text, columns, groups, functions=None):
    """Value of a formula [dates x symbols]; `functions` take the place of those here."""
    words = TOKEN.findall(text)
    assert "".join(words) == re.sub(r"\s", "", text), text
    with np.errstate(all="ignore"):
        result = Formula(words, columns, groups, FUNCTIONS | (functions or {})).whole()
    shape = next(iter(columns.values())).shape
    return np.broadcast_to(np.asarray(result, dtype=float), shape)


class Formula:
    """A recursive descent that computes as it goes."""

    def __init__(self, words, columns, groups, functions):
        self.words = [*words, ""]
        self.columns = columns
        self.groups = groups
        self.functions = functions

    def whole(self):
        result = self.choice()
        assert self.words == [""], self.words
        return result

    def take(self, *wanted):
        if self.words[0] in wanted:
            return self.words.pop(0)
        return None

    def choice(self):
        condition = self.either()
        if not self.take("?"):
            return condition
        yes = self.choice()
        assert self.take(":")
        no = self.choice()
        return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))

    def either(self):
        left = self.both()
        while self.take("||"):
            right = self.both()
            left = known(np.logical_or(left != 0, right != 0), left, right)
        return left

    def both(self):
        left = self.comparison()
        while self.take("&&"):
            right = self.comparison()
            left = known(np.logical_and(left != 0, right != 0), left, right)
        return left

    def comparison(self):
        left = self.sum()
        sign = self.take("<", ">", "<=", ">=", "==", "!=")
        if sign is None:
            return left
        right = self.sum()
        compare = {
            "<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal,
            "==": np.equal, "!=": np.not_equal,
        }  # fmt: skip
        return known(compare[sign](left, right), left, right)

    def sum(self):
        left = self.product()
        while sign := self.take("+", "-"):
            right = self.product()
            left = finite(left + right if sign == "+" else left - right)
        return left

    def product(self):
        left = self.signed()
        while sign := self.take("*", "/"):
            right = self.signed()
            left = finite(left * right if sign == "*" else np.divide(left, right))
        return left

    def signed(self):
        return -self.signed() if self.take("-") else self.power()

    def power(self):
        base = self.atom()
        if not self.take("^"):
            return base
        exponent = self.signed()
        return finite(known(np.power(base, exponent), base, exponent))

    def atom(self):
        if self.take("("):
            inner = self.choice()
            assert self.take(")")
            return inner
        word = self.words.pop(0)
        if re.match(r"[\d.]", word):
            return float(word)
        name = word.lower()
        if not self.take("("):
            return self.column(name)
        arguments = [self.argument(name)]
        while self.take(","):
            arguments.append(self.argument(name))
        assert self.take(")")
        return finite(self.functions[name](*arguments))

    def argument(self, function):
        if function == "indneutralize" and self.words[0].lower().startswith("indclass"):
            self.words.pop(0)
            return self.groups
        return self.choice()

    def column(self, name):
        if adv := re.fullmatch(r"adv(\d+)", name):
            return mean(self.columns["volume"], int(adv[1]))
        return self.columns[name]


def finite(value):
    """The value, missing where it is no finite number."""
    return np.where(np.isfinite(value), value, np.nan)


def known(outcome, *operands):
    """The outcome as a number, missing where an operand is: numpy has 1 ^ missing = 1."""
    missing = np.logical_or(*map(np.isnan, operands))
    return np.where(missing, np.nan, outcome.astype(float))


def key(x):
    """The value a rank sees: 12 significant digits."""
    return np.array([float(f"{v:.11e}") for v in x.ravel()]).reshape(x.shape)


# Across symbols


def rank(x):
    keys = key(x)
    mine, others = keys[:, :, None], keys[:, None, :]
    places = (others < mine).sum(axis=2) + ((others == mine).sum(axis=2) + 1) / 2
    result = places / np.count_nonzero(~np.isnan(x), axis=1)[:, None]
    return np.where(np.isnan(x), np.nan, result)


def scale(x, a=1.0):
    return a * x / np.nansum(np.abs(x), axis=1, keepdims=True)


def neutralize(x, groups):
    result = np.full(x.shape, np.nan)
    for row, (values, labels) in enumerate(zip(x, groups, strict=True)):
        for label in set(labels) - {None}:
            members = [i for i, each in enumerate(labels) if each == label]
            present = [values[i] for i in members if not np.isnan(values[i])]
            for i in members:
                if present:
                    result[row, i] = values[i] - math.fsum(present) / len(present)
    return result


# Over time. A window is [dates from the first full one on, symbols, days], oldest day first.


def over(function, least=1, *, today=False):
    """A function of one window as one of a column and a number of days."""

    def rolled(x, days):
        days = math.floor(days)
        result = np.full(x.shape, np.nan)
        if len(x) < days:
            return result
        window = sliding_window_view(x, days, axis=0)
        count = np.count_nonzero(~np.isnan(window), axis=2)
        exists = count >= max(least, math.ceil(days / 2))
        if today:
            exists &= ~np.isnan(window[:, :, -1])
        result[days - 1 :] = np.where(exists, function(window), np.nan)
        return result

    return rolled


def total(window):
    return np.nansum(window, axis=2)


def counted(window):
    return np.count_nonzero(~np.isnan(window), axis=2)


def average(window):
    return total(window) / counted(window)


def largest(window):
    return np.where(np.isnan(window), -np.inf, window).max(axis=2)


def smallest(window):
    return -largest(-window)


def deviation(window):
    spread = total((window - average(window)[:, :, None]) ** 2) / (counted(window) - 1)
    return np.where(largest(window) == smallest(window), 0.0, np.sqrt(spread))


def weighted(window):
    weights = np.arange(1, window.shape[2] + 1.0)
    present = np.where(np.isnan(window), 0.0, weights)
    return total(window * weights) / present.sum(axis=2)


def first_largest(window):
    return np.where(np.isnan(window), -np.inf, window).argmax(axis=2) + 1


def ts_rank(x, days):
    def place(window):
        last = window[:, :, -1:]
        below, equal = (window < last).sum(axis=2), (window == last).sum(axis=2)
        return (below + (equal + 1) / 2) / counted(window)

    return over(place, today=True)(key(x), days)


def delay(x, days):
    days = math.floor(days)
    return np.vstack([np.full((days, x.shape[1]), np.nan), x])[: len(x)]


def pairs(x, y, days):
    """Windows of both columns with what is missing in either missing in both."""
    missing = np.isnan(x) | np.isnan(y)
    return [sliding_window_view(np.where(missing, np.nan, each), days, axis=0) for each in (x, y)]


def two(function):
    """A function of two windows of pairs, at least two of them."""

    def rolled(x, y, days):
        days = math.floor(days)
        result = np.full(x.shape, np.nan)
        if len(x) >= days:
            first, second = pairs(x, y, days)
            exists = counted(first) >= max(2, math.ceil(days / 2))
            result[days - 1 :] = np.where(exists, function(first, second), np.nan)
        return result

    return rolled


def centred(window):
    """Distances from the mean, exactly 0 where all values are equal."""
    distances = window - average(window)[:, :, None]
    equal = (largest(window) == smallest(window))[:, :, None]
    return np.where(equal & ~np.isnan(window), 0.0, distances)


def covariance(x, y):
    return total(centred(x) * centred(y)) / (counted(x) - 1)


def correlation(x, y):
    flat = np.zeros(x.shape[:2], dtype=bool)
    for each in (x, y):
        flat |= total(centred(each) ** 2) <= 1e-12 * total(each**2)
    size = np.sqrt(total(centred(x) ** 2) * total(centred(y) ** 2))
    return np.where(flat, np.nan, np.clip(total(centred(x) * centred(y)) / size, -1, 1))


mean = over(average)
ts_min, ts_max = over(smallest), over(largest)


def smaller(x, y):
    return ts_min(x, y) if isinstance(y, float) else np.minimum(x, y)


def larger(x, y):
    return ts_max(x, y) if isinstance(y, float) else np.maximum(x, y)


FUNCTIONS = {
    "abs": np.abs,
    "log": np.log,
    "sign": np.sign,
    "signedpower": lambda x, a: known(np.sign(x) * np.abs(x) ** a, x, a),
    "rank": rank,
    "scale": scale,
    "indneutralize": neutralize,
    "delay": delay,
    "delta": lambda x, d: x - delay(x, d),
    "sum": over(total),
    "product": over(lambda window: np.nanprod(window, axis=2)),
    "stddev": over(deviation, 2),
    "decay_linear": over(weighted),
    "min": smaller,
    "max": larger,
    "ts_min": ts_min,
    "ts_max": ts_max,
    "ts_argmax": over(first_largest, today=True),
    "ts_argmin": lambda x, d: over(first_largest, today=True)(-x, d),
    "ts_rank": ts_rank,
    "correlation": two(correlation),
    "covariance": two(covariance),
}
"""The functions of the paper's appendix, in small letters."""
