"""What reading a text gives: the tree, and what there is to say about the text."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from engine.dsl.tree import Node


class Part(NamedTuple):
    """A parsed piece and the text it stands for."""

    node: Node
    start: int
    end: int


class Finding(Struct, frozen=True):
    """A sentence about the text from `start` to `end`."""

    message: str
    start: int
    end: int


class Reading(Struct, frozen=True):
    """The canonical tree of a text.

    notes     how names and windows of a dialect were taken
    warnings  what can be computed and hardly makes sense
    """

    node: Node
    notes: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
