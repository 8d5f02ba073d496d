"""Series of daily returns that are the same wherever they are made, by formula or written out.

The Mersenne twister's uniform numbers are the same in every Python; the rest is arithmetic.
"""

from __future__ import annotations

import math
from random import Random
from statistics import NormalDist


def student(seed, n, scale=0.01, drift=0.0):
    """n values of a t distribution with 5 degrees of freedom: z0 / sqrt((z1^2 + .. + z5^2) / 5)."""
    draw = Random(seed)

    def z():
        return NormalDist().inv_cdf(1 - draw.random())

    values = []
    for _ in range(n):
        top, *rest = (z() for _ in range(6))
        values.append(drift + scale * top / math.sqrt(sum(x * x for x in rest) / 5))
    return values


def with_zeros(values, every):
    return [0.0 if i % every == 0 else x for i, x in enumerate(values)]


SERIES = {
    "t5_1000": student(42, 1000, drift=0.0003),
    "t5_260": student(7, 260, 0.02),
    "t5_50": student(8, 50),
    "t5_10": student(9, 10),
    "first_day_loss": [-0.02, *student(10, 499)],
    "zeros": with_zeros(student(11, 300), 3),
    "mostly_zeros": with_zeros(student(12, 80), 2) + [0.0] * 40,
    "all_positive": [abs(x) for x in student(13, 120)],
    "all_negative": [-abs(x) for x in student(14, 60)],
    "wild": [max(x, -0.9) for x in student(15, 400, 0.2)],
    "hopeless": student(17, 250, drift=-0.006),
    "two": [0.01, -0.02],
    "three": [0.01, -0.02, 0.03],
    "four": [-0.01, 0.0, 0.02, -0.005],
    "twenty_one": with_zeros(student(16, 21), 5),
    "ruin": [0.1, -1.0, 0.0, 0.05],
}
"""Shared by the tests and by what asks the libraries themselves."""
