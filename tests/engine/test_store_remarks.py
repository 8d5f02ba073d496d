from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFoundError, ParamError
from engine.lookahead import Certificate
from engine.store import Store
from tests.engine.store_samples import failed, hash_of, opened, outcome, spec

ONE, TWO = hash_of(1), hash_of(2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("remarks")
    with opened(path) as store:
        store.record(None, "fx", spec(), [outcome(1), outcome(2), failed(3)], source="train")
    return path


@pytest.fixture
def store(folder):
    with opened(folder) as store:
        yield store


def test_tags_replace_each_other_and_keep_their_day(store):
    assert store.strategy(ONE).tags == ()
    assert store.set_tags(ONE, ["  slow ", "Momentum", "momentum", "äpple"]) == (
        "Momentum", "slow", "äpple",
    )  # fmt: skip
    assert store.strategy(ONE).tags == ("Momentum", "slow", "äpple")
    days = dict(store._db.rows("SELECT tag, created_at FROM tags"))
    store.set_tags(ONE, ["slow", "new"])
    assert store.strategy(ONE).tags == ("new", "slow")
    assert dict(store._db.rows("SELECT tag, created_at FROM tags"))["slow"] == days["slow"]
    assert store.strategy(TWO).tags == ()
    store.set_tags(ONE, ())
    assert store.strategy(ONE).tags == ()


@pytest.mark.parametrize("tag", ["", "  ", "a" * 41, "a,b", "a\nb", "a\x00", "\ud800", "\x1b[1m"])
def test_what_is_no_tag_is_refused(store, tag):
    store.set_tags(ONE, ["kept"])
    with pytest.raises(ParamError) as caught:
        store.set_tags(ONE, ["good", tag])
    assert caught.value.message == (
        f"{tag.strip()[:80]!r} is no tag: use 1 to 40 characters on one line, without a comma."
    )
    assert store.strategy(ONE).tags == ("kept",)


def test_tags_have_a_number(store):
    assert len(store.set_tags(ONE, [f"tag {i}" for i in range(20)])) == 20
    with pytest.raises(ParamError) as caught:
        store.set_tags(ONE, [f"tag {i}" for i in range(21)])
    assert caught.value.message == "These are 21 tags; a strategy has 20 at most."


def test_a_note_is_written_changed_and_taken_away(store):
    assert store.strategy(ONE).note == ""
    for note in ("First.\nSecond line.", "x" * 2000, "ünïcödé 🙂"):
        store.set_note(ONE, note)
        assert store.strategy(ONE).note == note
    store.set_note(ONE, " \n")
    assert store.strategy(ONE).note == ""


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("x" * 2001, "The note has 2,001 characters; keep it to 2,000."),
        ("a\x00b", "The note has characters that are no text. Type it again."),
        ("a\udcffb", "The note has characters that are no text. Type it again."),
    ],
)
def test_what_is_no_note_is_refused(store, note, message):
    with pytest.raises(ParamError) as caught:
        store.set_note(ONE, note)
    assert caught.value.message == message


@given(
    st.text(max_size=2000).filter(lambda text: text.strip()),
    st.lists(st.text(max_size=45), max_size=5),
)
def test_remarks_read_back_or_are_refused(folder, note, tags):
    with opened(folder) as store:
        try:
            store.set_note(TWO, note)
        except ParamError:
            assert "\0" in note
        else:
            assert store.strategy(TWO).note == note
        try:
            saved = store.set_tags(TWO, tags)
        except ParamError:
            return
        assert store.strategy(TWO).tags == saved
        assert {tag.casefold() for tag in saved} == {tag.strip().casefold() for tag in tags}


def test_the_last_certificate_is_kept(store):
    assert store.strategy(ONE).lookahead is None
    first = Certificate(expr_hash=ONE, passed=True, cuts=20, seed=0)
    second = Certificate(
        expr_hash=ONE, passed=False, cuts=5, seed=7, first_difference=dt.date(2020, 1, 2),
        how="noise",
    )  # fmt: skip
    for certificate in (first, second):
        store.save_certificate(certificate)
        assert store.strategy(ONE).lookahead == certificate
    assert store.strategy(TWO).lookahead is None


@pytest.mark.parametrize("expr_hash", ["0" * 12, hash_of(3), "", ONE[:5]])
def test_only_saved_strategies_take_remarks(store, expr_hash):
    certificate = Certificate(expr_hash=expr_hash, passed=True, cuts=1, seed=0)
    for remark in (
        lambda: store.set_tags(expr_hash, ["a"]),
        lambda: store.set_note(expr_hash, "a"),
        lambda: store.save_certificate(certificate),
    ):
        with pytest.raises(NotFoundError) as caught:
            remark()
        assert caught.value.message == (
            f"There is no saved strategy {expr_hash!r}; the list of strategies has them all."
        )


def test_remarks_stay_in_the_file(folder):
    certificate = Certificate(expr_hash=TWO, passed=True, cuts=3, seed=1)
    with opened(folder) as store:
        store.set_tags(TWO, ["best"])
        store.set_note(TWO, "Look again.")
        store.save_certificate(certificate)
    with Store.open(folder / "runs.sqlite", write=False) as reader:
        found = reader.strategy(TWO)
        assert (found.tags, found.note, found.lookahead) == (("best",), "Look again.", certificate)
