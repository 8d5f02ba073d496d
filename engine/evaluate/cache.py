"""Values that several expressions of a batch need."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from engine.dsl.tree import Call, Node


class Cache:
    """Values that expressions still to come need, at most `size` of them."""

    def __init__(self, uses: Mapping[Node, int], size: int) -> None:
        self._uses = dict(uses)
        self._size = size
        self._values: dict[Node, Future[Any]] = {}
        self._lock = threading.Lock()

    def claim(self, node: Node) -> tuple[Future[Any] | None, bool]:
        """(the value's future or None if it is not worth keeping, whether the caller computes)."""
        with self._lock:
            future = self._values.get(node)
            if future is not None:
                return future, False
            if self._uses.get(node, 0) < 2 or not self._room(node):
                return None, True
            future = self._values[node] = Future()
            return future, True

    def shared(self, node: Node) -> bool:
        """Whether other roots need the value too."""
        return self._uses.get(node, 0) > 1

    def forget(self, node: Node) -> None:
        """Its computation failed: whoever needs it next tries again."""
        with self._lock:
            self._values.pop(node, None)

    def used(self, nodes: frozenset[Node]) -> None:
        """One more root that needs `nodes` is done."""
        with self._lock:
            for node in nodes:
                left = self._uses.get(node, 1) - 1
                self._uses[node] = left
                if left <= 0:
                    self._values.pop(node, None)

    def _room(self, node: Node) -> bool:
        if len(self._values) < self._size:
            return True
        worst = min(self._values, key=self._worth, default=None)
        if worst is None or not self._values[worst].done():
            return False
        if self._worth(worst) >= self._worth(node):
            return False
        del self._values[worst]
        return True

    def _worth(self, node: Node) -> float:
        assert isinstance(node, Call)
        return node.op.cost * (self._uses.get(node, 1) - 1)
