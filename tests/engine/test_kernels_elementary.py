"""Logarithms, exponentials and powers: accurate, and the same bytes on every processor."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest

from engine import kernels as k
from engine.kernels import native

if k.BACKEND != "c":
    pytest.skip(k.BACKEND_NOTE, allow_module_level=True)

from engine.kernels import compiled_row, twin_row
from engine.kernels.calls import declared

LEVELS = [
    level for level in native.cpu_levels() if (native.LIBRARY / native.file_name(level)).is_file()
]
nan, inf = math.nan, math.inf
DIGITS = Context(prec=60, Emin=-(10**6), Emax=10**6)
LARGEST, BIG, TINY = Decimal(sys.float_info.max), Decimal(2000), Decimal("1e-20")


def log1p(x):
    """ln(1 + |x|) sign(x), by its series where 60 digits do not hold both 1 and x."""
    size = abs(x)
    value = (1 + size).ln() if size > TINY else size - size * size / 2
    return value.copy_sign(x)


def tanh(x):
    if abs(x) < TINY:
        return x - x**3 / 3
    e = (2 * max(min(x, BIG), -BIG)).exp()
    return (e - 1) / (e + 1)


EXACT = {
    "log": lambda x: x.ln() if x > 0 else None,
    "exp": lambda x: x.exp() if x < 1000 else None,
    "tanh": tanh,
    "sigmoid": lambda x: 1 / (1 + max(min(-x, BIG), -BIG).exp()),
    "s_log1p": log1p,
}


def power(x, y):
    """Real x^y of two numbers; None where there is none."""
    if x == 0:
        return None if y < 0 else Decimal(int(y == 0))
    if x < 0 and y != int(y):
        return None
    exponent = Decimal(y) * abs(Decimal(x)).ln()
    if abs(exponent) > 2000:
        return Decimal(0) if exponent < 0 else None
    return exponent.exp() * (-1 if x < 0 and int(y) % 2 else 1)


def ulps(got, want):
    """How many units in the last place `got` is away; 0 where both are missing."""
    if want is None or abs(want) > LARGEST:
        return 0.0 if math.isnan(got) else inf
    return float(abs(Decimal(got) - want) / Decimal(math.ulp(float(want))))


def bits(rng, n):
    """Numbers of random bits: every exponent, denormals included; NaN and infinity left out."""
    x = rng.integers(-(2**63), 2**63, n, dtype=np.int64).view(np.float64)
    return np.where(np.isfinite(x), x, 1.0)


def nasty(rng, n):
    """Numbers that functions get wrong: edges, exact powers, neighbours of 0 and 1."""
    edges = [0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, sys.float_info.min, sys.float_info.max,
             -sys.float_info.max, 709.782712893384, 709.7827128933841, -745.1332191019411,
             -745.1332191019412, -708.4, 18.26, 22.0, 0.5, 0.5**0.5, 2.0**0.5]  # fmt: skip
    tens = 10.0 ** rng.uniform(-16, 2, n)
    parts = [
        np.array(edges), np.nextafter(edges, 9.0), np.nextafter(edges, -9.0),
        2.0 ** np.arange(-1074, 1024, 37), rng.uniform(-750, 750, n), rng.normal(size=n),
        rng.uniform(-0.2, 0.2, n),
        rng.normal(size=n) * tens, 1.0 + rng.normal(size=n) * tens, bits(rng, n),
    ]  # fmt: skip
    x = np.concatenate(parts)
    return x[np.isfinite(x)][None]


@pytest.mark.parametrize("name", EXACT)
def test_functions_of_one_number_are_off_by_less_than_a_unit_in_the_last_place(name):
    x = nasty(np.random.default_rng(1), 1000)
    got = getattr(k, name)(x)[0].tolist()
    with localcontext(DIGITS):
        worst = max(
            (ulps(value, EXACT[name](Decimal(v))), v)
            for v, value in zip(x[0].tolist(), got, strict=True)
        )
    assert worst[0] < 1.0, worst


def powers(rng, n):
    """Bases and exponents: moderate, wide, near 1, whole, negative, special."""
    specials = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -0.5, 1e300, -1e300, 5e-324, 1.7e308, -3.0]
    x = [rng.uniform(0.1, 10, n), np.exp(rng.uniform(-700, 700, n)), bits(rng, n),
         1 + rng.normal(size=n) * 1e-9, rng.integers(-30, 30, n),
         np.repeat(specials, 13)]  # fmt: skip
    y = [rng.uniform(-300, 300, n), rng.uniform(-1.5, 1.5, n), rng.uniform(-3, 3, n),
         rng.normal(size=n) * 1e11, rng.integers(-9, 10, n), np.tile(specials, 13)]  # fmt: skip
    return np.concatenate(x)[None].astype(float), np.concatenate(y)[None].astype(float)


def test_powers_are_off_by_less_than_a_unit_and_cubes_by_less_than_two():
    x, y = powers(np.random.default_rng(2), 1500)
    got = k.pow_(x, y)[0].tolist()
    with localcontext(DIGITS):
        for v, w, value in zip(x[0].tolist(), y[0].tolist(), got, strict=True):
            assert ulps(value, power(v, w)) < (1.5 if w == 3.0 else 0.8), (v, w, value)


def test_signed_powers_keep_the_sign():
    x, y = powers(np.random.default_rng(3), 500)
    got = k.signed_pow(x, y)[0].tolist()
    with localcontext(DIGITS):
        for v, w, value in zip(x[0].tolist(), y[0].tolist(), got, strict=True):
            want = power(abs(v), w)
            zero_or_signed = want and want.copy_sign(Decimal(v))
            if v == 0.0 and w == 0.0:
                zero_or_signed = Decimal(0)
            assert ulps(value, zero_or_signed) < (1.5 if w == 3.0 else 0.8), (v, w, value)


@pytest.mark.parametrize(
    ("x", "y", "want"),
    [
        (-8.0, 1 / 3, nan), (-8.0, 3.0, -512.0), (-2.0, -3.0, -0.125), (-2.0, 4.0, 16.0),
        (-2.0, 1e17, nan), (-0.5, 1e17, 0.0), (-1.0, 2.0**53 - 1, -1.0), (-1.0, 2.0**54, 1.0),
        (0.0, -1.0, nan), (0.0, 0.0, 1.0), (0.0, 0.1, 0.0), (-0.0, 3.0, -0.0), (-0.0, 2.0, 0.0),
        (nan, 0.0, nan), (1.0, nan, nan), (1.0, 1e308, 1.0), (10.0, 308.0, 1e308),
        (10.0, 309.0, nan),
        (2.0, -1074.0, 5e-324), (2.0, -1076.0, 0.0), (3.0, 4.0, 81.0), (10.0, 15.0, 1e15),
        (5e-324, 1.0, 5e-324), (4.0, 0.5, 2.0),
        (1e200, 2.0, nan), (-1e200, 3.0, nan), (1e-200, 2.0, 0.0), (7.0, -1.0, 1 / 7),
    ],
)  # fmt: skip
def test_powers_of_special_numbers(x, y, want):
    one, other = np.full((1, 1), x), np.full((1, 1), y)
    for got in (k.pow_(one, other), k.pow_(one, y), k.pow_(x, other)):
        assert got.tobytes() == np.full((1, 1), want).tobytes(), (got, want)


@pytest.mark.parametrize("base", [2.0, 1.7, 0.3])
def test_powers_at_the_edges_of_the_range(base):
    exponents = np.concatenate([np.linspace(1018, 1026, 640), np.linspace(-1080, -1016, 640)])
    y = exponents[None] / math.log2(base)
    got = k.pow_(base, y)[0].tolist()
    with localcontext(DIGITS):
        for w, value in zip(y[0].tolist(), got, strict=True):
            assert ulps(value, power(base, w)) < 0.8, (w, value)


def test_whole_powers_of_whole_numbers_are_exact():
    x, y = np.meshgrid(np.arange(-40.0, 41.0), np.arange(0.0, 10.0))
    want = [[float(int(v) ** int(w)) for v in x[0]] for w in y[:, 0]]
    np.testing.assert_array_equal(k.pow_(x, y), want)


@pytest.mark.parametrize("kernel", [k.pow_, k.signed_pow])
def test_a_power_is_the_same_whether_an_operand_is_a_number_or_an_array(kernel):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3, 301)) * 10.0 ** rng.integers(-3, 3, (3, 301))
    x[0, ::5], x[1, ::7], x[2, 7], x[2, 8] = 0.0, np.nan, 5e-324, 1e308
    for y in (0.5, 1.0, 2.0, 3.0, -1.0, -2.0, 0.0, 1.7, 4.0, 5.0, 400.0):
        assert kernel(x, y).tobytes() == kernel(x, np.full(x.shape, y)).tobytes(), y
    for v in (2.0, -2.0, 0.0, 1.0, 0.37, 1e-310, 1e300):
        assert kernel(v, x).tobytes() == kernel(np.full(x.shape, v), x).tobytes(), v


FUNCTIONS = {
    **{name: getattr(k, name) for name in EXACT},
    **{f"x^{y}": (lambda x, y=y: k.pow_(x, y)) for y in (0.5, 2.0, 3.0, -1.0, 1.7, 5.0)},
    "1.01^x": lambda x: k.pow_(1.01, x),
    "x^x": lambda x: k.pow_(x, x[:, ::-1].copy()),
    "signed x^0.3": lambda x: k.signed_pow(x, 0.3),
    "signed x^x": lambda x: k.signed_pow(x, x[:, ::-1].copy()),
}


@pytest.mark.skipif(len(LEVELS) < 2, reason="one instruction-set level on this machine")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_instruction_set_level_gives_the_same_bytes(name, monkeypatch):
    x = nasty(np.random.default_rng(5), 20_000)
    x[0, ::13] = np.nan
    x.view(np.uint64)[0, ::26] |= 1 << 63  # a NaN has a sign too
    results = []
    for level in LEVELS:
        library = declared(ctypes.CDLL(str(native.LIBRARY / native.file_name(level))))
        monkeypatch.setattr(compiled_row, "LIB", library)
        results.append(FUNCTIONS[name](x).tobytes())
    assert [result == results[0] for result in results] == [True] * len(LEVELS)


@pytest.mark.parametrize("name", [*EXACT, "x^1.7", "x^5.0", "1.01^x", "signed x^0.3"])
def test_a_cell_does_not_depend_on_its_neighbours(name):
    x = nasty(np.random.default_rng(6), 40)
    whole = FUNCTIONS[name](x)[0]
    for start, stop in [(0, 1), (1, 8), (3, 131), (5, 134), (17, 300)]:
        part = FUNCTIONS[name](x[:, start:stop].copy())[0]
        assert part.tobytes() == whole[start:stop].tobytes(), (start, stop)


@pytest.mark.parametrize("name", [*EXACT, "pow_", "signed_pow"])
def test_the_twin_agrees_within_a_few_units(name):
    rng = np.random.default_rng(7)
    x, y = powers(rng, 500) if "pow" in name else (nasty(rng, 500), None)
    operands = [x] if y is None else [x, y]
    got, want = getattr(k, name)(*operands), getattr(twin_row, name)(*operands)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    there = ~np.isnan(want)
    units = np.abs(got[there] - want[there]) / np.spacing(np.abs(want[there]))
    assert units.max() <= 8.0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into a library of Linux")
def test_no_kernel_calls_a_function_whose_last_bit_is_the_systems():
    names = rb"\0(log|log1p|log2|log10|exp|exp2|expm1|pow|tanh|sinh|cosh|cbrt|hypot)f?\0"
    for level in LEVELS:
        library = (native.LIBRARY / native.file_name(level)).read_bytes()
        assert re.findall(names, library) == [], level
