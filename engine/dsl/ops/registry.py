"""What an operator is, and the table of all of them.

A definition is one decorated function. Its name is the operator's name (a trailing underscore is
dropped), its docstring the help, its annotations the signature, its body how panels are computed
with the kernels. `op` adds the rest; see `Op`. Parser, completion, help, generator, complexity,
lookback and tests read nothing but this table.

Some operators are nothing but others put together. Their definition, by `short`, is an expression
of those, and that is what the parser makes of a call: both spellings are one strategy. In the same
way an option of a call never reaches a tree: `expand`, whose arguments behind the star it is, says
which operators the call stands for when it is given.

An argument reaches `compute` by its kind:

    series    an Array [dates, symbols]; where `constant` holds it may be a float instead, but at
              least one argument of every call is an array
    category  the int32 codes [dates, symbols] of a category column, -1 = missing
    symbol    an Array [dates, symbols] that is 1.0 in the named symbol's column and 0.0 elsewhere
    int       a Python int within [low, high]
    number    a Python float within [low, high]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from inspect import Parameter, cleandoc, signature
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Kind = Literal["series", "category", "symbol", "int", "number"]

MAX_DAYS = 2520

Series = Annotated[Array, "series"]
Value = Annotated[Array | float, "series", "constant"]
Condition = Annotated[Array, "series", "condition"]
Truth = Annotated[Array | float, "series", "constant", "condition"]
Category = Annotated[Codes, "category"]
Symbol = Annotated[Array, "symbol"]
Window = Annotated[int, Meta(ge=1, le=MAX_DAYS, description="trading days")]
Lag = Annotated[int, Meta(ge=0, le=MAX_DAYS, description="trading days")]
Flag = Annotated[int, Meta(ge=0, le=1, description="0 = no, 1 = yes")]
Bound = Annotated[float, Meta(description="limit")]
Fraction = Annotated[float, Meta(ge=0, le=1, description="0 to 1", examples=[0.1, 0.25, 0.75, 0.9])]
Shift = Annotated[float, Meta(description="added to the result")]

Spec = Callable[..., Any]
Lookback = Callable[..., int | None]
Build = Any
"""What expressions of operators are written with: `f.sub(x, f.ts_mean(x, d))`, `f.missing`."""


class Axis(Enum):
    """The cells an operator looks at to compute one cell."""

    ROW = "row"
    """The same date and symbol in each argument."""

    TIME = "time"
    """That date and earlier dates of the same symbol; never a later one."""

    CROSS = "cross"
    """All symbols of that date."""

    GROUP = "group"
    """All symbols of that date which share a category."""


class Param(msgspec.Struct, frozen=True):
    """One argument of an operator.

    `low` and `high` bound a literal (inclusive), `default` is None where the argument must be
    given, `typical` are the values the generator prefers, `condition` marks a series read as true
    or false, `constant` one that may be a plain number.
    """

    name: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    default: float | None = None
    doc: str = ""
    typical: tuple[float, ...] = ()
    condition: bool = False
    constant: bool = False

    def accepts(self, value: float) -> bool:
        """Whether the argument may be this number."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return low <= value <= high and (self.kind != "int" or float(value).is_integer())

    @property
    def bounds(self) -> str:
        """What the argument must be, e.g. `a whole number from 1 to 2520`."""
        noun = "a whole number" if self.kind == "int" else "a number"
        if self.low is None or self.high is None:
            return noun
        told = f" ({self.doc})" if self.words and "yes" not in self.words else ""
        return f"{noun} from {_short(self.low)} to {_short(self.high)}{told}"

    @property
    def days(self) -> bool:
        """Whether the argument counts trading days."""
        return self.doc == "trading days"

    @property
    def words(self) -> dict[str, float]:
        """Words that may stand for its numbers, e.g. {"no": 0, "yes": 1, "false": 0, "true": 1}."""
        told = {word: float(value) for value, word in re.findall(r"(\d+) = (\w+)", self.doc)}
        return told | ({"false": 0.0, "true": 1.0} if "yes" in told else {})


FILTER = Param("filter", "int", 0, 1, 0, "0 = no, 1 = yes")
"""Whether missing arguments count as the neutral value of the operator."""


class Example(msgspec.Struct, frozen=True):
    """A worked case: `text` over the columns `given` yields `gives`.

    Lists run along dates for row and time operators, along symbols for cross and group operators
    and for `symbol_is` (whose symbols are A, B, C ...).
    """

    text: str
    given: dict[str, list[Any]]
    gives: list[float | None]


