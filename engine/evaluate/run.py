"""Values of expressions on a panel.

The value of an expression never depends on what it is evaluated with: every operator is a function
of its arguments alone, so sharing, order, threads and the size of the cache change the time it
takes and nothing else.
"""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine import kernels
from engine.dsl.ops import Axis, Param
from engine.dsl.tree import Call, Category, Feature, Node, Num, Text, walk
from engine.errors import CancelledError
from engine.evaluate.plan import Plan
from engine.kernels.pool import Array
from engine.panel import Panel

T = TypeVar("T")
Cancel = Callable[[], bool]
_CHUNK = 8
_CACHED_ARRAYS = 32
_CACHE_SHARE_OF_MEMORY = 0.25


def never() -> bool:
    """A cancel switch that is never thrown."""
    return False


def evaluate(panel: Panel, node: Node) -> Array:
    """Value of `node` on `panel`: float64 [dates x symbols], missing is NaN."""
    return _Evaluator(panel, _Cache({}, 0), never).signal(node)


def run(
    panel: Panel,
    roots: Sequence[Node],
    consume: Callable[[int, Array], T],
    *,
    workers: int = 1,
    cancel: Cancel = never,
    begun: Callable[[Sequence[int]], None] = lambda _: None,
) -> Iterator[tuple[int, T]]:
    """`consume(index, signal)` of every root, in an order that depends on `roots` alone.

    Runs on `workers` threads; `consume` runs in them too. `begun` is called with the indices of
    a chunk before its evaluation starts. Raises CancelledError soon after `cancel()` is true.
    """
    plan = Plan(roots)
    evaluator = _Evaluator(panel, _Cache(plan.uses, _cache_size(panel)), cancel)
    size = max(1, min(_CHUNK, len(roots) // (4 * workers)))
    chunks = [plan.order[i : i + size] for i in range(0, len(roots), size)]

    def work(chunk: Sequence[int]) -> list[tuple[int, T]]:
        begun(chunk)
        return [(i, evaluator.root(plan, i, roots[i], consume)) for i in chunk]

    yield from _in_order(work, chunks, workers)


def _in_order(
    work: Callable[[Sequence[int]], list[T]], chunks: Sequence[Sequence[int]], workers: int
) -> Iterator[T]:
    """Results of the chunks in their order, at most two chunks per worker ahead of the reader."""
    pending: deque[Future[list[T]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="evaluate") as pool:
        try:
            for chunk in chunks:
                pending.append(pool.submit(work, chunk))
                if len(pending) > 2 * workers:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _cache_size(panel: Panel) -> int:
    """How many panel-sized arrays may be kept for later expressions."""
    array = max(1, len(panel.dates) * len(panel.symbols) * 8)
    return min(_CACHED_ARRAYS, int(_CACHE_SHARE_OF_MEMORY * _memory() / array))


def _memory() -> int:
    """Bytes of memory of this machine; 2 GiB where the system does not say."""
    if not hasattr(os, "sysconf"):
        return 2 << 30
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class _Cache:
    """Values that expressions still to come need, at most `size` of them."""

    def __init__(self, uses: dict[Node, int], size: int) -> None:
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

    def forget(self, node: Node) -> None:
        """Its computation failed: whoever needs it next tries again."""
        with self._lock:
            self._values.pop(node, None)

    def used(self, nodes: Sequence[Node] | frozenset[Node]) -> None:
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


class _Evaluator:
    def __init__(self, panel: Panel, cache: _Cache, cancel: Cancel) -> None:
        self._panel = panel
        self._cache = cache
        self._cancel = cancel
        self._shape = (len(panel.dates), len(panel.symbols))
        self._universe = panel.universe()

    def root(self, plan: Plan, index: int, node: Node, consume: Callable[[int, Array], T]) -> T:
        result = consume(index, self.signal(node))
        self._cache.used(plan.parts(index))
        return result

    def signal(self, node: Node) -> Array:
        # Only what the expression itself repeats is held; all else goes back at once, so that the
        # next operator finds warm memory.
        times = Counter(part for part in walk(node) if isinstance(part, Call))
        value = self._value(node, {part: None for part, count in times.items() if count > 1})
        return value if isinstance(value, np.ndarray) else np.full(self._shape, value)

    def _value(self, node: Node, repeated: dict[Node, Any]) -> Any:
        if isinstance(node, Num):
            return node.value
        if isinstance(node, Feature):
            return self._panel.feature(node.name)
        if isinstance(node, Category):
            return self._panel.codes(node.name)
        if isinstance(node, Text):
            return self._symbol(node.value)
        if node not in repeated:
            return self._call(node, repeated)
        if repeated[node] is None:
            repeated[node] = self._call(node, repeated)
        return repeated[node]

    def _call(self, node: Call, repeated: dict[Node, Any]) -> Any:
        future, mine = self._cache.claim(node)
        if future is not None and not mine:
            return future.result()
        try:
            value = self._compute(node, repeated)
        except BaseException as error:
            if future is not None:
                self._cache.forget(node)
                future.set_exception(error)
            raise
        if future is not None:
            future.set_result(value)
        return value

    def _compute(self, node: Call, repeated: dict[Node, Any]) -> Any:
        if self._cancel():
            raise CancelledError("The work was cancelled.")
        arguments = [self._argument(param, arg, repeated) for param, arg in node.operands]
        if self._universe is not None and node.op.axis in {Axis.CROSS, Axis.GROUP}:
            arguments = [_members(argument, self._universe) for argument in arguments]
        return node.op.compute(*arguments)

    def _argument(self, param: Param, node: Node, repeated: dict[Node, Any]) -> Any:
        if param.kind == "int":
            assert isinstance(node, Num)
            return int(node.value)
        return self._value(node, repeated)

    def _symbol(self, name: str) -> Array:
        """1.0 in the column of symbol `name`, 0.0 elsewhere."""
        value = np.zeros(self._shape)
        value[:, self._panel.symbols.index(name)] = 1.0
        return value


def _members(argument: Any, universe: npt.NDArray[np.bool_]) -> Any:
    """Only members of the universe take part in comparisons across symbols."""
    if isinstance(argument, np.ndarray) and argument.dtype == np.float64:
        return kernels.mask(argument, universe)
    return argument
