"""A writer of expressions in every spelling the grammar has, with the registry for its grammar."""

from __future__ import annotations

from random import Random

from engine.dsl.ops import ALIASES, OPS, Op, Param
from engine.dsl.tree import is_name

FEATURES = (
    "x", "y", "close", "volume", "high", "low", "open", "returns", "net income", "fundamentals_eps",
    'quo"te', "apo's", "back\\slash", "İstanbul", "größe", "数", "e", "E5", "_", "and", "feat",
    "rank", "1st", "a=b", "x;y", "ts_mean(x, 5)", "new\nline", "²", "Z" * 120,
    *(f"column_{i:02d}" for i in range(30)),
)  # fmt: skip
CATEGORIES = ("sector", "sub sector", "or", "d", "land")
SYMBOLS = ("AAPL", "MSFT", "BRK.B", 'A"B', "A'B", "ÅÄÖ", "\\", *(f"S{i:03d}" for i in range(493)))

WORDS = [
    *OPS, *ALIASES, "x", "y", "close", "net income", "sector", "'sector'", "'S001'", "5", "0.5",
    "252", "feat", "and", "or", "not", "s1", "-1", "1e3",
]  # fmt: skip

_PREFIX = [op for op in OPS.values() if op.infix and len(op.params) == 1]
_INFIX = [op for op in OPS.values() if op.infix and len(op.params) > 1]
_PLAIN = list(OPS.values())
_SYNONYMS = {"and": ["and", "&&"], "or": ["or", "||"], "not": ["not", "!"]}
_BLANKS = ["", "", "", " ", " ", "\n", "\t", "  ", "\u00a0"]
_STEPS = ["a", "b", "mean", "step_1", "é", "lag", "ma", "Σ", "q"]


def written(text: str, mark: str) -> str:
    """A string literal between two of `mark`."""
    return mark + text.replace("\\", "\\\\").replace(mark, f"\\{mark}") + mark


