"""The operators of the language: one complete definition each, in modules by axis and theme."""

from __future__ import annotations

from engine.dsl.ops import (
    cross,
    cross_pairs,
    cross_statistics,
    group,
    row,
    row_logic,
    time,
    time_averages,
    time_indicators,
    time_memory,
    time_pairs,
)
from engine.dsl.ops.registry import ALIASES, OPS, Axis, Example, Op, Param

for _name in sorted(OPS, key=lambda name: list(Axis).index(OPS[name].axis)):
    OPS[_name] = OPS.pop(_name)  # the catalog's order

__all__ = [
    "ALIASES",
    "OPS",
    "Axis",
    "Example",
    "Op",
    "Param",
    "cross",
    "cross_pairs",
    "cross_statistics",
    "group",
    "row",
    "row_logic",
    "time",
    "time_averages",
    "time_indicators",
    "time_memory",
    "time_pairs",
]
