"""Dialects: tables of names and options by which the one parser reads the texts of others.

A dialect is no second language. Its texts have the grammar of ours and become trees of our
operators; the tables say which operator or column a name stands for, and which options differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from engine.dsl.canonical import build
from engine.dsl.ops import ALIASES, OPS, Op, Param
from engine.dsl.parse.reading import Part
from engine.dsl.parse.standard import Columns, Derived, listed
from engine.dsl.tree import Names, Node, Num, is_constant
from engine.errors import ExprError, ParamError
from engine.panel.market import STANDARD, columns_for


class Meaning(NamedTuple):
    """What a piece of text stands for, and what has to be said about that."""

    node: Node
    note: str | None = None


Form = Callable[[Sequence[Part]], Meaning | None]


class Dialect(Struct, frozen=True, kw_only=True):
    """What differs from our own language, which is the dialect without any difference.

    about       whose texts it reads
    folds       operators in any case, names with dots in them, windows rounded down
    functions   name of an operator, in small letters -> ours
    signatures  our operators with other parameters or defaults
    forms       operator -> what certain arguments mean instead; None: what they mean with us
    columns     names of columns that mean the same in every data set
    """

    about: str = ""
    folds: bool = False
    functions: Mapping[str, str] = {}
    signatures: Mapping[str, Op] = {}
    forms: Mapping[str, Form] = {}
    columns: Columns = Columns()

    def operator(self, name: str) -> Op | None:
        """The operator of that name, as its arguments are to be read."""
        known = name.casefold() if self.folds else name
        known = self.functions.get(known, known)
        known = ALIASES.get(known, known)
        return self.signatures.get(known) or OPS.get(known)

    def literal(self, param: Param, node: Node) -> Meaning:
        """The argument as the operator takes it."""
        if not (self.folds and param.days and isinstance(node, Num)):
            return Meaning(node)
        whole = float(math.floor(node.value))
        return Meaning(node) if whole == node.value else Meaning(Num(whole), _FLOORED)


_FLOORED = "Windows that are no whole numbers of days were rounded down."


# The 101 Formulaic Alphas


def _with_default(operator: str, param: str, value: float) -> Op:
    """An operator of which one option is another unless given."""
    op = OPS[operator]
    params = (replace(each, default=value) if each.name == param else each for each in op.params)
    return replace(op, params=tuple(params))


def _without_options(operator: str, *params: Param) -> Op:
    """An operator with other parameters, or with those it cannot do without."""
    needed = params or tuple(param for param in OPS[operator].params if param.default is None)
    return replace(OPS[operator], params=needed)


def _place_of_extreme(operator: str) -> Form:
    """1 for the oldest day of the window to d for today; of equal ones the oldest counts."""

    def form(parts: Sequence[Part]) -> Meaning:
        x, days = (part.node for part in parts)
        since = build(OPS[operator], (x, days, Num(1.0)))
        return Meaning(build(OPS["sub"], (days, since)))

    return form


def _over_days(operator: str, over: str, what: str) -> Form:
    """The smallest or largest of some days where the second of two arguments is a number."""
    window = OPS[over].params[1]

    def form(parts: Sequence[Part]) -> Meaning | None:
        x, d = parts[0], parts[-1]
        if len(parts) != 2 or not isinstance(d.node, Num) or is_constant(x.node):
            return None
        days = Num(float(math.floor(d.node.value)))
        number = f"{d.node.value:g}"
        if not window.accepts(days.value):
            message = (
                f"In this dialect {operator}(x, {number}) is {over}(x, {number}), and d of {over}"
                f" must be {window.bounds}. To compare with a number write"
                f" {operator}({number}, x)."
            )
            raise ExprError(message, d.start, d.end)
        window_of = f"{over}(x, {days.value:g}), the {what} of {days.value:g} days"
        note = f"{operator}(x, {number}) is {window_of}."
        return Meaning(build(OPS[over], (x.node, days)), note)

    return form


def _signed_power(parts: Sequence[Part]) -> Meaning | None:
    """sign(x) |x|^a, also where a is an expression."""
    x, a = (part.node for part in parts)
    if isinstance(a, Num) and OPS["signed_power"].params[1].accepts(a.value):
        return None
    size = build(OPS["power"], (build(OPS["abs"], (x,)), a))
    return Meaning(build(OPS["mul"], (build(OPS["sign"], (x,)), size)))


OURS = Dialect()

ALPHA101 = Dialect(
    about="the 101 Formulaic Alphas of Kakushadze (arXiv 1601.00991)",
    folds=True,
    functions={"signedpower": "signed_power"},
    signatures={
        "cs_rank": _with_default("cs_rank", "percent", 1.0),
        "ts_rank": _with_default("ts_rank", "percent", 1.0),
        "ts_corr": _with_default("ts_corr", "least", 2.0),
        "ts_arg_max": _without_options("ts_arg_max"),
        "ts_arg_min": _without_options("ts_arg_min"),
        "signed_power": _without_options(
            "signed_power", OPS["signed_power"].params[0], Param("a", "series", constant=True)
        ),
    },
    forms={
        "ts_arg_max": _place_of_extreme("ts_arg_max"),
        "ts_arg_min": _place_of_extreme("ts_arg_min"),
        "min": _over_days("min", "ts_min", "smallest"),
        "max": _over_days("max", "ts_max", "largest"),
        "signed_power": _signed_power,
    },
    columns=Columns(
        known=frozenset(STANDARD) - {"sector"},
        derived={
            "vwap": Derived("({high} + {low} + {close}) / 3", "({high} + {low} + {close}) / 3"),
            # x / (x > 0) is x, or missing where a price is none, as for the returns of the engine
            "returns": Derived(
                "{close} / ({close} > 0) / lag(ts_backfill({close} / ({close} > 0), 2520), 1) - 1",
                "{close} / (the last {close} known before) - 1",
            ),
            "adv{d}": Derived("ts_mean({volume}, {d})", "ts_mean({volume}, {d}), in shares"),
        },
        groups={
            f"{prefix}{level}": "sector"
            for prefix in ("", "indclass.")
            for level in ("sector", "industry", "subindustry")
        },
    ),
)

DIALECTS: Mapping[str, Dialect] = {"alpha101": ALPHA101}
"""Dialects by the name one asks for them with."""


def dialect_of(name: str | None) -> Dialect:
    """The dialect of that name; ours for None."""
    if name is None:
        return OURS
    if name not in DIALECTS:
        raise ParamError(f"There is no dialect {name!r}; choose {listed(DIALECTS)}, or none.")
    return DIALECTS[name]


def derivable(names: Names) -> tuple[str, ...]:
    """What the dialects make of a data set with high, low and close: a sentence per column."""
    if any(len(columns_for(name, names.features, names.price)) != 1 for name in _BARS):
        return ()
    return tuple(
        f"Formulas in the dialect {name} can be read on it: {sentence}"
        for name, dialect in DIALECTS.items()
        for sentence in dialect.columns.missing_but_known(names)
    )


_BARS = ("high", "low", "close")
