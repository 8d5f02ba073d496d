"""The texts that the engine's parser and the editor's grammar both have to take or to refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.dsl.ops import OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import to_text
from engine.errors import ExprError

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = json.loads((ROOT / "tests" / "golden" / "expressions.json").read_text("utf-8"))
NAMES = Names(**{kind: frozenset(names) for kind, names in FIXTURES["names"].items()})


@pytest.mark.parametrize("text", FIXTURES["accept"])
def test_the_engine_takes_it(text):
    tree = parse(text, NAMES)
    assert parse(to_text(tree), NAMES) == tree


@pytest.mark.parametrize("text", [*FIXTURES["reject"], *FIXTURES["meaning"]])
def test_the_engine_refuses_it_and_says_where(text):
    with pytest.raises(ExprError) as caught:
        parse(text, NAMES)
    error = caught.value
    assert 0 <= error.start <= error.end <= len(text)
    assert error.message


def test_every_example_of_the_manual_is_among_them():
    examples = {example.text for op in OPS.values() for example in op.examples}
    assert examples - set(FIXTURES["accept"]) == set()
