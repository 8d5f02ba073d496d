"""Random spellings of one expression: all of them are one text, one tree and one identity."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings

from engine.dsl.canonical import canonical, expr_hash, to_text
from engine.dsl.ops import ALIASES, OPS
from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, Category, Feature, Num, Text
from tests import array_eval
from tests.engine.dsl_panels import NAMES, seeds, trees

SPOKEN = {name: [name] for name in OPS}
for alias, name in ALIASES.items():
    SPOKEN[name].append(alias)
SYNONYMS = {"and": ["and", "&&"], "or": ["or", "||"], "not": ["not ", "!"]}


class Speller:
    """One way of writing a canonical tree: longer, stranger, and the same."""

    def __init__(self, seed):
        self.rng = Random(seed)
        self.steps = []

    def text(self, node):
        body = self.write(node)
        steps = "".join(f"{name} = {text};\n" for name, text in self.steps)
        return f"{steps}{body}{self.rng.choice(['', ' ', ';'])}"

    def chance(self, share):
        return self.rng.random() < share

    def write(self, node):
        text = self.wrapped(self.plain(node))
        if isinstance(node, Call) and self.chance(0.1):
            name = f"s{len(self.steps)}"
            self.steps.append((name, text))
            return name
        if isinstance(node, Call) and self.chance(0.1):
            return self.rng.choice([
                f"(-(-{text}))", f"(--{text})", f"lag({text}, 0)", f"({text} - 0)", f"({text} * 1)",
                f"({text} / 1)", f"if_else(1, {text}, 0)", f"(2 < 3 ? {text} : 1 / 0)",
                f"fill({text}, 0 / 0)", f"purify({text})", f"(-1 * ({text} * -1))",
                f"ts_backfill({text}, 1)", f"min({text}, {text})", f"({text} - -0)",
            ])  # fmt: skip
        return text

    def wrapped(self, text):
        return f"({text})" if self.chance(0.5) or not text.replace("_", "").isalnum() else text

    def plain(self, node):
        match node:
            case Num():
                return self.number(node.value)
            case Feature():
                forms = [node.name, f'feat("{node.name}")', f"feat( '{node.name}' )"]
                return self.rng.choice(forms)
            case Call():
                return self.call(node)

    def number(self, value):
        if self.chance(0.3) and value == int(value) and abs(value) < 1e6:
            part = self.rng.randint(-9, 9)
            return self.rng.choice([f"({part} + {value - part!r})", f"({value * 4!r} / 4)"])
        return self.rng.choice([repr(value), f"{value:.17g}", f"({value!r})"])

    def call(self, node):
        op, args = node.op, list(node.args)
        if op.variadic:
            self.rng.shuffle(args)
            if len(args) > 2 and self.chance(0.5):
                args = [Call(op.name, tuple(args[:2])), *args[2:]]
        if op.commutative and self.chance(0.5):
            args[0], args[1] = args[1], args[0]
        if op.mirror and self.chance(0.5):
            op, args = OPS[op.mirror], args[::-1]
        return self.otherwise(node) or self.infix(op, args) or self.function(op, args)

    def otherwise(self, node):
        """By other operators."""
        args = [
            self.write(arg) if isinstance(arg, Num | Feature | Call) else "" for arg in node.args
        ]
        ways = {
            "lag": lambda: self.split_lag(node),
            "neg": lambda: f"-1 * {args[0]}",
            "sub": lambda: f"{args[0]} + (-{args[1]})",
            "if_else": lambda: self.rng.choice([
                f"({args[0]}) ? {args[1]} : {args[2]}",
                f"if_else(!{args[0]}, {args[2]}, {args[1]})",
            ]),
            "ts_delta": lambda: f"{args[0]} - lag({args[0]}, {args[1]})",
            "inverse": lambda: f"1 / {args[0]}",
            "abs": lambda: f"abs(-abs({args[0]}))",
            "lt": lambda: f"not ({args[0]} >= {args[1]})",
            "ne": lambda: f"not ({args[0]} == {args[1]})",
            "clip": lambda: f"max(min({args[0]}, {args[2]}), {args[1]})",
            "ts_resid": lambda: f"ts_regression({args[0]}, {args[1]}, {args[2]})",
            "ts_beta": lambda: f"ts_regression({args[0]}, {args[1]}, {args[2]}, rettype=slope)",
            "cs_demean": lambda: f"normalize({args[0]}, false)",
            "mul": lambda: f"multiply({args[0]}, {args[1]}, filter=false)",
        }  # fmt: skip
        way = ways.get(node.name)
        return way() if way and self.chance(0.3) else None

    def split_lag(self, node):
        x, days = self.write(node.args[0]), int(node.args[1].value)
        first = self.rng.randint(0, days)
        return f"lag(delay({x}, {first}), {days - first})"

    def infix(self, op, args):
        if op.infix is None or self.chance(0.3) or (op.variadic and len(args) != 2):
            return None
        sign = self.rng.choice(SYNONYMS.get(op.name, [op.infix[0]]))
        parts = [self.write(arg) for arg in args]
        return f"{sign}({parts[0]})" if len(parts) == 1 else f"({parts[0]}) {sign} ({parts[1]})"

    def function(self, op, args):
        texts = [self.argument(arg) for arg in args]
        if op.variadic or op.name == "not":
            return f"{op.name}({', '.join(texts)})"
        params = list(zip(op.params, texts, args, strict=True))
        while params and self.default(*params[-1][::2]) and self.chance(0.5):
            params.pop()
        first = self.rng.randint(0, len(params))
        named = [f"{p.name}={text}" for p, text, _ in params[first:]]
        self.rng.shuffle(named)
        if op.options and self.chance(0.5):
            named += [f"{o.name}={o.default!r}" for o in op.options]
        written = [*(text for _, text, _ in params[:first]), *named]
        return f"{self.rng.choice(SPOKEN[op.name])}({', '.join(written)})"

    @staticmethod
    def default(param, arg):
        return isinstance(arg, Num) and param.default == arg.value

    def argument(self, arg):
        match arg:
            case Category():
                return self.rng.choice([arg.name, f"'{arg.name}'", f'feat("{arg.name}")'])
            case Text():
                return f'"{arg.value}"'
            case _:
                return self.write(arg)


@settings(max_examples=300)
@given(node=trees, seed=seeds)
def test_another_spelling_has_the_same_identity(node, seed):
    text = Speller(seed).text(node)
    if len(text) > 1500 or text.count("(") > 60:
        return
    assert to_text(parse(text, NAMES)) == to_text(node), text
    assert expr_hash(parse(text, NAMES)) == expr_hash(node)


@given(node=trees)
def test_the_canonical_text_is_its_own_spelling(node):
    assert to_text(parse(to_text(node), NAMES)) == to_text(node)


# The rules change no bit, whatever the tree and the values

ROW = [
    *[
        "add",
        "sub",
        "mul",
        "div",
        "neg",
        "inverse",
        "abs",
        "sign",
        "floor",
        "round",
        "clip",
        "sqrt",
    ],
    *["and", "or", "not", "lt", "le", "gt", "ge", "eq", "ne", "if_else", "fill", "is_missing"],
    *["lag", "ts_backfill", "ts_delta"],
]
NUMBERS = [0.0, 1.0, -1.0, 2.0, 0.5, -2.0, 3.0, -4.0, 1e-300, 1e300, 0.1]
VALUES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, np.nan, 1e308, -1e308, 5e-324, 0.1, -0.3, 2.0]


def loose(rng, depth, names):
    """A tree that nothing has put in order: any operator on any arguments but numbers alone."""
    if depth == 0 or rng.random() < 0.15:
        return Feature(rng.choice("xyz"))
    op = OPS[rng.choice(names)]
    count = rng.randint(2, 3) if op.variadic else len(op.params)
    args = [loose_argument(rng, op, i, depth, names) for i in range(count)]
    if all(isinstance(arg, Num) for arg in args):
        args[0] = Feature("x")
    if op.variadic:
        args.sort(key=lambda arg: isinstance(arg, Num))
    return Call(op.name, tuple(args))


def loose_argument(rng, op, place, depth, names):
    param = op.param(place)
    if param.kind == "int":
        return Num(float(rng.randint(int(param.low), 2)))
    free = place or (op.infix and len(op.params) > 1)
    if param.kind == "number" or (free and rng.random() < 0.2):
        return Num(rng.choice(NUMBERS))
    return loose(rng, depth - 1, names)


def bits(array):
    copy = array.copy()
    copy[np.isnan(copy)] = np.nan
    return copy.view(np.int64)


@settings(max_examples=500)
@given(seed=seeds)
def test_no_rule_changes_a_bit(seed):
    rng = Random(seed)
    node = loose(rng, rng.randint(1, 4), ROW)
    features = {name: np.array([rng.choices(VALUES, k=8) for _ in range(7)]) for name in "xyz"}
    simple = canonical(node)
    before, after = array_eval.evaluate(node, features), array_eval.evaluate(simple, features)
    assert (bits(before) == bits(after)).all(), (to_text(node), to_text(simple))
    assert canonical(simple) == simple


@pytest.mark.parametrize("outer", [(-2, 2), (-2, 0.5), (-0.5, 2), (2, 3), (-3, -2), (-0.5, 0.5)])
def test_limits_within_limits_change_no_bit(outer):
    inner = Call("clip", (Feature("x"), Num(-1.0), Num(1.0)))
    node = Call("clip", (inner, *(Num(float(bound)) for bound in outer)))
    features = {"x": np.linspace(-4, 4, 33).reshape(11, 3)}
    before, after = (array_eval.evaluate(each, features) for each in (node, canonical(node)))
    assert (bits(before) == bits(after)).all(), to_text(canonical(node))


@settings(max_examples=200)
@given(seed=seeds)
def test_no_rule_changes_a_value_of_minima_and_maxima(seed):
    """Of 0 and -0, which are equal, either may be the smaller."""
    rng = Random(seed)
    node = loose(rng, rng.randint(1, 4), [*ROW, *["min", "max"] * 5])
    features = {name: np.array([rng.choices(VALUES, k=8) for _ in range(7)]) for name in "xyz"}
    before, after = (array_eval.evaluate(n, features) for n in (node, canonical(node)))
    assert np.array_equal(before, after, equal_nan=True), to_text(node)


ABC = Names(frozenset({"a", "b", "c"}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-1 * a", "-a"),
        ("a * -1", "-a"),
        ("-1 * a * b", "-(a * b)"),
        ("-a * b", "a * -b"),
        ("-a / b", "a / -b"),
        ("-a * -b", "b * a"),
        ("-(a * 2)", "a * -2"),
        ("-2 / a", "2 / -a"),
        ("a / -2", "a * -0.5"),
        ("a + b * -2", "a - 2 * b"),
        ("a - b / -3", "a + b / 3"),
        ("-a + -b", "-b + -a"),
        ("-a - b", "-b - a"),
        ("-a - 1", "-1 - a"),
        ("a * -2 + b * -3", "b * -3 - a * 2"),
        ("(a * -2) * b", "-(b * (a * 2))"),
        ("abs(a * -3)", "abs(3 * a)"),
        ("(a + b) / 2", "0.5 * (a + b)"),
        ("1 / a", "inverse(a)"),
        ("-1 / a", "-inverse(a)"),
        ("1 / -a", "-inverse(a)"),
        ("a - 0", "a"),
        ("a - lag(a, 5)", "ts_delta(a, 5)"),
        ("lag(a, 2) - lag(a, 5)", "ts_delta(lag(a, 2), 3)"),
        ("abs(a - b)", "abs(b - a)"),
        ("abs(abs(-a))", "abs(a)"),
        ("sign(sign(a))", "sign(a)"),
        ("floor(round(floor(a)))", "floor(a)"),
        ("clip(clip(a, -1, 1), -1, 1)", "clip(a)"),
        ("clip(clip(a, -2, 2), -1, 1)", "clip(a)"),
        ("clip(clip(a, -1, 1), -3, 3)", "clip(a)"),
        ("min(max(a, -1), 1)", "clip(a)"),
        ("max(-1, min(1, a))", "clip(a)"),
        ("not not a > b", "b < a"),
        ("not (a < b)", "a >= b"),
        ("not (a != b)", "b == a"),
        ("!!!(a > b)", "a <= b"),
        ("a > b and a > b", "b < a"),
        ("a > b and 1", "a > b"),
        ("a > b or 0", "a > b"),
        ("max(a, b, a)", "max(b, a)"),
        ("min(a, a)", "a"),
        ("not a ? b : c", "a ? c : b"),
        ("a != 0 ? b : c", "a ? b : c"),
        ("a == 0 ? b : c", "a ? c : b"),
        ("a >= b ? 1 : 0", "a < b ? 0 : 1"),
        ("!(a < b) ? 1 : 0", "if_else(b > a, 0, 1)"),
        ("fill(fill(a, 0), b)", "fill(a, 0)"),
        ("fill(a, a)", "a"),
        ("ts_backfill(a, 1)", "a"),
        ("lag(lag(a, 2000), 1000)", "lag(lag(a, 1000), 2000)"),
        ("lag(lag(lag(a, 2520), 2520), 10)", "lag(lag(lag(a, 10), 2520), 2520)"),
        ("buckets(a, 3, 1, 2)", "buckets(a, 1, 2, 3)"),
        ("add(a, b, 1)", "a + b + 1"),
        ("add(a, b, filter=1)", "fill(b, 0) + fill(a, 0)"),
        ("multiply(a, b, filter=yes)", "fill(a, 1) * fill(b, 1)"),
    ],
)
def test_a_rule_makes_one_of_two(one, other):
    assert to_text(parse(one, ABC)) == to_text(parse(other, ABC))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("if_else(a > b, c, c)", "c"),  # missing where the condition is
        ("a + 0", "a"),  # -0 + 0 is 0
        ("a * 0", "0"),  # missing where a is
        ("a - a", "0"),
        ("a / a", "1"),
        ("-(a - b)", "b - a"),  # the sign of zero
        ("0 - a", "-a"),
        ("a / 3", "a * 0.3333333333333333"),
        ("a * a", "a ^ 2"),
        ("sqrt(a)", "a ^ 0.5"),
        ("not not a", "a"),  # 1 for a number
        ("a and a", "a"),
        ("a > b and 0", "0"),
        ("clip(clip(a, -2, 1), -1, 2)", "clip(a)"),
        ("clip(a, 1, -1)", "max(min(a, -1), 1)"),
        ("ts_mean(a, 1)", "a"),
        ("a - lag(b, 5)", "ts_delta(a, 5)"),
        ("lag(a, 5) - a", "ts_delta(a, 5)"),
        ("a / lag(a, 5) - 1", "ts_return(a, 5)"),
        ("fill(fill(a, b), c)", "fill(a, b)"),
    ],
)
def test_what_only_looks_the_same_stays_apart(one, other):
    assert to_text(parse(one, ABC)) != to_text(parse(other, ABC))
