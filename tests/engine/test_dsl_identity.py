"""Identity: two spellings of one expression are one strategy, today and on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from engine.dsl.canonical import canonical, expr_hash, to_text
from engine.dsl.complexity import Complexity, complexity
from engine.dsl.parse import Names, parse
from engine.dsl.tree import columns, lookback, looks_across
from tests.engine.dsl_panels import trees

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "expr_hashes.json"
NAMES = Names(
    frozenset({"a", "b", "c", "close", "volume", "high", "low", "returns"}),
    frozenset({"sector"}),
    frozenset({"AAPL"}),
)


def hash_of(text):
    return expr_hash(parse(text, NAMES))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b", "b + a"),
        ("a * b", "b * a"),
        ("a + b * c", "c * b + a"),
        ("2 * a", "a * 2"),
        ("min(a, min(b, c))", "min(c, b, a)"),
        ("max(max(a, 1), max(2, b))", "max(b, a, 2)"),
        ("a and (b and c)", "c && a && b"),
        ("a == b", "b == a"),
        ("a < b", "b > a"),
        ("0 <= a", "a >= 0"),
        ("ts_corr(a, b, 9)", "correlation(b, a, 9)"),
        ("ts_cov(a, b, 9)", "covariance(b, a, 9)"),
        ("rank(a)", "cs_rank(a, percent=0)"),
        ("clip(a)", "clip(a, lo=-1, hi=1)"),
        ("ts_std(a, 5)", "stddev(a, 5, ddof=1)"),
        ("delay(delay(a, 1), 2)", "lag(a, 3)"),
        ("lag(lag(lag(a, 1), 1), 1)", "lag(a, 3)"),
        ("lag(a, 0)", "a"),
        ("--a", "a"),
        ("-(-(a))", "a"),
        ("a - -2", "a + 2"),
        ("a + -2", "a - 2"),
        ("-2 + a", "a - 2"),
        ("a - -b", "a + b"),
        ("-b + a", "a - b"),
        ("a * (1 + 2)", "a * 3"),
        ("a ^ (6 / 3)", "a ^ 2"),
        ("a + 0.1 * 3", "a + 0.30000000000000004"),
        ("a + -0.0", "a + 0"),
        ("a > 0 ? 1 : -1", "if_else(a > 0, 1, -1)"),
        ("1 < 2 ? a : b", "a"),
        ("a + log(-1)", "1 / 0"),
        ("fill(1/0, a)", "a"),
        ("fill(a, 0/0)", "a"),
        ("m = ts_mean(a, 5); a / m", "a/ma(a,5)"),
        ("feat('a')", "(((a)))"),
        ("subtract(a, multiply(b, 2))", "a - b * 2"),
        ("not(a)", "!a"),
        ("group_mean(a, 'sector')", "sector_ret(a, sector)"),
    ],
)
def test_two_spellings_are_one_strategy(one, other):
    assert to_text(parse(one, NAMES)) == to_text(parse(other, NAMES))
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - b", "b - a"),
        ("a / b", "b / a"),
        ("a < b", "b < a"),
        ("a < b", "a <= b"),
        ("(a + b) + c", "a + (b + c)"),
        ("a ^ 2", "2 ^ a"),
        ("ts_beta(a, b, 9)", "ts_beta(b, a, 9)"),
        ("ts_mean(a, 5)", "ts_mean(a, 6)"),
        ("ts_std(a, 5)", "ts_std(a, 5, 0)"),
        ("lag(ts_mean(a, 5), 1)", "ts_mean(a, 6)"),
        ("lag(lag(a, 2000), 2000)", "lag(a, 2000)"),
        ("-a ^ 2", "(-a) ^ 2"),
        ("a * 0.1", "a * 0.10000000000000002"),
        ("if_else(a, b, c)", "if_else(a, c, b)"),
    ],
)
def test_different_expressions_are_different_strategies(one, other):
    assert hash_of(one) != hash_of(other)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("((a + b)) * (c)", 'feat("c") * (feat("a") + feat("b"))'),
        ("a + (b * c)", 'feat("a") + feat("b") * feat("c")'),
        ("a - (b - c)", 'feat("a") - (feat("b") - feat("c"))'),
        ("(a - b) - c", 'feat("a") - feat("b") - feat("c")'),
        ("(a ^ b) ^ c", '(feat("a") ^ feat("b")) ^ feat("c")'),
        ("a ^ (b ^ c)", 'feat("a") ^ feat("b") ^ feat("c")'),
        ("(-a) ^ 2", '(-feat("a")) ^ 2'),
        ("(-2) ^ a", '(-2) ^ feat("a")'),
        ("a ^ (-2)", 'feat("a") ^ -2'),
        ("a + (-b) ^ c", 'feat("a") + (-feat("b")) ^ feat("c")'),
        ("ts_mean(a, 5) ^ (-b)", 'ts_mean(feat("a"), 5) ^ -feat("b")'),
        ("a * (-b)", '-(feat("a") * feat("b"))'),
        ("-(a + b)", '-(feat("a") + feat("b"))'),
        ("-(a * b)", '-(feat("a") * feat("b"))'),
        ("(a < b) == c", 'feat("c") == (feat("a") < feat("b"))'),
        ("(not a) == b", 'feat("b") == (not feat("a"))'),
        ("not (a and b)", 'not (feat("a") and feat("b"))'),
        ("(a or b) and c", 'feat("c") and (feat("a") or feat("b"))'),
        ("a or b and c", 'feat("a") or feat("b") and feat("c")'),
        ("2.50 * a", 'feat("a") * 2.5'),
        ("a * 1e21", 'feat("a") * 1e+21'),
        ("symbol_is('AAPL')", 'symbol_is("AAPL")'),
        ("group_rank(a, sector)", 'group_rank(feat("a"), sector)'),
    ],
)
def test_parentheses_stand_only_where_they_are_needed(text, written):
    node = parse(text, NAMES)
    assert to_text(node) == written
    assert parse(written, NAMES) == node


@given(node=trees)
def test_a_canonical_tree_is_its_own_canonical_tree(node):
    assert canonical(node) == node


def test_identities_never_change():
    golden = json.loads(GOLDEN.read_text())
    assert len(golden) >= 60
    assert {text: hash_of(text) for text in golden} == golden


def test_identity_does_not_depend_on_the_process():
    code = (
        "import json, sys\n"
        "from random import Random\n"
        "from engine.dsl.canonical import expr_hash\n"
        "from engine.dsl.generate import generate\n"
        "from engine.dsl.parse import Names, parse\n"
        "texts, *parts = json.load(sys.stdin)\n"
        "names = Names(*map(frozenset, parts))\n"
        "print(json.dumps({text: expr_hash(parse(text, names)) for text in texts}))\n"
        "print([expr_hash(generate(Random(seed), names)) for seed in range(50)])"
    )
    golden = json.loads(GOLDEN.read_text())
    question = [list(golden), list(NAMES.features), list(NAMES.categories), list(NAMES.symbols)]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            input=json.dumps(question, allow_nan=False),
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0].splitlines()[0]) == golden


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("a", 0),
        ("lag(a, 3)", 3),
        ("ts_mean(a, 5)", 4),
        ("ts_mean(ts_return(a, 2), 5) / lag(b, 9)", 9),
        ("ts_mean(ts_return(a, 2), 5) / lag(b, 3)", 6),
        ("cs_rank(ts_delta(a, 1))", 1),
        ("ts_mean(ts_ema(a, 5), 5)", None),
        ("rsi(a, 14)", None),
        ("hump(a)", None),
        ("2", 0),
    ],
)
def test_lookback_adds_up_along_the_longest_path(text, days):
    assert lookback(parse(text, NAMES)) == days


def test_what_an_expression_reads():
    node = parse("group_rank(close / ts_mean(close, 5), sector) * volume", NAMES)
    assert columns(node) == ["close", "sector", "volume"]
    assert looks_across(node)
    assert not looks_across(parse("ts_mean(close, 5)", NAMES))


def test_complexity_shows_its_parts():
    node = parse("cs_rank(close > ts_mean(close, 20) ? ts_std(volume, 5, ddof=0) : 2)", NAMES)
    assert complexity(node) == Complexity(
        nodes=9,
        depth=4,
        functions=5,
        nonlinear=4,
        cross_sectional=1,
        window_sum=25,
        window_max=20,
        constants=2,
        branches=1,
        op_cost=8.5,
        score=18.714792,
    )


def test_the_seed_expression_is_simple():
    assert complexity(parse("clip(close / lag(close, 1) - 1)", NAMES)).score == pytest.approx(
        9.75, abs=0.3
    )


@given(node=trees)
def test_a_part_is_simpler_than_the_whole(node):
    whole = complexity(node).score
    for part in node.series:
        assert complexity(part).score < whole
