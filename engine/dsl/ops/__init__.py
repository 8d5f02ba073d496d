"""The operators of the language: one complete definition each, in one module per axis."""

from __future__ import annotations

from engine.dsl.ops import cross, group, row, time
from engine.dsl.ops.registry import ALIASES, OPS, Axis, Example, Op, Param

for _name in sorted(OPS, key=lambda name: list(Axis).index(OPS[name].axis)):
    OPS[_name] = OPS.pop(_name)  # the catalog's order

__all__ = ["ALIASES", "OPS", "Axis", "Example", "Op", "Param", "cross", "group", "row", "time"]
