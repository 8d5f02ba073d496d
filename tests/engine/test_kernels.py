"""The kernels in use: what they mean, against plain Python and exact arithmetic."""

from __future__ import annotations

import os
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import kernels as k
from engine.kernels import native
from engine.kernels.keys import rank_key
from tests.engine.kernel_reference import NAMES, TWIN, arguments, average_ranks, cut, exact, panel

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.sampled_from([(1, 1), (1, 3), (7, 1), (7, 130), (60, 3), (60, 130)])


def column(*values):
    return np.array(values, float)[:, None]


def row(*values):
    return np.array([values], float)


def test_every_kernel_of_the_twin_is_exported():
    assert {name for name in NAMES if not hasattr(k, name)} == set()


def test_the_compiled_kernels_are_in_use_where_they_are_built():
    if os.environ.get("KVANT_KERNELS") == "numpy" or "not built" in native.note():
        pytest.skip(native.note())
    assert k.BACKEND == "c", k.BACKEND_NOTE


@given(SEEDS, SHAPES)
def test_no_kernel_makes_an_infinity_or_changes_its_input(seed, shape):
    values = panel(np.random.default_rng(seed), *shape)
    values["x"] = values["x"] * 1e250  # sums of squares overflow, values do not
    before = {key: np.copy(v) for key, v in values.items()}
    for name in NAMES:
        result = getattr(k, name)(**arguments(name, values))
        assert (result.shape, result.dtype) == (shape, np.float64), name
        assert not np.isinf(result).any(), name
    for key, value in values.items():
        np.testing.assert_array_equal(value, before[key])


@given(SEEDS, SHAPES, st.floats(0.0, 1.0))
def test_nothing_sees_the_future(seed, shape, share):
    values = panel(np.random.default_rng(seed), *shape)
    rows = max(1, int(share * shape[0]))
    for name in NAMES:
        kernel = getattr(k, name)
        whole = kernel(**arguments(name, values))[:rows]
        assert kernel(**arguments(name, cut(values, rows))).tobytes() == whole.tobytes(), name


WINDOWS = {
    "shares": [100.25, 100.5, 99.75, 101.0, 100.25, 100.0, 102.5],
    "far from zero": [1e9 + v for v in (0.1, 0.2, 0.15, 0.9, 0.3, 0.7, 0.4)],
    "tiny variance": [1.0 + v * 1e-7 for v in (1, 3, 2, 5, 9, 4, 7)],
    "spike": [1.0, 1.5, 1e12, 0.5, 2.0, 1.25, 0.75],
    "small": [1e-9 * v for v in (1, 3, 2, 5, 9, 4, 7)],
    "constant": [0.1] * 7,
    "mixed signs": [-1e6, 2.0, 1e6, -3.0, 0.5, 7.0, -2.0],
}


@pytest.mark.parametrize("after", [0, 3, 9, 40])
@pytest.mark.parametrize("kind", ["mean", "std", "zscore", "skew", "kurt", "corr", "beta", "resid"])
@pytest.mark.parametrize("label", WINDOWS)
def test_moments_match_exact_arithmetic_also_after_a_spike_left(label, kind, after):
    window, other = WINDOWS[label], [3.0, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0]
    history = [1e12 if i % 5 == 0 else 7.0 for i in range(after)]
    x, y = column(*history, *window), column(*history, *other)
    options = {"std": (1,)}.get(kind, ())
    if kind == "corr":
        got = k.corr(x, y, 7, 4)
    elif kind in {"beta", "resid"}:
        got = getattr(k, kind)(y, x, 7, 4)
    else:
        got = getattr(k, kind)(x, 7, 4, *options)
    want = exact(kind, window, other)
    scale = {"resid": 10.0, "skew": 1.0, "kurt": 1.0, "corr": 1.0, "zscore": 1.0}.get(kind, 0.0)
    assert got[-1, 0] == pytest.approx(want, rel=1e-9, abs=1e-9 * scale or 1e-300, nan_ok=True)


