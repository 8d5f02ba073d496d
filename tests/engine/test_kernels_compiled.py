"""The compiled kernels against their NumPy twin, over levels, tiles and sanitizers."""

from __future__ import annotations

import ctypes
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import kernels as k
from engine.kernels import build, native
from engine.kernels.calls import address, declared
from engine.kernels.keys import rank_key
from tests.engine.kernel_reference import NAMES, OVER_TIME, TWIN, arguments, panel

if k.BACKEND != "c":
    pytest.skip(k.BACKEND_NOTE, allow_module_level=True)

from engine.kernels import compiled_cross, compiled_row, compiled_time

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.sampled_from([(1, 1), (1, 3), (7, 1), (7, 130), (60, 3), (60, 130)])
LEVELS = [
    level for level in native.cpu_levels() if (native.LIBRARY / native.file_name(level)).is_file()
]


@given(SEEDS, SHAPES)
def test_compiled_kernels_equal_their_twin(seed, shape):
    values = panel(np.random.default_rng(seed), *shape)
    for name in NAMES:
        want = TWIN[name](**arguments(name, values))
        scale = np.abs(np.nan_to_num(want)).max(initial=0.0)
        np.testing.assert_allclose(
            getattr(k, name)(**arguments(name, values)),
            want, rtol=1e-9, atol=1e-10 * scale, err_msg=f"{name} {values['d']} {values['mp']}",
        )  # fmt: skip


def over_time_in_tiles(values, name, edges):
    """Call the C of a kernel over time tile by tile, carrying the state of the cumulative ones."""
    calls = []
    real = compiled_time.LIB
    split = {"kv_ema": 3, "kv_hump": 3, "kv_days_since_change": 3, "kv_trade_when": 8}

    class Tiles:
        def __getattr__(self, kernel):
            first = split.get(kernel, 4 if kernel in PAIRS else 3)

            def run(*arguments):
                at = first
                for t0, t1 in pairwise(edges):
                    calls.append((t0, t1))
                    getattr(real, kernel)(*arguments[:at], t0, t1, *arguments[at + 2 :])

            return run

    compiled_time.LIB = Tiles()
    try:
        return getattr(compiled_time, name)(**arguments(name, values))
    finally:
        compiled_time.LIB = real


PAIRS = {"kv_corr", "kv_cov", "kv_r2", "kv_beta", "kv_resid"}


@given(SEEDS, SHAPES, st.lists(st.integers(0, 60), max_size=5))
def test_tiles_give_the_bits_of_one_call(seed, shape, inner):
    values = panel(np.random.default_rng(seed), *shape)
    dates = shape[0]
    edges = [0, *sorted(min(e, dates) for e in inner), dates]
    for name in OVER_TIME:
        whole = getattr(k, name)(**arguments(name, values))
        if name == "scale":  # composed of min, max and a pass over cells
            continue
        assert over_time_in_tiles(values, name, edges).tobytes() == whole.tobytes(), name


READS = {
    "kv_mean": (1.0,), "kv_std": (1.0, 0.0), "kv_decay_linear": (1.0,), "kv_max": (1.0,),
    "kv_ts_rank": (1.0, 0), "kv_quantile": (1, 0.5), "kv_skew": (1.0,), "kv_product": (1.0,),
    "kv_backfill": (),
}  # fmt: skip


@pytest.mark.parametrize("d", [1, 5, 20])
def test_a_window_kernel_reads_only_its_window(d):
    x = np.random.default_rng(d).normal(size=(60, 130))
    y = np.random.default_rng(d + 1).normal(size=(60, 130))
    poisoned_x, poisoned_y = x.copy(), y.copy()
    poisoned_x[: 33 - d + 1] = poisoned_y[: 33 - d + 1] = 1e250
    for kernel, more in READS.items():
        clean, dirty = np.zeros((60, 130)), np.zeros((60, 130))
        function = getattr(compiled_time.LIB, kernel)
        function(address(x), address(clean), 130, 33, 47, d, *more)
        function(address(poisoned_x), address(dirty), 130, 33, 47, d, *more)
        assert clean.tobytes() == dirty.tobytes(), kernel
    clean, dirty = np.zeros((60, 130)), np.zeros((60, 130))
    for a, b, out in ((x, y, clean), (poisoned_x, poisoned_y, dirty)):
        compiled_time.LIB.kv_corr(address(a), address(b), address(out), 130, 33, 47, d, 1.0)
    assert clean.tobytes() == dirty.tobytes()


@pytest.mark.skipif(len(LEVELS) < 2, reason="one instruction-set level on this machine")
def test_every_instruction_set_level_gives_the_same_bytes(monkeypatch):
    inputs = [panel(np.random.default_rng(s), t, n) for s, t, n in [(1, 60, 130), (2, 33, 517)]]
    results = {}
    for level in LEVELS:
        library = declared(ctypes.CDLL(str(native.LIBRARY / native.file_name(level))))
        for module in (compiled_row, compiled_time, compiled_cross):
            monkeypatch.setattr(module, "LIB", library)
        results[level] = {
            name: [getattr(k, name)(**arguments(name, v)).tobytes() for v in inputs]
            for name in NAMES
        }
    for level in LEVELS[1:]:
        differing = [n for n in NAMES if results[level][n] != results[LEVELS[0]][n]]
        assert differing == [], level


def test_rank_keys_are_those_of_the_twin():
    rng = np.random.default_rng(3)
    x = rng.normal(size=200_000) * 10.0 ** rng.integers(-320, 308, 200_000)
    x[::3] = rng.normal(size=x[::3].size).round(13)
    x[::7] = rng.integers(-(10**15), 10**15, x[::7].size)
    halves = rng.integers(10**11, 10**12, x[1::7].size) + 0.5
    x[1::7] = halves * 10.0 ** rng.integers(-24, 12, halves.size)
    x[2::14] = halves[::2] / 10.0 ** rng.integers(0, 12, halves[::2].size)
    x[:6] = [0.0, -0.0, np.nan, 5e-324, 1.7e308, -1.7e308]
    keys = np.empty_like(x)
    compiled_cross.LIB.kv_rank_keys(address(x), address(keys), x.size)
    np.testing.assert_array_equal(keys, rank_key(x))


def test_a_library_older_than_its_sources_is_not_loaded(tmp_path, monkeypatch):
    (tmp_path / "stamp.json").write_text(json.dumps({"sources": "0" * 64}))
    monkeypatch.setattr(native, "LIBRARY", tmp_path)
    monkeypatch.delenv("KVANT_KERNELS", raising=False)
    assert native._load.__wrapped__() == (
        None,
        (
            "The NumPy twin is in use because the built kernels are older than their sources; "
            "run `python -m engine.kernels.build`."
        ),
    )


def test_an_up_to_date_build_is_skipped(tmp_path):
    compiler = build._name(build.find_compiler())
    stamp = {"sources": native.source_hash(), "compiler": compiler, "sanitize": False}
    (tmp_path / "stamp.json").write_text(json.dumps(stamp))
    assert build.build(tmp_path) == f"The kernels in {tmp_path} are up to date."
    assert sorted(p.name for p in tmp_path.iterdir()) == ["stamp.json"]
