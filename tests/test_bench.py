"""The benchmark compares like with like; no time is judged here."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from bench import compare, meaning, operators, panel, suite, suite_report
from bench.peers import polars_forms
from bench.peers.common import NAMES, min_count, term
from bench.report import Row
from engine import kernels
from engine.dsl.ops import OPS, Axis
from engine.dsl.parse import Names, parse
from engine.evaluate.run import evaluate
from engine.panel import Panel

KNOWN = Names(features=frozenset(panel.FEATURES), categories=frozenset({"sector"}))
PEERS = {
    "polars": ("polars", "bench.peers.polars_staged", "PolarsStaged"),
    "pandas": ("pandas", "bench.peers.pandas_long", "PandasLong"),
    "bottleneck": ("bottleneck", "bench.peers.numpy_bottleneck", "NumpyBottleneck"),
    "polars_ta": ("polars_ta", "bench.peers.polars_ta_staged", "PolarsTaStaged"),
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
def small(drawn):
    codes = np.broadcast_to(drawn.sectors.astype(np.int32), drawn.features["close"].shape)
    levels = [f"{code:02d}" for code in range(panel.SECTORS)]
    return Panel.from_arrays(
        "small", drawn.dates, drawn.symbols, drawn.features, {"sector": (codes, levels)}
    )


@pytest.fixture(scope="module")
def ours(small):
    """The values of the formulas by Kvant."""
    nodes = dict(zip(suite.FORMULAS, suite.nodes(KNOWN), strict=True))
    return {name: evaluate(small, nodes[name]) for name in (*COMPARED, *TIED)}


def trees():
    nodes = suite.nodes(KNOWN)
    return {name: suite.tree(node) for name, node in zip(suite.FORMULAS, nodes, strict=True)}


def names_in(tree):
    if isinstance(tree, list) and tree[0] != "feature":
        yield tree[0]
        for argument in tree[1:]:
            yield from names_in(argument)


def test_the_suite_has_twenty_two_formulas_and_all_of_them_parse():
    assert len(suite.nodes(KNOWN)) == 22


def test_peers_need_as_many_values_in_a_window_as_kvant():
    used = {name for tree in trees().values() for name in names_in(tree)}
    windows = [(n, d) for n in used if OPS[n].axis is Axis.TIME for d in range(2, 62)]
    ours = {(n, d): kernels.min_count(d, OPS[n].minimum) for n, d in windows}
    assert {(n, d): min_count(n, d) for n, d in windows} == ours


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_has_every_operator_of_the_suite(peer):
    kind = peer_class(peer)
    used = {name for tree in trees().values() for name in names_in(tree)}
    assert {name for name in used if not hasattr(kind, name)} == set()


@pytest.mark.parametrize("peer", ["polars", "pandas", "bottleneck"])
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


@pytest.mark.parametrize("name", suite.OPERATORS)
def test_every_form_of_an_operator_in_polars_has_the_values_of_kvant(name, small, folder):
    node = parse(suite.OPERATORS[name], KNOWN)
    mine = evaluate(small, node)[suite.WARM_UP :]
    forms = polars_forms.PolarsForms(folder).forms(term(suite.tree(node)))
    found = [form.matrix(form.work()) for form in forms.values()]
    np.testing.assert_allclose(found[0][suite.WARM_UP :], mine, rtol=1e-7, atol=1e-10)
    for theirs in found[1:]:  # from the first date on, where windows could reach other symbols
        both = ~np.isnan(theirs) & ~np.isnan(found[0])
        np.testing.assert_allclose(theirs[both], found[0][both], rtol=1e-7, atol=1e-10)


def test_an_operator_is_tried_in_the_forms_that_suit_it(folder):
    tool = polars_forms.PolarsForms(folder)
    close, sector = ("feature", "close"), ("feature", "sector")
    assert [
        set(tool.forms(root))
        for root in (
            ("log", close),
            ("lag", close, 5.0),
            ("ts_arg_max", close, 5.0),
            ("ts_ema", close, 5.0),
            ("cs_rank", close),
            ("group_neutralize", close, sector),
        )
    ] == [
        {"plain"},
        {"over", "padded"},
        {"padded", "windows"},
        {"over", "wide"},
        {"over", "by date"},
        {"over", "by date", "wide"},
    ]


def test_agreement_is_the_share_of_equal_cells_after_the_warm_up():
    mine = np.tile(np.arange(1.0, 5.0), (suite.WARM_UP + 1, 1))
    theirs = mine.copy()
    theirs[: suite.WARM_UP] = 0.0
    theirs[-1] = [1.0, 2.0 * (1 + 1e-12), 3.1, np.nan]
    assert compare.agreement(mine, theirs) == (2 / 3, 1 / 4)


def test_nothing_in_common_is_no_agreement():
    mine = np.full((suite.WARM_UP + 1, 2), np.nan)
    assert compare.agreement(mine, mine + 1) == (0.0, 0.0)


def test_the_fastest_right_form_counts(tmp_path):
    mine = np.tile(np.arange(1.0, 5.0), (suite.WARM_UP + 9, 1))
    for tool, form, values in [
        ("kvant", "plain", mine),
        ("polars", "over", mine),
        ("polars", "wide", mine),
        ("polars", "padded", mine + 1),
    ]:
        (tmp_path / tool).mkdir(exist_ok=True)
        np.save(tmp_path / tool / f"lag 5.{form}.npy", values)
    forms = {form: {"wall": wall} for form, wall in [("over", 3.0), ("wide", 2.0), ("padded", 1.0)]}
    best = operators._best("polars", "lag 5", forms, tmp_path, mine)
    assert (best.form, best.equal, best.alike) == ("wide", 1.0, True)
    wrong = operators._best("polars", "lag 5", {"padded": {"wall": 1.0}}, tmp_path, mine)
    assert (wrong.form, wrong.equal, wrong.alike) == ("padded", 0.0, False)


def test_values_agree_when_both_shares_do():
    shares = [(1.0, 0.0), (0.9, 0.0), (1.0, 0.1)]
    alike = [operators.Found("over", {}, equal, missing).alike for equal, missing in shares]
    assert alike == [True, False, False]


def test_a_rank_as_a_share_of_the_window_becomes_kvants():
    x = np.array([[1.0], [3.0], [np.nan], [2.0], [2.0]])
    share = np.array([[1.0], [1.0], [np.nan], [1 / 2], [1.0 - 0.5 / 2]])  # of the last three days
    ranks = meaning.as_kvant("qlib", "ts_rank 3", share, x)
    np.testing.assert_allclose(ranks, [[0.5], [1.0], [np.nan], [0.0], [0.5]])


@pytest.mark.parametrize(
    ("tool", "name", "theirs", "mine"),
    [
        ("qlib", "ts_arg_max 3", 3.0, 0.0),
        ("qlib", "ts_decay_linear 3", 2.0, 4.0),  # two of the three days are present
        ("pandas", "ts_arg_max 3", 3.0, 3.0),
    ],
)
def test_what_a_peer_means_is_put_in_kvants_terms(tool, name, theirs, mine):
    x = np.array([[1.0], [np.nan], [5.0]])
    assert meaning.as_kvant(tool, name, np.full((3, 1), theirs), x)[-1, 0] == mine


def test_who_differs_has_a_reason():
    reasons = [meaning.why("polars_ta", "cs_rank"), meaning.why("qlib", "ts_mean 20")]
    assert reasons == ["ranks of distinct values: ties count once", meaning.WINDOW_OF_ONE]


def test_qlib_is_asked_for_nothing_across_symbols():
    within = set(compare.asked("qlib", trees()))
    assert within == {"a006", "a007", "a009", "a012", "a026", "a053"}
    assert compare.asked("polars", trees()) == trees()


def test_what_calls_python_for_each_window_is_kept_to_small_panels():
    tree = suite.tree(parse(suite.OPERATORS["ts_decay_linear 10"], KNOWN))
    panels = {p for p in panel.SIZES if operators.has("qlib", "ts_decay_linear 10", tree, p)}
    assert panels == {"S", "XS"}


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
    what = "suite of 22 formulas with backtests"
    assert section.rows == (
        Row(f"{what}, 2 threads", "0.200 s", "<= 0.25 s", met=True),
        Row(f"{what}, 1 thread", "0.200 s"),
        Row("Polars, staged, evaluation only, over the suite", "26.0x", ">= 25x", met=True),
    )
    assert section.details[-1] == (
        "Polars, staged", "2", "5.20", "5.20", "52.0x", "52.0x", "3", "1", "75.00%", "5.000%",
    )  # fmt: skip
