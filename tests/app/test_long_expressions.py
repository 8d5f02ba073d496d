"""Expressions that are short as typed and long as kept: whoever reads them again can."""

from __future__ import annotations

import pytest

from engine.dsl.parse import MAX_TOKENS, Names, parse
from engine.dsl.parse.tokens import tokens
from engine.dsl.tree import to_text
from engine.errors import ExprError
from tests.app.server import running

LONG = f"-max({', '.join(f'c_sek + {i}' for i in range(1, 61))})"


def test_it_is_too_long_to_be_typed():
    names = Names(frozenset({"c_sek"}))
    written = to_text(parse(LONG, names))
    assert len(tokens(written, typed=False)) > MAX_TOKENS
    with pytest.raises(ExprError, match="more than 400 words"):
        parse(written, names)


def test_it_is_backtested_and_saved(tmp_path_factory):
    with running(tmp_path_factory.mktemp("long") / "space") as server:
        made = server.post("/api/backtest", {"expr": LONG, "persist": True})
        assert len(server.get(f"/api/strategies/{made['expr_hash']}")["expr"]) > 1000


def test_the_command_line_makes_it_again(answer):
    made = answer("backtest", LONG, "--persist")
    assert answer("verify", made["expr_hash"])["same"] is True
