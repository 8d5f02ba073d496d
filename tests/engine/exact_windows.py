"""Statistics of one window in whole numbers, rounded once, and data that are hard on kernels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cached_property

import numpy as np

UNIT = Decimal(2) ** -53
FLAT = Decimal("1e-12")
DIGITS = Context(prec=50, Emin=-(10**8), Emax=10**8)


def scaled(values):
    """Whole numbers and what they are to be divided by."""
    ratios = [v.as_integer_ratio() for v in values]
    bottom = max(q for _, q in ratios)
    return [p * (bottom // q) for p, q in ratios], bottom


@dataclass
class Series:
    """The present values of a window: sums of powers of deviations from the mean, exactly."""

    values: list[float]

    def __post_init__(self):
        self.n = len(self.values)
        self.whole, self.bottom = scaled(self.values)
        total = sum(self.whole)
        self.deviations = [self.n * v - total for v in self.whole]  # x n bottom

    def power(self, p, *, absolute=False):
        """Sum of the p-th powers of the deviations."""
        terms = (abs(v) ** p if absolute else v**p for v in self.deviations)
        return Decimal(sum(terms)) / Decimal(self.n * self.bottom) ** p

    @cached_property
    def squares(self):
        return self.power(2)

    @cached_property
    def root(self):
        return self.squares.sqrt()

    @cached_property
    def today(self):
        """Deviation of the last value."""
        return Decimal(self.deviations[-1]) / (self.n * self.bottom)

    def weighted(self, weights=None, *, absolute=False):
        """Mean weighed by whole numbers."""
        weights = weights or [1] * self.n
        total = sum(
            w * (abs(v) if absolute else v) for w, v in zip(weights, self.whole, strict=True)
        )
        return Decimal(total) / self.bottom / sum(weights)

    @cached_property
    def variation(self):
        """Sum of squared deviations as a share of the sum of squares."""
        total = Decimal(sum(v * v for v in self.whole)) / Decimal(self.bottom) ** 2
        return self.squares / total if total else Decimal(0)


def products(x, y):
    """Sum of the products of deviations."""
    total = sum(u * v for u, v in zip(x.deviations, y.deviations, strict=True))
    return Decimal(total) / (x.n * x.bottom) / (y.n * y.bottom)


def skewness(x):
    """Bias-corrected skewness, and the same of absolute third powers."""
    factor = (Decimal(x.n) * x.n * (x.n - 1)).sqrt() / (x.n - 2)
    return [factor * x.power(3, absolute=part) / x.root**3 for part in (False, True)]


def kurtosis(x):
    """Bias-corrected excess kurtosis, and the part of it that comes from fourth powers."""
    n = Decimal(x.n)
    share = n * x.power(4) / x.squares**2
    factor = (n - 1) / ((n - 2) * (n - 3))
    return [factor * ((n + 1) * (share - 3) + 6), factor * (n + 1) * share]


def exact_statistics(xs, ys):
    """Value and scale of every statistic of a window of full pairs.

    The error of a sound kernel is a small multiple of the scale, whatever the data.
    """
    with localcontext(DIGITS):
        x, y = Series(xs), Series(ys)
        n, xy = x.n, products(x, y)
        found = {
            "sum_": (x.weighted() * n, x.weighted(absolute=True) * n),
            "mean": (x.weighted(), x.weighted(absolute=True)),
            "std": ((x.squares / (n - 1)).sqrt(),) * 2 if n > 1 else None,
            "cov": (xy / (n - 1), x.root * y.root / (n - 1)) if n > 1 else None,
        }
        if x.variation > FLAT:
            z = x.today / (x.squares / n).sqrt()
            found["zscore"] = (z, 1 + abs(z))
            found["beta"] = (xy / x.squares, y.root / x.root)
            found["resid"] = (y.today - xy / x.squares * x.today, y.root)
            if n > 2:
                found["skew"] = tuple(skewness(x))
            if n > 3:
                found["kurt"] = tuple(kurtosis(x))
            if y.variation > FLAT:
                r = xy / x.root / y.root
                found["corr"], found["r2"] = (r, 1), (r * r, 1)
        return {name: pair for name, pair in found.items() if pair}


def hard_data(dates, d):
    """Series by what is hard about them, for windows of d dates."""
    rng = np.random.default_rng(dates + d)
    z, at = rng.normal(size=dates), np.arange(dates)
    return {
        "noise": z,
        "far from zero": 1e9 + z,
        "few digits far from zero": 1e9 + np.round(3 * z) * 2.0**-22,
        "tiny variance": 1.0 + 1e-7 * z,
        "the last bit": 1.0 + rng.integers(0, 3, dates) * 2.0**-52,
        "long runs": np.repeat(rng.normal(size=dates // 17 + 1), 17)[:dates],
        "a spike": np.where(at == dates // 2, 1e12, z),
        "a spike ends every block": np.where(at % d == d - 1, 1e6, 1.0 + 1e-3 * z),
        "a spike begins every block": np.where(at % d == 0, 1e6, 1.0 + 1e-3 * z),
        "many sizes": z * 10.0 ** rng.integers(-12, 12, dates),
        "huge beside tiny": z * np.where(at % 2, 1e-60, 1e60),
        "a trend": 1e6 + 0.1 * at,
    }
