"""The benchmark compares like with like; nothing is timed here."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from bench import compare, panel, report, suite, suite_report
from bench.peers.common import NAMES, min_count, term
from engine import kernels
from engine.dsl.ops import OPS, Axis
from engine.dsl.parse import Names
from engine.evaluate.run import evaluate
from engine.panel import Panel

KNOWN = Names(features=frozenset(panel.FEATURES), categories=frozenset({"sector"}))
PEERS = {
    "polars": ("polars", "bench.peers.polars_staged", "PolarsStaged"),
    "pandas": ("pandas", "bench.peers.pandas_long", "PandasLong"),
    "bottleneck": ("bottleneck", "bench.peers.numpy_bottleneck", "NumpyBottleneck"),
}
COMPARED = ("a004", "a009", "a028", "a058", "zmom", "gmom")
"""Rolling, ranked, smoothed, grouped; none whose ranks are of values equal but for noise."""

TIED = ("a005", "a007", "a017", "a031")
"""Ranks of values that are equal but for noise."""


def peer_class(name):
    package, module, kind = PEERS[name]
    pytest.importorskip(package, reason=f"{package} is a peer of the benchmark, not a dependency")
    return getattr(importlib.import_module(module), kind)


@pytest.fixture(scope="module")
def drawn():
    return panel.draw(dates=400, symbols=12, seed=3)


@pytest.fixture(scope="module")
def folder(drawn, tmp_path_factory):
    """The matrices of a small panel where the peers look for them."""
    place = tmp_path_factory.mktemp("bench")
    for name in NAMES:
        np.save(place / f"{name}.npy", drawn.features[name])
    codes = np.broadcast_to(drawn.sectors, drawn.features["close"].shape)
    np.save(place / "sector.npy", codes)
    return place


@pytest.fixture(scope="module")
def ours(drawn):
    """The values of the formulas by Kvant."""
    codes = np.broadcast_to(drawn.sectors.astype(np.int32), drawn.features["close"].shape)
    levels = [f"{code:02d}" for code in range(panel.SECTORS)]
    small = Panel.from_arrays(
        "small", drawn.dates, drawn.symbols, drawn.features, {"sector": (codes, levels)}
    )
    nodes = dict(zip(suite.FORMULAS, suite.nodes(KNOWN), strict=True))
    return {name: evaluate(small, nodes[name]) for name in (*COMPARED, *TIED)}


def trees():
    nodes = suite.nodes(KNOWN)
    return {name: suite.tree(node) for name, node in zip(suite.FORMULAS, nodes, strict=True)}


def operators(tree):
    if isinstance(tree, list) and tree[0] != "feature":
        yield tree[0]
        for argument in tree[1:]:
            yield from operators(argument)


def test_the_suite_has_twenty_two_formulas_and_all_of_them_parse():
    assert len(suite.nodes(KNOWN)) == 22


def test_peers_need_as_many_values_in_a_window_as_kvant():
    used = {name for tree in trees().values() for name in operators(tree)}
    windows = [(n, d) for n in used if OPS[n].axis is Axis.TIME for d in range(2, 62)]
    ours = {(n, d): kernels.min_count(d, OPS[n].minimum) for n, d in windows}
    assert {(n, d): min_count(n, d) for n, d in windows} == ours


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_has_every_operator_of_the_suite(peer):
    kind = peer_class(peer)
    used = {name for tree in trees().values() for name in operators(tree)}
    assert {name for name in used if not hasattr(kind, name)} == set()


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("formula", COMPARED)
def test_a_peer_means_the_same_by_a_formula(peer, formula, folder, ours):
    tool = peer_class(peer)(folder)
    theirs = tool.matrix(tool.evaluate(term(trees()[formula])))
    full = slice(suite.WARM_UP, None)
    np.testing.assert_allclose(theirs[full], ours[formula][full], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("peer", ["polars", "bottleneck"])
@pytest.mark.parametrize("formula", TIED)
def test_a_peer_ties_what_is_equal_to_twelve_digits_when_told_to(
    peer, formula, folder, ours, tmp_path
):
    tool = peer_class(peer)(folder)
    tool.values({formula: trees()[formula]}, str(tmp_path), rounded=True)
    theirs = np.load(tmp_path / f"{formula}.npy")
    full = slice(suite.WARM_UP, None)
    np.testing.assert_allclose(theirs[full], ours[formula][full], rtol=1e-9, atol=1e-12)


def test_agreement_is_the_share_of_equal_cells_after_the_warm_up(tmp_path):
    mine = np.tile(np.arange(1.0, 5.0), (suite.WARM_UP + 1, 1))
    theirs = mine.copy()
    theirs[: suite.WARM_UP] = 0.0
    theirs[-1] = [1.0, 2.0 * (1 + 1e-12), 3.1, np.nan]
    for name, values in (("ours", mine), ("theirs", theirs)):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "f.npy", values)
    equal, missing = compare.agreement("f", tmp_path / "ours", tmp_path / "theirs")
    assert (equal, missing) == (2 / 3, 1 / 4)


def test_the_panel_has_ties_holes_listings_and_delistings(drawn):
    close = drawn.features["close"]
    missing = np.isnan(close)
    assert np.array_equal(np.round(close, 2), close, equal_nan=True)
    assert 0 < missing[0].mean() < 1
    assert 0 < missing[-1].mean() < 1
    assert (missing[1:-1] & ~missing[:-2] & ~missing[2:]).any()


def test_the_same_seed_draws_the_same_panel(drawn):
    again = panel.draw(dates=400, symbols=12, seed=3)
    assert all(
        np.array_equal(drawn.features[name], again.features[name], equal_nan=True)
        for name in panel.FEATURES
    )


def test_a_goal_is_met_or_short():
    rows = (
        report.below("time", 1.0, 2.0, "1 s", "<= 2 s"),
        report.above("ratio", 1.0, 2.0, "1x", ">= 2x"),
        report.Row("size", "3 MB"),
    )
    text = report.markdown([report.Section(title="All", rows=rows)], ["Somewhere."])
    assert text == (
        "- Somewhere.\n\n"
        "| what  | measured |   goal |       |\n"
        "| ----- | -------: | -----: | ----: |\n"
        "| time  |      1 s | <= 2 s |   met |\n"
        "| ratio |       1x |  >= 2x | short |\n"
        "| size  |     3 MB |        |       |\n"
    )


def test_the_suite_is_judged_by_its_slower_form_with_backtests():
    fast, slow, peer = ({"wall": wall, "cpu": wall} for wall in (0.1, 0.2, 5.2))
    found = compare.Measured(
        ours={mode: [slow if "book" in mode else fast] for mode in suite_report.MODES},
        turns={"polars": [compare.Turn(peer, plain=fast, whole=slow)]},
        agreed={"polars": {"a001": (1.0, 0.0), "a002": (0.5, 0.1)}},
        tied={},
        single={},
        memory={tool: {"loaded": 1 << 20, "peak": 3 << 20} for tool in ("kvant", "polars")},
    )
    section = suite_report.section(found)
    assert section.rows == (
        report.Row(
            "suite of 22 formulas with backtests, 2 threads", "0.200 s", "<= 0.25 s", met=True
        ),
        report.Row("the same on 1 thread", "0.200 s"),
        report.Row("Polars, staged, evaluation only, over that", "26.0x", ">= 25x", met=True),
    )
    assert section.details[-1] == (
        "Polars, staged", "5.20", "5.20", "52.0x", "52.0x", "3", "1", "75.00%", "5.000%",
    )  # fmt: skip


def test_only_the_generated_part_of_the_page_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n")
    report.write("new\n", page)
    assert page.read_text() == f"Before\n{report.BEGIN}\nnew\n{report.END}\nAfter\n"


def test_the_page_of_the_docs_has_its_markers():
    text = report.PAGE.read_text(encoding="utf-8")
    assert (text.count(report.BEGIN), text.count(report.END)) == (1, 1)
