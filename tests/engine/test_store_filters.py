from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import EngineError, FilterError, error_of
from engine.store.filters import (
    MAX_CONDITIONS,
    MAX_LENGTH,
    NAMES,
    NUMBERS,
    TEXTS,
    Range,
    Words,
    parse,
)

DAY = dt.datetime(2026, 1, 31, tzinfo=dt.UTC).timestamp() * 1000


def number(name: str, operator: str, value: float) -> Range:
    return Range(name, operator, value, value)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", ()),
        ("  \n", ()),
        ("ann_sharpe>1", (number("ann_sharpe", ">", 1.0),)),
        (
            'ann_sharpe>1 and max_dd>-0.2 and expr has "lag" and complexity_score<=10',
            (
                number("ann_sharpe", ">", 1.0),
                number("max_dd", ">", -0.2),
                Words("expr", "has", "lag"),
                number("complexity_score", "<=", 10.0),
            ),
        ),
        (
            "n = 1e3 AND skew != +.5 And margin >= -2.E-1",
            (number("n", "=", 1000.0), number("skew", "!=", 0.5), number("margin", ">=", -0.2)),
        ),
        ("turnover<0.5and n>1", (number("turnover", "<", 0.5), number("n", ">", 1.0))),
        ("dataset = fx", (Words("dataset", "=", "fx"),)),
        ("dataset != 'us-large'", (Words("dataset", "!=", "us-large"),)),
        (
            r"""expr HAS "feat(\"c_sek\")" and expr has 'a and \\b' """,
            (Words("expr", "has", 'feat("c_sek")'), Words("expr", "has", "a and \\b")),
        ),
        ('expr has ""', (Words("expr", "has", ""),)),
        ("created_at >= 2026-01-31", (Range("created_at", ">=", DAY, DAY + 86_399_999),)),
        ('created_at = "2026-01-31"', (Range("created_at", "=", DAY, DAY + 86_399_999),)),
        ("created_at < 2026-01-31T01:00:00.250Z", (number("created_at", "<", DAY + 3_600_250),)),
        ("created_at < 2026-01-31T01:00", (number("created_at", "<", DAY + 3_600_000),)),
        ("created_at < '2026-01-31 02:00+01:00'", (number("created_at", "<", DAY + 3_600_000),)),
    ],
)
def test_a_filter_is_read(text, conditions):
    assert parse(text) == conditions


ANY = "The next condition begins with and, not with "


@pytest.mark.parametrize(
    ("text", "place", "suggestions", "message"),
    [
        (
            "n>1 and ann_sharp>1", "ann_sharp", ("ann_sharpe",),
            "Runs have no 'ann_sharp' to filter by. Did you mean ann_sharpe?",
        ),
        (
            "zzzz = x", "zzzz", (),
            f"Runs have no 'zzzz' to filter by. There are {', '.join(NAMES)}.",
        ),
        (
            "1 < ann_sharpe", "1", (),
            "A condition begins with a name such as ann_sharpe, not with '1'.",
        ),
        (
            '"n" > 1', '"n"', (),
            'A condition begins with a name such as ann_sharpe, not with "n".',
        ),
        ("n>1 and", "", (), "A condition is missing at the end of the filter."),
        (
            "n", "", (),
            "After n comes one of < <= > >= = !=, not the end of the filter.",
        ),
        (
            "n has 1", "has", ("<", "<=", ">", ">=", "=", "!="),
            "After n comes one of < <= > >= = !=, not 'has'.",
        ),
        ("expr > x", ">", ("has", "=", "!="), "After expr comes one of has = !=, not '>'."),
        ("n == 1", "=", (), "n is compared with a number, not with '='."),
        ("n >", "", (), "n is compared with a number, not with the end of the filter."),
        ("n > max_dd", "max_dd", (), "n is compared with a number, not with 'max_dd'."),
        ("n > 1e999", "1e999", (), "The number 1e999 is too large."),
        (
            "expr has 5", "5", (),
            'expr is compared with a text in quotes, as in expr = "abc", not with \'5\'.',
        ),
        (
            'expr has "lag', '"', (),
            ('expr is compared with a text in quotes, as in expr = "abc", not with a text whose'
            " quotes are not closed."),
        ),
        (
            "created_at > 2026-02-30", "2026-02-30", (),
            "created_at is compared with a day such as 2026-01-31, not with '2026-02-30'.",
        ),
        (
            "created_at > 5", "5", (),
            "created_at is compared with a day such as 2026-01-31, not with '5'.",
        ),
        (
            "max_dd > -20%", "%", (), "A filter takes fractions: write 0.2 for 20%.",
        ),
        (
            "n>1 or n<0", "or", ("and",),
            "All conditions of a filter hold: they are joined with and, there is no or.",
        ),
        ("n>1, skew<0", ",", ("and",), f"{ANY}','."),
        ("n>1; DROP TABLE runs", ";", ("and",), f"{ANY}';'."),
    ],
)  # fmt: skip
def test_a_wrong_filter_says_where_and_what_to_do(text, place, suggestions, message):
    with pytest.raises(FilterError) as caught:
        parse(text)
    error = caught.value
    found = (error.code, text[error.start : error.end], error.suggestions, error.message)
    assert found == ("filter", place, suggestions, message)
    assert place or error.start == len(text)


def test_a_filter_has_bounds():
    many = " and ".join(["n>1"] * MAX_CONDITIONS)
    assert len(parse(many)) == MAX_CONDITIONS
    with pytest.raises(FilterError, match="more than 20 conditions") as caught:
        parse(f"{many} and n>1")
    assert caught.value.start == len(many) + 1
    with pytest.raises(FilterError, match="longer than 1,000 characters"):
        parse("n>1".ljust(MAX_LENGTH + 1))
    assert parse("n>1".ljust(MAX_LENGTH)) == (number("n", ">", 1.0),)


CONDITIONS = st.one_of(
    st.builds(
        number,
        st.sampled_from(NUMBERS),
        st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    st.builds(
        Words, st.sampled_from(TEXTS), st.sampled_from(["has", "=", "!="]), st.text(max_size=20)
    ),
)


def written(condition: Range | Words) -> str:
    if isinstance(condition, Range):
        return f"{condition.name} {condition.operator} {condition.low!r}"
    text = condition.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{condition.name} {condition.operator} "{text}"'


@given(st.lists(CONDITIONS, max_size=6))
@example([Words(TEXTS[0], "has", 'a "quoted" \\ word')])  # chance alone may miss the marks
def test_a_written_filter_reads_back(conditions):
    assert parse(" and ".join(map(written, conditions))) == tuple(conditions)


FRAGMENTS = st.sampled_from(
    ["n", "expr", "created_at", "has", "and", "or", ">", "<=", "!", "1", "-", "'", '"', "\\", " ",
     "2026-01-01", "T", "%", "(", "ann_sharpe>1 and ", "\n"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=12).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_at_a_place(text):
    error = refusal(text)
    if error is not None:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message.endswith((".", "?"))


def refusal(text: str) -> FilterError | None:
    try:
        parse(text)
    except FilterError as error:
        return error
    return None


def test_a_filter_error_does_not_travel_without_its_place():
    assert type(error_of("filter", "Wrong.")) is EngineError
