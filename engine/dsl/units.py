"""Units of expressions: what may be added to what.

A unit is a product of powers of money, shares and days: a price is money per share. What is not
known has no unit (None) and fits everything, and so do numbers written in the text. A number of
days fits a pure number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import accumulate

from msgspec import Struct

from engine.dsl.tree import Call, Feature, Node, Num
from engine.panel.market import standard_name

_DIGITS = 9  # a cube root three times over is a whole power again


class Unit(Struct, frozen=True):
    """money^money shares^shares days^days; `free` for numbers that are whatever they need to be."""

    money: float = 0.0
    shares: float = 0.0
    days: float = 0.0
    free: bool = False

    def times(self, other: Unit, power: float = 1.0) -> Unit:
        """The unit of a value of this unit times a power of one of another."""
        return Unit(
            round(self.money + power * other.money, _DIGITS),
            round(self.shares + power * other.shares, _DIGITS),
            round(self.days + power * other.days, _DIGITS),
            self.free and other.free,
        )

    def fits(self, other: Unit) -> bool:
        """Whether the two may be added or compared."""
        if self.free or other.free:
            return True
        return (self.money, self.shares) == (other.money, other.shares)


NONE, FREE, DAYS = Unit(), Unit(free=True), Unit(days=1)
MONEY, SHARES = Unit(money=1), Unit(shares=1)
PRICE = MONEY.times(SHARES, -1)

Maybe = Unit | None

OF_STANDARD = {
    "open": PRICE,
    "high": PRICE,
    "low": PRICE,
    "close": PRICE,
    "vwap": PRICE,
    "volume": SHARES,
    "cap": MONEY,
    "returns": NONE,
}
"""Units of the columns that have a standard name, or a known spelling of it."""

OF_OTHERS = {
    "*bps": NONE,
    "universe": NONE,
    "in_universe": NONE,
    "member": NONE,
    "shares": SHARES,
    "shares_out*": SHARES,
    "free_float": SHARES,
    "dollar_volume": MONEY,
    "traded_value": MONEY,
    "turnover_value": MONEY,
}
"""Units of further columns by their names in small letters, with * for anything."""


def unit_of_column(name: str, price: str | None = None) -> Maybe:
    """The unit that the name of a column tells of; `price` is the one that earns returns."""
    if name == price:
        return PRICE
    standard = standard_name(name)
    if standard is not None:
        return OF_STANDARD.get(standard)
    small = name.casefold()
    return next((unit for form, unit in OF_OTHERS.items() if fnmatchcase(small, form)), None)


# What operators make of the units of their arguments


def _power(units: Sequence[Maybe], node: Call) -> Maybe:
    base, exponent = units[0], node.args[1]
    if base is None or not isinstance(exponent, Num):
        return NONE if base == NONE else None
    return base if base.free else NONE.times(base, exponent.value)


def _product(units: Sequence[Maybe], node: Call) -> Maybe:
    """A product over days has a unit only where one value has none, for days may be missing."""
    return _power(units, node) if units[0] == NONE else None


def _times(units: Sequence[Maybe], power: float) -> Maybe:
    first, second = units[:2]
    return None if first is None or second is None else first.times(second, power)


def _sum(units: Sequence[Maybe]) -> Maybe:
    """The common unit of what is added up; none is known where one is not, or they do not fit."""
    if None in units:
        return None
    bound = [unit for unit in units if unit is not None and not unit.free]
    if not bound:
        return FREE
    return bound[0] if all(bound[0].fits(unit) for unit in bound) else None


Rule = Callable[[Sequence[Maybe], Call], Maybe]

_RULES: dict[Rule, str] = {
    lambda units, _: units[0]: """
        neg abs floor round clip
        lag ts_delta ts_sum ts_mean ts_median ts_quantile ts_decay_linear ts_decay_exp ts_ema
        ts_std ts_min ts_max ts_backfill ts_kth ts_last_diff ts_resid
        cs_demean cs_winsorize cs_truncate cs_neutralize cs_vector_neut pasteurize
        cs_mean cs_sum cs_min cs_max cs_median cs_std hump
        group_mean group_sum group_min group_max group_median group_std
        group_neutralize group_backfill""",
    lambda *_: NONE: """
        sign log exp tanh sigmoid s_log_1p buckets
        ts_return ts_zscore ts_rank ts_normal_score ts_scale ts_skew ts_kurt ts_corr
        ts_regression_r2 ts_spread_zscore ts_count rsi
        cs_rank cs_zscore cs_robust_zscore cs_scale cs_quantile cs_bucket cs_count
        group_rank group_zscore group_scale group_count""",
    lambda *_: DAYS: "ts_arg_max ts_arg_min ts_days_since_change",
    lambda units, _: _sum(units): "add sub min max fill",
    lambda units, _: _sum(units[1:]): "if_else",
    lambda units, _: _sum(units[:3]): "atr",
    lambda units, _: units[1]: "trade_when",
    lambda units, _: _times(units, 1): "mul ts_cov",
    lambda units, _: _times(units, -1): "div ts_beta",
    lambda units, _: _times([NONE, *units], -1): "inverse",
    lambda units, _: _times([NONE, *units], 0.5): "sqrt",
    _power: "power signed_power",
    _product: "ts_product",
}

RULES: Mapping[str, Rule] = {name: rule for rule, names in _RULES.items() for name in names.split()}
"""The unit of a call by its operator. Truth has none; of any other operator nothing is known."""


def unit_of(node: Node, price: str | None = None, known: dict[Node, Maybe] | None = None) -> Maybe:
    """The unit of an expression; `known` remembers those of its parts."""
    known = {} if known is None else known
    if node not in known:
        match node:
            case Num():
                known[node] = FREE
            case Feature(name=name):
                known[node] = unit_of_column(name, price)
            case Call():
                known[node] = _of_call(node, [unit_of(arg, price, known) for arg in node.args])
            case _:
                known[node] = None
    return known[node]


def _of_call(node: Call, units: Sequence[Maybe]) -> Maybe:
    if node.op.boolean:
        return NONE
    rule = RULES.get(node.name)
    return rule(units, node) if rule else None


# What may not be mixed

_COMPARES = "This compares {0} with {1}"
_MIXES = {
    "add": "This adds {0} and {1}",
    "sub": "This subtracts {1} from {0}",
    "min": "This takes the smaller of {0} and {1}",
    "max": "This takes the larger of {0} and {1}",
    "if_else": "This chooses between {0} and {1}",
    "fill": "This fills the holes of {0} with {1}",
    "atr": "This takes the range of {0} and {1}",
    "ts_spread_zscore": "This subtracts {1} from {0}",
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), _COMPARES),
}
MIXING = frozenset(_MIXES)
"""Operators whose arguments must be of one unit."""

_OPERANDS = {"if_else": slice(1, 3), "atr": slice(0, 3), "ts_spread_zscore": slice(0, 2)}
_LONGEST = 40


def warning(operator: str, operands: Sequence[tuple[Maybe, str]]) -> str | None:
    """A sentence about arguments that do not fit: their units and their texts, in order."""
    if operator not in MIXING:
        return None
    parts = [(unit, text) for unit, text in operands[_OPERANDS.get(operator, slice(None))] if unit]
    for place, (unit, text) in enumerate(parts):
        for other, its_text in parts[:place]:
            if not unit.fits(other):
                mixed = _MIXES[operator].format(_told(other, its_text), _told(unit, text))
                return f"{mixed}: rank them or turn them into ratios first."
    return None


def _told(unit: Unit, text: str) -> str:
    return f"{describe(unit)} ({_shortened(text)})"


def _shortened(text: str) -> str:
    words = _bare(" ".join(text.split()))
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."


def _bare(text: str) -> str:
    """The text without parentheses around the whole of it."""
    while text.startswith("(") and text.endswith(")"):
        open_ = accumulate((c == "(") - (c == ")") for c in text[:-1])
        if 0 in open_:
            break
        text = text[1:-1].strip()
    return text


_NAMES = {
    NONE: "a pure number",
    PRICE: "a price",
    SHARES: "a number of shares",
    MONEY: "an amount of money",
    DAYS: "a number of days",
}


def describe(unit: Unit) -> str:
    """The unit in words."""
    if unit in _NAMES:
        return _NAMES[unit]
    powers = {"money": unit.money, "shares": unit.shares, "days": unit.days}
    shown = " ".join(f"{name}^{power:g}" for name, power in powers.items() if power)
    return f"a quantity in {shown}"
