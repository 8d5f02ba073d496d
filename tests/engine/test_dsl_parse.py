"""The parser: what texts mean, what is refused and where."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.ops import ALIASES, OPS
from engine.dsl.parse import MAX_CHARACTERS, Names, parse
from engine.dsl.tree import Call, Category, Feature, Num, depth, size, to_text
from engine.errors import ExprError, UnknownName
from tests.engine.dsl_panels import NAMES as TREE_NAMES
from tests.engine.dsl_panels import attempt, tree, trees

NAMES = Names(
    frozenset({"close", "volume", "returns", "x", "y", "net income"}),
    frozenset({"sector", "sub sector"}),
    frozenset({"AAPL", "MSFT"}),
)
X, Y = Feature("x"), Feature("y")


def call(name, *args):
    return Call(name, tuple(Num(float(a)) if isinstance(a, int | float) else a for a in args))


def test_the_first_expression_of_the_manual():
    node = parse('clip(feat("close")/lag(feat("close"),1)-1)', NAMES)
    assert to_text(node) == 'clip(feat("close") / lag(feat("close"), 1) - 1, -1, 1)'


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("x", X),
        ("feat('x')", X),
        ('feat("net income")', Feature("net income")),
        ("1.5e2", Num(150.0)),
        (".5", Num(0.5)),
        ("-2", Num(-2.0)),
        ("x + y", call("add", X, Y)),
        ("x - y - 1", call("sub", call("sub", X, Y), 1)),
        ("x / y / 3", call("div", call("div", X, Y), 3)),
        ("x ^ y ^ 2", call("power", X, call("power", Y, 2))),
        ("-x ^ 2", call("neg", call("power", X, 2))),
        ("x ^ -2", call("power", X, -2)),
        ("-x * y", call("neg", call("mul", X, Y))),
        ("x < y + 1", call("lt", X, call("add", Y, 1))),
        ("not x < y", call("ge", X, Y)),
        ("not x and y", call("and", Y, call("not", X))),
        ("!x && y || x", call("or", X, call("and", Y, call("not", X)))),
        ("x or y and not x", call("or", X, call("and", Y, call("not", X)))),
        ("and(x, y)", call("and", X, Y)),
        ("x ? 1 : y ? 2 : 3", call("if_else", X, 1, call("if_else", Y, 2, 3))),
        ("(x ? y : x) ? 1 : 2", call("if_else", call("if_else", X, Y, X), 1, 2)),
        (
            "x > 1 ? x + 1 : -x",
            call("if_else", call("gt", X, 1), call("add", X, 1), call("neg", X)),
        ),
        ("min(y, x, 3, 4)", call("min", X, Y, 3)),
        ("ts_mean(x, 5)", call("ts_mean", X, 5)),
        ("ts_mean(x, 2 + 3)", call("ts_mean", X, 5)),
        ("ts_mean(x, d=5)", call("ts_mean", X, 5)),
        ("ts_mean(d=5, x=x)", call("ts_mean", X, 5)),
        ("sma(x, 5.0)", call("ts_mean", X, 5)),
        ("stddev(x, 5, ddof=0)", call("ts_std", X, 5, 0)),
        ("rank(x)", call("cs_rank", X, 0)),
        ("rank(x, percent=1)", call("cs_rank", X, 1)),
        ("correlation(y, x, 9)", call("ts_corr", X, Y, 9, 3)),
        ("indneutralize(x, sector)", call("group_neutralize", X, Category("sector"))),
        ("group_rank(x, 'sub sector')", call("group_rank", X, Category("sub sector"))),
        ('group_rank(x, feat("sector"))', call("group_rank", X, Category("sector"))),
        ("trade_when(x > 0, y, -1)", call("trade_when", call("gt", X, 0), Y, -1)),
        ("a = x + y; a / 3", call("div", call("add", X, Y), 3)),
        (
            "mean = ts_mean(x, 5); b = x / mean; b - 1;",
            call("sub", call("div", X, call("ts_mean", X, 5)), 1),
        ),
        ("fill(x, 0)", call("fill", X, 0)),
        ("returns", Feature("returns")),
        ("  x\n+\ty ", call("add", X, Y)),
    ],
)
def test_a_text_means_this_tree(text, node):
    assert parse(text, NAMES) == node


REFUSED = [
    ("", "Expected a number, a column or an operator, but the text ends.", (0, 0)),
    ("   ", "Expected a number, a column or an operator, but the text ends.", (0, 0)),
    ("x +", "Expected a number, a column or an operator, but the text ends.", (3, 3)),
    ("x y", "Expected an operator or the end, found 'y'.", (2, 3)),
    ("(x", "Expected ')', but the text ends.", (2, 2)),
    ("x)", "Expected an operator or the end, found ')'.", (1, 2)),
    ("x $ y", "'$' does not belong here.", (2, 3)),
    ("x & y", "'&' does not belong here.", (2, 3)),
    ("+x", "Expected a number, a column or an operator, found '+'.", (0, 1)),
    ("x = y", "The name 'x' is taken; give this step another.", (0, 1)),
    ("x + y = 1", "Expected an operator or the end, found '='. Equality is written ==.", (6, 7)),
    ("a = x", "Expected ';' and an expression after a named step, but the text ends.", (5, 5)),
    ("a = x; a = y; a", "The name 'a' is taken; give this step another.", (7, 8)),
    ("x; y", "Only the last part may stand without a name: write name = ... before it.", (0, 1)),
    ("a = x;", "Expected a number, a column or an operator, but the text ends.", (6, 6)),
    ("'x", "This quotation mark is never closed.", (0, 2)),
    (
        'ts_mean("x", 5)',
        'Expected a number, a column or an operator, found \'"x"\'. A column is written feat("x").',
        (8, 11),
    ),
    ("feat(x)", "Expected a column name between quotation marks, found 'x'.", (5, 6)),
    ("1e999", "This number is too large.", (0, 5)),
    ("x < y < 1", "Comparisons cannot be chained: write a < b and b < c.", (0, 7)),
    ("x * not y", "Put 'not' and what follows in parentheses.", (4, 7)),
    (
        "x ? y",
        "Expected ':' and the value where the condition is false, but the text ends.",
        (5, 5),
    ),
    ("sector + 1", "'sector' is a category: only the group operators can read it.", (0, 6)),
    ("ts_mean + 1", "'ts_mean' is an operator: write ts_mean(x, d).", (0, 7)),
    ("ts_mean(x)", "ts_mean needs d: write ts_mean(x, d).", (0, 10)),
    ("ts_corr()", "ts_corr needs x, y, d: write ts_corr(x, y, d, least=3).", (0, 9)),
    ("ts_mean(x, 5, 6)", "This is one argument too many: write ts_mean(x, d).", (14, 15)),
    ("ts_mean(x 5)", "Expected ',' or ')' in ts_mean(x, d), found '5'.", (10, 11)),
    ("ts_mean(x, 0)", "d of ts_mean must be a whole number from 1 to 2520.", (11, 12)),
    ("ts_mean(x, 2521)", "d of ts_mean must be a whole number from 1 to 2520.", (11, 15)),
    ("ts_mean(x, 2.5)", "d of ts_mean must be a whole number from 1 to 2520.", (11, 14)),
    ("ts_mean(x, y)", "d of ts_mean must be a whole number from 1 to 2520.", (11, 12)),
    ("lag(x, -1)", "d of lag must be a whole number from 0 to 2520.", (7, 9)),
    ("ts_quantile(x, 5, 2)", "q of ts_quantile must be a number from 0 to 1.", (18, 19)),
    ("clip(x, y)", "lo of clip must be a number.", (8, 9)),
    ("ts_mean(3, 5)", "x of ts_mean must contain a column, not only numbers.", (8, 9)),
    ("cs_rank(1 + 2)", "x of cs_rank must contain a column, not only numbers.", (8, 13)),
    (
        "group_mean(1/0, sector)",
        "x of group_mean must contain a column, not only numbers.",
        (11, 14),
    ),
    ("ts_mean(x, days=5)", "ts_mean has no argument 'days': write ts_mean(x, d).", (11, 15)),
    ("ts_mean(x, x=y)", "x of ts_mean is given twice.", (11, 12)),
    (
        "ts_mean(x=x, 5)",
        "Expected name = value after an argument with a name in ts_mean(x, d), found '5'.",
        (13, 14),
    ),
    ('ts_mean(x, "5")', "d of ts_mean must be a whole number from 1 to 2520.", (11, 14)),
    ("x(5)", "'x' is a column: only operators have arguments.", (0, 1)),
    ("a = x; a(5)", "'a' is a column: only operators have arguments.", (7, 8)),
    ("1 + AAPL", "'AAPL' is a symbol: write symbol_is(\"AAPL\").", (4, 8)),
    (
        "1 + feat('sector')",
        "'sector' is a category: only the group operators can read it.",
        (9, 17),
    ),
    ("group_mean(x, y)", "'y' holds numbers: g of group_mean must be a category.", (14, 15)),
    (
        "a = x; group_mean(x, a)",
        "'a' holds numbers: g of group_mean must be a category.",
        (21, 22),
    ),
    (
        "group_mean(x, feat('y'))",
        "'y' holds numbers: g of group_mean must be a category.",
        (19, 22),
    ),
    ("group_mean(x, 5)", "Expected the category g of group_mean, found '5'.", (14, 15)),
    ("symbol_is(AAPL)", "Expected a symbol between quotation marks, found 'AAPL'.", (10, 14)),
]


@pytest.mark.parametrize(("text", "message", "span"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_an_error_says_what_and_where(text, message, span):
    with pytest.raises(ExprError) as caught:
        parse(text, NAMES)
    error = caught.value
    assert (error.message, (error.start, error.end)) == (message, span)


@pytest.mark.parametrize(
    ("text", "message", "span", "nearest"),
    [
        ("lagg(x, 1)", "There is no operator 'lagg'. Did you mean lag?", (0, 4), ("lag",)),
        ("cloze / 2", "There is no column 'cloze'. Did you mean close?", (0, 5), ("close",)),
        ("feat('cloze')", "There is no column 'cloze'. Did you mean close?", (5, 12), ("close",)),
        (
            "group_mean(x, sectr)",
            "There is no category 'sectr'. Did you mean sector or sub sector?",
            (14, 19),
            ("sector", "sub sector"),
        ),
        (
            "symbol_is('AAPLE')",
            "There is no symbol 'AAPLE'. Did you mean AAPL?",
            (10, 17),
            ("AAPL",),
        ),
        ("qqqq(x)", "There is no operator 'qqqq'.", (0, 4), ()),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(text, message, span, nearest):
    with pytest.raises(UnknownName) as caught:
        parse(text, NAMES)
    error = caught.value
    assert (error.message, (error.start, error.end)) == (message, span)
    assert error.suggestions == nearest


def nested(levels):
    return "sqrt(" * levels + "x" + ")" * levels


DOUBLED = "s0 = x + y;" + "".join(f"s{i} = s{i - 1} + s{i - 1};" for i in range(1, 6))
"""Steps of which the last has 127 nodes."""


@pytest.mark.parametrize(
    ("fits", "refused", "message"),
    [
        ("x" + " " * 1999, "x+" * 1000 + "x", "The text has 2001 characters; 2000 is the most."),
        (nested(32), nested(33), "Operators are nested more than 32 deep."),
        (
            "(" * 60 + "x" + ")" * 60,
            "(" * 70 + "x" + ")" * 70,
            "The expression is nested too deeply.",
        ),
        (
            "max(" + ",".join(["x"] * 199) + ")",
            "max(" + ",".join(["x"] * 200) + ")",
            "The expression has more than 400 words and signs.",
        ),
        (
            f"{DOUBLED} sqrt(s5) / s5",
            f"{DOUBLED} (sqrt(s5) / sqrt(s5))",
            "The expression has more than 256 columns, numbers and operators.",
        ),
    ],
    ids=["characters", "depth", "parentheses", "tokens", "nodes"],
)
def test_a_limit_is_where_it_is_said_to_be(fits, refused, message):
    parse(fits, NAMES)
    with pytest.raises(ExprError) as caught:
        parse(refused, NAMES)
    assert caught.value.message == message
    assert 0 <= caught.value.start < caught.value.end <= len(refused)


def test_steps_cannot_blow_up_a_tree():
    steps = "".join(f"s{i} = s{i - 1} + s{i - 1};" for i in range(1, 30))
    with pytest.raises(ExprError, match="more than 256 columns"):
        parse(f"s0 = x * y; {steps} s29", NAMES)


@pytest.mark.parametrize("name", [*OPS, *ALIASES])
def test_every_name_can_be_called(name):
    op = OPS[ALIASES.get(name, name)]
    given_as = {
        "series": "x",
        "category": "sector",
        "symbol": "'AAPL'",
        "int": "5",
        "number": "0.5",
    }
    columns = iter(["x", "y", "close"])
    needed = [p for p in op.params if p.default is None]
    args = [next(columns) if p.kind == "series" else given_as[p.kind] for p in needed]
    node = parse(f"{name}({', '.join(args)})", NAMES)
    if not op.expand:
        assert isinstance(node, Call)
        assert node.name in {op.name, op.mirror}


@given(node=trees)
def test_a_text_reads_back_as_the_tree_it_was_written_from(node):
    assert parse(to_text(node), TREE_NAMES) == node


ODD = st.text(min_size=1, max_size=12)


@given(name=ODD)
def test_any_column_name_can_be_written(name):
    try:
        text = to_text(Feature(name))
        text.encode()
    except UnicodeEncodeError:
        return
    assert parse(text, Names(frozenset({name}))) == Feature(name)
    category = call("group_mean", X, Category(name))
    assert parse(to_text(category), Names(frozenset({"x"}), frozenset({name}))) == category


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(value):
    assert parse(to_text(Num(value or 0.0)), NAMES) == Num(value)


SEEDS = [
    "clip(close / lag(close, 1) - 1)",
    "a = ts_mean(x, 5); b = ts_std(x, 20, ddof=0); -cs_rank(a / b) ^ 2",
    "close > ts_mean(close, 20) && !(volume < 3) ? rank(x) : group_neutralize(y, sector)",
    "trade_when(volume > y, min(x, y, 3), -1) + symbol_is('AAPL')",
    'feat("net income") * 1.5e3 - .5 >= 2 or not x != y',
]
ALPHABET = "xy(),;:?=<>!&|+-*/^\"'.0123456789eabc_ \n\\é²٣\x00\ud800"


def mutated(seed):
    rng = Random(seed)
    text = list(rng.choice(SEEDS))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(4):
            case 0:
                text[at : at + 1] = []
            case 1:
                text.insert(at, rng.choice(ALPHABET))
            case 2:
                text[at:at] = rng.choice(SEEDS)[at : at + rng.randint(1, 9)]
            case _:
                text[at:at] = rng.choice(
                    ["(", ")", ",", "-", "not ", "^", "ts_mean(", "1e9"]
                ) * rng.randint(1, 9)
    return "".join(text)


def test_no_text_raises_anything_but_an_expression_error():
    understood = 0
    for seed in range(3000):
        text = mutated(seed)
        node, error = attempt(text, NAMES)
        if error:
            assert 0 <= error.start <= error.end <= len(text), text
            assert error.message.endswith((".", "?"))
            continue
        understood += 1
        assert parse(to_text(node), NAMES) == node
        assert depth(node) <= 32
        assert size(node) <= 256
    assert understood > 100


def test_a_long_text_is_refused_at_once():
    with pytest.raises(ExprError) as caught:
        parse("x" * 3000, NAMES)
    assert caught.value.message == "The text has 3000 characters; 2000 is the most."
    assert (caught.value.start, caught.value.end) == (MAX_CHARACTERS, 3000)


WORST = [
    nested(32),
    "max(" + ",".join(["x"] * 199) + ")",
    "-" * 63 + "x",
    "s=max(" + ",".join(["x", "y"] * 55) + ");" + "".join(f"t{i}=s+{i};" for i in range(28)) + "s",
    "+".join(["ts_mean(x,5)"] * 30),
]


@pytest.mark.parametrize("text", WORST, ids=range(len(WORST)))
def test_parsing_takes_no_time(text):
    def seconds():
        start = time.process_time()
        parse(text, NAMES)
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.01


def test_a_generated_expression_parses_in_no_time():
    texts = [to_text(tree(seed, 6, 250)) for seed in range(200)]
    start = time.process_time()
    for text in texts:
        parse(text, TREE_NAMES)
    assert (time.process_time() - start) / len(texts) < 0.01
