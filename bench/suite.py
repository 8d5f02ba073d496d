"""Twenty-two formulas in the style of the published 101, single operators, and trees as lists."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from engine.dsl.parse import Names, parse
from engine.dsl.tree import Call, Category, Feature, Node, Num

FORMULAS = {
    "a001": (
        "cs_rank(ts_arg_max(signed_power(returns < 0 ? ts_std(returns, 20) : close, 2), 5)) - 0.5"
    ),
    "a002": "-ts_corr(cs_rank(ts_delta(log(volume), 2)), cs_rank((close - open) / open), 6)",
    "a003": "-ts_corr(cs_rank(open), cs_rank(volume), 10)",
    "a004": "-ts_rank(cs_rank(low), 9)",
    "a005": "cs_rank(open - ts_mean(vwap, 10)) * -abs(cs_rank(close - vwap))",
    "a006": "-ts_corr(open, volume, 10)",
    "a007": (
        "d = ts_delta(close, 7); ts_mean(volume, 20) < volume ? -ts_rank(abs(d), 60) * sign(d) : -1"
    ),
    "a008": ("s = ts_sum(open, 5) * ts_sum(returns, 5); -cs_rank(s - lag(s, 10))"),
    "a009": ("d = ts_delta(close, 1); 0 < ts_min(d, 5) ? d : (ts_max(d, 5) < 0 ? d : -d)"),
    "a012": "sign(ts_delta(volume, 1)) * -ts_delta(close, 1)",
    "a013": "-cs_rank(ts_cov(cs_rank(close), cs_rank(volume), 5))",
    "a014": "-cs_rank(ts_delta(returns, 3)) * ts_corr(open, volume, 10)",
    "a016": "-cs_rank(ts_cov(cs_rank(high), cs_rank(volume), 5))",
    "a017": (
        "-cs_rank(ts_rank(close, 10)) * cs_rank(ts_delta(ts_delta(close, 1), 1))"
        " * cs_rank(ts_rank(volume / ts_mean(volume, 20), 5))"
    ),
    "a018": ("-cs_rank(ts_std(abs(close - open), 5) + (close - open) + ts_corr(close, open, 10))"),
    "a026": "-ts_max(ts_corr(ts_rank(volume, 5), ts_rank(high, 5), 5), 3)",
    "a028": "cs_scale(ts_corr(ts_mean(volume, 20), low, 5) + (high + low) / 2 - close)",
    "a031": (
        "cs_rank(ts_decay_linear(-cs_rank(ts_delta(close, 10)), 10)) + cs_rank(-ts_delta(close, 3))"
        " + sign(cs_scale(ts_corr(ts_mean(volume, 20), low, 12)))"
    ),
    "a053": "-ts_delta(((close - low) - (high - close)) / (close - low), 9)",
    "a058": ("-ts_rank(ts_decay_linear(ts_corr(group_neutralize(vwap, sector), volume, 4), 8), 6)"),
    "zmom": "cs_zscore(ts_ema(returns, 20) / ts_std(returns, 60))",
    "gmom": "group_neutralize(lag(close, 21) / lag(close, 252) - 1, sector)",
}

OPERATORS = {
    "arithmetic": "(close - low - (high - close)) / (high - low)",
    "if_else": "close > open ? high : low",
    "log": "log(volume)",
    "lag 5": "lag(close, 5)",
    "ts_delta 5": "ts_delta(close, 5)",
    "ts_mean 20": "ts_mean(close, 20)",
    "ts_std 20": "ts_std(close, 20)",
    "ts_max 20": "ts_max(close, 20)",
    "ts_arg_max 20": "ts_arg_max(close, 20)",
    "ts_rank 10": "ts_rank(close, 10)",
    "ts_rank 60": "ts_rank(close, 60)",
    "ts_corr 10": "ts_corr(close, volume, 10)",
    "ts_corr 60": "ts_corr(close, volume, 60)",
    "ts_cov 10": "ts_cov(close, volume, 10)",
    "ts_decay_linear 10": "ts_decay_linear(close, 10)",
    "ts_ema 20": "ts_ema(close, 20)",
    "ts_median 60": "ts_median(close, 60)",
    "ts_skew 60": "ts_skew(returns, 60)",
    "cs_rank": "cs_rank(close)",
    "cs_zscore": "cs_zscore(close)",
    "cs_scale": "cs_scale(close)",
    "group_neutralize": "group_neutralize(close, sector)",
}
"""Formulas with one operator, but for `arithmetic`, which has what an expression tends to have."""

WARM_UP = 300
"""From this date on every window of every formula is full of dates."""

Tree = list[Any] | float
"""["feature", name], [operator, argument, ...] or a number."""


def nodes(names: Names) -> list[Node]:
    """The parsed formulas, in the order of `FORMULAS`."""
    return [parse(text, names) for text in FORMULAS.values()]


def features(tree: Tree) -> set[str]:
    """The columns a tree reads."""
    if not isinstance(tree, list):
        return set()
    return {tree[1]} if tree[0] == "feature" else set().union(*map(features, tree[1:]))


def looks_across(tree: Tree) -> bool:
    """Whether some operator of a tree compares symbols."""
    if not isinstance(tree, list) or tree[0] == "feature":
        return False
    return tree[0].startswith(("cs_", "group_")) or any(map(looks_across, tree[1:]))


def tree(node: Node) -> Tree:
    """`node` as lists, for programs that know nothing of the engine.

    Options of an operator that have their usual value are left out.
    """
    match node:
        case Num(value):
            return float(value)
        case Feature(name) | Category(name):
            return ["feature", name]
        case Call():
            usual = [p.default is not None and a == Num(p.default) for p, a in node.operands]
            count = len(usual) - len(list(takewhile(bool, reversed(usual))))
            return [node.name, *map(tree, node.args[:count])]
        case _:
            raise TypeError(node)
