"""Any text at all: refused with a sentence and a place, or understood for good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.dsl.parse import parse
from engine.errors import ExprError, nearest
from tests.hardening import works
from tests.hardening.judging import complaint, smaller
from tests.hardening.pieces import table
from tests.hardening.texts import NAMES, SOURCES, text

CORPUS = json.loads((Path(__file__).parents[1] / "golden" / "corpus.json").read_text("utf-8"))
RIGHT = {"grammar", "paper", "wrong", "nested", "numbers", "constants", "steps"}


def test_thousands_of_texts_are_refused_or_understood_for_good():
    report = works.read_texts(0, range(3000), clock=False)
    assert report.wrong == []
    assert {source for source in SOURCES if report.sources[f"{source} refused"]} == {*SOURCES}
    assert {source for source in RIGHT if not report.sources[f"{source} understood"]} == set()
    assert report.understood > report.done // 5


@pytest.mark.parametrize("case", CORPUS, ids=[case["why"] for case in CORPUS])
@pytest.mark.parametrize("dialect", works.DIALECTS)
def test_a_kept_text_is_read_as_before(case, dialect):
    said, understood = complaint(case["text"], NAMES, dialect)
    assert said is None
    assert dialect or understood == case["understood"]


def test_a_text_can_be_made_again():
    assert [text(5, number) for number in range(50)] == [text(5, number) for number in range(50)]


def broken(monkeypatch, wrong):
    """Let the reader do something it must not do where a text has a star in it."""

    def read(given, names, dialect=None):
        if "*" in given:
            raise wrong
        return parse(given, names, dialect)

    monkeypatch.setattr("tests.hardening.judging.read", read)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RecursionError("deep"), "RecursionError: deep"),
        (ExprError("No.", 3, 9), "the place 3..9 is outside of the text"),
        (ExprError("No.", 2, 1), "the place 2..1 is outside of the text"),
        (ExprError("no", 0, 1), "the message is no sentence: 'no'"),
        (ExprError("", 0, 1), "the message is no sentence: ''"),
        (ExprError("x\ud800.", 0, 1), "the message cannot be written down: 'x\\ud800.'"),
        (ExprError("x" * 600 + ".", 0, 1), "the message has 601 characters"),
    ],
)
def test_what_is_wrong_with_an_answer_is_found(monkeypatch, wrong, said):
    broken(monkeypatch, wrong)
    assert complaint("a * b", NAMES) == (said, False)


def test_a_text_that_fails_is_made_small(monkeypatch):
    broken(monkeypatch, RuntimeError("planted"))
    assert smaller("ts_mean(close, 5) + x * volume / 3", NAMES) == "*"


@pytest.mark.parametrize("typed", ["SYM01234X", "XYM01234", "sym01234", "SYM0123 4"])
def test_the_nearest_of_thousands_of_names_is_found(typed):
    known = [f"SYM{i:05d}" for i in range(0, 20_000, 2)]
    assert nearest(typed, known)[0] == "SYM01234"
    assert len(set(nearest(typed, known))) == 3


def test_a_table_is_split_at_two_blanks():
    assert table("  a b  c\n   d  ") == ["a b", "c", "d"]