@pytest.mark.parametrize("offset", [0.1, 1e9 + 0.3, -7.7e-9, 1e200])
@pytest.mark.parametrize("d", [2, 5, 20])
def test_the_std_of_equal_values_is_exactly_zero_and_has_no_zscore(offset, d):
    x = np.full((90, 3), offset)
    x[30] = np.nan
    x[50, 1] = 1e12
    std, zscore = k.std(x, d, 2, 1), k.zscore(x, d, 2)
    clean = np.array([0, 2])
    exists = ~np.isnan(std[:, clean])
    assert exists[d - 1 :].mean() > 0.9 or d == 2
    assert np.unique(std[:, clean][exists]).tolist() == [0.0]
    assert np.isnan(zscore[:, clean]).all()
    assert np.nanmax(std[50 + d :, 1]) == 0.0


@given(
    st.lists(
        st.one_of(
            st.floats(allow_infinity=False),
            st.decimals(-1000, 1000, places=13).map(float),
            st.integers(-(10**14), 10**14).map(float),
            st.sampled_from([0.0, -0.0, 5e-324, -1.7e308, 1.0, 1.0 + 1e-13, 0.1 + 0.2, 0.3]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_ranks_compare_twelve_digits_and_average_ties(values):
    want = average_ranks(values)
    n = np.count_nonzero(~np.isnan(want))
    unit = [(r - 1) / (n - 1) if n > 1 else r * 0.5 for r in want]
    np.testing.assert_array_equal(k.cs_rank(row(*values), False), row(*unit))
    np.testing.assert_array_equal(k.cs_rank(row(*values), True), row(*want) / n)
    by_time = k.ts_rank(column(*values), len(values), 1, True)[-1, 0]
    np.testing.assert_array_equal(by_time, want[-1] / n)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=40))
def test_rank_keys_order_like_rounded_values(values):
    keys, rounded = rank_key(row(*values))[0], [float(f"{v:.11e}") for v in values]
    for i, v in enumerate(rounded):
        for j, w in enumerate(rounded):
            assert (keys[i] < keys[j], keys[i] == keys[j]) == (v < w, v == w)


def test_a_half_in_the_thirteenth_digit_goes_to_the_even_neighbour():
    x = row(123456789012.5, 123456789012.0, 1234567890125.0, 1234567890120.0, 123456789013.5)
    assert k.cs_rank(x, True).tolist() == (np.array([[1.5, 1.5, 4.5, 4.5, 3.0]]) / 5).tolist()


@pytest.mark.parametrize("symbols", [*range(1, 20), 31, 32, 33, 63, 64, 65, 127, 129, 257, 600])
def test_any_number_of_symbols_is_sorted(symbols):
    x = np.random.default_rng(symbols).normal(size=(9, symbols)).round(1)
    x[3:, ::4] = np.nan
    codes = np.zeros(x.shape, np.int32)
    want = TWIN["cs_rank"](x, False)
    np.testing.assert_array_equal(k.cs_rank(x, False), want)
    np.testing.assert_array_equal(k.g_rank(x, codes), want)
    np.testing.assert_allclose(k.cs_quantile(x), TWIN["cs_quantile"](x), rtol=1e-13, atol=1e-15)


def test_groups_that_stay_and_groups_that_change_are_summed_alike():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(16, 60)).round(3)
    x[rng.random(x.shape) < 0.1] = np.nan
    stay = np.repeat(rng.integers(-1, 5, 60)[None], 16, 0).astype(np.int32)
    change = stay.copy()
    change[7::8] = rng.integers(-1, 5, 60)
    same = np.arange(16) % 8 < 7
    for kernel in (k.g_mean, k.g_std, k.g_zscore, k.g_demean, k.g_scale, k.g_rank):
        assert kernel(x, change)[same].tobytes() == kernel(x, stay)[same].tobytes()


def test_more_symbols_than_an_index_holds_rank_the_same():
    x = np.random.default_rng(5).normal(size=(2, 8193)).round(2)
    np.testing.assert_array_equal(k.cs_rank(x, False), TWIN["cs_rank"](x, False))
    np.testing.assert_array_equal(
        k.cs_rank(x[:, :8192].copy(), False), TWIN["cs_rank"](x[:, :8192], False)
    )


nan = np.nan
TABLE = [
    ("ts_rank", (column(100, 0, 200)[[0, 1, 2]], 3, 2, False), column(nan, nan, 1.0)),
    ("ts_rank", (column(5, 5, 5), 3, 2, False), column(nan, nan, 0.5)),
    ("ts_rank", (column(1, nan), 2, 1, False), column(nan, nan)),
    ("arg_max", (column(4, 9, 5, 8, 2, 6), 6, 3, False), column(nan, nan, nan, nan, nan, 4)),
    ("arg_min", (column(4, 9, 5, 8, 2, 6), 6, 3, False), column(nan, nan, nan, nan, nan, 1)),
    ("arg_max", (column(7, 7, 1, 7, 2), 5, 3, False), column(nan, nan, nan, nan, 1)),
    ("arg_max", (column(7, 7, 1, 7, 2), 5, 3, True), column(nan, nan, nan, nan, 4)),
    ("arg_min", (column(1, 1, 2, 2), 2, 1, True), column(nan, 1, 1, 1)),
    ("decay_linear", (column(1, 2, 3), 3, 2), column(nan, nan, 14 / 6)),
    ("decay_linear", (column(1, nan, 3), 3, 2), column(nan, nan, 10 / 4)),
    ("decay_exp", (column(1, nan, 3), 3, 2, 0.5), column(nan, nan, 3.25 / 1.25)),
    ("quantile", (column(4, nan, 1, 2), 4, 2, 0.25), column(nan, nan, nan, 1.5)),
    ("product", (column(2, nan, 5), 2, 1), column(nan, 2, 5)),
    ("scale", (column(1, 4, 2), 3, 2), column(nan, nan, 1 / 3)),
    ("ema", (column(nan, 1, nan, 3), 0.5), column(nan, 1, nan, 2)),
    ("lag", (column(1, 2, 3), 1), column(nan, 1, 2)),
    ("lag", (column(1, 2, 3), 0), column(1, 2, 3)),
    ("delta", (column(1, 2, 4), 1), column(nan, 1, 2)),
    ("ret", (column(0, 2, 5), 1), column(nan, nan, 1.5)),
    ("sum_", (column(1, nan, nan, 4), 2, 1), column(nan, 1, nan, 4)),
    ("backfill", (column(nan, 1, nan, nan, 2), 2), column(nan, 1, 1, nan, 2)),
    ("days_since_change", (column(nan, 7, 7, nan, 7, 2, 2),), column(nan, 0, 1, nan, 3, 0, 1)),
    ("hump", (np.array([[2.0, 0.0], [5.0, nan]]), 0.3), np.array([[2.0, 0.0], [3.5, nan]])),
    ("trade_when", (column(0, 1, nan, 1, 0, 0), column(1, 2, 3, 4, 5, 6),
                    column(0, 0, nan, 0, 0, 1)), column(nan, 2, 2, 4, 4, nan)),
    ("cs_rank", (row(4, 3, 6, 10, 2), False), row(0.5, 0.25, 0.75, 1, 0)),
    ("cs_rank", (row(nan, 3), False), row(nan, 0.5)),
    ("cs_rank", (row(1, 1, 3), True), row(0.5, 0.5, 1)),
    ("cs_bucket", (row(1, 2, 3, 4, 5), 4), row(0, 1, 2, 3, 3)),
    ("cs_top", (row(5, 4, 4, 3, nan), 2), row(1, 0, 0, 0, nan)),
    ("cs_bottom", (row(5, 4, 4, 3), 3), row(0, 1, 1, 1)),
    ("cs_demean", (row(1, nan, 3),), row(-1, nan, 1)),
    ("cs_zscore", (row(0.1, 0.1, 0.1),), row(nan, nan, nan)),
    ("cs_scale", (row(1, -3), 2.0), row(0.5, -1.5)),
    ("cs_scale", (row(0, 0), 1.0), row(nan, nan)),
    ("cs_count", (row(1, nan, 3),), row(2, nan, 2)),
    ("cs_quantile", (row(3, nan),), row(0, nan)),
    ("cs_quantile", (row(3, 8),), row(0, 0)),
    ("cs_winsorize", (row(2, 4, 5, 6, 3, 8, 10), 1.0),
     row(2.8177618739, 4, 5, 6, 3, 8, 8.0393809832)),
    ("cs_neutralize", (row(1, 2, nan, 4), row(1, 2, 3, 4)), row(0, 0, nan, 0)),
    ("cs_neutralize", (row(1, 2), row(3, 3)), row(nan, nan)),
    ("g_rank", (row(100, 0, 50, 9, 7), np.array([[0, 0, 0, 1, -1]], np.int32)),
     row(1, 0, 0.5, 0.5, nan)),
    ("g_demean", (row(1, 3, 9, 7), np.array([[0, 0, 1, -1]], np.int32)), row(-1, 1, 0, nan)),
    ("g_zscore", (row(1, 3, 9), np.array([[0, 0, 1]], np.int32)), row(-1, 1, nan)),
    ("g_scale", (row(1, -3, 9), np.array([[0, 0, 1]], np.int32)), row(0.25, -0.75, 1)),
    ("and_", (row(1, 0, nan, 2), row(1, 1, 0, nan)), row(1, 0, nan, nan)),
    ("or_", (row(0, 0, nan), row(0, -2, 1)), row(0, 1, nan)),
    ("not_", (row(0, 2, nan),), row(1, 0, nan)),
    ("lt", (row(1, 2, nan), 2.0), row(1, 0, nan)),
    ("ne", (2.0, row(1, 2, nan)), row(1, 0, nan)),
    ("div", (row(1, 0, 6), row(0, 0, 3)), row(nan, nan, 2)),
    ("pow_", (row(nan, 1, -8, 0, -2), row(0, nan, 0.5, -1, 3)), row(nan, nan, nan, nan, -8)),
    ("signed_pow", (row(-9, 4, 0), 0.5), row(-3, 2, 0)),
    ("signed_pow", (row(-9, 4, nan), 1.0), row(-9, 4, nan)),
    ("signed_pow", (row(-9, 4, nan), 2.0), row(-81, 16, nan)),
    ("signed_pow", (row(-9, 4, nan), 3.0), row(-729, 64, nan)),
    ("round_", (row(0.5, 1.5, -2.5),), row(0, 2, -2)),
    ("where", (row(1, 0, nan), row(5, nan, 5), 7.0), row(5, 7, nan)),
    ("fill", (row(nan, 1), row(4, 5)), row(4, 1)),
    ("clip", (row(-3, 0.5, nan), -1.0, 1.0), row(-1, 0.5, nan)),
    ("min2", (row(1, nan), row(2, 0)), row(1, nan)),
    ("is_missing", (row(1, nan),), row(0, 1)),
    ("s_log1p", (row(-1, 0),), row(-np.log(2), 0)),
    ("log", (row(0, -1, 1),), row(nan, nan, 0)),
    ("mask", (row(1, 2), np.array([[True, False]])), row(1, nan)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_", "want"), TABLE)
def test_the_worked_examples_hold_in_both_back_ends(name, given_, want):
    for kernel in (getattr(k, name), TWIN[name]):
        np.testing.assert_allclose(kernel(*given_), want, rtol=1e-9, atol=1e-15)


def test_the_gaussian_score_is_the_normal_quantile_and_odd():
    x = np.arange(1001.0)[None]
    score = k.cs_quantile(x)[0]
    want = [NormalDist().inv_cdf(1 / 1001 + i / 1000 * (1 - 2 / 1001)) for i in range(1001)]
    np.testing.assert_allclose(score, want, rtol=1e-13, atol=1e-15)
    assert score.tolist() == (-score[::-1]).tolist()


def test_the_minimum_count_is_half_the_window_rounded_up_or_the_operators_own():
    assert [k.min_count(d, m) for d, m in [(1, 1), (5, 1), (4, 3), (20, 3)]] == [1, 3, 3, 10]


def test_operands_of_different_shapes_are_refused():
    if k.BACKEND != "c":
        pytest.skip("NumPy broadcasts")
    with pytest.raises(ValueError, match="The operands have different shapes"):
        k.corr(np.ones((3, 2)), np.ones((3, 3)), 2, 1)


ORACLE = {
    "lag1": ("x", lambda x: k.lag(x, 1)),
    "delta5": ("x", lambda x: k.delta(x, 5)),
    "ret1": ("x", lambda x: k.ret(x, 1)),
    "log_x": ("x", k.log),
    "sign_y": ("y", k.sign),
    "clip_y_10": ("y", lambda y: k.clip(y, -10.0, 10.0)),
    "rank_avg_pct": ("x", lambda x: k.cs_rank(x, True)),
    "rank_avg_pct_y": ("y", lambda y: k.cs_rank(y, True)),
    "demean": ("y", k.cs_demean),
    "scale1": ("y", lambda y: k.cs_scale(y, 1.0)),
    "ts_mean5": ("x", lambda x: k.mean(x, 5, 5)),
    "ts_sum5": ("x", lambda x: k.sum_(x, 5, 5)),
    "ts_std5_ddof1": ("x", lambda x: k.std(x, 5, 5, 1)),
    "ts_min5": ("x", lambda x: k.min_(x, 5, 5)),
    "ts_max5": ("x", lambda x: k.max_(x, 5, 5)),
    "ts_median5": ("x", lambda x: k.quantile(x, 5, 5, 0.5)),
    "ts_argmax5_from_oldest1": ("x", lambda x: 5.0 - k.arg_max(x, 5, 5, True)),
    "ts_rank5_avg_pct": ("x", lambda x: k.ts_rank(x, 5, 5, True)),
    "decay_linear5": ("x", lambda x: k.decay_linear(x, 5, 5)),
    "ts_prod5": ("y", lambda y: k.product(1.0 + y / 1e4, 5, 5)),
    "ts_skew10": ("y", lambda y: k.skew(y, 10, 10)),
    "ts_kurt10": ("y", lambda y: k.kurt(y, 10, 10)),
    "ts_q25_10": ("y", lambda y: k.quantile(y, 10, 10, 0.25)),
    "corr10": ("xy", lambda x, y: k.corr(x, y, 10, 10)),
    "cov10_ddof1": ("xy", lambda x, y: k.cov(x, y, 10, 10)),
    "ema5_ignore_na": ("x", lambda x: k.ema(x, 2 / 6)),
}


@pytest.mark.parametrize("name", ORACLE)
def test_the_kernels_agree_with_the_oracle_of_plain_loops(name, shared_data):
    frame = pl.read_parquet(shared_data / "oracle" / "oracle_ops.parquet").sort("date", "symbol")
    symbols = frame["symbol"].n_unique()
    columns, kernel = ORACLE[name]
    *given_, want = (
        np.ascontiguousarray(frame[c].to_numpy().astype(float).reshape(-1, symbols))
        for c in (*columns, name)
    )
    np.testing.assert_allclose(kernel(*given_), want, rtol=1e-9, atol=1e-12)
