"""Texts for the parser: right ones, nearly right ones and nonsense.

A text is a function of a seed and its number, so that any can be made again alone.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from engine.dsl.ops import OPS
from engine.dsl.parse import MAX_CHARACTERS, MAX_TOKENS, Names
from tests.hardening import pieces
from tests.hardening.writer import CATEGORIES, FEATURES, SYMBOLS, WORDS, Writer, written

NAMES = Names(frozenset(FEATURES), frozenset(CATEGORIES), frozenset(SYMBOLS), price="close")

Source = Callable[[Random], str]


def text(seed: int, number: int) -> tuple[str, str]:
    """The name of a source and a text of it."""
    rng = Random(f"{seed} {number}")
    name = rng.choices(_SOURCE_NAMES, _WEIGHTS)[0]
    return name, SOURCES[name][0](rng)


# Right ones


def grammar(rng: Random) -> str:
    """What the grammar allows, in any spelling."""
    return Writer(rng).whole(rng.randint(1, 5))


def paper(rng: Random) -> str:
    """Texts in the manner of the 101 formulas, some of them damaged."""
    letters = list(_paper(rng, rng.randint(1, 5)))
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        _mutate(rng, letters)
    return "".join(letters)


def _paper(rng: Random, levels: int) -> str:
    if levels < 1:
        return rng.choice(pieces.PAPER_NAMES)
    one, other = _paper(rng, levels - 1), _paper(rng, rng.randint(0, levels - 1))
    days, level = rng.choice(pieces.PAPER_DAYS), rng.choice(pieces.PAPER_LEVELS)
    return rng.choice(pieces.PAPER).format(o=one, p=other, d=days, l=level)


# Nearly right ones


def wrong(rng: Random) -> str:
    """The grammar again, with arguments of the wrong kind, out of range, too many or too few."""
    return Writer(rng, wrong=0.1).whole(rng.randint(1, 4))


def mutated(rng: Random) -> str:
    """A right text with a few characters taken, put in, exchanged or repeated."""
    letters = list(Writer(rng).whole(rng.randint(1, 4)))
    for _ in range(rng.randint(1, 4)):
        _mutate(rng, letters)
    return "".join(letters)


def _mutate(rng: Random, letters: list[str]) -> None:
    at = rng.randrange(len(letters) + 1)
    match rng.randrange(7):
        case 0:
            letters[at : at + rng.randint(1, 3)] = []
        case 1:
            letters.insert(at, rng.choice(pieces.ODD))
        case 2:
            letters[at : at + 1] = [rng.choice(pieces.ODD)]
        case 3:
            letters[at:at] = rng.choice(pieces.PIECES) * rng.choice([1, 1, 2, 9, 40])
        case 4:
            letters[at:at] = letters[rng.randrange(len(letters) + 1) :][: rng.randint(1, 30)]
        case 5:
            letters[at : at + 1] = [c.swapcase() for c in letters[at : at + 1]]
        case _:
            del letters[at:]


def crossed(rng: Random) -> str:
    """The beginning of one right text and the end of another."""
    one, other = (Writer(rng).whole(rng.randint(1, 4)) for _ in range(2))
    return one[: rng.randint(0, len(one))] + other[rng.randint(0, len(other)) :]


def calls(rng: Random) -> str:
    """One operator with any arguments at all."""
    op = rng.choice(list(OPS.values()))
    arguments = [rng.choice(pieces.ARGUMENTS) for _ in range(rng.randint(0, len(op.params) + 2))]
    return f"{rng.choice([op.name, *op.aliases])}({', '.join(arguments)})"


# Texts at the limits


def nested(rng: Random) -> str:
    """Parentheses, calls, prefixes and right arguments, one in the other."""
    count = rng.choice([1, 2, 15, 16, 21, 30, 31, 32, 33, 34, 60, 62, 63, 64, 65, 66, 100, 390])
    wraps = rng.sample(pieces.WRAPS, rng.choice([1, 1, 2, 3]))
    left, right = "", ""
    for i in range(count):
        before, after = wraps[i % len(wraps)]
        left, right = left + before, after + right
    return f"{left}{rng.choice(['x', 'y', '1', '', 'x + y', 'x ? y : x'])}{right}"


def numbers(rng: Random) -> str:
    """Numbers at the edges of what a double holds, of any length, wherever a number may stand."""
    digits = "".join(rng.choice("0123456789") for _ in range(rng.choice([1, 5, 17, 40, 400, 1900])))
    some = [digits, f"{digits}.{digits[:900]}", f".{digits}", f"0.{'0' * 330}{digits[:20]}"]
    scaled = [f"1e{digits}", f"1e-{digits}", f"{digits[:9]}e{rng.randint(-400, 400)}"]
    number = rng.choice([*some, *scaled, *pieces.NUMBERS])
    return rng.choice(pieces.WHERE_NUMBERS_STAND).format(number)


def constants(rng: Random) -> str:
    """Arithmetic of constants that grows beyond every bound, or has no value."""
    parts = pieces.CONSTANTS
    if rng.random() < 0.3:
        sign = rng.choice(["^", "*", "+", "/", "- -", "^-"])
        return sign.join(rng.choice(parts) for _ in range(rng.randint(2, 30)))
    found = rng.choice(parts)
    for _ in range(rng.randint(1, 12)):
        found = rng.choice(pieces.FOLDS).format(f=found, o=rng.choice(parts))
    return rng.choice(pieces.WHERE_CONSTANTS_STAND).format(found)


def long(rng: Random) -> str:
    """Texts around the limit of characters."""
    length = MAX_CHARACTERS + rng.choice([-2, -1, 0, 1, 2, 500, 100_000])
    body = rng.choice([grammar(rng), "x + y", "x", "(x", "x)", "x $", "'x", ""])
    filler = rng.choice([*" \nx(-!9'.é_", "\u3000", "x+", "x ", "\ud800"])
    pad = (filler * max(0, length - len(body)))[: max(0, length - len(body))]
    named = [f"feat('{pad[9:]}') + 1", f"{pad[4:]} = 1; {pad[4:]} + x"]
    return rng.choice([body + pad, pad + body, *named])


def wide(rng: Random) -> str:
    """Texts around the limits of words and of columns, numbers and operators."""
    counts = [85, 126, 127, 128, 129, 198, 199, 200, 500]
    count = rng.choice([*counts, MAX_TOKENS - 1, MAX_TOKENS, MAX_TOKENS + 1])
    sign = rng.choice(["+", ",", "*", " and ", " or ", ";", " ", "-", "^", "<", "?x:"])
    row = sign.join([rng.choice(["x", "x", "1", "-x", "abs(x)", "y"])] * count)
    return rng.choice(pieces.ROWS).format(row)


def steps(rng: Random) -> str:
    """Named steps that repeat the steps before them, so that trees double in size."""
    names, count = rng.choice(["s{}", "é{}", "mean{}", "_{}"]), rng.choice([2, 5, 7, 8, 9, 20, 66])
    chosen = rng.sample(pieces.STEPS, rng.choice([1, 1, 2, 4]))
    known = ["x", "y"]
    lines = [rng.choice(["", f"s = max({', '.join('xy' * rng.randint(1, 50))}, 1);"])]
    for i in range(count):
        name = names.format(i if rng.random() < 0.98 else 0)
        lines.append(f"{name} = {rng.choice(chosen).format(*_last(rng, known))};")
        known.append(name)
    end = rng.choice(["{0}", "{0} + {1}", "x", "cs_rank({0})", ""])
    return "".join([*lines, end.format(*_last(rng, known))])


def _last(rng: Random, known: list[str]) -> tuple[str, str]:
    return known[-1], known[-2] if rng.random() < 0.8 else rng.choice(known)


# Nonsense


def unicode(rng: Random) -> str:
    """Names and signs that look like others."""
    name = "".join(rng.choice(pieces.LOOKALIKES) for _ in range(rng.choice([1, 1, 2, 60])))
    return rng.choice(pieces.WHERE_NAMES_STAND).replace("{}", name)


def quotes(rng: Random) -> str:
    """Strings with quotes and backslashes, closed and open."""
    inner = "".join(rng.choice(pieces.QUOTED) for _ in range(rng.choice([0, 1, 2, 3, 8, 900])))
    name = rng.choice([inner, *(rng.choice(some) for some in (FEATURES, CATEGORIES, SYMBOLS))])
    mark = rng.choice("\"'")
    open_ones = [f"{mark}{name}", f"{name}{mark}"]
    literal = rng.choice([f"{mark}{name}{mark}", written(name, mark), *open_ones])
    return rng.choice(pieces.WHERE_STRINGS_STAND).format(literal)


def soup(rng: Random) -> str:
    """Words and signs in no order."""
    blanks = ["", " "] if rng.random() < 0.7 else ["", " ", "\n", "\u00a0"]
    words = [*pieces.PIECES, *WORDS]
    return "".join(rng.choice(words) + rng.choice(blanks) for _ in range(rng.randint(0, 40)))


def characters(rng: Random) -> str:
    """Characters in no order, some of them from anywhere in Unicode."""
    some = [chr(rng.randrange(0x110000)) for _ in range(5)]
    return "".join(rng.choice([*pieces.ODD, *some]) for _ in range(rng.randint(0, 60)))


SOURCES: dict[str, tuple[Source, float]] = {
    "grammar": (grammar, 20),
    "paper": (paper, 8),
    "wrong": (wrong, 10),
    "mutated": (mutated, 24),
    "crossed": (crossed, 6),
    "calls": (calls, 6),
    "nested": (nested, 4),
    "numbers": (numbers, 4),
    "constants": (constants, 6),
    "long": (long, 0.6),
    "wide": (wide, 0.8),
    "steps": (steps, 1.6),
    "unicode": (unicode, 3),
    "quotes": (quotes, 3),
    "soup": (soup, 8),
    "characters": (characters, 3),
}
"""Every source, and how often it is asked."""

_SOURCE_NAMES = list(SOURCES)
_WEIGHTS = [weight for _, weight in SOURCES.values()]