class Op(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One operator.

    spec         its meaning in plain Python on lists with None = missing, independent of the
                 kernels. ROW: values -> value. TIME: one list per series, all values up to and
                 including today, oldest first -> value. CROSS: the date's lists -> list (of a
                 CROSS operator that looks back: all dates' lists up to today -> list). GROUP: the
                 date's list and the group labels -> list. Literals follow the series.
    lookback     of the literals: how many earlier dates it reads; None = all of them
    minimum      present values a window needs at least (and never less than half of the window)
    infix        (symbol, binding power); with one argument it is a prefix
    commutative  the first two arguments may be exchanged without changing a bit
    variadic     takes any number of arguments from two on, in any order and grouping
    repeats      takes any number of numbers from one on in the place of its last parameter
    neutral      called as a function it takes any number of arguments from two on, combined from
                 left to right, and with filter=1 counts missing ones as this; None: it does not
    expand       of a `Build`, the arguments and the options: the expression of other operators the
                 call stands for, or None where it stands for itself
    options      what a call may say besides its parameters; where it does not, nothing is expanded
    short        it always stands for others: no canonical tree has it, the generator draws it never
    keywords     further names of parameters and options, for the formulas of others
    mirror       the operator that means the same with exchanged arguments
    boolean      gives 1.0 and 0.0 only
    missing      what it does with missing values, where that is not what its kind does
    signal       how often the generator puts it at the root: high where the result is centred
                 around zero whatever the input; 0 = never
    keeps        the result is centred and free of units where its arguments are
    weight       how often the generator picks it elsewhere; 0 = never
    cost         what one use adds to the complexity score
    """

    name: str
    aliases: tuple[str, ...]
    doc: str
    axis: Axis
    params: tuple[Param, ...]
    compute: Callable[..., Array]
    spec: Spec
    lookback: Lookback
    minimum: int
    infix: tuple[str, int] | None = None
    commutative: bool = False
    variadic: bool = False
    repeats: bool = False
    neutral: float | None = None
    expand: Callable[..., Any] | None = None
    options: tuple[Param, ...] = ()
    short: bool = False
    keywords: Mapping[str, str]
    mirror: str | None = None
    boolean: bool
    nonlinear: bool
    signal: float = 0.0
    keeps: bool = False
    weight: float = 0.0
    cost: float
    examples: tuple[Example, ...]
    missing: str = ""

    def param(self, place: int) -> Param:
        """What the argument in this place is for: a parameter or, below 0, an option."""
        if place < 0:
            return self.options[-1 - place]
        return self.params[min(place, len(self.params) - 1) if self.open else place]

    def place(self, index: int) -> int:
        """The place of argument number `index` of a call; options follow the parameters."""
        return index if self.open else [*self.places.values(), index][min(index, len(self.places))]

    @property
    def places(self) -> dict[str, int]:
        """The places of parameters and options by their names."""
        params = {param.name: i for i, param in enumerate(self.params)}
        return params | {option.name: -1 - i for i, option in enumerate(self.options)}

    @property
    def open(self) -> bool:
        """Whether a call may have more arguments than there are parameters."""
        return self.variadic or self.repeats or self.neutral is not None

    @property
    def usage(self) -> str:
        """The call as one would write it, e.g. `clip(x, lo=-1, hi=1)`."""
        params, options = map(_usage, self.params), map(_usage, self.options)
        return f"{self.name}({', '.join([*params, *['...'] * self.open, *options])})"


OPS: dict[str, Op] = {}
"""Every operator by its canonical name."""

ALIASES: dict[str, str] = {}
"""Other spelling -> canonical name."""


def instant(*_: float) -> int:
    """Lookback of an operator that reads today only."""
    return 0


def window(days: int, *_: float) -> int:
    """Lookback of a window of `days` that ends today."""
    return days - 1


def steps(days: int, *_: float) -> int:
    """Lookback of an operator that reads the value `days` ago."""
    return days


def yesterday(*_: float) -> int:
    """Lookback of an operator that reads today and the day before."""
    return 1


def forever(*_: float) -> None:
    """Lookback of an operator that carries a state from the first date on."""


def eg(text: str, gives: Sequence[float | None], **given: list[Any]) -> Example:
    """An example, in the order a reader wants it."""
    return Example(text, given, list(gives))


def op(
    axis: Axis,
    *examples: Example,
    spec: Spec,
    aliases: Sequence[str] = (),
    lookback: Lookback = instant,
    minimum: int = 1,
    infix: tuple[str, int] | None = None,
    commutative: bool = False,
    variadic: bool = False,
    repeats: bool = False,
    neutral: float | None = None,
    expand: Callable[..., Any] | None = None,
    keywords: Mapping[str, str] | None = None,
    mirror: str | None = None,
    boolean: bool = False,
    nonlinear: bool = False,
    signal: float = 0.0,
    keeps: bool = False,
    weight: float = 1.0,
    cost: float = 1.0,
    missing: str = "",
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Register the decorated function as an operator."""

    def register(compute: Callable[..., Array]) -> Callable[..., Array]:
        params, _ = _signature(compute, axis)
        _add(
            Op(
                name=compute.__name__.rstrip("_"),
                aliases=tuple(aliases),
                doc=cleandoc(compute.__doc__ or ""),
                axis=axis,
                params=params,
                compute=_prepared(compute, axis, params),
                spec=spec,
                lookback=lookback,
                minimum=minimum,
                infix=infix,
                commutative=commutative,
                variadic=variadic,
                repeats=repeats,
                neutral=neutral,
                expand=expand,
                options=_options(expand, neutral, axis),
                keywords=keywords or {},
                mirror=mirror,
                boolean=boolean,
                nonlinear=nonlinear,
                signal=signal,
                keeps=keeps,
                weight=weight,
                cost=cost,
                examples=examples,
                missing=missing,
            )
        )
        return compute

    return register


def short(
    axis: Axis,
    *examples: Example,
    spec: Spec,
    aliases: Sequence[str] = (),
    lookback: Lookback = instant,
    minimum: int = 1,
    keywords: Mapping[str, str] | None = None,
    boolean: bool = False,
    nonlinear: bool = False,
    cost: float,
    missing: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function, an expression of other operators, under its name.

    `cost` is that of the operators it stands for.
    """

    def register(expand: Callable[..., Any]) -> Callable[..., Any]:
        params, _ = _signature(expand, axis)
        _add(
            Op(
                name=expand.__name__.rstrip("_"),
                aliases=tuple(aliases),
                doc=cleandoc(expand.__doc__ or ""),
                axis=axis,
                params=params,
                compute=_prepared(lambda *args: expand(_ARRAYS, *args), axis, params),
                spec=spec,
                lookback=lookback,
                minimum=minimum,
                expand=expand,
                short=True,
                keywords=keywords or {},
                boolean=boolean,
                nonlinear=nonlinear,
                cost=cost,
                examples=examples,
                missing=missing,
            )
        )
        return expand

    return register


class _Arrays:
    """A `Build` of values: `f.sub(x, y)` is what the operator computes."""

    missing = math.nan

    def __getattr__(self, name: str) -> Callable[..., Any]:
        definition = OPS[name.rstrip("_")]

        def call(*args: Any) -> Any:
            left = definition.params[len(args) :]
            return definition.compute(*args, *(param.default for param in left))

        return call


_ARRAYS = _Arrays()


def _add(definition: Op) -> None:
    for name in (definition.name, *definition.aliases):
        assert name not in OPS, name
        assert name not in ALIASES, name
    OPS[definition.name] = definition
    ALIASES.update(dict.fromkeys(definition.aliases, definition.name))


def _prepared(compute: Callable[..., Array], axis: Axis, params: tuple[Param, ...]) -> Any:
    """`compute`, for arguments as a tree holds them: whole numbers are floats there.

    The only row call without an array in a canonical tree is 0 / 0, whose value is NaN.
    """
    whole = [i for i, param in enumerate(params) if param.kind == "int"]

    def prepared(*args: Any) -> Any:
        exact = list(args)
        for i in whole:
            exact[i] = int(exact[i])
        return compute(*exact)

    def total(*args: Any) -> Any:
        return compute(*args) if any(isinstance(a, np.ndarray) for a in args) else math.nan

    return total if axis is Axis.ROW else prepared


def _signature(
    function: Callable[..., Any], axis: Axis
) -> tuple[tuple[Param, ...], tuple[Param, ...]]:
    """The parameters and, behind the star, the options."""
    hints = get_type_hints(function, include_extras=True)
    taken = [p for p in signature(function).parameters.values() if get_args(hints[p.name])]
    params = [_param(p, hints[p.name], axis) for p in taken if p.kind is p.POSITIONAL_OR_KEYWORD]
    options = [_param(p, hints[p.name], axis) for p in taken if p.kind is p.KEYWORD_ONLY]
    return tuple(params), tuple(options)


def _options(expand: Callable[..., Any] | None, neutral: float | None, axis: Axis) -> Any:
    if neutral is not None:
        return (FILTER,)
    return _signature(expand, axis)[1] if expand else ()


def _param(parameter: Parameter, hint: Any, axis: Axis) -> Param:
    base, *marks = get_args(hint)
    name = parameter.name.rstrip("_")
    default = None if parameter.default is Parameter.empty else float(parameter.default)
    if not isinstance(marks[0], Meta):
        return Param(
            name,
            marks[0],
            default=default,
            typical=_typical(marks[-1]) if isinstance(marks[-1], Meta) else (),
            condition="condition" in marks,
            constant=marks[0] == "series" and (axis is Axis.ROW or "constant" in marks),
        )
    meta: Meta = marks[0]
    return Param(
        name,
        "int" if base is int else "number",
        meta.ge,
        meta.le,
        default,
        meta.description or "",
        _typical(meta),
    )


def _typical(meta: Meta) -> tuple[float, ...]:
    return tuple(map(float, meta.examples or ()))


def _usage(param: Param) -> str:
    if param.default is None:
        return param.name
    return f"{param.name}={_short(param.default)}"


def _short(value: float) -> str:
    return repr(value).removesuffix(".0")
