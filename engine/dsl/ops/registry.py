"""What an operator is, and the table of all of them.

A definition is one decorated function. Its name is the operator's name (a trailing underscore is
dropped), its docstring the help, its annotations the signature, its body how panels are computed
with the kernels. `op` adds the rest; see `Op`. Parser, completion, help, generator, complexity,
lookback and tests read nothing but this table.

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
from collections.abc import Callable, Sequence
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

Spec = Callable[..., Any]
Lookback = Callable[..., int | None]


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
        return f"{noun} from {_short(self.low)} to {_short(self.high)}"

    @property
    def days(self) -> bool:
        """Whether the argument counts trading days."""
        return self.doc == "trading days"


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
    mirror       the operator that means the same with exchanged arguments
    boolean      gives 1.0 and 0.0 only
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
    infix: tuple[str, int] | None
    commutative: bool
    variadic: bool
    mirror: str | None
    boolean: bool
    nonlinear: bool
    signal: float
    keeps: bool
    weight: float
    cost: float
    examples: tuple[Example, ...]

    def param(self, index: int) -> Param:
        """The parameter that argument number `index` belongs to."""
        return self.params[min(index, len(self.params) - 1) if self.variadic else index]

    @property
    def usage(self) -> str:
        """The call as one would write it, e.g. `clip(x, lo=-1, hi=1)`."""
        return f"{self.name}({', '.join(map(_usage, self.params))}{', ...' * self.variadic})"


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
    mirror: str | None = None,
    boolean: bool = False,
    nonlinear: bool = False,
    signal: float = 0.0,
    keeps: bool = False,
    weight: float = 1.0,
    cost: float = 1.0,
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Register the decorated function as an operator."""

    def register(compute: Callable[..., Array]) -> Callable[..., Array]:
        name = compute.__name__.rstrip("_")
        params = _params(compute, axis)
        _add(
            Op(
                name=name,
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
                mirror=mirror,
                boolean=boolean,
                nonlinear=nonlinear,
                signal=signal,
                keeps=keeps,
                weight=weight,
                cost=cost,
                examples=examples,
            )
        )
        return compute

    return register


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


def _params(compute: Callable[..., Array], axis: Axis) -> tuple[Param, ...]:
    hints = get_type_hints(compute, include_extras=True)
    parameters = signature(compute).parameters.values()
    return tuple(_param(p, hints[p.name], axis) for p in parameters if p.kind != p.VAR_POSITIONAL)


def _param(parameter: Parameter, hint: Any, axis: Axis) -> Param:
    base, *marks = get_args(hint)
    name = parameter.name.rstrip("_")
    default = None if parameter.default is Parameter.empty else float(parameter.default)
    if not isinstance(marks[0], Meta):
        constant = marks[0] == "series" and (axis is Axis.ROW or "constant" in marks)
        typical = _typical(marks[-1]) if isinstance(marks[-1], Meta) else ()
        condition = "condition" in marks
        return Param(name, marks[0], typical=typical, condition=condition, constant=constant)
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