class Writer:
    """One text; with `wrong` that share of the arguments is of a kind that cannot be."""

    def __init__(self, rng: Random, wrong: float = 0.0) -> None:
        self._rng = rng
        self._wrong = wrong
        self._steps: list[str] = []
        self._left = 60

    def whole(self, levels: int) -> str:
        """Steps, if there are any, and the expression."""
        rng = self._rng
        lines = []
        for name in rng.sample(_STEPS, rng.choice([0, 0, 0, 1, 2, 4])):
            lines.append(f"{name}{self._blank()}={self._blank()}{self._expr(levels)};")
            self._steps.append(name)
        return "".join([*lines, self._expr(levels), rng.choice(["", "", "", ";", " "])])

    def _expr(self, levels: int) -> str:
        self._left -= 1
        if levels < 1 or self._left < 1:
            return self._leaf()
        form = self._rng.choices(
            [self._call, self._infix, self._prefix, self._chosen, self._wrapped, self._leaf],
            [8, 5, 1, 1, 2, 1],
        )[0]
        return form(levels - 1) if form != self._leaf else self._leaf()

    def _leaf(self) -> str:
        rng = self._rng
        if self._steps and rng.random() < 0.3:
            return rng.choice(self._steps)
        if rng.random() < 0.12:
            return self._number(rng.choice([0.0, 1.0, 2.0, 5.0, 0.5, 1e3, 1 / 3, 20.0]))
        name = rng.choice(FEATURES[: rng.choice([4, 8, len(FEATURES)])])
        return name if is_name(name) and rng.random() < 0.6 else self._feat(name)

    def _feat(self, name: str) -> str:
        return f"feat{self._blank()}({self._blank()}{self._string(name)}{self._blank()})"

    def _string(self, text: str) -> str:
        return written(text, self._rng.choice("\"'"))

    def _number(self, value: float) -> str:
        rng = self._rng
        plain = repr(value).removesuffix(".0")
        summed = [f"({plain})", f"{plain} + 0", f"2 * {plain} / 2", f"-(-{plain})"]
        spellings = [plain, plain, plain, repr(value), f"0{plain}", f"{value:.17e}", *summed]
        return rng.choice(spellings) if value >= 0 else f"-{self._number(-value)}"

    def _infix(self, levels: int) -> str:
        op = self._rng.choice(_INFIX)
        symbol = self._rng.choice(_SYNONYMS.get(op.infix[0], [op.infix[0]]))
        gap = self._blank() or (" " if symbol.isalpha() else "")
        left, right = (self._operand(levels) for _ in range(2))
        return f"{left}{gap}{symbol}{gap}{right}"

    def _operand(self, levels: int) -> str:
        inner = self._expr(levels)
        return inner if self._rng.random() < 0.4 else f"({inner})"

    def _prefix(self, levels: int) -> str:
        op = self._rng.choice(_PREFIX)
        symbol = self._rng.choice(_SYNONYMS.get(op.infix[0], [op.infix[0]]))
        return f"{symbol}{' ' * symbol.isalpha()}{self._operand(levels)}"

    def _chosen(self, levels: int) -> str:
        return " ? ".join([self._operand(levels), " : ".join(self._operand(levels) for _ in "ab")])

    def _wrapped(self, levels: int) -> str:
        return f"({self._blank()}{self._expr(levels)}{self._blank()})"

    def _call(self, levels: int) -> str:
        rng = self._rng
        op = rng.choice(_PLAIN)
        given = self._given(op, levels)
        if rng.random() < self._wrong:
            given = rng.choice([given[:-1], [*given, "x"], given[::-1], [*given, "d = 5"], []])
        comma = f"{self._blank()},{self._blank()}"
        name = rng.choice([op.name, op.name, *op.aliases])
        return f"{name}{self._blank()}({comma.join(given)}{self._blank()})"

    def _given(self, op: Op, levels: int) -> list[str]:
        """The arguments, perhaps the last ones and the options by name and in any order."""
        rng = self._rng
        count = len(op.params)
        while count and op.params[count - 1].default is not None and rng.random() < 0.6:
            count -= 1
        options = [option for option in op.options if rng.random() < 0.2]
        pairs = [(p, self._argument(p, levels)) for p in (*op.params[:count], *options)]
        if op.open:
            more = [self._argument(op.params[-1], levels) for _ in range(rng.choice([0, 0, 1, 3]))]
            named = [self._named(op, *pair) for pair in pairs[count:]]
            return [value for _, value in pairs[:count]] + more + named
        at = rng.randint(0, count) if rng.random() < 0.2 else count
        named = [self._named(op, *pair) for pair in pairs[at:]]
        rng.shuffle(named)
        return [value for _, value in pairs[:at]] + named

    def _named(self, op: Op, param: Param, value: str) -> str:
        others = [other for other, name in op.keywords.items() if name == param.name]
        name = self._rng.choice([param.name, param.name, *others])
        words = [
            word for word, number in param.words.items() if value == repr(number).removesuffix(".0")
        ]
        return f"{name}{self._blank()}={self._blank()}{self._rng.choice([value, *words])}"

    def _argument(self, param: Param, levels: int) -> str:
        rng = self._rng
        kind = param.kind
        if rng.random() < self._wrong:
            kind = rng.choice(["series", "category", "symbol", "int", "number", "odd"])
        if kind == "series":
            return self._expr(levels)
        if kind == "category":
            name = rng.choice(CATEGORIES)
            plain = is_name(name) and rng.random() < 0.5
            return name if plain else rng.choice([self._string(name), self._feat(name)])
        if kind == "symbol":
            return self._string(rng.choice(SYMBOLS))
        if kind == "odd":
            return rng.choice(
                ["1e9", "-5", "2.5", "1e308 * 10", "0 / 0", "", "x = 1", "nothing", "()"]
            )
        return self._number(literal(rng, param))

    def _blank(self) -> str:
        return self._rng.choice(_BLANKS)


def literal(rng: Random, param: Param, max_days: int = 2520) -> float:
    """A number the parameter accepts: usual, at a bound, or anywhere between."""
    low = -5.0 if param.low is None else param.low
    high = 5.0 if param.high is None else min(param.high, max_days if param.days else param.high)
    usual = [v for v in (param.default, *param.typical) if v is not None and low <= v <= high]
    anywhere = low + (min(high, low + 50) - low) * rng.random() ** 2
    if param.kind == "int":
        anywhere = float(round(anywhere))
    edge = rng.choice([low, high]) if rng.random() < 0.2 else anywhere
    return rng.choice([*usual, anywhere, edge])
